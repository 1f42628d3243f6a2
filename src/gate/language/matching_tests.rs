//! What a term matches.

use super::testing::{parse, sample};
use super::*;
use crate::model::{Cause, Finding, Fix, Known, State, Text};

#[test]
fn each_qualifier_at_its_boundary() {
    let finding = sample();
    for (yes, no) in [
        ("any", "secret"),
        ("high", "critical"),
        ("medium", "secret:medium"),
        ("vulnerability:high", "vulnerability:critical"),
        ("any+fixable", "any+unfixable"),
        ("any+cvss>=7", "any+cvss>=7.1"),
        ("any+cvss>=0", "any+cvss>=7.0001"),
        ("any+tool=trivy", "any+tool=gitleaks"),
        ("any+tool=GRYPE", "any+tool!=grype"),
        ("any+tool!=gitleaks", "any+tool!=trivy"),
        ("any+rule=CVE-2021-23337", "any+rule=CVE-2021-2333"),
        ("any+rule=cve-2021-*", "any+rule!=cve-2021-*"),
        (
            "any+rule=GHSA-35jh-r3h4-6jhm",
            "any+rule!=GHSA-35jh-r3h4-6jhm",
        ),
        ("any+path=web/**", "any+path=*"),
        (
            "any+path=web/package-lock.json",
            "any+path=package-lock.json",
        ),
        ("any+path=**/package-lock.json", "any+path=web"),
        ("any+path=web/", "any+path=/usr/**"),
        ("any+path=./web/*", "any+path!=web/*"),
        ("any+path!=/usr/**", "any+path=WEB/*"),
        ("any+package=@scope/lodash", "any+package=lodash"),
        ("any+package=@scope/*", "any+package=*"),
        (
            "any+package=pkg:npm/%40scope/lodash",
            "any+package=pkg:npm/%40scope/lodash@4.17.20",
        ),
        ("any+package=pkg:npm/@scope/*", "any+package!=@scope/*"),
        ("any+target=ghcr.io/acme/web", "any+target=ghcr.io/*"),
        ("any+target=ghcr.io/**", "any+target!=ghcr.io/**"),
        (
            "high+fixable+tool=trivy+path=web/**",
            "high+fixable+tool=trivy+path=api/**",
        ),
    ] {
        let answer = |text: &str| {
            parse(text)
                .first_match(
                    &finding,
                    finding.severity,
                    Moment::default(),
                    Doubt::Matches,
                )
                .is_some()
        };
        assert!(answer(yes), "{yes}");
        assert!(!answer(no), "{no}");
    }
}

#[test]
fn what_a_finding_does_not_have_is_like_nothing() {
    let mut bare = sample();
    bare.cvss = None;
    bare.target = None;
    bare.package = None;
    bare.locations.clear();
    bare.sources.clear();
    let answer = |text: &str, finding: &Finding| {
        let term = &parse(text).terms[0];
        term.answer(finding, finding.severity, Moment::default(), Doubt::Matches)
    };
    for key in Key::ALL {
        let pattern = if key == Key::Tool { "trivy" } else { "**" };
        let expected = if key == Key::Rule {
            Answer::Yes
        } else {
            Answer::No
        };
        assert_eq!(
            answer(&format!("any+{}={pattern}", key.word()), &bare),
            expected
        );
    }
    assert_eq!(answer("any+tool!=trivy", &bare), Answer::Yes);
    assert_eq!(
        answer("any+cvss>=0", &bare),
        Answer::NoData(Lack::Cvss.into())
    );
    assert_eq!(answer("critical+cvss>=0", &bare), Answer::No);
    assert_eq!(answer("any+cvss>=0+tool=trivy", &bare), Answer::No);
    assert_eq!(answer("any+fixable", &bare), Answer::Yes);
    // Without a place in the repository the other places count.
    let mut image = sample();
    image.locations.pop();
    assert_eq!(answer("any+path=/usr/**", &image), Answer::Yes);
}

#[test]
fn a_fix_is_missing_only_when_the_source_says_so() {
    for (fix, fixable) in [
        (Fix::Unknown, true),
        (Fix::Available, true),
        (Fix::None, false),
    ] {
        let mut finding = sample();
        finding.package.as_mut().unwrap().fix = fix;
        for (text, expected) in [("any+fixable", fixable), ("any+unfixable", !fixable)] {
            assert_eq!(
                parse(text)
                    .first_match(
                        &finding,
                        finding.severity,
                        Moment::default(),
                        Doubt::Matches
                    )
                    .is_some(),
                expected,
                "{fix:?}"
            );
        }
    }
}

#[test]
fn unknown_severities_count_as_told() {
    let mut finding = sample();
    finding.severity = Severity::Unknown;
    let matches = |text: &str, counted| {
        parse(text)
            .first_match(&finding, counted, Moment::default(), Doubt::Misses)
            .is_some()
    };
    assert!(matches("medium", Severity::Medium));
    assert!(!matches("high", Severity::Medium));
    assert!(matches("high", Severity::High));
    for counted in Severity::WORST_FIRST {
        assert!(matches("vulnerability", counted));
        assert!(matches("any", counted));
    }
}

/// The day of the tests.
const TODAY: &str = "2026-11-22";

/// What a term says on that day.
fn ask(text: &str, finding: &Finding, doubt: Doubt) -> Answer {
    parse(text).terms[0].answer(finding, finding.severity, Moment::on(TODAY), doubt)
}

/// The sample with something known of it.
fn known(set: impl Fn(&mut Known)) -> Finding {
    let mut finding = sample();
    set(&mut finding.known);
    finding
}

#[test]
fn new_is_what_the_baseline_does_not_have() {
    for (state, cause, new, introduced, disclosed) in [
        (State::New, Cause::Introduced, true, true, false),
        (State::New, Cause::Disclosed, true, false, true),
        (State::Unchanged, Cause::Introduced, false, false, false),
        (State::Unchanged, Cause::Disclosed, false, false, false),
        (State::Updated, Cause::Introduced, false, false, false),
    ] {
        let finding = known(|known| (known.state, known.cause) = (Some(state), cause));
        for doubt in [Doubt::Matches, Doubt::Misses] {
            for (text, holds) in [
                ("any+new", new),
                ("any+introduced", introduced),
                ("any+disclosed", disclosed),
            ] {
                let expected = if holds { Answer::Yes } else { Answer::No };
                assert_eq!(
                    ask(text, &finding, doubt),
                    expected,
                    "{text} {state:?} {cause:?}"
                );
            }
        }
    }
}

#[test]
fn without_a_baseline_everything_is_new_to_rows_and_nothing_to_exclude() {
    let lack = Lacks::from(Lack::Baseline);
    for (cause, text, holds) in [
        (Cause::Introduced, "any+new", true),
        (Cause::Introduced, "any+introduced", true),
        (Cause::Introduced, "any+disclosed", false),
        (Cause::Disclosed, "any+new", true),
        (Cause::Disclosed, "any+introduced", false),
        (Cause::Disclosed, "any+disclosed", true),
    ] {
        let finding = known(|known| known.cause = cause);
        let (row, exclude) = match holds {
            true => (Answer::InDoubt(lack), Answer::NoData(lack)),
            false => (Answer::No, Answer::No),
        };
        assert_eq!(ask(text, &finding, Doubt::Matches), row, "{text} {cause:?}");
        assert_eq!(
            ask(text, &finding, Doubt::Misses),
            exclude,
            "{text} {cause:?}"
        );
    }
}

#[test]
fn nobody_knows_counts_as_touched_in_rows_only() {
    let lack = Lacks::from(Lack::Changes);
    for (changed, row, exclude) in [
        (Some(true), Answer::Yes, Answer::Yes),
        (Some(false), Answer::No, Answer::No),
        (None, Answer::InDoubt(lack), Answer::NoData(lack)),
    ] {
        let finding = known(|known| known.changed = changed);
        assert_eq!(ask("any+changed", &finding, Doubt::Matches), row);
        assert_eq!(ask("any+changed", &finding, Doubt::Misses), exclude);
    }
}

#[test]
fn missing_data_matches_on_neither_side() {
    for (text, lack) in [
        ("any+kev", Lack::Kev),
        ("any+epss>=0", Lack::Epss),
        ("any+age>=1d", Lack::Age),
    ] {
        for doubt in [Doubt::Matches, Doubt::Misses] {
            assert_eq!(ask(text, &sample(), doubt), Answer::NoData(lack.into()));
        }
    }
    let two = ask("any+kev+epss>=0.5+new", &sample(), Doubt::Matches);
    let named: Vec<Lack> = two.lacks().iter().collect();
    assert_eq!(named, [Lack::Kev, Lack::Epss]);
    assert!(!two.matches());
    // What does not hold speaks before what is missing.
    assert_eq!(ask("any+kev+dev", &sample(), Doubt::Matches), Answer::No);
    assert_eq!(ask("any+dev+kev", &sample(), Doubt::Matches), Answer::No);
}

#[test]
fn feeds_decide_at_their_boundary() {
    let listed = known(|known| (known.kev, known.epss) = (Some(true), Some(0.1)));
    let other = known(|known| (known.kev, known.epss) = (Some(false), Some(0.0999)));
    for text in ["any+kev", "any+epss>=0.1"] {
        for doubt in [Doubt::Matches, Doubt::Misses] {
            assert_eq!(ask(text, &listed, doubt), Answer::Yes, "{text}");
            assert_eq!(ask(text, &other, doubt), Answer::No, "{text}");
        }
    }
}

#[test]
fn days_are_counted_from_day_to_day() {
    for (seen, days) in [
        ("2026-11-22T00:00:00Z", 0),
        ("2026-11-21T23:59:59Z", 1),
        ("2026-11-15T12:00:00Z", 7),
        ("2026-11-15", 7),
        ("2026-11-16T01:00:00+02:00", 7),
        ("2025-11-22T12:00:00Z", 365),
    ] {
        let finding = known(|known| known.first_seen = Some(Text::from(seen)));
        assert_eq!(Moment::on(TODAY).age(&finding), Some(days), "{seen}");
        for word in ["age>=", "grace="] {
            for doubt in [Doubt::Matches, Doubt::Misses] {
                if days > 0 {
                    let text = format!("any+{word}{days}d");
                    assert_eq!(ask(&text, &finding, doubt), Answer::Yes, "{text} {seen}");
                }
                let text = format!("any+{word}{}d", days + 1);
                assert_eq!(ask(&text, &finding, doubt), Answer::No, "{text} {seen}");
            }
        }
    }
}

#[test]
fn without_a_day_nobody_grants_grace() {
    for seen in [
        None,
        Some(""),
        Some("soon"),
        Some("2026-11-23T00:00:00Z"),
        Some("9999-12-31"),
    ] {
        let finding = known(|known| known.first_seen = seen.map(Text::from));
        let (age, grace) = (Lacks::from(Lack::Age), Lacks::from(Lack::Grace));
        assert_eq!(
            ask("any+age>=1d", &finding, Doubt::Matches),
            Answer::NoData(age),
            "{seen:?}"
        );
        assert_eq!(
            ask("any+grace=3650d", &finding, Doubt::Matches),
            Answer::InDoubt(grace),
            "{seen:?}"
        );
        assert_eq!(
            ask("any+grace=1d", &finding, Doubt::Misses),
            Answer::NoData(grace),
            "{seen:?}"
        );
    }
    // Without a clock there is no age either.
    let finding = known(|known| known.first_seen = Some(Text::from("2020-01-01")));
    assert_eq!(Moment::on("").age(&finding), None);
}

#[test]
fn silence_about_development_means_that_it_runs() {
    let with = |development| {
        let mut finding = sample();
        finding.package.as_mut().unwrap().development = development;
        finding
    };
    let mut bare = sample();
    bare.package = None;
    for doubt in [Doubt::Matches, Doubt::Misses] {
        for (finding, runs) in [
            (with(false), true),
            (with(true), false),
            (bare.clone(), true),
        ] {
            assert_eq!(ask("any+runtime", &finding, doubt).matches(), runs);
            assert_eq!(ask("any+dev", &finding, doubt).matches(), !runs);
        }
    }
}

#[test]
fn components_go_by_their_name() {
    let web = known(|known| known.component = Some(Text::from("web")));
    for (text, in_web, in_none) in [
        ("any+component=web", true, false),
        ("any+component=w*", true, false),
        ("any+component=api", false, false),
        ("any+component=Web", false, false),
        ("any+component!=web", false, true),
        ("any+component!=api", true, true),
    ] {
        for doubt in [Doubt::Matches, Doubt::Misses] {
            assert_eq!(ask(text, &web, doubt).matches(), in_web, "{text}");
            assert_eq!(ask(text, &sample(), doubt).matches(), in_none, "{text}");
        }
    }
}
