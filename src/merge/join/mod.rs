//! The same finding from several reports becomes one. Nothing is lost: every source, fingerprint, place, version and id
//! stays.

mod overlap;
mod packages;

use std::collections::{BTreeMap, HashMap};

use super::absorb::one;
use crate::model::{Finding, Text};

use overlap::overlapping;
use packages::{vulnerabilities, without_target};

/// Puts findings together that are one. The outcome does not depend on the order of the reports.
pub(super) fn join(findings: Vec<Finding>) -> Vec<Finding> {
    let mut groups = Groups::new(findings.len());
    by_fingerprint(&findings, &mut groups);
    vulnerabilities(&findings, &mut groups);
    without_target(&findings, &mut groups);
    overlapping(&findings, &mut groups);
    // Most findings stay alone and where they are; only those that are one with an earlier finding move to it. The root
    // of a group is its first finding.
    let mut slots: Vec<Option<Finding>> = findings.into_iter().map(Some).collect();
    let mut others: BTreeMap<usize, Vec<Finding>> = BTreeMap::new();
    for index in 0..slots.len() {
        let root = groups.root(index);
        if root != index
            && let Some(other) = slots.get_mut(index).and_then(Option::take)
        {
            others.entry(root).or_default().push(other);
        }
    }
    for (root, mut others) in others {
        if let Some(slot) = slots.get_mut(root) {
            others.splice(0..0, slot.take());
            *slot = one(others);
        }
    }
    slots.into_iter().flatten().collect()
}

/// Union-find over the indexes of the findings.
struct Groups {
    parent: Vec<usize>,
}

impl Groups {
    fn new(count: usize) -> Groups {
        Groups {
            parent: (0..count).collect(),
        }
    }

    fn root(&mut self, mut index: usize) -> usize {
        while let Some(parent) = self.parent.get(index).copied() {
            if parent == index {
                break;
            }
            let grand = self.parent.get(parent).copied().unwrap_or(parent);
            if let Some(slot) = self.parent.get_mut(index) {
                *slot = grand;
            }
            index = grand;
        }
        index
    }

    fn unite(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        if let Some(slot) = self.parent.get_mut(a.max(b)) {
            *slot = a.min(b);
        }
    }
}

fn by_fingerprint(findings: &[Finding], groups: &mut Groups) {
    let mut first = HashMap::with_capacity(findings.len());
    for (index, finding) in findings.iter().enumerate() {
        for print in finding.fingerprints() {
            let earlier = *first.entry((finding.kind, print)).or_insert(index);
            groups.unite(earlier, index);
        }
    }
}

fn share_an_id(a: &Finding, b: &Finding) -> bool {
    let ids = |finding: &Finding| -> Vec<Text> {
        std::iter::once(&finding.rule)
            .chain(&finding.aliases)
            .cloned()
            .collect()
    };
    let of_b = ids(b);
    ids(a).iter().any(|id| of_b.contains(id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        Fingerprint, Fix, Kind, Location, Package, Place, SecretMark, Severity, Source,
    };

    fn secret(input: u32, rule: &str, value: Option<u8>, line: u32) -> Finding {
        let mut finding = Finding::new(Kind::Secret, rule.into(), Severity::High, "t".into());
        let mut location = Location::new("a.env".into(), Some(line));
        location.place = Place::Workspace;
        finding.locations.push(location);
        finding.secret = Some(SecretMark {
            digest: value.map(|v| [v; 32]),
            published: value.map(|v| format!("{v:03x}").into()),
        });
        sourced(finding, input)
    }

    fn sourced(mut finding: Finding, input: u32) -> Finding {
        crate::merge::identity::identify(std::slice::from_mut(&mut finding));
        finding.sources.push(Source {
            tool: format!("tool{input}").into(),
            input,
            run: 0,
            rule: finding.rule.clone(),
            severity: Severity::High,
            fingerprint: finding.fingerprint,
            suppression: None,
            recipe: None,
        });
        finding
    }

    fn prints(findings: &[Finding]) -> Vec<Vec<Fingerprint>> {
        let mut all: Vec<Vec<Fingerprint>> = findings
            .iter()
            .map(|finding| {
                let mut prints: Vec<_> = finding.fingerprints().collect();
                prints.sort_unstable();
                prints.dedup();
                prints
            })
            .collect();
        all.sort();
        all
    }

    #[test]
    fn a_masked_value_joins_one_secret_and_not_two() {
        let all = vec![
            secret(0, "aws-access-token", Some(1), 3),
            secret(0, "aws-access-token", Some(2), 3),
            secret(1, "aws-access-key-id", None, 3),
        ];
        let joined = join(all.clone());
        assert_eq!(joined.len(), 2);
        let mut turned = all;
        turned.reverse();
        assert_eq!(prints(&join(turned)), prints(&joined));
    }

    fn vulnerable(input: u32, ids: &[&str], target: Option<&str>) -> Finding {
        let mut finding = Finding::new(
            Kind::Vulnerability,
            ids[0].into(),
            Severity::High,
            "t".into(),
        );
        finding.aliases = ids[1..].iter().map(|id| Text::from(*id)).collect();
        finding.target = target.map(Text::from);
        finding.package = Some(Box::new(Package {
            development: false,
            purl: None,
            ecosystem: Some("npm".into()),
            name: "lodash".into(),
            version: None,
            fixed: vec![],
            fix: Fix::Unknown,
        }));
        sourced(finding, input)
    }

    #[test]
    fn a_tool_that_names_no_file_joins_where_only_one_is_meant() {
        let audit = vulnerable(0, &["GHSA-1"], None);
        let one = vulnerable(1, &["CVE-1", "GHSA-1"], Some("package-lock.json"));
        let other = vulnerable(1, &["CVE-1", "GHSA-1"], Some("docs/package-lock.json"));
        let alien = vulnerable(1, &["CVE-2"], Some("package-lock.json"));
        assert_eq!(join(vec![audit.clone(), one.clone(), alien]).len(), 2);
        assert_eq!(join(vec![one.clone(), audit.clone()]).len(), 1);
        assert_eq!(join(vec![audit, one, other]).len(), 3);
    }

    #[test]
    fn different_values_and_different_lines_stay_apart() {
        assert_eq!(
            join(vec![
                secret(0, "aws-a", Some(1), 3),
                secret(1, "aws-a", Some(2), 3)
            ])
            .len(),
            2
        );
        assert_eq!(
            join(vec![
                secret(0, "aws-a", None, 3),
                secret(1, "github-a", None, 3)
            ])
            .len(),
            2
        );
        assert_eq!(
            join(vec![
                secret(0, "aws-a", Some(1), 3),
                secret(1, "x", Some(1), 3)
            ])
            .len(),
            1
        );
    }
}
