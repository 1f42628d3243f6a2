//! Documents that are known by name and not read: refused with a sentence that says what they are and what to do.
//!
//! Each rule stands alone, and at most one fits a document (a test holds them against files of every tool). A sketch may
//! be that of a document's start, and holds only the first element of a list: a rule asks for what must be there, with
//! its type, and asks for the absence of a member only to tell its document from another one that is refused as well.

mod lists;
mod objects;

use crate::json::Sketch;

/// A document that no reader of ours takes yet.
pub(super) struct Unread {
    /// The document kind.
    pub(super) document: &'static str,
    /// What it is, in a few words.
    pub(super) what: &'static str,
    /// What to do instead.
    pub(super) instead: &'static str,
    /// Whether this is it.
    pub(super) recognises: fn(&Sketch) -> bool,
}

impl Unread {
    /// The sentence for the user, about the document with this sketch.
    pub(super) fn refusal(&self, sketch: &Sketch) -> String {
        let version = match sketch.text("version") {
            Some(version) if self.document == UNSUPPORTED_SARIF => {
                format!(" of version {}", super::bounds::quoted(version))
            }
            _ => String::new(),
        };
        format!(
            "this is {}{version} ({}), which cannot be read as a report: {}",
            self.what, self.document, self.instead
        )
    }
}

/// The one kind whose refusal names a version.
const UNSUPPORTED_SARIF: &str = "sarif-unsupported";

/// Every document that is refused by name.
pub(super) fn all() -> impl Iterator<Item = &'static Unread> {
    objects::ALL.iter().chain(lists::ALL)
}

/// One of the forms of a document: the object itself, or a list of such objects.
fn one_or_list(sketch: &Sketch, is: fn(&Sketch) -> bool) -> bool {
    is(sketch) || sketch.first().is_some_and(is)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Json;

    fn kinds(text: &str) -> Vec<&'static str> {
        let mut bytes = text.as_bytes();
        let mut sketch = Sketch::Deep;
        // A prefix ends in an error; what was seen before it counts.
        let _ = Sketch::of(&mut Json::new(&mut bytes), &mut sketch, 0);
        all()
            .filter(|unread| (unread.recognises)(&sketch))
            .map(|unread| unread.document)
            .collect()
    }

    #[test]
    fn ids_are_unique_and_every_sentence_is_whole() {
        let mut seen = std::collections::BTreeSet::new();
        for unread in all() {
            assert!(seen.insert(unread.document), "{} twice", unread.document);
            assert!(!unread.what.is_empty() && !unread.instead.ends_with('.'));
        }
        assert!(seen.len() > 35);
    }

    #[test]
    fn a_prefix_gives_no_wrong_answer() {
        for (prefix, expected) in [
            (r#"{"runs":[{"tool":{"driver":{"na"#, None),
            (r#"{"runs":[],"version":"#, None),
            (r#"{"runs":[],"version":"2.1.0""#, None),
            (r#"{"runs":[],"version":"1.0.0""#, Some("sarif-unsupported")),
            (
                r#"{"version":"2.1.0","runs":null"#,
                Some("sarif-unsupported"),
            ),
            (r#"{"version":"2.1.0","runs":"#, None),
            (r#"{"results":[{"check_id":1,"path":1,"start""#, None),
            (r#"{"results":[],"generated_at":1"#, None),
            (r#"{"matches":["#, None),
            (r#"{"document":{"csaf_v"#, None),
        ] {
            assert_eq!(kinds(prefix).first().copied(), expected, "{prefix}");
        }
    }

    #[test]
    fn an_unsupported_sarif_names_its_version() {
        let text = r#"{"version":"1.0.0","runs":[]}"#;
        let mut bytes = text.as_bytes();
        let mut sketch = Sketch::Deep;
        let _ = Sketch::of(&mut Json::new(&mut bytes), &mut sketch, 0);
        let unread = all().find(|unread| (unread.recognises)(&sketch));
        let refusal = unread.expect("recognised").refusal(&sketch);
        assert!(refusal.contains("1.0.0"), "{refusal}");
    }
}
