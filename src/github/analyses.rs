//! What was uploaded to code scanning for a branch: a baseline for repositories that keep nothing else.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::client::{Client, percent_encode};
use super::command::safe_log_text;
use super::fetched::{NotFetched, Sizes};
use super::limits::{ANALYSES, ANALYSIS_PAGES, ERROR_TEXT_CHARS, PER_PAGE, SARIF};
use super::names::branch_path;
use super::{ApiError, Fault};
use crate::model::{CATEGORY_ROOT, is_category_of};

/// What asking for analyses needs.
const PERMISSION: &str = "security-events: read";

#[derive(Deserialize)]
struct Analysis {
    id: u64,
    #[serde(rename = "ref")]
    name: String,
    commit_sha: Option<String>,
    category: Option<String>,
    created_at: Option<String>,
    /// What went wrong when GitHub processed it; empty when nothing did.
    error: Option<String>,
    tool: Option<Tool>,
}

#[derive(Deserialize)]
struct Tool {
    name: Option<String>,
}

/// The newest analysis of every tool and category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Analyses {
    /// One SARIF log each.
    pub logs: Vec<Vec<u8>>,
    /// Where they were, in one line.
    pub place: String,
    /// The commit of the newest.
    pub sha: Option<String>,
    /// When the newest was taken, RFC 3339.
    pub taken: Option<String>,
    /// What readers must know besides.
    pub notes: Vec<String>,
}

/// The newest analyses of `branch` whose category is ours or stands below `category`, one for each tool and category.
///
/// # Errors
/// [`NotFetched`] says whether code scanning is off, a permission is missing, or no analysis counts.
pub fn latest(
    client: &mut Client,
    repository: &str,
    branch: &str,
    category: Option<&str>,
    sizes: Sizes,
) -> Result<Analyses, NotFetched> {
    if branch_path(branch).is_none() {
        let branch = safe_log_text(branch, ERROR_TEXT_CHARS);
        return Err(NotFetched::None(format!("`{branch}` is no branch")));
    }
    let reference = format!("refs/heads/{branch}");
    let mut notes = vec![
        "code scanning keeps a part of what was uploaded: excused findings and findings that a limit cut are not in it"
            .to_owned(),
    ];
    let chosen = choose(client, repository, &reference, category, &mut notes)?;
    let Some(newest) = chosen.first() else {
        return Err(none(&reference, category));
    };
    if chosen.len() > ANALYSES {
        return Err(NotFetched::Unusable(format!(
            "{reference} has analyses of {} tools and categories, more than the {ANALYSES} that are read",
            chosen.len()
        )));
    }
    let commits: BTreeSet<&Option<String>> =
        chosen.iter().map(|analysis| &analysis.commit_sha).collect();
    if commits.len() > 1 {
        notes.push(format!(
            "its {} analyses are of {} different commits; the newest is named",
            chosen.len(),
            commits.len()
        ));
    }
    let mut logs: Vec<Vec<u8>> = Vec::new();
    let mut room = sizes.unpacked;
    for analysis in &chosen {
        let path = format!("/repos/{repository}/code-scanning/analyses/{}", analysis.id);
        let log = client
            .get_bytes(&path, SARIF, room.min(sizes.packed))
            .map_err(refused)?;
        room = room.saturating_sub(log.len());
        logs.push(log);
    }
    Ok(Analyses {
        place: format!(
            "code scanning, {} analyses of {reference}, the newest {}",
            logs.len(),
            newest.id
        ),
        sha: newest.commit_sha.clone(),
        taken: newest.created_at.clone(),
        logs,
        notes,
    })
}

/// The newest analysis for each tool and category, the newest of all first.
fn choose(
    client: &mut Client,
    repository: &str,
    reference: &str,
    category: Option<&str>,
    notes: &mut Vec<String>,
) -> Result<Vec<Analysis>, NotFetched> {
    let mut all: Vec<Analysis> = Vec::new();
    for page in 1..=ANALYSIS_PAGES {
        let path = format!(
            "/repos/{repository}/code-scanning/analyses?ref={}&per_page={PER_PAGE}&direction=desc&page={page}",
            percent_encode(reference)
        );
        let listed: Vec<Analysis> = match client.get(&path) {
            Ok(listed) => listed,
            // Said when the repository has no analysis at all, too.
            Err(error) if error.fault == Fault::NotFound => {
                return Err(NotFetched::None(format!(
                    "{error}: code scanning has nothing of this repository, or the job lacks `permissions: {PERMISSION}`"
                )));
            }
            Err(error) => return Err(refused(error)),
        };
        let last = listed.len() < PER_PAGE;
        all.extend(
            listed
                .into_iter()
                .filter(|one| one.name == reference && wanted(one.category.as_deref(), category)),
        );
        if last {
            break;
        }
    }
    // GitHub is asked for the newest first; the times are what counts.
    all.sort_by(|a, b| (&b.created_at, b.id).cmp(&(&a.created_at, a.id)));
    let mut seen = BTreeSet::new();
    let mut failed = 0_usize;
    all.retain(|one| {
        let tool = one.tool.as_ref().and_then(|tool| tool.name.clone());
        if one.error.as_deref().is_some_and(|error| !error.is_empty()) {
            failed = failed.saturating_add(1);
            return false;
        }
        seen.insert((tool, one.category.clone()))
    });
    if failed > 0 {
        notes.push(format!(
            "{failed} analyses that GitHub could not process were passed over"
        ));
    }
    Ok(all)
}

fn wanted(is: Option<&str>, also: Option<&str>) -> bool {
    let roots = [CATEGORY_ROOT].into_iter().chain(also);
    is.is_some_and(|is| roots.into_iter().any(|root| is_category_of(is, root)))
}

fn refused(error: ApiError) -> NotFetched {
    match &error.fault {
        Fault::FeatureOff(_) => NotFetched::None(format!(
            "{error}; switch code scanning on, or take another `baseline`"
        )),
        Fault::TooLong(_) => NotFetched::Unusable(error.to_string()),
        _ => NotFetched::of(error, PERMISSION),
    }
}

fn none(reference: &str, category: Option<&str>) -> NotFetched {
    let also = category.map_or_else(String::new, |category| {
        format!(" or `{}`", safe_log_text(category, ERROR_TEXT_CHARS))
    });
    NotFetched::None(format!(
        "code scanning has no analysis of {reference} with a category `{CATEGORY_ROOT}/…`{also}; upload one on a push to the branch"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn categories_of_others_do_not_count() {
        for (is, also, counts) in [
            (Some("sarif-gate/trivy"), None, true),
            (Some("sarif-gate/"), None, true),
            (Some("sarif-gate"), None, true),
            (Some("sarif-gateway/x"), None, false),
            (Some("x/sarif-gate/"), None, false),
            (Some("mine"), Some("mine/"), true),
            (Some("mine/"), Some("mine"), true),
            (Some("mine/trivy"), Some("mine"), true),
            (Some("mine"), Some("yours"), false),
            (Some(""), None, false),
            (None, Some("mine"), false),
        ] {
            assert_eq!(wanted(is, also), counts, "{is:?} {also:?}");
        }
    }
}
