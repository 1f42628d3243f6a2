//! Quirks, missing members and hostile shapes.

use crate::formats::testing::report as read;
use crate::model::{Finding, Kind, Severity, Status};

fn problem(text: &str) -> String {
    read(text).status.problem().unwrap_or_default().to_owned()
}

const ISSUE: &str = r#"{"rule":"py:S1","component":"a:b:src/x.py","project":"a:b","status":"OPEN","type":"BUG","severity":"MAJOR","message":"m\nmore","line":3}"#;

fn answer(issues: &str, total: u64) -> String {
    format!(
        r#"{{"paging":{{"pageIndex":1,"pageSize":1,"total":{total}}},"issues":[{issues}],"components":[]}}"#
    )
}

fn first(text: &str) -> Finding {
    let report = read(text);
    assert_eq!(report.status, Status::Complete, "{text}");
    report.findings.into_iter().next().expect("one")
}

#[test]
fn a_page_is_not_the_whole() {
    for (text, status) in [
        (answer(ISSUE, 1), "complete"),
        (answer(ISSUE, 2), "partial"),
        (answer("", 1), "partial"),
        (answer("", 0), "complete"),
        (
            r#"{"total":5,"p":2,"ps":1,"issues":[]}"#.to_owned(),
            "partial",
        ),
        (
            r#"{"total":0,"p":1,"ps":1,"issues":[]}"#.to_owned(),
            "complete",
        ),
        (r#"{"paging":{},"issues":[]}"#.to_owned(), "partial"),
        (
            r#"{"paging":{"total":1},"hotspots":[]}"#.to_owned(),
            "partial",
        ),
    ] {
        assert_eq!(read(&text).status.word(), status, "{text}");
    }
    let said = problem(&answer(ISSUE, 2));
    assert!(said.contains("holds 1 of 2 issues"), "{said}");
}

#[test]
fn what_is_missing_is_named_with_its_element() {
    for key in ["rule", "component", "status"] {
        let bad = ISSUE.replace(&format!("\"{key}\""), "\"other\"");
        let said = problem(&answer(&format!("{ISSUE},{bad}"), 2));
        assert!(said.contains("/issues/1") && said.contains(key), "{said}");
    }
    let hotspot =
        r#"{"component":"c","ruleKey":"r","vulnerabilityProbability":"LOW","status":"TO_REVIEW"}"#;
    for key in ["component", "ruleKey", "vulnerabilityProbability", "status"] {
        let bad = hotspot.replace(&format!("\"{key}\""), "\"other\"");
        let said = problem(&format!(
            r#"{{"paging":{{"total":2}},"hotspots":[{hotspot},{bad}]}}"#
        ));
        assert!(said.contains("/hotspots/1") && said.contains(key), "{said}");
    }
    let generic = r#"{"ruleId":"r","engineId":"e","primaryLocation":{"filePath":"f"}}"#;
    for key in ["ruleId", "primaryLocation", "filePath"] {
        let bad = generic.replace(&format!("\"{key}\""), "\"other\"");
        let said = problem(&format!(r#"{{"issues":[{generic},{bad}]}}"#));
        assert!(said.contains("/issues/1") && said.contains(key), "{said}");
    }
}

#[test]
fn only_settled_words_suppress() {
    for (members, suppressed) in [
        (r#""status":"OPEN""#, false),
        (r#""status":"RESOLVED","resolution":"WONTFIX""#, true),
        (r#""status":"CLOSED""#, true),
        (r#""issueStatus":"ACCEPTED""#, true),
        (
            r#""status":"RESOLVED","issueStatus":"FALSE_POSITIVE""#,
            true,
        ),
        (r#""status":"OPEN","issueStatus":"ACCEPTED""#, false),
        (r#""status":"RESOLVED","issueStatus":"OPEN""#, false),
        (r#""status":"OPEN","resolution":"FIXED""#, false),
        (r#""status":"TO_REVIEW""#, false),
        (r#""status":"REVIEWED","resolution":"ACKNOWLEDGED""#, true),
        (r#""status":"REVIEWED","resolution":"VULNERABLE""#, false),
        (r#""status":"IN_SANDBOX""#, false),
        (r#""status":"SOLVED""#, false),
    ] {
        let issue = ISSUE.replace(r#""status":"OPEN""#, members);
        let finding = first(&answer(&issue, 1));
        assert_eq!(finding.suppression.is_some(), suppressed, "{members}");
    }
}

#[test]
fn kinds_and_severities() {
    let impact = |quality: &str, severity: &str| {
        format!(r#""impacts":[{{"softwareQuality":"{quality}","severity":"{severity}"}}]"#)
    };
    for (members, kind, severity) in [
        (
            r#""type":"BUG","severity":"BLOCKER""#.to_owned(),
            Kind::Quality,
            Severity::Critical,
        ),
        (
            r#""type":"CODE_SMELL","severity":"CRITICAL""#.to_owned(),
            Kind::Quality,
            Severity::High,
        ),
        (
            r#""type":"VULNERABILITY","severity":"INFO""#.to_owned(),
            Kind::Code,
            Severity::Info,
        ),
        (
            r#""type":"SECURITY_HOTSPOT""#.to_owned(),
            Kind::Code,
            Severity::Unknown,
        ),
        (
            r#""type":"MYSTERY","severity":"MINOR""#.to_owned(),
            Kind::Code,
            Severity::Low,
        ),
        (impact("SECURITY", "HIGH"), Kind::Code, Severity::High),
        (impact("RELIABILITY", "LOW"), Kind::Quality, Severity::Low),
        (
            format!(
                r#""severity":"MINOR","type":"BUG",{}"#,
                impact("SECURITY", "BLOCKER")
            ),
            Kind::Code,
            Severity::Critical,
        ),
        (
            format!(r#""severity":"MAJOR",{}"#, impact("RELIABILITY", "HIGH")),
            Kind::Quality,
            Severity::Medium,
        ),
        (
            r#""severity":"AWFUL","impacts":7"#.to_owned(),
            Kind::Code,
            Severity::Unknown,
        ),
    ] {
        let issue = ISSUE.replace(r#""type":"BUG","severity":"MAJOR""#, &members);
        let finding = first(&answer(&issue, 1));
        assert_eq!(
            (finding.kind, finding.severity),
            (kind, severity),
            "{members}"
        );
    }
}

#[test]
fn a_component_leads_to_its_file() {
    for (components, path, target) in [
        ("", Some("src/x.py"), None),
        (
            r#"{"key":"a:b:src/x.py","path":"mod/src/x.py"}"#,
            Some("mod/src/x.py"),
            None,
        ),
        (r#"{"key":"a:b:src/x.py"}"#, None, Some("a:b:src/x.py")),
    ] {
        let text = answer(ISSUE, 1).replace(
            r#""components":[]"#,
            &format!(r#""components":[{components}]"#),
        );
        let finding = first(&text);
        let place = finding.locations.first();
        assert_eq!(place.map(|place| &*place.path), path, "{components}");
        assert_eq!(finding.target.as_deref(), target);
        assert_eq!(&*finding.title, "m");
    }
    // Another project's key with the same start is not this project.
    let other = answer(&ISSUE.replace("\"a:b\"", "\"a:b:s\""), 1);
    assert!(first(&other).locations.is_empty());
}

#[test]
fn columns_count_from_zero() {
    let range = |range: &str| {
        let text = format!(
            r#"{{"issues":[{{"ruleId":"r","primaryLocation":{{"filePath":"f","textRange":{range}}}}}]}}"#
        );
        let finding = first(&text);
        let place = finding.locations.first().cloned().expect("a place");
        [
            place.start_line,
            place.end_line,
            place.start_column,
            place.end_column,
        ]
    };
    for (said, expected) in [
        (
            r#"{"startLine":2,"endLine":2,"startColumn":0,"endColumn":4}"#,
            [Some(2), None, Some(1), Some(5)],
        ),
        (
            r#"{"startLine":2,"endLine":3,"startColumn":9,"endColumn":1}"#,
            [Some(2), Some(3), Some(10), Some(2)],
        ),
        (
            r#"{"startLine":2,"endLine":2,"startColumn":9,"endColumn":1}"#,
            [Some(2), None, Some(10), None],
        ),
        (r#"{"startLine":0,"startColumn":3}"#, [None; 4]),
        (r#"{"startLine":-1}"#, [None; 4]),
        ("7", [None; 4]),
        (
            r#"{"startLine":1,"startColumn":4294967295}"#,
            [Some(1), None, None, None],
        ),
    ] {
        assert_eq!(range(said), expected, "{said}");
    }
}

#[test]
fn rules_may_come_behind_and_twice() {
    let text = r#"{"issues":[{"ruleId":"r","primaryLocation":{"filePath":"f","message":"m"}}],"rules":[{"id":"r","engineId":"e","severity":"BLOCKER","type":"VULNERABILITY"},{"id":"r","engineId":"e","severity":"INFO","type":"BUG"}]}"#;
    let finding = first(text);
    assert_eq!(
        (&*finding.rule, finding.kind, finding.severity),
        ("e:r", Kind::Code, Severity::Critical)
    );
}

#[test]
fn preview_reports_stay_refused() {
    let text = r#"{"version":"x","issues":[],"components":[],"rules":[]}"#;
    assert!(problem(text).contains("sonar-preview"));
    assert!(problem(r#"{"issues":[]}"#).contains("not recognised"));
}
