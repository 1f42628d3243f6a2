//! The summary of the step, in the file that the runner shows on the page of the run.

use std::fs::OpenOptions;
use std::io::Write;

use super::plan::{Plan, Stage};
use super::{Destination, Publication, Status};
use crate::github::limits::{STEP_SUMMARY_BYTES, STEP_SUMMARY_MIN_BYTES};
use crate::render::summary::markdown;

pub(super) const DESTINATION: Destination = Destination {
    id: "step-summary",
    what: "the summary on the page of the workflow run (GITHUB_STEP_SUMMARY)",
    plan,
    publish,
};

fn plan(stage: &Stage<'_>) -> Plan {
    if !stage.settings.summary {
        return Plan::not("`summary` is off");
    }
    match stage.context.summary_file {
        Some(_) => Plan::Will("the whole summary".to_owned()),
        None => Plan::not("GITHUB_STEP_SUMMARY is not set"),
    }
}

fn publish(publication: &mut Publication<'_>) -> Status {
    let Some(path) = &publication.outcome.context.summary_file else {
        return Status::Skipped("GITHUB_STEP_SUMMARY is not set".to_owned());
    };
    // Appended blindly, one byte too much would make the runner drop all of it, ours and what was there before.
    let present = std::fs::metadata(path).map_or(0, |file| file.len());
    let room = STEP_SUMMARY_BYTES.saturating_sub(present);
    if room < STEP_SUMMARY_MIN_BYTES {
        return Status::Failed(format!(
            "GITHUB_STEP_SUMMARY holds {present} bytes already; GitHub drops a summary over 1 MiB whole, so nothing was added"
        ));
    }
    let told = publication.told();
    let told: Vec<(&str, &str)> = told.iter().map(|(id, line)| (*id, line.as_str())).collect();
    let begin = if present > 0 { "\n\n" } else { "" };
    // Two line ends before it and one behind.
    let budget = usize::try_from(room.saturating_sub(3)).unwrap_or(usize::MAX);
    let text = format!("{begin}{}\n", markdown(publication.outcome, &told, budget));
    let appended = OpenOptions::new()
        .append(true)
        .create(true)
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()));
    match appended {
        Ok(()) => Status::done(format!("{} bytes", text.len())),
        Err(error) => Status::Failed(format!(
            "appending to GITHUB_STEP_SUMMARY (`{path}`): {error}"
        )),
    }
}
