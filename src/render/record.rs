//! What a run knew besides reports, in sentences that summary and terminal share: where the rules and the past come from,
//! who let a change pass, which waivers end, which data was stale.
//!
//! Must not know: where the words go; names are escaped by the function that the caller hands in.

use super::phrase::{Escape, count, grouped};
use crate::model::{Exemption, Gone, Outcome, Past, Standing};

/// Exemptions that are named one by one; the rest is counted.
const NAMED: usize = 5;
/// Digits of a commit that are shown.
const SHA: usize = 12;

/// What the past adds to the first line: new and fixed, or that there is nothing to compare with.
pub(super) fn past(outcome: &Outcome) -> String {
    let counts = &outcome.verdict.counts;
    match (&outcome.past, counts.new, counts.fixed) {
        (Past::Missing(_), ..) => ", no baseline to compare with".to_owned(),
        (Past::Compared(_), Some(new), Some(fixed)) => {
            format!(", {} new, {} fixed", grouped(new), grouped(fixed))
        }
        _ => String::new(),
    }
}

/// Who let the change pass, first because nobody may overlook it.
pub(super) fn bypass(outcome: &Outcome, escape: Escape<'_>) -> Vec<String> {
    let Some(lifted) = outcome.verdict.lifted else {
        return Vec::new();
    };
    let each = outcome.verdict.bypass.iter().map(|bypass| {
        format!(
            "The verdict would be {}. {} ({}) let pull request {} pass with the label {} on {}, for commit {} until {}: {}",
            lifted.word(),
            escape(&bypass.by),
            escape(&bypass.role),
            bypass.pull_request,
            escape(&bypass.label),
            escape(&bypass.at),
            escape(short(&bypass.head_sha)),
            escape(&bypass.ends),
            escape(&bypass.reason),
        )
    });
    each.collect()
}

/// Everything else, one sentence each. `code` is for names, `text` for sentences that may quote.
pub(super) fn sentences(outcome: &Outcome, code: Escape<'_>, text: Escape<'_>) -> Vec<String> {
    let mut lines = trust(outcome, code, text);
    lines.extend(baseline(outcome, code, text));
    lines.extend(exemptions(outcome, code, text));
    for feed in &outcome.feeds {
        let said = match (&feed.problem, &feed.date) {
            (Some(problem), _) => format!("cannot be relied on: {}", text(problem)),
            (None, Some(date)) => format!(
                "is of {}, {}",
                text(date),
                count(feed.entries, "entry", "entries")
            ),
            (None, None) => count(feed.entries, "entry", "entries"),
        };
        lines.push(format!(
            "{} data ({}) {said}.",
            feed.id.to_uppercase(),
            code(&feed.path)
        ));
    }
    lines
}

fn trust(outcome: &Outcome, code: Escape<'_>, text: Escape<'_>) -> Vec<String> {
    let trust = &outcome.trust;
    let mut lines = Vec::new();
    if let (Some(sha), Some(branch)) = (&trust.sha, &trust.branch) {
        lines.push(format!(
            "Judged by the rules, waivers and VEX statements of {} at {}, not by those of the change.",
            code(branch),
            code(short(sha))
        ));
    }
    lines.extend(proposed(outcome, text));
    lines
}

/// What the change would do to the rules, and what of it was refused. Says nothing that another run over the same change
/// would say otherwise.
pub(super) fn proposed(outcome: &Outcome, text: Escape<'_>) -> Vec<String> {
    let trust = &outcome.trust;
    let mut lines: Vec<String> = trust.changed.iter().map(|line| text(line)).collect();
    if let Some(simulated) = &trust.simulated {
        lines.push(format!(
            "Under the rules of this change the verdict would be {} ({} blocking, {} excused); they take effect after \
             the merge.",
            simulated.conclusion.word(),
            grouped(simulated.blocking),
            grouped(simulated.excused)
        ));
    }
    lines.extend(trust.refused.iter().map(|line| text(line)));
    lines
}

fn baseline(outcome: &Outcome, code: Escape<'_>, text: Escape<'_>) -> Vec<String> {
    let past = match &outcome.past {
        Past::NotAsked => return Vec::new(),
        Past::Missing(why) => return vec![format!("There is no baseline: {}", text(why))],
        Past::Compared(past) => past,
    };
    let mut line = format!("Baseline: {}", text(&past.place));
    if let Some(sha) = &past.sha {
        line += &format!(" of commit {}", code(short(sha)));
    }
    match past.behind {
        Some(0) => line += ", which is the merge base",
        Some(behind) => {
            line += &format!(
                ", {} behind the merge base",
                count(behind, "commit", "commits")
            );
        }
        None => {}
    }
    line += &format!(", {}.", count(past.findings, "finding", "findings"));
    let unseen: Vec<&Gone> = past.gone.iter().filter(|gone| gone.unseen).collect();
    let mut lines = vec![line];
    lines.extend(past.notes.iter().map(|note| text(note)));
    if !unseen.is_empty() {
        let many = u64::try_from(unseen.len()).unwrap_or(u64::MAX);
        lines.push(format!(
            "{} of the baseline {} where no complete report looked this time, so not counted as fixed.",
            count(many, "finding", "findings"),
            if many == 1 { "is" } else { "are" }
        ));
    }
    lines
}

/// Waivers and statements that do not count. What ends soon or matches nothing the rules themselves say among the remarks.
fn exemptions(outcome: &Outcome, code: Escape<'_>, text: Escape<'_>) -> Vec<String> {
    let all = &outcome.verdict.exemptions;
    let mut lines = Vec::new();
    for (standing, what) in [
        (Standing::Expired, "has ended"),
        (Standing::Refused, "does not count"),
    ] {
        let those: Vec<&Exemption> = all
            .iter()
            .filter(|exemption| exemption.standing == standing)
            .collect();
        lines.extend(
            those
                .iter()
                .take(NAMED)
                .map(|exemption| said(exemption, what, code, text)),
        );
        let more = those.len().saturating_sub(NAMED);
        if more > 0 {
            let more = u64::try_from(more).unwrap_or(u64::MAX);
            lines.push(format!(
                "{} of which the same is to be said stand in `verdict.json`.",
                count(
                    more,
                    "further waiver or statement",
                    "further waivers or statements"
                )
            ));
        }
    }
    lines
}

fn said(exemption: &Exemption, what: &str, code: Escape<'_>, text: Escape<'_>) -> String {
    let noun = if exemption.by == "vex" {
        "VEX statement"
    } else {
        "Waiver"
    };
    let line = exemption
        .line
        .map(|line| format!(":{line}"))
        .unwrap_or_default();
    let mut said = format!(
        "{noun} {} for {} {what}",
        code(&format!("{}{line}", exemption.file)),
        code(&exemption.about)
    );
    if let Some(ends) = &exemption.ends {
        said += &format!(" (last day {})", text(ends));
    }
    if let Some(owner) = &exemption.owner {
        said += &format!("; owner {}", code(owner));
    }
    if let Some(ticket) = &exemption.ticket {
        said += &format!(", ticket {}", code(ticket));
    }
    if !exemption.why.is_empty() && exemption.standing != Standing::Expired {
        said += &format!(": {}", text(&exemption.why));
    }
    said + "."
}

fn short(sha: &str) -> &str {
    sha.get(..SHA).unwrap_or(sha)
}
