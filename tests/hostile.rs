//! The whole program against files that are broken or forged on purpose: what each must get is a table here, and what may
//! leave the program through any of its texts is checked for all of them, for recorded reports and for the examples.
#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    reason = "a test reads files and fails by a panic"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::Value;

use crate::program::{Program, Ran, check_agreement, files_below, shared};
use crate::runner;

/// The value that stands for a credential in every hostile file.
const SECRET: &str = "AKIAFAKEFIXTUREABCDE";

/// A row of `tests/hostile/expected.tsv`: what the file must get.
struct Row {
    name: String,
    run: i32,
    convert: i32,
    status: String,
    entries: String,
    found: String,
    words: String,
}

fn expected() -> Vec<Row> {
    let table = include_str!("hostile/expected.tsv");
    let rows = table.lines().filter(|line| !line.starts_with('#'));
    rows.map(|line| {
        let cells: Vec<&str> = line.split('\t').collect();
        let text = |at: usize| match cells[at] {
            "-" => String::new(),
            text => text.to_owned(),
        };
        Row {
            name: text(0),
            run: cells[1].parse().expect("a code"),
            convert: cells[2].parse().expect("a code"),
            status: text(3),
            entries: text(4),
            found: text(5),
            words: text(6),
        }
    })
    .collect()
}

/// A schema of this repository, compiled.
fn compiled(text: &str) -> Validator {
    let schema: Value = serde_json::from_str(text).expect("a schema");
    jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .expect("a valid schema")
}

pub(crate) static SARIF: LazyLock<Validator> =
    LazyLock::new(|| compiled(include_str!("schemas/sarif-2.1.0.json")));
pub(crate) static VERDICT: LazyLock<Validator> =
    LazyLock::new(|| compiled(include_str!("../docs/verdict.schema.json")));

pub(crate) fn check_schema(schema: &Validator, text: &str, what: &str) {
    let value: Value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{what}: {error}"));
    let errors: Vec<String> = schema
        .iter_errors(&value)
        .take(3)
        .map(|error| format!("{error:.300} at {}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{what}: {errors:#?}");
}

/// What no text that leaves the program may hold, whatever was read.
fn check_texts(ran: &Ran, secrets: &[String], what: &str) {
    for (name, text) in ran.texts() {
        let at = format!("{what}: {name}");
        for secret in secrets {
            assert!(!text.contains(secret), "{at}: holds a secret");
        }
        let control = text
            .char_indices()
            .find(|(_, c)| c.is_control() && !matches!(c, '\n' | '\t'));
        assert_eq!(control, None, "{at}: a control character");
        let json = name.ends_with(".json") || name.ends_with(".sarif");
        let shows = name == "stdout" && text.starts_with('{');
        if !json && !shows {
            let unseen = text.chars().find(|c| {
                matches!(u32::from(*c), 0x200B..=0x200F | 0x202A..=0x202E | 0x2066..=0x2069 | 0xFEFF)
            });
            assert_eq!(unseen, None, "{at}: a character that nobody sees");
        }
        match name.as_str() {
            "summary.md" | "GITHUB_STEP_SUMMARY" => check_markdown(&text, &at),
            "verdict.json" => check_schema(&VERDICT, &text, &at),
            "results.sarif" | "upload.sarif" => check_schema(&SARIF, &text, &at),
            _ => {}
        }
        // Pages and documents are printed into logs too.
        if !matches!(name.as_str(), "stdout" | "stderr" | "GITHUB_OUTPUT") {
            assert_eq!(runner::commands(&text), [], "{at}");
        }
    }
    check_commands(ran, what);
}

/// The fold around the table of who will be told.
fn is_preflight(seen: &runner::Obeyed) -> bool {
    matches!(
        (&*seen.name, &*seen.data),
        ("group", "Who will be told") | ("endgroup", "")
    )
}

/// The commands that the runner would obey are those that we meant.
fn check_commands(ran: &Ran, what: &str) {
    let obeyed: Vec<runner::Obeyed> = [&ran.stdout, &ran.stderr]
        .into_iter()
        .flat_map(|stream| runner::commands(stream))
        .filter(|seen| seen.old || !is_preflight(seen))
        .collect();
    let meant = ran
        .stderr
        .lines()
        .find_map(|line| {
            line.strip_prefix("annotations: ")?
                .split_once(" annotations by")
        })
        .and_then(|(number, _)| number.parse().ok())
        .unwrap_or(0);
    assert_eq!(obeyed.len(), meant, "{what}: {obeyed:#?}");
    let verdict = ran.verdict();
    for command in obeyed {
        let told = ["error", "warning", "notice"].contains(&&*command.name) && !command.old;
        assert!(told, "{what}: {command:?}");
        for (name, value) in &command.properties {
            let known = match name.as_str() {
                "file" => !value.starts_with('/') && !value.split('/').any(|part| part == ".."),
                "line" | "endLine" | "col" | "endColumn" => {
                    value.parse::<u32>().is_ok_and(|number| number > 0)
                }
                "title" => !value.contains('\n'),
                _ => false,
            };
            assert!(known, "{what}: {command:?}");
        }
        let findings = verdict.as_ref().map(|verdict| &verdict["findings"]);
        assert!(
            findings.is_some_and(|all| all != &Value::Array(vec![])),
            "{what}"
        );
    }
}

/// Tags that our pages are made of.
const TAGS: [&str; 9] = [
    "<details>",
    "</details>",
    "<summary>",
    "</summary>",
    "<b>",
    "</b>",
    "<br>",
    "<sub>",
    "</sub>",
];

/// A line without its code spans, in which GitHub looks for nothing (CommonMark 6.1: a run of backticks up to the next run
/// of the same length).
fn without_code(line: &str, at: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(start) = rest.find('`') {
        let (before, from) = rest.split_at(start);
        out.push_str(before);
        let fence = from.len() - from.trim_start_matches('`').len();
        let mut inner = &from[fence..];
        loop {
            let next = inner
                .find('`')
                .unwrap_or_else(|| panic!("{at}: an open code span in {line:?}"));
            let run = inner[next..].len() - inner[next..].trim_start_matches('`').len();
            inner = &inner[next + run..];
            if run == fence {
                break;
            }
        }
        out.push('\u{fffc}');
        rest = inner;
    }
    out + rest
}

/// Text without the targets of links; those have to be plain addresses.
fn without_targets(text: &str, at: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, from)) = rest.split_once("](") {
        let (target, after) = from
            .split_once(')')
            .unwrap_or_else(|| panic!("{at}: an open link in {text:?}"));
        let plain = target.starts_with("https://") || target.starts_with("http://");
        assert!(
            plain && !target.contains([' ', '<', '(']),
            "{at}: {target:?}"
        );
        out.push_str(before);
        rest = after;
    }
    out + rest
}

fn check_markdown(page: &str, at: &str) {
    let mut columns = None;
    let mut open: Vec<String> = Vec::new();
    for line in page.lines() {
        if line.starts_with('|') {
            // Cells are split before code is looked for; only a backslash keeps a bar in its cell.
            let bars = line.matches('|').count() - line.matches("\\|").count();
            assert_eq!(
                *columns.get_or_insert(bars),
                bars,
                "{at}: cells of {line:?}"
            );
        } else {
            columns = None;
        }
        let text = without_targets(&without_code(line, at), at);
        let mut rest = text.as_str();
        while let Some(start) = rest.find('<') {
            rest = &rest[start..];
            let tag = TAGS.iter().find(|tag| rest.starts_with(**tag));
            let tag = tag.unwrap_or_else(|| panic!("{at}: a tag in {line:?}"));
            match tag.strip_prefix("</") {
                Some(name) => assert_eq!(open.pop().as_deref(), Some(name), "{at}: {line:?}"),
                None if *tag != "<br>" => open.push(tag[1..].to_owned()),
                None => {}
            }
            rest = &rest[tag.len()..];
        }
        let words: String = text
            .split("&#")
            .enumerate()
            .map(|(index, part)| match part.split_once(';') {
                Some((_, rest)) if index > 0 => rest,
                _ => part,
            })
            .collect();
        let follows = |mark: &str, next: fn(char) -> bool| {
            words.split(mark).skip(1).any(|rest| rest.starts_with(next))
        };
        assert!(
            !follows("@", |c| c.is_ascii_alphanumeric()),
            "{at}: a mention in {line:?}"
        );
        assert!(
            !follows("#", |c| c.is_ascii_digit()),
            "{at}: an issue in {line:?}"
        );
        assert!(
            !follows("GH-", |c| c.is_ascii_digit()),
            "{at}: an issue in {line:?}"
        );
        assert!(!words.contains("://"), "{at}: an address in {line:?}");
        assert!(!words.contains("!["), "{at}: an image in {line:?}");
    }
    assert!(open.is_empty(), "{at}: {open:?} stays open");
}

/// `critical=2,unknown=1` of a verdict.
fn severities(verdict: &Value) -> String {
    let words = ["critical", "high", "medium", "low", "info", "unknown"];
    let counts = &verdict["counts"]["by_severity"];
    let some: Vec<String> = words
        .iter()
        .filter(|word| counts[word] != 0)
        .map(|word| format!("{word}={}", counts[word]))
        .collect();
    some.join(",")
}

fn run_hostile(row: &Row, bytes: &[u8], actions: bool) {
    let name = &row.name;
    let program = Program::new().file(name, bytes);
    let program = if actions {
        program.in_actions()
    } else {
        program
    };
    let ran = program.run(&["run", name]);
    assert_eq!(
        ran.code, row.run,
        "{name}\n{:.2000}{:.2000}",
        ran.stdout, ran.stderr
    );
    let verdict = ran
        .verdict()
        .unwrap_or_else(|| panic!("{name}: no verdict"));
    let input = &verdict["inputs"][0];
    assert_eq!(input["status"], row.status, "{name}: {}", input["problem"]);
    let counted = ["findings", "suppressed", "not_findings"]
        .map(|what| input["entries"][what].to_string())
        .join("/");
    assert_eq!(counted, row.entries, "{name}");
    assert_eq!(severities(&verdict), row.found, "{name}");
    let said = input["problem"].as_str().unwrap_or_default();
    assert!(
        said.contains(&row.words) && row.words.is_empty() == said.is_empty(),
        "{name}: {said:?}"
    );
    if row.status != "complete" {
        assert_ne!(verdict["verdict"], "pass", "{name}");
        assert_eq!(verdict["complete"], false, "{name}");
    }
    check_agreement(&ran, name);
    check_texts(&ran, &[SECRET.to_owned()], name);
}

#[test]
fn the_table_names_every_file() {
    let Some(shared) = shared() else { return };
    let files: BTreeSet<String> = files_below(&shared.join("hostile"))
        .iter()
        .map(|path| {
            path.file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned()
        })
        .filter(|name| name != "HOSTILE.md")
        .collect();
    let named: BTreeSet<String> = expected().into_iter().map(|row| row.name).collect();
    assert_eq!(files, named);
}

/// Checks every row; each failure is said by the name of its file.
fn each(check: impl Fn(&Row, &[u8]) + std::panic::RefUnwindSafe) {
    let Some(shared) = shared() else { return };
    let mut failed = expected();
    failed.retain(|row| {
        let bytes = std::fs::read(shared.join("hostile").join(&row.name)).expect("a file");
        let row = std::panic::AssertUnwindSafe(row);
        std::panic::catch_unwind(|| check(&row, &bytes)).is_err()
    });
    let failed: Vec<String> = failed.into_iter().map(|row| row.name).collect();
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn hostile_files_on_a_laptop() {
    each(|row, bytes| run_hostile(row, bytes, false));
}

#[test]
fn hostile_files_in_actions() {
    each(|row, bytes| run_hostile(row, bytes, true));
}

#[test]
fn hostile_files_are_converted_or_refused() {
    each(|row, bytes| {
        let name = &row.name;
        let program = Program::new().file(name, bytes);
        let ran = program.run(&["convert", name, "-o", "out.sarif"]);
        assert_eq!(ran.code, row.convert, "{name}: {:.1000}", ran.stderr);
        let log = ran.file("out.sarif");
        assert_eq!(log.is_some(), row.convert == 0, "{name}");
        assert!(
            ran.stdout.is_empty() && ran.stderr.contains(&row.words),
            "{name}"
        );
        check_texts(&ran, &[SECRET.to_owned()], name);
        let Some(log) = log else { return };
        assert!(!log.contains(SECRET), "{name}");
        check_schema(&SARIF, &log, name);
        // What was not complete is not complete in the log either.
        let again = Program::new()
            .file("out.sarif", log.as_bytes())
            .run(&["run", "out.sarif"]);
        let verdict = again.verdict().expect("a verdict");
        assert_eq!(verdict["inputs"][0]["status"], row.status, "{name}");
        assert_eq!(severities(&verdict), row.found, "{name}");
        assert_eq!(again.code, row.run, "{name}: {:.1000}", again.stdout);
    });
}

/// A run over one file in Actions, and its findings.
fn findings(name: &str, arguments: &[&str]) -> Option<(Ran, Vec<Value>)> {
    let bytes = std::fs::read(shared()?.join("hostile").join(name)).expect("a file");
    let arguments = [&["run", name], arguments].concat();
    let ran = Program::new()
        .in_actions()
        .file(name, &bytes)
        .run(&arguments);
    let verdict = ran.verdict().expect("a verdict");
    let findings = verdict["findings"].as_array().expect("findings").clone();
    Some((ran, findings))
}

/// Place, path, first and last line of the first location of each finding, by file.
#[test]
fn places_are_read_as_meant() {
    let table: BTreeMap<String, Vec<String>> =
        serde_json::from_str(include_str!("hostile/places.json")).expect("a table");
    for (name, places) in table {
        let Some((_, findings)) = findings(&name, &[]) else {
            return;
        };
        let mut found: Vec<String> = findings
            .iter()
            .map(|finding| match &finding["locations"][0] {
                Value::Null => "nowhere".to_owned(),
                at => format!(
                    "{} {} {}-{}",
                    at["place"].as_str().expect("a place"),
                    at["path"].as_str().expect("a path"),
                    at["start_line"],
                    at["end_line"]
                ),
            })
            .collect();
        found.sort();
        assert_eq!(found, places, "{name}");
    }
}

#[test]
fn what_single_files_must_get() {
    let Some(shared) = shared() else { return };
    let one = |name: &str| {
        let (ran, mut all) = findings(name, &[]).expect("the shared files are there");
        assert_eq!(all.len(), 1, "{name}");
        (ran, all.remove(0))
    };
    // A byte-order mark changes nothing.
    let plain = std::fs::read(shared.join("real/trivy/fs-npm-lockfile.json")).expect("a file");
    let plain = Program::new()
        .file("a.json", &plain)
        .run(&["run", "a.json"]);
    let plain = plain.verdict().expect("a verdict");
    let (_, marked) = one("a07-utf8-bom.json");
    assert_eq!(plain["findings"][0]["fingerprint"], marked["fingerprint"]);
    // No score, no "inf", and the severity stays.
    let (_, finding) = one("a17-number-1e999.json");
    assert_eq!(
        (&finding["cvss"], &finding["severity"]),
        (&Value::Null, &"high".into())
    );
    let (_, finding) = one("b20-sarif-no-tool.sarif");
    assert_eq!(finding["sources"][0]["tool"], "unknown");
    // Only the value's hash tells the secret, not the value; without a file the report stands for it.
    let (ran, _) = one("b31-gitleaks-line-zero-empty-file.json");
    assert!(
        !ran.texts()
            .iter()
            .any(|(_, text)| text.contains("REDACTED")),
        "b31"
    );
    let (ran, finding) = one("d11-rtl-override-and-zero-width.json");
    let path = finding["locations"][0]["path"].as_str().expect("a path");
    let exact = path.contains(['\u{202e}', '\u{200b}']);
    let log = ran.evidence("results.sarif").expect("a log");
    assert!(exact && log.contains("%E2%80%AE"), "d11: {path:?}");
    let (ran, _) = one("d15-secret-in-sarif-snippet.sarif");
    for (name, text) in ran.texts() {
        assert!(
            !text.contains("dev@example.com") && !text.contains("oops"),
            "d15: {name}"
        );
    }
    // A title of two megabytes is cut in every text that people read.
    let (ran, finding) = one("d17-huge-title-2MB.json");
    assert!(
        finding["title"]
            .as_str()
            .is_some_and(|title| title.chars().count() < 400)
    );
    for (name, text) in ran.texts() {
        assert!(text.len() < 100_000, "d17: {name}: {} bytes", text.len());
    }
    let (ran, all) =
        findings("d18-many-findings-5000.json", &[]).expect("the shared files are there");
    assert_eq!(all.len(), 5000);
    let page = ran.evidence("summary.md").expect("a summary");
    assert!(
        page.len() < 1_000_000 && page.contains("more"),
        "{} bytes",
        page.len()
    );
    assert!(ran.stderr.contains("10 annotations"), "{}", ran.stderr);
    assert!(ran.stderr.contains("beyond the number"), "{}", ran.stderr);
    let (_, finding) = one("f07-same-finding-trivy-and-grype.json");
    assert_eq!(finding["rule"], "CVE-2099-0001");
    assert_eq!(finding["aliases"][0], "GHSA-xxxx-yyyy-zzzz");
    // Suppressions from inside the file are shown and counted; whether they excuse is a setting.
    let (ran, _) = findings("g03-suppress-all-from-inside.sarif", &[]).expect("it is there");
    let page = ran.evidence("summary.md").expect("a summary");
    assert!(
        ran.code == 0 && page.contains("<b>Excused</b>: 2 findings"),
        "{page}"
    );
    let ignore = ["--scanner-suppressions", "ignore", "--fail-on", "high"];
    let (ran, _) = findings("g03-suppress-all-from-inside.sarif", &ignore).expect("it is there");
    assert_eq!(ran.code, 1);
    // A driver's name is data: it gives no file the standing of another.
    let (ran, _) =
        findings("c09-sarif-claiming-to-be-trivy-with-no-results.sarif", &[]).expect("it is there");
    let verdict = ran.verdict().expect("a verdict");
    assert_eq!(verdict["inputs"][0]["format"], "sarif-2.1");
}

/// The prefix says more than the name of a file, and the content more than both.
#[test]
fn prefixes_on_hostile_files() {
    let Some(shared) = shared() else { return };
    for (prefix, name, exit) in [
        ("gitleaks", "b01-null-document.json", 0),
        ("trivy", "b01-null-document.json", 0),
        ("sarif", "b01-null-document.json", 2),
        ("gitleaks", "b03-empty-object.json", 2),
        ("trivy", "b03-empty-object.json", 2),
        ("gitleaks", "a01-empty-file.json", 2),
        ("trivy", "c04-config-says-trivy-but-is-grype.json", 2),
        ("trivy", "c01-gitleaks-report-named-trivy.json", 2),
        // Its driver is Gitleaks.
        ("gitleaks", "c03-sarif-named-gitleaks.json", 1),
        ("trivy", "c03-sarif-named-gitleaks.json", 2),
    ] {
        let bytes = std::fs::read(shared.join("hostile").join(name)).expect("a file");
        let ran = Program::new()
            .file("x.json", &bytes)
            .run(&["run", &format!("{prefix}=x.json")]);
        assert_eq!(ran.code, exit, "{prefix}={name}: {:.1000}", ran.stdout);
        check_agreement(&ran, name);
    }
}

/// What stands in files outside the workspace has no part in anything.
#[test]
fn nothing_outside_is_read() {
    let result = |uri: &str| {
        format!(
            r#"{{"ruleId":"R1","message":{{"text":"m"}},"locations":[{{"physicalLocation":{{"artifactLocation":{{"uri":"{uri}"}},"region":{{"startLine":1}}}}}}]}}"#
        )
    };
    let results = [
        "../canary.txt",
        "src/../../canary.txt",
        "..%2Fcanary.txt",
        "link.txt",
        "./link.txt",
        "src/%2e%2e/%2e%2e/canary.txt",
        "link/canary.txt",
    ]
    .map(result)
    .join(",");
    let log = format!(
        r#"{{"version":"2.1.0","runs":[{{"tool":{{"driver":{{"name":"T"}}}},"results":[{results}]}}]}}"#
    );
    let run = |content: &str| {
        let program = Program::new();
        let work = program.workspace();
        std::fs::write(work.join("../canary.txt"), content).expect("a canary");
        std::os::unix::fs::symlink("../canary.txt", work.join("link.txt")).expect("a link");
        std::os::unix::fs::symlink("..", work.join("link")).expect("a link");
        let ran = program
            .file("a.sarif", log.as_bytes())
            .run(&["run", "a.sarif"]);
        check_texts(&ran, &[content.trim().to_owned()], "canary");
        let files = ["results.sarif", "upload.sarif", "summary.md"];
        files.map(|name| ran.evidence(name).expect("evidence"))
    };
    assert_eq!(run("canary-one-7f3a\n"), run("canary-two-91c2\n  more\n"));
}

/// Every value of a member `Secret` in a JSON document.
fn secrets_in(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(entries) => entries.iter().for_each(|entry| secrets_in(entry, found)),
        Value::Object(members) => {
            for (name, member) in members {
                match member.as_str() {
                    Some(text) if name == "Secret" || name == "offender" => {
                        found.insert(text.to_owned());
                    }
                    _ => secrets_in(member, found),
                }
            }
        }
        _ => {}
    }
}

fn run_all(folder: &Path, actions: bool, what: &str) -> Ran {
    let mut program = Program::new();
    let mut secrets = BTreeSet::new();
    for path in files_below(folder) {
        let bytes = std::fs::read(&path).expect("a file");
        if let Ok(value) = serde_json::from_slice(&bytes) {
            secrets_in(&value, &mut secrets);
        }
        let name = path
            .strip_prefix(folder)
            .expect("inside")
            .display()
            .to_string();
        program = program.file(&format!("in/{name}"), &bytes);
    }
    if actions {
        program = program.in_actions();
    }
    let ran = program.run(&["run", "in/**"]);
    check_agreement(&ran, what);
    // Short ones and blanked ones are in many texts by chance.
    let secrets: Vec<String> = secrets
        .into_iter()
        .filter(|secret| {
            secret.len() >= 12 && !secret.contains("REDACTED") && !secret.contains("***")
        })
        .collect();
    assert!(
        what == "clean" || !secrets.is_empty(),
        "{what}: no secret to look for"
    );
    check_texts(&ran, &secrets, what);
    ran
}

#[test]
fn recorded_reports_at_once() {
    let Some(shared) = shared() else { return };
    for actions in [false, true] {
        let ran = run_all(&shared.join("real"), actions, "real");
        assert_eq!(ran.code, 1, "{:.3000}", ran.stdout);
        let verdict = ran.verdict().expect("a verdict");
        assert_eq!(verdict["complete"], false);
    }
}

#[test]
fn hostile_files_at_once() {
    let Some(shared) = shared() else { return };
    for actions in [false, true] {
        let ran = run_all(&shared.join("hostile"), actions, "hostile");
        assert_eq!(ran.code, 1, "{:.3000}", ran.stdout);
    }
}

#[test]
fn examples_at_once() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    for actions in [false, true] {
        for (folder, code) in [("vulnerable", 1), ("clean", 0)] {
            let ran = run_all(&examples.join(folder), actions, folder);
            assert_eq!(ran.code, code, "{folder}\n{:.3000}", ran.stdout);
        }
    }
}
