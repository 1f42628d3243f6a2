//! Findings of several reports on the same lines of one file.

use std::collections::HashMap;

use super::super::identity::{detector_family, file, without_indices};
use super::{Groups, share_an_id};
use crate::model::{Finding, Kind};

/// How many findings after one another in a file are compared: hostile reports put ten thousand on one line.
const NEIGHBOURS: usize = 200;

/// Findings of different reports at the same place of the same file that say the same thing without sharing a
/// fingerprint: one tool's JSON and SARIF, or two secret scanners of which one masks.
pub(super) fn overlapping(findings: &[Finding], groups: &mut Groups) {
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
