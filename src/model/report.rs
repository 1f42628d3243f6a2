//! What one file said.

use std::collections::BTreeMap;

use super::{Finding, Kind, Measure, Severity, Signature, Text};

/// One input file after reading.
#[derive(Clone, Debug)]
pub struct Report {
    /// The file.
    pub input: Input,
    /// The document kind that its content shows (`trivy-json-2`, `sarif-2.1`, …); `None` when unrecognised.
    pub format: Option<&'static str>,
    /// Id of the format that reads it, where one does: the tool, but for SARIF.
    pub reader: Option<&'static str>,
    /// The tools' runs: exactly one but for SARIF; empty only when unusable.
    pub runs: Vec<Run>,
    /// What was scanned, as the report says it.
    pub target: Option<Text>,
    /// Whether it can be judged by.
    pub status: Status,
    /// The document was understood and read to its end, whatever it says; an unusable report may still hold findings
    /// (a scanner that says that it failed).
    pub understood: bool,
    /// Files or projects that the scanner says it could not analyse.
    pub unanalysed: Vec<Text>,
    /// What the file lists, before any merging.
    pub entries: Entries,
    /// What it says. Moved out by `merge`.
    pub findings: Vec<Finding>,
    /// Numbers that it gives: coverage, costs.
    pub measures: Vec<Measure>,
    /// Signatures that it says were verified.
    pub signatures: Vec<Signature>,
    /// Other names of what was scanned, for VEX products: image names with tag or digest, bare digests (`sha256:…`),
    /// package URLs.
    pub products: Vec<Text>,
    /// What the reader had to mend or drop, one sentence each, escaped by whoever shows it.
    pub repairs: Vec<String>,
}

impl Report {
    /// A file that was read to its end, with these runs and nothing in them.
    pub fn new(input: Input, runs: Vec<Run>) -> Report {
        Report {
            input,
            format: None,
            reader: None,
            runs,
            target: None,
            status: Status::Complete,
            understood: true,
            unanalysed: Vec::new(),
            entries: Entries::default(),
            findings: Vec::new(),
            measures: Vec::new(),
            signatures: Vec::new(),
            products: Vec::new(),
            repairs: Vec::new(),
        }
    }

    /// Whether it is what the gate itself saw, and no report of a scanner.
    pub fn is_own(&self) -> bool {
        self.reader == Some(OWN)
    }
}

/// Id of the tool whose findings are what the gate itself saw.
pub const OWN: &str = "sarif-gate";

/// An input file.
#[derive(Clone, Debug, Default)]
pub struct Input {
    /// As the user named it or the glob found it, relative to the working directory where it can be.
    pub path: String,
    /// SHA-256 of its bytes in hexadecimal; empty when it could not be read to its end.
    pub sha256: String,
    /// Bytes read.
    pub bytes: u64,
}

/// Whether a report can be judged by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// Read to its end, and the scanner finished.
    Complete,
    /// Read to its end, but the scanner names parts that it could not analyse. The text says why.
    Partial(String),
    /// Missing, empty, truncated, unrecognised or declared unsuccessful. The text says why and what to do.
    Unusable(String),
}

impl Status {
    /// The word of `verdict.json`.
    pub fn word(&self) -> &'static str {
        match self {
            Status::Complete => "complete",
            Status::Partial(_) => "partial",
            Status::Unusable(_) => "unusable",
        }
    }

    /// What is wrong, if anything.
    pub fn problem(&self) -> Option<&str> {
        match self {
            Status::Complete => None,
            Status::Partial(why) | Status::Unusable(why) => Some(why),
        }
    }
}

/// One run of one tool within a report.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// Id of the tool, lower case (`trivy`, `codeql`).
    pub tool: Text,
    /// The tool's name as it writes it.
    pub name: Text,
    /// The tool's version, where the report says it.
    pub version: Option<Text>,
    /// The tool's page.
    pub link: Option<Text>,
    /// What tells analyses of one tool apart: SARIF's category, or the target; without tag or SHA.
    pub category: Option<Text>,
    /// What was scanned, one for each report that a run of a log of ours was put together from, as that report says it; empty
    /// for all others, whose report says it.
    pub targets: Vec<Option<Text>>,
    /// Rule texts that a SARIF run gives, by rule id.
    pub rules: BTreeMap<Text, RuleText>,
    /// Run-level members of a SARIF run that are kept (taxonomies, …), as checked JSON, by member name.
    pub carried: Vec<(&'static str, Box<str>)>,
}

/// What a SARIF rule says of itself, for the rules of the log that we write.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RuleText {
    /// Short description.
    pub short: Text,
    /// Full description.
    pub full: Text,
    /// Help as plain text.
    pub help: Text,
    /// Help as Markdown.
    pub help_markdown: Text,
    /// Help page.
    pub link: Option<Text>,
    /// Opaque name.
    pub name: Option<Text>,
    /// Tags.
    pub tags: Vec<Text>,
    /// `security-severity`, already mended.
    pub security_severity: Option<f32>,
    /// The other members of the reporting descriptor (relationships, property bag …) as a checked JSON object.
    pub carried: Option<Box<str>>,
}

/// What a file lists, counted before any merging.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entries {
    /// Findings that the gate looks at.
    pub findings: u64,
    /// Findings that the scanner itself set aside.
    pub suppressed: u64,
    /// Entries that are no findings: passed checks, results of kind `pass`, absent ones.
    pub not_findings: u64,
    /// Findings by severity.
    pub by_severity: BTreeMap<Severity, u64>,
    /// Findings by kind.
    pub by_kind: BTreeMap<Kind, u64>,
}

impl Entries {
    /// Counts one finding, as suppressed when the scanner suppressed it.
    pub fn count(&mut self, finding: &Finding) {
        if finding.suppression.is_some() {
            self.suppressed += 1;
            return;
        }
        self.findings += 1;
        *self.by_severity.entry(finding.severity).or_default() += 1;
        *self.by_kind.entry(finding.kind).or_default() += 1;
    }
}
