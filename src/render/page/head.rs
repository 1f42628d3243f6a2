//! The five lines that every page begins with: verdict, cause, what to do, who owns it, how to object.

use super::{SENTENCE, name};
use crate::model::{Conclusion, Kind, Mode, Outcome};
use crate::render::escape::markdown_text;
use crate::render::groups::{Group, secrets_first};
use crate::render::phrase::{self, Where, count, headline, place, step, verdict_mark};

/// The five lines. `of` says what was judged where a reader may see several such pages; empty else, and escaped already.
pub(in crate::render) fn head(outcome: &Outcome, blocking: &[Group<'_>], of: &str) -> String {
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
        "## {} Security gate: {word} – {}{of}{mode}\n\
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
        Conclusion::Incomplete => match phrase::first_gap(outcome) {
            Some((path, why)) => format!("{}: {}", name(path), markdown_text(why, SENTENCE)),
            None => "Deliver the missing reports and run again.".to_owned(),
        },
        Conclusion::Warn => "Nothing has to be done now; look at the warnings below.".to_owned(),
        Conclusion::Pass | Conclusion::Fail => "Nothing.".to_owned(),
    }
}

fn first_deeds(outcome: &Outcome, blocking: &[Group<'_>]) -> String {
    let is_secret = |group: &&Group<'_>| group.kind == Kind::Secret;
    let secrets: Vec<&Group<'_>> = blocking.iter().filter(is_secret).collect();
    // What several secrets ask for is the same, so it is said once.
    let mut deeds: Vec<String> = several(outcome, &secrets).into_iter().collect();
    let said = if deeds.is_empty() { 0 } else { secrets.len() };
    let others = secrets_first(blocking).skip(said);
    let room = FIRST_DEEDS.saturating_sub(deeds.len());
    deeds.extend(others.take(room).map(|group| step(outcome, group, &name)));
    let rest = blocking.len().saturating_sub(said).saturating_sub(room);
    if rest > 0 {
        let rest = u64::try_from(rest).unwrap_or(u64::MAX);
        deeds.push(format!("{} below", count(rest, "more step", "more steps")));
    }
    phrase::capital(&deeds.join("; ")) + "."
}

/// What to do about several secrets, with the place of the first one; `None` where there are not several.
fn several(outcome: &Outcome, secrets: &[&Group<'_>]) -> Option<String> {
    let all: usize = secrets.iter().map(|group| group.findings.len()).sum();
    let more = u64::try_from(all.checked_sub(1).filter(|more| *more > 0)?).ok()?;
    let first = secrets.first()?.findings.first()?;
    let at = match place(outcome, first) {
        Where::At(place) => format!(" in {}", name(&place)),
        Where::Withheld | Where::Nowhere => String::new(),
    };
    Some(format!(
        "{}{at} and {}: revoke them first, deleting the lines is not enough",
        name(&first.rule),
        count(more, "more secret", "more secrets"),
    ))
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
