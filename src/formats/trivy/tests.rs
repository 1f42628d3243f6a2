use proptest::prelude::*;
use serde_json::{Value, json};

use crate::formats::testing::report as read_text;
use crate::model::{Place, Report, Status};

fn read_json(document: &Value) -> Report {
    read_text(&document.to_string())
}

/// Everything that a result can hold, twice.
fn report() -> Value {
    let result = |target: &str, class: &str| {
        json!({
            "Target": target, "Class": class, "Type": "npm",
            "Packages": [{"ID": "a@1"}],
            "CustomResources": [{"Type": "x"}],
            "MisconfSummary": {"Successes": 1, "Failures": 1},
            "Vulnerabilities": [{
                "VulnerabilityID": "GHSA-aaaa", "VendorIDs": ["RHSA-1", "CVE-2099-1"],
                "PkgName": "a", "PkgIdentifier": {"PURL": "pkg:npm/a@1"}, "InstalledVersion": "1",
                "FixedVersion": "2, 3.1", "Status": "fixed", "Severity": "HIGH",
                "SeveritySource": "ghsa", "CVSS": {"ghsa": {"V3Score": 7.5}},
                "Title": "bad", "Description": "very bad", "PrimaryURL": "https://example.com/x",
            }],
            "Misconfigurations": [
                {"ID": "KSV001", "AVDID": "AVD-KSV-0001", "Title": "t", "Message": "m",
                 "Resolution": "do", "Severity": "LOW", "Status": "FAIL",
                 "CauseMetadata": {"Resource": "r", "StartLine": 3, "EndLine": 5}},
                {"ID": "KSV002", "Severity": "LOW", "Status": "PASS"},
            ],
            "Secrets": [{"RuleID": "aws", "Severity": "CRITICAL", "Title": "s", "StartLine": 7,
                         "EndLine": 7, "Match": "key=****"}],
            "Licenses": [{"Severity": "MEDIUM", "Category": "reciprocal", "PkgName": "b",
                          "FilePath": "", "Name": "MPL-2.0"}],
            "ExperimentalModifiedFindings": [{
                "Type": "vulnerability", "Status": "not_affected", "Statement": "why",
                "Source": "./vex.json", "Finding": {"VulnerabilityID": "CVE-2099-2", "PkgName": "c"},
            }],
        })
    };
    json!({
        "SchemaVersion": 2, "Trivy": {"Version": "0.70.0"}, "ArtifactName": ".",
        "ArtifactType": "filesystem",
        "Results": [result("a/package-lock.json", "lang-pkgs"), result("b/package-lock.json", "lang-pkgs")],
    })
}

/// JSON text of `value` with the members of every object in another order.
fn shuffled(value: &Value, seed: u64) -> String {
    match value {
        Value::Object(members) => {
            let mut members: Vec<(&String, &Value)> = members.iter().collect();
            let key = |name: &str| {
                name.bytes().fold(seed, |sum, byte| {
                    (sum ^ u64::from(byte))
                        .wrapping_mul(0x0100_0000_01b3)
                        .rotate_left(23)
                })
            };
            members.sort_by_key(|(name, _)| key(name));
            let members: Vec<String> = members
                .into_iter()
                .map(|(name, value)| format!("{}:{}", json!(name), shuffled(value, seed)))
                .collect();
            format!("{{{}}}", members.join(","))
        }
        Value::Array(list) => {
            let list: Vec<String> = list.iter().map(|value| shuffled(value, seed)).collect();
            format!("[{}]", list.join(","))
        }
        other => other.to_string(),
    }
}

fn sorted_debug(report: &Report) -> Vec<String> {
    let mut findings: Vec<String> = report.findings.iter().map(|f| format!("{f:?}")).collect();
    findings.sort();
    findings
}

proptest! {
    #[test]
    fn the_order_of_members_means_nothing(seed: u64) {
        let plain = read_json(&report());
        prop_assert_eq!(&plain.status, &Status::Complete);
        let other = read_text(&shuffled(&report(), seed));
        prop_assert_eq!(&other.status, &Status::Complete);
        prop_assert_eq!(sorted_debug(&plain), sorted_debug(&other));
        prop_assert_eq!(plain.entries, other.entries);
        prop_assert_eq!(plain.target, other.target);
    }
}

#[test]
fn every_part_of_a_result_is_read() {
    let report = read_json(&report());
    assert_eq!(report.entries.findings, 8);
    assert_eq!(
        (report.entries.suppressed, report.entries.not_findings),
        (2, 2)
    );
    assert_eq!(report.runs[0].version.as_deref(), Some("0.70.0"));
    let first = &report.findings[0];
    assert_eq!(
        (&*first.rule, &*first.title, &*first.message),
        ("CVE-2099-1", "bad", "very bad")
    );
    // An erratum covers many vulnerabilities and is no other name of this one.
    assert_eq!(
        first.aliases.iter().map(|a| &**a).collect::<Vec<_>>(),
        ["GHSA-aaaa"]
    );
    assert_eq!(first.cvss, Some(7.5));
    let package = first.package.as_ref().expect("a package");
    assert_eq!(
        package.fixed.iter().map(|v| &**v).collect::<Vec<_>>(),
        ["2", "3.1"]
    );
    let suppressed = report.findings.iter().find_map(|f| f.suppression.as_ref());
    let suppressed = suppressed.expect("suppressed");
    assert_eq!(
        (&*suppressed.status, &*suppressed.reason, &*suppressed.by),
        ("not_affected", "why", "./vex.json")
    );
    let check = report
        .findings
        .iter()
        .find(|f| &*f.rule == "KSV-0001")
        .expect("a check");
    assert_eq!(
        check.aliases.iter().map(|a| &**a).collect::<Vec<_>>(),
        ["KSV001", "AVD-KSV-0001"]
    );
    assert_eq!(&*check.message, "m\ndo");
    assert_eq!(
        (check.locations[0].start_line, check.locations[0].end_line),
        (Some(3), Some(5))
    );
}

#[test]
fn a_wrong_type_where_findings_hang_is_an_error_with_its_place() {
    for (pointer, value, words) in [
        ("/Results", json!({}), "/Results: expected a list"),
        ("/Results/0", json!([]), "/Results/0: expected an object"),
        ("/Results/0/Target", json!(["x"]), "/Results/0/Target"),
        ("/Results/0/Target", json!({}), "/Results/0/Target"),
        (
            "/Results/1/Vulnerabilities",
            json!("none"),
            "/Results/1/Vulnerabilities: expected a list",
        ),
        (
            "/Results/1/Vulnerabilities/0",
            json!(7),
            "/Results/1/Vulnerabilities/0",
        ),
        (
            "/Results/1/Vulnerabilities/0/VulnerabilityID",
            json!(""),
            "without VulnerabilityID",
        ),
        (
            "/Results/0/Misconfigurations",
            json!({"ID": "x"}),
            "Misconfigurations: expected a list",
        ),
        (
            "/Results/0/Misconfigurations/0/ID",
            json!([]),
            "/Results/0/Misconfigurations/0",
        ),
        (
            "/Results/0/Secrets/0/RuleID",
            Value::Null,
            "a secret without RuleID",
        ),
        (
            "/Results/0/Licenses/0/Name",
            json!(" "),
            "a licence without Name",
        ),
        (
            "/Results/0/ExperimentalModifiedFindings/0/Finding",
            Value::Null,
            "without Finding",
        ),
        (
            "/Results/0/ExperimentalModifiedFindings/0/Finding",
            json!([]),
            "the suppressed Finding",
        ),
        (
            "/SchemaVersion",
            json!(3),
            "SchemaVersion \"3\" is not supported",
        ),
        ("/ArtifactName", json!([]), "/ArtifactName"),
    ] {
        let mut document = report();
        *document.pointer_mut(pointer).expect(pointer) = value.clone();
        if pointer == "/Results/0/Misconfigurations/0/ID" {
            document["Results"][0]["Misconfigurations"][0]["AVDID"] = Value::Null;
        }
        let report = read_json(&document);
        let said = report.status.problem().unwrap_or_default();
        assert!(said.contains(words), "{pointer} {value}: {said}");
        assert!(report.findings.is_empty(), "{pointer}");
    }
}

#[test]
fn a_wrong_type_that_means_nothing_loses_nothing() {
    for (pointer, value) in [
        ("Title", json!({"a": 1})),
        ("Description", json!(7)),
        ("PrimaryURL", json!("javascript:alert(1)")),
        ("CVSS", json!([1])),
        ("VendorIDs", json!("CVE-2099-1")),
        ("PkgIdentifier", json!("x")),
        ("FixedVersion", Value::Null),
        ("References", json!({"x": []})),
    ] {
        let mut document = report();
        document["Results"][0]["Vulnerabilities"][0][pointer] = value;
        let report = read_json(&document);
        assert_eq!(report.status, Status::Complete, "{pointer}");
        assert_eq!(report.entries.findings, 8, "{pointer}");
    }
    let list = json!({"New": [{"x": 1}]});
    let mut document = report();
    document["Results"][0]["Findings"] = list["New"].clone();
    assert!(read_json(&document).repairs[0].contains("Findings"));
}

#[test]
fn places_depend_on_what_was_scanned() {
    // ArtifactType, Class, Target, PkgPath → path, its place, target.
    for (kind, class, target, path, expected) in [
        (
            "filesystem",
            "lang-pkgs",
            "a/go.mod",
            "",
            Some(("a/go.mod", Place::Unresolved)),
        ),
        (
            "repository",
            "lang-pkgs",
            "Java",
            "x/y.jar",
            Some(("x/y.jar", Place::Unresolved)),
        ),
        ("filesystem", "os-pkgs", "host (debian 12)", "", None),
        (
            "filesystem",
            "config",
            "git::https://x.example/m//main.tf",
            "",
            None,
        ),
        ("filesystem", "config", ".", "", None),
        (
            "filesystem",
            "secret",
            "notes (1)",
            "",
            Some(("notes (1)", Place::Unresolved)),
        ),
        (
            "container_image",
            "os-pkgs",
            "shop:1 (alpine 3.1)",
            "",
            None,
        ),
        (
            "container_image",
            "lang-pkgs",
            "Node.js",
            "app/package.json",
            Some(("app/package.json", Place::Target)),
        ),
        (
            "container_image",
            "lang-pkgs",
            "app/Cargo.lock",
            "",
            Some(("app/Cargo.lock", Place::Target)),
        ),
        ("container_image", "lang-pkgs", "Python", "", None),
        ("container_image", "config", "shop:1 (alpine 3.1)", "", None),
        (
            "cyclonedx",
            "lang-pkgs",
            "Ruby",
            "v/x.gemspec",
            Some(("v/x.gemspec", Place::Target)),
        ),
    ] {
        let document = json!({"SchemaVersion": 2, "ArtifactName": "shop:1", "ArtifactType": kind,
            "Results": [{"Target": target, "Class": class, "Type": "t",
                "Vulnerabilities": [{"VulnerabilityID": "CVE-1", "PkgName": "p", "PkgPath": path}]}]});
        let report = read_json(&document);
        let finding = report
            .findings
            .first()
            .unwrap_or_else(|| panic!("{target}: {:?}", report.status));
        let place = finding
            .locations
            .first()
            .map(|place| (&*place.path, place.place));
        assert_eq!(place, expected, "{kind} {target}");
        let files = kind == "filesystem" || kind == "repository";
        let wanted = match expected {
            Some((path, _)) if files => path,
            _ => "shop:1",
        };
        assert_eq!(finding.target.as_deref(), Some(wanted), "{kind} {target}");
    }
}

#[test]
fn a_severity_is_the_vendors_only_for_packages_of_a_distribution() {
    for (class, source, vendor) in [
        ("os-pkgs", "debian", true),
        ("os-pkgs", "nvd", false),
        ("os-pkgs", "", false),
        ("lang-pkgs", "redhat", false),
        ("lang-pkgs", "ghsa", false),
    ] {
        let document = json!({"SchemaVersion": 2, "ArtifactName": "i", "ArtifactType": "container_image",
            "Results": [{"Target": "t", "Class": class, "Type": "debian", "Vulnerabilities": [
                {"VulnerabilityID": "CVE-1", "PkgName": "p", "SeveritySource": source}]}]});
        let report = read_json(&document);
        assert_eq!(
            report.findings[0].vendor_severity, vendor,
            "{class} {source}"
        );
    }
}

#[test]
fn a_cluster_says_what_it_could_not_scan() {
    let document = json!({"ClusterName": "c", "Resources": [
        {"Namespace": "n", "Kind": "Pod", "Name": "p", "Metadata": [{}], "Error": "no image"},
        {"Results": [{"Vulnerabilities": [{"VulnerabilityID": "CVE-1", "PkgName": "x"}],
            "Type": "debian", "Class": "os-pkgs", "Target": "img:1 (debian 12)"}],
         "Name": "web", "Kind": "Deployment"},
    ]});
    let report = read_json(&document);
    assert!(
        matches!(&report.status, Status::Partial(why) if why.contains("no image")),
        "{:?}",
        report.status
    );
    assert_eq!(
        report
            .unanalysed
            .iter()
            .map(|part| &**part)
            .collect::<Vec<_>>(),
        ["Pod/n/p"]
    );
    let finding = &report.findings[0];
    assert_eq!(finding.target.as_deref(), Some("Deployment/web"));
    assert_eq!(report.target.as_deref(), Some("c"));
}

#[test]
fn without_a_schema_version_nobody_knows() {
    let text = r#"{"ArtifactName":"a","ArtifactType":"filesystem","Results":[]}"#;
    let report = read_text(text);
    assert!(
        report
            .status
            .problem()
            .is_some_and(|why| why.contains("no SchemaVersion"))
    );
}

#[test]
fn packages_for_development_are_known_from_the_list_of_packages() {
    let vulnerability = json!({"VulnerabilityID": "CVE-2099-1", "Severity": "LOW",
        "PkgID": "a@1", "PkgName": "a", "InstalledVersion": "1"});
    let without_id = json!({"VulnerabilityID": "CVE-2099-1", "Severity": "LOW",
        "PkgName": "a", "InstalledVersion": "1"});
    let dev = json!({"ID": "a@1", "Name": "a", "Version": "1", "Dev": true});
    let runs = json!({"ID": "a@1", "Name": "a", "Version": "1"});
    let other = json!({"ID": "a@2", "Name": "a", "Version": "2", "Dev": true});
    for (packages, found, expected) in [
        (json!([dev]), &vulnerability, true),
        (json!([dev]), &without_id, true),
        (json!([runs]), &vulnerability, false),
        // Listed twice: it runs, whichever comes first.
        (json!([dev, runs]), &vulnerability, false),
        (json!([runs, dev]), &without_id, false),
        (json!([other]), &vulnerability, false),
        (json!([{"ID": "a@1", "Dev": "true"}]), &vulnerability, false),
        (json!([7, {"Dev": true}, dev]), &vulnerability, true),
        (json!([]), &vulnerability, false),
        (json!(null), &vulnerability, false),
        (json!({"a@1": {"Dev": true}}), &vulnerability, false),
    ] {
        let document = json!({
            "SchemaVersion": 2, "ArtifactName": ".", "ArtifactType": "filesystem",
            "Results": [
                {"Target": "package-lock.json", "Class": "lang-pkgs", "Type": "npm",
                 "Packages": packages, "Vulnerabilities": [found]},
                // Another lock file, which says nothing.
                {"Target": "x/package-lock.json", "Class": "lang-pkgs", "Type": "npm",
                 "Vulnerabilities": [found]},
            ],
        });
        let report = read_json(&document);
        assert_eq!(report.status, Status::Complete, "{document}");
        let said: Vec<bool> = report
            .findings
            .iter()
            .map(|finding| finding.package.as_ref().is_some_and(|p| p.development))
            .collect();
        assert_eq!(said, [expected, false], "{document}");
    }
}
