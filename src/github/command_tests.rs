//! The commands against a reader of the runner's two syntaxes, written from the runner's source and not from ours.

use super::*;
use crate::model::is_shapeless;
use proptest::prelude::*;

const REGISTERED: [&str; 15] = [
    "add-mask",
    "add-matcher",
    "remove-matcher",
    "add-path",
    "set-env",
    "set-output",
    "save-state",
    "debug",
    "warning",
    "error",
    "notice",
    "group",
    "endgroup",
    "echo",
    "stop-commands",
];

#[derive(Debug, PartialEq)]
struct Seen {
    name: String,
    properties: Vec<(String, String)>,
    data: String,
    old: bool,
}

fn unescape(text: &str, pairs: &[(&str, &str)]) -> String {
    pairs
        .iter()
        .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

fn properties(text: &str, separator: char, pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    text.split(separator)
        .filter_map(|pair| pair.split_once('='))
        .filter(|(name, value)| !name.is_empty() && !value.is_empty())
        .map(|(name, value)| (name.to_owned(), unescape(value, pairs)))
        .collect()
}

/// What the runner understands of one line (`ActionCommand.TryParseV2`, then `TryParse`). Characters that a comparison
/// by culture ignores are taken out first, which is the worst that .NET can do.
fn obey(line: &str) -> Option<Seen> {
    let line: String = line
        .chars()
        .filter(|c| *c != '\0' && !is_shapeless(*c))
        .collect();
    let data = [("%0D", "\r"), ("%0A", "\n"), ("%25", "%")];
    let property = [
        ("%0D", "\r"),
        ("%0A", "\n"),
        ("%3A", ":"),
        ("%2C", ","),
        ("%25", "%"),
    ];
    let old = [
        ("%3B", ";"),
        ("%0D", "\r"),
        ("%0A", "\n"),
        ("%5D", "]"),
        ("%25", "%"),
    ];
    let known = |name: &str| REGISTERED.contains(&name.to_lowercase().as_str());
    if let Some((info, rest)) = line
        .trim_start()
        .strip_prefix("::")
        .and_then(|rest| rest.split_once("::"))
    {
        let (name, given) = info.split_once(' ').unwrap_or((info, ""));
        if known(name) {
            return Some(Seen {
                name: name.to_lowercase(),
                properties: properties(given.trim(), ',', &property),
                data: unescape(rest, &data),
                old: false,
            });
        }
    }
    let (info, rest) = line
        .split_once("##[")
        .and_then(|(_, rest)| rest.split_once(']'))?;
    let (name, given) = info.split_once(' ').unwrap_or((info, ""));
    known(name).then(|| Seen {
        name: name.to_lowercase(),
        properties: properties(given, ';', &old),
        data: unescape(rest, &old),
        old: true,
    })
}

/// Lines as the runner cuts its input: LF, CR and CR LF end one.
fn lines(text: &str) -> Vec<&str> {
    text.split(['\n', '\r']).collect()
}

#[test]
fn the_reader_of_these_tests_sees_commands() {
    assert!(obey("  ::set-output name=verdict::pass").is_some());
    assert!(obey("finding ##[error]x").is_some_and(|seen| seen.old));
    assert!(obey("\u{ad}::\u{200b}warning::x").is_some());
    assert!(obey("::nothing::x").is_none());
}

#[test]
fn a_log_line_is_never_a_command() {
    for (text, shown) in [
        ("plain", "plain"),
        ("::error::x", "\\::error::x"),
        (" \t::error::x", "  \\::error::x"),
        ("\u{a0}::error::x", "\u{a0}\\::error::x"),
        (":\u{200b}:error::x", ":\\u{200b}:error::x"),
        ("a ##[set-output name=x]y", "a ##\\[set-output name=x]y"),
        ("###[error]y", "###\\[error]y"),
        ("a\n::error::x", "a\\n::error::x"),
        ("\u{1b}[31mred", "\\u{1b}[31mred"),
        (
            "a\u{85}b\u{2028}c\u{202e}d",
            "a\\u{85}b\\u{2028}c\\u{202e}d",
        ),
    ] {
        assert_eq!(safe_log_line(text), shown, "{text:?}");
        assert_eq!(obey(&safe_log_line(text)), None, "{text:?}");
    }
}

#[test]
fn an_annotation_says_what_was_meant() {
    let place = Place {
        file: Some("src/a,b:c%.rs"),
        line: Some(3),
        end_line: Some(3),
        col: Some(2),
        end_column: Some(9),
        title: Some("50%: x, y"),
    };
    let line = annotation(Level::Warning, &place, "first\nsecond: 100%");
    assert_eq!(
        line,
        "::warning file=src/a%2Cb%3Ac%25.rs,line=3,col=2,endColumn=9,title=50%25%3A x%2C y::first%0Asecond: 100%25"
    );
    assert_eq!(
        annotation(Level::Notice, &Place::default(), "x"),
        "::notice::x"
    );
}

#[test]
fn contradictions_are_left_out() {
    let on = |line, end_line, col, end_column| {
        annotation(
            Level::Error,
            &Place {
                file: Some("a"),
                line,
                end_line,
                col,
                end_column,
                title: None,
            },
            "m",
        )
    };
    assert_eq!(on(None, Some(4), Some(1), None), "::error file=a::m");
    assert_eq!(on(Some(5), Some(4), None, None), "::error file=a,line=5::m");
    assert_eq!(
        on(Some(5), Some(6), Some(1), Some(2)),
        "::error file=a,line=5,endLine=6::m"
    );
    assert_eq!(
        on(Some(5), None, Some(9), Some(2)),
        "::error file=a,line=5,col=9::m"
    );
    assert_eq!(on(Some(0), None, Some(1), None), "::error file=a::m");
}

#[test]
fn a_long_message_is_cut_with_a_notice() {
    for text in [
        "x".repeat(5_000),
        "\u{1f600}".repeat(3_000),
        "\n".repeat(9_000),
    ] {
        let seen = obey(&annotation(Level::Error, &Place::default(), &text)).expect("a command");
        assert!(seen.data.encode_utf16().count() <= COMMAND_MESSAGE_UNITS);
        assert!(
            seen.data.contains("characters shown]"),
            "{}",
            seen.data.len()
        );
    }
    let just = "y".repeat(COMMAND_MESSAGE_UNITS);
    assert_eq!(
        obey(&annotation(Level::Error, &Place::default(), &just)).map(|seen| seen.data),
        Some(just)
    );
}

#[test]
fn a_mask_holds_the_value_as_it_is() {
    assert_eq!(mask(" \n"), None);
    let seen = mask("a%b\r\nc::d")
        .and_then(|line| obey(&line))
        .expect("a command");
    assert_eq!(
        (seen.name.as_str(), seen.data.as_str()),
        ("add-mask", "a%b\r\nc::d")
    );
}

#[test]
fn an_entry_that_could_be_forged_is_refused() {
    assert!(matches!(
        output_entry("a=b", "x", "d"),
        Err(EntryError::Name(_))
    ));
    assert!(matches!(
        output_entry("", "x", "d"),
        Err(EntryError::Name(_))
    ));
    assert!(matches!(
        output_entry("reason", "x\nEOF\nverdict=pass", "EOF"),
        Err(EntryError::Delimiter(_))
    ));
    assert!(matches!(
        output_entry("reason", "x", ""),
        Err(EntryError::Delimiter(_))
    ));
    assert_eq!(
        output_entry("reason", "a\nb", "E_1").ok().as_deref(),
        Some("reason<<E_1\na\nb\nE_1\n")
    );
    assert_ne!(delimiter().ok(), delimiter().ok());
}

/// The runner's reader of command files (`FileCommandManager.cs`, `EnvFileKeyValuePairs`).
fn entries(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = text.split('\n').collect::<Vec<_>>().into_iter();
    while let Some(line) = rest.next() {
        if line.is_empty() {
            continue;
        }
        let (equals, heredoc) = (line.find('='), line.find("<<"));
        if equals.is_some_and(|at| heredoc.is_none_or(|here| at < here)) {
            let (name, value) = line.split_once('=').expect("it has one");
            found.push((name.to_owned(), value.to_owned()));
        } else {
            let (name, end) = line.split_once("<<").expect("an entry");
            let value: Vec<&str> = rest.by_ref().take_while(|line| *line != end).collect();
            found.push((name.to_owned(), value.join("\n")));
        }
    }
    found
}

fn nasty() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("::"),
        Just("##["),
        Just("]"),
        Just(":"),
        Just("#"),
        Just("["),
        Just("error"),
        Just("set-output name=verdict"),
        Just("stop-commands"),
        Just("\n"),
        Just("\r"),
        Just("%0A"),
        Just("%"),
        Just(" "),
        Just("\u{200b}"),
        Just("\u{ad}"),
        Just("\0"),
        Just("\u{1b}[0m"),
        Just("\u{2028}"),
        Just("\u{85}"),
        Just("\u{a0}"),
        Just(","),
        Just("="),
        Just("<<"),
    ];
    prop_oneof![
        proptest::collection::vec(piece, 0..20).prop_map(|pieces| pieces.concat()),
        any::<String>(),
    ]
}

proptest! {
    #[test]
    fn no_text_makes_a_log_line_a_command(text in nasty()) {
        let line = safe_log_line(&text);
        prop_assert_eq!(lines(&line).len(), 1);
        prop_assert_eq!(obey(&line), None);
        prop_assert!(!line.chars().any(char::is_control));
        prop_assert_eq!(safe_log_text(&text, 7).chars().count() <= 7, true);
        prop_assert_eq!(obey(&safe_log_text(&text, 12)), None);
    }

    #[test]
    fn an_annotation_is_one_command_and_no_other(title in nasty(), file in nasty(), message in nasty()) {
        let place = Place { file: Some(&file), line: Some(7), title: Some(&title), ..Place::default() };
        let line = annotation(Level::Error, &place, &message);
        prop_assert_eq!(lines(&line).len(), 1);
        let seen = obey(&line).expect("a command");
        prop_assert_eq!(seen.name.as_str(), "error");
        prop_assert!(!seen.old);
        prop_assert!(seen.properties.iter().all(|(name, _)| ["file", "line", "title"].contains(&name.as_str())));
        prop_assert_eq!(seen.data, visible(&message, true));
    }

    #[test]
    fn a_value_comes_back_alone(value in nasty()) {
        let text = output_entry("reason", &value, &delimiter().expect("random")).expect("an entry");
        prop_assert_eq!(entries(&text), vec![("reason".to_owned(), value)]);
    }
}
