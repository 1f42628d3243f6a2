//! The past: where a baseline comes from, what it makes of findings, and what time does to them.

use serde_json::{Value, json};

use super::made::{Entry, code, days_ago, one, trivy, waiver};
use super::world::World;
use crate::fake_github::Served;

/// The evidence of a push to `main` with this report.
fn evidence_of(name: &str, report: &str) -> String {
    let done = World::push().report(name, report).run("the base's own run");
    done.ran.evidence("results.sarif").unwrap()
}

/// Evidence that was taken so many days ago, with this report, and a pull request with `now`.
fn since(days: i64, before: &str, now: &str) -> World {
    let log = evidence_of("trivy.json", before);
    World::pull_request()
        .report("trivy.json", now)
        .evidence(&log, &days_ago(days))
}

#[test]
fn findings_are_new_unchanged_updated_and_fixed() {
    let lock = "package-lock.json";
    let before: [Entry<'_>; 3] = [
        ("CVE-2024-0001", lock, "a", "1.0.0", "HIGH"),
        ("CVE-2024-0002", lock, "b", "1.0.0", "HIGH"),
        ("CVE-2024-0003", lock, "c", "1.0.0", "HIGH"),
    ];
    let now = [
        before[0],
        ("CVE-2024-0002", lock, "b", "1.0.0", "CRITICAL"),
        ("CVE-2024-0004", lock, "d", "1.0.0", "LOW"),
    ];
    let done = since(1, &trivy(&before), &trivy(&now)).run("states");
    for (rule, state) in [
        ("CVE-2024-0001", "unchanged"),
        ("CVE-2024-0002", "updated"),
        ("CVE-2024-0004", "new"),
    ] {
        assert_eq!(done.finding(rule)["state"], state, "{rule}");
        assert_eq!(done.result(rule)["baselineState"], state, "{rule}");
    }
    assert_eq!(done.verdict["counts"]["new"], 1);
    assert_eq!(done.verdict["counts"]["fixed"], 1);
    assert_eq!(done.ran.outputs().unwrap()["fixed"], "1");
    let baseline = &done.verdict["baseline"];
    assert_eq!(baseline["source"], "artifact");
    assert_eq!(baseline["gone"][0]["rule"], "CVE-2024-0003");
    assert_eq!(baseline["behind"], Value::Null);
    assert!(
        done.summary()
            .lines()
            .next()
            .unwrap()
            .contains("1 new, 1 fixed")
    );
}

#[test]
fn the_first_day_is_carried_from_run_to_run() {
    let lock = "package-lock.json";
    let a = ("CVE-2024-0001", lock, "a", "1.0.0", "LOW");
    let b = ("CVE-2024-0002", lock, "b", "1.0.0", "LOW");
    let c = ("CVE-2024-0003", lock, "c", "1.0.0", "LOW");
    let first = World::push()
        .report("trivy.json", &trivy(&[a]))
        .run("the first");
    assert!(first.finding("CVE-2024-0001")["first_seen"].is_null());

    let log = first.ran.evidence("results.sarif").unwrap();
    let taken = days_ago(40);
    let second = World::push()
        .report("trivy.json", &trivy(&[a, b]))
        .answers(
            &at_push(),
            Served::json(&json!({ "ahead_by": 1, "merge_base_commit": { "sha": "5".repeat(40) } })),
        )
        .evidence(&log, &taken)
        .run("the second");
    assert_eq!(second.finding("CVE-2024-0001")["first_seen"], taken);
    let came = second.finding("CVE-2024-0002")["first_seen"].clone();
    assert_eq!(came, second.verdict["started"]);

    let log = second.ran.evidence("results.sarif").unwrap();
    let third = World::pull_request()
        .report("trivy.json", &trivy(&[a, b, c]))
        .evidence(&log, came.as_str().unwrap())
        .run("the third");
    assert_eq!(third.finding("CVE-2024-0001")["first_seen"], taken);
    assert_eq!(third.finding("CVE-2024-0002")["first_seen"], came);
    assert_eq!(
        third.finding("CVE-2024-0003")["first_seen"],
        third.verdict["started"]
    );
    let dated = &third.result("CVE-2024-0001")["provenance"]["firstDetectionTimeUtc"];
    assert_eq!(*dated, taken);
    assert_eq!(third.verdict["counts"]["new"], 1);
}

/// Where the distance of a push to its baseline is asked.
fn at_push() -> String {
    format!(
        "/repos/octo/repo/compare/{}...{}",
        "5".repeat(40),
        super::world::TIP
    )
}

#[test]
fn what_was_excused_in_the_baseline_is_not_new() {
    let report = one("CVE-2024-0001", "CRITICAL");
    let base = World::push()
        .report("trivy.json", &report)
        .head(super::world::WAIVERS, &waiver("CVE-2024-0001"))
        .run("excused");
    assert_eq!(base.outcome("CVE-2024-0001"), "excused");
    let log = base.ran.evidence("results.sarif").unwrap();
    let done = World::pull_request()
        .report("trivy.json", &report)
        .evidence(&log, &days_ago(1))
        .run("no longer excused");
    assert_eq!(done.finding("CVE-2024-0001")["state"], "unchanged");
    assert_eq!(
        (done.word(), done.outcome("CVE-2024-0001")),
        ("fail", "fail")
    );
}

#[test]
fn code_scanning_takes_the_place_of_an_artifact() {
    let log = evidence_of("trivy.json", &one("CVE-2024-0001", "HIGH"));
    let analysis = json!([{ "id": 5, "ref": "refs/heads/main", "commit_sha": "5".repeat(40), "category": "sarif-gate/a",
        "created_at": days_ago(2), "error": "", "tool": { "name": "Trivy" } }]);
    let list = "/repos/octo/repo/code-scanning/analyses";
    let done = World::pull_request()
        .report("trivy.json", &one("CVE-2024-0001", "HIGH"))
        .answers(list, Served::json(&analysis))
        .answers(&format!("{list}/5"), Served::raw(log))
        .run("code scanning");
    assert_eq!(done.verdict["baseline"]["source"], "code-scanning");
    assert_eq!(done.finding("CVE-2024-0001")["state"], "unchanged");
    assert!(done.text("/baseline/notes").contains("excused findings"));
}

#[test]
fn without_a_baseline_what_the_change_may_have_brought_is_new_and_the_first_line_says_so() {
    let world = || {
        World::pull_request()
            .report("trivy.json", &one("CVE-2024-0001", "HIGH"))
            .input("preset", "ratchet")
    };
    // The lock file is as the base has it: the change cannot have brought it.
    let done = world().touched("src/a.js", &["x"]).run("untouched");
    assert_eq!(done.word(), "warn");
    let done = world()
        .touched("package-lock.json", &["{}"])
        .run("no baseline");
    assert_eq!(done.word(), "fail");
    let summary = done.summary();
    let first = summary.lines().next().unwrap();
    assert!(first.contains("no baseline to compare with"), "{first}");
    assert!(
        done.ran
            .step_summary()
            .lines()
            .next()
            .unwrap()
            .contains("no baseline")
    );
    let missing = done.text("/baseline/missing");
    assert!(missing.contains("code scanning"), "{missing}");
    assert_eq!(done.ran.outputs().unwrap()["new"], "");
}

#[test]
fn a_broken_artifact_is_no_clean_past() {
    let done = World::pull_request()
        .report("trivy.json", &one("CVE-2024-0001", "HIGH"))
        .touched("package-lock.json", &["{}"])
        .evidence("{", &days_ago(1))
        .input("preset", "ratchet")
        .run("a broken artifact");
    assert_eq!(done.word(), "fail");
    assert!(done.text("/baseline/missing").contains("cannot be used"));
}

#[test]
fn ratchet_blocks_what_the_change_brings() {
    let lock = "package-lock.json";
    let old = ("CVE-2024-0001", lock, "old", "1.0.0", "HIGH");
    let came = ("CVE-2024-0002", lock, "new", "1.0.0", "HIGH");
    let known = ("CVE-2024-0003", lock, "old", "1.0.0", "HIGH");
    let ratchet =
        |now: &[Entry<'_>]| since(1, &trivy(&[old]), &trivy(now)).input("preset", "ratchet");

    let done = ratchet(&[old]).touched(lock, &["{}"]).run("old");
    assert_eq!(
        (done.word(), done.outcome("CVE-2024-0001")),
        ("warn", "warn")
    );

    let done = ratchet(&[old, came]).touched(lock, &["{}"]).run("new");
    assert_eq!(
        (done.word(), done.outcome("CVE-2024-0002")),
        ("fail", "fail")
    );
    assert_eq!(done.finding("CVE-2024-0002")["cause"], "introduced");

    // The base had the package in this version: what is new is the advisory.
    let done = ratchet(&[old, known])
        .touched("src/a.js", &["x"])
        .run("disclosed");
    assert_eq!(
        (done.word(), done.outcome("CVE-2024-0003")),
        ("warn", "warn")
    );
    assert_eq!(done.finding("CVE-2024-0003")["state"], "new");
    assert_eq!(done.finding("CVE-2024-0003")["cause"], "disclosed");
}

#[test]
fn age_and_grace_count_from_the_first_day() {
    let report = one("CVE-2024-0001", "HIGH");
    for (terms, days, word) in [
        ("high+grace=30d", 29, "pass"),
        ("high+grace=30d", 30, "fail"),
        ("high+age>=10d", 9, "pass"),
        ("high+age>=10d", 10, "fail"),
    ] {
        let done = since(days, &report, &report)
            .input("fail-on", terms)
            .input("warn-on", "none")
            .run(terms);
        assert_eq!(done.word(), word, "{terms} after {days} days");
    }
}

#[test]
fn a_deadline_is_missed_on_the_day_after() {
    let report = one("CVE-2024-0001", "MEDIUM");
    for (days, word) in [(30, "warn"), (31, "fail")] {
        let done = since(days, &report, &report)
            .config("warn-on: medium\nsla: {medium: 30d}\n")
            .run("sla");
        assert_eq!(done.word(), word, "after {days} days");
    }
}

/// A pull request with these results of a code scanner, where the base had those.
fn scanned(before: &[(&str, &str, u32, bool)], now: &[(&str, &str, u32, bool)]) -> World {
    let log = evidence_of("lint.sarif", &code(before));
    World::pull_request()
        .report("lint.sarif", &code(now))
        .evidence(&log, &days_ago(1))
        .input("fail-on", "high")
}

#[test]
fn a_suppression_counts_where_the_base_has_it() {
    let at = |suppressed| ("R1", "src/a.py", 3, suppressed);
    let done = scanned(&[at(true)], &[at(true)]).run("both");
    assert_eq!((done.word(), done.outcome("R1")), ("pass", "excused"));
    let said = &done.result("R1")["suppressions"][0];
    assert_eq!(
        (&said["kind"], &said["status"]),
        (&json!("inSource"), &json!("accepted"))
    );

    let done = scanned(&[at(false)], &[at(true)]).run("only the change");
    assert_eq!((done.word(), done.outcome("R1")), ("fail", "fail"));
    assert_eq!(done.result("R1")["suppressions"][0]["status"], "rejected");
    assert!(
        done.text("/remarks")
            .contains("not in the evidence of the base")
    );

    let done = scanned(&[], &[at(true)]).run("new and suppressed");
    assert_eq!((done.word(), done.outcome("R1")), ("fail", "fail"));

    let honour = scanned(&[at(false)], &[at(true)]).input("scanner-suppressions", "honour");
    assert_eq!(honour.run("honour").word(), "pass");
}

#[test]
fn a_suppression_that_nobody_can_check_counts_and_is_said() {
    let done = World::pull_request()
        .report("lint.sarif", &code(&[("R1", "src/a.py", 3, true)]))
        .input("fail-on", "high")
        .run("unchecked");
    assert_eq!((done.word(), done.outcome("R1")), ("pass", "excused"));
    assert!(done.text("/remarks").contains("that nobody checked"));
}

#[test]
fn a_waiver_stands_beside_a_suppression_that_does_not_count() {
    let at = |suppressed| ("R1", "src/a.py", 3, suppressed);
    let done = scanned(&[at(false)], &[at(true)])
        .both(super::world::WAIVERS, &waiver("R1"))
        .run("waived");
    assert_eq!((done.word(), done.outcome("R1")), ("pass", "excused"));
    let said = done.result("R1")["suppressions"].clone();
    let status: Vec<&Value> = said
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["status"])
        .collect();
    assert_eq!(status, ["rejected", "accepted"]);
    assert_eq!(said[1]["kind"], "external");
}
