//! Opening the check run before anything is judged, and what the one before it said.

use std::time::Duration;

use super::body::{IN_PROGRESS, Run, verdict_of};
use super::mark::Mark;
use super::open::{Open, State};
use super::runs::{Made, Place, refused};
use super::{PERMISSION, details_url, plan};
use crate::destinations::plan::{Plan, Stage};
use crate::destinations::target::{access, target, usable};
use crate::github::limits::OPENING_S;
use crate::github::names::is_sha;
use crate::github::{ApiError, Client, Fault};
use crate::model::Conclusion;
use crate::settings::Settings;

/// What is known and done once a run has begun.
#[derive(Clone, Debug, Default)]
pub struct Opened {
    /// The verdict that the run before this one had: of the same job, on the same commit or, on a push, on the one before it.
    /// `None` where there was none or nobody could say.
    pub previous: Option<Conclusion>,
    /// The check run, where one was tried to be opened.
    pub check: Option<Open>,
    /// The answer to a token that may not make any.
    pub refused: Option<ApiError>,
}

/// What has to be done before a signal ends the program.
pub type LastWord = Box<dyn FnOnce() + Send>;

/// Opens the check run, without a result: a new one, or that of an earlier attempt. Where that is not wanted or not possible
/// the run goes on without; the end says why. `started` is RFC 3339 in UTC, `at_signal` gets what a signal has to do from
/// then on.
pub fn open(
    settings: &Settings,
    started: &str,
    client: &mut Client,
    at_signal: &mut dyn FnMut(LastWord),
) -> Opened {
    let context = &settings.context;
    let stage = Stage {
        context,
        settings,
        mode: settings.mode,
    };
    let token = usable(settings.token.as_ref());
    let Ok(target) = target(context, token, PERMISSION) else {
        return Opened::default();
    };
    if matches!(plan(&stage), Plan::Not { .. }) {
        return Opened::default();
    }
    let mark = Mark::of(context, settings, started);
    let place = Place {
        repository: target.repository,
        head_sha: target.head_sha,
        name: settings.check_name.clone(),
    };
    let external_id = mark.external_id();
    let access = access(context, target.token, settings.ca_bundle.clone());
    let check = Open::new(access, place.clone(), external_id.clone());
    let mut opened = Opened {
        previous: None,
        check: Some(check.clone()),
        refused: None,
    };
    client.door().lap(Duration::from_secs(OPENING_S));
    // Who cannot read check runs cannot write them either.
    if let Ok(listed) = place.list(client, &place.head_sha) {
        let ours = ours(listed, &mark);
        let before = context.before.as_deref().filter(|sha| is_sha(sha));
        opened.previous = verdict(&ours).or_else(|| {
            let listed = place.list(client, before?).ok()?;
            verdict(&self::ours(listed, &mark))
        });
        let earlier = |made: &&Made| {
            made.external_id
                .as_deref()
                .is_some_and(|id| mark.earlier(id))
        };
        let reuse = ours.iter().find(earlier).map(|made| made.id);
        let run = Run {
            name: &place.name,
            head_sha: &place.head_sha,
            external_id: &external_id,
            // Of no use before the end.
            conclusion: "",
            details_url: details_url(context),
        };
        check.set(State::Opening);
        let last = check.clone();
        at_signal(Box::new(move || last.cancel()));
        let (state, refused) = write(client, &place, &run, started, reuse);
        check.set(state);
        opened.refused = refused;
    }
    let budget = client.door().pace().budget;
    client.door().begin(budget);
    opened
}

/// The completed ones of this job, newest first. One that is open belongs to somebody who is at work.
fn ours(listed: Vec<Made>, mark: &Mark) -> Vec<Made> {
    let same = |made: &Made| {
        let id = made.external_id.as_deref();
        made.completed() && made.of_actions() && id.is_some_and(|id| mark.same_job(id))
    };
    let mut ours: Vec<Made> = listed.into_iter().filter(same).collect();
    // Used again, one keeps its number; times are RFC 3339 in UTC, which sort as text.
    ours.sort_by(|a, b| (&b.completed_at, b.id).cmp(&(&a.completed_at, a.id)));
    ours
}

/// What the newest one says that has a verdict.
fn verdict(ours: &[Made]) -> Option<Conclusion> {
    let titles = ours
        .iter()
        .filter_map(|made| made.output.as_ref()?.title.as_deref());
    titles.filter_map(verdict_of).next()
}

/// Opens the one that is to be used again, else a new one. With it the answer to a token that may not write.
fn write(
    client: &mut Client,
    place: &Place,
    run: &Run<'_>,
    started: &str,
    reuse: Option<u64>,
) -> (State, Option<ApiError>) {
    if let Some(id) = reuse {
        let done =
            |made: &Made| made.is(run.external_id) && made.status.as_deref() == Some(IN_PROGRESS);
        match place.change(client, id, &run.reopen(started), done) {
            Ok(_) => return (State::Open { id, reused: true }, None),
            Err(error) if error.fault.maybe_done() => return (State::Unknown, None),
            // GitHub lets only the workflow run change it that made it.
            Err(error) if refused(&error.fault) => {}
            Err(_) => return (State::Closed, None),
        }
    }
    match place.create(client, &run.open(started)) {
        Ok(made) => {
            let (id, reused) = (made.id, false);
            (State::Open { id, reused }, None)
        }
        Err(error) if error.fault.maybe_done() => (State::Unknown, None),
        Err(error) if matches!(error.fault, Fault::Forbidden(_)) => (State::Closed, Some(error)),
        Err(_) => (State::Closed, None),
    }
}
