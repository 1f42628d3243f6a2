//! Slack and the webhook against servers that take everything: told once or not at all, and their addresses nowhere. What else
//! servers do is in `faults`.

mod faults;

use std::process::{Command, Stdio};

use sarif_gate::destinations::plan::{Fix, Plan};
use sarif_gate::destinations::{Status, preflight};
use sarif_gate::gate::Policy;
use sarif_gate::gate::language::Conditions;
use sarif_gate::github::Pace;
use sarif_gate::model::{Conclusion, Effect, Mode, Outcome, Ruling};
use sarif_gate::settings::{Hidden, Publish, Settings, Switch};

use super::super::fake_github::{FakeGithub, Request, Trouble};
use super::super::support::{outcome, settings};
use super::{Told, quick, tell};

const PATH: &str = "/services/T0AAAAAAA/B0BBBBBBB/XXXXSECRETXXXX";
const KEY: &str = "a key with \u{e9}";
/// What must be nowhere, whatever happens.
const SECRETS: [&str; 5] = ["T0AAAAAAA", "B0BBBBBBB", "XXXXSECRETXXXX", KEY, "services"];

/// `count` findings that all fail on a push to the default branch.
fn pushed(count: usize) -> Outcome {
    let mut outcome = outcome(count);
    outcome.context.event = "push".to_owned();
    outcome.context.git_ref = Some("refs/heads/main".to_owned());
    outcome.context.default_branch = Some("main".to_owned());
    outcome
}

/// A server that takes everything as Slack does.
fn taking() -> FakeGithub {
    FakeGithub::always(answer(200, "ok"))
}

fn answer(status: u16, text: &str) -> Trouble {
    let kind = ("content-type", "text/plain; charset=utf-8".to_owned());
    Trouble::Answer(status, vec![kind], text.to_owned())
}

/// Nobody is told but this service.
fn only(id: &str, server: &str) -> Settings {
    let url = Some(Hidden::new(format!("{server}{PATH}")));
    let none = Settings {
        check_run: Switch::Off,
        ..settings()
    };
    match id {
        "slack" => Settings {
            slack_webhook_url: url,
            ..none
        },
        _ => Settings {
            webhook_url: url,
            webhook_secret: Some(Hidden::new(KEY)),
            ..none
        },
    }
}

/// Tells, and looks for the secrets in all that was left behind.
fn told(outcome: Outcome, settings: &Settings, pace: Pace) -> Told {
    let told = tell(outcome, settings, &FakeGithub::start(), pace);
    for delivery in &told.deliveries {
        let line = delivery.line();
        for text in [&told.log, &told.outputs, &told.summary, &line] {
            for secret in SECRETS {
                assert!(!text.contains(secret), "{secret} is in {text}");
            }
        }
    }
    told
}

fn done(told: &Told, id: &str) -> bool {
    matches!(told.status(id), Status::Done { .. })
}

fn skipped(told: &Told, id: &str) -> bool {
    matches!(told.status(id), Status::Skipped(_))
}

#[test]
fn slack_gets_one_message() {
    let slack = taking();
    let told = told(pushed(3), &only("slack", &slack.url), quick());
    assert!(done(&told, "slack"), "{}", told.line("slack"));
    let requests = slack.requests();
    assert_eq!(requests.len(), 1);
    let request = &requests[0];
    assert_eq!(
        (request.method.as_str(), request.path.as_str()),
        ("POST", PATH)
    );
    assert_eq!(request.header("content-type"), ["application/json"]);
    assert!(request.header("user-agent")[0].starts_with("sarif-gate/"));
    assert!(request.header("authorization").is_empty());
    assert_eq!(request.body["blocks"][0]["type"], "header");
    assert_eq!(
        request.body["text"],
        "✖ Security gate: fail – octo/repo. 3 findings block."
    );
}

/// The signature as somebody else would make it.
fn signed_by_others(request: &Request, key: &str) -> String {
    use hmac::{Hmac, KeyInit, Mac};
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key.as_bytes()).expect("a key");
    let time = request.header("x-sarif-gate-timestamp")[0];
    mac.update(format!("{time}.{}", request.text).as_bytes());
    let bytes = mac.finalize().into_bytes();
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256={hex}")
}

#[test]
fn the_webhook_gets_one_document_with_a_signature() {
    let server = FakeGithub::always(answer(204, ""));
    let settings = only("webhook", &server.url);
    let told = told(pushed(3), &settings, quick());
    assert!(done(&told, "webhook"), "{}", told.line("webhook"));
    let requests = server.requests();
    assert_eq!(requests.len(), 1);
    let request = &requests[0];
    assert_eq!(
        (request.method.as_str(), request.path.as_str()),
        ("POST", PATH)
    );
    assert_eq!(request.header("content-type"), ["application/json"]);
    assert_eq!(request.header("x-sarif-gate-event"), ["verdict"]);
    assert_eq!(request.header("x-sarif-gate-timestamp"), ["1772359200"]);
    assert_eq!(
        request.header("x-sarif-gate-delivery"),
        [request.body["id"].as_str().expect("an id")]
    );
    assert_eq!(
        request.header("x-sarif-gate-signature-256"),
        [signed_by_others(request, KEY)]
    );
    assert_eq!(request.body["schema"], "sarif-gate/notice/v1");
    assert_eq!(request.body["findings"].as_array().map(Vec::len), Some(3));
    assert_eq!(request.body["branch"], "main");
    assert!(!request.text.contains(KEY));

    let unsigned = Settings {
        webhook_secret: None,
        ..settings
    };
    let told = self::told(pushed(3), &unsigned, quick());
    assert!(told.line("webhook").contains("not signed"));
    let request = &server.requests()[1];
    assert!(request.header("x-sarif-gate-signature-256").is_empty());
    // The same run tells it under the same name.
    assert_eq!(
        request.header("x-sarif-gate-delivery"),
        server.requests()[0].header("x-sarif-gate-delivery")
    );
}

#[test]
fn both_link_the_check_and_both_are_told_although_one_fails() {
    let (slack, webhook, github) = (taking(), taking(), FakeGithub::start());
    let mut settings = only("slack", &slack.url);
    settings.webhook_url = only("webhook", &webhook.url).webhook_url;
    settings.check_run = Switch::Auto;
    tell(pushed(1), &settings, &github, quick());
    let page = format!("{}/octo/repo/runs/1", github.url);
    assert!(slack.requests()[0].text.contains(&page));
    assert_eq!(webhook.requests()[0].body["check_url"], page);

    let broken = FakeGithub::always(answer(500, "rollup_error"));
    settings.slack_webhook_url = only("slack", &broken.url).slack_webhook_url;
    settings.check_run = Switch::Off;
    let told = told(pushed(1), &settings, quick());
    assert!(!done(&told, "slack") && done(&told, "webhook"));
}

#[test]
fn nothing_is_sent_where_nothing_is_due() {
    for id in ["slack", "webhook"] {
        let server = taking();
        let settings = only(id, &server.url);
        let quiet = |outcome: Outcome, settings: &Settings, words: &str| {
            let told = told(outcome, settings, quick());
            assert!(skipped(&told, id), "{}", told.line(id));
            assert!(told.line(id).contains(words), "{}", told.line(id));
        };
        // Nobody knows what was before, and nothing is wrong.
        quiet(pushed(0), &settings, "nothing sent: the verdict is `pass`");
        quiet(outcome(3), &settings, "only pushes to the default branch");
        let mut other = pushed(3);
        other.context.git_ref = Some("refs/heads/feature".to_owned());
        quiet(other, &settings, "only pushes to the default branch");
        let mut observed = pushed(3);
        observed.mode = Mode::Observe;
        quiet(observed, &settings, "observe");
        let later = Settings {
            publish: Publish::Later,
            ..settings.clone()
        };
        quiet(pushed(3), &later, "publish: later");
        let mut picky = settings.clone();
        picky.policy = Policy {
            notify_on: Some(Conditions::default()),
            ..picky.policy
        };
        quiet(pushed(3), &picky, "no finding matches `notify-on`");
        assert_eq!(server.requests().len(), 0, "{id}");

        let mut matching = pushed(3);
        matching.verdict.rulings[1].push(Ruling {
            by: "notify-on",
            term: None,
            effect: Effect::Notify,
            why: "it matches".into(),
        });
        let told = told(matching, &picky, quick());
        assert!(done(&told, id), "{}", told.line(id));
        let text = &server.requests()[0].text;
        assert!(
            text.contains("CVE-2026-0001") == (id == "webhook"),
            "{text}"
        );
        assert!(!text.contains("CVE-2026-0002"), "{text}");
    }
}

#[test]
fn a_verdict_that_is_not_complete_is_told() {
    let slack = taking();
    let mut outcome = pushed(0);
    outcome.verdict.conclusion = Conclusion::Incomplete;
    outcome.verdict.reason = "trivy did not report".to_owned();
    let told = told(outcome, &only("slack", &slack.url), quick());
    assert!(done(&told, "slack"), "{}", told.line("slack"));
    assert!(slack.requests()[0].text.contains("incomplete"));
}

#[test]
fn the_plan_says_who_will_be_told() {
    let plan = |settings: &Settings, outcome: &Outcome, id: &str| {
        let all = preflight(&outcome.context, settings);
        let found = all.into_iter().find(|(name, _)| *name == id);
        found.expect("a plan").1
    };
    let none = settings();
    for (id, words) in [
        ("slack", "`slack-webhook-url` is not set"),
        ("webhook", "`webhook-url` is not set"),
    ] {
        let is = plan(&none, &pushed(1), id);
        assert!(
            matches!(&is, Plan::Not { because, asked: false, .. } if because == words),
            "{is:?}"
        );
        let set = only(id, "http://127.0.0.1:1");
        let is = plan(&set, &pushed(1), id);
        assert!(
            matches!(&is, Plan::Will(what) if what == "what fails, if the verdict has changed"),
            "{is:?}"
        );
        let is = plan(&set, &outcome(1), id);
        assert!(
            matches!(&is, Plan::Not { because, .. } if because.contains("default branch")),
            "{is:?}"
        );
    }
    let keyed = Settings {
        webhook_secret: Some(Hidden::new(KEY)),
        ..none
    };
    let is = plan(&keyed, &pushed(1), "webhook");
    let Plan::Not { because, fix, .. } = is else {
        panic!("{is:?}")
    };
    assert_eq!(because, "`webhook-secret` is set and `webhook-url` is not");
    assert!(matches!(fix, Fix::Step(line) if line.starts_with("webhook-url:")));
}

/// The example of the documents in this language.
fn example(language: &str) -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/notifications.md");
    let page = std::fs::read_to_string(path).expect("the page");
    let after = page.split(&format!("```{language}\n")).nth(1);
    let example = after.and_then(|rest| rest.split("```").next());
    example.expect("an example").to_owned()
}

#[expect(clippy::print_stderr, reason = "what was not tested is to be seen")]
fn skipped_example(what: &str) {
    eprintln!("skipped: {what}");
}

fn there(program: &str) -> bool {
    let answered = Command::new(program)
        .arg(if program == "openssl" {
            "version"
        } else {
            "--version"
        })
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    answered.is_ok_and(|status| status.success())
}

#[test]
fn the_examples_of_the_documents_verify_what_is_sent() {
    let server = taking();
    told(pushed(2), &only("webhook", &server.url), quick());
    let request = &server.requests()[0];
    let timestamp = request.header("x-sarif-gate-timestamp")[0];
    let signature = request.header("x-sarif-gate-signature-256")[0];
    let folder = tempfile::tempdir().expect("a folder");
    let body = folder.path().join("body.json");
    std::fs::write(&body, &request.text).expect("the body");

    if there("python3") {
        let script = folder.path().join("verify.py");
        std::fs::write(&script, example("python")).expect("the script");
        let verify = |key: &str, timestamp: &str, signature: &str| {
            let run = Command::new("python3")
                .arg(&script)
                .args([key, timestamp, signature])
                .stdin(std::fs::File::open(&body).expect("the body"))
                .status();
            run.expect("python3").success()
        };
        assert!(verify(KEY, timestamp, signature));
        assert!(!verify("another key", timestamp, signature));
        assert!(!verify(KEY, "1772359201", signature));
        assert!(!verify(KEY, timestamp, "sha256=00"));
    } else {
        skipped_example("the example in Python: no python3");
    }
    if there("openssl") {
        let output = Command::new("sh")
            .args(["-c", &example("sh")])
            .current_dir(folder.path())
            .env("TIMESTAMP", timestamp)
            .env("SECRET", KEY)
            .output()
            .expect("sh");
        assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), signature);
    } else {
        skipped_example("the example for the shell: no openssl");
    }
}
