//! Suppressions that the scanner itself wrote: inline comments, ignore files, SARIF `suppressions`.
//!
//! One excuses its own source only, so a finding of several scanners is excused when each of them suppressed it. That holds
//! for known malware, too: an excused finding is shown with both rulings and counted apart.
//!
//! With the setting `base` a change cannot excuse its own findings: on a proposal a suppression counts where the base's
//! evidence has it, too. Without such evidence it counts, and that nobody checked it is said.

use super::{Case, Docket, Judge, Phase, Rule, Said, Standing};
use crate::gate::{Policy, ScannerSuppressions};
use crate::model::{Effect, Ruling, SCANNER_SUPPRESSIONS as ID, Text};

pub(super) const RULE: Rule = Rule {
    id: ID,
    what: "Excuses findings that every scanner which reports them suppressed itself",
    phase: Phase::Excuse,
    configure,
};

fn configure(policy: &Policy) -> Judge {
    let setting = policy.scanner_suppressions;
    Box::new(move |docket| judge(setting, docket))
}

/// Suppressions on a proposal that somebody has to be told of.
#[derive(Default)]
struct Tally {
    /// They excuse, and nobody knows whether the base has them.
    unchecked: usize,
    /// They do not count, because the base does not have them.
    not_at_base: usize,
}

fn judge(setting: ScannerSuppressions, docket: &Docket<'_>) -> Said {
    let mut said = Said::default();
    let mut tally = Tally::default();
    let by_base = setting == ScannerSuppressions::Base && docket.facts.proposal;
    for case in docket.cases() {
        if case.standing == Standing::Excluded {
            continue;
        }
        let (suppressed, others) = sources(&case);
        if suppressed.is_empty() {
            continue;
        }
        let at_base = case.finding.known.suppressed_at_base;
        let by = suppressed.join(", ");
        let (effect, why) = if setting == ScannerSuppressions::Ignore {
            let why = format!("suppressed by {by}, which does not count here");
            (Effect::Ignore, why)
        } else if !others.is_empty() {
            let why = format!(
                "suppressed by {by}, but reported by {}: a suppression excuses its own source only",
                others.join(", ")
            );
            (Effect::Ignore, why)
        } else if by_base && at_base == Some(false) {
            tally.not_at_base = tally.not_at_base.saturating_add(1);
            let why = format!(
                "suppressed by {by}, but not in the evidence of the base: what a change suppresses counts once it is merged"
            );
            (Effect::Ignore, why)
        } else {
            if by_base && at_base.is_none() {
                tally.unchecked = tally.unchecked.saturating_add(1);
            }
            (Effect::Excuse, format!("suppressed by {by}"))
        };
        said.rulings.push((
            case.index,
            Ruling {
                by: ID,
                term: None,
                effect,
                why: Text::from(why),
            },
        ));
    }
    said.remarks = tally.remarks();
    said
}

impl Tally {
    fn remarks(&self) -> Vec<String> {
        let mut remarks = Vec::new();
        let words = |count| match count {
            1 => ("finding", "is", "it was"),
            _ => ("findings", "are", "they were"),
        };
        if self.unchecked > 0 {
            let (findings, are, they_were) = words(self.unchecked);
            remarks.push(format!(
                "{} {findings} {are} excused by suppressions of the scanners that nobody checked: there is no baseline that \
                 says whether {they_were} suppressed before this change",
                self.unchecked
            ));
        }
        if self.not_at_base > 0 {
            let (findings, are, _) = words(self.not_at_base);
            remarks.push(format!(
                "{} {findings} {are} suppressed by scanners, but not in the evidence of the base, so that does not count \
                 before the merge (setting {ID}: base)",
                self.not_at_base
            ));
        }
        remarks
    }
}

/// The tools that suppressed a finding, and those that report it all the same. A tool that does both stands in both.
fn sources<'a>(case: &Case<'a>) -> (Vec<&'a str>, Vec<&'a str>) {
    let (mut suppressed, mut others) = (Vec::new(), Vec::new());
    for source in &case.finding.sources {
        let side = if source.suppression.is_some() {
            &mut suppressed
        } else {
            &mut others
        };
        if !side.contains(&&*source.tool) {
            side.push(&*source.tool);
        }
    }
    // Before merging a finding has no sources and is its own.
    if case.finding.sources.is_empty() && case.finding.suppression.is_some() {
        suppressed.push("its scanner");
    }
    (suppressed, others)
}
