//! `docs/findings-format.md` is true: its examples run and are read, and it names every member and every kind.

use std::path::Path;
use std::process::Command;

use sarif_gate::model::{Kind, Status};

use super::{check_promises, load, problem, read_bare};

/// The page.
fn page() -> String {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/findings-format.md");
    String::from_utf8(load(Path::new(file))).expect("UTF-8")
}

/// The code blocks of the page in this language.
fn blocks(page: &str, language: &str) -> Vec<String> {
    let open = format!("```{language}\n");
    let blocks = page.split(&open).skip(1);
    blocks
        .map(|block| block.split("```").next().unwrap_or_default().to_owned())
        .collect()
}

#[test]
fn the_short_example_is_read() {
    let page = page();
    let examples = blocks(&page, "json");
    assert_eq!(examples.len(), 1);
    let report = read_bare(examples[0].as_bytes());
    check_promises(&report, "the short example");
    assert!(
        matches!(report.status, Status::Partial(_)),
        "{}",
        problem(&report)
    );
    let entries = &report.entries;
    assert_eq!((entries.findings, entries.not_findings), (1, 1));
}

#[test]
fn the_shell_example_runs_and_is_read() {
    if Command::new("jq").arg("--version").output().is_err() {
        eprintln!("skipped: no jq to write with");
        return;
    }
    let page = page();
    let examples = blocks(&page, "sh");
    assert_eq!(examples.len(), 1);
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), text).expect("written");
    };
    let script = &examples[0];
    write("check.sh", script);
    write("odd \"name\"\\.sh", "#!/bin/sh\necho x\n");
    write("text.md", "echo x\n");
    let run = |script: &str| {
        let output = Command::new("sh")
            .args(["-c", script, "check", "."])
            .current_dir(folder.path())
            .env("TMPDIR", folder.path())
            .output()
            .expect("sh");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.stdout, said)
    };
    let (written, said) = run(script);
    let report = read_bare(&written);
    check_promises(&report, "the shell example");
    assert_eq!(
        report.status,
        Status::Complete,
        "{} {said}",
        problem(&report)
    );
    assert_eq!(report.format, Some("findings-jsonl"));
    let tools: Vec<&str> = report.runs.iter().map(|run| &*run.tool).collect();
    assert_eq!(tools, ["stop-at-errors"]);
    let entries = &report.entries;
    assert_eq!((entries.findings, entries.not_findings), (1, 1));
    let finding = report.findings.first().expect("one");
    assert_eq!(finding.kind, Kind::Quality);
    let path = finding.locations.first().map(|place| &*place.path);
    assert_eq!(path, Some("./odd \"name\"\\.sh"));

    // A script that dies on its way has reported nothing.
    let (written, _) = run(&script.replace("done <", "  false\ndone <"));
    let broken = read_bare(&written);
    assert!(problem(&broken).contains("did not finish"));
}

#[test]
fn every_member_and_kind_is_described() {
    let page = page();
    // The reader names its members when it meets a strange one.
    for line in [
        r#"{"findings":"v1","tool":"x","strange":1}"#,
        r#"{"findings":"v1","tool":"x"}{"rule":"r","strange":1}"#,
        r#"{"findings":"v1","tool":"x"}{"unanalysed":"r","strange":1}"#,
    ] {
        let said = problem(&read_bare(line.as_bytes()));
        let (_, members) = said.split_once("its members are ").expect(&said);
        for member in members.split(", ") {
            let named =
                page.contains(&format!("`{member}`")) || page.contains(&format!("\"{member}\":"));
            assert!(named, "{member}");
        }
    }
    for kind in Kind::ALL {
        assert!(page.contains(&format!("`{}`", kind.word())), "{kind:?}");
    }
    let of_package = r#"{"findings":"v1","tool":"x"}{"rule":"r","severity":"low","title":"t","package":{"strange":1}}"#;
    let said = problem(&read_bare(of_package.as_bytes()));
    for member in ["purl", "ecosystem", "name", "version", "fixed"] {
        let quoted = format!("`{member}`");
        assert!(
            said.contains(&quoted) && page.contains(&quoted),
            "{member}: {said}"
        );
    }
}
