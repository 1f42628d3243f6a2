//! What the base had and this run has not, and what goes on after a reformat.

use super::*;

#[test]
fn gone_is_fixed_only_where_somebody_looked() {
    let base = [code(1, "R", "a.py", 3)];
    for (reports, unseen) in [
        (vec![report(&["bandit"], None, Status::Complete)], false),
        (
            vec![report(&["bandit"], Some("."), Status::Complete)],
            false,
        ),
        (vec![report(&["semgrep"], None, Status::Complete)], true),
        (
            vec![report(&["bandit"], Some("app:1"), Status::Complete)],
            true,
        ),
        (
            vec![report(&["bandit"], None, Status::Partial("x".into()))],
            true,
        ),
        (
            vec![report(&["bandit"], None, Status::Unusable("x".into()))],
            true,
        ),
        (vec![], true),
    ] {
        let comparison = compare(&mut [], &reports, &baseline(&base), None, NOW);
        let said: Vec<bool> = comparison.gone.iter().map(|gone| gone.unseen).collect();
        assert_eq!(said, [unseen], "{reports:?}");
    }
}

#[test]
fn an_image_is_looked_at_under_any_tag() {
    let mut finding = vulnerable(1, "CVE-1", &["1"]);
    finding.target = Some("app".into());
    let scans = |target: &str| vec![report(&["trivy"], Some(target), Status::Complete)];
    let base = Baseline::of(Origin::default(), &[finding], &scans("app:1.0"));
    assert_eq!(base.seen, [("trivy".into(), Some("app".into()))]);
    for (target, unseen) in [("app:2.0", false), ("other:1.0", true), (".", true)] {
        let comparison = compare(&mut [], &scans(target), &base, None, NOW);
        assert_eq!(comparison.gone[0].unseen, unseen, "{target}");
        assert_eq!(
            missing(&base, &scans(target)).is_empty(),
            !unseen,
            "{target}"
        );
    }
    // A log of ours puts the images of one tool into one run, and says which they were.
    let mut log = scans("ignored");
    log[0].runs[0].targets = vec![Some("app:1.0".into()), Some("other:3".into())];
    let looked = compare(&mut [], &log, &base, None, NOW);
    assert!(!looked.gone[0].unseen);
}

#[test]
fn a_suppression_counts_only_by_the_tools_that_had_it() {
    let suppressed = |mut finding: Finding, tool: &str| {
        for source in finding.sources.iter_mut().filter(|s| *s.tool == *tool) {
            source.suppression = Some(Box::new(Suppression {
                kind: "inSource",
                status: "".into(),
                reason: "".into(),
                by: "".into(),
            }));
        }
        finding
    };
    let mut plain = code(1, "R", "a.py", 3);
    plain.sources.push(source("semgrep", print(2)));
    let bandit = suppressed(plain.clone(), "bandit");
    let both = suppressed(bandit.clone(), "semgrep");
    for (base, now, expected) in [
        (&plain, &bandit, false),
        (&bandit, &bandit, true),
        (&bandit, &both, false),
        (&both, &bandit, true),
        (&both, &plain, false),
    ] {
        let mut now = [now.clone()];
        held(&mut now, std::slice::from_ref(base));
        assert_eq!(now[0].known.suppressed_at_base, Some(expected));
    }
    let mut fresh = [suppressed(code(9, "S", "z.py", 1), "bandit")];
    held(&mut fresh, &[]);
    assert_eq!(fresh[0].known.suppressed_at_base, Some(false));
}

#[test]
fn what_the_base_looked_at_and_this_run_did_not_is_named() {
    let base = [
        report(&["trivy", "bandit"], None, Status::Complete),
        report(&["trivy"], Some("app:1"), Status::Complete),
        report(&["sarif-gate"], None, Status::Complete),
    ];
    let base = Baseline::of(Origin::default(), &[], &base);
    let now = [report(&["trivy"], Some("."), Status::Partial("x".into()))];
    let missing = missing(&base, &now);
    assert_eq!(
        missing,
        [
            ("bandit".into(), None),
            ("trivy".into(), Some("app".into()))
        ]
    );
}

#[test]
fn a_reformat_carries_the_dates_on() {
    let dated = |number: u8, line: u32, date: &str| {
        let mut finding = code(number, "R", "a.py", line);
        finding.known.first_seen = Some(date.into());
        finding
    };
    let base = [
        dated(1, 30, "2026-01-03T00:00:00Z"),
        dated(2, 10, "2026-01-01T00:00:00Z"),
        dated(3, 20, "2026-01-02T00:00:00Z"),
    ];
    let mut now = [
        code(13, "R", "a.py", 300),
        code(3, "R", "a.py", 200),
        code(12, "R", "a.py", 100),
        code(14, "R", "a.py", 400),
        code(15, "R", "b.py", 1),
    ];
    let rebased = rebase(&baseline(&base), &mut now, NOW);
    let counts = (rebased.by_fingerprint, rebased.loosely, rebased.new);
    assert_eq!(counts, (1, 2, 2));
    let days: Vec<&str> = now
        .iter()
        .filter_map(|finding| finding.known.first_seen.as_deref()?.get(..10))
        .collect();
    let today = "2026-06-01";
    assert_eq!(
        days,
        ["2026-01-03", "2026-01-02", "2026-01-01", today, today]
    );
    let mut other = [secret(2, Some("def"))];
    let rebased = rebase(&baseline(&[secret(1, Some("abc"))]), &mut other, NOW);
    assert_eq!(rebased.new, 1);
}
