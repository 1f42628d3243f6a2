//! The whole program over the same commit again and again: what stands there is used, and nobody hears of it twice.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::super::super::fake_github::{FakeGithub, Request, Served, Trouble};
use super::super::super::program::{Program, Ran, check_agreement};
use super::super::super::support::TOKEN;
use super::super::jira::fake::{Project, start};

/// The commit that is run again, the one before it, and the one that repairs it.
pub(super) const BEFORE: &str = "0000000000000000000000000000000000000001";
pub(super) const BROKEN: &str = "3333333333333333333333333333333333333333";
const REPAIRED: &str = "4444444444444444444444444444444444444444";
const SECRET_PATH: &str = "/services/T0AAAAAAA/B0BBBBBBB/XXXXSECRETXXXX";
const WEBHOOK_KEY: &str = "webhook-key-SECRET";
const JIRA_TOKEN: &str = "ATATT3xFfGF0-jira-token-SECRET";

/// A GitHub and everybody else who is told.
pub(super) struct World {
    pub(super) github: FakeGithub,
    pub(super) slack: FakeGithub,
    pub(super) webhook: FakeGithub,
    pub(super) jira: FakeGithub,
    project: Arc<Mutex<Project>>,
}

/// One run of the workflow.
pub(super) struct Attempt<'a> {
    pub(super) event: &'a str,
    pub(super) commit: &'a str,
    pub(super) before: &'a str,
    pub(super) run: &'a str,
    pub(super) attempt: &'a str,
    pub(super) packages: &'a [&'a str],
    pub(super) scanned: bool,
}

fn taking() -> FakeGithub {
    FakeGithub::always(Trouble::Answer(200, Vec::new(), "ok".to_owned()))
}

fn writes(server: &FakeGithub, about: &str) -> Vec<Request> {
    let mut all = server.requests();
    all.retain(|one| one.method != "GET" && one.path.contains(about));
    all
}

/// What trivy says of a lock file with a vulnerability in each of these packages.
fn trivy(packages: &[&str]) -> String {
    let each = packages.iter().enumerate().map(|(number, package)| {
        json!({ "VulnerabilityID": format!("CVE-2024-000{number}"), "PkgName": package, "InstalledVersion": "1.0.0",
            "FixedVersion": "1.0.1", "Severity": "HIGH", "Title": "a problem" })
    });
    json!({ "SchemaVersion": 2, "ArtifactName": ".", "ArtifactType": "filesystem", "Results": [{
        "Target": "package-lock.json", "Class": "lang-pkgs", "Type": "npm",
        "Vulnerabilities": each.collect::<Vec<Value>>() }] })
    .to_string()
}

impl World {
    pub(super) fn new() -> World {
        let github = FakeGithub::start();
        let tip =
            json!({ "ref": "refs/heads/main", "object": { "type": "commit", "sha": BEFORE } });
        github.put("/repos/octo/repo/git/ref/heads/main", Served::json(&tip));
        github.put("/repos/octo/repo/pulls/7/files", Served::json(&json!([])));
        let (jira, project) = start(Project::default(), Vec::new());
        World {
            github,
            slack: taking(),
            webhook: taking(),
            jira,
            project,
        }
    }

    /// Runs the program where nothing fails; the servers forget the requests before, not what they keep.
    fn run(&self, attempt: &Attempt<'_>) -> Ran {
        self.github.begin_again(Vec::new());
        self.jira.begin_again(Vec::new());
        let ran = self.start(attempt, &[]);
        let summary = ran.evidence("summary.md").expect("a summary");
        assert!(!summary.contains("failed: "), "{summary}");
        ran
    }

    /// Runs the program. What holds of every run is looked at here.
    pub(super) fn start(&self, attempt: &Attempt<'_>, inputs: &[(&str, &str)]) -> Ran {
        let repository =
            json!({ "id": 7, "full_name": "octo/repo", "default_branch": "main", "private": true });
        let (git_ref, event) = match attempt.event {
            "push" => (
                "refs/heads/main",
                json!({ "repository": repository, "before": attempt.before, "after": attempt.commit }),
            ),
            _ => {
                let side =
                    |name: &str, sha: &str| json!({ "ref": name, "sha": sha, "repo": repository });
                let pull = json!({ "number": 7, "head": side("topic", attempt.commit), "base": side("main", BEFORE) });
                (
                    "refs/pull/7/merge",
                    json!({ "action": "synchronize", "number": 7, "repository": repository, "pull_request": pull }),
                )
            }
        };
        let program = Program::new()
            .in_actions()
            .file("trivy.json", trivy(attempt.packages).as_bytes())
            .file("../runner/event.json", event.to_string().as_bytes());
        let path = program.workspace().join("../runner/event.json");
        let secret = |server: &FakeGithub| format!("{}{SECRET_PATH}", server.url);
        let mut program = program;
        for (name, value) in [
            ("GITHUB_EVENT_NAME", attempt.event),
            ("GITHUB_EVENT_PATH", &path.to_string_lossy()),
            ("GITHUB_API_URL", &self.github.url),
            ("GITHUB_REF", git_ref),
            ("GITHUB_BASE_REF", "main"),
            ("GITHUB_SHA", attempt.commit),
            ("GITHUB_RUN_ID", attempt.run),
            ("GITHUB_RUN_ATTEMPT", attempt.attempt),
            ("GITHUB_JOB", "gate"),
            (
                "GITHUB_WORKFLOW_REF",
                "octo/repo/.github/workflows/gate.yml@refs/heads/main",
            ),
            ("INPUT_TOKEN", TOKEN),
            ("INPUT_REPORTS", "trivy.json"),
            ("INPUT_FAIL-ON", "high"),
            ("INPUT_ISSUE-ON", "high"),
            ("INPUT_CHECK-RUN", "true"),
            ("INPUT_COMMENT", "always"),
            (
                "INPUT_UPLOAD-SARIF",
                if attempt.scanned { "true" } else { "false" },
            ),
            ("INPUT_SLACK-WEBHOOK-URL", &secret(&self.slack)),
            ("INPUT_WEBHOOK-URL", &secret(&self.webhook)),
            ("INPUT_WEBHOOK-SECRET", WEBHOOK_KEY),
            ("INPUT_JIRA-URL", &self.jira.url),
            ("INPUT_JIRA-USER", "gate@example.com"),
            ("INPUT_JIRA-TOKEN", JIRA_TOKEN),
            ("INPUT_JIRA-PROJECT", "SEC"),
        ] {
            program = program.env(name, value);
        }
        for (name, value) in inputs {
            program = program.env(name, value);
        }
        let ran = program.run(&[]);
        let what = format!("{} {} {}", attempt.event, attempt.run, attempt.attempt);
        check_agreement(&ran, &what);
        for (place, text) in ran.texts() {
            // What tells the runner to mask them has to name them.
            let lines = text
                .lines()
                .filter(|line| !line.starts_with("::add-mask::"));
            let text = lines.collect::<Vec<&str>>().join("\n");
            for secret in [TOKEN, "XXXXSECRETXXXX", WEBHOOK_KEY, JIRA_TOKEN] {
                assert!(
                    !text.contains(secret),
                    "{what}: a secret is in {place}: {text}"
                );
            }
        }
        ran
    }

    /// Number, state and reason of every issue.
    fn issues(&self) -> Vec<(u64, String, String)> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let each = self.github.issues().into_iter();
        each.map(|one| {
            (
                one["number"].as_u64().expect("a number"),
                text(&one["state"]),
                text(&one["state_reason"]),
            )
        })
        .collect()
    }

    /// Key and status of every issue in Jira.
    fn tickets(&self) -> Vec<(String, String)> {
        let project = self.project.lock().expect("the project");
        let each = project.issues.iter();
        each.map(|one| (one.key.clone(), one.status.clone()))
            .collect()
    }
}

#[test]
fn a_push_that_runs_again_tells_nobody_twice_and_the_repair_tells_everybody() {
    let world = World::new();
    let first = Attempt {
        event: "push",
        commit: BROKEN,
        before: BEFORE,
        run: "42",
        attempt: "1",
        packages: &["lodash", "minimist"],
        scanned: false,
    };
    let ran = world.run(&first);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let open = |number| (number, "open".to_owned(), String::new());
    let to_do = |key: &str| (key.to_owned(), "To Do".to_owned());
    let (issues, tickets) = (world.issues(), world.tickets());
    assert_eq!(issues, [open(1), open(2)]);
    assert_eq!(tickets, [to_do("SEC-1"), to_do("SEC-2")]);
    let told = |world: &World| (world.slack.requests().len(), world.webhook.requests().len());
    assert_eq!(told(&world), (1, 1));
    assert_eq!(world.github.runs().len(), 1);
    assert_eq!(world.github.runs()[0]["conclusion"], "failure");
    let annotations = world.github.annotations(1);
    assert_eq!(annotations.len(), 2, "{annotations:?}");

    // The second attempt of the same run, and another run of the same commit.
    for (run, attempt) in [("42", "2"), ("43", "1")] {
        let ran = world.run(&Attempt {
            run,
            attempt,
            ..first
        });
        assert_eq!(ran.code, 1, "{}", ran.stderr);
        let what = format!("run {run}, attempt {attempt}");
        assert_eq!(world.github.runs().len(), 1, "{what}: one check run");
        assert_eq!(world.github.runs()[0]["conclusion"], "failure", "{what}");
        assert_eq!(world.github.annotations(1), annotations, "{what}");
        assert_eq!(world.issues(), issues, "{what}");
        assert_eq!(writes(&world.github, "/issues").len(), 0, "{what}");
        assert_eq!(told(&world), (1, 1), "{what}");
        assert_eq!(world.tickets(), tickets, "{what}");
        assert_eq!(writes(&world.jira, "").len(), 0, "{what}");
        // Opened again and concluded: nothing else of GitHub is written.
        assert_eq!(writes(&world.github, "").len(), 2, "{what}");
    }

    let ran = world.run(&Attempt {
        commit: REPAIRED,
        before: BROKEN,
        run: "44",
        packages: &[],
        ..first
    });
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let closed = |number| (number, "closed".to_owned(), "completed".to_owned());
    assert_eq!(world.issues(), [closed(1), closed(2)]);
    let done = |key: &str| (key.to_owned(), "Done".to_owned());
    assert_eq!(world.tickets(), [done("SEC-1"), done("SEC-2")]);
    assert_eq!(told(&world), (2, 2));
    let message = &world.slack.requests()[1].body["text"];
    let message = message.as_str().expect("a text");
    assert!(
        message.starts_with("✔ Security gate: pass"),
        "Slack says recovered: {message}"
    );
    assert_eq!(world.webhook.requests()[1].body["recovered"], true);
    assert_eq!(world.github.runs().len(), 2);
    assert_eq!(world.github.runs()[1]["conclusion"], "success");
    assert_eq!(world.github.runs()[1]["head_sha"], REPAIRED);
    // And once more: nothing is left to be said.
    let ran = world.run(&Attempt {
        commit: REPAIRED,
        before: BROKEN,
        run: "44",
        attempt: "2",
        packages: &[],
        ..first
    });
    assert_eq!((ran.code, told(&world)), (0, (2, 2)), "{}", ran.stderr);
    assert_eq!(writes(&world.github, "/issues").len(), 0);
    assert_eq!(writes(&world.jira, "").len(), 0);
}

#[test]
fn a_pull_request_that_runs_again_has_one_check_run_and_one_comment() {
    let world = World::new();
    let first = Attempt {
        event: "pull_request",
        commit: BROKEN,
        before: BEFORE,
        run: "42",
        attempt: "1",
        packages: &["lodash", "minimist"],
        scanned: false,
    };
    let ran = world.run(&first);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let comments = world.github.comments();
    assert_eq!(comments.len(), 1);
    let annotations = world.github.annotations(1);
    assert_eq!(annotations.len(), 2, "{annotations:?}");
    for (run, attempt) in [("42", "2"), ("43", "1")] {
        let ran = world.run(&Attempt {
            run,
            attempt,
            ..first
        });
        assert_eq!(ran.code, 1, "{}", ran.stderr);
        let what = format!("run {run}, attempt {attempt}");
        assert_eq!(world.github.runs().len(), 1, "{what}: one check run");
        assert_eq!(world.github.annotations(1), annotations, "{what}");
        let now = world.github.comments();
        assert_eq!(now.len(), 1, "{what}");
        assert_eq!(now[0]["id"], comments[0]["id"], "{what}");
        assert!(
            ran.outputs().expect("outputs")["comment-url"].contains("issuecomment-1001"),
            "{what}"
        );
    }
    let ran = world.run(&Attempt {
        commit: REPAIRED,
        run: "44",
        packages: &[],
        ..first
    });
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let now = world.github.comments();
    assert_eq!(now.len(), 1);
    let body = now[0]["body"].as_str().expect("a body");
    assert!(body.contains("Security gate: pass"), "{body}");
    assert!(!body.contains("lodash"), "{body}");
    assert_eq!(world.github.runs()[1]["conclusion"], "success");
    // A pull request tells nobody outside itself.
    for server in [&world.slack, &world.webhook, &world.jira] {
        assert!(server.requests().is_empty());
    }
    assert!(world.issues().is_empty());
}

#[test]
fn code_scanning_is_replaced_under_the_same_category() {
    let world = World::new();
    let first = Attempt {
        event: "push",
        commit: BROKEN,
        before: BEFORE,
        run: "42",
        attempt: "1",
        packages: &["lodash"],
        scanned: true,
    };
    let mut seen = Vec::new();
    for (commit, attempt, packages) in [
        (BROKEN, "1", &["lodash"][..]),
        (BROKEN, "2", &["lodash"]),
        (REPAIRED, "1", &[]),
    ] {
        world.run(&Attempt {
            commit,
            attempt,
            packages,
            ..first
        });
        let uploads = world.github.scanning(|kept| kept.uploads.clone());
        let log: Value = serde_json::from_slice(uploads.last().expect("an upload")).expect("JSON");
        let runs = log["runs"].as_array().expect("runs").iter();
        // Name, category and results of each run: the scanner's, and one of the gate itself.
        let runs = runs.map(|run| {
            (
                run["tool"]["driver"]["name"].to_string(),
                run["automationDetails"]["id"].to_string(),
                run["results"].as_array().map_or(0, Vec::len),
            )
        });
        seen.push((uploads.len(), runs.collect::<Vec<_>>()));
    }
    let first = seen[0].1.clone();
    assert!(first.iter().all(|run| run.1.len() > 2), "{first:?}");
    let results: usize = first.iter().map(|run| run.2).sum();
    assert_eq!(results, 1, "{first:?}");
    let empty = first
        .iter()
        .map(|(tool, id, _)| (tool.clone(), id.clone(), 0))
        .collect();
    // Nothing is left out, so that nothing of the commit before stays.
    assert_eq!(seen, [(1, first.clone()), (2, first), (3, empty)]);
}
