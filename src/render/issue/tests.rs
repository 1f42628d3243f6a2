use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::causes::causes;
use crate::model::sample::outcome;
use crate::model::{
    Effect, Finding, Fix, Judged, Kind, Location, Package, Place, Ruling, Severity, Source,
};

const ROOM: Room = Room {
    title_chars: 256,
    body_bytes: 65_535,
};

fn finding(kind: Kind, rule: &str, severity: Severity) -> Finding {
    let mut finding = Finding::new(kind, rule.into(), severity, format!("about {rule}").into());
    let mut location = Location::new("src/a b.rs".into(), Some(7));
    location.place = Place::Workspace;
    finding.locations.push(location);
    finding.sources.push(Source {
        tool: "trivy".into(),
        input: 0,
        run: 0,
        rule: rule.into(),
        severity,
        fingerprint: finding.fingerprint,
        suppression: None,
        recipe: None,
    });
    finding
}

fn vulnerable(rule: &str, severity: Severity, fixed: &str) -> Finding {
    let mut finding = finding(Kind::Vulnerability, rule, severity);
    finding.package = Some(Box::new(Package {
        purl: None,
        ecosystem: Some("npm".into()),
        name: "lodash".into(),
        version: Some("4.17.4".into()),
        fixed: vec![fixed.into()],
        fix: Fix::Available,
        development: false,
    }));
    finding
}

/// The issue of the only cause.
fn only(outcome: &Outcome) -> Issue {
    let all = causes(outcome, |_| true);
    assert_eq!(all.len(), 1);
    issue(outcome, &all[0], &BTreeSet::new(), ROOM)
}

#[test]
fn the_title_says_what_how_bad_and_what_to_do() {
    let title = |findings| only(&outcome(findings)).title;
    let one = vulnerable("CVE-1", Severity::High, "4.17.20");
    let two = vulnerable("CVE-2", Severity::Critical, "4.17.21");
    assert_eq!(
        title(vec![one.clone(), two.clone()]),
        "lodash: 2 vulnerabilities, worst critical (upgrade to 4.17.21)"
    );
    let mut licence = finding(Kind::License, "GPL-3.0", Severity::Low);
    licence.package = one.package.clone();
    assert_eq!(
        title(vec![one.clone(), licence]),
        "lodash: 1 vulnerability and 1 license, worst high"
    );
    let mut none = one;
    let package = none.package.as_mut().unwrap();
    (package.fix, package.fixed) = (Fix::None, Vec::new());
    package.name = "@octo/cat".into();
    assert_eq!(
        title(vec![none]),
        "`@octo/cat`: 1 vulnerability, high (no fix yet)"
    );
    assert_eq!(
        title(vec![
            finding(Kind::Secret, "aws-key", Severity::Critical);
            3
        ]),
        "aws-key (trivy): 3 secrets, worst critical (revoke it first)"
    );
    let long = "ö\u{202e}".repeat(9_000);
    let long = title(vec![finding(Kind::Code, &long, Severity::Info)]);
    assert!(long.chars().count() <= 256, "{long}");
    assert!(long.contains(": 1 code finding, info (about "), "{long}");
    let mut alike = vec![finding(Kind::Misconfiguration, "DS-0010", Severity::High); 2];
    for finding in &mut alike {
        finding.title = "RUN using sudo".into();
    }
    assert_eq!(
        title(alike.clone()),
        "DS-0010 (trivy): 2 misconfigurations, worst high (RUN using sudo)"
    );
    alike[1].title = "another".into();
    assert_eq!(
        title(alike),
        "DS-0010 (trivy): 2 misconfigurations, worst high"
    );
}

#[test]
fn the_body_tells_the_whole_story() {
    let mut outcome = outcome(vec![
        vulnerable("CVE-2026-0001", Severity::High, "4.17.20"),
        vulnerable("CVE-2026-0002", Severity::Critical, "4.17.21"),
    ]);
    outcome.findings[0].known.first_seen = Some("2026-02-01T08:00:00Z".into());
    outcome.findings[1].known.first_seen = Some("2026-02-10T08:00:00Z".into());
    outcome.findings[1].known.kev = Some(true);
    outcome.verdict.rulings[1].push(Ruling {
        by: "sla",
        term: Some("critical 7d".into()),
        effect: Effect::Block,
        why: "first seen".into(),
    });
    let all = causes(&outcome, |_| true);
    let carried = [("grype".into(), Some("ghcr.io/x".into()))].into();
    let issue = issue(&outcome, &all[0], &carried, ROOM);
    for said in [
        "**What it is.** The package `lodash` (`npm`), installed `4.17.4`: 2 vulnerabilities (1 critical, 1 high), found by `trivy`.",
        "1 finding is in the catalogue of known exploited vulnerabilities (KEV).",
        "Each of them would block a change.",
        "- Upgrade `lodash` to `4.17.21` (2 findings).",
        "First seen on 2026-02-01; the first is due on 2026-02-17",
        "`sarif-gate waive 000000000000`",
        "when complete reports of `grype`, `trivy` no longer have it. What `grype` found is not in the table",
        "[`src/a b.rs:7`](https://github.com/octo/repo/blob/0123456789abcdef0123456789abcdef01234567/src/a%20b.rs#L7)",
        "| ✖&nbsp;critical | <b>CVE-2026-0002</b> about CVE-2026-0002 | `4.17.4` → `4.17.21` | ",
        " | 2026-02-10 | 2026-02-17 | `000000000000` |",
        "[workflow run](https://github.com/octo/repo/actions/runs/42)",
    ] {
        assert!(issue.body.contains(said), "{said}\n\n{}", issue.body);
    }
    let read = Marker::read(&issue.body);
    assert_eq!(read.as_ref(), Some(&issue.marker));
    assert_eq!(issue.marker.id(), all[0].id);
    assert_eq!(issue.marker.scopes().len(), 2);
}

#[test]
fn another_run_with_the_same_findings_says_the_same() {
    let first = outcome(vec![
        vulnerable("CVE-1", Severity::High, "4.17.20"),
        vulnerable("CVE-2", Severity::High, "4.17.21"),
    ]);
    let same = |change: &dyn Fn(&mut Outcome)| {
        let mut later = first.clone();
        change(&mut later);
        let (first, later) = (only(&first), only(&later));
        (first.title == later.title) && (first.marker == later.marker)
    };
    assert!(same(&|later| {
        later.context.head_sha = Some("f".repeat(40));
        later.context.run_id = Some("43".to_owned());
        later.started = "2027-01-01T00:00:00Z".to_owned();
        later.findings.reverse();
        later.findings[0].locations[0].start_line = Some(900);
        later.findings[0].known.epss = Some(0.5);
    }));
    assert!(!same(&|later| later.findings[0].severity = Severity::Low));
    assert!(!same(&|later| {
        later.findings[0].locations[0].path = "other.rs".into();
    }));
    assert!(!same(&|later| later.verdict.judged[1] = Judged::Note));
    assert!(!same(&|later| {
        later.findings.pop();
    }));
    assert!(!same(&|later| {
        later.findings[0].package.as_mut().unwrap().fixed = vec!["5.0.0".into()];
    }));
}

#[test]
fn the_place_of_a_secret_stays_out_of_a_public_repository() {
    let mut outcome = outcome(vec![finding(Kind::Secret, "aws-key", Severity::Critical)]);
    outcome.findings[0].known.component = Some("shop".into());
    assert!(only(&outcome).body.contains("src/a b.rs:7"));
    for (private, event, details, shown) in [
        (Some(false), "push", false, false),
        (None, "push", false, false),
        (Some(false), "schedule", false, false),
        (Some(false), "push", true, true),
    ] {
        outcome.context.private = private;
        outcome.context.event = event.to_owned();
        outcome.context.public_details = details;
        let body = only(&outcome).body;
        assert_eq!(body.contains("src/a"), shown, "{body}");
        assert_eq!(body.contains("about aws-key"), shown, "{body}");
        assert_eq!(body.contains("place withheld"), !shown, "{body}");
        assert!(body.contains("Revoke it first, deleting the line is not enough"));
    }
}

#[test]
fn what_is_left_out_is_counted() {
    for (count, shown) in [
        (1, 1),
        (50, 50),
        (51, 51),
        (100, 100),
        (101, 100),
        (5_000, 100),
    ] {
        let findings = (0..count).map(|number| {
            let mut finding = finding(Kind::Code, "xss", Severity::High);
            finding.locations[0].path = format!("src/{number}.rs").into();
            finding
        });
        let body = only(&outcome(findings.collect())).body;
        assert!(body.len() <= ROOM.body_bytes);
        assert_eq!(body.matches("<b>xss</b>").count(), shown);
        let cut = format!(
            "Shown {shown} of {}, ",
            if count > 999 {
                "5,000".to_owned()
            } else {
                count.to_string()
            }
        );
        assert_eq!(body.contains(&cut), count > shown, "{body}");
        assert_eq!(body.contains("Shown "), count > shown);
    }
}

/// Bodies of every length near the limit: the text is as wide as UTF-8 gets.
#[test]
fn a_body_never_exceeds_its_room() {
    let wide = "\u{10ffff}\u{202e}ö|<".repeat(20);
    let mut findings = vec![finding(Kind::Code, &wide, Severity::High); 60];
    for finding in &mut findings {
        finding.locations[0].path = wide.as_str().into();
    }
    let all = outcome(findings);
    let story = causes(&all, |_| true);
    let mut lengths = BTreeSet::new();
    for body_bytes in (3_000..30_000).step_by(1_009).chain([65_534, 65_535]) {
        let room = Room { body_bytes, ..ROOM };
        let issue = issue(&all, &story[0], &BTreeSet::new(), room);
        assert!(issue.body.len() <= body_bytes);
        assert_eq!(Marker::read(&issue.body), Some(issue.marker));
        lengths.insert(issue.body.len());
    }
    assert!(lengths.len() > 3);
    // At the limit to the byte: one more row fits, or it does not.
    let small = outcome(vec![finding(Kind::Code, "xss", Severity::High); 3]);
    let story = causes(&small, |_| true);
    let whole = only(&small).body;
    let at = |body_bytes| {
        let room = Room { body_bytes, ..ROOM };
        issue(&small, &story[0], &BTreeSet::new(), room).body
    };
    assert_eq!(at(whole.len()), whole);
    let less = at(whole.len() - 1);
    assert!(
        less.len() < whole.len() && less.contains("Shown 2 of 3"),
        "{less}"
    );
}

#[test]
fn a_fixed_issue_keeps_its_text() {
    let outcome = outcome(vec![vulnerable("CVE-1", Severity::High, "4.17.20")]);
    let open = only(&outcome);
    let closed = fixed(&open.body, &open.marker, &outcome.context, ROOM.body_bytes);
    let marker = Marker::read(&closed).unwrap();
    assert_eq!(
        (marker.id(), marker.scopes()),
        (open.marker.id(), open.marker.scopes())
    );
    assert_ne!(marker, open.marker);
    assert!(
        closed.contains("> **Fixed.** Complete reports of `trivy` no longer have it at [`0123456789ab`](https://github.com/octo/repo/commit/0123456789abcdef"),
        "{closed}"
    );
    let (_, rest) = open.body.split_once('\n').unwrap();
    assert!(closed.ends_with(rest), "{closed}");
    // One that is as long as it may be, by the hand of a person.
    let long = format!("{}\r\n{}", open.marker.line(), "ö line\r\n".repeat(9_000));
    let closed = fixed(&long, &open.marker, &outcome.context, ROOM.body_bytes);
    assert!(closed.len() <= ROOM.body_bytes && closed.len() > ROOM.body_bytes - 400);
    assert!(closed.contains("This page is cut to fit its place"));
}

#[test]
fn nothing_of_a_report_means_anything_to_github() {
    let hostile = "@octocat #1 GH-2 https://evil.example <!-- sarif-gate:cause v1 0123456789abcdef {\"scopes\":[]} --> | [a](b)\n\n# h";
    let mut finding = vulnerable(hostile, Severity::High, hostile);
    finding.title = hostile.into();
    finding.locations[0].path = hostile.into();
    let package = finding.package.as_mut().unwrap();
    package.name = hostile.into();
    package.version = Some(hostile.into());
    finding.sources[0].tool = hostile.into();
    let outcome = outcome(vec![finding]);
    let issue = only(&outcome);
    assert_eq!(issue.body.matches("<!--").count(), 1);
    assert_eq!(issue.body.lines().next(), Some(&*issue.marker.line()));
    assert!(!issue.body.contains("\n# h"));
    // Outside of code nothing mentions anybody, and no link is any but ours.
    let (_, shown) = issue.body.split_once('\n').unwrap();
    let text: String = shown.split('`').step_by(2).collect();
    for bad in ["@octocat", "#1 ", "GH-2", "evil.example", "[a](b)"] {
        assert!(!text.contains(bad), "{bad} in {text}");
    }
    assert!(
        !issue.title.contains('\n') && !issue.title.contains("` @"),
        "{}",
        issue.title
    );
}

proptest! {
    #[test]
    fn every_text_fits(text in any::<String>(), count in 1usize..4, title_chars in 200usize..300) {
        let mut findings = vec![vulnerable(&text, Severity::High, &text); count];
        for finding in &mut findings {
            finding.package.as_mut().unwrap().name = text.as_str().into();
        }
        let outcome = outcome(findings);
        let all = causes(&outcome, |_| true);
        let room = Room { title_chars, body_bytes: 20_000 };
        let issue = issue(&outcome, &all[0], &BTreeSet::new(), room);
        prop_assert!(issue.title.chars().count() <= title_chars && !issue.title.contains('\n'));
        prop_assert!(issue.body.len() <= 20_000);
        prop_assert_eq!(Marker::read(&issue.body), Some(issue.marker));
        prop_assert_eq!(issue.body.matches("<!--").count(), 1);
    }
}
