//! Code scanning: what is sent, when not, what becomes of it, and the alerts of excused findings.

mod alerts;
mod place;
mod trouble;

use std::path::Path;
use std::time::Duration;

use sarif_gate::destinations::Status;
use sarif_gate::evidence::{Folder, Part, write_logs};
use sarif_gate::github::Pace;
use sarif_gate::model::{Context, Input, Judged, Outcome, Report, Run, Source, Uploads};
use sarif_gate::sarif::{Log, Upload, UploadRules, Wrote, write_results};
use sarif_gate::settings::{Settings, Switch};
use serde_json::{Value, json};

use super::super::fake_github::FakeGithub;
use super::super::support::{TOKEN, outcome, settings};
use super::{Told, quick, tell_with};

const SHA: &str = "89abcdef0123456789abcdef0123456789abcdef";

/// No pause of the program lasts.
fn swift() -> Pace {
    Pace {
        longest_wait: Duration::from_millis(3),
        budget: Duration::from_secs(100),
        request: Duration::from_secs(30),
        ..quick()
    }
}

fn only_scanning() -> Settings {
    Settings {
        check_run: Switch::Off,
        annotations: 0,
        upload_sarif: Switch::Auto,
        ..settings()
    }
}

fn report(tool: &str) -> Report {
    Report {
        input: Input::default(),
        format: None,
        reader: None,
        runs: vec![Run {
            tool: tool.into(),
            name: tool.into(),
            ..Run::default()
        }],
        target: None,
        status: sarif_gate::model::Status::Complete,
        understood: true,
        unanalysed: Vec::new(),
        entries: Default::default(),
        findings: Vec::new(),
        measures: Vec::new(),
        signatures: Vec::new(),
        products: Vec::new(),
        repairs: Vec::new(),
    }
}

/// A push to `main` with so many findings, which these tools say by turns.
pub(super) fn pushed(findings: usize, tools: &[&str]) -> Outcome {
    let mut outcome = outcome(findings);
    outcome.context = Context {
        event: "push".to_owned(),
        git_ref: Some("refs/heads/main".to_owned()),
        default_branch: Some("main".to_owned()),
        sha: Some(SHA.to_owned()),
        head_sha: Some(SHA.to_owned()),
        ..outcome.context
    };
    outcome.reports = tools.iter().map(|tool| report(tool)).collect();
    for (index, finding) in outcome.findings.iter_mut().enumerate() {
        let input = index % tools.len();
        finding.fingerprint.0[..8].copy_from_slice(&(index as u64 + 1).to_be_bytes());
        finding.fingerprint.0.rotate_left(2);
        finding.sources.push(Source {
            tool: tools[input].into(),
            input: input as u32,
            run: 0,
            rule: finding.rule.clone(),
            severity: finding.severity,
            fingerprint: finding.fingerprint,
            suppression: None,
            recipe: None,
        });
    }
    outcome
}

/// Writes the logs as a run does.
pub(super) fn written(outcome: &Outcome, folder: &Path) -> Uploads {
    let log = Log {
        findings: &outcome.findings,
        reports: &outcome.reports,
        verdict: Some(&outcome.verdict),
        tool_version: "0.0.0",
    };
    let rules = UploadRules {
        root: None,
        pull_request: false,
        held: &|_, _| false,
        own: false,
        placed: true,
    };
    let mut upload = Upload::new(log, &rules);
    let folder = Folder::open(folder, Path::new("evidence")).expect("a folder");
    let logs = write_logs(
        &folder,
        &mut |out| match outcome.findings.len() {
            0..2_000 => write_results(&log, out),
            _ => Ok(()),
        },
        &mut |out| {
            Ok(match upload.part(out)? {
                Wrote::Last => Part::Last,
                Wrote::More => Part::More,
                Wrote::Again => Part::Again,
            })
        },
    );
    let mut uploads = Uploads {
        notes: upload.cut.sentences(),
        parts: upload.parts,
        placed: upload.placed,
        checkout: None,
    };
    for (part, path) in uploads.parts.iter_mut().zip(logs.expect("logs").uploads) {
        part.path = path.to_string_lossy().into_owned();
    }
    uploads
}

/// Writes, tells, and gives back the files besides.
fn told(outcome: Outcome, settings: &Settings, github: &FakeGithub) -> (Told, Vec<Vec<u8>>) {
    let folder = tempfile::tempdir().expect("a folder");
    let uploads = written(&outcome, folder.path());
    let files = uploads.parts.iter();
    let files = files.map(|part| std::fs::read(&part.path).expect("a part"));
    let files = files.collect();
    (
        tell_with(outcome, settings, github, swift(), uploads),
        files,
    )
}

fn posts(github: &FakeGithub) -> usize {
    let methods = github.methods();
    methods.iter().filter(|method| *method == "POST").count()
}

fn check_sent(findings: usize, tools: &[&str], results: usize) -> String {
    let github = FakeGithub::start();
    let (told, files) = told(pushed(findings, tools), &only_scanning(), &github);
    let line = told.line("code-scanning");
    assert!(
        matches!(told.status("code-scanning"), Status::Done { .. }),
        "{line}"
    );
    // What GitHub got is the evidence, byte for byte.
    github.scanning(|scanning| assert!(scanning.uploads == files, "{findings}"));
    let methods = github.methods();
    assert_eq!(methods[0], "POST");
    assert_eq!(methods[1..], ["GET"], "one part");
    assert_eq!(files.len(), 1);
    let sent = &github.requests()[0].body;
    assert_eq!(
        (&sent["ref"], &sent["commit_sha"]),
        (&json!("refs/heads/main"), &json!(SHA))
    );
    assert_eq!(sent["started_at"], "2026-03-01T10:00:00Z");
    let bytes = sent["sarif"].as_str().expect("base64").len() / 4 * 3;
    assert!(bytes < 10_000_000, "{bytes}");
    let numbers = format!("{results} results in {} runs, ", tools.len());
    assert!(
        line.contains(&numbers) && line.contains(": processed"),
        "{line}"
    );
    assert!(
        line.contains("for refs/heads/main at 89abcdef0123: ")
            && line.ends_with(
                "https://github.com/octo/repo/security/code-scanning?query=is%3Aopen%20branch%3Amain"
            ),
        "{line}"
    );
    line
}

#[test]
fn what_is_sent_is_the_evidence() {
    for findings in [0, 1] {
        let line = check_sent(findings, &["trivy"], findings);
        assert!(!line.contains("shows"), "{line}");
    }
    check_sent(50, &["trivy", "grype", "gitleaks"], 50);
}

#[test]
fn what_a_limit_cuts_is_said() {
    let line = check_sent(5_001, &["trivy"], 5_001);
    assert!(
        line.contains("shows 5000 of the 5001 results of trivy"),
        "{line}"
    );
    let line = check_sent(25_001, &["trivy"], 25_000);
    assert!(
        line.contains("worst 25000 of the 25001 results of trivy"),
        "{line}"
    );
}

#[test]
fn a_hundred_thousand_findings_are_sent() {
    check_sent(100_000, &["a", "b", "c", "d"], 100_000);
}

#[test]
fn many_tools_are_sent_in_several_requests() {
    let names: Vec<String> = (0..45).map(|number| format!("tool-{number}")).collect();
    let tools: Vec<&str> = names.iter().map(String::as_str).collect();
    let github = FakeGithub::start();
    let (told, files) = told(pushed(90, &tools), &only_scanning(), &github);
    let line = told.line("code-scanning");
    assert!(
        line.contains("90 results in 45 runs") && line.contains("in 3 parts: processed"),
        "{line}"
    );
    github.scanning(|scanning| assert!(scanning.uploads == files));
    assert_eq!(
        github.methods(),
        ["POST", "POST", "POST", "GET", "GET", "GET"]
    );
}

#[test]
fn nothing_to_upload_is_no_upload() {
    let github = FakeGithub::start();
    let mut outcome = pushed(0, &["trivy"]);
    outcome.reports.clear();
    let (told, _) = told(outcome, &only_scanning(), &github);
    let line = told.line("code-scanning");
    assert!(line.contains("no analysis to upload"), "{line}");
    assert_eq!(github.requests().len(), 0);
}

/// Inline stand the blocking ones only where code scanning has all; where it refused them, all do.
#[test]
fn what_code_scanning_took_does_not_stand_inline_again() {
    for (states, annotations) in [
        (Vec::new(), 1),
        (vec![state("pending", Value::Null); 9], 1),
        (vec![state("failed", json!(["bad"]))], 3),
        (vec![(403, json!({ "message": "x" }))], 3),
    ] {
        let github = FakeGithub::start();
        github.scanning(|scanning| scanning.states.clone_from(&states));
        let mut outcome = pushed(3, &["trivy"]);
        outcome.verdict.judged = vec![Judged::Fail, Judged::Warn, Judged::Note];
        let settings = Settings {
            check_run: Switch::On,
            annotations: 50,
            ..only_scanning()
        };
        let _ = told(outcome, &settings, &github);
        let sent = github
            .requests()
            .iter()
            .map(|request| request.annotations())
            .sum::<usize>();
        assert_eq!(sent, annotations, "{states:?}");
    }
}

fn state(status: &str, errors: Value) -> (u16, Value) {
    (
        200,
        json!({ "processing_status": status, "errors": errors }),
    )
}

#[test]
fn what_github_makes_of_it_is_asked_for_a_while() {
    let soon = (404, json!({ "message": "Not Found" }));
    let pending = state("pending", Value::Null);
    let wrong = state(
        "failed",
        json!([
            "locationFromSarifResult: expected artifact location",
            "::error::b\n",
            "c",
            "d",
            "e"
        ]),
    );
    for (states, asked, words, done) in [
        (vec![soon.clone(), pending.clone()], 3, ": processed", true),
        (
            vec![pending.clone(); 9],
            4,
            "accepted, still being processed",
            true,
        ),
        (vec![soon; 9], 4, "accepted, still being processed", true),
        (vec![pending, wrong], 2, "expected artifact location", false),
        (
            vec![state("failed", Value::Null)],
            1,
            "without a reason",
            false,
        ),
    ] {
        let github = FakeGithub::start();
        github.scanning(|scanning| scanning.states.clone_from(&states));
        let (told, _) = told(pushed(1, &["trivy"]), &only_scanning(), &github);
        let line = told.line("code-scanning");
        assert!(line.contains(words), "{line}");
        assert_eq!(
            matches!(told.status("code-scanning"), Status::Done { .. }),
            done,
            "{line}"
        );
        assert_eq!(github.requests().len(), 1 + asked, "{line}");
        if words.contains("artifact") {
            assert!(
                line.contains("2 more errors") && !line.contains(" ::error"),
                "{line}"
            );
        }
        assert!(!line.contains(TOKEN));
    }
}
