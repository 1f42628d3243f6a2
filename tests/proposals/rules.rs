//! Whose rules count: config files and inputs of a change, against those of the branch that it is going to.

use super::made::{one, waiver};
use super::world::{CONFIG, TIP, WAIVERS, World};
use crate::fake_github::Served;

const STRICT: &str = "fail-on: high\nwarn-on: medium\nnote-on: low\n";

fn high() -> World {
    World::pull_request().report("trivy.json", &one("CVE-2024-0001", "HIGH"))
}

#[test]
fn a_change_that_weakens_the_config_is_judged_by_the_base() {
    let weak = "fail-on: none\nwarn-on: none\nnote-on: none\n";
    let done = high()
        .base(CONFIG, STRICT)
        .head(CONFIG, weak)
        .run("weakened");
    assert_eq!(done.word(), "fail");
    assert_eq!(done.verdict["trust"]["sha"], TIP);
    assert_eq!(done.verdict["trust"]["branch"], "main");
    assert!(
        done.text("/trust/changed")
            .contains("alters the config file")
    );
    let simulated = &done.verdict["trust"]["simulated"];
    assert_eq!(simulated["verdict"], "pass");
    assert_eq!(simulated["blocking"], 0);
    assert!(
        done.summary()
            .contains("Under the rules of this change the verdict would be pass")
    );
}

#[test]
fn a_change_that_breaks_the_config_is_judged_and_told() {
    let done = high()
        .base(CONFIG, STRICT)
        .head(CONFIG, "fail-on: [oops\n")
        .run("broken");
    assert_eq!(done.word(), "fail");
    assert!(
        done.text("/trust/changed")
            .contains("the pull request breaks")
    );
    assert!(done.verdict["trust"]["simulated"].is_null());
}

#[test]
fn a_change_that_deletes_the_config_is_judged_by_it() {
    let done = high().base(CONFIG, STRICT).run("deleted");
    assert_eq!(done.word(), "fail");
    // The preset warns of what is high.
    assert_eq!(done.verdict["trust"]["simulated"]["verdict"], "warn");
}

#[test]
fn a_config_that_a_change_adds_does_not_count_yet() {
    let weak = "fail-on: none\nwarn-on: none\nnote-on: none\nexclude: any\n";
    let done = World::pull_request()
        .report("trivy.json", &one("CVE-2024-0001", "CRITICAL"))
        .head(CONFIG, weak)
        .run("added");
    assert_eq!(done.word(), "fail");
    assert_eq!(done.verdict["settings"]["fail-on"]["origin"], "preset");
    assert_eq!(done.verdict["trust"]["simulated"]["verdict"], "pass");
}

#[test]
fn a_config_that_is_left_alone_is_no_news() {
    let done = high().config(STRICT).run("same");
    assert_eq!(done.word(), "fail");
    assert_eq!(done.text("/trust/changed"), "[]");
    assert!(done.verdict["trust"]["simulated"].is_null());
}

#[test]
fn a_central_config_is_read_with_its_own_token() {
    let sha = "c".repeat(40);
    let central = || {
        high()
            .input("config", "octo/policy/gate.yml@v1")
            .input("config-token", "ghs_CENTRALcentralCENTRALcentral")
            .answers("/repos/octo/policy/commits/v1", Served::raw(sha.clone()))
    };
    let file = format!("/repos/octo/policy/contents/gate.yml?ref={sha}");
    let done = central().answers(&file, Served::raw(STRICT)).run("central");
    assert_eq!(done.word(), "fail");
    assert!(
        done.text("/settings/config")
            .contains("octo/policy/gate.yml@v1 (cccccccccccc)")
    );
    for request in done.github.requests() {
        let token = request.header("authorization").concat();
        let central = request.path.starts_with("/repos/octo/policy/");
        assert_eq!(token.contains("CENTRAL"), central, "{}", request.path);
    }
    let said = central().refused("central without its file");
    assert!(said.contains("there is no file gate.yml"), "{said}");
    // Where the base has a config of its own, the input would move it.
    let done = central().config(STRICT).run("central beside the base's");
    assert!(
        done.text("/trust/refused")
            .contains("is not the config's own place")
    );
}

#[test]
fn a_base_that_cannot_be_read_is_no_base_without_rules() {
    let tip = "/repos/octo/repo/git/ref/heads/main";
    let forbidden = || Served::error(403, "Resource not accessible by integration");
    for (what, path, served, words) in [
        ("the branch is forbidden", tip, forbidden(), "403"),
        (
            "the branch is gone",
            tip,
            Served::error(404, "Not Found"),
            "404",
        ),
        ("the branch breaks", tip, Served::error(500, "oops"), "500"),
        (
            "the file is forbidden",
            "/repos/octo/repo/contents/.github/sarif-gate.yml",
            forbidden(),
            "403",
        ),
    ] {
        let said = high()
            .head(CONFIG, "mode: warn\n")
            .answers(path, served)
            .refused(what);
        assert!(
            said.contains(words) && said.contains("contents: read"),
            "{what}: {said}"
        );
    }
    let said = high().env("INPUT_TOKEN", "").refused("no token");
    assert!(said.contains("there is no token"), "{said}");
}

#[test]
fn a_broken_config_of_the_base_is_an_error_with_its_place() {
    let said = high()
        .config("fail-on: high\nwarn-onn: medium\n")
        .refused("a typo");
    assert!(
        said.contains("sarif-gate.yml (main at 333333333333):2"),
        "{said}"
    );
}

#[test]
fn inputs_that_loosen_are_refused_and_shown() {
    let done = high()
        .both(WAIVERS, &waiver("CVE-2024-9999"))
        .config(STRICT)
        .input("fail-on", "none")
        .input("mode", "observe")
        .input("exclude", "any")
        .input("waivers", "mine.yml")
        .head("mine.yml", &waiver("CVE-2024-0001"))
        .run("loosening inputs");
    assert_eq!((done.word(), done.ran.code), ("fail", 1));
    let refused = done.verdict["trust"]["refused"].as_array().unwrap();
    for name in ["fail-on", "mode", "exclude", "waivers"] {
        let said = |text: &&serde_json::Value| {
            text.as_str()
                .unwrap()
                .starts_with(&format!("input {name}:"))
        };
        assert_eq!(
            refused.iter().filter(said).count(),
            1,
            "{name}: {refused:?}"
        );
        assert!(done.summary().contains(&format!("input {name}:")), "{name}");
    }
    assert_eq!(refused.len(), 4, "{refused:?}");
}

#[test]
fn inputs_that_tighten_count() {
    let done = World::pull_request()
        .report("trivy.json", &one("CVE-2024-0001", "MEDIUM"))
        .config("preset: standard\n")
        .input("fail-on", "secret, medium")
        .run("tightening inputs");
    assert_eq!(done.word(), "fail");
    assert_eq!(done.verdict["settings"]["fail-on"]["origin"], "input");
    assert_eq!(done.text("/trust/refused"), "[]");
}

#[test]
fn the_config_may_leave_it_to_the_inputs() {
    let done = high()
        .config(&format!("{STRICT}inputs: override\n"))
        .input("fail-on", "critical")
        .input("warn-on", "high")
        .run("override");
    assert_eq!(done.word(), "warn");
    assert_eq!(done.text("/trust/refused"), "[]");
}

#[test]
fn on_a_push_the_checkout_counts() {
    let done = World::push()
        .report("trivy.json", &one("CVE-2024-0001", "HIGH"))
        .base(CONFIG, "preset: basic\n")
        .head(CONFIG, STRICT)
        .run("a push");
    assert_eq!(done.word(), "fail");
    assert!(done.verdict["trust"]["sha"].is_null());
}

#[test]
fn a_merge_group_is_judged_by_the_base_as_well() {
    let done = World::merge_group()
        .report("trivy.json", &one("CVE-2024-0001", "HIGH"))
        .base(CONFIG, STRICT)
        .head(CONFIG, "fail-on: none\n")
        .head(WAIVERS, &waiver("CVE-2024-0001"))
        .run("a merge group");
    assert_eq!(
        (done.word(), done.outcome("CVE-2024-0001")),
        ("fail", "fail")
    );
    assert_eq!(done.verdict["trust"]["sha"], TIP);
    assert_eq!(done.verdict["trust"]["simulated"]["excused"], 1);
}
