//! JSON Lines from programs that do not stop for a broken line: each object by itself, with its line number.

use std::io::{BufRead, BufReader, Read};

use super::{MAX_ELEMENT_BYTES, ReadError};

/// One value of the lines.
#[derive(Debug, PartialEq)]
pub enum JsonLine {
    /// The text of what looks like one whole JSON object or list. Whether it is one, the parser says.
    Value(String),
    /// A line that is no JSON object.
    Broken,
}

/// A file of JSON objects, one to a line, or pretty-printed with each starting at the left edge (as logs show them).
pub struct JsonLines<'r> {
    source: BufReader<&'r mut dyn Read>,
    line: u64,
    /// A line that belongs to the next value.
    held: Option<String>,
}

impl<'r> JsonLines<'r> {
    /// Reads `source` from where it stands.
    pub fn new(source: &'r mut dyn Read) -> JsonLines<'r> {
        JsonLines {
            source: BufReader::new(source),
            line: 0,
            held: None,
        }
    }

    /// The next value and the number of its first line; `None` at the end. A file that ends within a value is
    /// truncated, which is an error.
    #[expect(
        clippy::should_implement_trait,
        reason = "the name that such readers have; an iterator cannot end with an error of its own"
    )]
    pub fn next(&mut self) -> Result<Option<(u64, JsonLine)>, ReadError> {
        let first = loop {
            match self.take_line()? {
                None => return Ok(None),
                Some(line) if line.trim().is_empty() => {}
                Some(line) => break line,
            }
        };
        let start = self.line;
        if !first.trim_start().starts_with('{') {
            return Ok(Some((start, JsonLine::Broken)));
        }
        let mut balance = Balance::default();
        let mut value = first;
        balance.add(&value);
        while balance.open() {
            let Some(line) = self.take_line()? else {
                let mut error = self.error(
                    start,
                    "the file ends in the middle of this value: it is truncated",
                );
                error.at_end = true;
                return Err(error);
            };
            if line.starts_with('{') {
                // The next one begins before this one has ended.
                self.held = Some(line);
                self.line = self.line.saturating_sub(1);
                return Ok(Some((start, JsonLine::Broken)));
            }
            balance.add(&line);
            value.push_str(&line);
            if value.len() > MAX_ELEMENT_BYTES {
                return Err(self.error(
                    start,
                    format!("one value is larger than {} MiB", MAX_ELEMENT_BYTES >> 20),
                ));
            }
        }
        Ok(Some((start, JsonLine::Value(value))))
    }

    /// An error about the value that starts at a line.
    pub fn error(&self, line: u64, what: impl Into<String>) -> ReadError {
        ReadError {
            line,
            column: 1,
            ..ReadError::whole(what)
        }
    }

    fn take_line(&mut self) -> Result<Option<String>, ReadError> {
        if let Some(held) = self.held.take() {
            self.line = self.line.saturating_add(1);
            return Ok(Some(held));
        }
        let mut bytes = Vec::new();
        let limit = (MAX_ELEMENT_BYTES as u64).saturating_add(1);
        let read = Read::take(&mut self.source, limit).read_until(b'\n', &mut bytes);
        let read = read.map_err(|error| ReadError::whole(format!("cannot be read: {error}")))?;
        if read == 0 {
            return Ok(None);
        }
        self.line = self.line.saturating_add(1);
        if bytes.len() > MAX_ELEMENT_BYTES {
            return Err(self.error(
                self.line,
                format!("a line is longer than {} MiB", MAX_ELEMENT_BYTES >> 20),
            ));
        }
        let text = String::from_utf8(bytes);
        text.map(Some)
            .map_err(|_| self.error(self.line, "not UTF-8 text; write the report as UTF-8"))
    }
}

/// Counts brackets outside of texts.
#[derive(Default)]
struct Balance {
    depth: i64,
    text: bool,
    escaped: bool,
}

impl Balance {
    fn add(&mut self, line: &str) {
        for byte in line.bytes() {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' if self.text => self.escaped = true,
                b'"' => self.text = !self.text,
                b'{' | b'[' if !self.text => self.depth = self.depth.saturating_add(1),
                b'}' | b']' if !self.text => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
        }
        // No JSON text goes over a line feed.
        self.text = false;
        self.escaped = false;
    }

    fn open(&self) -> bool {
        self.depth > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Result<Vec<(u64, Option<String>)>, ReadError> {
        let mut bytes = text.as_bytes();
        let mut lines = JsonLines::new(&mut bytes);
        let mut found = Vec::new();
        while let Some((line, value)) = lines.next()? {
            found.push((
                line,
                match value {
                    JsonLine::Value(text) => Some(text.split_whitespace().collect()),
                    JsonLine::Broken => None,
                },
            ));
        }
        Ok(found)
    }

    #[test]
    fn values_and_broken_lines_keep_their_numbers() {
        let text = "{\"a\":\"}\"}\n\nnot json\n{\n  \"b\": [\n 1]\n}\n{\"c\":\n{\"d\":1}\n";
        let found = lines(text).expect("lines");
        assert_eq!(
            found,
            [
                (1, Some("{\"a\":\"}\"}".to_owned())),
                (3, None),
                (4, Some("{\"b\":[1]}".to_owned())),
                (8, None),
                (9, Some("{\"d\":1}".to_owned())),
            ]
        );
    }

    #[test]
    fn a_file_that_ends_within_a_value_is_truncated() {
        let error = lines("{\"a\":1}\n{\"b\":").expect_err("truncated");
        assert!(error.to_string().contains("line 2"), "{error}");
        assert!(lines("").expect("nothing").is_empty());
    }
}
