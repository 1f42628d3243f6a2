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
