//! The rules of a run, checked and ready.

use super::language::Conditions;
use crate::model::Severity;

/// The named tables of DESIGN: what fails, warns and is noted without further words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Preset {
    /// For a start: secrets and what can be fixed.
    Basic,
    /// The default.
    #[default]
    Standard,
    /// For what must not break.
    Strict,
}

/// What the suppressions that scanners wrote count for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ScannerSuppressions {
    /// On a pull request one counts only if the base's evidence has it; without a baseline it counts and that is said.
    #[default]
    Base,
    /// They count.
    Honour,
    /// They do not.
    Ignore,
}

/// The effective rules.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The preset that the rows start from.
    pub preset: Preset,
    /// Row `fail-on`.
    pub fail_on: Conditions,
    /// Row `warn-on`.
    pub warn_on: Conditions,
    /// Row `note-on`.
    pub note_on: Conditions,
    /// What is set aside before any row is looked at.
    pub exclude: Conditions,
    /// What an unknown severity counts as.
    pub unknown_severity: Severity,
    /// What scanners' own suppressions count for.
    pub scanner_suppressions: ScannerSuppressions,
    /// Tools that must have reported.
    pub require_reports: Vec<String>,
    /// Tools whose report may be incomplete, with the last day (`YYYY-MM-DD`, UTC, inclusive).
    pub allow_incomplete: Vec<(String, String)>,
}
