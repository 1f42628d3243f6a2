//! Settings: checked values, each of which remembers where it came from.
//!
//! Precedence: flag, `INPUT_*`, config file, preset, built-in. What people write is [`Inputs`], everything optional and
//! unchecked; what the program uses is [`Settings`], where every value is legal. The environment and files come in as
//! data: the door is in `main`.
//!
//! Must not know: formats, destinations, what a setting is used for.

mod config_file;
mod defaults;
mod github_env;
pub mod inputs;
mod names;
mod origin;
mod read;
mod resolve;
mod resolver;
mod schema;
mod tables;
mod values;

use std::collections::BTreeMap;

pub use config_file::{ConfigFile, DEFAULT_PATH, ReadFile, parse as parse_config};
pub use defaults::{DefaultText, built_in, default_of};
pub use github_env::context;
pub use inputs::{Inputs, secrets};
pub use names::{is_later, not_yet};
pub use origin::{Origin, Problem, SettingsError, plain, quoted};
pub use resolve::{Layers, resolve};
pub use schema::config_file as config_schema;
pub use tables::DESTINATIONS;
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
    /// Where the findings of earlier runs come from: `git-ref`, or another word or path. `None` when nobody asked.
    pub baseline: Option<String>,
    /// PEM file with further certificate authorities.
    pub ca_bundle: Option<String>,
    /// Key of the secrets' hashes.
    pub identity_key: Option<Hidden>,
    /// Every setting with its origin, for `settings` and `verdict.json`.
    pub shown: Vec<Shown>,
    /// Where the run takes place.
    pub context: Context,
}

/// Where settings come from, as data.
pub struct Door<'a> {
    /// The environment, read once.
    pub environment: &'a BTreeMap<String, String>,
    /// The working directory.
    pub working_directory: &'a str,
    /// Reads a file; paths are absolute or relative to the working directory.
    pub read: ReadFile<'a>,
}

/// The whole way: the event, the inputs, the config file, and what they come to.
pub fn load(flags: Inputs, door: &Door<'_>) -> Result<Settings, SettingsError> {
    let event = door
        .environment
        .get("GITHUB_EVENT_PATH")
        .and_then(|path| (door.read)(path).ok())
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let context = context(door.environment, event.as_deref(), door.working_directory);
    let (inputs, mut problems) = inputs::from_environment(door.environment);
    let named = flags.config.as_ref().or(inputs.config.as_ref());
    let named = named.map(|path| path.0.trim());
    let config = config_file::load(named, &context.workspace, door.read).unwrap_or_else(|found| {
        problems.extend(found);
        None
    });
    let layers = Layers {
        flags,
        inputs,
        config,
    };
    match resolve(&layers, context) {
        Ok(settings) => SettingsError::unless_empty(problems).map(|()| settings),
        Err(error) => {
            problems.extend(error.problems);
            Err(SettingsError { problems })
        }
    }
}
