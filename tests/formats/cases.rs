//! `tests/formats/FORMAT/CASE/report.*` with `provenance.toml`: dropping a folder there is a test. What the reader makes
//! of the report stands beside it in `expected.json`; `UPDATE=1` rewrites it.

use std::path::Path;

use serde_json::{Value, json};

use sarif_gate::formats::{Hint, Secrets};
use sarif_gate::model::{Finding, Report};

use super::{case_folders, check_promises, load, problem, read_case, report_of};

/// Cases that are not complete, because their scanner says so. Everything else must be.
const NOT_COMPLETE: &[(&str, &str)] = &[
    ("bandit/broken", "partial"),
    ("checkov/broken", "partial"),
    ("checkov/broken-quiet", "partial"),
    ("checkov/contradiction", "unusable"),
    ("checkov/only-broken", "partial"),
    ("checkov/unparsed", "partial"),
    ("checkov/unparsed-quiet", "partial"),
    ("checkstyle/eslint-broken", "partial"),
    ("checkstyle/hadolint-broken", "partial"),
    ("checkstyle/not-parsed", "partial"),
    ("checkstyle/stylelint-broken", "partial"),
    ("conftest/no-policy", "partial"),
    ("conftest/no-rules", "partial"),
    ("conftest/other-namespace", "partial"),
    ("cosign/attestations-lines", "unusable"),
    ("cosign/only-attested", "unusable"),
    ("dependency-check/analysis-error", "partial"),
    ("eslint/broken", "partial"),
    ("falco/bad-lines", "partial"),
    ("falco/events-dropped", "partial"),
    ("findings/unanalysed", "partial"),
    ("ggshield/iac-failed", "unusable"),
    ("ggshield/image-with-errors", "partial"),
    ("ggshield/sca-nothing-scanned", "unusable"),
    ("gitlab/failed", "unusable"),
    ("govulncheck/broken-database", "unusable"),
    ("govulncheck/broken-off", "unusable"),
    ("govulncheck/does-not-build", "unusable"),
    ("hadolint/broken", "partial"),
    ("infracost/project-failed", "partial"),
    ("junit/failures-not-listed", "unusable"),
    ("junit/no-tests", "partial"),
    ("junit/pytest-nothing", "partial"),
    ("kubescape/cluster-first-results", "partial"),
    ("kubescape/contradiction", "unusable"),
    ("mypy/broken", "partial"),
    ("npm-audit/no-lock", "unusable"),
    ("npm-audit/no-lock-file", "unusable"),
    ("npm-audit/refused", "unusable"),
    ("npm-audit/registry-down", "unusable"),
    ("opa/eval-conflict", "unusable"),
    ("opa/eval-errors", "unusable"),
    ("opa/eval-rego-error", "unusable"),
    ("opa/eval-two-queries", "unusable"),
    ("opa/eval-unclear", "unusable"),
    ("opa/exec-conflict", "unusable"),
    ("opa/exec-undefined", "unusable"),
    ("opa/exec-undefined-decision", "unusable"),
    ("opa/exec-unreadable-input", "unusable"),
    ("opa/opa-eval-undefined", "unusable"),
    ("pip-audit/skipped", "partial"),
    ("ruff/broken", "partial"),
    ("ruff/broken-old", "partial"),
    ("sarif/failed-run", "unusable"),
    ("sarif/no-results", "unusable"),
    ("semgrep/broken", "partial"),
    ("semgrep/half-config", "unusable"),
    ("semgrep/in-part", "partial"),
    ("semgrep/no-config", "unusable"),
    ("semgrep/not-scanned", "unusable"),
    ("snyk/all-projects-one-failed", "partial"),
    ("snyk/failed", "unusable"),
    ("sonarqube/issues-first-page", "partial"),
    ("trivy/k8s-report", "partial"),
    ("trivy/k8s-report-old", "partial"),
];

fn line_of(finding: &Finding) -> Value {
    let place = finding.locations.first();
    let mut line = json!({
        "kind": finding.kind.word(),
        "severity": finding.severity.word(),
        "rule": &*finding.rule,
    });
    let mut add = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            line[key] = value;
        }
    };
    add("path", place.map(|place| json!(&*place.path)));
    add(
        "line",
        place
            .and_then(|place| place.start_line)
            .map(|line| json!(line)),
    );
    add(
        "resource",
        finding.resource.as_deref().map(|resource| json!(resource)),
    );
    add(
        "target",
        finding.target.as_deref().map(|target| json!(target)),
    );
    add(
        "package",
        finding.package.as_ref().map(|package| {
            let version = package.version.as_deref().unwrap_or_default();
            let name = format!("{} {version}", package.name);
            json!(format!("{} fix={:?}", name.trim_end(), package.fix))
        }),
    );
    let aliases: Vec<&str> = finding.aliases.iter().map(|alias| &**alias).collect();
    add("aliases", (!aliases.is_empty()).then(|| json!(aliases)));
    add(
        "suppressed",
        finding.suppression.as_ref().map(|s| json!(&*s.status)),
    );
    line
}

/// One line per finding, so that a change shows as a change.
fn snapshot(report: &Report) -> String {
    let entries = &report.entries;
    let run = report.runs.first();
    let mut head = json!({
        "document": report.format,
        "tools": report.runs.iter().map(|run| &*run.tool).collect::<Vec<_>>(),
        "version": run.and_then(|run| run.version.as_deref()),
        "status": report.status.word(),
        "target": report.target.as_deref(),
        "findings": entries.findings,
        "suppressed": entries.suppressed,
        "not_findings": entries.not_findings,
        "repairs": report.repairs,
    });
    let measures = report.measures.iter().map(|measure| {
        let value = measure.value.map(|value| value.to_string());
        json!([measure.of.words(), value, &*measure.unit, &*measure.basis])
    });
    let signatures = report.signatures.iter();
    let signatures = signatures.map(|one| json!([&*one.image, &*one.digest]));
    for (key, list) in [
        ("measures", measures.collect::<Vec<Value>>()),
        ("signatures", signatures.collect()),
    ] {
        if !list.is_empty() {
            head[key] = list.into();
        }
    }
    let mut text = format!("[\n  {head}");
    for finding in &report.findings {
        text.push_str(&format!(",\n  {}", line_of(finding)));
    }
    text.push_str("\n]\n");
    text
}

#[test]
fn every_case_reads_as_expected() {
    let update = std::env::var_os("UPDATE").is_some();
    let cases = case_folders();
    assert!(!cases.is_empty(), "no cases");
    let mut wrong = Vec::new();
    for case in &cases {
        let report = read_case(case);
        let name = name_of(case);
        check_promises(&report, &name);
        let wanted = NOT_COMPLETE.iter().find(|(known, _)| *known == name);
        let wanted = wanted.map_or("complete", |(_, word)| word);
        if report.status.word() != wanted {
            wrong.push(format!(
                "{name}: {} ({})",
                report.status.word(),
                problem(&report)
            ));
            continue;
        }
        let file = case.join("expected.json");
        let now = snapshot(&report);
        if update {
            std::fs::write(&file, &now).expect("written");
        } else if std::fs::read_to_string(&file).unwrap_or_default() != now {
            wrong.push(format!(
                "{name}: expected.json differs; UPDATE=1 rewrites it; now:\n{now}"
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
}

#[test]
fn no_secret_of_a_case_is_in_its_report() {
    for case in case_folders()
        .iter()
        .filter(|case| name_of(case).starts_with("gitleaks/"))
    {
        check_secrets_gone(&load(&report_of(case)), &name_of(case));
    }
}

/// `trivy/image`
pub(super) fn name_of(case: &Path) -> String {
    let parts: Vec<String> = case
        .iter()
        .rev()
        .take(2)
        .map(|part| part.to_string_lossy().into_owned())
        .collect();
    format!("{}/{}", parts[1], parts[0])
}

/// No value that a Gitleaks report lists, and no line of it, is in the report that we make of it.
pub(super) fn check_secrets_gone(bytes: &[u8], name: &str) {
    let document: Value = serde_json::from_slice(bytes).expect(name);
    let mut secrets = Secrets::new(None);
    let report = sarif_gate::formats::read(&mut &*bytes, Hint::default(), &mut secrets);
    let printed = format!("{report:?}");
    for leak in document.as_array().into_iter().flatten() {
        let value = leak["Secret"]
            .as_str()
            .or(leak["offender"].as_str())
            .expect(name);
        let visible = value.trim_end_matches('.');
        let lines = visible
            .lines()
            .map(str::trim)
            .filter(|line| line.len() >= 16);
        for part in std::iter::once(visible).chain(lines) {
            if part.len() >= 8 && part != "REDACTED" && !part.contains("***") {
                assert!(!printed.contains(part), "{name} shows {part}");
            }
        }
        // Personal data is not kept either.
        for key in ["Author", "Email", "author", "email"] {
            let person = leak[key].as_str().unwrap_or_default();
            assert!(
                person.len() < 5 || person == "****" || !printed.contains(person),
                "{name}"
            );
        }
    }
}
