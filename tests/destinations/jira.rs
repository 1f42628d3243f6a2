//! Jira, by a small one on loopback: with issues, properties, a workflow, and a search that may lag behind.

pub(super) mod fake;
mod said;
mod trouble;

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sarif_gate::destinations::Status;
use sarif_gate::gate::language::Conditions;
use sarif_gate::github::Pace;
use sarif_gate::model::{
    Effect, Fix, Kind, Outcome, Package, Report, Ruling, Run, Severity, Source,
};
use sarif_gate::settings::{Hidden, Jira, Settings, Switch};

use super::super::fake_github::{FakeGithub, Trouble};
use super::super::support::{outcome as any, settings as plain};
use super::{Told, quick, tell};
use fake::{Project, start};

const JIRA_TOKEN: &str = "ATATT3xFfGF0-jira-token-SECRET";
const USER: &str = "gate@example.com";

/// A report of a tool that looked at the repository.
fn report(tool: &str, complete: bool) -> Report {
    use sarif_gate::model::{Input, Status};
    Report {
        status: match complete {
            true => Status::Complete,
            false => Status::Partial("half of it".to_owned()),
        },
        ..Report::new(
            Input::default(),
            vec![Run {
                tool: tool.into(),
                ..Run::default()
            }],
        )
    }
}

/// A push to main on which trivy finds something in each of these packages.
fn outcome(packages: &[&str]) -> Outcome {
    let mut outcome = any(packages.len());
    for (finding, name) in outcome.findings.iter_mut().zip(packages) {
        finding.package = Some(Box::new(Package {
            purl: None,
            ecosystem: Some("npm".into()),
            name: (*name).into(),
            version: Some("1.0.0".into()),
            fixed: vec!["1.0.1".into()],
            fix: Fix::Available,
            development: false,
        }));
        finding.sources.push(Source {
            tool: "trivy".into(),
            input: 0,
            run: 0,
            rule: finding.rule.clone(),
            severity: finding.severity,
            fingerprint: finding.fingerprint,
            suppression: None,
            recipe: None,
        });
    }
    outcome.reports = vec![report("trivy", true)];
    let context = &mut outcome.context;
    context.event = "push".to_owned();
    context.git_ref = Some("refs/heads/main".to_owned());
    context.default_branch = Some("main".to_owned());
    context.private = Some(true);
    outcome
}

fn settings(url: &str) -> Settings {
    Settings {
        check_run: Switch::Off,
        jira: Some(Jira {
            url: url.to_owned(),
            user: Some(USER.to_owned()),
            token: Some(Hidden::new(JIRA_TOKEN)),
            project: "SEC".to_owned(),
        }),
        ..plain()
    }
}

/// No waiting for an index.
fn patient() -> Pace {
    Pace {
        longest_wait: Duration::from_millis(5),
        ..quick()
    }
}

/// Tells this Jira of it, and looks that no secret is anywhere but in the header.
fn told(outcome: Outcome, jira: &FakeGithub) -> Told {
    told_by(outcome, &settings(&jira.url), jira)
}

fn told_by(outcome: Outcome, settings: &Settings, jira: &FakeGithub) -> Told {
    let told = tell(outcome, settings, &FakeGithub::start(), patient());
    let header = format!("Basic {}", STANDARD.encode(format!("{USER}:{JIRA_TOKEN}")));
    let secrets = [JIRA_TOKEN, &header[6..]];
    let line = told.line("jira");
    for secret in secrets {
        for text in [&told.log, &told.outputs, &told.summary, &line] {
            assert!(!text.contains(secret), "a secret is in {text}");
        }
        for request in jira.requests() {
            assert!(!request.body.to_string().contains(secret) && !request.path.contains(secret));
        }
    }
    for request in jira.requests() {
        assert_eq!(request.header("authorization"), [header.as_str()]);
        assert_eq!(request.header("accept"), ["application/json"]);
    }
    told
}

/// The writes since the last time, as method and path.
fn writes(jira: &FakeGithub, from: &mut usize) -> Vec<String> {
    let all = jira.requests();
    let new = all[*from..].iter().filter(|one| one.method != "GET");
    let new = new
        .map(|one| format!("{} {}", one.method, one.path))
        .collect();
    *from = all.len();
    new
}

#[test]
fn an_issue_lives_as_long_as_its_cause() {
    let (jira, project) = start(Project::default(), Vec::new());
    let mut from = 0;
    let line = told(outcome(&["lodash", "minimist"]), &jira).line("jira");
    assert!(line.starts_with("created SEC-1, SEC-2: "), "{line}");
    assert_eq!(writes(&jira, &mut from), ["POST /rest/api/3/issue"; 2]);
    {
        let project = project.lock().expect("the project");
        let issue = &project.issues[0];
        assert_eq!(issue.kind, "10004", "a bug");
        assert_eq!(
            issue.summary,
            "octo/repo: lodash: 1 vulnerability, high (upgrade to 1.0.1)"
        );
        assert_eq!(issue.labels[..2], ["sarif-gate", "sarif-gate:octo/repo"]);
        assert!(issue.labels[2].len() == "sarif-gate-".len() + 16);
        assert!(issue.labels.iter().all(|label| !label.contains(' ')));
    }

    // The same again: nothing is written.
    let line = told(outcome(&["lodash", "minimist"]), &jira).line("jira");
    assert!(line.starts_with("2 unchanged: "), "{line}");
    assert!(writes(&jira, &mut from).is_empty());

    // Another line is no news; another version is.
    let mut moved = outcome(&["lodash", "minimist"]);
    moved.findings[0].locations[0].start_line = Some(999);
    told(moved, &jira);
    assert!(writes(&jira, &mut from).is_empty());
    let mut changed = outcome(&["lodash", "minimist"]);
    changed.findings[1].package.as_mut().expect("one").fixed = vec!["2.0.0".into()];
    let line = told(changed.clone(), &jira).line("jira");
    let page = format!("updated SEC-2, 1 unchanged: {}/browse/SEC-2", jira.url);
    assert_eq!(line, page);
    assert_eq!(writes(&jira, &mut from), ["PUT /rest/api/3/issue/SEC-2"]);
    assert!(
        project.lock().expect("it").issues[1]
            .summary
            .contains("2.0.0")
    );

    // Fixed.
    let line = told(outcome(&["lodash"]), &jira).line("jira");
    assert!(
        line.starts_with("moved to Done SEC-2, 1 unchanged: "),
        "{line}"
    );
    let closing = [
        "PUT /rest/api/3/issue/SEC-2",
        "POST /rest/api/3/issue/SEC-2/transitions",
    ];
    assert_eq!(writes(&jira, &mut from), closing);
    {
        let project = project.lock().expect("the project");
        assert_eq!(project.issues[1].status, "Done");
        assert!(
            project.issues[1].comments[0].contains("complete reports of trivy no longer find it")
        );
    }
    told(outcome(&["lodash"]), &jira);
    assert!(writes(&jira, &mut from).is_empty());

    // Back.
    let line = told(changed, &jira).line("jira");
    assert!(
        line.starts_with("brought back SEC-2, 1 unchanged: "),
        "{line}"
    );
    let opening = [
        "POST /rest/api/3/issue/SEC-2/transitions",
        "PUT /rest/api/3/issue/SEC-2",
    ];
    assert_eq!(writes(&jira, &mut from), opening);
    let project = project.lock().expect("the project");
    assert_eq!(project.issues[1].status, "To Do");
    assert!(project.issues[1].comments[1].contains("It is back"));
    assert_eq!(project.issues.len(), 2);
}

#[test]
fn what_a_person_closes_stays_closed() {
    let (jira, project) = start(Project::default(), Vec::new());
    told(outcome(&["lodash"]), &jira);
    project.lock().expect("it").issues[0].status = "Won't do".to_owned();
    let mut from = jira.requests().len();
    for _ in 0..2 {
        let line = told(outcome(&["lodash"]), &jira).line("jira");
        assert!(
            line.starts_with("1 left alone, because a person closed them"),
            "{line}"
        );
    }
    assert!(writes(&jira, &mut from).is_empty());
    // The same after we had closed it once and somebody else opened it again.
    project.lock().expect("it").issues[0].status = "To Do".to_owned();
    told(outcome(&[]), &jira);
    project.lock().expect("it").issues[0].status = "To Do".to_owned();
    let line = told(outcome(&["lodash"]), &jira).line("jira");
    assert!(line.starts_with("updated SEC-1"), "{line}");
    project.lock().expect("it").issues[0].status = "Done".to_owned();
    let line = told(outcome(&["lodash"]), &jira).line("jira");
    assert!(line.starts_with("1 left alone"), "{line}");
}

#[test]
fn only_complete_reports_close() {
    let (jira, project) = start(Project::default(), Vec::new());
    told(outcome(&["lodash"]), &jira);
    let mut from = jira.requests().len();
    for reports in [
        vec![report("trivy", false)],
        vec![report("grype", true)],
        Vec::new(),
    ] {
        let mut nothing = outcome(&[]);
        nothing.reports = reports;
        let line = told(nothing, &jira).line("jira");
        assert!(line.starts_with("1 open still"), "{line}");
    }
    // There, but nobody asks for it any more.
    let mut asked = settings(&jira.url);
    asked.policy.notify_on = Some(Conditions::none());
    let line = told_by(outcome(&["lodash"]), &asked, &jira).line("jira");
    assert!(line.starts_with("1 open still"), "{line}");
    assert!(writes(&jira, &mut from).is_empty());
    assert_eq!(project.lock().expect("it").issues[0].status, "To Do");
}

#[test]
fn what_nobody_looked_at_is_no_news() {
    let (jira, project) = start(Project::default(), Vec::new());
    let mut both = outcome(&["lodash", "lodash"]);
    both.findings[1].sources[0].tool = "grype".into();
    both.findings[1].sources[0].input = 1;
    both.reports.push(report("grype", true));
    told(both.clone(), &jira);
    let mut from = jira.requests().len();
    // Grype did not run.
    told(outcome(&["lodash"]), &jira);
    assert!(writes(&jira, &mut from).is_empty());
    // But something worse is told, and grype is still waited for.
    let mut worse = outcome(&["lodash"]);
    worse.findings[0].severity = Severity::Critical;
    told(worse, &jira);
    assert_eq!(writes(&jira, &mut from), ["PUT /rest/api/3/issue/SEC-1"]);
    let line = told(outcome(&[]), &jira).line("jira");
    assert!(line.starts_with("1 open still"), "{line}");
    let mut none = outcome(&[]);
    none.reports.push(report("grype", true));
    let line = told(none, &jira).line("jira");
    assert!(line.starts_with("moved to Done SEC-1"), "{line}");
    assert_eq!(project.lock().expect("it").issues.len(), 1);
}

#[test]
fn a_run_does_only_so_much() {
    let (jira, project) = start(Project::default(), Vec::new());
    let names: Vec<String> = (0..65)
        .map(|number| format!("package{number:02}"))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    for (created, waiting) in [(10, 55), (10, 45), (10, 35), (10, 25), (10, 15), (10, 5)] {
        let line = told(outcome(&names), &jira).line("jira");
        assert!(
            line.contains(&format!("and {} more", created - 3)),
            "{line}"
        );
        assert!(
            line.contains(&format!("{waiting} more wait for the next run")),
            "{line}"
        );
    }
    let line = told(outcome(&names), &jira).line("jira");
    assert!(
        line.starts_with("created SEC-61, SEC-62, SEC-63 and 2 more, 60 unchanged"),
        "{line}"
    );
    for (closed, waiting) in [(25, 40), (25, 15), (15, 0)] {
        let line = told(outcome(&[]), &jira).line("jira");
        assert!(line.contains(&format!("and {} more", closed - 3)), "{line}");
        assert_eq!(
            line.contains(&format!("{waiting} more wait")),
            waiting > 0,
            "{line}"
        );
    }
    let project = project.lock().expect("the project");
    assert_eq!(project.issues.len(), 65);
    assert!(project.issues.iter().all(|issue| issue.status == "Done"));
}

#[test]
fn repositories_and_categories_are_kept_apart() {
    let (jira, project) = start(Project::default(), Vec::new());
    let elsewhere = |repository: &str, packages: &[&str]| {
        let mut outcome = outcome(packages);
        outcome.context.repository = Some(repository.to_owned());
        outcome
    };
    told(elsewhere("octo/one", &["lodash"]), &jira);
    told(elsewhere("octo/two", &["lodash"]), &jira);
    let mut category = settings(&jira.url);
    category.category = Some("front end".to_owned());
    told_by(elsewhere("octo/two", &["lodash"]), &category, &jira);
    assert_eq!(project.lock().expect("it").issues.len(), 3);
    // What one fixes, the others still have. Case does not tell repositories apart.
    let line = told(elsewhere("Octo/Two", &[]), &jira).line("jira");
    assert!(line.starts_with("moved to Done SEC-2: "), "{line}");
    let project = project.lock().expect("the project");
    let open: Vec<bool> = project
        .issues
        .iter()
        .map(|issue| issue.status == "To Do")
        .collect();
    assert_eq!(open, [true, false, true]);
}
