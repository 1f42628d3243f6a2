//! The hidden first line of a tracking issue: which cause it is about, what was scanned when it was found, and a digest of what
//! the issue says, so that a later run finds it again, knows who may call it fixed, and writes only when something changed.
//!
//! Must not know: findings, and who wrote the issue. Anybody can write such a line, so whoever reads it looks at the author first.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::causes::{Pair, short_hash};
use crate::model::Text;
use serde::{Deserialize, Serialize};

/// How the line begins. The version belongs to its form: another form gets another number.
const OPEN: &str = "<!-- sarif-gate:cause v1 ";
/// How it ends.
const CLOSE: &str = " -->";
/// The longest line that is written or read, in bytes. Ours: a tool or an image takes some fifty bytes.
const MOST_BYTES: usize = 8_192;
/// Digits of a cause's id, and of the digest.
const DIGITS: usize = 16;

/// What the line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marker {
    /// The cause: 16 hexadecimal digits.
    id: String,
    /// What was scanned when its findings were found; empty where that did not fit, and then nobody can say that it is fixed.
    scopes: BTreeSet<Pair>,
    /// Of what the issue says, without what differs from run to run; `None` once it is closed as fixed.
    digest: Option<String>,
}

/// The JSON in the line.
#[derive(Serialize, Deserialize)]
struct Said {
    scopes: Vec<(String, Option<String>)>,
    #[serde(default)]
    digest: Option<String>,
}

impl Marker {
    /// The marker of an open issue that says `text`.
    pub fn new(id: &str, scopes: BTreeSet<Pair>, text: &str) -> Marker {
        let mut marker = Marker {
            id: id.to_owned(),
            scopes,
            digest: Some(short_hash(&[text])),
        };
        if marker.line().len() > MOST_BYTES {
            marker.scopes = BTreeSet::new();
        }
        marker
    }

    /// The same for an issue that is fixed: whatever comes later is a change.
    #[must_use]
    pub fn fixed(&self) -> Marker {
        Marker {
            digest: None,
            ..self.clone()
        }
    }

    /// The cause.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What was scanned when its findings were found; empty where nobody knows.
    pub fn scopes(&self) -> &BTreeSet<Pair> {
        &self.scopes
    }

    /// The line, without a line break. Nothing in it can end the comment, mention anybody or link to anything, because every
    /// character that could is written by its number.
    pub fn line(&self) -> String {
        let said = Said {
            scopes: self
                .scopes
                .iter()
                .map(|(tool, target)| (tool.to_string(), target.as_deref().map(str::to_owned)))
                .collect(),
            digest: self.digest.clone(),
        };
        // Texts, lists and nothing else: writing them cannot fail.
        let json = serde_json::to_string(&said).unwrap_or_default();
        let mut line = format!("{OPEN}{} ", self.id);
        for c in json.chars() {
            if plain(c) {
                line.push(c);
                continue;
            }
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a String cannot fail.
                let _ = write!(line, "\\u{unit:04x}");
            }
        }
        line + CLOSE
    }

    /// Reads the first line of an issue's body; `None` when it is no marker of ours.
    pub fn read(body: &str) -> Option<Marker> {
        let line = body.trim_start().lines().next()?.trim_end();
        if line.len() > MOST_BYTES {
            return None;
        }
        let (id, json) = line
            .strip_prefix(OPEN)?
            .strip_suffix(CLOSE)?
            .split_once(' ')?;
        let said: Said = serde_json::from_str(json).ok()?;
        let hex = |text: &str| text.len() == DIGITS && text.bytes().all(is_digit);
        (hex(id) && said.digest.as_deref().is_none_or(hex)).then(|| Marker {
            id: id.to_owned(),
            scopes: said
                .scopes
                .into_iter()
                .map(|(tool, target)| (tool.into(), target.map(Text::from)))
                .collect(),
            digest: said.digest,
        })
    }
}

/// Characters that may stand in the line as they are: what JSON's own marks need, and what means nothing to anybody. Hyphen,
/// `<` and `>` would end a comment.
fn plain(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || matches!(
            c,
            '"' | '\\' | ',' | ':' | '[' | ']' | '{' | '}' | '.' | '/' | '_'
        )
}

fn is_digit(byte: u8) -> bool {
    byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)
}

/// A scope of a test.
#[cfg(test)]
fn scope(tool: &str, target: Option<&str>) -> Pair {
    (Text::from(tool), target.map(Text::from))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ID: &str = "0123456789abcdef";

    #[test]
    fn the_line_is_the_documented_one() {
        let scopes = [scope("trivy", None), scope("trivy", Some("ghcr.io/x"))].into();
        let marker = Marker::new(ID, scopes, "text");
        assert_eq!(
            marker.line(),
            format!(
                "<!-- sarif-gate:cause v1 {ID} {{\"scopes\":[[\"trivy\",null],[\"trivy\",\"ghcr.io/x\"]],\"digest\":\"{}\"}} -->",
                short_hash(&["text"])
            )
        );
        let body = format!("\n{}\r\nmore\n", marker.line());
        assert_eq!(Marker::read(&body), Some(marker.clone()));
        let fixed = marker.fixed();
        assert_eq!(Marker::read(&fixed.line()), Some(fixed.clone()));
        assert!(fixed != marker && fixed.scopes() == marker.scopes() && fixed.id() == ID);
        // Written before there was a digest, or by hand.
        let short = format!("<!-- sarif-gate:cause v1 {ID} {{\"scopes\":[]}} -->");
        assert!(Marker::read(&short).is_some_and(|marker| marker.digest.is_none()));
    }

    #[test]
    fn nothing_else_is_a_marker() {
        let good = Marker::new(ID, BTreeSet::new(), "").line();
        let long = good.replace("[]", &format!("[[\"{}\",null]]", "a".repeat(MOST_BYTES)));
        let deep = good.replace("[]", &"[".repeat(4_000));
        for body in [
            String::new(),
            "\n\n".to_owned(),
            format!("text\n{good}"),
            format!("> {good}"),
            format!("{good}text"),
            good.replace("v1", "v2"),
            good.replace(ID, "0123456789abcdeg"),
            good.replace(ID, "0123456789ABCDEF"),
            good.replace(ID, "0123"),
            good.replace(ID, ""),
            good.replace("[]", "null"),
            good.replace("[]", "[[]]"),
            good.replace("[]", "[[1,2]]"),
            good.replace("\"digest\":\"", "\"digest\":\"x"),
            good.replace(CLOSE, "-->"),
            good.replace('}', "}}"),
            long,
            deep,
        ] {
            assert_eq!(Marker::read(&body), None, "{body}");
        }
    }

    #[test]
    fn scopes_that_do_not_fit_are_none_at_all() {
        let many = |count: usize| -> BTreeSet<Pair> {
            let each = (0..count).map(|number| scope("ö-scanner", Some(&format!("img{number}"))));
            each.collect()
        };
        assert_eq!(Marker::new(ID, many(50), "").scopes().len(), 50);
        let marker = Marker::new(ID, many(5_000), "");
        assert!(marker.scopes().is_empty() && marker.line().len() < 200);
        assert_eq!(Marker::read(&marker.line()), Some(marker));
        // The last one that fits, to the byte.
        let one = |length: usize| [scope(&"a".repeat(length), None)].into();
        let frame = Marker::new(ID, one(1), "").line().len() - 1;
        assert_eq!(
            Marker::new(ID, one(MOST_BYTES - frame), "").line().len(),
            MOST_BYTES
        );
        assert!(
            Marker::new(ID, one(MOST_BYTES - frame + 1), "")
                .scopes()
                .is_empty()
        );
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            scopes in prop::collection::btree_set((any::<String>(), any::<Option<String>>()), 0..6),
            hostile in "[-<>!@#\\\\\"\n\u{2028}ö\u{1f600}]{0,20}",
            text in any::<String>(),
        ) {
            let scopes: BTreeSet<Pair> = scopes
                .iter()
                .map(|(tool, target)| scope(tool, target.as_deref()))
                .chain([scope(&hostile, Some(&hostile))])
                .collect();
            let marker = Marker::new(ID, scopes, &text);
            let line = marker.line();
            prop_assert_eq!(Marker::read(&line), Some(marker.clone()));
            prop_assert_eq!(Marker::read(&marker.fixed().line()), Some(marker.fixed()));
            let inner = line.strip_prefix("<!--").and_then(|rest| rest.strip_suffix("-->"));
            prop_assert!(inner.is_some_and(|inner| !inner.contains(['-', '<', '>', '@', '#', '\n'])
                || inner.starts_with(" sarif-gate:cause ") && inner.matches('-').count() == 1));
            prop_assert!(line.is_ascii());
        }

        #[test]
        fn reading_never_fails_badly(body in any::<String>(), json in any::<String>()) {
            let _ = Marker::read(&body);
            let _ = Marker::read(&format!("{OPEN}{ID} {json}{CLOSE}"));
        }
    }
}
