use crate::formats::testing::report;
use crate::model::{Finding, Fix, Place, Severity, Status};

fn with(source: &str, vulnerability: &str, artifact: &str, rest: &str) -> String {
    format!(
        r#"{{"matches":[{{"vulnerability":{{"id":"CVE-2099-1",{vulnerability}}},"artifact":{{"name":"a","version":"1",{artifact}}}{rest}}}],"source":{source}}}"#
    )
}

fn first(text: &str) -> Finding {
    let report = report(text);
    assert_eq!(report.status, Status::Complete, "{text}");
    assert_eq!(report.findings.len(), 1, "{text}");
    report.findings.into_iter().next().expect("one")
}

const FOLDER: &str = r#"{"type":"directory","target":"."}"#;
const NPM: &str = r#""type":"npm","purl":"pkg:npm/a@1","locations":[{"path":"/x/package-lock.json"},{"path":"/y"}]"#;
const DEB: &str =
    r#""type":"deb","purl":"pkg:deb/debian/a@1","locations":[{"path":"/var/lib/dpkg/status"}]"#;

#[test]
fn what_was_scanned_says_what_paths_are() {
    let image = r#"{"type":"image","target":{"userInput":"app:1","imageID":"sha256:1"}}"#;
    for (source, artifact, target, path, place) in [
        (
            FOLDER,
            NPM,
            "x/package-lock.json",
            "x/package-lock.json",
            Place::Unresolved,
        ),
        (
            r#"{"type":"directory","target":"/x/"}"#,
            NPM,
            "package-lock.json",
            "package-lock.json",
            Place::Unresolved,
        ),
        (FOLDER, DEB, ".", "var/lib/dpkg/status", Place::Target),
        (image, NPM, "app:1", "x/package-lock.json", Place::Target),
        (image, DEB, "app:1", "var/lib/dpkg/status", Place::Target),
        (
            r#"{"type":"image","target":{"userInput":"","imageID":"sha256:1"}}"#,
            DEB,
            "sha256:1",
            "var/lib/dpkg/status",
            Place::Target,
        ),
        (
            r#"{"type":"file","target":"lib/a.jar"}"#,
            NPM,
            "lib/a.jar",
            "lib/a.jar",
            Place::Unresolved,
        ),
        (
            r#"{"type":"sbom-file","target":"bom.json"}"#,
            NPM,
            "bom.json",
            "x/package-lock.json",
            Place::Target,
        ),
        (
            r#"{"type":"unknown","target":"unknown"}"#,
            NPM,
            "",
            "x/package-lock.json",
            Place::Target,
        ),
        ("null", NPM, "", "x/package-lock.json", Place::Target),
    ] {
        let found = first(&with(source, r#""severity":"Low""#, artifact, ""));
        let location = found.locations.first().expect(source);
        assert_eq!(
            found.target.as_deref().unwrap_or_default(),
            target,
            "{source}"
        );
        assert_eq!((&*location.path, location.place), (path, place), "{source}");
    }
    let nowhere = first(&with(FOLDER, r#""x":1"#, r#""locations":null"#, ""));
    assert!(nowhere.locations.is_empty());
    assert_eq!(nowhere.target.as_deref(), Some("."));
}

#[test]
fn severity_fix_and_score_of_the_entry_itself() {
    for (members, severity, fix, score) in [
        (
            r#""severity":"Negligible","fix":{"versions":[],"state":"wont-fix"}"#,
            Severity::Low,
            Fix::None,
            None,
        ),
        (
            r#""severity":null,"fix":{"versions":["2"],"state":"fixed"}"#,
            Severity::Unknown,
            Fix::Available,
            None,
        ),
        (
            r#""fix":{"versions":[],"state":"not-fixed"}"#,
            Severity::Unknown,
            Fix::None,
            None,
        ),
        (
            r#""severity":"","fix":{"versions":null,"state":""}"#,
            Severity::Unknown,
            Fix::Unknown,
            None,
        ),
        (
            r#""severity":"Dreadful","fix":7"#,
            Severity::Unknown,
            Fix::Unknown,
            None,
        ),
        (
            r#""severity":"High","cvss":[{"version":"2.0","metrics":{"baseScore":9}},{"version":"3.1","metrics":{"baseScore":6.5}},{"version":"3.0","metrics":{"baseScore":7.1}},7]"#,
            Severity::High,
            Fix::Unknown,
            Some(7.1),
        ),
        (
            r#""cvss":[{"version":"4.0","metrics":{"baseScore":5.1}},{"version":"3.1","metrics":{"baseScore":9.9}}]"#,
            Severity::Unknown,
            Fix::Unknown,
            Some(5.1),
        ),
        (
            r#""cvss":[{"version":"3.1","metrics":{"baseScore":11}}],"cvssV2":{"baseScore":4}"#,
            Severity::Unknown,
            Fix::Unknown,
            Some(4.0),
        ),
        (
            r#""severity":"Low","fixedInVersion":"None""#,
            Severity::Low,
            Fix::Unknown,
            None,
        ),
        (
            r#""severity":"Low","fixedInVersion":"2.0""#,
            Severity::Low,
            Fix::Available,
            None,
        ),
    ] {
        let found = first(&with(FOLDER, members, NPM, ""));
        let package = found.package.as_ref().expect("a package");
        assert_eq!(
            (found.severity, package.fix, found.cvss),
            (severity, fix, score),
            "{members}"
        );
    }
}

#[test]
fn only_a_distribution_is_a_vendor() {
    for (namespace, artifact, vendor) in [
        ("debian:distro:debian:12", DEB, true),
        ("debian:10", DEB, true),
        ("wolfi:distro:wolfi:rolling", DEB, true),
        ("debian:distro:debian:12", NPM, false),
        ("github:language:javascript", DEB, false),
        ("github:python", DEB, false),
        ("nvd:cpe", DEB, false),
        ("nvd", DEB, false),
        ("", DEB, false),
    ] {
        let found = first(&with(
            FOLDER,
            &format!(r#""namespace":"{namespace}""#),
            artifact,
            "",
        ));
        assert_eq!(found.vendor_severity, vendor, "{namespace}");
    }
}

#[test]
fn ignored_matches_say_why() {
    for (rules, status, reason, by) in [
        ("", "ignored", "", ""),
        (r#","appliedIgnoreRules":[]"#, "ignored", "", ""),
        (
            r#","appliedIgnoreRules":[{"vulnerability":"CVE-2099-1","fix-state":"wont-fix","package":{"name":"a"}}]"#,
            "ignored",
            "",
            "ignore rule: CVE-2099-1, package a, fix state wont-fix",
        ),
        (
            r#","appliedIgnoreRules":[{"namespace":"vex","vex-status":"fixed","vex-justification":"because"}]"#,
            "fixed",
            "because",
            "VEX",
        ),
        (
            r#","appliedIgnoreRules":[{"reason":"not in use"}]"#,
            "ignored",
            "not in use",
            "ignore rule",
        ),
    ] {
        let text = with(FOLDER, r#""severity":"High""#, NPM, rules);
        // The same rules on a match that Grype did not ignore set nothing aside.
        assert!(first(&text).suppression.is_none(), "{rules}");
        let text = text.replacen("\"matches\"", "\"matches\":[],\"ignoredMatches\"", 1);
        let text = text.replacen(
            ":[],\"ignored",
            ":[],\"descriptor\":{\"name\":\"grype\"},\"ignored",
            1,
        );
        let found = first(&text);
        let suppression = found.suppression.expect(rules);
        assert_eq!(
            (&*suppression.status, &*suppression.reason, &*suppression.by),
            (status, reason, by)
        );
    }
}

#[test]
fn what_is_missing_is_named_with_its_match() {
    for (from, missing) in [
        ("\"id\":", "vulnerability.id"),
        ("\"name\":", "artifact.name"),
    ] {
        let text = with(FOLDER, r#""severity":"High""#, NPM, "").replacen(from, "\"other\":", 1);
        let report = report(&text);
        let problem = report.status.problem().unwrap_or_default().to_owned();
        assert!(
            problem.contains(missing) && problem.contains("/matches/0"),
            "{problem}"
        );
    }
    for (text, words) in [
        (
            r#"{"matches":[{"vulnerability":null,"artifact":{}}]}"#,
            "no vulnerability",
        ),
        (
            r#"{"matches":[{"vulnerability":{"id":"x"},"artifact":null}]}"#,
            "no artifact",
        ),
        (
            r#"{"matches":[{"vulnerability":[],"artifact":{}}]}"#,
            "/matches/0",
        ),
        (
            r#"{"matches":[],"descriptor":{"name":"other"}}"#,
            "not recognised",
        ),
        (
            r#"{"matches":null,"descriptor":{"name":"grype"}}"#,
            "not recognised",
        ),
        (
            r#"{"matches":[],"ignoredMatches":{},"descriptor":{"name":"grype"}}"#,
            "expected a list",
        ),
    ] {
        let problem = report(text).status.problem().unwrap_or_default().to_owned();
        assert!(problem.contains(words), "{text}: {problem}");
    }
}

/// The same vulnerability as Trivy and as Grype say it has to become one finding.
#[test]
fn trivy_means_the_same() {
    let trivy = |kind: &str, name: &str, target: &str, class: &str, entry: &str| {
        format!(
            r#"{{"SchemaVersion":2,"ArtifactName":"{name}","ArtifactType":"{kind}","Results":[{{"Target":"{target}","Class":"{class}","Type":"x","Vulnerabilities":[{entry}]}}]}}"#
        )
    };
    let npm = r#"{"VulnerabilityID":"CVE-2099-1","VendorIDs":["GHSA-1"],"PkgName":"a","PkgIdentifier":{"PURL":"pkg:npm/a@1"},"InstalledVersion":"1","Severity":"HIGH"}"#;
    let deb = r#"{"VulnerabilityID":"CVE-2099-1","PkgName":"a","PkgIdentifier":{"PURL":"pkg:deb/debian/a@1?distro=debian-12"},"InstalledVersion":"1","Severity":"HIGH","SeveritySource":"debian"}"#;
    let image = r#"{"type":"image","target":{"userInput":"app:1"}}"#;
    let ghsa = |source: &str| {
        with(
            source,
            r#""severity":"High""#,
            NPM,
            r#","relatedVulnerabilities":[{"id":"CVE-2099-1"}]"#,
        )
        .replacen("CVE-2099-1", "GHSA-1", 1)
    };
    let debian = with(image, r#""namespace":"debian:distro:debian:12""#, DEB, "");
    for (trivys, grypes) in [
        (
            trivy("filesystem", ".", "x/package-lock.json", "lang-pkgs", npm),
            ghsa(FOLDER),
        ),
        (
            trivy("container_image", "app:1", "Node.js", "lang-pkgs", npm),
            ghsa(image),
        ),
        (
            trivy(
                "container_image",
                "app:1",
                "app:1 (debian 12)",
                "os-pkgs",
                deb,
            ),
            debian,
        ),
    ] {
        let (trivys, grypes) = (first(&trivys), first(&grypes));
        let said = |finding: &Finding| {
            let package = finding.package.as_ref().expect("a package");
            let purl = package.purl.as_deref().unwrap_or_default();
            (
                finding.rule.clone(),
                finding.aliases.clone(),
                finding.target.clone(),
                package.name.clone(),
                package.ecosystem.clone(),
                purl.split(['@', '?']).next().map(str::to_owned),
                finding.vendor_severity,
            )
        };
        assert_eq!(said(&grypes), said(&trivys));
    }
}
