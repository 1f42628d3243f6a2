//! The page that people read first: step summary, check run and `summary.md`, in GitHub's Markdown.
//!
//! The first five lines say verdict, cause, what to do, who owns it and how to object. Then what blocks, grouped by
//! what clears it; everything else is further down and folded. Must not know: where the page goes, and its limits but
//! for the number of bytes that is handed in.

mod parts;
pub(super) mod table;
mod tables;

use super::budget::fit;
use super::escape::{markdown_code, markdown_text};
use super::groups::{Group, groups};
use super::phrase::{self, Where, count, deed, grouped, headline, place, verdict_mark};
use crate::model::{Conclusion, Judged, Kind, Mode, Outcome};

/// Characters of a name (package, path, rule) that are shown.
const NAME: usize = 120;
/// Characters of a sentence that are shown.
const SENTENCE: usize = 400;

/// The page, at most `budget` bytes of it. `deliveries` says who was told: name of the destination and what became of
/// it; empty while nobody was told yet.
pub fn markdown(outcome: &Outcome, deliveries: &[(&str, &str)], budget: usize) -> String {
    let blocking = groups(outcome, Judged::Fail);
    let warned = groups(outcome, Judged::Warn);
    let mut sections = vec![parts::bypass(outcome), table::blocking(outcome, &blocking)];
    let gaps = parts::gaps(outcome);
    if outcome.verdict.conclusion == Conclusion::Incomplete {
        sections.insert(0, gaps);
    } else {
        sections.push(gaps);
    }
    sections.extend([
        table::warned(outcome, &warned),
        tables::components(outcome),
        parts::numbers(outcome),
        parts::remarks(outcome),
        tables::thresholds(outcome),
        parts::excused(outcome),
        tables::fixed(outcome),
        parts::reports(outcome),
        parts::deliveries(deliveries),
        parts::repairs(outcome),
        parts::settings(outcome),
    ]);
    fit(&head(outcome, &blocking), &sections, &foot(outcome), budget)
}

/// A name from a report as code.
fn name(text: &str) -> String {
    markdown_code(text, NAME)
}

/// The five lines.
fn head(outcome: &Outcome, blocking: &[Group<'_>]) -> String {
    let verdict = &outcome.verdict;
    let word = verdict.conclusion.word();
    let mode = match outcome.mode {
        Mode::Enforce => String::new(),
        mode => format!(" (mode `{}`: shown, not enforced)", mode.word()),
    };
    let complete = if verdict.complete || verdict.conclusion == Conclusion::Incomplete {
        ""
    } else {
        " Not every report is complete."
    };
    format!(
        "## {} Security gate: {word} – {}{mode}\n\
         - **Why:** {}{complete}\n\
         - **What to do:** {}\n\
         - **Who owns it:** {}\n\
         - **Not a real problem?** {}\n",
        verdict_mark(verdict.conclusion),
        headline(outcome),
        markdown_text(&verdict.reason, SENTENCE),
        to_do(outcome, blocking),
        owners(outcome),
        objection(outcome, blocking),
    )
}

/// How many deeds the head names.
const FIRST_DEEDS: usize = 3;

fn to_do(outcome: &Outcome, blocking: &[Group<'_>]) -> String {
    if !blocking.is_empty() {
        return first_deeds(outcome, blocking);
    }
    match outcome.verdict.conclusion {
        Conclusion::Incomplete => {
            let gap = outcome
                .reports
                .iter()
                .find_map(|report| Some((report.input.path.as_str(), report.status.problem()?)))
                .or_else(|| phrase::data_gap(outcome));
            match gap {
                Some((path, why)) => format!("{}: {}", name(path), markdown_text(why, SENTENCE)),
                None => "Deliver the missing reports and run again.".to_owned(),
            }
        }
        Conclusion::Warn => "Nothing has to be done now; look at the warnings below.".to_owned(),
        Conclusion::Pass | Conclusion::Fail => "Nothing.".to_owned(),
    }
}

/// The first things to do: a credential that the world can read comes before every upgrade.
fn first_deeds(outcome: &Outcome, blocking: &[Group<'_>]) -> String {
    let is_secret = |group: &&Group<'_>| group.kind == Kind::Secret;
    let ordered = blocking
        .iter()
        .filter(is_secret)
        .chain(blocking.iter().filter(|group| !is_secret(group)));
    let mut deeds: Vec<String> = ordered
        .take(FIRST_DEEDS)
        .map(|group| first_deed(outcome, group))
        .collect();
    let rest = blocking.len().saturating_sub(FIRST_DEEDS);
    if rest > 0 {
        let rest = u64::try_from(rest).unwrap_or(u64::MAX);
        deeds.push(format!("{} below", count(rest, "more step", "more steps")));
    }
    phrase::capital(&deeds.join("; ")) + "."
}

/// A deed with what it clears, or with the place where it is to be done.
fn first_deed(outcome: &Outcome, group: &Group<'_>) -> String {
    let deed = deed(group, &name);
    let [finding] = group.findings.as_slice() else {
        let what = if group.clears.is_upgrade() {
            "clears "
        } else {
            "places: "
        };
        return format!("{deed} ({what}{})", group.findings.len());
    };
    let place = match place(outcome, finding) {
        Where::At(place) => format!(" in {}", name(&place)),
        Where::Withheld | Where::Nowhere => String::new(),
    };
    match group.kind {
        Kind::Secret => format!("{}{place}: {deed}", name(&finding.rule)),
        Kind::Vulnerability => deed,
        _ => deed + &place,
    }
}

fn owners(outcome: &Outcome) -> String {
    const SHOWN: usize = 6;
    if outcome.owners.is_empty() {
        return match outcome.verdict.conclusion {
            Conclusion::Fail => "Nobody named in CODEOWNERS.".to_owned(),
            Conclusion::Incomplete => "Whoever runs the scanners.".to_owned(),
            Conclusion::Warn | Conclusion::Pass => "Nobody has to act.".to_owned(),
        };
    }
    let names: Vec<String> = outcome
        .owners
        .iter()
        .take(SHOWN)
        .map(|owner| name(owner))
        .collect();
    let more = outcome.owners.len().saturating_sub(SHOWN);
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    format!("{}{more} (CODEOWNERS).", names.join(", "))
}

fn objection(outcome: &Outcome, blocking: &[Group<'_>]) -> String {
    if let Some(finding) = blocking.first().and_then(|group| group.findings.first()) {
        return phrase::capital(&phrase::waiver(outcome, finding, &name)) + ".";
    }
    match outcome.verdict.conclusion {
        Conclusion::Incomplete => {
            "No waiver lifts this: a report that cannot be used says nothing. Deliver it."
                .to_owned()
        }
        _ => "Nothing has to be waived.".to_owned(),
    }
}

/// Version, rules, commit and run, so that the page can be traced.
fn foot(outcome: &Outcome) -> String {
    let digest = outcome
        .policy_digest
        .get(..12)
        .unwrap_or(&outcome.policy_digest);
    let mut foot = format!(
        "\n<sub>sarif-gate {} · rules {}",
        env!("CARGO_PKG_VERSION"),
        name(digest)
    );
    let context = &outcome.context;
    if let Some(sha) = context.head_sha.as_ref().or(context.sha.as_ref()) {
        foot += &format!(" · commit {}", name(sha.get(..12).unwrap_or(sha)));
    }
    if let Some(url) = context.run_url() {
        foot += &format!(
            " · {}",
            super::escape::markdown_link("workflow run", &url, 40)
        );
    }
    foot += &format!(
        " · {} judged</sub>\n",
        count(outcome.verdict.counts.total, "finding", "findings")
    );
    foot
}

/// A number for a table cell; zeros do not shout.
fn cell(number: u64) -> String {
    if number == 0 {
        "–".to_owned()
    } else {
        grouped(number)
    }
}
