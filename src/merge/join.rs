//! The same finding from several reports becomes one. Nothing is lost: every source, fingerprint, place, version and id
//! stays.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::identity::{detector_family, file, package_name, recipe, without_indices};
use crate::model::{Finding, Fix, Instance, Kind, Location, Severity, Text};

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

/// Makes one finding of a group.
fn one(mut group: Vec<Finding>) -> Option<Finding> {
    // The first source gives the texts and the published fingerprint: chosen by content, so that the order of the
    // files does not matter.
    group.sort_by(|a, b| rank(a).cmp(&rank(b)));
    let severity = severity_of(&group);
    let mut rest = group.into_iter();
    let mut kept = rest.next()?;
    for other in rest {
        absorb(&mut kept, other);
    }
    kept.severity = severity;
    let first = kept
        .sources
        .first()
        .map(|source| (source.input, source.run));
    // Sources of the very same report and fingerprint say nothing new, unless only one of them is suppressed.
    let mut seen = Vec::new();
    kept.sources.retain(|source| {
        let key = (
            source.input,
            source.run,
            source.fingerprint,
            source.suppression.is_some(),
            source.rule.clone(),
        );
        let fresh = !seen.contains(&key);
        seen.push(key);
        fresh
    });
    debug_assert!(
        first
            == kept
                .sources
                .first()
                .map(|source| (source.input, source.run))
    );
    Some(kept)
}

fn rank(finding: &Finding) -> impl Ord + '_ {
    let source = finding.sources.first();
    (
        source.is_some_and(|s| s.suppression.is_some()),
        source.map(|s| &s.tool),
        finding.fingerprint,
        // The same tool twice (JSON and SARIF): the one that says more.
        std::cmp::Reverse((
            finding.package.is_some(),
            finding.resource.is_some(),
            finding.message.len(),
        )),
        source.map(|s| (s.input, s.run)),
        finding
            .locations
            .first()
            .map(|l| (&l.path, l.start_line, l.start_column)),
        &finding.title,
    )
}

/// Package types whose severities come from the distribution's own tracker.
const OS_PACKAGES: [&str; 3] = ["pkg:deb/", "pkg:rpm/", "pkg:apk/"];

/// The vendor's severity for packages of an operating system, else the worst; `Unknown` never wins over a known one.
fn severity_of(group: &[Finding]) -> Severity {
    let worst = |all: &mut dyn Iterator<Item = &Finding>| all.map(|finding| finding.severity).max();
    let os = group.iter().any(|finding| {
        let purl = finding
            .package
            .as_ref()
            .and_then(|package| package.purl.as_deref());
        purl.is_some_and(|purl| OS_PACKAGES.iter().any(|prefix| purl.starts_with(prefix)))
    });
    let vendor = worst(
        &mut group
            .iter()
            .filter(|f| f.vendor_severity && f.severity != Severity::Unknown),
    );
    match vendor {
        Some(vendor) if os => vendor,
        _ => worst(&mut group.iter()).unwrap_or(Severity::Unknown),
    }
}

/// Takes everything of `other` that `kept` does not say yet.
fn absorb(kept: &mut Finding, mut other: Finding) {
    if other.fingerprint != kept.fingerprint {
        let mut fields = recipe(&other);
        fields.push(other.occurrence.unwrap_or(0).to_string().into());
        if let Some(own) = other.sources.first_mut() {
            own.recipe = Some(fields.into());
        }
    }
    kept.sources.append(&mut other.sources);
    for id in std::iter::once(other.rule).chain(other.aliases) {
        if id != kept.rule && !kept.aliases.contains(&id) {
            kept.aliases.push(id);
        }
    }
    for location in other.locations {
        add_location(&mut kept.locations, location);
    }
    join_packages(kept, other.package.as_deref());
    for instance in other.instances {
        if !kept.instances.contains(&instance) {
            kept.instances.push(instance);
        }
    }
    if kept.message.is_empty() {
        kept.message = other.message;
    }
    kept.link = kept.link.take().or(other.link);
    kept.resource = kept.resource.take().or(other.resource);
    kept.target = kept.target.take().or(other.target);
    kept.line_hash = kept.line_hash.take().or(other.line_hash);
    kept.carried = kept.carried.take().or(other.carried);
    kept.cvss = match (kept.cvss, other.cvss) {
        (Some(a), Some(b)) => Some(a.max(b)),
        (a, b) => a.or(b),
    };
    if kept
        .secret
        .as_ref()
        .is_none_or(|mark| mark.digest.is_none())
    {
        kept.secret = other.secret.or(kept.secret.take());
    }
}

/// Adds a place unless it is there; a file with a line says more than the file alone.
fn add_location(all: &mut Vec<Location>, location: Location) {
    let same = |known: &&mut Location| known.path == location.path && known.place == location.place;
    let mut of_file = all.iter_mut().filter(same).peekable();
    if of_file.peek().is_none() {
        all.push(location);
        return;
    }
    if location.start_line.is_none() {
        return;
    }
    let mut vague = None;
    for known in of_file {
        if known.start_line == location.start_line && known.start_column == location.start_column {
            return;
        }
        if known.start_line.is_none() {
            vague = Some(known);
        }
    }
    match vague {
        Some(known) => *known = location,
        None => all.push(location),
    }
}

fn join_packages(kept: &mut Finding, other: Option<&crate::model::Package>) {
    let Some(other) = other else { return };
    let Some(package) = &mut kept.package else {
        kept.package = Some(Box::new(other.clone()));
        return;
    };
    if other.version != package.version {
        let instance = Instance {
            version: other.version.clone(),
            path: None,
        };
        if !kept.instances.contains(&instance) {
            kept.instances.push(instance);
        }
    }
    for version in &other.fixed {
        if !package.fixed.contains(version) {
            package.fixed.push(version.clone());
        }
    }
    // Only when every source says that there is no fix is there none.
    package.fix = match (package.fix, other.fix) {
        (Fix::Available, _) | (_, Fix::Available) => Fix::Available,
        (Fix::None, Fix::None) => Fix::None,
        _ => Fix::Unknown,
    };
    package.purl = package.purl.take().or_else(|| other.purl.clone());
    package.ecosystem = package.ecosystem.take().or_else(|| other.ecosystem.clone());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Fingerprint, Place, SecretMark, Source};

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
