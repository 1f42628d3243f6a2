//! Workflow commands and the text of the runner's command files: the only place that writes either.
//!
//! The runner reads both streams line by line and obeys `::name …::data` where a line begins with `::` (blanks before it
//! do not count) and the old `##[name …]data` anywhere in a line (actions/runner, `Runner.Common/ActionCommand.cs`). So a
//! scanner's text that reaches the log as it is can set outputs, mask words or fail the step. Everything that is printed
//! in Actions goes through [`safe_log_line`] or is made by one of the functions here.
//!
//! Must not know: what a finding is, where the text goes.

use std::fmt::Write as _;

use super::limits::{ANNOTATION_TITLE_CHARS, COMMAND_MESSAGE_UNITS};
pub use crate::model::{cut_chars, safe_log_line, safe_log_text, visible};

/// How loud an annotation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Red.
    Error,
    /// Yellow.
    Warning,
    /// Grey.
    Notice,
}

impl Level {
    /// The name of the command.
    pub fn word(self) -> &'static str {
        match self {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Notice => "notice",
        }
    }
}

/// Where an annotation stands and what it is called. Lines and columns count from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place<'a> {
    /// Path relative to the workspace.
    pub file: Option<&'a str>,
    /// First line.
    pub line: Option<u32>,
    /// Last line; dropped when it lies before the first.
    pub end_line: Option<u32>,
    /// First column; only on a single line.
    pub col: Option<u32>,
    /// Last column; only on a single line.
    pub end_column: Option<u32>,
    /// Heading.
    pub title: Option<&'a str>,
}

/// Escapes the part after the second `::` (actions/runner, `ActionCommand.cs`; actions/toolkit,
/// `packages/core/src/command.ts`).
pub fn escape_data(text: &str) -> String {
    escape(text, false)
}

/// Escapes the value of a property.
pub fn escape_property(text: &str) -> String {
    escape(text, true)
}

fn escape(text: &str, property: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '%' => out.push_str("%25"),
            '\r' => out.push_str("%0D"),
            '\n' => out.push_str("%0A"),
            ':' if property => out.push_str("%3A"),
            ',' if property => out.push_str("%2C"),
            _ => out.push(c),
        }
    }
    out
}

/// One line, without its end, that annotates a file or the run. The runner drops a region that contradicts itself
/// together with the line (`Runner.Worker/ActionCommandManager.cs`), so contradictions are left out here.
pub fn annotation(level: Level, place: &Place<'_>, message: &str) -> String {
    let line = place.line.filter(|line| *line > 0);
    let end_line = place
        .end_line
        .filter(|end| line.is_some_and(|line| *end > line));
    let col = place
        .col
        .filter(|col| *col > 0 && line.is_some() && end_line.is_none());
    let end_column = place
        .end_column
        .filter(|end| col.is_some_and(|col| *end >= col));
    let mut properties: Vec<String> = Vec::new();
    let mut add = |name: &str, value: &str| {
        // An empty value would be dropped by the runner anyway.
        if !value.is_empty() {
            properties.push(format!("{name}={}", escape_property(value)));
        }
    };
    if let Some(file) = place.file {
        add("file", &visible(file, false));
        for (name, number) in [
            ("line", line),
            ("endLine", end_line),
            ("col", col),
            ("endColumn", end_column),
        ] {
            if let Some(number) = number {
                add(name, &number.to_string());
            }
        }
    }
    if let Some(title) = place.title {
        add(
            "title",
            &cut_chars(&visible(title, false), ANNOTATION_TITLE_CHARS),
        );
    }
    let message = cut_units(&visible(message, true), COMMAND_MESSAGE_UNITS);
    let space = if properties.is_empty() { "" } else { " " };
    format!(
        "::{}{space}{}::{}",
        level.word(),
        properties.join(","),
        escape_data(&message)
    )
}

/// Lines of the log that the runner folds away under a title of ours. The lines must be safe.
pub fn group(title: &str, lines: &str) -> String {
    format!("::group::{title}\n{lines}\n::endgroup::\n")
}

/// The line that makes the runner hide a value for the rest of the job; `None` for a blank value, which it refuses.
pub fn mask(value: &str) -> Option<String> {
    (!value.trim().is_empty()).then(|| format!("::add-mask::{}", escape_data(value)))
}

/// Cuts to `units` UTF-16 units with a notice that says how much is shown.
fn cut_units(text: &str, units: usize) -> String {
    let total: usize = text.chars().map(char::len_utf16).sum();
    if total <= units {
        return text.to_owned();
    }
    let notice = |shown: usize| format!("\n[cut: {shown} of {total} characters shown]");
    let room = units.saturating_sub(notice(total).len());
    let mut shown = 0;
    let mut out = String::new();
    for c in text.chars() {
        if shown + c.len_utf16() > room {
            break;
        }
        shown += c.len_utf16();
        out.push(c);
    }
    out.push_str(&notice(shown));
    out
}

/// Why an entry of a command file cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum EntryError {
    /// The name is no name of an output.
    #[error("{0:?} is no name of an output: letters, digits, `-` and `_` only")]
    Name(String),
    /// The delimiter stands in the value or is no delimiter.
    #[error("the delimiter of the output `{0}` stands in its value; run the step again")]
    Delimiter(String),
    /// The system has no random numbers to give.
    #[error("the system gave no random numbers for the delimiter of an output: {0}")]
    Random(getrandom::Error),
}

/// An entry of `GITHUB_OUTPUT` in the long form, which takes any value. The runner takes the last entry of a name.
///
/// # Errors
/// When the name is none, or the delimiter could end the value early.
pub fn output_entry(name: &str, value: &str, delimiter: &str) -> Result<String, EntryError> {
    let plain = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    };
    if !plain(name) {
        return Err(EntryError::Name(cut_chars(name, 80)));
    }
    if !plain(delimiter) || value.contains(delimiter) || name.contains(delimiter) {
        return Err(EntryError::Delimiter(name.to_owned()));
    }
    Ok(format!("{name}<<{delimiter}\n{value}\n{delimiter}\n"))
}

/// A delimiter that nobody can foresee: 128 random bits.
///
/// # Errors
/// When the system gives no random numbers.
pub fn delimiter() -> Result<String, EntryError> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(EntryError::Random)?;
    let mut out = String::from("sarifgate_");
    for byte in bytes {
        let _ = write!(out, "{byte:02x}");
    }
    Ok(out)
}

#[cfg(test)]
#[path = "command_tests.rs"]
mod tests;
