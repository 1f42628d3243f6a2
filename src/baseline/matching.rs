//! Which finding is which entry of the baseline. The outcome does not depend on the order of either.

use std::collections::HashMap;
use std::hash::Hash;

use super::entry::{Entry, carried_line_hash, location, prints, published};
use crate::merge::package_name;
use crate::model::{Finding, Fingerprint, Kind, Text};

/// How a finding and its entries were put together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum By {
    /// They were not: it is new.
    #[default]
    Nothing,
    /// A fingerprint that both have, or the package's advisory under another of its ids, or the same line as GitHub sees it.
    Identity,
    /// The only ones left of their rule in that file.
    Only,
}

/// What of a baseline each finding is.
pub(super) struct Matching {
    /// By finding: the indexes of its entries, sorted. Several where the baseline had apart what is one now.
    pub(super) entries: Vec<Vec<usize>>,
    /// By finding.
    pub(super) by: Vec<By>,
    /// By entry: whether it is one of the findings.
    pub(super) taken: Vec<bool>,
}

impl Matching {
    /// Holds findings against entries.
    pub(super) fn of(findings: &[Finding], entries: &[Entry]) -> Matching {
        let mut matching = Matching {
            entries: vec![Vec::new(); findings.len()],
            by: vec![By::Nothing; findings.len()],
            taken: vec![false; entries.len()],
        };
        matching.by_fingerprint(findings, entries);
        matching.by_advisory(findings, entries);
        matching.by_line(findings, entries);
        matching.only_ones(findings, entries);
        matching
    }

    /// A merged finding has several fingerprints, and any of them will do: two findings may be the same entry (a scanner that
    /// had joined them is gone), and one finding may be two entries.
    fn by_fingerprint(&mut self, findings: &[Finding], entries: &[Entry]) {
        let mut known: HashMap<Fingerprint, Vec<usize>> = HashMap::with_capacity(entries.len());
        for (index, entry) in entries.iter().enumerate() {
            for print in &entry.fingerprints {
                let all = known.entry(*print).or_default();
                if all.last() != Some(&index) {
                    all.push(index);
                }
            }
        }
        for (index, finding) in findings.iter().enumerate() {
            let Some(slot) = self.entries.get_mut(index) else {
                continue;
            };
            for print in prints(finding) {
                slot.extend(known.get(&print).into_iter().flatten().copied());
            }
            if slot.is_empty() {
                continue;
            }
            slot.sort_unstable();
            slot.dedup();
            for entry in slot.iter() {
                if let Some(taken) = self.taken.get_mut(*entry) {
                    *taken = true;
                }
            }
            if let Some(by) = self.by.get_mut(index) {
                *by = By::Identity;
            }
        }
    }

    /// An advisory that has got another id since (a CVE for a GHSA) in the same package of the same target.
    fn by_advisory(&mut self, findings: &[Finding], entries: &[Entry]) {
        let of_finding = |index: usize| {
            let finding = findings.get(index).filter(|finding| {
                finding.kind == Kind::Vulnerability && finding.package.is_some()
            })?;
            let package = package_name(finding);
            let place = finding.target.clone();
            let place = place.or_else(|| location(finding).map(|at| at.path.clone()));
            let ids = std::iter::once(&finding.rule).chain(&finding.aliases);
            Some(
                ids.map(|id| (id.clone(), package.clone(), place.clone()))
                    .collect(),
            )
        };
        let of_entry = |index: usize| {
            let entry = entries.get(index);
            let entry = entry.filter(|entry| entry.kind == Kind::Vulnerability)?;
            let package = entry.package.clone()?;
            let place = entry.target.clone().or_else(|| entry.path.clone());
            let ids = std::iter::once(&entry.rule).chain(&entry.aliases);
            Some(
                ids.map(|id| (id.clone(), package.clone(), place.clone()))
                    .collect(),
            )
        };
        self.pair_up(By::Identity, of_finding, of_entry);
    }

    /// The same line as GitHub sees it, under the same rule in the same file.
    fn by_line(&mut self, findings: &[Finding], entries: &[Entry]) {
        let of_finding = |index: usize| {
            let finding = findings.get(index)?;
            let hash = finding.line_hash.clone();
            let hash = hash.or_else(|| carried_line_hash(finding))?;
            let package = finding.package.as_ref().map(|_| package_name(finding));
            // Another value is another secret, wherever it stands.
            let secret = published(finding);
            Some(vec![(Place::of_finding(finding)?, hash, package, secret)])
        };
        let of_entry = |index: usize| {
            let entry = entries.get(index)?;
            let hash = entry.line_hash.clone()?;
            let package = entry.package.clone();
            Some(vec![(
                Place::of_entry(entry)?,
                hash,
                package,
                entry.secret.clone(),
            )])
        };
        self.pair_up(By::Identity, of_finding, of_entry);
    }

    /// The only finding and the only entry that are left of a rule in a file: the line was edited. Not for secrets: what
    /// replaced a secret is one that nobody has seen.
    fn only_ones(&mut self, findings: &[Finding], entries: &[Entry]) {
        let of_finding = |index: usize| {
            let finding = findings.get(index)?;
            let finding = Some(finding).filter(|finding| finding.kind != Kind::Secret)?;
            let package = finding.package.as_ref().map(|_| package_name(finding));
            let resource = finding.resource.clone();
            Some(vec![(Place::of_finding(finding)?, package, resource)])
        };
        let of_entry = |index: usize| {
            let entry = entries.get(index)?;
            let entry = Some(entry).filter(|entry| entry.kind != Kind::Secret)?;
            let package = entry.package.clone();
            let resource = entry.resource.clone();
            Some(vec![(Place::of_entry(entry)?, package, resource)])
        };
        self.pair_up(By::Only, of_finding, of_entry);
    }

    /// Pairs what is left by keys that one finding and one entry alone have. Where more than one could be meant, nobody is.
    fn pair_up<K: Hash + Eq>(
        &mut self,
        by: By,
        of_finding: impl Fn(usize) -> Option<Vec<K>>,
        of_entry: impl Fn(usize) -> Option<Vec<K>>,
    ) {
        let mut sides: HashMap<K, (One, One)> = HashMap::new();
        let open: Vec<usize> = (0..self.taken.len())
            .filter(|entry| !self.is_taken(*entry))
            .collect();
        if open.is_empty() {
            return;
        }
        for entry in open {
            for key in of_entry(entry).into_iter().flatten() {
                sides.entry(key).or_default().1.add(entry);
            }
        }
        let fresh: Vec<usize> = (0..self.by.len())
            .filter(|finding| self.by.get(*finding) == Some(&By::Nothing))
            .collect();
        for finding in &fresh {
            for key in of_finding(*finding).into_iter().flatten() {
                if let Some(side) = sides.get_mut(&key) {
                    side.0.add(*finding);
                }
            }
        }
        // What each side could be; several keys of a pair have to agree.
        let mut of_finding: HashMap<usize, One> = HashMap::new();
        let mut of_entry: HashMap<usize, One> = HashMap::new();
        #[expect(
            clippy::iter_over_hash_type,
            reason = "what is added does not depend on the order"
        )]
        for (finding, entry) in sides.values() {
            match (finding, entry) {
                (One::Is(finding), One::Is(entry)) => {
                    of_finding.entry(*finding).or_default().add(*entry);
                    of_entry.entry(*entry).or_default().add(*finding);
                }
                (One::Is(finding), One::Many) => {
                    of_finding.insert(*finding, One::Many);
                }
                (One::Many, One::Is(entry)) => {
                    of_entry.insert(*entry, One::Many);
                }
                _ => {}
            }
        }
        for finding in fresh {
            let Some(One::Is(entry)) = of_finding.get(&finding) else {
                continue;
            };
            if of_entry.get(entry) == Some(&One::Is(finding)) {
                self.set(finding, *entry, by);
            }
        }
    }

    pub(super) fn is_taken(&self, entry: usize) -> bool {
        self.taken.get(entry).copied().unwrap_or(true)
    }

    /// Makes `entry` what `finding` is.
    pub(super) fn set(&mut self, finding: usize, entry: usize, by: By) {
        if let (Some(slot), Some(how), Some(taken)) = (
            self.entries.get_mut(finding),
            self.by.get_mut(finding),
            self.taken.get_mut(entry),
        ) {
            slot.push(entry);
            *how = by;
            *taken = true;
        }
    }
}

/// None, one or more than one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum One {
    #[default]
    None,
    Is(usize),
    Many,
}

impl One {
    /// Adds one; the same once more changes nothing.
    fn add(&mut self, index: usize) {
        *self = match self {
            One::None => One::Is(index),
            One::Is(known) if *known == index => *self,
            One::Is(_) | One::Many => One::Many,
        };
    }
}

/// A rule in a file of what was scanned.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Place {
    kind: Kind,
    rule: Text,
    path: Text,
    target: Option<Text>,
}

impl Place {
    /// Of a finding; nothing where no file is known.
    pub(super) fn of_finding(finding: &Finding) -> Option<Place> {
        Some(Place {
            kind: finding.kind,
            rule: finding.rule.clone(),
            path: location(finding)?.path.clone(),
            target: finding.target.clone(),
        })
    }

    /// Of an entry.
    pub(super) fn of_entry(entry: &Entry) -> Option<Place> {
        Some(Place {
            kind: entry.kind,
            rule: entry.rule.clone(),
            path: entry.path.clone()?,
            target: entry.target.clone(),
        })
    }
}
