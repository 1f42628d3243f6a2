//! What a run knows of the runs before it.

use super::{Fingerprint, Kind, Severity, Text};

/// The past of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Past {
    /// Nobody asked for a baseline.
    #[default]
    NotAsked,
    /// A baseline was asked for and there is none. The text says why and what to do; every finding counts as new.
    Missing(String),
    /// The findings were held against a baseline.
    Compared(Comparison),
}

impl Past {
    /// The comparison, where there is one.
    pub fn compared(&self) -> Option<&Comparison> {
        match self {
            Past::Compared(comparison) => Some(comparison),
            Past::NotAsked | Past::Missing(_) => None,
        }
    }
}

/// What came of holding the findings against a baseline.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Comparison {
    /// Which source: `path`, `artifact`, `code-scanning`, `git-ref`.
    pub source: &'static str,
    /// Where exactly, in one line without text from reports: the file, the run, the ref.
    pub place: String,
    /// The commit that the baseline is of, where it is known.
    pub sha: Option<String>,
    /// When it was taken, RFC 3339.
    pub taken: Option<String>,
    /// How many commits it lies behind the merge base of this change; `None` when nobody asked or knows.
    pub behind: Option<u64>,
    /// How many findings it holds.
    pub findings: u64,
    /// Its findings that are gone.
    pub gone: Vec<Gone>,
    /// What readers must know besides ("excused findings are not in it").
    pub notes: Vec<String>,
}

/// A finding of the baseline that this run does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gone {
    /// Its identity.
    pub fingerprint: Fingerprint,
    /// What sort of thing it was.
    pub kind: Kind,
    /// Its rule.
    pub rule: Text,
    /// Its severity.
    pub severity: Severity,
    /// Its title.
    pub title: Text,
    /// Where it was: a path or a target.
    pub place: Option<Text>,
    /// No complete report of this run looked at where it was, so nobody knows whether it is fixed. Such ones are shown, not
    /// counted as fixed.
    pub unseen: bool,
}
