//! Text from outside made safe to stand in one line of a message. Renderers still escape for their own place.

use crate::model::is_shapeless;

/// How much of a foreign text a message shows, in characters.
const SHOWN: usize = 300;

/// Adds `c` to `out`; what moves the cursor, hides or reorders text is written as an escape.
pub(super) fn push(out: &mut String, c: char) {
    match c {
        '\t' | '\u{a0}' => out.push(' '),
        // No control characters for Unicode, but they make a reader see another text than the one that is there.
        c if c.is_control() || is_shapeless(c) => out.extend(c.escape_unicode()),
        c => out.push(c),
    }
}

/// `text` on one line, cut after [`SHOWN`] characters with a sign that it was cut.
pub(super) fn line(text: &str) -> String {
    cut(text, SHOWN)
}

/// As [`line`] with a limit of its own.
pub(super) fn cut(text: &str, limit: usize) -> String {
    let mut out = String::new();
    let mut rest = text.trim().chars();
    for c in rest.by_ref().take(limit) {
        push(&mut out, if c == '\n' { ' ' } else { c });
    }
    if rest.next().is_some() {
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_moves_the_cursor_is_left() {
        assert_eq!(line(" a\tb\nc\u{1b}[2J\r "), "a b c\\u{1b}[2J");
        assert_eq!(line("x\u{202e}y"), "x\\u{202e}y");
        assert_eq!(cut("abcdef", 3), "abc…");
        assert_eq!(cut("abc", 3), "abc");
    }
}
