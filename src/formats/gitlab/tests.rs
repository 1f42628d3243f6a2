use crate::formats::testing::report as read_text;
use crate::formats::{Hint, Secrets, read};
use crate::model::{Kind, Place, Severity, Status};

const FAKE: &str = "AKIAFAKEFIXTUREABCDE";

fn report(scan: &str, entry: &str) -> String {
    format!(r#"{{"version":"15.0.7","vulnerabilities":[{entry}]{scan}}}"#)
}

fn scan(sort: &str) -> String {
    format!(
        r#","scan":{{"type":"{sort}","status":"success","scanner":{{"id":"x","name":"X","version":"1"}}}}"#
    )
}

fn entry(more: &str) -> String {
    format!(
        r#"{{"id":"1","name":"n","severity":"Low","location":{{"file":"f","start_line":2}},"identifiers":[{{"type":"x_id","name":"R","value":"r"}}]{more}}}"#
    )
}

#[test]
fn the_scan_or_the_category_says_the_kind() {
    let extract = r#","raw_source_code_extract":"some code here""#;
    for (sort, more, kind) in [
        ("sast", "", Kind::Code),
        (
            "sast",
            r#","scanner":{"id":"kics"}"#,
            Kind::Misconfiguration,
        ),
        (
            "sast",
            r#","scanner":{"id":"kics-sarif"}"#,
            Kind::Misconfiguration,
        ),
        ("sast", r#","category":"secret_detection""#, Kind::Secret),
        ("secret_detection", r#","category":"sast""#, Kind::Secret),
        ("secret_detection", "", Kind::Secret),
        ("sast", extract, Kind::Code),
        ("dependency_scanning", "", Kind::Vulnerability),
        ("container_scanning", "", Kind::Vulnerability),
        ("coverage_fuzzing", "", Kind::Code),
        ("something_new", "", Kind::Code),
    ] {
        let report = read_text(&report(&scan(sort), &entry(more)));
        assert_eq!(report.status, Status::Complete, "{sort} {more}");
        let found = report.findings.first().map(|finding| finding.kind);
        assert_eq!(found, Some(kind), "{sort} {more}");
    }
    // Without a scan and a category the extract decides.
    for (more, kind) in [(extract, Kind::Secret), ("", Kind::Code)] {
        let report = read_text(&report("", &entry(more)));
        let found = report.findings.first().map(|finding| finding.kind);
        assert_eq!(found, Some(kind), "{more}");
    }
}

#[test]
fn no_raw_value_is_in_any_text() {
    for extract in [format!("\"{FAKE}\""), format!("[\"{FAKE}\"]")] {
        let entry = format!(
            r#"{{"id":"1","name":"{FAKE} found","description":"it is {FAKE}","solution":"revoke {FAKE}","raw_source_code_extract":{extract},"links":[{{"url":"https://example.com/?{FAKE}"}}],
            "location":{{"file":"{FAKE}.txt","start_line":2}},"identifiers":[{{"type":"x","name":"{FAKE}","value":"rule {FAKE}"}}],"flags":[{{"type":"t","description":"{FAKE}"}}]}}"#
        );
        for text in [
            report(&scan("secret_detection"), &entry),
            report("", &entry),
        ] {
            let mut secrets = Secrets::new(None);
            let report = read(&mut text.as_bytes(), Hint::default(), &mut secrets);
            let printed = format!("{report:?}");
            assert!(!printed.contains(FAKE), "{printed}");
            let finding = report.findings.first().expect("one");
            assert_eq!(finding.severity, Severity::High, "no word is high");
            let known = finding.secret.as_ref().and_then(|mark| mark.digest);
            assert!(known.is_some());
            let clean = secrets.into_redactor().clean(&format!("x {FAKE}"));
            assert_eq!(clean.as_deref(), Some("x ***"));
        }
    }
}

#[test]
fn a_scan_that_failed_is_no_clean_one() {
    for (scan, word) in [
        (
            r#","scan":{"type":"sast","scanner":{},"status":"failure"}"#,
            "failure",
        ),
        (
            r#","scan":{"type":"sast","scanner":{},"status":{"ok":true}}"#,
            "status",
        ),
        (
            r#","scan":{"type":"sast","scanner":{},"status":"odd"}"#,
            "odd",
        ),
        (
            r#","scan":{"type":"sast","scanner":{},"status":"success","messages":[{"level":"fatal","value":"no rules"}]}"#,
            "no rules",
        ),
        (r#","scan":7"#, "no object"),
    ] {
        let report = read_text(&report(scan, &entry("")));
        let said = report.status.problem().unwrap_or_default();
        let unusable = matches!(report.status, Status::Unusable(_));
        assert!(unusable && said.contains(word), "{scan}: {said}");
    }
    let warned =
        r#","scan":{"type":"sast","scanner":{},"messages":[{"level":"warn","value":"slow"}]}"#;
    let report = read_text(&report(warned, &entry("")));
    assert_eq!(report.status, Status::Complete);
    assert!(report.repairs.iter().any(|note| note.contains("slow")));
}

#[test]
fn what_is_missing_is_named_with_its_element() {
    for (key, word) in [("location", "location"), ("identifiers", "identifiers")] {
        let bad = entry("").replace(&format!("\"{key}\""), "\"other\"");
        let both = format!("{},{bad}", entry(""));
        let report = read_text(&report(&scan("sast"), &both));
        let said = report.status.problem().unwrap_or_default();
        assert!(said.contains(word) && said.contains("/1"), "{key}: {said}");
        assert!(report.findings.is_empty());
    }
    let nameless = r#"{"location":{},"identifiers":[]}"#;
    let report = read_text(&report(&scan("sast"), nameless));
    let said = report.status.problem().unwrap_or_default();
    assert!(said.contains("no name and no identifier"), "{said}");
}

#[test]
fn packages_and_places_are_as_trivys() {
    let of_image = r#"{"name":"n","severity":"High","location":{"image":"r/app:1","operating_system":"debian:12","file":"usr/x.jar","dependency":{"package":{"name":"p"},"version":"1"}},"identifiers":[{"type":"ghsa","value":"GHSA-1"},{"type":"cve","value":"CVE-1"},{"type":"usn","value":"USN-1"}]}"#;
    let report_of_image = read_text(&report(&scan("container_scanning"), of_image));
    let finding = report_of_image.findings.first().expect("one");
    assert_eq!(finding.target.as_deref(), Some("r/app:1"));
    assert_eq!(&*finding.rule, "CVE-1");
    assert_eq!(finding.aliases, ["GHSA-1".into()]);
    let place = finding.locations.first().expect("a place");
    assert_eq!((&*place.path, place.place), ("usr/x.jar", Place::Target));
    let package = finding.package.as_ref().expect("a package");
    assert_eq!(package.ecosystem.as_deref(), Some("deb"));

    let of_file = r#"{"name":"n","location":{"file":"go.sum","dependency":{"package":{"name":"p"},"version":"1"}},"identifiers":[{"type":"cve","value":"CVE-1"}],"cvss_vectors":[{"vector":"x"},{"vector":"AV:N/AC:L/Au:N/C:P/I:N/A:N"}]}"#;
    let report_of_file = read_text(&report(&scan("dependency_scanning"), of_file));
    let finding = report_of_file.findings.first().expect("one");
    assert_eq!(finding.target.as_deref(), Some("go.sum"));
    assert_eq!(finding.severity, Severity::Unknown);
    assert_eq!(finding.cvss, Some(5.0));
    let place = finding.locations.first().expect("a place");
    assert_eq!((&*place.path, place.place), ("go.sum", Place::Unresolved));
}
