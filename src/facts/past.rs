//! Finds the baseline: the findings of an earlier run.

use crate::baseline::{Baseline, Origin};
use crate::github::compare::distance;
use crate::github::{Fetched, NotFetched, Sizes, analyses, artifact, git_ref};
use crate::model::{Status, Text, analysis_scope};
use crate::reading::Reading;
use crate::settings::{BaselineFrom, Settings};

use super::exempt::Look;
use super::hub::Hub;

/// Name of the artifact that holds the evidence, where nobody names another: what the README tells to upload.
pub const ARTIFACT: &str = "sarif-gate-evidence";

/// The branch whose past counts: the one that the change is going to, else the one that was pushed, else the default one.
fn branch(settings: &Settings) -> Option<String> {
    let context = &settings.context;
    if context.is_proposal() {
        return context.base_ref.clone();
    }
    let pushed = context.git_ref.as_deref();
    let pushed = pushed.and_then(|git_ref| git_ref.strip_prefix("refs/heads/"));
    pushed
        .map(str::to_owned)
        .or_else(|| context.default_branch.clone())
}

/// The baseline; `Ok(None)` where nobody asks for one.
///
/// # Errors
/// Why there is none although somebody asks, in a sentence that says what to do.
pub(super) fn find(
    settings: &Settings,
    hub: Option<&mut Hub>,
    trusted: Look<'_>,
) -> Result<Option<Baseline>, String> {
    match &settings.baseline {
        BaselineFrom::None => Ok(None),
        BaselineFrom::Auto if !settings.context.actions => Ok(None),
        BaselineFrom::Path(path) => {
            let bytes = trusted(path)
                .map_err(|why| format!("{} cannot be read: {why}", crate::settings::plain(path)))?
                .ok_or_else(|| {
                    format!(
                        "there is no file {}; write one with `sarif-gate convert`, or take evidence of an earlier run",
                        crate::settings::plain(path)
                    )
                })?;
            let origin = Origin {
                source: "path",
                place: crate::settings::plain(path),
                ..Origin::default()
            };
            read(settings, origin, Vec::new(), &[bytes], path).map(Some)
        }
        from => {
            let hub = hub.ok_or_else(|| {
                "GitHub cannot be asked for one without a token; give the input `token`, or name a file".to_owned()
            })?;
            let branch = branch(settings)
                .ok_or_else(|| "nobody knows which branch this change is going to".to_owned())?;
            fetch(settings, from, hub, &branch).map(Some)
        }
    }
}

fn fetch(
    settings: &Settings,
    from: &BaselineFrom,
    hub: &mut Hub,
    branch: &str,
) -> Result<Baseline, String> {
    match from {
        BaselineFrom::Artifact { name } => {
            let (client, repository) = hub.parts();
            let name = name.as_deref().unwrap_or(ARTIFACT);
            let found = artifact::latest(client, repository, None, branch, name, Sizes::default());
            let found = found.map_err(|error| error.to_string())?;
            of_evidence(settings, "artifact", found)
        }
        BaselineFrom::CodeScanning => of_analyses(settings, hub, branch),
        BaselineFrom::GitRef => {
            let (client, repository) = hub.parts();
            let found = git_ref::read(client, repository, branch, Sizes::default());
            let found = found.map_err(|error| error.to_string())?;
            of_evidence(settings, "git-ref", found)
        }
        BaselineFrom::Auto | BaselineFrom::Path(_) | BaselineFrom::None => {
            let (client, repository) = hub.parts();
            let sizes = Sizes::default();
            match artifact::latest(client, repository, None, branch, ARTIFACT, sizes) {
                Ok(found) => of_evidence(settings, "artifact", found),
                // One that is there and cannot be used is not replaced by another, and a server that does not answer is not
                // asked again.
                Err(none @ (NotFetched::None(_) | NotFetched::Forbidden(_))) => {
                    of_analyses(settings, hub, branch)
                        .map_err(|analyses| format!("{none}; code scanning: {analyses}"))
                }
                Err(other) => Err(other.to_string()),
            }
        }
    }
    .map(|mut baseline| {
        // Whether a baseline lies far behind is worth a request, not a failure.
        let context = &settings.context;
        let base = context.base_sha.as_ref().or(context.sha.as_ref());
        let head = context.head_sha.as_ref().or(context.sha.as_ref());
        if let (Some(sha), Some(base), Some(head)) = (&baseline.sha, base, head) {
            let (client, repository) = hub.parts();
            baseline.behind = distance(client, repository, sha, base, head);
        }
        baseline
    })
}

/// Reads the `results.sarif` of an earlier run.
fn of_evidence(
    settings: &Settings,
    source: &'static str,
    found: Fetched,
) -> Result<Baseline, String> {
    let origin = Origin {
        source,
        place: found.place,
        sha: found.sha,
        taken: found.taken,
    };
    let logs = [found.bytes];
    read(settings, origin, found.notes, &logs, "results.sarif")
}

fn of_analyses(settings: &Settings, hub: &mut Hub, branch: &str) -> Result<Baseline, String> {
    let (client, repository) = hub.parts();
    let category = settings.category.as_deref();
    let found = analyses::latest(client, repository, branch, category, Sizes::default());
    let found = found.map_err(|error| error.to_string())?;
    let origin = Origin {
        source: "code-scanning",
        place: found.place,
        sha: found.sha,
        taken: found.taken,
    };
    read(settings, origin, found.notes, &found.logs, "analysis.sarif")
}

/// Reads the logs as reports of another time: the files of this checkout say nothing about them.
fn read(
    settings: &Settings,
    origin: Origin,
    notes: Vec<String>,
    logs: &[Vec<u8>],
    name: &str,
) -> Result<Baseline, String> {
    let reading = Reading::of_another_time(settings);
    let mut reports = reading.read_bytes(logs, name);
    for report in &reports {
        if let (false, Status::Unusable(why)) = (report.understood, &report.status) {
            return Err(format!("{} cannot be used: {why}", origin.place));
        }
    }
    // What was uploaded has categories of ours, which name the tool besides what it looked at.
    for run in reports.iter_mut().flat_map(|report| &mut report.runs) {
        let root = settings.category.as_deref();
        let category = run.category.as_deref().unwrap_or_default();
        if let Some(scope) = analysis_scope(category, root, &run.tool)
            .or_else(|| analysis_scope(category, None, &run.tool))
        {
            run.category = scope.map(Text::from);
        }
    }
    let findings = reading.merge(&mut reports);
    let mut baseline = Baseline::of(origin, &findings, &reports);
    baseline.notes.extend(notes);
    Ok(baseline)
}
