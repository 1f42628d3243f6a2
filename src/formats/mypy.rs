//! mypy's `--output json`: one object a line, a blank line when there is nothing to say.
//!
//! Notes that explain an error stand in its `hint`; those that have a line of their own are findings of no weight.
//! Columns count from 0. A syntax error stops mypy before any file is checked.

use serde::Deserialize;

use super::lint::{self, Region, incomplete};
use super::{Desk, Document, Empty, Format, Read, ReportEnd, Sink};
use crate::model::{Finding, Kind, scale};
use crate::syntax::{Json, Mark, Raw, ReadError, text_of};

pub(super) const FORMAT: Format = Format {
    id: "mypy",
    tool: "mypy",
    link: "https://mypy.readthedocs.io/",
    scale: &scale::MYPY,
    documents: &[Document::lines(
        "mypy-jsonl",
        &[Mark::Keys(
            "",
            &[
                "file", "line", "column", "message", "hint", "code", "severity",
            ],
        )],
    )],
    identity: "error code, file and message",
    clean_empties: &[Empty::Blank],
    read: Read::Json(read),
};

/// The code of a file that could not be parsed. Nothing is checked then, in any file.
const NOT_PARSED: &str = "syntax";

fn read(
    json: &mut Json<'_>,
    desk: &mut Desk<'_>,
    sink: &mut Sink<'_>,
) -> Result<ReportEnd, ReadError> {
    let mut stopped = false;
    json.values(|json, _| {
        let made = json.borrow::<Message<'_>>()?.finding(desk);
        let finding = made.map_err(|member| incomplete(json, FORMAT.tool, "message", member))?;
        stopped |= &*finding.rule == NOT_PARSED;
        sink(finding)
    })?;
    let mut end = ReportEnd::of(&FORMAT, None);
    if stopped {
        let everything = desk.texts.share(".");
        end.leave_out(
            vec![everything],
            "mypy stopped at a syntax error before it checked any file",
        );
    }
    Ok(end)
}

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow)]
    file: Raw<'a>,
    #[serde(borrow)]
    line: Raw<'a>,
    #[serde(borrow)]
    column: Raw<'a>,
    #[serde(borrow)]
    end_line: Raw<'a>,
    #[serde(borrow)]
    end_column: Raw<'a>,
    #[serde(borrow)]
    message: Raw<'a>,
    #[serde(borrow)]
    hint: Raw<'a>,
    #[serde(borrow)]
    code: Raw<'a>,
    #[serde(borrow)]
    severity: Raw<'a>,
}

impl Message<'_> {
    /// The finding, or the name of the member that is missing. `hint` and `code` may be null.
    fn finding(&self, desk: &mut Desk<'_>) -> Result<Finding, &'static str> {
        let file = desk.some(self.file).ok_or("file")?;
        let message = text_of(self.message).ok_or("message")?;
        let word = text_of(self.severity).ok_or("severity")?;
        self.line.ok_or("line")?;

        let rule = desk
            .word(self.code)
            .unwrap_or_else(|| desk.texts.share(FORMAT.id));
        let severity = desk.severity(FORMAT.scale, Some(&word), &rule);
        let sentence = match text_of(self.hint) {
            Some(hint) if !hint.trim().is_empty() => format!("{}\n{}", message.trim(), hint.trim()),
            _ => message.into_owned(),
        };
        let mut finding = lint::finding(desk, Kind::Quality, rule, severity, &sentence);
        let region = Region::new(self.line, None)
            .to(self.end_line, None)
            .columns_from_zero(self.column, self.end_column);
        finding.locations.push(region.of(file));
        Ok(finding)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::testing::report;
    use crate::formats::{Hint, Secrets, by_id, read as read_report};
    use crate::model::{Severity, Status};

    const LINE: &str = r#"{"file": "a.py", "line": 2, "column": 11, "end_line": 2, "end_column": 12, "message": "Wrong type", "hint": null, "code": "return-value", "severity": "error"}"#;

    #[test]
    fn lines_are_findings_and_notes_weigh_nothing() {
        let note = LINE
            .replace("\"error\"", "\"note\"")
            .replace("\"return-value\"", "null");
        let hinted = LINE.replace("\"hint\": null", "\"hint\": \"See elsewhere\"");
        let found = report(&format!("{LINE}\n{note}\n{hinted}\n"));
        assert_eq!(found.status, Status::Complete);
        let said: Vec<_> = found
            .findings
            .iter()
            .map(|f| (&*f.rule, f.severity, &*f.title, &*f.message))
            .collect();
        assert_eq!(
            said,
            [
                ("return-value", Severity::Medium, "Wrong type", ""),
                ("mypy", Severity::Info, "Wrong type", ""),
                (
                    "return-value",
                    Severity::Medium,
                    "Wrong type",
                    "Wrong type\nSee elsewhere"
                ),
            ]
        );
        let place = found.findings.first().and_then(|f| f.locations.first());
        let place = place.expect("a place");
        assert_eq!((place.start_column, place.end_column), (Some(12), Some(13)));
    }

    #[test]
    fn what_is_missing_is_named_with_its_line() {
        for key in ["file", "line", "message", "severity"] {
            let bad = LINE.replace(&format!("\"{key}\""), "\"other\"");
            let report = report(&format!("{LINE}\n{bad}\n"));
            let problem = report.status.problem().unwrap_or_default();
            assert!(
                problem.contains("line 2") && problem.contains(key),
                "{key}: {problem}"
            );
        }
        assert_eq!(
            report(&format!("{LINE}\nFound 1 error\n")).status.word(),
            "unusable"
        );
    }

    #[test]
    fn a_syntax_error_stops_everything() {
        let found = report(&LINE.replace("return-value", NOT_PARSED));
        assert_eq!(
            (found.status.word(), found.entries.findings),
            ("partial", 1)
        );
        assert_eq!(found.unanalysed, [".".into()]);
    }

    #[test]
    fn clean_is_a_blank_line_under_the_name() {
        for (format, clean) in [("mypy", true), ("bandit", false)] {
            let hint = Hint {
                name: "",
                format: by_id(format),
            };
            let report = read_report(&mut "\n".as_bytes(), hint, &mut Secrets::new(None));
            assert_eq!(report.status == Status::Complete, clean, "{format}");
        }
    }
}
