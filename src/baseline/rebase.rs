//! Carries the dates of a baseline over a change that moved every line's text: a mass reformat.

use std::collections::{BTreeMap, HashMap};

use super::Baseline;
use super::dates::Calendar;
use super::entry::{location, published};
use super::matching::{By, Matching, Place};
use crate::model::{Finding, State};

/// How many findings were found again, and how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rebased {
    /// By their fingerprint, their advisory or their line.
    pub by_fingerprint: u64,
    /// By the order in which the findings of their rule stand in their file.
    pub loosely: u64,
    /// Not at all.
    pub new: u64,
}

/// Gives findings the first-seen dates that the baseline has for them. What no fingerprint pairs is paired by kind, rule and
/// file in the order of the lines, even where several could be meant: nothing is decided by it but how old a finding is. A
/// secret with another value stays new. Findings that are new get `now` and [`State::New`], all others no state, because the
/// log that is written is a baseline and not held against one.
pub fn rebase(old: &Baseline, findings: &mut [Finding], now: &str) -> Rebased {
    let mut matching = Matching::of(findings, &old.entries);
    let strict: Vec<bool> = matching.by.iter().map(|by| *by == By::Identity).collect();
    in_order(&mut matching, old, findings);
    let calendar = Calendar::new(now, old.taken.as_deref());
    let mut rebased = Rebased::default();
    for (index, finding) in findings.iter_mut().enumerate() {
        let indexes = matching.entries.get(index).map_or(&[][..], Vec::as_slice);
        let count = match (indexes.is_empty(), strict.get(index)) {
            (true, _) => &mut rebased.new,
            (false, Some(true)) => &mut rebased.by_fingerprint,
            (false, _) => &mut rebased.loosely,
        };
        *count = count.saturating_add(1);
        let entries = indexes.iter().filter_map(|index| old.entries.get(*index));
        finding.known.state = indexes.is_empty().then_some(State::New);
        finding.known.first_seen = match indexes.is_empty() {
            true => calendar.today(),
            false => calendar.first_seen(entries.filter_map(|entry| entry.first_seen.as_ref())),
        };
    }
    rebased
}

/// Pairs what is left of a rule in a file, first with first.
fn in_order(matching: &mut Matching, old: &Baseline, findings: &[Finding]) {
    let mut entries: HashMap<Place, Vec<usize>> = HashMap::new();
    for (index, entry) in old.entries.iter().enumerate() {
        if let (false, Some(place)) = (matching.is_taken(index), Place::of_entry(entry)) {
            entries.entry(place).or_default().push(index);
        }
    }
    let mut left: BTreeMap<Place, Vec<usize>> = BTreeMap::new();
    for (index, finding) in findings.iter().enumerate() {
        if matching.by.get(index) == Some(&By::Nothing)
            && let Some(place) = Place::of_finding(finding)
        {
            left.entry(place).or_default().push(index);
        }
    }
    for (place, mut fresh) in left {
        let Some(mut known) = entries.remove(&place) else {
            continue;
        };
        fresh.sort_by_key(|index| {
            let finding = findings.get(*index);
            finding.map(|f| (location(f).and_then(|at| at.start_line), f.fingerprint))
        });
        known.sort_by_key(|index| {
            let entry = old.entries.get(*index);
            entry.map(|entry| (entry.start_line, entry.fingerprint()))
        });
        let mut known = known.into_iter().peekable();
        for index in fresh {
            let Some(entry) = known.peek().copied() else {
                break;
            };
            let value = findings.get(index).and_then(published);
            let before = old
                .entries
                .get(entry)
                .and_then(|entry| entry.secret.clone());
            known.next();
            if value.is_none() || before.is_none() || value == before {
                matching.set(index, entry, By::Only);
            }
        }
    }
}
