//! LCOV's tracefiles (`lcov.info`): lines of text, a record for each source file and test.
//!
//! `DA` lines are counted. What a record says of itself (`LF`, `LH`) is used only for files without any `DA` line.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::bounds::quoted;
use super::coverage::{Counts, Lines, Said, file_key, known, unknown, was_run};
use super::{Desk, Document, Format, Read, ReportEnd, Sink};
use crate::model::{Measure, scale};
use crate::syntax::{Mark, ReadError};

pub(super) const FORMAT: Format = Format {
    id: "lcov",
    tool: "LCOV",
    link: "https://github.com/linux-test-project/lcov",
    scale: &scale::LCOV,
    documents: &[Document::lines("lcov-info", &[Mark::Line(&["TN:", "SF:"])])],
    identity: "none: numbers, no findings",
    clean_empties: &[],
    read: Read::Text(read),
};

fn read(text: &str, desk: &mut Desk<'_>, _sink: &mut Sink<'_>) -> Result<ReportEnd, ReadError> {
    let mut trace = Trace::default();
    for (number, line) in (1u64..).zip(text.lines().map(str::trim)) {
        if !line.is_empty() && !line.starts_with('#') {
            trace.take(number, line, desk)?;
        }
    }
    if let Some(record) = trace.open {
        let mut error = error(
            record.line,
            "this record has no end_of_record: the file is truncated",
        );
        error.at_end = true;
        return Err(error);
    }
    let mut end = ReportEnd::of(&FORMAT, None);
    end.measures.push(trace.measure(desk));
    Ok(end)
}

/// What was read of the file.
#[derive(Default)]
struct Trace<'a> {
    lines: Lines,
    /// What records without lines say of their files.
    totals: BTreeMap<String, Counts>,
    /// What the last record that was no use says.
    nonsense: Option<String>,
    open: Option<Record<'a>>,
}

/// The record that is being read.
struct Record<'a> {
    /// The line on which it starts.
    line: u64,
    file: Cow<'a, str>,
    own: Lines,
    found: Option<&'a str>,
    hit: Option<&'a str>,
}

impl<'a> Trace<'a> {
    fn take(&mut self, number: u64, line: &'a str, desk: &mut Desk<'_>) -> Result<(), ReadError> {
        if line == "end_of_record" {
            let record = self.open.take();
            let record = record.ok_or_else(|| {
                error(
                    number,
                    "a record ends here that never began: the file is damaged",
                )
            })?;
            self.close(record, desk);
            return Ok(());
        }
        let Some((key, value)) = line.split_once(':') else {
            let what = format!(
                "{} is no line of a tracefile: the file is damaged",
                quoted(line)
            );
            return Err(error(number, what));
        };
        match (key, self.open.as_mut()) {
            ("SF", Some(record)) => {
                let what = "this record has no end_of_record: the file is damaged";
                return Err(error(record.line, what));
            }
            ("SF", None) => {
                self.open = Some(Record {
                    line: number,
                    file: file_key(value),
                    own: Lines::default(),
                    found: None,
                    hit: None,
                });
            }
            ("DA", Some(record)) => {
                let mut parts = value.split(',').map(str::trim);
                let at = parts.next().and_then(|at| at.parse().ok());
                let run = parts.next().and_then(|hits| was_run(hits, desk));
                let (Some(at), Some(run)) = (at, run) else {
                    let what = format!(
                        "DA:{} is no line number and count: the file is damaged",
                        quoted(value)
                    );
                    return Err(error(number, what));
                };
                self.lines.add(&record.file, at, run);
                record.own.add(&record.file, at, run);
            }
            ("LF", Some(record)) => record.found = Some(value),
            ("LH", Some(record)) => record.hit = Some(value),
            ("DA" | "LF" | "LH", None) => {
                let what = format!("{key} stands in no record: the file is damaged");
                return Err(error(number, what));
            }
            // Functions, branches, conditions, versions, and what later versions add.
            _ => {}
        }
        Ok(())
    }

    /// Holds what a record says of itself against what it lists.
    fn close(&mut self, record: Record<'a>, desk: &mut Desk<'_>) {
        let counted = record.own.counts();
        match Said::counts_of(("LH", record.hit), ("LF", record.found)) {
            Ok(Some(said)) if counted.total == 0 => {
                let known = self.totals.entry(record.file.into_owned()).or_default();
                if said.total > known.total {
                    *known = said;
                }
            }
            Ok(Some(said)) if said != counted => desk.note(format!(
                "{}: the record says {} and lists {}; those listed count",
                quoted(&record.file),
                said.words(),
                counted.words()
            )),
            Err(problem) if counted.total == 0 => self.nonsense = Some(problem),
            Err(problem) => desk.note(format!(
                "{}: {problem}; the lines that it lists count",
                quoted(&record.file)
            )),
            Ok(_) => {}
        }
    }

    fn measure(self, desk: &mut Desk<'_>) -> Measure {
        if let Some(problem) = self.nonsense {
            return unknown(&problem, desk);
        }
        let silent = self.totals.is_empty();
        let unlisted = self
            .totals
            .into_iter()
            .filter(|(file, _)| !self.lines.knows(file))
            .fold(Counts::default(), |sum, (_, counts)| sum.plus(counts));
        let counted = self.lines.counts().plus(unlisted);
        if counted.total == 0 && silent {
            return unknown("the file holds no record that counts lines", desk);
        }
        known(counted.percent(), &counted.words(), desk)
    }
}

fn error(line: u64, what: impl Into<String>) -> ReadError {
    ReadError {
        line,
        column: 1,
        ..ReadError::whole(what)
    }
}

#[cfg(test)]
mod tests {
    use crate::formats::testing::report;

    use crate::model::Status;

    #[test]
    fn records_are_counted() {
        for (text, value, notes) in [
            (
                "TN:\nSF:a.js\nDA:1,1\nDA:2,0\nLF:2\nLH:1\nend_of_record\n",
                Some("50"),
                0,
            ),
            // Two tests of one file.
            (
                "TN:x\nSF:a.js\nDA:1,1\nDA:2,0\nend_of_record\nTN:y\nSF:a.js\nDA:1,0\nDA:2,3,sum\nend_of_record\n",
                Some("100"),
                0,
            ),
            (
                "SF:a.js\nDA:1,1\nDA:2,0\nLF:2\nLH:2\nend_of_record\n",
                Some("50"),
                1,
            ),
            (
                "SF:a.js\nDA:1,1\nDA:2,-4\nLF:2\nLH:x\nend_of_record\n",
                Some("50"),
                2,
            ),
            // Only a summary.
            (
                "SF:a.js\nLF:4\nLH:3\nend_of_record\nSF:b.js\nDA:1,1\nend_of_record\n",
                Some("80"),
                0,
            ),
            ("SF:a.js\nLF:4\nLH:5\nend_of_record\n", None, 0),
            ("SF:types.ts\nLF:0\nLH:0\nend_of_record\n", Some("100"), 0),
            ("SF:types.ts\nend_of_record\n", None, 0),
            ("TN:\n", None, 0),
        ] {
            let report = report(text);
            assert_eq!(report.status, Status::Complete, "{text}");
            assert_eq!(report.format, Some("lcov-info"));
            let measure = report.measures.first().expect(text);
            let found = measure.value.map(|value| value.to_string());
            assert_eq!(found.as_deref(), value, "{text}");
            assert_eq!(report.repairs.len(), notes, "{text}: {:?}", report.repairs);
            assert!(!measure.basis.is_empty());
        }
    }

    #[test]
    fn damage_is_an_error_with_its_line() {
        for (text, line, word) in [
            ("TN:\nSF:a\nDA:1,1\n", 2, "truncated"),
            ("SF:a\nDA:1,1\nSF:b\nend_of_record\n", 1, "end_of_record"),
            ("SF:a\nDA:1\nend_of_record\n", 2, "DA"),
            ("SF:a\nDA:x,1\nend_of_record\n", 2, "DA"),
            ("TN:\nDA:1,1\n", 2, "in no record"),
            ("TN:\nend_of_record\n", 2, "never began"),
            ("TN:\nhello\n", 2, "no line of a tracefile"),
        ] {
            let report = report(text);
            let problem = report.status.problem().unwrap_or_default();
            assert!(
                problem.contains(&format!("line {line},")) && problem.contains(word),
                "{text}: {problem}"
            );
            assert!(report.measures.is_empty());
        }
    }
}
