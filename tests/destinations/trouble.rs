//! A GitHub that refuses, limits, breaks off, hangs or is not there: said once, sent once, never in the way of the rest.

use std::time::{Duration, Instant};

use sarif_gate::destinations::{EvidenceFiles, Opened, Outside, Status, publish_all};
use sarif_gate::github::Pace;
use sarif_gate::settings::{Hidden, Settings, Switch};

use super::super::fake_github::{FakeGithub, Trouble};
use super::super::support::{TOKEN, outcome, settings};
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

#[test]
fn a_server_that_is_not_there_is_tried_again_and_then_said() {
    let github = FakeGithub::start();
    let mut outcome = outcome(1);
    outcome.context.api_url = "http://127.0.0.1:1".to_owned();
    let mut log = Vec::new();
    let mut outside = Outside {
        client: None,
        opened: Opened::default(),
        log: &mut log,
        files: EvidenceFiles::default(),
        pace: quick(),
    };
    let told = publish_all(&outcome, &settings(), &mut outside);
    let told = told.iter().find(|told| told.id == "check-run");
    let line = told.expect("a delivery").line();
    assert!(line.contains("no connection"), "{line}");
    assert_eq!(commands(&String::from_utf8_lossy(&log)), 1);
    assert!(github.requests().is_empty());
}

#[test]
fn the_budget_holds() {
    // Every write hangs: the time for all requests ends the matter.
    let github = FakeGithub::always(Trouble::Hang { done: false });
    let pace = Pace {
        budget: Duration::from_millis(500),
        request: Duration::from_secs(60),
        ..quick()
    };
    let begin = Instant::now();
    let told = tell(outcome(1), &settings(), &github, pace);
    assert!(begin.elapsed() < Duration::from_secs(3));
    assert!(
        told.line("check-run").contains("no answer in time"),
        "{}",
        told.line("check-run")
    );
}

#[test]
fn a_server_that_repeats_the_token_does_not_get_it_into_a_text() {
    let github = FakeGithub::always(Trouble::status(
        422,
        &format!("token {TOKEN} ::error::x\n##[error]y"),
    ));
    let told = tell(outcome(1), &settings(), &github, quick());
    assert!(
        told.line("check-run").contains("token ***"),
        "{}",
        told.line("check-run")
    );
    let broken = Settings {
        token: Some(Hidden::new(format!("{TOKEN}\nX: y"))),
        ..settings()
    };
    let told = tell(outcome(1), &broken, &FakeGithub::start(), quick());
    assert!(
        told.line("check-run").contains("line end"),
        "{}",
        told.line("check-run")
    );
}

#[test]
fn a_read_follows_redirects_within_its_server_only() {
    use sarif_gate::github::{Access, Client, Fault};
    let moved = |target: String| Trouble::Answer(301, vec![("location", target)], "{}".to_owned());
    let access = |github: &FakeGithub| Access {
        api_url: github.url.clone(),
        token: Hidden::new(TOKEN),
        ca_bundle: None,
    };
    let list = "/repos/octo/repo/commits/main/check-runs";
    let elsewhere = FakeGithub::start();
    let github = FakeGithub::troubled(vec![
        Some(moved(format!("{list}?page=1"))),
        None,
        Some(moved(elsewhere.url.clone() + list)),
    ]);
    let mut client = Client::new(access(&github), quick());
    assert!(client.get::<serde_json::Value>(list).is_ok());
    assert_eq!(github.requests()[1].path, format!("{list}?page=1"));
    let refused = client
        .get::<serde_json::Value>(list)
        .expect_err("another server");
    assert_eq!(refused.fault, Fault::Moved(301));
    assert!(elsewhere.requests().is_empty());
    // A write is never redirected.
    let github = FakeGithub::always(moved("/repositories/1/check-runs".to_owned()));
    let mut client = Client::new(access(&github), quick());
    let refused = client.post::<serde_json::Value>("/elsewhere", &serde_json::json!({}));
    assert_eq!(refused.expect_err("refused").fault, Fault::Moved(301));
    assert_eq!(github.requests().len(), 1);
    // In a circle.
    let github = FakeGithub::always(moved(list.to_owned()));
    let mut client = Client::new(access(&github), quick());
    assert!(client.get::<serde_json::Value>(list).is_err());
    assert_eq!(github.requests().len(), 4);
}

#[test]
fn certificate_authorities_that_cannot_be_read_are_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("written");
        path.to_string_lossy().into_owned()
    };
    for (path, words) in [
        ("/nowhere/ca.pem".to_owned(), "/nowhere/ca.pem"),
        (file("empty.pem", "no certificate"), "holds no certificate"),
        (
            file(
                "bad.pem",
                "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            ),
            "client",
        ),
    ] {
        let github = FakeGithub::start();
        let told = tell(
            outcome(1),
            &Settings {
                ca_bundle: Some(path),
                ..settings()
            },
            &github,
            quick(),
        );
        assert!(
            told.line("check-run").contains(words),
            "{}",
            told.line("check-run")
        );
        assert!(github.requests().is_empty());
    }
}
