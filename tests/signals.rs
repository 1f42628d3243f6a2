//! The real program, told to end while its check run is open, and ending by an error of its own.
#![expect(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test starts programs, measures time, and has failed when it cannot go on"
)]

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::fake_github::{FakeGithub, Trouble};
use crate::support::TOKEN;

/// From the signal to the end, on a busy machine; the promise of two seconds is looked at without connection.
const PATIENCE: Duration = Duration::from_secs(4);

struct Step {
    folder: tempfile::TempDir,
    child: Child,
}

/// A push that waits for a report on standard input, with an open pipe.
fn start(github: &FakeGithub, more: &[(&str, &str)]) -> Step {
    let folder = tempfile::tempdir().expect("a folder");
    let event = folder.path().join("event.json");
    let repository = json!({ "full_name": "octo/repo", "default_branch": "main", "private": true });
    let sha = "1".repeat(40);
    let payload = json!({ "repository": repository, "after": sha });
    std::fs::write(&event, payload.to_string()).expect("an event");
    let at = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    std::fs::create_dir(at("work")).expect("a workspace");
    let child = Command::new(env!("CARGO_BIN_EXE_sarif-gate"))
        .arg("run")
        .arg("trivy=-")
        .env_clear()
        .envs([
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_OUTPUT", &at("output")),
            ("GITHUB_STEP_SUMMARY", &at("summary")),
            ("GITHUB_WORKSPACE", &at("work")),
            ("GITHUB_EVENT_NAME", "push"),
            ("GITHUB_EVENT_PATH", &at("event.json")),
            ("GITHUB_REPOSITORY", "octo/repo"),
            ("GITHUB_REF", "refs/heads/main"),
            ("GITHUB_SHA", &sha),
            ("GITHUB_RUN_ID", "42"),
            ("GITHUB_RUN_ATTEMPT", "1"),
            ("GITHUB_JOB", "gate"),
            ("GITHUB_API_URL", &github.url),
            ("INPUT_TOKEN", TOKEN),
        ])
        .envs(more.iter().copied())
        .current_dir(at("work"))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    Step { folder, child }
}

fn until(what: &str, holds: impl Fn() -> bool) {
    let begin = Instant::now();
    while !holds() {
        assert!(begin.elapsed() < Duration::from_secs(20), "{what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

impl Step {
    fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &pid]).status();
        assert!(sent.expect("kill").success());
    }

    /// The exit code, and how long it took.
    fn end(mut self) -> (Option<i32>, Duration) {
        let begin = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("ours") {
                break status;
            }
            if begin.elapsed() > Duration::from_secs(20) {
                self.child.kill().expect("it ends");
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        (status.code(), begin.elapsed())
    }
}

fn requests(github: &FakeGithub, method: &str) -> usize {
    github.methods().iter().filter(|one| *one == method).count()
}

#[test]
fn a_cancelled_job_leaves_no_check_run_open() {
    for (name, code) in [("TERM", 143), ("INT", 130)] {
        let github = FakeGithub::start();
        let step = start(&github, &[]);
        // It is open, and the program waits for its report.
        until("open", || github.runs().len() == 1);
        std::thread::sleep(Duration::from_millis(200));
        step.signal(name);
        let (ended, took) = step.end();
        assert_eq!(ended, Some(code), "{name}");
        assert!(took < PATIENCE, "{took:?}");
        let run = &github.runs()[0];
        assert_eq!(run["status"], "completed");
        assert_eq!(run["conclusion"], "cancelled");
        assert_eq!((github.runs().len(), requests(&github, "PATCH")), (1, 1));
    }
}

#[test]
fn a_signal_does_not_wait_for_a_request_that_hangs() {
    // The opening hangs, and was carried out: it is found again.
    let github = FakeGithub::troubled(vec![None, Some(Trouble::Hang { done: true })]);
    let step = start(&github, &[]);
    until("opening", || github.runs().len() == 1);
    step.signal("TERM");
    let (ended, took) = step.end();
    assert_eq!(ended, Some(143));
    assert!(took < PATIENCE, "{took:?}");
    assert_eq!(github.runs()[0]["conclusion"], "cancelled");
    // Everything hangs from the opening on: the program ends all the same.
    let mut troubles = vec![None, None];
    troubles.extend(vec![Some(Trouble::Hang { done: false }); 9]);
    let github = FakeGithub::troubled(troubles);
    let step = start(&github, &[]);
    until("open", || github.runs().len() == 1);
    std::thread::sleep(Duration::from_millis(200));
    step.signal("INT");
    let (ended, took) = step.end();
    assert_eq!(ended, Some(130));
    assert!(took < PATIENCE, "{took:?}");
}

#[test]
fn without_a_check_run_a_signal_ends_it_at_once() {
    for more in [[("INPUT_CHECK-RUN", "false")], [("INPUT_MODE", "observe")]] {
        let github = FakeGithub::start();
        let step = start(&github, &more);
        // Far enough to read its report, and nothing to be told.
        std::thread::sleep(Duration::from_millis(600));
        step.signal("TERM");
        let (ended, took) = step.end();
        assert_eq!(ended, Some(143));
        assert!(took < Duration::from_millis(900), "{took:?}");
        assert!(github.runs().is_empty() && requests(&github, "PATCH") == 0);
    }
}

#[test]
fn an_error_after_the_opening_is_no_open_check_run() {
    let github = FakeGithub::start();
    let step = start(&github, &[("INPUT_EVIDENCE-DIR", "there")]);
    // Where the evidence should go there is a file.
    std::fs::write(step.folder.path().join("work/there"), "x").expect("a file");
    let mut step = step;
    drop(step.child.stdin.take());
    let (ended, _) = step.end();
    assert_eq!(ended, Some(70));
    let run = &github.runs()[0];
    assert_eq!(run["conclusion"], "failure");
    assert_eq!(run["output"]["title"], "sarif-gate could not judge");
    assert_eq!(github.runs().len(), 1);
}
