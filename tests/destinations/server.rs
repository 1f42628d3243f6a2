//! A server that is not there, takes too long, repeats what it was sent, has moved or cannot be trusted.

use std::time::{Duration, Instant};

use sarif_gate::destinations::{EvidenceFiles, Opened, Outside, publish_all};
use sarif_gate::github::Pace;
use sarif_gate::settings::{Hidden, Settings};

use super::super::fake_github::{FakeGithub, Trouble};
use super::super::support::{TOKEN, outcome, settings};
use super::{commands, quick, tell};

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
