//! The one function for each place that text of a report can reach. Scanner text is written by whoever opened the pull
//! request; nothing of it may become a link, a mention, a tag, a table cell, a colour or a workflow command.
//!
//! Must not know: findings, or what the text means. `github::command` escapes workflow commands themselves.

mod slack;

use std::fmt::Write as _;

pub use slack::{slack_code, slack_link, slack_plain, slack_text};

use crate::model::{is_emoji_selector, is_shapeless};

/// Characters that nobody sees, that reorder what is seen, or that move a cursor. They are shown as `⟨U+202E⟩`, so that
/// a reader notices them.
fn invisible(c: char) -> bool {
    c.is_control() || (is_shapeless(c) && !is_emoji_selector(c))
}

/// The text on one line: white space folded to single blanks, invisible characters made visible, cut after `limit`
/// characters with an ellipsis. `##[` is broken up, because the runner reads a command there anywhere in a line, and a
/// page may be printed into a log. Every other function starts with it.
fn one_line(text: &str, limit: usize) -> String {
    let mut line = String::with_capacity(text.len().min(limit.saturating_mul(4)));
    let mut room = limit;
    let mut blank = false;
    for c in text.chars() {
        // Includes the line and paragraph separators and NEL, which some readers break lines at.
        if c.is_whitespace() {
            blank = !line.is_empty();
            continue;
        }
        let needed = if blank { 2 } else { 1 };
        if room < needed {
            line.push('…');
            return line;
        }
        room = room.saturating_sub(needed);
        if std::mem::take(&mut blank) {
            line.push(' ');
        }
        if invisible(c) {
            let _ = write!(line, "⟨U+{:04X}⟩", u32::from(c));
        } else if c == '[' && line.ends_with("##") {
            line.push_str(" [");
        } else {
            line.push(c);
        }
    }
    line
}

/// Text for a field that is shown as it is (an annotation through the API): one line, nothing invisible, at most
/// `limit` characters of the original. Characters above U+FFFF are written as their number, because annotation texts
/// with them have been refused by GitHub.
pub fn plain_text(text: &str, limit: usize) -> String {
    let line = one_line(text, limit);
    if line.chars().all(|c| u32::from(c) <= 0xFFFF) {
        return line;
    }
    line.chars().fold(String::new(), |mut out, c| {
        if u32::from(c) > 0xFFFF {
            let _ = write!(out, "⟨U+{:04X}⟩", u32::from(c));
        } else {
            out.push(c);
        }
        out
    })
}

/// A name in the title of an issue, which is plain text but for code spans: one line, nothing invisible, at most `limit`
/// characters of the original. Words that GitHub or a reader's mail program would make something of stand as code.
pub fn title_text(text: &str, limit: usize) -> String {
    // A title is cut and shown in many places; a backtick of the text could open or end a code span of ours.
    let line = plain_text(text, limit).replace('`', "'");
    let words = line.split(' ').map(|word| match attracts(word) {
        true => format!("`{word}`"),
        false => word.to_owned(),
    });
    words.collect::<Vec<String>>().join(" ")
}

/// Text for a terminal or a CI log: no control characters, and no line that the runner takes for a command: it reads
/// `::` at the start of a line after white space, and `##[` anywhere (actions/runner `ActionCommand.cs`).
pub fn terminal_text(text: &str, limit: usize) -> String {
    log_line(&one_line(text, limit))
}

/// Makes a finished line harmless for the runner; it must not hold line breaks.
pub(super) fn log_line(line: &str) -> String {
    let start = line.len().saturating_sub(line.trim_start().len());
    let (indent, rest) = line.split_at(start);
    let rest = match rest.strip_prefix("::") {
        Some(rest) => format!(": :{rest}"),
        None => rest.to_owned(),
    };
    format!("{indent}{}", rest.replace("##[", "## ["))
}

/// Text in a document that programs read: one line, nothing invisible, cut. The document's own syntax is its writer's.
pub fn data_text(text: &str, limit: usize) -> String {
    one_line(text, limit)
}

/// Text inside an HTML element or a quoted attribute.
pub fn html_text(text: &str, limit: usize) -> String {
    let line = one_line(text, limit);
    let mut out = String::with_capacity(line.len());
    for c in line.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '`' => out.push_str("&#96;"),
            c => out.push(c),
        }
    }
    out
}

/// Running text in GitHub's Markdown, in a paragraph, a list item or a table cell.
///
/// Markup characters become entities or escapes. GitHub looks for mentions, issue numbers, commits, addresses and
/// formulas in the *rendered* text, where an entity is no protection; words that hold one of those become code spans,
/// in which GitHub looks for nothing. They stay readable and can be copied.
pub fn markdown_text(text: &str, limit: usize) -> String {
    let line = one_line(text, limit);
    let mut out = String::with_capacity(line.len() + 16);
    for word in line.split(' ') {
        if !out.is_empty() {
            out.push(' ');
        }
        if attracts(word) {
            push_code(&mut out, word);
        } else {
            let start = out.is_empty();
            push_word(&mut out, word, start);
        }
    }
    out
}

/// A word without anything that GitHub turns into a link, with its markup characters made harmless. At the start of a
/// block also the characters that make lists, headings, quotes and rules there.
fn push_word(out: &mut String, word: &str, start: bool) {
    // "1." and "1)" start a numbered list.
    let numbered = start
        && word
            .trim_start_matches(|c: char| c.is_ascii_digit())
            .starts_with(['.', ')']);
    for (index, c) in word.char_indices() {
        match c {
            // As entities and not behind a backslash, because table rows are split before backslashes are read.
            '\\' | '|' | '`' => {
                let _ = write!(out, "&#{};", u32::from(c));
            }
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '*' | '_' | '[' | ']' | '~' | '{' | '}' => {
                out.push('\\');
                out.push(c);
            }
            '-' | '+' | '=' | '#' | '!' if start && index == 0 => {
                out.push('\\');
                out.push(c);
            }
            '.' | ')' if numbered => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
}

/// Whether GitHub would make something of the word: a mention or address (`@`), an issue (`#1`, `GH-1`), a page
/// (`://`, `www.`), a formula (`$`), a commit (7 to 40 hexadecimal digits).
fn attracts(word: &str) -> bool {
    if word.contains(['@', '$']) || word.contains("://") {
        return true;
    }
    let lower = word.to_ascii_lowercase();
    lower.contains("www.")
        || followed_by_digit(&lower, "#")
        || followed_by_digit(&lower, "gh-")
        || lower
            .split(|c: char| !c.is_ascii_alphanumeric())
            .any(|part| {
                (7..=40).contains(&part.len())
                    && part.bytes().all(|b| b.is_ascii_hexdigit())
                    && part.bytes().any(|b| b.is_ascii_digit())
            })
}

/// Whether `mark` stands in `text` with a digit behind it.
fn followed_by_digit(text: &str, mark: &str) -> bool {
    text.split(mark)
        .skip(1)
        .any(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// A code span in GitHub's Markdown, in a paragraph, a list item or a table cell; empty for blank text. `|` and `<`
/// stand between spans as entities: a table row is split at `|` even inside code, and nothing that looks like a tag is
/// ever written.
pub fn markdown_code(text: &str, limit: usize) -> String {
    let line = one_line(text, limit);
    let mut out = String::with_capacity(line.len() + 4);
    push_code(&mut out, &line);
    out
}

fn push_code(out: &mut String, text: &str) {
    let mut first = true;
    for part in text.split_inclusive(['|', '<']) {
        let (code, mark) = match part.as_bytes().last() {
            Some(b'|') => (part.trim_end_matches('|'), "&#124;"),
            Some(b'<') => (part.trim_end_matches('<'), "&lt;"),
            _ => (part, ""),
        };
        // A code span swallows one blank at each end; the blanks go outside.
        if !first && code.starts_with(' ') {
            out.push(' ');
        }
        first = false;
        let inner = code.trim_matches(' ');
        if !inner.is_empty() {
            let fence = "`".repeat(longest_run(inner).saturating_add(1));
            let pad = if inner.starts_with('`') || inner.ends_with('`') {
                " "
            } else {
                ""
            };
            let _ = write!(out, "{fence}{pad}{inner}{pad}{fence}");
        }
        if code.ends_with(' ') && !inner.is_empty() {
            out.push(' ');
        }
        out.push_str(mark);
    }
}

/// The length of the longest run of backticks.
fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// The longest address that is linked; longer ones serve no reader.
const MAX_URL: usize = 2048;

/// A link in GitHub's Markdown; the escaped text alone when the address is not plain `http:` or `https:`. An address
/// with a user name is not linked, because `https://github.com@elsewhere/` reads as something it is not.
pub fn markdown_link(text: &str, url: &str, limit: usize) -> String {
    let shown = markdown_text(text, limit);
    match link_target(url) {
        Some(target) if !shown.is_empty() => format!("[{shown}]({target})"),
        _ => shown,
    }
}

/// The address as it may stand in the parentheses of a Markdown link or in a quoted HTML attribute: everything that
/// could end or extend it is percent-encoded.
pub(super) fn link_target(url: &str) -> Option<String> {
    let url = url.trim();
    let (scheme, rest) = url.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or("");
    if !matches!(scheme.as_str(), "http" | "https")
        || authority.is_empty()
        || authority.contains('@')
        || url.len() > MAX_URL
    {
        return None;
    }
    let mut target = format!("{scheme}://");
    for (index, byte) in rest.bytes().enumerate() {
        let escape = byte == b'%'
            && rest
                .as_bytes()
                .get(index.saturating_add(1)..index.saturating_add(3))
                .is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        match byte {
            b'%' if escape => target.push('%'),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => target.push(char::from(byte)),
            b'-' | b'.' | b'~' | b':' | b'/' | b'?' | b'#' | b',' | b';' | b'=' | b'+' | b'!' => {
                target.push(char::from(byte));
            }
            b'_' => target.push('_'),
            // `&` may start an entity in a link target.
            b'&' => target.push_str("&amp;"),
            _ => {
                let _ = write!(target, "%{byte:02X}");
            }
        }
    }
    Some(target)
}

/// The address as the value of a JSON field that a program makes a link of (Atlassian's document format).
pub(super) fn href(url: &str) -> Option<String> {
    // Nothing reads entities there, and every `&` in a link target is one.
    Some(link_target(url)?.replace("&amp;", "&"))
}

#[cfg(test)]
mod tests;
