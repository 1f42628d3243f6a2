//! What both jobs do when all is well.

use serde_json::{Value, json};

use sarif_gate::github::gunzip;

use super::world::*;
use crate::fake_github::Served;
use crate::support::TOKEN;

fn word(verdict: &Value) -> &str {
    verdict["verdict"].as_str().unwrap()
}

#[test]
fn the_job_of_the_pull_request_writes_a_bundle_and_nothing_else() {
    let github = github("fail-on: high\n");
    let report = trivy("CVE-2024-0001", "HIGH");
    let ran = later(&github, &[("trivy.json", &report)], &[]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert_silent(&github, "later");
    let packed = ran.bytes("reports/security/publish.bundle").unwrap();
    let bytes = gunzip(&packed, 1 << 30).unwrap();
    let document: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(document["schema"], "sarif-gate/bundle/v1");
    assert_eq!(
        document["of"],
        json!({ "repository": "octo/repo", "pull_request": 7, "head_sha": HEAD, "run_id": "42" })
    );
    assert_eq!(document["reports"][0]["path"], "trivy.json");
    let text = String::from_utf8(bytes).unwrap();
    assert!(!text.contains(TOKEN) && !text.contains("fail-on"));
    assert!(ran.stderr.contains("bundle: "), "{}", ran.stderr);
    let told = ran.evidence("summary.md").unwrap();
    assert!(told.contains("publish.bundle"), "{told}");
}

#[test]
fn require_publish_takes_the_bundle() {
    let report = trivy("CVE-2024-0001", "LOW");
    let files = [("trivy.json", report.as_str())];
    let required = [("INPUT_REQUIRE-PUBLISH", "bundle")];
    let ran = later(&github(""), &files, &required);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    // What the other job does is not missing in this one.
    let both = "check-run, bundle, step-summary";
    let required_of_both = [("INPUT_REQUIRE-PUBLISH", both)];
    let first = later(&github(""), &files, &required_of_both);
    assert_eq!(first.code, 0, "{}", first.stderr);
    let packed = first.bytes("reports/security/publish.bundle").unwrap();
    let second = github(&format!("require-publish: [{both}]\n"));
    let ran = Trusted::new(&second, &packed).run();
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let second = github(&format!("require-publish: [{both}]\n"));
    let blind = Trusted {
        env: &[("INPUT_CHECK-RUN", "false")],
        ..Trusted::new(&second, &packed)
    };
    assert_eq!(blind.run().code, 4);
    let observed = [required[0], ("INPUT_MODE", "observe")];
    let ran = later(&github(""), &files, &observed);
    assert_eq!(ran.code, 4, "{}", ran.stderr);
    assert!(ran.bytes("reports/security/publish.bundle").is_none());
}

/// `later` tells nobody on events that no trusted run takes a bundle of.
#[test]
fn later_is_for_pull_requests() {
    let report = trivy("CVE-2024-0001", "LOW");
    let ran = later(
        &github(""),
        &[
            ("trivy.json", &report),
            ("reports/security/publish.bundle", "of an earlier run"),
        ],
        &[
            ("GITHUB_EVENT_NAME", "push"),
            ("INPUT_REQUIRE-PUBLISH", "bundle"),
        ],
    );
    assert_eq!(ran.code, 4, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("with: {publish: now}"),
        "{}",
        ran.stderr
    );
    assert!(ran.bytes("reports/security/publish.bundle").is_none());
}

#[test]
fn a_bundle_has_no_secret() {
    let secret = "AKIAFAKEFIXTUREABC12";
    let report = json!([{ "RuleID": "aws-access-token", "Description": "AWS", "StartLine": 3, "EndLine": 3,
        "StartColumn": 1, "EndColumn": 20, "Match": secret, "Secret": secret, "File": "a.env", "SymlinkFile": "",
        "Commit": "", "Entropy": 3.5, "Author": "", "Email": "", "Date": "", "Message": "", "Tags": [],
        "Fingerprint": "a.env:aws-access-token:3" }])
    .to_string();
    let packed = bundle(&[("gitleaks.json", &report)]);
    let text = String::from_utf8(gunzip(&packed, 1 << 30).unwrap()).unwrap();
    assert!(text.contains("aws-access-token") && !text.contains(secret));
    let github = github("");
    let ran = Trusted::new(&github, &packed).run();
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert_eq!(
        ran.verdict().unwrap()["findings"][0]["rule"],
        "aws-access-token"
    );
}

#[test]
fn the_trusted_job_judges_by_the_base_and_tells_the_head() {
    let report = trivy("CVE-2024-0001", "HIGH");
    // The fork's own config lets everything pass; its run had no other.
    let weak = [
        ("trivy.json", report.as_str()),
        (CONFIG, "fail-on: none\nmode: observe\n"),
    ];
    let packed = bundle(&weak);
    for arguments in [&[][..], &["publish", "in/publish.bundle"]] {
        // `later` in the config is for the run that wrote the bundle.
        let github = github("fail-on: high\npublish: later\n");
        let trusted = Trusted {
            arguments,
            ..Trusted::new(&github, &packed)
        };
        let ran = trusted.run();
        assert_eq!(ran.code, 1, "{}", ran.stderr);
        let verdict = ran.verdict().unwrap();
        assert_eq!(word(&verdict), "fail");
        assert_eq!(verdict["inputs"][0]["path"], "trivy.json");
        assert_eq!(verdict["findings"][0]["sources"][0]["tool"], "trivy");
        let requests = github.requests();
        let posted: Vec<_> = requests
            .iter()
            .filter(|request| request.method == "POST")
            .collect();
        let run = posted
            .iter()
            .find(|request| request.path == "/repos/octo/repo/check-runs")
            .expect("a check run");
        assert_eq!(run.body["head_sha"], HEAD);
        assert_eq!(github.runs()[0]["conclusion"], "failure");
        let summary = ran.evidence("summary.md").unwrap();
        assert!(
            summary.contains("whoever wrote the pull request could have it say anything"),
            "{summary}"
        );
        assert!(!summary.contains("This change alters"), "{summary}");
        assert!(ran.bytes("in/publish.bundle").is_some());
    }
}

#[test]
fn the_same_findings_in_both_jobs() {
    let report = trivy("CVE-2024-0001", "MEDIUM");
    let config = "warn-on: medium\ncoverage: fail<75\n";
    let lcov = "SF:a.js\nDA:1,1\nDA:2,0\nLF:2\nLH:1\nend_of_record\n";
    let files = [("trivy.json", report.as_str()), ("lcov.info", lcov)];
    let reports = [("INPUT_REPORTS", "trivy.json\nlcov.info")];
    let first = later(&github(config), &files, &reports);
    let packed = first.bytes("reports/security/publish.bundle").unwrap();
    let second_github = github(config);
    let second = Trusted::new(&second_github, &packed).run();
    let (a, b) = (first.verdict().unwrap(), second.verdict().unwrap());
    assert_eq!(a["findings"], b["findings"]);
    assert_eq!(a["counts"], b["counts"]);
    assert_eq!(a["inputs"], b["inputs"]);
    assert_eq!((word(&a), word(&b)), ("fail", "fail"));
    // Other limits make other findings of the same numbers.
    let milder = github("warn-on: medium\ncoverage: fail<40\n");
    let third = Trusted::new(&milder, &packed).run().verdict().unwrap();
    assert_eq!(word(&third), "warn");
    assert_eq!(third["counts"]["total"], 1);
}

#[test]
fn reports_that_the_base_requires_must_be_there() {
    let report = trivy("CVE-2024-0001", "LOW");
    let packed = bundle(&[("trivy.json", &report)]);
    for (config, code) in [
        ("require-reports: [gitleaks]\n", 2),
        ("require-reports: [trivy]\n", 0),
    ] {
        let github = github(config);
        let ran = Trusted::new(&github, &packed).run();
        assert_eq!(ran.code, code, "{config}: {}", ran.stderr);
    }
}

/// The workspace is empty or the checkout of the base: what stands in it is not the change's.
#[test]
fn a_checkout_of_the_base_says_nothing_of_the_change() {
    let report = trivy("CVE-2024-0001", "HIGH");
    let packed = bundle(&[("trivy.json", &report)]);
    let workflow = "on: push\njobs: {gate: {runs-on: x, steps: [{uses: a/b@main, continue-on-error: true}]}}\n";
    let files = [
        (".github/workflows/publish.yml", workflow),
        (CONFIG, "fail-on: none\n"),
        (".github/CODEOWNERS", "* @octo/security\n"),
        ("package-lock.json", "{}"),
    ];
    let place = "octo/repo/.github/workflows/publish.yml@refs/heads/main";
    let github = github("fail-on: high\nwaivers: [w.yml]\n");
    let ran = Trusted {
        files: &files,
        env: &[("GITHUB_WORKFLOW_REF", place), ("GITHUB_JOB", "gate")],
        ..Trusted::new(&github, &packed)
    }
    .run();
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let verdict = ran.verdict().unwrap();
    assert_eq!(verdict["counts"]["total"], 1, "{verdict:#}");
    let summary = ran.evidence("summary.md").unwrap();
    assert!(
        summary.contains("@octo/security") && !summary.contains("takes away"),
        "{summary}"
    );
}

/// Waivers of the base count.
#[test]
fn what_the_base_waives_is_waived() {
    let report = trivy("CVE-2024-0001", "HIGH");
    let packed = bundle(&[("trivy.json", &report)]);
    let github = github("fail-on: high\n");
    let waiver = "version: 1\nwaivers:\n  - match: {kind: vulnerability, rule: CVE-2024-0001, package: lodash}\n    \
                  reason: not reachable from outside\n    owner: octo\n    decision: risk-accepted\n    expires: 2999-01-01\n";
    base(&github, ".github/security-waivers.yml", waiver);
    let ran = Trusted::new(&github, &packed).run();
    let verdict = ran.verdict().unwrap_or_else(|| panic!("{}", ran.stderr));
    assert_eq!(
        (ran.code, &verdict["counts"]["excused"]),
        (0, &json!(1)),
        "{verdict:#}"
    );
}

#[test]
fn a_pull_request_that_moved_on_is_left_to_its_next_run() {
    let report = trivy("CVE-2024-0001", "HIGH");
    let packed = bundle(&[("trivy.json", &report)]);
    let other = "2222222222222222222222222222222222222222";
    let mut elsewhere = pull(7, HEAD);
    elsewhere["base"]["repo"]["full_name"] = json!("octo/other");
    let mut gone = pull(7, HEAD);
    gone["head"]["repo"] = Value::Null;
    for (what, list) in [
        ("closed", json!([])),
        ("another head", json!([pull(7, other)])),
        ("another repository", json!([elsewhere])),
        ("no fork any more", json!([gone])),
    ] {
        let github = github("fail-on: high\n");
        github.put(PULLS, Served::json(&list));
        let ran = Trusted::new(&github, &packed).run();
        assert_eq!(ran.code, 0, "{what}: {}", ran.stderr);
        assert!(ran.verdict().is_none(), "{what}");
        let outputs = ran.outputs().unwrap();
        assert_eq!(outputs["verdict"], "incomplete", "{what}");
        assert!(
            outputs["reason"].contains("nothing was published"),
            "{what}"
        );
        assert_silent(&github, what);
    }
}

#[test]
fn of_several_pull_requests_none_is_guessed() {
    let report = trivy("CVE-2024-0001", "HIGH");
    let packed = bundle(&[("trivy.json", &report)]);
    let github = github("");
    github.put(PULLS, Served::json(&json!([pull(7, HEAD), pull(9, HEAD)])));
    let ran = Trusted::new(&github, &packed).run();
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(ran.stderr.contains("#7, #9"), "{}", ran.stderr);
    assert_silent(&github, "several");
}

/// A token that cannot read pull requests, a server that is down.
#[test]
fn without_the_pull_request_nothing_is_judged() {
    let report = trivy("CVE-2024-0001", "HIGH");
    let packed = bundle(&[("trivy.json", &report)]);
    for status in [401, 403, 404, 410] {
        let github = github("");
        github.put(PULLS, Served::error(status, "no"));
        let said = Trusted::new(&github, &packed).refused("the list");
        assert!(said.contains("pull-requests: read"), "{status}: {said}");
    }
}
