//! Which finding is which of the base.

use super::*;

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
