//! SonarQube: what its web API says of issues and of security hotspots, and the generic format in which others hand it
//! issues to import.
//!
//! The API names the files (`components`) and the generic format of 10.3 the severities (`rules`) behind the issues in the
//! document, so findings wait, bounded, until it has ended. The API answers in pages: a report that holds fewer issues
//! than it counts is not whole. What somebody resolved on the server is suppressed. Offsets count from 0.

mod api;
mod generic;
mod rating;

use super::{Desk, Document, Format, Read, ReportEnd, Sink};
use crate::model::{Location, Text, scale};
use crate::syntax::{Json, Mark, Raw, ReadError, Shape, line_number, text_of};

const ISSUES: &str = "sonar-api-issues";
const HOTSPOTS: &str = "sonar-api-hotspots";
const GENERIC: &str = "sonar-generic";

pub(super) const FORMAT: Format = Format {
    id: "sonarqube",
    tool: "SonarQube",
    link: "https://www.sonarsource.com/products/sonarqube/",
    scale: &scale::SONARQUBE,
    documents: &[
        Document::new(
            ISSUES,
            &[
                Mark::Has("issues", Shape::List),
                Mark::Any(&[
                    Mark::Has("paging", Shape::Object),
                    Mark::Keys("", &["total", "p", "ps"]),
                ]),
            ],
        ),
        Document::new(
            HOTSPOTS,
            &[
                Mark::Has("hotspots", Shape::List),
                Mark::Has("paging", Shape::Object),
            ],
        ),
        Document::new(
            GENERIC,
            &[Mark::Any(&[
                Mark::All(&[
                    Mark::Keys("issues[]", &["primaryLocation"]),
                    Mark::OneOf("issues[]", &["ruleId", "engineId"]),
                ]),
                // A list of nothing names its tool only beside the rules, which the format has since 10.3.
                Mark::All(&[
                    Mark::Has("issues", Shape::EmptyList),
                    Mark::Has("rules", Shape::List),
                    Mark::Only("", &["issues", "rules"]),
                ]),
            ])],
        ),
    ],
    identity: "rule, file and the server's hash of the line, else the line of the checkout, else the message",
    clean_empties: &[],
    read: Read::Json(read),
};

fn read(
    json: &mut Json<'_>,
    desk: &mut Desk<'_>,
    sink: &mut Sink<'_>,
) -> Result<ReportEnd, ReadError> {
    match desk.document {
        GENERIC => generic::read(json, desk, sink),
        HOTSPOTS => api::read(json, desk, sink, "hotspots"),
        _ => api::read(json, desk, sink, "issues"),
    }
}

/// The region of a finding. Columns of SonarQube count from 0 and end behind the last character.
#[derive(Default, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct TextRange<'a> {
    #[serde(borrow)]
    start_line: Raw<'a>,
    #[serde(borrow)]
    end_line: Raw<'a>,
    #[serde(borrow, alias = "startColumn")]
    start_offset: Raw<'a>,
    #[serde(borrow, alias = "endColumn")]
    end_offset: Raw<'a>,
}

impl TextRange<'_> {
    /// The place in this file; `line` where the range has none.
    fn of(&self, path: Text, line: Raw<'_>) -> Location {
        let column = |raw| text_of(raw)?.parse::<u32>().ok()?.checked_add(1);
        let start = line_number(self.start_line).or_else(|| line_number(line));
        let mut location = Location::new(path, start).to_line(line_number(self.end_line));
        location.start_column = start.and_then(|_| column(self.start_offset));
        let one_line = location.end_line.is_none();
        location.end_column = location.start_column.and_then(|first| {
            let end = column(self.end_offset)?;
            (!one_line || end > first).then_some(end)
        });
        location
    }
}

fn incomplete(json: &Json<'_>, missing: &str) -> ReadError {
    json.error(format!(
        "this entry has no {missing}, which SonarQube always writes: the report is damaged or not SonarQube's"
    ))
}

#[cfg(test)]
mod tests;
