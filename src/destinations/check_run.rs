//! The check run on the commit: the verdict, the summary and the inline findings.
//!
//! One POST that is completed at once, with the first annotations; further ones by PATCH, which adds. Neither can be
//! taken back, so after an answer that did not come it looks what is there before it sends anything again.

use serde::Deserialize;
use serde_json::Value;

use super::check_run_body::{Head, Run, annotation, conclusion};
use super::inline::select;
use super::plan::{Plan, Stage};
use super::target::{forbidden, is_page, target};
use super::{Destination, Publication, Status};
use crate::github::client::percent_encode;
use crate::github::limits::{
    ANNOTATIONS_PER_REQUEST, CHECK_FOOT_BYTES, CHECK_SUMMARY_BYTES, PER_PAGE,
};
use crate::github::{ApiError, Client, Fault};
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

/// What is needed of GitHub's check runs.
#[derive(Deserialize)]
struct Made {
    id: u64,
    html_url: Option<String>,
    external_id: Option<String>,
    output: Option<MadeOutput>,
}

#[derive(Deserialize)]
struct MadeOutput {
    annotations_count: Option<usize>,
}

#[derive(Deserialize)]
struct Listed {
    check_runs: Vec<Made>,
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
    let selection = select(outcome, settings.annotations);
    let annotations: Vec<Value> = selection.chosen.iter().map(annotation).collect();
    let mut summary = markdown(
        outcome,
        &[],
        CHECK_SUMMARY_BYTES.saturating_sub(CHECK_FOOT_BYTES),
    );
    let left_out = selection.left_out(annotations.len());
    if settings.annotations > 0 && !left_out.is_empty() {
        summary.push_str(&format!("\n\n{left_out}\n"));
    }
    let head = Head::new(outcome, &summary);
    let external_id = external_id(&outcome.context, &settings.check_name, &outcome.started);
    let run = Run {
        name: &settings.check_name,
        head_sha: &target.head_sha,
        external_id: &external_id,
        conclusion,
        details_url: outcome
            .context
            .run_url()
            .filter(|url| url.starts_with("http")),
    };
    let client = publication.client(target.token);
    let sent = send(client, &target.repository, &run, &head, &annotations);
    match sent {
        Ok(sent) => {
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
        }) => impossible(format!(
            "{tried}: {}",
            forbidden(&outcome.context, PERMISSION, &text)
        )),
        Err(error) => Status::Failed(error.to_string()),
    }
}

/// What is found again after an answer that did not come: one for each attempt of a run, name and start.
fn external_id(context: &Context, name: &str, started: &str) -> String {
    let part = |part: &Option<String>| part.clone().unwrap_or_else(|| "-".to_owned());
    format!(
        "{}/{}/{name}/{started}",
        part(&context.run_id),
        part(&context.run_attempt)
    )
}

/// What was made.
struct Sent {
    url: Option<String>,
    /// Annotations that GitHub took.
    shown: usize,
    /// Why there are not more.
    problem: Option<String>,
}

fn send(
    client: &mut Client,
    repository: &str,
    run: &Run<'_>,
    head: &Head,
    annotations: &[Value],
) -> Result<Sent, ApiError> {
    let first = annotations.len().min(ANNOTATIONS_PER_REQUEST);
    let (with, rest) = annotations.split_at(first);
    let path = format!("/repos/{repository}/check-runs");
    let (made, mut shown, mut problem) =
        match create(client, repository, run, &head.create(run, with)) {
            Ok(made) => (made, first, None),
            // The verdict matters more than where its findings stand.
            Err(error)
                if first > 0 && matches!(error.fault, Fault::Invalid(_) | Fault::TooLarge) =>
            {
                let made = create(client, repository, run, &head.create(run, &[]))?;
                (made, 0, Some(error.to_string()))
            }
            Err(error) => return Err(error),
        };
    let path = format!("{path}/{}", made.id);
    if problem.is_none() {
        for batch in rest.chunks(ANNOTATIONS_PER_REQUEST) {
            if let Err(error) = add(client, &path, &head.add(batch), shown, batch.len()) {
                problem = Some(error.to_string());
                break;
            }
            shown += batch.len();
        }
    }
    Ok(Sent {
        url: made.html_url.filter(|url| is_page(url)),
        shown,
        problem,
    })
}

/// Creates the run. When nobody knows whether that happened, looks for it and sends again only if it is not there.
fn create(
    client: &mut Client,
    repository: &str,
    run: &Run<'_>,
    body: &Value,
) -> Result<Made, ApiError> {
    let path = format!("/repos/{repository}/check-runs");
    let error = match client.post(&path, body) {
        Ok(made) => return Ok(made),
        Err(error) if error.fault.maybe_done() => error,
        Err(error) => return Err(error),
    };
    let list = format!(
        "/repos/{repository}/commits/{}/check-runs?check_name={}&filter=all&per_page={PER_PAGE}",
        run.head_sha,
        percent_encode(run.name),
    );
    let Ok(listed) = client.get::<Listed>(&list) else {
        return Err(error);
    };
    let ours = |made: &Made| made.external_id.as_deref() == Some(run.external_id);
    match listed.check_runs.into_iter().find(ours) {
        Some(made) => Ok(made),
        None => client.post(&path, body),
    }
}

/// Adds one batch. When nobody knows whether that happened, counts what is there: a batch sent twice stands there twice.
fn add(
    client: &mut Client,
    path: &str,
    body: &Value,
    before: usize,
    batch: usize,
) -> Result<(), ApiError> {
    let error = match client.patch::<Made>(path, body) {
        Ok(_) => return Ok(()),
        Err(error) if error.fault.maybe_done() => error,
        Err(error) => return Err(error),
    };
    let count = client
        .get::<Made>(path)
        .ok()
        .and_then(|made| made.output)
        .and_then(|output| output.annotations_count);
    match count {
        Some(count) if count >= before.saturating_add(batch) => Ok(()),
        Some(count) if count == before => client.patch::<Made>(path, body).map(|_| ()),
        _ => Err(error),
    }
}
