//! What covers what, and that it is true of findings by chance.

use proptest::prelude::*;

use super::testing::{QUALIFIERS, near_finding, near_term, parse, term};
use super::*;
use crate::model::Finding;

#[test]
fn a_stricter_term_is_covered_by_a_laxer_one() {
    for (covers, other) in [
        ("any", "vulnerability:high+fixable>5"),
        ("high", "critical"),
        ("high", "vulnerability:high"),
        ("vulnerability", "vulnerability:info"),
        ("any+kev", "critical+kev+fixable"),
        ("any+epss>=0.1", "any+epss>=0.5"),
        ("any+cvss>=7", "any+cvss>=7"),
        ("any+age>=7d", "any+age>=8d"),
        ("any+grace=7d", "any+grace=30d"),
        ("any+grace=7d", "any+age>=7d"),
        ("high+new", "high+introduced"),
        ("high+new", "high+disclosed"),
        ("high>3", "critical>3"),
        ("high>3", "critical>4"),
        ("high", "high>0"),
        ("secret, high", "critical+fixable, secret:low"),
        ("none", "none"),
        ("high", "none"),
    ] {
        assert!(
            parse(covers).covers(&parse(other)),
            "{covers} does not cover {other}"
        );
    }
}

#[test]
fn what_may_take_less_covers_nothing() {
    for (covers, other) in [
        ("critical", "high"),
        ("info", "any"),
        ("info", "vulnerability"),
        ("secret", "any"),
        ("secret", "code"),
        ("high+fixable", "high"),
        ("high+fixable", "high+unfixable"),
        ("any+epss>=0.5", "any+epss>=0.1"),
        ("any+cvss>=7", "any+epss>=0.7"),
        ("any+age>=8d", "any+age>=7d"),
        ("any+age>=7d", "any+grace=30d"),
        ("any+grace=8d", "any+age>=7d"),
        ("high+introduced", "high+new"),
        ("high+introduced", "high+disclosed"),
        ("high>3", "high"),
        ("high>3", "high>2"),
        ("any+path=src/**", "any+path=src/a"),
        ("any+tool=trivy", "any+tool!=trivy"),
        ("any+component=web", "any+component=api"),
        ("any+package=web", "any+component=web"),
        ("none", "high"),
        ("secret, critical", "secret, high"),
        ("critical, high+fixable", "high"),
    ] {
        assert!(
            !parse(covers).covers(&parse(other)),
            "{covers} covers {other}"
        );
    }
}

/// Whether a row of these terms takes each finding, budgets included.
fn taken(conditions: &Conditions, findings: &[Finding], doubt: Doubt) -> Vec<bool> {
    let matches = |term: &Term, finding: &Finding| {
        term.answer(finding, finding.severity, Moment::on("2026-11-22"), doubt)
            .matches()
    };
    let broken = |term: &&Term| {
        let count = findings
            .iter()
            .filter(|finding| matches(term, finding))
            .count();
        term.budget.is_none_or(|budget| count > budget as usize)
    };
    let terms: Vec<&Term> = conditions.terms.iter().filter(broken).collect();
    let takes = |finding| terms.iter().any(|term| matches(term, finding));
    findings.iter().map(takes).collect()
}

proptest! {
    #[test]
    fn what_is_covered_is_taken(
        one in prop::collection::vec(near_term(), 1..4),
        other in prop::collection::vec(near_term(), 1..3),
        findings in prop::collection::vec(near_finding(), 1..12),
    ) {
        let (one, other) = (parse(&one.join(",")), parse(&other.join(",")));
        // Of two by chance one seldom covers the other; a term with one more demand always does.
        let mut tighter = one.clone();
        for (term, more) in tighter.terms.iter_mut().zip(other.terms.iter().cycle()) {
            term.level = term.level.max(more.level);
            term.qualifiers.extend(more.qualifiers.iter().cloned());
            term.budget = term.budget.map(|budget| budget.max(more.budget.unwrap_or_default()));
        }
        prop_assert!(one.covers(&tighter), "{} {}", one, tighter);
        for (wide, narrow) in [(&one, &other), (&other, &one), (&one, &tighter), (&tighter, &one)] {
            if !wide.covers(narrow) {
                continue;
            }
            for doubt in [Doubt::Matches, Doubt::Misses] {
                let pairs = taken(wide, &findings, doubt).into_iter().zip(taken(narrow, &findings, doubt));
                for (index, (wide_takes, narrow_takes)) in pairs.enumerate() {
                    prop_assert!(wide_takes || !narrow_takes, "{} {} {:?}", wide, narrow, findings[index]);
                }
            }
        }
    }

    /// All pairs of qualifiers, so that no implication is left to chance.
    #[test]
    fn what_a_qualifier_implies_is_true(findings in prop::collection::vec(near_finding(), 1..12)) {
        for (wide, narrow) in QUALIFIERS.iter().flat_map(|wide| QUALIFIERS.iter().map(move |narrow| (wide, narrow))) {
            let (wide, narrow) = (parse(&format!("any+{wide}")), parse(&format!("any+{narrow}")));
            if !wide.covers(&narrow) {
                continue;
            }
            for doubt in [Doubt::Matches, Doubt::Misses] {
                let pairs = taken(&wide, &findings, doubt).into_iter().zip(taken(&narrow, &findings, doubt));
                for (wide_takes, narrow_takes) in pairs {
                    prop_assert!(wide_takes || !narrow_takes, "{} {} {:?}", wide, narrow, doubt);
                }
            }
        }
    }

    #[test]
    fn every_row_covers_itself_and_less_of_it(terms in prop::collection::vec(term(), 1..5)) {
        let whole = parse(&terms.join(","));
        prop_assert!(whole.covers(&whole));
        let less = Conditions { terms: whole.terms[1..].to_vec() };
        prop_assert!(whole.covers(&less));
    }
}
