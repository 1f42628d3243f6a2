//! Findings of scripts: our own small form, one JSON object to a line, described in `docs/findings-format.md`.
//!
//! It is the one format whose writer reads our documentation, so it is held to it: a member that nobody knows is an error
//! with its line, because a misspelled `severity` is worse than none. The last line says how many findings there are; a
//! script that died before writing it reported nothing.

mod line;
mod made;
#[cfg(test)]
mod tests;

use super::bounds::{MAX_TITLE, cut, quoted};
use super::{Desk, Document, Format, Read, ReportEnd, Sink};
use crate::model::{Run, Text, scale};
use crate::syntax::{Json, Mark, ReadError, Shape};
use line::{Header, Line};

pub(super) const FORMAT: Format = Format {
    id: "findings",
    tool: "Findings (JSON Lines)",
    link: "https://jsonlines.org",
    scale: &scale::FINDINGS,
    documents: &[Document::new(
        "findings-jsonl",
        &[
            Mark::Starts("findings", "v"),
            Mark::Has("tool", Shape::Text),
        ],
    )],
    identity: "as of each kind: advisory, package and target; rule, file and resource, secret or line",
    clean_empties: &[],
    read: Read::Json(read),
};

/// The version of the form that is read.
const VERSION: &str = "v1";

/// Longest id of a tool.
const LONGEST_ID: usize = 60;

/// Where in the file it is.
#[derive(Default)]
struct Progress {
    header: Option<Header>,
    findings: u64,
    passed: u64,
    unanalysed: Vec<Text>,
    /// Why the first of them was not.
    reason: Option<String>,
    ended: bool,
}

fn read(
    json: &mut Json<'_>,
    desk: &mut Desk<'_>,
    sink: &mut Sink<'_>,
) -> Result<ReportEnd, ReadError> {
    let mut progress = Progress::default();
    json.values(|json, _| {
        let line = {
            let raw: &serde_json::value::RawValue = json.borrow()?;
            Line::of(raw)
        };
        let taken = line.and_then(|line| progress.take(line, desk));
        match taken.map_err(|what| json.error(what))? {
            Some(finding) => sink(finding),
            None => Ok(()),
        }
    })?;
    let Progress {
        header: Some(header),
        ended: true,
        ..
    } = progress
    else {
        return Err(ReadError::whole(format!(
            "the last line, `{{\"end\":{}}}`, is missing: the script did not finish; look at its log",
            progress.findings
        )));
    };
    let mut end = ReportEnd::of_runs(vec![run(&header)]);
    end.target = header.target.as_deref().map(Text::from);
    end.not_findings = progress.passed;
    if !progress.unanalysed.is_empty() {
        let what = format!(
            "{} parts were not analysed{}",
            progress.unanalysed.len(),
            progress.reason.unwrap_or_default()
        );
        end.leave_out(progress.unanalysed, what);
    }
    Ok(end)
}

fn run(header: &Header) -> Run {
    Run {
        tool: slug(&header.tool).as_str().into(),
        name: cut(header.tool.trim(), MAX_TITLE).as_ref().into(),
        version: header.version.as_deref().map(Text::from),
        link: header.link.as_deref().map(Text::from),
        ..Run::default()
    }
}

/// `My check` → `my-check`: as the id of a tool is made of its name in SARIF, so that a written log says the same.
fn slug(name: &str) -> String {
    let name = name.to_lowercase();
    let words = name
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    let slug = words.collect::<Vec<_>>().join("-");
    slug.chars().take(LONGEST_ID).collect()
}

impl Progress {
    /// Takes the next line; its finding, where it is one.
    fn take(
        &mut self,
        line: Line,
        desk: &mut Desk<'_>,
    ) -> Result<Option<crate::model::Finding>, String> {
        if self.ended {
            return Err("a line behind `end`, which has to be the last one".into());
        }
        let header = match (&self.header, line) {
            (None, Line::Header(header)) => {
                self.header = Some(header.checked(desk)?);
                return Ok(None);
            }
            (None, _) => return Err("the first line has to be the header".into()),
            (Some(_), Line::Header(_)) => {
                return Err(
                    "a second header: one file holds the lines of one run, write another file"
                        .into(),
                );
            }
            (Some(header), line) => (header, line),
        };
        match header {
            (header, Line::Finding(finding)) => {
                let finding = finding.made(header, desk)?;
                self.findings = self.findings.saturating_add(1);
                return Ok(Some(finding));
            }
            (_, Line::Pass) => self.passed = self.passed.saturating_add(1),
            (_, Line::Unanalysed(part)) => {
                if self.reason.is_none() {
                    let why = part.reason.as_deref().unwrap_or("no reason given");
                    self.reason = Some(format!(
                        ", the first is {}: {}",
                        quoted(&part.unanalysed),
                        quoted(why)
                    ));
                }
                self.unanalysed.push(desk.title(&part.unanalysed));
            }
            (_, Line::End(count)) => {
                if count != self.findings {
                    return Err(format!(
                        "`end` says {count} findings and there are {}: the script did not finish, or counts something else",
                        self.findings
                    ));
                }
                self.ended = true;
            }
            // Taken above.
            (_, Line::Header(_)) => {}
        }
        Ok(None)
    }
}
