use crate::formats::testing::report;
use crate::model::{Place, Severity, Status};

fn around(source: &str, package: &str) -> String {
    format!(
        r#"{{"results":[{{"source":{source},"packages":[{package}]}}],"experimental_config":{{}}}}"#
    )
}

const LOCK: &str = r#"{"path":"/w/package-lock.json","type":"lockfile"}"#;

fn package(members: &str) -> String {
    format!(r#"{{"package":{{"name":"a","version":"1","ecosystem":"npm"}},{members}}}"#)
}

#[test]
fn one_finding_for_a_group_and_none_is_lost() {
    for (members, rules) in [
        (
            r#""vulnerabilities":[{"id":"GHSA-1","aliases":["CVE-1"]},{"id":"PYSEC-1","aliases":["CVE-1"]}],"groups":[{"ids":["GHSA-1","PYSEC-1"],"max_severity":""}]"#,
            "CVE-1+GHSA-1+PYSEC-1",
        ),
        (
            r#""vulnerabilities":[{"id":"GHSA-1"},{"id":"GHSA-2"}],"groups":[{"ids":["GHSA-2"]}]"#,
            "GHSA-2 GHSA-1",
        ),
        (
            r#""vulnerabilities":[{"id":"GHSA-1"}],"groups":null"#,
            "GHSA-1",
        ),
        (
            r#""vulnerabilities":[{"id":"GHSA-9"}],"groups":[{"ids":["GHSA-9"],"aliases":["CVE-9"]}]"#,
            "CVE-9+GHSA-9",
        ),
        (
            r#""vulnerabilities":[{"id":"DSA-1"},{"id":"DEBIAN-CVE-2"}],"groups":[{"ids":["DSA-1","DEBIAN-CVE-2"],"aliases":["CVE-1","CVE-2"]}]"#,
            "DSA-1",
        ),
        (
            r#""license_violations":["GPL-3.0","UNKNOWN"]"#,
            "GPL-3.0 UNKNOWN",
        ),
        (r#""licenses":["MIT"]"#, ""),
    ] {
        let report = report(&around(LOCK, &package(members)));
        assert_eq!(report.status, Status::Complete, "{members}");
        let names = report.findings.iter().map(|finding| {
            let all: Vec<&str> = std::iter::once(&*finding.rule)
                .chain(finding.aliases.iter().map(|id| &**id))
                .collect();
            all.join("+")
        });
        assert_eq!(names.collect::<Vec<_>>().join(" "), rules);
        let targets = report
            .findings
            .iter()
            .map(|finding| finding.target.as_deref());
        assert!(targets.eq(report.findings.iter().map(|_| Some("/w/package-lock.json"))));
    }
}

#[test]
fn the_score_of_the_group_before_the_words() {
    for (score, entry, severity) in [
        (
            r#""9.1""#,
            r#""database_specific":{"severity":"LOW"}"#,
            Severity::Critical,
        ),
        (
            r#""""#,
            r#""database_specific":{"severity":"MODERATE"}"#,
            Severity::Medium,
        ),
        (
            r#""""#,
            r#""severity":[{"type":"Ubuntu","score":"high"}]"#,
            Severity::High,
        ),
        (
            r#""0.0""#,
            r#""severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N"}]"#,
            Severity::Unknown,
        ),
        (
            "null",
            r#""database_specific":{"severity":"TERRIBLE"}"#,
            Severity::Unknown,
        ),
        (r#""11""#, r#""database_specific":7"#, Severity::Unknown),
    ] {
        let members = format!(
            r#""vulnerabilities":[{{"id":"GHSA-1",{entry}}}],"groups":[{{"ids":["GHSA-1"],"max_severity":{score}}}]"#
        );
        let report = report(&around(LOCK, &package(&members)));
        let found = report.findings.first().expect(score);
        assert_eq!(found.severity, severity, "{score} {entry}");
    }
}

#[test]
fn places_and_packages() {
    let group = r#""vulnerabilities":[{"id":"GHSA-1"}],"groups":[{"ids":["GHSA-1"]}]"#;
    let of = |source: &str, info: &str| {
        let text = around(source, &format!(r#"{{"package":{info},{group}}}"#));
        report(&text).findings.into_iter().next().expect(source)
    };
    let image = of(
        r#"{"path":"/var/lib/dpkg/status","type":"os"}"#,
        r#"{"name":"src","os_package_name":"lib","version":"1","ecosystem":"Debian:12","image_origin_details":{"index":0}}"#,
    );
    assert_eq!(
        image.locations.first().map(|place| place.place),
        Some(Place::Target)
    );
    assert_eq!(
        image.package.as_ref().map(|package| &*package.name),
        Some("lib")
    );
    let old = of(
        r#"{"path":"alpine:3","type":"docker"}"#,
        r#"{"name":"a","version":"1","ecosystem":"Alpine:v3.1"}"#,
    );
    assert_eq!(old.target.as_deref(), Some("alpine:3"));
    assert!(old.locations.is_empty());
    let clone = of(
        r#"{"path":"/w/x","type":"git"}"#,
        r#"{"name":"","commit":"c0ffee"}"#,
    );
    assert_eq!((clone.target.as_deref(), clone.locations.len()), (None, 0));
    assert_eq!(
        clone.package.as_ref().map(|package| &*package.name),
        Some("c0ffee")
    );
    let maven = of(LOCK, r#"{"name":"g:a","version":"1","ecosystem":"Maven"}"#);
    let purl = maven
        .package
        .as_ref()
        .and_then(|package| package.purl.as_deref());
    assert_eq!(purl, Some("pkg:maven/g/a@1"));
}

#[test]
fn what_is_missing_or_odd_is_refused() {
    for (text, words) in [
        (r#"{"results":[],"experimental_config":{}}"#.to_owned(), ""),
        (r#"{"results":[]}"#.to_owned(), "names no tool"),
        (
            r#"{"results":null,"experimental_config":{}}"#.to_owned(),
            "not recognised",
        ),
        (around("null", ""), "not recognised"),
        (
            around(LOCK, r#"{"groups":[{"ids":["GHSA-1"]}]}"#),
            "without package",
        ),
        (
            around(LOCK, &package(r#""groups":[{"ids":[]}]"#)),
            "a group without ids",
        ),
        (
            around(LOCK, &package(r#""groups":[{"ids":["GHSA-1"]}]"#)),
            "none of the vulnerabilities beside it",
        ),
        (
            around(LOCK, &package(r#""vulnerabilities":[{"aliases":[]}]"#)),
            "without id",
        ),
        (
            around(LOCK, &package(r#""vulnerabilities":{}"#)),
            "/results/0/packages/0",
        ),
        (
            around(LOCK, &package(r#""license_violations":[null]"#)),
            "a licence without a name",
        ),
        (
            format!(r#"{{"results":[{{"source":{LOCK},"packages":[]}},{{"source":{LOCK}}}]}}"#),
            "without source and packages",
        ),
    ] {
        let problem = report(&text)
            .status
            .problem()
            .unwrap_or_default()
            .to_owned();
        assert!(
            problem.contains(words) && problem.is_empty() == words.is_empty(),
            "{text}: {problem}"
        );
    }
}

#[test]
fn only_groups_for_development_are_for_development() {
    for (ecosystem, groups, expected) in [
        ("npm", r#"["dev"]"#, true),
        ("npm", r#"["dev","optional"]"#, false),
        ("npm", r#"["dev",7]"#, false),
        ("npm", r#"["test"]"#, false),
        ("npm", "[]", false),
        ("npm", "null", false),
        ("npm", r#""dev""#, false),
        ("Maven", r#"["test"]"#, true),
        ("Maven", r#"["dev"]"#, false),
        ("ConanCenter", r#"["build-requires"]"#, true),
        ("crates.io", r#"["dev"]"#, false),
        ("Debian:12", r#"["dev"]"#, false),
    ] {
        let of = |groups: &str| {
            format!(
                r#"{{"package":{{"name":"a","version":"1","ecosystem":"{ecosystem}"}},"dependency_groups":{groups},"vulnerabilities":[{{"id":"GHSA-1"}}],"license_violations":["X"]}}"#
            )
        };
        // The package beside it says nothing.
        let report = report(&around(LOCK, &format!("{},{}", of(groups), of("[]"))));
        assert_eq!(report.status, Status::Complete, "{groups}");
        let said: Vec<bool> = report
            .findings
            .iter()
            .map(|finding| finding.package.as_ref().is_some_and(|p| p.development))
            .collect();
        assert_eq!(
            said,
            [expected, expected, false, false],
            "{ecosystem} {groups}"
        );
    }
}
