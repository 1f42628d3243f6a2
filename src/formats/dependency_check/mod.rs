//! OWASP dependency-check JSON (`reportSchema` 1.x): dependencies, each with its vulnerabilities and suppressed ones.
//!
//! A dependency is a line of a manifest (`package-lock.json?lodash`) or a file of its own (a jar in somebody's cache,
//! named with its version). The path of a manifest is identity; that of a file is not, because it changes with every
//! upgrade and machine: the project stands for it. Evidence, software identifiers and hashes are passed over.

mod dependency;
#[cfg(test)]
mod tests;

use serde::Deserialize;

use super::bounds::quoted;
use super::{Desk, Document, Format, Read, ReportEnd, Sink};
use crate::model::{Finding, Status, Text, scale};
use crate::syntax::{Json, Mark, OrNothing, Raw, ReadError, Shape, text_of};

pub(super) const FORMAT: Format = Format {
    id: "dependency-check",
    tool: "Dependency-Check",
    link: "https://github.com/dependency-check/DependencyCheck",
    scale: &scale::DEPENDENCY_CHECK,
    documents: &[Document::new(
        "dependency-check-json",
        &[
            Mark::Has("reportSchema", Shape::Text),
            Mark::Has("scanInfo.engineVersion", Shape::Text),
        ],
    )],
    identity: "advisory, package and manifest; of a file that is in no manifest, the project",
    clean_empties: &[],
    read: Read::Json(read),
};

/// Versions of the report that are known, by their start.
const SCHEMA: &str = "1.";

fn read(
    json: &mut Json<'_>,
    desk: &mut Desk<'_>,
    sink: &mut Sink<'_>,
) -> Result<ReportEnd, ReadError> {
    let mut scan = Scan::default();
    let mut project = None;
    let mut listed = None;
    // With sorted keys the project's name stands behind its dependencies.
    let mut held: Vec<Finding> = Vec::new();
    json.object(|json, key| {
        match key {
            "reportSchema" => check_schema(json)?,
            "scanInfo" => scan.read(json, desk)?,
            "projectInfo" => {
                let info: OrNothing<Project<'_>> = json.borrow()?;
                project = info.0.and_then(|info| desk.word(info.name));
            }
            "dependencies" => {
                let mut count = 0_u64;
                json.list(|json, _| {
                    count = count.saturating_add(1);
                    dependency::read(json, desk, &mut held)
                })?;
                listed = Some(count);
            }
            _ => json.skip()?,
        }
        Ok(())
    })?;
    let Some(listed) = listed else {
        return Err(ReadError::whole(
            "no `dependencies`, which dependency-check always writes: the report is damaged",
        ));
    };
    for mut finding in held {
        if finding.target.is_none() {
            let path = finding.locations.first().map(|place| place.path.clone());
            finding.target = project.clone().or(path);
        }
        sink(finding)?;
    }
    let mut end = ReportEnd::of(&FORMAT, scan.version);
    end.target = project;
    if let Some(first) = scan.error {
        let what = format!(
            "dependency-check had {} error(s) in its analysis; the first: {}",
            scan.errors,
            quoted(&first)
        );
        match listed {
            0 => end.status = Status::Unusable(format!("{what}; it lists no dependency")),
            _ => end.leave_out(Vec::new(), what),
        }
    }
    Ok(end)
}

fn check_schema(json: &mut Json<'_>) -> Result<(), ReadError> {
    let written: Option<String> = text_of(json.borrow()?).map(|text| text.into_owned());
    match written.unwrap_or_default() {
        known if known.starts_with(SCHEMA) => Ok(()),
        other => Err(json.error(format!(
            "the reportSchema {} of dependency-check is not supported, only {SCHEMA}x is; update sarif-gate",
            quoted(&other)
        ))),
    }
}

#[derive(Deserialize)]
struct Project<'a> {
    #[serde(borrow)]
    name: Raw<'a>,
}

/// What the tool says of its own run.
#[derive(Default)]
struct Scan {
    version: Option<Text>,
    errors: u64,
    error: Option<Text>,
}

#[derive(Deserialize)]
struct Failure<'a> {
    #[serde(borrow, default)]
    exception: OrNothing<Exception<'a>>,
}

#[derive(Deserialize)]
struct Exception<'a> {
    #[serde(borrow)]
    message: Raw<'a>,
}

impl Scan {
    fn read(&mut self, json: &mut Json<'_>, desk: &mut Desk<'_>) -> Result<(), ReadError> {
        json.object(|json, key| {
            match key {
                "engineVersion" => self.version = desk.word(json.borrow()?),
                "analysisExceptions" | "exceptions" => {
                    json.list_or_null(|json, _| {
                        let failure: OrNothing<Failure<'_>> = json.borrow()?;
                        let exception = failure.0.and_then(|failure| failure.exception.0);
                        let said = exception.and_then(|exception| desk.word(exception.message));
                        self.errors = self.errors.saturating_add(1);
                        self.error
                            .get_or_insert_with(|| said.unwrap_or_else(|| "without words".into()));
                        Ok(())
                    })?;
                }
                _ => json.skip()?,
            }
            Ok(())
        })
    }
}
