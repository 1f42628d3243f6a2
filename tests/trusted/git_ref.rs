//! The baseline that is kept in the repository's git data: written by a push, read by what comes after.

use std::time::Duration;

use sarif_gate::destinations::{EvidenceFiles, Opened, Outside, Status, publish_all};
use sarif_gate::github::git_ref::{NotWritten, read, write};
use sarif_gate::github::{NotFetched, Pace, Sizes};
use sarif_gate::model::{Conclusion, Mode, Outcome};
use sarif_gate::settings::{BaselineFrom, Settings};
use serde_json::json;

use super::super::fake_github::{FakeGithub, Served, Trouble};
use super::super::support::{outcome, settings};
use super::{REPOSITORY, client, put_comparison, sha};

const TIME: &str = "2026-03-01T10:00:00Z";
const BRANCH: &str = "release/1.x";
const REF: &str = "sarif-gate/baseline/release/1.x";
const LOG: &[u8] = br#"{"version":"2.1.0","runs":[]}"#;

fn written(github: &FakeGithub, commit: &str) -> Result<String, NotWritten> {
    write(&mut client(github), REPOSITORY, BRANCH, LOG, commit, TIME)
}

fn reading(github: &FakeGithub, sizes: Sizes) -> Result<sarif_gate::github::Fetched, NotFetched> {
    read(&mut client(github), REPOSITORY, BRANCH, sizes)
}

#[test]
fn what_is_written_is_read() {
    let github = FakeGithub::start();
    assert_eq!(written(&github, &sha('1')).unwrap(), format!("refs/{REF}"));
    let fetched = reading(&github, Sizes::default()).unwrap();
    assert_eq!(fetched.bytes, LOG);
    assert_eq!(fetched.place, format!("refs/{REF}"));
    assert_eq!(fetched.sha, Some(sha('1')));
    assert_eq!(fetched.taken.as_deref(), Some(TIME));
    // The second one replaces the first; no history grows.
    put_comparison(&github, &sha('2'), &sha('1'), &sha('1'), 0);
    written(&github, &sha('2')).unwrap();
    assert_eq!(
        reading(&github, Sizes::default()).unwrap().sha,
        Some(sha('2'))
    );
    assert_eq!(github.refs().len(), 1);
    for request in github.requests() {
        if request.path.ends_with("/git/commits") {
            assert_eq!(request.body["parents"], json!([]));
            assert!(!request.body.to_string().contains("author"));
        }
    }
}

#[test]
fn an_older_commit_does_not_replace_a_later_one() {
    let github = FakeGithub::start();
    written(&github, &sha('2')).unwrap();
    let before = github.refs();
    put_comparison(&github, &sha('1'), &sha('2'), &sha('1'), 4);
    let error = written(&github, &sha('1')).unwrap_err();
    assert!(matches!(error, NotWritten::Older(_)), "{error}");
    assert_eq!(github.refs(), before);
    // The same commit once more, and one that the branch was forced to.
    written(&github, &sha('2')).unwrap();
    put_comparison(&github, &sha('3'), &sha('2'), &sha('1'), 4);
    written(&github, &sha('3')).unwrap();
    assert_ne!(github.refs(), before);
}

#[test]
fn what_is_not_legal_is_not_sent() {
    let github = FakeGithub::start();
    let mut client = client(&github);
    for (repository, branch, commit, time) in [
        (REPOSITORY, "a/../b", &*sha('1'), TIME),
        (REPOSITORY, "a.lock", &sha('1'), TIME),
        ("octo", BRANCH, &sha('1'), TIME),
        (REPOSITORY, BRANCH, "main", TIME),
        (REPOSITORY, BRANCH, &sha('1'), "yesterday"),
    ] {
        let error = write(&mut client, repository, branch, LOG, commit, time).unwrap_err();
        assert!(matches!(error, NotWritten::Unfit(_)), "{error}");
    }
    assert!(read(&mut client, REPOSITORY, "a/../b", Sizes::default()).is_err());
    assert!(github.requests().is_empty());
}

#[test]
fn a_baseline_that_is_not_whole_is_an_error() {
    let github = FakeGithub::start();
    let error = reading(&github, Sizes::default()).unwrap_err();
    assert!(
        matches!(&error, NotFetched::None(why) if why.contains("contents: write")),
        "{error}"
    );
    written(&github, &sha('1')).unwrap();
    let sizes = |packed, unpacked| Sizes { packed, unpacked };
    for (sizes, words) in [
        (sizes(9, 99), "larger than 9"),
        (sizes(999, 9), "larger than 9"),
    ] {
        let error = reading(&github, sizes).unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
    }
    // Blob, tree and commit are the first three objects.
    let git = |kind: &str, number: u8| format!("/repos/octo/repo/git/{kind}/{number:040x}");
    for (path, served, words) in [
        (
            git("blobs", 1),
            Served::raw("no gzip"),
            "cannot be unpacked",
        ),
        (
            git("trees", 2),
            Served::json(&json!({ "tree": [] })),
            "holds no results.sarif.gz",
        ),
        (
            git("commits", 3),
            Served::json(&json!({ "message": "x", "tree": { "sha": sha('1') } })),
            "does not say what it is of",
        ),
    ] {
        github.put(&path, served);
        let error = reading(&github, Sizes::default()).unwrap_err();
        assert!(
            matches!(&error, NotFetched::Unusable(why) if why.contains(words)),
            "{error}"
        );
    }
    let forbidden = Trouble::status(403, "Resource not accessible by integration");
    let error = reading(&FakeGithub::always(forbidden.clone()), Sizes::default()).unwrap_err();
    assert!(
        error.to_string().contains("permissions: contents: read"),
        "{error}"
    );
    let error = written(
        &FakeGithub::troubled(vec![None, Some(forbidden)]),
        &sha('1'),
    )
    .unwrap_err();
    assert!(
        error.to_string().contains("permissions: contents: write"),
        "{error}"
    );
}

#[test]
fn a_lost_answer_does_not_lose_the_ref() {
    // Looking, blob, tree, commit; then moving the ref, which is not there, and making it with a lost answer.
    let mut troubles = vec![None; 5];
    troubles.push(Some(Trouble::Cut { done: true }));
    let github = FakeGithub::troubled(troubles);
    written(&github, &sha('1')).unwrap();
    assert_eq!(github.refs()[0].0, REF);
    assert_eq!(
        github.methods(),
        ["GET", "POST", "POST", "POST", "PATCH", "POST", "PATCH"]
    );
}

/// A push to the branch of a private repository that asks for the ref.
fn push() -> (Outcome, Settings) {
    let mut outcome = outcome(1);
    outcome.context.event = "push".to_owned();
    outcome.context.git_ref = Some(format!("refs/heads/{BRANCH}"));
    outcome.context.private = Some(true);
    let settings = Settings {
        baseline: BaselineFrom::GitRef,
        ..settings()
    };
    (outcome, settings)
}

fn told(mut outcome: Outcome, settings: &Settings, github: &FakeGithub) -> Status {
    let folder = tempfile::tempdir().unwrap();
    let sarif = folder.path().join("results.sarif");
    std::fs::write(&sarif, LOG).unwrap();
    outcome.context.api_url = github.url.clone();
    let mut log = Vec::new();
    let mut outside = Outside {
        client: None,
        opened: Opened::default(),
        log: &mut log,
        files: EvidenceFiles {
            sarif: Some(sarif.to_string_lossy().into_owned()),
            ..EvidenceFiles::default()
        },
        pace: Pace {
            between_writes: Duration::ZERO,
            ..Pace::default()
        },
    };
    let deliveries = publish_all(&outcome, settings, &mut outside);
    let own = deliveries.into_iter().find(|one| one.id == "baseline-ref");
    own.unwrap().status
}

#[test]
fn a_push_to_a_private_repository_writes_its_evidence() {
    let github = FakeGithub::start();
    let (outcome, settings) = push();
    let commit = outcome.context.head_sha.clone();
    assert!(matches!(
        told(outcome, &settings, &github),
        Status::Done { .. }
    ));
    let fetched = reading(&github, Sizes::default()).unwrap();
    assert_eq!((fetched.bytes.as_slice(), fetched.sha), (LOG, commit));
}

#[test]
fn nothing_else_writes_a_baseline() {
    type Change = fn(&mut Outcome, &mut Settings);
    let changes: [(&str, Change); 11] = [
        ("not `git-ref`", |_, settings| {
            settings.baseline = BaselineFrom::None
        }),
        ("not `git-ref`", |_, settings| {
            settings.baseline = BaselineFrom::Artifact { name: None }
        }),
        ("observe", |outcome, _| outcome.mode = Mode::Observe),
        ("not in GitHub Actions", |outcome, _| {
            outcome.context.actions = false
        }),
        ("only a push", |outcome, _| {
            outcome.context.event = "pull_request".into()
        }),
        ("only a push", |outcome, _| {
            outcome.context.git_ref = Some("refs/tags/v1".into())
        }),
        ("only a push", |outcome, _| outcome.context.git_ref = None),
        ("private", |outcome, _| {
            outcome.context.private = Some(false)
        }),
        ("private", |outcome, _| outcome.context.private = None),
        ("not complete", |outcome, _| {
            outcome.verdict.complete = false
        }),
        ("not complete", |outcome, _| {
            outcome.verdict.conclusion = Conclusion::Incomplete
        }),
    ];
    for (words, change) in changes {
        let github = FakeGithub::start();
        let (mut outcome, mut settings) = push();
        change(&mut outcome, &mut settings);
        match told(outcome, &settings, &github) {
            Status::Skipped(why) => assert!(why.contains(words), "{why}"),
            other => panic!("{words}: {other:?}"),
        }
        assert!(github.refs().is_empty());
        assert!(
            !github
                .requests()
                .iter()
                .any(|request| request.path.contains("/git/"))
        );
    }
    let (outcome, mut settings) = push();
    settings.token = None;
    match told(outcome, &settings, &FakeGithub::start()) {
        Status::Failed(why) => assert!(why.contains("contents: write"), "{why}"),
        other => panic!("{other:?}"),
    }
}
