//! Laws of every comparison.

use proptest::prelude::*;

use super::*;

/// A finding out of few possible ones, so that they collide.
fn any_finding() -> impl Strategy<Value = Finding> {
    (1..40_u8, 0..3_u8, 0..3_u8, 1..4_u32, 0..3_u8, 0..4_u8).prop_map(
        |(number, rule, path, line, hash, kind)| {
            let rule = format!("R{rule}");
            let path = format!("{path}.py");
            let finding = match kind {
                0 => vulnerable(number, &rule, &["1"]),
                _ => code(number, &rule, &path, line),
            };
            match hash {
                0 => finding,
                _ => hashed(finding, &format!("h{hash}:1"), true),
            }
        },
    )
}

/// Merged findings: no two share a fingerprint.
fn any_findings() -> impl Strategy<Value = Vec<Finding>> {
    prop::collection::vec(any_finding(), 0..24).prop_map(|findings| {
        let by_print: BTreeMap<_, _> = findings.into_iter().map(|f| (f.fingerprint, f)).collect();
        by_print.into_values().collect()
    })
}

type Said = BTreeSet<(Fingerprint, State, Option<Text>)>;

fn said(now: &[Finding]) -> Said {
    let one = |finding: &Finding| {
        let state = finding.known.state.expect("every finding has a state");
        (finding.fingerprint, state, finding.known.first_seen.clone())
    };
    now.iter().map(one).collect()
}

proptest! {
    #[test]
    fn nobody_is_lost_and_the_order_does_not_matter(
        (base, turned_base) in any_findings().prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
        (mut now, mut turned) in any_findings().prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
    ) {
        let comparison = held(&mut now, &base);
        let other = held(&mut turned, &turned_base);
        prop_assert_eq!(said(&now), said(&turned));
        prop_assert_eq!(&comparison.gone, &other.gone);
        let new = now.iter().filter(|f| f.known.state == Some(State::New)).count();
        let matched = now.len() - new;
        prop_assert_eq!(states(&now).len(), now.len());
        prop_assert_eq!(matched + comparison.gone.len(), base.len());
        let kept: Vec<_> = differences(&now, &baseline(&base)).into_iter().flatten().collect();
        prop_assert_eq!(kept.len(), matched);
        let again = rebase(&baseline(&base), &mut now, NOW);
        prop_assert_eq!(again.by_fingerprint + again.loosely + again.new, turned.len() as u64);
        prop_assert!(again.new as usize <= new);
    }

    #[test]
    fn nothing_differs_from_itself(base in any_findings()) {
        let mut now = base.clone();
        let comparison = held(&mut now, &base);
        prop_assert!(comparison.gone.is_empty());
        prop_assert!(now.iter().all(|f| f.known.state == Some(State::Unchanged)));
    }
}

/// A hundred thousand against as many, all of one rule in one file on one line: work that grows with the square would never end.
#[test]
fn large_baselines_are_compared_quickly() {
    let many = |offset: u32| -> Vec<Finding> {
        let one = |number: u32| {
            let mut finding = code(0, "R", "a.py", number);
            let mut print = [0; 16];
            print[..4].copy_from_slice(&number.to_be_bytes());
            print[15] = 1;
            finding.fingerprint = Fingerprint(print);
            finding.sources = vec![source("bandit", finding.fingerprint)];
            hashed(finding, "aa:1", true)
        };
        (offset..offset + 100_000).map(one).collect()
    };
    let base = many(0);
    let mut now = many(50_000);
    let comparison = held(&mut now, &base);
    assert_eq!(comparison.gone.len(), 50_000);
    let new = now.iter().filter(|f| f.known.state == Some(State::New));
    assert_eq!(new.count(), 50_000);
}
