//! Which finding goes into which run: one run for each tool and category.

use std::borrow::Cow;
use std::collections::HashMap;

use super::{CutRun, Log, limits, rules};
use crate::model::{Finding, Kind, Report, RuleText, Run, Severity, Text};
use crate::sarif::text::title;

/// A run to be written.
pub(super) struct Group<'a> {
    pub(super) tool: &'a Text,
    pub(super) category: Option<&'a Text>,
    /// The runs that it is put together from, each with its report.
    pub(super) runs: Vec<(&'a Report, &'a Run)>,
    /// Indexes of its findings.
    pub(super) findings: Vec<usize>,
    /// Its rules, in the order in which the findings name them.
    pub(super) rules: Vec<RuleUse<'a>>,
    /// Index of each rule in `rules`.
    pub(super) by_id: HashMap<&'a str, usize>,
}

/// What the findings of a run make of one rule.
pub(super) struct RuleUse<'a> {
    pub(super) id: &'a Text,
    /// The first finding of the rule: it gives the texts that the rule lacks.
    pub(super) first: &'a Finding,
    /// What the tool's runs say of it.
    pub(super) text: Option<&'a RuleText>,
    /// The title that readers of the log will take for that of findings which have none.
    pub(super) title: Option<String>,
    /// The worst severity, for the one that GitHub shows.
    pub(super) worst: Severity,
    /// The highest CVSS score.
    pub(super) cvss: Option<f32>,
    /// All of its findings are of the kind `quality`.
    pub(super) quality: bool,
}

/// The runs of a log.
pub(super) struct Plan<'a> {
    pub(super) groups: Vec<Group<'a>>,
}

impl<'a> Plan<'a> {
    /// Sorts the findings that `wanted` lets through into runs.
    pub(super) fn of(log: &Log<'a>, wanted: impl Fn(usize, &Finding) -> bool) -> Plan<'a> {
        let mut groups: Vec<Group<'a>> = Vec::new();
        let mut by_key: HashMap<(&str, Option<&str>), usize> = HashMap::new();
        let mut by_run: HashMap<(usize, usize), usize> = HashMap::new();
        for (input, report) in log.reports.iter().enumerate() {
            for (index, run) in report.runs.iter().enumerate() {
                let key = (&*run.tool, run.category.as_deref());
                let at = *by_key.entry(key).or_insert(groups.len());
                if at == groups.len() {
                    groups.push(Group {
                        tool: &run.tool,
                        category: run.category.as_ref(),
                        runs: Vec::new(),
                        findings: Vec::new(),
                        rules: Vec::new(),
                        by_id: HashMap::new(),
                    });
                }
                if let Some(group) = groups.get_mut(at) {
                    group.runs.push((report, run));
                }
                by_run.insert((input, index), at);
            }
        }
        for (index, finding) in log.findings.iter().enumerate() {
            if !wanted(index, finding) {
                continue;
            }
            let of = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
            let home = match finding.sources.first() {
                Some(source) => (of(source.input), of(source.run)),
                None => (0, of(finding.run)),
            };
            // A finding is never dropped: one whose run nobody knows goes to the first.
            let at = by_run.get(&home).copied().unwrap_or(0);
            if let Some(group) = groups.get_mut(at) {
                group.add(index, finding);
            }
        }
        Plan { groups }
    }

    /// Cuts the plan to what code scanning takes, the worst findings kept, and says what was cut.
    pub(super) fn within_limits(self, log: &Log<'a>) -> (Vec<Group<'a>>, Vec<CutRun>) {
        let mut cut = Vec::new();
        let mut groups = self.groups;
        let severity = |index: &usize| log.findings.get(*index).map(|finding| finding.severity);
        if groups.len() > limits::RUNS {
            let mut order: Vec<usize> = (0..groups.len()).collect();
            let worst = |at: &usize| {
                groups
                    .get(*at)
                    .and_then(|group| group.findings.iter().filter_map(severity).max())
            };
            order.sort_by_key(|at| std::cmp::Reverse(worst(at)));
            let kept: Vec<usize> = order.into_iter().take(limits::RUNS).collect();
            let mut at = 0usize;
            groups.retain(|group| {
                let keep = kept.contains(&at);
                at = at.saturating_add(1);
                if !keep {
                    cut.push(group.cut(0));
                }
                keep
            });
        }
        for group in &mut groups {
            let fits =
                group.findings.len() <= limits::RESULTS && group.rules.len() <= limits::RULES;
            if fits {
                continue;
            }
            let mut order = std::mem::take(&mut group.findings);
            let of = order.len();
            order.sort_by_key(|index| std::cmp::Reverse(severity(index)));
            group.rules.clear();
            group.by_id.clear();
            for index in order {
                let Some(finding) = log.findings.get(index) else {
                    continue;
                };
                let room =
                    group.rules.len() < limits::RULES || group.by_id.contains_key(&*finding.rule);
                if group.findings.len() < limits::RESULTS && room {
                    group.add(index, finding);
                }
            }
            let kept = group.findings.len();
            cut.push(CutRun {
                of,
                ..group.cut(kept)
            });
        }
        (groups, cut)
    }
}

impl<'a> Group<'a> {
    fn add(&mut self, index: usize, finding: &'a Finding) {
        self.findings.push(index);
        let at = *self.by_id.entry(&finding.rule).or_insert(self.rules.len());
        match self.rules.get_mut(at) {
            Some(rule) => {
                rule.worst = rule.worst.max(finding.severity);
                rule.cvss = match (rule.cvss, finding.cvss) {
                    (Some(a), Some(b)) => Some(a.max(b)),
                    (a, b) => a.or(b),
                };
                rule.quality &= finding.kind == Kind::Quality;
            }
            None => {
                let text = rules::texts(self, &finding.rule);
                let short = rules::short(&finding.rule, finding, text);
                self.rules.push(RuleUse {
                    id: &finding.rule,
                    first: finding,
                    text,
                    // Readers pass over a short description that repeats the rule's id.
                    title: title(&short)
                        .filter(|_| !short.contains(&*finding.rule))
                        .map(Cow::into_owned),
                    worst: finding.severity,
                    cvss: finding.cvss,
                    quality: finding.kind == Kind::Quality,
                });
            }
        }
    }

    fn cut(&self, kept: usize) -> CutRun {
        CutRun {
            tool: self.tool.to_string(),
            category: self.category.map(ToString::to_string),
            kept,
            of: self.findings.len(),
        }
    }
}
