use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::model::{
    Carried, Cause, Changes, Comparison, Entries, Fingerprint, Fix, Input, Instance, Kind,
    Location, Package, Place, Run, SecretMark, Severity, Source, State, Suppression, Touched,
};

const NOW: &str = "2026-06-01T12:00:00Z";
const TAKEN: &str = "2026-05-01T00:00:00Z";

fn print(byte: u8) -> Fingerprint {
    Fingerprint([byte; 16])
}

fn source(tool: &str, fingerprint: Fingerprint) -> Source {
    Source {
        tool: tool.into(),
        input: 0,
        run: 0,
        rule: "R".into(),
        severity: Severity::High,
        fingerprint,
        suppression: None,
        recipe: None,
    }
}

fn at(path: &str, line: Option<u32>, place: Place) -> Location {
    let mut location = Location::new(path.into(), line);
    location.place = place;
    location
}

fn code(number: u8, rule: &str, path: &str, line: u32) -> Finding {
    let mut finding = Finding::new(Kind::Code, rule.into(), Severity::High, "title".into());
    finding.locations = vec![at(path, Some(line), Place::Workspace)];
    finding.line = Some(number.into());
    finding.fingerprint = print(number);
    finding.sources = vec![source("bandit", print(number))];
    finding
}

fn vulnerable(number: u8, id: &str, versions: &[&str]) -> Finding {
    let mut finding = Finding::new(Kind::Vulnerability, id.into(), Severity::High, "t".into());
    finding.target = Some("package-lock.json".into());
    finding.locations = vec![at("package-lock.json", None, Place::Workspace)];
    finding.package = Some(Box::new(Package {
        development: false,
        purl: None,
        ecosystem: Some("npm".into()),
        name: "lodash".into(),
        version: versions.first().map(|version| Text::from(*version)),
        fixed: vec![],
        fix: Fix::Unknown,
    }));
    let others = versions.iter().skip(1).map(|version| Instance {
        version: Some((*version).into()),
        path: None,
    });
    finding.instances = others.collect();
    finding.fingerprint = print(number);
    finding.sources = vec![source("trivy", print(number))];
    finding
}

fn report(tools: &[&str], target: Option<&str>, status: Status) -> Report {
    let run = |tool: &&str| Run {
        tool: (*tool).into(),
        ..Run::default()
    };
    Report {
        input: Input::default(),
        format: None,
        reader: None,
        runs: tools.iter().map(run).collect(),
        target: target.map(Text::from),
        status,
        understood: true,
        unanalysed: Vec::new(),
        entries: Entries::default(),
        findings: Vec::new(),
        measures: Vec::new(),
        signatures: Vec::new(),
        products: Vec::new(),
        repairs: Vec::new(),
    }
}

fn reports() -> Vec<Report> {
    vec![report(
        &["bandit", "trivy", "gitleaks"],
        None,
        Status::Complete,
    )]
}

fn baseline(findings: &[Finding]) -> Baseline {
    let origin = Origin {
        source: "path",
        place: "base.sarif".to_owned(),
        sha: None,
        taken: Some(TAKEN.to_owned()),
    };
    // The first report scanned no image, so the sources of the base are of one run.
    Baseline::of(
        origin,
        findings,
        &[report(&["bandit"], None, Status::Complete)],
    )
}

/// Compares without changes, everything looked at.
fn held(now: &mut [Finding], base: &[Finding]) -> Comparison {
    compare(now, &reports(), &baseline(base), None, NOW)
}

fn states(now: &[Finding]) -> Vec<State> {
    now.iter()
        .filter_map(|finding| finding.known.state)
        .collect()
}

#[test]
fn what_is_known_is_unchanged_and_what_is_not_is_new() {
    let base = [code(1, "R", "a.py", 3), code(2, "R", "a.py", 9)];
    let mut now = [code(1, "R", "a.py", 70), code(9, "S", "a.py", 1)];
    now[0].known.first_seen = Some("2020-01-01T00:00:00Z".into());
    let comparison = held(&mut now, &base);
    assert_eq!(states(&now), [State::Unchanged, State::New]);
    // The date that the report brings along is not believed.
    assert_eq!(now[0].known.first_seen.as_deref(), Some(TAKEN));
    assert_eq!(now[1].known.first_seen.as_deref(), Some(NOW));
    assert_eq!(comparison.findings, 2);
    assert_eq!(comparison.gone.len(), 1);
    assert_eq!(comparison.gone[0].fingerprint, print(2));
    assert!(!comparison.gone[0].unseen);
    assert_eq!(comparison.gone[0].place.as_deref(), Some("a.py"));
}

#[test]
fn dates_come_from_the_entry_where_they_can_be_true() {
    for (date, expected) in [
        (Some("2026-03-01T00:00:00Z"), "2026-03-01T00:00:00Z"),
        (Some("2027-03-01T00:00:00Z"), TAKEN),
        (Some("soon"), TAKEN),
        (None, TAKEN),
    ] {
        let mut base = code(1, "R", "a.py", 3);
        base.known.first_seen = date.map(Text::from);
        let mut now = [code(1, "R", "a.py", 3)];
        held(&mut now, &[base]);
        assert_eq!(
            now[0].known.first_seen.as_deref(),
            Some(expected),
            "{date:?}"
        );
    }
}

#[test]
fn any_fingerprint_of_a_merged_finding_will_do() {
    let mut merged = code(1, "R", "a.py", 3);
    merged.sources.push(source("semgrep", print(2)));
    // Both of its sources by themselves are it, and it is both of them.
    let mut apart = [code(1, "R", "a.py", 3), code(2, "R", "a.py", 3)];
    let comparison = held(&mut apart, std::slice::from_ref(&merged));
    assert!(comparison.gone.is_empty());
    assert!(apart.iter().all(|f| f.known.state != Some(State::New)));
    let apart = [code(1, "R", "a.py", 3), code(2, "R", "a.py", 3)];
    let comparison = held(&mut [merged], &apart);
    assert!(comparison.gone.is_empty());
}

#[test]
fn versions_severities_and_lines_update() {
    let base = [vulnerable(1, "CVE-1", &["1.0", "2.0"])];
    for (versions, state) in [
        (&["1.0", "2.0"][..], State::Unchanged),
        (&["2.0", "0:1.0"], State::Unchanged),
        (&["v1.0", "2.0"], State::Unchanged),
        (&["1.0", "2.1"], State::Updated),
        (&["1.0"], State::Updated),
        (&[], State::Unchanged),
        (&["1.0", "2.0", "3.0"], State::New),
        (&["3.0", "4.0", "5.0"], State::New),
    ] {
        let mut now = [vulnerable(1, "CVE-1", versions)];
        let comparison = held(&mut now, &base);
        assert_eq!(states(&now), [state], "{versions:?}");
        assert!(comparison.gone.is_empty());
        if state == State::New {
            assert_eq!(now[0].known.cause, Cause::Introduced);
            assert_eq!(now[0].known.first_seen.as_deref(), Some(TAKEN));
        }
    }
    let base = [code(1, "R", "a.py", 3)];
    let mut worse = code(1, "R", "a.py", 3);
    worse.severity = Severity::Critical;
    let mut edited = code(1, "R", "a.py", 3);
    edited.line = Some(77);
    for finding in [worse, edited] {
        let mut now = [finding];
        held(&mut now, &base);
        assert_eq!(states(&now), [State::Updated]);
    }
}

#[test]
fn a_base_without_versions_had_one() {
    let base = [vulnerable(1, "CVE-1", &[])];
    for (versions, state) in [(&["1"][..], State::Unchanged), (&["1", "2"], State::New)] {
        let mut now = [vulnerable(1, "CVE-1", versions)];
        held(&mut now, &base);
        assert_eq!(states(&now), [state], "{versions:?}");
    }
}

#[test]
fn the_only_one_of_a_rule_in_a_file_was_edited_and_of_two_nobody_knows() {
    let base = [code(1, "R", "a.py", 3)];
    let mut now = [code(2, "R", "a.py", 3)];
    held(&mut now, &base);
    assert_eq!(states(&now), [State::Updated]);
    let mut now = [code(2, "R", "a.py", 3), code(3, "R", "a.py", 4)];
    let comparison = held(&mut now, &base);
    assert_eq!(states(&now), [State::New, State::New]);
    assert_eq!(comparison.gone.len(), 1);
    for other in [code(2, "S", "a.py", 3), code(2, "R", "b.py", 3)] {
        let mut now = [other];
        held(&mut now, &base);
        assert_eq!(states(&now), [State::New]);
    }
}

fn secret(number: u8, value: Option<&str>) -> Finding {
    let mut finding = code(number, "aws", "a.env", 3);
    finding.kind = Kind::Secret;
    finding.secret = Some(SecretMark {
        digest: None,
        published: value.map(Text::from),
    });
    finding
}

fn hashed(mut finding: Finding, hash: &str, carried: bool) -> Finding {
    if carried {
        let json = format!("{{\"primaryLocationLineHash\":\"{hash}\"}}");
        finding.carried = Some(Box::new(Carried {
            members: vec![("partialFingerprints", json.into())],
        }));
    } else {
        finding.line_hash = Some(hash.into());
    }
    finding
}

#[test]
fn another_secret_is_new_wherever_it_stands() {
    for (before, after) in [
        (Some("abc"), Some("def")),
        (None, None),
        (None, Some("abc")),
    ] {
        let mut now = [secret(2, after)];
        held(&mut now, &[secret(1, before)]);
        assert_eq!(states(&now), [State::New], "{before:?} {after:?}");
    }
    let mut now = [hashed(secret(2, Some("def")), "aa:1", false)];
    held(&mut now, &[hashed(secret(1, Some("abc")), "aa:1", true)]);
    assert_eq!(states(&now), [State::New]);
    let mut now = [hashed(secret(2, None), "aa:1", false)];
    held(&mut now, &[hashed(secret(1, None), "aa:1", true)]);
    assert_ne!(states(&now), [State::New]);
}

#[test]
fn the_line_as_github_sees_it_tells_apart_what_the_rule_does_not() {
    let base = [
        hashed(code(1, "R", "a.py", 3), "aa:1", true),
        hashed(code(2, "R", "a.py", 5), "bb:1", true),
    ];
    let mut now = [
        hashed(code(3, "R", "a.py", 9), "bb:1", false),
        hashed(code(4, "R", "a.py", 3), "cc:1", true),
    ];
    now[0].line = Some(2);
    let comparison = held(&mut now, &base);
    // What is left then is the only one.
    assert_eq!(states(&now), [State::Unchanged, State::Updated]);
    assert!(comparison.gone.is_empty());
    // What `merge` looked up in today's files says nothing of the base.
    let mut now = [
        hashed(code(3, "R", "a.py", 9), "aa:1", false),
        hashed(code(4, "R", "a.py", 9), "bb:1", false),
    ];
    let base = [
        hashed(code(1, "R", "a.py", 3), "aa:1", false),
        hashed(code(2, "R", "a.py", 5), "bb:1", false),
    ];
    held(&mut now, &base);
    assert_eq!(states(&now), [State::New, State::New]);
}

#[test]
fn an_advisory_that_got_a_cve_is_the_same_in_the_same_package_only() {
    let base = [vulnerable(1, "GHSA-1", &["1"])];
    let mut known = vulnerable(2, "CVE-1", &["1"]);
    known.aliases = vec!["GHSA-1".into()];
    let mut elsewhere = known.clone();
    elsewhere.target = Some("web/package-lock.json".into());
    let mut other = known.clone();
    if let Some(package) = &mut other.package {
        package.name = "axios".into();
    }
    for (finding, state) in [
        (known, State::Unchanged),
        (elsewhere, State::New),
        (other, State::New),
    ] {
        let mut now = [finding];
        held(&mut now, &base);
        assert_eq!(states(&now), [state]);
    }
}

#[test]
fn a_package_that_the_base_had_is_disclosed() {
    let base = [vulnerable(1, "CVE-1", &["1.0", "2.0"])];
    let mut elsewhere = vulnerable(2, "CVE-2", &["1.0"]);
    elsewhere.target = Some("web/package-lock.json".into());
    elsewhere.locations = vec![at("web/package-lock.json", None, Place::Workspace)];
    for (finding, cause) in [
        (vulnerable(2, "CVE-2", &["1.0"]), Cause::Disclosed),
        (vulnerable(2, "CVE-2", &["1.0", "2.0"]), Cause::Disclosed),
        (vulnerable(2, "CVE-2", &["1.0", "3.0"]), Cause::Introduced),
        (vulnerable(2, "CVE-2", &["3.0"]), Cause::Introduced),
        (vulnerable(2, "CVE-2", &[]), Cause::Introduced),
        (elsewhere, Cause::Introduced),
    ] {
        let mut now = [vulnerable(1, "CVE-1", &["1.0", "2.0"]), finding];
        held(&mut now, &base);
        assert_eq!(now[1].known.state, Some(State::New));
        assert_eq!(now[1].known.cause, cause, "{:?}", now[1].package);
    }
}

fn touched(files: &[(&str, Touched)]) -> Changes {
    let files = files.iter().cloned();
    Changes {
        files: files
            .map(|(path, lines)| (path.to_owned(), lines))
            .collect(),
    }
}

#[test]
fn a_change_that_touches_none_of_its_files_did_not_bring_it() {
    let far = touched(&[("b.py", Touched::All)]);
    let near = touched(&[("a.py", Touched::Lines(vec![(1, 2)]))]);
    let lock = touched(&[("package-lock.json", Touched::All)]);
    let mut flow = code(2, "R", "a.py", 3);
    let json = r#"[{"threadFlows":[{"locations":[{"location":{"physicalLocation":{"artifactLocation":{"uri":"b.py"}}}}]}]}]"#;
    flow.carried = Some(Box::new(Carried {
        members: vec![("codeFlows", json.into())],
    }));
    let mut image = vulnerable(3, "CVE-3", &["1"]);
    image.target = Some("app".into());
    image.locations = vec![at("usr/lib/x", None, Place::Target)];
    image.stand_in = Some("Dockerfile".into());
    let mut manifest = vulnerable(4, "CVE-4", &["1"]);
    manifest.target = Some("web/go.mod".into());
    manifest.locations.clear();
    let in_file = hashed(secret(6, None), "aa:1", false);
    let cases = [
        (code(1, "R", "a.py", 3), &far, Cause::Disclosed, Some(false)),
        (
            code(1, "R", "a.py", 3),
            &near,
            Cause::Introduced,
            Some(false),
        ),
        (
            code(1, "R", "a.py", 2),
            &near,
            Cause::Introduced,
            Some(true),
        ),
        (flow, &far, Cause::Introduced, Some(false)),
        (
            vulnerable(2, "CVE-2", &["9"]),
            &far,
            Cause::Disclosed,
            Some(false),
        ),
        (
            vulnerable(2, "CVE-2", &["9"]),
            &lock,
            Cause::Introduced,
            Some(true),
        ),
        (image, &far, Cause::Introduced, None),
        (manifest, &far, Cause::Disclosed, Some(false)),
        (secret(5, None), &far, Cause::Introduced, Some(false)),
        (in_file, &far, Cause::Disclosed, Some(false)),
    ];
    for (finding, changes, cause, changed) in cases {
        let what = format!("{} {:?} {changes:?}", finding.rule, finding.locations);
        let mut now = [finding];
        compare(&mut now, &reports(), &baseline(&[]), Some(changes), NOW);
        assert_eq!(now[0].known.cause, cause, "{what}");
        assert_eq!(now[0].known.changed, changed, "{what}");
        now[0].known.first_seen = Some(NOW.into());
        past_unknown(&mut now, Some(changes));
        assert_eq!(now[0].known.cause, cause, "{what}");
        assert_eq!(now[0].known.changed, changed, "{what}");
        assert_eq!(now[0].known.state, None);
        assert_eq!(now[0].known.first_seen, None);
        past_unknown(&mut now, None);
        assert_eq!(now[0].known.cause, Cause::Introduced);
        assert_eq!(now[0].known.changed, None);
    }
}

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
