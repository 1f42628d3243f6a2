//! Walks over a text, and says what is wrong at a place of it.

use super::TermError;
use super::words::expected;
use crate::gate::plain;
use crate::model::Severity;
use crate::syntax::words::nearest;

/// A place in a text.
pub(super) struct Cursor<'t> {
    /// The whole text.
    pub(super) text: &'t str,
    /// Byte offset of what is next.
    pub(super) at: usize,
}

impl<'t> Cursor<'t> {
    /// An error for a word that is not among the known ones.
    pub(super) fn unknown<'w>(
        &self,
        start: usize,
        word: &str,
        is_no: &str,
        known: impl Iterator<Item = &'w str>,
        wanted: &str,
    ) -> TermError {
        if word.is_empty() {
            return match self.peek() {
                Some(next) => self.unexpected(start, next, wanted),
                None => self.error(start, "the text ends here".to_owned(), &expected(wanted)),
            };
        }
        // Scanners' own words for a level (`moderate`) are far from ours in letters, not in meaning.
        let meant = nearest(word, known).or_else(|| {
            Severity::from_word(word)
                .filter(|severity| *severity != Severity::Unknown)
                .map(Severity::word)
        });
        let mut help = expected(wanted);
        if let Some(meant) = meant {
            help.push_str(&format!("; did you mean `{meant}`?"));
        }
        self.error(start, format!("`{}` {is_no}", plain::cut(word, 40)), &help)
    }

    /// An error for a character that fits nowhere.
    pub(super) fn unexpected(&self, at: usize, found: char, wanted: &str) -> TermError {
        let found = match found {
            '\n' => "the line ends here".to_owned(),
            other => {
                let mut shown = String::new();
                plain::push(&mut shown, other);
                format!("`{shown}` is not expected here")
            }
        };
        self.error(at, found, &expected(wanted))
    }

    pub(super) fn error(&self, at: usize, problem: String, help: &str) -> TermError {
        TermError::new(self.text, at, problem, help.to_owned())
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.text.get(self.at..)?.chars().next()
    }

    pub(super) fn eat(&mut self, wanted: char) -> bool {
        self.eat_if(|c| c == wanted)
    }

    pub(super) fn eat_if(&mut self, wanted: impl Fn(char) -> bool) -> bool {
        match self.peek() {
            Some(c) if wanted(c) => {
                self.at += c.len_utf8();
                true
            }
            _ => false,
        }
    }

    pub(super) fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'t str {
        let start = self.at;
        while self.eat_if(&wanted) {}
        self.text.get(start..self.at).unwrap_or("")
    }

    /// White space within a line.
    pub(super) fn blanks(&mut self) {
        self.take_while(|c| c != '\n' && c.is_whitespace());
    }

    /// Letters of any script, so that a message shows the whole of a wrong word.
    pub(super) fn word(&mut self) -> &'t str {
        self.take_while(|c| c.is_alphanumeric() || c == '-' || c == '_')
    }
}
