//! A GitHub that refuses, breaks off, hangs or does not do what it says, while a comment is looked for, written or changed.

use std::time::Duration;

use sarif_gate::destinations::Status;
use sarif_gate::github::Pace;
use sarif_gate::github::limits::COMMENT_PAGES;
use sarif_gate::settings::{Comment, Settings};

use super::super::super::fake_github::{FakeGithub, Trouble};
use super::super::{quick, tell};
use super::{BOT, PULL, body, methods, ours, outcome, said, settings};

#[test]
fn a_token_that_may_not_is_named() {
    let integration = || {
        Some(Trouble::status(
            403,
            "Resource not accessible by integration",
        ))
    };
    for (fork, dependabot, asked, words) in [
        (false, false, true, "permissions: pull-requests: write"),
        (false, false, false, "permissions: pull-requests: write"),
        (true, false, false, "publish: later"),
        (false, true, true, "Dependabot"),
    ] {
        // Refused when it is looked for, and when it is written.
        for troubles in [vec![integration()], vec![None, None, integration()]] {
            let mut outcome = outcome(1);
            (outcome.context.fork, outcome.context.dependabot) = (fork, dependabot);
            let settings = Settings {
                comment_asked: asked,
                ..settings(Comment::OnChange)
            };
            let github = FakeGithub::troubled(troubles);
            let told = tell(outcome, &settings, &github, quick());
            assert!(said(&told).contains(words), "{}", said(&told));
            assert_eq!(matches!(told.status("comment"), Status::Failed(_)), asked);
            assert!(github.comments().is_empty());
        }
    }
}

/// Every refusal at every step: looked for, written, changed.
#[test]
fn a_refusal_is_said_and_sent_once() {
    let wait = || vec![("retry-after", "3000".to_owned())];
    let limited = || Trouble::Answer(403, wait(), r#"{"message":"rate limit"}"#.to_owned());
    let refusals = [
        (Trouble::status(401, "Bad credentials"), "401"),
        (limited(), "rate limit"),
        (Trouble::status(429, "slow"), "rate limit"),
        (
            Trouble::status(403, "Issues must be enabled"),
            "switched off",
        ),
        (
            Trouble::status(403, "Unable to create comment because issue is locked"),
            "unlock it",
        ),
        (
            Trouble::status(404, "Not Found"),
            "sees no pull request 7 in octo/repo",
        ),
        (Trouble::status(409, "Conflict"), "409"),
        (Trouble::status(410, "Gone"), "comment: never"),
        (Trouble::status(413, "Too large"), "413"),
        (
            Trouble::status(422, "Validation Failed"),
            "does not take the comment",
        ),
        (Trouble::status(301, "Moved Permanently"), "301"),
    ];
    for (trouble, words) in refusals {
        for step in ["look", "write", "change"] {
            // What it was looked for is answered; the head of the pull request is asked for before a write.
            let mut troubles = match step {
                "look" => Vec::new(),
                _ => vec![None, None],
            };
            // A rate limit is tried some times.
            troubles.extend(std::iter::repeat_n(Some(trouble.clone()), 4));
            let github = FakeGithub::troubled(troubles);
            let old = format!("{}\nold", ours());
            if step == "change" {
                github.comment(PULL, BOT, "Bot", &old);
            }
            let told = tell(outcome(1), &settings(Comment::OnChange), &github, quick());
            let gone = step == "change" && words.starts_with("sees no");
            assert!(
                said(&told).contains(words),
                "{step} {trouble:?}: {}",
                said(&told)
            );
            assert!(
                matches!(told.status("comment"), Status::Failed(_)),
                "{}",
                said(&told)
            );
            let limit = words == "rate limit";
            let sent = methods(&github).len();
            assert!(
                limit || sent == usize::from(step != "look") + usize::from(gone),
                "{sent}"
            );
            assert_eq!(told.output("comment-url").as_deref(), Some(""));
            let present = usize::from(step == "change");
            assert_eq!(github.comments().len(), present);
            assert!(step != "change" || body(&github, 0) == old);
        }
    }
}

#[test]
fn a_comment_that_was_deleted_meanwhile_is_written_anew() {
    let missing = Trouble::status(404, "Not Found");
    let github = FakeGithub::troubled(vec![None, None, Some(missing)]);
    github.comment(PULL, "another[bot]", "Bot", &format!("{}\nold", ours()));
    let told = tell(outcome(1), &settings(Comment::OnChange), &github, quick());
    assert!(said(&told).starts_with("created"), "{}", said(&told));
    assert_eq!(methods(&github), ["PATCH", "POST"]);
}

/// For a server that hangs: as little time as a healthy answer needs on a busy machine.
fn impatient() -> Pace {
    Pace {
        budget: Duration::from_secs(5),
        request: Duration::from_millis(700),
        ..quick()
    }
}

#[test]
fn an_answer_that_does_not_come_is_looked_up_before_anything_is_sent_again() {
    for (trouble, done) in [
        (Trouble::Cut { done: true }, true),
        (Trouble::Hang { done: true }, true),
        (Trouble::Page, true),
        (Trouble::DoneWith(502), true),
        (Trouble::Cut { done: false }, false),
        (Trouble::Hang { done: false }, false),
        (Trouble::status(503, "x"), false),
    ] {
        for (step, write) in [("write", "POST"), ("change", "PATCH")] {
            let github = FakeGithub::troubled(vec![None, None, Some(trouble.clone())]);
            if step == "change" {
                github.comment(PULL, BOT, "Bot", &format!("{}\nold", ours()));
            }
            let told = tell(
                outcome(1),
                &settings(Comment::OnChange),
                &github,
                impatient(),
            );
            assert!(matches!(
                told.status("comment"),
                Status::Done { url: Some(_), .. }
            ));
            let times = if done { 1 } else { 2 };
            assert_eq!(methods(&github), vec![write; times], "{trouble:?}");
            assert_eq!(github.comments().len(), 1, "{trouble:?}");
            assert!(body(&github, 0).contains("CVE-2026-0000"));
        }
    }
    // Nobody can tell: nothing is written, or sent once, and it is said.
    for trouble in [
        Trouble::Cut { done: false },
        Trouble::Hang { done: false },
        Trouble::Page,
        Trouble::status(502, "x"),
    ] {
        let github = FakeGithub::always(trouble.clone());
        let told = tell(
            outcome(1),
            &settings(Comment::OnChange),
            &github,
            impatient(),
        );
        assert!(
            matches!(told.status("comment"), Status::Failed(_)),
            "{}",
            said(&told)
        );
        assert!(methods(&github).is_empty(), "{trouble:?}");
        let never = vec![None, None]
            .into_iter()
            .chain(vec![Some(trouble.clone()); 9]);
        let github = FakeGithub::troubled(never.collect());
        let told = tell(
            outcome(1),
            &settings(Comment::OnChange),
            &github,
            impatient(),
        );
        assert!(
            matches!(told.status("comment"), Status::Failed(_)),
            "{}",
            said(&told)
        );
        assert_eq!(methods(&github), ["POST"], "{trouble:?}");
    }
}

#[test]
fn an_edit_that_changes_nothing_is_no_success() {
    let github = FakeGithub::start();
    github.ignore_edits();
    github.comment(PULL, BOT, "Bot", &format!("{}\nold", ours()));
    let told = tell(outcome(1), &settings(Comment::OnChange), &github, quick());
    assert!(said(&told).starts_with("failed: PATCH"), "{}", said(&told));
    assert!(said(&told).contains("another text than was sent"));
}

#[test]
fn it_is_found_among_many_and_not_doubled_where_there_are_too_many() {
    let fill = |github: &FakeGithub, number: usize| {
        for _ in 0..number {
            github.comment(PULL, "octocat", "User", "hello");
        }
    };
    let github = FakeGithub::start();
    fill(&github, 150);
    github.comment(PULL, BOT, "Bot", &format!("{}\nold", ours()));
    github.comment(PULL + 1, BOT, "Bot", "of another pull request");
    let told = tell(outcome(1), &settings(Comment::OnChange), &github, quick());
    assert!(said(&told).starts_with("updated"), "{}", said(&told));
    let github = FakeGithub::start();
    fill(&github, COMMENT_PAGES * 100);
    let told = tell(outcome(1), &settings(Comment::OnChange), &github, quick());
    assert!(
        said(&told).contains("a second one is not written"),
        "{}",
        said(&told)
    );
    assert_eq!(github.requests().len(), COMMENT_PAGES);
}
