//! Real files of many scanners: what is ours is counted as a table says that somebody else made, what is not is refused
//! by its name.

use std::collections::BTreeMap;

use sarif_gate::formats::{ALL, Hint, by_id};
use sarif_gate::model::Status;

use super::{check_promises, counted, load, problem, read, read_bare, shared};

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

/// `vuln:HIGH=1, secret:CRITICAL=2` and `leak=6` as kinds and severities.
fn table(counts: &str) -> BTreeMap<(String, String), u64> {
    let mut table = BTreeMap::new();
    for entry in counts.split(", ").filter(|entry| *entry != "-") {
        let (what, count) = entry.split_once('=').expect("a count");
        let (kind, severity) = match what.split_once(':') {
            None => ("secret", "high".to_owned()),
            Some((kind, word)) => {
                let kind = match kind {
                    "vuln" => "vulnerability",
                    "misconf" => "misconfiguration",
                    other => other,
                };
                (kind, word.to_ascii_lowercase())
            }
        };
        let count: u64 = count.parse().expect("a number");
        table.insert((kind.to_owned(), severity), count);
    }
    table
}

#[test]
fn trivy_and_gitleaks_count_as_the_table_says() {
    let Some((real, rows)) = expected() else {
        return;
    };
    let mut seen = 0;
    for row in rows
        .iter()
        .filter(|row| by_id(&row.kind).is_some_and(|format| format.id != "sarif"))
    {
        let report = read_bare(&load(&real.join(&row.file)));
        check_promises(&report, &row.file);
        assert_eq!(report.status, Status::Complete, "{}", row.file);
        assert_eq!(report.format, Some(row.kind.as_str()), "{}", row.file);
        assert_eq!(counted(&report), table(&row.counts), "{}", row.file);
        assert_eq!(report.entries.suppressed, row.suppressed, "{}", row.file);
        assert_eq!(
            report.entries.not_findings, row.not_findings,
            "{}",
            row.file
        );
        assert_eq!(report.repairs, Vec::<String>::new(), "{}", row.file);
        seen += 1;
    }
    assert!(seen > 30, "only {seen} files");
}

#[test]
fn everything_else_is_refused_by_its_name() {
    let Some((real, rows)) = expected() else {
        return;
    };
    let mut seen = 0;
    for row in &rows {
        let report = read_bare(&load(&real.join(&row.file)));
        let said = problem(&report);
        check_promises(&report, &row.file);
        assert!(!said.contains("ambiguous"), "{}: {said}", row.file);
        if by_id(&row.kind).is_some() {
            continue;
        }
        assert!(matches!(report.status, Status::Unusable(_)), "{}", row.file);
        let kind = row
            .kind
            .trim_start_matches("lines:")
            .trim_start_matches("not-ours:");
        let words = match kind {
            "ambiguous:empty-list" => "names no tool".to_owned(),
            "unknown" => "not recognised".to_owned(),
            "error:not-json" => "not a JSON report".to_owned(),
            kind if kind.ends_with("-xml") || kind.starts_with("unknown:xml") => "XML".to_owned(),
            kind => format!("({kind})"),
        };
        assert!(said.contains(&words), "{}: {said}", row.file);
        seen += 1;
    }
    assert!(seen > 100, "only {seen} files");
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
        let ours = ALL.iter().any(|format| format.id == tool);
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
