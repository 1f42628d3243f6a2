//! The same finding from several reports becomes one. Nothing is lost: every source, fingerprint, place, version and id
//! stays.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::absorb::one;
use super::identity::{detector_family, file, package_name, without_indices};
use crate::model::{Finding, Kind, Text};

/// Puts findings together that are one. The outcome does not depend on the order of the reports.
pub(super) fn join(findings: Vec<Finding>) -> Vec<Finding> {
    let mut groups = Groups::new(findings.len());
    by_fingerprint(&findings, &mut groups);
    vulnerabilities(&findings, &mut groups);
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

/// How many findings after one another in a file are compared: hostile reports put ten thousand on one line.
const NEIGHBOURS: usize = 200;

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

/// Vulnerabilities whose ids overlap, in the same package of the same target. A source that names no ecosystem agrees with
/// one that does (a SARIF log of Trivy gives the bare name).
fn vulnerabilities(findings: &[Finding], groups: &mut Groups) {
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

/// Findings of different reports at the same place of the same file that say the same thing without sharing a
/// fingerprint: one tool's JSON and SARIF, or two secret scanners of which one masks.
fn overlapping(findings: &[Finding], groups: &mut Groups) {
    let mut files: HashMap<(Kind, &str), Vec<usize>> = HashMap::new();
    for (index, finding) in findings.iter().enumerate() {
        let placed = finding
            .workspace_location()
            .is_some_and(|l| l.start_line.is_some());
        if placed
            && matches!(
                finding.kind,
                Kind::Secret | Kind::Misconfiguration | Kind::Code
            )
        {
            files
                .entry((finding.kind, file(finding)))
                .or_default()
                .push(index);
        }
    }
    let mut files: Vec<_> = files.into_values().collect();
    files.sort_unstable();
    for mut members in files {
        let at = |index: &usize| findings.get(*index).and_then(lines);
        members.sort_by_key(|index| (at(index), findings.get(*index).map(|f| f.fingerprint)));
        for (position, a) in members.iter().enumerate() {
            let Some((_, end)) = at(a) else { continue };
            // A finding of one report joins at most one of another report's, so that a masked value does not tie two
            // different secrets of one line together.
            let mut joined_inputs: Vec<u32> = Vec::new();
            for b in members.iter().skip(position + 1).take(NEIGHBOURS) {
                if at(b).is_none_or(|(start, _)| start > end) {
                    break;
                }
                let (Some(first), Some(second)) = (findings.get(*a), findings.get(*b)) else {
                    continue;
                };
                let (Some(source), Some(other)) = (first.sources.first(), second.sources.first())
                else {
                    continue;
                };
                if source.input != other.input
                    && !joined_inputs.contains(&other.input)
                    && same_thing(first, second)
                    && groups.root(*a) != groups.root(*b)
                    && !shares_input(findings, groups, *a, *b, &members)
                {
                    joined_inputs.push(other.input);
                    groups.unite(*a, *b);
                }
            }
        }
    }
}

/// Whether joining would put two findings of one report together that the report tells apart.
fn shares_input(
    findings: &[Finding],
    groups: &mut Groups,
    a: usize,
    b: usize,
    members: &[usize],
) -> bool {
    let (a, b) = (groups.root(a), groups.root(b));
    let mut of_a = Vec::new();
    let mut of_b = Vec::new();
    for index in members {
        let root = groups.root(*index);
        let Some(source) = findings.get(*index).and_then(|f| f.sources.first()) else {
            continue;
        };
        if root == a {
            of_a.push(source.input);
        } else if root == b {
            of_b.push(source.input);
        }
    }
    of_a.iter().any(|input| of_b.contains(input))
}

/// First and last line of a finding.
fn lines(finding: &Finding) -> Option<(u32, u32)> {
    let location = finding.workspace_location()?;
    let start = location.start_line?;
    Some((start, location.end_line.unwrap_or(start)))
}

/// Whether two findings of one kind on overlapping lines of one file are one thing.
fn same_thing(a: &Finding, b: &Finding) -> bool {
    match a.kind {
        Kind::Secret => {
            let value = |finding: &Finding| finding.secret.as_ref().and_then(|mark| mark.digest);
            match (value(a), value(b)) {
                (Some(a), Some(b)) => a == b,
                _ => detector_family(&a.rule) == detector_family(&b.rule),
            }
        }
        Kind::Misconfiguration => {
            let resource = |finding: &Finding| finding.resource.as_deref().map(without_indices);
            let agree = match (resource(a), resource(b)) {
                (Some(a), Some(b)) => a == b,
                _ => true,
            };
            agree && share_an_id(a, b)
        }
        // A code rule means the same only within one tool.
        _ => {
            let tool = |finding: &Finding| finding.sources.first().map(|s| s.tool.clone());
            let start = |finding: &Finding| lines(finding).map(|(start, _)| start);
            tool(a) == tool(b) && a.rule == b.rule && start(a) == start(b) && lines_may_agree(a, b)
        }
    }
}

fn lines_may_agree(a: &Finding, b: &Finding) -> bool {
    match (a.line, b.line) {
        (Some(a), Some(b)) => a == b,
        _ => true,
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
    use crate::model::{Fingerprint, Location, Place, SecretMark, Severity, Source};

    fn secret(input: u32, rule: &str, value: Option<u8>, line: u32) -> Finding {
        let mut finding = Finding::new(Kind::Secret, rule.into(), Severity::High, "t".into());
        let mut location = Location::new("a.env".into(), Some(line));
        location.place = Place::Workspace;
        finding.locations.push(location);
        finding.secret = Some(SecretMark {
            digest: value.map(|v| [v; 32]),
            published: value.map(|v| format!("{v:03x}").into()),
        });
        super::super::identity::identify(std::slice::from_mut(&mut finding));
        finding.sources.push(Source {
            tool: format!("tool{input}").into(),
            input,
            run: 0,
            rule: rule.into(),
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
