//! What else a verdict hangs on: data about advisories, components, environments, bypasses, and the gate's own health.

use serde_json::{Value, json};

use super::made::{code, days_ago, one, trivy};
use super::world::World;
use crate::bypass;
use crate::fake_github::Served;

/// A catalogue of known exploited vulnerabilities of that many days ago.
fn kev(id: &str, days: i64) -> String {
    json!({ "title": "CISA Catalog of Known Exploited Vulnerabilities", "catalogVersion": "1",
        "dateReleased": days_ago(days), "count": 1, "vulnerabilities": [{ "cveID": id }] })
    .to_string()
}

fn epss(id: &str, score: f32) -> String {
    let date = days_ago(0);
    format!("#model_version:v2025.03.14,score_date:{date}\ncve,epss,percentile\n{id},{score},0.5\n")
}

fn exploited() -> World {
    World::pull_request()
        .report("trivy.json", &one("CVE-2024-0001", "MEDIUM"))
        .input("fail-on", "any+kev, any+epss>=0.5")
}

#[test]
fn data_about_advisories_counts() {
    let done = exploited()
        .input("kev", "kev.json")
        .head("kev.json", &kev("CVE-2024-0001", 1))
        .run("kev");
    assert_eq!(
        (done.word(), &done.finding("CVE-2024-0001")["kev"]),
        ("fail", &json!(true))
    );
    let done = exploited()
        .input("epss", "e.csv")
        .head("e.csv", &epss("CVE-2024-0001", 0.7))
        .run("epss");
    assert_eq!(done.word(), "fail");
    assert_eq!(done.verdict["feeds"][0]["id"], "epss");
    let done = exploited()
        .input("kev", "kev.json")
        .head("kev.json", &kev("CVE-2024-9999", 1))
        .run("not listed");
    assert_eq!(
        (done.word(), &done.finding("CVE-2024-0001")["kev"]),
        ("pass", &json!(false))
    );
}

#[test]
fn data_that_cannot_be_relied_on_makes_a_run_incomplete() {
    let stale = kev("CVE-2024-9999", 60);
    for (what, world, words) in [
        ("stale", exploited().head("kev.json", &stale), "60 days ago"),
        ("missing", exploited(), "there is no such file"),
        (
            "broken",
            exploited().head("kev.json", "{"),
            "catalogue of known exploited",
        ),
    ] {
        let done = world.input("kev", "kev.json").run(what);
        assert_eq!((done.word(), done.ran.code), ("incomplete", 2), "{what}");
        let reason = done.text("/reason");
        assert!(reason.contains(words), "{what}: {reason}");
        let summary = done.summary();
        let head: Vec<&str> = summary.lines().take(3).collect();
        assert!(
            head[0].contains("data about advisories"),
            "{what}: {head:?}"
        );
        assert!(
            !head[2].contains("Deliver the missing reports"),
            "{what}: {head:?}"
        );
    }
    // Rules that do not ask for it are judged without it.
    let done = exploited()
        .input("kev", "kev.json")
        .input("fail-on", "high")
        .run("not needed");
    assert_eq!(done.word(), "pass");
}

#[test]
fn a_catalogue_that_git_tracks_is_that_of_the_base() {
    let lie = kev("CVE-2024-9999", 1);
    let tracked = |named: &str| {
        exploited()
            .input("kev", named)
            .tracked("data/kev.json", &lie)
    };
    for (named, word) in [
        ("data/kev.json", "fail"),
        // However it is spelt it is the same file; one that leads out of a folder is not looked for in the base.
        ("./data/kev.json", "fail"),
        ("data/../data/kev.json", "incomplete"),
    ] {
        let done = tracked(named)
            .base("data/kev.json", &kev("CVE-2024-0001", 1))
            .run(named);
        assert_eq!(done.word(), word, "{named}");
    }
    let done = tracked("data/kev.json").run("tracked, not at the base");
    assert_eq!(done.word(), "incomplete");
}

const COMPONENTS: &str =
    "components:\n  web: {paths: ['web/**'], owner: '@octo/web'}\n  api: {paths: ['api/**']}\n";

#[test]
fn only_the_touched_component_blocks() {
    let lint = code(&[("R1", "web/a.js", 3, false), ("R2", "api/a.go", 3, false)]);
    let run = |touched: &str, config: &str| {
        World::pull_request()
            .report("lint.sarif", &lint)
            .config(&format!("{config}{COMPONENTS}"))
            .touched(touched, &["a", "b", "c"])
            .run(touched)
    };
    let done = run("web/a.js", "fail-on: high\n");
    assert_eq!((done.outcome("R1"), done.outcome("R2")), ("fail", "ignore"));
    assert_eq!(done.finding("R2")["component"], "api");
    assert_eq!(done.verdict["counts"]["excluded"], 1);
    let summary = done.summary();
    assert!(summary.contains("### Components"), "{summary}");
    let row = |name: &str| {
        let row = summary
            .lines()
            .find(|line| line.starts_with(&format!("| `{name}`")));
        row.unwrap_or_else(|| panic!("{name}: {summary}"))
            .to_owned()
    };
    assert!(row("web").contains("fail") && row("web").contains("`@octo/web`"));
    assert!(row("api").contains("not touched"));
    assert_eq!(
        done.verdict["components"][1],
        json!({ "name": "api", "owner": null, "affected": false,
        "verdict": "pass", "total": 1, "blocking": 0, "excused": 0 })
    );

    let done = run("README.md", "fail-on: high\n");
    assert_eq!(done.word(), "pass");

    let done = run(
        "web/a.js",
        "fail-on: high+component=api\nwarn-on: high+component=web\n",
    );
    assert_eq!(
        (done.word(), done.outcome("R1"), done.outcome("R2")),
        ("warn", "warn", "ignore")
    );
}

#[test]
fn without_a_baseline_a_component_is_judged_by_what_the_change_touches() {
    let report = trivy(&[(
        "CVE-2024-0001",
        "package-lock.json",
        "a",
        "1.0.0",
        "CRITICAL",
    )]);
    let lock = "components:\n  all: {paths: ['package-lock.json']}\n  web: {paths: ['web/**']}\n";
    let world = || {
        World::pull_request()
            .report("trivy.json", &report)
            .config(lock)
    };
    let done = world().touched("package-lock.json", &["{}"]).run("touched");
    assert_eq!(done.word(), "fail");
    let done = world().touched("web/a.js", &["x"]).run("untouched");
    assert_eq!(
        (done.word(), done.outcome("CVE-2024-0001")),
        ("pass", "ignore")
    );
    // GitHub does not say what it touches: then it touches everything.
    let done = world().untold().run("untold");
    assert_eq!(done.word(), "fail");
}

const ENVIRONMENTS: &str = "environments:\n  production: {fail-on: high}\n  staging: {fail-on: critical}\n  \
                            development: {fail-on: none, branches: ['feature/**']}\n";

#[test]
fn the_environment_is_that_of_the_branch() {
    let cases: [(&str, World, &str, &str); 5] = [
        ("production", World::pull_request(), "auto (main)", "fail"),
        (
            "production",
            World::pull_request_to("release/1"),
            "auto (release/1)",
            "fail",
        ),
        (
            "staging",
            World::pull_request_to("staging"),
            "auto (staging)",
            "warn",
        ),
        (
            "development",
            World::pull_request_to("feature/x"),
            "auto (feature/x)",
            "warn",
        ),
        (
            "production",
            World::pull_request_to("odd"),
            "auto (the strictest)",
            "fail",
        ),
    ];
    for (name, world, origin, word) in cases {
        let done = world
            .report("trivy.json", &one("CVE-2024-0001", "HIGH"))
            .config(ENVIRONMENTS)
            .run(origin);
        assert_eq!(done.verdict["environment"], name, "{origin}");
        let setting = &done.verdict["settings"]["environment"];
        assert_eq!(*setting, json!({ "value": name, "origin": origin }));
        assert_eq!(done.word(), word, "{origin}");
    }
    let done = World::push()
        .report("trivy.json", &one("CVE-2024-0001", "HIGH"))
        .head(super::world::CONFIG, ENVIRONMENTS)
        .run("a push to main");
    assert_eq!(
        (&done.verdict["environment"], done.word()),
        (&json!("production"), "fail")
    );
}

/// A pull request that blocks, and what GitHub knows of its label, moved to yesterday.
fn labelled(change: impl Fn(&str) -> String) -> World {
    let config = format!("bypass-label: {}\nbypass: {{lasts: 7d}}\n", bypass::LABEL);
    let mut world = World::pull_request()
        .report("trivy.json", &one("CVE-2024-0001", "CRITICAL"))
        .config(&config);
    let yesterday = &days_ago(1)[..10];
    for (path, (status, answer)) in bypass::answers() {
        let text = change(&answer.to_string().replace("2026-03-02", yesterday));
        let answer: Value = serde_json::from_str(&text).unwrap();
        let served = Served {
            status,
            ..Served::json(&answer)
        };
        world = world.answers(&path, served);
    }
    world
}

#[test]
fn a_maintainer_lets_a_change_pass() {
    let done = labelled(str::to_owned).run("bypassed");
    assert_eq!((done.word(), done.ran.code), ("warn", 0));
    assert!(done.text("/bypass").contains("mia"));
    assert_eq!(done.outcome("CVE-2024-0001"), "fail");
    let summary = done.summary();
    assert!(
        summary
            .lines()
            .next()
            .unwrap()
            .contains("let through by a bypass"),
        "{summary}"
    );
}

#[test]
fn a_label_that_does_not_count_says_why() {
    let done =
        labelled(|text| text.replace("\"role_name\":\"maintain\"", "\"role_name\":\"write\""))
            .run("refused");
    assert_eq!((done.word(), done.ran.code), ("fail", 1));
    assert!(done.verdict["bypass"].is_null());
    let remarks = done.text("/remarks");
    assert!(
        remarks.contains("the bypass does not count") && remarks.contains("has the role"),
        "{remarks}"
    );
    assert!(done.summary().contains("the bypass does not count"));
}

#[test]
fn a_workflow_that_disarms_the_gate_is_seen() {
    let path = ".github/workflows/gate.yml";
    let workflow = |more: &str| {
        format!(
            "on: {{pull_request: {{}}, merge_group: {{}}}}\njobs:\n  gate:\n    runs-on: ubuntu-latest\n    steps:\n      \
                 - uses: octo/sarif-gate@{}\n        if: always()\n{more}",
            "a".repeat(40)
        )
    };
    let world = |text: &str| {
        World::pull_request()
            .report("trivy.json", &trivy(&[]))
            .both(path, text)
            .env(
                "GITHUB_WORKFLOW_REF",
                &format!("octo/repo/{path}@refs/pull/7/merge"),
            )
            .env("GITHUB_JOB", "gate")
    };
    assert_eq!(world(&workflow("")).run("a sound workflow").word(), "pass");
    let done = world(&workflow("        continue-on-error: true\n")).run("continue-on-error");
    assert_eq!(
        (done.word(), done.outcome("workflow-continue-on-error")),
        ("warn", "warn")
    );
    let found = done.finding("workflow-continue-on-error");
    let place = &found["locations"][0];
    assert_eq!(
        (&place["path"], &place["start_line"]),
        (&json!(path), &json!(8))
    );
    // A config can make it block.
    let done = world(&workflow("        continue-on-error: true\n"))
        .config("fail-on: supply-chain+rule=workflow-*\n")
        .run("blocking");
    assert_eq!(done.word(), "fail");
}

#[test]
fn a_change_that_adds_a_marker_is_seen() {
    let done = World::pull_request()
        .report("trivy.json", &trivy(&[]))
        .touched("src/a.py", &["import os", "os.system(x)  # nosec"])
        .run("nosec");
    let found = done.findings().first().expect("a finding");
    assert_eq!(found["sources"][0]["tool"], "sarif-gate");
    assert_eq!(found["locations"][0]["path"], "src/a.py");
    assert_eq!(found["locations"][0]["start_line"], 2);
    assert!(
        found["title"].as_str().unwrap().contains("nosec"),
        "{found}"
    );
    assert_ne!(done.word(), "fail");
    // What was looked at is the change's file: the base is not asked for each of them.
    let asked = done.github.requests();
    assert!(
        asked
            .iter()
            .all(|request| !request.path.contains("src/a.py"))
    );
}
