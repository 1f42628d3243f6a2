//! Waivers, VEX statements and named baselines: those of the base count, those of the change are shown.

use serde_json::json;

use super::made::{code, one, vex, waiver};
use super::world::{WAIVERS, World};

fn critical() -> World {
    World::pull_request().report("trivy.json", &one("CVE-2024-0001", "CRITICAL"))
}

#[test]
fn a_waiver_that_a_change_adds_does_not_excuse_it() {
    let done = critical()
        .head(WAIVERS, &waiver("CVE-2024-0001"))
        .run("added");
    assert_eq!(done.word(), "fail");
    assert!(
        done.text("/trust/changed")
            .contains("This change adds .github/security-waivers.yml")
    );
    let simulated = &done.verdict["trust"]["simulated"];
    assert_eq!(
        *simulated,
        json!({ "verdict": "pass", "blocking": 0, "excused": 1 })
    );
}

#[test]
fn a_waiver_that_a_change_edits_counts_as_it_was() {
    let done = critical()
        .base(WAIVERS, &waiver("CVE-2024-9999"))
        .head(WAIVERS, &waiver("CVE-2024-0001"))
        .run("edited");
    assert_eq!(done.word(), "fail");
    assert!(done.text("/trust/changed").contains("This change alters"));
    assert_eq!(done.verdict["exemptions"][0]["standing"], "unused");
    assert_eq!(done.verdict["trust"]["simulated"]["verdict"], "pass");
}

#[test]
fn a_waiver_that_a_change_deletes_still_counts() {
    let done = critical()
        .base(WAIVERS, &waiver("CVE-2024-0001"))
        .run("deleted");
    assert_eq!(
        (done.word(), done.outcome("CVE-2024-0001")),
        ("pass", "excused")
    );
    assert!(
        done.text("/trust/changed")
            .contains("This change takes away")
    );
    assert_eq!(done.verdict["trust"]["simulated"]["verdict"], "fail");
    let suppression = &done.result("CVE-2024-0001")["suppressions"][0];
    assert_eq!(suppression["kind"], "external");
    assert_eq!(suppression["status"], "accepted");
    assert!(
        suppression["justification"]
            .as_str()
            .unwrap()
            .contains("nobody calls it")
    );
}

#[test]
fn vex_of_a_change_does_not_excuse_it() {
    let vexed = || critical().input("vex", "vex.json");
    let done = vexed()
        .head("vex.json", &vex("CVE-2024-0001"))
        .run("vex added");
    assert_eq!(done.word(), "fail");
    let changed = done.text("/trust/changed");
    assert!(changed.contains("This change adds vex.json"), "{changed}");
    assert!(changed.contains("is not on the base branch"), "{changed}");
    assert_eq!(done.verdict["trust"]["simulated"]["verdict"], "pass");

    let done = vexed()
        .base("vex.json", &vex("CVE-2024-9999"))
        .head("vex.json", &vex("CVE-2024-0001"))
        .run("vex edited");
    assert_eq!(done.word(), "fail");
    assert!(
        done.text("/trust/changed")
            .contains("This change alters vex.json")
    );

    let done = vexed()
        .base("vex.json", &vex("CVE-2024-0001"))
        .run("vex deleted");
    assert_eq!(
        (done.word(), done.outcome("CVE-2024-0001")),
        ("pass", "excused")
    );
    assert!(
        done.text("/trust/changed")
            .contains("This change takes away vex.json")
    );
    let suppression = &done.result("CVE-2024-0001")["suppressions"][0];
    assert_eq!(suppression["properties"]["sarifGate"]["ruling"], "vex");
    assert_eq!(
        (&suppression["kind"], &suppression["status"]),
        (&json!("external"), &json!("accepted"))
    );
}

#[test]
fn a_named_baseline_is_that_of_the_base() {
    let ratchet = || {
        World::pull_request()
            .report("lint.sarif", &code(&[("R1", "src/a.py", 3, false)]))
            .touched("src/a.py", &["a", "b", "c"])
            .input("preset", "ratchet")
            .input("baseline", "base.sarif")
    };
    let (with, without) = (code(&[("R1", "src/a.py", 3, false)]), code(&[]));
    for (what, world, word, said) in [
        (
            "added",
            ratchet().head("base.sarif", &with),
            "fail",
            "This change adds base.sarif",
        ),
        (
            "edited",
            ratchet()
                .base("base.sarif", &without)
                .head("base.sarif", &with),
            "fail",
            "This change alters base.sarif",
        ),
        (
            "deleted",
            ratchet().base("base.sarif", &with),
            "warn",
            "This change takes away base.sarif",
        ),
    ] {
        let done = world.run(what);
        assert_eq!(done.word(), word, "{what}");
        let changed = done.text("/trust/changed");
        assert!(changed.contains(said), "{what}: {changed}");
    }
    let done = ratchet().run("nowhere");
    assert_eq!(done.word(), "fail");
    assert!(
        done.text("/baseline/missing")
            .contains("there is no file base.sarif")
    );
}

#[test]
fn a_large_baseline_of_the_base_is_read() {
    // Above the megabyte that a config file may have.
    let many: Vec<String> = (0..9_000).map(|n| format!("R{n}")).collect();
    let many: Vec<_> = many
        .iter()
        .map(|rule| (rule.as_str(), "src/a.py", 3, false))
        .collect();
    let log = code(&many);
    assert!(log.len() > 1 << 20, "{}", log.len());
    let done = World::pull_request()
        .report("lint.sarif", &code(&[("R1", "src/a.py", 3, false)]))
        .input("baseline", "base.sarif")
        .both("base.sarif", &log)
        .run("large");
    assert_eq!(done.finding("R1")["state"], "unchanged");
    assert_eq!(done.verdict["counts"]["fixed"], 8_999);
}

#[test]
fn a_waiver_file_that_the_base_does_not_have_is_none() {
    let done = critical()
        .input("waivers", "mine.yml")
        .run("named, nowhere");
    assert_eq!(done.word(), "fail");
    let changed = done.text("/trust/changed");
    assert!(
        changed.contains("mine.yml is not on the base branch, so it says nothing yet"),
        "{changed}"
    );
    // On a push somebody misspelt it.
    let said = World::push()
        .report("trivy.json", &one("CVE-2024-0001", "CRITICAL"))
        .input("waivers", "mine.yml")
        .refused("named, missing on a push");
    assert!(said.contains("mine.yml: there is no such file"), "{said}");
}

#[test]
fn a_broken_waiver_file_of_the_base_is_an_error_with_its_line() {
    let broken = waiver("CVE-2024-0001").replace("owner: team", "ownr: team");
    let said = critical()
        .both(WAIVERS, &broken)
        .refused("broken at the base");
    assert!(said.contains(".github/security-waivers.yml:7"), "{said}");
    // A change that breaks it is judged and told.
    let done = critical()
        .base(WAIVERS, &waiver("CVE-2024-0001"))
        .head(WAIVERS, &broken)
        .run("broken at the head");
    assert_eq!(done.word(), "pass");
    assert!(done.text("/trust/changed").contains("cannot be read"));
    assert!(done.verdict["trust"]["simulated"].is_null());
}
