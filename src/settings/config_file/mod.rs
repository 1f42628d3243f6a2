//! The config file: YAML with the names of the inputs as keys.
//!
//! Two passes over one text: the first looks at the names of the keys and remembers their lines, the second reads the
//! values. A key that nobody knows is an error with the nearest right name, never a rule that silently does not count.
//!
//! Must not know: how layers are put together, where the text comes from.

mod keys;

use std::collections::BTreeMap;
use std::io;

use serde::de::DeserializeOwned;

use self::keys::Keys;
use super::inputs::Inputs;
use super::origin::Problem;
use crate::syntax::yaml::{self, BYTES_MOST};

/// Where the file is looked for when nobody names one.
pub const DEFAULT_PATH: &str = ".github/sarif-gate.yml";

/// Reads a file whose path is absolute or relative to the working directory. `NotFound` is an answer, not a failure.
pub type ReadFile<'a> = &'a dyn Fn(&str) -> io::Result<Vec<u8>>;

/// A config file that was read.
#[derive(Clone, Debug, Default)]
pub struct ConfigFile {
    /// Its path, with the branch and commit that it was read from where that is not the checkout: as it is shown.
    pub path: String,
    /// What its keys say; no secrets and no `config`.
    pub inputs: Inputs,
    /// The line of each key, from 1; keys below others with those before them (`environments.production.fail-on`).
    pub lines: BTreeMap<String, u64>,
}

impl ConfigFile {
    /// How many keys its top level has.
    pub fn keys(&self) -> usize {
        self.lines.keys().filter(|key| !key.contains('.')).count()
    }

    /// What is wrong with the value of a key, which is named with those above it.
    pub(super) fn problem(&self, key: &str, text: impl Into<String>) -> Problem {
        // A key that has no line of its own (in a list, behind a very long name) stands below one that has.
        let mut above = key;
        let line = loop {
            match (self.lines.get(above), above.rsplit_once('.')) {
                (Some(line), _) => break Some(*line),
                (None, Some((shorter, _))) => above = shorter,
                (None, None) => break None,
            }
        };
        Problem::config(&self.path, line, Some(key), text)
    }
}

/// A path as the process sees it.
pub(super) fn within(workspace: &str, path: &str) -> String {
    if std::path::Path::new(path).is_absolute() || workspace.is_empty() {
        return path.to_string();
    }
    format!("{}/{path}", workspace.trim_end_matches('/'))
}

/// Reads the text of a config file; `path` is for messages.
pub fn parse(path: &str, bytes: &[u8]) -> Result<ConfigFile, Vec<Problem>> {
    let problem = |text: String| vec![Problem::config(path, None, None, text)];
    if bytes.len() > BYTES_MOST {
        return Err(problem(format!(
            "the config file has {} bytes, more than the {BYTES_MOST} that are read",
            bytes.len()
        )));
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Err(problem(
            "the config file is not UTF-8 text; save it as UTF-8".to_string(),
        ));
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let keys: Keys = read_yaml(path, text, &[])?;
    let problems = keys.problems(path);
    if !problems.is_empty() {
        return Err(problems);
    }
    let lines = keys.paths();
    let inputs = if lines.is_empty() {
        Inputs::default()
    } else {
        read_yaml(path, text, &lines)?
    };
    Ok(ConfigFile {
        path: path.to_string(),
        inputs,
        lines: lines.into_iter().collect(),
    })
}

/// Reads the text; `keys` are the known ones, so that an error can name the one that it stands under.
fn read_yaml<T: DeserializeOwned>(
    path: &str,
    text: &str,
    keys: &[(String, u64)],
) -> Result<T, Vec<Problem>> {
    yaml::read(text).map_err(|error| {
        let key = keys
            .iter()
            .filter(|(_, at)| error.line.is_some_and(|line| *at <= line))
            .max_by_key(|(_, at)| *at);
        let name = key.map(|(name, _)| name.as_str());
        vec![Problem::config(path, error.line, name, error.words)]
    })
}
