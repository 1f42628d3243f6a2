use proptest::prelude::*;

use super::*;

/// Texts that scanners can be made to write.
const HOSTILE: [&str; 12] = [
    "::error file=a.py,line=1::owned%0A::set-output name=x::y",
    "\n::set-output name=gate::pass\n::add-mask::x\n::stop-commands::t\n::endgroup::",
    "x\nGATE=pass\nEOF\nPATH=/tmp/evil",
    "a | b || c \\| d\n| --- |\n# heading\n- item",
    "<img src=x onerror=alert(1)> </details></table><script>alert(1)</script> <!-- ",
    "@everyone @octocat #1 GH-1 octo/repo#2 fixes #3 0123456789abcdef0123456789abcdef01234567",
    "https://example.com/a b)](https://evil.example/)c\"onmouseover=\"x",
    "\u{1b}[2J\u{1b}[31mred\u{1b}[0m \u{1b}]8;;https://evil.example\u{7}link\u{1b}]8;;\u{7}",
    "src/\u{202e}gnp.exe a\u{200b}b\u{2066}c\u{2069}\u{feff}",
    "``` `` ` $a$ $`b`$ ~~x~~ **b** __i__ ![i](u) [t](u) [^1] {{x}}",
    "##[set-output name=x]y ##[error]z",
    "pre <x@y|z> `@octocat` |@octocat <!--@octocat--> ~~~",
];

#[test]
fn markdown_texts() {
    for (text, expected) in [
        (
            "Prototype pollution in lodash",
            "Prototype pollution in lodash",
        ),
        ("a | b", "a &#124; b"),
        ("- item", "\\- item"),
        ("left-pad - x", "left-pad - x"),
        ("1. one", "1\\. one"),
        ("# heading", "\\# heading"),
        ("@scope/pkg is bad", "`@scope/pkg` is bad"),
        ("fixes #3", "fixes `#3`"),
        ("gh-12 x", "`gh-12` x"),
        ("C# and F#", "C# and F#"),
        ("see https://e.example/x", "see `https://e.example/x`"),
        ("<b>", "&lt;b&gt;"),
        ("a <b@c> d", "a &lt;`b@c>` d"),
        ("snake_case *x*", "snake\\_case \\*x\\*"),
        ("\u{1b}[31mred", "⟨U+001B⟩\\[31mred"),
        ("a\u{2028}b\r\n\tc", "a b c"),
        ("costs $5 or $6", "costs `$5` or `$6`"),
        ("  ", ""),
    ] {
        assert_eq!(markdown_text(text, 200), expected, "{text:?}");
    }
}

#[test]
fn code_spans() {
    for (text, expected) in [
        ("src/a.rs", "`src/a.rs`"),
        ("a`b", "``a`b``"),
        ("`", "`` ` ``"),
        ("a|b", "`a`&#124;`b`"),
        ("a | b", "`a` &#124; `b`"),
        ("Vec<T>", "`Vec`&lt;`T>`"),
        ("||", "&#124;&#124;"),
        ("", ""),
        ("\u{202e}x", "`⟨U+202E⟩x`"),
    ] {
        assert_eq!(markdown_code(text, 200), expected, "{text:?}");
    }
}

#[test]
fn links() {
    for (url, expected) in [
        ("https://e.example/a", "[t](https://e.example/a)"),
        (
            "HTTPS://e.example/a_b?x=1&y=%20",
            "[t](https://e.example/a_b?x=1&amp;y=%20)",
        ),
        (
            "https://e.example/a b)](x)|'\"<>",
            "[t](https://e.example/a%20b%29%5D%28x%29%7C%27%22%3C%3E)",
        ),
        (
            "https://e.example/ü%zz",
            "[t](https://e.example/%C3%BC%25zz)",
        ),
        ("javascript:alert(1)", "t"),
        ("data:text/html,x", "t"),
        ("https://github.com@evil.example/", "t"),
        ("https://", "t"),
        ("//e.example", "t"),
        ("", "t"),
    ] {
        assert_eq!(markdown_link("t", url, 50), expected, "{url:?}");
    }
}

#[test]
fn log_lines() {
    for (text, expected) in [
        (" ::error::x", ": :error::x"),
        ("std::vec", "std::vec"),
        ("a ##[error]x", "a ## [error]x"),
        ("\u{1b}[2J", "⟨U+001B⟩[2J"),
        ("\r\n::x", ": :x"),
    ] {
        assert_eq!(terminal_text(text, 100), expected, "{text:?}");
    }
}

#[test]
fn cut_texts_say_so() {
    assert_eq!(plain_text("abcdef", 6), "abcdef");
    assert_eq!(plain_text("abcdefg", 6), "abcdef…");
    assert_eq!(plain_text("ab  cd ef", 4), "ab c…");
    assert_eq!(plain_text("öüä", 2), "öü…");
    let huge = "x".repeat(2_000_000);
    assert!(markdown_text(&huge, 160).len() < 200);
    assert_eq!(plain_text("a\u{1f600}", 9), "a⟨U+1F600⟩");
}

/// What stands outside code spans, as CommonMark finds them.
fn outside_code(markdown: &str) -> String {
    let mut outside = String::new();
    let mut rest = markdown;
    while let Some(start) = rest.find('`') {
        outside.push_str(&rest[..start]);
        let run = rest[start..].bytes().take_while(|b| *b == b'`').count();
        let after = &rest[start + run..];
        let mut end = None;
        let mut at = 0;
        while let Some(found) = after[at..].find('`') {
            let here = at + found;
            let length = after[here..].bytes().take_while(|b| *b == b'`').count();
            if length == run {
                end = Some(here + length);
                break;
            }
            at = here + length;
        }
        let Some(end) = end else {
            panic!("unclosed code span in {markdown:?}");
        };
        outside.push('\u{0}');
        rest = &after[end..];
    }
    outside + rest
}

/// The laws of every Markdown text.
fn harmless(markdown: &str) {
    assert!(!markdown.contains(['|', '<', '\n', '\r']), "{markdown:?}");
    assert!(!markdown.chars().any(invisible), "{markdown:?}");
    assert!(!markdown.contains("##["), "{markdown:?}");
    let outside = outside_code(markdown);
    let decoded = outside
        .replace("&#92;", "b")
        .replace("&#96;", "t")
        .replace("&#124;", "p");
    assert!(!outside.contains('@'), "{outside:?}");
    assert!(
        !outside.contains("://") && !outside.contains("www."),
        "{outside:?}"
    );
    assert!(!followed_by_digit(&decoded, "#"), "{outside:?}");
    let bytes = outside.as_bytes();
    for (index, byte) in bytes.iter().enumerate() {
        if matches!(byte, b'[' | b']' | b'*' | b'_' | b'~') {
            assert_eq!(bytes[index - 1], b'\\', "{outside:?}");
        }
    }
}

#[test]
fn hostile_texts_are_harmless_everywhere() {
    for text in HOSTILE {
        harmless(&markdown_text(text, 300));
        harmless(&markdown_code(text, 300));
        let line = terminal_text(text, 300);
        assert!(
            !line.trim_start().starts_with("::") && !line.contains("##["),
            "{line:?}"
        );
        assert!(!line.chars().any(invisible));
        assert!(!html_text(text, 300).contains(['<', '>', '"', '\'']));
        if let Some(target) = link_target(text) {
            assert!(!target.contains(['(', ')', '<', '>', '"', '\'', ' ', '|', '[', ']', '@']));
        }
    }
}

/// Arbitrary text, rich in what matters.
fn texts() -> impl Strategy<Value = String> {
    let spice = prop::sample::select(vec![
        "`",
        "``",
        "|",
        "<",
        "\\",
        "@a",
        "#1",
        "gh-1",
        "://",
        "www.",
        "$",
        " ",
        "\n",
        "::",
        "##[",
        "[",
        "]",
        "_",
        "*",
        "~",
        "1.",
        "-",
        "\u{202e}",
        "\u{1b}",
        "&",
        "0123456",
        "é",
        "\u{1f600}",
    ]);
    prop::collection::vec(
        prop_oneof![spice.prop_map(str::to_owned), any::<String>()],
        0..8,
    )
    .prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn any_text_is_harmless(text in texts(), limit in 0usize..80) {
        harmless(&markdown_text(&text, limit));
        harmless(&markdown_code(&text, limit));
        let row = format!("| {} | {} |", markdown_text(&text, limit), markdown_code(&text, limit));
        prop_assert_eq!(row.matches('|').count(), 3);
        let line = terminal_text(&text, limit);
        prop_assert!(!line.trim_start().starts_with("::") && !line.contains("##["));
        prop_assert!(!line.contains(invisible));
        prop_assert!(!html_text(&text, limit).contains(['<', '>', '"', '\'']));
        prop_assert!(plain_text(&text, limit).chars().all(|c| u32::from(c) <= 0xFFFF));
        if let Some(target) = link_target(&format!("https://e/{text}")) {
            prop_assert!(!target.contains(['(', ')', '<', '>', '"', '\'', ' ', '|', '[', ']', '@', '`', '\\']));
            prop_assert!(target.is_ascii());
        }
    }
}
