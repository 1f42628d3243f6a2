//! JUnit's XML of test results, which every test runner writes and none like another.
//!
//! A test that failed or broke is a finding named after the test. The text of a failure differs each time (numbers,
//! addresses, stack traces), so it stands in the title, and the message, which counts for identity, says only that the
//! test did not pass. What was run again and passed then (Surefire's `flakyFailure`) has passed.

use super::bounds::{self, cut, quoted, title};
use super::{Desk, Document, Format, Read, ReportEnd, Sink};
use crate::model::{Finding, Kind, Location, Status, scale};
use crate::syntax::{Element, Mark, ReadError, Xml};

pub(super) const FORMAT: Format = Format {
    id: "junit",
    tool: "JUnit",
    link: "https://github.com/testmoapp/junitxml",
    scale: &scale::JUNIT,
    documents: &[Document::new(
        "junit-xml",
        &[Mark::Any(&[
            Mark::Root("testsuites"),
            Mark::Root("testsuite"),
        ])],
    )],
    identity: "class and name of the test, and its file",
    clean_empties: &[],
    read: Read::Xml(read),
};

/// Elements of a test that did not pass; the second two stand beside them for further tries, or alone.
const NOT_PASSED: &[&str] = &["failure", "error", "rerunFailure", "rerunError"];
/// Elements of a test that passed in the end.
const FLAKY: &[&str] = &["flakyFailure", "flakyError"];
/// Words by which some runners say it in an attribute alone.
const NOT_PASSED_WORDS: &[&str] = &["failed", "failure", "error", "broken"];

fn read(xml: &Xml<'_>, desk: &mut Desk<'_>, sink: &mut Sink<'_>) -> Result<ReportEnd, ReadError> {
    let mut end = ReportEnd::of(&FORMAT, None);
    let mut reading = Reading {
        xml,
        desk,
        sink,
        problem: None,
        passed: 0,
    };
    let counted = reading.suite(xml.root(), &Around::default())?;
    let (problem, passed) = (reading.problem, reading.passed);
    end.not_findings = passed;
    if let Some(problem) = problem {
        end.status = Status::Unusable(problem);
    } else if counted.entries == 0 {
        end.leave_out(
            Vec::new(),
            "the report lists no test, so nobody knows whether any was run",
        );
    }
    Ok(end)
}

/// What a suite lists, its inner suites included.
#[derive(Clone, Copy, Default)]
struct Counted {
    /// Tests, and suites that failed as a whole.
    entries: u64,
    /// Elements that say that something did not pass at once.
    marks: u64,
}

/// What the suites around a test say of it.
#[derive(Clone, Copy, Default)]
struct Around<'a> {
    name: Option<&'a str>,
    file: Option<&'a str>,
    /// pytest counts lines from 0.
    lines_from_zero: bool,
}

struct Reading<'r, 'd, 's> {
    xml: &'r Xml<'r>,
    desk: &'r mut Desk<'d>,
    sink: &'r mut Sink<'s>,
    problem: Option<String>,
    passed: u64,
}

fn named<'a>(element: Element<'a>) -> &'a str {
    element.tag_name().name()
}

fn marks<'a>(
    element: Element<'a>,
    names: &'static [&'static str],
) -> impl Iterator<Item = Element<'a>> {
    let children = element.children().filter(|child| child.is_element());
    children.filter(move |child| names.contains(&named(*child)))
}

impl<'r> Reading<'r, '_, '_> {
    /// Walks a suite. Suites within suites end with the depth that XML is read to.
    fn suite(&mut self, suite: Element<'r>, around: &Around<'r>) -> Result<Counted, ReadError> {
        let name = suite
            .attribute("name")
            .filter(|name| !name.trim().is_empty());
        let around = Around {
            name: name.or(around.name),
            file: suite.attribute("file").or(around.file),
            lines_from_zero: around.lines_from_zero || name == Some("pytest"),
        };
        let mut counted = Counted::default();
        for child in suite.children().filter(|child| child.is_element()) {
            let inner = match named(child) {
                "testsuite" | "testsuites" => self.suite(child, &around)?,
                "testcase" => self.test(child, &around)?,
                // A suite that could not be set up has no test that could say so.
                word @ ("failure" | "error") => {
                    let rule = around.name.unwrap_or("test suite");
                    self.finding(rule, word, child, &around, None)?;
                    Counted {
                        entries: 1,
                        marks: 1,
                    }
                }
                _ => continue,
            };
            counted.entries = counted.entries.saturating_add(inner.entries);
            counted.marks = counted.marks.saturating_add(inner.marks);
        }
        self.compare(suite, counted)?;
        Ok(counted)
    }

    /// Holds what the suite says of itself against what it lists.
    fn compare(&mut self, suite: Element<'r>, counted: Counted) -> Result<(), ReadError> {
        let number = |name: &str| -> Result<u64, ReadError> {
            match suite.attribute(name).map(str::trim) {
                None | Some("") => Ok(0),
                Some(text) => text.parse().map_err(|_| {
                    let what = format!("{name} is {}, which is no number", quoted(text));
                    self.xml.error_at(suite, what)
                }),
            }
        };
        let tests = number("tests")?;
        let not_passed = number("failures")?.saturating_add(number("errors")?);
        let name = quoted(suite.attribute("name").unwrap_or_default());
        if not_passed > counted.marks {
            self.problem.get_or_insert_with(|| {
                format!(
                    "the suite {name} says that {not_passed} tests did not pass and lists {}: the report is incomplete",
                    counted.marks
                )
            });
        } else if tests > 0 && counted.entries == 0 {
            self.problem.get_or_insert_with(|| {
                format!(
                    "the suite {name} says {tests} tests and lists none: the report is incomplete"
                )
            });
        } else if tests > counted.entries {
            self.desk.note(format!(
                "the suite {name} says {tests} tests and lists {}",
                counted.entries
            ));
        }
        Ok(())
    }

    fn test(&mut self, test: Element<'r>, around: &Around<'r>) -> Result<Counted, ReadError> {
        let name = test.attribute("name").ok_or_else(|| {
            self.xml.error_at(
                test,
                "this test has no name, which every test has: the report is damaged",
            )
        })?;
        let rule = full_name(test.attribute("classname"), around.name, name);
        let not_passed = marks(test, NOT_PASSED).count() as u64;
        let flaky = marks(test, FLAKY).count() as u64;
        let counted = Counted {
            entries: 1,
            marks: not_passed.saturating_add(flaky),
        };
        let skipped = marks(test, &["skipped"]).next().is_some();
        let said = ["status", "result"].iter().any(|key| {
            let word = test.attribute(*key).unwrap_or_default().trim();
            NOT_PASSED_WORDS
                .iter()
                .any(|known| known.eq_ignore_ascii_case(word))
        });
        if let Some(mark) = marks(test, NOT_PASSED).next() {
            let broke = matches!(named(mark), "error" | "rerunError");
            let word = if broke { "error" } else { "failure" };
            self.finding(&rule, word, mark, around, Some(test))?;
        } else if said && !skipped {
            self.finding(&rule, "failure", test, around, Some(test))?;
        } else {
            self.passed = self.passed.saturating_add(1);
            if flaky > 0 {
                self.desk.note("a test passed only when it was run again");
            }
        }
        Ok(counted)
    }

    /// A test, or a whole suite, that did not pass; `mark` says why.
    fn finding(
        &mut self,
        rule: &str,
        word: &str,
        mark: Element<'r>,
        around: &Around<'r>,
        test: Option<Element<'r>>,
    ) -> Result<(), ReadError> {
        let severity = self.desk.severity(FORMAT.scale, Some(word), rule);
        let (happened, message) = match word {
            "error" => ("broke", "This test ended before it could pass or fail."),
            _ => ("failed", "This test failed."),
        };
        let why = [
            mark.attribute("message"),
            mark.text().filter(|_| Some(mark) != test),
            mark.attribute("type"),
        ];
        let why = why
            .into_iter()
            .flatten()
            .map(title)
            .find(|why| !why.is_empty());
        let heading = match why {
            Some(why) => format!("{rule} {happened}: {why}"),
            None => format!("{rule} {happened}"),
        };
        let rule = self.desk.texts.share(&cut(rule, bounds::MAX_TITLE));
        let heading = self.desk.title(&heading);
        let mut finding = Finding::new(Kind::Quality, rule, severity, heading);
        finding.message = self.desk.texts.share(message);
        let own = test.and_then(|test| test.attribute("file"));
        let path = own.or(around.file).unwrap_or_default();
        if let Some(path) = self.desk.texts.share_some(path) {
            let line = test.and_then(|test| test.attribute("line"));
            let line = line.and_then(|line| line.trim().parse::<u32>().ok());
            let line = line.map(|line| line.saturating_add(u32::from(around.lines_from_zero)));
            // The line belongs to the file that stands beside it.
            finding
                .locations
                .push(Location::new(path, line.filter(|_| own.is_some())));
        }
        (self.sink)(finding)
    }
}

/// `tests.test_cart.test_add`: the class before the name, unless the name begins with it.
fn full_name(class: Option<&str>, suite: Option<&str>, name: &str) -> String {
    let name = name.trim();
    let class = class.map(str::trim).filter(|class| !class.is_empty());
    match class.or(suite.map(str::trim)) {
        Some(class) if !name.starts_with(class) => format!("{class}.{name}"),
        _ if name.is_empty() => "test without a name".to_owned(),
        _ => name.to_owned(),
    }
    .lines()
    .collect::<Vec<&str>>()
    .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::testing::report;

    use crate::model::Severity;

    fn suite(attributes: &str, tests: &str) -> String {
        format!("<testsuite {attributes}>{tests}</testsuite>")
    }

    const PASSED: &str = r#"<testcase classname="t.Cart" name="adds" time="0.1"/>"#;

    fn failed(mark: &str) -> String {
        format!(r#"<testcase classname="t.Cart" name="sums" time="0.1">{mark}</testcase>"#)
    }

    #[test]
    fn every_test_counts_once() {
        for (inside, findings, not_findings, notes) in [
            ("", 0, 1, 0),
            ("<skipped/>", 0, 1, 0),
            (r#"<skipped message="x">text</skipped>"#, 0, 1, 0),
            ("<system-out>failure</system-out>", 0, 1, 0),
            (r#"<failure message="3 is not 4"/>"#, 1, 0, 0),
            ("<error/>", 1, 0, 0),
            ("<failure/><failure/>", 1, 0, 0),
            ("<failure/><error/>", 1, 0, 0),
            ("<failure/><rerunFailure/>", 1, 0, 0),
            ("<rerunFailure/>", 1, 0, 0),
            ("<flakyFailure/>", 0, 1, 1),
            ("<flakyError/><flakyError/>", 0, 1, 1),
        ] {
            let report = report(&suite(r#"name="s""#, &failed(inside)));
            assert_eq!(report.status, Status::Complete, "{inside}");
            let entries = &report.entries;
            assert_eq!(
                (entries.findings, entries.not_findings, report.repairs.len()),
                (findings, not_findings, notes),
                "{inside}"
            );
        }
        let by_word = failed("").replace("time=", r#"status="FAILED" time="#);
        assert_eq!(report(&suite("", &by_word)).entries.findings, 1);
        let skipped = failed("<skipped/>").replace("time=", r#"status="failed" time="#);
        assert_eq!(report(&suite("", &skipped)).entries.findings, 0);
    }

    #[test]
    fn the_text_of_a_failure_is_no_part_of_its_identity() {
        let text = suite(
            r#"name="s""#,
            &failed(
                "<failure type=\"AssertionError\">\n  at 0x7f3a: 3 is not 4\n  line 2</failure>",
            ),
        );
        let report = report(&format!("<testsuites>{text}</testsuites>"));
        let finding = report.findings.first().expect("one");
        assert_eq!(
            (finding.kind, finding.severity),
            (Kind::Quality, Severity::High)
        );
        assert_eq!(&*finding.rule, "t.Cart.sums");
        assert_eq!(&*finding.title, "t.Cart.sums failed: at 0x7f3a: 3 is not 4");
        assert_eq!(&*finding.message, "This test failed.");
        assert!(finding.locations.is_empty());
    }

    #[test]
    fn names_and_places() {
        for (suite_of, test, rule, place) in [
            (
                r#"name="pytest""#,
                r#"classname="tests.test_a" name="test_b" file="tests/test_a.py" line="4""#,
                "tests.test_a.test_b",
                Some(("tests/test_a.py", Some(5))),
            ),
            (
                r#"name="A" file="/app/ATest.php""#,
                r#"class="A" classname="A" name="testB" line="7""#,
                "A.testB",
                Some(("/app/ATest.php", None)),
            ),
            (
                r#"name="A""#,
                r#"name="testB" file="a.php" line="7""#,
                "A.testB",
                Some(("a.php", Some(7))),
            ),
            (
                r#"name="cart""#,
                r#"classname="cart adds" name="cart adds""#,
                "cart adds",
                None,
            ),
            ("", r#"name="b""#, "b", None),
            ("", r#"name="""#, "test without a name", None),
            (r#"name="s""#, r#"name="b" file="" line="x""#, "s.b", None),
        ] {
            let report = report(&suite(
                suite_of,
                &format!("<testcase {test}><failure/></testcase>"),
            ));
            let finding = report.findings.first().expect(test);
            assert_eq!(&*finding.rule, rule);
            let found = finding.locations.first();
            let found = found.map(|place| (&*place.path, place.start_line));
            assert_eq!(found, place, "{test}");
        }
    }

    #[test]
    fn suites_nest_and_fail_as_a_whole() {
        let inner = suite(
            r#"name="inner" tests="2" failures="1""#,
            &format!("{PASSED}{}", failed("<failure/>")),
        );
        let broken = suite(
            r#"name="setup" tests="0" errors="1""#,
            "<error message=\"no database\"/>",
        );
        let text = format!(
            r#"<testsuites tests="2" failures="1" errors="1">{}</testsuites>"#,
            suite(
                r#"name="outer" tests="2" failures="1" errors="1""#,
                &(inner + &broken)
            )
        );
        let report = report(&text);
        assert_eq!(report.status, Status::Complete, "{:?}", report.status);
        assert_eq!(
            (report.entries.findings, report.entries.not_findings),
            (2, 1)
        );
        let titles: Vec<&str> = report.findings.iter().map(|f| &*f.title).collect();
        assert_eq!(titles, ["t.Cart.sums failed", "setup broke: no database"]);
    }

    #[test]
    fn suites_that_contradict_themselves_are_unusable() {
        for (attributes, tests, word) in [
            (r#"name="s" failures="2""#, PASSED.to_owned(), "unusable"),
            (r#"errors="1""#, String::new(), "unusable"),
            (r#"tests="5""#, String::new(), "unusable"),
            (r#"failures="many""#, PASSED.to_owned(), "unusable"),
            (r#"failures="-1""#, PASSED.to_owned(), "unusable"),
            (r#"failures="1""#, failed("<flakyFailure/>"), "complete"),
            (
                r#"failures="1" tests="1""#,
                failed("<failure/><failure/>"),
                "complete",
            ),
            (r#"tests="3""#, PASSED.to_owned(), "complete"),
            ("", "<testcase/>".to_owned(), "unusable"),
            // No test at all.
            (r#"tests="0""#, String::new(), "partial"),
        ] {
            let report = report(&suite(attributes, &tests));
            assert_eq!(report.status.word(), word, "{attributes} {tests}");
            let outer = format!(
                "<testsuites {attributes}>{}</testsuites>",
                suite("", &tests)
            );
            assert_eq!(self::report(&outer).status.word(), word, "{outer}");
        }
        assert_eq!(report("<testsuites/>").status.word(), "partial");
    }
}
