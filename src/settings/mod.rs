//! Settings: checked values, each of which remembers where it came from.
//!
//! Precedence: flag, `INPUT_*`, config file (environment, then top level), preset, built-in. What people write is [`Inputs`], everything optional and
//! unchecked; what the program uses is [`Settings`], where every value is legal. The environment and files come in as
//! data: the door is in `main`.
//!
//! Must not know: formats, destinations, what a setting is used for.

mod config_file;
mod defaults;
mod github_env;
pub mod inputs;
mod load;
mod names;
mod origin;
mod read;
mod read_judge;
mod read_publish;
mod resolve;
mod schema;
mod strictness;
mod tables;
mod tighten;
mod trusted;
mod values;

pub use config_file::{ConfigFile, DEFAULT_PATH, ReadFile, parse as parse_config};
pub use defaults::{DefaultText, built_in, default_of};
pub use github_env::context;
pub use inputs::{Inputs, secrets};
pub use load::{Door, load, load_at};
pub use names::{is_later, not_yet};
pub use origin::{Origin, Problem, SettingsError, plain, quoted};
pub use read_publish::is_bundle;
pub use resolve::{Layers, check_environments, resolve};
pub use schema::config_file as config_schema;
pub use tables::{DESTINATIONS, WAIVERS};
pub use trusted::{Base, FetchCentral, FindBase, ReadBase, ReadHead};
pub use values::{List, Terms, Text};

use crate::gate::Policy;
pub use crate::model::Hidden;
use crate::model::{Context, Mode, Severity, Shown};

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

/// When the pull request gets a comment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Comment {
    /// Never.
    Never,
    /// Where the verdict is no pass, or the change brings or fixes findings.
    #[default]
    OnChange,
    /// Where the verdict is `fail` or `incomplete`.
    OnFailure,
    /// Always.
    Always,
}

/// When others are told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Publish {
    /// By this run.
    #[default]
    Now,
    /// By a trusted run, from a bundle that this one writes.
    Later,
}

/// Where Jira is, and who we are there.
#[derive(Clone, Debug)]
pub struct Jira {
    /// Base address without a slash at its end.
    pub url: String,
    /// The account; without one the token goes as a bearer token.
    pub user: Option<String>,
    /// The API token. A run of a fork has no secrets, so its absence is no mistake in the settings.
    pub token: Option<Hidden>,
    /// Key of the project.
    pub project: String,
}

/// Where the findings that were there before come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum BaselineFrom {
    /// A file: our evidence or a SARIF log.
    Path(String),
    /// An artifact of an earlier run of the base branch.
    Artifact {
        /// Its name; `None` for that of the evidence.
        name: Option<String>,
    },
    /// The alerts of code scanning.
    CodeScanning,
    /// A ref of git.
    GitRef,
    /// The first of these that there is. Only in Actions.
    Auto,
    /// There is no baseline.
    #[default]
    None,
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
    /// The environment in force, where there is one.
    pub environment: Option<String>,
    /// Files with waivers, and ignore files of scanners.
    pub waivers: Vec<String>,
    /// Nobody named waivers: `waivers` holds the usual place, where no file is no error.
    pub waivers_built_in: bool,
    /// VEX documents.
    pub vex: Vec<String>,
    /// Where the baseline comes from.
    pub baseline: BaselineFrom,
    /// File with EPSS scores.
    pub epss: Option<String>,
    /// File with the catalogue of known exploited vulnerabilities.
    pub kev: Option<String>,
    /// Label that asks for a bypass; without one there is none.
    pub bypass_label: Option<String>,
    /// How long a bypass lasts from when its label was set, in seconds.
    pub bypass_lasts: u64,
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
    /// When the pull request gets a comment.
    pub comment: Comment,
    /// Somebody asked for the comment, so that one that cannot be written is a failure.
    pub comment_asked: bool,
    /// Whether code scanning gets the findings.
    pub upload_sarif: Switch,
    /// Name that keeps this job's analyses and comment apart from those of others.
    pub category: Option<String>,
    /// Whether alerts of excused findings are dismissed.
    pub dismiss_excused: Switch,
    /// Slack's incoming webhook.
    pub slack_webhook_url: Option<Hidden>,
    /// Address of the webhook.
    pub webhook_url: Option<Hidden>,
    /// Key by which the webhook's bodies are signed.
    pub webhook_secret: Option<Hidden>,
    /// Jira, where all of it was given.
    pub jira: Option<Jira>,
    /// When others are told.
    pub publish: Publish,
    /// Destinations that must be told, by id.
    pub require_publish: Vec<String>,
    /// PEM file with further certificate authorities.
    pub ca_bundle: Option<String>,
    /// Key of the secrets' hashes.
    pub identity_key: Option<Hidden>,
    /// Every setting with its origin, for `settings` and `verdict.json`.
    pub shown: Vec<Shown>,
    /// The commit that config, waivers, VEX and baseline files are read from; `None` where the checkout itself counts.
    pub base: Option<Base>,
    /// Inputs that would loosen the config of the trusted commit and do not count, one sentence each.
    pub refused: Vec<String>,
    /// What the settings would be with the config file of the change, where that is another one.
    pub proposed: Option<Box<Settings>>,
    /// What else readers must know of the change's config file, one sentence each.
    pub trust_notes: Vec<String>,
    /// Where the run takes place.
    pub context: Context,
}
