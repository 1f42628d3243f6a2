use crate::formats::testing::report;
use crate::model::{Severity, Status};

fn around(scan: &str, dependencies: &str) -> String {
    format!(
        r#"{{"reportSchema":"1.1","scanInfo":{{"engineVersion":"12.1.0"{scan}}},"projectInfo":{{"name":"shop"}},"dependencies":{dependencies}}}"#
    )
}

fn one(entry: &str) -> String {
    around(
        "",
        &format!(r#"[{{"fileName":"a.jar","filePath":"/src/a.jar","vulnerabilities":[{entry}]}}]"#),
    )
}

#[test]
fn severities_come_from_words_then_scores() {
    for (members, severity, score) in [
        (r#""severity":"moderate""#, Severity::Medium, None),
        (
            r#""severity":"HIGH","cvssv3":{"baseScore":9.8,"baseSeverity":"CRITICAL"}"#,
            Severity::High,
            Some(9.8),
        ),
        (
            r#""cvssv2":{"score":10.0,"severity":"HIGH"},"cvssv3":{"baseScore":9.1,"baseSeverity":"CRITICAL"}"#,
            Severity::Critical,
            Some(9.1),
        ),
        (r#""cvssv2":{"score":10.0}"#, Severity::High, Some(10.0)),
        (
            r#""cvssv4":{"baseScore":9.3},"cvssv3":{"baseScore":5.0}"#,
            Severity::Critical,
            Some(9.3),
        ),
        (r#""severity":"Unknown""#, Severity::Unknown, None),
        (r#""severity":"horrible""#, Severity::Unknown, None),
        (r#""cvssv3":[7]"#, Severity::Unknown, None),
        (r#""x":1"#, Severity::Unknown, None),
    ] {
        let report = report(&one(&format!(r#"{{"name":"CVE-2099-1",{members}}}"#)));
        assert_eq!(report.status, Status::Complete, "{members}");
        let found = report.findings.first().expect(members);
        assert_eq!((found.severity, found.cvss), (severity, score), "{members}");
    }
}

#[test]
fn manifests_are_targets_and_files_are_not() {
    for (path, is_virtual, place, target) in [
        (
            "/src/package-lock.json?/a:1",
            "true",
            "/src/package-lock.json",
            "/src/package-lock.json",
        ),
        ("/src/go.sum?a", "false", "/src/go.sum", "/src/go.sum"),
        (
            "C:\\\\b\\\\composer.lock:v/n/1",
            "true",
            "C:\\b\\composer.lock",
            "C:\\b\\composer.lock",
        ),
        (
            "/root/.m2/a-1.0.jar",
            "false",
            "/root/.m2/a-1.0.jar",
            "shop",
        ),
        ("/src/yarn.lock", "\"yes\"", "/src/yarn.lock", "shop"),
    ] {
        let text = around(
            "",
            &format!(
                r#"[{{"fileName":"a","filePath":"{path}","isVirtual":{is_virtual},"vulnerabilities":[{{"name":"CVE-1"}}]}}]"#
            ),
        );
        let report = report(&text);
        let found = report.findings.first().expect(path);
        let location = found.locations.first().expect(path);
        assert_eq!(&*location.path, place);
        assert_eq!(found.target.as_deref(), Some(target), "{path}");
    }
}

#[test]
fn errors_of_the_analysis_leave_something_out() {
    let failed = r#","analysisExceptions":[{"exception":{"message":"no\nlines"}},7]"#;
    let some = report(&around(failed, r#"[{"fileName":"a","filePath":"a"}]"#));
    assert!(
        matches!(&some.status, Status::Partial(why) if why.contains("2 error(s)") && why.contains("no")),
        "{:?}",
        some.status
    );
    let none = report(&around(failed, "[]"));
    assert!(
        matches!(none.status, Status::Unusable(_)),
        "{:?}",
        none.status
    );
    for fine in [
        "",
        r#","analysisExceptions":[]"#,
        r#","analysisExceptions":null"#,
    ] {
        let report = report(&around(fine, "[]"));
        assert_eq!(report.status, Status::Complete, "{fine}");
    }
}

#[test]
fn what_is_missing_is_named() {
    for (text, words) in [
        (one(r#"{"severity":"HIGH"}"#), "no name here"),
        (around("", r#"[{"filePath":"a"}]"#), "no fileName"),
        (around("", r#"[{"fileName":"a"}]"#), "no filePath"),
        (around("", "null"), "expected a list"),
        (
            around(
                "",
                r#"[{"fileName":"a","filePath":"a","vulnerabilities":{}}]"#,
            ),
            "/dependencies/0",
        ),
        (
            around("", "[]").replace("dependencies", "others"),
            "no `dependencies`",
        ),
        (around("", "[]").replace("\"1.1\"", "\"9\""), "reportSchema"),
    ] {
        let report = report(&text);
        let problem = report.status.problem().unwrap_or_default().to_owned();
        assert!(matches!(report.status, Status::Unusable(_)), "{text}");
        assert!(problem.contains(words), "{problem}");
        assert!(report.findings.is_empty());
    }
}
