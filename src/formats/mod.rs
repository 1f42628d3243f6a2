//! Readers: a stream of bytes becomes a [`Report`]. Recognised by content, never by name.
//!
//! Must not know: settings, the environment, other formats, files.
//!
//! A reader that does not recognise its document fails; it never returns an empty report.
#![deny(clippy::disallowed_methods)]

mod bounds;
mod check_id;
mod door;
mod gitleaks;
mod redact;
mod sarif;
mod secret;
mod trivy;
mod unread;

use crate::json::{Json, ReadError, Sketch};
use crate::model::{Finding, Kind, Run, Status, Text, Texts};

pub use door::{Hint, read};
pub use redact::Redactor;
pub use secret::{Secret, Secrets};

/// A scanner's format.
pub struct Format {
    /// Id, as in `tool=` and in `format=` prefixes of `reports`.
    pub id: &'static str,
    /// The tool's name.
    pub tool: &'static str,
    /// The tool's page.
    pub link: &'static str,
    /// The kinds of findings that it may hold.
    pub kinds: &'static [Kind],
    /// The document kinds that it reads, as `verdict.json` names them.
    pub documents: &'static [&'static str],
    /// What the fingerprint of its findings rests on, in a few words.
    pub identity: &'static str,
    /// The documents that name no tool and that this tool writes when it found nothing.
    pub clean_empties: &'static [Empty],
    /// Which of `documents` this is, if any. Works on what is known so far: a prefix of the document, then all of it.
    pub recognises: fn(&Sketch) -> Option<&'static str>,
    /// Reads a document that was recognised. Findings count only after `Ok`.
    pub read: fn(&mut Reading<'_, '_>, &mut Sink<'_>) -> Result<ReportEnd, ReadError>,
}

/// Takes findings as they are read.
pub type Sink<'a> = dyn FnMut(Finding) -> Result<(), ReadError> + 'a;

/// A document that names no tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Empty {
    /// `[]`
    List,
    /// `null`
    Null,
}

/// What a reader gets.
pub struct Reading<'a, 'r> {
    /// The document, at its start.
    pub json: Json<'r>,
    /// Which of the format's documents it is.
    pub document: &'static str,
    /// One copy of each text.
    pub texts: Texts,
    /// Hashes secrets and remembers them until every report has been cleaned of them.
    pub secrets: &'a mut Secrets,
}

/// What a reader knows when it has read to the end.
pub struct ReportEnd {
    /// The runs: one but for SARIF. Findings refer to it by index.
    pub runs: Vec<Run>,
    /// What was scanned.
    pub target: Option<Text>,
    /// `Unusable` when the scanner itself says that it failed.
    pub status: Status,
    /// Parts that the scanner could not analyse.
    pub unanalysed: Vec<Text>,
    /// Entries that are no findings.
    pub not_findings: u64,
    /// What was mended or dropped.
    pub repairs: Vec<String>,
}

impl ReportEnd {
    /// A complete report of one tool.
    pub fn of(tool: &str, name: &str) -> ReportEnd {
        ReportEnd {
            runs: vec![Run {
                tool: tool.into(),
                name: name.into(),
                ..Run::default()
            }],
            target: None,
            status: Status::Complete,
            unanalysed: Vec::new(),
            not_findings: 0,
            repairs: Vec::new(),
        }
    }
}

/// Every format, in the order in which `formats` lists them.
pub const ALL: &[&Format] = &[&trivy::FORMAT, &gitleaks::FORMAT, &sarif::FORMAT];

/// The format with this id or this document kind.
pub fn by_id(id: &str) -> Option<&'static Format> {
    ALL.iter()
        .copied()
        .find(|format| format.id == id || format.documents.contains(&id))
}
