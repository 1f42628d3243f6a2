//! What linters of source code say alike: a rule, a sentence and a region of a file; and which files they gave up on.

use std::collections::BTreeSet;

use super::bounds::{self, cut};
use super::{Desk, ReportEnd};
use crate::model::{Finding, Kind, Location, Severity, Text};
use crate::syntax::{Json, Raw, ReadError, line_number};

/// Lines and columns, counted from 1; the end column is the one after the last character.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Region {
    /// First line.
    pub(super) line: Option<u32>,
    /// First column.
    pub(super) column: Option<u32>,
    /// Last line.
    pub(super) end_line: Option<u32>,
    /// The column after the last one.
    pub(super) end_column: Option<u32>,
}

impl Region {
    /// From numbers that count from 1.
    pub(super) fn new(line: Raw<'_>, column: Raw<'_>) -> Region {
        Region {
            line: line_number(line),
            column: line_number(column),
            ..Region::default()
        }
    }

    /// With its end.
    pub(super) fn to(self, line: Raw<'_>, column: Raw<'_>) -> Region {
        Region {
            end_line: line_number(line),
            end_column: line_number(column),
            ..self
        }
    }

    /// With columns that count from 0.
    pub(super) fn columns_from_zero(self, start: Raw<'_>, end: Raw<'_>) -> Region {
        Region {
            column: from_zero(start),
            end_column: from_zero(end),
            ..self
        }
    }

    /// The place in a file. An end before the start is dropped, and so are columns without a line.
    pub(super) fn of(self, path: Text) -> Location {
        let mut place = Location::new(path, self.line).to_line(self.end_line);
        let backwards = matches!((self.line, self.end_line), (Some(line), Some(end)) if end < line);
        if place.start_line.is_some() {
            place.start_column = self.column;
        }
        if place.start_line.is_some() && !backwards {
            let start = match place.end_line {
                None => self.column.unwrap_or(1),
                Some(_) => 1,
            };
            place.end_column = self.end_column.filter(|end| *end >= start);
        }
        place
    }
}

fn from_zero(raw: Raw<'_>) -> Option<u32> {
    raw?.get().parse::<u32>().ok()?.checked_add(1)
}

/// A finding that says this sentence. What does not fit into a title stands in the message; a sentence that does is not
/// said twice.
pub(super) fn finding(
    desk: &mut Desk<'_>,
    kind: Kind,
    rule: Text,
    severity: Severity,
    sentence: &str,
) -> Finding {
    let said = cut(sentence.trim(), bounds::MAX_MESSAGE);
    let mut title = desk.title(&said);
    if title.is_empty() {
        title = rule.clone();
    }
    let mut finding = Finding::new(kind, rule, severity, title);
    if *finding.title != *said {
        finding.message = desk.texts.share(&said);
    }
    finding
}

/// What to say of an entry that lacks what its tool always writes.
pub(super) fn lacks(tool: &str, entry: &str, member: &str) -> String {
    format!(
        "this {entry} has no {member}, which {tool} always writes: the report is damaged or not {tool}'s"
    )
}

/// The same as an error at the present place.
pub(super) fn incomplete(json: &Json<'_>, tool: &str, entry: &str, member: &str) -> ReadError {
    json.error(lacks(tool, entry, member))
}

/// Files that a linter lists as not analysed, each once.
#[derive(Default)]
pub(super) struct GivenUp {
    files: BTreeSet<Text>,
    any: bool,
}

impl GivenUp {
    /// Adds a file; nothing where the tool does not name it.
    pub(super) fn add(&mut self, file: Option<Text>) {
        self.any = true;
        self.files.extend(file);
    }

    /// Makes the report partial where there is any.
    pub(super) fn tell(self, end: &mut ReportEnd, tool: &str) {
        if !self.any {
            return;
        }
        let what = match self.files.len() {
            0 => format!("{tool} could not analyse everything and does not name what it left out"),
            1 => format!("{tool} could not analyse 1 file"),
            many => format!("{tool} could not analyse {many} files"),
        };
        end.leave_out(self.files.into_iter().collect(), what);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use super::*;
    use crate::formats::Secrets;

    #[test]
    fn regions_keep_what_makes_sense() {
        let raw = |text: &str| RawValue::from_string(text.to_owned()).expect("JSON");
        for (numbers, columns, expected) in [
            (
                ["3", "5", "3", "9"],
                false,
                (Some(3), Some(5), None, Some(9)),
            ),
            (
                ["3", "5", "4", "1"],
                false,
                (Some(3), Some(5), Some(4), Some(1)),
            ),
            (["3", "5", "3", "2"], false, (Some(3), Some(5), None, None)),
            (["3", "5", "2", "9"], false, (Some(3), Some(5), None, None)),
            (["0", "5", "2", "9"], false, (None, None, None, None)),
            (
                ["-1", "-1", "null", "null"],
                false,
                (None, None, None, None),
            ),
            (
                ["7", "0", "7", "4"],
                true,
                (Some(7), Some(1), None, Some(5)),
            ),
            (
                ["7", "-1", "7", "4294967295"],
                true,
                (Some(7), None, None, None),
            ),
        ] {
            let held = numbers.map(raw);
            let [line, column, end_line, end_column] = held.each_ref().map(|raw| Some(&**raw));
            let mut region = Region::new(line, column).to(end_line, end_column);
            if columns {
                region = region.columns_from_zero(column, end_column);
            }
            let place = region.of("f".into());
            let got = (
                place.start_line,
                place.start_column,
                place.end_line,
                place.end_column,
            );
            assert_eq!(got, expected, "{numbers:?}");
        }
    }

    #[test]
    fn a_sentence_is_said_once() {
        let mut secrets = Secrets::new(None);
        let mut desk = Desk::new("x", &mut secrets);
        for (sentence, title, message) in [
            (" one ", "one", ""),
            ("one\ntwo", "one", "one\ntwo"),
            ("", "rule", ""),
        ] {
            let made = finding(
                &mut desk,
                Kind::Code,
                "rule".into(),
                Severity::Low,
                sentence,
            );
            let got = (&*made.title, &*made.message);
            assert_eq!(got, (title, message));
        }
    }

    #[test]
    fn files_given_up_are_told_once() {
        for (files, expected) in [
            (&[][..], None),
            (
                &[None][..],
                Some("X could not analyse everything and does not name what it left out"),
            ),
            (
                &[Some("a"), None, Some("a")],
                Some("X could not analyse 1 file"),
            ),
            (&[Some("a"), Some("b")], Some("X could not analyse 2 files")),
        ] {
            let mut given_up = GivenUp::default();
            files
                .iter()
                .for_each(|file| given_up.add(file.map(Text::from)));
            let mut end = ReportEnd::of_runs(Vec::new());
            given_up.tell(&mut end, "X");
            assert_eq!(end.status.problem(), expected, "{files:?}");
        }
    }
}
