//! Laws of the judgement. Single verdicts stand as data in `tests/gate/`.

use proptest::prelude::*;

use super::language::Conditions;
use super::*;
use crate::model::{
    Conclusion, Effect, Finding, Fingerprint, Fix, Input, Judged, Kind, Package, Report, RuleText,
    Run, Severity, Source, Status, Suppression, Text, Verdict,
};

pub(super) fn report(tool: &str, status: Status) -> Report {
    Report {
        input: Input {
            path: format!("{tool}.json"),
            ..Input::default()
        },
        format: Some("sarif-2.1"),
        runs: vec![Run {
            tool: Text::from(tool),
            ..Run::default()
        }],
        target: None,
        status,
        understood: true,
        unanalysed: Vec::new(),
        entries: Default::default(),
        findings: Vec::new(),
        reader: None,
        measures: Vec::new(),
        signatures: Vec::new(),
        products: Vec::new(),
        repairs: Vec::new(),
    }
}

/// `tools`: each with whether it suppressed the finding.
fn finding(kind: Kind, severity: Severity, rule: &str, tools: &[(&str, bool)]) -> Finding {
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

fn conditions(text: &str) -> Conditions {
    Conditions::parse(text).unwrap()
}

fn of(findings: &[Finding], policy: &Policy) -> Verdict {
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

fn some_finding() -> impl Strategy<Value = Finding> {
    let kind = prop::sample::select(&Kind::ALL[..]);
    let severity = prop::sample::select(&Severity::WORST_FIRST[..]);
    let rule = prop::sample::select(&["R1", "R2", "CVE-2021-1", "MAL-2024-1"][..]);
    let sources = prop::collection::vec(
        (
            prop::sample::select(&["trivy", "grype", "bandit"][..]),
            any::<bool>(),
        ),
        1..3,
    );
    let cvss = prop::option::of(0.0f32..=10.0);
    let fix = prop::option::of(prop::sample::select(
        &[Fix::Unknown, Fix::Available, Fix::None][..],
    ));
    (kind, severity, rule, sources, cvss, fix).prop_map(
        |(kind, severity, rule, sources, cvss, fix)| {
            let mut finding = finding(kind, severity, rule, &sources);
            finding.cvss = cvss;
            finding.package = fix.map(|fix| {
                Box::new(Package {
                    development: false,
                    purl: None,
                    ecosystem: None,
                    name: Text::from("p"),
                    version: None,
                    fixed: Vec::new(),
                    fix,
                })
            });
            finding
        },
    )
}

fn some_row() -> impl Strategy<Value = Conditions> {
    prop::sample::select(
        &[
            "none",
            "any",
            "secret, critical",
            "high+fixable",
            "low>2, vulnerability",
            "any+cvss>=7",
            "any+tool=trivy, any+rule=CVE-*",
            "any+tool!=trivy>1",
        ][..],
    )
    .prop_map(conditions)
}

fn some_policy() -> impl Strategy<Value = Policy> {
    let suppressions = prop::sample::select(&ScannerSuppressions::ALL[..]);
    let unknown = prop::sample::select(&Severity::WORST_FIRST[..]);
    (
        some_row(),
        some_row(),
        some_row(),
        some_row(),
        suppressions,
        unknown,
    )
        .prop_map(
            |(fail_on, warn_on, note_on, exclude, scanner_suppressions, unknown_severity)| Policy {
                fail_on,
                warn_on,
                note_on,
                exclude,
                scanner_suppressions,
                unknown_severity,
                ..Policy::new(Preset::Basic)
            },
        )
}

fn some_facts() -> impl Strategy<Value = Facts> {
    any::<bool>().prop_map(|proposal| Facts {
        proposal,
        ..Facts::default()
    })
}

proptest! {
    /// No finding is lost, the counts add up, and the verdict is what the counts say.
    #[test]
    fn every_finding_is_judged_once(
        findings in prop::collection::vec(some_finding(), 0..12), policy in some_policy(), facts in some_facts()
    ) {
        let reports = [report("trivy", Status::Complete), report("bandit", Status::Complete)];
        let verdict = judge(&findings, &reports, &facts, &policy);
        prop_assert_eq!(verdict.judged.len(), findings.len());
        prop_assert_eq!(verdict.rulings.len(), findings.len());
        let of = |wanted: Judged| verdict.judged.iter().filter(|judged| **judged == wanted).count() as u64;
        let counts = &verdict.counts;
        let rest = of(Judged::Ignore) + of(Judged::Note) + of(Judged::Warn);
        prop_assert_eq!(counts.total, counts.blocking + counts.excused + rest);
        prop_assert_eq!(counts.total, findings.len() as u64);
        prop_assert_eq!(counts.by_severity.values().sum::<u64>(), counts.total);
        prop_assert_eq!(counts.by_kind.values().sum::<u64>(), counts.total);
        prop_assert_eq!((counts.by_severity.len(), counts.by_kind.len()), (6, 8));
        let expected = if of(Judged::Fail) > 0 {
            Conclusion::Fail
        } else if of(Judged::Warn) > 0 {
            Conclusion::Warn
        } else {
            Conclusion::Pass
        };
        prop_assert_eq!(verdict.conclusion, expected);
        for (finding, (judged, rulings)) in findings.iter().zip(verdict.judged.iter().zip(&verdict.rulings)) {
            // What blocks has a ruling that says so; what is lifted has one that lifts it.
            let has = |effect: Effect| rulings.iter().any(|ruling| ruling.effect == effect);
            match judged {
                Judged::Fail => prop_assert!(has(Effect::Block) && !has(Effect::Excuse) && !has(Effect::Exclude)),
                Judged::Warn => prop_assert!(has(Effect::Warn) && !has(Effect::Block)),
                Judged::Note => prop_assert!(has(Effect::Note) && !has(Effect::Block) && !has(Effect::Warn)),
                Judged::Excused => prop_assert!(has(Effect::Excuse)),
                Judged::Ignore => {
                    prop_assert!(has(Effect::Exclude) || !(has(Effect::Block) || has(Effect::Warn) || has(Effect::Note)));
                }
            }
            prop_assert!(rulings.iter().filter(|ruling| ruling.by.ends_with("-on")).count() <= 1);
            if finding.rule.starts_with("MAL-") && *judged != Judged::Excused {
                prop_assert_eq!(*judged, Judged::Fail);
            }
        }
    }

    /// What a tool is said to be unable to do, it has not done: the scales and rows are asked without a look at what
    /// was judged. (Malware is said apart, and a finding of several tools may block by the word of another one.)
    #[test]
    fn the_list_of_harmless_tools_is_true(
        findings in prop::collection::vec(some_finding(), 0..12), policy in some_policy()
    ) {
        let reports = ["trivy", "grype", "bandit"].map(|tool| report(tool, Status::Complete));
        let judged = of(&findings, &policy).judged;
        let blind = vec![Judged::Ignore; findings.len()];
        for (tool, why) in reach::cannot_block(&findings, &blind, &reports, &Facts::default(), &policy) {
            for (finding, judged) in findings.iter().zip(&judged) {
                let alone = finding.sources.iter().all(|source| source.tool == tool);
                let malware = finding.rule.starts_with("MAL-");
                prop_assert!(*judged != Judged::Fail || !alone || malware, "{}: {}", tool, why);
            }
        }
    }

    /// The order in which reports were read does not show.
    #[test]
    fn the_order_of_findings_changes_nothing_but_the_order(
        (findings, shuffled) in prop::collection::vec(some_finding(), 0..10).prop_flat_map(|findings| {
            let numbered: Vec<usize> = (0..findings.len()).collect();
            (Just(findings), Just(numbered).prop_shuffle())
        }),
        policy in some_policy(),
    ) {
        let there = of(&findings, &policy);
        let moved: Vec<Finding> = shuffled.iter().map(|index| findings[*index].clone()).collect();
        let here = of(&moved, &policy);
        for (new, old) in shuffled.iter().enumerate() {
            prop_assert_eq!(here.judged[new], there.judged[*old]);
            prop_assert_eq!(&here.rulings[new], &there.rulings[*old]);
        }
        prop_assert_eq!(
            (here.conclusion, here.complete, here.reason, here.counts, here.cannot_block, here.remarks),
            (there.conclusion, there.complete, there.reason, there.counts, there.cannot_block, there.remarks)
        );
    }

    /// What renderers show first is what the reader has to act on.
    #[test]
    fn sorting_puts_blocking_first_and_excused_last(
        findings in prop::collection::vec(some_finding(), 0..10), policy in some_policy()
    ) {
        let verdict = of(&findings, &policy);
        let mut pairs: Vec<(Judged, &Finding)> = verdict.judged.iter().copied().zip(&findings).collect();
        pairs.sort_by(|a, b| order(a.0, a.1).cmp(&order(b.0, b.1)));
        prop_assert!(pairs.windows(2).all(|pair| pair[0].0 >= pair[1].0));
    }
}
