//! How two commits lie to each other.

use serde::Deserialize;

use super::client::Client;
use super::names::is_sha;
use super::{ApiError, Fault};

#[derive(Deserialize)]
struct Comparison {
    ahead_by: u64,
    merge_base_commit: Named,
}

#[derive(Deserialize)]
struct Named {
    sha: String,
}

/// GitHub's comparison; one commit a page, since only the numbers are wanted.
fn compare(
    client: &mut Client,
    repository: &str,
    base: &str,
    head: &str,
) -> Result<Comparison, ApiError> {
    client.get(&format!(
        "/repos/{repository}/compare/{base}...{head}?per_page=1"
    ))
}

/// Whether `tip` is `commit` or has it in its history. A commit that the repository does not know is in nobody's history.
///
/// # Errors
/// As [`Client::get`].
pub fn is_in_history(
    client: &mut Client,
    repository: &str,
    commit: &str,
    tip: &str,
) -> Result<bool, ApiError> {
    if !is_sha(commit) || !is_sha(tip) {
        return Ok(false);
    }
    if commit == tip {
        return Ok(true);
    }
    match compare(client, repository, commit, tip) {
        Ok(comparison) => Ok(comparison.merge_base_commit.sha == commit),
        Err(error) if matches!(error.fault, Fault::NotFound | Fault::Invalid(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// How many commits `baseline` lies behind the place where `head` left `base`: what was merged since the baseline was
/// taken and is in the change as well. For a push, where there is no base, `base` and `head` are the same. `None` when
/// GitHub does not say.
pub fn distance(
    client: &mut Client,
    repository: &str,
    baseline: &str,
    base: &str,
    head: &str,
) -> Option<u64> {
    if ![baseline, base, head].into_iter().all(is_sha) {
        return None;
    }
    let fork_point = if base == head {
        head.to_owned()
    } else {
        let compared = compare(client, repository, base, head).ok()?;
        compared.merge_base_commit.sha
    };
    if fork_point == baseline {
        return Some(0);
    }
    if !is_sha(&fork_point) {
        return None;
    }
    let compared = compare(client, repository, baseline, &fork_point).ok()?;
    Some(compared.ahead_by)
}
