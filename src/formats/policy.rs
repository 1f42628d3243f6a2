//! What policies in Rego say: entries of `deny`, `violation` and `warn`, as OPA and conftest print them.
//!
//! All messages of a policy share the one rule that holds them, so the rule alone tells nothing apart: two messages of
//! `main/deny` in one file are two findings. The rule that is shown is therefore the policy's rule with the message's
//! words behind it (`main/deny/container-web-is-privileged`), which waivers and `severity-map` can match by a glob.

use serde::Deserialize;

use super::Desk;
use super::bounds::{self, cut, quoted};
use crate::model::{Finding, Kind, Location, Scale, Severity, Text, folded_line_hash};
use crate::syntax::{OrNothing, Raw, line_number, text_of};

/// Characters of a message that a rule carries; of a longer one a hash says the rest.
const LONGEST: usize = 80;

/// What an entry says besides its message. Policies write what they like here, so all of it is cosmetic.
#[derive(Default, Deserialize)]
pub(super) struct Details<'a> {
    /// How bad the policy says it is.
    #[serde(borrow)]
    pub(super) severity: Raw<'a>,
    /// The query that gave the entry (`data.main.deny`).
    #[serde(borrow)]
    pub(super) query: Raw<'a>,
    #[serde(borrow)]
    resource: Raw<'a>,
    #[serde(borrow)]
    resource_address: Raw<'a>,
    #[serde(borrow)]
    address: Raw<'a>,
    /// Where conftest up to 0.60 leaves the place that a policy gave.
    #[serde(borrow, default, rename = "_loc")]
    loc: OrNothing<Loc<'a>>,
    #[serde(borrow)]
    line: Raw<'a>,
    #[serde(borrow, default)]
    details: OrNothing<Inner<'a>>,
}

/// The object `details` that many policies put beside the message.
#[derive(Default, Deserialize)]
struct Inner<'a> {
    #[serde(borrow)]
    resource: Raw<'a>,
    #[serde(borrow)]
    resource_address: Raw<'a>,
    #[serde(borrow)]
    address: Raw<'a>,
    #[serde(borrow)]
    line: Raw<'a>,
}

/// A place that a policy gave.
#[derive(Clone, Copy, Default, Deserialize)]
pub(super) struct Loc<'a> {
    #[serde(borrow)]
    file: Raw<'a>,
    #[serde(borrow)]
    line: Raw<'a>,
}

/// One message of a policy.
pub(super) struct Entry<'a> {
    /// The policy's rule (`main/deny`).
    pub(super) rule: &'a str,
    /// The message.
    pub(super) said: &'a str,
    /// What else the entry says.
    pub(super) details: Details<'a>,
    /// The place that the tool took out of the details.
    pub(super) loc: Option<Loc<'a>>,
    /// The file that was judged, where it is one.
    pub(super) file: Option<Text>,
    /// The severity where the policy gives none.
    pub(super) severity: Severity,
}

impl Entry<'_> {
    /// The finding.
    pub(super) fn finding(&self, scale: &Scale, desk: &mut Desk<'_>) -> Finding {
        let rule = format!("{}/{}", self.rule, slug(self.said));
        let severity = self.severity(scale, &rule, desk);
        let title = match self.said.trim() {
            "" => desk.title(&format!("{} without a message", self.rule)),
            said => desk.title(said),
        };
        let rule = desk.texts.share(&rule);
        let mut finding = Finding::new(Kind::Misconfiguration, rule, severity, title);
        finding.message = desk
            .texts
            .share(&cut(self.said.trim(), bounds::MAX_MESSAGE));
        if *finding.message == *finding.title {
            finding.message = Text::from("");
        }
        let details = &self.details;
        let inner = details.details.0.as_ref();
        let resource = [
            details.resource,
            details.resource_address,
            details.address,
            inner.and_then(|inner| inner.resource),
            inner.and_then(|inner| inner.resource_address),
            inner.and_then(|inner| inner.address),
        ];
        finding.resource = resource.into_iter().find_map(|raw| desk.word(raw));
        let loc = self.loc.or(details.loc.0).unwrap_or_default();
        let line = [loc.line, details.line, inner.and_then(|inner| inner.line)];
        let line = line.into_iter().find_map(line_number);
        let file = desk.some(loc.file).or_else(|| self.file.clone());
        if let Some(file) = file {
            finding.locations.push(Location::new(file, line));
        }
        finding
    }

    /// The severity that the policy gives, where it is a word that somebody knows. Anything else is the policy's own
    /// business (`"severity": "team-a"`) and must not make its entry milder.
    fn severity(&self, scale: &Scale, rule: &str, desk: &mut Desk<'_>) -> Severity {
        let Some(word) = text_of(self.details.severity) else {
            return self.severity;
        };
        let known = scale.of(&word).or_else(|| Severity::from_word(&word));
        let known = known.filter(|severity| *severity != Severity::Unknown);
        known.unwrap_or_else(|| {
            desk.note(format!(
                "{}: the severity {} that the policy gives means nothing to us; it counts as {}",
                quoted(rule),
                quoted(&word),
                self.severity.word()
            ));
            self.severity
        })
    }
}

/// The policy's rule in the words of conftest's SARIF: `data.main.deny` of the package `main` is `main/deny`.
pub(super) fn rule_of_query(query: &str) -> String {
    let path = query.strip_prefix("data.").unwrap_or(query);
    match path.rsplit_once('.') {
        Some((package, name)) => format!("{package}/{name}"),
        None => path.to_owned(),
    }
}

/// The words of a message, in lower case and joined. Digits stay: `port 22` and `port 80` are two things.
fn slug(message: &str) -> String {
    let words = message
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    let mut slug = String::new();
    let mut cut = false;
    for word in words {
        if slug.chars().count() >= LONGEST {
            cut = true;
            break;
        }
        if !slug.is_empty() {
            slug.push('-');
        }
        slug.extend(word.chars().take(LONGEST).flat_map(char::to_lowercase));
        cut |= word.chars().nth(LONGEST).is_some();
    }
    if cut || slug.is_empty() {
        slug = slug.chars().take(LONGEST).collect();
        let rest = folded_line_hash(message) >> 32;
        let dash = if slug.is_empty() { "" } else { "-" };
        slug = format!("{}{dash}{rest:08x}", slug.trim_end_matches('-'));
    }
    slug
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_tells_messages_apart() {
        for (message, expected) in [
            (
                "Container web uses latest | `tag`",
                "container-web-uses-latest-tag",
            ),
            ("port 22 is open", "port-22-is-open"),
            ("port 80 is open", "port-80-is-open"),
            ("Größe über 3", "größe-über-3"),
        ] {
            assert_eq!(slug(message), expected);
        }
        let long = "word ".repeat(100);
        let other = format!("{long}and more");
        assert_ne!(slug(&long), slug(&other));
        for text in [&long, &other, "", "|||", &"x".repeat(5000)] {
            let slug = slug(text);
            assert!((8..=LONGEST + 9).contains(&slug.chars().count()), "{slug}");
        }
        assert_ne!(slug("|||"), slug("///"));
    }

    #[test]
    fn a_query_is_package_and_rule() {
        for (query, rule) in [
            ("data.main.deny", "main/deny"),
            ("data.a.b.deny_root", "a.b/deny_root"),
            ("deny", "deny"),
        ] {
            assert_eq!(rule_of_query(query), rule);
        }
    }
}
