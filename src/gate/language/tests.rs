//! The language from outside: what is accepted, what is refused and where, what a term matches.

use proptest::prelude::*;

use super::*;
use crate::model::{Finding, Fingerprint, Fix, Location, Package, Place, Source, Text};

fn parse(text: &str) -> Conditions {
    Conditions::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn spellings_become_canonical() {
    for (text, canonical) in [
        ("critical", "critical"),
        ("CRITICAL , Secrets", "critical, secret"),
        ("secret\ncritical\n", "secret, critical"),
        ("secret,\r\n critical,\n\n", "secret, critical"),
        ("any", "any"),
        ("secret:any", "secret"),
        (
            "Vulnerabilities:High+Fixable>5",
            "vulnerability:high+fixable>5",
        ),
        ("licences", "license"),
        ("supply-chain:info", "supply-chain:info"),
        ("high + fixable > 0", "high+fixable>0"),
        ("high+tool=Trivy+fixable", "high+fixable+tool=trivy"),
        ("high+fixable+fixable", "high+fixable"),
        ("any+cvss>=7.0", "any+cvss>=7"),
        ("any+cvss>=10", "any+cvss>=10"),
        ("any+cvss >= 0.5>3", "any+cvss>=0.5>3"),
        (r#"any+path="src/a+b/**""#, r#"any+path="src/a+b/**""#),
        (r#"any+path="src/**""#, "any+path=src/**"),
        ("any+path=./src/", "any+path=src/**"),
        ("any+path!=tests/**", "any+path!=tests/**"),
        (r#"any+target="a b",low"#, r#"any+target="a b", low"#),
        (
            "any+package=@angular/*+rule!=CVE-1",
            "any+rule!=CVE-1+package=@angular/*",
        ),
        ("none", "none"),
        (" NONE,\n", "none"),
    ] {
        let conditions = parse(text);
        assert_eq!(conditions.to_string(), canonical, "{text:?}");
        assert_eq!(parse(canonical), conditions, "{text:?}");
    }
    assert!(parse("none").is_empty());
    assert_eq!(parse("any"), Conditions::any());
}

/// (text, problem, column, what the help has to mention)
#[test]
fn refusals_say_what_and_where() {
    for (text, problem, column, help) in [
        (
            "hihg",
            "`hihg` is neither a level nor a kind",
            1,
            "did you mean `high`?",
        ),
        (
            "secret, critcal",
            "`critcal` is neither a level nor a kind",
            9,
            "did you mean `critical`?",
        ),
        (
            "moderate",
            "`moderate` is neither a level nor a kind",
            1,
            "did you mean `medium`?",
        ),
        ("unknown", "`unknown` is no level", 1, "unknown-severity"),
        (
            "zzzzzz",
            "`zzzzzz` is neither a level nor a kind",
            1,
            "expected a level (critical, high,",
        ),
        ("", "there is no term", 1, "`none`"),
        (" ,\n", "there is no term", 1, "`none`"),
        (
            "critical secret",
            "`s` is not expected here",
            10,
            "comma or newline",
        ),
        ("secret:", "the text ends here", 8, "expected a level"),
        (
            "secret:fixable",
            "`fixable` is no level",
            8,
            "expected a level",
        ),
        (
            "high:secret",
            "a level stands before `:`",
            5,
            "the kind comes first",
        ),
        ("high+", "the text ends here", 6, "expected a qualifier"),
        (
            "high+\nlow",
            "the line ends here",
            6,
            "expected a qualifier",
        ),
        (
            "high+fixible",
            "`fixible` is no qualifier",
            6,
            "did you mean `fixable`?",
        ),
        (
            "high+secret",
            "`secret` is no qualifier",
            6,
            "at the start of a term",
        ),
        (
            "fixable",
            "the term begins with the qualifier `fixable`",
            1,
            "`any+fixable…`",
        ),
        (
            "path=src/**",
            "the term begins with the qualifier `path`",
            1,
            "`any+path…`",
        ),
        (
            "high+fixable+unfixable",
            "`fixable` and `unfixable` in one term match nothing",
            14,
            "two terms",
        ),
        ("high>", "there is no budget behind `>`", 6, "whole number"),
        (
            "high>=5",
            "there is no budget behind `>`",
            6,
            "whole number",
        ),
        (
            "high>-1",
            "there is no budget behind `>`",
            6,
            "whole number",
        ),
        (
            "high>99999999999",
            "there is no budget behind `>`",
            6,
            "4294967295",
        ),
        (
            "high>5+fixable",
            "a qualifier stands behind the budget",
            7,
            "comes last",
        ),
        ("high>5x", "`x` is not expected here", 7, "comma or newline"),
        ("any+cvss=7", "`cvss` has no `>=`", 9, "cvss>=7.5"),
        ("any+cvss>7", "`cvss` has no `>=`", 9, "cvss>=7.5"),
        (
            "any+cvss>=10.1",
            "there is no CVSS score behind `cvss>=`",
            11,
            "0 to 10",
        ),
        (
            "any+cvss>=NaN",
            "there is no CVSS score behind `cvss>=`",
            11,
            "0 to 10",
        ),
        (
            "any+cvss>=7.5.1",
            "there is no CVSS score behind `cvss>=`",
            11,
            "0 to 10",
        ),
        (
            "any+cvss>=1e1",
            "`e` is not expected here",
            12,
            "comma or newline",
        ),
        ("any+tool", "`tool` has no value", 9, "`tool!=VALUE`"),
        ("any+tool=", "`tool` has no value", 10, "quoted"),
        ("any+tool=a*", "`tool` is no id of a tool", 10, "quoted"),
        (
            "any+path=\"",
            "the quoted value has no end",
            10,
            "before the end of the line",
        ),
        (
            "any+path=\"a\nb\"",
            "the quoted value has no end",
            10,
            "before the end of the line",
        ),
        (
            "any+path=\"a\u{1b}b\"",
            "`path` has a control character in its value",
            10,
            "quoted",
        ),
        ("any+path=src/{a,b}", "`path` is no glob", 10, "quoted"),
        (
            "any+path=\"a\"b",
            "`b` is not expected here",
            13,
            "comma or newline",
        ),
        (
            "any+path=a\"b\"",
            "`\"` is not expected here",
            11,
            "comma or newline",
        ),
        (
            "none, high",
            "`none` stands beside other terms",
            1,
            "stands alone",
        ),
        (
            "high, none",
            "`none` stands beside other terms",
            7,
            "stands alone",
        ),
        (
            "high; low",
            "`;` is not expected here",
            5,
            "comma or newline",
        ),
        (
            "é, hihg",
            "`é` is neither a level nor a kind",
            1,
            "expected",
        ),
        (
            "high,\tlow+é",
            "`é` is no qualifier",
            11,
            "expected a qualifier",
        ),
    ] {
        let Err(error) = Conditions::parse(text) else {
            panic!("{text:?} was accepted");
        };
        assert!(error.problem().starts_with(problem), "{text:?}: {error}");
        assert_eq!(error.column(), column, "{text:?}: {error}");
        assert!(error.to_string().contains(help), "{text:?}: {error}");
    }
}

#[test]
fn what_needs_more_data_is_refused_by_name() {
    for (qualifier, needs) in [
        ("new", "baseline"),
        ("introduced", "baseline"),
        ("disclosed", "baseline"),
        ("changed", "change"),
        ("KEV", "KEV data"),
        ("epss>=0.5", "EPSS data"),
        ("age>=30d", "baseline"),
        ("grace=7d", "baseline"),
        ("runtime", "SBOM"),
        ("dev", "SBOM"),
        ("component=web", "`components`"),
    ] {
        let error = Conditions::parse(&format!("critical+{qualifier}")).unwrap_err();
        assert!(
            error.problem().contains("is not yet supported: it needs")
                && error.problem().contains(needs),
            "{qualifier}: {error}"
        );
        assert_eq!(error.column(), 10, "{qualifier}");
    }
}

#[test]
fn the_caret_stands_under_the_place() {
    let error = Conditions::parse("critical,\nsecret,\thihg\nlow").unwrap_err();
    assert_eq!((error.line(), error.column()), (2, 9));
    assert_eq!(
        error.to_string(),
        "`hihg` is neither a level nor a kind (line 2, column 9)\n    \
         secret, hihg\n            \
         ^\n\
         expected a level (critical, high, medium, low, info, any), a kind (vulnerability, secret, misconfiguration, \
         license, code, supply-chain, runtime, quality) or `none`; did you mean `high`?"
    );
    let error = Conditions::parse("low, \u{1b}[2J\u{202e}").unwrap_err();
    assert!(
        error
            .to_string()
            .contains("    low, \\u{1b}[2J\\u{202e}\n         ^"),
        "{error}"
    );
    // Far to the right in a long line: a window around the place.
    let error = Conditions::parse(&format!("{}hihg{}", "low,".repeat(100), ",low".repeat(100)))
        .unwrap_err();
    let text = error.to_string();
    let lines: Vec<&str> = text.lines().collect();
    let column = lines[2].chars().count() - 1;
    assert_eq!(
        lines[1].chars().skip(column).take(4).collect::<String>(),
        "hihg"
    );
    assert!(lines[1].chars().count() < 140);
}

#[test]
fn sizes_are_bounded() {
    let terms = |n| vec!["low"; n].join(",");
    assert_eq!(parse(&terms(MAX_TERMS)).terms.len(), MAX_TERMS);
    assert!(
        Conditions::parse(&terms(MAX_TERMS + 1))
            .unwrap_err()
            .problem()
            .contains("512 terms")
    );
    let qualifiers = |n| (0..n).map(|i| format!("+rule=r{i}")).collect::<String>();
    parse(&format!("low{}", qualifiers(MAX_QUALIFIERS)));
    let error = Conditions::parse(&format!("low{}", qualifiers(MAX_QUALIFIERS + 1))).unwrap_err();
    assert!(error.problem().contains("16 qualifiers"), "{error}");
    let value = |n| format!("low+rule={}", "r".repeat(n));
    parse(&value(MAX_VALUE));
    assert!(
        Conditions::parse(&value(MAX_VALUE + 1))
            .unwrap_err()
            .problem()
            .contains("512 bytes")
    );
    let error = Conditions::parse(&"é".repeat(MAX_TEXT)).unwrap_err();
    assert!(error.problem().contains("65536 bytes"), "{error}");
    // A glob that is legal in letters and costly in meaning is an error or a matcher, never a hang.
    let _ = Conditions::parse(&format!(
        "low+path=\"{}{}\"",
        "{a,".repeat(120),
        "}".repeat(120)
    ));
}

/// A vulnerability with everything that a term can ask for.
fn sample() -> Finding {
    let mut finding = Finding::new(
        Kind::Vulnerability,
        Text::from("CVE-2021-23337"),
        Severity::High,
        Text::from("title"),
    );
    finding.aliases = vec![Text::from("GHSA-35jh-r3h4-6jhm")];
    finding.cvss = Some(7.0);
    finding.target = Some(Text::from("ghcr.io/acme/web"));
    finding.package = Some(Box::new(Package {
        development: false,
        purl: Some(Text::from("pkg:npm/%40scope/lodash@4.17.20")),
        ecosystem: None,
        name: Text::from("@scope/lodash"),
        version: None,
        fixed: Vec::new(),
        fix: Fix::Unknown,
    }));
    let mut inside = Location::new(Text::from("web/package-lock.json"), Some(3));
    inside.place = Place::Workspace;
    let mut outside = Location::new(Text::from("/usr/lib/x"), None);
    outside.place = Place::Outside;
    finding.locations = vec![outside, inside];
    finding.sources = ["trivy", "grype"]
        .map(|tool| Source {
            tool: Text::from(tool),
            input: 0,
            run: 0,
            rule: finding.rule.clone(),
            severity: Severity::High,
            fingerprint: Fingerprint::default(),
            suppression: None,
            recipe: None,
        })
        .to_vec();
    finding
}

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
                .first_match(&finding, finding.severity)
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
    let answer =
        |text: &str, finding: &Finding| parse(text).terms[0].answer(finding, finding.severity);
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
    assert_eq!(answer("any+cvss>=0", &bare), Answer::NoScore);
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
                    .first_match(&finding, finding.severity)
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
    let matches = |text: &str, counted| parse(text).first_match(&finding, counted).is_some();
    assert!(matches("medium", Severity::Medium));
    assert!(!matches("high", Severity::Medium));
    assert!(matches("high", Severity::High));
    for counted in Severity::WORST_FIRST {
        assert!(matches("vulnerability", counted));
        assert!(matches("any", counted));
    }
}

fn value() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9@:./*?+, >=!é_-]{1,20}".prop_filter("blank", |text| !text.trim().is_empty())
}

fn qualifier() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("fixable".to_owned()),
        (0u32..=100).prop_map(|tenths| format!("cvss>={}.{}", tenths / 10, tenths % 10)),
        ("(tool)(=|!=)[a-z0-9]{1,4}(-[a-z0-9]{1,4}){0,2}"),
        ("(rule|path|package|target)(=|!=)", value())
            .prop_map(|(key, value)| format!("{key}\"{value}\"")),
    ]
}

fn term() -> impl Strategy<Value = String> {
    let head = "(vulnerability|secrets|code|License)(:(critical|high|medium|low|info|any))?|critical|HIGH|any";
    (
        head,
        prop::collection::vec(qualifier(), 0..5),
        prop::option::of(any::<u32>()),
    )
        .prop_map(|(head, qualifiers, budget)| {
            let mut text = head;
            for qualifier in qualifiers {
                text.push('+');
                text.push_str(&qualifier);
            }
            if let Some(budget) = budget {
                text.push_str(&format!(" > {budget}"));
            }
            text
        })
}

proptest! {
    #[test]
    fn parsing_what_is_printed_gives_the_same(terms in prop::collection::vec(term(), 1..6)) {
        let conditions = Conditions::parse(&terms.join(" ,\n")).unwrap();
        let printed = conditions.to_string();
        let again = Conditions::parse(&printed).unwrap();
        prop_assert_eq!(&again, &conditions);
        prop_assert_eq!(again.to_string(), printed);
    }

    /// Never a panic; what is refused has a caret within the shown line, and what is accepted prints and parses.
    #[test]
    fn any_text_is_conditions_or_an_error_in_place(
        text in prop_oneof![any::<String>(), "[a-z+=>:!\",\n\t .0-9*{}\\[\\]é\u{1b}]{0,80}", "(high|secret|\\+|>|path=|\"|,|cvss>=|7|\n| ){0,12}"]
    ) {
        match Conditions::parse(&text) {
            Ok(conditions) => prop_assert_eq!(Conditions::parse(&conditions.to_string()).unwrap(), conditions),
            Err(error) => {
                let message = error.to_string();
                let lines: Vec<&str> = message.split('\n').collect();
                let caret = lines.iter().rposition(|line| line.trim_start() == "^" ).unwrap();
                prop_assert!(lines[caret].chars().count() <= lines[caret - 1].chars().count() + 1, "{}", message);
                prop_assert!(error.line() <= text.split('\n').count());
                let line = text.split('\n').nth(error.line() - 1).unwrap();
                prop_assert!(error.column() <= line.chars().count() + 1);
                prop_assert!(!message.contains(|c: char| c.is_control() && c != '\n'));
            }
        }
    }
}
