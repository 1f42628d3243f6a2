//! Which pull requests a merge group holds. Its event names only the last one, and that in the name of a branch.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::{Pull, PullHead, Side, User};
use crate::github::client::{Client, percent_encode};
use crate::github::limits::{GROUP_COMMITS, GROUP_PAGES, PER_PAGE};

/// Where GitHub keeps the branches of a merge queue, below `refs/`.
const QUEUE: &str = "heads/gh-readonly-queue";

#[derive(Deserialize)]
struct Comparison {
    ahead_by: usize,
    behind_by: usize,
    total_commits: usize,
    commits: Vec<Commit>,
}

/// A commit of a comparison.
#[derive(Deserialize)]
struct Commit {
    sha: String,
    parents: Vec<Parent>,
}

#[derive(Deserialize)]
struct Parent {
    sha: String,
}

/// A pull request in a list ("pull request simple").
#[derive(Deserialize)]
struct Listed {
    number: u64,
    state: String,
    user: Option<User>,
    head: Side,
    base: Side,
    merge_commit_sha: Option<String>,
}

#[derive(Deserialize)]
struct Reference {
    #[serde(rename = "ref")]
    name: String,
    object: Parent,
}

/// What is known of one commit of the group.
struct Looked {
    commit: Commit,
    /// Numbers of the open pull requests that hold it.
    pulls: Vec<u64>,
}

/// The open pull requests that the merge group from `base_sha` to `head_sha` merges. Nothing when one of its commits
/// belongs to no such pull request, or GitHub does not say: then nobody may let the group pass.
///
/// A commit belongs to a pull request whose head (or merge commit) is in the group and that holds the commit; a merge commit
/// to the one whose head it merges; and a commit that the queue made (squashed) to the one whose queue branch ends with it.
pub fn pulls_of_group(
    client: &mut Client,
    repository: &str,
    base_sha: &str,
    head_sha: &str,
) -> Option<Vec<PullHead>> {
    let commits = commits(client, repository, base_sha, head_sha)?;
    let within: BTreeSet<String> = commits.iter().map(|commit| commit.sha.clone()).collect();
    if !within.contains(head_sha) {
        return None;
    }
    let mut group = Group::default();
    let mut looked = Vec::new();
    for commit in commits {
        let sha = percent_encode(&commit.sha);
        let path = format!("/repos/{repository}/commits/{sha}/pulls?per_page={PER_PAGE}");
        let listed: Vec<Listed> = client.get(&path).ok()?;
        if listed.len() >= PER_PAGE {
            return None;
        }
        let mut pulls = Vec::new();
        for pull in listed.into_iter().filter(|pull| pull.state == "open") {
            let merged = pull.merge_commit_sha.as_ref();
            let inside =
                within.contains(&pull.head.sha) || merged.is_some_and(|sha| within.contains(sha));
            if inside {
                pulls.push(pull.number);
                group.take(pull.number, pull.user, pull.head, &pull.base)?;
            }
        }
        looked.push(Looked { commit, pulls });
    }
    let unclear: Vec<&Looked> = looked.iter().filter(|one| !group.explains(one)).collect();
    if !unclear.is_empty() {
        queued(client, repository, &unclear, &mut group)?;
    }
    group.finish(repository)
}

/// The commits of the group, all of them.
fn commits(client: &mut Client, repository: &str, base: &str, head: &str) -> Option<Vec<Commit>> {
    let (base, head) = (percent_encode(base), percent_encode(head));
    let mut all = Vec::new();
    for page in 1..=GROUP_PAGES {
        let path =
            format!("/repos/{repository}/compare/{base}...{head}?per_page={PER_PAGE}&page={page}");
        let compared: Comparison = client.get(&path).ok()?;
        let total = compared.total_commits;
        // A group stands on its base; one that has left it holds who knows what.
        let straight = compared.behind_by == 0 && compared.ahead_by == total;
        if !straight || total > GROUP_COMMITS {
            return None;
        }
        let more = !compared.commits.is_empty();
        all.extend(compared.commits);
        if all.len() == total {
            return Some(all);
        }
        if all.len() > total || !more {
            return None;
        }
    }
    None
}

/// Commits that the queue made itself. Each entry of a queue has a branch `gh-readonly-queue/BASE/pr-NUMBER-SHA` that ends
/// with its own commit.
fn queued(
    client: &mut Client,
    repository: &str,
    unclear: &[&Looked],
    group: &mut Group,
) -> Option<()> {
    let path = format!("/repos/{repository}/git/matching-refs/{QUEUE}");
    let references: Vec<Reference> = client.get(&path).ok()?;
    for one in unclear {
        let mut here = references
            .iter()
            .filter(|reference| reference.object.sha == one.commit.sha)
            .filter(|reference| below_queue(&reference.name).is_some());
        // Two entries with one commit: one of them is not the queue's.
        let (Some(reference), None) = (here.next(), here.next()) else {
            return None;
        };
        let (base, number) = entry(&reference.name)?;
        let pull = Pull::get(client, repository, number).ok()?;
        if pull.number != number || pull.state != "open" || pull.base.branch != base {
            return None;
        }
        group.take(number, pull.user, pull.head, &pull.base)?;
    }
    Some(())
}

/// What stands behind the queue's folder in the name of a branch. GitHub matches the beginning of names only, so others come
/// along.
fn below_queue(name: &str) -> Option<&str> {
    let name = name.strip_prefix("refs/")?.strip_prefix(QUEUE)?;
    name.strip_prefix('/')
}

/// Base branch and number in the name of a queue's branch.
fn entry(name: &str) -> Option<(&str, u64)> {
    let (base, last) = below_queue(name)?.rsplit_once('/')?;
    let (number, sha) = last.strip_prefix("pr-")?.split_once('-')?;
    let legal = matches!(sha.len(), 40 | 64) && sha.bytes().all(|b| b.is_ascii_hexdigit());
    let digits = number.bytes().all(|b| b.is_ascii_digit());
    (legal && digits).then(|| number.parse().ok().map(|number| (base, number)))?
}

/// The pull requests that were found.
#[derive(Default)]
struct Group {
    pulls: BTreeMap<u64, PullHead>,
    /// Repository and branch that all of them go to.
    base: Option<(String, String)>,
}

impl Group {
    /// Notes a pull request. Nothing when it goes elsewhere than the others, or has no author.
    fn take(&mut self, number: u64, user: Option<User>, head: Side, base: &Side) -> Option<()> {
        let target = (base.repo.as_ref()?.full_name.clone(), base.branch.clone());
        if *self.base.get_or_insert_with(|| target.clone()) != target {
            return None;
        }
        let head = PullHead {
            number,
            head_sha: head.sha,
            author: user?.login,
        };
        let same = self.pulls.entry(number).or_insert_with(|| head.clone());
        (*same == head).then_some(())
    }

    /// Whether it is known to which pull request a commit belongs.
    fn explains(&self, one: &Looked) -> bool {
        // The first parent of a merge is what it merges into.
        let merged = one.commit.parents.iter().skip(1);
        let mut heads = merged.map(|parent| &parent.sha);
        !one.pulls.is_empty()
            || heads.any(|sha| self.pulls.values().any(|pull| pull.head_sha == *sha))
    }

    fn finish(self, repository: &str) -> Option<Vec<PullHead>> {
        let (target, _) = self.base?;
        target
            .eq_ignore_ascii_case(repository)
            .then(|| self.pulls.into_values().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_queue_branches_are_read_strictly() {
        let sha = "0123456789abcdef0123456789abcdef01234567";
        let name = |rest: &str| format!("refs/heads/gh-readonly-queue/{rest}");
        assert_eq!(
            entry(&name(&format!("release/1/pr-12-{sha}"))),
            Some(("release/1", 12))
        );
        for rest in [
            "main/pr-12-abc".to_string(),
            format!("main/pr--{sha}"),
            format!("main/pr-+1-{sha}"),
            format!("pr-12-{sha}"),
            format!("main/pr-99999999999999999999-{sha}"),
            format!("main/12-{sha}"),
        ] {
            assert_eq!(entry(&name(&rest)), None, "{rest}");
        }
        assert_eq!(entry(&format!("refs/heads/main/pr-1-{sha}")), None);
    }
}
