//! Whether statements speak of a finding, and which of them decides.
//!
//! A finding can stand for several things: versions of its package, images that several reports scanned, CVEs that an
//! erratum puts together. Each of these cells needs a statement of its own that excuses it; of several statements about a
//! cell the latest decides.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::Statement;
use super::product::{Miss, Ready, Scanned, Subject, nearest};
use super::stands_for::{ids_of, packages, vulnerabilities};
use crate::gate::plain::cut;
use crate::model::{Finding, Kind, Report, instant};

/// Statements made ready for questions.
pub struct Statements<'a> {
    all: Vec<Prepared<'a>>,
    /// By id of the vulnerability, in lower case.
    by_id: BTreeMap<String, Vec<usize>>,
    scanned: Vec<Scanned>,
    reports: &'a [Report],
}

/// A statement, its products read once, and when it was said.
type Prepared<'a> = (&'a Statement, Vec<Ready>, Option<DateTime<Utc>>);

/// What one statement says of one finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Index of the statement.
    pub statement: usize,
    /// What it does.
    pub says: Says,
}

/// What a statement does to a finding. The reasons are for findings that are not excused, and for statements that excuse
/// nothing else.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Says {
    /// It excuses it, alone or together with others.
    Excuses,
    /// It is about it, and does not excuse.
    Notes,
    /// It is about it and would excuse it, but for this.
    But(String),
    /// It is about the vulnerability, but not about this finding: why.
    Misses(String),
}

/// All that the statements say of a finding.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// Whether they excuse it.
    pub excused: bool,
    /// What each says, the nearest first.
    pub words: Vec<Word>,
}

/// One of the things that a finding stands for.
struct Cell<'a> {
    /// Any of these ids of the vulnerability, in lower case.
    ids: &'a BTreeSet<String>,
    /// What is said where these are not all ids of the finding.
    names: &'a str,
    report: Option<&'a str>,
    subject: Subject<'a>,
}

impl<'a> Statements<'a> {
    /// Reads the ids of all statements, and what the reports say that they scanned.
    pub fn new(statements: &'a [Statement], reports: &'a [Report]) -> Statements<'a> {
        let mut by_id: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        let all = statements.iter().enumerate().map(|(index, statement)| {
            for id in &statement.ids {
                let known = by_id.entry(id.to_ascii_lowercase()).or_default();
                if known.last() != Some(&index) {
                    known.push(index);
                }
            }
            let when = statement.timestamp.as_deref().and_then(instant);
            (
                statement,
                statement.products.iter().map(Ready::of).collect(),
                when,
            )
        });
        Statements {
            all: all.collect(),
            by_id,
            scanned: reports.iter().map(Scanned::of).collect(),
            reports,
        }
    }

    /// What they say of a finding; nothing where none is about its vulnerability.
    pub fn answer(&self, finding: &Finding) -> Answer {
        let ids = ids_of(finding);
        let candidates: BTreeSet<usize> = ids
            .iter()
            .filter_map(|id| self.by_id.get(id))
            .flatten()
            .copied()
            .collect();
        if candidates.is_empty() {
            return Answer::default();
        }
        if finding.kind != Kind::Vulnerability {
            let why = format!(
                "VEX answers vulnerabilities; this is of the kind {}",
                finding.kind.word()
            );
            let words = candidates.into_iter().map(|statement| Word {
                statement,
                says: Says::Misses(why.clone()),
            });
            return Answer {
                excused: false,
                words: words.collect(),
            };
        }
        let (names, packages, nothing) =
            (vulnerabilities(&ids), packages(finding), Scanned::default());
        let scanned = self.scanned_by(finding, &nothing);
        let mut cells = Vec::new();
        for (shown, ids) in &names {
            for (report, scanned) in &scanned {
                for package in &packages {
                    cells.push(Cell {
                        ids,
                        names: shown,
                        report: *report,
                        subject: Subject {
                            finding,
                            scanned,
                            package: package.as_ref(),
                        },
                    });
                }
            }
        }
        self.decide(&cells, candidates)
    }

    /// What the reports that say a finding scanned, each with its path.
    fn scanned_by<'s>(
        &'s self,
        finding: &Finding,
        nothing: &'s Scanned,
    ) -> Vec<(Option<&'s str>, &'s Scanned)> {
        let inputs: BTreeSet<u32> = finding.sources.iter().map(|source| source.input).collect();
        let mut found: Vec<_> = inputs
            .into_iter()
            .map(|input| {
                let index = usize::try_from(input).unwrap_or(usize::MAX);
                let report = self
                    .reports
                    .get(index)
                    .map(|report| report.input.path.as_str());
                (report, self.scanned.get(index).unwrap_or(nothing))
            })
            .collect();
        if found.is_empty() {
            found.push((None, nothing));
        }
        found
    }

    fn decide(&self, cells: &[Cell<'_>], candidates: BTreeSet<usize>) -> Answer {
        // For each statement the cells that it is about, or the nearest miss.
        let mut about: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        let mut misses: BTreeMap<usize, String> = BTreeMap::new();
        for statement in candidates {
            let mut nearest_miss: Option<Miss> = None;
            let mut other_name = None;
            for (index, cell) in cells.iter().enumerate() {
                match self.fits(statement, cell) {
                    None => other_name = Some(cell.names),
                    Some(Ok(())) => {
                        about.entry(statement).or_default().insert(index);
                    }
                    Some(Err(miss)) => nearest_miss = nearest_miss.max(Some(miss)),
                }
            }
            if !about.contains_key(&statement) {
                let why = match (nearest_miss, other_name) {
                    (Some(miss), _) => miss.to_string(),
                    (None, Some(names)) => {
                        format!("only a statement that names {} answers it", cut(names, 60))
                    }
                    (None, None) => continue,
                };
                misses.insert(statement, why);
            }
        }
        let deciding: Vec<Option<usize>> = (0..cells.len())
            .map(|cell| {
                let fits = about.iter().filter(|(_, cells)| cells.contains(&cell));
                self.latest(fits.map(|(statement, _)| *statement))
            })
            .collect();
        let good = |decided: &Option<usize>| {
            decided.is_some_and(|index| self.statement(index).is_some_and(|s| s.status.excuses()))
        };
        let excused = deciding.iter().all(good);
        let mut words = Vec::new();
        for (statement, its) in &about {
            let Some(said) = self.statement(*statement) else {
                continue;
            };
            let decides = its
                .iter()
                .any(|cell| deciding.get(*cell) == Some(&Some(*statement)));
            let refused = said.refused.as_ref().filter(|_| said.status.excuses());
            let says = match (refused, said.status.excuses()) {
                (Some(why), _) => Says::But(format!("it does not count: {why}")),
                (None, true) if decides && excused => Says::Excuses,
                (None, true) if decides => {
                    let open = cells.iter().zip(&deciding);
                    let open = open
                        .filter(|(_, decided)| !good(decided))
                        .map(|(cell, _)| cell);
                    Says::But(self.left_open(open, cells))
                }
                (None, false) if decides => Says::Notes,
                (None, _) => {
                    let by = its
                        .iter()
                        .find_map(|cell| deciding.get(*cell).copied().flatten());
                    Says::But(self.taken_back(by))
                }
            };
            words.push(Word {
                statement: *statement,
                says,
            });
        }
        words.extend(misses.into_iter().map(|(statement, why)| Word {
            statement,
            says: Says::Misses(why),
        }));
        words.sort_by_key(|word| match word.says {
            Says::Excuses => 0,
            Says::Notes => 1,
            Says::But(_) => 2,
            Says::Misses(_) => 3,
        });
        Answer { excused, words }
    }

    fn statement(&self, index: usize) -> Option<&'a Statement> {
        self.all.get(index).map(|(statement, ..)| *statement)
    }

    /// Whether a statement is about a cell; `None` where it does not name its vulnerability.
    fn fits(&self, statement: usize, cell: &Cell<'_>) -> Option<Result<(), Miss>> {
        let (statement, products, _) = self.all.get(statement)?;
        let mut ids = statement.ids.iter();
        if !ids.any(|id| cell.ids.contains(&id.to_ascii_lowercase())) {
            return None;
        }
        let products = products.iter().map(|product| product.fits(&cell.subject));
        Some(nearest(products, Miss::NoProduct))
    }

    /// Of statements about one cell the one that decides: the latest; of one time the last in its document; of several
    /// documents one that does not excuse. Without a date nobody knows whether a statement was taken back, so one that
    /// excuses counts as the oldest and one that does not as the latest. What is refused excuses nothing, and does not hide
    /// what it would take back.
    fn latest(&self, fits: impl Iterator<Item = usize>) -> Option<usize> {
        let mut counting: Vec<usize> = fits
            .filter(|index| {
                self.statement(*index)
                    .is_some_and(|said| said.refused.is_none() || !said.status.excuses())
            })
            .collect();
        let rank = |index: &usize| {
            let (said, _, when) = self.all.get(*index)?;
            let undated_last = when.is_none() && !said.status.excuses();
            Some((undated_last, *when))
        };
        let newest = counting.iter().map(rank).max()?;
        counting.retain(|index| rank(index) == newest);
        let place = |index: &usize| {
            self.statement(*index)
                .map(|said| (said.number, !said.status.excuses()))
        };
        let last_of_its_file = |index: &usize| {
            let file = self.statement(*index).map(|said| &said.file);
            let mut others = counting
                .iter()
                .filter(|other| self.statement(**other).map(|said| &said.file) == file);
            others.all(|other| place(other) <= place(index))
        };
        let last: Vec<usize> = counting.iter().copied().filter(last_of_its_file).collect();
        let strict = last.iter().find(|index| {
            self.statement(**index)
                .is_some_and(|said| !said.status.excuses())
        });
        strict.or(last.first()).copied()
    }

    /// What is not excused although another part of the finding is.
    fn left_open<'c>(
        &self,
        mut open: impl Iterator<Item = &'c Cell<'c>>,
        cells: &[Cell<'_>],
    ) -> String {
        let Some(open) = open.next() else {
            return String::new();
        };
        let version = |cell: &Cell<'_>| {
            cell.subject
                .package
                .and_then(|package| package.version.clone())
        };
        let mut parts = Vec::new();
        if cells.iter().any(|cell| version(cell) != version(open)) {
            parts.push(match version(open) {
                Some(version) => format!("version {}", cut(&version, 60)),
                None => "an unknown version".to_owned(),
            });
        }
        if cells.iter().any(|cell| cell.report != open.report) {
            let report = open.report.unwrap_or("another report");
            parts.push(format!("what {} scanned", cut(report, 100)));
        }
        if cells.iter().any(|cell| cell.names != open.names) {
            parts.push(cut(open.names, 60));
        }
        format!(
            "nothing excuses {}, which the finding stands for too",
            parts.join(" in ")
        )
    }

    fn taken_back(&self, by: Option<usize>) -> String {
        match by.and_then(|by| self.statement(by)) {
            Some(later) => format!(
                "statement {} of {} counts in its place and says {}",
                later.number,
                cut(&later.file, 100),
                later.status.word()
            ),
            None => "another statement counts".to_owned(),
        }
    }
}
