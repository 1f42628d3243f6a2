//! The check run from its opening to its conclusion: one, concluded once, whatever GitHub does meanwhile.

use std::time::{Duration, Instant};

use sarif_gate::destinations::{LastWord, Opened, Status, open};
use sarif_gate::github::{Access, Client, Pace};
use sarif_gate::model::{Conclusion, Mode, Outcome};
use sarif_gate::settings::{Hidden, Publish, Settings, Switch};
use serde_json::Value;

use super::super::fake_github::{FakeGithub, Trouble};
use super::super::support::{TOKEN, outcome, settings};
use super::{Told, commands, quick, tell_opened};

const BEFORE: &str = "9999999999999999999999999999999999999999";

/// Little time for one request, so that a server that hangs is found out.
fn impatient() -> Pace {
    Pace {
        request: Duration::from_millis(700),
        ..quick()
    }
}

/// One run, opened as the program does it.
struct Begun {
    outcome: Outcome,
    settings: Settings,
    client: Client,
    opened: Opened,
    last: Option<LastWord>,
}

fn begin(outcome: Outcome, settings: &Settings, github: &FakeGithub, pace: Pace) -> Begun {
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
    fn tell(self, github: &FakeGithub, pace: Pace) -> Told {
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

fn whole(outcome: Outcome, settings: &Settings, github: &FakeGithub, pace: Pace) -> Told {
    begin(outcome, settings, github, pace).tell(github, pace)
}

/// Attempt `attempt` of workflow run `run`, with so many findings.
fn attempt(findings: usize, run: &str, attempt: &str) -> Outcome {
    let mut outcome = outcome(findings);
    outcome.context.run_id = Some(run.to_owned());
    outcome.context.run_attempt = Some(attempt.to_owned());
    outcome.started = format!("2026-03-01T1{attempt}:00:00Z");
    outcome
}

fn many() -> Settings {
    Settings {
        annotations: 1_000,
        ..settings()
    }
}

fn writes(github: &FakeGithub) -> Vec<(String, usize)> {
    let requests = github.requests().into_iter();
    let writes = requests.filter(|request| request.method != "GET");
    writes
        .map(|request| (request.method.clone(), request.annotations()))
        .collect()
}

/// What a refusal, a fault or a cut connection can be. Whether it was carried out is in it.
fn troubles() -> Vec<Trouble> {
    let integration = "Resource not accessible by integration";
    let limited = |seconds: &str| {
        Trouble::Answer(
            429,
            vec![("retry-after", seconds.to_owned())],
            "{}".to_owned(),
        )
    };
    vec![
        Trouble::status(401, "Bad credentials"),
        Trouble::status(403, integration),
        Trouble::status(403, "Checks must be enabled for this repository"),
        Trouble::status(404, "Not Found"),
        Trouble::status(409, "Conflict"),
        Trouble::status(410, "Gone"),
        Trouble::status(413, "Payload too large"),
        Trouble::status(422, "Validation Failed"),
        Trouble::status(301, "Moved"),
        limited("3000"),
        Trouble::status(500, "x"),
        Trouble::status(503, "x"),
        Trouble::DoneWith(502),
        Trouble::Page,
        Trouble::Cut { done: true },
        Trouble::Cut { done: false },
        Trouble::Hang { done: true },
        Trouble::Hang { done: false },
    ]
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
    let error = super::super::fake_github::Served::error(404, "Not Found");
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
    let one = begin(attempt(0, "42", "2"), &settings(), &github, quick());
    // As a job of the same matrix does that asked at the same moment.
    let mut other = attempt(1, "42", "2");
    other.started = "2026-03-01T12:00:01Z".to_owned();
    let other = begin(other, &settings(), &github, quick());
    other.tell(&github, quick());
    let taken = github.runs().len() - 1;
    one.tell(&github, quick());
    assert_eq!(github.runs()[taken]["conclusion"], "failure");
    assert!(
        github
            .runs()
            .iter()
            .any(|run| run["conclusion"] == "success")
    );
    assert_eq!(github.runs().len(), 2);
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

#[test]
fn a_check_run_of_another_workflow_run_that_may_not_be_changed_is_left_alone() {
    for (trouble, runs) in [
        (Trouble::status(403, "can only be modified by"), 2),
        (Trouble::status(404, "Not Found"), 2),
        (Trouble::status(422, "can only be updated internally"), 2),
        (Trouble::Hang { done: true }, 1),
        (Trouble::Cut { done: false }, 1),
        (Trouble::status(502, "x"), 1),
    ] {
        let github = FakeGithub::start();
        whole(attempt(2, "42", "1"), &settings(), &github, quick());
        let before = github.runs()[0].clone();
        github.trouble(vec![None, Some(trouble.clone())]);
        let told = whole(attempt(0, "43", "1"), &settings(), &github, impatient());
        assert!(matches!(told.status("check-run"), Status::Done { .. }));
        let now = github.runs();
        assert_eq!(now.len(), runs, "{trouble:?}");
        if runs == 2 {
            assert_eq!(now[0], before, "{trouble:?}");
        }
        assert_eq!(now[runs - 1]["conclusion"], "success", "{trouble:?}");
    }
}

#[test]
fn whatever_happens_at_the_opening_there_is_one_check_run_in_the_end() {
    for place in [0, 1] {
        for trouble in troubles() {
            let github = FakeGithub::troubled(
                (0..place)
                    .map(|_| None)
                    .chain([Some(trouble.clone())])
                    .collect(),
            );
            let told = whole(outcome(2), &settings(), &github, impatient());
            // Only a long rate limit lasts until the end.
            let limited = matches!(trouble, Trouble::Answer(429, ..));
            let done = matches!(told.status("check-run"), Status::Done { .. });
            assert_eq!(
                done,
                !limited,
                "{place} {trouble:?}: {}",
                told.line("check-run")
            );
            let runs = github.runs();
            assert_eq!(runs.len(), usize::from(!limited), "{place} {trouble:?}");
            for run in runs {
                assert_eq!(run["conclusion"], "failure", "{place} {trouble:?}");
                assert_eq!(run["output"]["annotations_count"], 2, "{place} {trouble:?}");
            }
            assert_eq!(commands(&told.log), if limited { 2 } else { 0 });
        }
    }
}

#[test]
fn whatever_happens_at_the_conclusion_nothing_is_told_twice() {
    for trouble in troubles() {
        let github = FakeGithub::start();
        let begun = begin(outcome(60), &many(), &github, impatient());
        github.trouble(vec![Some(trouble.clone())]);
        let told = begun.tell(&github, impatient());
        let line = told.line("check-run");
        let run = &github.runs()[0];
        let done = matches!(told.status("check-run"), Status::Done { .. });
        let annotations = github.annotations(1).len() + told_elsewhere(&github);
        match &trouble {
            // The content may be what was wrong: offered without annotations.
            Trouble::Answer(413 | 422, ..) => {
                assert!(done && line.contains("0 of 60"), "{line}");
                assert_eq!(
                    (run["conclusion"].as_str(), annotations),
                    (Some("failure"), 0)
                );
            }
            // It may not be changed: a new one.
            Trouble::Answer(403, _, text) if text.contains("integration") => {
                assert!(done, "{line}");
                assert_eq!((github.runs().len(), annotations), (2, 60));
            }
            Trouble::Answer(404 | 410, ..) => {
                assert!(done, "{line}");
                assert_eq!((github.runs().len(), annotations), (2, 60));
            }
            Trouble::Answer(401 | 403 | 409 | 301 | 429, ..) => {
                assert!(!done, "{trouble:?} {line}");
                assert_eq!(run["status"], "in_progress");
                assert_eq!(commands(&told.log), 10);
            }
            _ => {
                assert!(done && line.contains("60 of 60"), "{trouble:?} {line}");
                assert_eq!((github.runs().len(), annotations), (1, 60), "{trouble:?}");
                assert_eq!(run["conclusion"], "failure");
            }
        }
    }
}

/// Annotations of the second check run.
fn told_elsewhere(github: &FakeGithub) -> usize {
    match github.runs().len() {
        2 => github.annotations(2).len(),
        _ => 0,
    }
}

#[test]
fn a_github_that_is_never_well_costs_neither_time_nor_verdict() {
    for trouble in troubles() {
        let github = FakeGithub::always(trouble.clone());
        let begin = Instant::now();
        let pace = Pace {
            budget: Duration::from_secs(4),
            ..impatient()
        };
        let told = whole(outcome(2), &settings(), &github, pace);
        assert!(begin.elapsed() < Duration::from_secs(12), "{trouble:?}");
        assert!(
            !matches!(told.status("check-run"), Status::Done { .. }),
            "{trouble:?}"
        );
        assert_eq!(commands(&told.log), 2, "{trouble:?}");
        let posts = writes(&github)
            .iter()
            .filter(|(method, _)| method == "POST")
            .count();
        // Refused at the opening and at the end, there once more without annotations.
        assert!(posts <= 2, "{trouble:?}: {:?}", github.methods());
    }
}

#[test]
fn an_error_of_the_gate_is_a_failure_and_never_in_place_of_a_verdict() {
    let github = FakeGithub::start();
    let begun = begin(outcome(1), &settings(), &github, quick());
    let check = begun.opened.check.clone().expect("a check run");
    check
        .could_not_judge("waivers.yml: <b>broken</b> @octo")
        .expect("told");
    let run = github.runs()[0].clone();
    assert_eq!(
        (&run["conclusion"], &run["output"]["title"]),
        (&"failure".into(), &"sarif-gate could not judge".into())
    );
    let summary = run["output"]["summary"].as_str().expect("a summary");
    assert!(
        summary.contains("broken") && !summary.contains("<b>"),
        "{summary}"
    );
    let requests = github.requests().len();
    check.could_not_judge("again").expect("nothing to do");
    assert_eq!(github.requests().len(), requests);
    // After a verdict, told or not, it says nothing.
    for trouble in [None, Some(Trouble::status(401, "x"))] {
        let github = FakeGithub::start();
        let begun = begin(outcome(0), &settings(), &github, quick());
        let check = begun.opened.check.clone().expect("a check run");
        github.trouble(vec![trouble]);
        begun.tell(&github, quick());
        let (requests, runs) = (github.requests().len(), github.runs());
        check.could_not_judge("late").expect("nothing to do");
        assert_eq!((github.requests().len(), github.runs()), (requests, runs));
    }
    // Nobody knew whether it was open.
    let github = FakeGithub::troubled(vec![
        None,
        Some(Trouble::Cut { done: true }),
        Some(Trouble::status(404, "x")),
    ]);
    let begun = begin(outcome(1), &settings(), &github, quick());
    let check = begun.opened.check.expect("a check run");
    check.could_not_judge("broken").expect("told");
    assert_eq!(
        (github.runs().len(), &github.runs()[0]["conclusion"]),
        (1, &"failure".into())
    );
}

#[test]
fn a_signal_cancels_what_is_open_and_nothing_else() {
    let github = FakeGithub::start();
    let begun = begin(outcome(1), &settings(), &github, quick());
    let begin_at = Instant::now();
    begun.last.expect("a last word")();
    assert!(begin_at.elapsed() < Duration::from_secs(2));
    assert_eq!(github.runs()[0]["conclusion"], "cancelled");
    // After the conclusion it is told nothing.
    let github = FakeGithub::start();
    let mut begun = begin(outcome(1), &settings(), &github, quick());
    let last = begun.last.take().expect("a last word");
    begun.tell(&github, quick());
    let requests = github.requests().len();
    last();
    assert_eq!(github.requests().len(), requests);
    assert_eq!(github.runs()[0]["conclusion"], "failure");
    // While the conclusion hangs: what arrived stays, what did not is cancelled.
    for (done, conclusion) in [(true, "failure"), (false, "cancelled")] {
        let github = FakeGithub::start();
        let mut begun = begin(outcome(1), &settings(), &github, quick());
        let last = begun.last.take().expect("a last word");
        github.trouble(vec![Some(Trouble::Hang { done })]);
        // The main thread hangs for longer than the signal's takes.
        let pace = Pace {
            request: Duration::from_secs(3),
            ..quick()
        };
        let signal = std::thread::spawn(|| {
            std::thread::sleep(Duration::from_millis(500));
            last();
        });
        begun.tell(&github, pace);
        signal.join().expect("it ends");
        assert_eq!(github.runs()[0]["conclusion"], conclusion);
    }
    // What could not be opened has nothing to be cancelled.
    let github = FakeGithub::troubled(vec![None, Some(Trouble::status(401, "x"))]);
    let begun = begin(outcome(1), &settings(), &github, quick());
    let requests = github.requests().len();
    begun.last.expect("a last word")();
    assert_eq!(github.requests().len(), requests);
    // A server that hangs is not waited for.
    let github = FakeGithub::start();
    let begun = begin(outcome(1), &settings(), &github, quick());
    github.trouble(vec![Some(Trouble::Hang { done: false })]);
    let begin_at = Instant::now();
    begun.last.expect("a last word")();
    assert!(begin_at.elapsed() < Duration::from_secs(2));
}
