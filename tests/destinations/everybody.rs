//! All destinations at once: the same commit run again, everything failing together, and numbers from nothing to far too many.

mod again;
mod failing;
mod numbers;
mod refused;

use std::path::Path;
use std::time::{Duration, Instant};

use sarif_gate::gate::language::Conditions;
use sarif_gate::github::Pace;
use sarif_gate::model::{Conclusion, Effect, Outcome, Ruling};
use sarif_gate::settings::{BaselineFrom, Comment, Hidden, Jira, Settings, Switch};

use super::super::fake_github::FakeGithub;
use super::super::support::settings as plain;
use super::code_scanning::{pushed, written};
use super::open::begin;
use super::{Before, Told, tell_after};

const SECRET_PATH: &str = "/services/T0AAAAAAA/B0BBBBBBB/XXXXSECRETXXXX";
const WEBHOOK_KEY: &str = "webhook-key-SECRET";
const JIRA_TOKEN: &str = "ATATT3xFfGF0-jira-token-SECRET";

/// The servers besides GitHub.
struct Others {
    slack: FakeGithub,
    webhook: FakeGithub,
    jira: FakeGithub,
}

/// What started a run: one tells the pull request, the other everybody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Event {
    Push,
    PullRequest,
}

impl Event {
    /// Whom it tells over a network.
    fn told(self) -> &'static [&'static str] {
        match self {
            Event::PullRequest => &["code-scanning", "check-run", "comment"],
            Event::Push => &[
                "code-scanning",
                "check-run",
                "baseline-ref",
                "issues",
                "jira",
                "slack",
                "webhook",
            ],
        }
    }
}

/// So many findings of trivy in a private repository that all fail, each asking for an issue.
fn everywhere(findings: usize, event: Event) -> Outcome {
    let mut outcome = pushed(findings, &["trivy"]);
    let ruling = Ruling {
        by: "issue-on",
        term: Some("any".into()),
        effect: Effect::Issue,
        why: "any finding".into(),
    };
    outcome.verdict.rulings = vec![vec![ruling]; findings];
    outcome.context.private = Some(true);
    if event == Event::PullRequest {
        outcome.context.event = "pull_request".to_owned();
        outcome.context.git_ref = Some("refs/pull/7/merge".to_owned());
        outcome.context.pull_request = Some(7);
    }
    outcome
}

/// Every destination is asked for, so that none may be left out in silence.
fn everybody(others: &Others) -> Settings {
    let hook = |server: &FakeGithub| Some(Hidden::new(format!("{}{SECRET_PATH}", server.url)));
    let mut settings = Settings {
        check_run: Switch::On,
        comment: Comment::Always,
        comment_asked: true,
        upload_sarif: Switch::On,
        baseline: BaselineFrom::GitRef,
        slack_webhook_url: hook(&others.slack),
        webhook_url: hook(&others.webhook),
        webhook_secret: Some(Hidden::new(WEBHOOK_KEY)),
        jira: Some(Jira {
            url: others.jira.url.clone(),
            user: Some("gate@example.com".to_owned()),
            token: Some(Hidden::new(JIRA_TOKEN)),
            project: "SEC".to_owned(),
        }),
        ..plain()
    };
    settings.policy.issue_on = Conditions::parse("any").expect("a term");
    settings
}

/// Opens the check run, writes the logs and tells everybody, as a run does; nothing of the judgement may change by it, and no
/// secret may be in what is left behind. Gives the conclusion and how long the telling took besides.
fn tell_everybody(
    outcome: Outcome,
    settings: &Settings,
    github: &FakeGithub,
    pace: Pace,
) -> (Told, Conclusion, Duration) {
    let folder = tempfile::tempdir().expect("a folder");
    let uploads = match settings.upload_sarif {
        Switch::Off => Default::default(),
        _ => written(&outcome, folder.path()),
    };
    let sarif = folder.path().join(Path::new("evidence/results.sarif"));
    let begun = begin(outcome, settings, github, pace);
    let conclusion = begun.outcome.verdict.conclusion;
    let before = Before {
        client: Some(begun.client),
        opened: begun.opened,
        uploads,
        sarif: Some(sarif.to_string_lossy().into_owned()),
    };
    let from = Instant::now();
    let told = tell_after(begun.outcome, &begun.settings, github, pace, before);
    let took = from.elapsed();
    let lines: Vec<String> = told.deliveries.iter().map(|one| one.line()).collect();
    for text in [&told.log, &told.outputs, &told.summary, &lines.join("\n")] {
        for secret in ["XXXXSECRETXXXX", "B0BBBBBBB", WEBHOOK_KEY, JIRA_TOKEN] {
            assert!(!text.contains(secret), "{secret} is in {text}");
        }
    }
    (told, conclusion, took)
}
