//! The whole way: the event, the inputs, the config file that counts, and what they come to.

use std::collections::BTreeMap;

use super::config_file::ConfigFile;
use super::inputs::Inputs;
use super::origin::{Problem, SettingsError, plain};
use super::resolve::{Layers, resolve};
use super::tighten::tightened;
use super::trusted::{FetchCentral, FindBase, Found, Proposed, Reach, ReadHead, find};
use super::{ReadFile, Settings, context, inputs};
use crate::model::Context;

/// Where settings come from, as data.
pub struct Door<'a> {
    /// The environment, read once.
    pub environment: &'a BTreeMap<String, String>,
    /// The working directory.
    pub working_directory: &'a str,
    /// Reads a file; paths are absolute or relative to the working directory.
    pub read: ReadFile<'a>,
    /// Reads a file of the checkout of a proposed change.
    pub head: ReadHead<'a>,
    /// Finds the commit that a proposed change is judged by.
    pub base: FindBase<'a>,
    /// Fetches a config file of another repository.
    pub central: FetchCentral<'a>,
}

/// The effective settings of the run that the environment describes.
///
/// # Errors
/// Everything that is wrong with flags, inputs and the config file, or that the config file cannot be had.
pub fn load(flags: Inputs, door: &Door<'_>) -> Result<Settings, SettingsError> {
    let event = door
        .environment
        .get("GITHUB_EVENT_PATH")
        .and_then(|path| (door.read)(path).ok())
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let context = context(door.environment, event.as_deref(), door.working_directory);
    load_at(flags, door, context)
}

/// The effective settings of a run in this place, whatever the environment says of it.
///
/// # Errors
/// As [`load`].
pub fn load_at(
    flags: Inputs,
    door: &Door<'_>,
    context: Context,
) -> Result<Settings, SettingsError> {
    let (inputs, mut problems) = inputs::from_environment(door.environment);
    let mut layers = Layers {
        flags,
        inputs,
        config: None,
    };
    let found = find_config(&layers, &context, door).unwrap_or_else(|found| {
        problems.extend(found);
        Found::default()
    });
    let Found {
        config,
        base,
        refused,
        proposed,
    } = found;
    if !refused.is_empty() {
        layers.flags.config = None;
        layers.inputs.config = None;
    }
    layers.config = config;
    match of_change(&layers, &context) {
        Ok(mut settings) => {
            SettingsError::unless_empty(problems)?;
            settings.refused.splice(0..0, refused);
            settings.base = base;
            propose(&mut settings, layers, proposed);
            Ok(settings)
        }
        Err(error) => {
            problems.extend(error.problems);
            Err(SettingsError::of(problems))
        }
    }
}

/// Finds the config file with what flags and inputs say about where it is and how it is reached.
fn find_config(layers: &Layers, context: &Context, door: &Door<'_>) -> Result<Found, Vec<Problem>> {
    let Layers { flags, inputs, .. } = layers;
    let named = flags.config.as_ref().or(inputs.config.as_ref());
    let ca_bundle = flags.ca_bundle.as_ref().or(inputs.ca_bundle.as_ref());
    let reach = Reach {
        read: door.read,
        head: door.head,
        base: door.base,
        central: door.central,
        token: flags.token.as_ref().or(inputs.token.as_ref()),
        config_token: flags.config_token.as_ref().or(inputs.config_token.as_ref()),
        ca_bundle: ca_bundle.map(|path| path.0.trim()),
    };
    find(named.map(|path| path.0.trim()), context, &reach)
}

/// What the layers come to, which on a proposed change may only tighten the config file.
fn of_change(layers: &Layers, context: &Context) -> Result<Settings, SettingsError> {
    if context.actions && context.is_proposal() {
        tightened(layers, context.clone())
    } else {
        resolve(layers, context.clone())
    }
}

/// Adds what the config file of the change would give.
fn propose(settings: &mut Settings, mut layers: Layers, proposed: Proposed) {
    let other: Option<ConfigFile> = match proposed {
        Proposed::Same => return,
        Proposed::Other(file) => file.map(|file| *file),
        Proposed::Broken(problems) => {
            settings.trust_notes.extend(broken(&problems));
            return;
        }
    };
    layers.config = other;
    match of_change(&layers, &settings.context) {
        Ok(other) => settings.proposed = Some(Box::new(other)),
        Err(error) => settings.trust_notes.extend(broken(&error.problems)),
    }
}

/// The sentence about a config file that cannot be used once it is merged.
fn broken(problems: &[Problem]) -> Option<String> {
    let first = problems.first()?;
    // The text may show a term with a caret below it; one line is enough here.
    let line = first.text.lines().next().unwrap_or_default();
    let more = match problems.len() {
        1 => String::new(),
        count => format!(" (and {} more)", count.saturating_sub(1)),
    };
    Some(format!(
        "the pull request breaks {}: {}{more}; once merged, every run would end with a configuration error",
        first.place,
        plain(line).trim_matches('"'),
    ))
}
