//! Ruff JSON, as a list or as one object a line.
//!
//! A file that could not be parsed or read is listed like a violation (`invalid-syntax`, `E999` or a null code before,
//! `E902`): it is counted as one, and the report is partial, because the rules did not see the file. In notebooks rows
//! count from the start of a cell, so they are no lines of the file.

use serde::Deserialize;

use super::lint::{self, GivenUp, Region, incomplete};
use super::{Desk, Document, Empty, Format, Read, ReportEnd, Sink};
use crate::model::{Finding, Kind, scale};
use crate::syntax::{Json, Mark, Peek, Raw, ReadError, text_of};

pub(super) const FORMAT: Format = Format {
    id: "ruff",
    tool: "Ruff",
    link: "https://docs.astral.sh/ruff/",
    scale: &scale::RUFF,
    documents: &[Document::lines(
        "ruff-json",
        &[Mark::Any(&[
            Mark::All(&[
                Mark::Keys("[]", &["filename", "code", "message", "location"]),
                Mark::Keys("[].location", &["row", "column"]),
            ]),
            Mark::All(&[
                Mark::Keys("", &["filename", "code", "message", "location"]),
                Mark::Keys("location", &["row", "column"]),
            ]),
        ])],
    )],
    identity: "rule, file and the line of code",
    clean_empties: &[Empty::List],
    read: Read::Json(read),
};

/// The code of a file that is no Python.
const NOT_PARSED: &str = "invalid-syntax";
/// All codes of files that no rule saw, of every version.
const UNSEEN: &[&str] = &[NOT_PARSED, "E999", "E902"];

fn read(
    json: &mut Json<'_>,
    desk: &mut Desk<'_>,
    sink: &mut Sink<'_>,
) -> Result<ReportEnd, ReadError> {
    let mut given_up = GivenUp::default();
    let mut violation = |json: &mut Json<'_>, _| {
        let made = json.borrow::<Violation<'_>>()?.finding(desk);
        let finding = made.map_err(|member| incomplete(json, FORMAT.tool, "violation", member))?;
        if UNSEEN.contains(&&*finding.rule) {
            given_up.add(finding.locations.first().map(|place| place.path.clone()));
        }
        sink(finding)
    };
    // Nothing may follow a list, which the door sees to; objects follow one another.
    if json.peek()? == Peek::List {
        json.list(&mut violation)?;
    } else {
        json.values(&mut violation)?;
    }
    let mut end = ReportEnd::of(&FORMAT, None);
    given_up.tell(&mut end, FORMAT.tool);
    Ok(end)
}

#[derive(Deserialize)]
struct Violation<'a> {
    #[serde(borrow)]
    code: Raw<'a>,
    #[serde(borrow)]
    filename: Raw<'a>,
    #[serde(borrow)]
    message: Raw<'a>,
    #[serde(borrow)]
    location: Raw<'a>,
    #[serde(borrow)]
    end_location: Raw<'a>,
    #[serde(borrow)]
    severity: Raw<'a>,
    #[serde(borrow)]
    url: Raw<'a>,
    #[serde(borrow)]
    cell: Raw<'a>,
}

#[derive(Default, Deserialize)]
struct Point<'a> {
    #[serde(borrow)]
    row: Raw<'a>,
    #[serde(borrow)]
    column: Raw<'a>,
}

impl Violation<'_> {
    /// The finding, or the name of the member that is missing. `code` was null for what is `invalid-syntax` now.
    fn finding(&self, desk: &mut Desk<'_>) -> Result<Finding, &'static str> {
        let file = desk.some(self.filename).ok_or("filename")?;
        let message = text_of(self.message).ok_or("message")?;
        self.location.ok_or("location")?;

        let rule = desk
            .word(self.code)
            .unwrap_or_else(|| desk.texts.share(NOT_PARSED));
        let severity = desk.severity(FORMAT.scale, text_of(self.severity).as_deref(), &rule);
        let mut finding = lint::finding(desk, Kind::Code, rule, severity, &message);
        finding.link = desk.link(self.url);
        let (start, end) = (point(self.location), point(self.end_location));
        let region = match self.cell {
            None => Region::new(start.row, start.column).to(end.row, end.column),
            Some(_) => Region::default(),
        };
        finding.locations.push(region.of(file));
        Ok(finding)
    }
}

fn point(raw: Raw<'_>) -> Point<'_> {
    raw.and_then(|raw| serde_json::from_str(raw.get()).ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::testing::report;

    use crate::model::{Severity, Status};

    const ONE: &str = r#"{"cell":null,"code":"S101","end_location":{"column":11,"row":4},"filename":"/src/a.py","fix":null,"location":{"column":5,"row":4},"message":"Use of assert","noqa_row":4,"severity":"error","url":"https://example.com/s101"}"#;

    #[test]
    fn a_list_and_lines_say_the_same() {
        let old = r#"{"code":"S102","filename":"b.py","location":{"column":1,"row":2},"message":"exec","fix":null}"#;
        let list = report(&format!("[{ONE},{old}]"));
        let lines = report(&format!("{ONE}\n{old}\n"));
        assert_eq!(list.status, Status::Complete);
        assert_eq!(
            format!("{:?}", list.findings),
            format!("{:?}", lines.findings)
        );
        let severities: Vec<_> = list.findings.iter().map(|f| (f.kind, f.severity)).collect();
        assert_eq!(severities, [(Kind::Code, Severity::Medium); 2]);
        let place = list.findings.first().and_then(|f| f.locations.first());
        let place = place.expect("a place");
        assert_eq!(
            (
                &*place.path,
                place.start_line,
                place.start_column,
                place.end_column
            ),
            ("/src/a.py", Some(4), Some(5), Some(11))
        );
    }

    #[test]
    fn only_lines_may_follow_one_another() {
        for (text, word) in [
            (format!("{ONE}{ONE}"), "complete"),
            (format!("[{ONE}]\n[{ONE}]"), "unusable"),
            (format!("[{ONE}]\n{ONE}"), "unusable"),
            (format!("{ONE}\n[{ONE}]"), "unusable"),
            (format!("{ONE}\n[]"), "unusable"),
            (format!("{ONE}\nerror: it broke"), "unusable"),
        ] {
            assert_eq!(report(&text).status.word(), word, "{text}");
        }
    }

    #[test]
    fn files_that_no_rule_saw_make_it_partial() {
        for code in ["null", "\"invalid-syntax\"", "\"E999\"", "\"E902\""] {
            let found = report(&format!("[{ONE},{}]", ONE.replace("\"S101\"", code)));
            assert_eq!(
                (found.status.word(), found.entries.findings),
                ("partial", 2),
                "{code}"
            );
            assert_eq!(found.unanalysed, ["/src/a.py".into()], "{code}");
        }
    }

    #[test]
    fn rows_of_a_notebook_are_no_lines() {
        let found = report(&ONE.replace("\"cell\":null", "\"cell\":3"));
        let place = found.findings.first().and_then(|f| f.locations.first());
        assert_eq!(
            place.map(|place| (place.start_line, place.start_column)),
            Some((None, None))
        );
    }

    #[test]
    fn what_is_missing_is_named() {
        for key in ["filename", "message", "location"] {
            let bad = ONE.replace(&format!("\"{key}\""), "\"other\"");
            let found = report(&format!("[{ONE},{bad}]"));
            let problem = found.status.problem().unwrap_or_default();
            assert!(
                problem.contains("/1") && problem.contains(key),
                "{key}: {problem}"
            );
        }
    }
}
