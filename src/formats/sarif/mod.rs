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

use super::{Format, Reading, ReportEnd, Sink};
use crate::json::{Peek, ReadError, Sketch};
use crate::model::{Kind, Run, Status, Text};

/// The document kind.
pub(super) const DOCUMENT: &str = "sarif-2.1";

/// The format.
pub(super) const FORMAT: Format = Format {
    id: "sarif",
    tool: "SARIF",
    link: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html",
    kinds: &[
        Kind::Vulnerability,
        Kind::Secret,
        Kind::Misconfiguration,
        Kind::License,
        Kind::Code,
        Kind::SupplyChain,
        Kind::Runtime,
        Kind::Quality,
    ],
    documents: &[DOCUMENT],
    identity: "by kind: advisory and package; rule and resource; rule, file and the line's text",
    clean_empties: &[],
    recognises,
    read,
};

fn recognises(sketch: &Sketch) -> Option<&'static str> {
    let version = sketch.text("version")?;
    (sketch.has_list("runs") && version.starts_with("2.1")).then_some(DOCUMENT)
}

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

fn read(reading: &mut Reading<'_, '_>, sink: &mut Sink<'_>) -> Result<ReportEnd, ReadError> {
    let mut log = Log::default();
    let Reading {
        json,
        texts,
        secrets,
        ..
    } = reading;
    json.object(|json, key| match key {
        "runs" => json.list(|json, index| {
            if json.peek()? != Peek::Object {
                return Err(json.error("expected a run, an object".into()));
            }
            run::read(json, index, &mut log, texts, secrets, sink)
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
        runs: log.runs,
        target: log.target,
        status: log.status.0,
        unanalysed: log.unanalysed,
        not_findings: log.not_findings,
        repairs: log.notes.into_sentences(),
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

/// Repairs, equal ones counted: a scanner makes the same mistake on every result.
#[derive(Default)]
struct Notes {
    counted: Vec<(String, u64)>,
    left_out: u64,
}

/// Different repairs that are listed.
const MAX_NOTES: usize = 100;

impl Notes {
    fn add(&mut self, note: impl AsRef<str> + Into<String>) {
        self.add_times(note, 1);
    }

    fn add_times(&mut self, note: impl AsRef<str> + Into<String>, times: u64) {
        if times == 0 {
            return;
        }
        let known = self
            .counted
            .iter_mut()
            .find(|(known, _)| known == note.as_ref());
        if let Some((_, count)) = known {
            *count = count.saturating_add(times);
        } else if self.counted.len() < MAX_NOTES {
            self.counted.push((note.into(), times));
        } else {
            self.left_out = self.left_out.saturating_add(times);
        }
    }

    fn into_sentences(self) -> Vec<String> {
        let mut sentences: Vec<String> = self
            .counted
            .into_iter()
            .map(|(note, count)| match count {
                1 => note,
                _ => format!("{note} ({count} times)"),
            })
            .collect();
        if self.left_out > 0 {
            sentences.push(format!("{} further repairs of other kinds", self.left_out));
        }
        sentences
    }
}
