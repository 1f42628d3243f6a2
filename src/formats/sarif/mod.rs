//! SARIF 2.1.0 from any tool. This file walks the log; `run` a run, `result` one result, `tool` the tools' habits.
//!
//! Must not know: the members that only carry on (`crate::sarif` cleans them).

mod carry;
mod component;
mod enrich;
mod finish;
mod message;
mod place;
mod raw;
mod result;
mod rules;
mod run;
mod severity;
mod suppression;
mod tool;

use super::notes::Notes;
use super::{Desk, Document, Format, Read, ReportEnd, Sink};
use crate::model::{Run, Status, Text, scale};
use crate::syntax::{Json, Mark, Peek, ReadError, Shape};

/// The document kind.
pub(super) const DOCUMENT: &str = "sarif-2.1";

/// The format.
pub(super) const FORMAT: Format = Format {
    id: "sarif",
    tool: "SARIF",
    link: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html",
    scale: &scale::SARIF,
    documents: &[Document::new(
        DOCUMENT,
        &[
            Mark::Has("runs", Shape::List),
            Mark::Starts("version", "2.1"),
        ],
    )],
    identity: "by kind: advisory and package; rule and resource; rule, file and the line's text",
    clean_empties: &[],
    read: Read::Json(read),
};

/// What the runs of one log add up to.
#[derive(Default)]
struct Log {
    runs: Vec<Run>,
    target: Option<Text>,
    status: Worst,
    unanalysed: Vec<Text>,
    not_findings: u64,
    notes: Notes,
}

fn read(
    json: &mut Json<'_>,
    desk: &mut Desk<'_>,
    sink: &mut Sink<'_>,
) -> Result<ReportEnd, ReadError> {
    let mut log = Log::default();
    json.object(|json, key| match key {
        "runs" => json.list(|json, index| {
            if json.peek()? != Peek::Object {
                return Err(json.error("expected a run, an object".into()));
            }
            run::read(json, index, &mut log, &mut desk.texts, desk.secrets, sink)
        }),
        "inlineExternalProperties" => {
            let mut some = false;
            json.list_or_null(|json, _| {
                some = true;
                json.skip()
            })?;
            if some {
                log.status.unusable("it keeps a part of its content in `inlineExternalProperties`, which are not read; write it into the runs");
            }
            Ok(())
        }
        _ => json.skip(),
    })?;
    if log.runs.is_empty() {
        log.notes
            .add("the log has no runs: it names no tool and no finding");
    }
    Ok(ReportEnd {
        target: log.target,
        status: log.status.0,
        unanalysed: log.unanalysed,
        not_findings: log.not_findings,
        repairs: log.notes.into_sentences(),
        ..ReportEnd::of_runs(log.runs)
    })
}

/// The worst status so far; of equally bad ones the first.
struct Worst(Status);

impl Default for Worst {
    fn default() -> Worst {
        Worst(Status::Complete)
    }
}

impl Worst {
    fn unusable(&mut self, why: impl Into<String>) {
        if !matches!(self.0, Status::Unusable(_)) {
            self.0 = Status::Unusable(why.into());
        }
    }

    fn partial(&mut self, why: impl Into<String>) {
        if self.0 == Status::Complete {
            self.0 = Status::Partial(why.into());
        }
    }
}
