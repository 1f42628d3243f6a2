//! The past: what an earlier run found, and which of the present findings it had already.
//!
//! Must not know: where a baseline comes from, settings, the verdict. What it cannot decide it calls new, because new is what
//! the gate is strict about.
#![deny(clippy::disallowed_methods)]

mod cause;
mod compare;
mod dates;
mod entry;
mod matching;
mod rebase;
mod scope;

pub use cause::past_unknown;
pub use compare::{Difference, compare, differences};
pub use entry::{Entry, Told};
pub use rebase::{Rebased, rebase};
pub use scope::{Pair, looked_at, missing, scopes_of};

use crate::model::{Finding, Report, Status, Text};

/// Where a baseline comes from and when it was taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// Which source: `path`, `artifact`, `code-scanning`, `git-ref`.
    pub source: &'static str,
    /// Where exactly, in one line without text from reports.
    pub place: String,
    /// The commit that it is of, where it is known.
    pub sha: Option<String>,
    /// When it was taken, RFC 3339.
    pub taken: Option<String>,
}

/// The findings of an earlier run.
#[derive(Clone, Debug, Default)]
pub struct Baseline {
    /// Which source: `path`, `artifact`, `code-scanning`, `git-ref`.
    pub source: &'static str,
    /// Where exactly, in one line without text from reports.
    pub place: String,
    /// The commit that it is of, where it is known.
    pub sha: Option<String>,
    /// When it was taken, RFC 3339. One that is broken or lies in the future is not used.
    pub taken: Option<String>,
    /// What readers must know besides.
    pub notes: Vec<String>,
    /// Its findings, excused and suppressed ones and those that a limit kept from an upload included.
    pub entries: Vec<Entry>,
    /// What was looked at: tool, and what it scanned outside of the repository (an image without tag, a category); `None`
    /// for the repository itself.
    pub seen: Vec<(Text, Option<Text>)>,
    /// How many commits it lies behind the merge base of the change; `None` when nobody asked or knows.
    pub behind: Option<u64>,
}

impl Baseline {
    /// What an earlier run found: the merged findings of its reports, most often of the one log that it left behind. The files
    /// of the present workspace say nothing about that time, so `findings` must have been read without looking into them.
    pub fn of(origin: Origin, findings: &[Finding], reports: &[Report]) -> Baseline {
        let looks = scope::Looks::of(reports);
        let mut notes = Vec::new();
        let broken = reports
            .iter()
            .filter(|report| report.status != Status::Complete)
            .count();
        if broken > 0 {
            notes.push(format!(
                "{broken} of the {} reports of the baseline {} not complete: what the base had and they do not say counts as new",
                reports.len(),
                if broken == 1 { "is" } else { "are" },
            ));
        }
        Baseline {
            source: origin.source,
            place: origin.place,
            sha: origin.sha,
            taken: origin.taken,
            notes,
            entries: findings
                .iter()
                .map(|finding| Entry::of(finding, &looks))
                .collect(),
            seen: looks.pairs(findings),
            behind: None,
        }
    }
}

#[cfg(test)]
mod tests;
