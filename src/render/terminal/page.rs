//! Lines, columns and colours of the terminal report. Must not know what is reported.

use super::Style;
use crate::render::escape::log_line;

/// The text so far.
pub struct Page {
    out: String,
    style: Style,
}

/// ANSI "select graphic rendition" numbers.
#[derive(Clone, Copy)]
pub enum Paint {
    /// Bold.
    Bold,
    /// For what matters less.
    Dim,
    /// For what blocks.
    Red,
    /// For what warns.
    Yellow,
    /// For what is well.
    Green,
    /// For what is only said.
    Cyan,
}

impl Page {
    /// An empty page.
    pub fn new(style: Style) -> Page {
        Page {
            out: String::new(),
            style,
        }
    }

    /// The text in a colour, where there are colours.
    pub fn paint(&self, paint: Paint, text: &str) -> String {
        if !self.style.color || text.is_empty() {
            return text.to_owned();
        }
        let number = match paint {
            Paint::Bold => "1",
            Paint::Dim => "2",
            Paint::Red => "1;31",
            Paint::Yellow => "33",
            Paint::Green => "1;32",
            Paint::Cyan => "36",
        };
        format!("\u{1b}[{number}m{text}\u{1b}[0m")
    }

    /// The whole text.
    pub fn out(self) -> String {
        self.out
    }

    /// A line; what a runner could take for a command is made harmless.
    pub fn line(&mut self, line: &str) {
        self.out.push_str(&log_line(line.trim_end()));
        self.out.push('\n');
    }

    /// A heading, with an empty line before it.
    pub fn heading(&mut self, text: &str) {
        self.line("");
        let heading = self.paint(Paint::Bold, text);
        self.line(&heading);
    }

    /// `lead` in the first line and folded text behind it, the other lines from column `indent`.
    /// Running text behind a lead of `lead_width` columns, folded and indented from its second line on.
    pub fn hanging(&mut self, lead: &str, lead_width: usize, indent: usize, text: &str) {
        let mut lead = format!("{lead}{}", " ".repeat(indent.saturating_sub(lead_width)));
        let taken = lead_width.saturating_sub(indent);
        for line in fold(text, self.style.width.saturating_sub(indent), taken) {
            self.line(&format!("{lead}{line}"));
            lead = " ".repeat(indent);
        }
    }
}

/// Lines of at most `width` characters, of which the first has `taken` fewer, broken between words; a longer word stays
/// whole, so that it can be copied.
fn fold(text: &str, width: usize, taken: usize) -> Vec<String> {
    let width = width.max(30);
    let mut lines: Vec<String> = Vec::new();
    let mut used = taken;
    for word in text.split(' ') {
        let length = word.chars().count();
        match lines.last_mut() {
            None => {
                lines.push(word.to_owned());
                used += length;
            }
            Some(line) if used + 1 + length <= width => {
                line.push(' ');
                line.push_str(word);
                used += 1 + length;
            }
            Some(_) => {
                lines.push(word.to_owned());
                used = length;
            }
        }
    }
    lines
}

/// The text in a column of `width`.
pub(super) fn padded(text: &str, width: usize) -> String {
    let missing = width.saturating_sub(text.chars().count());
    format!("{text}{}", " ".repeat(missing))
}
