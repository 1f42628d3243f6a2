//! The words that several reports share, so that they say the same thing in the same way.
//!
//! Must not know: where the words go; names are escaped by the function that the caller hands in.

use super::groups::{Clears, Group};
use super::{place_withheld, record};
use crate::model::{
    Conclusion, Finding, Judged, Kind, Outcome, Report, SCANNER_SUPPRESSIONS, Severity, Status,
};

/// Numbers of one report that are shown; no report gives more than three.
const MEASURES: usize = 5;

/// How a name from a report is written at the caller's place.
pub(super) type Escape<'a> = &'a dyn Fn(&str) -> String;

/// A mark beside a severity, for the eye; the word stands beside it.
pub(super) fn severity_mark(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "✖",
        Severity::High => "▲",
        Severity::Medium => "■",
        Severity::Low => "•",
        Severity::Info => "·",
        Severity::Unknown => "?",
    }
}

/// A mark beside a verdict.
pub(super) fn verdict_mark(conclusion: Conclusion) -> &'static str {
    match conclusion {
        Conclusion::Pass => "✔",
        Conclusion::Warn => "▲",
        Conclusion::Fail | Conclusion::Incomplete => "✖",
    }
}

/// `1 finding`, `12,345 findings`.
pub(super) fn count(number: u64, one: &str, many: &str) -> String {
    format!(
        "{} {}",
        grouped(number),
        if number == 1 { one } else { many }
    )
}

/// A number with commas between thousands.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + 6);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && digits.len().saturating_sub(index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// What a report says, in a few words: its findings, or the numbers and signatures that it holds instead.
pub(super) fn content(report: &Report, escape: Escape<'_>) -> String {
    let measures = report.measures.iter().map(|measure| {
        let basis = match &*measure.basis {
            "" => String::new(),
            basis => format!(" ({})", escape(basis)),
        };
        format!(
            "{} {}{basis}",
            measure.of.words(),
            escape(&measure.shown(None))
        )
    });
    let mut parts: Vec<String> = measures.take(MEASURES).collect();
    let signatures = u64::try_from(report.signatures.len()).unwrap_or(u64::MAX);
    if signatures > 0 {
        parts.push(count(
            signatures,
            "verified signature",
            "verified signatures",
        ));
    }
    if parts.is_empty() || report.entries.findings > 0 {
        parts.insert(0, count(report.entries.findings, "finding", "findings"));
    }
    parts.join(", ")
}

/// The verdict's numbers in a few words, for a headline.
pub(super) fn headline(outcome: &Outcome) -> String {
    let counts = &outcome.verdict.counts;
    let total = count(counts.total, "finding", "findings");
    let unusable = unusable(outcome);
    let past = record::past(outcome);
    let numbers = match outcome.verdict.conclusion {
        _ if outcome.verdict.lifted.is_some() => format!(
            "let through by a bypass, {} of {total} would block",
            grouped(counts.blocking)
        ),
        Conclusion::Fail => format!(
            "{} of {total} {}",
            grouped(counts.blocking),
            if counts.blocking == 1 {
                "blocks"
            } else {
                "block"
            }
        ),
        Conclusion::Incomplete if unusable > 0 => {
            format!("{} cannot be used", count(unusable, "report", "reports"))
        }
        // Which of them the rules need stands in the reason.
        Conclusion::Incomplete if every_report_complete(outcome) && data_gap(outcome).is_some() => {
            "a report or data about advisories that the rules need is missing".to_owned()
        }
        Conclusion::Incomplete if every_report_complete(outcome) => {
            "a required report is missing".to_owned()
        }
        Conclusion::Incomplete => "part of the change was not analysed".to_owned(),
        Conclusion::Warn if counts.warned == 0 => {
            let partial = outcome.reports.iter();
            let partial = partial
                .filter(|report| report.status.problem().is_some())
                .count();
            let partial = u64::try_from(partial).unwrap_or(u64::MAX);
            if partial == 0 {
                return format!("nothing blocks, a limit was held against nothing{past}");
            }
            format!(
                "nothing blocks, {}",
                count(
                    partial,
                    "report is not complete",
                    "reports are not complete"
                )
            )
        }
        Conclusion::Warn => format!(
            "nothing blocks, {} of {total} to look at",
            grouped(counts.warned)
        ),
        Conclusion::Pass => format!("nothing blocks, {total}"),
    };
    numbers + &past
}

/// Nothing is wrong with the reports that are there.
fn every_report_complete(outcome: &Outcome) -> bool {
    let mut reports = outcome.reports.iter();
    reports.all(|report| report.status.problem().is_none())
}

/// The first file of data about advisories that cannot be relied on: its path and why.
pub(super) fn data_gap(outcome: &Outcome) -> Option<(&str, &str)> {
    let mut feeds = outcome.feeds.iter();
    feeds.find_map(|feed| Some((feed.path.as_str(), feed.problem.as_deref()?)))
}

/// The first thing that is wrong with what was given: its path and why.
pub(super) fn first_gap(outcome: &Outcome) -> Option<(&str, &str)> {
    let mut reports = outcome.reports.iter();
    reports
        .find_map(|report| Some((report.input.path.as_str(), report.status.problem()?)))
        .or_else(|| data_gap(outcome))
}

/// How many reports cannot be used.
pub(super) fn unusable(outcome: &Outcome) -> u64 {
    let unusable = |report: &&Report| matches!(report.status, Status::Unusable(_));
    u64::try_from(outcome.reports.iter().filter(unusable).count()).unwrap_or(u64::MAX)
}

/// What somebody has to do to clear a group, without a capital or a full stop.
pub(super) fn deed(group: &Group<'_>, escape: Escape<'_>) -> String {
    match &group.clears {
        Clears::Upgrade { package, to } => format!("upgrade {} to {}", escape(package), escape(to)),
        Clears::NoFix { package } => {
            format!("no fix yet for {}: replace it or wait", escape(package))
        }
        Clears::FixUnknown { package: "" } => "follow the advisory".to_owned(),
        Clears::FixUnknown { package } => {
            format!("look for a fixed version of {}", escape(package))
        }
        Clears::Revoke => "revoke it first, deleting the line is not enough".to_owned(),
        Clears::Configure { rule } => format!("change the setting that {} checks", escape(rule)),
        Clears::Licence { licence } => {
            format!(
                "replace what is under {}, or have it allowed",
                escape(licence)
            )
        }
        Clears::Rewrite { rule } => format!("change the code that {} points at", escape(rule)),
        Clears::Limit { of, term } => format!("meet the limit {} on {}", escape(term), escape(of)),
        Clears::Look { rule } => format!("look into {}", escape(rule)),
    }
}

/// A deed with what it clears, or with the place where it is to be done.
pub(super) fn step(outcome: &Outcome, group: &Group<'_>, escape: Escape<'_>) -> String {
    let deed = deed(group, escape);
    let [finding] = group.findings.as_slice() else {
        let what = if group.clears.is_upgrade() {
            "clears "
        } else {
            "places: "
        };
        return format!("{deed} ({what}{})", group.findings.len());
    };
    let place = match place(outcome, finding) {
        Where::At(place) => format!(" in {}", escape(&place)),
        Where::Withheld | Where::Nowhere => String::new(),
    };
    match group.kind {
        Kind::Secret => format!("{}{place}: {deed}", escape(&finding.rule)),
        Kind::Vulnerability => deed,
        _ => deed + &place,
    }
}

/// The first place of a finding as `path:line`, else what was scanned; `None` when neither is known.
pub(super) enum Where {
    /// Not to be shown here.
    Withheld,
    /// `path:line`, `path`, or the target.
    At(String),
    /// Nobody said.
    Nowhere,
}

/// Where a finding is, as far as this report may say it.
pub(super) fn place(outcome: &Outcome, finding: &Finding) -> Where {
    if place_withheld(&outcome.context, finding.kind) {
        return Where::Withheld;
    }
    let first = finding.workspace_location().or(finding.locations.first());
    match (first, &finding.target) {
        (Some(location), _) => Where::At(match location.start_line {
            Some(line) => format!("{}:{line}", location.path),
            None => location.path.to_string(),
        }),
        (None, Some(target)) => Where::At(target.to_string()),
        (None, None) => Where::Nowhere,
    }
}

/// The title, but nothing for a finding whose place is withheld: the text may hold it.
pub(super) fn title<'a>(outcome: &Outcome, finding: &'a Finding) -> &'a str {
    if place_withheld(&outcome.context, finding.kind) {
        ""
    } else {
        &finding.title
    }
}

/// The text with its first letter as a capital.
pub(super) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// The text with a full stop, unless it ends like a sentence.
pub(super) fn sentence(text: &str) -> String {
    let end = if text.is_empty() || text.ends_with(['.', '!', '?', '…']) {
        ""
    } else {
        "."
    };
    format!("{text}{end}")
}

/// How many findings of a kind, in words.
pub(super) fn kinds(kind: Kind, number: u64) -> String {
    let one = match kind {
        Kind::Code => "code finding",
        Kind::SupplyChain => "supply-chain finding",
        Kind::Runtime => "runtime alert",
        Kind::Quality => "quality finding",
        kind => kind.word(),
    };
    count(number, one, kind.plural())
}

/// Who says it, where that is more than one tool: `gitleaks, trivy`; with their severities where these differ.
pub(super) fn said_by(finding: &Finding, escape: Escape<'_>) -> Option<String> {
    let first = finding.sources.first()?;
    let differ = finding
        .sources
        .iter()
        .any(|source| source.severity != first.severity);
    let mut each: Vec<String> = Vec::new();
    for source in &finding.sources {
        let tool = escape(&source.tool);
        let said = match differ {
            true => format!("{tool}: {}", source.severity.word()),
            false => tool,
        };
        if !each.contains(&said) {
            each.push(said);
        }
    }
    let shown = each.len().min(SOURCES);
    let more = each.len().saturating_sub(shown);
    let mut text = each.get(..shown)?.join(", ");
    if more > 0 {
        text.push_str(&format!(" and {more} more"));
    }
    (each.len() > 1).then_some(text)
}

/// Sources of one finding that are named.
const SOURCES: usize = 6;

/// The head of a fingerprint that people quote; enough to find it in `verdict.json`.
pub(super) fn short_fingerprint(finding: &Finding) -> String {
    let mut text = finding.fingerprint.to_string();
    text.truncate(12);
    text
}

/// How many findings ended so.
pub(super) fn judged(outcome: &Outcome, judged: Judged) -> u64 {
    let same = outcome
        .verdict
        .judged
        .iter()
        .filter(|other| **other == judged);
    u64::try_from(same.count()).unwrap_or(u64::MAX)
}

/// How a finding that is no real problem is dealt with, as sentences.
pub(super) fn waiver(outcome: &Outcome, blocking: &Finding, escape: Escape<'_>) -> String {
    let setting = |word: &str| {
        let mut settings = outcome.settings.iter();
        settings.any(|shown| shown.name == SCANNER_SUPPRESSIONS && shown.value == word)
    };
    let own = if setting("ignore") {
        "scanners' own ignore files and comments do not count here"
    } else if setting("base") && outcome.context.is_proposal() && outcome.past.compared().is_some()
    {
        "the scanner's own ignore file or comment counts once it is merged"
    } else {
        "the scanner's own ignore file or comment counts"
    };
    format!(
        "run {} on these reports, propose the entry that it writes, and let the owner approve it; {own}",
        escape(&format!("sarif-gate waive {}", short_fingerprint(blocking))),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(grouped(number), text);
        }
        assert_eq!(count(1, "x", "xs"), "1 x");
        assert_eq!(kinds(Kind::Quality, 1), "1 quality finding");
        assert_eq!(kinds(Kind::Secret, 2), "2 secrets");
    }
}
