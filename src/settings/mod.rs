//! Settings: checked values, each of which remembers where it came from.
//!
//! Precedence: flag, `INPUT_*`, config file, built-in. The environment is read at this module's door only.

use crate::gate::Policy;
use crate::model::{Context, Mode, Severity, Shown};

/// A setting that must not be shown: no `Display`, no `Debug` of the value, no `Serialize`.
#[derive(Clone, PartialEq, Eq)]
pub struct Hidden(String);

impl Hidden {
    /// Takes the value.
    pub fn new(value: impl Into<String>) -> Hidden {
        Hidden(value.into())
    }

    /// Gives the value to the one place that sends it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hidden")
    }
}

/// On, off, or where it makes sense.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Switch {
    /// Where it can be done.
    #[default]
    Auto,
    /// Always; impossible is an error of that destination.
    On,
    /// Never.
    Off,
}

/// The effective settings of a run.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Entries of `reports` as written: path or glob, with an optional `format=` prefix or a leading `!`.
    pub reports: Vec<String>,
    /// Nobody named reports: `reports` holds the built-in globs, and only all of them without a match is a gap.
    pub reports_built_in: bool,
    /// Directory of the repository that relative paths in reports start from, without slashes at its ends.
    pub path_prefix: Option<String>,
    /// Oldest age of a report file in seconds.
    pub max_report_age: Option<u64>,
    /// Reports that git tracks are read even in Actions (for demonstrations).
    pub allow_tracked_reports: bool,
    /// Severities moved per tool and rule: (tool glob, rule glob, severity), the first match counts.
    pub severity_map: Vec<(String, String, Severity)>,
    /// The rules.
    pub policy: Policy,
    /// What a failing verdict does.
    pub mode: Mode,
    /// Folder of the evidence.
    pub evidence_dir: String,
    /// Token for GitHub's API.
    pub token: Option<Hidden>,
    /// Whether to make a check run.
    pub check_run: Switch,
    /// Name of the check run.
    pub check_name: String,
    /// How many annotations at most.
    pub annotations: usize,
    /// Whether to write the step summary.
    pub summary: bool,
    /// Destinations that must be told, by id.
    pub require_publish: Vec<String>,
    /// PEM file with further certificate authorities.
    pub ca_bundle: Option<String>,
    /// Key of the secrets' hashes.
    pub identity_key: Option<Hidden>,
    /// Every setting with its origin, for `settings` and `verdict.json`.
    pub shown: Vec<Shown>,
    /// Where the run takes place.
    pub context: Context,
}
