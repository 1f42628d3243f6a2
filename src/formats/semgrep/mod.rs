//! Semgrep JSON (`semgrep_output_v1.atd`), as the free engine and the paid one write it, and those that copy it.
//!
//! A broken configuration prints an empty list of results like a clean scan does: `errors` tells them apart. Rule ids are
//! the whole `check_id`, which begins with the path of the rule file, because the SARIF of the same run has nothing else.

mod dependency;
mod failure;
mod result;
#[cfg(test)]
mod tests;

use super::lint::incomplete;
use super::{Desk, Document, Format, Read, ReportEnd, Sink};
use crate::model::scale;
use crate::syntax::{Json, Mark, Peek, ReadError, Shape};

use failure::{Failure, Failures, Skipped};
use result::Match;

pub(super) const FORMAT: Format = Format {
    id: "semgrep",
    tool: "Semgrep",
    link: "https://semgrep.dev/",
    scale: &scale::SEMGREP,
    documents: &[Document::new(
        "semgrep-json",
        &[Mark::Any(&[
            Mark::Keys("results[]", &["check_id", "path", "start", "extra"]),
            Mark::All(&[
                Mark::Has("results", Shape::EmptyList),
                Mark::Has("errors", Shape::List),
                Mark::Any(&[
                    Mark::Has("paths.scanned", Shape::List),
                    // Before version 1 a clean report said no more than this.
                    Mark::All(&[
                        Mark::Has("version", Shape::Text),
                        Mark::Only("", &["results", "errors", "version", "paths"]),
                    ]),
                ]),
            ]),
        ])],
    )],
    identity: "rule, file and the line of code; for a dependency as any vulnerability",
    clean_empties: &[],
    read: Read::Json(read),
};

fn read(
    json: &mut Json<'_>,
    desk: &mut Desk<'_>,
    sink: &mut Sink<'_>,
) -> Result<ReportEnd, ReadError> {
    let mut failures = Failures::default();
    let mut version = None;
    let (mut results, mut errors) = (false, false);
    json.object(|json, key| match key {
        "results" => {
            results = true;
            json.list(|json, _| {
                let made = json.borrow::<Match<'_>>()?.finding(desk);
                let finding =
                    made.map_err(|member| incomplete(json, FORMAT.tool, "result", member))?;
                failures.found = true;
                sink(finding)
            })
        }
        "errors" => {
            errors = true;
            json.list(|json, _| {
                failures.add(&json.borrow::<Failure<'_>>()?, desk);
                Ok(())
            })
        }
        "paths" if json.peek()? == Peek::Object => json.object(|json, key| match key {
            "scanned" => json
                .list_or_null(|json, _| {
                    failures.scanned = true;
                    json.skip()
                })
                .map(|_| ()),
            "skipped" => json
                .list_or_null(|json, _| {
                    failures.skipped(&json.borrow::<Skipped<'_>>()?, desk);
                    Ok(())
                })
                .map(|_| ()),
            _ => json.skip(),
        }),
        "version" => {
            version = desk.word(json.borrow()?);
            Ok(())
        }
        _ => json.skip(),
    })?;
    for (found, list) in [(results, "results"), (errors, "errors")] {
        if !found {
            return Err(incomplete(json, FORMAT.tool, "report", list));
        }
    }
    let mut end = ReportEnd::of(&FORMAT, version);
    failures.tell(&mut end);
    Ok(end)
}
