//! The check run on the commit: the verdict, the summary and the inline findings.
//!
//! It is opened before anything is judged and concluded once: by the verdict, by an error of ours, or by a signal. What is
//! added to it cannot be taken back, so after an answer that did not come it is looked for before anything is sent again.

mod body;
mod conclude;
mod mark;
mod open;
mod opening;
mod runs;
mod standing;

use serde_json::Value;

pub use open::Open;
pub use opening::{LastWord, Opened, open};

use body::{Head, Run, annotation, conclusion};
use conclude::{Telling, begin};
use mark::Mark;
use open::State;
use runs::Place;

use super::inline::{Selection, select};
use super::plan::{Fix, Plan, Stage};
use super::target::{forbidden, target};
use super::{Destination, Publication, Status};
use crate::github::limits::{CHECK_FOOT_BYTES, CHECK_SUMMARY_BYTES};
use crate::github::{ApiError, Fault};
use crate::model::Context;
use crate::render::summary::markdown;
use crate::settings::Switch;

pub(super) const DESTINATION: Destination = Destination {
    id: "check-run",
    what: "a check on the commit with the verdict, the summary and the findings beside their lines",
    plan,
    publish,
};

/// What the token must be allowed to do.
const PERMISSION: &str = "checks: write";

fn plan(stage: &Stage<'_>) -> Plan {
    if stage.settings.check_run == Switch::Off {
        return Plan::not("`check-run` is off");
    }
    stage.silent().unwrap_or_else(|| {
        let plan = stage.by_token("a check on the commit", PERMISSION);
        plan.asked(stage.settings.check_run == Switch::On)
    })
}

/// The page of the workflow run, where it is one.
fn details_url(context: &Context) -> Option<String> {
    context.run_url().filter(|url| url.starts_with("http"))
}

fn publish(publication: &mut Publication<'_>) -> Status {
    let (outcome, settings) = (publication.outcome, publication.settings);
    let Some(conclusion) = conclusion(outcome.verdict.conclusion, outcome.mode) else {
        return Status::Skipped("the mode makes no check run".to_owned());
    };
    // Asked for and impossible is a failure; left to us and impossible is not.
    let impossible = |why: String| match settings.check_run {
        Switch::On => Status::Failed(why),
        Switch::Auto | Switch::Off => Status::Skipped(why),
    };
    let target = match target(&outcome.context, publication.token(), PERMISSION) {
        Ok(target) => target,
        Err(why) => return impossible(why),
    };
    let selection = select(outcome, settings.annotations, publication.scanned);
    let annotations: Vec<Value> = selection.chosen.iter().map(annotation).collect();
    let place = Place {
        repository: target.repository,
        head_sha: target.head_sha,
        name: settings.check_name.clone(),
    };
    let external_id = Mark::of(&outcome.context, settings, &outcome.started).external_id();
    let head = |old: usize| {
        let room = CHECK_SUMMARY_BYTES.saturating_sub(CHECK_FOOT_BYTES);
        let mut summary = markdown(outcome, &[], room);
        summary.push_str(&foot(
            &selection,
            annotations.len(),
            settings.annotations,
            old,
        ));
        Head::new(outcome, &summary)
    };
    let telling = Telling {
        run: Run {
            name: &place.name,
            head_sha: &place.head_sha,
            external_id: &external_id,
            conclusion,
            details_url: details_url(&outcome.context),
        },
        place: &place,
        annotations: &annotations,
        head: &head,
    };
    let cannot = |tried: &str, text: &str| {
        let why = forbidden(&outcome.context, PERMISSION, text);
        impossible(format!("{tried}: {why}"))
    };
    // What the token may not do it may not do a moment later either.
    if let Some(ApiError {
        tried,
        fault: Fault::Forbidden(text),
    }) = &publication.refused
    {
        return cannot(tried, text);
    }
    let check = publication.check.clone();
    let was = begin(check.as_ref());
    if was == State::Over {
        return Status::Failed("the check run was ended before, by a signal".to_owned());
    }
    let sent = telling.tell(publication.client(target.token), was);
    match sent {
        Ok(sent) => {
            if let Some(check) = check {
                check.set(State::Over);
            }
            publication.inline = sent.shown > 0 || annotations.is_empty();
            publication.pages.check = sent.url.clone();
            let mut detail = format!(
                "conclusion {conclusion}, {} of {} annotations",
                sent.shown,
                annotations.len()
            );
            if let Some(problem) = sent.problem {
                detail.push_str(&format!("; the others were not added: {problem}"));
            }
            Status::Done {
                detail,
                url: sent.url,
            }
        }
        Err(ApiError {
            tried,
            fault: Fault::Forbidden(text),
        }) => cannot(&tried, &text),
        // What the token may not see is not there for it.
        Err(error) if error.fault == Fault::NotFound => {
            Status::Failed(format!("{error}{}", Fix::Job(PERMISSION).words()))
        }
        Err(error) => Status::Failed(error.to_string()),
    }
}

/// What is said below the summary about the annotations.
fn foot(selection: &Selection<'_>, chosen: usize, cap: usize, old: usize) -> String {
    let mut foot = String::new();
    let left_out = selection.left_out(chosen);
    if cap > 0 && !left_out.is_empty() {
        foot.push_str(&format!("\n\n{left_out}\n"));
    }
    if old > 0 {
        foot.push_str(&format!(
            "\n\nOf the annotations {old} are of an earlier attempt and no longer true; GitHub takes none away.\n"
        ));
    }
    foot
}
