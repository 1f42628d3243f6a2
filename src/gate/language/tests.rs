//! The language from outside: what is accepted, what is refused and where.

use proptest::prelude::*;

use super::testing::term;
use super::*;

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
        ("secret+Introduced", "secret+introduced"),
        (
            "high+dev+kev+changed+new+unfixable",
            "high+new+changed+unfixable+kev+dev",
        ),
        (
            "any+component!=Web+grace = 7D+age >= 030d+cvss>=7+epss>=0.10+runtime",
            "any+epss>=0.1+cvss>=7+age>=30d+grace=7d+runtime+component!=Web",
        ),
        ("any+epss>=0", "any+epss>=0"),
        ("any+epss>=1.0>3", "any+epss>=1>3"),
        ("any+age>=1d+age>=3650d", "any+age>=1d+age>=3650d"),
        ("any+disclosed>2", "any+disclosed>2"),
        (r#"any+component="a b""#, r#"any+component="a b""#),
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
        (
            "high+runtime+dev",
            "`runtime` and `dev` in one term match nothing",
            14,
            "two terms",
        ),
        (
            "high+disclosed+new+introduced",
            "`introduced` and `disclosed` in one term match nothing",
            20,
            "two terms",
        ),
        (
            "high+introduce",
            "`introduce` is no qualifier",
            6,
            "did you mean `introduced`?",
        ),
        ("any+epss=0.5", "`epss` has no `>=`", 9, "epss>=0.1"),
        (
            "any+epss>=1.01",
            "there is no EPSS score behind `epss>=`",
            11,
            "a number from 0 to 1: `epss>=0.1` for 10%",
        ),
        (
            "any+epss>=10%",
            "there is no EPSS score behind `epss>=`",
            11,
            "`epss>=0.1` for 10%",
        ),
        (
            "any+epss>=1%",
            "there is no EPSS score behind `epss>=`",
            11,
            "`epss>=0.1` for 10%",
        ),
        (
            "any+epss>=.5",
            "there is no EPSS score behind `epss>=`",
            11,
            "0 to 1",
        ),
        ("any+age=30d", "`age` has no `>=`", 8, "`age>=30d`"),
        ("any+age>30d", "`age` has no `>=`", 8, "`age>=30d`"),
        ("any+grace>=7d", "`grace` has no `=`", 10, "`grace=30d`"),
        ("any+grace", "`grace` has no `=`", 10, "`grace=30d`"),
        (
            "any+age>=0d",
            "there are no days behind `age>=`",
            10,
            "from 1 to 3650 and `d`",
        ),
        (
            "any+age>=3651d",
            "there are no days behind `age>=`",
            10,
            "from 1 to 3650 and `d`",
        ),
        (
            "any+age>=99999999999d",
            "there are no days behind `age>=`",
            10,
            "from 1 to 3650 and `d`",
        ),
        (
            "any+age>=30",
            "there are no days behind `age>=`",
            10,
            "from 1 to 3650 and `d`",
        ),
        (
            "any+grace=7days",
            "there are no days behind `grace=`",
            11,
            "`grace=30d`",
        ),
        (
            "any+grace=1.5d",
            "there are no days behind `grace=`",
            11,
            "`grace=30d`",
        ),
        (
            "any+grace=-1d",
            "there are no days behind `grace=`",
            11,
            "`grace=30d`",
        ),
        (
            "any+component",
            "`component` has no value",
            14,
            "`component!=VALUE`",
        ),
        (
            "kev",
            "the term begins with the qualifier `kev`",
            1,
            "`any+kev…`",
        ),
        (
            "epss>=0.5",
            "the term begins with the qualifier `epss`",
            1,
            "`any+epss…`",
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
        text in prop_oneof![any::<String>(), "[a-z+=>:!\",\n\t .0-9*{}\\[\\]é\u{1b}]{0,80}", "(high|secret|\\+|>|path=|\"|,|cvss>=|epss>=|age>=|grace=|kev|dev|7|d|\n| ){0,12}"]
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
