use super::entry::patched;
use crate::formats::testing::report as read_text;
use crate::model::{Fix, Kind, Report, Severity, Status};
use crate::syntax::Raw;

fn report(count: u64, list: &str, warnings: &str) -> Report {
    let found = count > 0;
    read_text(&format!(
        r#"{{"database":{{}},"lockfile":{{}},"vulnerabilities":{{"found":{found},"count":{count},"list":{list}}},"warnings":{warnings}}}"#
    ))
}

const ONE: &str = r#"{"advisory":{"id":"RUSTSEC-1","title":"t","cvss":null},"package":{"name":"p","version":"1"},"versions":{"patched":[">=2"]}}"#;
const YANKED: &str = r#"{"kind":"yanked","package":{"name":"p","version":"1"},"advisory":null}"#;

#[test]
fn the_list_is_as_long_as_it_says() {
    for (count, list, complete) in [
        (0, "[]".to_owned(), true),
        (1, format!("[{ONE}]"), true),
        (1, "[]".to_owned(), false),
        (0, format!("[{ONE}]"), false),
        (2, format!("[{ONE}]"), false),
        (0, "null".to_owned(), false),
    ] {
        let report = report(count, &list, "{}");
        assert_eq!(
            report.status == Status::Complete,
            complete,
            "{count} {list}"
        );
        assert!(complete || matches!(report.status, Status::Unusable(_)));
    }
    let without =
        r#"{"lockfile":{},"vulnerabilities":{"found":false,"count":0,"lists":[],"list":null}}"#;
    assert!(matches!(read_text(without).status, Status::Unusable(_)));
}

#[test]
fn warnings_are_of_the_supply_chain() {
    let sound = ONE.replace("null", "\"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H\"");
    let dull = ONE.replace("null", "\"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N\"");
    for (warnings, rule, severity) in [
        (
            format!(r#"{{"yanked":[{YANKED}]}}"#),
            "yanked",
            Severity::Low,
        ),
        (format!("[{YANKED}]"), "yanked", Severity::Low),
        (
            format!(r#"{{"unsound":[{ONE}]}}"#),
            "RUSTSEC-1",
            Severity::Low,
        ),
        (
            format!(r#"{{"unsound":[{sound}]}}"#),
            "RUSTSEC-1",
            Severity::Critical,
        ),
        (
            format!(r#"{{"unsound":[{dull}]}}"#),
            "RUSTSEC-1",
            Severity::Low,
        ),
    ] {
        let report = report(0, "[]", &warnings);
        assert_eq!(report.status, Status::Complete, "{warnings}");
        let finding = report.findings.first().expect(&warnings);
        assert_eq!(finding.kind, Kind::SupplyChain);
        assert_eq!(
            (&*finding.rule, finding.severity),
            (rule, severity),
            "{warnings}"
        );
    }
    let null = report(0, "[]", "null");
    assert_eq!(null.status, Status::Complete);
}

#[test]
fn what_is_missing_is_named_with_its_element() {
    for key in ["advisory", "id", "package", "name", "version"] {
        let bad = ONE.replace(&format!("\"{key}\""), "\"other\"");
        let report = report(2, &format!("[{ONE},{bad}]"), "{}");
        let said = report.status.problem().unwrap_or_default();
        assert!(
            said.contains("/vulnerabilities/list/1") && said.contains(key),
            "{key}: {said}"
        );
    }
    let bad = YANKED.replace("\"version\"", "\"other\"");
    let report = report(0, "[]", &format!(r#"{{"yanked":[{bad}]}}"#));
    assert!(matches!(report.status, Status::Unusable(_)));
}

#[test]
fn ranges_name_the_first_fixed_version() {
    for (range, fixed) in [
        (">=1.1.0", "1.1.0"),
        (">= 1.1.0, <2", "1.1.0"),
        ("^0.4.8", "0.4.8"),
        ("=0.5.0", "0.5.0"),
        ("0.2.0", "0.2.0"),
        (">1.0.0", ">1.0.0"),
        ("<1.0.0", "<1.0.0"),
        ("*", "*"),
    ] {
        let json = format!("\"{range}\"");
        let raw: Raw<'_> = serde_json::from_str(&json).expect(range);
        assert_eq!(patched(Some(&[raw])).0, [fixed.into()], "{range}");
    }
    assert_eq!(patched(Some(&[])).1, Fix::None);
    assert_eq!(patched(None).1, Fix::Unknown);
}
