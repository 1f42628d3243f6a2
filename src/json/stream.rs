//! The stream itself.

use std::io::Read;
use std::ops::Range;

use serde::de::{Deserialize, DeserializeOwned, IgnoredAny};

use super::{MAX_DEPTH, MAX_DOCUMENT_BYTES, MAX_ELEMENT_BYTES, ReadError, Sketch};

/// Bytes asked of the source at a time.
const CHUNK: usize = 128 << 10;
/// Levels of a skipped value that are walked element by element, so that skipping a long list holds one element only.
const WALKED_WHEN_SKIPPED: usize = 3;
/// Members of one walked object; real documents have a few dozen.
const MAX_MEMBERS: usize = 100_000;

/// The kind of the next value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peek {
    /// An object.
    Object,
    /// A list.
    List,
    /// A text.
    Text,
    /// `null`.
    Null,
    /// A number, `true` or `false`.
    Other,
}

impl Peek {
    fn word(self) -> &'static str {
        match self {
            Peek::Object => "an object",
            Peek::List => "a list",
            Peek::Text => "a text",
            Peek::Null => "null",
            Peek::Other => "a number or boolean",
        }
    }
}

enum Step {
    Key(String),
    Index(usize),
}

/// A JSON document that is walked from its start to its end.
pub struct Json<'r> {
    source: &'r mut dyn Read,
    /// Bytes read and not yet let go; `pos..checked` is valid UTF-8 that nobody has consumed.
    buf: Vec<u8>,
    pos: usize,
    checked: usize,
    ended: bool,
    /// Bytes and lines let go before `buf`, and the column at which `buf` starts.
    gone: u64,
    lines: u64,
    column: u64,
    path: Vec<Step>,
    top: Vec<(String, Sketch)>,
}

impl<'r> Json<'r> {
    /// Reads `source` from where it stands.
    pub fn new(source: &'r mut dyn Read) -> Json<'r> {
        Json {
            source,
            buf: Vec::new(),
            pos: 0,
            checked: 0,
            ended: false,
            gone: 0,
            lines: 0,
            column: 0,
            path: Vec::new(),
            top: Vec::new(),
        }
    }

    /// The members of the top-level object that have been walked so far, without depth.
    pub fn top_members(&self) -> &[(String, Sketch)] {
        &self.top
    }

    /// What comes next, after blanks.
    pub fn peek(&mut self) -> Result<Peek, ReadError> {
        Ok(match self.next_byte()? {
            b'{' => Peek::Object,
            b'[' => Peek::List,
            b'"' => Peek::Text,
            b'n' => Peek::Null,
            b'-' | b'0'..=b'9' | b't' | b'f' => Peek::Other,
            other => return Err(self.unexpected(other, "a JSON value")),
        })
    }

    /// Walks an object. `member` must consume the value of each key. A key that comes twice is an error: readers
    /// disagree on which one counts, and a second empty list would hide the first.
    pub fn object(
        &mut self,
        mut member: impl FnMut(&mut Json<'r>, &str) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        self.open(b'{', Peek::Object)?;
        let mut seen = std::collections::HashSet::new();
        if self.next_byte()? == b'}' {
            self.pos += 1;
            return Ok(());
        }
        loop {
            match self.next_byte()? {
                b'"' => {}
                other => return Err(self.unexpected(other, "a member name")),
            }
            let key: String = self.parse()?;
            if !seen.insert(key.clone()) {
                return Err(self.error(format!("the member {key:?} comes twice")));
            }
            if seen.len() > MAX_MEMBERS {
                return Err(self.error(format!("more than {MAX_MEMBERS} members in one object")));
            }
            match self.next_byte()? {
                b':' => self.pos += 1,
                other => return Err(self.unexpected(other, "`:`")),
            }
            if self.path.is_empty() {
                self.record(&key)?;
            }
            self.descend(Step::Key(key.clone()))?;
            member(self, &key)?;
            self.path.pop();
            match self.next_byte()? {
                b',' => self.pos += 1,
                b'}' => break,
                other => return Err(self.unexpected(other, "`,` or `}`")),
            }
        }
        self.pos += 1;
        Ok(())
    }

    /// Walks a list. `element` must consume each element.
    pub fn list(
        &mut self,
        mut element: impl FnMut(&mut Json<'r>, usize) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        self.open(b'[', Peek::List)?;
        if self.next_byte()? == b']' {
            self.pos += 1;
            return Ok(());
        }
        self.descend(Step::Index(0))?;
        let mut index = 0;
        loop {
            element(self, index)?;
            match self.next_byte()? {
                b',' => self.pos += 1,
                b']' => break,
                other => return Err(self.unexpected(other, "`,` or `]`")),
            }
            index += 1;
            if let Some(step) = self.path.last_mut() {
                *step = Step::Index(index);
            }
        }
        self.path.pop();
        self.pos += 1;
        Ok(())
    }

    /// As [`Json::list`], with `null` as a list of nothing, as Go programs write it. Returns whether there was a list.
    pub fn list_or_null(
        &mut self,
        element: impl FnMut(&mut Json<'r>, usize) -> Result<(), ReadError>,
    ) -> Result<bool, ReadError> {
        if self.peek()? == Peek::Null {
            self.skip()?;
            return Ok(false);
        }
        self.list(element)?;
        Ok(true)
    }

    /// Parses the next value into a type that owns what it keeps.
    pub fn parse<T: DeserializeOwned>(&mut self) -> Result<T, ReadError> {
        let range = self.frame()?;
        let parsed = serde_json::from_slice(&self.buf[range.clone()]);
        parsed.map_err(|error| self.within(range, &error))
    }

    /// Parses the next value into a type that may borrow from the buffer, so that skipped texts cost nothing.
    pub fn borrow<'b, T: Deserialize<'b>>(&'b mut self) -> Result<T, ReadError> {
        let range = self.frame()?;
        let this: &'b Json<'r> = self;
        serde_json::from_slice(&this.buf[range.clone()]).map_err(|error| this.within(range, &error))
    }

    /// Passes over the next value, checking that it is JSON.
    pub fn skip(&mut self) -> Result<(), ReadError> {
        self.skip_walking(WALKED_WHEN_SKIPPED)
    }

    fn skip_walking(&mut self, levels: usize) -> Result<(), ReadError> {
        match self.peek()? {
            Peek::List if levels > 0 => self.list(|json, _| json.skip_walking(levels - 1)),
            Peek::Object if levels > 0 => self.object(|json, _| json.skip_walking(levels - 1)),
            _ => self.parse::<IgnoredAny>().map(|_| ()),
        }
    }

    /// After the document: only blanks may follow.
    pub fn end(&mut self) -> Result<(), ReadError> {
        match self.byte_or_end()? {
            None => Ok(()),
            Some(_) => Err(self.error("more text after the end of the JSON document".into())),
        }
    }

    /// Whether nothing but blanks is left.
    pub fn at_end(&mut self) -> Result<bool, ReadError> {
        Ok(self.byte_or_end()?.is_none())
    }

    /// An error at the present place.
    pub fn error(&self, what: String) -> ReadError {
        self.error_at(self.pos, what)
    }

    fn record(&mut self, key: &str) -> Result<(), ReadError> {
        let sketch = match self.peek()? {
            Peek::Object => Sketch::Object(Vec::new()),
            Peek::List => Sketch::List(None),
            _ => {
                let start = self.pos;
                let range = self.frame()?;
                let value = serde_json::from_slice(&self.buf[range.clone()])
                    .map_err(|error| self.within(range.clone(), &error))?;
                // Nothing was consumed: the reader gets the value too. `frame` may have moved the buffer.
                self.pos = range.start;
                debug_assert!(range.start <= start || start == self.pos);
                Sketch::scalar(&value)
            }
        };
        self.top.push((key.to_owned(), sketch));
        Ok(())
    }

    fn descend(&mut self, step: Step) -> Result<(), ReadError> {
        if self.path.len() >= MAX_DEPTH {
            return Err(self.too_deep());
        }
        self.path.push(step);
        Ok(())
    }

    fn too_deep(&self) -> ReadError {
        self.error(format!("nested deeper than {MAX_DEPTH} levels"))
    }

    fn open(&mut self, bracket: u8, wanted: Peek) -> Result<(), ReadError> {
        let found = self.peek()?;
        if self.buf.get(self.pos) != Some(&bracket) {
            return Err(self.error(format!(
                "expected {}, found {}",
                wanted.word(),
                found.word()
            )));
        }
        self.pos += 1;
        Ok(())
    }

    fn next_byte(&mut self) -> Result<u8, ReadError> {
        match self.byte_or_end()? {
            Some(byte) => Ok(byte),
            None => Err(self.ended_early()),
        }
    }

    fn byte_or_end(&mut self) -> Result<Option<u8>, ReadError> {
        loop {
            while self.pos < self.checked {
                match self.buf[self.pos] {
                    b' ' | b'\n' | b'\r' | b'\t' => self.pos += 1,
                    other => return Ok(Some(other)),
                }
            }
            if !self.fill()? {
                return Ok(None);
            }
        }
    }

    /// Finds the end of the next value and consumes it; its bytes stay in the buffer until the next call.
    fn frame(&mut self) -> Result<Range<usize>, ReadError> {
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
    fn frame_word(&mut self) -> Result<usize, ReadError> {
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

    fn frame_nested(&mut self) -> Result<usize, ReadError> {
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
    fn string_end(&mut self, mut at: usize) -> Result<usize, ReadError> {
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

    fn byte_at(&mut self, offset: usize) -> Result<Option<u8>, ReadError> {
        while self.pos + offset >= self.checked {
            if !self.fill()? {
                return Ok(None);
            }
        }
        Ok(Some(self.buf[self.pos + offset]))
    }

    /// Makes the byte at `offset` from `pos` present.
    fn need(&mut self, offset: usize) -> Result<(), ReadError> {
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
    fn fill(&mut self) -> Result<bool, ReadError> {
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

    fn let_go(&mut self) {
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

    fn unexpected(&self, byte: u8, wanted: &str) -> ReadError {
        self.error(format!("expected {wanted}, found {:?}", byte as char))
    }

    fn ended_early(&self) -> ReadError {
        let mut error = self.error_at(
            self.checked,
            "the file ends in the middle of the document: it is truncated".into(),
        );
        error.at_end = true;
        error
    }

    fn error_at(&self, at: usize, what: String) -> ReadError {
        let before = &self.buf[..at.min(self.buf.len())];
        let newlines = memchr::memchr_iter(b'\n', before).count() as u64;
        let column = match memchr::memrchr(b'\n', before) {
            Some(newline) => (before.len() - newline - 1) as u64,
            None => self.column + before.len() as u64,
        };
        ReadError {
            what,
            pointer: self.pointer(),
            line: self.lines + newlines + 1,
            column: column + 1,
            at_end: false,
        }
    }

    /// An error that serde_json found in the element `range`.
    fn within(&self, range: Range<usize>, error: &serde_json::Error) -> ReadError {
        let text = error.to_string();
        let what = match text.rfind(" at line ") {
            // The frame is whole, so serde_json can only run out inside a word such as `nul`.
            Some(_) if error.is_eof() => "a broken JSON value".to_owned(),
            Some(cut) => text[..cut].to_owned(),
            None => text,
        };
        let mut start = self.error_at(range.start, what);
        // A prefix may end within a word.
        start.at_end = error.is_eof() && self.ended && range.end >= self.buf.len();
        let inner = error.line() as u64;
        let column = error.column() as u64;
        ReadError {
            line: start.line + inner.saturating_sub(1),
            column: if inner <= 1 {
                start.column + column.saturating_sub(1)
            } else {
                column
            },
            ..start
        }
    }

    fn pointer(&self) -> String {
        let mut text = String::new();
        for step in &self.path {
            text.push('/');
            match step {
                Step::Index(index) => text.push_str(&index.to_string()),
                Step::Key(key) => {
                    text.extend(key.chars().take(80).filter(|c| !c.is_control()));
                }
            }
        }
        text
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    /// A source that hands out `step` bytes at a time, so that every boundary is crossed.
    struct Drip<'a>(&'a [u8], usize);

    impl Read for Drip<'_> {
        fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
            let n = self.1.min(self.0.len()).min(out.len());
            out[..n].copy_from_slice(&self.0[..n]);
            self.0 = &self.0[n..];
            Ok(n)
        }
    }

    fn walk(text: &[u8], step: usize) -> Result<Vec<String>, ReadError> {
        let mut drip = Drip(text, step);
        let mut json = Json::new(&mut drip);
        let mut seen = Vec::new();
        json.object(|json, key| {
            if key == "list" {
                json.list(|json, _| {
                    let value: serde_json::Value = json.parse()?;
                    seen.push(value.to_string());
                    Ok(())
                })
            } else {
                json.skip()
            }
        })?;
        json.end()?;
        Ok(seen)
    }

    const GOOD: &str = "{\n \"a\": {\"x\": [1, \"]}\", {\"é\\\"\\\\\": null}]},\n \"list\": [ \"q\\\"uote\", {\"b\":[true,-1.5e3]}, 7 ]\n}\n ";

    #[test]
    fn the_same_at_every_chunk_size() {
        let expected = walk(GOOD.as_bytes(), 1 << 20);
        assert_eq!(expected.as_ref().map(Vec::len), Ok(3));
        for step in 1..40 {
            assert_eq!(walk(GOOD.as_bytes(), step), expected, "step {step}");
        }
    }

    #[test]
    fn every_truncation_is_an_error() {
        let whole = GOOD.trim_end();
        for cut in 0..whole.len() {
            for step in [1, 7, 4096] {
                assert!(
                    walk(&whole.as_bytes()[..cut], step).is_err(),
                    "cut at {cut}"
                );
            }
        }
    }

    #[test]
    fn damage_is_an_error_with_its_place() {
        for (text, line, column, words) in [
            ("{\"a\":1,\n \"a\":2}", 2, 5, "twice"),
            ("{\"a\":1}\n{", 2, 1, "after the end"),
            ("{\"a\" 1}", 1, 6, "expected `:`"),
            ("{\"list\":{}}", 1, 9, "expected a list, found an object"),
            ("{\"a\":[1 2]}", 1, 9, "expected `,` or `]`"),
            ("{\"a\":nul}", 1, 8, "broken"),
            ("{\"list\":[1,\n 0x1]}", 2, 3, "trailing"),
            (
                "{\"a\":{\"b\":{\"c\":{\"d\":[1,]}}}}",
                1,
                24,
                "expected value",
            ),
        ] {
            let error = walk(text.as_bytes(), 3).expect_err(text);
            assert!(error.what.contains(words), "{text}: {error}");
            assert_eq!(
                (error.line, error.column),
                (line, column),
                "{text}: {error}"
            );
        }
    }

    #[test]
    fn every_prefix_says_that_it_ends_too_early() {
        let text = "{\"list\": [null, true, -1.5e3, \"é😀\\u00e9\"], \"é\": {\"x\": false}}";
        for cut in 0..text.len() {
            for step in [1, 4096] {
                let error = walk(&text.as_bytes()[..cut], step).expect_err("truncated");
                assert!(error.at_end, "cut at {cut}: {error}");
            }
        }
    }

    #[test]
    fn depth_and_utf8_are_checked_in_what_nobody_reads() {
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(5000), "]".repeat(5000));
        assert!(walk(deep.as_bytes(), 1 << 16).is_err_and(|e| e.what.contains("deeper")));
        let bad = b"{\"a\":[[[[\"\xff\"]]]]}";
        assert!(walk(bad, 2).is_err_and(|e| e.what.contains("UTF-8")));
    }
}
