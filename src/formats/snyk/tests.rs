//! Quirks, missing members and hostile shapes.

use crate::formats::testing::report as read;
use crate::model::{Fix, Kind, Place, Severity, Status};

fn problem(text: &str) -> String {
    read(text).status.problem().unwrap_or_default().to_owned()
}

const ISSUE: &str = r#"{"id":"SNYK-JS-A-1","title":"T","severity":"high","identifiers":{"CVE":["CVE-2099-1"]},"packageManager":"npm","packageName":"a","name":"a","version":"1","fixedIn":[]}"#;

/// A project with this issue.
fn project(issue: &str) -> String {
    format!(
        r#"{{"vulnerabilities":[{issue}],"ok":false,"packageManager":"npm","displayTargetFile":"package-lock.json","path":"/b"}}"#
    )
}

#[test]
fn a_failed_test_is_no_clean_one() {
    let clean = r#"{"ok":true,"vulnerabilities":[],"projectName":"a","path":"/a"}"#;
    let failed = r#"{"ok":false,"error":"no lock file","path":"/b"}"#;
    let says = r#"{"ok":false,"vulnerabilities":[],"projectName":"c","path":"/c"}"#;
    let ignored = r#"{"ok":false,"vulnerabilities":[],"projectName":"c","path":"/c","applications":[{"ok":false,"error":"nested","path":"/d"}]}"#;
    for (text, status, part) in [
        (clean.to_owned(), "complete", ""),
        (failed.to_owned(), "unusable", "no lock file"),
        (says.to_owned(), "unusable", "lists none"),
        (format!("[{clean},{failed}]"), "partial", "1 of 2"),
        (format!("[{failed},{clean}]"), "partial", "1 of 2"),
        (format!("[{failed},{failed}]"), "unusable", "2 of 2"),
        (format!("[{clean},{ignored}]"), "partial", "2 of 3"),
        (format!("[{clean},{{}}]"), "unusable", "no ok"),
        (
            format!(r#"[{clean},{{"ok":true,"path":"/e"}}]"#),
            "unusable",
            "no vulnerabilities",
        ),
        (
            format!(r#"[{clean},{{"ok":true,"vulnerabilities":null}}]"#),
            "unusable",
            "no vulnerabilities",
        ),
    ] {
        let report = read(&text);
        assert_eq!(report.status.word(), status, "{text}: {:?}", report.status);
        assert!(problem(&text).contains(part), "{text}: {:?}", report.status);
    }
    let report = read(&format!("[{clean},{failed}]"));
    assert_eq!(report.unanalysed, ["/b".into()]);
}

#[test]
fn what_is_missing_is_named_with_its_element() {
    for (key, member) in [("id", "id"), ("severity", "severity")] {
        let bad = ISSUE.replace(&format!("\"{key}\""), "\"other\"");
        let said = problem(&project(&format!("{ISSUE},{bad}")));
        assert!(
            said.contains("/vulnerabilities/1") && said.contains(member),
            "{said}"
        );
    }
    let nameless = ISSUE
        .replace("\"packageName\"", "\"x\"")
        .replace("\"name\"", "\"y\"");
    assert!(problem(&project(&nameless)).contains("packageName"));
    let check = r#"[{"ok":false,"infrastructureAsCodeIssues":[{"id":"S"}]}]"#;
    assert!(problem(check).contains("severity"));
}

#[test]
fn cosmetic_members_of_a_wrong_type_lose_nothing() {
    for (from, to) in [
        ("\"CVE-2099-1\"", "7"),
        ("{\"CVE\":[\"CVE-2099-1\"]}", "[]"),
        ("[]", "\"1.2\""),
        ("\"T\"", "{}"),
        ("\"1\"", "[1]"),
        ("\"title\"", "\"cvssScore\":1e999,\"title\""),
    ] {
        let report = read(&project(&ISSUE.replace(from, to)));
        assert_eq!(report.status, Status::Complete, "{from}");
        assert_eq!(report.entries.findings, 1, "{from}");
    }
}

#[test]
fn fixes_and_severities() {
    let first = |change: &str, by: &str| {
        let report = read(&project(&ISSUE.replace(change, by)));
        report.findings.into_iter().next().expect("one")
    };
    for (members, fix) in [
        ("\"fixedIn\":[]", Fix::None),
        ("\"fixedIn\":[\"2\"]", Fix::Available),
        ("\"fixedIn\":[],\"isUpgradable\":true", Fix::Available),
        ("\"fixedIn\":[],\"isPatchable\":true", Fix::Available),
        ("\"isUpgradable\":false", Fix::Unknown),
        ("\"nearestFixedInVersion\":\"2\"", Fix::Available),
    ] {
        let finding = first("\"fixedIn\":[]", members);
        assert_eq!(finding.package.expect("a package").fix, fix, "{members}");
    }
    for (members, severity) in [
        (
            "\"severity\":\"high\",\"severityWithCritical\":\"critical\"",
            Severity::Critical,
        ),
        ("\"severityWithCritical\":\"low\"", Severity::Low),
        ("\"severity\":\"awful\"", Severity::Unknown),
    ] {
        assert_eq!(first("\"severity\":\"high\"", members).severity, severity);
    }
    let hostile = first("SNYK-JS-A-1", "SNYK-JS-A)](javascript:x");
    assert_eq!(hostile.link, None);
    assert!(first("T", "T").link.is_some());
}

#[test]
fn the_same_id_on_two_paths_is_one_identity() {
    let report = read(&project(&format!("{ISSUE},{ISSUE}")));
    assert_eq!(report.entries.findings, 2);
    let one = |at: usize| {
        let finding = report.findings.get(at).expect("two");
        let package = finding.package.clone().map(|package| package.name);
        (finding.rule.clone(), finding.target.clone(), package)
    };
    assert_eq!(one(0), one(1));
}

#[test]
fn an_image_is_named_as_it_was_written() {
    for (project, path, image) in [
        ("docker-image|shop/web", "shop/web:1/web", "shop/web:1"),
        ("docker-image|shop/web", "shop/web", "shop/web"),
        (
            "docker-image|r.example.com/web",
            "r.example.com/web@sha256:ab",
            "r.example.com/web@sha256:ab",
        ),
        ("docker-image|web.tar", "/tmp/web.tar", "/tmp/web.tar"),
        ("docker-image|web", "", "web"),
    ] {
        let text = format!(
            r#"{{"applications":[{{"vulnerabilities":[{ISSUE}],"ok":false,"projectName":"in","targetFile":"/app/package.json"}}],"vulnerabilities":[],"ok":false,"projectName":"{project}","path":"{path}","docker":{{}}}}"#
        );
        let report = read(&text);
        assert_eq!(report.status, Status::Complete, "{:?}", report.status);
        let finding = report.findings.first().expect("one");
        assert_eq!(finding.target.as_deref(), Some(image));
        let place = finding.locations.first().expect("a place");
        assert_eq!(
            (&*place.path, place.place),
            ("app/package.json", Place::Target)
        );
    }
}

#[test]
fn a_licence_is_named_by_its_licence() {
    for (members, rule) in [
        (r#""type":"license","license":"GPL-3.0""#, "GPL-3.0"),
        (r#""type":"license","title":"MPL-2.0 license""#, "MPL-2.0"),
        (r#""type":"license""#, "snyk:lic:npm:a:X"),
    ] {
        let issue = format!(
            r#"{{"id":"snyk:lic:npm:a:X","severity":"medium","packageName":"a","version":"1",{members}}}"#
        );
        let report = read(&project(&issue));
        let finding = report.findings.first().expect("one");
        assert_eq!((finding.kind, &*finding.rule), (Kind::License, rule));
    }
}

#[test]
fn applications_do_not_nest_for_ever() {
    let mut text = project(ISSUE);
    for _ in 0..6 {
        text = format!(
            r#"{{"vulnerabilities":[],"ok":false,"projectName":"p","applications":[{text}]}}"#
        );
    }
    assert!(problem(&text).contains("nested deeper"));
}
