//! What an event says: which commit is told, whether it is a fork, where the checkout stands.

use std::collections::BTreeMap;

use sarif_gate::model::Context;
use sarif_gate::settings::context;
use serde_json::{Value, json};

const HEAD: &str = "1111111111111111111111111111111111111111";
const BASE: &str = "2222222222222222222222222222222222222222";
const SHA: &str = "3333333333333333333333333333333333333333";
const ZERO: &str = "0000000000000000000000000000000000000000";

fn in_actions(event: &str, payload: &Value) -> Context {
    in_actions_with(event, Some(&payload.to_string()), &[])
}

fn in_actions_with(event: &str, payload: Option<&str>, more: &[(&str, &str)]) -> Context {
    let variables = [
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_EVENT_NAME", event),
        ("GITHUB_REPOSITORY", "o/r"),
        ("GITHUB_SHA", SHA),
        ("GITHUB_REF", "refs/heads/main"),
        ("GITHUB_WORKSPACE", "/github/workspace"),
        ("RUNNER_WORKSPACE", "/home/runner/work/r"),
        ("GITHUB_RUN_ID", "42"),
    ];
    let environment: BTreeMap<String, String> = variables
        .iter()
        .chain(more)
        .map(|(name, value)| (name.to_string(), value.to_string()))
        .collect();
    context(&environment, payload, "/elsewhere")
}

fn pull_request(head_repository: Value) -> Value {
    json!({
        "action": "synchronize", "number": 7,
        "pull_request": {
            "number": 7,
            "head": { "ref": "feature", "sha": HEAD, "repo": head_repository },
            "base": { "ref": "main", "sha": BASE, "repo": { "id": 1, "full_name": "o/r" } },
            "user": { "login": "dependabot[bot]" }
        },
        "repository": { "id": 1, "full_name": "o/r", "private": false },
        "sender": { "login": "octocat" }
    })
}

#[test]
fn events_say_which_commit_is_told() {
    let repository = json!({ "id": 1, "full_name": "o/r", "visibility": "internal" });
    let same = json!({ "id": 1, "full_name": "o/r", "fork": true });
    let merge_group = json!({ "merge_group": { "head_sha": HEAD, "base_sha": BASE, "base_ref": "refs/heads/release/1",
        "head_ref": "refs/heads/gh-readonly-queue/main/pr-7-x" }, "repository": repository });
    for (name, payload, head, base, base_ref) in [
        (
            "push",
            json!({ "after": SHA, "before": BASE, "deleted": false }),
            Some(SHA),
            None,
            None,
        ),
        // The `after` of an annotated tag is the tag, not the commit.
        (
            "push",
            json!({ "ref": "refs/tags/v1", "after": HEAD, "before": ZERO }),
            Some(SHA),
            None,
            None,
        ),
        (
            "push",
            json!({ "after": ZERO, "before": BASE, "deleted": true }),
            None,
            None,
            None,
        ),
        ("push", json!({ "after": ZERO }), None, None, None),
        (
            "delete",
            json!({ "ref": "feature", "ref_type": "branch" }),
            Some(SHA),
            None,
            None,
        ),
        (
            "pull_request",
            pull_request(same.clone()),
            Some(HEAD),
            Some(BASE),
            Some("main"),
        ),
        (
            "pull_request_target",
            pull_request(same),
            Some(HEAD),
            Some(BASE),
            Some("main"),
        ),
        (
            "merge_group",
            merge_group,
            Some(HEAD),
            Some(BASE),
            Some("release/1"),
        ),
        (
            "schedule",
            json!({ "schedule": "17 3 * * 1" }),
            Some(SHA),
            None,
            None,
        ),
        (
            "workflow_dispatch",
            json!({ "inputs": null, "ref": "refs/heads/main" }),
            Some(SHA),
            None,
            None,
        ),
        (
            "workflow_run",
            json!({ "workflow_run": { "head_sha": HEAD, "pull_requests": [] } }),
            Some(HEAD),
            None,
            None,
        ),
        (
            "deployment",
            json!({ "deployment": { "sha": HEAD } }),
            Some(HEAD),
            None,
            None,
        ),
        // Events about another commit, from which it cannot be learned.
        ("pull_request", json!({}), None, None, None),
        (
            "pull_request",
            json!({ "pull_request": { "head": { "sha": "../../x" } } }),
            None,
            None,
            None,
        ),
        ("workflow_run", json!(null), None, None, None),
    ] {
        let context = in_actions(name, &payload);
        assert_eq!(context.head_sha.as_deref(), head, "{name} {payload}");
        assert_eq!(context.base_sha.as_deref(), base, "{name} {payload}");
        assert_eq!(context.base_ref.as_deref(), base_ref, "{name} {payload}");
        assert_eq!(context.sha.as_deref(), Some(SHA));
        assert_eq!(context.event, name);
    }
}

#[test]
fn a_push_says_where_the_branch_stood_before() {
    for (event, payload, before) in [
        ("push", json!({ "before": BASE, "after": SHA }), Some(BASE)),
        ("push", json!({ "before": ZERO, "after": SHA }), None),
        ("push", json!({ "before": "main", "after": SHA }), None),
        ("push", json!({ "before": 5 }), None),
        // A `synchronize` has one, too, but what it changes is asked of the pull request.
        ("pull_request", json!({ "before": BASE }), None),
    ] {
        let context = in_actions(event, &payload);
        assert_eq!(context.before.as_deref(), before, "{event} {payload}");
    }
}

#[test]
fn forks_are_told_by_the_head_repository() {
    for (head, fork) in [
        (json!({ "id": 1, "full_name": "o/r", "fork": true }), false),
        (json!({ "full_name": "O/R" }), false),
        (json!({ "id": 2, "full_name": "contributor/r" }), true),
        (json!({ "id": 2, "full_name": "o/r" }), true),
        (Value::Null, true),
    ] {
        for event in ["pull_request", "pull_request_target"] {
            let context = in_actions(event, &pull_request(head.clone()));
            assert_eq!(context.fork, fork, "{event} {head}");
            assert_eq!(context.pull_request, Some(7));
            assert_eq!(context.private, Some(false));
            assert!(!context.dependabot, "the author does not decide");
        }
    }
    assert!(!in_actions("push", &json!({})).fork);
    assert!(
        in_actions("pull_request", &json!({})).fork,
        "what says nothing is not trusted"
    );
    let bot = in_actions_with("pull_request", None, &[("GITHUB_ACTOR", "dependabot[bot]")]);
    assert!(bot.dependabot);
}

#[test]
fn broken_events_leave_things_unknown() {
    for payload in [
        None,
        Some(""),
        Some("{"),
        Some("[]"),
        Some("null"),
        Some("{\"pull_request\": 5, \"repository\": [], \"number\": \"x\", \"sender\": null}"),
        Some("{\"pull_request\": {\"head\": null, \"base\": {\"ref\": 5}}}"),
    ] {
        for event in [
            "pull_request",
            "push",
            "merge_group",
            "workflow_run",
            "",
            "unheard_of",
        ] {
            let context = in_actions_with(event, payload, &[("GITHUB_BASE_REF", "main")]);
            assert_eq!(context.repository.as_deref(), Some("o/r"));
            assert_eq!(context.private, None);
            let base = (event == "pull_request").then_some("main");
            assert_eq!(context.base_ref.as_deref(), base, "{event}");
        }
    }
    let number = in_actions_with(
        "pull_request",
        None,
        &[("GITHUB_REF", "refs/pull/12/merge")],
    );
    assert_eq!(number.pull_request, Some(12));
}

#[test]
fn servers_and_places() {
    for (api, server, expected_api, expected_server) in [
        ("", "", "https://api.github.com", "https://github.com"),
        (
            "https://ghe.example/api/v3/",
            "https://ghe.example/",
            "https://ghe.example/api/v3",
            "https://ghe.example",
        ),
        (
            "",
            "https://ghe.example",
            "https://ghe.example/api/v3",
            "https://ghe.example",
        ),
        (
            "",
            "https://acme.ghe.com",
            "https://api.acme.ghe.com",
            "https://acme.ghe.com",
        ),
        (
            "file:///etc",
            "javascript:x",
            "https://api.github.com",
            "https://github.com",
        ),
    ] {
        let more = [("GITHUB_API_URL", api), ("GITHUB_SERVER_URL", server)];
        let context = in_actions_with("push", None, &more);
        assert_eq!(context.api_url, expected_api);
        assert_eq!(context.server_url, expected_server);
    }
    let context = in_actions("push", &json!({}));
    assert_eq!(context.workspace, "/github/workspace");
    for root in [
        "/github/workspace",
        "/home/runner/work/r/r",
        "/__w/r/r",
        "D:/a/r/r",
    ] {
        assert!(context.roots.iter().any(|known| known == root), "{root}");
    }
    let mut unique = context.roots.clone();
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), context.roots.len());
    let windows = in_actions_with("push", None, &[("RUNNER_WORKSPACE", "D:\\work\\r")]);
    assert!(
        windows.roots.iter().any(|root| root == "D:/work/r/r"),
        "{:?}",
        windows.roots
    );
    let hostile = [
        ("GITHUB_REPOSITORY", "o/../../x"),
        ("GITHUB_RUN_ID", "1/../2"),
    ];
    let hostile = in_actions_with("push", None, &hostile);
    assert_eq!((hostile.repository, hostile.run_id), (None, None));
}

/// On a laptop variables of the same names belong to other tools.
#[test]
fn a_laptop_is_nowhere() {
    let environment = BTreeMap::from([
        ("GITHUB_REPOSITORY".to_string(), "o/r".to_string()),
        ("GITHUB_SHA".to_string(), SHA.to_string()),
        ("GITHUB_OUTPUT".to_string(), "/tmp/x".to_string()),
    ]);
    let context = context(&environment, None, "/home/me/project/");
    assert!(!context.actions && context.repository.is_none() && context.output_file.is_none());
    assert_eq!(context.workspace, "/home/me/project");
    assert_eq!(context.api_url, "https://api.github.com");
}
