//! A GitHub that refuses, limits, breaks off, hangs or is not there: said once, sent once, never in the way of the rest.

use std::time::{Duration, Instant};

use sarif_gate::destinations::Status;
use sarif_gate::github::Pace;
use sarif_gate::settings::{Settings, Switch};

use super::super::fake_github::{FakeGithub, Trouble};
use super::super::support::{outcome, settings};
use super::{commands, quick, tell};

/// For a server that hangs: as little time as a healthy answer needs on a busy machine.
fn impatient() -> Pace {
    Pace {
        budget: Duration::from_secs(4),
        request: Duration::from_millis(700),
        ..quick()
    }
}

#[test]
fn a_refusal_is_said_and_sent_once() {
    let integration = "Resource not accessible by integration";
    for (trouble, requests, skipped, words) in [
        (Trouble::status(401, "Bad credentials"), 1, false, "401"),
        (
            Trouble::status(403, integration),
            1,
            true,
            "permissions: checks: write",
        ),
        (
            Trouble::status(403, "Checks must be enabled for this repository"),
            1,
            false,
            "switched off",
        ),
        (
            Trouble::status(404, "Not Found"),
            1,
            false,
            "(404), or the token may not see it; give the job `permissions: {contents: read, checks: write}`",
        ),
        (Trouble::status(410, "Gone"), 1, false, "410"),
        (Trouble::status(301, "Moved Permanently"), 1, false, "moved"),
        // Refused content is offered once more without annotations, since the verdict matters more.
        (
            Trouble::status(422, "No commit found for SHA"),
            2,
            false,
            "No commit found",
        ),
        (Trouble::status(413, "Payload too large"), 2, false, "413"),
        (
            Trouble::status(400, "Problems parsing JSON"),
            1,
            false,
            "Problems parsing JSON",
        ),
    ] {
        let github = FakeGithub::always(trouble.clone());
        let told = tell(outcome(3), &settings(), &github, quick());
        assert_eq!(github.requests().len(), requests, "{trouble:?}");
        let line = told.line("check-run");
        assert!(line.contains(words), "{trouble:?}: {line}");
        assert_eq!(
            matches!(told.status("check-run"), Status::Skipped(_)),
            skipped,
            "{line}"
        );
        // Then the findings stand inline by workflow commands.
        assert_eq!(commands(&told.log), 3, "{}", told.log);
        assert!(told.summary.contains("check-run"));
        assert_eq!(told.output("check-url").as_deref(), Some(""));
    }
}

#[test]
fn a_read_only_token_is_named() {
    for (fork, dependabot, switch, words, failed) in [
        (true, false, Switch::Auto, "from a fork", false),
        (false, true, Switch::Auto, "Dependabot", false),
        (true, false, Switch::On, "from a fork", true),
    ] {
        let github = FakeGithub::always(Trouble::status(
            403,
            "Resource not accessible by integration",
        ));
        let mut outcome = outcome(1);
        (outcome.context.fork, outcome.context.dependabot) = (fork, dependabot);
        let told = tell(
            outcome,
            &Settings {
                check_run: switch,
                ..settings()
            },
            &github,
            quick(),
        );
        let line = told.line("check-run");
        assert!(line.contains(words), "{line}");
        assert_eq!(
            matches!(told.status("check-run"), Status::Failed(_)),
            failed,
            "{line}"
        );
        assert_eq!(commands(&told.log), 1);
    }
}

#[test]
fn a_rate_limit_is_waited_for_only_within_the_budget() {
    let limited = |headers: Vec<(&'static str, String)>, status: u16| {
        Trouble::Answer(
            status,
            headers,
            r#"{"message":"You have exceeded a secondary rate limit"}"#.to_owned(),
        )
    };
    // Short: waited for, then sent; nothing was carried out before.
    for trouble in [
        limited(vec![("retry-after", "1".to_owned())], 429),
        limited(Vec::new(), 403),
    ] {
        let github = FakeGithub::troubled(vec![Some(trouble)]);
        let told = tell(outcome(1), &settings(), &github, quick());
        assert!(
            matches!(told.status("check-run"), Status::Done { .. }),
            "{}",
            told.line("check-run")
        );
        assert_eq!(
            (github.methods(), github.runs().len()),
            (vec!["POST".to_owned(); 2], 1)
        );
    }
    // Long: not waited for.
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .expect("a clock")
        .as_secs();
    for headers in [
        vec![("retry-after", "3000".to_owned())],
        vec![
            ("x-ratelimit-remaining", "0".to_owned()),
            ("x-ratelimit-reset", (now + 2_000).to_string()),
        ],
    ] {
        let github = FakeGithub::always(limited(headers, 403));
        let begin = Instant::now();
        let told = tell(outcome(1), &settings(), &github, quick());
        assert!(begin.elapsed() < Duration::from_secs(2));
        assert_eq!(github.requests().len(), 1);
        assert!(
            told.line("check-run").contains("rate limit"),
            "{}",
            told.line("check-run")
        );
        assert_eq!(commands(&told.log), 1);
    }
    // One that never ends: a few tries, each later than the one before.
    let github = FakeGithub::always(limited(Vec::new(), 429));
    let told = tell(outcome(1), &settings(), &github, quick());
    assert_eq!(github.requests().len(), 4);
    assert!(matches!(told.status("check-run"), Status::Failed(_)));
}

#[test]
fn an_answer_that_does_not_come_is_looked_up_before_anything_is_sent_again() {
    let done = [
        Trouble::Cut { done: true },
        Trouble::Hang { done: true },
        Trouble::Page,
        Trouble::DoneWith(502),
    ];
    for trouble in done {
        let github = FakeGithub::troubled(vec![Some(trouble.clone())]);
        let told = tell(
            outcome(60),
            &Settings {
                annotations: 100,
                ..settings()
            },
            &github,
            impatient(),
        );
        assert_eq!(github.methods(), ["POST", "GET", "PATCH"], "{trouble:?}");
        assert_eq!(
            (github.runs().len(), github.shown()),
            (1, 60),
            "{trouble:?}"
        );
        assert!(matches!(
            told.status("check-run"),
            Status::Done { url: Some(_), .. }
        ));
    }
    for trouble in [
        Trouble::Cut { done: false },
        Trouble::Hang { done: false },
        Trouble::status(503, "x"),
    ] {
        let github = FakeGithub::troubled(vec![Some(trouble.clone())]);
        tell(outcome(1), &settings(), &github, impatient());
        assert_eq!(github.methods(), ["POST", "GET", "POST"], "{trouble:?}");
        assert_eq!(github.runs().len(), 1, "{trouble:?}");
    }
    // Nobody can tell: sent once, and said.
    for trouble in [
        Trouble::Cut { done: false },
        Trouble::Hang { done: false },
        Trouble::status(502, "x"),
    ] {
        let github = FakeGithub::always(trouble.clone());
        let begin = Instant::now();
        let told = tell(outcome(1), &settings(), &github, impatient());
        assert!(begin.elapsed() < Duration::from_secs(6), "{trouble:?}");
        let posts = github
            .methods()
            .iter()
            .filter(|method| *method == "POST")
            .count();
        assert_eq!(posts, 1, "{trouble:?}: {:?}", github.methods());
        assert!(
            matches!(told.status("check-run"), Status::Failed(_)),
            "{}",
            told.line("check-run")
        );
        assert_eq!(commands(&told.log), 1);
    }
}

#[test]
fn no_batch_is_added_twice() {
    for (trouble, methods, shown) in [
        (
            Trouble::Cut { done: true },
            vec!["POST", "PATCH", "GET", "PATCH"],
            120,
        ),
        (
            Trouble::Hang { done: true },
            vec!["POST", "PATCH", "GET", "PATCH"],
            120,
        ),
        (
            Trouble::Cut { done: false },
            vec!["POST", "PATCH", "GET", "PATCH", "PATCH"],
            120,
        ),
        (Trouble::status(422, "bad"), vec!["POST", "PATCH"], 50),
    ] {
        let github = FakeGithub::troubled(vec![None, Some(trouble.clone())]);
        let told = tell(
            outcome(120),
            &Settings {
                annotations: 500,
                ..settings()
            },
            &github,
            impatient(),
        );
        assert_eq!(github.methods(), methods, "{trouble:?}");
        assert_eq!(github.shown(), shown, "{trouble:?}");
        let line = told.line("check-run");
        assert!(
            line.contains(&format!("{shown} of 120 annotations")),
            "{line}"
        );
        assert!(
            matches!(told.status("check-run"), Status::Done { .. }),
            "the verdict was told: {line}"
        );
        assert_eq!(commands(&told.log), 0);
    }
}

#[test]
fn annotations_that_github_refuses_do_not_cost_the_verdict() {
    let github = FakeGithub::troubled(vec![Some(Trouble::status(422, "annotations is invalid"))]);
    let told = tell(outcome(2), &settings(), &github, quick());
    let sent: Vec<usize> = github
        .requests()
        .iter()
        .map(|request| request.annotations())
        .collect();
    assert_eq!(sent, [2, 0]);
    assert!(
        told.line("check-run").contains("annotations is invalid"),
        "{}",
        told.line("check-run")
    );
    assert_eq!(commands(&told.log), 2);
}
