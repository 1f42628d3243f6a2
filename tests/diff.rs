//! What `diff --format json` prints has the shape of its schema.
#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    reason = "a test reads its files and fails by a panic"
)]

use std::path::Path;

use serde_json::Value;

use crate::program::Program;

/// The example's reports, under a folder of the workspace.
fn with(program: Program, folder: &str, to: &str, names: &[&str]) -> Program {
    let from = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("examples")
        .join(folder);
    names.iter().fold(program, |program, name| {
        let bytes = std::fs::read(from.join(name)).expect("an example");
        program.file(&format!("{to}/{name}"), &bytes)
    })
}

fn difference(old: (&str, &[&str]), new: (&str, &[&str])) -> Value {
    let program = with(Program::new(), old.0, "old", old.1);
    let program = with(program, new.0, "new", new.1);
    let ran = program.run(&["--format", "json", "diff", "old", "new"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    serde_json::from_str(&ran.stdout).expect("JSON")
}

#[test]
fn documents_have_the_shape_of_the_schema() {
    let schema: Value =
        serde_json::from_str(include_str!("../docs/diff.schema.json")).expect("a schema");
    let schema = jsonschema::validator_for(&schema).expect("a valid schema");
    let all: &[&str] = &["bandit.sarif", "gitleaks.json", "trivy-fs.json"];
    let one: &[&str] = &["trivy-fs.json"];
    let vulnerable = ("vulnerable", all);
    for (old, new, count) in [
        (vulnerable, vulnerable, "unchanged"),
        (vulnerable, ("clean", all), "fixed"),
        (vulnerable, ("clean", one), "unseen"),
        (("clean", all), vulnerable, "new"),
    ] {
        let document = difference(old, new);
        let wrong: Vec<String> = schema
            .iter_errors(&document)
            .map(|error| format!("{error} at {}", error.instance_path()))
            .collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert!(document["counts"][count].as_u64() > Some(0), "{count}");
        let number = |name: &str| document["counts"][name].as_u64().expect("a number");
        let sum = number("new") + number("updated") + number("unchanged");
        assert_eq!(sum, number("total"));
        for list in ["new", "updated", "fixed", "unseen"] {
            let listed = document["findings"][list].as_array().expect("a list");
            assert_eq!(listed.len() as u64, number(list), "{list}");
        }
        // And one that lacks something is not taken.
        let mut less = document.clone();
        less["counts"]
            .as_object_mut()
            .expect("counts")
            .remove(count);
        assert!(!schema.is_valid(&less));
    }
}

/// A finding whose severity, version or line is another one says what it was.
#[test]
fn updates_say_what_was() {
    let log = |severity: &str, version: &str| {
        format!(
            r#"{{"version":"2.1.0","runs":[{{"tool":{{"driver":{{"name":"Plain"}}}},"results":[{{"ruleId":"CVE-2026-1",
            "message":{{"text":"m"}},"locations":[{{"physicalLocation":{{"artifactLocation":{{"uri":"web/package-lock.json"}}}}}}],
            "properties":{{"sarifGate":{{"kind":"vulnerability","severity":"{severity}","target":"web/package-lock.json",
            "package":{{"name":"lodash","ecosystem":"npm","version":"{version}"}}}}}}}}]}}]}}"#
        )
    };
    let program = Program::new()
        .file("old.sarif", log("medium", "1.0").as_bytes())
        .file("new.sarif", log("high", "1.1").as_bytes());
    let ran = program.run(&["--format", "json", "diff", "old.sarif", "new.sarif"]);
    let document: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    let was = &document["findings"]["updated"][0]["was"];
    assert_eq!(was["severity"], "medium");
    assert_eq!(was["versions"], serde_json::json!(["1.0"]));
    assert_eq!(was["line_changed"], false);
    let program = Program::new()
        .file("old.sarif", log("medium", "1.0").as_bytes())
        .file("new.sarif", log("high", "1.1").as_bytes());
    let ran = program.run(&["diff", "old.sarif", "new.sarif"]);
    for part in ["1 updated", "high (was medium)", "(was in 1.0)"] {
        assert!(ran.stdout.contains(part), "{part}: {}", ran.stdout);
    }
}
