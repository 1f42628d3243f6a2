//! Comma-separated values (RFC 4180) as a stream of rows.

use std::io::{BufRead, Read};
use std::ops::Range;

/// Largest row in bytes. Rows of KEV have a few kilobytes.
const ROW_MOST: u64 = 1 << 20;

/// A table that is read row by row.
pub(super) struct Table<R> {
    source: R,
    /// The row as it was written, with its line feed.
    row: String,
    /// Its fields: as ranges of `row`, or (where one is quoted) of `plain`.
    fields: Vec<Range<usize>>,
    plain: String,
    quoted: bool,
    line: u64,
    /// Line on which the present row starts.
    start: u64,
}

impl<R: BufRead> Table<R> {
    /// Reads `source` from where it stands.
    pub(super) fn new(source: R) -> Table<R> {
        Table {
            source,
            row: String::new(),
            fields: Vec::new(),
            plain: String::new(),
            quoted: false,
            line: 0,
            start: 0,
        }
    }

    /// Goes to the next row that is not blank; `false` at the end.
    ///
    /// # Errors
    /// A sentence with the line: bytes that cannot be read or are no UTF-8, a row without an end.
    pub(super) fn next(&mut self) -> Result<bool, String> {
        loop {
            self.row.clear();
            self.start = self.line.saturating_add(1);
            if !self.take_line()? {
                return Ok(false);
            }
            if !self.row.trim().is_empty() {
                break;
            }
        }
        // A line feed within quotes belongs to the field. A comment is one line, whatever it says.
        while !self.row.starts_with('#')
            && memchr::memchr_iter(b'"', self.row.as_bytes()).count() % 2 == 1
        {
            if !self.take_line()? {
                return Err(self.error("the file ends within quotes: it is truncated"));
            }
        }
        self.split()?;
        Ok(true)
    }

    /// The row as it was written, without its end.
    pub(super) fn text(&self) -> &str {
        self.row.trim_end_matches(['\n', '\r'])
    }

    /// Whether the row ends with a line feed, as all rows of a whole file do.
    pub(super) fn is_ended(&self) -> bool {
        self.row.ends_with('\n')
    }

    /// How many fields the row has.
    pub(super) fn len(&self) -> usize {
        self.fields.len()
    }

    /// A field, without its quotes and blanks at its ends; empty where there is none.
    pub(super) fn field(&self, index: usize) -> &str {
        let text = if self.quoted { &self.plain } else { &self.row };
        let range = self.fields.get(index).cloned().unwrap_or_default();
        text.get(range).unwrap_or_default().trim()
    }

    /// Where the column of this name stands in the present row, which is the header. Case does not matter.
    pub(super) fn column(&self, name: &str) -> Option<usize> {
        (0..self.len()).find(|index| self.field(*index).eq_ignore_ascii_case(name))
    }

    /// A sentence about the present row.
    pub(super) fn error(&self, what: &str) -> String {
        format!("line {}: {what}", self.start)
    }

    fn take_line(&mut self) -> Result<bool, String> {
        let held = u64::try_from(self.row.len()).unwrap_or(u64::MAX);
        let mut limited = (&mut self.source).take(ROW_MOST.saturating_sub(held));
        let read = limited.read_line(&mut self.row);
        let full = limited.limit() == 0;
        let read = read.map_err(|error| {
            let what = match error.kind() {
                std::io::ErrorKind::UnexpectedEof => "the compressed data ends early".to_owned(),
                _ => error.to_string(),
            };
            format!("line {}: {what}", self.line.saturating_add(1))
        })?;
        if full && !self.row.ends_with('\n') {
            return Err(self.error("the row is longer than 1 MiB"));
        }
        if read > 0 {
            self.line = self.line.saturating_add(1);
        }
        Ok(read > 0)
    }

    fn split(&mut self) -> Result<(), String> {
        self.fields.clear();
        self.plain.clear();
        let end = self.text().len();
        self.quoted =
            memchr::memchr(b'"', self.row.as_bytes()).is_some() && !self.row.starts_with('#');
        if self.quoted {
            return self.split_quoted(end);
        }
        let mut from = 0;
        let commas = memchr::memchr_iter(b',', self.row.as_bytes());
        for comma in commas.filter(|at| *at < end) {
            self.fields.push(from..comma);
            from = comma.saturating_add(1);
        }
        self.fields.push(from..end);
        Ok(())
    }

    fn split_quoted(&mut self, end: usize) -> Result<(), String> {
        let row = self.row.get(..end).unwrap_or_default();
        let mut chars = row.chars().peekable();
        let mut from = 0;
        let mut within = false;
        while let Some(c) = chars.next() {
            match c {
                '"' if within && chars.peek() == Some(&'"') => {
                    chars.next();
                    self.plain.push('"');
                }
                '"' => within = !within,
                ',' if !within => {
                    self.fields.push(from..self.plain.len());
                    from = self.plain.len();
                }
                other => self.plain.push(other),
            }
        }
        if within {
            return Err(self.error("a quote is not closed"));
        }
        self.fields.push(from..self.plain.len());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Result<Vec<Vec<String>>, String> {
        let mut table = Table::new(text.as_bytes());
        let mut rows = Vec::new();
        while table.next()? {
            rows.push(
                (0..table.len())
                    .map(|at| table.field(at).to_owned())
                    .collect(),
            );
        }
        Ok(rows)
    }

    #[test]
    fn rows_and_quotes() {
        let found = rows("a, b ,c\r\n\n1,\"x, \"\"y\"\"\nz\",\n\"\",2").expect("rows");
        let expected = [
            vec!["a", "b", "c"],
            vec!["1", "x, \"y\"\nz", ""],
            vec!["", "2"],
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn what_has_no_end_is_an_error() {
        let error = rows("a\n\"b").expect_err("open quote");
        assert!(
            error.starts_with("line 2: ") && error.contains("truncated"),
            "{error}"
        );
        let long = "x".repeat(2 << 20);
        let error = rows(&format!("a\n{long}\n")).expect_err("long row");
        assert!(error.contains("1 MiB"), "{error}");
        let mut broken = Table::new(&b"a\n\xff\n"[..]);
        assert_eq!(broken.next(), Ok(true));
        assert!(broken.next().is_err());
    }
}
