//! The verdict in one sentence.

use std::collections::BTreeMap;

use super::completeness::Completeness;
use crate::model::{Conclusion, Counts, Finding, Judged, Kind, Severity};

/// How many groups of findings, or reports, a sentence names before it only counts.
const NAMED: usize = 3;

pub(super) fn sentence(
    conclusion: Conclusion,
    findings: &[Finding],
    judged: &[Judged],
    counts: &Counts,
    reports: usize,
    completeness: &Completeness,
) -> String {
    let gaps = || list(&completeness.gaps);
    match conclusion {
        Conclusion::Fail => {
            let mut text = groups("block", findings, judged, Judged::Fail);
            if !completeness.gaps.is_empty() {
                text.push_str(&format!("; the run is also incomplete: {}", gaps()));
            }
            text
        }
        Conclusion::Incomplete => gaps(),
        Conclusion::Warn => {
            let mut parts = Vec::new();
            if counts.warned > 0 {
                parts.push(groups("warn", findings, judged, Judged::Warn));
            }
            if !completeness.doubts.is_empty() {
                parts.push(list(&completeness.doubts));
            }
            parts.join("; ")
        }
        Conclusion::Pass => {
            let reports = format!(
                "{reports} {}",
                if reports == 1 { "report" } else { "reports" }
            );
            match counts.total {
                0 => format!("nothing found in {reports}"),
                1 => format!("the one finding in {reports} neither blocks nor warns"),
                total => format!("none of the {total} findings in {reports} blocks or warns"),
            }
        }
    }
}

/// "2 findings block: 1 critical vulnerability, 1 secret".
fn groups(verb: &str, findings: &[Finding], judged: &[Judged], wanted: Judged) -> String {
    // Worst first; secrets in front of their severity's other kinds would need another order, so kinds stay as listed.
    let mut groups: BTreeMap<(std::cmp::Reverse<Severity>, Kind), u64> = BTreeMap::new();
    let mut total = 0_u64;
    for (finding, _) in findings
        .iter()
        .zip(judged)
        .filter(|(_, judged)| **judged == wanted)
    {
        // How bad a secret is depends on what it opens, which no scanner knows: the word says nothing.
        let severity = match finding.kind {
            Kind::Secret => Severity::Critical,
            _ => finding.severity,
        };
        *groups
            .entry((std::cmp::Reverse(severity), finding.kind))
            .or_default() += 1;
        total += 1;
    }
    let mut parts: Vec<String> = groups
        .iter()
        .take(NAMED)
        .map(|((severity, kind), count)| match kind {
            Kind::Secret => format!("{count} {}", noun(*kind, *count)),
            _ => format!("{count} {} {}", severity.0.word(), noun(*kind, *count)),
        })
        .collect();
    let rest: u64 = groups.values().skip(NAMED).sum();
    if rest > 0 {
        parts.push(format!("{rest} others"));
    }
    let (subject, ending) = if total == 1 {
        ("finding", "s")
    } else {
        ("findings", "")
    };
    format!("{total} {subject} {verb}{ending}: {}", parts.join(", "))
}

fn noun(kind: Kind, count: u64) -> &'static str {
    if count != 1 {
        return kind.plural();
    }
    match kind {
        Kind::Code => "code finding",
        Kind::SupplyChain => "supply-chain finding",
        Kind::Runtime => "runtime alert",
        Kind::Quality => "quality finding",
        other => other.word(),
    }
}

fn list(parts: &[String]) -> String {
    let mut text = parts
        .iter()
        .take(NAMED)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join("; ");
    let rest = parts.len().saturating_sub(NAMED);
    if rest > 0 {
        text.push_str(&format!("; and {rest} more"));
    }
    text
}
