//! Where values end: a scan for structural characters, and the buffer that it runs over.

use std::ops::Range;

use super::super::{MAX_DEPTH, MAX_DOCUMENT_BYTES, MAX_ELEMENT_BYTES, ReadError};
use super::{CHUNK, Json};

/// What [`Json`] says of bytes that are not UTF-8.
const NOT_UTF8: &str = "not UTF-8 text; write the report as UTF-8 (UTF-16 needs a byte-order mark)";

const STRUCTURE: [bool; 256] = {
    let mut table = [false; 256];
    table[b'"' as usize] = true;
    table[b'{' as usize] = true;
    table[b'}' as usize] = true;
    table[b'[' as usize] = true;
    table[b']' as usize] = true;
    table
};

impl Json<'_> {
    /// Finds the end of the next value and consumes it; its bytes stay in the buffer until the next call.
    pub(super) fn frame(&mut self) -> Result<Range<usize>, ReadError> {
        let first = self.next_byte()?;
        let length = match first {
            b'{' | b'[' => self.frame_nested()?,
            b'"' => self.string_end(1)?,
            _ => self.frame_word()?,
        };
        let range = self.pos..self.pos + length;
        self.pos = range.end;
        Ok(range)
    }

    /// Length of a literal or number: to the next delimiter.
    pub(super) fn frame_word(&mut self) -> Result<usize, ReadError> {
        let mut at = 0;
        loop {
            match self.byte_at(at)? {
                None | Some(b',' | b']' | b'}' | b':' | b' ' | b'\n' | b'\r' | b'\t') => {
                    return Ok(at.max(1));
                }
                Some(_) => at += 1,
            }
        }
    }

    pub(super) fn frame_nested(&mut self) -> Result<usize, ReadError> {
        let outer = self.path.len();
        let mut depth = 0usize;
        let mut at = 0;
        loop {
            let waiting = &self.buf[self.pos + at..self.checked];
            match waiting.iter().position(|byte| STRUCTURE[*byte as usize]) {
                None => {
                    at += waiting.len();
                    self.need(at)?;
                }
                Some(skip) => {
                    let byte = waiting[skip];
                    at += skip + 1;
                    match byte {
                        b'"' => at = self.string_end(at)?,
                        b'{' | b'[' => {
                            depth += 1;
                            if outer + depth > MAX_DEPTH {
                                self.pos += at - 1;
                                return Err(self.too_deep());
                            }
                        }
                        _ => {
                            depth -= 1;
                            if depth == 0 {
                                return Ok(at);
                            }
                        }
                    }
                }
            }
        }
    }

    /// The offset (from `pos`) after the closing quote of the string whose content starts at offset `at`.
    pub(super) fn string_end(&mut self, mut at: usize) -> Result<usize, ReadError> {
        loop {
            let waiting = &self.buf[self.pos + at..self.checked];
            match memchr::memchr2(b'"', b'\\', waiting) {
                Some(hit) if waiting[hit] == b'"' => return Ok(at + hit + 1),
                Some(hit) => {
                    at += hit + 2;
                    if self.pos + at > self.checked {
                        self.need(at - 1)?;
                    }
                }
                None => {
                    at += waiting.len();
                    self.need(at)?;
                }
            }
        }
    }

    pub(super) fn byte_at(&mut self, offset: usize) -> Result<Option<u8>, ReadError> {
        while self.pos + offset >= self.checked {
            if !self.fill()? {
                return Ok(None);
            }
        }
        Ok(Some(self.buf[self.pos + offset]))
    }

    /// Makes the byte at `offset` from `pos` present.
    pub(super) fn need(&mut self, offset: usize) -> Result<(), ReadError> {
        if offset > MAX_ELEMENT_BYTES {
            return Err(self.error(format!(
                "one element is larger than {} MiB",
                MAX_ELEMENT_BYTES >> 20
            )));
        }
        match self.byte_at(offset)? {
            Some(_) => Ok(()),
            None => Err(self.ended_early()),
        }
    }

    /// Reads more; `false` at the end of the source. Lets go of what was consumed.
    pub(super) fn fill(&mut self) -> Result<bool, ReadError> {
        if self.ended {
            return Ok(false);
        }
        self.let_go();
        let old = self.buf.len();
        // Grow with the element, so that a long one is not scanned by many small reads.
        let wanted = CHUNK.max(old.min(4 << 20));
        self.buf.resize(old + wanted, 0);
        let read = loop {
            match self.source.read(&mut self.buf[old..]) {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        let read = match read {
            Ok(read) => read,
            Err(error) => {
                self.buf.truncate(old);
                return Err(self.error(format!("cannot be read: {error}")));
            }
        };
        self.buf.truncate(old + read);
        if self.gone + self.buf.len() as u64 > MAX_DOCUMENT_BYTES {
            return Err(self.error(format!("larger than {} GiB", MAX_DOCUMENT_BYTES >> 30)));
        }
        self.ended = read == 0;
        let fresh = &self.buf[self.checked..];
        match std::str::from_utf8(fresh) {
            Ok(_) => self.checked = self.buf.len(),
            Err(error) if error.error_len().is_none() && !self.ended => {
                self.checked += error.valid_up_to();
            }
            Err(error) => {
                let at = self.checked + error.valid_up_to();
                let mut wrong = self.error_at(at, NOT_UTF8.into());
                // A prefix may end within a character.
                wrong.at_end = error.error_len().is_none();
                return Err(wrong);
            }
        }
        Ok(read > 0)
    }

    pub(super) fn let_go(&mut self) {
        if self.pos == 0 {
            return;
        }
        let consumed = &self.buf[..self.pos];
        self.lines += memchr::memchr_iter(b'\n', consumed).count() as u64;
        self.column = match memchr::memrchr(b'\n', consumed) {
            Some(newline) => (consumed.len() - newline - 1) as u64,
            None => self.column + consumed.len() as u64,
        };
        self.gone += self.pos as u64;
        self.buf.drain(..self.pos);
        self.checked -= self.pos;
        self.pos = 0;
    }
}
