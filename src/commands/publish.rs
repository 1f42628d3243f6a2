//! `publish`: what a run may not tell, a trusted one does. The bundle is scanner text; commit and pull request come from the
//! event and from GitHub, the rules from the base branch.

use std::io::Read as _;
use std::path::Path;

use serde_json::Value;

use super::run::whole;
use super::trusted;
use super::world::{World, complain};
use crate::bundle::limits::{PACKED_BYTES, UNPACKED_BYTES};
use crate::bundle::{self, Bundle, Of};
use crate::destinations::action_outputs;
use crate::exit::{self, End};
use crate::github::gunzip;
use crate::github::names::{is_repository, is_sha};
use crate::github::pulls::{Head, OpenPull, with_head};
use crate::model::{Context, safe_log_text};
use crate::run;
use crate::settings::{Inputs, Text, context, inputs, is_bundle};

/// Why nothing was published. A usage error.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct PublishError(String);

fn refused<T>(why: impl Into<String>) -> Result<T, PublishError> {
    Err(PublishError(why.into()))
}

/// The path of a bundle that the input `publish` names in place of a word.
pub(super) fn named(world: &World) -> Option<String> {
    let named = world.environment.get("INPUT_PUBLISH")?.trim();
    (world.actions && is_bundle(named)).then(|| named.to_owned())
}

/// Publishes.
pub(super) fn publish(world: &World, path: &str, mut flags: Inputs) -> anyhow::Result<u8> {
    if !world.actions {
        return Ok(refused(
            "`sarif-gate publish` works in GitHub Actions, in a job that `workflow_run` starts (docs/forks.md); to judge \
             reports here, use `sarif-gate run`",
        )?);
    }
    let (given, _) = inputs::from_environment(&world.environment);
    if flags.reports.is_some() || given.reports.is_some() {
        return Ok(refused(
            "`publish` judges the reports that the bundle is of; leave `reports` out",
        )?);
    }
    let place = place(world);
    let event = Event::of(world, &place)?;
    let bundle = unpacked(world, path)?;
    compare(&bundle.of, &event, &place, None)?;
    let ca_bundle = flags.ca_bundle.as_ref().or(given.ca_bundle.as_ref());
    let ca_bundle = ca_bundle.map(|path| path.0.trim().to_owned());
    let token = flags.token.as_ref().or(given.token.as_ref());
    let mut client = trusted::client(&place, token, ca_bundle.as_deref()).map_err(PublishError)?;
    let head = Head {
        repository: &event.head_repository,
        branch: &event.head_branch,
        sha: &event.head_sha,
    };
    let pulls = with_head(&mut client, &event.repository, head).map_err(|error| {
        PublishError(format!(
            "the pull request of the run cannot be looked for: {error}; the job needs `permissions: {{contents: read, \
             pull-requests: read}}` or more"
        ))
    })?;
    let pull = match pulls.as_slice() {
        [pull] => pull,
        [] => return moved_on(world, &event),
        several => {
            let numbers: Vec<String> = several.iter().map(|p| format!("#{}", p.number)).collect();
            complain(&format!(
                "nothing was published: {} are all of commit {}, and each could be judged by other rules; nobody can tell \
                 which of them the bundle is for. Close all but one.",
                numbers.join(", "),
                event.head_sha
            ));
            return Ok(exit::code(End::Unreadable));
        }
    };
    compare(&bundle.of, &event, &place, Some(pull))?;
    // The config of the base branch says `later` for the runs that write bundles.
    flags.publish = Some(Text("now".to_owned()));
    let settings = world.settings_at(flags, of_pull(place, &event, pull))?;
    whole(world, &settings, |outside| {
        run::publish(&settings, bundle, outside)
    })
}

/// Where this run takes place, by the runner's own words.
fn place(world: &World) -> Context {
    context(
        &world.environment,
        payload(world).as_deref(),
        &world.directory,
    )
}

fn payload(world: &World) -> Option<String> {
    let path = world.environment.get("GITHUB_EVENT_PATH")?;
    let bytes = world.read(path).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// What the event says of the run that wrote the bundle.
struct Event {
    repository: String,
    head_repository: String,
    head_branch: String,
    head_sha: String,
    run_id: u64,
}

impl Event {
    fn of(world: &World, place: &Context) -> Result<Event, PublishError> {
        if place.event != "workflow_run" {
            return refused(format!(
                "a bundle is published by a job that `workflow_run` starts, because only then is the workflow's own file that \
                 of the default branch; this is `{}` (docs/forks.md)",
                safe_log_text(&place.event, 40)
            ));
        }
        let unknown = |what: &str| {
            PublishError(format!(
                "the event does not say {what}, so nobody knows what the bundle is for"
            ))
        };
        let payload: Value = payload(world)
            .and_then(|text| serde_json::from_str(text.trim_start_matches('\u{feff}')).ok())
            .ok_or_else(|| unknown("anything that can be read"))?;
        let text = |pointer: &str| payload.pointer(pointer).and_then(Value::as_str);
        let started_by = text("/workflow_run/event").unwrap_or_default();
        if started_by != "pull_request" {
            return refused(format!(
                "the run that ended was started by `{}`, and bundles come from `pull_request` alone; give the job `if: \
                 github.event.workflow_run.event == 'pull_request'`",
                safe_log_text(started_by, 40)
            ));
        }
        let repository = place.repository.clone().filter(|name| is_repository(name));
        let head =
            text("/workflow_run/head_repository/full_name").filter(|name| is_repository(name));
        let branch = text("/workflow_run/head_branch").filter(|name| !name.is_empty());
        let sha = text("/workflow_run/head_sha").filter(|sha| is_sha(sha));
        let run_id = payload.pointer("/workflow_run/id").and_then(Value::as_u64);
        Ok(Event {
            repository: repository.ok_or_else(|| unknown("which repository this is"))?,
            head_repository: head
                .ok_or_else(|| unknown("which repository the change comes from"))?
                .to_owned(),
            head_branch: branch
                .ok_or_else(|| unknown("which branch the change comes from"))?
                .to_owned(),
            head_sha: sha
                .ok_or_else(|| unknown("which commit it was about"))?
                .to_owned(),
            run_id: run_id.ok_or_else(|| unknown("which run has ended"))?,
        })
    }
}

/// Reads the file: sizes are counted while it is unpacked, whatever it says of itself.
fn unpacked(world: &World, path: &str) -> Result<Bundle, PublishError> {
    let shown = safe_log_text(path, 200);
    let cannot = |why: &str| PublishError(format!("{shown} cannot be published: {why}"));
    let at = Path::new(&world.directory).join(path);
    let most = u64::try_from(PACKED_BYTES).unwrap_or(u64::MAX);
    let mut packed = Vec::new();
    std::fs::File::open(&at)
        .and_then(|file| {
            if file.metadata()?.is_dir() {
                return Err(std::io::Error::other("it is a folder; name the file in it"));
            }
            file.take(most.saturating_add(1)).read_to_end(&mut packed)
        })
        .map_err(|error| {
            cannot(&format!(
                "{error}; is it what actions/download-artifact unpacked, and did the run that ended upload it?"
            ))
        })?;
    if packed.len() > PACKED_BYTES {
        return Err(cannot(&format!("it has more than {PACKED_BYTES} bytes")));
    }
    if packed.starts_with(b"PK") {
        return Err(cannot(
            "it is a zip archive; let actions/download-artifact unpack it and name the `publish.bundle` in it",
        ));
    }
    if !packed.starts_with(&[0x1f, 0x8b]) {
        return Err(cannot(
            "it is no bundle; only what a run with `publish: later` writes is read (publish.bundle in the folder of its evidence)",
        ));
    }
    let bytes = gunzip(&packed, UNPACKED_BYTES).map_err(|why| cannot(&format!("it {why}")))?;
    bundle::read(&bytes).map_err(|error| cannot(&error.to_string()))
}

/// What a bundle says of itself is believed in nothing; where it contradicts what is known, it is the wrong one.
fn compare(
    of: &Of,
    event: &Event,
    place: &Context,
    pull: Option<&OpenPull>,
) -> Result<(), PublishError> {
    let differs = |what: &str, said: &str, is: &str| {
        refused(format!(
            "the bundle says that it is of {what} {}, but the run that ended was of {is}: it is the wrong one, or somebody \
             made it up",
            safe_log_text(said, 80)
        ))
    };
    let repository = place.repository.as_deref().unwrap_or_default();
    if let Some(said) = &of.repository
        && !said.eq_ignore_ascii_case(repository)
    {
        return differs("repository", said, repository);
    }
    if let Some(said) = &of.head_sha
        && !said.eq_ignore_ascii_case(&event.head_sha)
    {
        return differs("commit", said, &event.head_sha);
    }
    let run_id = event.run_id.to_string();
    if let Some(said) = &of.run_id
        && *said != run_id
    {
        return differs("run", said, &run_id);
    }
    match (of.pull_request, pull) {
        (Some(said), Some(pull)) if said != pull.number => {
            differs("pull request", &said.to_string(), &pull.number.to_string())
        }
        _ => Ok(()),
    }
}

/// The pull request has another head by now, or is closed: nothing is told of what it was. The run for its present head
/// publishes, and until then the pull request has no check.
fn moved_on(world: &World, event: &Event) -> anyhow::Result<u8> {
    let why = format!(
        "nothing was published: no open pull request has {} as its head any more; the run for the present head publishes",
        event.head_sha
    );
    complain(&why);
    if let Some(path) = world
        .environment
        .get("GITHUB_OUTPUT")
        .filter(|path| !path.is_empty())
    {
        action_outputs::write_reason(path, &why)?;
    }
    Ok(exit::code(End::Done))
}

/// The place of a run of the pull request itself, but for what is ours: the run, the job, the token.
fn of_pull(place: Context, event: &Event, pull: &OpenPull) -> Context {
    Context {
        trusted_run: true,
        event: "pull_request".to_owned(),
        pull_request: Some(pull.number),
        fork: pull.fork,
        dependabot: false,
        head_sha: Some(event.head_sha.clone()),
        sha: Some(event.head_sha.clone()),
        git_ref: Some(format!("refs/pull/{}/head", pull.number)),
        base_ref: Some(pull.base_ref.clone()),
        base_sha: Some(pull.base_sha.clone()),
        before: None,
        ..place
    }
}
