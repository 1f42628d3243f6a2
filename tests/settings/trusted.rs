//! On pull requests the config file of the base branch counts, and the pull request's own is kept aside.

use serde_json::json;

use super::{Case, case};

const PATH: &str = ".github/sarif-gate.yml";

fn request() -> Case {
    case().pull_request()
}

#[test]
fn the_tip_of_the_base_branch_counts_and_not_the_checkout() {
    let weakened = request()
        .config("fail-on: none\n")
        .at_base(PATH, "fail-on: high\n");
    let settings = weakened.load().unwrap();
    assert_eq!(settings.policy.fail_on.to_string(), "high");
    assert_eq!(
        weakened.shown("config").0,
        json!(".github/sarif-gate.yml (main at 0123456789ab)")
    );
    let base = settings.base.expect("the trusted commit");
    assert_eq!(base.branch, "main");
    assert_eq!((base.read)("absent"), Ok(None));
    assert!(!format!("{base:?}").is_empty());
    let proposed = settings.proposed.expect("what the change would give");
    assert!(proposed.policy.fail_on.is_empty() && proposed.proposed.is_none());
    assert!(settings.trust_notes.is_empty());
}

#[test]
fn a_file_that_is_the_same_proposes_nothing() {
    let settings = request().trusted("fail-on: high\n").load().unwrap();
    assert!(settings.proposed.is_none() && settings.trust_notes.is_empty());
    let settings = request().load().unwrap();
    assert!(settings.proposed.is_none() && settings.base.is_some());
}

#[test]
fn a_file_that_the_change_adds_or_removes_is_proposed() {
    let added = request().config("fail-on: none\n").load().unwrap();
    assert_eq!(added.policy.fail_on.to_string(), "secret, critical");
    assert!(
        added
            .proposed
            .is_some_and(|proposed| proposed.policy.fail_on.is_empty())
    );
    let removed = request().at_base(PATH, "fail-on: high\n").load().unwrap();
    assert_eq!(removed.policy.fail_on.to_string(), "high");
    let proposed = removed.proposed.expect("no file");
    assert_eq!(proposed.policy.fail_on.to_string(), "secret, critical");
}

#[test]
fn a_file_that_the_change_breaks_is_said_and_changes_nothing() {
    for (text, part) in [
        (
            "fail-on: hihg\n",
            "breaks .github/sarif-gate.yml:1: fail-on: `hihg` is neither",
        ),
        (
            "modes: x\nmode: y\n",
            "breaks .github/sarif-gate.yml:1: there is no key modes",
        ),
        ("mode: [\n", "breaks .github/sarif-gate.yml"),
    ] {
        let settings = request()
            .config(text)
            .at_base(PATH, "mode: warn\n")
            .load()
            .unwrap();
        assert!(settings.proposed.is_none());
        let [note] = settings.trust_notes.as_slice() else {
            panic!("{:?}", settings.trust_notes);
        };
        assert!(
            note.starts_with("the pull request ") && note.contains(part),
            "{note}"
        );
        assert!(!note.contains('\n'), "{note}");
    }
}

#[test]
fn a_base_that_cannot_be_read_is_an_error_and_not_the_preset() {
    let mut case = request().config("fail-on: high\n");
    case.base = None;
    case.refused(&[
        ".github/sarif-gate.yml: on a pull request the config file counts as it is at the tip of main",
        "not found",
        "contents: read",
    ]);
    request()
        .config("fail-on: high\n")
        .at_base(PATH, "fail-on: hihg\n")
        .refused(&[".github/sarif-gate.yml (main at 0123456789ab):1: fail-on: `hihg`"]);
}

#[test]
fn a_named_file_is_read_at_the_base_too() {
    let named = request()
        .env("INPUT_CONFIG", "./security/gate.yml")
        .file("/w/security/gate.yml", "mode: observe\n")
        .at_base("security/gate.yml", "mode: warn\n");
    assert_eq!(named.shown("mode"), (json!("warn"), "config".into()));
    assert!(named.load().unwrap().proposed.is_some());
    let absolute = named.clone().env("INPUT_CONFIG", "/w/security/gate.yml");
    assert_eq!(absolute.shown("mode").0, json!("warn"));
    request()
        .env("INPUT_CONFIG", "new.yml")
        .file("/w/new.yml", "mode: observe\n")
        .refused(&[
            "new.yml: there is no such file at the tip of main",
            "once it is merged",
        ]);
    for outside in ["/etc/gate.yml", "../gate.yml"] {
        request()
            .env("INPUT_CONFIG", outside)
            .refused(&[outside, "has to be inside the repository"]);
    }
}

#[test]
fn a_config_that_is_moved_is_refused_where_there_is_one() {
    let moved = request()
        .trusted("fail-on: high\n")
        .env("INPUT_CONFIG", "lax.yml")
        .at_base("lax.yml", "fail-on: none\n");
    let settings = moved.load().unwrap();
    assert_eq!(settings.policy.fail_on.to_string(), "high");
    assert_eq!(moved.shown("config").1, "built-in");
    let [sentence] = settings.refused.as_slice() else {
        panic!("{:?}", settings.refused);
    };
    assert!(
        sentence.starts_with("input config: `lax.yml` is not the config's own place"),
        "{sentence}"
    );
    let same = request()
        .trusted("fail-on: high\n")
        .env("INPUT_CONFIG", PATH);
    assert!(same.load().unwrap().refused.is_empty());
    let allowed = request()
        .trusted("inputs: override\n")
        .env("INPUT_CONFIG", "lax.yml")
        .at_base("lax.yml", "fail-on: none\n");
    assert!(allowed.load().unwrap().policy.fail_on.is_empty());
}

#[test]
fn a_central_file_is_fetched_with_its_own_token() {
    let name = "octo/policies/gates/main.yml@v1";
    let mut case = case()
        .env("INPUT_CONFIG", name)
        .env("INPUT_TOKEN", "job-token");
    case.central
        .insert(name.into(), "check-name: TOKEN\n".into());
    assert_eq!(case.shown("check-name").0, json!("job-token"));
    assert_eq!(
        case.shown("config"),
        (
            json!("octo/policies/gates/main.yml@v1 (abcdefabcdef)"),
            "input".into()
        )
    );
    let mut case = case.env("INPUT_CONFIG-TOKEN", "hunter2");
    assert_eq!(case.load().unwrap().check_name, "hunter2");
    assert_eq!(case.shown("config-token").0, json!("set"));
    case.central.clear();
    case.refused(&[
        name,
        "cannot be fetched: not found",
        "config-token",
        "octo/policies",
    ]);
    assert!(!case.load().unwrap_err().contains("hunter2"));
    let mut request = super::case().pull_request().env("INPUT_CONFIG", name);
    request.central.insert(name.into(), "mode: warn\n".into());
    assert_eq!(request.shown("mode").0, json!("warn"));
}

#[test]
fn pushes_take_the_checkout() {
    let pushed = request()
        .env("GITHUB_EVENT_NAME", "push")
        .env("GITHUB_REF", "refs/heads/main")
        .config("mode: warn\n")
        .at_base(PATH, "mode: observe\n");
    assert_eq!(pushed.shown("mode"), (json!("warn"), "config".into()));
    assert!(pushed.load().unwrap().base.is_none());
}
