//! Text in a Slack message (mrkdwn).
//!
//! Slack reads `<…>` as a link, a mention of everybody (`<!here>`), of a person (`<@U1>`) or a date, wherever it stands, in code
//! too; only `&`, `<` and `>` have entities (Slack docs, "Formatting message text", "Escaping text"). There is no escape for
//! `*`, `_`, `~`, `:emoji:`, `@name`, `#channel` and addresses; in a code span Slack makes nothing of them, so words that hold
//! one become code spans and can still be copied. Whoever sends them sets `verbatim`, so that bare addresses are no links.

use super::{link_target, one_line};

/// Running text in mrkdwn: one line, at most `limit` characters of the original.
pub fn slack_text(text: &str, limit: usize) -> String {
    let line = one_line(text, limit);
    let mut out = String::with_capacity(line.len() + 16);
    for word in line.split(' ') {
        if !out.is_empty() {
            out.push(' ');
        }
        if attracts(word) {
            // What the text quotes by backticks is code here too, each word by itself.
            let quoted = word.replace('`', "");
            push_code(&mut out, if quoted.is_empty() { word } else { &quoted });
        } else {
            push(&mut out, word);
        }
    }
    out
}

/// A code span in mrkdwn; empty for blank text. A backtick, which would end the span, is shown as `ˋ`.
pub fn slack_code(text: &str, limit: usize) -> String {
    let mut out = String::with_capacity(text.len().min(limit) + 8);
    push_code(&mut out, &one_line(text, limit));
    out
}

/// A link in mrkdwn; the escaped text alone when the address is not plain `http:` or `https:`.
pub fn slack_link(text: &str, url: &str, limit: usize) -> String {
    let shown = slack_text(text, limit);
    match link_target(url) {
        Some(target) if !shown.is_empty() => format!("<{target}|{shown}>"),
        _ => shown,
    }
}

/// Text where Slack formats nothing: a header (`plain_text`) and the line of a notification. It is not written down whether
/// entities are decoded there and names are linked, so the characters of both are shown as their likes.
pub fn slack_plain(text: &str, limit: usize) -> String {
    let line = one_line(text, limit);
    line.chars()
        .map(|c| match c {
            '<' => '‹',
            '>' => '›',
            '&' => '＆',
            '@' => '＠',
            '#' => '＃',
            ':' => '꞉',
            c => c,
        })
        .collect()
}

/// Whether Slack would make something of the word: formatting, a mention or an address of mail (`@`), a channel (`#`), an
/// emoji (two colons), a page, a quotation (`>` at the start of a line, as an entity too).
fn attracts(word: &str) -> bool {
    let lower = || word.to_ascii_lowercase();
    word.contains(['*', '_', '~', '`', '@', '#'])
        || word.starts_with('>')
        || word.matches(':').nth(1).is_some()
        || word.contains("://")
        || lower().contains("www.")
        || lower().contains("mailto:")
}

fn push_code(out: &mut String, text: &str) {
    if text.is_empty() {
        return;
    }
    out.push('`');
    push(out, &text.replace('`', "ˋ"));
    out.push('`');
}

fn push(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nothing_is_made_of_a_reports_text() {
        for (text, expected) in [
            (
                "Prototype pollution in lodash",
                "Prototype pollution in lodash",
            ),
            ("a & b < c", "a &amp; b &lt; c"),
            ("<!here> <!channel>", "&lt;!here&gt; &lt;!channel&gt;"),
            (
                "<!subteam^S1|x> <@U1> <#C1>",
                "&lt;!subteam^S1|x&gt; `&lt;@U1&gt;` `&lt;#C1&gt;`",
            ),
            (
                "<https://evil.example|ok>",
                "`&lt;https://evil.example|ok&gt;`",
            ),
            ("@channel @here", "`@channel` `@here`"),
            ("*bold* _it_ ~no~", "`*bold*` `_it_` `~no~`"),
            ("snake_case", "`snake_case`"),
            ("a`b", "`ab`"),
            (
                "write `gitleaks=x`, or `a b`",
                "write `gitleaks=x,` or `a` `b`",
            ),
            ("``", "`ˋˋ`"),
            ("> quoted", "`&gt;` quoted"),
            (":fire: src/a.rs:10:3 a:b", "`:fire:` `src/a.rs:10:3` a:b"),
            ("#general C#", "`#general` `C#`"),
            ("see https://e.example/x", "see `https://e.example/x`"),
            ("WWW.evil.example", "`WWW.evil.example`"),
            ("a\nb\u{202e}c\u{1b}", "a b⟨U+202E⟩c⟨U+001B⟩"),
            ("", ""),
        ] {
            assert_eq!(slack_text(text, 200), expected, "{text:?}");
        }
        assert_eq!(slack_code("", 9), "");
        assert_eq!(slack_code("a`<b>", 9), "`aˋ&lt;b&gt;`");
        assert_eq!(slack_code("grüße", 3), "`grü…`");
        assert_eq!(
            slack_plain("<!here> & @all #x :fire:", 90),
            "‹!here› ＆ ＠all ＃x ꞉fire꞉"
        );
    }

    #[test]
    fn only_plain_pages_are_linked() {
        assert_eq!(
            slack_link("Run", "https://github.com/o/r?a=1&b=<2|3>", 40),
            "<https://github.com/o/r?a=1&amp;b=%3C2%7C3%3E|Run>"
        );
        for url in ["javascript:alert(1)", "https://a@b/", "", "!here"] {
            assert_eq!(slack_link("Run", url, 40), "Run", "{url}");
        }
    }

    proptest! {
        #[test]
        fn no_mark_stands_alone(text in r"[a<>&!@#*_~`:|^ \n\u{e9}\u{202e}]{0,60}", limit in 0usize..80) {
            let shown = slack_text(&text, limit);
            prop_assert!(!shown.contains(['<', '>', '\n']), "{}", shown);
            prop_assert_eq!(shown.matches('`').count() % 2, 0);
            // Outside of code spans nothing is left that Slack formats.
            let outside: String = shown.split('`').step_by(2).collect();
            prop_assert!(!outside.contains(['*', '_', '~', '@', '#']), "{}", shown);
            let bare = outside.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "");
            prop_assert!(!bare.contains('&'), "{}", shown);
        }
    }
}
