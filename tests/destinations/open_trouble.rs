//! A check run that is opened, or concluded, at a GitHub that refuses, breaks off or hangs, and one that a signal or an error
//! of the gate ends: one in the end, and no verdict but the gate's.

use std::time::{Duration, Instant};

use sarif_gate::destinations::Status;
use sarif_gate::github::Pace;

use super::super::fake_github::{FakeGithub, Trouble};
use super::super::support::{outcome, settings};
use super::open::{attempt, begin, impatient, many, whole, writes};
use super::{commands, quick};

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
            // Only a long rate limit lasts until the end, and what the token may not do is not tried twice.
            let limited = matches!(trouble, Trouble::Answer(429, ..));
            let refused = format!("{trouble:?}").contains("not accessible");
            let lasts = limited || place == 1 && refused;
            let done = matches!(told.status("check-run"), Status::Done { .. });
            assert_eq!(
                done,
                !lasts,
                "{place} {trouble:?}: {}",
                told.line("check-run")
            );
            let runs = github.runs();
            assert_eq!(runs.len(), usize::from(!lasts), "{place} {trouble:?}");
            for run in runs {
                assert_eq!(run["conclusion"], "failure", "{place} {trouble:?}");
                assert_eq!(run["output"]["annotations_count"], 2, "{place} {trouble:?}");
            }
            assert_eq!(commands(&told.log), if lasts { 2 } else { 0 });
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
