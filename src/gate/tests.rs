//! Single points of the judgement. Verdicts stand as data in `tests/gate/`, laws in `laws_tests.rs`.

use super::language::Conditions;
use super::*;
use crate::model::{
    Conclusion, Effect, Finding, Fingerprint, Input, Judged, Kind, Report, RuleText, Run, Severity,
    Source, Status, Suppression, Text, Verdict,
};

pub(super) fn report(tool: &str, status: Status) -> Report {
    Report {
        format: Some("sarif-2.1"),
        status,
        ..Report::new(
            Input {
                path: format!("{tool}.json"),
                ..Input::default()
            },
            vec![Run {
                tool: Text::from(tool),
                ..Run::default()
            }],
        )
    }
}

/// `tools`: each with whether it suppressed the finding.
pub(super) fn finding(
    kind: Kind,
    severity: Severity,
    rule: &str,
    tools: &[(&str, bool)],
) -> Finding {
    let mut finding = Finding::new(kind, Text::from(rule), severity, Text::from("title"));
    finding.sources = tools
        .iter()
        .map(|(tool, suppressed)| Source {
            tool: Text::from(*tool),
            input: 0,
            run: 0,
            rule: Text::from(rule),
            severity,
            fingerprint: Fingerprint::default(),
            suppression: suppressed.then(|| {
                Box::new(Suppression {
                    kind: "external",
                    status: Text::from(""),
                    reason: Text::from("because"),
                    by: Text::from(""),
                })
            }),
            recipe: None,
        })
        .collect();
    finding
}

pub(super) fn conditions(text: &str) -> Conditions {
    Conditions::parse(text).unwrap()
}

pub(super) fn of(findings: &[Finding], policy: &Policy) -> Verdict {
    judge(
        findings,
        &[report("trivy", Status::Complete)],
        &Facts::default(),
        policy,
    )
}

#[test]
fn a_budget_is_kept_at_n_and_broken_above() {
    let policy = Policy {
        fail_on: conditions("low>2"),
        ..Policy::new(Preset::Standard)
    };
    let low = |suppressed| finding(Kind::Code, Severity::Low, "R1", &[("trivy", suppressed)]);
    let two = [low(false), low(false), low(true)];
    let verdict = of(&two, &policy);
    assert_eq!(verdict.conclusion, Conclusion::Pass);
    assert_eq!(
        verdict.judged,
        [Judged::Ignore, Judged::Ignore, Judged::Excused]
    );

    let three = [low(false), low(true), low(false), low(false)];
    let verdict = of(&three, &policy);
    assert_eq!(verdict.conclusion, Conclusion::Fail);
    assert_eq!(
        verdict.judged,
        [Judged::Fail, Judged::Excused, Judged::Fail, Judged::Fail]
    );
    let ruling = &verdict.rulings[0][0];
    assert_eq!(
        &*ruling.why,
        "matches; there are 3 such findings, and 2 are allowed"
    );
    // One sees what the excuse lifted.
    assert_eq!(verdict.rulings[1].len(), 2);
}

#[test]
fn the_first_term_of_the_strongest_row_speaks() {
    let policy = Policy {
        fail_on: conditions("code:critical, high, any+rule=R1"),
        note_on: conditions("any"),
        ..Policy::new(Preset::Standard)
    };
    let verdict = of(
        &[finding(Kind::Code, Severity::High, "R1", &[("x", false)])],
        &policy,
    );
    let terms: Vec<_> = verdict.rulings[0]
        .iter()
        .map(|ruling| (ruling.by, ruling.term.as_deref(), ruling.effect))
        .collect();
    assert_eq!(terms, [("fail-on", Some("high"), Effect::Block)]);
}

#[test]
fn unknown_severities_are_counted_and_said() {
    let findings = [
        finding(Kind::Code, Severity::Unknown, "R1", &[("x", false)]),
        finding(Kind::Code, Severity::Unknown, "R2", &[("x", false)]),
        finding(Kind::Code, Severity::High, "R3", &[("x", false)]),
    ];
    for (counted, judged) in [
        (Severity::Critical, Judged::Fail),
        (Severity::High, Judged::Warn),
        (Severity::Medium, Judged::Note),
        (Severity::Low, Judged::Ignore),
        (Severity::Info, Judged::Ignore),
    ] {
        let policy = Policy {
            unknown_severity: counted,
            exclude: conditions("any+rule=R2"),
            ..Policy::new(Preset::Standard)
        };
        let verdict = of(&findings, &policy);
        assert_eq!(verdict.judged[0], judged, "{counted:?}");
        assert_eq!(verdict.unknown_counted, (1, counted));
        assert_eq!(verdict.counts.by_severity[&Severity::Unknown], 2);
        assert_eq!(verdict.counts.by_severity[&Severity::Critical], 0);
        if judged != Judged::Ignore {
            let why = format!(
                "matches, its unknown severity counted as {}",
                counted.word()
            );
            assert_eq!(&*verdict.rulings[0][0].why, why);
        }
    }
}

#[test]
fn a_budget_in_exclude_sets_nothing_aside() {
    let policy = Policy {
        exclude: conditions("any>0"),
        ..Policy::new(Preset::Standard)
    };
    let verdict = of(
        &[finding(Kind::Secret, Severity::High, "R1", &[("x", false)])],
        &policy,
    );
    assert_eq!(verdict.conclusion, Conclusion::Fail);
    assert!(verdict.remarks[0].contains("`any>0` of exclude has a budget"));
}

#[test]
fn an_allowance_needs_a_day_and_a_clock() {
    for (until, today, conclusion) in [
        ("2026-05-01", "2026-05-01", Conclusion::Warn),
        ("2026-05-01", "2026-05-02", Conclusion::Incomplete),
        ("2026-05-01", "", Conclusion::Incomplete),
        ("soon", "2026-05-01", Conclusion::Incomplete),
        ("", "2026-05-01", Conclusion::Incomplete),
    ] {
        let policy = Policy {
            allow_incomplete: vec![("trivy".to_owned(), until.to_owned())],
            ..Policy::new(Preset::Standard)
        };
        let facts = Facts {
            today: today.to_owned(),
            ..Facts::default()
        };
        let broken = [report("trivy", Status::Unusable("it is empty".to_owned()))];
        let verdict = judge(&[], &broken, &facts, &policy);
        assert_eq!(verdict.conclusion, conclusion, "{until} {today}");
        assert!(!verdict.complete);
    }
}

#[test]
fn every_tool_of_a_broken_report_needs_its_allowance() {
    let mut both = report("trivy", Status::Unusable("it is cut off".to_owned()));
    both.runs.push(Run {
        tool: Text::from("grype"),
        ..Run::default()
    });
    let mut unread = report("x", Status::Unusable("it is cut off".to_owned()));
    unread.runs.clear();
    unread.reader = Some("trivy");
    let mut unknown = unread.clone();
    unknown.reader = None;
    let verdict = |reports: &[Report], tools: &[&str]| {
        let policy = Policy {
            allow_incomplete: tools
                .iter()
                .map(|tool| ((*tool).to_owned(), "2026-12-31".to_owned()))
                .collect(),
            ..Policy::new(Preset::Standard)
        };
        let facts = Facts {
            today: "2026-05-01".to_owned(),
            ..Facts::default()
        };
        judge(&[], reports, &facts, &policy).conclusion
    };
    let one = |report: &Report, tools: &[&str]| verdict(std::slice::from_ref(report), tools);
    assert_eq!(one(&both, &["trivy"]), Conclusion::Incomplete);
    assert_eq!(one(&both, &["trivy", "grype"]), Conclusion::Warn);
    assert_eq!(one(&unread, &["trivy"]), Conclusion::Warn);
    assert_eq!(one(&unknown, &["trivy"]), Conclusion::Incomplete);
    assert_eq!(verdict(&[], &["trivy"]), Conclusion::Incomplete);
}

#[test]
fn reasons_stay_on_one_line() {
    let mut broken = report(
        "trivy",
        Status::Unusable("a\n::error::\u{1b}[2J".to_owned()),
    );
    broken.input.path = "x\r\ny\u{202e}.json".to_owned();
    let verdict = judge(
        &[],
        &[broken],
        &Facts::default(),
        &Policy::new(Preset::Standard),
    );
    assert_eq!(
        verdict.reason,
        "x\\u{d} y\\u{202e}.json cannot be used: a ::error::\\u{1b}[2J"
    );
}

#[test]
fn the_rules_of_a_sarif_log_show_how_bad_a_tool_can_be() {
    let with = |rules: &[(&str, Option<f32>, &str)]| {
        let mut report = report("zizmor", Status::Complete);
        report.runs[0].rules = rules
            .iter()
            .map(|(id, score, tag)| {
                let text = RuleText {
                    security_severity: *score,
                    tags: vec![Text::from(*tag)],
                    ..RuleText::default()
                };
                (Text::from(*id), text)
            })
            .collect();
        report
    };
    let listed = |report: Report, fail_on: &str| {
        let policy = Policy {
            fail_on: conditions(fail_on),
            ..Policy::new(Preset::Standard)
        };
        !judge(&[], &[report], &Facts::default(), &policy)
            .cannot_block
            .is_empty()
    };
    for (rules, fail_on, cannot) in [
        (&[("a", None, "")][..], "critical", true),
        (&[("a", None, "")], "high", false),
        (&[("a", None, ""), ("b", Some(2.0), "")], "critical", false),
        (&[("a", None, "")], "secret", true),
        (&[("a", None, "Secret")], "secret", false),
        (&[("a", None, "")], "vulnerability", true),
        (&[("CVE-2020-1", None, "")], "vulnerability", false),
        (&[("a", None, "")], "code+tool=zizmor", false),
        (&[("a", None, "")], "code+tool!=zizmor", true),
        (&[("a", None, "")], "code+unfixable", true),
        (&[("a", None, "")], "any+cvss>=1", false),
        // Nothing is known of the tool, so nothing is said.
        (&[], "none", false),
    ] {
        assert_eq!(listed(with(rules), fail_on), cannot, "{rules:?} {fail_on}");
    }
}
