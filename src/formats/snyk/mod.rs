//! Snyk's JSON: the result of one project, image or infrastructure file, or a list of them.
//!
//! A result names its file and its image behind its findings, and an image nests the results of the applications that were
//! found in it, so findings wait until the outermost result has ended. The same id stands once for each dependency path;
//! every entry is a finding of the same identity, and merging makes one of them. `ok` is `false` both for findings and for
//! a test that failed; a failed one has `error` instead of a list. Checks that passed (`infrastructureAsCodeSuccesses`) are
//! no list of entries and are passed over.

mod iac;
mod issue;
mod result;

use super::bounds::title;
use super::{Desk, Document, Format, Read, ReportEnd, Sink};
use crate::model::{Status, scale};
use crate::syntax::{Json, Mark, Peek, ReadError, Shape};

use result::Walk;

/// What one result has. The paths of a list's first element and of the document itself differ by a prefix.
macro_rules! marks_of_a_result {
    ($at:literal) => {
        Mark::All(&[
            Mark::Has(concat!($at, "ok"), Shape::Bool),
            Mark::Any(&[
                Mark::All(&[
                    Mark::Has(concat!($at, "vulnerabilities"), Shape::List),
                    Mark::OneOf($at, &["dependencyCount", "packageManager", "projectName"]),
                ]),
                Mark::Has(concat!($at, "infrastructureAsCodeIssues"), Shape::List),
                Mark::All(&[
                    Mark::Has(concat!($at, "error"), Shape::Text),
                    Mark::Has(concat!($at, "path"), Shape::Text),
                ]),
            ]),
        ])
    };
}

pub(super) const FORMAT: Format = Format {
    id: "snyk",
    tool: "Snyk",
    link: "https://snyk.io",
    scale: &scale::SNYK,
    documents: &[Document::new(
        "snyk-json",
        &[Mark::Any(&[
            marks_of_a_result!(""),
            marks_of_a_result!("[]."),
        ])],
    )],
    identity: "advisory, package and manifest or image; check, resource and file; license and package",
    clean_empties: &[],
    read: Read::Json(read),
};

fn read(
    json: &mut Json<'_>,
    desk: &mut Desk<'_>,
    sink: &mut Sink<'_>,
) -> Result<ReportEnd, ReadError> {
    let mut walk = Walk::new(desk, sink);
    match json.peek()? {
        Peek::List => json.list(|json, _| walk.top(json))?,
        _ => walk.top(json)?,
    }
    let mut end = ReportEnd::of(&FORMAT, None);
    end.target = walk.target;
    let (failed, results) = (walk.failed.len(), walk.results);
    if let Some((_, why)) = walk.failed.first() {
        let why = format!(
            "Snyk did not test {failed} of {results} project(s); the first error: {}",
            title(why)
        );
        let parts = walk.failed.iter().map(|(part, _)| part.clone()).collect();
        end.leave_out(parts, why.clone());
        if failed >= results {
            end.status = Status::Unusable(why);
        }
    }
    Ok(end)
}

#[cfg(test)]
mod tests;
