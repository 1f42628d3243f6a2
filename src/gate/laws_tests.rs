//! Laws of the judgement, on findings, rules and facts by chance.

use proptest::prelude::*;

use super::components::Component;
use super::language::testing::some_known;
use super::language::{Conditions, Key, Pattern};
use super::tests::{conditions, finding, of, report};
use super::*;
use crate::model::{
    Changes, Comparison, Conclusion, Effect, Feed, Finding, Fix, Judged, Kind, Package, Past,
    Severity, Status, Text, Touched,
};

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
    (
        kind,
        severity,
        rule,
        sources,
        cvss,
        fix,
        any::<bool>(),
        some_known(),
    )
        .prop_map(
            |(kind, severity, rule, sources, cvss, fix, development, known)| {
                let mut finding = finding(kind, severity, rule, &sources);
                finding.cvss = cvss;
                finding.known = known;
                finding.package = fix.map(|fix| {
                    Box::new(Package {
                        development,
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
            "any+new, low+disclosed",
            "secret+introduced, any+changed",
            "any+kev, any+epss>=0.3",
            "any+age>=30d, low+grace=7d>1",
            "any+dev, any+unfixable",
            "any+component!=web",
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
        some_component(),
        prop::sample::select(vec![
            Vec::new(),
            vec![(Severity::Critical, 7), (Severity::Low, 30)],
        ]),
    )
        .prop_map(
            |(
                fail_on,
                warn_on,
                note_on,
                exclude,
                scanner_suppressions,
                unknown_severity,
                component,
                sla,
            )| Policy {
                fail_on,
                warn_on,
                note_on,
                exclude,
                scanner_suppressions,
                unknown_severity,
                components: vec![component],
                sla,
                ..Policy::new(Preset::Basic)
            },
        )
}

/// The component `web`, which findings may belong to, with rows of its own or without.
fn some_component() -> impl Strategy<Value = Component> {
    let row = || prop::option::of(some_row());
    (row(), row(), row()).prop_map(|(fail_on, warn_on, exclude)| Component {
        name: "web".to_owned(),
        paths: vec![Pattern::new(Key::Path, "web/**").unwrap()],
        owner: None,
        fail_on,
        warn_on,
        note_on: None,
        exclude,
    })
}

fn some_facts() -> impl Strategy<Value = Facts> {
    let changes = prop::option::of(any::<bool>().prop_map(|touched| {
        let path = if touched { "web/a" } else { "api/a" };
        Changes {
            files: [(path.to_owned(), Touched::All)].into(),
        }
    }));
    let feeds = prop::sample::subsequence(vec!["kev", "epss"], 0..=2);
    (any::<bool>(), changes, any::<bool>(), feeds).prop_map(
        |(proposal, changes, compared, feeds)| Facts {
            proposal,
            changes,
            today: "2026-11-22".to_owned(),
            past: if compared {
                Past::Compared(Comparison::default())
            } else {
                Past::NotAsked
            },
            feeds: feeds
                .into_iter()
                .map(|id| Feed {
                    id,
                    path: format!("{id}.json"),
                    sha256: String::new(),
                    date: None,
                    entries: 1,
                    problem: None,
                })
                .collect(),
            ..Facts::default()
        },
    )
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
        findings in prop::collection::vec(some_finding(), 0..12), policy in some_policy(), facts in some_facts()
    ) {
        let reports = ["trivy", "grype", "bandit"].map(|tool| report(tool, Status::Complete));
        let judged = judge(&findings, &reports, &facts, &policy).judged;
        let blind = vec![Judged::Ignore; findings.len()];
        for (tool, why) in reach::cannot_block(&findings, &blind, &reports, &facts, &policy) {
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
