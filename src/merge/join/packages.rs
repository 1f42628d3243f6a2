//! Vulnerabilities of several scanners in one package.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::super::identity::{file, package_name};
use super::{Groups, share_an_id};
use crate::model::{Finding, Kind, Text};

/// Vulnerabilities whose ids overlap, in the same package of the same target. A source that names no ecosystem agrees with
/// one that does (a SARIF log of Trivy gives the bare name).
pub(super) fn vulnerabilities(findings: &[Finding], groups: &mut Groups) {
    let mut known: HashMap<u64, Vec<usize>> = HashMap::new();
    let all = findings
        .iter()
        .enumerate()
        .filter(|(_, finding)| finding.kind == Kind::Vulnerability && finding.package.is_some());
    for (index, finding) in all {
        let (ecosystem, name) = package_name(finding);
        let target = finding.target.as_deref().unwrap_or_else(|| file(finding));
        for id in std::iter::once(&finding.rule).chain(&finding.aliases) {
            let mut key = DefaultHasher::new();
            (&**id, &name, target).hash(&mut key);
            let earlier = known.entry(key.finish()).or_default();
            let mut fresh = true;
            for other in earlier.iter() {
                let Some(before) = findings.get(*other) else {
                    continue;
                };
                let (other_ecosystem, other_name) = package_name(before);
                let agree = other_name == name
                    && (ecosystem == other_ecosystem
                        || ecosystem.is_empty()
                        || other_ecosystem.is_empty());
                if agree && share_an_id(finding, before) {
                    groups.unite(*other, index);
                    fresh &= ecosystem != other_ecosystem;
                }
            }
            // One of each ecosystem is enough to find the others by.
            if fresh {
                earlier.push(index);
            }
        }
    }
}

/// Vulnerabilities of tools that do not say what they scanned (`npm audit` never names the lock file): one such finding joins
/// the one of another report with overlapping ids in the same package, where all of those are one thing already. With
/// two lock files nobody can tell which is meant, and it stays by itself.
pub(super) fn without_target(findings: &[Finding], groups: &mut Groups) {
    let nowhere = |finding: &Finding| finding.target.is_none() && finding.locations.is_empty();
    let vulnerable =
        |finding: &Finding| finding.kind == Kind::Vulnerability && finding.package.is_some();
    let mut lost: HashMap<(Text, String), Vec<usize>> = HashMap::new();
    for (index, finding) in findings.iter().enumerate() {
        if vulnerable(finding) && nowhere(finding) {
            let (_, name) = package_name(finding);
            for id in std::iter::once(&finding.rule).chain(&finding.aliases) {
                lost.entry((id.clone(), name.clone()))
                    .or_default()
                    .push(index);
            }
        }
    }
    if lost.is_empty() {
        return;
    }
    let mut partners: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (index, finding) in findings.iter().enumerate() {
        if !vulnerable(finding) || nowhere(finding) {
            continue;
        }
        let (ecosystem, name) = package_name(finding);
        for id in std::iter::once(&finding.rule).chain(&finding.aliases) {
            for other in lost.get(&(id.clone(), name.clone())).into_iter().flatten() {
                let known = findings.get(*other).map(|other| package_name(other).0);
                let agree = known.is_some_and(|known| {
                    known == ecosystem || known.is_empty() || ecosystem.is_empty()
                });
                let roots = partners.entry(*other).or_default();
                let root = groups.root(index);
                if agree && !roots.contains(&root) {
                    roots.push(root);
                }
            }
        }
    }
    for (index, roots) in partners {
        if let [root] = roots.as_slice() {
            groups.unite(*root, index);
        }
    }
}
