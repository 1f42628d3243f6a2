//! A baseline kept in the repository itself, beside its branches: `refs/sarif-gate/baseline/BRANCH` points to a commit
//! without parents whose tree holds the packed `results.sarif`, and whose message says of which commit it is and when it
//! was taken.
//!
//! Clones do not fetch the ref, and no history grows: each write replaces the last. Everybody who may push to the
//! repository may write it, and read it who may read the code; so it is for private repositories whose writers are trusted.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use super::client::Client;
use super::command::safe_log_text;
use super::compare::is_in_history;
use super::contents::commit_of;
use super::fetched::{Fetched, NotFetched, Sizes};
use super::limits::{ERROR_TEXT_CHARS, GIT_BASELINE_BYTES, RAW};
use super::names::{branch_path, is_repository, is_sha};
use super::unpack::{gunzip, gzip};
use super::{ApiError, Fault};
use crate::model::instant;

/// The refs, without `refs/`.
const REFS: &str = "sarif-gate/baseline";
/// The file in the tree.
const FILE: &str = "results.sarif.gz";
/// Trailer of the commit message: the commit that the evidence is of.
const COMMIT: &str = "Sarif-Gate-Commit";
/// Trailer of the commit message: when the evidence was made, RFC 3339.
const TAKEN: &str = "Sarif-Gate-Taken";

#[derive(Deserialize)]
struct Commit {
    message: String,
    tree: Object,
}

#[derive(Deserialize)]
struct Object {
    sha: String,
}

#[derive(Deserialize)]
struct Tree {
    tree: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    path: String,
    #[serde(rename = "type")]
    kind: String,
    sha: String,
}

/// Why nothing was written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotWritten {
    /// What stands there is of a later commit, and is not replaced by an older one.
    #[error("{0}")]
    Older(String),
    /// What was handed in cannot be written.
    #[error("{0}")]
    Unfit(String),
    /// The token may not write.
    #[error("{0}; give the job `permissions: contents: write`")]
    Forbidden(ApiError),
    /// Another request failed.
    #[error(transparent)]
    Api(ApiError),
}

impl From<ApiError> for NotWritten {
    fn from(error: ApiError) -> NotWritten {
        match error.fault {
            Fault::Forbidden(_) => NotWritten::Forbidden(error),
            _ => NotWritten::Api(error),
        }
    }
}

/// The path of the ref within a request, and its whole name.
fn of(repository: &str, branch: &str) -> Option<(String, String)> {
    let path = branch_path(branch).filter(|_| is_repository(repository))?;
    Some((format!("{REFS}/{path}"), format!("refs/{REFS}/{branch}")))
}

fn commit(client: &mut Client, repository: &str, sha: &str) -> Result<Commit, ApiError> {
    client.get(&format!("/repos/{repository}/git/commits/{sha}"))
}

/// Reads the baseline of a branch.
///
/// # Errors
/// [`NotFetched`] says whether there is none, a permission is missing, or what is wrong with it.
pub fn read(
    client: &mut Client,
    repository: &str,
    branch: &str,
    sizes: Sizes,
) -> Result<Fetched, NotFetched> {
    const PERMISSION: &str = "contents: read";
    let refused = |error| NotFetched::of(error, PERMISSION);
    let shown = safe_log_text(branch, ERROR_TEXT_CHARS);
    let Some((path, name)) = of(repository, branch) else {
        return Err(NotFetched::None(format!("`{shown}` is no branch")));
    };
    let unusable = |why: &str| {
        NotFetched::Unusable(format!(
            "{name} cannot be used: {why}; push to `{shown}` to have it written again"
        ))
    };
    let head = match commit_of(client, repository, &path, &name) {
        Ok(head) => head,
        Err(error) if error.fault == Fault::NotFound => {
            return Err(NotFetched::None(format!(
                "there is no {name}; it is written by a run on a push to `{shown}` with `baseline: git-ref` and \
                 `permissions: contents: write`"
            )));
        }
        Err(error) => return Err(refused(error)),
    };
    let commit = commit(client, repository, &head).map_err(refused)?;
    let (sha, taken) = trailers(&commit.message)
        .ok_or_else(|| unusable("its commit does not say what it is of"))?;
    if !is_sha(&commit.tree.sha) {
        return Err(unusable("it has no tree"));
    }
    let tree: Tree = client
        .get(&format!(
            "/repos/{repository}/git/trees/{}",
            commit.tree.sha
        ))
        .map_err(refused)?;
    let file = tree
        .tree
        .iter()
        .find(|entry| entry.path == FILE && entry.kind == "blob" && is_sha(&entry.sha))
        .ok_or_else(|| unusable(&format!("it holds no {FILE}")))?;
    let path = format!("/repos/{repository}/git/blobs/{}", file.sha);
    let packed = match client.get_bytes(&path, RAW, sizes.packed) {
        Ok(packed) => packed,
        Err(error) => {
            return Err(match error.fault {
                Fault::TooLong(most) => unusable(&format!("{FILE} is larger than {most} bytes")),
                _ => refused(error),
            });
        }
    };
    let bytes =
        gunzip(&packed, sizes.unpacked).map_err(|why| unusable(&format!("its {FILE} {why}")))?;
    Ok(Fetched {
        bytes,
        place: name,
        sha: Some(sha),
        taken: Some(taken),
        notes: Vec::new(),
    })
}

/// What a commit's message says of the evidence: commit and time, each said once and legal.
fn trailers(message: &str) -> Option<(String, String)> {
    let value = |key: &str| {
        let mut found = message
            .lines()
            .filter_map(|line| line.strip_prefix(key)?.strip_prefix(": "));
        found
            .next()
            .filter(|_| found.next().is_none())
            .map(str::to_owned)
    };
    let sha = value(COMMIT).filter(|sha| is_sha(sha))?;
    let taken = value(TAKEN).filter(|taken| instant(taken).is_some())?;
    Some((sha, taken))
}

/// Writes the baseline of a branch: `sarif` as it was found at the commit `sha` at the time `taken` (RFC 3339). Gives back
/// the name of the ref.
///
/// # Errors
/// [`NotWritten`]; whatever stood there before stands there still.
pub fn write(
    client: &mut Client,
    repository: &str,
    branch: &str,
    sarif: &[u8],
    sha: &str,
    taken: &str,
) -> Result<String, NotWritten> {
    let unfit = |why: &str| NotWritten::Unfit(why.to_owned());
    let (path, name) =
        of(repository, branch).ok_or_else(|| unfit("this is no branch of a repository"))?;
    if !is_sha(sha) || instant(taken).is_none() {
        return Err(unfit("the evidence has no commit or no time"));
    }
    let packed = gzip(sarif).map_err(|error| unfit(&format!("packing the evidence: {error}")))?;
    if packed.len() > GIT_BASELINE_BYTES {
        return Err(unfit(&format!(
            "the evidence has {} bytes when packed, more than the {GIT_BASELINE_BYTES} that fit; use `baseline: artifact`",
            packed.len()
        )));
    }
    not_older(client, repository, &path, &name, sha)?;
    let git = format!("/repos/{repository}/git");
    let blob: Object = client.post(
        &format!("{git}/blobs"),
        &json!({ "content": STANDARD.encode(&packed), "encoding": "base64" }),
    )?;
    let tree: Object = client.post(
        &format!("{git}/trees"),
        &json!({ "tree": [{ "path": FILE, "mode": "100644", "type": "blob", "sha": blob.sha }] }),
    )?;
    let message = format!("Baseline of sarif-gate\n\n{COMMIT}: {sha}\n{TAKEN}: {taken}\n");
    let commit: Object = client.post(
        &format!("{git}/commits"),
        &json!({ "message": message, "tree": tree.sha, "parents": [] }),
    )?;
    point(client, &git, &path, &name, &commit.sha)?;
    Ok(name)
}

/// An old run that ends late, or is run again, must not bring old findings back as the present ones. What cannot be read
/// is replaced, and so is what the branch no longer has.
fn not_older(
    client: &mut Client,
    repository: &str,
    path: &str,
    name: &str,
    sha: &str,
) -> Result<(), NotWritten> {
    let head = match commit_of(client, repository, path, name) {
        Ok(head) => head,
        Err(error) if matches!(error.fault, Fault::NotFound | Fault::NotJson) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    let Some((there, _)) = trailers(&commit(client, repository, &head)?.message) else {
        return Ok(());
    };
    if there != sha && is_in_history(client, repository, sha, &there)? {
        return Err(NotWritten::Older(format!(
            "{name} is of {there}, which came after {sha}"
        )));
    }
    Ok(())
}

/// Moves the ref, or makes it where there is none. Moving it twice does no harm.
fn point(
    client: &mut Client,
    git: &str,
    path: &str,
    name: &str,
    sha: &str,
) -> Result<(), ApiError> {
    let there = format!("{git}/refs/{path}");
    let moved = json!({ "sha": sha, "force": true });
    let missing = |fault: &Fault| matches!(fault, Fault::NotFound | Fault::Invalid(_));
    match client.patch::<Value>(&there, &moved) {
        Ok(_) => return Ok(()),
        // "Reference does not exist" is a 422.
        Err(error) if missing(&error.fault) => {}
        Err(error) if error.fault.maybe_done() => {
            return client.patch::<Value>(&there, &moved).map(|_| ());
        }
        Err(error) => return Err(error),
    }
    match client.post::<Value>(&format!("{git}/refs"), &json!({ "ref": name, "sha": sha })) {
        Ok(_) => Ok(()),
        // Made by another run in between, or by this request before its answer was lost.
        Err(error) if error.fault.maybe_done() || matches!(error.fault, Fault::Invalid(_)) => {
            client
                .patch::<Value>(&there, &moved)
                .map(|_| ())
                .map_err(|_| error)
        }
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_says_everything_once() {
        let sha = "a".repeat(40);
        let time = "2026-03-01T10:00:00Z";
        let whole = format!("x\n\n{COMMIT}: {sha}\n{TAKEN}: {time}\n");
        assert_eq!(trailers(&whole), Some((sha.clone(), time.to_owned())));
        for bad in [
            String::new(),
            format!("{COMMIT}: {sha}\n"),
            format!("{whole}{COMMIT}: {sha}\n"),
            whole.replace(&sha, "main"),
            whole.replace(time, "yesterday"),
            whole.replace(COMMIT, "x-Sarif-Gate-Commit"),
        ] {
            assert_eq!(trailers(&bad), None, "{bad}");
        }
    }
}
