//! The config file: YAML with the names of the inputs as keys.
//!
//! Two passes over one text: the first looks at the names of the keys and remembers their lines, the second reads the
//! values. A key that nobody knows is an error with the nearest right name, never a rule that silently does not count.
//!
//! Must not know: how layers are put together, where the text comes from.

use std::collections::BTreeMap;
use std::fmt;
use std::io;

use serde::de::{self, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, de::DeserializeOwned};
use serde_saphyr::Spanned;

use super::inputs::{self, CONFIG_ONLY, Inputs};
use super::names::{is_later, not_yet};
use super::origin::{Problem, quoted};
use crate::syntax::words::unknown;
use crate::syntax::yaml;

/// Where the file is looked for when nobody names one.
pub const DEFAULT_PATH: &str = ".github/sarif-gate.yml";

pub(super) use crate::syntax::yaml::BYTES_MOST;

/// Reads a file whose path is absolute or relative to the working directory. `NotFound` is an answer, not a failure.
pub type ReadFile<'a> = &'a dyn Fn(&str) -> io::Result<Vec<u8>>;

/// A config file that was read.
#[derive(Clone, Debug, Default)]
pub struct ConfigFile {
    /// Its path as it is shown.
    pub path: String,
    /// What its keys say; no secrets and no `config`.
    pub inputs: Inputs,
    /// The line of each key, from 1.
    pub lines: BTreeMap<String, u64>,
}

/// Finds and reads the file. `named` is the path that somebody asked for: that one has to exist, and one in another
/// repository is refused. Relative paths start at `workspace`.
pub(super) fn load(
    named: Option<&str>,
    workspace: &str,
    read: ReadFile<'_>,
) -> Result<Option<ConfigFile>, Vec<Problem>> {
    let path = named.unwrap_or(DEFAULT_PATH);
    let problem = |text: String| vec![Problem::config(path, None, None, text)];
    if is_elsewhere(path) {
        return Err(problem(not_yet(
            "a config file in another repository (owner/repo/path@ref)",
        )));
    }
    let bytes = match read(&within(workspace, path)) {
        Ok(bytes) => bytes,
        Err(error)
            if named.is_none()
                && matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                ) =>
        {
            return Ok(None);
        }
        Err(error) => {
            return Err(problem(format!(
                "the config file cannot be read: {error}; looked in {}",
                quoted(workspace)
            )));
        }
    };
    parse(path, &bytes).map(Some)
}

/// Whether a path names a file in another repository: `owner/repo/path@ref`. A local path that looks like it is written
/// with a leading `./`.
fn is_elsewhere(path: &str) -> bool {
    let Some((file, reference)) = path.rsplit_once('@') else {
        return false;
    };
    let local = path.starts_with('.') || path.starts_with('/') || path.contains('\\');
    !local && !reference.is_empty() && file.split('/').filter(|part| !part.is_empty()).count() >= 3
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
    let Keys(keys) = read_yaml(path, text, &[])?;
    let problems: Vec<Problem> = keys
        .iter()
        .filter_map(|key| {
            let line = Some(key.line);
            wrong_key(key).map(|text| Problem::config(path, line, None, text))
        })
        .collect();
    if !problems.is_empty() {
        return Err(problems);
    }
    let inputs = if keys.is_empty() {
        Inputs::default()
    } else {
        read_yaml::<Inputs>(path, text, &keys)?
    };
    Ok(ConfigFile {
        path: path.to_string(),
        inputs,
        lines: keys.into_iter().map(|key| (key.name, key.line)).collect(),
    })
}

/// What is wrong with a key, if anything.
fn wrong_key(key: &Key) -> Option<String> {
    let known = inputs::all();
    let name = key.name.as_str();
    if let Some(input) = known
        .iter()
        .find(|input| input.name == name && input.secret)
    {
        return Some(format!(
            "{name} is a secret and no config key: give it as the action input {name} (the environment variable {})",
            input.variable()
        ));
    }
    if name == "config" {
        return Some("config is no config key: a config file cannot name another one".to_string());
    }
    if is_later(name) {
        return Some(not_yet(&format!("the key {name}")));
    }
    let right = || {
        known
            .iter()
            .filter(|input| !input.secret && input.name != "config")
            .map(|input| input.name.as_str())
            .chain(CONFIG_ONLY.iter().copied())
    };
    if !right().any(|known| known == name) {
        return Some(unknown("key", name, right()));
    }
    key.empty
        .then(|| format!("{name} has no value; give one or remove the key"))
}

/// Reads the text; `keys` are the known ones, so that an error can name the one that it stands under.
fn read_yaml<T: DeserializeOwned>(path: &str, text: &str, keys: &[Key]) -> Result<T, Vec<Problem>> {
    yaml::read(text).map_err(|error| {
        let key = keys
            .iter()
            .filter(|key| error.line.is_some_and(|line| key.line <= line))
            .max_by_key(|key| key.line);
        let name = key.map(|key| key.name.as_str());
        vec![Problem::config(path, error.line, name, error.words)]
    })
}

/// The keys of the document, in its order.
struct Keys(Vec<Key>);

struct Key {
    name: String,
    line: u64,
    empty: bool,
}

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Keys, D::Error> {
        struct KeysVisitor;
        impl<'de> Visitor<'de> for KeysVisitor {
            type Value = Keys;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("keys with values (name: value)")
            }
            fn visit_unit<E: de::Error>(self) -> Result<Keys, E> {
                Ok(Keys(Vec::new()))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Keys, A::Error> {
                let mut keys = Vec::new();
                while let Some(name) = map.next_key::<Spanned<String>>()? {
                    let Empty(empty) = map.next_value()?;
                    keys.push(Key {
                        line: name.referenced.line(),
                        name: name.value,
                        empty,
                    });
                }
                Ok(Keys(keys))
            }
        }
        deserializer.deserialize_any(KeysVisitor)
    }
}

/// Whether a value is absent; anything else is skipped.
struct Empty(bool);

impl<'de> Deserialize<'de> for Empty {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Empty, D::Error> {
        Option::<IgnoredAny>::deserialize(deserializer).map(|value| Empty(value.is_none()))
    }
}
