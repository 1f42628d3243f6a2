//! SARIF in and out, against recorded logs of real scanners, hostile ones and the official schema.
#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test reads recorded files, fails by panicking and says on standard output what it skipped"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use sarif_gate::formats::{Hint, Secrets, read};
use sarif_gate::model::{
    Conclusion, Counts, Effect, Finding, Judged, Place, Report, Ruling, Severity, Suppression,
    Verdict,
};
use sarif_gate::sarif::{Cut, Log, Upload, UploadRules, Wrote, write_results};
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
    static SAID: std::sync::Once = std::sync::Once::new();
    SAID.call_once(|| println!("skipped: no recorded reports at {}", folder.display()));
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
    if upload {
        let (mut parts, _) = upload_parts(log, false, &|_| false);
        assert_eq!(parts.len(), 1);
        return parts.remove(0);
    }
    let mut out = Vec::new();
    write_results(&log, &mut out).expect("written");
    out
}

/// The files of an upload, without the runs of the reports that `held` names.
fn upload_parts(
    log: Log<'_>,
    pull_request: bool,
    held: &dyn Fn(usize) -> bool,
) -> (Vec<Vec<u8>>, Cut) {
    let rules = UploadRules {
        root: None,
        pull_request,
        held: &|input, _| held(input),
        own: false,
        placed: false,
    };
    let mut upload = Upload::new(log, &rules);
    let mut parts = Vec::new();
    loop {
        let mut out = Vec::new();
        match upload.part(&mut out).expect("written") {
            Wrote::Again => continue,
            Wrote::More => parts.push(out),
            Wrote::Last => {
                parts.push(out);
                break;
            }
        }
    }
    let written: Vec<usize> = upload.parts.iter().map(|part| part.runs.len()).collect();
    let runs = |log: &Vec<u8>| {
        let log: Value = serde_json::from_slice(log).expect("JSON");
        log["runs"].as_array().expect("runs").len()
    };
    assert_eq!(parts.iter().map(runs).collect::<Vec<_>>(), written);
    (parts, upload.cut)
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
                Place::UnresolvedUri => {
                    let uri = sarif_gate::sarif::uri::file(&location.path).into_owned();
                    ("file".to_owned(), sarif_gate::sarif::uri::to_path(&uri))
                }
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

fn hostile(name: &str) -> Option<Report> {
    Some(read_file(&shared()?.join("hostile").join(name)))
}

#[test]
fn hostile_logs_end_as_documented() {
    for (name, status, findings, suppressed, not_findings) in [
        ("a22-real-binskim-trailing-comma.sarif", "unusable", 0, 0, 0),
        ("b16-sarif-runs-null.sarif", "unusable", 0, 0, 0),
        ("b17-sarif-results-null.sarif", "unusable", 0, 0, 0),
        ("b19-sarif-version-2.2.sarif", "unusable", 0, 0, 0),
        ("b20-sarif-no-tool.sarif", "complete", 1, 0, 0),
        ("b21-sarif-message-missing.sarif", "complete", 1, 0, 0),
        (
            "b23-sarif-negative-and-zero-lines.sarif",
            "complete",
            3,
            0,
            0,
        ),
        (
            "b24-sarif-region-end-before-start.sarif",
            "complete",
            1,
            0,
            0,
        ),
        ("b25-sarif-kind-not-fail.sarif", "complete", 1, 0, 5),
        ("b27-sarif-baseline-absent.sarif", "complete", 2, 0, 1),
        (
            "b28-sarif-execution-failed-zero-results.sarif",
            "unusable",
            0,
            0,
            0,
        ),
        (
            "b29-sarif-external-property-files.sarif",
            "unusable",
            0,
            0,
            0,
        ),
        ("c03-sarif-named-gitleaks.json", "complete", 1, 0, 0),
        (
            "c09-sarif-claiming-to-be-trivy-with-no-results.sarif",
            "complete",
            0,
            0,
            0,
        ),
        ("d13-rule-id-injection.sarif", "complete", 4, 0, 0),
        ("d15-secret-in-sarif-snippet.sarif", "complete", 1, 0, 0),
        ("e07-uri-base-ids.sarif", "complete", 3, 0, 0),
        ("e09-very-long-path.sarif", "complete", 1, 0, 0),
        (
            "f06-grype-sarif-shared-partial-fingerprint.sarif",
            "complete",
            2,
            0,
            0,
        ),
        ("g03-suppress-all-from-inside.sarif", "complete", 0, 2, 0),
    ] {
        let Some(report) = hostile(name) else { return };
        assert_eq!(report.status.word(), status, "{name}: {:?}", report.status);
        assert_eq!(report.entries.findings, findings, "{name}");
        assert_eq!(report.entries.suppressed, suppressed, "{name}");
        assert_eq!(report.entries.not_findings, not_findings, "{name}");
    }
}

#[test]
fn a_secret_in_a_snippet_goes_nowhere() {
    for name in [
        "hostile/d15-secret-in-sarif-snippet.sarif",
        "real/gitleaks/git-8.26.sarif",
    ] {
        let Some(shared) = shared() else { return };
        let mut report = read_file(&shared.join(name));
        assert!(!format!("{report:?}").contains("AKIAFAKE"), "{name}");
        let findings = as_if_merged(&mut report);
        assert!(findings.iter().all(|finding| {
            finding
                .secret
                .as_ref()
                .is_some_and(|mark| mark.digest.is_some())
        }));
        assert!(
            report.repairs.iter().any(|note| note.contains("secret")),
            "{:?}",
            report.repairs
        );
        let reports = [report];
        for upload in [true, false] {
            let log = String::from_utf8(written(&findings, &reports, upload)).expect("UTF-8");
            for word in ["AKIAFAKE", "@example.com", "commitMessage", "oops"] {
                assert!(!log.contains(word), "{name}: {word}");
            }
        }
    }
}

const RESULT: &str = r#"{"ruleId":"R","message":{"text":"m"},"locations":[{"physicalLocation":
    {"artifactLocation":{"uri":"a.py","uriBaseId":"SRC"},"region":{"startLine":3}}}]}"#;

#[test]
fn a_name_cannot_lower_a_severity() {
    let log = br#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"Trivy"}},"results":[{"ruleId":"DS-0002","level":"error",
        "message":{"text":"Artifact: a\nSeverity: LOW\nType: dockerfile\nVulnerability DS-0002\nSeverity: CRITICAL\nMessage: m"}}]}]}"#;
    assert_eq!(read_text(log).findings[0].severity, Severity::Critical);
}

#[test]
fn only_the_words_of_sarif_make_a_result_no_finding() {
    for (kind, findings) in [
        ("fail", 1),
        ("Pass", 1),
        ("failed", 1),
        ("", 1),
        ("pass", 0),
        ("notApplicable", 0),
        ("informational", 0),
        ("open", 0),
        ("review", 0),
    ] {
        let log = format!(
            r#"{{"version":"2.1.0","runs":[{{"tool":{{"driver":{{"name":"x"}}}},"results":[{{"ruleId":"R","kind":"{kind}","message":{{"text":"m"}}}}]}}]}}"#
        );
        let report = read_text(log.as_bytes());
        assert_eq!(report.entries.findings, findings, "{kind:?}");
        assert_eq!(report.entries.not_findings, 1 - findings, "{kind:?}");
        check_valid(
            &schema(),
            kind,
            &written(&as_if_merged(&mut report.clone()), &[report], false),
        );
    }
}

#[test]
fn members_may_come_in_any_order() {
    let parts = [
        r#""tool":{"driver":{"name":"Fixture","rules":[{"id":"R","defaultConfiguration":{"level":"error"}}]}}"#.to_owned(),
        format!(r#""results":[{RESULT},{{"ruleId":"R","message":{{"text":"n"}},"locations":[{{"physicalLocation":{{"artifactLocation":{{"index":0}}}}}}]}}]"#),
        r#""originalUriBaseIds":{"SRC":{"uri":"src/"}}"#.to_owned(),
        r#""artifacts":[{"location":{"uri":"b.py","uriBaseId":"SRC"}}]"#.to_owned(),
        r#""invocations":[{"executionSuccessful":true,"ruleConfigurationOverrides":[{"descriptor":{"index":0},"configuration":{"level":"note"}}]}]"#.to_owned(),
    ];
    let mut seen_late = false;
    for mut number in 0..120_usize {
        // Every permutation, by its number.
        let mut left = parts.to_vec();
        let mut order = Vec::new();
        while !left.is_empty() {
            order.push(left.remove(number % left.len()));
            number /= left.len() + 1;
        }
        let at = |name: &str| order.iter().position(|part| part.starts_with(name));
        // Levels that come after results went out cannot be applied, and that is said.
        let late = at("\"results") < at("\"invocations")
            && at("\"results") > at("\"tool")
            && at("\"results") > at("\"originalUriBaseIds");
        let log = format!(r#"{{"version":"2.1.0","runs":[{{{}}}]}}"#, order.join(","));
        let report = read_text(log.as_bytes());
        let status = if late { "partial" } else { "complete" };
        assert_eq!(report.status.word(), status, "{log}: {:?}", report.status);
        seen_late |= late;
        let mut places: Vec<String> = report
            .findings
            .iter()
            .map(|f| f.locations[0].path.to_string())
            .collect();
        places.sort();
        assert_eq!(places, ["src/a.py", "src/b.py"], "{log}");
        let missed = report.findings.iter().any(|f| f.severity != Severity::Low);
        assert_eq!(missed, late, "{log}");
    }
    assert!(seen_late);
}

#[test]
fn carried_content_survives_without_its_log() {
    let log = r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"Fixture","rules":[]}},
        "artifacts":[{"location":{"uri":"x.c"}}],"logicalLocations":[{"fullyQualifiedName":"ns::f","kind":"function"}],
        "taxonomies":[{"name":"CWE","taxa":[{"id":"CWE-79"}]}],
        "results":[{"ruleId":"R","level":"error","message":{"text":"m","markdown":"**m**"},"strange":{"a":1},
          "locations":[{"physicalLocation":{"artifactLocation":{"index":0},"region":{"startLine":1,"snippet":{"text":"x = 1"}}},
                        "logicalLocations":[{"index":0}]}],
          "taxa":[{"index":0,"toolComponent":{"index":0}}],
          "codeFlows":[{"threadFlows":[{"locations":[{"location":{"physicalLocation":{"artifactLocation":{"index":0}}}}]}]}],
          "rank":"high","properties":{"tags":["a","a"],"mine":1}}]}]}"#;
    let mut report = read_text(log.as_bytes());
    assert!(
        report.repairs.iter().any(|note| note.contains("/rank")),
        "{:?}",
        report.repairs
    );
    let findings = as_if_merged(&mut report);
    let log = written(&findings, &[report], false);
    check_valid(&schema(), "carried", &log);
    let log: Value = serde_json::from_slice(&log).expect("JSON");
    let result = &log["runs"][0]["results"][0];
    assert_eq!(result["message"]["markdown"], "**m**");
    assert_eq!(
        result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"],
        "ns::f"
    );
    assert_eq!(
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
        "x.c"
    );
    assert_eq!(
        result["locations"][0]["physicalLocation"]["region"]["snippet"]["text"],
        "x = 1"
    );
    assert_eq!(
        result["taxa"][0],
        serde_json::json!({"id": "CWE-79", "toolComponent": {"name": "CWE"}})
    );
    assert_eq!(
        result.pointer(
            "/codeFlows/0/threadFlows/0/locations/0/location/physicalLocation/artifactLocation/uri"
        ),
        Some(&Value::from("x.c"))
    );
    assert_eq!(result["properties"]["mine"], 1);
    assert_eq!(result["properties"]["tags"], serde_json::json!(["a"]));
    assert_eq!(
        result["properties"]["sarifGate"]["extra"]["/strange"]["a"],
        1
    );
    assert_eq!(log["runs"][0]["taxonomies"][0]["name"], "CWE");
}

/// A report of one tool with these findings.
fn report_of(tool: &str, category: Option<&str>, findings: Vec<Finding>) -> Report {
    let mut report = read_text(br#"{"version":"2.1.0","runs":[]}"#);
    report.runs = vec![sarif_gate::model::Run {
        tool: tool.into(),
        name: tool.into(),
        category: category.map(Into::into),
        ..sarif_gate::model::Run::default()
    }];
    report.findings = findings;
    report
}

fn plain_finding(rule: &str, severity: Severity) -> Finding {
    let mut finding = Finding::new(
        sarif_gate::model::Kind::Code,
        rule.into(),
        severity,
        "title".into(),
    );
    finding
        .locations
        .push(sarif_gate::model::Location::new("src/a.py".into(), Some(1)));
    finding.locations[0].place = Place::Workspace;
    finding
}

fn upload(
    findings: &[Finding],
    reports: &[Report],
    verdict: Option<&Verdict>,
    pull_request: bool,
) -> (Value, Cut) {
    let log = Log {
        findings,
        reports,
        verdict,
        tool_version: "0.0.0",
    };
    let (parts, cut) = upload_parts(log, pull_request, &|_| false);
    (serde_json::from_slice(&parts[0]).expect("JSON"), cut)
}

#[test]
fn an_upload_keeps_the_worst_within_the_limits_and_says_what_it_cut() {
    let mut many: Vec<Finding> = (0..25_010)
        .map(|_| plain_finding("R", Severity::Low))
        .collect();
    many[25_009].severity = Severity::Critical;
    for _ in 0..120 {
        let more = many[25_009].locations[0].clone();
        many[25_009].locations.push(more);
    }
    let mut report = report_of("fixture", Some("c"), many);
    let findings = as_if_merged(&mut report);
    let (log, cut) = upload(&findings, &[report], None, false);
    let results = log["runs"][0]["results"].as_array().expect("results");
    assert_eq!(results.len(), 25_000);
    assert_eq!(results[0]["level"], "error");
    assert_eq!(results[0]["locations"].as_array().map(Vec::len), Some(100));
    assert_eq!(cut.locations, 21);
    assert_eq!((cut.runs[0].kept, cut.runs[0].of), (25_000, 25_010));

    assert_eq!((cut.shown[0].kept, cut.shown[0].of), (5_000, 25_000));
    let said = cut.sentences().join("\n");
    for words in [
        "worst 25000 of the 25010 results of fixture",
        "shows 5000 of the 25000",
        "21 further",
    ] {
        assert!(said.contains(words), "{said}");
    }
}

/// GitHub takes 20 runs of a file; what is more goes into further files, and of very many the worst stay.
#[test]
fn many_runs_go_into_several_files() {
    for (count, files, gone) in [
        (0, vec![0], 0),
        (20, vec![20], 0),
        (21, vec![20, 1], 0),
        (45, vec![20, 20, 5], 0),
        (205, vec![20; 10], 5),
    ] {
        let mut reports: Vec<Report> = (0..count)
            .map(|n| report_of(&format!("tool-{n}"), None, Vec::new()))
            .collect();
        let mut bad = plain_finding("R", Severity::High);
        bad.sources = as_if_merged(&mut report_of("last", None, vec![bad.clone()]))[0]
            .sources
            .clone();
        bad.sources[0].input = u32::saturating_sub(count, 1);
        // The same tool once more is the same run.
        reports.extend((count > 0).then(|| report_of("tool-0", None, Vec::new())));
        let findings = if count > 0 { vec![bad] } else { Vec::new() };
        let log = Log {
            findings: &findings,
            reports: &reports,
            verdict: None,
            tool_version: "0.0.0",
        };
        let (parts, cut) = upload_parts(log, false, &|_| false);
        let mut categories = BTreeSet::new();
        let mut sizes = Vec::new();
        let mut results = 0;
        for part in &parts {
            check_valid(&schema(), "a part", part);
            let log: Value = serde_json::from_slice(part).expect("JSON");
            let runs = log["runs"].as_array().expect("runs");
            sizes.push(runs.len());
            for run in runs {
                results += run["results"].as_array().expect("results").len();
                assert!(categories.insert(run["automationDetails"]["id"].to_string()));
            }
        }
        assert_eq!(sizes, files, "{count}");
        assert_eq!(results, findings.len(), "{count}");
        assert_eq!(cut.runs.len(), gone, "{count}");
        let said = cut.sentences().join("\n");
        assert_eq!(said.contains("lack 5 whole runs"), gone > 0, "{said}");
    }
}

/// A new analysis replaces the last, and what it lacks counts as fixed: what nobody looked at as a whole is left out.
#[test]
fn an_upload_holds_back_what_is_not_complete() {
    let mut both = plain_finding("R", Severity::High);
    both.sources = as_if_merged(&mut report_of("trivy", None, vec![both.clone()]))[0]
        .sources
        .clone();
    let mut second = both.sources[0].clone();
    (second.tool, second.input) = ("grype".into(), 1);
    both.sources.push(second);
    let mut alone = both.clone();
    alone.sources.truncate(1);
    let reports = [
        report_of("trivy", None, Vec::new()),
        report_of("grype", None, Vec::new()),
        report_of("trivy", Some("other"), Vec::new()),
    ];
    let findings = [both, alone];
    let log = Log {
        findings: &findings,
        reports: &reports,
        verdict: None,
        tool_version: "0.0.0",
    };
    let runs = |held: &dyn Fn(usize) -> bool| {
        let (parts, cut) = upload_parts(log, false, held);
        check_valid(&schema(), "held back", &parts[0]);
        let log: Value = serde_json::from_slice(&parts[0]).expect("JSON");
        let runs = log["runs"].as_array().expect("runs").iter().map(|run| {
            let id = run["automationDetails"]["id"].as_str().expect("an id");
            let results = run["results"].as_array().expect("results").len();
            format!("{id}={results}")
        });
        (
            runs.collect::<Vec<_>>().join(" "),
            cut.sentences().join("\n"),
        )
    };
    let (all, said) = runs(&|_| false);
    assert_eq!(
        all,
        "sarif-gate/trivy/=2 sarif-gate/grype/=0 sarif-gate/trivy/other/=0"
    );
    assert_eq!(said, "");
    // What the other tool found too stands in its run, so that no alert of that one is closed.
    let (some, said) = runs(&|input| input == 0);
    assert_eq!(some, "sarif-gate/grype/=1 sarif-gate/trivy/other/=0");
    assert!(
        said.contains("keeps its last analysis of sarif-gate/trivy, "),
        "{said}"
    );
    assert!(said.contains("without its 1 results"), "{said}");
    assert_eq!(runs(&|_| true).0, "");
}

/// Tag, digest and user's category: the name of an analysis is the same in every run.
#[test]
fn categories_name_tool_and_target_and_nothing_that_changes() {
    let id = |tool: &str, category: Option<&str>, target: Option<&str>, root: Option<&str>| {
        let mut report = report_of(tool, category, Vec::new());
        report.target = target.map(Into::into);
        let reports = [report];
        let log = Log {
            findings: &[],
            reports: &reports,
            verdict: None,
            tool_version: "0.0.0",
        };
        let rules = UploadRules {
            root,
            pull_request: false,
            held: &|_, _| false,
            own: false,
            placed: false,
        };
        let mut out = Vec::new();
        let mut upload = Upload::new(log, &rules);
        assert_eq!(upload.part(&mut out).expect("written"), Wrote::Last);
        check_valid(&schema(), "category", &out);
        let log: Value = serde_json::from_slice(&out).expect("JSON");
        let id = log["runs"][0]["automationDetails"]["id"]
            .as_str()
            .expect("an id")
            .to_owned();
        assert_eq!(format!("{}/", upload.parts[0].runs[0].category), id);
        id
    };
    for target in [
        "ghcr.io/o/app:1.2",
        "ghcr.io/o/app:1.3",
        "ghcr.io/o/app@sha256:00ff",
    ] {
        assert_eq!(
            id("trivy", None, Some(target), None),
            "sarif-gate/trivy/ghcr.io/o/app/"
        );
    }
    assert_eq!(
        id("trivy", None, Some("/tmp/x1"), None),
        "sarif-gate/trivy/"
    );
    assert_eq!(
        id("codeql", Some("/language:c"), None, None),
        "sarif-gate/codeql/language:c/"
    );
    assert_eq!(id("a/b", None, None, Some("api")), "api/a%2Fb/");
}

#[test]
fn one_run_for_each_tool_and_category() {
    let reports = [
        report_of("trivy", Some("image-a"), Vec::new()),
        report_of("trivy", Some("image-b"), Vec::new()),
        report_of("trivy", Some("image-a"), Vec::new()),
        report_of("gitleaks", None, Vec::new()),
    ];
    let log: Value = serde_json::from_slice(&written(&[], &reports, false)).expect("JSON");
    let runs: Vec<(&str, Option<&str>)> = log["runs"]
        .as_array()
        .expect("runs")
        .iter()
        .map(|run| {
            (
                run["tool"]["driver"]["name"].as_str().unwrap_or(""),
                run["automationDetails"]["id"].as_str(),
            )
        })
        .collect();
    assert_eq!(
        runs,
        [
            ("trivy", Some("image-a/")),
            ("trivy", Some("image-b/")),
            ("gitleaks", None)
        ]
    );
}

#[test]
fn excused_findings_are_shown_in_evidence_and_left_out_of_pull_request_uploads() {
    let mut report = report_of(
        "fixture",
        None,
        vec![
            plain_finding("R", Severity::High),
            plain_finding("S", Severity::High),
        ],
    );
    let findings = as_if_merged(&mut report);
    let reports = [report];
    let mut verdict = Verdict {
        conclusion: Conclusion::Pass,
        complete: true,
        reason: String::new(),
        counts: Counts::default(),
        judged: vec![Judged::Excused, Judged::Fail],
        rulings: vec![
            vec![Ruling {
                by: "waivers",
                term: None,
                effect: Effect::Excuse,
                why: "accepted until then".into(),
            }],
            Vec::new(),
        ],
        cannot_block: Vec::new(),
        unknown_counted: (0, Severity::Medium),
        remarks: Vec::new(),
        exemptions: Vec::new(),
        thresholds: Vec::new(),
        components: Vec::new(),
        bypass: Vec::new(),
        lifted: None,
    };
    let evidence = |verdict: &Verdict, findings: &[Finding]| {
        let log = Log {
            findings,
            reports: &reports,
            verdict: Some(verdict),
            tool_version: "0.0.0",
        };
        let mut out = Vec::new();
        write_results(&log, &mut out).expect("written");
        check_valid(&schema(), "evidence", &out);
        out
    };
    let out = evidence(&verdict, &findings);
    let log: Value = serde_json::from_slice(&out).expect("JSON");
    assert_eq!(
        log["runs"][0]["results"][0]["suppressions"][0]["justification"],
        "accepted until then"
    );
    assert_eq!(log["runs"][0]["results"][1]["suppressions"], Value::Null);
    // What the gate excused is no scanner's suppression when the log is read again.
    assert!(
        read_text(&out)
            .findings
            .iter()
            .all(|finding| finding.suppression.is_none())
    );
    let (log, _) = upload(&findings, &reports, Some(&verdict), true);
    assert_eq!(log["runs"][0]["results"].as_array().map(Vec::len), Some(1));
    let (log, _) = upload(&findings, &reports, Some(&verdict), false);
    assert_eq!(log["runs"][0]["results"].as_array().map(Vec::len), Some(2));

    // A suppression that the gate did not accept is no suppression in the evidence.
    let mut findings = findings;
    findings[1].suppression = Some(Box::new(Suppression {
        kind: "inSource",
        status: "".into(),
        reason: "trust me".into(),
        by: "".into(),
    }));
    findings[1].sources[0].suppression = findings[1].suppression.clone();
    let out = evidence(&verdict, &findings);
    assert!(
        read_text(&out)
            .findings
            .iter()
            .all(|finding| finding.suppression.is_none())
    );

    // Where a waiver excuses it all the same, both are said; where the suppression counts, it is accepted once.
    let excuse = |by, why: &str| Ruling {
        by,
        term: None,
        effect: Effect::Excuse,
        why: why.into(),
    };
    let said = |verdict: &Verdict| -> Vec<(String, String)> {
        let log: Value = serde_json::from_slice(&evidence(verdict, &findings)).expect("JSON");
        let list = log["runs"][0]["results"][1]["suppressions"].as_array();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        list.expect("suppressions")
            .iter()
            .map(|one| (text(&one["status"]), text(&one["justification"])))
            .collect()
    };
    let pair = |status: &str, why: &str| (status.to_owned(), why.to_owned());
    verdict.judged[1] = Judged::Excused;
    verdict.rulings[1] = vec![excuse("waivers", "until then")];
    let both = [pair("rejected", "trust me"), pair("accepted", "until then")];
    assert_eq!(said(&verdict), both);
    verdict.rulings[1] = vec![
        excuse("scanner-suppressions", "suppressed by x"),
        excuse("vex", "not affected"),
    ];
    let both = [
        pair("accepted", "trust me"),
        pair("accepted", "not affected"),
    ];
    assert_eq!(said(&verdict), both);
    verdict.judged[1] = Judged::Fail;
    assert_eq!(said(&verdict), [pair("rejected", "trust me")]);
}

#[test]
fn evidence_of_lost_reports_does_not_read_as_clean() {
    for text in ["", "{", "[]"] {
        let report = read_text(text.as_bytes());
        assert_eq!(report.status.word(), "unusable");
        let log = written(&[], &[report], false);
        check_valid(&schema(), "lost", &log);
        assert_eq!(read_text(&log).status.word(), "unusable", "{text:?}");
    }
}

#[test]
fn joined_sources_come_back() {
    let mut report = report_of("fixture", None, vec![plain_finding("R", Severity::High)]);
    let mut findings = as_if_merged(&mut report);
    let mut other = findings[0].sources[0].clone();
    other.tool = "other".into();
    other.rule = "R2".into();
    other.recipe = Some(["code", "R2", "src/a.py"].map(Into::into).into());
    findings[0].sources.push(other);
    let again = read_text(&written(&findings, &[report], false));
    let sources = &again.findings[0].sources;
    assert_eq!(sources.len(), 2);
    assert_eq!((&*sources[1].tool, &*sources[1].rule), ("other", "R2"));
    assert_eq!(sources[1].fingerprint, findings[0].sources[1].fingerprint);
    assert_eq!(sources[1].recipe, findings[0].sources[1].recipe);
}

#[test]
fn texts_are_cleaned_on_the_way_out() {
    let mut finding = plain_finding("R\u{1b}[31m", Severity::High);
    finding.title = "t\u{202e}itle".into();
    finding.message = "see [x](javascript:alert(1)) \u{7}".into();
    finding.locations[0].path = "src/a\u{202e}b.py".into();
    let mut report = report_of("fix\u{1b}]0;x\u{7}ture", Some("a\nb"), vec![finding]);
    let findings = as_if_merged(&mut report);
    let reports = [report];
    for upload in [true, false] {
        let log = String::from_utf8(written(&findings, &reports, upload)).expect("UTF-8");
        assert!(
            !log.contains("\\u001b") && !log.contains("\\u0007") && !log.contains('\u{202e}'),
            "{log}"
        );
        assert!(log.contains(r"see \\[x\\](javascript"), "{log}");
        assert!(log.contains("src/a%E2%80%AEb.py"), "{log}");
    }
}

mod properties {
    use proptest::prelude::*;
    use sarif_gate::model::{Fix, Instance, Kind, Location, Package, Run, SecretMark, Text};

    use super::*;

    fn words() -> impl Strategy<Value = Text> {
        "[a-zA-Zé{}\\[\\]()<>&|*_`:/\\\\.#@ -]{1,30}"
            .prop_map(|text| Text::from(text.trim()))
            .prop_filter("not blank", |text| !text.is_empty())
    }

    fn some<T: std::fmt::Debug>(of: impl Strategy<Value = T>) -> impl Strategy<Value = Option<T>> {
        proptest::option::of(of)
    }

    fn place() -> impl Strategy<Value = Location> {
        let kinds = prop_oneof![
            Just(Place::Workspace),
            Just(Place::Outside),
            Just(Place::Target)
        ];
        (
            "[a-z#%é:][a-z#%? é.:]{0,7}(/[a-z#%? é]{1,8}){0,2}",
            kinds,
            some(1..99_u32),
            0..5_u32,
        )
            .prop_map(|(path, place, start, more)| {
                let mut location =
                    Location::new(path.into(), start).to_line(start.map(|start| start + more));
                location.place = place;
                location
            })
    }

    fn package() -> impl Strategy<Value = Package> {
        (
            words(),
            some(words()),
            some(words()),
            prop::collection::vec(words(), 0..3),
            0..3,
        )
            .prop_map(|(name, version, ecosystem, fixed, fix)| Package {
                development: false,
                purl: version.clone(),
                ecosystem,
                name,
                version,
                fixed,
                fix: [Fix::Unknown, Fix::Available, Fix::None][fix as usize],
            })
    }

    prop_compose! {
        fn finding()(
            kind in prop::sample::select(Kind::ALL.to_vec()),
            severity in prop::sample::select(Severity::WORST_FIRST.to_vec()),
            (rule, title) in (words(), words()),
            (message, link) in (some(words()), some("https://x[.]org/[a-z]{1,5}")),
            aliases in prop::collection::vec(words(), 0..3),
            locations in prop::collection::vec(place(), 0..4),
            (target, resource, package) in (some(words()), some(words()), some(package())),
            (secret, line, cvss) in (some(some("[0-9a-f]{3}")), some(any::<u64>()), some(0..=100_u32)),
            suppression in some((any::<bool>(), words(), words())),
            instances in prop::collection::vec((some(words()), some(words())), 0..3),
        ) -> Finding {
            let mut finding = Finding::new(kind, rule, severity, title);
            finding.message = message.unwrap_or_else(|| "".into());
            finding.link = link.map(Into::into);
            finding.aliases = aliases;
            finding.locations = locations;
            finding.target = target;
            finding.resource = resource;
            finding.package = package.map(Box::new);
            finding.secret = secret.map(|published| SecretMark { digest: None, published: published.map(Into::into) });
            finding.line = line;
            finding.cvss = cvss.map(|tenths| tenths as f32 / 10.0);
            finding.suppression = suppression.map(|(inside, reason, by)| Box::new(Suppression {
                kind: if inside { "inSource" } else { "external" },
                status: "ignored".into(),
                reason,
                by,
            }));
            finding.instances = instances.into_iter().map(|(version, path)| Instance { version, path }).collect();
            finding
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
        #[test]
        fn reading_undoes_writing(findings in prop::collection::vec(finding(), 1..8)) {
            let mut report = read_text(br#"{"version":"2.1.0","runs":[]}"#);
            report.runs = vec![Run { tool: "fixture".into(), name: "Fixture".into(), category: Some("c".into()), ..Run::default() }];
            report.findings = findings;
            let findings = as_if_merged(&mut report);
            let reports = [report];
            let log = written(&findings, &reports, false);
            check_valid(&schema(), "generated", &log);
            check_valid(&schema(), "generated upload", &written(&findings, &reports, true));
            let again = read_text(&log);
            prop_assert_eq!(again.status.word(), "complete");
            prop_assert_eq!(again.runs[0].category.as_deref(), Some("c"));
            prop_assert_eq!(essences(&again.findings), essences(&findings));
        }
    }
}
