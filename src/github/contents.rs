//! Files of a repository at one commit: what policy is read from.
//!
//! A ref is resolved once, to a commit; every file is then read at that commit, so that a push in between cannot mix two
//! states.

use serde::Deserialize;

use super::client::{Client, percent_encode};
use super::command::safe_log_text;
use super::limits::{COMMIT_HASH, ERROR_TEXT_CHARS, RAW};
use super::names::{branch_path, file_path, is_repository, is_sha};
use super::{ApiError, Fault};

/// Why a file was not read. A file that is not there is no error.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotRead {
    /// What was asked for cannot be a place in a repository, or is there and is no file.
    #[error("{0}")]
    NoFile(String),
    /// The request failed.
    #[error(transparent)]
    Api(#[from] ApiError),
}

#[derive(Deserialize)]
struct Ref {
    #[serde(rename = "ref")]
    name: String,
    object: Object,
}

#[derive(Deserialize)]
struct Object {
    #[serde(rename = "type")]
    kind: String,
    sha: String,
}

/// The commit that a ref below `refs/` points to, at this moment.
pub(super) fn commit_of(
    client: &mut Client,
    repository: &str,
    path: &str,
    name: &str,
) -> Result<String, ApiError> {
    let path = format!("/repos/{repository}/git/ref/{path}");
    let found: Ref = client.get(&path)?;
    // A tag object, another ref of a similar name: nothing that was asked for.
    if found.name == name && found.object.kind == "commit" && is_sha(&found.object.sha) {
        Ok(found.object.sha)
    } else {
        Err(ApiError {
            tried: format!("GET {path}"),
            fault: Fault::NotJson,
        })
    }
}

/// The commit at the tip of a branch. A tag of the same name is not asked.
///
/// # Errors
/// As [`Client::get`]. A branch or repository that is not there, or that the token may not see, is [`Fault::NotFound`].
pub fn tip(client: &mut Client, repository: &str, branch: &str) -> Result<String, ApiError> {
    let refused = || ApiError {
        tried: "reading the tip of a branch".to_owned(),
        fault: Fault::Invalid("not the name of a repository and a branch".to_owned()),
    };
    let path = branch_path(branch)
        .filter(|_| is_repository(repository))
        .ok_or_else(refused)?;
    let name = format!("refs/heads/{branch}");
    commit_of(client, repository, &format!("heads/{path}"), &name)
}

/// The commit that a branch, a tag or the beginning of a hash stands for: the `ref` of `owner/repo/path@ref`.
///
/// # Errors
/// As [`tip`].
pub fn resolve(client: &mut Client, repository: &str, reference: &str) -> Result<String, ApiError> {
    /// A hash and perhaps the end of a line.
    const MOST: usize = 256;
    let path = format!("/repos/{repository}/commits/{}", percent_encode(reference));
    let failed = |fault: Fault| ApiError {
        tried: format!("GET {path}"),
        fault,
    };
    if !is_repository(repository) || branch_path(reference).is_none() {
        return Err(failed(Fault::Invalid(
            "not the name of a repository and a ref".to_owned(),
        )));
    }
    let bytes = client.get_bytes(&path, COMMIT_HASH, MOST)?;
    let sha = String::from_utf8_lossy(&bytes).trim().to_owned();
    if is_sha(&sha) {
        Ok(sha)
    } else {
        Err(failed(Fault::NotJson))
    }
}

/// A file at a commit; `None` when the commit has no such file. The commit must come from [`tip`] or [`resolve`], because a
/// repository that the token may not see is answered in the same way as a file that is not there.
///
/// # Errors
/// When the path leaves the repository, is a folder or a submodule, or the file has more than `most` bytes
/// ([`Fault::TooLong`]); otherwise as [`Client::get`].
pub fn file(
    client: &mut Client,
    repository: &str,
    path: &str,
    sha: &str,
    most: usize,
) -> Result<Option<Vec<u8>>, NotRead> {
    if !is_repository(repository) || !is_sha(sha) {
        return Err(NotRead::NoFile(
            "a repository is written owner/name, and a commit as its whole hash".to_owned(),
        ));
    }
    let shown = safe_log_text(path, ERROR_TEXT_CHARS);
    let encoded = file_path(path).ok_or_else(|| {
        NotRead::NoFile(format!(
            "`{shown}` is no path within a repository; write it without a slash at its beginning, `.` or `..`"
        ))
    })?;
    let asked = format!("/repos/{repository}/contents/{encoded}?ref={sha}");
    let answer = match client.get_raw(&asked, RAW, most) {
        Ok(answer) => answer,
        Err(error) if error.fault == Fault::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let kind = answer.header("content-type").unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    // Repeated as it was asked for, or as servers of before wrote it (`application/vnd.github.v3.raw`).
    if kind.starts_with("application/vnd.github.") && kind.contains("raw") {
        Ok(Some(answer.body))
    } else if kind == "application/json" {
        Err(NotRead::NoFile(format!(
            "`{shown}` is a folder, a submodule or a dangling link in {repository} at {sha}; name a file"
        )))
    } else {
        Err(NotRead::Api(ApiError {
            tried: format!("GET {asked}"),
            fault: Fault::NotJson,
        }))
    }
}
