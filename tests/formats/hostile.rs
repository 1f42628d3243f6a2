//! Files that are broken on purpose: bytes, encodings, shapes, wrong names.

use sarif_gate::formats::{Hint, Secrets, by_id};
use sarif_gate::model::{Report, Severity, Status};

use super::{check_promises, load, problem, read, read_bare, shared};

/// Reads one hostile file without a hint.
fn hostile(name: &str) -> Option<Report> {
    let report = read_bare(&load(&shared()?.join("hostile").join(name)));
    check_promises(&report, name);
    Some(report)
}

#[test]
fn broken_bytes_are_refused_with_their_reason() {
    for (name, words) in [
        ("a01-empty-file.json", "empty file"),
        ("a02-whitespace-only.json", "empty file"),
        ("a03-truncated-mid-string.json", "truncated"),
        ("a05-trailing-garbage.json", "after the end"),
        ("a06-two-documents.json", "after the end"),
        ("a09-utf16be-no-bom.json", "not a JSON report"),
        ("a10-nul-bytes-inside.json", "line "),
        ("a11-nul-only.json", "not a JSON report"),
        ("a14-duplicate-keys.json", "duplicate field `Severity`"),
        ("a15-deep-nesting-10000.json", "nested deeper"),
        ("a19-nan-infinity-literals.json", "line 1"),
        ("a21-json5-comments-trailing-comma.json", "line 2"),
        ("a22-real-binskim-trailing-comma.sarif", "2.0.0"),
        ("a23-log-lines-before-json.json", "line 1"),
        ("a25-html-error-page.json", "a web page (HTML)"),
        ("a26-gzip-bytes.json", "gzip"),
        ("a27-latin1-crlf.json", "not UTF-8"),
        ("a29-xml-external-entity.xml", "defines entities"),
        ("b01-null-document.json", "names no tool"),
        ("b03-empty-object.json", "never a clean report"),
        ("b04-json-string.json", "not recognised"),
        ("b05-json-true.json", "not recognised"),
        (
            "b07-trivy-results-object.json",
            "at /Results: expected a list, found an object",
        ),
        (
            "b13-trivy-schema-version-99.json",
            "SchemaVersion \"99\" is not supported",
        ),
        ("c05-eslint-lookalike-list.json", "not recognised"),
        ("c07-package-json.json", "not recognised"),
        ("c08-tsconfig.json", "not recognised"),
    ] {
        let Some(report) = hostile(name) else { return };
        let said = problem(&report);
        assert!(matches!(report.status, Status::Unusable(_)), "{name}");
        assert!(said.contains(words), "{name}: {said}");
    }
}

#[test]
fn odd_reports_are_read_as_meant() {
    for (name, severities) in [
        ("a07-utf8-bom.json", &[Severity::Medium][..]),
        ("a13-lone-surrogate-escape.json", &[Severity::High]),
        ("a17-number-1e999.json", &[Severity::High]),
        ("b08-trivy-results-null.json", &[]),
        ("b09-trivy-vulns-null.json", &[]),
        ("b11-trivy-severity-missing.json", &[Severity::Unknown]),
        (
            "b12-trivy-severity-weird-case.json",
            &[
                Severity::Critical,
                Severity::Critical,
                Severity::Unknown,
                Severity::Unknown,
            ],
        ),
        (
            "b15-trivy-misconf-pass-and-exception.json",
            &[Severity::Low],
        ),
        ("b31-gitleaks-line-zero-empty-file.json", &[Severity::High]),
        ("c01-gitleaks-report-named-trivy.json", &[Severity::High; 6]),
        ("d14-secret-in-unexpected-fields.json", &[Severity::High]),
        ("d17-huge-title-2MB.json", &[Severity::High]),
        ("f02-same-cve-two-packages.json", &[Severity::High; 2]),
        ("f03-same-package-two-paths.json", &[Severity::High; 2]),
    ] {
        let Some(report) = hostile(name) else { return };
        assert_eq!(report.status, Status::Complete, "{name}");
        let found: Vec<Severity> = report.findings.iter().map(|f| f.severity).collect();
        assert_eq!(found, severities, "{name}");
    }
}

#[test]
fn what_was_mended_is_said() {
    let Some(report) = hostile("b12-trivy-severity-weird-case.json") else {
        return;
    };
    assert_eq!(report.repairs.len(), 2, "{:?}", report.repairs);
    assert!(
        report.repairs[0].contains("SUPER-CRITICAL"),
        "{:?}",
        report.repairs
    );
    let Some(report) = hostile("b15-trivy-misconf-pass-and-exception.json") else {
        return;
    };
    assert_eq!(report.entries.not_findings, 2);
    assert_eq!(report.findings[0].locations[0].start_line, None);
    let Some(report) = hostile("b31-gitleaks-line-zero-empty-file.json") else {
        return;
    };
    assert!(report.findings[0].locations.is_empty());
    let Some(report) = hostile("a17-number-1e999.json") else {
        return;
    };
    assert_eq!(report.findings[0].cvss, None);
}

#[test]
fn a_secret_is_in_no_text_even_before_cleaning() {
    let Some(shared) = shared() else { return };
    let bytes = load(&shared.join("hostile/d14-secret-in-unexpected-fields.json"));
    let mut secrets = Secrets::new(None);
    let report = sarif_gate::formats::read(&mut &*bytes, Hint::default(), &mut secrets);
    assert!(!format!("{report:?}").contains("AKIAFAKEFIXTUREABCDE"));
    let redactor = secrets.into_redactor();
    let cleaned = redactor.clean("x AKIAFAKEFIXTUREABCDE y");
    assert_eq!(cleaned.as_deref(), Some("x *** y"));
}

#[test]
fn hints_help_empties_and_contradict_nothing() {
    let Some(shared) = shared() else { return };
    let under = |tool: &str, name: &str| {
        let format = by_id(tool);
        assert!(format.is_some(), "{tool}");
        read(
            &load(&shared.join("hostile").join(name)),
            Hint { format, name: "" },
        )
    };
    for tool in ["gitleaks", "trivy"] {
        assert_eq!(
            under(tool, "b01-null-document.json").status,
            Status::Complete,
            "{tool}"
        );
    }
    let said = problem(&under("trivy", "c04-config-says-trivy-but-is-grype.json"));
    assert!(
        said.contains("trivy") && said.contains("grype-json"),
        "{said}"
    );
    let said = problem(&under("trivy", "c01-gitleaks-report-named-trivy.json"));
    assert!(
        said.contains("trivy") && said.contains("gitleaks-8"),
        "{said}"
    );
}

/// Every file of the collection: an answer, no panic, and no findings without having understood the file.
#[test]
fn no_file_breaks_a_reader() {
    let Some(shared) = shared() else { return };
    let files = std::fs::read_dir(shared.join("hostile"))
        .expect("a folder")
        .flatten();
    for file in files {
        let name = file.file_name().to_string_lossy().into_owned();
        let report = read_bare(&load(&file.path()));
        check_promises(&report, &name);
        assert!(
            !problem(&report).contains("ambiguous"),
            "{name}: {}",
            problem(&report)
        );
    }
}
