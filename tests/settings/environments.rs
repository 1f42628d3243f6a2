//! Environments, components and what else only the config file has.

use sarif_gate::model::Severity;
use sarif_gate::settings::BaselineFrom;
use serde_json::json;

use super::{Case, case};

const THREE: &str = "fail-on: critical\nsla: {critical: 7d}\nenvironments:\n  development:\n    branches: [feature/**, main-*]\n    \
                     mode: warn\n  staging:\n    fail-on: [secret, critical]\n  production:\n    fail-on: [secret, high]\n    \
                     sla: {critical: 1d, high: 7d}\n    waiver-limits: {require: ticket}\n    components: {api: {paths: api/**}}\n";

fn pushed(full: &str) -> Case {
    case()
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_EVENT_NAME", "push")
        .env("GITHUB_WORKSPACE", "/w")
        .env("GITHUB_EVENT_PATH", "/event.json")
        .env("GITHUB_REF", full)
}

#[test]
fn the_environment_stands_between_the_inputs_and_the_top_level() {
    let production = case().config(THREE).flag(&["--environment", "production"]);
    let settings = production.load().unwrap();
    assert_eq!(settings.environment.as_deref(), Some("production"));
    let policy = &settings.policy;
    assert_eq!(policy.fail_on.to_string(), "secret, high");
    assert_eq!(policy.sla, [(Severity::Critical, 1), (Severity::High, 7)]);
    assert_eq!(policy.waiver_limits.require, ["ticket"]);
    assert_eq!(policy.components.len(), 1);
    for (name, value, origin) in [
        ("fail-on", json!("secret, high"), "config (production)"),
        (
            "sla",
            json!({"critical": "1d", "high": "7d"}),
            "config (production)",
        ),
        ("environment", json!("production"), "flag"),
        ("mode", json!("enforce"), "built-in"),
        (
            "environments",
            json!(["development", "staging", "production"]),
            "config",
        ),
    ] {
        assert_eq!(
            production.shown(name),
            (value, origin.to_string()),
            "{name}"
        );
    }
    let by_input = production.clone().env("INPUT_FAIL-ON", "any");
    assert_eq!(by_input.shown("fail-on"), (json!("any"), "input".into()));
    let staging = case().config(THREE).env("INPUT_ENVIRONMENT", "staging");
    assert_eq!(
        staging.shown("sla"),
        (json!({"critical": "7d"}), "config".into()),
        "the top level holds where the section says nothing"
    );
    assert!(staging.load().unwrap().policy.components.is_empty());
}

#[test]
fn auto_takes_the_branch_that_the_change_is_going_to() {
    for (full, expected, origin) in [
        ("refs/heads/main", "production", "auto (main)"),
        ("refs/heads/release/1.x", "production", "auto (release/1.x)"),
        ("refs/tags/v1", "production", "auto (refs/tags/v1)"),
        ("refs/heads/develop", "staging", "auto (develop)"),
        (
            "refs/heads/feature/a/b",
            "development",
            "auto (feature/a/b)",
        ),
        ("refs/heads/main-next", "development", "auto (main-next)"),
        (
            "refs/tags/feature/x",
            "production",
            "auto (refs/tags/feature/x)",
        ),
        ("refs/heads/trunk", "production", "auto (trunk)"),
        ("refs/heads/other", "production", "auto (the strictest)"),
        ("refs/pull/9/merge", "production", "auto (the strictest)"),
        (
            "refs/heads/a\u{202e}b",
            "production",
            "auto (the strictest)",
        ),
    ] {
        let case = pushed(full)
            .file(
                "/event.json",
                r#"{"repository": {"default_branch": "trunk"}}"#,
            )
            .config(THREE);
        assert_eq!(
            case.shown("environment"),
            (json!(expected), origin.into()),
            "{full}"
        );
    }
    let laptop = case().config(THREE);
    assert_eq!(
        laptop.shown("environment"),
        (json!("production"), "auto (the strictest)".into())
    );
    let request = case().pull_request_to("develop").trusted(THREE);
    assert_eq!(
        request.shown("environment"),
        (json!("staging"), "auto (develop)".into())
    );
    let deployment = pushed("refs/heads/other")
        .env("GITHUB_EVENT_NAME", "deployment")
        .config(THREE);
    assert_eq!(deployment.shown("environment").0, json!("production"));
}

/// The usual names count only where the config has them; what nothing names gets the strictest.
#[test]
fn what_nothing_names_gets_the_strictest() {
    for (sections, expected) in [
        ("a: {fail-on: critical}\n  b: {fail-on: high}", "b"),
        ("a: {fail-on: high}\n  b: {fail-on: critical}", "a"),
        (
            "a: {fail-on: any, mode: observe}\n  b: {fail-on: critical}",
            "b",
        ),
        ("a: {preset: basic}\n  b: {preset: strict}\n  c: {}", "b"),
        ("a: {warn-on: high}\n  b: {warn-on: medium}", "b"),
        ("a: {exclude: low}\n  b: {}", "b"),
        ("a: {}\n  b: {}", "a"),
        ("staging: {}\n  production: {}", "production"),
    ] {
        let config = format!("environments:\n  {sections}\n");
        let case = pushed("refs/heads/unheard-of").config(&config);
        assert_eq!(case.shown("environment").0, json!(expected), "{sections}");
    }
    let main = pushed("refs/heads/main").config("environments: {staging: {mode: warn}}\n");
    assert_eq!(
        main.shown("environment"),
        (json!("staging"), "auto (the strictest)".into())
    );
}

#[test]
fn without_sections_an_environment_is_a_name() {
    assert_eq!(
        pushed("refs/heads/main").shown("environment").0,
        json!("production")
    );
    assert_eq!(
        pushed("refs/heads/x").shown("environment"),
        (json!("auto"), "built-in".into())
    );
    assert_eq!(pushed("refs/heads/x").load().unwrap().environment, None);
    let named = case().flag(&["--environment", "qa"]);
    assert_eq!(named.shown("environment"), (json!("qa"), "flag".into()));
    case()
        .env("INPUT_ENVIRONMENT", "a b")
        .refused(&["input environment: \"a b\" is not a name"]);
    case().config(THREE).env("INPUT_ENVIRONMENT", "prodution").refused(&[
        "input environment: there is no environment \"prodution\"; the config file has development, staging, production; did \
         you mean production?",
    ]);
}

#[test]
fn sections_and_components_are_refused_by_line_and_key() {
    for (text, part) in [
        (
            "environments:\n  qa:\n    modes: warn\n",
            ".github/sarif-gate.yml:3: there is no key modes; did you mean mode?",
        ),
        (
            "environments:\n  qa:\n    token: hunter2\n",
            ".github/sarif-gate.yml:3: token is a secret and no config key",
        ),
        (
            "environments:\n  qa:\n    environments: {}\n",
            ":3: environments stands at the top level",
        ),
        (
            "environments:\n  qa:\n    inputs: override\n",
            ":3: inputs stands at the top level",
        ),
        (
            "environments:\n  qa:\n",
            ":2: the environment qa has no keys",
        ),
        ("environments:\n  qa:\n    mode:\n", ":3: mode has no value"),
        ("environments: [qa]\n", ":1: environments: "),
        ("environments:\n  qa: warn\n", ":2: environments.qa: "),
        (
            "environments:\n  auto: {}\n",
            ":2: environments.auto: an environment cannot be called auto",
        ),
        (
            "environments:\n  \"q\\u202ea\": {}\n",
            ":2: \"environments.q\\u{202e}a\"",
        ),
        ("branches: main\n", ":1: branches stands in an environment"),
        (
            "environments:\n  qa:\n    mode: off\n",
            ":3: environments.qa.mode: \"off\" is not one of",
        ),
        (
            "environments:\n  qa:\n    branches: 'a[b'\n",
            ":3: environments.qa.branches: \"a[b\" is not a glob",
        ),
        (
            "components:\n  api:\n    paths: a\n    fail-on: hihg\n",
            ":4: components.api.fail-on: `hihg` is neither",
        ),
        (
            "components:\n  api:\n    paths: a\n    exclude: low>3\n",
            ":4: components.api.exclude: a budget",
        ),
        (
            "components:\n  api:\n    paths: []\n",
            ":3: components.api.paths: the component has no paths",
        ),
        (
            "components:\n  api:\n    paths: ['a[']\n",
            ":3: components.api.paths: \"a[\" is no glob",
        ),
        (
            "components:\n  api:\n    owner: '@a'\n",
            ":3: components.api.owner: the entry has no paths",
        ),
        (
            "waiver-limits:\n  require: [tickets]\n",
            ":2: waiver-limits.require: \"tickets\" is not one of approved-by, created, ticket; did you mean ticket?",
        ),
        (
            "waiver-limits:\n  longest: {critical: 36h}\n",
            "is no whole number of days",
        ),
        (
            "sla:\n  Critical: 1d\n  critical: 2d\n",
            ":3: sla.critical: \"critical\" stands twice",
        ),
        (
            "bypass:\n  lasts: 8d\n",
            ":2: bypass.lasts: \"8d\" is longer than 7d",
        ),
        ("waivers: '*.yml'\n", ":1: waivers: \"*.yml\" is a glob"),
        ("baseline: artefact\n", "did you mean artifact?"),
    ] {
        case().config(text).refused(&[part]);
    }
}

/// A name of a megabyte is not repeated for each key below it.
#[test]
fn long_names_stay_short_in_memory_and_messages() {
    let keys: String = (0..1000).map(|n| format!("    k{n}: x\n")).collect();
    let text = format!("components:\n  {}:\n{keys}", "x".repeat(500_000));
    let error = case().config(&text).load().unwrap_err();
    assert!(error.len() < 2000, "{} bytes", error.len());
}

#[test]
fn the_new_values_are_typed() {
    let settings = case()
        .config(
            "waivers: [w.yml, .trivyignore]\nvex: v.json\nbaseline: base.sarif\nepss: e.csv\nkev: k.json\nbypass-label: let-it\n\
             bypass: {allow-incomplete: true, lasts: 12h}\nmax-data-age: 3d\naccept-impact-statements: true\n\
             components:\n  zeta: {paths: [z/, 'y/*.rs'], owner: '@octo/z', warn-on: none}\n  alpha: {paths: a}\n\
             waiver-limits: {longest: {low: 90d, critical: 2w}, allow-kev: true, warn-before: 7d, broad: 3}\n",
        )
        .load()
        .unwrap();
    assert_eq!(settings.waivers, ["w.yml", ".trivyignore"]);
    assert!(!settings.waivers_built_in);
    assert_eq!(settings.vex, ["v.json"]);
    assert_eq!(settings.baseline, BaselineFrom::Path("base.sarif".into()));
    assert_eq!(settings.bypass_label.as_deref(), Some("let-it"));
    assert_eq!(settings.bypass_lasts, 43_200);
    let policy = settings.policy;
    assert!(policy.bypass_incomplete && policy.accept_impact_statements);
    assert_eq!(policy.max_data_age, 3);
    let names: Vec<&str> = policy.components.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names, ["zeta", "alpha"], "the order of the file");
    assert!(policy.components[0].has("z/deep/file") && policy.components[0].has("y/a.rs"));
    assert!(!policy.components[0].has("y/b/a.rs"));
    assert!(
        policy.components[0]
            .warn_on
            .as_ref()
            .is_some_and(|row| row.is_empty())
    );
    let limits = policy.waiver_limits;
    assert_eq!(
        limits.longest,
        [(Severity::Critical, 14), (Severity::Low, 90)]
    );
    assert_eq!(
        (limits.allow_kev, limits.warn_before, limits.broad),
        (true, 7, 3)
    );
    let nothing = case().load().unwrap();
    assert_eq!(nothing.waivers, [".github/security-waivers.yml"]);
    assert!(nothing.waivers_built_in);
    assert_eq!(nothing.baseline, BaselineFrom::None, "auto outside Actions");
    assert_eq!(nothing.bypass_lasts, 86_400);
    let pushed = pushed("refs/heads/main").load().unwrap();
    assert_eq!(pushed.baseline, BaselineFrom::Auto);
    let none = case().config("waivers: none\n").load().unwrap();
    assert!(none.waivers.is_empty() && !none.waivers_built_in);
}
