use super::advisories::fixed_since;
use crate::formats::testing::report as read_text;
use crate::model::{Fix, Report, Severity, Status};

const VIA: &str = r#"{"source":7,"title":"t","url":"https://github.com/advisories/GHSA-x","severity":"high","range":"<2"}"#;

fn package(via: &str, more: &str) -> String {
    format!(r#"{{"via":[{via}],"nodes":["node_modules/b","node_modules/a"]{more}}}"#)
}

fn seven(packages: &str, total: u64) -> Report {
    read_text(&format!(
        r#"{{"auditReportVersion":2,"vulnerabilities":{{{packages}}},"metadata":{{"vulnerabilities":{{"high":9,"total":{total}}}}}}}"#
    ))
}

#[test]
fn a_repeated_advisory_is_counted_once() {
    let packages = format!("\"a\":{},\"b\":{}", package(VIA, ""), package("\"a\"", ""));
    let report = seven(&packages, 2);
    assert_eq!(report.status, Status::Complete);
    assert_eq!(
        (report.entries.findings, report.entries.not_findings),
        (1, 1)
    );
    let finding = report.findings.first().expect("one");
    assert_eq!(
        (&*finding.rule, finding.severity),
        ("GHSA-x", Severity::High)
    );
    let paths: Vec<_> = finding
        .instances
        .iter()
        .map(|i| i.path.as_deref())
        .collect();
    assert_eq!(paths, [Some("node_modules/a"), Some("node_modules/b")]);
    assert!(finding.locations.is_empty() && finding.target.is_none());
}

#[test]
fn what_does_not_add_up_is_not_clean() {
    let whole = format!("\"a\":{}", package(VIA, ""));
    for (packages, total, status, word) in [
        (String::new(), 1, "unusable", "counts 1"),
        (whole.clone(), 2, "unusable", "counts 2"),
        // A circle without an advisory.
        (
            format!(
                "\"a\":{},\"b\":{}",
                package("\"b\"", ""),
                package("\"a\"", "")
            ),
            2,
            "unusable",
            "no advisory",
        ),
        (
            format!("{whole},\"b\":{}", package("\"gone\"", "")),
            2,
            "partial",
            "gone",
        ),
    ] {
        let report = seven(&packages, total);
        assert_eq!(report.status.word(), status, "{packages}");
        let said = report.status.problem().unwrap_or_default();
        assert!(said.contains(word), "{packages}: {said}");
    }
    let six = r#"{"actions":[],"advisories":{},"metadata":{"vulnerabilities":{"high":2}}}"#;
    let said = format!("{:?}", read_text(six).status);
    assert!(
        said.contains("Unusable") && said.contains("ignoreCves"),
        "{said}"
    );
}

#[test]
fn an_error_is_shown() {
    for (text, word) in [
        (
            r#"{"error":{"code":"ENOLOCK","summary":"no lock","detail":"x"}}"#,
            "no lock",
        ),
        (
            r#"{"message":"no answer","error":{"summary":"","detail":""}}"#,
            "no answer",
        ),
        (
            r#"{"error":{"code":"ERR_PNPM_AUDIT_NO_LOCKFILE","message":"no lock"}}"#,
            "no lock",
        ),
        (r#"{"error":{"code":"ERR_PNPM_X"}}"#, "ERR_PNPM_X"),
        (
            r#"{"auditReportVersion":2,"vulnerabilities":{},"error":{"summary":"half","detail":""}}"#,
            "half",
        ),
        (
            r#"{"auditReportVersion":3,"vulnerabilities":{}}"#,
            "version 3",
        ),
    ] {
        let report = read_text(text);
        let said = report.status.problem().unwrap_or_default();
        let unusable = matches!(report.status, Status::Unusable(_));
        assert!(unusable && said.contains(word), "{text}: {said}");
    }
}

#[test]
fn what_is_missing_is_named_with_its_element() {
    for (packages, word) in [
        (r#""a":{"nodes":[]}"#.to_owned(), "via"),
        (r#""a":{"via":"b"}"#.to_owned(), "list `via`"),
        (r#""a":{"via":[]}"#.to_owned(), "element in `via`"),
        (r#""a":{"via":[7]}"#.to_owned(), "advisory or name"),
        (
            format!("\"a\":{}", package(&VIA.replace("severity", "x"), "")),
            "severity",
        ),
        (
            format!(
                "\"a\":{}",
                package(r#"{"severity":"low","url":"https://x.example"}"#, "")
            ),
            "source",
        ),
    ] {
        let report = seven(&packages, 1);
        let said = report.status.problem().unwrap_or_default();
        assert!(
            said.contains("/vulnerabilities/a") && said.contains(word),
            "{packages}: {said}"
        );
    }
    let good = r#"{"id":1,"module_name":"m","severity":"low"}"#;
    for key in ["id", "module_name", "severity"] {
        let bad = good.replace(&format!("\"{key}\""), "\"other\"");
        let report = read_text(&format!(r#"{{"actions":[],"advisories":{{"1":{bad}}}}}"#));
        let said = report.status.problem().unwrap_or_default();
        assert!(said.contains(key), "{key}: {said}");
    }
}

#[test]
fn fixes_are_of_the_package_itself() {
    for (more, fixed, fix) in [
        ("", "", Fix::Unknown),
        (r#","fixAvailable":true"#, "", Fix::Available),
        (r#","fixAvailable":false"#, "", Fix::None),
        (
            r#","fixAvailable":{"name":"a","version":"2.0.0"}"#,
            "2.0.0",
            Fix::Available,
        ),
        (
            r#","fixAvailable":{"name":"b","version":"3.0.0"}"#,
            "",
            Fix::Available,
        ),
        (r#","fixAvailable":7"#, "", Fix::Unknown),
    ] {
        let report = seven(&format!("\"a\":{}", package(VIA, more)), 1);
        let finding = report.findings.first().expect(more);
        let package = finding.package.as_ref().expect(more);
        assert_eq!(
            (package.fixed.join(" ").as_str(), package.fix),
            (fixed, fix),
            "{more}"
        );
    }
    for (range, fixed, fix) in [
        (">=4.17.21", "4.17.21", Fix::Available),
        (
            ">=1.2.3 <2.0.0 || >=2.1.0",
            ">=1.2.3 <2.0.0 2.1.0",
            Fix::Available,
        ),
        ("<0.0.0", "", Fix::None),
        ("", "", Fix::Unknown),
    ] {
        let (found, said) = fixed_since(range);
        assert_eq!((found.join(" ").as_str(), said), (fixed, fix), "{range}");
    }
}

#[test]
fn what_every_way_says_is_for_development() {
    let advisory = |findings: &str| {
        format!(r#""1":{{"id":1,"module_name":"m","severity":"low","findings":{findings}}}"#)
    };
    for (resolves, findings, expected) in [
        ("", r#"[{"version":"1","dev":true}]"#, true),
        (
            "",
            r#"[{"version":"1","dev":true},{"version":"2","dev":false}]"#,
            false,
        ),
        ("", r#"[{"version":"1","dev":true},{"version":"2"}]"#, false),
        ("", r#"[{"version":"1","dev":"true"}]"#, false),
        ("", "[]", false),
        (r#"{"id":1,"dev":true}"#, r#"[{"version":"1"}]"#, true),
        (
            r#"{"id":1,"dev":true},{"id":1,"dev":false}"#,
            r#"[{"version":"1"}]"#,
            false,
        ),
        (r#"{"id":1}"#, r#"[{"version":"1"}]"#, false),
        (r#"{"id":2,"dev":true}"#, r#"[{"version":"1"}]"#, false),
        // They contradict each other.
        (
            r#"{"id":1,"dev":false}"#,
            r#"[{"version":"1","dev":true}]"#,
            false,
        ),
        (
            r#"{"id":1,"dev":true}"#,
            r#"[{"version":"1","dev":false}]"#,
            false,
        ),
        ("7", r#"[{"version":"1","dev":true}]"#, true),
    ] {
        let report = read_text(&format!(
            r#"{{"actions":[{{"resolves":[{resolves}]}}],"advisories":{{{}}}}}"#,
            advisory(findings)
        ));
        assert_eq!(report.status, Status::Complete, "{resolves} {findings}");
        let finding = report.findings.first().expect("one");
        let package = finding.package.as_ref().expect("a package");
        assert_eq!(package.development, expected, "{resolves} {findings}");
    }
}
