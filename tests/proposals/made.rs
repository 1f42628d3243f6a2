//! Reports, waivers and statements, as small as they can be.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// An entry of a Trivy report: id, manifest, package, version, severity.
pub(super) type Entry<'a> = (&'a str, &'a str, &'a str, &'a str, &'a str);

/// A Trivy report of the repository; every entry has a fix.
pub(super) fn trivy(entries: &[Entry<'_>]) -> String {
    let mut by_manifest: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for (id, manifest, package, version, severity) in entries {
        by_manifest.entry(manifest).or_default().push(json!({
            "VulnerabilityID": id, "PkgName": package, "InstalledVersion": version,
            "FixedVersion": "99.0.0", "Severity": severity, "Title": "a problem",
            "PkgIdentifier": { "PURL": format!("pkg:npm/{package}@{version}") },
        }));
    }
    let results = by_manifest.into_iter().map(|(manifest, entries)| {
        json!({ "Target": manifest, "Class": "lang-pkgs", "Type": "npm", "Vulnerabilities": entries })
    });
    let results: Vec<Value> = results.collect();
    json!({ "SchemaVersion": 2, "ArtifactName": ".", "ArtifactType": "filesystem", "Results": results })
        .to_string()
}

/// One vulnerability in the lock file of the root.
pub(super) fn one(id: &str, severity: &str) -> String {
    trivy(&[(id, "package-lock.json", "left-pad", "1.0.0", severity)])
}

/// A log of a code scanner with these results: rule, file, line, whether a comment suppresses it. All are of level error.
pub(super) fn code(results: &[(&str, &str, u32, bool)]) -> String {
    let results: Vec<Value> = results
        .iter()
        .map(|(rule, path, line, suppressed)| {
            let mut result = json!({ "ruleId": rule, "level": "error", "message": { "text": "a problem" },
                "locations": [{ "physicalLocation": { "artifactLocation": { "uri": path },
                    "region": { "startLine": line } } }] });
            if *suppressed {
                result["suppressions"] = json!([{ "kind": "inSource", "justification": "trust me" }]);
            }
            result
        })
        .collect();
    json!({ "version": "2.1.0", "runs": [{ "tool": { "driver": { "name": "Lint", "version": "1" } },
        "results": results }] })
    .to_string()
}

/// A waiver file with one entry for a rule, which holds for years.
pub(super) fn waiver(rule: &str) -> String {
    format!(
        "version: 1\nwaivers:\n  - match:\n      rule: {rule}\n    decision: risk-accepted\n    \
         reason: nobody calls it\n    owner: team\n    expires: 2999-01-01\n"
    )
}

/// An OpenVEX document that says that the package is not affected.
pub(super) fn vex(rule: &str) -> String {
    json!({ "@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.com/vex/1", "author": "team",
        "timestamp": "2024-01-01T00:00:00Z", "version": 1, "statements": [{
            "vulnerability": { "name": rule }, "products": [{ "@id": "pkg:npm/left-pad@1.0.0" }],
            "status": "not_affected", "justification": "vulnerable_code_not_in_execute_path" }] })
    .to_string()
}

/// Days ago, RFC 3339.
#[expect(
    clippy::disallowed_methods,
    reason = "the program looks at the clock, too"
)]
pub(super) fn days_ago(days: i64) -> String {
    let then = chrono::Utc::now() - chrono::Duration::days(days);
    then.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}
