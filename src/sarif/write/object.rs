//! A JSON object that is written member by member, so that nothing larger than one value is held.

use std::io::{self, BufWriter, Write};

use serde::Serialize;

/// Where a log goes. Of a known type, so that its many small pieces are copied without a call for each.
pub(super) type Out<'o> = BufWriter<&'o mut dyn Write>;

/// An object under way.
pub(super) struct Object<'w, 'o> {
    out: &'w mut Out<'o>,
    first: bool,
}

impl<'w, 'o> Object<'w, 'o> {
    /// Opens an object.
    pub(super) fn begin(out: &'w mut Out<'o>) -> io::Result<Object<'w, 'o>> {
        out.write_all(b"{")?;
        Ok(Object { out, first: true })
    }

    /// Writes a member's name; its value has to follow.
    pub(super) fn name(&mut self, name: &str) -> io::Result<&mut Out<'o>> {
        if !self.first {
            self.out.write_all(b",")?;
        }
        self.first = false;
        serde_json::to_writer(&mut *self.out, name)?;
        self.out.write_all(b":")?;
        Ok(self.out)
    }

    /// A member with its value.
    pub(super) fn put<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> io::Result<()> {
        let out = self.name(name)?;
        serde_json::to_writer(out, value)?;
        Ok(())
    }

    /// A member that is a long text.
    pub(super) fn text(&mut self, name: &str, text: &str) -> io::Result<()> {
        let out = self.name(name)?;
        out.write_all(b"\"")?;
        let mut rest = text.as_bytes();
        while !rest.is_empty() {
            // Most blocks hold nothing to escape, and looking at a whole block without a branch is quick.
            let (block, after) = rest.split_at_checked(BLOCK).unwrap_or((rest, &[]));
            rest = after;
            let special = |special: bool, b: &u8| special | escapes(*b);
            if !block.iter().fold(false, special) {
                out.write_all(block)?;
                continue;
            }
            for piece in block.chunk_by(|a, b| !escapes(*a) && !escapes(*b)) {
                match piece {
                    [b'"'] => out.write_all(b"\\\"")?,
                    [b'\\'] => out.write_all(b"\\\\")?,
                    [b'\n'] => out.write_all(b"\\n")?,
                    [b'\r'] => out.write_all(b"\\r")?,
                    [b'\t'] => out.write_all(b"\\t")?,
                    [8] => out.write_all(b"\\b")?,
                    [12] => out.write_all(b"\\f")?,
                    [control @ 0..0x20] => write!(out, "\\u{control:04x}")?,
                    plain => out.write_all(plain)?,
                }
            }
        }
        out.write_all(b"\"")
    }

    /// A member whose value is JSON already.
    pub(super) fn raw(&mut self, name: &str, json: &str) -> io::Result<()> {
        self.name(name)?.write_all(json.as_bytes())
    }

    /// The members of a JSON object, which must be others than those written already.
    pub(super) fn members(&mut self, json: &str) -> io::Result<()> {
        let inner = json
            .trim()
            .strip_prefix('{')
            .and_then(|json| json.strip_suffix('}'));
        match inner.map(str::trim) {
            None | Some("") => Ok(()),
            Some(inner) => {
                if !self.first {
                    self.out.write_all(b",")?;
                }
                self.first = false;
                self.out.write_all(inner.as_bytes())
            }
        }
    }

    /// An object as a member.
    pub(super) fn object(&mut self, name: &str) -> io::Result<Object<'_, 'o>> {
        Object::begin(self.name(name)?)
    }

    /// Closes it.
    pub(super) fn end(self) -> io::Result<()> {
        self.out.write_all(b"}")
    }
}

/// Bytes of a text that are looked at together.
const BLOCK: usize = 64;

/// Whether JSON has another spelling for a byte.
fn escapes(byte: u8) -> bool {
    (byte < b' ') | (byte == b'"') | (byte == b'\\')
}

/// Writes a list, one element after the other.
pub(super) fn list<'o, T>(
    out: &mut Out<'o>,
    elements: impl Iterator<Item = T>,
    mut write: impl FnMut(&mut Out<'o>, T) -> io::Result<()>,
) -> io::Result<()> {
    out.write_all(b"[")?;
    for (index, element) in elements.enumerate() {
        out.write_all(if index == 0 { b"\n" } else { b",\n" })?;
        write(out, element)?;
    }
    out.write_all(b"]")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn long_texts_are_written_as_the_library_writes_them(text in "([\\x00-\\x7f]|\\PC|[a-z ]{30}){0,40}") {
            let mut json = Vec::new();
            let mut out: Out<'_> = BufWriter::new(&mut json);
            let mut object = Object::begin(&mut out).expect("memory");
            object.text("t", &text).expect("memory");
            object.end().expect("memory");
            out.flush().expect("memory");
            drop(out);
            let expected = serde_json::json!({"t": text}).to_string();
            prop_assert_eq!(String::from_utf8(json).expect("UTF-8"), expected);
        }
    }
}
