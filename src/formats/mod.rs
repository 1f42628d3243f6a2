//! Readers: a stream of bytes becomes a [`Report`]. Recognised by content, never by name.
//!
//! Must not know: settings, the environment, other formats, files.
//!
//! A reader that does not recognise its document fails; it never returns an empty report.
#![deny(clippy::disallowed_methods)]

mod advisory;
mod bounds;
mod check_id;
mod coverage;
mod cvss;
mod desk;
mod door;
mod held;
mod lint;
mod notes;
mod package;
mod policy;
mod products;
mod redact;
mod secret;
mod unread;

mod bandit;
mod cargo_audit;
mod checkov;
mod checkstyle;
mod cobertura;
mod conftest;
mod cosign;
mod coverage_py;
mod dependency_check;
mod eslint;
mod falco;
mod findings;
mod ggshield;
mod gitlab;
mod gitleaks;
mod govulncheck;
mod grype;
mod hadolint;
mod infracost;
mod jacoco;
mod junit;
mod kubescape;
mod lcov;
mod mypy;
mod npm_audit;
mod opa;
mod osv_scanner;
mod pip_audit;
mod ruff;
mod sarif;
mod semgrep;
mod snyk;
mod sonarqube;
mod tfsec;
mod trivy;

use crate::model::{Finding, Measure, Run, Scale, Signature, Status, Text};
use crate::syntax::{Json, JsonLines, Mark, ReadError, Xml};

pub use desk::Desk;
pub use door::{Hint, looks_like, read};
pub use redact::Redactor;
pub use secret::{Secret, Secrets};

/// Every format, in the order in which `formats` lists them.
pub const ALL: &[&Format] = &[
    &trivy::FORMAT,
    &grype::FORMAT,
    &snyk::FORMAT,
    &osv_scanner::FORMAT,
    &dependency_check::FORMAT,
    &npm_audit::FORMAT,
    &pip_audit::FORMAT,
    &cargo_audit::FORMAT,
    &govulncheck::FORMAT,
    &gitleaks::FORMAT,
    &ggshield::FORMAT,
    &checkov::FORMAT,
    &tfsec::FORMAT,
    &kubescape::FORMAT,
    &opa::FORMAT,
    &conftest::FORMAT,
    &hadolint::FORMAT,
    &semgrep::FORMAT,
    &bandit::FORMAT,
    &eslint::FORMAT,
    &ruff::FORMAT,
    &mypy::FORMAT,
    &sonarqube::FORMAT,
    &gitlab::FORMAT,
    &falco::FORMAT,
    &cosign::FORMAT,
    &coverage_py::FORMAT,
    &cobertura::FORMAT,
    &lcov::FORMAT,
    &jacoco::FORMAT,
    &infracost::FORMAT,
    &checkstyle::FORMAT,
    &junit::FORMAT,
    &findings::FORMAT,
    &sarif::FORMAT,
];

/// A scanner's format.
pub struct Format {
    /// Id, as in `tool=` and in `format=` prefixes of `reports`.
    pub id: &'static str,
    /// The tool's name.
    pub tool: &'static str,
    /// The tool's page.
    pub link: &'static str,
    /// What it can say: the kinds of its findings and its severities.
    pub scale: &'static Scale,
    /// The documents that it reads.
    pub documents: &'static [Document],
    /// What the fingerprint of its findings rests on, in a few words.
    pub identity: &'static str,
    /// The documents that name no tool and that this tool writes when it found nothing.
    pub clean_empties: &'static [Empty],
    /// Reads a document that was recognised. Findings count only after `Ok`.
    pub read: Read,
}

/// One sort of document.
pub struct Document {
    /// Its kind, as `verdict.json` names it.
    pub kind: &'static str,
    /// What such a document has; all of it has to hold.
    pub marks: &'static [Mark],
    /// Several of them may follow one another in one file (JSON Lines).
    pub lines: bool,
}

impl Document {
    /// A document that fills its file.
    pub const fn new(kind: &'static str, marks: &'static [Mark]) -> Document {
        Document {
            kind,
            marks,
            lines: false,
        }
    }

    /// A document of which several may follow one another in one file.
    pub const fn lines(kind: &'static str, marks: &'static [Mark]) -> Document {
        Document {
            kind,
            marks,
            lines: true,
        }
    }
}

/// How a format's documents are read. Each gets the desk, whose `document` says which of the format's documents it is.
#[derive(Clone, Copy)]
pub enum Read {
    /// As a stream of JSON. The door checks that nothing follows.
    Json(fn(&mut Json<'_>, &mut Desk<'_>, &mut Sink<'_>) -> Result<ReportEnd, ReadError>),
    /// As lines of JSON of which some may be broken.
    Lines(fn(&mut JsonLines<'_>, &mut Desk<'_>, &mut Sink<'_>) -> Result<ReportEnd, ReadError>),
    /// As a tree of XML.
    Xml(fn(&Xml<'_>, &mut Desk<'_>, &mut Sink<'_>) -> Result<ReportEnd, ReadError>),
    /// As text.
    Text(fn(&str, &mut Desk<'_>, &mut Sink<'_>) -> Result<ReportEnd, ReadError>),
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
    /// `{"results": []}` and nothing else.
    Results,
    /// A line feed and nothing else.
    Blank,
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
    /// Numbers: coverage, costs.
    pub measures: Vec<Measure>,
    /// Signatures that were verified.
    pub signatures: Vec<Signature>,
    /// Other names of what was scanned (see [`Report::products`]).
    pub products: Vec<Text>,
    /// What was mended or dropped, besides what the desk noted.
    pub repairs: Vec<String>,
}

impl ReportEnd {
    /// A complete report with these runs.
    pub fn of_runs(runs: Vec<Run>) -> ReportEnd {
        ReportEnd {
            runs,
            target: None,
            status: Status::Complete,
            unanalysed: Vec::new(),
            not_findings: 0,
            measures: Vec::new(),
            signatures: Vec::new(),
            products: Vec::new(),
            repairs: Vec::new(),
        }
    }

    /// A complete report of the format's tool, whose version is known or not.
    pub fn of(format: &Format, version: Option<Text>) -> ReportEnd {
        ReportEnd::of_runs(vec![Run {
            tool: format.id.into(),
            name: format.tool.into(),
            link: Some(format.link.into()),
            version,
            ..Run::default()
        }])
    }

    /// Files or projects that the scanner names as not analysed make the report partial; `what` says what happened
    /// (`2 files were not parsed`).
    pub fn leave_out(&mut self, parts: Vec<Text>, what: impl Into<String>) {
        if self.status == Status::Complete {
            self.status = Status::Partial(what.into());
        }
        self.unanalysed.extend(parts);
    }
}

/// The format with this id or this document kind.
pub fn by_id(id: &str) -> Option<&'static Format> {
    ALL.iter()
        .copied()
        .find(|format| format.id == id || format.reads(id))
}

impl Format {
    /// Whether it reads documents of this kind.
    pub fn reads(&self, kind: &str) -> bool {
        self.documents.iter().any(|document| document.kind == kind)
    }
}

/// What unit tests of readers share.
#[cfg(test)]
mod testing {
    use super::{Hint, Secrets, read};
    use crate::model::Report;

    /// Reads a document without any hint.
    pub(super) fn report(text: &str) -> Report {
        read(
            &mut text.as_bytes(),
            Hint::default(),
            &mut Secrets::new(None),
        )
    }
}
