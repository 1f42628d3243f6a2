//! What the gate says.

use std::collections::BTreeMap;

use super::{
    Bypass, Context, Exemption, Feed, Finding, Kind, Mode, Past, Report, Severity, Shown, Text,
};

/// The verdict of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Conclusion {
    /// Nothing that matters.
    Pass,
    /// Something to look at, or a report that is partial.
    Warn,
    /// A finding blocks.
    Fail,
    /// Nobody can tell: a report is missing or cannot be used.
    Incomplete,
}

impl Conclusion {
    /// The word of outputs and of `verdict.json`.
    pub fn word(self) -> &'static str {
        match self {
            Conclusion::Pass => "pass",
            Conclusion::Warn => "warn",
            Conclusion::Fail => "fail",
            Conclusion::Incomplete => "incomplete",
        }
    }
}

/// What one ruling does to a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// Leaves it out of the judgement: `exclude`.
    Exclude,
    /// Only in the report.
    Ignore,
    /// Shown.
    Note,
    /// Makes the verdict `warn`.
    Warn,
    /// Makes the verdict `fail`.
    Block,
    /// Lifts a block: a suppression, a waiver or a VEX statement.
    Excuse,
    /// Asks for an issue, besides whatever else is said: `issue-on`.
    Issue,
    /// Asks for a notification, besides whatever else is said: `notify-on`.
    Notify,
}

impl Effect {
    /// The word of `verdict.json`.
    pub fn word(self) -> &'static str {
        match self {
            Effect::Exclude => "exclude",
            Effect::Ignore => "ignore",
            Effect::Note => "note",
            Effect::Warn => "warn",
            Effect::Block => "block",
            Effect::Excuse => "excuse",
            Effect::Issue => "issue",
            Effect::Notify => "notify",
        }
    }
}

/// The rule by which suppressions that scanners wrote excuse findings; the name of its input, too. Evidence tells these from
/// what the gate excused itself.
pub const SCANNER_SUPPRESSIONS: &str = "scanner-suppressions";

/// What one rule said of one finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruling {
    /// The rule: `fail-on`, `exclude`, `scanner-suppressions` …
    pub by: &'static str,
    /// The term that matched, in canonical spelling.
    pub term: Option<Text>,
    /// What it does.
    pub effect: Effect,
    /// Why, as a sentence without the finding's own text.
    pub why: Text,
}

/// What became of one finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Judged {
    /// Shown, counted apart, never blocking.
    Excused,
    /// No row matched, or `exclude` did.
    Ignore,
    /// Noted.
    Note,
    /// Warned of.
    Warn,
    /// Blocks.
    Fail,
}

impl Judged {
    /// The word of `verdict.json`.
    pub fn word(self) -> &'static str {
        match self {
            Judged::Excused => "excused",
            Judged::Ignore => "ignore",
            Judged::Note => "note",
            Judged::Warn => "warn",
            Judged::Fail => "fail",
        }
    }
}

/// Counts after merging. total = blocking + excused + the rest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// All findings.
    pub total: u64,
    /// Those ruled `fail`.
    pub blocking: u64,
    /// Those ruled `warn`.
    pub warned: u64,
    /// Those excused.
    pub excused: u64,
    /// Those that `exclude` set aside.
    pub excluded: u64,
    /// Not in the baseline; `None` without one.
    pub new: Option<u64>,
    /// In the baseline and gone; `None` without one.
    pub fixed: Option<u64>,
    /// By severity, excused ones included.
    pub by_severity: BTreeMap<Severity, u64>,
    /// By kind, excused ones included.
    pub by_kind: BTreeMap<Kind, u64>,
}

/// The judgement, made once.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// The verdict.
    pub conclusion: Conclusion,
    /// Whether every report was complete.
    pub complete: bool,
    /// The verdict in one sentence without text from reports, but for ids of tools and file names.
    pub reason: String,
    /// Counts after merging.
    pub counts: Counts,
    /// What became of each finding, in the order of the findings.
    pub judged: Vec<Judged>,
    /// What each rule said of each finding, in the order of the findings.
    pub rulings: Vec<Vec<Ruling>>,
    /// Tools that reported and can never block under the present rules, each with the reason.
    pub cannot_block: Vec<(Text, String)>,
    /// How many findings of unknown severity were counted as the setting says, and as what.
    pub unknown_counted: (u64, Severity),
    /// Remarks on the judgement that readers must know ("suppressions were not checked by anybody").
    pub remarks: Vec<String>,
    /// What became of each waiver and VEX statement.
    pub exemptions: Vec<Exemption>,
    /// What would block if everything of a severity or worse did: severity, all that is neither excused nor set aside, and
    /// how many of them are new (`None` without a baseline). Critical to low.
    pub thresholds: Vec<(Severity, u64, Option<u64>)>,
    /// The components of the config, each judged by itself; empty without any.
    pub components: Vec<ComponentVerdict>,
    /// Bypasses that lift the verdict, one for each pull request; empty when none does.
    pub bypass: Vec<Bypass>,
    /// What the verdict would be without the bypass.
    pub lifted: Option<Conclusion>,
}

impl Verdict {
    /// Whether a ruling of the finding at this place in the list has this effect.
    pub fn has(&self, index: usize, effect: Effect) -> bool {
        let rulings = self.rulings.get(index).into_iter().flatten();
        rulings.into_iter().any(|ruling| ruling.effect == effect)
    }
}

/// The verdict on one component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComponentVerdict {
    /// Its name.
    pub name: Text,
    /// Who owns it, as the config says.
    pub owner: Option<Text>,
    /// Whether the change touches it; on runs without a change every one is.
    pub affected: bool,
    /// The verdict on its findings alone; reports belong to no component, so it is never `incomplete`.
    pub conclusion: Conclusion,
    /// Its findings.
    pub total: u64,
    /// Those of them that block.
    pub blocking: u64,
    /// Those that are excused.
    pub excused: u64,
}

/// Where the rules of a run come from, and what a proposed change would make of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trust {
    /// The commit that config, waivers, VEX and baseline were taken from; `None` where the checkout itself is trusted.
    pub sha: Option<String>,
    /// The branch whose tip that is.
    pub branch: Option<String>,
    /// Files among them that the change alters, with what that does, one sentence each.
    pub changed: Vec<String>,
    /// Inputs that would loosen the rules and were refused, one sentence each.
    pub refused: Vec<String>,
    /// What the verdict would be under the rules of the change; `None` where it alters none.
    pub simulated: Option<Simulated>,
}

/// A verdict that does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Simulated {
    /// The verdict.
    pub conclusion: Conclusion,
    /// Findings that would block.
    pub blocking: u64,
    /// Findings that would be excused.
    pub excused: u64,
}

/// Everything that a destination may know: the findings, the reports and what was said of them.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The findings, worst first.
    pub findings: Vec<Finding>,
    /// The reports, their findings moved out.
    pub reports: Vec<Report>,
    /// The judgement.
    pub verdict: Verdict,
    /// What a failing verdict does. Never changes the verdict.
    pub mode: Mode,
    /// Where the run takes place.
    pub context: Context,
    /// Every setting with its origin, secrets as `set` or `unset`.
    pub settings: Vec<Shown>,
    /// SHA-256 of the effective rules in canonical spelling, in hexadecimal.
    pub policy_digest: String,
    /// When the run began, RFC 3339 in UTC; from the clock that was handed in.
    pub started: String,
    /// Who owns the files of the blocking findings, as CODEOWNERS writes them (`@org/team`, an e-mail address), without
    /// repetition; empty when nobody is named.
    pub owners: Vec<Text>,
    /// The environment that was judged for; `None` where nobody names one.
    pub environment: Option<String>,
    /// Where the rules come from.
    pub trust: Trust,
    /// The past that the findings were held against.
    pub past: Past,
    /// Data about advisories that was given.
    pub feeds: Vec<Feed>,
}
