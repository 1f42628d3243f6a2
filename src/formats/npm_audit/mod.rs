//! `npm audit --json`: the report of npm 7 and later, and the one of npm 6, which pnpm writes too.
//!
//! A package that is only vulnerable through another one is listed as well and says no more than that: the advisory stands
//! at the other one, once. Neither report names the lock file that was read, so findings have no file; where a package lies
//! under `node_modules` is an instance, because that moves with every install.

mod advisories;
mod packages;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde::Deserialize;

use super::bounds::{cut, quoted};
use super::{Desk, Document, Format, Read, ReportEnd, Sink};
use crate::model::{Status, Text, scale};
use crate::syntax::{Json, Mark, OrNothing, Peek, Raw, ReadError, Shape, decimal, text_of};

const VERSION_2: &str = "npm-audit-json-2";
const VERSION_1: &str = "npm-audit-json-1";

pub(super) const FORMAT: Format = Format {
    id: "npm-audit",
    tool: "npm audit",
    link: "https://docs.npmjs.com/cli/commands/npm-audit",
    scale: &scale::NPM_AUDIT,
    documents: &[
        Document::new(
            VERSION_2,
            &[Mark::Any(&[
                Mark::All(&[
                    Mark::Has("auditReportVersion", Shape::Whole),
                    Mark::Has("vulnerabilities", Shape::Object),
                ]),
                // What npm prints in the place of a report.
                Mark::Keys("error", &["summary", "detail"]),
            ])],
        ),
        Document::new(
            VERSION_1,
            &[Mark::Any(&[
                Mark::All(&[
                    Mark::Has("advisories", Shape::Object),
                    Mark::Any(&[
                        Mark::Has("actions", Shape::List),
                        Mark::Has("metadata.vulnerabilities", Shape::Object),
                    ]),
                ]),
                Mark::Starts("error.code", "ERR_PNPM"),
            ])],
        ),
    ],
    identity: "advisory and package",
    clean_empties: &[],
    read: Read::Json(read),
};

/// Places of one package that are kept.
const MAX_NODES: usize = 50;

/// Characters of npm's own error that are shown.
const MAX_SAID: usize = 200;

/// What is known at the end of the document.
#[derive(Default)]
struct Audit {
    /// Vulnerable packages that the report lists.
    listed: BTreeSet<Text>,
    /// Packages through which others are vulnerable.
    through: BTreeSet<Text>,
    /// Advisories that were read.
    advisories: u64,
    /// Entries that only repeat other ones.
    repeats: u64,
    /// Which advisories the actions of npm 6 mend in what is for development only.
    ways: advisories::Ways,
    /// How many the summary counts.
    counted: Option<u64>,
    /// What npm says in the place of a report; empty when its error says nothing.
    failure: Option<String>,
    /// What it says beside the error, of a registry that does not answer.
    message: Option<String>,
}

fn read(
    json: &mut Json<'_>,
    desk: &mut Desk<'_>,
    sink: &mut Sink<'_>,
) -> Result<ReportEnd, ReadError> {
    let mut audit = Audit::default();
    json.object(|json, key| match key {
        "auditReportVersion" => {
            let version: u64 = json.parse()?;
            if version == 2 {
                return Ok(());
            }
            Err(json.error(format!(
                "version {version} of npm's audit report, of which only version 2 is known"
            )))
        }
        "vulnerabilities" => {
            json.object(|json, name| packages::read(name, json, desk, sink, &mut audit))
        }
        "advisories" => json.object(|json, _| {
            audit.advisories = audit.advisories.saturating_add(1);
            advisories::read(json, desk, sink, &audit.ways)
        }),
        "actions" if json.peek()? == Peek::List => {
            json.list(|json, _| advisories::read_action(json, &mut audit.ways))
        }
        "muted" => json
            .list_or_null(|json, _| {
                audit.repeats = audit.repeats.saturating_add(1);
                json.object(|json, _| json.skip())
            })
            .map(|_| ()),
        "metadata" if json.peek()? == Peek::Object => {
            let metadata: OrNothing<Metadata<'_>> = json.borrow()?;
            audit.counted = metadata.0.and_then(|metadata| metadata.total());
            Ok(())
        }
        "message" => {
            audit.message = text_of(json.borrow()?).map(|text| text.into_owned());
            Ok(())
        }
        "error" => {
            let failure = json.borrow::<OrNothing<Failure<'_>>>()?.0;
            audit.failure = Some(
                failure
                    .map(|failure| failure.sentence())
                    .unwrap_or_default(),
            );
            Ok(())
        }
        _ => json.skip(),
    })?;
    let mut end = ReportEnd::of(&FORMAT, None);
    end.not_findings = audit.repeats;
    judge(&audit, desk.document, &mut end);
    Ok(end)
}

/// Whether what was read is whole.
fn judge(audit: &Audit, document: &str, end: &mut ReportEnd) {
    let listed = audit.listed.len() as u64;
    let unusable = match audit.counted {
        _ if audit.failure.is_some() => {
            let said = [&audit.failure, &audit.message].into_iter().flatten();
            let said = said.map(|said| said.trim()).find(|said| !said.is_empty());
            let said = cut(said.unwrap_or("nothing about why"), MAX_SAID);
            Some(format!(
                "npm audit failed and says {said:?}; nothing is known about the packages, run it again"
            ))
        }
        Some(counted) if document == VERSION_2 && counted != listed => Some(format!(
            "its summary counts {counted} vulnerable packages and it lists {listed}: the report was cut or changed"
        )),
        Some(counted) if document == VERSION_1 && counted > 0 && audit.advisories == 0 => {
            Some(format!(
                "its summary counts {counted} vulnerabilities and it lists no advisory: the report was cut, or pnpm's `ignoreCves` took them out; waive them here instead"
            ))
        }
        _ if listed > 0 && audit.advisories == 0 => Some(format!(
            "it lists {listed} vulnerable packages and no advisory about them: the report was cut or changed"
        )),
        _ => None,
    };
    if let Some(why) = unusable {
        end.status = Status::Unusable(why);
        return;
    }
    let missing: Vec<Text> = audit.through.difference(&audit.listed).cloned().collect();
    if let Some(first) = missing.first() {
        let what = format!(
            "packages are vulnerable through {}, about which the report says nothing",
            quoted(first)
        );
        end.leave_out(missing, what);
    }
}

fn incomplete(json: &Json<'_>, missing: &str) -> ReadError {
    json.error(format!(
        "this entry has no {missing}, which npm audit always writes: the report is damaged or not npm's"
    ))
}

/// `GHSA-…` at the end of the address of GitHub's advisory.
fn github_advisory(url: &str) -> Option<&str> {
    let id = url.trim().trim_end_matches('/').rsplit('/').next()?;
    let ours = id.starts_with("GHSA-") && id.len() <= 30;
    ours.then_some(id)
}

fn score(raw: Raw<'_>) -> Option<f32> {
    // npm writes 0 where there is none.
    let score = decimal(raw).filter(|score| *score > 0.0 && *score <= 10.0)?;
    Some(score as f32)
}

/// A score of CVSS.
#[derive(Deserialize)]
struct Cvss<'a> {
    #[serde(borrow)]
    score: Raw<'a>,
}

#[derive(Deserialize)]
struct Metadata<'a> {
    #[serde(borrow)]
    vulnerabilities: Raw<'a>,
}

impl Metadata<'_> {
    /// How many it counts: `total`, else the sum over the severities.
    fn total(&self) -> Option<u64> {
        let raw = self.vulnerabilities?;
        let counts: std::collections::BTreeMap<String, u64> =
            serde_json::from_str(raw.get()).ok()?;
        let sum = || counts.values().fold(0u64, |sum, n| sum.saturating_add(*n));
        Some(counts.get("total").copied().unwrap_or_else(sum))
    }
}

#[derive(Deserialize)]
struct Failure<'a> {
    #[serde(borrow)]
    code: Raw<'a>,
    #[serde(borrow)]
    summary: Raw<'a>,
    #[serde(borrow)]
    message: Raw<'a>,
    #[serde(borrow)]
    detail: Raw<'a>,
}

impl Failure<'_> {
    fn sentence(&self) -> String {
        let said = [self.summary, self.message, self.detail, self.code];
        let mut said = said.into_iter().filter_map(text_of);
        let said = said.find(|text| !text.trim().is_empty());
        let line = said.unwrap_or_default();
        line.trim().lines().next().unwrap_or_default().to_owned()
    }
}
