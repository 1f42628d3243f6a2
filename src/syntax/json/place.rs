//! Errors with the line, the column and the pointer of the whole document.

use std::ops::Range;

use super::super::ReadError;
use super::{Json, Step};

impl Json<'_> {
    pub(super) fn unexpected(&self, byte: u8, wanted: &str) -> ReadError {
        self.error(format!("expected {wanted}, found {:?}", byte as char))
    }

    pub(super) fn ended_early(&self) -> ReadError {
        let mut error = self.error_at(
            self.checked,
            "the file ends in the middle of the document: it is truncated".into(),
        );
        error.at_end = true;
        error
    }

    pub(super) fn error_at(&self, at: usize, what: String) -> ReadError {
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
    pub(super) fn within(&self, range: Range<usize>, error: &serde_json::Error) -> ReadError {
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

    pub(super) fn pointer(&self) -> String {
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
