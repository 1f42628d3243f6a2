//! Findings grouped by what clears them: one upgrade may clear fourteen. Plain data for every report that people read.
//!
//! Must not know: how a group is shown.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::version::{Need, upgrade};
use crate::model::{Finding, Fix, Judged, Kind, OWN, Outcome, Severity};

/// What clears a group. Texts are the reports' own: escape them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Clears<'a> {
    /// A newer version of a package.
    Upgrade {
        /// Name of the package.
        package: &'a str,
        /// The version that clears all findings of the group, as far as their fixed versions tell.
        to: &'a str,
    },
    /// The sources say that no version of the package is free of it yet.
    NoFix {
        /// Name of the package.
        package: &'a str,
    },
    /// The sources name no fixed version and do not say that there is none.
    FixUnknown {
        /// Name of the package, empty when the finding names none.
        package: &'a str,
    },
    /// The credential must be revoked.
    Revoke,
    /// A setting must change.
    Configure {
        /// The check.
        rule: &'a str,
    },
    /// Another package, another licence, or an agreement.
    Licence {
        /// The licence.
        licence: &'a str,
    },
    /// Code must change.
    Rewrite {
        /// The rule.
        rule: &'a str,
    },
    /// A number must meet its limit.
    Limit {
        /// What was measured.
        of: &'a str,
        /// The limit.
        term: &'a str,
    },
    /// Anything else.
    Look {
        /// The rule.
        rule: &'a str,
    },
}

impl Clears<'_> {
    /// Whether one new version clears the whole group.
    pub fn is_upgrade(&self) -> bool {
        matches!(self, Clears::Upgrade { .. })
    }
}

/// Findings that one deed clears.
#[derive(Clone, Debug)]
pub struct Group<'a> {
    /// The deed.
    pub clears: Clears<'a>,
    /// The kind of its findings.
    pub kind: Kind,
    /// The worst severity among them.
    pub severity: Severity,
    /// What was scanned, where it is part of what the deed is about (an image, a manifest).
    pub target: Option<&'a str>,
    /// The findings in the order of the outcome, never empty.
    pub findings: Vec<&'a Finding>,
}

/// What makes two findings be of one group. The rule for packages: the same ecosystem, name and target, and both with
/// a fixed version or both without, since one upgrade command moves one package in one manifest or image.
#[derive(PartialEq, Eq, Hash)]
enum Key<'a> {
    Package(Option<&'a str>, &'a str, Option<&'a str>, Way),
    Secret(usize),
    Rule(Kind, &'a str),
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Way {
    Upgrade,
    None,
    Unknown,
}

/// The findings that were judged so, grouped; worst first, then the larger group, then in the order of the findings.
/// Linear in the findings but for that sort.
pub fn groups(outcome: &Outcome, judged: Judged) -> Vec<Group<'_>> {
    groups_of(outcome, judged, |_| true)
}

/// As [`groups`], with those findings only that `wanted` picks.
pub fn groups_of(
    outcome: &Outcome,
    judged: Judged,
    wanted: impl Fn(&Finding) -> bool,
) -> Vec<Group<'_>> {
    let judgements = outcome.findings.iter().zip(&outcome.verdict.judged);
    let those = judgements.filter(|(finding, other)| **other == judged && wanted(finding));
    grouped(those.map(|(finding, _)| finding))
}

/// These findings, grouped and sorted in the same way.
pub fn grouped<'a>(findings: impl Iterator<Item = &'a Finding>) -> Vec<Group<'a>> {
    let mut known: HashMap<Key<'a>, usize> = HashMap::new();
    let mut groups: Vec<Group<'a>> = Vec::new();
    for (index, finding) in findings.enumerate() {
        let at = *known.entry(key(finding, index)).or_insert(groups.len());
        match groups.get_mut(at) {
            Some(group) => {
                group.severity = group.severity.max(finding.severity);
                group.findings.push(finding);
            }
            None => groups.push(Group {
                clears: clears(finding),
                kind: finding.kind,
                severity: finding.severity,
                target: finding.package.as_ref().and(finding.target.as_deref()),
                findings: vec![finding],
            }),
        }
    }
    for group in &mut groups {
        if let Clears::Upgrade { to, .. } = &mut group.clears {
            *to = upgrade(&needs(&group.findings)).unwrap_or(to);
        }
    }
    groups.sort_by_key(|group| (Reverse(group.severity), Reverse(group.findings.len())));
    groups
}

/// The order in which things are to be done: a credential that the world can read comes before every upgrade.
pub(super) fn secrets_first<'g, 'a>(
    groups: &'g [Group<'a>],
) -> impl Iterator<Item = &'g Group<'a>> {
    let secret = |group: &&Group<'_>| group.kind == Kind::Secret;
    let others = groups.iter().filter(move |group| !secret(group));
    groups.iter().filter(secret).chain(others)
}

fn way(finding: &Finding) -> Way {
    match &finding.package {
        Some(package) if !package.fixed.is_empty() => Way::Upgrade,
        Some(package) if package.fix == Fix::None => Way::None,
        _ => Way::Unknown,
    }
}

fn key(finding: &Finding, index: usize) -> Key<'_> {
    match (finding.kind, &finding.package) {
        (Kind::Secret, _) => Key::Secret(index),
        (Kind::Vulnerability, Some(package)) => Key::Package(
            package.ecosystem.as_deref(),
            &package.name,
            finding.target.as_deref(),
            way(finding),
        ),
        (kind, _) => Key::Rule(kind, &finding.rule),
    }
}

fn clears(finding: &Finding) -> Clears<'_> {
    let rule = &*finding.rule;
    // What the gate saw of itself is no limit on a number.
    let own = finding
        .sources
        .first()
        .is_some_and(|source| &*source.tool == OWN);
    if let Some(demand) = finding.demand.as_ref().filter(|_| !own) {
        return Clears::Limit {
            of: rule,
            term: &demand.term,
        };
    }
    match finding.kind {
        Kind::Vulnerability => {
            let package = finding.package.as_deref();
            let name = package.map_or("", |package| &*package.name);
            match (
                way(finding),
                package.and_then(|package| package.fixed.first()),
            ) {
                (Way::Upgrade, Some(to)) => Clears::Upgrade { package: name, to },
                (Way::None, _) => Clears::NoFix { package: name },
                _ => Clears::FixUnknown { package: name },
            }
        }
        Kind::Secret => Clears::Revoke,
        Kind::Misconfiguration => Clears::Configure { rule },
        Kind::License => Clears::Licence { licence: rule },
        Kind::Code => Clears::Rewrite { rule },
        Kind::SupplyChain | Kind::Runtime | Kind::Quality => Clears::Look { rule },
    }
}

/// Installed and fixed versions of one finding that are looked at: real ones have a few of each.
const BOUND: usize = 100;

/// What the findings of a group need, one need for each installed version.
fn needs<'a>(findings: &[&'a Finding]) -> Vec<Need<'a>> {
    let packages = findings
        .iter()
        .filter_map(|finding| finding.package.as_deref().map(|package| (finding, package)));
    packages
        .flat_map(|(finding, package)| {
            let others = finding
                .instances
                .iter()
                .take(BOUND)
                .filter_map(|instance| instance.version.as_deref());
            std::iter::once(package.version.as_deref())
                .chain(others.map(Some))
                .map(|installed| Need {
                    installed,
                    fixed: fixed(package),
                })
        })
        .collect()
}

/// The fixed versions; some scanners write several into one text ("4.17.21, 5.0.1").
fn fixed(package: &crate::model::Package) -> Vec<&str> {
    package
        .fixed
        .iter()
        .flat_map(|text| text.split(','))
        .map(str::trim)
        .filter(|version| !version.is_empty())
        .take(BOUND)
        .collect()
}
