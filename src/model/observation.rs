//! What the gate itself saw: expired waivers, a workflow that disarms it, new suppression markers.

use super::{Effect, Kind, Severity, Text};

/// One thing that the gate saw. It becomes a finding of the tool `sarif-gate`, with an identity, a source and rulings like
/// every other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// Id of the rule: `waiver-expired`, `workflow-continue-on-error` …
    pub rule: &'static str,
    /// The kind; `supply-chain` but for few.
    pub kind: Kind,
    /// The severity that the rows see.
    pub severity: Severity,
    /// What it does whatever the rows say; the rows may do more.
    pub effect: Effect,
    /// One line that names the problem.
    pub title: Text,
    /// What it means and what to do.
    pub message: Text,
    /// The file of the repository.
    pub path: Text,
    /// Line, from 1.
    pub line: Option<u32>,
    /// What tells two observations of one rule in one file apart, whatever line they stand on; part of the identity.
    pub subject: Text,
}
