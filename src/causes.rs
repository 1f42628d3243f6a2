//! What issues are about: findings by their cause, which is a package or a rule, so that one upgrade or one fix closes one
//! issue.
//!
//! Pure. Must not know: where an issue is kept and what it looks like.
#![deny(clippy::disallowed_methods)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

pub use crate::baseline::Pair;
use crate::baseline::{looked_at, scopes_of};
use crate::model::{Finding, Kind, Outcome, Severity, Text};

/// Findings that one deed clears, as far as nobody knows more than package or rule.
#[derive(Clone, Debug)]
pub struct Cause<'a> {
    /// What identifies it over time: 16 hexadecimal digits.
    pub id: String,
    /// The kind of its findings.
    pub kind: Kind,
    /// The worst severity among them.
    pub severity: Severity,
    /// What it is.
    pub what: What<'a>,
    /// Its findings, worst first; never empty.
    pub findings: Vec<&'a Finding>,
    /// The place of each of them in the outcome's list, where its rulings are; in the same order.
    pub places: Vec<usize>,
    /// What was scanned when they were found: tool, and what outside of the repository (`None` for the repository itself).
    pub scopes: BTreeSet<Pair>,
}

/// A package or a rule. The texts are the reports' own: escape them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What<'a> {
    /// A package, whatever is wrong with it.
    Package {
        /// Its ecosystem in the words of package URLs, where known.
        ecosystem: Option<&'a str>,
        /// Its name.
        name: &'a str,
    },
    /// A rule, wherever it is broken.
    Rule {
        /// Id of the tool whose rule it is.
        tool: &'a str,
        /// Id of the rule.
        rule: &'a str,
    },
}

impl What<'_> {
    /// What a finding is about.
    pub fn of(finding: &Finding) -> What<'_> {
        match &finding.package {
            Some(package) => What::Package {
                ecosystem: package.ecosystem.as_deref(),
                name: &package.name,
            },
            None => What::Rule {
                tool: finding.sources.first().map_or("", |source| &*source.tool),
                rule: &finding.rule,
            },
        }
    }

    /// Its [`short_hash`].
    pub fn id(&self, kind: Kind) -> String {
        let (word, first, second) = match self {
            // One issue for a package, whichever kinds of findings it has.
            What::Package { ecosystem, name } => ("package", ecosystem.unwrap_or(""), *name),
            What::Rule { tool, rule } => (kind.word(), *tool, *rule),
        };
        short_hash(&["sarifGate/cause/v1", word, first, second])
    }
}

/// The first 64 bits of SHA-256 over the parts with their lengths, as 16 hexadecimal digits: what markers in issues and
/// comments are found again by.
pub fn short_hash(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_string());
        hash.update(":");
        hash.update(part);
    }
    let mut id = String::new();
    for byte in hash.finalize().iter().take(8) {
        // Writing to a String cannot fail.
        let _ = write!(id, "{byte:02x}");
    }
    id
}

/// The causes of the findings that `wanted` picks by their place in the list; worst first, then by what they are.
pub fn causes<'a>(outcome: &'a Outcome, wanted: impl Fn(usize) -> bool) -> Vec<Cause<'a>> {
    let mut by_id: BTreeMap<String, Vec<(usize, &'a Finding)>> = BTreeMap::new();
    let findings = outcome.findings.iter().enumerate();
    for (index, finding) in findings.filter(|(index, _)| wanted(*index)) {
        let id = What::of(finding).id(finding.kind);
        by_id.entry(id).or_default().push((index, finding));
    }
    let mut all: Vec<Cause<'a>> = by_id
        .into_iter()
        .filter_map(|(id, mut findings)| {
            findings.sort_by_key(|(_, finding)| std::cmp::Reverse(finding.severity));
            let (places, findings): (Vec<usize>, Vec<&Finding>) = findings.into_iter().unzip();
            let first = *findings.first()?;
            Some(Cause {
                id,
                kind: first.kind,
                severity: first.severity,
                what: What::of(first),
                scopes: scopes_of(findings.iter().copied(), &outcome.reports),
                findings,
                places,
            })
        })
        .collect();
    all.sort_by(|a, b| (b.severity, a.what).cmp(&(a.severity, b.what)));
    all
}

/// What this run knows of causes that an earlier one saw.
pub struct Seen {
    present: BTreeSet<String>,
    looked: BTreeSet<Pair>,
}

impl Seen {
    /// What this run saw.
    pub fn of(outcome: &Outcome) -> Seen {
        let ids = outcome
            .findings
            .iter()
            .map(|finding| What::of(finding).id(finding.kind));
        Seen {
            present: ids.collect(),
            looked: looked_at(&outcome.reports),
        }
    }

    /// Whether a finding of this cause is there, whatever was judged of it.
    pub fn has(&self, id: &str) -> bool {
        self.present.contains(id)
    }

    /// Whether the cause is surely gone: no finding has it, and complete reports looked at everything that it was found in.
    pub fn is_fixed(&self, id: &str, scopes: &BTreeSet<Pair>) -> bool {
        !self.has(id)
            && !scopes.is_empty()
            && scopes.iter().all(|scope| self.looked.contains(scope))
    }

    /// Of these, what no complete report looked at.
    pub fn unlooked(&self, scopes: &BTreeSet<Pair>) -> BTreeSet<Pair> {
        scopes.difference(&self.looked).cloned().collect()
    }

    /// Of these, the tools that did not look, or not completely; without repetition.
    pub fn missing<'s>(&self, scopes: &'s BTreeSet<Pair>) -> BTreeSet<&'s Text> {
        let missing = scopes.iter().filter(|scope| !self.looked.contains(*scope));
        missing.map(|(tool, _)| tool).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_depends_on_every_part_and_on_nothing_else() {
        let package = |ecosystem, name| What::Package { ecosystem, name };
        let rule = |tool, rule| What::Rule { tool, rule };
        let ids: BTreeSet<String> = [
            package(Some("npm"), "lodash").id(Kind::Vulnerability),
            package(None, "lodash").id(Kind::Vulnerability),
            package(Some("npml"), "odash").id(Kind::Vulnerability),
            rule("npm", "lodash").id(Kind::Code),
            rule("npm", "lodash").id(Kind::Secret),
        ]
        .into();
        assert_eq!(ids.len(), 5);
        assert!(ids.iter().all(|id| id.len() == 16));
        assert_eq!(
            package(Some("npm"), "lodash").id(Kind::Vulnerability),
            package(Some("npm"), "lodash").id(Kind::License)
        );
    }

    #[test]
    fn only_who_looked_can_say_that_something_is_gone() {
        let seen = Seen {
            present: ["a".to_owned()].into(),
            looked: [("trivy".into(), None), ("grype".into(), Some("img".into()))].into(),
        };
        let scopes = |pairs: &[(&str, Option<&str>)]| -> BTreeSet<Pair> {
            pairs
                .iter()
                .map(|(tool, scope)| (Text::from(*tool), scope.map(Text::from)))
                .collect()
        };
        assert!(seen.is_fixed("b", &scopes(&[("trivy", None)])));
        assert!(seen.is_fixed("b", &scopes(&[("trivy", None), ("grype", Some("img"))])));
        assert!(
            !seen.is_fixed("a", &scopes(&[("trivy", None)])),
            "it is there"
        );
        assert!(!seen.is_fixed("b", &scopes(&[("trivy", Some("img"))])));
        assert!(!seen.is_fixed("b", &scopes(&[("trivy", None), ("semgrep", None)])));
        assert!(
            !seen.is_fixed("b", &scopes(&[])),
            "nobody knows who should have looked"
        );
    }
}
