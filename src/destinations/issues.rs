//! Tracking issues: one for each cause (a package, a rule) that `issue-on` names, opened, kept up to date, closed when complete
//! reports no longer have it, and opened again when it comes back.
//!
//! An issue is found by its label, the hidden first line of its body and its author. Each run writes a bounded number, the worst
//! first; what is left is counted, and comes in the next one.

mod kept;
mod send;
mod steps;

use std::collections::BTreeSet;

use super::plan::{Fix, Plan, Stage};
use super::target::{forbidden, target};
use super::{Destination, Publication, Status};
use crate::causes::{Seen, causes};
use crate::github::client::percent_encode;
use crate::github::{ApiError, Fault};
use crate::model::{Context, Effect};
use send::{Sender, Sent};
use steps::{Left, decide};

pub(super) const DESTINATION: Destination = Destination {
    id: "issues",
    what: "an issue for each package or rule that `issue-on` names, closed when it is fixed",
    plan,
    publish,
};

/// What the token must be allowed to do.
const PERMISSION: &str = "issues: write";

/// The label that all issues of ours have, and that they are listed by.
const LABEL: &str = "sarif-gate";

fn plan(stage: &Stage<'_>) -> Plan {
    if stage.settings.policy.issue_on.is_empty() {
        return Plan::not("`issue-on` names nothing");
    }
    if let Some(plan) = stage.silent().or_else(|| stage.not_due()) {
        return plan;
    }
    let what = match stage.context.private {
        Some(true) => "issues for what `issue-on` names",
        Some(false) => {
            "issues for what `issue-on` names, in a PUBLIC repository: everybody will read them"
        }
        None => {
            "issues for what `issue-on` names, in a repository that may be PUBLIC: everybody could read them"
        }
    };
    stage.by_token(what, PERMISSION).asked(true)
}

fn publish(publication: &mut Publication<'_>) -> Status {
    let outcome = publication.outcome;
    let context = &outcome.context;
    let target = match target(context, publication.token(), PERMISSION) {
        Ok(target) => target,
        Err(why) => return Status::Failed(why),
    };
    let all = causes(outcome, |index| outcome.verdict.has(index, Effect::Issue));
    let seen = Seen::of(outcome);
    let mut sender = Sender::new(publication.client(target.token), &target.repository);
    let kept = match sender.list() {
        Ok(kept) => kept,
        Err(error) => return Status::Failed(explained(context, &error)),
    };
    let (steps, left) = decide(outcome, &all, &seen, &kept);
    let sent = sender.send(outcome, &all, steps);
    let detail = detail(&sent, &left);
    match sent.problems.first() {
        None => Status::Done {
            detail: detail
                .unwrap_or_else(|| "no finding asks for an issue, and none is open".to_owned()),
            url: page(context, &target.repository),
        },
        Some(why) => {
            let more = match sent.problems.len().saturating_sub(1) {
                0 => String::new(),
                more => format!(" (and {more} more like it)"),
            };
            let done = detail.map_or_else(String::new, |detail| format!("; {detail}"));
            Status::Failed(format!("{why}{more}{done}"))
        }
    }
}

/// The list of our issues for people.
fn page(context: &Context, repository: &str) -> Option<String> {
    let server = &context.server_url;
    let query = percent_encode(&format!("is:issue label:{LABEL}"));
    let url = format!("{server}/{repository}/issues?q={query}");
    server.starts_with("http").then_some(url)
}

/// What a refusal means here, and what to do.
fn explained(context: &Context, error: &ApiError) -> String {
    let tried = &error.tried;
    match &error.fault {
        Fault::Forbidden(text) => format!("{tried}: {}", forbidden(context, PERMISSION, text)),
        Fault::NotFound => format!("{error}{}", Fix::Job(PERMISSION).words()),
        Fault::Gone => format!(
            "{tried}: issues are switched off in this repository (410); switch them on in its settings, or take `issue-on` away"
        ),
        _ => error.to_string(),
    }
}

/// What was done, and what was not and why; `None` where there is nothing to say.
fn detail(sent: &Sent, left: &Left) -> Option<String> {
    let mut parts = Vec::new();
    let mut say = |number: usize, what: &str| {
        if number > 0 {
            parts.push(format!("{number} {what}"));
        }
    };
    say(sent.opened, "opened");
    say(sent.updated, "updated");
    say(sent.reopened, "opened again");
    say(sent.closed, "closed as fixed");
    say(left.unchanged, "unchanged");
    say(left.later.saturating_add(sent.later), "more next run");
    say(
        left.not_planned,
        "closed by people as not planned, left alone",
    );
    let unseen = names(&left.unseen_tools);
    say(
        left.unseen,
        &format!("left open, because no complete report of {unseen} came with this run"),
    );
    say(
        left.unknown,
        "no longer found and left open, because nobody knows what has to be looked at",
    );
    say(
        left.unasked,
        "left open as they are, because `issue-on` no longer asks for what they are about",
    );
    say(left.doubled, "doubled ones left alone, close them by hand");
    if let Some(number) = sent.unlabelled {
        parts.push(format!(
            "issue {number} is ours and has lost its label `{LABEL}`, so no second one was opened; give it back"
        ));
    }
    if !left.whole {
        parts.push(format!(
            "nothing new was opened, because more issues have the label `{LABEL}` than are read; take it from old closed ones"
        ));
    }
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn names(tools: &BTreeSet<String>) -> String {
    /// Tools that are named.
    const NAMED: usize = 5;
    let named: Vec<&str> = tools.iter().take(NAMED).map(String::as_str).collect();
    match tools.len().saturating_sub(NAMED) {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}
