//! Waivers: decisions of the maintainers about findings, each with an owner and an end.
//!
//! Text in, waivers out; whether one covers a finding. Must not know: where the text comes from, the verdict.

use crate::model::{Kind, Severity, Text};

/// One waiver, checked: it says all that every waiver has to say.
#[derive(Clone, Debug, PartialEq)]
pub struct Waiver {
    /// The file that it stands in, as it was named.
    pub file: Text,
    /// Its line in that file, from 1.
    pub line: Option<u64>,
    /// What it covers.
    pub covers: Covers,
    /// The decision's word: `false-positive`, `not-affected`, `risk-accepted`, `mitigated`, `test-code`; of ignore files of
    /// scanners `ignored`.
    pub decision: Text,
    /// Why.
    pub reason: Text,
    /// Who answers for it.
    pub owner: Text,
    /// Who approved it.
    pub approved_by: Vec<Text>,
    /// Ticket.
    pub ticket: Option<Text>,
    /// The day on which it was written, `YYYY-MM-DD`.
    pub created: Option<String>,
    /// Last day on which it holds, `YYYY-MM-DD` in UTC, inclusive. `None` only for ignore files of scanners.
    pub expires: Option<String>,
    /// Sources that it can excuse: a scanner's own ignore file speaks for that scanner only. `None` for all.
    pub tool: Option<Text>,
}

/// What a waiver covers: everything that is said has to hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Covers {
    /// Findings of this kind.
    pub kind: Option<Kind>,
    /// Any of these ids, as rule or alias.
    pub rules: Vec<Text>,
    /// Package URL; without a version every version.
    pub package: Option<Text>,
    /// Globs over paths of the repository.
    pub paths: Vec<Text>,
    /// Id of a tool that says it.
    pub tool: Option<Text>,
    /// Glob over what was scanned.
    pub target: Option<Text>,
    /// Any of these fingerprints, 32 hexadecimal digits each.
    pub fingerprints: Vec<Text>,
    /// A later, worse severity voids it.
    pub severity_at_most: Option<Severity>,
}

/// What `waiver-limits` of the config asks of waivers.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// Members that have to be there besides what every waiver must have: `ticket`, `approved-by`, `created` …
    pub require: Vec<String>,
    /// Longest life in days by severity of the finding, from `created` (else from today) to the last day.
    pub longest: Vec<(Severity, u32)>,
    /// Whether a vulnerability that is known to be exploited can be waived.
    pub allow_kev: bool,
    /// Days before its end from which on a waiver is warned of.
    pub warn_before: u32,
    /// From how many findings on a waiver is reported as over-broad.
    pub broad: u32,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            require: Vec::new(),
            longest: Vec::new(),
            allow_kev: false,
            warn_before: 14,
            broad: 20,
        }
    }
}
