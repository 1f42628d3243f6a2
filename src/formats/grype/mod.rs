//! Grype JSON, from 0.7 on: one object of matches, of matches that were ignored, and of what was scanned.
//!
//! What was scanned stands behind the matches, so findings wait for it in their final form. A finding of Grype has to be
//! the same as Trivy's of the same thing: the CVE of the related entries is its name, files of a scanned folder are its
//! target, and so is the name of an image. Which matcher found it and how says nothing about it, and is passed over.

mod entry;
mod place;
#[cfg(test)]
mod tests;

use serde::Deserialize;

use super::door::MAX_FINDINGS;
use super::products::of_image;
use super::{Desk, Document, Format, Read, ReportEnd, Sink};
use crate::model::{Finding, Text, scale};
use crate::syntax::{Json, Mark, OrNothing, Raw, ReadError, Shape, text_of};

use entry::Match;
use place::Scanned;

const REPORT: &str = "grype-json";

pub(super) const FORMAT: Format = Format {
    id: "grype",
    tool: "Grype",
    link: "https://github.com/anchore/grype",
    scale: &scale::GRYPE,
    documents: &[Document::new(
        REPORT,
        &[
            Mark::Has("matches", Shape::List),
            Mark::Any(&[
                // Keys in their usual order name the tool at the very end: the first match has to do.
                Mark::Keys("matches[]", &["vulnerability", "artifact"]),
                Mark::Is("descriptor.name", "grype"),
            ]),
        ],
    )],
    identity: "advisory, package and image or manifest",
    clean_empties: &[],
    read: Read::Json(read),
};

fn read(
    json: &mut Json<'_>,
    desk: &mut Desk<'_>,
    sink: &mut Sink<'_>,
) -> Result<ReportEnd, ReadError> {
    let mut held: Vec<Finding> = Vec::new();
    let mut scanned = Scanned::default();
    let mut version = None;
    json.object(|json, key| {
        match key {
            "matches" => json.list(|json, _| {
                hold(json, desk, &mut held)?;
                // Only the list of ignored matches sets anything aside.
                if let Some(finding) = held.last_mut() {
                    finding.suppression = None;
                }
                Ok(())
            })?,
            "ignoredMatches" => {
                json.list_or_null(|json, _| {
                    hold(json, desk, &mut held)?;
                    set_aside(held.last_mut());
                    Ok(())
                })?;
            }
            "source" => scanned = json.borrow::<OrNothing<Scanned>>()?.0.unwrap_or_default(),
            "descriptor" => version = descriptor(json, desk)?,
            _ => json.skip()?,
        }
        Ok(())
    })?;
    for mut finding in held {
        scanned.settle(&mut finding, &mut desk.texts);
        sink(finding)?;
    }
    let mut end = ReportEnd::of(&FORMAT, version);
    end.target = scanned.name().and_then(|name| desk.texts.share_some(name));
    end.products = of_image(
        scanned.names.iter().map(String::as_str),
        scanned.architecture.as_deref(),
    );
    Ok(end)
}

fn hold(
    json: &mut Json<'_>,
    desk: &mut Desk<'_>,
    held: &mut Vec<Finding>,
) -> Result<(), ReadError> {
    let made = json.borrow::<Match<'_>>()?.finding(desk);
    let finding = made.map_err(|missing| {
        json.error(format!(
            "this match has no {missing}, which Grype always writes: the report is damaged or not Grype's"
        ))
    })?;
    if held.len() >= MAX_FINDINGS {
        return Err(json.error(format!(
            "more than {MAX_FINDINGS} findings in one report; split it"
        )));
    }
    held.push(finding);
    Ok(())
}

/// A match in the list of ignored ones is ignored, whether it says by which rule or not.
fn set_aside(finding: Option<&mut Finding>) {
    if let Some(finding) = finding
        && finding.suppression.is_none()
    {
        finding.suppression = Some(entry::ignored(&[]));
    }
}

#[derive(Deserialize)]
struct Descriptor<'a> {
    #[serde(borrow)]
    version: Raw<'a>,
}

/// The version of Grype. Builds of one's own say `[not provided]`.
fn descriptor(json: &mut Json<'_>, desk: &mut Desk<'_>) -> Result<Option<Text>, ReadError> {
    let descriptor: OrNothing<Descriptor<'_>> = json.borrow()?;
    let version = descriptor
        .0
        .and_then(|descriptor| text_of(descriptor.version));
    Ok(version
        .filter(|version| !version.starts_with('['))
        .and_then(|version| desk.texts.share_some(&version)))
}
