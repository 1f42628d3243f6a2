//! The places that are told. Each is one file and one entry in [`ALL`]; none stops another, none changes the verdict.
//!
//! Must not know: formats, rules, how anything was judged. A destination gets the finished [`Outcome`] and nothing else.

pub mod action_outputs;
mod annotations;
mod author;
mod baseline_ref;
mod bundle;
mod check_run;
mod code_scanning;
mod comment;
mod delivery;
mod inline;
mod issues;
mod jira;
mod notice;
pub mod plan;
mod slack;
mod step_summary;
mod sticky;
mod target;
mod webhook;

use std::io::Write;

pub use check_run::{LastWord, Open, Opened, open};
pub use delivery::{Delivery, Status};

use plan::{Fix, Plan, Stage};
use target::{access, usable};

use crate::github::command::safe_log_text;
use crate::github::{ApiError, Client, Pace};
use crate::http::Door;
use crate::model::{Conclusion, Context, Outcome, Uploads};
use crate::settings::{Hidden, Settings};

/// One place that is told.
pub struct Destination {
    /// Its name in `require-publish` and in reports about delivery.
    pub id: &'static str,
    /// What a reader finds there.
    pub what: &'static str,
    /// Whether it will be told, as far as settings and event say.
    plan: fn(&Stage<'_>) -> Plan,
    publish: fn(&mut Publication<'_>) -> Status,
}

/// Every destination, in the order in which they are told: code scanning first, because what it has need not stand
/// inline again; then the check run, because its address goes into the summary and the outputs; the outputs last, because
/// they say what became of the rest.
pub const ALL: [&Destination; 12] = [
    &code_scanning::DESTINATION,
    &check_run::DESTINATION,
    &annotations::DESTINATION,
    &baseline_ref::DESTINATION,
    &comment::DESTINATION,
    &issues::DESTINATION,
    &jira::DESTINATION,
    &slack::DESTINATION,
    &webhook::DESTINATION,
    &bundle::DESTINATION,
    &step_summary::DESTINATION,
    &action_outputs::DESTINATION,
];

/// The evidence files as later steps find them; `None` where one was not written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EvidenceFiles {
    /// The folder.
    pub dir: Option<String>,
    /// `results.sarif`.
    pub sarif: Option<String>,
    /// `summary.md`.
    pub summary: Option<String>,
    /// `verdict.json`.
    pub verdict: Option<String>,
    /// The bundle for a trusted run, where one was asked for: its path, or why it could not be written.
    pub bundle: Option<Result<String, String>>,
    /// `upload.sarif` and its further parts.
    pub uploads: Uploads,
}

/// Pages that destinations made, for outputs and for those that come later.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pages {
    /// Of the check run.
    pub check: Option<String>,
    /// Of the comment.
    pub comment: Option<String>,
}

/// What destinations may reach, made by whoever starts the run.
pub struct Outside<'a> {
    /// Standard output, where the runner reads workflow commands.
    pub log: &'a mut dyn Write,
    /// What is on disk already.
    pub files: EvidenceFiles,
    /// GitHub's client over the door of the run, where facts were asked by it; else one is made.
    pub client: Option<Client>,
    /// Times and tries, of a door that is made here.
    pub pace: Pace,
    /// What [`open`] knew and did before anything was judged.
    pub opened: Opened,
}

/// What one destination sees while the others are being told.
struct Publication<'a> {
    outcome: &'a Outcome,
    settings: &'a Settings,
    log: &'a mut dyn Write,
    files: &'a EvidenceFiles,
    pace: Pace,
    /// GitHub's client, with the door; made by the first destination that sends something there.
    github: Option<Client>,
    /// The door, until GitHub's client has it.
    door: Option<Door>,
    /// What became of the destinations before this one.
    deliveries: Vec<Delivery>,
    /// Pages that were made so far.
    pages: Pages,
    /// The findings stand inline already: there is one inline place a run.
    inline: bool,
    /// Code scanning took the upload, so it shows the findings, and inline stand the blocking ones only.
    scanned: bool,
    /// The check run, where one was tried to be opened.
    check: Option<Open>,
    /// Why it could not be opened, where the token may not write any.
    refused: Option<ApiError>,
    /// The verdict of the run before this one, where it is known: messages are for changes.
    previous: Option<Conclusion>,
}

impl Publication<'_> {
    /// The token, unless it is empty as an unset input is.
    fn token(&self) -> Option<&Hidden> {
        usable(self.settings.token.as_ref())
    }

    /// The deliveries so far as the summary shows them.
    fn told(&self) -> Vec<(&'static str, String)> {
        self.deliveries
            .iter()
            .map(|delivery| (delivery.id, delivery.line()))
            .collect()
    }

    /// GitHub's client, made on first use over the one door.
    fn client(&mut self, token: Hidden) -> &mut Client {
        let door = self.door.take();
        let (settings, pace) = (self.settings, self.pace);
        let context = &self.outcome.context;
        self.github.get_or_insert_with(|| {
            let access = access(context, token, None);
            let door = door.unwrap_or_else(|| Door::new(settings.ca_bundle.clone(), pace));
            Client::over(access, door)
        })
    }

    /// The one door, for services that are not GitHub.
    fn door(&mut self) -> &mut Door {
        let (settings, pace) = (self.settings, self.pace);
        match &mut self.github {
            Some(client) => client.door(),
            None => self
                .door
                .get_or_insert_with(|| Door::new(settings.ca_bundle.clone(), pace)),
        }
    }
}

/// Tells every destination, one after another, whatever becomes of each. The evidence must be on disk by now.
pub fn publish_all(
    outcome: &Outcome,
    settings: &Settings,
    outside: &mut Outside<'_>,
) -> Vec<Delivery> {
    let mut publication = Publication {
        outcome,
        settings,
        log: &mut *outside.log,
        files: &outside.files,
        pace: outside.pace,
        github: outside.client.take(),
        door: None,
        deliveries: Vec::new(),
        pages: Pages::default(),
        inline: false,
        scanned: false,
        check: outside.opened.check.clone(),
        refused: outside.opened.refused.clone(),
        previous: outside.opened.previous,
    };
    let stage = Stage {
        context: &outcome.context,
        settings,
        mode: outcome.mode,
    };
    let budget = publication.door().pace().budget;
    publication.door().begin(budget);
    for destination in ALL {
        let status = match (destination.plan)(&stage) {
            Plan::Not {
                because,
                fix,
                asked,
            } => not_told(&because, fix, asked),
            Plan::Will(_) | Plan::Try { .. } => {
                let pace = publication.door().pace();
                publication.door().lap(pace.lap);
                (destination.publish)(&mut publication)
            }
        };
        let status = match status {
            Status::Done { detail, url } => Status::Done {
                detail: one_line(&detail),
                url,
            },
            Status::Skipped(why) => Status::Skipped(one_line(&why)),
            Status::Failed(why) => Status::Failed(one_line(&why)),
        };
        publication.deliveries.push(Delivery {
            id: destination.id,
            status,
        });
    }
    publication.deliveries
}

/// What becomes of a destination that cannot be told.
fn not_told(because: &str, fix: Fix, asked: bool) -> Status {
    let why = format!("{because}{}", fix.words());
    match asked {
        true => Status::Failed(why),
        false => Status::Skipped(why),
    }
}

/// What will be told and what will not, destination by destination, before anything is judged.
pub fn preflight(context: &Context, settings: &Settings) -> Vec<(&'static str, Plan)> {
    let stage = Stage {
        context,
        settings,
        mode: settings.mode,
    };
    ALL.iter()
        .map(|destination| (destination.id, (destination.plan)(&stage)))
        .collect()
}

/// Whether a bundle for a trusted run is to be written.
pub fn bundle_is_due(context: &Context, settings: &Settings) -> bool {
    let stage = Stage {
        context,
        settings,
        mode: settings.mode,
    };
    bundle::is_due(&stage)
}

/// Texts about deliveries hold what servers and the system said.
fn one_line(text: &str) -> String {
    /// Enough for what was tried, why it failed and what to do.
    const CHARS: usize = 800;
    safe_log_text(text, CHARS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_kebab_case() {
        let mut ids: Vec<&str> = ALL.iter().map(|destination| destination.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), ALL.len());
        assert!(
            ids.iter()
                .all(|id| id.chars().all(|c| c.is_ascii_lowercase() || c == '-'))
        );
        assert!(ALL.iter().all(|destination| destination.what.len() > 10));
    }
}
