//! A match of Semgrep Supply Chain: a vulnerable package, and whether the code reaches it. It blocks either way.

use serde::Deserialize;

use super::FORMAT;
use crate::formats::package::Named;
use crate::formats::{Desk, advisory};
use crate::model::{Finding, Fix, Text};
use crate::syntax::{OrNothing, Raw, text_of};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ScaInfo<'a> {
    #[serde(borrow)]
    dependency_match: OrNothing<DependencyMatch<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct DependencyMatch<'a> {
    #[serde(borrow)]
    dependency_pattern: OrNothing<Dependency<'a>>,
    #[serde(borrow)]
    found_dependency: OrNothing<Dependency<'a>>,
    #[serde(borrow)]
    lockfile: Raw<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Dependency<'a> {
    #[serde(borrow)]
    package: Raw<'a>,
    #[serde(borrow)]
    version: Raw<'a>,
    #[serde(borrow)]
    ecosystem: Raw<'a>,
    #[serde(borrow)]
    lockfile_path: Raw<'a>,
}

/// What the rule's metadata says of the advisory.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Advisory<'a> {
    #[serde(borrow, rename = "sca-vuln-database-identifier")]
    id: Raw<'a>,
    #[serde(borrow)]
    cve: Raw<'a>,
    #[serde(borrow)]
    ghsa: Raw<'a>,
    #[serde(borrow, rename = "sca-severity")]
    severity: Raw<'a>,
    #[serde(borrow, rename = "sca-fix-versions")]
    fixed: Raw<'a>,
}

impl ScaInfo<'_> {
    /// Makes the finding one about a package.
    pub(super) fn tell(self, known: &Advisory<'_>, finding: &mut Finding, desk: &mut Desk<'_>) {
        let ids: Vec<Text> = [known.id, known.cve, known.ghsa]
            .into_iter()
            .filter_map(|id| desk.word(id))
            .filter(|id| advisory::names_one(id))
            .collect();
        if let Some(first) = ids.first().cloned() {
            (finding.rule, finding.aliases) = advisory::ids(first, ids);
        }
        // `severity` is that of the rule and knows no critical one in older versions.
        let worse = text_of(known.severity).and_then(|word| FORMAT.scale.of(&word));
        finding.severity = finding.severity.max(worse.unwrap_or(finding.severity));

        let found = self.dependency_match.0.unwrap_or_default();
        let (one, pattern) = (
            found.found_dependency.0.unwrap_or_default(),
            found.dependency_pattern.0.unwrap_or_default(),
        );
        let lock = desk
            .some(one.lockfile_path)
            .or_else(|| desk.some(found.lockfile));
        let first = finding.locations.first().map(|place| place.path.clone());
        finding.target = lock.or(first);
        let either =
            |a: Raw<'_>, b: Raw<'_>| text_of(a).or(text_of(b)).unwrap_or_default().into_owned();
        let name = either(one.package, pattern.package);
        if name.trim().is_empty() {
            desk.note(
                "a vulnerable dependency without a name: Semgrep does not say which package it is",
            );
            return;
        }
        let fixed = fixed(known.fixed, &name, desk);
        let named = Named {
            purl: None,
            sort: &either(one.ecosystem, pattern.ecosystem),
            name: &name,
            version: &text_of(one.version).unwrap_or_default(),
        };
        finding.package = Some(Box::new(named.package(
            fixed,
            Fix::Unknown,
            &mut desk.texts,
        )));
    }
}

/// The versions that fix the package: a list of objects, each with one package and its version. That none is listed does
/// not say that there is none.
fn fixed(raw: Raw<'_>, name: &str, desk: &mut Desk<'_>) -> Vec<Text> {
    let list: Vec<std::collections::BTreeMap<String, Raw<'_>>> = raw
        .and_then(|raw| serde_json::from_str(raw.get()).ok())
        .unwrap_or_default();
    let versions = list
        .into_iter()
        .filter_map(|entry| entry.get(name).copied());
    versions.filter_map(|version| desk.word(version)).collect()
}
