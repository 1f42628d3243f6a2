//! Quirks, missing members and hostile shapes.

use crate::formats::testing::report as read;
use crate::formats::{Hint, Secrets, read as read_report};
use crate::model::{Place, Severity, Status};

fn problem(text: &str) -> String {
    read(text).status.problem().unwrap_or_default().to_owned()
}

const SHA: &str = "6e3f0c1d5b7a9e2f4c8d0b6a1e5f3c7d9b2a4e6f8c0d1b3a5e7f9c2d4b6a8e0f";

fn incident(value: &str, members: &str) -> String {
    format!(
        r#"{{"type":"Example Token","ignore_sha":"{SHA}","validity":"no_checker","occurrences":[{{"match":"{value}","type":"apikey","line_start":2,"line_end":3}}]{members}}}"#
    )
}

fn scan(sort: &str, filename: &str, incidents: &str) -> String {
    format!(
        r#"{{"id":"x","type":"{sort}","entities_with_incidents":[{{"filename":"{filename}","incidents":[{incidents}]}}],"total_incidents":0,"total_occurrences":0}}"#
    )
}

#[test]
fn no_value_and_no_hash_of_one_is_in_any_text() {
    let value = "exampleVALUE0123456789";
    let text = scan(
        "path_scan",
        &format!("a/{value}/{SHA}.env"),
        &incident(
            value,
            &format!(r#","incident_url":"https://example.com/{value}","ignore_reason":{{"kind":"k","detail":"{SHA}"}}"#),
        )
        .replace("Example Token", &format!("Token {value}")),
    );
    let mut secrets = Secrets::new(None);
    let mut report = read_report(&mut text.as_bytes(), Hint::default(), &mut secrets);
    assert_eq!(report.status, Status::Complete);
    secrets.into_redactor().clean_report(&mut report);
    let printed = format!("{report:?}");
    assert!(
        !printed.contains(value) && !printed.contains(SHA),
        "{printed}"
    );
}

#[test]
fn masked_and_clear_values_have_one_identity() {
    let mark = |value: &str| {
        let report = read(&scan("path_scan", "a.env", &incident(value, "")));
        let finding = report.findings.into_iter().next().expect("one");
        finding.secret.expect("a mark")
    };
    let (masked, clear) = (mark("ex*****le"), mark("exampleVALUE"));
    assert!(masked.published.is_some());
    assert_eq!(masked.published, clear.published);
    assert!(masked.digest.is_none() && clear.digest.is_some());
    // Short values lose a few characters only.
    assert!(mark("5**4").digest.is_none());
}

#[test]
fn what_is_missing_is_named_with_its_element() {
    let good = incident("v", "");
    for key in ["type", "ignore_sha", "occurrences"] {
        let bad = good.replacen(&format!("\"{key}\""), "\"other\"", 1);
        let said = problem(&scan("path_scan", "a", &format!("{good},{bad}")));
        assert!(
            said.contains("/incidents/1") && said.contains(key),
            "{said}"
        );
    }
    for key in ["filename", "incidents"] {
        let bad = scan("path_scan", "a", &good).replacen(&format!("\"{key}\""), "\"other\"", 1);
        assert!(problem(&bad).contains(key), "{key}");
    }
    let iac = r#"{"id":"d","type":"path_scan","iac_engine_version":"1","entities_with_incidents":[{"filename":"f","incidents":[{"policy_id":"P","severity":"LOW"}]}],"total_incidents":1}"#;
    assert_eq!(read(iac).status, Status::Complete);
    for key in ["filename", "incidents", "policy_id", "severity"] {
        let bad = iac.replacen(&format!("\"{key}\""), "\"other\"", 1);
        assert!(problem(&bad).contains(key), "{key}");
    }
    let sca = r#"{"scanned_files":["f"],"found_package_vulns":[{"location":"f","package_vulns":[{"package_full_name":"p","vulns":[{"identifier":"GHSA-1","severity":"low"}]}]}],"total_vulns":1}"#;
    assert_eq!(read(sca).status, Status::Complete);
    for key in [
        "location",
        "package_vulns",
        "package_full_name",
        "vulns",
        "identifier",
        "severity",
    ] {
        let bad = sca.replacen(&format!("\"{key}\""), "\"other\"", 1);
        assert!(problem(&bad).contains(key), "{key}");
    }
}

#[test]
fn totals_that_the_lists_do_not_reach_are_damage() {
    for text in [
        r#"{"id":"x","type":"path_scan","total_incidents":1,"total_occurrences":1}"#,
        r#"{"id":"x","type":"path_scan","entities_with_incidents":[],"total_incidents":1,"total_occurrences":1}"#,
        r#"{"id":"x","type":"path_scan","iac_engine_version":"1","entities_with_incidents":[],"total_incidents":1}"#,
        r#"{"scanned_files":["f"],"found_package_vulns":[],"total_vulns":1}"#,
    ] {
        assert!(problem(text).contains("lists 0"), "{text}");
    }
}

#[test]
fn a_scan_without_a_result_is_not_clean() {
    for text in [
        r#"{"id":"x","type":"path_scan","entities_with_incidents":[],"total_incidents":0}"#,
        r#"{"id":"x","type":"path_scan","total_incidents":0,"total_occurrences":0,"entities_with_incidents":null}"#,
        r#"{"id":"x","type":"diff_scan","iac_engine_version":"1","entities_with_incidents":{}}"#,
        r#"{"scanned_files":[],"added_vulns":[],"removed_vulns":[]}"#,
    ] {
        assert_eq!(read(text).status.word(), "unusable", "{text}");
    }
}

#[test]
fn scans_do_not_nest_for_ever() {
    let mut text = scan("commit", "a", "");
    for level in 0..9 {
        text = format!(
            r#"{{"id":"x","type":"commit-range","scans":[{text}],"total_incidents":0,"total_occurrences":0}}"#
        );
        if level == 7 {
            assert_eq!(read(&text).status, Status::Complete);
        }
    }
    assert!(problem(&text).contains("nested deeper"));
}

#[test]
fn severity_place_and_suppression() {
    let first = |text: &str| read(text).findings.into_iter().next().expect("one");
    for (validity, severity) in [
        ("valid", Severity::Critical),
        ("invalid", Severity::High),
        ("", Severity::High),
        ("cannot_check", Severity::High),
    ] {
        let text = scan("path_scan", "a", &incident("v***", "")).replace("no_checker", validity);
        assert_eq!(first(&text).severity, severity, "{validity}");
    }
    for (path, inside) in [
        ("/srv/a", "srv/a"),
        ("sha256:00aa:/srv/a", "srv/a"),
        ("srv/a", "srv/a"),
    ] {
        let finding = first(&scan("scan_docker_archive", path, &incident("v***", "")));
        let place = finding.locations.first().expect("a place");
        assert_eq!((&*place.path, place.place), (inside, Place::Target));
        assert_eq!((place.start_line, place.end_line), (Some(2), Some(3)));
    }
    for (members, status) in [
        ("", None),
        (r#","ignore_reason":null"#, None),
        (r#","ignore_reason":false"#, None),
        (r#","ignore_reason":0"#, None),
        (r#","ignore_reason":{}"#, None),
        (r#","ignore_reason":" ""#, None),
        (
            r#","ignore_reason":{"kind":"backend_excluded"}"#,
            Some("backend_excluded"),
        ),
        (r#","ignore_reason":"known_secret""#, Some("known_secret")),
    ] {
        let finding = first(&scan("path_scan", "a", &incident("v***", members)));
        let said = finding.suppression.map(|suppression| suppression.status);
        assert_eq!(said.as_deref(), status, "{members}");
    }
}

#[test]
fn errors_make_the_scan_partial() {
    let text = r#"{"id":"x","type":"commit-range","scans":[{"id":"c","type":"commit","errors":[{"files":[{"filename":"big.bin","mode":"NEW"}],"description":"too\nlarge"}],"total_incidents":0,"total_occurrences":0}],"total_incidents":0,"total_occurrences":0}"#;
    let report = read(text);
    assert_eq!(report.status.word(), "partial");
    assert_eq!(report.unanalysed, ["big.bin".into()]);
}
