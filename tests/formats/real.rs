//! Real files of many scanners: what is ours is counted as a table says that somebody else made, what is not is refused
//! by its name.

use sarif_gate::formats::{self, ALL, Empty, Format, Hint, by_id};
use sarif_gate::model::Status;

use super::{check_promises, load, problem, read, read_bare, shared};

struct Expected {
    file: String,
    kind: String,
    counts: String,
    suppressed: u64,
    not_findings: u64,
}

fn expected() -> Option<(std::path::PathBuf, Vec<Expected>)> {
    let real = shared()?.join("real");
    let table = String::from_utf8(load(&real.join("EXPECTED.tsv"))).expect("UTF-8");
    let rows = table
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty());
    let rows = rows.map(|line| {
        let cells: Vec<&str> = line.split('\t').collect();
        let number = |at: usize| cells[at].parse().expect("a number");
        Expected {
            file: cells[0].into(),
            kind: cells[1].into(),
            counts: cells[2].into(),
            suppressed: number(3),
            not_findings: number(4),
        }
    });
    let rows = rows.collect();
    Some((real, rows))
}

/// Documents of other tools in the table that are read here.
const ALSO_READ: &[(&str, &str)] = &[
    ("not-ours/cargo-audit.json", "cargo-audit-json"),
    ("not-ours/pip-audit.json", "pip-audit-json"),
    ("not-ours/gitlab-container-scanning.json", "gitlab-report"),
    ("not-ours/hadolint-checkstyle.xml", "checkstyle-xml"),
];

/// Kind of a row's document, without how it is laid out.
fn kind(row: &Expected) -> &str {
    let also = ALSO_READ.iter().find(|(file, _)| *file == row.file);
    if let Some((_, kind)) = also {
        return kind;
    }
    row.kind
        .trim_start_matches("lines:")
        .trim_start_matches("not-ours:")
}

/// What a table of counts adds up to: `HIGH=4, LOW=5` is 9. Numbers that are measured (`percent_covered=65.0`) count nothing.
fn listed(counts: &str) -> u64 {
    let counts = counts
        .split(", ")
        .filter_map(|entry| entry.rsplit_once('='));
    counts
        .filter_map(|(_, count)| count.parse::<u64>().ok())
        .sum()
}

/// Words of the table for entries that are no findings.
const NO_FINDINGS: &[&str] = &[
    "fatal",
    "pass",
    "skip",
    "value:true",
    "signatures",
    "error",
    "sevNone",
    "totalMonthlyCost",
];

/// Files that are not plainly complete, as the list beside them says, and what they are.
const NOT_COMPLETE: &[(&str, &str)] = &[
    ("sarif-other/version-1.0.0.sarif", "unusable"),
    ("sarif-other/notifications.sarif", "unusable"),
    ("sarif-other/spotbugs.sarif", "unusable"),
    ("semgrep/config-error-1.182.json", "unusable"),
    ("bandit/app-1.9.json", "partial"),
    ("bandit/app-1.9.sarif", "partial"),
    ("eslint/bad-v10.json", "partial"),
    ("trivy/compliance-summary.json", "unusable"),
    ("trivy/cyclonedx-npm.cdx.json", "unusable"),
    // Not on that list; the documents say so: an error notification, and `executionSuccessful: false`.
    ("sarif-other/spec-appendix-k.sarif", "partial"),
    ("eslint/bad-v10.sarif", "unusable"),
    // Files that no rule saw, listed among the violations.
    ("ruff/check-0.17.json", "partial"),
    ("ruff/check-0.17.jsonl", "partial"),
    // Files that Checkov could not parse; with `--quiet` only its summary counts them.
    ("checkov/terraform-single-object-3.3.json", "partial"),
    ("checkov/with-skips-heimdall.json", "partial"),
    ("checkov/multi-framework-list-3.3.json", "partial"),
    ("not-ours/pip-audit.json", "partial"),
    // An entry that OPA could not decide.
    ("opa/exec-undefined-decision.json", "unusable"),
];

/// Findings, suppressed ones and no findings where the table knows less: of OPA it counts the entries of the sets of
/// `opa exec`, not those of `opa eval`, of a package, or of an empty set.
const COUNTED_HERE: &[(&str, (u64, u64, u64))] = &[
    ("opa/eval-deny.json", (2, 0, 0)),
    ("opa/exec-allow-boolean.json", (1, 0, 1)),
    ("opa/exec-whole-package.json", (4, 0, 0)),
];

/// The status that a file of the collection must get.
fn status(row: &Expected) -> &'static str {
    let listed = NOT_COMPLETE.iter().find(|(file, _)| *file == row.file);
    match listed {
        Some((_, status)) => status,
        None if by_id(kind(row)).is_none() => "unusable",
        None => "complete",
    }
}

#[test]
fn every_file_is_read_as_the_table_says() {
    let Some((real, rows)) = expected() else {
        return;
    };
    let mut wrong = Vec::new();
    for row in &rows {
        let report = read_bare(&load(&real.join(&row.file)));
        check_promises(&report, &row.file);
        let ours = by_id(kind(row)).is_some();
        let entries = &report.entries;
        let whole = entries.findings + entries.suppressed + entries.not_findings;
        let no_findings = NO_FINDINGS.iter().any(|word| row.counts.contains(word));
        let numbers = row.counts.starts_with("percent_covered");
        let mut say = |what: String| wrong.push(format!("{}: {what}", row.file));
        if report.status.word() != status(row) {
            say(format!(
                "{}, not {}: {}",
                report.status.word(),
                status(row),
                problem(&report)
            ));
        }
        if ours && report.format != Some(kind(row)) {
            say(format!("{:?}, not {}", report.format, kind(row)));
        }
        // A file that opens with a mistake of its own may be refused before it is counted.
        if !ours || status(row) == "unusable" || row.file.starts_with("not-ours/") {
            continue;
        }
        let counted_here = COUNTED_HERE.iter().find(|(file, _)| *file == row.file);
        if let Some((_, counts)) = counted_here {
            let ours = (entries.findings, entries.suppressed, entries.not_findings);
            assert_eq!(ours, *counts, "{}", row.file);
        } else if numbers {
            assert!(!report.measures.is_empty(), "{}", row.file);
        } else if !no_findings {
            let theirs = (listed(&row.counts), row.suppressed, row.not_findings);
            let ours = (entries.findings, entries.suppressed, entries.not_findings);
            if ours != theirs {
                say(format!("{ours:?}, not {theirs:?}"));
            }
        } else if kind(row) != "opa-exec" {
            let theirs = listed(&row.counts) + row.suppressed + row.not_findings;
            if whole != theirs {
                say(format!("{whole} entries, not {theirs}"));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} files:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(rows.len() > 150, "only {} files", rows.len());
}

#[test]
fn nobody_else_takes_a_file() {
    let Some((real, rows)) = expected() else {
        return;
    };
    for row in &rows {
        let report = read_bare(&load(&real.join(&row.file)));
        let said = problem(&report);
        assert!(!said.contains("ambiguous"), "{}: {said}", row.file);
        if by_id(kind(row)).is_some() {
            continue;
        }
        let words = match kind(row) {
            "ambiguous:empty-list" => "names no tool".to_owned(),
            "unknown" => "not recognised".to_owned(),
            "error:not-json" => "not a JSON report".to_owned(),
            kind if kind.starts_with("unknown:xml") => "XML".to_owned(),
            kind => format!("({kind})"),
        };
        assert!(said.contains(&words), "{}: {said}", row.file);
    }
}

/// Every file against every reader: one takes it, or none where the table says so, and under the name of another format it
/// is refused.
#[test]
fn confusion_matrix() {
    let Some((real, rows)) = expected() else {
        return;
    };
    let mut wrong = Vec::new();
    for row in &rows {
        let bytes = load(&real.join(&row.file));
        let looks = formats::looks_like(&mut bytes.as_slice());
        let accepted: Vec<&str> = ALL
            .iter()
            .filter(|format| {
                let hint = Hint {
                    format: Some(format),
                    name: "",
                };
                read(&bytes, hint).reader == Some(format.id)
            })
            .map(|format| format.id)
            .collect();
        let expected: Vec<&str> = match kind(row) {
            "ambiguous:empty-list" => ALL
                .iter()
                .filter(|format| format.clean_empties.contains(&Empty::List))
                .map(|format| format.id)
                .collect(),
            kind => by_id(kind).map(|format| format.id).into_iter().collect(),
        };
        let nobodys = ["ambiguous:", "unknown", "error:"];
        let named = !nobodys.iter().any(|start| kind(row).starts_with(start));
        if accepted != expected || looks.len() != usize::from(named) {
            wrong.push(format!(
                "{}: taken by {accepted:?}, looks like {looks:?}",
                row.file
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} files:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn an_empty_list_is_clean_only_under_a_name() {
    let Some((real, rows)) = expected() else {
        return;
    };
    for row in rows.iter().filter(|row| row.kind == "ambiguous:empty-list") {
        let tool = row.file.split('/').next().expect("a folder");
        let bytes = load(&real.join(&row.file));
        let name = format!("{tool}-results.json");
        let report = read(
            &bytes,
            Hint {
                format: None,
                name: &name,
            },
        );
        let lists = |format: &&&Format| format.clean_empties.contains(&Empty::List);
        let ours = ALL.iter().filter(lists).any(|format| format.id == tool);
        assert_eq!(report.status == Status::Complete, ours, "{}", row.file);
    }
}

#[test]
fn findings_know_where_they_are() {
    let Some((real, _)) = expected() else { return };
    // File, how many findings, and of the first one: rule, target, path, line, ecosystem, resource.
    for (file, rule, target, path, line, ecosystem, resource) in [
        (
            "trivy/fs-npm-lockfile.json",
            "CVE-2019-11358",
            "package-lock.json",
            "package-lock.json",
            None,
            "npm",
            "",
        ),
        (
            "trivy/image-alpine-310-vulns.json",
            "CVE-2019-1549",
            "testdata/fixtures/images/alpine-310.tar.gz",
            "",
            None,
            "apk",
            "",
        ),
        (
            "trivy/v0.19-schema-less-list-alpine-310.json",
            "",
            "testdata/fixtures/images/alpine-310.tar.gz",
            "",
            None,
            "apk",
            "",
        ),
        (
            "trivy/v0.29-misconfig-dockerfile-ds002.json",
            "DS-0002",
            "Dockerfile",
            "Dockerfile",
            None,
            "",
            "",
        ),
        (
            "trivy/misconfig-dockerfile.json",
            "DS-0002",
            "Dockerfile",
            "Dockerfile",
            None,
            "",
            "",
        ),
        (
            "trivy/secrets-deploy-sh.json",
            "aws-access-key-id",
            "deploy.sh",
            "deploy.sh",
            Some(3),
            "",
            "",
        ),
        (
            "trivy/sbom-scan-fluentd.json",
            "CVE-2019-18276",
            "testdata/fixtures/sbom/fluentd-multiple-lockfiles-cyclonedx.json",
            "",
            None,
            "deb",
            "",
        ),
        (
            "trivy/image-spring4shell-customresources.json",
            "",
            "testdata/fixtures/images/spring4shell-jre8.tar.gz",
            "usr/local/tomcat/webapps/helloworld.war/WEB-INF/lib/spring-beans-5.3.15.jar",
            None,
            "maven",
            "",
        ),
        (
            "trivy/k8s-all-resources-minikube.json",
            "KSV-0116",
            "default/Service/kubernetes",
            "Service/kubernetes",
            None,
            "",
            "Service/default/kubernetes",
        ),
        (
            "trivy/misconfig-terraform-remote-module.json",
            "AWS-0089",
            "terraform-aws-modules/s3-bucket/aws/main.tf",
            "terraform-aws-modules/s3-bucket/aws/main.tf",
            Some(25),
            "",
            "module.bucket",
        ),
        (
            "gitleaks/v7-list.json",
            "Twitter Client ID",
            "",
            "README.md",
            Some(23),
            "",
            "",
        ),
    ] {
        let report = read_bare(&load(&real.join(file)));
        let first = report.findings.first().unwrap_or_else(|| panic!("{file}"));
        let location = first.locations.first();
        let package = first.package.as_ref();
        if !rule.is_empty() {
            assert_eq!(&*first.rule, rule, "{file}");
        }
        assert_eq!(
            first.target.as_deref().unwrap_or_default(),
            target,
            "{file}"
        );
        assert_eq!(location.map_or("", |place| &*place.path), path, "{file}");
        assert_eq!(location.and_then(|place| place.start_line), line, "{file}");
        let found = package.and_then(|package| package.ecosystem.as_deref());
        assert_eq!(found.unwrap_or_default(), ecosystem, "{file}");
        assert_eq!(
            first.resource.as_deref().unwrap_or_default(),
            resource,
            "{file}"
        );
    }
}

#[test]
fn no_secret_of_gitleaks_is_in_a_report() {
    let Some((real, rows)) = expected() else {
        return;
    };
    let files = rows.iter().filter(|row| row.kind.starts_with("gitleaks-"));
    for row in files {
        super::cases::check_secrets_gone(&load(&real.join(&row.file)), &row.file);
    }
}
