//! The check run from its opening to its conclusion: one, concluded once, whatever GitHub does meanwhile.

use std::time::Duration;

use sarif_gate::destinations::{LastWord, Opened, Status, open};
use sarif_gate::github::{Access, Client, Pace};
use sarif_gate::model::{Conclusion, Mode, Outcome};
use sarif_gate::settings::{Hidden, Publish, Settings, Switch};
use serde_json::Value;

use super::super::fake_github::{FakeGithub, Served};
use super::super::support::{TOKEN, outcome, settings};
use super::{Told, commands, quick, tell_opened};

const BEFORE: &str = "9999999999999999999999999999999999999999";

/// Little time for one request, so that a server that hangs is found out.
pub(super) fn impatient() -> Pace {
    Pace {
        request: Duration::from_millis(700),
        ..quick()
    }
}

/// One run, opened as the program does it.
pub(super) struct Begun {
    pub(super) outcome: Outcome,
    pub(super) settings: Settings,
    pub(super) client: Client,
    pub(super) opened: Opened,
    pub(super) last: Option<LastWord>,
}

pub(super) fn begin(
    outcome: Outcome,
    settings: &Settings,
    github: &FakeGithub,
    pace: Pace,
) -> Begun {
    let mut outcome = outcome;
    outcome.context.api_url = github.url.clone();
    let settings = Settings {
        context: outcome.context.clone(),
        mode: outcome.mode,
        ..settings.clone()
    };
    let access = Access {
        api_url: github.url.clone(),
        token: Hidden::new(TOKEN),
        ca_bundle: None,
    };
    let mut client = Client::new(access, pace);
    let mut last = None;
    let opened = open(&settings, &outcome.started, &mut client, &mut |word| {
        last = Some(word);
    });
    Begun {
        outcome,
        settings,
        client,
        opened,
        last,
    }
}

impl Begun {
    pub(super) fn tell(self, github: &FakeGithub, pace: Pace) -> Told {
        tell_opened(
            self.outcome,
            &self.settings,
            github,
            pace,
            Some(self.client),
            self.opened,
        )
    }
}

pub(super) fn whole(
    outcome: Outcome,
    settings: &Settings,
    github: &FakeGithub,
    pace: Pace,
) -> Told {
    begin(outcome, settings, github, pace).tell(github, pace)
}

/// Attempt `attempt` of workflow run `run`, with so many findings.
pub(super) fn attempt(findings: usize, run: &str, attempt: &str) -> Outcome {
    let mut outcome = outcome(findings);
    outcome.context.run_id = Some(run.to_owned());
    outcome.context.run_attempt = Some(attempt.to_owned());
    outcome.started = format!("2026-03-01T1{attempt}:00:00Z");
    outcome
}

pub(super) fn many() -> Settings {
    Settings {
        annotations: 1_000,
        ..settings()
    }
}

pub(super) fn writes(github: &FakeGithub) -> Vec<(String, usize)> {
    let requests = github.requests().into_iter();
    let writes = requests.filter(|request| request.method != "GET");
    writes
        .map(|request| (request.method.clone(), request.annotations()))
        .collect()
}

#[test]
fn it_is_opened_without_a_result_and_concluded_once() {
    for (findings, batches) in [
        (0, vec![0]),
        (1, vec![1]),
        (50, vec![50]),
        (51, vec![50, 1]),
        (120, vec![50, 50, 20]),
        (1_001, vec![50; 20]),
    ] {
        let github = FakeGithub::start();
        let told = whole(outcome(findings), &many(), &github, quick());
        let sent = writes(&github);
        assert_eq!(sent[0], ("POST".to_owned(), 0));
        let patches: Vec<usize> = sent[1..].iter().map(|(_, count)| *count).collect();
        assert_eq!(patches, batches, "{findings}");
        assert!(sent[1..].iter().all(|(method, _)| method == "PATCH"));
        assert!(told.status("check-run").clone() != Status::Skipped(String::new()));
        let url = format!("{}/octo/repo/runs/1", github.url);
        assert_eq!(told.output("check-url"), Some(url));
        assert_eq!((github.runs().len(), commands(&told.log)), (1, 0));
        let bodies: Vec<Value> = github.requests().into_iter().map(|r| r.body).collect();
        let opening = &bodies[1];
        assert_eq!(opening["status"], "in_progress");
        assert_eq!(opening["started_at"], "2026-03-01T10:00:00Z");
        assert!(opening.get("conclusion").is_none());
        assert!(!opening.to_string().contains("block"), "{opening}");
        let run = &github.runs()[0];
        let should = if findings == 0 { "success" } else { "failure" };
        assert_eq!(
            (&run["status"], &run["conclusion"]),
            (&"completed".into(), &should.into())
        );
        // Status and conclusion are sent once.
        let concluding = bodies.iter().filter(|b| b.get("conclusion").is_some());
        assert_eq!(concluding.count(), 1);
    }
}

#[test]
fn nothing_is_opened_where_nothing_is_to_be_told() {
    type Change = fn(&mut Outcome, &mut Settings);
    let changes: [Change; 7] = [
        |outcome, _| outcome.mode = Mode::Observe,
        |outcome, _| outcome.context.actions = false,
        |outcome, _| outcome.context.head_sha = Some("0".repeat(40)),
        |_, settings| settings.check_run = Switch::Off,
        |_, settings| settings.publish = Publish::Later,
        |_, settings| settings.token = None,
        |_, settings| settings.token = Some(Hidden::new(" ")),
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let github = FakeGithub::start();
        let (mut outcome, mut settings) = (outcome(1), settings());
        change(&mut outcome, &mut settings);
        let begun = begin(outcome, &settings, &github, quick());
        assert!(github.requests().is_empty(), "{number}");
        assert!(begun.last.is_none() && begun.opened.check.is_none());
    }
}

#[test]
fn a_run_again_leaves_one_check_without_doubled_annotations() {
    for later in [("42", "2"), ("43", "1")] {
        let github = FakeGithub::start();
        let first = whole(attempt(120, "42", "1"), &many(), &github, quick());
        assert!(matches!(first.status("check-run"), Status::Done { .. }));
        let again = begin(attempt(120, later.0, later.1), &many(), &github, quick());
        assert_eq!(again.opened.previous, Some(Conclusion::Fail));
        let run = &github.runs()[0];
        assert_eq!(run["status"], "in_progress");
        assert_eq!(run["conclusion"], Value::Null);
        assert_eq!(run["output"]["title"], "in progress");
        let before = github.requests().len();
        let told = again.tell(&github, quick());
        assert!(told.line("check-run").contains("120 of 120 annotations"));
        assert_eq!((github.runs().len(), github.shown()), (1, 120));
        let sent = github.requests().split_off(before);
        let methods: Vec<&str> = sent.iter().map(|r| r.method.as_str()).collect();
        // The run, two pages of annotations, the conclusion.
        assert_eq!(methods, ["GET", "GET", "GET", "PATCH"]);
        assert_eq!(github.runs()[0]["conclusion"], "failure");
        assert_eq!(commands(&told.log), 0);
    }
}

#[test]
fn annotations_that_are_no_longer_true_are_said() {
    let github = FakeGithub::start();
    whole(attempt(60, "42", "1"), &many(), &github, quick());
    let mut outcome = attempt(70, "42", "2");
    outcome.findings.drain(..20);
    outcome.verdict.judged.drain(..20);
    outcome.verdict.rulings.drain(..20);
    let told = whole(outcome, &many(), &github, quick());
    assert!(told.line("check-run").contains("50 of 50 annotations"));
    // 40 of the 60 are wanted still, 10 are new.
    assert_eq!((github.runs().len(), github.shown()), (1, 70));
    let run = &github.runs()[0];
    let summary = run["output"]["summary"].as_str().expect("a summary");
    assert!(
        summary.contains("20 are of an earlier attempt"),
        "{summary}"
    );
    let titles: std::collections::BTreeSet<String> =
        github.annotations(1).iter().map(Value::to_string).collect();
    assert_eq!(titles.len(), 70, "none stands there twice");
    // Clean at last: all are old.
    let told = whole(attempt(0, "42", "3"), &many(), &github, quick());
    assert!(matches!(told.status("check-run"), Status::Done { .. }));
    let run = &github.runs()[0];
    assert_eq!(run["conclusion"], "success");
    let summary = run["output"]["summary"].as_str().expect("a summary");
    assert!(
        summary.contains("70 are of an earlier attempt"),
        "{summary}"
    );
}

#[test]
fn annotations_that_cannot_be_read_are_not_added_blindly() {
    let github = FakeGithub::start();
    whole(attempt(3, "42", "1"), &many(), &github, quick());
    let begun = begin(attempt(3, "42", "2"), &many(), &github, quick());
    let path = "/repos/octo/repo/check-runs/1/annotations";
    let error = Served::error(404, "Not Found");
    github.put(path, error);
    let told = begun.tell(&github, quick());
    let line = told.line("check-run");
    assert!(
        line.contains("0 of 3") && line.contains("cannot be read"),
        "{line}"
    );
    assert_eq!((github.shown(), commands(&told.log)), (3, 3));
    assert_eq!(github.runs()[0]["conclusion"], "failure");
}

#[test]
fn steps_of_one_attempt_and_other_jobs_keep_their_own() {
    type Change = fn(&mut Outcome);
    let same: [Change; 4] = [
        |_| (),
        |outcome| outcome.context.job = Some("other".to_owned()),
        |outcome| outcome.context.event = "push".to_owned(),
        |outcome| outcome.context.workflow_ref = Some("o/r/.github/x.yml@x".to_owned()),
    ];
    for (number, change) in same.into_iter().enumerate() {
        let github = FakeGithub::start();
        whole(attempt(1, "42", "1"), &settings(), &github, quick());
        // The same attempt, or another one of something else.
        let mut other = attempt(0, "42", if number == 0 { "1" } else { "2" });
        change(&mut other);
        whole(other, &settings(), &github, quick());
        let runs = github.runs();
        assert_eq!(runs.len(), 2, "{number}");
        assert_eq!(runs[0]["conclusion"], "failure");
        assert_eq!(runs[1]["conclusion"], "success");
    }
    // One that is open belongs to somebody who is at work.
    let github = FakeGithub::start();
    let at_work = begin(attempt(1, "42", "1"), &settings(), &github, quick());
    let second = begin(attempt(0, "42", "2"), &settings(), &github, quick());
    assert_eq!(second.opened.previous, None);
    second.tell(&github, quick());
    at_work.tell(&github, quick());
    let conclusions: Vec<Value> = github
        .runs()
        .iter()
        .map(|r| r["conclusion"].clone())
        .collect();
    assert_eq!(conclusions, ["failure", "success"]);
}

#[test]
fn one_that_somebody_else_took_keeps_that_verdict() {
    let github = FakeGithub::start();
    whole(attempt(1, "42", "1"), &settings(), &github, quick());
    let mut one = begin(attempt(0, "42", "2"), &settings(), &github, quick());
    assert_eq!(github.runs().len(), 1);
    // As a job of the same matrix does that looked at the same moment.
    let theirs = serde_json::json!({ "external_id": "sarif-gate:theirs", "status": "completed",
        "conclusion": "failure", "output": { "title": "fail: x", "summary": "x" } });
    let path = "/repos/octo/repo/check-runs/1";
    one.client.patch::<Value>(path, &theirs).expect("taken");
    one.tell(&github, quick());
    let conclusions: Vec<Value> = github
        .runs()
        .iter()
        .map(|r| r["conclusion"].clone())
        .collect();
    assert_eq!(conclusions, ["failure", "success"]);
}

#[test]
fn the_verdict_before_is_told() {
    let github = FakeGithub::start();
    let previous = |outcome: Outcome| {
        begin(outcome, &settings(), &github, quick())
            .opened
            .previous
    };
    let push = |sha: &str, before: Option<&str>, run: &str| {
        let mut outcome = attempt(1, run, "1");
        outcome.context.event = "push".to_owned();
        outcome.context.head_sha = Some(sha.to_owned());
        outcome.context.before = before.map(str::to_owned);
        outcome
    };
    let mut warned = push(BEFORE, None, "1");
    warned.verdict.conclusion = Conclusion::Warn;
    whole(warned, &settings(), &github, quick());
    let next = "8".repeat(40);
    assert_eq!(previous(push(&next, None, "2")), None);
    assert_eq!(
        previous(push(&next, Some(BEFORE), "3")),
        Some(Conclusion::Warn)
    );
    assert_eq!(previous(push(&next, Some("main"), "4")), None);
    let mut elsewhere = push(&next, Some(BEFORE), "5");
    elsewhere.context.job = Some("other".to_owned());
    assert_eq!(previous(elsewhere), None);
    // What ended without a verdict says nothing; the one before it does.
    let lost = begin(push(BEFORE, None, "6"), &settings(), &github, quick());
    let check = lost.opened.check.expect("a check run");
    check.could_not_judge("pass: a lie").expect("told");
    assert_eq!(
        previous(push(&next, Some(BEFORE), "7")),
        None,
        "it was used again"
    );
    whole(push(BEFORE, None, "8"), &settings(), &github, quick());
    assert_eq!(
        previous(push(&next, Some(BEFORE), "9")),
        Some(Conclusion::Fail)
    );
}
