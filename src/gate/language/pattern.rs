//! The value of a `key=value` qualifier, compiled once.

use globset::{GlobBuilder, GlobMatcher};

use super::{Key, MAX_VALUE};

/// A value to compare with: a glob or a plain text. Two are equal when they are spelt alike.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// Canonical spelling.
    text: String,
    /// Letters of both cases are alike.
    any_case: bool,
    /// `None` for a text without wildcards.
    glob: Option<GlobMatcher>,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Pattern) -> bool {
        self.text == other.text && self.any_case == other.any_case
    }
}

impl Pattern {
    /// Compiles the value of `key`. The error says what is wrong with it, as the end of a sentence (`is no glob: …`).
    pub fn new(key: Key, value: &str) -> Result<Pattern, String> {
        let text = match key {
            Key::Tool => return Pattern::tool(value),
            Key::Path => path(value),
            Key::Rule | Key::Package | Key::Target | Key::Component => value.to_owned(),
        };
        // Advisory ids are written in both cases (`ghsa-…`, `GHSA-…`) and mean the same thing.
        let any_case = key == Key::Rule;
        let plain = !text.contains(['*', '?', '[', ']', '{', '}', '\\']);
        let glob = if plain {
            None
        } else {
            let glob = GlobBuilder::new(&text)
                .literal_separator(true)
                .backslash_escape(true)
                .case_insensitive(any_case)
                .build()
                .map_err(|error| format!("is no glob: {}", error.kind()))?;
            Some(glob.compile_matcher())
        };
        Ok(Pattern {
            text,
            any_case,
            glob,
        })
    }

    /// The text of a glob that is like `value` and nothing else.
    pub(in crate::gate) fn literally(value: &str) -> String {
        let mut glob = String::with_capacity(value.len());
        for c in value.chars() {
            if matches!(c, '*' | '?' | '[' | ']' | '{' | '}' | '\\') {
                glob.push('\\');
            }
            glob.push(c);
        }
        glob
    }

    /// A glob over paths of the repository, as `path=` takes it. The error says what is wrong with it, as the end of a
    /// sentence.
    pub fn path(value: &str) -> Result<Pattern, String> {
        let value = value.trim();
        if value.is_empty() || value.len() > MAX_VALUE || value.contains(|c: char| c.is_control()) {
            return Err(format!(
                "is no glob of one line with at most {MAX_VALUE} bytes"
            ));
        }
        Pattern::new(Key::Path, value)
    }

    /// The id of a tool. Any id is legal, since any tool may write SARIF.
    fn tool(value: &str) -> Result<Pattern, String> {
        let text = value.to_ascii_lowercase();
        let legal = text
            .split('-')
            .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric()));
        if !legal {
            return Err("is no id of a tool (letters, digits and single `-`; no globs)".to_owned());
        }
        Ok(Pattern {
            text,
            any_case: true,
            glob: None,
        })
    }

    /// The canonical spelling, without quotes.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether `value` is like this.
    pub fn is_match(&self, value: &str) -> bool {
        match &self.glob {
            Some(glob) => glob.is_match(value),
            None if self.any_case => self.text.eq_ignore_ascii_case(value),
            None => self.text == value,
        }
    }
}

/// Paths after merging start at the repository's root without `./`; a folder means all that is in it. Without this
/// `./src/**` and `tests/` would be terms that never match.
fn path(value: &str) -> String {
    let mut text = value;
    while let Some(rest) = text.strip_prefix("./") {
        text = rest.trim_start_matches('/');
    }
    match text {
        "" | "." => "**".to_owned(),
        folder if folder.ends_with('/') => format!("{folder}**"),
        _ => text.to_owned(),
    }
}
