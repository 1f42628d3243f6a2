use crate::formats::testing::report as read_text;
use crate::formats::{Hint, Secrets, read};
use crate::model::{Fix, Kind, Place, Report, Status};

const HEADER: &str = r#"{"findings":"v1","tool":"My Check"}"#;

/// A file with one finding, whose members are these.
fn one(members: &str) -> Report {
    read_text(&format!(
        "{HEADER}\n{{\"rule\":\"r\",\"severity\":\"low\",\"title\":\"t\"{members}}}\n{{\"end\":1}}\n"
    ))
}

#[test]
fn the_end_is_needed_and_has_to_count() {
    let line = r#"{"rule":"r","severity":"low","title":"t"}"#;
    for (text, word) in [
        (format!("{HEADER}\n{line}\n"), "did not finish"),
        (format!("{HEADER}\n"), "did not finish"),
        (format!("{HEADER}\n{line}\n{{\"end\":0}}"), "there are 1"),
        (format!("{HEADER}\n{{\"end\":1}}"), "there are 0"),
        (format!("{HEADER}\n{{\"end\":-1}}"), "invalid value"),
        (format!("{HEADER}\n{{\"end\":0}}\n{line}"), "the last one"),
        (format!("{HEADER}\n{{\"end\":0}}\n{HEADER}"), "the last one"),
        (
            format!("{HEADER}\n{HEADER}\n{{\"end\":0}}"),
            "second header",
        ),
        (format!("{HEADER}\n[]\n{{\"end\":0}}"), "no object"),
        (format!("{HEADER}\nwarning: x\n{{\"end\":0}}"), "line 2"),
        (
            r#"{"findings":"v2","tool":"x"}{"end":0}"#.to_owned(),
            "version \"v2\"",
        ),
        (
            r#"{"findings":"v1","tool":" - "}{"end":0}"#.to_owned(),
            "name the check",
        ),
    ] {
        let report = read_text(&text);
        let said = report.status.problem().unwrap_or_default();
        assert!(
            matches!(report.status, Status::Unusable(_)) && said.contains(word),
            "{text}: {said}"
        );
        assert!(report.findings.is_empty(), "{text}");
    }
}

#[test]
fn a_mistake_is_named_with_its_line() {
    for (members, word) in [
        (
            r#","sevrity":"high""#,
            "\"sevrity\" is no member of a finding",
        ),
        (r#","a\nb":1"#, "is no member"),
        (r#","kind":"bug""#, "\"bug\" is no kind"),
        (r#","kind":"secrets""#, "is no kind"),
        (r#","line":"3""#, "expected u32"),
        (r#","line":-1"#, "expected u32"),
        (r#","title":"again""#, "duplicate"),
        (r#","cvss":11"#, "no score"),
        (r#","package":{}"#, "`purl` or a `name`"),
        (r#","package":{"purl":"lodash"}"#, "no package URL"),
        (
            r#","package":{"purl":"pkg:npm/a@1","nam\ne":"x"}"#,
            "unknown field",
        ),
        (
            r#","suppressed":{"kind":"nosec"}"#,
            "no kind of suppression",
        ),
        (
            r#","kind":"code","secret":"x""#,
            "belongs to the kind secret",
        ),
        (r#","pass":"r""#, "no member of a passed rule"),
        (r#","end":1"#, "no member of the end"),
    ] {
        let report = one(members);
        let said = report.status.problem().unwrap_or_default();
        assert!(
            said.contains("line 2") && said.contains(word),
            "{members}: {said}"
        );
        assert!(!said.contains('\n'), "{said:?}");
    }
    for member in ["rule", "severity", "title"] {
        for other in ["\"x\":", "\"message\":"] {
            let line = r#"{"rule":"r","severity":"low","title":"t"}"#
                .replace(&format!("\"{member}\":"), other);
            let report = read_text(&format!("{HEADER}\n{line}\n{{\"end\":1}}"));
            assert!(matches!(report.status, Status::Unusable(_)), "{line}");
        }
        let line = r#"{"rule":"r","severity":"low","title":"t"}"#.replace(
            &format!("\"{member}\":\""),
            &format!("\"{member}\":\" \",\"message\":\""),
        );
        let report = read_text(&format!("{HEADER}\n{line}\n{{\"end\":1}}"));
        let said = report.status.problem().unwrap_or_default();
        assert!(said.contains("is empty"), "{line}: {said}");
    }
}

#[test]
fn kinds_are_named_or_shown() {
    for (members, kind) in [
        ("", Kind::Code),
        (r#","kind":null"#, Kind::Code),
        (r#","kind":"quality""#, Kind::Quality),
        (r#","kind":"supply-chain""#, Kind::SupplyChain),
        (r#","secret":"x""#, Kind::Secret),
        (r#","kind":"secret""#, Kind::Secret),
        (r#","package":{"name":"p"}"#, Kind::Vulnerability),
        (r#","package":{"name":"p"},"kind":"license""#, Kind::License),
    ] {
        let report = one(members);
        assert_eq!(report.status, Status::Complete, "{members}");
        assert_eq!(
            report.findings.first().map(|f| f.kind),
            Some(kind),
            "{members}"
        );
    }
}

#[test]
fn the_value_of_a_secret_is_in_no_text() {
    let fake = "AKIAFAKEFIXTUREABCDE";
    let text = format!(
        r#"{HEADER}
{{"rule":"r {fake}","severity":"high","title":"{fake}","message":"m {fake}","path":"{fake}/x","link":"https://example.com/{fake}","resource":"{fake}","aliases":["{fake}"],"secret":"{fake}","suppressed":{{"reason":"{fake}"}}}}
{{"end":1}}"#
    );
    let mut secrets = Secrets::new(None);
    let report = read(&mut text.as_bytes(), Hint::default(), &mut secrets);
    assert_eq!(report.status, Status::Complete);
    let printed = format!("{report:?}");
    assert!(!printed.contains(fake), "{printed}");
    assert!(secrets.into_redactor().clean(fake).is_some());
}

#[test]
fn packages_places_and_targets() {
    for (package, name, version, fix) in [
        (
            r#"{"purl":"pkg:npm/%40a/b@1.0?x=y"}"#,
            "@a/b",
            "1.0",
            Fix::Unknown,
        ),
        (r#"{"purl":"pkg:npm/@a/b"}"#, "@a/b", "", Fix::Unknown),
        (
            r#"{"purl":"pkg:maven/org.x/y@2","fixed":["3"]}"#,
            "org.x:y",
            "2",
            Fix::Available,
        ),
        (
            r#"{"ecosystem":"PyPI","name":"p","version":"4","fixed":[]}"#,
            "p",
            "4",
            Fix::None,
        ),
    ] {
        let report = one(&format!(",\"package\":{package}"));
        let finding = report.findings.first().expect(package);
        let made = finding.package.as_ref().expect(package);
        let found = (&*made.name, made.version.as_deref().unwrap_or(""), made.fix);
        assert_eq!(found, (name, version, fix), "{package}");
        assert!(made.ecosystem.is_some(), "{package}");
    }
    // A lock file is the target of what is in it; a path in another target is a path inside that.
    for (members, target, place) in [
        (
            r#","package":{"name":"p"},"path":"go.sum""#,
            Some("go.sum"),
            Place::Unresolved,
        ),
        (r#","path":"a.py""#, None, Place::Unresolved),
        (
            r#","path":"/a","target":"image:1""#,
            Some("image:1"),
            Place::Target,
        ),
        (r#","path":"a","target":"a""#, Some("a"), Place::Unresolved),
    ] {
        let report = one(members);
        let finding = report.findings.first().expect(members);
        assert_eq!(finding.target.as_deref(), target, "{members}");
        assert_eq!(
            finding.locations.first().map(|l| l.place),
            Some(place),
            "{members}"
        );
    }
}

#[test]
fn the_tool_is_the_scripts() {
    let text = r#"{"findings":"v1","tool":" Höhen Check/2.0 ","version":"3","target":"t","link":"javascript:x"}{"pass":"a"}{"unanalysed":"f","reason":"r"}{"end":0}"#;
    let report = read_text(text);
    assert!(matches!(report.status, Status::Partial(_)));
    assert_eq!(report.unanalysed, ["f".into()]);
    assert_eq!(report.entries.not_findings, 1);
    let run = report.runs.first().expect("a run");
    assert_eq!(&*run.tool, "höhen-check-2-0");
    assert_eq!(&*run.name, "Höhen Check/2.0");
    assert_eq!(
        (run.version.as_deref(), run.link.as_deref()),
        (Some("3"), None)
    );
}
