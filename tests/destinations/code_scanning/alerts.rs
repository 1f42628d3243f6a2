//! Alerts of excused findings.

use sarif_gate::destinations::Status;
use sarif_gate::model::{Effect, Judged, Outcome, Ruling};
use sarif_gate::settings::{Settings, Switch};
use serde_json::{Value, json};

use super::super::super::fake_github::{FakeGithub, Trouble};
use super::{only_scanning, pushed, told};

fn dismissing(switch: Switch) -> Settings {
    Settings {
        dismiss_excused: switch,
        ..only_scanning()
    }
}

/// A push with findings of which these are excused by a waiver.
fn excusing(findings: usize, excused: &[usize], why: &str) -> Outcome {
    let mut outcome = pushed(findings, &["trivy"]);
    for index in excused {
        outcome.verdict.judged[*index] = Judged::Excused;
        outcome.verdict.rulings[*index].push(Ruling {
            by: "waivers",
            term: None,
            effect: Effect::Excuse,
            why: why.into(),
        });
    }
    outcome
}

fn mark(outcome: &Outcome, index: usize) -> String {
    outcome.findings[index].fingerprint.to_string()[..12].to_owned()
}

/// The alert of the finding with this number, as GitHub gives it.
fn alert(number: usize, finding: usize, state: &str, comment: Option<&str>) -> Value {
    json!({
        "number": number,
        "state": state,
        "dismissed_comment": comment,
        "rule": { "id": format!("CVE-2026-{finding:04}") },
        "tool": { "name": "trivy" },
        "most_recent_instance": {
            "ref": "refs/heads/main",
            "category": "sarif-gate/trivy",
            "location": { "path": format!("src/file{finding}.rs"), "start_line": finding + 1 },
        },
    })
}

fn state(github: &FakeGithub, number: usize) -> (String, String, String) {
    github.scanning(|scanning| {
        let named = |one: &&Value| one["number"] == number;
        let alert = scanning.alerts.iter().find(named).expect("an alert");
        let text = |name: &str| alert[name].as_str().unwrap_or_default().to_owned();
        (
            text("state"),
            text("dismissed_reason"),
            text("dismissed_comment"),
        )
    })
}

fn patches(github: &FakeGithub) -> usize {
    let methods = github.methods();
    methods.iter().filter(|method| *method == "PATCH").count()
}

#[test]
fn alerts_follow_their_findings() {
    let why = "risk-accepted until 2026-12-31 by @octo/team: see #12";
    let outcome = excusing(6, &[0, 1, 4], why);
    let ours = |index: usize| format!("[sarif-gate {}] waivers: {why}", mark(&outcome, index));
    let github = FakeGithub::start();
    github.scanning(|scanning| {
        scanning.alerts = vec![
            alert(1, 0, "open", None),
            // Dismissed by us, and still excused.
            alert(2, 1, "dismissed", Some(&ours(1))),
            // Dismissed by us, and excused no longer.
            alert(3, 2, "dismissed", Some(&ours(2))),
            // Dismissed by people.
            alert(4, 3, "dismissed", Some("accepted")),
            // Not excused.
            alert(5, 5, "open", None),
            // Dismissed by us, and the finding is gone.
            alert(
                6,
                9,
                "dismissed",
                Some("[sarif-gate 00000000ffff] waivers: x"),
            ),
        ];
        // Of another ref, category, line.
        let mut others = vec![alert(7, 4, "open", None); 3];
        others[0]["most_recent_instance"]["ref"] = json!("refs/heads/other");
        others[1]["most_recent_instance"]["category"] = json!("trivy");
        others[2]["most_recent_instance"]["location"]["start_line"] = json!(99);
        scanning.alerts.extend(others);
    });
    let (told, _) = told(outcome.clone(), &dismissing(Switch::Auto), &github);
    let line = told.line("code-scanning");
    assert!(
        line.contains("alerts: 1 dismissed because excused, 1 reopened because no longer excused"),
        "{line}"
    );
    let (is, reason, comment) = state(&github, 1);
    assert_eq!((is.as_str(), reason.as_str()), ("dismissed", "won't fix"));
    assert!(
        comment.starts_with(&format!(
            "[sarif-gate {}] waivers: risk-accepted until 2026-12-31",
            mark(&outcome, 0)
        )),
        "{comment}"
    );
    assert!(
        !comment.contains("@octo") && !comment.contains("#12"),
        "{comment}"
    );
    for (number, expected) in [
        (2, "dismissed"),
        (3, "open"),
        (4, "dismissed"),
        (5, "open"),
        (6, "dismissed"),
        (7, "open"),
    ] {
        assert_eq!(state(&github, number).0, expected, "{number}");
    }
    assert_eq!(patches(&github), 2);
    // The next run finds everything as it should be.
    let before = github.requests().len();
    let (told, _) = super::told(outcome, &dismissing(Switch::Auto), &github);
    assert!(!told.line("code-scanning").contains("alerts:"));
    assert_eq!((patches(&github), github.requests().len() - before), (2, 4));
}

#[test]
fn the_reason_is_githubs() {
    for (by, why, reason) in [
        (
            "waivers",
            "false-positive until 2026-12-31 by x",
            "false positive",
        ),
        ("waivers", "not-affected by x", "false positive"),
        ("waivers", "test-code until 2026-12-31", "used in tests"),
        ("waivers", "mitigated until 2026-12-31", "won't fix"),
        (
            "vex",
            "not_affected: component_not_present (a.json, statement 1, undated)",
            "false positive",
        ),
        ("vex", "fixed (a.json, statement 1, undated)", "won't fix"),
        ("scanner-suppressions", "false-positive", "won't fix"),
    ] {
        let mut outcome = excusing(1, &[0], why);
        outcome.verdict.rulings[0][0].by = by;
        let github = FakeGithub::start();
        github.scanning(|scanning| scanning.alerts = vec![alert(1, 0, "open", None)]);
        let _ = told(outcome, &dismissing(Switch::On), &github);
        let (is, said, comment) = state(&github, 1);
        assert_eq!((is.as_str(), said.as_str()), ("dismissed", reason), "{why}");
        assert!(comment.contains(&format!("] {by}: ")), "{comment}");
    }
}

#[test]
fn what_is_not_clear_is_not_touched() {
    let github = FakeGithub::start();
    // Two findings in one place, and two alerts of one finding.
    let mut outcome = excusing(3, &[0, 1, 2], "mitigated");
    outcome.findings[1].rule = outcome.findings[0].rule.clone();
    outcome.findings[1].locations = outcome.findings[0].locations.clone();
    github.scanning(|scanning| {
        scanning.alerts = vec![
            alert(1, 0, "open", None),
            alert(2, 2, "open", None),
            alert(3, 2, "open", None),
        ];
    });
    let (told, _) = told(outcome, &dismissing(Switch::Auto), &github);
    let line = told.line("code-scanning");
    assert!(line.contains("3 left alone because several"), "{line}");
    assert_eq!(patches(&github), 0);
}

#[test]
fn only_the_default_branch_dismisses_and_only_where_wanted() {
    type Change = fn(&mut Outcome, &mut Settings);
    let cases: [Change; 5] = [
        |_, settings| settings.dismiss_excused = Switch::Off,
        |outcome, _| {
            outcome.context.event = "pull_request".to_owned();
            outcome.context.pull_request = Some(7);
            outcome.context.git_ref = Some("refs/pull/7/merge".to_owned());
        },
        |outcome, _| outcome.context.git_ref = Some("refs/heads/other".to_owned()),
        |outcome, _| outcome.context.git_ref = Some("refs/tags/v1".to_owned()),
        |outcome, _| outcome.context.event = "workflow_dispatch".to_owned(),
    ];
    for change in cases {
        let (mut outcome, mut settings) = (excusing(1, &[0], "x"), dismissing(Switch::On));
        change(&mut outcome, &mut settings);
        let github = FakeGithub::start();
        github.scanning(|scanning| scanning.alerts = vec![alert(1, 0, "open", None)]);
        let (told, _) = told(outcome, &settings, &github);
        assert!(matches!(told.status("code-scanning"), Status::Done { .. }));
        assert_eq!(github.methods(), ["POST", "GET"]);
    }
    // Before GitHub has processed the analysis the alerts are those of the last one.
    let github = FakeGithub::start();
    github.scanning(|scanning| {
        scanning.alerts = vec![alert(1, 0, "open", None)];
        scanning.states = vec![(200, json!({ "processing_status": "pending" })); 9];
    });
    let (told, _) = told(excusing(1, &[0], "x"), &dismissing(Switch::On), &github);
    assert!(told.line("code-scanning").contains("still being processed"));
    assert_eq!(patches(&github), 0);
}

#[test]
fn there_is_an_end_to_it_and_the_rest_is_said() {
    let excused: Vec<usize> = (0..250).collect();
    let outcome = excusing(250, &excused, "mitigated until 2026-12-31");
    let github = FakeGithub::start();
    github.scanning(|scanning| {
        scanning.alerts = excused
            .iter()
            .map(|n| alert(n + 1, *n, "open", None))
            .collect();
    });
    let (first, _) = told(outcome, &dismissing(Switch::Auto), &github);
    let line = first.line("code-scanning");
    assert!(
        line.contains("40 dismissed because excused, 210 left for the next run"),
        "{line}"
    );
    assert_eq!(patches(&github), 40);
    // Dismissed lists: one page. Open ones: three.
    assert_eq!(github.requests().len(), 2 + 1 + 3 + 40);
}

#[test]
fn a_refusal_leaves_them_open_and_the_upload_done() {
    let integration = "Resource not accessible by integration";
    for (status, text, tried, words) in [
        (403, integration, 1, "security-events: write"),
        (
            403,
            "Dismissal requests must be approved",
            1,
            "must be approved",
        ),
        (422, "Validation Failed", 3, "Validation Failed"),
        (409, "Conflict", 3, "409"),
        (404, "Not Found", 3, "404"),
        (500, "x", 3, "500"),
    ] {
        let github = FakeGithub::start();
        github.scanning(|scanning| {
            scanning.alerts = (0..3).map(|n| alert(n + 1, n, "open", None)).collect();
            scanning.refuses = Some((status, text));
        });
        let outcome = excusing(3, &[0, 1, 2], "mitigated");
        let (told, _) = told(outcome, &dismissing(Switch::On), &github);
        let line = told.line("code-scanning");
        assert!(
            matches!(told.status("code-scanning"), Status::Done { .. }),
            "{line}"
        );
        assert!(
            line.contains("they stay as they are") && line.contains(words),
            "{status}: {line}"
        );
        // After an answer that says nothing it is looked, and tried once more.
        let tried = if status == 500 { 2 * tried } else { tried };
        assert_eq!(patches(&github), tried, "{status}");
    }
    // The list is refused: said once.
    let github = FakeGithub::troubled(vec![None, None, Some(Trouble::status(403, integration))]);
    let (told, _) = told(excusing(1, &[0], "x"), &dismissing(Switch::Auto), &github);
    let line = told.line("code-scanning");
    assert!(
        line.contains("the alerts of excused findings stay as they are: "),
        "{line}"
    );
    assert!(matches!(told.status("code-scanning"), Status::Done { .. }));
}

#[test]
fn a_change_of_unknown_end_is_looked_for() {
    for (trouble, changes) in [
        (Trouble::Cut { done: true }, 1),
        (Trouble::Cut { done: false }, 2),
        (Trouble::Page, 1),
        (Trouble::DoneWith(502), 1),
    ] {
        let troubles = [vec![None; 4], vec![Some(trouble.clone())]].concat();
        let github = FakeGithub::troubled(troubles);
        github.scanning(|scanning| scanning.alerts = vec![alert(1, 0, "open", None)]);
        let (told, _) = told(excusing(1, &[0], "x"), &dismissing(Switch::Auto), &github);
        let line = told.line("code-scanning");
        assert!(line.contains("1 dismissed"), "{trouble:?}: {line}");
        assert_eq!(
            (patches(&github), state(&github, 1).0.as_str()),
            (changes, "dismissed")
        );
    }
}
