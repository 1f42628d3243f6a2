//! Foreign text made plain: what a log, a terminal or a sentence may hold. The commands of the runner, and why these rules are
//! as they are, stand in `github/command.rs`.

use std::fmt::Write as _;

use super::text::is_shapeless;

/// Makes any text one line that the runner reads as plain text: control characters, line ends and characters without a
/// shape are spelled out, a beginning `::` and every `##[` are broken by a backslash.
///
/// Characters without a shape matter because .NET compares text by culture there: an invisible character between the two
/// colons would not keep the runner from seeing a command.
pub fn safe_log_line(text: &str) -> String {
    let mut line = visible(text, false).replace("##[", "##\\[");
    let begin = line.len() - line.trim_start().len();
    if line.get(begin..).is_some_and(|rest| rest.starts_with("::")) {
        line.insert(begin, '\\');
    }
    line
}

/// As [`safe_log_line`], cut to `chars` characters with a mark that says so.
pub fn safe_log_text(text: &str, chars: usize) -> String {
    // Cut first: the text may be long, and escaping makes it longer.
    cut_chars(&safe_log_line(&cut_chars(text, chars)), chars)
}

/// Cuts to `chars` characters; the last one then is `…`.
pub fn cut_chars(text: &str, chars: usize) -> String {
    if text.char_indices().nth(chars).is_none() {
        return text.to_owned();
    }
    let mut out: String = text.chars().take(chars.saturating_sub(1)).collect();
    out.push('…');
    out
}

/// Spells out what a terminal or the runner would act on and what nobody would see. Line feeds stay where `lines` allows
/// them. Not enough for a line of the log: see [`safe_log_line`].
pub fn visible(text: &str, lines: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' if lines => out.push(c),
            '\t' => out.push(' '),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            c if c.is_control() || is_shapeless(c) => {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}
