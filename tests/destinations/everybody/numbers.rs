//! From no finding to far too many: so many requests, so many bytes, and what is cut is said.

use std::time::{Duration, Instant};

use sarif_gate::destinations::Status;
use sarif_gate::github::Pace;
use sarif_gate::github::limits::{
    ANNOTATIONS_PER_REQUEST, CHECK_SUMMARY_BYTES, COMMENT_BYTES, ISSUE_BODY_BYTES, ISSUES_OPENED,
    STEP_SUMMARY_BYTES,
};
use sarif_gate::settings::{BaselineFrom, Settings, Switch};

use super::super::super::fake_github::{FakeGithub, Request};
use super::super::{Told, quick};
use super::{Event, Others, everybody, everywhere, tell_everybody};

/// Annotations that are asked for.
const ANNOTATIONS: usize = 500;

/// What one destination got.
struct Row {
    findings: usize,
    id: &'static str,
    writes: usize,
    reads: usize,
    bytes: usize,
    /// The longest body, or text in it that has a limit.
    longest: usize,
    cut: String,
}

#[expect(clippy::print_stderr, reason = "what was measured is to be seen")]
fn note(line: &str) {
    eprintln!("{line}");
}

fn belongs(id: &str, path: &str) -> bool {
    let path = path.split('?').next().unwrap_or_default();
    match id {
        "code-scanning" => path.contains("/code-scanning/"),
        "check-run" => path.contains("/check-runs"),
        "comment" => path.contains("/comments"),
        _ => path.contains("/issues") && !path.contains("/comments"),
    }
}

/// The sentences that say that something is left out.
fn cuts(text: &str) -> String {
    let marks = ["Shown: ", "Not shown inline", "This page is cut"];
    let mut found: Vec<String> = Vec::new();
    for line in text.lines() {
        if marks.iter().any(|mark| line.contains(mark)) {
            let line = line.trim_start_matches(['>', ' ']).to_owned();
            if !found.contains(&line) {
                found.push(line);
            }
        }
    }
    found.join(" / ")
}

/// The text of a request that has a limit of its own.
fn limited(request: &Request) -> &str {
    let summary = request.body["output"]["summary"].as_str();
    let text = summary.or_else(|| request.body["body"].as_str());
    text.unwrap_or_default()
}

fn row(findings: usize, id: &'static str, told: &Told, github: &FakeGithub) -> Row {
    let mut requests = github.requests();
    requests.retain(|one| belongs(id, &one.path));
    let writes = requests.iter().filter(|one| one.method != "GET");
    let said = requests.iter().map(limited).collect::<Vec<_>>().join("\n");
    let cut = match id {
        "issues" | "code-scanning" => told.line(id),
        _ => cuts(&said),
    };
    Row {
        findings,
        id,
        writes: writes.clone().count(),
        reads: requests.len() - writes.count(),
        bytes: requests.iter().map(|one| one.text.len()).sum(),
        longest: requests
            .iter()
            .map(|one| limited(one).len())
            .max()
            .unwrap_or(0),
        cut,
    }
}

fn unhurried() -> Pace {
    Pace {
        budget: Duration::from_secs(100),
        lap: Duration::from_secs(100),
        request: Duration::from_secs(30),
        longest_wait: Duration::from_millis(3),
        between_writes: Duration::from_millis(1),
        ..quick()
    }
}

/// Nobody but GitHub, and no more than is counted here.
fn counted() -> Settings {
    let others = Others {
        slack: FakeGithub::start(),
        webhook: FakeGithub::start(),
        jira: FakeGithub::start(),
    };
    Settings {
        annotations: ANNOTATIONS,
        baseline: BaselineFrom::None,
        slack_webhook_url: None,
        webhook_url: None,
        webhook_secret: None,
        jira: None,
        ..everybody(&others)
    }
}

fn done(told: &Told, id: &str) -> bool {
    matches!(told.status(id), Status::Done { .. })
}

/// Tells of so many findings, and gives a row for each destination.
fn measured(findings: usize) -> Vec<Row> {
    let begin = Instant::now();
    let github = FakeGithub::start();
    let push = everywhere(findings, Event::Push);
    let (told, ..) = tell_everybody(push, &counted(), &github, unhurried());
    for id in [
        "code-scanning",
        "check-run",
        "issues",
        "step-summary",
        "outputs",
    ] {
        assert!(done(&told, id), "{findings}: {id}: {}", told.line(id));
    }
    let ids = ["code-scanning", "check-run", "issues"];
    let mut rows: Vec<Row> = ids.map(|id| row(findings, id, &told, &github)).into();
    rows.push(Row {
        findings,
        id: "step-summary",
        writes: 0,
        reads: 0,
        bytes: told.summary.len(),
        longest: told.summary.len(),
        cut: cuts(&told.summary),
    });
    assert_eq!(github.annotations(1).len(), findings.min(ANNOTATIONS));
    assert_eq!(github.issues().len(), findings.min(ISSUES_OPENED));

    // The comment is of the pull request's run.
    let github = FakeGithub::start();
    let settings = Settings {
        check_run: Switch::Off,
        upload_sarif: Switch::Off,
        annotations: 0,
        summary: false,
        ..counted()
    };
    let proposed = everywhere(findings, Event::PullRequest);
    let (told, ..) = tell_everybody(proposed, &settings, &github, unhurried());
    assert!(done(&told, "comment"), "{}", told.line("comment"));
    rows.push(row(findings, "comment", &told, &github));
    note(&format!("{findings} findings: {:?}", begin.elapsed()));
    rows
}

fn check(row: &Row) {
    let Row { findings, id, .. } = row;
    let what = format!("{findings}, {id}: {}", row.cut);
    match row.id {
        "check-run" => {
            // Opened, and a change for each batch of annotations; the first one concludes.
            let batches = (*findings)
                .clamp(1, ANNOTATIONS)
                .div_ceil(ANNOTATIONS_PER_REQUEST);
            assert_eq!(row.writes, 1 + batches, "{what}");
            assert!(
                row.longest <= CHECK_SUMMARY_BYTES,
                "{what}: {}",
                row.longest
            );
            assert_eq!(
                row.cut.contains("Not shown inline"),
                *findings > ANNOTATIONS,
                "{what}"
            );
        }
        "comment" => {
            assert_eq!(row.writes, 1, "{what}");
            assert!(row.longest <= COMMENT_BYTES, "{what}: {}", row.longest);
        }
        "issues" => {
            assert_eq!(row.writes, (*findings).min(ISSUES_OPENED), "{what}");
            assert!(row.longest <= ISSUE_BODY_BYTES, "{what}: {}", row.longest);
            let later = findings.saturating_sub(ISSUES_OPENED);
            assert_eq!(
                row.cut.contains(&format!("{later} more next run")),
                later > 0,
                "{what}"
            );
        }
        "code-scanning" => {
            assert_eq!(row.writes, 1, "{what}");
            let over = *findings > 25_000;
            let said = format!("the worst 25000 of the {findings} results");
            assert_eq!(row.cut.contains(&said), over, "{what}");
        }
        _ => assert!(row.bytes as u64 <= STEP_SUMMARY_BYTES, "{what}"),
    }
    // A page says how many it shows of how many.
    if matches!(row.id, "check-run" | "comment" | "step-summary") && *findings >= 5_000 {
        assert!(row.cut.contains("Shown: "), "{what}");
    }
    if *findings <= 51 && row.id != "code-scanning" && row.id != "issues" {
        assert_eq!(row.cut, "", "{what}: nothing is cut");
    }
}

#[test]
fn whatever_the_number_it_is_bounded_and_what_is_cut_is_said() {
    let numbers = [0, 1, 50, 51, 5_000, 25_001, 100_000];
    let rows: Vec<Row> = numbers.into_iter().flat_map(measured).collect();
    note("| findings | destination | writes | reads | bytes sent | longest text | what is said |");
    note("|---:|---|---:|---:|---:|---:|---|");
    for row in &rows {
        note(&format!(
            "| {} | {} | {} | {} | {} | {} | {} |",
            row.findings, row.id, row.writes, row.reads, row.bytes, row.longest, row.cut
        ));
    }
    rows.iter().for_each(check);
}
