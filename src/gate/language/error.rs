//! What is wrong with a text of the gate language, shown at its place.

use std::fmt::{self, Display, Formatter};

use super::super::plain;

/// Characters of a line that are shown before and after the place.
const WINDOW: usize = 60;

/// A text that is no conditions. `Display` shows the line with a caret under the place, and what was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TermError {
    problem: String,
    help: String,
    /// The part of the line that is shown, escaped.
    shown: String,
    /// Characters of `shown` before the place.
    caret: usize,
    line: usize,
    column: usize,
}

impl TermError {
    /// `problem` at the byte offset `at` of `text`, with what to do about it.
    pub(super) fn new(text: &str, at: usize, problem: String, help: String) -> TermError {
        let at = (0..=at.min(text.len()))
            .rev()
            .find(|at| text.is_char_boundary(*at))
            .unwrap_or(0);
        let (before, after) = text.split_at_checked(at).unwrap_or((text, ""));
        let line = before.matches('\n').count();
        let before = before.rsplit('\n').next().unwrap_or("");
        let after = after.split('\n').next().unwrap_or("");
        let column = before.chars().count();

        let mut shown = String::new();
        let skip = column.saturating_sub(WINDOW);
        if skip > 0 {
            shown.push('…');
        }
        before
            .chars()
            .skip(skip)
            .for_each(|c| plain::push(&mut shown, c));
        let caret = shown.chars().count();
        let mut rest = after.trim_end().chars();
        rest.by_ref()
            .take(WINDOW)
            .for_each(|c| plain::push(&mut shown, c));
        if rest.next().is_some() {
            shown.push('…');
        }
        TermError {
            problem,
            help,
            shown,
            caret,
            line: line + 1,
            column: column + 1,
        }
    }

    /// The line of the text, from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// The column in characters, from 1; one past the line's end where something is missing.
    pub fn column(&self) -> usize {
        self.column
    }

    /// What is wrong, without the place.
    pub fn problem(&self) -> &str {
        &self.problem
    }
}

impl Display for TermError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problem)?;
        if self.line > 1 {
            write!(f, " (line {}, column {})", self.line, self.column)?;
        }
        write!(
            f,
            "\n    {}\n    {:width$}^",
            self.shown,
            "",
            width = self.caret
        )?;
        if !self.help.is_empty() {
            write!(f, "\n{}", self.help)?;
        }
        Ok(())
    }
}

impl std::error::Error for TermError {}
