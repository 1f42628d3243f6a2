//! When others are told of a verdict, once for each change of it on the default branch, and how that is sent: once.
//!
//! What was there before comes from the check run, which is read before it is written. Must not know: how a message looks,
//! and what a service means by its refusals.

use super::Publication;
use super::plan::{Plan, Stage};
use crate::http::{Answer, Door, Failure, Request};
use crate::model::{Conclusion, Effect, Hidden, Judged, Outcome};
use crate::render::notice::{Notice, is_trouble};

/// The plan where an address is set.
pub(super) fn plan(stage: &Stage<'_>) -> Plan {
    let which = match stage.settings.policy.notify_on {
        Some(_) => "what `notify-on` picks",
        None => "what fails",
    };
    let will = || Plan::Will(format!("{which}, if the verdict has changed"));
    stage
        .silent()
        .or_else(|| stage.not_due())
        .unwrap_or_else(will)
}

/// The notice that is due, or why none is.
pub(super) fn due<'a>(publication: &Publication<'a>) -> Result<Notice<'a>, String> {
    let by_row = publication.settings.policy.notify_on.is_some();
    noticed(publication.outcome, publication.previous, by_row)
        .map(|notice| notice.with_check(publication.pages.check.clone()))
}

fn noticed(
    outcome: &Outcome,
    previous: Option<Conclusion>,
    by_row: bool,
) -> Result<Notice<'_>, String> {
    let now = outcome.verdict.conclusion;
    match previous {
        Some(previous) if previous == now => {
            return Err(format!(
                "nothing sent: the verdict is still `{}`",
                now.word()
            ));
        }
        None if !is_trouble(now) => {
            return Err(format!(
                "nothing sent: the verdict is `{}`, and nobody knows of another one before",
                now.word()
            ));
        }
        Some(_) | None => {}
    }
    let wanted = |index: usize| match by_row {
        true => outcome.verdict.has(index, Effect::Notify),
        false => outcome.verdict.judged.get(index) == Some(&Judged::Fail),
    };
    let notice = Notice::new(outcome, previous, &wanted);
    // A report that is missing may hide what `notify-on` would pick, so that is always told.
    let silent = by_row && notice.findings.is_empty();
    if silent && !notice.recovered() && now != Conclusion::Incomplete {
        return Err("nothing sent: no finding matches `notify-on`".to_owned());
    }
    Ok(notice)
}

/// What was told, in a few words.
pub(super) fn told(notice: &Notice<'_>) -> String {
    let before = notice.previous.map_or_else(
        || "of which nobody knows another one before".to_owned(),
        |previous| format!("before `{}`", previous.word()),
    );
    format!("the verdict `{}`, {before}", notice.verdict().word())
}

/// Sends one message. The door tries again only what surely did nothing: a rate limit, a refused connection.
pub(super) fn send(door: &mut Door, request: &Request<'_>) -> Result<Answer, Failure> {
    door.call(request)
}

/// What is said of a message that did not arrive, or of which nobody knows whether it did.
pub(super) fn failed(failure: &Failure, what_to_do: &str) -> String {
    let failure_text = failure.to_string();
    if failure.fault.maybe_done() {
        return format!(
            "{failure_text}; whether the message arrived is not known, and it is not sent again, because a doubled one is \
             worse: look there for it"
        );
    }
    match what_to_do {
        "" => format!("{failure_text}; nobody was told"),
        what_to_do => format!("{failure_text}; nobody was told: {what_to_do}"),
    }
}

/// The parts of an address that may be secret by themselves: segments of its path and what stands in its query. Shorter ones are
/// words like `services`.
pub(super) fn secret_parts(url: &Hidden) -> Vec<Hidden> {
    /// No service gives away less than this.
    const SHORTEST: usize = 9;
    let url = url.reveal();
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let parts = rest.split(['/', '?', '&', '=', '#']).skip(1);
    parts
        .filter(|part| part.len() >= SHORTEST)
        .map(Hidden::new)
        .collect()
}

#[cfg(test)]
mod tests;
