//! The pull request that a run of another workflow was about. A `workflow_run` event lists none for forks, so it is looked
//! for: open, from that branch of that repository, with that very head.

use serde::Deserialize;

use super::client::{Client, percent_encode};
use super::limits::PER_PAGE;
use super::names::{branch_path, is_repository, is_sha};
use super::{ApiError, Fault};

/// An open pull request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenPull {
    /// Its number.
    pub number: u64,
    /// The branch that it is going to.
    pub base_ref: String,
    /// The tip of that branch when GitHub last looked.
    pub base_sha: String,
    /// It comes from another repository.
    pub fork: bool,
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    /// Repository that the branch is in, `owner/name`.
    pub repository: &'a str,
    /// The branch.
    pub branch: &'a str,
    /// The commit.
    pub sha: &'a str,
}

#[derive(Deserialize)]
struct Repository {
    id: u64,
    full_name: String,
}

#[derive(Deserialize)]
struct Side {
    #[serde(rename = "ref")]
    branch: String,
    sha: String,
    /// Of the head it is absent where a fork is gone.
    repo: Option<Repository>,
}

#[derive(Deserialize)]
struct Listed {
    number: u64,
    head: Side,
    base: Side,
}

/// The open pull requests to `repository` that have this head. More than one where a branch is to go to several others.
///
/// # Errors
/// As [`Client::get`]; [`Fault::Invalid`] where what is asked for is no repository, branch and commit.
pub fn with_head(
    client: &mut Client,
    repository: &str,
    head: Head<'_>,
) -> Result<Vec<OpenPull>, ApiError> {
    let owner = head.repository.split_once('/').map(|(owner, _)| owner);
    let legal = is_repository(repository)
        && is_repository(head.repository)
        && is_sha(head.sha)
        && branch_path(head.branch).is_some();
    let Some(owner) = owner.filter(|_| legal) else {
        return Err(ApiError {
            tried: "looking for the pull request".to_owned(),
            fault: Fault::Invalid(
                "not the names of repositories, a branch and a commit".to_owned(),
            ),
        });
    };
    let wanted = percent_encode(&format!("{owner}:{}", head.branch));
    let listed: Vec<Listed> = client.get(&format!(
        "/repos/{repository}/pulls?state=open&head={wanted}&per_page={PER_PAGE}"
    ))?;
    let of = |side: &Side, name: &str| {
        let repo = side.repo.as_ref();
        repo.is_some_and(|repo| repo.full_name.eq_ignore_ascii_case(name))
    };
    let found = listed.into_iter().filter(|pull| {
        pull.head.sha.eq_ignore_ascii_case(head.sha)
            && pull.head.branch == head.branch
            && of(&pull.head, head.repository)
            && of(&pull.base, repository)
            && is_sha(&pull.base.sha)
    });
    let id = |side: &Side| side.repo.as_ref().map(|repo| repo.id);
    Ok(found
        .map(|pull| OpenPull {
            number: pull.number,
            fork: id(&pull.head) != id(&pull.base),
            base_ref: pull.base.branch,
            base_sha: pull.base.sha,
        })
        .collect())
}
