//! The check run as one that is created completed: what is sent, in how many requests, within which limits.

use sarif_gate::destinations::{EvidenceFiles, Opened, Outside, Status, publish_all};
use sarif_gate::github::limits::API_VERSION;
use sarif_gate::model::{Conclusion, Judged, Kind, Mode, Place};
use sarif_gate::settings::Settings;

use super::super::fake_github::FakeGithub;
use super::super::support::{outcome, settings};
use super::{commands, quick, tell};

#[test]
fn annotations_go_in_batches_of_fifty() {
    for (findings, cap, batches) in [
        (0, 50, vec![0]),
        (1, 50, vec![1]),
        (50, 50, vec![50]),
        (51, 50, vec![50]),
        (51, 1_000, vec![50, 1]),
        (120, 1_000, vec![50, 50, 20]),
        (1_000, 1_000, vec![50; 20]),
        (1_000, 50, vec![50]),
        (3, 0, vec![0]),
    ] {
        let github = FakeGithub::start();
        let settings = Settings {
            annotations: cap,
            ..settings()
        };
        let told = tell(outcome(findings), &settings, &github, quick());
        let sent: Vec<usize> = github
            .requests()
            .iter()
            .map(|request| request.annotations())
            .collect();
        assert_eq!(sent, batches, "{findings} findings, at most {cap}");
        assert_eq!(github.runs().len(), 1);
        let url = format!("{}/octo/repo/runs/1", github.url);
        assert!(
            matches!(told.status("check-run"), Status::Done { url: Some(page), .. } if *page == url)
        );
        assert_eq!(told.output("check-url"), Some(url.clone()));
        assert!(told.summary.contains(&url), "{}", told.summary);
        // One inline place a run.
        assert_eq!(commands(&told.log), 0);
    }
}

#[test]
fn the_request_is_what_github_wants() {
    let github = FakeGithub::start();
    let mut outcome = outcome(2);
    outcome.findings[1].locations[0].end_line = Some(9);
    outcome.findings[0].locations[0].start_column = Some(3);
    outcome.findings[0].locations[0].end_column = Some(8);
    outcome.findings[1].locations[0].start_column = Some(3);
    outcome.findings[1].title = "a \u{1f600} b\u{202e}".into();
    outcome.verdict.judged[1] = Judged::Note;
    tell(outcome, &settings(), &github, quick());
    let request = &github.requests()[0];
    assert_eq!(
        (request.method.as_str(), request.path.as_str()),
        ("POST", "/repos/octo/repo/check-runs")
    );
    assert_eq!(request.header("x-github-api-version"), [API_VERSION]);
    assert_eq!(request.header("user-agent").len(), 1);
    assert!(request.header("user-agent")[0].starts_with("sarif-gate/"));
    let body = &request.body;
    assert_eq!(body["status"], "completed");
    assert_eq!(body["conclusion"], "failure");
    assert_eq!(body["head_sha"], "0123456789abcdef0123456789abcdef01234567");
    let id = body["external_id"].as_str().expect("an id");
    assert!(id.starts_with("sarif-gate:") && id.ends_with(":42:1:2026-03-01T10:00:00Z"));
    let first = &body["output"]["annotations"][0];
    assert_eq!(
        (&first["start_column"], &first["end_column"]),
        (&3.into(), &7.into())
    );
    assert_eq!(first["annotation_level"], "failure");
    let second = &body["output"]["annotations"][1];
    assert_eq!(
        (&second["start_line"], &second["end_line"]),
        (&2.into(), &9.into())
    );
    assert!(second.get("start_column").is_none());
    assert_eq!(second["annotation_level"], "notice");
    let texts = second.to_string();
    assert!(
        texts
            .chars()
            .all(|c| u32::from(c) < 0x10000 && c != '\u{202e}'),
        "{texts}"
    );
}

#[test]
fn a_hostile_finding_stays_within_githubs_limits() {
    let github = FakeGithub::start();
    let mut outcome = outcome(3);
    for finding in &mut outcome.findings {
        finding.rule = "\u{1f600}r\u{e9}\0".repeat(9_000).into();
        finding.title = "\u{1f600}t\u{e9}\n".repeat(90_000).into();
    }
    outcome.findings[0].locations[0].start_line = Some(u32::MAX);
    outcome.findings[0].locations[0].end_line = Some(u32::MAX);
    outcome.findings[1].locations[0].path = "p/".repeat(9_000).into();
    outcome.findings[2].locations[0].path = "/etc/passwd".into();
    outcome.verdict.reason = "r".repeat(90_000);
    let told = tell(outcome, &settings(), &github, quick());
    let output = &github.requests()[0].body["output"];
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    assert!(text(&output["title"]).chars().count() <= 255);
    assert!(text(&output["summary"]).len() <= 65_535);
    let annotations = output["annotations"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    assert_eq!(annotations.len(), 1, "two paths are none");
    assert!(text(&annotations[0]["title"]).chars().count() <= 255);
    assert!(text(&annotations[0]["message"]).len() <= 65_536);
    assert_eq!(annotations[0]["end_line"], i32::MAX);
    assert!(matches!(told.status("check-run"), Status::Done { .. }));
}

#[test]
fn conclusion_summary_and_outputs_agree() {
    for (conclusion, mode, check) in [
        (Conclusion::Pass, Mode::Enforce, "success"),
        (Conclusion::Warn, Mode::Enforce, "neutral"),
        (Conclusion::Fail, Mode::Enforce, "failure"),
        (Conclusion::Incomplete, Mode::Enforce, "failure"),
        (Conclusion::Fail, Mode::Warn, "neutral"),
        (Conclusion::Incomplete, Mode::Warn, "neutral"),
        (Conclusion::Warn, Mode::Warn, "neutral"),
        (Conclusion::Pass, Mode::Warn, "success"),
    ] {
        let github = FakeGithub::start();
        let mut outcome = outcome(1);
        (outcome.verdict.conclusion, outcome.mode) = (conclusion, mode);
        let told = tell(outcome, &settings(), &github, quick());
        let body = &github.requests()[0].body;
        assert_eq!(body["conclusion"], check);
        assert!(
            body["output"]["title"]
                .as_str()
                .is_some_and(|title| title.starts_with(conclusion.word()))
        );
        assert!(told.summary.contains(conclusion.word()));
    }
}

#[test]
fn findings_without_a_place_are_counted_and_secrets_of_public_repositories_withheld() {
    let github = FakeGithub::start();
    let mut outcome = outcome(6);
    outcome.findings[0].locations.clear();
    outcome.findings[0].stand_in = Some("Cargo.lock".into());
    outcome.findings[1].locations.clear();
    outcome.findings[2].locations[0].place = Place::Outside;
    outcome.findings[3].kind = Kind::Secret;
    outcome.verdict.judged[4] = Judged::Excused;
    outcome.verdict.judged[5] = Judged::Ignore;
    outcome.context.event = "push".to_owned();
    outcome.context.private = Some(false);
    tell(outcome.clone(), &settings(), &github, quick());
    let body = github.requests()[0].body.clone();
    assert_eq!(
        body["output"]["annotations"].as_array().map(Vec::len),
        Some(1)
    );
    assert_eq!(body["output"]["annotations"][0]["path"], "Cargo.lock");
    let summary = body["output"]["summary"].as_str().unwrap_or_default();
    assert!(
        summary.contains("2 without a place in the repository"),
        "{summary}"
    );
    assert!(
        summary.contains("1 secrets whose place is not shown"),
        "{summary}"
    );
    outcome.context.private = Some(true);
    let github = FakeGithub::start();
    tell(outcome, &settings(), &github, quick());
    assert_eq!(github.requests()[0].annotations(), 2);
}

/// GitHub's own description as judge: a mock made from it refuses what GitHub would refuse. `SARIF_GATE_GITHUB_MOCK` is
/// its address.
#[test]
#[expect(clippy::print_stdout, reason = "a test that does not run says so")]
fn githubs_description_accepts_the_requests() {
    let Ok(mock) = std::env::var("SARIF_GATE_GITHUB_MOCK") else {
        println!("skipped: SARIF_GATE_GITHUB_MOCK is not set");
        return;
    };
    for findings in [0, 1, 51, 120] {
        let mut outcome = outcome(findings);
        for (index, finding) in outcome.findings.iter_mut().enumerate() {
            let place = &mut finding.locations[0];
            (place.start_column, place.end_column) = (Some(2), Some(9));
            place.end_line = (index % 2 == 0).then_some(2_000);
        }
        outcome.context.api_url = mock.clone();
        let settings = Settings {
            annotations: 500,
            ..settings()
        };
        let mut log = Vec::new();
        let mut outside = Outside {
            client: None,
            opened: Opened::default(),
            log: &mut log,
            files: EvidenceFiles::default(),
            pace: quick(),
        };
        let told = publish_all(&outcome, &settings, &mut outside);
        assert!(
            told[0]
                .line()
                .contains(&format!("{findings} of {findings} annotations")),
            "{}",
            told[0].line()
        );
    }
}
