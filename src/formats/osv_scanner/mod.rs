//! osv-scanner JSON of versions 1 and 2: sources (lock files, inventories, folders, images), each with its packages.
//!
//! The databases that osv-scanner asks name one vulnerability several times; it groups what is one. A group is one
//! finding. Its own ignore file leaves no trace in the report.

mod generic;
mod package;
#[cfg(test)]
mod tests;

use serde::Deserialize;

use super::door::MAX_FINDINGS;
use super::{Desk, Document, Format, Read, ReportEnd, Sink};
use crate::model::{Finding, Location, Place, Text, scale};
use crate::syntax::{Json, Mark, Raw, ReadError, Shape};

use package::Scanned;

pub(super) const FORMAT: Format = Format {
    id: "osv-scanner",
    tool: "OSV-Scanner",
    link: "https://google.github.io/osv-scanner/",
    scale: &scale::OSV_SCANNER,
    documents: &[Document::new(
        "osv-scanner-json",
        &[Mark::Any(&[
            Mark::All(&[
                Mark::Keys("results[]", &["source", "packages"]),
                Mark::Keys("results[].source", &["path", "type"]),
            ]),
            // A clean one; every version since 1.5 says which analysis it made.
            Mark::All(&[
                Mark::Has("results", Shape::EmptyList),
                Mark::Has("experimental_config", Shape::Object),
            ]),
        ])],
    )],
    identity: "advisory, package and lock file; license and package",
    clean_empties: &[],
    read: Read::Json(read),
};

fn read(
    json: &mut Json<'_>,
    desk: &mut Desk<'_>,
    sink: &mut Sink<'_>,
) -> Result<ReportEnd, ReadError> {
    let mut listed = false;
    json.object(|json, key| {
        match key {
            "results" => {
                listed = true;
                json.list(|json, _| source(json, desk, sink))?;
            }
            // Plugins that are off unless asked for: findings all the same.
            "experimental_generic_findings" => {
                json.list_or_null(|json, _| sink(generic::read(json, desk)?))?;
            }
            _ => json.skip()?,
        }
        Ok(())
    })?;
    if !listed {
        return Err(ReadError::whole(
            "no `results`, which osv-scanner always writes: the report is damaged",
        ));
    }
    Ok(ReportEnd::of(&FORMAT, None))
}

/// Where packages were found.
#[derive(Deserialize)]
struct Source<'a> {
    #[serde(borrow)]
    path: Raw<'a>,
    #[serde(borrow, rename = "type")]
    sort: Raw<'a>,
}

/// One element of `results`. With sorted keys the source stands behind its packages.
fn source(json: &mut Json<'_>, desk: &mut Desk<'_>, sink: &mut Sink<'_>) -> Result<(), ReadError> {
    let mut place = None;
    let mut listed = false;
    let mut held: Vec<(Finding, bool)> = Vec::new();
    json.object(|json, key| {
        match key {
            "source" => {
                let found: Option<Source<'_>> = json.borrow()?;
                place = found.map(|found| (desk.some(found.path), desk.some(found.sort)));
            }
            "packages" => {
                listed = true;
                json.list(|json, _| packages(json, desk, &mut held))?;
            }
            _ => json.skip()?,
        }
        Ok(())
    })?;
    let (Some((path, sort)), true) = (place, listed) else {
        return Err(json.error(
            "a result without source and packages, which osv-scanner always writes: the report is damaged or not its own"
                .into(),
        ));
    };
    for (mut finding, in_image) in held {
        settle(&mut finding, path.as_ref(), sort.as_deref(), in_image);
        sink(finding)?;
    }
    Ok(())
}

fn packages(
    json: &mut Json<'_>,
    desk: &mut Desk<'_>,
    held: &mut Vec<(Finding, bool)>,
) -> Result<(), ReadError> {
    let mut found = Vec::new();
    let made = {
        let scanned: Scanned<'_> = json.borrow()?;
        let in_image = scanned.in_image();
        scanned.findings(desk, &mut found).map(|()| in_image)
    };
    let in_image = made.map_err(|what| json.error(what))?;
    held.extend(found.into_iter().map(|finding| (finding, in_image)));
    if held.len() > MAX_FINDINGS {
        return Err(json.error(format!(
            "more than {MAX_FINDINGS} findings in one source; split the report"
        )));
    }
    Ok(())
}

/// Sets target and place. Version 1 gives an image's name as path; version 2 gives the path within it and no name.
fn settle(finding: &mut Finding, path: Option<&Text>, sort: Option<&str>, in_image: bool) {
    let Some(path) = path else { return };
    match sort.unwrap_or_default() {
        "docker" => finding.target = Some(path.clone()),
        // The folder of a clone: no file, and another one on every machine.
        "git" => {}
        _ => {
            let mut location = Location::new(path.clone(), None);
            if in_image {
                location.place = Place::Target;
            }
            finding.locations.push(location);
            finding.target = Some(path.clone());
        }
    }
}
