//! Findings, reports and facts become the verdict, once.

use std::collections::BTreeMap;

use super::completeness::{self, Completeness};
use super::rules::{self, Docket, Said, Standing};
use super::{Facts, ORDER, Policy, bypass, components, reach, reason};
use crate::model::{
    Conclusion, Counts, Effect, Exemption, Finding, Judged, Kind, Report, Ruling, Severity, State,
    Verdict,
};

/// Judges the merged findings of all reports. `judged` and `rulings` of the verdict stand in the order of `findings`;
/// the order of the findings changes nothing else.
pub fn judge(findings: &[Finding], reports: &[Report], facts: &Facts, policy: &Policy) -> Verdict {
    let Heard {
        rulings,
        standing,
        mut remarks,
        exemptions,
        gaps,
    } = hear(findings, reports, facts, policy);
    let judged: Vec<Judged> = standing
        .iter()
        .zip(&rulings)
        .map(|(standing, rulings)| combine(*standing, rulings))
        .collect();
    let counts = count(findings, &judged, &standing, facts);
    let mut completeness = completeness::weigh(reports, facts, policy);
    completeness.gaps.extend(gaps);
    let plain = conclude(&counts, &completeness);
    let (conclusion, bypass) = bypass::lift(plain, &completeness, facts, policy);
    remarks.extend(bypass::remark(plain, &completeness, facts, policy));
    let unknown = findings
        .iter()
        .zip(&standing)
        .filter(|(finding, standing)| {
            finding.severity == Severity::Unknown && **standing != Standing::Excluded
        })
        .count();
    let mut reason = reason::sentence(
        plain,
        findings,
        &judged,
        &counts,
        reports.iter().filter(|report| !report.is_own()).count(),
        &completeness,
    );
    if !bypass.is_empty() {
        reason = format!("let through by a bypass, although {reason}");
    }
    remarks.extend(completeness.remarks.iter().cloned());
    let components = components::judge(findings, &rulings, &standing, facts, policy);
    Verdict {
        conclusion,
        complete: completeness.complete(),
        reason,
        counts,
        cannot_block: reach::cannot_block(findings, &judged, reports, facts, policy),
        judged,
        rulings,
        unknown_counted: (number(unknown), policy.unknown_severity),
        remarks,
        exemptions,
        thresholds: thresholds_table(findings, &standing, facts, policy),
        components,
        lifted: (!bypass.is_empty()).then_some(plain),
        bypass,
    }
}

/// How many findings would block at each level: those that are neither excused nor set aside.
fn thresholds_table(
    findings: &[Finding],
    standing: &[Standing],
    facts: &Facts,
    policy: &Policy,
) -> Vec<(Severity, u64, Option<u64>)> {
    let open: Vec<&Finding> = findings
        .iter()
        .zip(standing)
        .filter(|(_, standing)| **standing == Standing::Open)
        .map(|(finding, _)| finding)
        .collect();
    [
        Severity::Critical,
        Severity::High,
        Severity::Medium,
        Severity::Low,
    ]
    .map(|level| {
        let at_least = |finding: &&&Finding| policy.counts_as(finding.severity) >= level;
        let new = |finding: &&&Finding| finding.known.state == Some(State::New);
        let all = open.iter().filter(at_least).count();
        let fresh = open.iter().filter(at_least).filter(new).count();
        let fresh = facts.past.compared().map(|_| number(fresh));
        (level, number(all), fresh)
    })
    .to_vec()
}

/// All that the rules said.
struct Heard {
    rulings: Vec<Vec<Ruling>>,
    standing: Vec<Standing>,
    remarks: Vec<String>,
    exemptions: Vec<Exemption>,
    gaps: Vec<String>,
}

/// Hears the rules phase by phase.
fn hear(findings: &[Finding], reports: &[Report], facts: &Facts, policy: &Policy) -> Heard {
    let severities: Vec<Severity> = findings
        .iter()
        .map(|finding| policy.counts_as(finding.severity))
        .collect();
    let mut rulings: Vec<Vec<Ruling>> = vec![Vec::new(); findings.len()];
    let mut standing = vec![Standing::Open; findings.len()];
    let (mut remarks, mut exemptions, mut gaps) = (Vec::new(), Vec::new(), Vec::new());
    for phase in ORDER {
        let docket = Docket {
            findings,
            severities: &severities,
            standing: &standing,
            reports,
            facts,
        };
        let said: Vec<Said> = rules::ALL
            .iter()
            .filter(|rule| rule.phase == *phase)
            .map(|rule| (rule.configure)(policy)(&docket))
            .collect();
        for said in said {
            remarks.extend(said.remarks);
            exemptions.extend(said.exemptions);
            gaps.extend(said.gaps);
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
    Heard {
        rulings,
        standing,
        remarks,
        exemptions,
        gaps,
    }
}

/// What becomes of a finding: set aside beats excused, excused beats every row, then the strongest ruling counts.
pub(super) fn combine(standing: Standing, rulings: &[Ruling]) -> Judged {
    match standing {
        Standing::Excluded => Judged::Ignore,
        Standing::Excused => Judged::Excused,
        Standing::Open => rulings
            .iter()
            .map(|ruling| match ruling.effect {
                Effect::Block => Judged::Fail,
                Effect::Warn => Judged::Warn,
                Effect::Note => Judged::Note,
                Effect::Ignore
                | Effect::Exclude
                | Effect::Excuse
                | Effect::Issue
                | Effect::Notify => Judged::Ignore,
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
fn count(findings: &[Finding], judged: &[Judged], standing: &[Standing], facts: &Facts) -> Counts {
    let compared = facts.past.compared();
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
        new: compared.map(|_| {
            let new = |finding: &&Finding| finding.known.state == Some(State::New);
            number(findings.iter().filter(new).count())
        }),
        fixed: compared.map(|past| number(past.gone.iter().filter(|gone| !gone.unseen).count())),
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
