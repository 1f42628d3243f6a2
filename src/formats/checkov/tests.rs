use crate::formats::testing::report as read_text;
use crate::model::{Fix, Kind, Report, Severity, Status, folded_line_hash};

const CHECK: &str = r#"{"check_id":"CKV_X_1","check_name":"n","check_result":{"result":"FAILED"},"file_path":"/a.tf","file_line_range":[0,0],"resource":"r","severity":null}"#;

/// One framework with these lists and this count of failed checks.
fn framework(kind: &str, lists: &str, failed: &str) -> String {
    format!(
        r#"{{"check_type":"{kind}","results":{{{lists}}},"summary":{{"passed":0,"failed":{failed},"skipped":0,"parsing_errors":0,"checkov_version":"3.0.0"}}}}"#
    )
}

fn with(change: &str, by: &str) -> Report {
    let check = CHECK.replace(change, by);
    read_text(&framework(
        "terraform",
        &format!(r#""failed_checks":[{check}]"#),
        "1",
    ))
}

#[test]
fn the_list_and_the_result_decide_together() {
    for (list, result, counts) in [
        ("failed_checks", "FAILED", (1, 0, 0)),
        ("failed_checks", "SKIPPED", (0, 1, 0)),
        ("failed_checks", "UNKNOWN", (0, 0, 1)),
        ("failed_checks", "PASSED", (1, 0, 0)),
        ("failed_checks", "ODD", (1, 0, 0)),
        ("skipped_checks", "SKIPPED", (0, 1, 0)),
        ("skipped_checks", "FAILED", (1, 0, 0)),
        ("skipped_checks", "ODD", (0, 1, 0)),
        ("passed_checks", "PASSED", (0, 0, 1)),
        ("passed_checks", "FAILED", (1, 0, 0)),
        ("passed_checks", "ODD", (1, 0, 0)),
    ] {
        let check = CHECK.replace("FAILED", result);
        let more = if list == "failed_checks" {
            ""
        } else {
            r#","failed_checks":[]"#
        };
        let report = read_text(&framework(
            "x",
            &format!(r#""{list}":[{check}]{more}"#),
            "0",
        ));
        assert_eq!(report.status, Status::Complete, "{list} {result}");
        let entries = &report.entries;
        let found = (entries.findings, entries.suppressed, entries.not_findings);
        assert_eq!(found, counts, "{list} {result}");
    }
}

#[test]
fn what_contradicts_itself_is_unusable() {
    for (text, words) in [
        (
            framework(
                "terraform",
                r#""passed_checks":[],"parsing_errors":["/main.tf"]"#,
                "3",
            ),
            "no list `failed_checks`",
        ),
        (
            framework("terraform", r#""failed_checks":null"#, "0"),
            "no list `failed_checks`",
        ),
        (
            framework("terraform", &format!(r#""failed_checks":[{CHECK}]"#), "2"),
            "lists 1 failed checks",
        ),
        (
            framework("terraform", r#""failed_checks":[]"#, "\"x\""),
            "the count `failed`",
        ),
        (
            r#"{"passed":0,"failed":2,"skipped":0,"parsing_errors":0,"checkov_version":"3"}"#
                .to_owned(),
            "lists none of them",
        ),
        (
            r#"{"check_type":"terraform","results":{"failed_checks":[]}}"#.to_owned(),
            "`summary` is missing",
        ),
        (
            r#"[{"passed":0,"failed":0,"skipped":0,"checkov_version":"3"},{"anything":1}]"#
                .to_owned(),
            "`check_type` is missing",
        ),
        (
            r#"{"results":{"failed_checks":[]},"summary":{},"check_type":"terraform"}"#.to_owned(),
            "before `check_type`",
        ),
    ] {
        let report = read_text(&text);
        let said = report.status.problem().unwrap_or_default();
        assert!(
            matches!(report.status, Status::Unusable(_)) && said.contains(words),
            "{text}: {said}"
        );
    }
    let lost = framework("x", r#""parsing_errors":["/main.tf"]"#, "3");
    let report = read_text(&lost);
    assert_eq!(report.unanalysed.len(), 1);
    let said = report.status.problem().unwrap_or_default();
    assert!(said.contains("1 file was not parsed"), "{said}");
}

#[test]
fn what_is_missing_is_named_with_its_element() {
    for member in ["check_id", "check_result", "file_path"] {
        let bad = CHECK.replace(&format!("\"{member}\""), "\"other\"");
        let report = read_text(&framework(
            "x",
            &format!(r#""failed_checks":[{CHECK},{bad}]"#),
            "2",
        ));
        let said = report.status.problem().unwrap_or_default();
        assert!(
            said.contains("/results/failed_checks/1") && said.contains(member),
            "{said}"
        );
        assert!(report.findings.is_empty());
    }
}

#[test]
fn cosmetic_members_of_a_wrong_type_lose_nothing() {
    for (change, by) in [
        (r#"[0,0]"#, r#""x""#),
        (r#"[0,0]"#, r#"[{},{}]"#),
        (r#""severity":null"#, r#""severity":{"a":1}"#),
        (
            r#""severity":null"#,
            r#""severity":null,"code_block":[1],"details":7,"guideline":[]"#,
        ),
        (r#"{"result":"FAILED"}"#, "7"),
        (r#""check_name":"n""#, r#""check_name":[]"#),
    ] {
        let report = with(change, by);
        assert_eq!(report.status, Status::Complete, "{by}");
        assert_eq!(report.entries.findings, 1, "{by}");
    }
}

#[test]
fn paths_and_lines() {
    for (members, path, line) in [
        (r#""file_line_range":[3,5]"#, "a.tf", Some(3)),
        (r#""file_line_range":[-1,-1]"#, "a.tf", None),
        (
            r#""file_line_range":[1,1],"repo_file_path":"/infra/a.tf","file_abs_path":"/src/infra/a.tf""#,
            "infra/a.tf",
            Some(1),
        ),
        (
            r#""file_line_range":[1,1],"repo_file_path":"/src/a.tf","file_abs_path":"/src/a.tf""#,
            "/src/a.tf",
            Some(1),
        ),
    ] {
        let report = with(r#""file_line_range":[0,0]"#, members);
        let place = report.findings[0].locations.first().expect("a place");
        assert_eq!((&*place.path, place.start_line), (path, line), "{members}");
    }
    let one = with(
        r#""file_line_range":[0,0]"#,
        r#""file_line_range":[3,3],"code_block":[[3,"  a =  1\n"]]"#,
    );
    assert_eq!(one.findings[0].line, Some(folded_line_hash("a = 1")));
    let other = with(
        r#""file_line_range":[0,0]"#,
        r#""file_line_range":[3,4],"code_block":[[3,"a = 1\n"]]"#,
    );
    assert_eq!(other.findings[0].line, None);
}

#[test]
fn a_secret_shows_neither_its_line_nor_its_hash() {
    let check = CHECK
        .replace(
            r#"[0,0]"#,
            r#"[3,4],"code_block":[[3,"key = \"exampl**********\"\n"]]"#,
        )
        .replace(
            r#""resource":"r""#,
            r#""resource":"522b98c6e7b6a2eb2772d1d2c073787ed0ba3200""#,
        );
    let report = read_text(&framework(
        "secrets",
        &format!(r#""failed_checks":[{check}]"#),
        "1",
    ));
    let finding = &report.findings[0];
    assert_eq!(
        (finding.kind, finding.severity),
        (Kind::Secret, Severity::High)
    );
    assert_eq!(finding.line, Some(folded_line_hash("key = \"***\"")));
    let printed = format!("{report:?}");
    assert!(!printed.contains("exampl*") && !printed.contains("522b98"));
}

#[test]
fn a_fix_is_denied_only_where_checkov_denies_it() {
    for (more, fix) in [
        (
            r#","status":"open","lowest_fixed_version":"N/A""#,
            Fix::None,
        ),
        (
            r#","status":"fixed in 2","lowest_fixed_version":"N/A""#,
            Fix::Unknown,
        ),
        (r#","lowest_fixed_version":"2.0""#, Fix::Available),
        (r#","fixed_versions":["2.0"]"#, Fix::Available),
        ("", Fix::Unknown),
    ] {
        let details = format!(
            r#""vulnerability_details":{{"id":"CVE-2099-1","package_name":"p","package_version":"1"{more}}},"severity":null"#
        );
        let check = CHECK.replace(r#""severity":null"#, &details);
        let report = read_text(&framework(
            "sca_package",
            &format!(r#""failed_checks":[{check}]"#),
            "1",
        ));
        let finding = &report.findings[0];
        assert_eq!(finding.kind, Kind::Vulnerability);
        let package = finding.package.as_ref().expect("a package");
        assert_eq!(package.fix, fix, "{more}");
    }
}
