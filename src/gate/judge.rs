//! Findings, reports and facts become the verdict, once.

use std::collections::BTreeMap;

use super::completeness::{self, Completeness};
use super::rules::{self, Docket, Said, Standing};
use super::{Facts, ORDER, Policy, reach, reason};
use crate::model::{
    Conclusion, Counts, Effect, Finding, Judged, Kind, Report, Ruling, Severity, Verdict,
};

/// Judges the merged findings of all reports. `judged` and `rulings` of the verdict stand in the order of `findings`;
/// the order of the findings changes nothing else.
pub fn judge(findings: &[Finding], reports: &[Report], facts: &Facts, policy: &Policy) -> Verdict {
    let (rulings, standing, mut remarks) = hear(findings, facts, policy);
    let judged: Vec<Judged> = standing
        .iter()
        .zip(&rulings)
        .map(|(standing, rulings)| combine(*standing, rulings))
        .collect();
    let counts = count(findings, &judged, &standing);
    let completeness = completeness::weigh(reports, facts, policy);
    let conclusion = conclude(&counts, &completeness);
    let unknown = findings
        .iter()
        .zip(&standing)
        .filter(|(finding, standing)| {
            finding.severity == Severity::Unknown && **standing != Standing::Excluded
        })
        .count();
    let reason = reason::sentence(
        conclusion,
        findings,
        &judged,
        &counts,
        reports.len(),
        &completeness,
    );
    remarks.extend(completeness.remarks.iter().cloned());
    Verdict {
        conclusion,
        complete: completeness.complete(),
        reason,
        counts,
        cannot_block: reach::cannot_block(findings, &judged, reports, policy),
        judged,
        rulings,
        unknown_counted: (number(unknown), policy.unknown_severity),
        remarks,
    }
}

/// Hears the rules phase by phase.
fn hear(
    findings: &[Finding],
    facts: &Facts,
    policy: &Policy,
) -> (Vec<Vec<Ruling>>, Vec<Standing>, Vec<String>) {
    let severities: Vec<Severity> = findings
        .iter()
        .map(|finding| policy.counts_as(finding.severity))
        .collect();
    let mut rulings: Vec<Vec<Ruling>> = vec![Vec::new(); findings.len()];
    let mut standing = vec![Standing::Open; findings.len()];
    let mut remarks = Vec::new();
    for phase in ORDER {
        let docket = Docket {
            findings,
            severities: &severities,
            standing: &standing,
            facts,
        };
        let said: Vec<Said> = rules::ALL
            .iter()
            .filter(|rule| rule.phase == *phase)
            .map(|rule| (rule.configure)(policy)(&docket))
            .collect();
        for said in said {
            remarks.extend(said.remarks);
            for (index, ruling) in said.rulings {
                let (Some(stands), Some(list)) = (standing.get_mut(index), rulings.get_mut(index))
                else {
                    continue;
                };
                match ruling.effect {
                    Effect::Exclude => *stands = Standing::Excluded,
                    Effect::Excuse if *stands == Standing::Open => *stands = Standing::Excused,
                    _ => {}
                }
                list.push(ruling);
            }
        }
    }
    (rulings, standing, remarks)
}

/// What becomes of a finding: set aside beats excused, excused beats every row, then the strongest ruling counts.
fn combine(standing: Standing, rulings: &[Ruling]) -> Judged {
    match standing {
        Standing::Excluded => Judged::Ignore,
        Standing::Excused => Judged::Excused,
        Standing::Open => rulings
            .iter()
            .map(|ruling| match ruling.effect {
                Effect::Block => Judged::Fail,
                Effect::Warn => Judged::Warn,
                Effect::Note => Judged::Note,
                Effect::Ignore | Effect::Exclude | Effect::Excuse => Judged::Ignore,
            })
            .max()
            .unwrap_or(Judged::Ignore),
    }
}

fn conclude(counts: &Counts, completeness: &Completeness) -> Conclusion {
    if counts.blocking > 0 {
        Conclusion::Fail
    } else if !completeness.gaps.is_empty() {
        Conclusion::Incomplete
    } else if counts.warned > 0 || !completeness.doubts.is_empty() {
        Conclusion::Warn
    } else {
        Conclusion::Pass
    }
}

/// Counts, with every severity and kind as a key.
fn count(findings: &[Finding], judged: &[Judged], standing: &[Standing]) -> Counts {
    let of = |wanted: Judged| number(judged.iter().filter(|judged| **judged == wanted).count());
    let mut counts = Counts {
        total: number(findings.len()),
        blocking: of(Judged::Fail),
        warned: of(Judged::Warn),
        excused: of(Judged::Excused),
        excluded: number(
            standing
                .iter()
                .filter(|standing| **standing == Standing::Excluded)
                .count(),
        ),
        new: None,
        fixed: None,
        by_severity: BTreeMap::from(Severity::WORST_FIRST.map(|severity| (severity, 0))),
        by_kind: BTreeMap::from(Kind::ALL.map(|kind| (kind, 0))),
    };
    for finding in findings {
        *counts.by_severity.entry(finding.severity).or_default() += 1;
        *counts.by_kind.entry(finding.kind).or_default() += 1;
    }
    counts
}

fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
