//! Why a document could not be read, and where.

/// A reading error with its place in the file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.sentence())]
pub struct ReadError {
    /// What was found and what was expected.
    pub what: String,
    /// Where in the document, as a JSON pointer; empty at its top.
    pub pointer: String,
    /// Line, from 1; 0 when the place is unknown.
    pub line: u64,
    /// Column in bytes, from 1.
    pub column: u64,
    /// The input ended too early: a truncated file, or (while sketching) a prefix.
    pub at_end: bool,
}

impl ReadError {
    /// An error about the document as a whole.
    pub fn whole(what: impl Into<String>) -> ReadError {
        ReadError {
            what: what.into(),
            pointer: String::new(),
            line: 0,
            column: 0,
            at_end: false,
        }
    }

    fn sentence(&self) -> String {
        let mut text = String::new();
        if self.line > 0 {
            text.push_str(&format!("line {}, column {}: ", self.line, self.column));
        }
        if !self.pointer.is_empty() {
            text.push_str(&format!("at {}: ", self.pointer));
        }
        text.push_str(&self.what);
        text
    }
}
