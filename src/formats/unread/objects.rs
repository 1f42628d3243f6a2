//! Documents that are one JSON object.

use super::{Unread, one_or_list};
use crate::json::Sketch;

pub(super) const ALL: &[Unread] = &[
    Unread {
        document: super::UNSUPPORTED_SARIF,
        what: "a SARIF log",
        instead: "only SARIF 2.1.0 with a list of runs is read; have the scanner write that version",
        recognises: |s| {
            let version = s.text("version");
            let other = version.is_some_and(|version| !version.starts_with("2.1"))
                || matches!(s.get("version"), Some(Sketch::Number(_) | Sketch::Null));
            let runs = match s.get("runs") {
                None | Some(Sketch::Deep) => return false,
                Some(runs) => matches!(runs, Sketch::List(_)),
            };
            other || (!runs && version.is_some())
        },
    },
    Unread {
        document: "cyclonedx-json",
        what: "a CycloneDX bill of materials",
        instead: "it is an inventory, no list of findings; let a scanner read it (`trivy sbom FILE --format json`) and give that report",
        recognises: |s| s.text("bomFormat") == Some("CycloneDX") && s.text("specVersion").is_some(),
    },
    Unread {
        document: "spdx-2-json",
        what: "an SPDX bill of materials",
        instead: "it is an inventory, no list of findings; let a scanner read it (`trivy sbom FILE --format json`) and give that report",
        recognises: |s| {
            s.text("spdxVersion")
                .is_some_and(|version| version.starts_with("SPDX-2"))
                && s.has(&["SPDXID"])
        },
    },
    Unread {
        document: "spdx-3-jsonld",
        what: "an SPDX 3 bill of materials",
        instead: "it is an inventory, no list of findings; give the report of a scanner",
        recognises: |s| {
            let context = match s.get("@context") {
                Some(Sketch::List(Some(first))) => Some(first.as_ref()),
                other => other,
            };
            let spdx =
                matches!(context, Some(Sketch::Text(text)) if text.contains("spdx.org/rdf/3"));
            spdx && s.has_list("@graph")
        },
    },
    Unread {
        document: "openvex",
        what: "an OpenVEX document",
        instead: "it is an inventory of statements about vulnerabilities, it has no findings of its own; VEX statements will be read from the input `vex` in a later version",
        recognises: |s| {
            s.text("@context")
                .is_some_and(|text| text.starts_with("https://openvex.dev/ns"))
                && s.has_list("statements")
        },
    },
    Unread {
        document: "csaf",
        what: "a CSAF advisory",
        instead: "it is an inventory of statements about products, it has no findings of its own; VEX statements will be read from the input `vex` in a later version",
        recognises: |s| {
            s.get("document")
                .is_some_and(|d| d.text("csaf_version").is_some())
        },
    },
    Unread {
        document: "trivy-compliance",
        what: "Trivy's compliance summary",
        instead: "it is an inventory of controls, it has no findings of its own; run Trivy without `--compliance` and give that JSON",
        recognises: |s| {
            s.has(&["ID", "Title"])
                && s.has_any(&["SummaryControls", "RelatedResources"])
                && s.get("apiVersion").is_none()
        },
    },
    Unread {
        document: "grype-json",
        what: "Grype's JSON",
        instead: "it will be read from a later version on; until then write SARIF with `grype -o sarif`",
        recognises: |s| {
            let named = s
                .get("descriptor")
                .is_some_and(|d| d.text("name") == Some("grype"));
            let first = s.get("matches").and_then(Sketch::first);
            s.has_list("matches")
                && (named || first.is_some_and(|m| m.has(&["vulnerability", "artifact"])))
        },
    },
    Unread {
        document: "checkov-json",
        what: "Checkov's JSON",
        instead: "it will be read from a later version on; until then write SARIF with `checkov -o sarif`",
        recognises: |s| one_or_list(s, checkov),
    },
    Unread {
        document: "bandit-json",
        what: "Bandit's JSON",
        instead: "it will be read from a later version on; until then write SARIF with `bandit -f sarif` (`pip install bandit[sarif]`)",
        recognises: |s| {
            s.has_list("results")
                && s.get("metrics")
                    .is_some_and(|metrics| metrics.has(&["_totals"]))
                && s.has(&["generated_at"])
        },
    },
    Unread {
        document: "semgrep-json",
        what: "Semgrep's JSON",
        instead: "it will be read from a later version on; until then write SARIF with `semgrep scan --sarif`",
        recognises: |s| {
            let results = s.get("results").is_some_and(|results| match results {
                Sketch::List(None) => true,
                Sketch::List(Some(first)) => first.has(&["check_id", "path", "start", "extra"]),
                _ => false,
            });
            results
                && s.has_list("errors")
                && !s.has_any(&["metrics", "generated_at", "summaryDetails"])
        },
    },
    Unread {
        document: "tfsec-json",
        what: "tfsec's JSON",
        instead: "it will be read from a later version on; until then write SARIF with `tfsec --format sarif`",
        recognises: |s| match s.get("results") {
            Some(Sketch::Null) => matches!(s, Sketch::Object(members) if members.len() == 1),
            Some(Sketch::List(Some(first))) => {
                first.has(&["rule_id", "severity", "location"])
                    && first.get("location").is_some_and(|l| l.has(&["filename"]))
                    && s.get("errors").is_none()
            }
            _ => false,
        },
    },
    Unread {
        document: "ggshield-json",
        what: "ggshield's JSON",
        instead: "it will be read from a later version on; until then write SARIF with `ggshield secret scan … --format sarif`",
        recognises: |s| {
            s.has(&["total_incidents", "total_occurrences", "type"])
                && s.has_any(&["scans", "entities_with_incidents"])
        },
    },
    Unread {
        document: "snyk-json",
        what: "Snyk's JSON",
        instead: "it will be read from a later version on; until then write SARIF with `snyk test --sarif`",
        recognises: |s| one_or_list(s, snyk),
    },
    Unread {
        document: "sonar-api-issues",
        what: "issues from SonarQube's API",
        instead: SONAR,
        recognises: |s| {
            s.has_list("issues") && (s.has(&["paging"]) || s.has(&["total", "p", "ps"]))
        },
    },
    Unread {
        document: "sonar-api-hotspots",
        what: "hotspots from SonarQube's API",
        instead: SONAR,
        recognises: |s| s.has_list("hotspots") && s.has(&["paging"]),
    },
    Unread {
        document: "sonar-preview",
        what: "SonarQube's preview report",
        instead: SONAR,
        recognises: |s| {
            s.has_list("issues")
                && s.has_list("components")
                && !s.has(&["paging"])
                && !s.has(&["total", "p", "ps"])
        },
    },
    Unread {
        document: "sonar-generic",
        what: "SonarQube's generic issue import",
        instead: "it is what other tools hand to SonarQube: give the report of the tool itself",
        recognises: |s| {
            let first = s.get("issues").and_then(Sketch::first);
            first.is_some_and(|i| i.has(&["primaryLocation"]) && i.has_any(&["ruleId", "engineId"]))
                && !s.has_any(&["components", "paging"])
        },
    },
    Unread {
        document: "opa-exec",
        what: "the output of `opa exec`",
        instead: OPA,
        recognises: |s| {
            let first = s.get("result").and_then(Sketch::first);
            first.is_some_and(|r| r.has(&["path"]) && r.has_any(&["result", "error"]))
        },
    },
    Unread {
        document: "opa-eval",
        what: "the output of `opa eval`",
        instead: OPA,
        recognises: |s| {
            let first = |key| s.get(key).and_then(Sketch::first);
            let broken = first("errors")
                .and_then(|error| error.text("code"))
                .is_some_and(|code| code.starts_with("rego_"));
            first("result").is_some_and(|r| r.has(&["expressions"]))
                || (broken && s.get("result").is_none())
        },
    },
    Unread {
        document: "dsse-envelope",
        what: "a signed envelope (DSSE), as `cosign verify-attestation` prints it",
        instead: "it is an attestation, no list of findings; give the report of a scanner",
        recognises: |s| s.has(&["payload", "payloadType", "signatures"]),
    },
    Unread {
        document: "falco-json",
        what: "Falco's alerts",
        instead: "they will be read from a later version on, and Falco writes no SARIF",
        recognises: |s| s.has(&["rule", "time", "output_fields"]) && s.text("priority").is_some(),
    },
    Unread {
        document: "mypy-jsonl",
        what: "mypy's JSON",
        instead: "it will be read from a later version on, and mypy writes no SARIF",
        recognises: |s| {
            s.has(&[
                "file", "line", "column", "message", "severity", "code", "hint",
            ])
        },
    },
    Unread {
        document: "kubescape-json",
        what: "kubescape's JSON",
        instead: "it will be read from a later version on; until then write SARIF with `kubescape scan --format sarif`",
        recognises: |s| s.has_object("summaryDetails") && s.has_list("results"),
    },
    Unread {
        document: "coverage-py-json",
        what: "coverage.py's JSON",
        instead: "it says what was tested, it has no findings; coverage will be judged from a later version on",
        recognises: |s| {
            s.has_object("meta")
                && s.has_object("files")
                && s.get("totals")
                    .is_some_and(|totals| totals.has(&["percent_covered"]))
        },
    },
    Unread {
        document: "infracost-json",
        what: "Infracost's JSON",
        instead: "it is an estimate of costs, it has no findings; costs will be judged from a later version on",
        recognises: |s| {
            s.has_list("projects") && s.has(&["currency", "totalMonthlyCost", "version"])
        },
    },
    Unread {
        document: "gitlab-report",
        what: "a report for GitLab",
        instead: "give the scanner's own JSON or its SARIF",
        recognises: |s| {
            s.has_list("vulnerabilities")
                && s.has_any(&["scan", "remediations"])
                && !s.has_any(&["ok", "bomFormat"])
        },
    },
    Unread {
        document: "trivy-operator",
        what: "a resource of trivy-operator",
        instead: "give the JSON of Trivy itself (`trivy k8s --format json --report all`)",
        recognises: |s| {
            s.text("apiVersion")
                .is_some_and(|api| api.starts_with("aquasecurity.github.io/"))
        },
    },
    Unread {
        document: "asff",
        what: "findings for AWS Security Hub (ASFF)",
        instead: "give the scanner's own JSON or its SARIF",
        recognises: |s| {
            let first = s.get("Findings").and_then(Sketch::first);
            first.is_some_and(|finding| finding.has(&["ProductArn"]))
        },
    },
    Unread {
        document: "syft-json",
        what: "Syft's bill of materials",
        instead: "it is an inventory, no list of findings; let a scanner read it (`grype sbom:FILE -o sarif`) and give that report",
        recognises: |s| {
            s.has_list("artifacts") && s.has_object("descriptor") && s.get("matches").is_none()
        },
    },
];

const SONAR: &str =
    "it will be read from a later version on, and SonarQube writes no SARIF of its findings";
const OPA: &str = "decisions of policies will be read from a later version on; until then let `conftest test -o sarif` run the policies";

fn checkov(s: &Sketch) -> bool {
    let one = s.text("check_type").is_some() && s.has_object("results") && s.has_object("summary");
    let flat = s.text("checkov_version").is_some()
        && s.has(&["passed", "failed", "skipped"])
        && s.get("check_type").is_none();
    one || flat
}

fn snyk(s: &Sketch) -> bool {
    let known = matches!(s.get("ok"), Some(Sketch::Bool(_)));
    let failed = s.get("ok") == Some(&Sketch::Bool(false));
    let open_source = s.has_list("vulnerabilities")
        && s.has_any(&["dependencyCount", "packageManager", "projectName"]);
    let code = s.has_list("infrastructureAsCodeIssues");
    let error = failed && s.text("error").is_some() && s.has(&["path"]);
    known && (open_source || code || error)
}
