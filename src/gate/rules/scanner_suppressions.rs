//! Suppressions that the scanner itself wrote: inline comments, ignore files, SARIF `suppressions`.
//!
//! One excuses its own source only, so a finding of several scanners is excused when each of them suppressed it. That
//! holds for known malware, too: an excused finding is shown with both rulings and counted apart.

use super::{Case, Docket, Judge, Phase, Rule, Said, Standing};
use crate::gate::{Policy, ScannerSuppressions};
use crate::model::{Effect, Ruling, Text};

/// The id, and the name of the input.
const ID: &str = "scanner-suppressions";

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

fn judge(setting: ScannerSuppressions, docket: &Docket<'_>) -> Said {
    let mut said = Said::default();
    let mut excused = 0_usize;
    for case in docket.cases() {
        if case.standing == Standing::Excluded {
            continue;
        }
        let (suppressed, others) = sources(&case);
        if suppressed.is_empty() {
            continue;
        }
        let (effect, why) = if setting == ScannerSuppressions::Ignore {
            (
                Effect::Ignore,
                format!(
                    "suppressed by {}, which does not count here",
                    suppressed.join(", ")
                ),
            )
        } else if others.is_empty() {
            excused += 1;
            (
                Effect::Excuse,
                format!("suppressed by {}", suppressed.join(", ")),
            )
        } else {
            (
                Effect::Ignore,
                format!(
                    "suppressed by {}, but reported by {}: a suppression excuses its own source only",
                    suppressed.join(", "),
                    others.join(", ")
                ),
            )
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
    if excused > 0 && setting == ScannerSuppressions::Base && docket.facts.proposal {
        let (findings, are, they_were) = match excused {
            1 => ("finding", "is", "it was"),
            _ => ("findings", "are", "they were"),
        };
        said.remarks.push(format!(
            "{excused} {findings} {are} excused by suppressions of the scanners that nobody checked: there is no \
             baseline that says whether {they_were} suppressed before this change"
        ));
    }
    said
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
