//! A GitHub that refuses, limits, breaks off or hangs while an upload goes on.

use std::time::Duration;

use sarif_gate::destinations::Status;
use sarif_gate::github::Pace;
use sarif_gate::settings::{Settings, Switch};

use super::super::super::fake_github::{FakeGithub, Trouble};
use super::super::tell_with;
use super::{only_scanning, posts, pushed, swift, told, written};

#[test]
fn a_refusal_is_said_with_what_to_do_and_sent_once() {
    let permission = "permissions: security-events: write";
    for (trouble, private, skipped, words) in [
        (
            Trouble::status(401, "Bad credentials"),
            false,
            false,
            permission,
        ),
        (
            Trouble::status(403, "Resource not accessible by integration"),
            false,
            true,
            permission,
        ),
        (
            Trouble::status(
                403,
                "Code Security must be enabled for this repository to use code scanning.",
            ),
            true,
            true,
            "switch on Code Security in its settings, or set `upload-sarif: false`",
        ),
        (
            Trouble::status(403, "Code scanning is not enabled for this repository."),
            true,
            true,
            "switch on",
        ),
        (Trouble::status(404, "Not Found"), false, false, permission),
        (
            Trouble::status(404, "Not Found"),
            true,
            true,
            "needs Code Security",
        ),
        (Trouble::status(410, "Gone"), false, false, "410"),
        (
            Trouble::status(301, "Moved Permanently"),
            false,
            false,
            "moved",
        ),
        (Trouble::status(409, "Conflict"), false, false, "409"),
        (
            Trouble::status(413, "Payload too large"),
            false,
            false,
            "413",
        ),
        (
            Trouble::status(422, "commit not found"),
            false,
            false,
            "commit not found",
        ),
        (
            Trouble::status(400, "Bad Request"),
            false,
            false,
            "Bad Request",
        ),
    ] {
        for (switch, asked) in [(Switch::Auto, false), (Switch::On, true)] {
            let github = FakeGithub::always(trouble.clone());
            let mut outcome = pushed(2, &["trivy"]);
            outcome.context.private = Some(private);
            let settings = Settings {
                upload_sarif: switch,
                ..only_scanning()
            };
            let (told, _) = told(outcome, &settings, &github);
            let line = told.line("code-scanning");
            assert!(line.contains(words), "{trouble:?}: {line}");
            let is_skipped = matches!(told.status("code-scanning"), Status::Skipped(_));
            assert_eq!(is_skipped, skipped && !asked, "{line}");
            assert_eq!(github.requests().len(), 1, "{line}");
        }
    }
}

#[test]
fn a_rate_limit_is_waited_for_and_then_said() {
    let limited = |after: &str| {
        Trouble::Answer(
            429,
            vec![("retry-after", after.to_owned())],
            "{}".to_owned(),
        )
    };
    let github = FakeGithub::troubled(vec![Some(limited("0"))]);
    let (fine, _) = told(pushed(1, &["trivy"]), &only_scanning(), &github);
    assert!(fine.line("code-scanning").contains(": processed"));
    assert_eq!(
        (posts(&github), github.scanning(|s| s.uploads.len())),
        (2, 1)
    );
    let github = FakeGithub::always(limited("3000"));
    let (told, _) = told(pushed(1, &["trivy"]), &only_scanning(), &github);
    let line = told.line("code-scanning");
    assert!(
        line.starts_with("failed: ") && line.contains("later"),
        "{line}"
    );
    assert_eq!(github.requests().len(), 1);
}

const UNKNOWN: &str = "it is not known whether GitHub took the upload; the next run sends it anew";

fn impatient() -> Pace {
    Pace {
        request: Duration::from_millis(700),
        ..swift()
    }
}

/// Nobody knows whether a file came through: it is looked for, and never sent again.
#[test]
fn an_upload_of_unknown_end_is_looked_for() {
    for (trouble, came) in [
        (Trouble::Cut { done: true }, true),
        (Trouble::Cut { done: false }, false),
        (Trouble::Hang { done: true }, true),
        (Trouble::Hang { done: false }, false),
        (Trouble::Page, true),
        (Trouble::DoneWith(502), true),
        (Trouble::status(503, "Service Unavailable"), false),
    ] {
        let github = FakeGithub::troubled(vec![Some(trouble.clone())]);
        let outcome = pushed(3, &["trivy", "grype"]);
        let folder = tempfile::tempdir().expect("a folder");
        let uploads = written(&outcome, folder.path());
        let told = tell_with(outcome, &only_scanning(), &github, impatient(), uploads);
        let line = told.line("code-scanning");
        let status = told.status("code-scanning");
        let done = matches!(status, Status::Done { .. });
        assert_eq!(done, came, "{trouble:?}: {line}");
        match came {
            true => assert!(line.contains(": processed"), "{trouble:?}: {line}"),
            false => assert!(
                line.starts_with("failed: ") && line.contains(UNKNOWN),
                "{trouble:?}: {line}"
            ),
        }
        assert_eq!(
            github.scanning(|scanning| scanning.uploads.len()),
            usize::from(came),
            "{trouble:?}"
        );
        let requests = github.requests();
        let methods = github.methods();
        match came {
            // It is listed at once, and what became of it is asked.
            true => assert_eq!(methods, ["POST", "GET", "GET"], "{trouble:?}"),
            false => assert_eq!(methods, ["POST", "GET", "GET", "GET"], "{trouble:?}"),
        }
        assert!(
            requests[1]
                .path
                .contains("/code-scanning/analyses?ref=refs%2Fheads%2Fmain")
        );
    }
    // Nobody can look.
    let github = FakeGithub::always(Trouble::status(500, "x"));
    let (said, _) = told(pushed(1, &["trivy"]), &only_scanning(), &github);
    let line = said.line("code-scanning");
    assert!(
        line.starts_with("failed: ") && line.contains("500") && line.contains(UNKNOWN),
        "{line}"
    );
    assert_eq!(posts(&github), 1, "{:?}", github.methods());
    // An analysis of another commit, or an older one, is not this one.
    let github = FakeGithub::troubled(vec![None, None, Some(Trouble::Cut { done: false })]);
    for (started, words) in [
        ("2026-03-01T09:00:00Z", ": processed"),
        ("2026-03-01T10:00:00Z", UNKNOWN),
    ] {
        let mut outcome = pushed(1, &["trivy"]);
        outcome.started = started.to_owned();
        let (told, _) = told(outcome, &only_scanning(), &github);
        assert!(told.line("code-scanning").contains(words));
    }
    assert_eq!(
        (posts(&github), github.scanning(|s| s.uploads.len())),
        (2, 1)
    );
}

#[test]
fn a_state_that_cannot_be_asked_is_no_failure() {
    for trouble in [
        Trouble::status(401, "x"),
        Trouble::status(403, "Resource not accessible by integration"),
        Trouble::status(410, "x"),
        Trouble::status(422, "x"),
        Trouble::status(301, "x"),
        Trouble::status(500, "x"),
        Trouble::Page,
        Trouble::Cut { done: false },
    ] {
        let troubles = std::iter::once(None).chain(vec![Some(trouble.clone()); 9]);
        let github = FakeGithub::troubled(troubles.collect());
        let (told, _) = told(pushed(1, &["trivy"]), &only_scanning(), &github);
        let line = told.line("code-scanning");
        assert!(
            matches!(told.status("code-scanning"), Status::Done { .. }),
            "{line}"
        );
        assert!(line.contains("could not be asked"), "{trouble:?}: {line}");
        assert_eq!(
            (posts(&github), github.scanning(|s| s.uploads.len())),
            (1, 1)
        );
    }
}

/// One part that is refused stops no other, unless it is refused because of who asks.
#[test]
fn parts_are_told_one_by_one() {
    let names: Vec<String> = (0..21).map(|number| format!("tool-{number}")).collect();
    let tools: Vec<&str> = names.iter().map(String::as_str).collect();
    for (troubles, taken, words) in [
        (
            vec![Some(Trouble::status(413, "x"))],
            1,
            "1 of 2 parts were taken",
        ),
        (
            vec![None, Some(Trouble::status(422, "bad tag"))],
            1,
            "bad tag",
        ),
        (
            vec![
                None,
                Some(Trouble::status(
                    403,
                    "Resource not accessible by integration",
                )),
            ],
            1,
            "security-events: write",
        ),
        (vec![Some(Trouble::status(401, "x"))], 0, "401"),
    ] {
        let github = FakeGithub::troubled(troubles);
        let (told, _) = told(pushed(21, &tools), &only_scanning(), &github);
        let line = told.line("code-scanning");
        assert!(
            line.starts_with("failed: ") && line.contains(words),
            "{line}"
        );
        assert_eq!(
            github.scanning(|scanning| scanning.uploads.len()),
            taken,
            "{line}"
        );
    }
}

#[test]
fn a_file_that_is_gone_is_said() {
    let github = FakeGithub::start();
    let outcome = pushed(1, &["trivy"]);
    let folder = tempfile::tempdir().expect("a folder");
    let uploads = written(&outcome, folder.path());
    std::fs::remove_file(&uploads.parts[0].path).expect("removed");
    let told = tell_with(outcome, &only_scanning(), &github, swift(), uploads);
    let line = told.line("code-scanning");
    assert!(
        line.starts_with("failed: ") && line.contains("upload.sarif"),
        "{line}"
    );
    assert_eq!(github.requests().len(), 0);
}
