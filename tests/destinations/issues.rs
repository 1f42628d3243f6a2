//! Tracking issues: opened, kept up to date, closed and opened again, and left alone where they are somebody else's.

mod trouble;

use serde_json::{Value, json};

use sarif_gate::destinations::plan::Plan;
use sarif_gate::destinations::{Status, preflight};
use sarif_gate::gate::language::Conditions;
use sarif_gate::model::{
    Conclusion, Effect, Finding, Fix, Judged, Kind, Mode, Outcome, Package, Report, Ruling, Run,
    Severity, Source, Status as Read,
};
use sarif_gate::settings::{Settings, Switch};

use super::super::fake_github::FakeGithub;
use super::super::support;
use super::{Told, quick, tell};

/// What a run sees.
#[derive(Clone)]
struct World {
    findings: Vec<Finding>,
    /// Whether `issue-on` asks for an issue of each.
    asked: bool,
    /// Tool, and how complete its report is.
    reports: Vec<(&'static str, Read)>,
    private: Option<bool>,
    sha: String,
}

impl World {
    fn new(findings: Vec<Finding>) -> World {
        World {
            findings,
            asked: true,
            reports: vec![("trivy", Read::Complete)],
            private: Some(true),
            sha: "0123456789abcdef0123456789abcdef01234567".to_owned(),
        }
    }

    fn outcome(&self) -> Outcome {
        let mut outcome = support::outcome(0);
        let count = self.findings.len();
        outcome.findings = self.findings.clone();
        outcome.verdict.judged = vec![Judged::Fail; count];
        let ruling = Ruling {
            by: "issue-on",
            term: Some("high".into()),
            effect: Effect::Issue,
            why: "high or worse".into(),
        };
        let rulings = if self.asked { vec![ruling] } else { Vec::new() };
        outcome.verdict.rulings = vec![rulings; count];
        outcome.reports = self
            .reports
            .iter()
            .map(|(tool, status)| report(tool, status.clone()))
            .collect();
        outcome.context.event = "push".to_owned();
        outcome.context.git_ref = Some("refs/heads/main".to_owned());
        outcome.context.default_branch = Some("main".to_owned());
        outcome.context.private = self.private;
        outcome.context.head_sha = Some(self.sha.clone());
        outcome
    }

    /// Tells a GitHub, which forgets the requests before.
    fn tell(&self, github: &FakeGithub) -> Told {
        github.begin_again(Vec::new());
        tell(self.outcome(), &settings(), github, quick())
    }
}

fn report(tool: &str, status: Read) -> Report {
    Report {
        status,
        ..Report::new(
            Default::default(),
            vec![Run {
                tool: tool.into(),
                name: tool.into(),
                ..Run::default()
            }],
        )
    }
}

/// A finding in a package, by trivy.
fn in_package(number: usize, package: &str) -> Finding {
    let mut finding = said_by("trivy", support::finding(number));
    finding.package = Some(Box::new(Package {
        purl: None,
        ecosystem: Some("npm".into()),
        name: package.into(),
        version: Some("4.17.4".into()),
        fixed: vec!["4.17.21".into()],
        fix: Fix::Available,
        development: false,
    }));
    finding
}

/// A finding of a rule, by trivy.
fn of_rule(number: usize, kind: Kind, rule: &str) -> Finding {
    let mut finding = said_by("trivy", support::finding(number));
    (finding.kind, finding.rule) = (kind, rule.into());
    finding
}

fn said_by(tool: &str, mut finding: Finding) -> Finding {
    finding.sources.push(Source {
        tool: tool.into(),
        input: 0,
        run: 0,
        rule: finding.rule.clone(),
        severity: finding.severity,
        fingerprint: finding.fingerprint,
        suppression: None,
        recipe: None,
    });
    finding
}

fn settings() -> Settings {
    let mut settings = Settings {
        check_run: Switch::Off,
        annotations: 0,
        ..support::settings()
    };
    settings.policy.issue_on = Conditions::parse("high").expect("a term");
    settings
}

/// State, reason and title of every issue.
fn stand(github: &FakeGithub) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let each = github.issues().into_iter();
    each.map(|one| {
        (
            text(&one["state"]),
            text(&one["state_reason"]),
            text(&one["title"]),
        )
    })
    .collect()
}

fn body(github: &FakeGithub, index: usize) -> String {
    github.issues()[index]["body"]
        .as_str()
        .expect("a body")
        .to_owned()
}

/// Requests that change something.
fn writes(github: &FakeGithub) -> Vec<String> {
    let methods = github.methods().into_iter();
    methods.filter(|method| method != "GET").collect()
}

#[test]
fn an_issue_lives_with_its_cause() {
    let github = FakeGithub::start();
    let mut world = World::new(vec![
        in_package(1, "lodash"),
        in_package(2, "lodash"),
        of_rule(3, Kind::Code, "xss"),
    ]);
    let told = world.tell(&github);
    assert!(
        told.line("issues").starts_with(
            "2 opened: https://github.com/octo/repo/issues?q=is%3Aissue%20label%3Asarif-gate"
        ),
        "{}",
        told.line("issues")
    );
    assert_eq!(writes(&github), ["POST", "POST"]);
    let open = |title: &str| ("open".to_owned(), String::new(), title.to_owned());
    let (two, xss) = (
        "lodash: 2 vulnerabilities, worst high (upgrade to 4.17.21)",
        "xss (trivy): 1 code finding, high (problem 3)",
    );
    assert_eq!(stand(&github), [open(two), open(xss)]);
    assert_eq!(
        github.issues()[0]["labels"],
        json!([{ "name": "sarif-gate" }])
    );
    assert!(
        body(&github, 0).contains("/blob/0123456789abcdef0123456789abcdef01234567/src/file1.rs#L2")
    );

    // The same again, at another commit.
    world.sha = "f".repeat(40);
    assert!(
        world
            .tell(&github)
            .line("issues")
            .starts_with("2 unchanged:")
    );
    assert_eq!(writes(&github), [""; 0]);

    // One finding is gone, another one came.
    world.findings[1] = in_package(9, "lodash");
    world.findings.push(in_package(10, "lodash"));
    assert!(
        world
            .tell(&github)
            .line("issues")
            .starts_with("1 updated, 1 unchanged:")
    );
    assert_eq!(writes(&github), ["PATCH"]);
    assert!(stand(&github)[0].2.starts_with("lodash: 3 vulnerabilities"));
    let text = body(&github, 0);
    assert!(text.contains("CVE-2026-0010") && !text.contains("CVE-2026-0002"));
    assert!(text.contains(&format!("/blob/{}/", "f".repeat(40))));

    // Gone, but nobody looked to the end: the report is partial, unusable, or not there.
    let whole = world.findings.clone();
    world.findings.retain(|finding| finding.package.is_none());
    for reports in [
        vec![("trivy", Read::Partial("half".into()))],
        vec![("trivy", Read::Unusable("cut".into()))],
        vec![("grype", Read::Complete)],
    ] {
        world.reports = reports;
        let told = world.tell(&github);
        assert!(
            told.line("issues")
                .contains("1 left open, because no complete report of trivy came with this run"),
            "{}",
            told.line("issues")
        );
        assert_eq!(writes(&github), [""; 0]);
    }
    world.reports = vec![("trivy", Read::Complete)];
    let told = world.tell(&github);
    assert!(
        told.line("issues")
            .starts_with("1 closed as fixed, 1 unchanged:")
    );
    assert_eq!(writes(&github), ["PATCH"]);
    assert_eq!(
        (&*stand(&github)[0].0, &*stand(&github)[0].1),
        ("closed", "completed")
    );
    let text = body(&github, 0);
    assert!(
        text.contains(
            "**Fixed.** Complete reports of `trivy` no longer have it at [`ffffffffffff`]"
        ),
        "{text}"
    );
    assert!(text.contains("CVE-2026-0010"), "what it was stays");
    // Stays closed.
    assert!(
        world
            .tell(&github)
            .line("issues")
            .starts_with("1 unchanged:")
    );

    // Back again.
    world.findings = whole;
    assert!(
        world
            .tell(&github)
            .line("issues")
            .starts_with("1 opened again, 1 unchanged:")
    );
    assert_eq!((github.issues().len(), &*stand(&github)[0].0), (2, "open"));
    assert!(!body(&github, 0).contains("**Fixed.**"));
    assert!(
        world
            .tell(&github)
            .line("issues")
            .starts_with("2 unchanged:")
    );
}

#[test]
fn every_scope_has_to_be_looked_at() {
    let github = FakeGithub::start();
    let mut both = in_package(1, "lodash");
    both.sources.push(Source {
        tool: "grype".into(),
        input: 1,
        ..both.sources[0].clone()
    });
    let mut world = World::new(vec![both]);
    world.reports.push(("grype", Read::Complete));
    world.tell(&github);
    // Only trivy looks, and still finds it: grype stays on the list of those who have to.
    world.findings = vec![in_package(1, "lodash")];
    world.reports.pop();
    world.tell(&github);
    let text = body(&github, 0);
    assert!(
        text.contains("What `grype` found is not in the table"),
        "{text}"
    );
    assert!(
        world
            .tell(&github)
            .line("issues")
            .starts_with("1 unchanged:")
    );
    world.findings.clear();
    let told = world.tell(&github);
    assert!(
        told.line("issues").contains("no complete report of grype"),
        "{}",
        told.line("issues")
    );
    assert_eq!(stand(&github)[0].0, "open");
    world.reports.push(("grype", Read::Complete));
    world.tell(&github);
    assert_eq!(stand(&github)[0].0, "closed");
}

#[test]
fn what_people_decide_stays() {
    let github = FakeGithub::start();
    let mut world = World::new(vec![
        in_package(1, "a"),
        in_package(2, "b"),
        in_package(3, "c"),
    ]);
    world.tell(&github);
    github.with_issues(|all| {
        for (issue, reason) in all
            .iter_mut()
            .zip(["not_planned", "duplicate", "completed"])
        {
            (issue["state"], issue["state_reason"]) = (json!("closed"), json!(reason));
        }
    });
    let told = world.tell(&github);
    assert!(
        told.line("issues")
            .starts_with("1 opened again, 2 closed by people as not planned, left alone:"),
        "{}",
        told.line("issues")
    );
    let states: Vec<String> = stand(&github)
        .into_iter()
        .map(|(state, ..)| state)
        .collect();
    assert_eq!(states, ["closed", "closed", "open"]);
    // A title that somebody made better stays until there is something new to say.
    github.with_issues(|all| all[2]["title"] = json!("better"));
    world.tell(&github);
    assert_eq!(stand(&github)[2].2, "better");
    // Excused, or below what `issue-on` names: it is there, so it is not fixed.
    world.asked = false;
    let told = world.tell(&github);
    assert!(
        told.line("issues").contains("1 left open as they are"),
        "{}",
        told.line("issues")
    );
    assert_eq!(writes(&github), [""; 0]);
}

#[test]
fn nothing_of_others_is_touched() {
    let github = FakeGithub::start();
    let world = World::new(vec![in_package(1, "lodash")]);
    world.tell(&github);
    let marked = body(&github, 0);
    let other = |number: usize, change: &dyn Fn(&mut Value)| {
        let mut issue = json!({
            "number": number, "title": "theirs", "body": marked, "state": "open", "state_reason": null,
            "user": { "login": "octocat", "type": "User" }, "labels": [{ "name": "sarif-gate" }],
        });
        change(&mut issue);
        issue
    };
    let theirs = vec![
        // A person's, with our marker and label; one without a body; a pull request; our marker below, or quoted.
        other(1, &|_| ()),
        other(2, &|issue| issue["body"] = Value::Null),
        other(3, &|issue| {
            issue["user"]["type"] = json!("Bot");
            issue["pull_request"] = json!({ "url": "x" });
        }),
        other(4, &|issue| {
            issue["user"]["type"] = json!("Bot");
            issue["body"] = json!(format!("text\n{marked}"));
        }),
        other(5, &|issue| issue["user"] = Value::Null),
        other(6, &|issue| {
            issue["user"]["type"] = json!("Bot");
            issue["labels"] = json!(["other"]);
            issue["body"] = json!("nothing");
        }),
    ];
    github.with_issues(|all| *all = theirs.clone());
    // Open: ours is opened beside them. Then gone: only ours is closed.
    assert!(world.tell(&github).line("issues").starts_with("1 opened:"));
    World::new(Vec::new()).tell(&github);
    let all = github.issues();
    assert_eq!(all[..6], theirs);
    assert_eq!((all.len(), &all[6]["state"]), (7, &json!("closed")));
}

#[test]
fn the_token_of_a_person_knows_its_own() {
    let github = FakeGithub::start();
    github.author("octocat", "User");
    let world = World::new(vec![in_package(1, "lodash")]);
    world.tell(&github);
    github.put(
        "/user",
        super::super::fake_github::Served::json(&json!({ "login": "octocat", "type": "User" })),
    );
    assert!(
        world
            .tell(&github)
            .line("issues")
            .starts_with("1 unchanged:")
    );
    World::new(Vec::new()).tell(&github);
    assert_eq!(stand(&github)[0].0, "closed");
    // Where GitHub cannot say just now whose the token is, nothing is opened twice.
    github.put("/user", super::super::fake_github::Served::error(500, "x"));
    let told = world.tell(&github);
    assert!(matches!(told.status("issues"), Status::Failed(_)));
    assert_eq!((github.issues().len(), writes(&github)), (1, Vec::new()));
}

#[test]
fn a_run_writes_so_much_and_counts_the_rest() {
    let github = FakeGithub::start();
    let many = |count: usize| -> Vec<Finding> {
        let each = (0..count).map(|number| {
            let mut finding = in_package(number, &format!("package{number:02}"));
            finding.severity = if number == 20 {
                Severity::Critical
            } else {
                Severity::High
            };
            finding
        });
        each.collect()
    };
    let mut world = World::new(many(30));
    let told = world.tell(&github);
    assert!(
        told.line("issues")
            .starts_with("10 opened, 20 more next run:"),
        "{}",
        told.line("issues")
    );
    assert!(
        stand(&github)[0]
            .2
            .starts_with("package20: 1 vulnerability, critical")
    );
    assert!(
        world
            .tell(&github)
            .line("issues")
            .starts_with("10 opened, 10 unchanged, 10 more next run:")
    );
    assert!(
        world
            .tell(&github)
            .line("issues")
            .starts_with("10 opened, 20 unchanged:")
    );
    assert!(
        world
            .tell(&github)
            .line("issues")
            .starts_with("30 unchanged:")
    );
    for finding in &mut world.findings {
        finding.severity = Severity::Medium;
    }
    for line in [
        "25 updated, 5 more next run:",
        "5 updated, 25 unchanged:",
        "30 unchanged:",
    ] {
        assert!(world.tell(&github).line("issues").starts_with(line));
    }
    world.findings.clear();
    assert!(
        world
            .tell(&github)
            .line("issues")
            .starts_with("25 closed as fixed, 5 more next run:")
    );
    assert!(
        world
            .tell(&github)
            .line("issues")
            .starts_with("5 closed as fixed:")
    );
    assert_eq!(github.issues().len(), 30);
    let told = world.tell(&github);
    assert!(
        told.line("issues")
            .starts_with("no finding asks for an issue, and none is open")
    );
}

#[test]
fn more_pages_than_one_are_read_and_doubles_are_said() {
    let github = FakeGithub::start();
    let world = World::new(vec![in_package(1, "lodash")]);
    world.tell(&github);
    let ours = github.issues()[0].clone();
    let numbered = |number: usize, body: &str| {
        let mut issue = ours.clone();
        (issue["number"], issue["body"]) = (json!(number), json!(body));
        issue
    };
    github.with_issues(|all| {
        *all = (1..=250)
            .map(|number| numbered(number, "by somebody"))
            .collect();
        all[240] = numbered(241, ours["body"].as_str().unwrap());
        all[245] = numbered(246, ours["body"].as_str().unwrap());
    });
    let told = world.tell(&github);
    assert!(
        told.line("issues")
            .starts_with("1 unchanged, 1 doubled ones left alone"),
        "{}",
        told.line("issues")
    );
    assert_eq!(github.methods(), ["GET"; 3]);
    // More than is read: there might be one already.
    github.with_issues(|all| {
        *all = (1..=3_000)
            .map(|number| numbered(number, "by somebody"))
            .collect()
    });
    let told = world.tell(&github);
    assert!(
        told.line("issues").contains("nothing new was opened"),
        "{}",
        told.line("issues")
    );
    assert_eq!(github.methods(), ["GET"; 30]);
}

#[test]
fn a_label_that_is_gone_opens_no_second_issue() {
    let github = FakeGithub::start();
    let world = World::new(vec![in_package(1, "lodash"), in_package(2, "react")]);
    world.tell(&github);
    github.with_issues(|all| all[0]["labels"] = json!([]));
    let told = world.tell(&github);
    assert!(
        told.line("issues")
            .contains("issue 1 is ours and has lost its label"),
        "{}",
        told.line("issues")
    );
    assert_eq!((github.issues().len(), writes(&github)), (2, Vec::new()));
    // A token that may not set labels: said, and not done ten times.
    let github = FakeGithub::start();
    github.drop_labels();
    let told = world.tell(&github);
    assert!(matches!(told.status("issues"), Status::Failed(_)));
    assert!(
        told.line("issues")
            .contains("did not give it the label `sarif-gate`"),
        "{}",
        told.line("issues")
    );
    assert_eq!(github.issues().len(), 1);
    world.tell(&github);
    assert_eq!(
        github.issues().len(),
        2,
        "the second cause, not the first again"
    );
    world.tell(&github);
    assert_eq!(github.issues().len(), 2);
}

#[test]
fn only_the_default_branch_opens_issues_and_a_public_repository_is_named() {
    let world = World::new(vec![in_package(1, "lodash")]);
    let github = FakeGithub::start();
    let with = |change: &dyn Fn(&mut Outcome, &mut Settings)| {
        let (mut outcome, mut settings) = (world.outcome(), settings());
        change(&mut outcome, &mut settings);
        tell(outcome, &settings, &github, quick()).line("issues")
    };
    assert_eq!(
        with(&|_, settings| settings.policy.issue_on = Conditions::default()),
        "skipped: `issue-on` names nothing"
    );
    for line in [
        with(&|outcome, _| outcome.context.git_ref = Some("refs/heads/other".to_owned())),
        with(&|outcome, _| outcome.context.event = "pull_request".to_owned()),
        with(&|outcome, _| outcome.context.event = "workflow_dispatch".to_owned()),
        with(&|outcome, _| outcome.mode = Mode::Observe),
        with(&|outcome, _| outcome.context.actions = false),
    ] {
        assert!(line.starts_with("skipped: "), "{line}");
    }
    let line = with(&|_, settings| settings.token = None);
    assert!(
        line.starts_with("failed: no token") && line.contains("issues: write"),
        "{line}"
    );
    assert!(github.requests().is_empty());
    for (private, words) in [
        (
            Some(false),
            "in a PUBLIC repository: everybody will read them",
        ),
        (None, "may be PUBLIC"),
        (Some(true), "issues for what"),
    ] {
        let mut context = world.outcome().context;
        context.private = private;
        let plans = preflight(&context, &settings());
        let (_, plan) = plans
            .iter()
            .find(|(id, _)| *id == "issues")
            .expect("a plan");
        let Plan::Try { what, .. } = plan else {
            panic!("{plan:?}")
        };
        assert!(what.contains(words), "{what}");
        assert_eq!(what.contains("PUBLIC"), private != Some(true));
    }
    // Scheduled, and not decided: new causes are told of all the same.
    let line = with(&|outcome, _| {
        outcome.context.event = "schedule".to_owned();
        outcome.verdict.conclusion = Conclusion::Incomplete;
    });
    assert!(line.starts_with("1 opened:"), "{line}");
}

#[test]
fn secrets_of_a_public_repository_keep_their_place() {
    let secret = of_rule(7, Kind::Secret, "aws-key");
    for (private, shown) in [(Some(true), true), (Some(false), false), (None, false)] {
        let github = FakeGithub::start();
        let world = World {
            private,
            ..World::new(vec![secret.clone()])
        };
        world.tell(&github);
        let text = body(&github, 0);
        assert_eq!(text.contains("src/file7.rs"), shown, "{text}");
        assert_eq!(text.contains("problem 7"), shown, "{text}");
        assert!(text.contains("Revoke it first"), "{text}");
    }
}

#[test]
fn a_hostile_report_stays_text_within_githubs_limits() {
    let github = FakeGithub::start();
    let honest = World::new(vec![in_package(1, "lodash")]);
    honest.tell(&github);
    let marker = body(&github, 0).lines().next().unwrap().to_owned();
    let github = FakeGithub::start();
    let wide = "\u{1f600}@octocat #1 <!-- \u{202e}".repeat(5_000);
    let mut findings: Vec<Finding> = (0..300).map(|number| in_package(number, &wide)).collect();
    for finding in &mut findings {
        finding.title = format!("\n{marker}\n{wide}").into();
        finding.locations[0].path = wide.as_str().into();
    }
    let mut world = World::new(findings);
    let told = world.tell(&github);
    assert!(
        told.line("issues").starts_with("1 opened:"),
        "{}",
        told.line("issues")
    );
    assert!(told.log.len() < 10_000);
    let issue = &github.issues()[0];
    assert!(issue["title"].as_str().unwrap().chars().count() <= 256);
    let text = body(&github, 0);
    assert!(text.len() <= 65_535, "{}", text.len());
    assert_eq!(
        text.lines()
            .filter(|line| line.contains(marker.as_str()))
            .count(),
        0
    );
    assert!(text.contains("of 300, the worst first"), "{text}");
    assert!(
        world
            .tell(&github)
            .line("issues")
            .starts_with("1 unchanged:")
    );
    world.findings.clear();
    assert!(
        world
            .tell(&github)
            .line("issues")
            .starts_with("1 closed as fixed:")
    );
    assert!(body(&github, 0).len() <= 65_535);
    // The honest cause has no issue by that.
    honest.tell(&github);
    assert_eq!(github.issues().len(), 2);
}

#[test]
fn causes_of_every_size_are_one_issue() {
    for count in [0, 1, 50, 51, 5_000] {
        let github = FakeGithub::start();
        let world = World::new(
            (0..count)
                .map(|number| in_package(number, "lodash"))
                .collect(),
        );
        world.tell(&github);
        assert_eq!(github.issues().len(), count.min(1));
        if count > 0 {
            assert!(body(&github, 0).len() <= 65_535);
            assert!(
                world
                    .tell(&github)
                    .line("issues")
                    .starts_with("1 unchanged:")
            );
        }
    }
}
