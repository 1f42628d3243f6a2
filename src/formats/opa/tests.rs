use crate::formats::testing::report as read_text;
use crate::model::{Report, Severity, Status};

fn exec(result: &str) -> Report {
    read_text(&format!(
        r#"{{"result":[{{"path":"in/a.json","result":{result}}}]}}"#
    ))
}

fn eval(value: &str, text: &str) -> Report {
    let text = serde_json::to_string(text).expect("a text");
    read_text(&format!(
        r#"{{"result":[{{"expressions":[{{"value":{value},"text":{text}}}]}}]}}"#
    ))
}

fn counts(report: &Report) -> (u64, u64) {
    (report.entries.findings, report.entries.not_findings)
}

#[test]
fn decisions_of_exec() {
    for (result, expected) in [
        ("[]", Some((0, 0))),
        (r#"["a","b"]"#, Some((2, 0))),
        (r#"[{"msg":"a"},{"x":[1]},7,null,["a"]]"#, Some((5, 0))),
        ("true", Some((0, 1))),
        ("false", Some((1, 0))),
        (r#"{"allow":true}"#, Some((0, 1))),
        (r#"{"allow":false,"is_prod":false}"#, Some((1, 0))),
        (r#"{"deny":["a"],"warn":["b"],"x":1}"#, Some((2, 0))),
        (r#"{"deny":{}}"#, Some((0, 0))),
        (r#"{"deny":{"a":"x","b":true,"c":false}}"#, Some((2, 1))),
        (r#"{"deny":[],"inner":{"deny":["a"],"deny":[]}}"#, None),
        (r#"{"deny":true,"block":false}"#, Some((1, 1))),
        (r#"{"a":{"b":{"deny":["x"]}}}"#, Some((1, 0))),
        (r#"{"all_violations":["x"]}"#, Some((1, 0))),
        // Nothing that decides.
        (r#"{}"#, None),
        (r#"{"is_prod":true}"#, None),
        (r#"{"no_violations":false}"#, None),
        (r#"{"deny":["a"],"deny":[]}"#, None),
        (r#"{"deny":7}"#, None),
        (r#""denied""#, None),
        ("7", None),
        ("null", None),
    ] {
        let report = exec(result);
        match expected {
            Some(expected) => {
                assert_eq!(report.status, Status::Complete, "{result}");
                assert_eq!(counts(&report), expected, "{result}");
            }
            None => assert!(matches!(report.status, Status::Unusable(_)), "{result}"),
        }
    }
}

#[test]
fn answers_of_eval_mean_what_their_rule_says() {
    for (value, text, expected) in [
        ("true", "data.main.allow", Some((0, 1))),
        ("false", "data.main.allow", Some((1, 0))),
        ("true", "data.main.deny", Some((1, 0))),
        ("false", "data.main.violations", Some((0, 1))),
        ("true", "data.main.block", Some((1, 0))),
        ("true", "data.main.ok", Some((0, 1))),
        (r#""text""#, "data.main.deny[x]", Some((1, 0))),
        (r#"["a"]"#, "data.main.warn", Some((1, 0))),
        ("[]", "data.main.deny", Some((0, 0))),
        (
            r#"{"deny":[],"violation":["a"]}"#,
            "data.main",
            Some((1, 0)),
        ),
        ("true", "data.main.no_violations", None),
        ("true", "count(data.main.deny) == 0", None),
        ("0", "count(data.main.deny)", None),
        ("[]", "data.main.allow", None),
        (r#""text""#, "data.main.reason", None),
        ("null", "data.main.deny", None),
    ] {
        let report = eval(value, text);
        match expected {
            Some(expected) => {
                assert_eq!(report.status, Status::Complete, "{value} {text}");
                assert_eq!(counts(&report), expected, "{value} {text}");
            }
            None => assert!(
                matches!(report.status, Status::Unusable(_)),
                "{value} {text}"
            ),
        }
    }
    let bound = r#"{"result":[{"expressions":[{"value":true,"text":"x := data.main.deny"}],"bindings":{"x":[]}}]}"#;
    assert!(matches!(read_text(bound).status, Status::Unusable(_)));
}

#[test]
fn what_opa_could_not_decide_is_named() {
    for (text, words) in [
        (
            r#"{"result":[{"path":"a","result":[]},{"path":"in/b.json","error":{"code":"opa_undefined_error","message":"x was\nundefined"}}]}"#,
            "\"in/b.json\": opa_undefined_error: x was undefined",
        ),
        (
            r#"{"result":[{"path":"b","error":{}},{"path":"c","error":{}}]}"#,
            "no reason, as for an input that it cannot read; the same or another reason for 1 more",
        ),
        (
            r#"{"errors":[{"message":"m","code":"rego_parse_error","location":{"file":"p.rego","row":3}}]}"#,
            "rego_parse_error: m at p.rego:3",
        ),
        (
            r#"{"errors":[{"message":"m","code":"eval_conflict_error"}]}"#,
            "eval_conflict_error: m",
        ),
        (
            r#"{"result":[{"path":"a","result":[]},{"path":"b"}]}"#,
            "/result/1",
        ),
        (
            r#"{"result":[{"path":"a","result":[]},{"result":[]}]}"#,
            "no path",
        ),
    ] {
        let report = read_text(text);
        let said = report.status.problem().unwrap_or_default();
        assert!(
            matches!(report.status, Status::Unusable(_)) && said.contains(words),
            "{text}: {said}"
        );
    }
    let two = read_text(r#"{"result":[{"path":"a","error":{}},{"path":"b","result":["x"]}]}"#);
    assert_eq!((two.unanalysed.len(), two.findings.len()), (1, 1));
}

#[test]
fn a_package_has_one_name_however_it_is_asked_for() {
    let rule = |report: Report| report.findings[0].rule.to_string();
    let whole = eval(r#"{"authz":{"deny":["a b"]}}"#, "data.main");
    let one = eval(r#"["a b"]"#, "data.main.authz.deny");
    assert_eq!(rule(whole), "main.authz/deny/a-b");
    assert_eq!(rule(one), "main.authz/deny/a-b");
    let warning = eval(r#"["a"]"#, "data.main.warn");
    assert_eq!(warning.findings[0].severity, Severity::Medium);
}

#[test]
fn packages_in_packages_have_an_end() {
    let deep = format!(
        "{}{}{}",
        r#"{"a":"#.repeat(40),
        r#"{"deny":["x"]}"#,
        "}".repeat(40)
    );
    assert!(matches!(exec(&deep).status, Status::Unusable(_)));
    let deny = format!(
        r#"{{"deny":{}{}{}}}"#,
        r#"{"a":"#.repeat(40),
        "[]",
        "}".repeat(40)
    );
    assert_eq!(exec(&deny).entries.findings, 1);
}

#[test]
fn tests_that_did_not_pass_are_findings() {
    let test = |more: &str| {
        read_text(&format!(
            r#"[{{"package":"data.p_test","name":"test_a","location":{{"file":"p.rego","row":2}},"duration":1{more}}}]"#
        ))
    };
    for (more, expected) in [
        ("", (0, 1)),
        (r#","fail":true"#, (1, 0)),
        (r#","fail":false"#, (0, 1)),
        (r#","fail":"yes""#, (1, 0)),
        (r#","skip":true"#, (0, 1)),
        (r#","skip":true,"fail":true"#, (1, 0)),
        (r#","error":{}"#, (1, 0)),
        (r#","error":7"#, (1, 0)),
        (r#","error":null"#, (0, 1)),
    ] {
        assert_eq!(counts(&test(more)), expected, "{more}");
    }
    assert_eq!(&*test(r#","fail":true"#).findings[0].rule, "p_test/test_a");
}
