//! A bundle says what the reports said: findings, fingerprints, sources, and all that a report is besides.

use sarif_gate::bundle::{self, Content, Of};

use super::*;

/// What is left of reports and findings on the way through a bundle.
fn through(reports: &[Report], findings: &[Finding]) -> (Vec<Report>, Vec<Finding>) {
    let content = Content {
        of: Of::default(),
        findings,
        reports,
        tool_version: "0",
    };
    let bytes = bundle::write(&content).expect("a bundle");
    assert_eq!(
        bytes,
        bundle::write(&content).expect("a bundle"),
        "the same bytes"
    );
    let mut bundle = bundle::read(&bytes).expect("a bundle that is read");
    let mut reports = std::mem::take(&mut bundle.reports);
    let findings = bundle.merge(&mut reports);
    (reports, findings)
}

/// All that a report is, but for the rules of its runs.
fn being(report: &Report) -> String {
    let runs: Vec<String> = report
        .runs
        .iter()
        .map(|run| {
            format!(
                "{} {} {:?} {:?} {:?} {:?}",
                run.tool, run.name, run.version, run.link, run.category, run.targets
            )
        })
        .collect();
    format!(
        "{:?} {:?} {:?} {runs:?} {:?} {:?} {} {:?} {:?} {:?} {:?} {:?}",
        report.input,
        report.format,
        report.reader,
        report.target,
        report.status,
        report.understood,
        report.unanalysed,
        report.entries,
        report.measures,
        report.signatures,
        report.products,
    )
}

/// Who says a finding, and where it is shown that has no place.
fn place(finding: &Finding) -> String {
    let sources: Vec<_> = finding
        .sources
        .iter()
        .map(|source| (source.input, source.run, source.fingerprint, &source.tool))
        .collect();
    format!(
        "{} {sources:?} {:?} {:?}",
        finding.fingerprint, finding.stand_in, finding.line_hash
    )
}

fn check(name: &str, reports: &[Report], findings: &[Finding]) {
    let (after, again) = through(reports, findings);
    let beings: Vec<String> = reports.iter().map(being).collect();
    let beings_after: Vec<String> = after.iter().map(being).collect();
    assert_eq!(beings, beings_after, "{name}");
    same(&essences(findings), &essences(&again), name);
    let places = |findings: &[Finding]| findings.iter().map(place).collect::<BTreeSet<_>>();
    same(&places(findings), &places(&again), name);
    assert_eq!(findings.len(), again.len(), "{name}");
}

#[test]
fn a_bundle_loses_nothing() {
    each(|name, path| {
        let (reports, findings) = read(path);
        check(name, &reports, &findings);
    });
}

#[test]
fn a_bundle_of_several_reports_says_who_says_what() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mine: Vec<&Path> = READABLE
        .iter()
        .map(|(_, path)| path.as_path())
        .filter(|path| path.starts_with(own))
        .collect();
    let (reports, findings) = read_all(&mine);
    check("all of ours", &reports, &findings);
    let several = findings.iter().filter(|finding| {
        let inputs: BTreeSet<u32> = finding.sources.iter().map(|source| source.input).collect();
        inputs.len() > 1
    });
    assert!(several.count() > 10);
}

/// Files of the checkout that wrote the bundle tell more than a log can; those of another checkout are not asked.
#[test]
fn what_the_checkout_told_stays() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("src")).expect("a folder");
    std::fs::write(folder.path().join("src/a.py"), "x = 1\ny = 2\n").expect("a file");
    std::fs::write(folder.path().join("README.md"), "").expect("a file");
    let log = serde_json::json!({ "version": "2.1.0", "runs": [{ "tool": { "driver": { "name": "t" } },
        "results": [
            { "ruleId": "R1", "message": { "text": "m" }, "locations": [{ "physicalLocation": {
                "artifactLocation": { "uri": "a.py" }, "region": { "startLine": 2 } } }] },
            { "ruleId": "R2", "message": { "text": "m" } },
        ] }] });
    let path = folder.path().join("t.sarif");
    std::fs::write(&path, log.to_string()).expect("a file");
    let context = Context {
        workspace: folder.path().to_string_lossy().into_owned(),
        ..Context::default()
    };
    let reading = Reading {
        map: &[],
        identity_key: None,
        context: &context,
        prefix: Some("src"),
        lines: true,
    };
    let collected = Collected {
        shown: "t.sarif".to_owned(),
        file: Some(path),
        format: None,
        problem: None,
    };
    let (reports, findings) = reading.both(vec![collected], &mut std::io::empty());
    assert!(findings.iter().any(|finding| finding.line_hash.is_some()));
    assert!(findings.iter().any(|finding| finding.stand_in.is_some()));
    check("with a checkout", &reports, &findings);
}
