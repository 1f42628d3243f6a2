//! The keys of a config file with their lines, and which of them nobody knows.
//!
//! Must not know: what the values mean.

use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;

use crate::settings::inputs::{self, BRANCHES, CONFIG_ONLY, InputInfo, NOT_IN_A_SECTION};
use crate::settings::names::{is_later, not_yet};
use crate::settings::origin::{Problem, plain};
use crate::syntax::words::unknown;

/// The key under which the environments stand.
const ENVIRONMENTS: &str = "environments";

/// Longest path of a key whose keys get paths of their own, in bytes: far above any real one, and a name of a megabyte is
/// not repeated for each key below it.
const PATH_MOST: usize = 200;

/// A key and what stands below it.
pub(super) struct Key {
    /// Its name as it was written.
    pub(super) name: String,
    /// Its line, from 1.
    pub(super) line: u64,
    value: Below,
}

/// What stands below a key.
pub(super) enum Below {
    Nothing,
    Keys(Vec<Key>),
    Else,
}

/// The document: its keys in its order.
pub(super) struct Keys(pub(super) Vec<Key>);

impl Keys {
    /// Every key by its path (`environments.production.fail-on`) with its line, in the order of the document.
    pub(super) fn paths(&self) -> Vec<(String, u64)> {
        let mut paths = Vec::new();
        walk("", &self.0, &mut paths);
        paths
    }

    /// What is wrong with the keys of the document and of its environments.
    pub(super) fn problems(&self, path: &str) -> Vec<Problem> {
        let known = inputs::all();
        let mut problems = Vec::new();
        let mut say = |key: &Key, text: String| {
            problems.push(Problem::config(path, Some(key.line), None, text));
        };
        for key in &self.0 {
            if let Some(text) = wrong_key(key, &known, false) {
                say(key, text);
            }
            let sections = match &key.value {
                Below::Keys(sections) if key.name == ENVIRONMENTS => sections.as_slice(),
                _ => &[],
            };
            for section in sections {
                match &section.value {
                    Below::Nothing => say(
                        section,
                        format!(
                            "the environment {} has no keys; give it some, or {{}} for none",
                            plain(&section.name)
                        ),
                    ),
                    Below::Keys(keys) => {
                        for key in keys {
                            if let Some(text) = wrong_key(key, &known, true) {
                                say(key, text);
                            }
                        }
                    }
                    // The reader of the values says what is expected.
                    Below::Else => {}
                }
            }
        }
        problems
    }
}

fn walk(above: &str, keys: &[Key], paths: &mut Vec<(String, u64)>) {
    for key in keys {
        let path = match above {
            "" => key.name.clone(),
            above => format!("{above}.{}", key.name),
        };
        if let Below::Keys(below) = &key.value
            && path.len() <= PATH_MOST
        {
            paths.push((path.clone(), key.line));
            walk(&path, below, paths);
        } else {
            paths.push((path, key.line));
        }
    }
}

/// What is wrong with a key of the document or of a section of `environments`, if anything.
fn wrong_key(key: &Key, known: &[InputInfo], section: bool) -> Option<String> {
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
    if section && NOT_IN_A_SECTION.contains(&name) {
        return Some(format!(
            "{name} stands at the top level of the file, not in an environment"
        ));
    }
    if !section && name == BRANCHES {
        return Some(format!(
            "{BRANCHES} stands in an environment ({ENVIRONMENTS}: {{NAME: {{{BRANCHES}: …}}}}), not at the top level"
        ));
    }
    if is_later(name) {
        return Some(not_yet(&format!("the key {name}")));
    }
    let right = || {
        known
            .iter()
            .filter(|input| !input.secret)
            .map(|input| input.name.as_str())
            .chain(CONFIG_ONLY.iter().copied())
            .chain(section.then_some(BRANCHES))
            .filter(|name| *name != "config" && !(section && NOT_IN_A_SECTION.contains(name)))
    };
    if !right().any(|known| known == name) {
        return Some(unknown("key", name, right()));
    }
    matches!(key.value, Below::Nothing)
        .then(|| format!("{name} has no value; give one or remove the key"))
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
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Keys, A::Error> {
                keys_of(map).map(Keys)
            }
        }
        deserializer.deserialize_any(KeysVisitor)
    }
}

fn keys_of<'de, A: MapAccess<'de>>(mut map: A) -> Result<Vec<Key>, A::Error> {
    let mut keys = Vec::new();
    while let Some(name) = map.next_key::<Spanned<String>>()? {
        keys.push(Key {
            line: name.referenced.line(),
            name: name.value,
            value: map.next_value()?,
        });
    }
    Ok(keys)
}

impl<'de> Deserialize<'de> for Below {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Below, D::Error> {
        struct BelowVisitor;
        impl<'de> Visitor<'de> for BelowVisitor {
            type Value = Below;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }
            fn visit_unit<E: de::Error>(self) -> Result<Below, E> {
                Ok(Below::Nothing)
            }
            fn visit_bool<E: de::Error>(self, _: bool) -> Result<Below, E> {
                Ok(Below::Else)
            }
            fn visit_i64<E: de::Error>(self, _: i64) -> Result<Below, E> {
                Ok(Below::Else)
            }
            fn visit_u64<E: de::Error>(self, _: u64) -> Result<Below, E> {
                Ok(Below::Else)
            }
            fn visit_i128<E: de::Error>(self, _: i128) -> Result<Below, E> {
                Ok(Below::Else)
            }
            fn visit_u128<E: de::Error>(self, _: u128) -> Result<Below, E> {
                Ok(Below::Else)
            }
            fn visit_f64<E: de::Error>(self, _: f64) -> Result<Below, E> {
                Ok(Below::Else)
            }
            fn visit_str<E: de::Error>(self, _: &str) -> Result<Below, E> {
                Ok(Below::Else)
            }
            fn visit_bytes<E: de::Error>(self, _: &[u8]) -> Result<Below, E> {
                Ok(Below::Else)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Below, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Below::Else)
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Below, A::Error> {
                keys_of(map).map(Below::Keys)
            }
        }
        deserializer.deserialize_any(BelowVisitor)
    }
}
