//! Code scanning: the findings as alerts of the repository, from the logs that stand in the evidence.
//!
//! An analysis replaces the last one of its tool and category, and what it lacks counts as fixed. So what is sent is what was
//! looked at as a whole, for the commit and the ref that were checked out, or nothing.

mod alerts;
mod place;
mod upload;

use super::plan::{Fix, Plan, Stage};
use super::target::{forbidden, target};
use super::{Destination, Publication, Status};
use crate::github::client::percent_encode;
use crate::github::names::is_sha;
use crate::github::{ApiError, Fault};
use crate::model::{Context, Uploads};
use crate::settings::Switch;
use place::Place;
use upload::{Job, Processed};

pub(super) const DESTINATION: Destination = Destination {
    id: "code-scanning",
    what: "the findings as alerts in the Security tab, and beside the lines that a pull request adds",
    plan,
    publish,
};

/// What the token must be allowed to do.
const PERMISSION: &str = "security-events: write";

fn plan(stage: &Stage<'_>) -> Plan {
    let (context, settings) = (stage.context, stage.settings);
    if settings.upload_sarif == Switch::Off {
        return Plan::not("`upload-sarif` is off");
    }
    if let Some(silent) = stage.silent() {
        return silent;
    }
    if place::is_queue(context) {
        return Plan::not("code scanning keeps nothing of the merge queue's branches");
    }
    let asked = settings.upload_sarif == Switch::On;
    let plan = match place::unfit(context) {
        Some(why) => Plan::not(why),
        None if context.only_reads() => Plan::lacks(fork(&settings.evidence_dir), Fix::Nothing),
        None => doubtful(
            context,
            stage.by_token("every finding to code scanning", PERMISSION),
        ),
    };
    plan.asked(asked)
}

/// Nobody says before the upload whether a private repository has what it takes (GitHub docs, "Reference
/// for code scanning": those of organisations with GitHub Code Security enabled).
fn doubtful(context: &Context, plan: Plan) -> Plan {
    match plan {
        Plan::Try { what, doubt, fix } if context.private == Some(true) => Plan::Try {
            what,
            doubt: format!(
                "{doubt} (code scanning needs GitHub Code Security in a private repository)"
            ),
            fix,
        },
        other => other,
    }
}

/// The documented endpoint takes nothing from a token that can only read; the one of GitHub's own action does.
fn fork(evidence_dir: &str) -> String {
    format!(
        "a pull request from a fork can upload only by a step `uses: github/codeql-action/upload-sarif` behind this one, \
         `with: {{sarif_file: {}/upload.sarif}}`, or leave it to a trusted workflow by `publish: later`",
        evidence_dir.trim_end_matches('/')
    )
}

fn publish(publication: &mut Publication<'_>) -> Status {
    let (outcome, settings) = (publication.outcome, publication.settings);
    let context = &outcome.context;
    // Asked for and impossible is a failure; left to us and impossible is not.
    let impossible = |why: String| match settings.upload_sarif {
        Switch::On => Status::Failed(why),
        Switch::Auto | Switch::Off => Status::Skipped(why),
    };
    let uploads = &publication.files.uploads;
    if uploads.parts.is_empty() {
        return Status::Failed("upload.sarif was not written".to_owned());
    }
    if uploads.parts.iter().all(|part| part.runs.is_empty()) {
        let why = format!("there is no analysis to upload{}", said(uploads));
        return Status::Skipped(why);
    }
    let target = match target(context, publication.token(), PERMISSION) {
        Ok(target) => target,
        Err(why) => return impossible(why),
    };
    let place = match Place::of(context, uploads.checkout.as_deref()) {
        Ok(place) => place,
        Err(why) => return impossible(why),
    };
    let client = publication.client(target.token);
    let job = Job {
        repository: &target.repository,
        place: &place,
        started: &outcome.started,
    };
    let sent = upload::send(client, &job, &uploads.parts);
    let whole = sent.whole();
    let mut detail = sent.words(&place);
    if let Some(error) = &sent.error {
        let refused = refused(context, error);
        let why = format!("{detail}{}", refused.words);
        return match refused.skipped && sent.accepted == 0 {
            true => impossible(why),
            false => Status::Failed(why),
        };
    }
    if !sent.problems.is_empty() {
        return Status::Failed(detail);
    }
    publication.scanned = whole;
    if sent.processed == Processed::Complete {
        let alerts = alerts::tell(publication, &target.repository, &place);
        detail.push_str(&alerts.map_or_else(String::new, |alerts| format!("; {alerts}")));
    }
    detail.push_str(&said(uploads));
    Status::Done {
        detail,
        url: page(context, &target.repository, &place),
    }
}

/// What is not in the upload.
fn said(uploads: &Uploads) -> String {
    uploads
        .notes
        .iter()
        .map(|note| format!("; {note}"))
        .collect()
}

/// A refusal in words.
struct Refused {
    words: String,
    /// Nothing is wrong: the repository or the token does not have what it takes.
    skipped: bool,
}

fn refused(context: &Context, error: &ApiError) -> Refused {
    let tried = &error.tried;
    let (words, skipped) = match &error.fault {
        Fault::Forbidden(text) => {
            let why = forbidden(context, PERMISSION, text);
            (format!("{tried}: {why}"), true)
        }
        Fault::FeatureOff(text) => {
            let why = "code scanning is not switched on for this repository";
            let fix = "switch on Code Security in its settings, or set `upload-sarif: false`";
            (format!("{tried}: {why} (403: {text}); {fix}"), true)
        }
        // A private repository is hidden from a token that may not.
        Fault::NotFound if context.private == Some(true) => {
            let why = format!(
                "{error}; code scanning of a private repository needs Code Security, and the job `permissions: {PERMISSION}`"
            );
            (why, true)
        }
        Fault::NotFound | Fault::Unauthorized => {
            let why = format!("{error}; give the job `permissions: {PERMISSION}`");
            (why, false)
        }
        fault if fault.maybe_done() => {
            let why = "it is not known whether GitHub took the upload; the next run sends it anew";
            (format!("{error}; {why}"), false)
        }
        Fault::RateLimited { .. } | Fault::Budget => {
            (format!("{error}; run the job again later"), false)
        }
        _ => (error.to_string(), false),
    };
    Refused { words, skipped }
}

/// Where the alerts are shown.
fn page(context: &Context, repository: &str, place: &Place) -> Option<String> {
    let server = context.server_url.trim_end_matches('/');
    if !server.starts_with("http") || !is_sha(&place.sha) {
        return None;
    }
    let query = match context.pull_request {
        Some(number) => format!("is:open pr:{number}"),
        None => {
            let branch = place.reference.strip_prefix("refs/heads/");
            let name = branch.unwrap_or(&place.reference);
            format!("is:open branch:{name}")
        }
    };
    let query = percent_encode(&query);
    Some(format!(
        "{server}/{repository}/security/code-scanning?query={query}"
    ))
}
