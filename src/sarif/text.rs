//! Text that scanners wrote, made fit for a SARIF log.

use std::borrow::Cow;

use crate::model::{is_emoji_selector, is_shapeless};

/// Whether a character is left out of every text of a log: control characters but tab and newline, bidirectional
/// controls and invisible ones that make a text look like another.
fn is_hidden(c: char) -> bool {
    (c.is_control() && !matches!(c, '\t' | '\n')) || (is_shapeless(c) && !is_emoji_selector(c))
}

/// `text` without terminal sequences, control characters and bidirectional controls.
pub fn plain(text: &str) -> Cow<'_, str> {
    // Over all bytes without a branch, so that many go at once.
    let odd = |odd: bool, b: &u8| odd | (*b > b'~') | ((*b < b' ') & (*b != b'\n') & (*b != b'\t'));
    if !text.as_bytes().iter().fold(false, odd) {
        return Cow::Borrowed(text);
    }
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut clean = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            // ECMA-48 control sequence: `ESC [`, parameters, one final byte.
            '\u{1b}' if chars.peek() == Some(&'[') => {
                chars.next();
                while chars.next_if(|c| matches!(c, ' '..='?')).is_some() {}
                chars.next_if(|c| matches!(c, '@'..='~'));
            }
            // Operating system command: up to BEL or `ESC \`.
            '\u{1b}' if chars.peek() == Some(&']') => {
                while let Some(c) = chars.next_if(|c| *c != '\n') {
                    if c == '\u{7}' || (c == '\u{1b}' && chars.next_if_eq(&'\\').is_some()) {
                        break;
                    }
                }
            }
            '\r' if chars.peek() != Some(&'\n') => clean.push('\n'),
            c if is_hidden(c) => {}
            c => clean.push(c),
        }
    }
    Cow::Owned(clean)
}

/// `text` cut to `most` characters, with an ellipsis that says so.
pub fn cut(text: &str, most: usize) -> Cow<'_, str> {
    if text.len() <= most || text.chars().count() <= most {
        return Cow::Borrowed(text);
    }
    let mut short: String = text.chars().take(most.saturating_sub(1)).collect();
    short.push('…');
    Cow::Owned(short)
}

/// Longest title that is made from a longer text.
const TITLE: usize = 200;

/// The first line of `text` that says something, as a title.
pub fn title(text: &str) -> Option<Cow<'_, str>> {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty())?;
    Some(cut(line, TITLE))
}

/// A plain text as `message.text`: SARIF reads `[words](target)` as a link there (SARIF 2.1.0, 3.11.6), and a scanner's
/// text must not become one.
pub fn message(text: &str) -> Cow<'_, str> {
    if !text.contains("](") && !text.contains("\\[") && !text.contains("\\]") {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace('[', "\\[").replace(']', "\\]"))
}

/// The plain text of a `message.text`: links become their words, escaped brackets brackets.
pub fn unlinked(text: &str) -> Cow<'_, str> {
    if !text.contains("](") && !text.contains("\\[") && !text.contains("\\]") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, from)) = rest
        .find(['[', '\\'])
        .and_then(|at| rest.split_at_checked(at))
    {
        out.push_str(before);
        if let Some(after) = from.strip_prefix("\\[") {
            out.push('[');
            rest = after;
        } else if let Some(after) = from.strip_prefix("\\]") {
            out.push(']');
            rest = after;
        } else if let Some((words, after)) = link(from) {
            out.push_str(&words);
            rest = after;
        } else {
            let first = from.chars().next().map_or(0, char::len_utf8);
            let (one, after) = from.split_at_checked(first).unwrap_or((from, ""));
            out.push_str(one);
            rest = after;
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Longest link text that is looked for; without a bound a text of brackets only would take quadratic time.
const LONGEST_LINK: usize = 500;

/// A link at the start of `text`: its words and what follows it.
fn link(text: &str) -> Option<(String, &str)> {
    let mut words = String::new();
    let mut chars = text.strip_prefix('[')?.char_indices();
    loop {
        let (at, c) = chars.next().filter(|(at, _)| *at < LONGEST_LINK)?;
        match c {
            '\\' => match chars.next()?.1 {
                c @ ('[' | ']') => words.push(c),
                c => words.extend(['\\', c]),
            },
            '[' => return None,
            ']' => {
                let rest = text.get(at.checked_add(2)?..)?.strip_prefix('(')?;
                let (target, after) = rest.split_once(')')?;
                // A target is an id or a URI; blanks mean that this is prose.
                let fits = target.len() <= LONGEST_LINK && !target.contains(char::is_whitespace);
                return fits.then_some((words, after));
            }
            c => words.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn hidden_characters_go() {
        for (text, clean) in [
            ("a\u{1b}[31mred\u{1b}[0m b", "ared b"),
            ("a\u{1b}]8;;http://x\u{7}link\u{1b}]8;;\u{1b}\\", "alink"),
            ("a\u{202e}b\u{0}c\r\nd\re", "abc\nd\ne"),
            ("plain äöü\t\n", "plain äöü\t\n"),
            ("\u{1b}[", ""),
        ] {
            assert_eq!(plain(text), clean, "{text:?}");
        }
    }

    #[test]
    fn links_become_words() {
        for (text, words) in [
            ("see [here](0) and [a\\]b](https://x/y)", "see here and a]b"),
            ("\\[not\\](0)", "[not](0)"),
            ("[a] (b) [c", "[a] (b) [c"),
            ("x[[y](1)", "x[y"),
            ("[no link](two words)](0)", "[no link](two words)](0)"),
        ] {
            assert_eq!(unlinked(text), words, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_escaped_reads_the_same(text in "[a\\[\\]()\\\\ {}é0]{0,30}") {
            let escaped = message(&text);
            prop_assert_eq!(unlinked(&escaped), text.as_str());
        }

        #[test]
        fn plain_twice_is_plain_once(text in "\\PC{0,20}[\\x00-\\x1f\u{202e}\\[;m]{0,10}") {
            let once = plain(&text).into_owned();
            prop_assert_eq!(plain(&once).into_owned(), once.clone());
        }
    }
}
