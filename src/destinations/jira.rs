//! Jira Cloud: an issue for each cause that `notify-on` names, kept as long as it is there, moved to Done once complete reports no
//! longer find it, and brought back when it returns.
//!
//! Jira Data Center has REST API v2 only, without Atlassian's document format and without this search: it is not supported.

mod api;
mod explain;
mod limits;
mod record;
mod tally;
mod transitions;
mod work;

use api::{Api, quote};
use record::Job;
use tally::Tally;
use work::Work;

use super::plan::{Fix, Plan, Stage};
use super::{Destination, Publication, Status};
use crate::causes::{Seen, causes};
use crate::github::client::percent_encode;
use crate::github::names::is_repository;
use crate::model::{Effect, Judged};
use crate::settings::{Hidden, Jira};

pub(super) const DESTINATION: Destination = Destination {
    id: "jira",
    what: "an issue in Jira Cloud for each package or rule that asks for it, closed when it is fixed",
    plan,
    publish,
};

/// Where requests with a token that has scopes go. It has no pages for people.
const GATEWAY: &str = "https://api.atlassian.com/";

fn plan(stage: &Stage<'_>) -> Plan {
    let Some(jira) = &stage.settings.jira else {
        return Plan::not("`jira-url` is not set");
    };
    let stop = stage.silent().or_else(|| stage.not_due());
    if let Some(stop) = stop {
        return stop;
    }
    if token(jira).is_none() {
        let fix = Fix::Step("jira-token: '${{ secrets.JIRA_TOKEN }}'");
        return Plan::lacks(
            "`jira-token` is not set; secrets are not given to forks",
            fix,
        );
    }
    let what = format!("issues in the project {}", jira.project);
    match jira.user.is_none() && !jira.url.starts_with(GATEWAY) {
        true => Plan::Try {
            what,
            doubt: format!(
                "without `jira-user` the token goes as a bearer token, which Jira Cloud takes at {GATEWAY}ex/jira/<cloud id>; Jira \
                 Data Center is not supported"
            ),
            fix: Fix::Nothing,
        },
        false => Plan::Will(what),
    }
}

/// The token, unless it is empty as an unset secret is.
fn token(jira: &Jira) -> Option<&Hidden> {
    let token = jira.token.as_ref();
    token.filter(|token| !token.reveal().trim().is_empty())
}

fn publish(publication: &mut Publication<'_>) -> Status {
    let (outcome, settings) = (publication.outcome, publication.settings);
    let Some((jira, token)) = settings
        .jira
        .as_ref()
        .and_then(|jira| Some((jira, token(jira)?)))
    else {
        return Status::Failed("`jira-url` or `jira-token` is not set".to_owned());
    };
    let named = outcome
        .context
        .repository
        .as_deref()
        .is_some_and(is_repository);
    let job = Job::of(&outcome.context, settings.category.as_deref()).filter(|_| named);
    let Some(job) = job else {
        return Status::Failed("GITHUB_REPOSITORY names no repository".to_owned());
    };
    let verdict = &outcome.verdict;
    let wanted = |index: usize| match settings.policy.notify_on {
        Some(_) => verdict.has(index, Effect::Notify),
        None => verdict.judged.get(index) == Some(&Judged::Fail),
    };
    let causes = causes(outcome, wanted);
    let label = job.label();
    let work = Work {
        api: Api::new(publication.door(), jira, token),
        outcome,
        seen: Seen::of(outcome),
        job,
        project: &jira.project,
        tally: Tally::default(),
    };
    let tally = work.run(&causes);
    match tally.failure() {
        Some(failure) => Status::Failed(failure),
        None => Status::Done {
            detail: tally.detail(),
            url: page(jira, &label, &tally),
        },
    }
}

/// The page of the only issue that was touched, else the list of all.
fn page(jira: &Jira, label: &str, tally: &Tally) -> Option<String> {
    let url = &jira.url;
    (!url.starts_with(GATEWAY)).then(|| match tally.only() {
        Some(key) => format!("{url}/browse/{key}"),
        None => {
            let query = format!(
                "project = {} AND labels = {}",
                quote(&jira.project),
                quote(label)
            );
            format!("{url}/issues/?jql={}", percent_encode(&query))
        }
    })
}
