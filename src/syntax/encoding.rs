//! The door for bytes: a byte-order mark goes, UTF-16 that says so becomes UTF-8. Everything else is left to the UTF-8
//! check of the stream.

use std::io::{self, Read};

/// Turns what PowerShell and .NET write into plain UTF-8.
pub struct Utf8<R> {
    inner: R,
    mode: Mode,
    ready: Vec<u8>,
    at: usize,
    odd: Option<u8>,
    high: Option<u16>,
}

#[derive(Clone, Copy, PartialEq)]
enum Mode {
    Unknown,
    Plain,
    Utf16 { little: bool },
}

impl<R: Read> Utf8<R> {
    /// Wraps `inner`, which stands at its first byte.
    pub fn new(inner: R) -> Utf8<R> {
        Utf8 {
            inner,
            mode: Mode::Unknown,
            ready: Vec::new(),
            at: 0,
            odd: None,
            high: None,
        }
    }

    fn sniff(&mut self) -> io::Result<()> {
        let mut head = Vec::with_capacity(3);
        (&mut self.inner).take(3).read_to_end(&mut head)?;
        let (mode, mark) = match head.as_slice() {
            [0xEF, 0xBB, 0xBF] => (Mode::Plain, 3),
            [0xFF, 0xFE, ..] => (Mode::Utf16 { little: true }, 2),
            [0xFE, 0xFF, ..] => (Mode::Utf16 { little: false }, 2),
            _ => (Mode::Plain, 0),
        };
        self.mode = mode;
        let rest = head.split_off(mark);
        match mode {
            Mode::Utf16 { little } => self.decode(&rest, little, false)?,
            _ => self.ready = rest,
        }
        Ok(())
    }

    /// Appends the UTF-8 of `bytes` to `ready`, keeping a split unit or pair for the next call.
    fn decode(&mut self, bytes: &[u8], little: bool, end: bool) -> io::Result<()> {
        let broken = || io::Error::new(io::ErrorKind::InvalidData, "invalid UTF-16");
        let mut units = Vec::with_capacity(bytes.len() / 2 + 2);
        units.extend(self.high.take());
        for byte in bytes {
            match self.odd.take() {
                None => self.odd = Some(*byte),
                Some(first) if little => units.push(u16::from_le_bytes([first, *byte])),
                Some(first) => units.push(u16::from_be_bytes([first, *byte])),
            }
        }
        if end && self.odd.is_some() {
            return Err(broken());
        }
        if !end
            && units
                .last()
                .is_some_and(|unit| (0xD800..0xDC00).contains(unit))
        {
            self.high = units.pop();
        }
        let mut utf8 = [0; 4];
        for unit in char::decode_utf16(units) {
            let c = unit.map_err(|_| broken())?;
            self.ready
                .extend_from_slice(c.encode_utf8(&mut utf8).as_bytes());
        }
        Ok(())
    }
}

impl<R: Read> Read for Utf8<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.mode == Mode::Unknown {
            self.sniff()?;
        }
        loop {
            let waiting = self.ready.get(self.at..).unwrap_or_default();
            if !waiting.is_empty() {
                let n = waiting.len().min(out.len());
                let (Some(to), Some(from)) = (out.get_mut(..n), waiting.get(..n)) else {
                    return Ok(0);
                };
                to.copy_from_slice(from);
                self.at += n;
                return Ok(n);
            }
            let Mode::Utf16 { little } = self.mode else {
                return self.inner.read(out);
            };
            self.ready.clear();
            self.at = 0;
            let mut chunk = [0; 32 << 10];
            let n = self.inner.read(&mut chunk)?;
            let bytes = chunk.get(..n).unwrap_or_default().to_vec();
            self.decode(&bytes, little, n == 0)?;
            if n == 0 && self.ready.is_empty() {
                return Ok(0);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn through(bytes: &[u8]) -> io::Result<String> {
        let mut text = String::new();
        Utf8::new(bytes).read_to_string(&mut text)?;
        Ok(text)
    }

    #[test]
    fn marks_go_and_utf16_becomes_utf8() {
        let words = "[\"a😀é\"]";
        let mut little = vec![0xFF, 0xFE];
        let mut big = vec![0xFE, 0xFF];
        for unit in words.encode_utf16() {
            little.extend(unit.to_le_bytes());
            big.extend(unit.to_be_bytes());
        }
        assert_eq!(through(&little).ok().as_deref(), Some(words));
        assert_eq!(through(&big).ok().as_deref(), Some(words));
        assert_eq!(through(b"\xEF\xBB\xBF[]").ok().as_deref(), Some("[]"));
        assert_eq!(through(b"[]").ok().as_deref(), Some("[]"));
        assert_eq!(through(b"").ok().as_deref(), Some(""));
        assert!(through(&little[..little.len() - 1]).is_err());
    }
}
