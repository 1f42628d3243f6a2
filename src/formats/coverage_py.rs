//! coverage.py's JSON (`coverage json`).
//!
//! The number is the one that coverage.py fails under (`totals.percent_covered`), made again from the counts of the files:
//! with branches measured it mixes lines and branches, which the basis says.

use rust_decimal::Decimal;
use serde::Deserialize;

use super::coverage::{Counts, Said, differ, known, measure, unknown};
use super::{Desk, Document, Format, Read, ReportEnd, Sink};
use crate::model::{Measure, Text, scale};
use crate::syntax::{Json, Mark, Raw, ReadError, Shape, text_of};

pub(super) const FORMAT: Format = Format {
    id: "coverage-py",
    tool: "coverage.py",
    link: "https://github.com/coveragepy/coveragepy",
    scale: &scale::COVERAGE_PY,
    documents: &[Document::new(
        "coverage-py-json",
        &[
            Mark::Has("meta", Shape::Object),
            Mark::Has("files", Shape::Object),
            Mark::Keys("totals", &["percent_covered"]),
        ],
    )],
    identity: "none: numbers, no findings",
    clean_empties: &[],
    read: Read::Json(read),
};

#[derive(Deserialize)]
struct Meta<'a> {
    #[serde(borrow)]
    version: Raw<'a>,
}

#[derive(Deserialize)]
struct File<'a> {
    #[serde(borrow)]
    summary: Raw<'a>,
}

/// The numbers of a file, and those of all.
#[derive(Deserialize)]
struct Summary<'a> {
    #[serde(borrow)]
    covered_lines: Raw<'a>,
    #[serde(borrow)]
    num_statements: Raw<'a>,
    #[serde(borrow)]
    covered_branches: Raw<'a>,
    #[serde(borrow)]
    num_branches: Raw<'a>,
    #[serde(borrow)]
    percent_covered: Raw<'a>,
}

/// What was counted. Without branches measured there are none.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Numbers {
    lines: Counts,
    branches: Option<Counts>,
}

impl Numbers {
    fn whole(self) -> Counts {
        self.lines.plus(self.branches.unwrap_or_default())
    }

    fn add(&mut self, other: Numbers) {
        self.lines = self.lines.plus(other.lines);
        if let Some(branches) = other.branches {
            self.branches = Some(self.branches.unwrap_or_default().plus(branches));
        }
    }
}

/// What the report says of all files together; `Err` is nonsense, with the reason.
struct Totals {
    numbers: Result<Option<Numbers>, String>,
    rate: Result<Option<Decimal>, String>,
}

fn read(
    json: &mut Json<'_>,
    desk: &mut Desk<'_>,
    _sink: &mut Sink<'_>,
) -> Result<ReportEnd, ReadError> {
    let mut version: Option<Text> = None;
    let mut files = 0u64;
    let mut sum = Numbers::default();
    let mut nonsense: Option<String> = None;
    let mut totals: Option<Totals> = None;
    json.object(|json, key| match key {
        "meta" => {
            let meta: Meta<'_> = json.borrow()?;
            version = desk.word(meta.version);
            Ok(())
        }
        "files" => json.object(|json, _| {
            files = files.saturating_add(1);
            let numbers = {
                let file: File<'_> = json.borrow()?;
                file.summary
                    .and_then(|summary| serde_json::from_str::<Summary<'_>>(summary.get()).ok())
                    .map(|summary| summary.numbers())
            };
            match numbers {
                Some(Ok(Some(numbers))) => sum.add(numbers),
                Some(Err(problem)) => nonsense = Some(problem),
                _ => {
                    return Err(json.error(
                        "this file has no summary with covered_lines and num_statements, which coverage.py always writes: the report is damaged".into(),
                    ));
                }
            }
            Ok(())
        }),
        "totals" => {
            let summary: Summary<'_> = json.borrow()?;
            let percent = text_of(summary.percent_covered);
            let rate = Said::rate_of("percent_covered", percent.as_deref(), Decimal::ONE_HUNDRED);
            totals = Some(Totals {
                numbers: summary.numbers(),
                rate,
            });
            Ok(())
        }
        _ => json.skip(),
    })?;
    let Some(totals) = totals else {
        return Err(json.error("totals is missing, which coverage.py always writes".into()));
    };
    let mut end = ReportEnd::of(&FORMAT, version);
    end.measures.push(match nonsense {
        Some(problem) => unknown(&problem, desk),
        None if files == 0 => unknown("the report lists no file", desk),
        None => judged(sum, totals, desk),
    });
    Ok(end)
}

/// The measure of what the files say, held against the totals.
fn judged(sum: Numbers, totals: Totals, desk: &mut Desk<'_>) -> Measure {
    let Totals {
        numbers: said,
        rate,
    } = totals;
    let lines = |numbers: Option<Numbers>| numbers.map(Numbers::whole);
    let Some(branches) = sum.branches.filter(|branches| branches.total > 0) else {
        let counts = said.map(lines);
        return measure(sum.lines, Said { counts, rate }, desk);
    };
    let whole = sum.whole();
    let agrees = matches!(&said, Ok(Some(said)) if *said == sum)
        && matches!(&rate, Ok(Some(rate)) if !differ(*rate, whole.percent()));
    if !agrees {
        desk.note(format!(
            "the totals of the report differ from the sum of its files, which counts: {} of {} lines and branches",
            whole.covered, whole.total
        ));
    }
    let basis = format!(
        "{} of {} lines and branches ({}, {} of {} branches)",
        whole.covered,
        whole.total,
        sum.lines.words(),
        branches.covered,
        branches.total
    );
    known(whole.percent(), &basis, desk)
}

impl Summary<'_> {
    /// The numbers; nothing where one of the lines' is missing, an error with the reason where one is nonsense.
    fn numbers(&self) -> Result<Option<Numbers>, String> {
        let (covered, total) = (text_of(self.covered_lines), text_of(self.num_statements));
        let lines = Said::counts_of(
            ("covered_lines", covered.as_deref()),
            ("num_statements", total.as_deref()),
        )?;
        let (covered, total) = (text_of(self.covered_branches), text_of(self.num_branches));
        let branches = Said::counts_of(
            ("covered_branches", covered.as_deref()),
            ("num_branches", total.as_deref()),
        )?;
        Ok(lines.map(|lines| Numbers { lines, branches }))
    }
}

#[cfg(test)]
mod tests {
    use crate::formats::{Hint, Secrets, read};
    use crate::model::{Report, Status};

    fn report(files: &str, totals: &str) -> Report {
        let text = format!(
            r#"{{"meta":{{"version":"7.6.1","branch_coverage":true}},"files":{{{files}}},"totals":{{{totals}}}}}"#
        );
        read(
            &mut text.as_bytes(),
            Hint::default(),
            &mut Secrets::new(None),
        )
    }

    fn lines(covered: &str, total: &str) -> String {
        format!(r#""covered_lines":{covered},"num_statements":{total}"#)
    }

    fn both(lines: (u32, u32), branches: (u32, u32)) -> String {
        format!(
            r#"{},"covered_branches":{},"num_branches":{}"#,
            self::lines(&lines.0.to_string(), &lines.1.to_string()),
            branches.0,
            branches.1
        )
    }

    fn file(summary: &str) -> String {
        format!(r#""a.py":{{"executed_lines":[1],"summary":{{{summary}}}}}"#)
    }

    #[test]
    fn the_number_is_the_one_that_the_tool_gates() {
        let percent = |percent: &str| format!(r#","percent_covered":{percent}"#);
        for (files, totals, value, basis, notes) in [
            (
                file(&lines("11", "16")),
                lines("11", "16") + &percent("68.75"),
                Some("68.75"),
                "11 of 16 lines",
                0,
            ),
            (
                file(&both((11, 16), (2, 4))),
                both((11, 16), (2, 4)) + &percent("65.0"),
                Some("65"),
                "13 of 20 lines and branches (11 of 16 lines, 2 of 4 branches)",
                0,
            ),
            (
                file(&both((11, 16), (0, 0))),
                both((11, 16), (0, 0)) + &percent("68.75"),
                Some("68.75"),
                "11 of 16 lines",
                0,
            ),
            (
                file(&lines("0", "0")),
                lines("0", "0") + &percent("100.0"),
                Some("100"),
                "0 of 0 lines",
                0,
            ),
            (
                file(&lines("0", "0")),
                lines("0", "0") + &percent("80"),
                None,
                "",
                0,
            ),
            // The files count.
            (
                file(&lines("1", "4")),
                lines("4", "4") + &percent("100"),
                Some("25"),
                "1 of 4 lines",
                1,
            ),
            (
                file(&both((1, 4), (0, 1))),
                both((4, 4), (1, 1)) + &percent("100"),
                Some("20"),
                "1 of 5 lines and branches (1 of 4 lines, 0 of 1 branches)",
                1,
            ),
            (
                file(&both((1, 4), (0, 1))),
                both((1, 4), (0, 1)) + &percent("\"much\""),
                Some("20"),
                "1 of 5 lines and branches (1 of 4 lines, 0 of 1 branches)",
                1,
            ),
            (
                String::new(),
                lines("4", "4") + &percent("100"),
                None,
                "the report lists no file",
                0,
            ),
            (
                file(&lines("-1", "4")),
                lines("4", "4") + &percent("100"),
                None,
                "",
                0,
            ),
            (
                file(&lines("5", "4")),
                lines("4", "4") + &percent("100"),
                None,
                "",
                0,
            ),
        ] {
            let report = report(&files, &totals);
            assert_eq!(report.status, Status::Complete, "{totals}");
            assert_eq!(report.format, Some("coverage-py-json"));
            assert_eq!(
                report.runs.first().and_then(|run| run.version.as_deref()),
                Some("7.6.1")
            );
            let measure = report.measures.first().expect("one");
            let found = measure.value.map(|value| value.to_string());
            assert_eq!(found.as_deref(), value, "{files} {totals}");
            if !basis.is_empty() {
                assert_eq!(&*measure.basis, basis);
            }
            assert_eq!(report.repairs.len(), notes, "{:?}", report.repairs);
        }
    }

    #[test]
    fn a_file_without_numbers_is_an_error() {
        for bad in [
            r#""a.py":{}"#,
            r#""a.py":{"summary":{"covered_lines":1}}"#,
            r#""a.py":{"summary":{"covered_lines":null,"num_statements":1}}"#,
            r#""a.py":{"summary":[]}"#,
            r#""a.py":[]"#,
        ] {
            let report = report(bad, r#""percent_covered":100"#);
            let problem = report.status.problem().unwrap_or_default();
            assert!(problem.contains("/files/a.py"), "{bad}: {problem}");
            assert!(report.measures.is_empty());
        }
    }
}
