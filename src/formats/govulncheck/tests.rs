use crate::formats::testing::report;
use crate::model::{Severity, Status};

fn config(level: &str, mode: &str) -> String {
    format!(
        r#"{{"config":{{"protocol_version":"v1.0.0","scan_level":"{level}","scan_mode":"{mode}"}}}}
"#
    )
}

fn finding(trace: &str) -> String {
    format!("{{\"finding\":{{\"osv\":\"GO-1\",\"trace\":[{trace}]}}}}\n")
}

const MODULE: &str = r#"{"module":"m","version":"v1"}"#;
const PACKAGE: &str = r#"{"module":"m","version":"v1","package":"m/p"}"#;
const CALL: &str = r#"{"module":"m","version":"v1","package":"m/p","function":"F","position":{"filename":"p.go","line":3}},{"module":"own","package":"own","function":"main","position":{"filename":"main.go","line":7,"column":2}}"#;

#[test]
fn the_strongest_level_of_what_the_scan_can_see() {
    for (level, traces, severity) in [
        ("symbol", &[MODULE][..], Severity::Low),
        ("symbol", &[MODULE, PACKAGE], Severity::Medium),
        ("symbol", &[CALL, MODULE, PACKAGE], Severity::High),
        ("package", &[MODULE], Severity::Medium),
        ("package", &[MODULE, PACKAGE], Severity::High),
        ("module", &[MODULE], Severity::High),
        ("", &[MODULE], Severity::High),
    ] {
        let mut text = config(level, "source");
        for trace in traces {
            text.push_str(&finding(trace));
        }
        let report = report(&text);
        assert_eq!(report.status, Status::Complete, "{text}");
        assert_eq!(report.findings.len(), 1, "{text}");
        assert_eq!(
            report.findings.first().map(|found| found.severity),
            Some(severity),
            "{text}"
        );
        assert_eq!(report.entries.not_findings, traces.len() as u64 - 1);
    }
}

#[test]
fn places_are_those_of_ones_own_code() {
    let places = |mode: &str| {
        let text = [config("symbol", mode), finding(CALL), finding(CALL)].concat();
        let found = report(&text).findings.into_iter().next().expect("one");
        let places = found.locations.iter();
        let places =
            places.map(|place| format!("{}:{}", place.path, place.start_line.unwrap_or(0)));
        (found.target.clone(), places.collect::<Vec<_>>())
    };
    let source = places("source");
    assert_eq!(source.0.as_deref(), Some("go.mod"));
    assert_eq!(source.1, ["main.go:7", "go.mod:0"]);
    assert_eq!(places("binary"), (None, Vec::new()));
}

#[test]
fn modules_and_advisories_stay_apart() {
    let other = finding(MODULE).replace("GO-1", "GO-2");
    let elsewhere = finding(&MODULE.replace("\"m\"", "\"n\""));
    let entry =
        r#"{"osv":{"id":"GO-1","aliases":["CVE-1","GHSA-1"],"summary":"Bad","details":"d"}}"#;
    // Entries may come after what refers to them.
    let text = [
        &config("symbol", "source"),
        &finding(MODULE),
        &other,
        &elsewhere,
        entry,
    ]
    .map(|part| part.to_string())
    .concat();
    let report = report(&text);
    let names: Vec<String> = report
        .findings
        .iter()
        .map(|found| {
            let package = found.package.as_ref().expect("a package");
            format!("{} {} {}", found.rule, package.name, found.title)
        })
        .collect();
    assert_eq!(names, ["CVE-1 m Bad", "CVE-1 n Bad", "GO-2 m GO-2 in m"]);
    assert_eq!(report.entries.not_findings, 0);
}

#[test]
fn a_run_that_broke_off_is_no_clean_one() {
    let config = config("symbol", "source");
    let said = |message: &str| format!(r#"{{"progress":{{"message":"{message}"}}}}"#);
    let fetching = said("Fetching vulnerabilities from the database...");
    let checking = said("Checking the code against the vulnerabilities...");
    let scanning = said("Scanning your code and 4 packages");
    let sbom = r#"{"SBOM":{"modules":[]}}"#;
    let entry = r#"{"osv":{"id":"GO-1"}}"#;
    for (parts, complete) in [
        (&[config.as_str()][..], false),
        (&[&config, sbom], false),
        (&[&config, sbom, &fetching], false),
        (&[&config, &scanning, &fetching], false),
        (&[&config, sbom, &fetching, &checking], true),
        (&[&config, &scanning], true),
        (&[&config, sbom, entry], true),
        // The second of two runs.
        (&[&config, &fetching, &checking, &config], false),
        (&[&config, &config, &checking], false),
    ] {
        let report = report(&parts.concat());
        assert_eq!(report.status == Status::Complete, complete, "{parts:?}");
    }
    let looked_up = [super::tests::config("symbol", "query"), entry.to_owned()].concat();
    assert!(matches!(report(&looked_up).status, Status::Unusable(_)));
}

#[test]
fn what_is_missing_is_named() {
    let config = config("symbol", "source");
    for (message, words) in [
        (r#"{"finding":{"trace":[{"module":"m"}]}}"#, "no osv"),
        (r#"{"finding":{"osv":"GO-1"}}"#, "no trace"),
        (r#"{"finding":{"osv":"GO-1","trace":[]}}"#, "no trace"),
        (
            r#"{"finding":{"osv":"GO-1","trace":[{}]}}"#,
            "no trace[].module",
        ),
        (r#"{"finding":{"osv":"GO-1","trace":7}}"#, "at /1/finding"),
        (r#"{"finding":[]}"#, "at /1/finding"),
        (r#"{"osv":{}}"#, "no id"),
        ("[]", "expected an object"),
        (
            r#"{"finding":{"osv":"GO-1","trace":[{"module":"m""#,
            "truncated",
        ),
    ] {
        let report = report(&[config.as_str(), message].concat());
        let problem = report.status.problem().unwrap_or_default().to_owned();
        assert!(problem.contains(words), "{message}: {problem}");
        assert!(report.findings.is_empty());
    }
    let newer = config.replace("v1.0.0", "v2.0.0");
    let problem = report(&newer)
        .status
        .problem()
        .unwrap_or_default()
        .to_owned();
    assert!(problem.contains("protocol"), "{problem}");
}
