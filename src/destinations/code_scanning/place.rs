//! The commit and the ref that findings belong to: what was checked out, not what the event is about.

use crate::github::names::{branch_path, is_sha};
use crate::model::Context;

/// Branches of the merge queue. GitHub deletes them while it works, refuses uploads for them, and causes `push` runs on them
/// too, so their name decides and not the event (github/codeql-action issues 1572 and 4125).
const QUEUE: &str = "refs/heads/gh-readonly-queue/";

/// A ref and a commit that belongs to it; GitHub refuses other pairs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// `refs/heads/…`, `refs/tags/…`, `refs/pull/N/merge` or `refs/pull/N/head`.
    pub(super) reference: String,
    pub(super) sha: String,
}

/// Whether this is a run on a branch of the merge queue.
pub(super) fn is_queue(context: &Context) -> bool {
    context
        .git_ref
        .as_deref()
        .is_some_and(|name| name.starts_with(QUEUE))
}

/// Why findings of this event belong to no ref that its environment names.
pub(super) fn unfit(context: &Context) -> Option<String> {
    let event = context.event.as_str();
    if matches!(event, "pull_request_target" | "workflow_run") {
        return Some(format!(
            "the ref of a `{event}` run is the default branch, whose alerts the findings of a change would replace; upload \
             in the run of the change"
        ));
    }
    let name = context.git_ref.as_deref().unwrap_or_default();
    if !is_ref(name) {
        return Some("the event names no branch, tag or pull request".to_owned());
    }
    let pull = name.starts_with("refs/pull/");
    if context.is_proposal() && !pull {
        return Some(format!(
            "a change that is not merged would count for {name}; nothing of it is uploaded"
        ));
    }
    None
}

/// The forms that GitHub takes (REST API, "Upload an analysis as SARIF data", `ref`).
fn is_ref(name: &str) -> bool {
    if let Some(rest) = name.strip_prefix("refs/pull/") {
        let number = rest
            .strip_suffix("/merge")
            .or_else(|| rest.strip_suffix("/head"));
        return number.is_some_and(|number| {
            !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())
        });
    }
    ["refs/heads/", "refs/tags/"]
        .iter()
        .filter_map(|kind| name.strip_prefix(kind))
        .any(|name| branch_path(name).is_some())
}

impl Place {
    /// Ref and commit of the event, where its commit is checked out or nobody can tell; those of the pull request's head,
    /// where that is.
    ///
    /// # Errors
    /// Why there are none, as a sentence.
    pub(super) fn of(context: &Context, checkout: Option<&str>) -> Result<Place, String> {
        if let Some(why) = unfit(context) {
            return Err(why);
        }
        let reference = context.git_ref.as_deref().unwrap_or_default().to_owned();
        let sha = context.sha.as_deref().filter(|sha| is_sha(sha));
        let sha = sha.ok_or("the event names no commit")?.to_owned();
        let is = |known: &str| checkout.is_none_or(|at| at.eq_ignore_ascii_case(known));
        if is(&sha) {
            return Ok(Place { reference, sha });
        }
        let head = context.head_sha.as_deref().filter(|sha| is_sha(sha));
        match (context.pull_request, head) {
            (Some(number), Some(head)) if is(head) => Ok(Place {
                reference: format!("refs/pull/{number}/head"),
                sha: head.to_owned(),
            }),
            _ => Err(format!(
                "the checkout is at {}, which is not the commit of this run ({sha}), so nobody knows which ref its findings \
                 belong to; check out what the event names, or upload with github/codeql-action/upload-sarif",
                checkout.unwrap_or_default()
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context(event: &str, git_ref: &str) -> Context {
        let pull_request = event.starts_with("pull_request").then_some(7);
        Context {
            event: event.to_owned(),
            git_ref: Some(git_ref.to_owned()),
            sha: Some("a".repeat(40)),
            head_sha: Some("b".repeat(40)),
            pull_request,
            ..Context::default()
        }
    }

    #[test]
    fn what_was_checked_out_counts() {
        let place = |event: &str, git_ref: &str, checkout: Option<&str>| {
            let place = Place::of(&context(event, git_ref), checkout).ok()?;
            Some(format!("{} {}", place.reference, &place.sha[..1]))
        };
        let (a, b, c) = ("A".repeat(40), "b".repeat(40), "c".repeat(40));
        let merge = "refs/pull/7/merge";
        for (event, git_ref, checkout, expected) in [
            ("push", "refs/heads/main", None, Some("refs/heads/main a")),
            (
                "push",
                "refs/heads/main",
                Some(&a),
                Some("refs/heads/main a"),
            ),
            ("push", "refs/tags/v1", Some(&a), Some("refs/tags/v1 a")),
            (
                "schedule",
                "refs/heads/main",
                None,
                Some("refs/heads/main a"),
            ),
            ("push", "refs/heads/main", Some(&b), None),
            ("push", "refs/heads/main", Some(&c), None),
            ("pull_request", merge, None, Some("refs/pull/7/merge a")),
            ("pull_request", merge, Some(&a), Some("refs/pull/7/merge a")),
            ("pull_request", merge, Some(&b), Some("refs/pull/7/head b")),
            ("pull_request", merge, Some(&c), None),
            ("pull_request", "refs/heads/main", Some(&a), None),
            ("pull_request_target", "refs/heads/main", Some(&a), None),
            ("workflow_run", "refs/heads/main", Some(&a), None),
            ("push", "main", Some(&a), None),
            ("push", "refs/pull/x/merge", Some(&a), None),
            ("push", "refs/heads/a b", Some(&a), None),
        ] {
            let found = place(event, git_ref, checkout.map(String::as_str));
            assert_eq!(found.as_deref(), expected, "{event} {git_ref} {checkout:?}");
        }
        let mut deleted = context("push", "refs/heads/x");
        deleted.sha = Some("0".repeat(40));
        assert!(Place::of(&deleted, None).is_err());
    }
}
