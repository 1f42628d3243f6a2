use crate::formats::testing::report as read;
use crate::model::{Kind, Report, Severity, Status, folded_line_hash};

const ONE: &str = r#"{"check_id":"rules.shell-true","path":"app/a.py","start":{"line":3,"col":5},"end":{"line":3,"col":9},"extra":{"message":"Found a thing","metadata":{},"severity":"WARNING","lines":"    call(x)","is_ignored":false}}"#;

fn report(results: &str, errors: &str, scanned: &str) -> Report {
    read(&format!(
        r#"{{"version":"1.1.0","results":[{results}],"errors":[{errors}],"paths":{{"scanned":[{scanned}]}}}}"#
    ))
}

#[test]
fn what_went_wrong_decides_the_status() {
    let config =
        r#"{"code":7,"level":"error","type":"SemgrepError","message":"invalid\nconfiguration"}"#;
    let rule = r#"{"level":"error","type":"Rule parse error","message":"m","path":"rules.yml"}"#;
    let fatal = r#"{"level":"error","type":"Fatal error","message":"m","path":"b.py"}"#;
    let partly = r#"{"level":"warn","type":["PartialParsing",[{"path":"b.py"}]],"message":"m","path":"b.py"}"#;
    let timeout = r#"{"level":"warn","type":"Timeout","message":"m","path":"b.py"}"#;
    let interfile = r#"{"level":"error","type":"Timeout during interfile analysis","message":"m"}"#;
    let remark = r#"{"level":"info","type":["IncompatibleRule",{}],"message":"m"}"#;
    let strange = r#"{"message":"m"}"#;
    for (errors, scanned, results, word, left_out) in [
        ("", "\"a.py\"", "", "complete", 0),
        ("", "", "", "complete", 0),
        (config, "", "", "unusable", 0),
        (config, "\"a.py\"", ONE, "unusable", 0),
        (rule, "\"a.py\"", ONE, "unusable", 1),
        (fatal, "\"a.py\"", "", "partial", 1),
        (fatal, "", "", "unusable", 1),
        (partly, "\"b.py\"", "", "partial", 1),
        (timeout, "\"b.py\"", "", "partial", 1),
        (timeout, "", "", "partial", 1),
        (interfile, "\"b.py\"", ONE, "partial", 0),
        (remark, "\"b.py\"", "", "complete", 0),
        (strange, "\"b.py\"", "", "unusable", 0),
        ("7", "\"b.py\"", "", "unusable", 0),
    ] {
        let found = report(results, errors, scanned);
        let said = (found.status.word(), found.unanalysed.len());
        assert_eq!(said, (word, left_out), "{errors} {scanned}");
        let problem = found.status.problem().unwrap_or_default();
        assert!(!problem.contains('\n'), "{problem}");
    }
}

#[test]
fn a_file_skipped_by_a_failure_was_not_analysed() {
    for (reason, word) in [
        ("analysis_failed_parser_or_internal_error", "partial"),
        ("semgrepignore_patterns_match", "complete"),
    ] {
        let found = read(&format!(
            r#"{{"results":[],"errors":[],"paths":{{"scanned":["a"],"skipped":[{{"path":"b","reason":"{reason}"}}]}}}}"#
        ));
        assert_eq!(found.status.word(), word, "{reason}");
    }
}

#[test]
fn old_and_new_clean_reports_are_told_from_others() {
    for (text, word) in [
        (
            r#"{"results":[],"errors":[],"version":"0.96.0"}"#,
            "complete",
        ),
        (
            r#"{"version":"0.96.0","results":[],"errors":[],"paths":null}"#,
            "complete",
        ),
        (r#"{"results":[],"errors":[]}"#, "unusable"),
        (
            r#"{"results":[],"errors":null,"paths":{"scanned":[]}}"#,
            "unusable",
        ),
        (r#"{"results":[],"paths":{"scanned":[]}}"#, "unusable"),
        (
            r#"{"results":null,"errors":[],"paths":{"scanned":[]}}"#,
            "unusable",
        ),
    ] {
        assert_eq!(read(text).status.word(), word, "{text}");
    }
    let no_errors = read(&format!(r#"{{"results":[{ONE}]}}"#));
    assert!(
        no_errors
            .status
            .problem()
            .is_some_and(|said| said.contains("errors"))
    );
}

#[test]
fn what_is_missing_is_named() {
    for key in ["check_id", "path", "start", "extra", "message", "severity"] {
        let bad = ONE.replace(&format!("\"{key}\""), "\"other\"");
        let found = report(&format!("{ONE},{bad}"), "", "\"a\"");
        let problem = found.status.problem().unwrap_or_default();
        assert!(
            problem.contains("/results/1") && problem.contains(key),
            "{key}: {problem}"
        );
    }
}

#[test]
fn only_a_whole_line_stands_for_a_finding() {
    for (lines, end, expected) in [
        ("    call(x)", 3, Some("call(x)")),
        ("requires login", 3, None),
        ("a(\\n  b)", 4, Some("a(")),
        ("a(\\n  b)", 3, None),
        ("a(", 4, None),
        ("", 3, None),
    ] {
        let one = ONE
            .replace("    call(x)", lines)
            .replace(r#""end":{"line":3"#, &format!(r#""end":{{"line":{end}"#));
        let found = report(&one, "", "\"a\"");
        let line = found.findings.first().expect(lines).line;
        assert_eq!(line, expected.map(folded_line_hash), "{lines}");
    }
}

#[test]
fn ignored_matches_are_suppressed() {
    let found = report(&ONE.replace("false", "true"), "", "\"a\"");
    assert_eq!((found.entries.findings, found.entries.suppressed), (0, 1));
}

#[test]
fn a_match_of_a_secret_rule_gives_nothing_away() {
    let one = ONE
        .replace(
            r#""metadata":{}"#,
            r#""metadata":{"product":"secrets"},"validation_state":"CONFIRMED_VALID""#,
        )
        .replace("    call(x)", "key = AKIAFAKEFIXTUREABCDE")
        .replace(r#""col":5"#, r#""col":7"#)
        .replace(r#""col":9"#, r#""col":27"#)
        .replace("Found a thing", "The key AKIAFAKEFIXTUREABCDE is valid");
    let found = report(&one, "", "\"a\"");
    assert!(!format!("{found:?}").contains("AKIAFAKE"), "{found:?}");
    let finding = found.findings.first().expect("one");
    assert_eq!(
        (finding.kind, &*finding.title),
        (Kind::Secret, "The key *** is valid")
    );
    assert_eq!(finding.line, Some(folded_line_hash("key = ***")));
    assert!(
        finding
            .secret
            .as_ref()
            .is_some_and(|mark| mark.digest.is_none())
    );
    let hidden = report(
        &one.replace("key = AKIAFAKEFIXTUREABCDE", "requires login"),
        "",
        "\"a\"",
    );
    let finding = hidden.findings.first().expect("one");
    assert_eq!((finding.kind, finding.line), (Kind::Secret, None));
}

#[test]
fn a_dependency_is_a_vulnerability() {
    let one = ONE
        .replace(
            r#""metadata":{}"#,
            r#""metadata":{"sca-vuln-database-identifier":"GHSA-aaaa-bbbb-cccc","cve":"CVE-2099-0007","sca-severity":"CRITICAL","sca-fix-versions":[{"left-pad":"2.0.0"},{"other":"9"}]}"#,
        )
        .replace(
            r#""is_ignored":false"#,
            r#""sca_info":{"reachable":true,"dependency_match":{"lockfile":"package-lock.json","dependency_pattern":{"ecosystem":"npm","package":"left-pad"},"found_dependency":{"package":"left-pad","version":"1.0.0","ecosystem":"npm"}}}"#,
        );
    let found = report(&one, "", "\"a\"");
    assert_eq!(found.status, Status::Complete);
    let finding = found.findings.first().expect("one");
    assert_eq!(
        (finding.kind, finding.severity),
        (Kind::Vulnerability, Severity::Critical)
    );
    assert_eq!(
        (&*finding.rule, finding.aliases.len()),
        ("CVE-2099-0007", 1)
    );
    assert_eq!(finding.target.as_deref(), Some("package-lock.json"));
    let package = finding.package.as_deref().expect("a package");
    assert_eq!(
        (
            &*package.name,
            package.version.as_deref(),
            package.ecosystem.as_deref(),
            package.fixed.len()
        ),
        ("left-pad", Some("1.0.0"), Some("npm"), 1)
    );
    // Whatever is wrong in it, the finding stays.
    for (from, to) in [
        (r#""lockfile":"package-lock.json""#, r#""lockfile":7"#),
        (r#""found_dependency":{"#, r#""found":{"#),
        (r#""sca_info":{"#, r#""sca_info":{"x":7,"#),
    ] {
        let found = report(&one.replace(from, to), "", "\"a\"");
        let kinds: Vec<Kind> = found.findings.iter().map(|finding| finding.kind).collect();
        assert_eq!(kinds, [Kind::Vulnerability], "{to}");
    }
}
