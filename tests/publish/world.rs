//! A pull request from a fork, and the two jobs that it starts.

use std::path::PathBuf;

use serde_json::{Value, json};

use sarif_gate::github::{gunzip, gzip};

use crate::fake_github::{FakeGithub, Served};
use crate::program::{Program, Ran, check_agreement};
use crate::support::TOKEN;

pub(super) const CONFIG: &str = ".github/sarif-gate.yml";
/// The tip of the base branch.
pub(super) const TIP: &str = "3333333333333333333333333333333333333333";
/// The head of the pull request.
pub(super) const HEAD: &str = "1111111111111111111111111111111111111111";
/// The run of the pull request.
const RUN: u64 = 42;

/// A GitHub with a branch `main` whose config is this, and pull request 7 to it.
pub(super) fn github(config: &str) -> FakeGithub {
    let github = FakeGithub::start();
    github.put(
        "/repos/octo/repo/git/ref/heads/main",
        Served::json(
            &json!({ "ref": "refs/heads/main", "object": { "type": "commit", "sha": TIP } }),
        ),
    );
    if !config.is_empty() {
        base(&github, CONFIG, config);
    }
    github.put("/repos/octo/repo/pulls/7/files", Served::json(&json!([])));
    github.put(PULLS, Served::json(&json!([pull(7, HEAD)])));
    github
}

/// A file of the base branch.
pub(super) fn base(github: &FakeGithub, path: &str, text: &str) {
    let place = format!("/repos/octo/repo/contents/{path}?ref={TIP}");
    github.put(&place, Served::raw(text));
}

/// Where open pull requests from the branch of the fork are listed.
pub(super) const PULLS: &str =
    "/repos/octo/repo/pulls?state=open&head=mallory%3Atopic%2F7&per_page=100";

fn repository(id: u64, name: &str) -> Value {
    json!({ "id": id, "full_name": name, "default_branch": "main", "private": true })
}

/// A pull request as lists have it.
pub(super) fn pull(number: u64, sha: &str) -> Value {
    json!({ "number": number, "state": "open",
        "head": { "ref": "topic/7", "sha": sha, "repo": repository(8, "mallory/repo") },
        "base": { "ref": "main", "sha": TIP, "repo": repository(7, "octo/repo") } })
}

/// Files of a workspace.
pub(super) type Files<'a> = &'a [(&'a str, &'a str)];

fn program(github: &FakeGithub, files: Files<'_>, event: &Value) -> Program {
    let mut program = Program::new().in_actions();
    for (path, text) in files {
        program = program.file(path, text.as_bytes());
    }
    program = program.file("../runner/event.json", event.to_string().as_bytes());
    let path: PathBuf = program.workspace().join("../runner/event.json");
    program
        .env("GITHUB_EVENT_PATH", &path.to_string_lossy())
        .env("GITHUB_API_URL", &github.url)
        .env("GITHUB_SHA", TIP)
        .env("INPUT_TOKEN", TOKEN)
        // Code scanning is asked seconds later what it made of an upload; its own tests have a quicker pace.
        .env("INPUT_UPLOAD-SARIF", "false")
}

/// The job of the pull request, with `publish: later`.
pub(super) fn later(github: &FakeGithub, files: Files<'_>, env: &[(&str, &str)]) -> Ran {
    let event = json!({ "action": "synchronize", "number": 7, "repository": repository(7, "octo/repo"),
        "pull_request": pull(7, HEAD) });
    let mut program = program(github, files, &event)
        .env("GITHUB_EVENT_NAME", "pull_request")
        .env("GITHUB_REF", "refs/pull/7/merge")
        .env("GITHUB_BASE_REF", "main")
        .env("INPUT_PUBLISH", "later");
    for (name, value) in env {
        program = program.env(name, value);
    }
    let ran = program.run(&[]);
    check_agreement(&ran, "later");
    ran
}

/// The bundle that it leaves.
pub(super) fn bundle(files: Files<'_>) -> Vec<u8> {
    let ran = later(&github(""), files, &[]);
    ran.bytes("reports/security/publish.bundle")
        .unwrap_or_else(|| panic!("no bundle: {}", ran.stderr))
}

/// A bundle that somebody has changed.
pub(super) fn changed(bundle: &[u8], change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut document: Value = serde_json::from_slice(&gunzip(bundle, 1 << 30).unwrap()).unwrap();
    change(&mut document);
    gzip(document.to_string().as_bytes()).unwrap()
}

/// The event of the trusted job.
pub(super) fn event() -> Value {
    json!({ "action": "completed", "repository": repository(7, "octo/repo"), "workflow_run": {
        "id": RUN, "event": "pull_request", "conclusion": "failure", "head_sha": HEAD, "head_branch": "topic/7",
        "pull_requests": [], "head_repository": { "full_name": "mallory/repo" } } })
}

/// The trusted job.
pub(super) struct Trusted<'a> {
    pub(super) github: &'a FakeGithub,
    pub(super) bundle: &'a [u8],
    pub(super) event: Value,
    pub(super) files: Files<'a>,
    pub(super) env: &'a [(&'a str, &'a str)],
    /// Arguments; without any the input names the bundle.
    pub(super) arguments: &'a [&'a str],
}

impl<'a> Trusted<'a> {
    pub(super) fn new(github: &'a FakeGithub, bundle: &'a [u8]) -> Trusted<'a> {
        Trusted {
            github,
            bundle,
            event: event(),
            files: &[],
            env: &[],
            arguments: &[],
        }
    }

    pub(super) fn run(self) -> Ran {
        let mut program = program(self.github, self.files, &self.event)
            .file("in/publish.bundle", self.bundle)
            .env("GITHUB_EVENT_NAME", "workflow_run")
            .env("GITHUB_RUN_ID", "43");
        if self.arguments.is_empty() {
            program = program.env("INPUT_PUBLISH", "in/publish.bundle");
        }
        for (name, value) in self.env {
            program = program.env(name, value);
        }
        let ran = program.run(self.arguments);
        check_agreement(&ran, "trusted");
        ran
    }

    /// Runs it where it has to be refused, with nobody told; gives what it says.
    pub(super) fn refused(self, what: &str) -> String {
        let github = self.github;
        let ran = self.run();
        assert_eq!(ran.code, 3, "{what}: {}", ran.stderr);
        assert!(ran.verdict().is_none(), "{what}: something was judged");
        assert_eq!(ran.outputs().unwrap()["verdict"], "incomplete", "{what}");
        assert_silent(github, what);
        ran.stderr
    }
}

/// Nothing was written.
pub(super) fn assert_silent(github: &FakeGithub, what: &str) {
    let methods = github.methods();
    assert!(
        methods.iter().all(|method| method == "GET"),
        "{what}: {methods:?}"
    );
}

/// A Trivy report with one vulnerability in a lock file.
pub(super) fn trivy(id: &str, severity: &str) -> String {
    json!({ "SchemaVersion": 2, "ArtifactName": ".", "ArtifactType": "filesystem", "Results": [{
        "Target": "package-lock.json", "Class": "lang-pkgs", "Type": "npm", "Vulnerabilities": [{
            "VulnerabilityID": id, "PkgName": "lodash", "InstalledVersion": "4.17.0", "FixedVersion": "4.17.21",
            "Severity": severity, "Title": "a problem" }] }] })
    .to_string()
}
