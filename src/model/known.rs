//! What is known of a finding besides what its report says: its past, this change, and what others know of its advisory.

use super::Text;

/// Filled between merging and judging; the default is "nobody knows".
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Known {
    /// Where it stands against the baseline; `None` without a baseline.
    pub state: Option<State>,
    /// When it was first seen, RFC 3339 in UTC: from the baseline, for a new finding the start of this run. `None` without
    /// a baseline.
    pub first_seen: Option<Text>,
    /// Whether this change brought it.
    pub cause: Cause,
    /// Whether the change touches one of its lines; `None` when nobody knows, which counts as changed.
    pub changed: Option<bool>,
    /// Whether one of its ids is in the catalogue of known exploited vulnerabilities; `None` without a catalogue.
    pub kev: Option<bool>,
    /// Highest EPSS score of its ids, 0 to 1; `None` without data about any of them.
    pub epss: Option<f32>,
    /// Name of the component that it belongs to, as the config names it.
    pub component: Option<Text>,
    /// The base's evidence says that its scanner suppressed it there, too; `None` without a baseline.
    pub suppressed_at_base: Option<bool>,
}

/// Where a finding stands against the baseline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Not in the baseline.
    New,
    /// In the baseline, as it is.
    Unchanged,
    /// In the baseline, but its package version, its severity or its line is another one.
    Updated,
}

impl State {
    /// The word of `verdict.json` and of SARIF's `baselineState`.
    pub fn word(self) -> &'static str {
        match self {
            State::New => "new",
            State::Unchanged => "unchanged",
            State::Updated => "updated",
        }
    }
}

/// Whether a change brought a finding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cause {
    /// It did, or nobody can tell.
    #[default]
    Introduced,
    /// It did not: the base already had the package in this version, or the file as it is. What is new is the knowledge.
    Disclosed,
}
