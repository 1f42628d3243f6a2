//! Which finding goes into which run: one run for each tool and category.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use super::{HeldRun, Log, UploadRules, limits, rules};
use crate::model::{Finding, Kind, OWN, Report, RuleText, Run, Severity, Text};
use crate::sarif::text::{plain, title};

/// A run to be written.
pub(super) struct Group<'a> {
    pub(super) tool: &'a str,
    /// The id of its `automationDetails`, which GitHub takes its category from.
    pub(super) id: Option<String>,
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
    /// Everything: one run for each tool and category.
    pub(super) fn of(log: &Log<'a>) -> Plan<'a> {
        let by = |_: usize, _: &Report, run: &Run| {
            let category = run.category.as_deref();
            let id = category.map(|category| format!("{}/", plain(category)));
            Some((format!("{}\0{}", run.tool, category.unwrap_or("\0")), id))
        };
        let (mut plan, homes) = Plan::runs(log, by);
        for (index, finding) in log.findings.iter().enumerate() {
            let home = homes_of(finding).next().and_then(|home| homes.get(&home));
            // A finding is never dropped: one whose run nobody knows goes to the first.
            if let Some(group) = plan.groups.get_mut(home.copied().unwrap_or(0)) {
                group.add(index, finding);
            }
        }
        plan
    }

    /// What is uploaded: one run for each analysis, without those that `rules` hold back. A finding of several tools stands
    /// in the first of its runs that is not held back. Runs that were held back come second, with the number of their findings
    /// that stand nowhere.
    pub(super) fn of_upload(log: &Log<'a>, rules: &UploadRules<'_>) -> (Plan<'a>, Vec<HeldRun>) {
        let mut held: BTreeMap<String, HeldRun> = BTreeMap::new();
        for (input, report) in log.reports.iter().enumerate() {
            for run in &report.runs {
                if (rules.held)(input, run) {
                    let name = rules.category(report, run);
                    held.entry(name.clone()).or_insert_with(|| HeldRun {
                        tool: run.tool.to_string(),
                        category: name,
                        results: 0,
                    });
                }
            }
        }
        let mut gone: HashMap<(usize, usize), String> = HashMap::new();
        for (input, report) in log.reports.iter().enumerate() {
            for (index, run) in report.runs.iter().enumerate() {
                let name = rules.category(report, run);
                if held.contains_key(&name) {
                    gone.insert((input, index), name);
                }
            }
        }
        let by = |_: usize, report: &Report, run: &Run| {
            let name = rules.category(report, run);
            (!held.contains_key(&name)).then(|| (name.clone(), Some(format!("{name}/"))))
        };
        let (mut plan, homes) = Plan::runs(log, by);
        for (index, finding) in log.findings.iter().enumerate() {
            if rules.pull_request && log.excused(index, finding) {
                continue;
            }
            let home = homes_of(finding).find_map(|home| homes.get(&home).copied());
            let first = homes_of(finding).find_map(|home| gone.get(&home));
            match (home, first) {
                (None, Some(name)) => {
                    if let Some(held) = held.get_mut(name) {
                        held.results = held.results.saturating_add(1);
                    }
                }
                (home, _) => {
                    if let Some(group) = plan.groups.get_mut(home.unwrap_or(0)) {
                        group.add(index, finding);
                    }
                }
            }
        }
        (plan, held.into_values().collect())
    }

    /// The analysis of the gate itself, without results, where `rules` want it and there is none: what the gate saw in an
    /// earlier run would stay open else. `None` too where nothing else is uploaded.
    pub(super) fn own(&self, rules: &UploadRules<'_>, held: &[HeldRun]) -> Option<Group<'a>> {
        let category = rules.own_category();
        let known = |group: &Group<'_>| group.category() == category;
        let is_there = self.groups.iter().any(known);
        let is_held = held.iter().any(|run| run.category == category);
        let wanted = rules.own && !self.groups.is_empty() && !is_there && !is_held;
        wanted.then(|| Group::new(OWN, Some(format!("{category}/"))))
    }

    /// The runs without findings, by what `by` says of each: the key of the run that it goes into, and that run's id.
    fn runs(
        log: &Log<'a>,
        by: impl Fn(usize, &Report, &Run) -> Option<(String, Option<String>)>,
    ) -> (Plan<'a>, HashMap<Home, usize>) {
        let mut groups: Vec<Group<'a>> = Vec::new();
        let mut by_key: HashMap<String, usize> = HashMap::new();
        let mut homes: HashMap<Home, usize> = HashMap::new();
        for (input, report) in log.reports.iter().enumerate() {
            for (index, run) in report.runs.iter().enumerate() {
                let Some((key, id)) = by(input, report, run) else {
                    continue;
                };
                let at = *by_key.entry(key).or_insert(groups.len());
                if at == groups.len() {
                    groups.push(Group::new(&run.tool, id));
                }
                if let Some(group) = groups.get_mut(at) {
                    group.runs.push((report, run));
                }
                homes.insert((input, index), at);
            }
        }
        (Plan { groups }, homes)
    }
}

/// A report and its run, by number.
type Home = (usize, usize);

/// Where a finding may stand, its first source first.
fn homes_of(finding: &Finding) -> impl Iterator<Item = Home> + '_ {
    let of = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    let own = finding.sources.is_empty().then(|| (0, of(finding.run)));
    let sources = finding.sources.iter();
    own.into_iter()
        .chain(sources.map(move |source| (of(source.input), of(source.run))))
}

impl<'a> Group<'a> {
    /// One without runs and findings.
    fn new(tool: &'a str, id: Option<String>) -> Group<'a> {
        Group {
            tool,
            id,
            runs: Vec::new(),
            findings: Vec::new(),
            rules: Vec::new(),
            by_id: HashMap::new(),
        }
    }

    pub(super) fn add(&mut self, index: usize, finding: &'a Finding) {
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

    /// Keeps the first `most` of its findings in the order of `rank`, worst first, with no more rules than a run may have.
    pub(super) fn keep_worst(&mut self, log: &Log<'a>, most: usize) {
        let mut order = std::mem::take(&mut self.findings);
        order.sort_by_key(|index| std::cmp::Reverse(log.rank(*index)));
        self.rules.clear();
        self.by_id.clear();
        for index in order {
            let Some(finding) = log.findings.get(index) else {
                continue;
            };
            let room = self.rules.len() < limits::RULES || self.by_id.contains_key(&*finding.rule);
            if self.findings.len() < most && room {
                self.add(index, finding);
            }
        }
    }

    /// Its category as GitHub has it.
    pub(super) fn category(&self) -> &str {
        self.id.as_deref().unwrap_or_default().trim_end_matches('/')
    }
}
