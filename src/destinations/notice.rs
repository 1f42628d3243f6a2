//! When others are told of a verdict: once for each change of it on the default branch.
//!
//! What was there before comes from the check run, which is read before it is written. Must not know: how a message looks,
//! and which service gets it.

use super::Publication;
use crate::model::{Conclusion, Effect, Judged, Outcome};
use crate::render::notice::{Notice, is_trouble};
use crate::settings::Settings;

/// The notice that is due, or why none is.
pub(super) fn due<'a>(publication: &'a Publication<'_>) -> Result<Notice<'a>, String> {
    let (outcome, previous) = (publication.outcome, publication.previous);
    changed(previous, outcome.verdict.conclusion)?;
    let by_row = publication.settings.policy.notify_on.is_some();
    let page = publication.pages.check.as_deref();
    let notice = Notice::new(outcome, previous, page, &|index| {
        wanted(outcome, by_row, index)
    });
    // What `notify-on` would pick may be hidden by a report that is missing, so that is always told.
    let incomplete = outcome.verdict.conclusion == Conclusion::Incomplete;
    if by_row && notice.findings.is_empty() && !notice.recovered() && !incomplete {
        return Err("nothing sent: no finding matches `notify-on`".to_owned());
    }
    Ok(notice)
}

/// Whether this finding is told of: what `notify-on` picks, or what fails where nobody sets it.
fn wanted(outcome: &Outcome, by_row: bool, index: usize) -> bool {
    match by_row {
        true => outcome.verdict.has(index, Effect::Notify),
        false => outcome.verdict.judged.get(index) == Some(&Judged::Fail),
    }
}

/// Whether there is anything new to say, or why not.
fn changed(previous: Option<Conclusion>, now: Conclusion) -> Result<(), String> {
    match previous {
        Some(previous) if previous == now => {
            Err(format!("nothing sent: the verdict is still `{}`", now.word()))
        }
        None if !is_trouble(now) => Err(format!(
            "nothing sent: the verdict is `{}`, and nobody knows of another one before",
            now.word()
        )),
        Some(_) | None => Ok(()),
    }
}

/// What is going to be told, for the table before a run.
pub(super) fn planned(settings: &Settings) -> String {
    let which = match settings.policy.notify_on {
        Some(_) => "what `notify-on` picks",
        None => "what fails",
    };
    format!("{which}, when the verdict changes")
}
