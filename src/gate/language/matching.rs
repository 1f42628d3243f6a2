//! Whether a term matches a finding. Budgets are the business of whoever sees all findings.

use std::borrow::Cow;

use super::{Conditions, Key, Pattern, Qualifier, Term};
use crate::model::{Finding, Package, Place, Severity};

/// What a term says of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It matches.
    Yes,
    /// It does not.
    No,
    /// All else holds, but the finding has no CVSS score to compare: no match, and somebody has to say so.
    NoScore,
}

impl Conditions {
    /// The first term that matches, budgets aside.
    pub fn first_match(&self, finding: &Finding, severity: Severity) -> Option<&Term> {
        self.terms
            .iter()
            .find(|term| term.answer(finding, severity) == Answer::Yes)
    }
}

impl Term {
    /// Whether the term matches `finding`, whose severity counts as `severity` (see `unknown-severity`). The budget is
    /// left out of account.
    pub fn answer(&self, finding: &Finding, severity: Severity) -> Answer {
        let fits = self.kind.is_none_or(|kind| kind == finding.kind)
            && self.level.is_none_or(|level| severity >= level)
            && self
                .qualifiers
                .iter()
                .all(|qualifier| qualifier.holds(finding) != Answer::No);
        if !fits {
            return Answer::No;
        }
        let scored = self
            .qualifiers
            .iter()
            .all(|qualifier| qualifier.holds(finding) == Answer::Yes);
        if scored { Answer::Yes } else { Answer::NoScore }
    }
}

impl Qualifier {
    fn holds(&self, finding: &Finding) -> Answer {
        let holds = match self {
            Qualifier::Fixable => finding.fixable(),
            Qualifier::Unfixable => !finding.fixable(),
            Qualifier::Cvss(least) => match finding.cvss {
                Some(score) => score >= *least,
                None => return Answer::NoScore,
            },
            Qualifier::Field {
                key,
                negated,
                value,
            } => key.finds(finding, value) != *negated,
        };
        if holds { Answer::Yes } else { Answer::No }
    }
}

impl Key {
    /// Whether one of the finding's values under this key is like `value`. A finding without any has none that is.
    fn finds(self, finding: &Finding, value: &Pattern) -> bool {
        match self {
            Key::Tool => finding
                .sources
                .iter()
                .any(|source| value.is_match(&source.tool)),
            Key::Rule => {
                value.is_match(&finding.rule)
                    || finding.aliases.iter().any(|alias| value.is_match(alias))
            }
            Key::Path => paths(finding).any(|path| value.is_match(path)),
            Key::Package => finding
                .package
                .as_deref()
                .is_some_and(|package| package_is(package, value)),
            Key::Target => finding
                .target
                .as_deref()
                .is_some_and(|target| value.is_match(target)),
        }
    }
}

/// The paths in the repository; where there are none, those inside or outside of what was scanned.
fn paths(finding: &Finding) -> impl Iterator<Item = &str> {
    let inside = finding.workspace_location().is_some();
    finding
        .locations
        .iter()
        .filter(move |location| !inside || location.place == Place::Workspace)
        .map(|location| &*location.path)
}

fn package_is(package: &Package, value: &Pattern) -> bool {
    value.is_match(&package.name)
        || package.purl.as_deref().is_some_and(|purl| {
            let bare = without_version(purl);
            value.is_match(bare) || value.is_match(&readable(bare))
        })
}

/// A package URL up to its version, qualifiers and subpath (purl specification: `type/namespace/name@version?…#…`).
fn without_version(purl: &str) -> &str {
    let end = purl.find(['?', '#']).unwrap_or(purl.len());
    let bare = purl.get(..end).unwrap_or(purl);
    let name = bare.rfind('/').map_or(0, |slash| slash + 1);
    match bare.rfind('@') {
        // `pkg:npm/@scope/name`: an `@` before the name belongs to an unencoded scope. At its start, too.
        Some(at) if at > name => bare.get(..at).unwrap_or(bare),
        _ => bare,
    }
}

/// The spelling that people write: npm's scope is `%40scope` in a canonical package URL.
fn readable(purl: &str) -> Cow<'_, str> {
    if purl.contains("%40") {
        Cow::Owned(purl.replace("%40", "@"))
    } else {
        Cow::Borrowed(purl)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn purls_lose_their_version_only() {
        for (purl, bare) in [
            ("pkg:npm/lodash@4.17.20", "pkg:npm/lodash"),
            ("pkg:npm/%40angular/core@1.0.0", "pkg:npm/%40angular/core"),
            ("pkg:npm/@angular/core@1.0.0", "pkg:npm/@angular/core"),
            ("pkg:npm/@angular/core", "pkg:npm/@angular/core"),
            (
                "pkg:deb/debian/libc6@2.36?arch=amd64&distro=a@b",
                "pkg:deb/debian/libc6",
            ),
            ("pkg:golang/a/b@v1#cmd/x@y", "pkg:golang/a/b"),
            ("nonsense", "nonsense"),
            ("", ""),
        ] {
            assert_eq!(without_version(purl), bare, "{purl}");
        }
        assert_eq!(readable("pkg:npm/%40a/b"), "pkg:npm/@a/b");
    }
}
