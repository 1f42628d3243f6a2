//! The comment on the pull request: one, of ours, true, and quiet. A GitHub that refuses is in `trouble`, sizes are in `limits`.

mod limits;
mod trouble;

use sarif_gate::destinations::Status;
use sarif_gate::model::{Comparison, Conclusion, Gone, Kind, Mode, Outcome, Past, Severity, State};
use sarif_gate::render::comment::marker;
use sarif_gate::settings::{Comment, Hidden, Publish, Settings, Switch};
use serde_json::json;

use super::super::fake_github::{FakeGithub, Served};
use super::super::support;
use super::{Told, quick, tell};

const BOT: &str = "github-actions[bot]";
const PULL: u64 = 7;

/// Nothing but the comment.
fn settings(when: Comment) -> Settings {
    Settings {
        check_run: Switch::Off,
        annotations: 0,
        summary: false,
        comment: when,
        comment_asked: true,
        ..support::settings()
    }
}

fn outcome(count: usize) -> Outcome {
    let mut outcome = support::outcome(count);
    outcome.context.pull_request = Some(PULL);
    outcome
}

/// Held against a baseline of which one finding is gone; all findings are new.
fn compared(count: usize, fixed: u64) -> Outcome {
    let mut outcome = outcome(count);
    outcome.findings.iter_mut().for_each(|finding| {
        finding.known.state = Some(State::New);
    });
    let gone = (0..fixed).map(|number| Gone {
        fingerprint: Default::default(),
        kind: Kind::Code,
        rule: format!("gone-{number}").into(),
        severity: Severity::High,
        title: "it was there".into(),
        place: Some("src/gone.rs".into()),
        unseen: false,
    });
    outcome.past = Past::Compared(Comparison {
        gone: gone.collect(),
        ..Comparison::default()
    });
    let counts = &mut outcome.verdict.counts;
    (counts.new, counts.fixed) = (Some(count as u64), Some(fixed));
    outcome
}

fn said(told: &Told) -> String {
    told.line("comment")
}

fn body(github: &FakeGithub, index: usize) -> String {
    github.comments()[index]["body"]
        .as_str()
        .expect("a text")
        .to_owned()
}

fn methods(github: &FakeGithub) -> Vec<String> {
    let all = github.methods().into_iter();
    all.filter(|method| method != "GET").collect()
}

fn ours() -> String {
    marker("Security gate", None, None)
}

#[test]
fn the_mode_says_when_there_is_to_be_one() {
    use Comment::{Always, Never, OnChange, OnFailure};
    use Conclusion::{Fail, Incomplete, Pass, Warn};
    for (conclusion, new, fixed, modes) in [
        (Pass, None, None, vec![Always]),
        (Pass, Some(0), Some(0), vec![Always]),
        (Pass, Some(1), Some(0), vec![Always, OnChange]),
        (Pass, Some(0), Some(1), vec![Always, OnChange]),
        (Warn, None, None, vec![Always, OnChange]),
        (Fail, Some(0), Some(0), vec![Always, OnChange, OnFailure]),
        (Incomplete, None, None, vec![Always, OnChange, OnFailure]),
    ] {
        for mode in [Never, Always, OnChange, OnFailure] {
            let mut outcome = outcome(0);
            outcome.verdict.conclusion = conclusion;
            let counts = &mut outcome.verdict.counts;
            (counts.new, counts.fixed) = (new, fixed);
            let github = FakeGithub::start();
            let told = tell(outcome.clone(), &settings(mode), &github, quick());
            let wanted = modes.contains(&mode);
            assert_eq!(
                github.comments().len(),
                usize::from(wanted),
                "{mode:?} {conclusion:?}"
            );
            let done = matches!(told.status("comment"), Status::Done { .. });
            let skipped = matches!(told.status("comment"), Status::Skipped(_));
            assert_eq!((done, skipped), (wanted, !wanted), "{}", said(&told));
            // One that is there is brought up to date by every mode but the one that does nothing.
            let github = FakeGithub::start();
            github.comment(PULL, BOT, "Bot", &format!("{}\n## fail", ours()));
            tell(outcome, &settings(mode), &github, quick());
            let present = body(&github, 0);
            assert_eq!(
                present.contains(conclusion.word()),
                mode != Never || conclusion == Fail
            );
            assert_eq!(github.requests().is_empty(), mode == Never);
        }
    }
}

#[test]
fn a_second_run_writes_nothing() {
    let github = FakeGithub::start();
    let first = tell(
        compared(3, 1),
        &settings(Comment::OnChange),
        &github,
        quick(),
    );
    let url = format!("https://github.com/octo/repo/pull/{PULL}#issuecomment-1001");
    assert_eq!(said(&first), format!("created: {url}"));
    assert_eq!(first.output("comment-url").as_deref(), Some(&*url));
    assert_eq!(methods(&github), ["POST"]);
    let before = body(&github, 0);
    // Another run, on another commit, of the same findings; a browser may have changed the line ends.
    let mut again = compared(3, 1);
    again.context.run_id = Some("43".to_owned());
    again.context.head_sha = Some("f".repeat(40));
    again.started = "2026-03-02T10:00:00Z".to_owned();
    let told = tell(again, &settings(Comment::OnChange), &github, quick());
    assert_eq!(said(&told), format!("unchanged: {url}"));
    assert_eq!(told.output("comment-url").as_deref(), Some(&*url));
    assert_eq!(methods(&github), ["POST"]);
    assert_eq!(body(&github, 0), before);
    assert!(
        before.contains("last changed with commit `0123456789ab`"),
        "{before}"
    );
}

#[test]
fn what_is_fixed_does_not_stay_there() {
    for mode in [Comment::OnChange, Comment::OnFailure, Comment::Always] {
        let github = FakeGithub::start();
        tell(compared(2, 0), &settings(mode), &github, quick());
        assert!(body(&github, 0).contains("Security gate: fail"));
        let told = tell(outcome(0), &settings(mode), &github, quick());
        assert!(said(&told).starts_with("updated: "), "{}", said(&told));
        let now = body(&github, 0);
        assert!(
            now.contains("✔ Security gate: pass") && !now.contains("CVE-"),
            "{now}"
        );
        assert_eq!(github.comments().len(), 1);
        assert_eq!(methods(&github), ["POST", "PATCH"]);
    }
}

#[test]
fn an_edited_comment_is_written_again() {
    let github = FakeGithub::start();
    let whole = tell(outcome(1), &settings(Comment::Always), &github, quick());
    let edited = body(&github, 0).replace("CVE-2026-0000", "nothing");
    let github = FakeGithub::start();
    github.comment(PULL, BOT, "Bot", &edited);
    let told = tell(outcome(1), &settings(Comment::Always), &github, quick());
    assert!(said(&whole).starts_with("created"));
    assert!(said(&told).starts_with("updated"), "{}", said(&told));
    assert!(body(&github, 0).contains("CVE-2026-0000"));
}

#[test]
fn somebody_elses_comment_is_not_touched() {
    let theirs = format!("{}\n## pass", ours());
    let quoted = format!("Look: {}", ours());
    let github = FakeGithub::start();
    github.comment(PULL, "mallory", "User", &theirs);
    github.comment(PULL, BOT, "Bot", &quoted);
    github.comment(
        PULL,
        BOT,
        "Bot",
        "<!-- sarif-gate:comment v1 0000000000000000 -->\nanother job's",
    );
    for line in ["created", "unchanged"] {
        let told = tell(outcome(1), &settings(Comment::OnChange), &github, quick());
        assert!(said(&told).starts_with(line), "{}", said(&told));
    }
    assert_eq!(methods(&github), ["POST"]);
    assert_eq!((body(&github, 0), body(&github, 1)), (theirs, quoted));
    assert_eq!(github.comments().len(), 4);
}

#[test]
fn a_persons_token_finds_its_own_comment() {
    let github = FakeGithub::start();
    github.token_of("octocat");
    github.comment(PULL, "mallory", "User", &format!("{}\nx", ours()));
    for (findings, line) in [(1, "created"), (1, "unchanged"), (2, "updated")] {
        let told = tell(
            outcome(findings),
            &settings(Comment::Always),
            &github,
            quick(),
        );
        assert!(said(&told).starts_with(line), "{}", said(&told));
    }
    assert_eq!(github.comments().len(), 2);
    assert_eq!(body(&github, 0), format!("{}\nx", ours()));
}

#[test]
fn two_jobs_do_not_fight() {
    let github = FakeGithub::start();
    let jobs = [
        (None, None),
        (Some("production"), None),
        (Some("staging"), None),
        (None, Some("backend")),
    ];
    for line in ["created", "unchanged"] {
        for (environment, category) in jobs {
            let mut outcome = outcome(1);
            outcome.environment = environment.map(str::to_owned);
            let settings = Settings {
                category: category.map(str::to_owned),
                ..settings(Comment::OnChange)
            };
            let told = tell(outcome, &settings, &github, quick());
            assert!(said(&told).starts_with(line), "{}", said(&told));
        }
    }
    assert_eq!(github.comments().len(), 4);
    assert!(body(&github, 1).contains("1 of 1 finding blocks (production)\n"));
    assert!(body(&github, 3).contains("1 of 1 finding blocks (backend)\n"));
}

#[test]
fn runs_at_the_same_moment_leave_one_comment() {
    let old = format!("{}\n## of another commit", ours());
    // Another one was first: ours goes, and its text goes into the first.
    let github = FakeGithub::start();
    github.rivals(&[&old], &[]);
    let told = tell(outcome(1), &settings(Comment::Always), &github, quick());
    assert!(
        said(&told).starts_with("updated; 1 older or doubled"),
        "{}",
        said(&told)
    );
    assert_eq!(methods(&github), ["POST", "DELETE", "PATCH"]);
    assert_eq!(
        (github.comments().len(), &github.comments()[0]["id"]),
        (1, &json!(1001))
    );
    assert!(body(&github, 0).contains("CVE-2026-0000"));
    // Ours was first: the others go, and it stays as it is.
    let github = FakeGithub::start();
    github.rivals(&[], &[&old, &old]);
    let told = tell(outcome(1), &settings(Comment::Always), &github, quick());
    assert!(
        said(&told).starts_with("created; 2 older or doubled"),
        "{}",
        said(&told)
    );
    assert_eq!(methods(&github), ["POST", "DELETE", "DELETE"]);
    assert_eq!(github.comments().len(), 1);
    // What an earlier run left is put in order, too; another bot's is not ours to delete.
    let github = FakeGithub::start();
    for login in [BOT, BOT, "another[bot]"] {
        github.comment(PULL, login, "Bot", &old);
    }
    tell(outcome(1), &settings(Comment::Always), &github, quick());
    assert_eq!(methods(&github), ["PATCH", "DELETE"]);
    assert_eq!(github.comments().len(), 2);
}

#[test]
fn an_older_run_does_not_put_back_what_a_newer_one_said() {
    let pull = |sha: &str| Served::json(&json!({ "number": PULL, "head": { "sha": sha } }));
    let path = format!("/repos/octo/repo/pulls/{PULL}");
    let github = FakeGithub::start();
    github.put(&path, pull(&"e".repeat(40)));
    for findings in [1, 2] {
        let told = tell(
            outcome(findings),
            &settings(Comment::Always),
            &github,
            quick(),
        );
        assert!(
            matches!(told.status("comment"), Status::Skipped(why) if why.contains("newer commit"))
        );
        github.comment(PULL, BOT, "Bot", &format!("{}\n## pass", ours()));
    }
    assert!(methods(&github).is_empty());
    for sha in ["0123456789abcdef0123456789abcdef01234567", "nonsense"] {
        let github = FakeGithub::start();
        github.put(&path, pull(sha));
        let told = tell(outcome(1), &settings(Comment::Always), &github, quick());
        assert!(said(&told).starts_with("created"), "{}", said(&told));
    }
}

#[test]
fn only_a_pull_request_has_one() {
    type Change = fn(&mut Outcome, &mut Settings);
    let cases: [(Change, bool, &str); 7] = [
        (
            |outcome, _| outcome.context.pull_request = None,
            false,
            "no pull request",
        ),
        (
            |outcome, _| {
                outcome.context.pull_request = None;
                outcome.context.event = "merge_group".to_owned();
            },
            false,
            "no pull request",
        ),
        (|outcome, _| outcome.mode = Mode::Observe, false, "observe"),
        (
            |outcome, _| outcome.context.actions = false,
            false,
            "not in GitHub Actions",
        ),
        (
            |_, settings| settings.publish = Publish::Later,
            false,
            "publish: later",
        ),
        (
            |_, settings| settings.token = Some(Hidden::new(" ")),
            true,
            "pull-requests: write",
        ),
        (
            |outcome, _| outcome.context.head_sha = None,
            true,
            "names no commit",
        ),
    ];
    for (change, failed, words) in cases {
        let (mut outcome, mut settings) = (outcome(1), settings(Comment::OnChange));
        change(&mut outcome, &mut settings);
        let github = FakeGithub::start();
        let told = tell(outcome.clone(), &settings, &github, quick());
        assert!(said(&told).contains(words), "{}", said(&told));
        assert_eq!(
            matches!(told.status("comment"), Status::Failed(_)),
            failed,
            "{}",
            said(&told)
        );
        settings.comment_asked = false;
        let told = tell(outcome, &settings, &github, quick());
        assert!(
            matches!(told.status("comment"), Status::Skipped(_)),
            "{}",
            said(&told)
        );
        assert!(github.requests().is_empty());
    }
}
