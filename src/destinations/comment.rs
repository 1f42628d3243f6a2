//! The one comment on the pull request: what is new, what is fixed, what blocks.
//!
//! Looked for by its marker, and written only when it says something else than the one that is there.

use super::plan::{Plan, Stage};
use super::sticky::{Became, NotWritten, Thread};
use super::target::{forbidden, target};
use super::{Destination, Publication, Status};
use crate::github::limits::COMMENT_BYTES;
use crate::github::{ApiError, Fault};
use crate::model::{Conclusion, Context, Outcome};
use crate::render::comment::{About, markdown, marker};
use crate::settings::{Comment, Settings};

pub(super) const DESTINATION: Destination = Destination {
    id: "comment",
    what: "one comment on the pull request with what is new, what is fixed and what blocks",
    plan,
    publish,
};

/// What the token must be allowed to do.
const PERMISSION: &str = "pull-requests: write";

fn plan(stage: &Stage<'_>) -> Plan {
    let settings = stage.settings;
    if settings.comment == Comment::Never {
        return Plan::not("`comment` is `never`");
    }
    if let Some(silent) = stage.silent() {
        return silent;
    }
    if stage.context.pull_request.is_none() {
        return Plan::not("this run is of no pull request");
    }
    stage
        .by_token("one comment on the pull request", PERMISSION)
        .asked(settings.comment_asked)
}

fn publish(publication: &mut Publication<'_>) -> Status {
    let (outcome, settings) = (publication.outcome, publication.settings);
    let context = &outcome.context;
    // Asked for and impossible is a failure; left to us and impossible is not.
    let impossible = |why: String| match settings.comment_asked {
        true => Status::Failed(why),
        false => Status::Skipped(why),
    };
    let target = match target(context, publication.token(), PERMISSION) {
        Ok(target) => target,
        Err(why) => return impossible(why),
    };
    let Some(number) = context.pull_request else {
        return Status::Skipped("this run is of no pull request".to_owned());
    };
    let body = body(outcome, settings, publication.pages.check.as_deref());
    let marker = marker(
        &settings.check_name,
        settings.category.as_deref(),
        outcome.environment.as_deref(),
    );
    let client = publication.client(target.token);
    let mut thread = Thread::new(client, &target.repository, number, &marker);
    let wanted = wanted(settings.comment, outcome);
    match thread.put(&body, wanted, &target.head_sha) {
        Ok(Some(stands)) => {
            let word = match stands.became {
                Became::Created => "created",
                Became::Updated => "updated",
                Became::Unchanged => "unchanged",
            };
            let parts = std::iter::once(word).chain(stands.notes.iter().map(String::as_str));
            let detail = parts.collect::<Vec<&str>>().join("; ");
            publication.pages.comment = stands.url.clone();
            Status::Done {
                detail,
                url: stands.url,
            }
        }
        Ok(None) => Status::Skipped(nothing(settings.comment).to_owned()),
        Err(NotWritten::Outrun(why)) => Status::Skipped(why),
        Err(NotWritten::Trouble(why)) => Status::Failed(why),
        Err(NotWritten::Refused(error)) => match &error.fault {
            Fault::Forbidden(text) if !is_locked(text) => {
                let why = forbidden(context, PERMISSION, text);
                impossible(format!("{}: {why}", error.tried))
            }
            _ => Status::Failed(explained(context, number, &error)),
        },
    }
}

fn body(outcome: &Outcome, settings: &Settings, check: Option<&str>) -> String {
    let about = About {
        name: &settings.check_name,
        category: settings.category.as_deref(),
        check,
        summary: settings.summary,
    };
    markdown(outcome, &about, COMMENT_BYTES)
}

/// Whether there is to be a comment where there is none yet. One that is there is brought up to date in any case: a verdict
/// that no longer holds must not stand there.
fn wanted(when: Comment, outcome: &Outcome) -> bool {
    let verdict = &outcome.verdict;
    let some = |number: Option<u64>| number.is_some_and(|number| number > 0);
    match when {
        Comment::Never => false,
        Comment::Always => true,
        Comment::OnFailure => matches!(
            verdict.conclusion,
            Conclusion::Fail | Conclusion::Incomplete
        ),
        Comment::OnChange => {
            verdict.conclusion != Conclusion::Pass
                || some(verdict.counts.new)
                || some(verdict.counts.fixed)
        }
    }
}

/// Why there is none.
fn nothing(when: Comment) -> &'static str {
    match when {
        Comment::OnFailure => {
            "the verdict is neither `fail` nor `incomplete`, and no comment has to be brought up to date (`comment: on-failure`)"
        }
        _ => {
            "the verdict is `pass`, nothing is new or fixed, and no comment has to be brought up to date (`comment: on-change`)"
        }
    }
}

/// GitHub says so of a conversation that only collaborators may write in.
fn is_locked(text: &str) -> bool {
    text.to_ascii_lowercase().contains("locked")
}

/// What a refusal means here, and what to do.
fn explained(context: &Context, number: u64, error: &ApiError) -> String {
    let what = match &error.fault {
        Fault::Forbidden(_) => {
            "the conversation of the pull request is locked; unlock it, or set `comment: never`".to_owned()
        }
        Fault::NotFound => format!(
            "the token sees no pull request {number} in {}; give the job `permissions: {{contents: read, {PERMISSION}}}`",
            context.repository.as_deref().unwrap_or("this repository"),
        ),
        Fault::Gone => {
            "comments are switched off in this repository; set `comment: never`".to_owned()
        }
        Fault::Invalid(_) => {
            "GitHub does not take the comment, because of its text or because the pull request has too many; the summary of \
             the workflow run says the same"
                .to_owned()
        }
        _ => return error.to_string(),
    };
    format!("{what} ({error})")
}
