use crate::formats::testing::report as read_text;
use crate::model::{Severity, Status};

const SUMMARY: &str = r#""summaryDetails":{"controls":{"C-0001":{"scoreFactor":FACTOR,"ResourceCounters":{"failedResources":1}}}}"#;
const RESOURCES: &str = r#""resources":[{"resourceID":"path=1/api=v1/a/Pod/b","object":{"kind":"Pod","metadata":{"name":"b","namespace":"a"}},"source":{"relativePath":"k8s/b.yaml"}}]"#;
const RESULTS: &str = r#""results":[{"resourceID":"path=1/api=v1/a/Pod/b","controls":[{"controlID":"C-0001","name":"n","status":{"status":"failed"},"rules":[]}]}]"#;

#[test]
fn the_order_of_the_parts_does_not_matter() {
    let summary = SUMMARY.replace("FACTOR", "7");
    for parts in [
        [summary.as_str(), RESOURCES, RESULTS],
        [RESULTS, RESOURCES, summary.as_str()],
        [RESULTS, summary.as_str(), RESOURCES],
    ] {
        let report = read_text(&format!("{{{}}}", parts.join(",")));
        assert_eq!(report.status, Status::Complete);
        let finding = report.findings.first().expect("one");
        assert_eq!(finding.severity, Severity::High);
        assert_eq!(finding.resource.as_deref(), Some("Pod/a/b"));
        assert_eq!(finding.target, None);
        let place = finding.locations.first().expect("a place");
        assert_eq!(&*place.path, "k8s/b.yaml");
    }
}

#[test]
fn a_score_is_a_severity() {
    for (factor, severity) in [
        ("10", Severity::Critical),
        ("9", Severity::Critical),
        ("8.9", Severity::High),
        ("7", Severity::High),
        ("4", Severity::Medium),
        ("0.1", Severity::Low),
        ("0", Severity::Unknown),
        ("-1", Severity::Unknown),
        ("null", Severity::Unknown),
        ("1e999", Severity::Unknown),
        (r#"{}"#, Severity::Unknown),
        (r#"null,"severity":"Critical""#, Severity::Critical),
    ] {
        let summary = SUMMARY.replace("FACTOR", factor);
        let report = read_text(&format!("{{{summary},{RESULTS}}}"));
        let finding = report.findings.first().expect(factor);
        assert_eq!(finding.severity, severity, "{factor}");
        assert_eq!(finding.target.as_deref(), Some("a/Pod/b"));
    }
}

#[test]
fn what_is_missing_is_said() {
    let summary = SUMMARY.replace("FACTOR", "7");
    for (text, words) in [
        (format!("{{{summary}}}"), "no list `results`"),
        (
            format!(r#"{{{summary},"results":null}}"#),
            "no list `results`",
        ),
        (
            format!(r#"{{{summary},"results":[{{"resourceID":"x"}}]}}"#),
            "contradicts itself",
        ),
        (
            format!("{{{summary},{}}}", RESULTS.replace("resourceID", "other")),
            "no resourceID",
        ),
        (
            format!("{{{summary},{}}}", RESULTS.replace("controlID", "other")),
            "no controlID",
        ),
        (
            format!(
                "{{{summary},{}}}",
                RESULTS.replace(r#""status":{"status":"failed"}"#, r#""x":1"#)
            ),
            "without a status",
        ),
    ] {
        let report = read_text(&text);
        let said = report.status.problem().unwrap_or_default();
        assert!(
            matches!(report.status, Status::Unusable(_)) && said.contains(words),
            "{text}: {said}"
        );
    }
    let nothing = read_text(r#"{"summaryDetails":{"controls":{}},"results":[]}"#);
    assert!(matches!(nothing.status, Status::Partial(_)));
}
