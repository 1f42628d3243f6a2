//! What code scanning gets: within its limits, in as many files as that takes, and nothing that would close alerts by
//! mistake.

use std::collections::{BTreeMap, VecDeque};
use std::io::{self, Write};

use super::meter::Meter;
use super::plan::{Group, Plan};
use super::{Cut, CutRun, Log, Reader, Tally, limits, place, run, write};
use crate::model::{
    OWN, Placed, Report, Run, Text, UploadPart, UploadedRun, analysis_category, image_repository,
    is_image,
};
use crate::sarif::text::plain;

/// What goes into an upload.
pub struct UploadRules<'r> {
    /// First part of categories; the program's name where the user gives none.
    pub root: Option<&'r str>,
    /// On refs of pull requests the excused findings are left out.
    pub pull_request: bool,
    /// Whether an analysis with this run, of the report with this number, is not to be uploaded: a newer analysis replaces
    /// the last, and what it lacks counts as fixed.
    pub held: &'r dyn Fn(usize, &Run) -> bool,
    /// Whether the gate itself has looked: then there is always a run of its own beside the others, without results where it
    /// saw nothing, so that GitHub closes what it saw before.
    pub own: bool,
    /// Whether to say where each result stands ([`Upload::placed`]).
    pub placed: bool,
}

impl UploadRules<'_> {
    /// The category of a run, without the slash at its end.
    pub(super) fn category(&self, report: &Report, run: &Run) -> String {
        let image = |target: &Option<Text>| {
            let target = target.as_deref().filter(|target| is_image(target))?;
            Some(image_repository(target).to_owned())
        };
        let mut targets = run.targets.iter().map(&image);
        let scope = match (&run.category, targets.next()) {
            (Some(category), _) => Some(category.to_string()),
            (None, None) => image(&report.target),
            // A log of ours may hold what several reports said: then it is of no one image.
            (None, Some(first)) => first.filter(|_| {
                let first = run.targets.first().and_then(&image);
                targets.all(|next| next == first)
            }),
        };
        let scope = scope.as_deref().map(plain);
        analysis_category(self.root, &plain(&run.tool), scope.as_deref())
    }

    /// The category of what the gate itself saw.
    pub(super) fn own_category(&self) -> String {
        analysis_category(self.root, OWN, None)
    }
}

/// About the fewest bytes of a result: rule, message, place and fingerprints. Where it is too much, a file is packed for nothing.
const LEAST_RESULT: usize = 400;

/// What became of writing a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrote {
    /// It is written, and was the last one.
    Last,
    /// It is written, and there are more.
    More,
    /// What was written does not count. Write it again, to another place or over the last try.
    Again,
}

/// The logs for code scanning, written one after the other.
pub struct Upload<'a> {
    log: Log<'a>,
    waiting: VecDeque<Group<'a>>,
    /// How many of them the next try takes.
    tries: usize,
    /// Whether the next try packs to know its size.
    packs: bool,
    /// The most bytes of a packed file.
    most: u64,
    /// How many results runs had before they were cut, by category.
    whole: BTreeMap<String, usize>,
    wants_placed: bool,
    /// What was written, without paths.
    pub parts: Vec<UploadPart>,
    /// Where each result stands, where that was asked for.
    pub placed: Vec<Placed>,
    /// What is in none of the parts.
    pub cut: Cut,
}

impl<'a> Upload<'a> {
    /// Plans it. [`Upload::part`] writes.
    pub fn new(log: Log<'a>, rules: &UploadRules<'_>) -> Upload<'a> {
        Upload::within(log, rules, limits::PACKED)
    }

    fn within(log: Log<'a>, rules: &UploadRules<'_>, most: u64) -> Upload<'a> {
        let (plan, held) = Plan::of_upload(&log, rules);
        let own = plan.own(rules, &held);
        let mut upload = Upload {
            log,
            waiting: plan.groups.into(),
            tries: limits::RUNS,
            packs: false,
            most,
            whole: BTreeMap::new(),
            wants_placed: rules.placed,
            parts: Vec::new(),
            placed: Vec::new(),
            cut: Cut {
                held,
                ..Cut::default()
            },
        };
        let most = limits::PARTS.saturating_mul(limits::RUNS);
        upload.limit_runs(most.saturating_sub(usize::from(own.is_some())));
        if let Some(own) = own {
            // Behind the first run: before one that fills a file it would stand in the first file alone.
            upload.waiting.insert(upload.waiting.len().min(1), own);
        }
        for at in 0..upload.waiting.len() {
            let Some(group) = upload.waiting.get_mut(at) else {
                continue;
            };
            let of = group.findings.len();
            if of > limits::RESULTS || group.rules.len() > limits::RULES {
                group.keep_worst(&upload.log, limits::RESULTS);
                upload.whole.insert(group.category().to_owned(), of);
            }
        }
        upload
    }

    /// Of more runs than all files take together the worst stay.
    fn limit_runs(&mut self, most: usize) {
        if self.waiting.len() <= most {
            return;
        }
        let log = self.log;
        let worst = |group: &Group<'_>| {
            let ranks = group.findings.iter().map(|index| log.rank(*index));
            ranks.max()
        };
        self.waiting
            .make_contiguous()
            .sort_by_key(|group| std::cmp::Reverse(worst(group)));
        self.drop_all(most);
    }

    /// Leaves out the runs from this one on.
    fn drop_all(&mut self, from: usize) {
        for group in self.waiting.split_off(from.min(self.waiting.len())) {
            self.drop_run(&group);
        }
    }

    fn drop_run(&mut self, group: &Group<'_>) {
        let of = self.whole.get(group.category()).copied();
        self.cut.runs.push(CutRun {
            tool: group.tool.to_string(),
            category: group.category().to_owned(),
            kept: 0,
            of: of.unwrap_or(group.findings.len()),
        });
    }

    /// Writes the next part. The first one is written even if it has no runs.
    ///
    /// # Errors
    /// When `out` cannot be written to.
    pub fn part(&mut self, out: &mut dyn Write) -> io::Result<Wrote> {
        let groups: Vec<&Group<'_>> = self.waiting.iter().take(self.tries).collect();
        let tried = groups.len();
        // What is too large to be told by its plain size is packed at once, so that it is not written twice.
        let findings: usize = groups.iter().map(|group| group.findings.len()).sum();
        let least = u64::try_from(findings.saturating_mul(LEAST_RESULT)).unwrap_or(u64::MAX);
        self.packs |= least > self.most;
        let mut tally = Tally::default();
        let mut meter = Meter::new(out, self.most, self.packs);
        let reader = Reader::CodeScanning;
        let fits = match write(&self.log, &groups, reader, &mut tally, &mut meter) {
            Ok(()) => meter.fits()?,
            Err(_) if meter.is_over() => false,
            Err(error) => return Err(error),
        };
        if fits {
            return Ok(self.done(tried, tally));
        }
        if !self.packs {
            self.packs = true;
        } else if tried > 1 {
            self.tries = tally.runs.clamp(1, tried.saturating_sub(1));
        } else {
            self.shrink(tally);
        }
        Ok(Wrote::Again)
    }

    /// Takes results out of the first run, which alone is too large.
    fn shrink(&mut self, tally: Tally) {
        let Some(mut group) = self.waiting.pop_front() else {
            return;
        };
        let of = group.findings.len();
        self.whole.entry(group.category().to_owned()).or_insert(of);
        // A little less than what was written when it became too large. Where not one was, the rules are the weight.
        let fitted = tally.written.min(of);
        let spare = fitted.checked_div(20).unwrap_or(0).saturating_add(1);
        let keep = match tally.written {
            0 | 1 => of.checked_div(2).unwrap_or(0),
            _ => fitted.saturating_sub(spare),
        };
        // A run without results would close every alert.
        if keep == 0 {
            self.drop_run(&group);
            return;
        }
        group.keep_worst(&self.log, keep);
        self.waiting.push_front(group);
    }

    /// Notes what the part that was written holds.
    fn done(&mut self, tried: usize, tally: Tally) -> Wrote {
        let part = self.parts.len();
        let mut runs = Vec::new();
        for group in self.waiting.drain(..tried) {
            let tool = run::name(group.runs.first().map(|(_, run)| *run), group.tool);
            let results = group.findings.len();
            let cut = |kept: usize, of: usize| CutRun {
                tool: group.tool.to_string(),
                category: group.category().to_owned(),
                kept,
                of,
            };
            if let Some(of) = self.whole.get(group.category()) {
                self.cut.runs.push(cut(results, *of));
            }
            if results > limits::SHOWN {
                self.cut.shown.push(cut(limits::SHOWN, results));
            }
            if self.wants_placed {
                for index in &group.findings {
                    let Some(finding) = self.log.findings.get(*index) else {
                        continue;
                    };
                    let (path, line) = place::first(finding);
                    self.placed.push(Placed {
                        finding: *index,
                        part,
                        run: runs.len(),
                        rule: super::result::rule_id(finding).into_owned(),
                        path,
                        line,
                    });
                }
            }
            runs.push(UploadedRun {
                tool,
                category: group.category().to_owned(),
                results,
            });
        }
        self.cut.locations = self.cut.locations.saturating_add(tally.lost.locations);
        self.cut.steps = self.cut.steps.saturating_add(tally.lost.steps);
        self.parts.push(UploadPart {
            path: String::new(),
            runs,
        });
        (self.tries, self.packs) = (limits::RUNS, false);
        if self.parts.len() >= limits::PARTS {
            self.drop_all(0);
        }
        match self.waiting.is_empty() {
            true => Wrote::Last,
            false => Wrote::More,
        }
    }
}

#[cfg(test)]
mod tests;
