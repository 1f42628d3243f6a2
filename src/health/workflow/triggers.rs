//! Whether the workflow runs for everything that is to be merged.

use super::super::Weight;
use super::super::tree::Node;
use super::{File, NO_MERGE_GROUP, PATH_FILTER, WorkflowFacts};
use crate::model::Observation;

/// Triggers of pull requests.
const REQUESTS: [&str; 2] = ["pull_request", "pull_request_target"];

/// Filters of a trigger by which a change decides itself whether the gate runs.
const BY_CHANGE: [&str; 2] = ["paths", "paths-ignore"];

/// Filters by the branch that a change goes to.
const BY_BRANCH: [&str; 2] = ["branches", "branches-ignore"];

/// Activities without which commits go by: the first ones, and those that are pushed later (both are default).
const NEEDED: [&str; 2] = ["opened", "synchronize"];

pub(super) fn check(file: &File<'_>, facts: &WorkflowFacts<'_>, seen: &mut Vec<Observation>) {
    // YAML 1.1 reads the key `on` as true.
    let on = file.root.entry("on").or_else(|| file.root.entry("true"));
    let Some((line, on)) = on else { return };
    let named = on.texts();
    let has = |name: &str| named.contains(&name) || on.entry(name).is_some();
    if !REQUESTS.into_iter().any(has) {
        return;
    }
    if !has("merge_group") {
        let used = facts.merge_queue;
        let why = if used {
            "Changes are merged here through a merge queue"
        } else {
            "Where changes are merged through a merge queue"
        };
        seen.push(file.spot(line, "merge_group".into()).observation(
            NO_MERGE_GROUP,
            Weight::warns_if(used),
            "the workflow does not run for merge groups",
            &format!(
                "{why}, GitHub tests them together on a branch of its own: without the trigger the gate does not see it, and a required check waits for ever. Write `merge_group:` as a further line under `on:`."
            ),
        ));
    }
    for request in REQUESTS {
        if let Some((_, trigger)) = on.entry(request) {
            filters(file, request, trigger, seen);
        }
    }
}

fn filters(file: &File<'_>, request: &str, trigger: &Node, seen: &mut Vec<Observation>) {
    let mut push = |line, key: &str, weight, title: String, message: String| {
        let spot = file.spot(line, format!("{request} {key}"));
        seen.push(spot.observation(PATH_FILTER, weight, &title, &message));
    };
    for key in BY_CHANGE {
        if let Some((line, _)) = trigger.entry(key) {
            push(
                line,
                key,
                Weight::Warns,
                format!("`{key}` under `{request}` lets changes go by without the gate"),
                format!(
                    "A pull request that touches only other files gets no verdict; if the gate is a required check it waits for ever, else it merges. Remove `{key}:` under `{request}:` and filter within the job, so that the gate itself always runs."
                ),
            );
        }
    }
    for key in BY_BRANCH {
        if let Some((line, _)) = trigger.entry(key) {
            push(
                line,
                key,
                Weight::Notes,
                format!("`{key}` under `{request}` leaves out pull requests to other branches"),
                format!(
                    "A pull request to another branch gets no verdict, and what it brings may come on from there. Make sure that every protected branch is meant, or remove `{key}:` under `{request}:`."
                ),
            );
        }
    }
    if let Some((line, types)) = trigger.entry("types") {
        let types = types.texts();
        if NEEDED.iter().any(|needed| !types.contains(needed)) {
            push(
                line,
                "types",
                Weight::Warns,
                format!("`types` under `{request}` lets commits go by without the gate"),
                format!(
                    "Without `opened` and `synchronize` the gate does not see a new pull request, or what is pushed to it later. Write `types: [opened, synchronize, reopened]` under `{request}:` and add what you need besides, or remove the line."
                ),
            );
        }
    }
}
