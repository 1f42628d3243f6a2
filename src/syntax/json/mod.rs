//! The stream itself.

use std::io::Read;

use serde::de::{Deserialize, DeserializeOwned, IgnoredAny};
use serde_json::value::RawValue;

use super::{MAX_DEPTH, ReadError, Sketch};

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

mod frame;
mod place;
#[cfg(test)]
mod tests;

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

    /// Walks values that follow one another to the end of the document (JSON Lines, with or without line feeds). `value`
    /// must consume each.
    pub fn values(
        &mut self,
        mut value: impl FnMut(&mut Json<'r>, usize) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        let mut index = 0;
        while !self.at_end()? {
            self.descend(Step::Index(index))?;
            value(self, index)?;
            self.path.pop();
            index += 1;
        }
        Ok(())
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
                let range = self.frame()?;
                let value: &RawValue = serde_json::from_slice(&self.buf[range.clone()])
                    .map_err(|error| self.within(range.clone(), &error))?;
                let sketch = Sketch::scalar(value);
                // Nothing was consumed: the reader gets the value too. `frame` may have moved the buffer.
                self.pos = range.start;
                sketch
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
}
