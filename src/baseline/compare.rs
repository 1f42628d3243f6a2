//! Holds the findings of this run against a baseline.

use super::Baseline;
use super::cause::{Packages, cause, changed};
use super::dates::Calendar;
use super::entry::{Entry, versions};
use super::matching::{By, Matching};
use super::scope::Witnesses;
use crate::model::{Cause, Changes, Comparison, Finding, Gone, Report, Severity, State, Text};

/// Fills in `state`, `first_seen`, `cause`, `changed` and `suppressed_at_base` of [`Finding::known`] and says what is gone.
/// `reports` are those of this run, `now` is its start (RFC 3339), `changes` what the change touches, where it is known.
///
/// A vulnerability of which the base had the package, but in fewer versions, is new although its fingerprint is known: the
/// version that came is one that somebody brought. Its first-seen date stays that of the advisory's first version, so that
/// no time of grace begins anew.
pub fn compare(
    findings: &mut [Finding],
    reports: &[Report],
    baseline: &Baseline,
    changes: Option<&Changes>,
    now: &str,
) -> Comparison {
    let matching = Matching::of(findings, &baseline.entries);
    let calendar = Calendar::new(now, baseline.taken.as_deref());
    let packages = Packages::of(baseline);
    let matched = matching.entries.iter().zip(&matching.by);
    for (finding, (indexes, by)) in findings.iter_mut().zip(matched) {
        let entries = entries(baseline, indexes);
        let state = match entries.is_empty() {
            true => State::New,
            false => Difference::of(finding, &entries, *by).state(),
        };
        let cause = match (state, entries.is_empty()) {
            (State::New, true) => cause(finding, &packages, changes),
            _ => Cause::Introduced,
        };
        finding.known.state = Some(state);
        finding.known.cause = cause;
        finding.known.changed = changed(finding, changes);
        finding.known.first_seen = match entries.is_empty() {
            true => calendar.today(),
            false => calendar.first_seen(entries.iter().filter_map(|e| e.first_seen.as_ref())),
        };
        finding.known.suppressed_at_base = Some(suppressed_by_the_same(finding, &entries));
    }
    Comparison {
        source: baseline.source,
        place: baseline.place.clone(),
        sha: baseline.sha.clone(),
        taken: baseline.taken.clone(),
        behind: baseline.behind,
        findings: baseline.entries.len() as u64,
        gone: gone(baseline, &matching, &Witnesses::of(reports)),
        notes: baseline.notes.clone(),
    }
}

/// What of a finding differs from the baseline.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// The severity that it had.
    pub severity: Option<Severity>,
    /// The versions of the package that had it.
    pub versions: Option<Vec<Text>>,
    /// There are more versions than before.
    pub more: bool,
    /// The line reads differently.
    pub line: bool,
}

impl Difference {
    /// Holds a finding against the entries that it is.
    fn of(finding: &Finding, entries: &[&Entry], by: By) -> Difference {
        let now = versions(finding);
        let mut base: Vec<&Text> = entries.iter().flat_map(|entry| &entry.versions).collect();
        base.sort_unstable();
        base.dedup();
        let came = now.iter().filter(|version| !base.contains(version)).count();
        let went = base.iter().filter(|version| !now.contains(version)).count();
        let other_version = !base.is_empty() && !now.is_empty() && (came > 0 || went > 0);
        let severity = entries.iter().map(|entry| entry.severity);
        let same_severity = severity.clone().any(|known| known == finding.severity);
        let mut lines = entries.iter().filter_map(|entry| entry.line).peekable();
        let other_line = finding
            .line
            .is_some_and(|line| lines.peek().is_some() && lines.all(|known| known != line));
        Difference {
            severity: severity.max().filter(|_| !same_severity),
            versions: other_version
                .then(|| base.iter().map(|version| (*version).clone()).collect()),
            // A base that named no version still had one. One that came for one that went is an upgrade.
            more: came > if base.is_empty() { 1 } else { went },
            line: other_line || by == By::Only,
        }
    }

    /// Where such a finding stands.
    fn state(&self) -> State {
        match (self.more, *self == Difference::default()) {
            (true, _) => State::New,
            (false, false) => State::Updated,
            (false, true) => State::Unchanged,
        }
    }
}

/// What differs, by finding; nothing for those that the baseline does not have.
pub fn differences(findings: &[Finding], baseline: &Baseline) -> Vec<Option<Difference>> {
    let matching = Matching::of(findings, &baseline.entries);
    let matched = matching.entries.iter().zip(&matching.by);
    let all = findings.iter().zip(matched);
    all.map(|(finding, (indexes, by))| {
        let entries = entries(baseline, indexes);
        (!entries.is_empty()).then(|| Difference::of(finding, &entries, *by))
    })
    .collect()
}

fn entries<'a>(baseline: &'a Baseline, indexes: &[usize]) -> Vec<&'a Entry> {
    let all = indexes.iter();
    all.filter_map(|index| baseline.entries.get(*index))
        .collect()
}

/// Whether every tool that sets the finding aside did so in the baseline, wherever it said it.
fn suppressed_by_the_same(finding: &Finding, entries: &[&Entry]) -> bool {
    let mut now = finding
        .sources
        .iter()
        .filter(|source| source.suppression.is_some())
        .peekable();
    now.peek().is_some()
        && now.all(|source| {
            let mut told = entries
                .iter()
                .flat_map(|entry| &entry.tools)
                .filter(|told| told.tool == source.tool)
                .peekable();
            told.peek().is_some() && told.all(|told| told.suppressed)
        })
}

/// The entries that none of the findings is, worst first.
fn gone(baseline: &Baseline, matching: &Matching, witnesses: &Witnesses) -> Vec<Gone> {
    let left = baseline.entries.iter().zip(&matching.taken);
    let mut all: Vec<Gone> = left
        .filter(|(_, taken)| !**taken)
        .map(|(entry, _)| Gone {
            fingerprint: entry.fingerprint(),
            kind: entry.kind,
            rule: entry.rule.clone(),
            severity: entry.severity,
            title: entry.title.clone(),
            place: entry.place(),
            unseen: !witnesses.saw(entry.tools.iter().map(|told| (&told.tool, &told.scope))),
        })
        .collect();
    let order = |gone: &Gone| {
        let worst = std::cmp::Reverse(gone.severity);
        (worst, gone.kind, gone.fingerprint, gone.unseen)
    };
    all.sort_by(|a, b| {
        let texts = |gone: &Gone| (gone.rule.clone(), gone.place.clone(), gone.title.clone());
        (order(a), texts(a)).cmp(&(order(b), texts(b)))
    });
    all
}
