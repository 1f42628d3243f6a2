//! SARIF in and out, against recorded logs of real scanners, hostile ones and the official schema.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sarif_gate::formats::{Hint, Secrets, read};
use sarif_gate::model::{Finding, Place, Report};
use sarif_gate::sarif::{Log, write_results, write_upload};
use serde_json::Value;

/// The folder with recorded reports, where this checkout has one beside it.
fn shared() -> Option<PathBuf> {
    let folder = std::env::var_os("SARIF_GATE_SHARED").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared")),
        PathBuf::from,
    );
    if folder.join("real").is_dir() && folder.join("hostile").is_dir() {
        return Some(folder);
    }
    println!("skipped: no recorded reports at {}", folder.display());
    None
}

fn read_text(text: &[u8]) -> Report {
    let mut bytes = text;
    read(&mut bytes, Hint::default(), &mut Secrets::new(None))
}

fn read_file(path: &Path) -> Report {
    read_text(&std::fs::read(path).expect("a readable file"))
}

fn sarif_files(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            sarif_files(&path, found);
        } else if path.extension().is_some_and(|end| end == "sarif") {
            found.push(path);
        }
    }
}

/// The status that STATUS.md and the documents themselves give; all others are complete.
fn expected_status(name: &str) -> &'static str {
    match name {
        "sarif-other/version-1.0.0.sarif"
        | "sarif-other/notifications.sarif"
        | "sarif-other/spotbugs.sarif" => "unusable",
        // `executionSuccessful: false` in the document itself.
        "eslint/bad-v10.sarif" => "unusable",
        "bandit/app-1.9.sarif" => "partial",
        // A notification of level error: a rule was not evaluated.
        "sarif-other/spec-appendix-k.sarif" => "partial",
        _ => "complete",
    }
}

#[test]
fn recorded_logs_are_counted_as_listed() {
    let Some(shared) = shared() else { return };
    let table = std::fs::read_to_string(shared.join("real/EXPECTED.tsv")).expect("EXPECTED.tsv");
    let mut seen = 0;
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [name, kind, counts, suppressed, not_findings] = columns[..] else {
            continue;
        };
        if !name.ends_with(".sarif") {
            continue;
        }
        let report = read_file(&shared.join("real").join(name));
        assert_eq!(
            report.status.word(),
            expected_status(name),
            "{name}: {:?}",
            report.status
        );
        if kind != "sarif-2.1" {
            continue;
        }
        let listed: u64 = counts
            .split(", ")
            .filter_map(|one| one.split_once('=')?.1.parse::<u64>().ok())
            .sum();
        assert_eq!(report.entries.findings, listed, "{name}");
        assert_eq!(report.entries.suppressed.to_string(), suppressed, "{name}");
        assert_eq!(
            report.entries.not_findings.to_string(),
            not_findings,
            "{name}"
        );
        seen += 1;
    }
    assert!(seen > 45, "{seen}");
}

/// The official schema, compiled once.
fn schema() -> jsonschema::Validator {
    let text = include_str!("schemas/sarif-2.1.0.json");
    let schema: Value = serde_json::from_str(text).expect("the schema");
    jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .expect("a valid schema")
}

/// What `merge` does as far as the writer needs it: sources, places, a fingerprint.
fn as_if_merged(report: &mut Report) -> Vec<Finding> {
    let mut findings = std::mem::take(&mut report.findings);
    for (index, finding) in findings.iter_mut().enumerate() {
        finding.fingerprint = sarif_gate::model::Fingerprint((index as u128 + 1).to_be_bytes());
        if finding.sources.is_empty() {
            finding.sources.push(sarif_gate::model::Source {
                tool: report.runs[finding.run as usize].tool.clone(),
                input: 0,
                run: finding.run,
                rule: finding.rule.clone(),
                severity: finding.severity,
                fingerprint: finding.fingerprint,
                suppression: finding.suppression.clone(),
                recipe: None,
            });
        }
    }
    findings
}

fn written(findings: &[Finding], reports: &[Report], upload: bool) -> Vec<u8> {
    let log = Log {
        findings,
        reports,
        verdict: None,
        tool_version: "0.0.0",
    };
    let mut out = Vec::new();
    if upload {
        write_upload(&log, false, &mut out).expect("written");
    } else {
        write_results(&log, &mut out).expect("written");
    }
    out
}

/// Everything of a finding that has to outlive writing and reading; places as decoded paths.
fn essence(finding: &Finding) -> String {
    let places: Vec<String> = finding
        .locations
        .iter()
        .map(|location| {
            let (place, path) = match location.place {
                Place::Target | Place::Outside => {
                    (format!("{:?}", location.place), location.path.to_string())
                }
                Place::UnresolvedUri => (
                    "file".to_owned(),
                    sarif_gate::sarif::uri::to_path(&location.path),
                ),
                _ => ("file".to_owned(), location.path.to_string()),
            };
            format!(
                "{place} {path} {:?} {:?} {:?} {:?} {:?}",
                location.start_line,
                location.end_line,
                location.start_column,
                location.end_column,
                location.carried
            )
        })
        .collect();
    let carried: BTreeMap<&str, &str> = finding
        .carried
        .iter()
        .flat_map(|carried| carried.members.iter().map(|(name, json)| (*name, &**json)))
        .collect();
    format!(
        "{} {} {:?} {} | {:?} | {:?} | {:?} | {places:?} | {:?} {:?} {:?} {:?} {:?} {:?} {:?} | {:?} | {carried:?}",
        finding.kind.word(),
        finding.rule,
        finding.aliases,
        finding.severity.word(),
        finding.title,
        finding.message,
        finding.link,
        finding.target,
        finding.package,
        finding.resource,
        finding.secret.as_ref().map(|mark| mark.published.clone()),
        finding.line,
        finding.cvss,
        finding.instances,
        finding.suppression,
    )
}

/// Like [`essence`], in any order.
fn essences(findings: &[Finding]) -> Vec<String> {
    let mut all: Vec<String> = findings.iter().map(essence).collect();
    all.sort();
    all
}

fn check_valid(schema: &jsonschema::Validator, name: &str, log: &[u8]) {
    let value: Value =
        serde_json::from_slice(log).unwrap_or_else(|error| panic!("{name}: {error}"));
    let errors: Vec<String> = schema
        .iter_errors(&value)
        .take(5)
        .map(|error| format!("{} at {}", error, error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{name}: {errors:#?}");
    let text = std::str::from_utf8(log).expect("UTF-8");
    serde_json::from_str::<serde_sarif::sarif::Sarif>(text)
        .unwrap_or_else(|error| panic!("{name}: {error}"));
}

#[test]
fn what_is_written_is_valid_and_reads_the_same() {
    let Some(shared) = shared() else { return };
    let schema = schema();
    let mut files = Vec::new();
    for folder in ["real", "hostile"] {
        sarif_files(&shared.join(folder), &mut files);
    }
    let keep = std::env::var_os("SARIF_GATE_KEEP").map(PathBuf::from);
    for path in files {
        let name = path
            .strip_prefix(&shared)
            .expect("inside")
            .display()
            .to_string();
        let mut report = read_file(&path);
        let findings = as_if_merged(&mut report);
        let status = report.status.word();
        let reports = [report];
        let log = written(&findings, &reports, false);
        let upload = written(&findings, &reports, true);
        if let Some(folder) = &keep {
            let flat = name.replace('/', "_");
            std::fs::write(folder.join(format!("results-{flat}")), &log).expect("kept");
            std::fs::write(folder.join(format!("upload-{flat}")), &upload).expect("kept");
        }
        check_valid(&schema, &name, &log);
        check_valid(&schema, &name, &upload);
        let mut again = read_text(&log);
        assert_eq!(again.status.word(), status, "{name}: {:?}", again.status);
        let findings_again = as_if_merged(&mut again);
        for (a, b) in essences(&findings).iter().zip(essences(&findings_again)) {
            assert_eq!(*a, b, "{name}");
        }
        assert_eq!(findings.len(), findings_again.len(), "{name}");
        // Written once more it is the same text: nothing wears off.
        let twice = written(&findings_again, &[again], false);
        let strip = |log: &[u8]| {
            let mut value: Value = serde_json::from_slice(log).expect("JSON");
            for run in value["runs"].as_array_mut().expect("runs") {
                run["properties"]["sarifGate"] = Value::Null;
                run["invocations"] = Value::Null;
            }
            value
        };
        let (first, second) = (strip(&log), strip(&twice));
        if first["runs"].as_array().map(Vec::len) == Some(1) {
            assert_eq!(first, second, "{name}");
        }
    }
}
