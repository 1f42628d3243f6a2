use proptest::prelude::*;

use super::*;
use crate::gate::waivers::{Covers, DECISIONS, covers, covers_of};
use crate::model::{Finding, Fingerprint, Fix, Kind, Location, Package, Place, Severity, Source};

/// Texts that YAML would take for something else, or that would leave their place.
const HOSTILE: &[&str] = &[
    "true",
    "No",
    "null",
    "~",
    "1e3",
    "007",
    "0x1f",
    ".inf",
    "2026-01-01",
    "- a",
    "a: b",
    "a #b",
    "#b",
    "a:",
    "[a]",
    "{a}",
    "&a",
    "*a",
    "!a",
    "|",
    ">",
    "'",
    "\"",
    "\\",
    "%a",
    "@a",
    "`a`",
    "a\nb: c",
    "a\r\nb",
    "a\tb",
    "a\u{85}b",
    "a\u{2028}b",
    "a\u{feff}b",
    "a\u{202e}b",
    "a\u{0}b",
    "a\u{1b}[2Jb",
    "é ü 漢字",
    "🦀",
    "\u{7f}",
    "x\u{e000}",
    "a, b",
    "pkg:npm/@a/b@1.0",
    "---",
    "...",
    "waivers: []",
    "${{ github.token }}",
    "::error::x",
    "y",
    "=",
    "<<",
];

fn waiver(reason: &str) -> Waiver {
    Waiver {
        file: "w.yml".into(),
        line: None,
        covers: Covers {
            rules: vec![reason.replace('*', "+").into()],
            ..Covers::default()
        },
        decision: "mitigated".into(),
        reason: reason.into(),
        owner: reason.into(),
        approved_by: vec![reason.into(), "b".into()],
        ticket: Some(reason.into()),
        created: Some("2026-01-01".to_owned()),
        expires: Some("2026-12-31".to_owned()),
        tool: None,
        id: None,
    }
}

#[test]
fn hostile_texts_come_back_as_they_were() {
    for text in HOSTILE {
        let waiver = waiver(text);
        let written = append("w.yml", None, &waiver).unwrap_or_else(|e| panic!("{text:?}: {e:?}"));
        assert!(same(&written.waiver, &waiver), "{text:?}: {}", written.text);
        let raw = written
            .text
            .chars()
            .filter(|c| c.is_control() && *c != '\n');
        assert_eq!(raw.count(), 0, "{text:?}");
        let lines = written.entry.lines().count();
        assert_eq!(lines, 9, "{text:?}: {}", written.entry);
    }
}

#[test]
fn files_keep_what_they_have() {
    let one = "match: { rule: CVE-1 }\nX decision: mitigated\nX reason: r\nX owner: o\nX expires: 2026-01-01\n";
    let at = |indent: usize| {
        format!(
            "{:indent$}- {}",
            "",
            one.replace("X ", &" ".repeat(indent + 2))
        )
    };
    let keeps = [
        format!("version: 1\nwaivers:\n{}", at(2)),
        format!("version: 1\nwaivers:\n{}", at(0)),
        format!("version: 1\nwaivers:\n{}{}", at(4), at(4)),
        format!("version: 1\nwaivers:\n{}", at(2).trim_end()),
        format!("version: 1\nwaivers:\n{}\n\n# the end", at(2)),
        format!("version: 1\r\nwaivers:\r\n{}", at(2).replace('\n', "\r\n")),
        format!(
            "version: 1\nwaivers:\n{}",
            at(2).replace("reason: r", "reason: |\n      a\n      b")
        ),
        "version: 1\nwaivers:\n".to_owned(),
        "version: 1".to_owned(),
    ];
    for before in keeps {
        let done = append("w.yml", Some(&before), &waiver("r"))
            .unwrap_or_else(|error| panic!("{before}: {error:?}"));
        assert!(done.text.starts_with(&before), "{}", done.text);
        let known = parse("w.yml", before.as_bytes()).unwrap();
        let now = parse("w.yml", done.text.as_bytes()).unwrap();
        assert_eq!(now[..known.len()], known);
        assert_eq!(now.len(), known.len() + 1);
        assert_eq!(done.text.contains('\r'), before.contains('\r'));
        assert!(done.text.ends_with('\n'));
    }
    let empty = append(
        "w.yml",
        Some("# a\nversion: 1\nwaivers: []\n"),
        &waiver("r"),
    )
    .unwrap();
    assert!(
        empty
            .text
            .starts_with("# a\nversion: 1\nwaivers:\n  - match:\n")
    );
}

#[test]
fn files_that_cannot_take_an_entry_are_left_alone() {
    let flow = "version: 1\nwaivers: [{match: {rule: A}, decision: mitigated, reason: r, owner: o, expires: 2026-01-01}]\n";
    for before in [
        flow,
        "waivers:\nversion: 1\n",
        "version: 1\nwaivers:\n...\n",
    ] {
        let error = append("w.yml", Some(before), &waiver("r")).unwrap_err();
        assert_eq!(error, AppendError::NoPlace, "{before}");
    }
    let broken = append("w.yml", Some("version: 9\n"), &waiver("r")).unwrap_err();
    assert!(matches!(broken, AppendError::Broken(_)));
    let wrong = Waiver {
        expires: Some("2026-02-30".to_owned()),
        ..waiver("r")
    };
    assert!(matches!(
        append("w.yml", None, &wrong),
        Err(AppendError::Wrong(_))
    ));
}

fn any_text() -> impl Strategy<Value = String> {
    let text = prop_oneof![
        prop::sample::select(HOSTILE).prop_map(str::to_owned),
        "\\PC{1,20}",
        any::<String>(),
    ];
    text.prop_map(|text| {
        text.trim()
            .chars()
            .take(100)
            .collect::<String>()
            .trim()
            .to_owned()
    })
    .prop_filter("blank", |text| !text.is_empty())
}

fn any_waiver() -> impl Strategy<Value = Waiver> {
    let texts = || prop::collection::vec(any_text(), 1..4);
    let texts = || texts().prop_map(|all| distinct(all.iter().map(String::as_str)));
    let covers = (
        prop::option::of(prop::sample::select(Kind::ALL.to_vec())),
        texts().prop_map(|all| {
            distinct(
                all.iter()
                    .map(|t| t.replace('*', "+"))
                    .collect::<Vec<_>>()
                    .iter()
                    .map(String::as_str),
            )
        }),
        prop::option::of(prop::sample::select(vec![
            "zlib",
            "pkg:npm/%40a/b@1+2",
            "@a/b",
            "x y",
        ])),
        texts().prop_map(|all| {
            distinct(
                all.iter()
                    .map(|t| crate::gate::language::Pattern::literally(t))
                    .collect::<Vec<_>>()
                    .iter()
                    .map(String::as_str),
            )
        }),
        prop::option::of(prop::sample::select(vec!["trivy", "a-b"])),
        prop::collection::vec("[0-9a-f]{32}", 0..3),
        prop::option::of(prop::sample::select(vec![
            Severity::Critical,
            Severity::Info,
        ])),
    )
        .prop_map(|(kind, rules, package, paths, tool, prints, most)| Covers {
            kind,
            rules,
            package: package.map(Text::from),
            paths,
            tool: tool.map(Text::from),
            target: Some("a/b*".into()),
            fingerprints: distinct(prints.iter().map(String::as_str)),
            severity_at_most: most,
            line: None,
            commit: None,
        });
    (
        covers,
        any_text(),
        any_text(),
        texts(),
        0..DECISIONS.len(),
        prop::option::of(any_text()),
    )
        .prop_map(
            |(covers, reason, owner, approved_by, decision, ticket)| Waiver {
                covers,
                decision: DECISIONS[decision].into(),
                reason: reason.as_str().into(),
                owner: owner.as_str().into(),
                approved_by,
                id: ticket.as_deref().map(Text::from),
                ticket: ticket.as_deref().map(Text::from),
                ..waiver("x")
            },
        )
}

fn distinct<'a>(all: impl Iterator<Item = &'a str>) -> Vec<Text> {
    let mut texts: Vec<Text> = Vec::new();
    for text in all {
        if !texts.iter().any(|known| **known == *text) {
            texts.push(text.into());
        }
    }
    texts
}

/// A finding as merging leaves it; `number` sets its ids apart from those of others.
fn any_finding(number: u8) -> impl Strategy<Value = Finding> {
    let parts = (any_text(), any_text(), any_text(), any_text());
    let kinds = prop::sample::select(Kind::ALL.to_vec());
    let severities = prop::sample::select(Severity::WORST_FIRST.to_vec());
    (kinds, severities, parts, any::<bool>()).prop_map(
        move |(kind, severity, (rule, path, target, name), whole)| {
            let rule = format!("{rule}-{number}");
            let mut finding = Finding::new(kind, rule.as_str().into(), severity, "t".into());
            finding.fingerprint = Fingerprint([number; 16]);
            finding.sources = vec![Source {
                tool: "trivy".into(),
                input: 0,
                run: 0,
                rule: finding.rule.clone(),
                severity,
                fingerprint: Fingerprint([number; 16]),
                suppression: None,
                recipe: None,
            }];
            finding.aliases = vec![format!("GHSA-{number}").into()];
            finding.locations = vec![Location {
                place: Place::Workspace,
                ..Location::new(path.as_str().into(), Some(3))
            }];
            finding.target = whole.then(|| target.as_str().into());
            finding.package = whole.then(|| {
                Box::new(Package {
                    purl: Some(format!("pkg:npm/{name}@1").into()),
                    ecosystem: None,
                    name: name.as_str().into(),
                    version: Some("1".into()),
                    fixed: Vec::new(),
                    fix: Fix::Unknown,
                    development: false,
                })
            });
            finding
        },
    )
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(waiver in any_waiver()) {
        let done = append("w.yml", None, &waiver);
        let done = done.map_err(|error| TestCaseError::fail(format!("{error:?}")))?;
        prop_assert!(same(&done.waiver, &waiver), "{}", done.text);
    }

    #[test]
    fn a_written_entry_covers_its_own_finding_only(own in any_finding(1), other in any_finding(2)) {
        let counted = |finding: &Finding| match finding.severity {
            Severity::Unknown => Severity::Medium,
            known => known,
        };
        let new = Waiver { covers: covers_of(&own, counted(&own)), ..waiver("r") };
        let done = append("w.yml", None, &new);
        let read = done.map_err(|error| TestCaseError::fail(format!("{error:?}")))?.waiver;
        prop_assert_eq!(covers(&read, &own, counted(&own)), Ok(()));
        prop_assert!(covers(&read, &other, counted(&other)).is_err());
        if own.kind == Kind::Secret {
            prop_assert!(!read.covers.fingerprints.is_empty());
        }
    }
}
