//! YAML that people write by hand: config files, waivers, workflows. Bounded, with the line of what is wrong and words for
//! who wrote it.

use serde::de::DeserializeOwned;
use serde_saphyr::budget::BudgetBreach;
use serde_saphyr::{DefaultMessageFormatter, Error, MergeKeyPolicy, MessageFormatter, Options};

use super::words::{plain, unknown};

/// Largest file in bytes. Real ones are a few kilobytes; the limit keeps a mistaken path from filling the memory.
pub const BYTES_MOST: usize = 1024 * 1024;

/// What is wrong with a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YamlError {
    /// Line, from 1, where it is known.
    pub line: Option<u64>,
    /// What is wrong, in one line, without the place.
    pub words: String,
}

/// Bounds of a document that people write: far above any real one, far below what hurts. Aliases may not multiply what is written.
fn options() -> Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_events: 100_000,
            max_nodes: 50_000,
            max_depth: 16,
            max_documents: 1,
            max_aliases: 100,
            max_anchors: 100,
            max_total_scalar_bytes: BYTES_MOST,
        },
        merge_keys: MergeKeyPolicy::Error,
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: 10_000,
            max_replay_stack_depth: 8,
        },
        strict_booleans: true,
        reject_unsupported_tags: true,
        with_snippet: false,
    }
}

/// Reads one document.
///
/// # Errors
/// [`YamlError`], whatever is wrong with the text or with what it says.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, YamlError> {
    serde_saphyr::from_str_with_options(text, options()).map_err(|error: Error| YamlError {
        line: error
            .location()
            .map(|location| location.line())
            .filter(|line| *line > 0),
        words: words_of(&error),
    })
}

/// A text as a YAML value that every reader takes for this text, in one line: bare where nobody could take it for anything else
/// (a word, a package URL, a day), else in double quotes. It may stand behind `key: ` and in a list in brackets.
pub fn text(value: &str) -> String {
    if is_bare(value) {
        return value.to_owned();
    }
    let mut out = String::with_capacity(value.len() + 2);
    out.push('"');
    for c in value.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            ' ' => out.push(c),
            c if c.is_ascii_graphic() || (!c.is_ascii() && c.is_alphanumeric()) => out.push(c),
            // Whatever moves the cursor, hides itself or ends a line for one reader and not for another.
            c => {
                let code = u32::from(c);
                out.push_str(&match code {
                    0..=0xff => format!("\\x{code:02x}"),
                    0x100..=0xffff => format!("\\u{code:04x}"),
                    _ => format!("\\U{code:08x}"),
                });
            }
        }
    }
    out.push('"');
    out
}

/// Whether a text needs no quotes: letters, digits and harmless marks, and not what YAML 1.1 or 1.2 takes for a number, a truth or
/// nothing.
fn is_bare(value: &str) -> bool {
    const WORDS: [&str; 9] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    let mark = |c: char| matches!(c, '-' | '_' | '.' | '/' | '@' | '+');
    let day = value.len() == 10
        && value.bytes().enumerate().all(|(at, b)| match at {
            4 | 7 => b == b'-',
            _ => b.is_ascii_digit(),
        });
    // A colon is harmless right in front of a letter: `pkg:npm/a`.
    let mut pairs = value.chars().zip(value.chars().skip(1).chain([' ']));
    day || (value.starts_with(|c: char| c.is_ascii_alphabetic())
        && pairs.all(|(c, next)| {
            c.is_ascii_alphanumeric() || mark(c) || (c == ':' && next.is_ascii_alphabetic())
        })
        && !WORDS.iter().any(|word| value.eq_ignore_ascii_case(word)))
}

/// What the YAML reader says, in words for who wrote the file and without the place, which stands in front of them.
fn words_of(error: &Error) -> String {
    let text = match unwrapped(error) {
        Error::DuplicateMappingKey { key, .. } => {
            format!(
                "the key {} stands twice",
                plain(key.as_deref().unwrap_or_default())
            )
        }
        Error::SerdeUnknownField {
            field, expected, ..
        } => unknown("key", field, expected.iter().copied()),
        Error::SerdeMissingField { field, .. } => format!("the entry has no {field}"),
        Error::NullIntoString { .. } => {
            "there is no value; give one or remove the line".to_string()
        }
        Error::InvalidBooleanStrict { .. } => "this is neither true nor false".to_string(),
        Error::MergeKeyNotAllowed { .. } => {
            "merge keys (<<) are not read; write the keys out".to_string()
        }
        Error::Unexpected { expected, .. } if expected.contains("sequence") => {
            "a list is expected here".to_string()
        }
        Error::Unexpected { expected, .. } if expected.contains("scalar") => {
            "a single value is expected here".to_string()
        }
        Error::MultipleDocuments { .. }
        | Error::Budget {
            breach: BudgetBreach::Documents { .. },
            ..
        } => "there is more than one document; one is expected".to_string(),
        Error::Budget { .. } => {
            "the file is larger or nested deeper than such a file may be".to_string()
        }
        Error::AliasReplayLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. }
        | Error::RecursiveReferencesRequireWeakTypes { .. } => {
            "aliases (*name) multiply to more than such a file may hold; write the values out"
                .to_string()
        }
        other => DefaultMessageFormatter.format_message(other).into_owned(),
    };
    one_line(&text)
}

/// The error that happened, without what the crate wraps around it.
fn unwrapped(error: &Error) -> &Error {
    match error.without_snippet() {
        Error::AliasError { error, .. } => unwrapped(error),
        other => other,
    }
}

/// Longest sentence of the YAML reader in characters. It may quote the file, and the file may be hostile.
const WORDS_MOST: usize = 400;

/// A sentence that may quote the file: no control or direction characters, and an end.
fn one_line(text: &str) -> String {
    let mut line = String::new();
    for c in text.chars().take(WORDS_MOST) {
        if matches!(c, '"' | '\'' | '\\') {
            line.push(c);
        } else {
            line.extend(c.escape_debug());
        }
    }
    if text.chars().nth(WORDS_MOST).is_some() {
        line.push_str(" … (cut)");
    }
    line
}
