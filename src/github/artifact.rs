//! The evidence that an earlier run uploaded as an artifact.
//!
//! Anybody can open a pull request whose run uploads an artifact of the same name, and anybody can call a branch of a fork
//! or a tag as the branch that counts. So the artifact must come from a successful run, started by a push to that branch of
//! this repository, at a commit that the branch still has.

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::Fault;
use super::client::{Client, percent_encode};
use super::command::safe_log_text;
use super::compare::is_in_history;
use super::contents::tip;
use super::fetched::{Fetched, NotFetched, Sizes};
use super::limits::{ARTIFACT_CANDIDATES, ARTIFACT_PAGES, ERROR_TEXT_CHARS, PER_PAGE};
use super::unpack::only_file;

/// The file that counts.
const FILE: &str = "results.sarif";

/// What asking for artifacts and runs needs.
const PERMISSION: &str = "actions: read";

#[derive(Deserialize)]
struct Page {
    artifacts: Vec<Artifact>,
}

#[derive(Clone, Deserialize)]
struct Artifact {
    id: u64,
    name: String,
    expired: bool,
    created_at: Option<String>,
    /// `sha256:` and the hash of the archive; GitHub gives it for uploads by actions/upload-artifact v4 and later.
    digest: Option<String>,
    workflow_run: Option<Origin>,
}

#[derive(Clone, Deserialize)]
struct Origin {
    id: Option<u64>,
    repository_id: Option<u64>,
    head_repository_id: Option<u64>,
    head_branch: Option<String>,
    head_sha: Option<String>,
}

#[derive(Deserialize)]
struct Run {
    id: u64,
    event: Option<String>,
    conclusion: Option<String>,
    head_branch: Option<String>,
    head_sha: Option<String>,
    head_repository: Option<Repository>,
    created_at: Option<String>,
}

#[derive(Deserialize)]
struct Repository {
    full_name: String,
}

/// The newest artifact called `name` that a successful push run on `branch` left behind, unpacked to its `results.sarif`.
///
/// # Errors
/// [`NotFetched`] says which artifacts were looked at and why they do not count, which permission is missing, or what is
/// wrong with the archive. One that counts and is broken is an error; no older one takes its place.
pub fn latest(
    client: &mut Client,
    repository: &str,
    repository_id: Option<u64>,
    branch: &str,
    name: &str,
    sizes: Sizes,
) -> Result<Fetched, NotFetched> {
    let tip =
        tip(client, repository, branch).map_err(|error| NotFetched::of(error, "contents: read"))?;
    let mut refused = Vec::new();
    for page in 1..=ARTIFACT_PAGES {
        let path = format!(
            "/repos/{repository}/actions/artifacts?name={}&per_page={PER_PAGE}&page={page}",
            percent_encode(name)
        );
        let listed: Page = client
            .get(&path)
            .map_err(|error| NotFetched::of(error, PERMISSION))?;
        let last = listed.artifacts.len() < PER_PAGE;
        let mut candidates: Vec<Artifact> = listed
            .artifacts
            .into_iter()
            .filter(|artifact| artifact.name == name && is_of(artifact, repository_id, branch))
            .collect();
        // GitHub lists the newest first, but does not promise it.
        candidates.sort_by(|a, b| (&b.created_at, b.id).cmp(&(&a.created_at, a.id)));
        for artifact in candidates {
            if refused.len() >= ARTIFACT_CANDIDATES {
                return Err(none(branch, name, &refused));
            }
            match run_of(client, repository, branch, &tip, &artifact)? {
                Ok(run) => return unpacked(client, repository, &artifact, run, sizes),
                Err(why) => refused.push(why),
            }
        }
        if last {
            break;
        }
    }
    Err(none(branch, name, &refused))
}

/// Whether an artifact is there and of a branch of this very repository.
fn is_of(artifact: &Artifact, repository_id: Option<u64>, branch: &str) -> bool {
    artifact.workflow_run.as_ref().is_some_and(|origin| {
        !artifact.expired
            && origin.head_branch.as_deref() == Some(branch)
            && origin.repository_id.is_some()
            && origin.head_repository_id == origin.repository_id
            && repository_id.is_none_or(|id| origin.repository_id == Some(id))
    })
}

/// The run that made an artifact, or why it does not count.
fn run_of(
    client: &mut Client,
    repository: &str,
    branch: &str,
    tip: &str,
    artifact: &Artifact,
) -> Result<Result<Run, String>, NotFetched> {
    let Some(origin) = artifact.workflow_run.as_ref() else {
        return Ok(Err(format!("artifact {} names no run", artifact.id)));
    };
    let Some(id) = origin.id else {
        return Ok(Err(format!("artifact {} names no run", artifact.id)));
    };
    let path = format!("/repos/{repository}/actions/runs/{id}");
    let run: Run = match client.get(&path) {
        Ok(run) => run,
        // A run can be deleted while its artifact is still listed.
        Err(error) if error.fault == Fault::NotFound => {
            return Ok(Err(format!("run {id} is gone")));
        }
        Err(error) => return Err(NotFetched::of(error, PERMISSION)),
    };
    let wrong = |what: &str, value: Option<&str>| {
        let value = safe_log_text(value.unwrap_or("nothing"), ERROR_TEXT_CHARS);
        Ok(Err(format!("run {id}: {what} is `{value}`")))
    };
    let full_name = run.head_repository.as_ref().map(|of| of.full_name.as_str());
    if run.id != id || run.head_sha != origin.head_sha {
        return Ok(Err(format!("run {id} and its artifact disagree")));
    }
    if run.event.as_deref() != Some("push") {
        return wrong("its event", run.event.as_deref());
    }
    if run.conclusion.as_deref() != Some("success") {
        return wrong("its conclusion", run.conclusion.as_deref());
    }
    if run.head_branch.as_deref() != Some(branch) {
        return wrong("its branch", run.head_branch.as_deref());
    }
    if !full_name.is_some_and(|name| name.eq_ignore_ascii_case(repository)) {
        return wrong("its repository", full_name);
    }
    // The push of a tag that is called as the branch looks the same up to here.
    let commit = run.head_sha.as_deref().unwrap_or_default();
    let known = is_in_history(client, repository, commit, tip)
        .map_err(|error| NotFetched::of(error, "contents: read"))?;
    if known {
        Ok(Ok(run))
    } else {
        wrong("its commit, which the branch does not have,", Some(commit))
    }
}

fn unpacked(
    client: &mut Client,
    repository: &str,
    artifact: &Artifact,
    run: Run,
    sizes: Sizes,
) -> Result<Fetched, NotFetched> {
    let place = format!(
        "artifact `{}` of run {}",
        safe_log_text(&artifact.name, ERROR_TEXT_CHARS),
        run.id
    );
    let unusable = |why: &str| {
        NotFetched::Unusable(format!(
            "{place} cannot be used: {why}; run the workflow on the branch again"
        ))
    };
    let path = format!("/repos/{repository}/actions/artifacts/{}/zip", artifact.id);
    let archive = match client.download(&path, sizes.packed) {
        Ok(archive) => archive,
        Err(error) => {
            return Err(match error.fault {
                Fault::TooLong(most) => {
                    unusable(&format!("the archive is larger than {most} bytes"))
                }
                Fault::Gone | Fault::NotFound => unusable("it has expired"),
                _ => NotFetched::of(error, PERMISSION),
            });
        }
    };
    if let Some(wanted) = artifact
        .digest
        .as_deref()
        .and_then(|digest| digest.strip_prefix("sha256:"))
    {
        let is: String = Sha256::digest(&archive)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        if !is.eq_ignore_ascii_case(wanted) {
            return Err(unusable(
                "what was downloaded is not what was uploaded (SHA-256)",
            ));
        }
    }
    let bytes = only_file(&archive, FILE, sizes.unpacked).map_err(|why| unusable(&why))?;
    Ok(Fetched {
        bytes,
        place,
        sha: run.head_sha,
        taken: run.created_at,
        notes: Vec::new(),
    })
}

fn none(branch: &str, name: &str, refused: &[String]) -> NotFetched {
    let (branch, name) = (
        safe_log_text(branch, ERROR_TEXT_CHARS),
        safe_log_text(name, ERROR_TEXT_CHARS),
    );
    let looked = if refused.is_empty() {
        String::new()
    } else {
        format!(" (looked at: {})", refused.join("; "))
    };
    NotFetched::None(format!(
        "no artifact `{name}` of a successful push to `{branch}`{looked}; let the workflow run on pushes to `{branch}` and \
         upload the evidence folder under this name with actions/upload-artifact"
    ))
}
