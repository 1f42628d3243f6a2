//! How one value is found: the strongest layer that has it, checked, shown with its origin, and what is wrong with it.
//!
//! Must not know: which inputs there are.

use serde_json::{Value, json};

use super::Layers;
use crate::model::{Hidden, Shown};
use crate::settings::inputs::Inputs;
use crate::settings::names::word;
use crate::settings::origin::{Origin, Problem};
use crate::settings::tables::BOOLEANS;
use crate::settings::values::{List, Text};

/// Looks a field up in one layer.
pub(in crate::settings) type Field<T> = fn(&Inputs) -> &Option<T>;

/// Picks values out of the layers, and keeps what is shown and what is wrong.
pub(in crate::settings) struct Resolver<'a> {
    pub(in crate::settings) layers: &'a Layers,
    /// The environment in force and its section of the config file, where it has one.
    pub(in crate::settings) section: Option<(&'a str, &'a Inputs)>,
    pub(in crate::settings) problems: Vec<Problem>,
    pub(in crate::settings) shown: Vec<Shown>,
}

impl<'a> Resolver<'a> {
    /// Nothing picked yet.
    pub(in crate::settings) fn new(layers: &'a Layers) -> Resolver<'a> {
        Resolver {
            layers,
            section: None,
            problems: Vec::new(),
            shown: Vec::new(),
        }
    }

    /// The value of the strongest layer that has one.
    pub(in crate::settings) fn pick<T>(&self, field: Field<T>) -> Option<(&'a T, Origin)> {
        let layers = self.layers;
        let config = layers.config.as_ref().map(|config| &config.inputs);
        [
            (Some(&layers.flags), Origin::Flag),
            (Some(&layers.inputs), Origin::Input),
            (
                self.section.map(|(_, section)| section),
                Origin::Environment,
            ),
            (config, Origin::Config),
        ]
        .into_iter()
        .find_map(|(layer, origin)| Some((field(layer?).as_ref()?, origin)))
    }

    pub(in crate::settings) fn show(&mut self, name: &str, value: Value, origin: Origin) {
        let origin = match (origin, self.section) {
            (Origin::Environment, Some((name, _))) => format!("{} ({name})", origin.word()),
            _ => origin.word().to_string(),
        };
        self.show_from(name, value, origin);
    }

    /// As [`Resolver::show`], with an origin in words.
    pub(in crate::settings) fn show_from(&mut self, name: &str, value: Value, origin: String) {
        self.shown.push(Shown {
            name: name.to_string(),
            value,
            origin,
        });
    }

    pub(in crate::settings) fn refuse(
        &mut self,
        name: &str,
        origin: Origin,
        text: impl Into<String>,
    ) {
        let problem = match (origin, &self.layers.config) {
            (Origin::Flag, _) => Problem::flag(name, text),
            (Origin::Config, Some(file)) => file.problem(name, text),
            (Origin::Environment, Some(file)) => {
                let section = self.section.map_or("", |(name, _)| name);
                file.problem(&format!("environments.{section}.{name}"), text)
            }
            _ => Problem::input(name, text),
        };
        self.problems.push(problem);
    }

    /// Keeps what was read, or the problem.
    pub(in crate::settings) fn take<V>(
        &mut self,
        name: &str,
        origin: Origin,
        read: Result<V, String>,
    ) -> Option<V> {
        read.map_err(|text| self.refuse(name, origin, text)).ok()
    }

    /// A scalar with a built-in value.
    pub(in crate::settings) fn text<V>(
        &mut self,
        name: &str,
        field: Field<Text>,
        built_in: &str,
        read: impl Fn(&str) -> Result<V, String>,
    ) -> Option<V> {
        let (text, origin) = match self.pick(field) {
            Some((text, origin)) => (text.0.as_str(), origin),
            None => (built_in, Origin::BuiltIn),
        };
        self.scalar(name, text, origin, read)
    }

    /// A scalar that may be unset.
    pub(in crate::settings) fn optional<V>(
        &mut self,
        name: &str,
        field: Field<Text>,
        read: impl Fn(&str) -> Result<V, String>,
    ) -> Option<V> {
        match self.pick(field) {
            Some((text, origin)) => self.scalar(name, &text.0, origin, read),
            None => {
                self.show(name, Value::Null, Origin::BuiltIn);
                None
            }
        }
    }

    pub(in crate::settings) fn scalar<V>(
        &mut self,
        name: &str,
        text: &str,
        origin: Origin,
        read: impl Fn(&str) -> Result<V, String>,
    ) -> Option<V> {
        let text = text.trim();
        self.show(name, typed(text), origin);
        if text.is_empty() {
            self.refuse(name, origin, "the value is empty; give one or leave it out");
            return None;
        }
        self.take(name, origin, read(text))
    }

    /// A scalar that is one of a few words.
    pub(in crate::settings) fn word<V: Copy>(
        &mut self,
        name: &str,
        field: Field<Text>,
        built_in: &str,
        table: &[(&str, V)],
    ) -> Option<V> {
        self.text(name, field, built_in, |text| word(table, text))
    }

    /// A list whose absence is the empty one.
    pub(in crate::settings) fn list(
        &mut self,
        name: &str,
        field: Field<List>,
        read: impl Fn(&[String]) -> Result<Vec<String>, String>,
    ) -> Vec<String> {
        let Some((list, origin)) = self.pick(field) else {
            self.show(name, json!([]), Origin::BuiltIn);
            return Vec::new();
        };
        let entries = self.take(name, origin, read(&list.0)).unwrap_or_default();
        self.show(name, json!(entries), origin);
        entries
    }

    /// A secret: shown as `set` or `unset`, and no error says more.
    pub(in crate::settings) fn secret(
        &mut self,
        name: &str,
        field: Field<Hidden>,
    ) -> Option<Hidden> {
        let picked = self.pick(field);
        let origin = picked.map_or(Origin::BuiltIn, |(_, origin)| origin);
        let word = if picked.is_some() { "set" } else { "unset" };
        self.show(name, json!(word), origin);
        picked.map(|(secret, _)| secret.clone())
    }

    pub(in crate::settings) fn entries<T>(&self, field: Field<Vec<T>>) -> (&'a [T], Origin) {
        self.pick(field)
            .map_or((&[], Origin::BuiltIn), |(entries, origin)| {
                (entries.as_slice(), origin)
            })
    }
}

/// A scalar as JSON shows it: numbers and booleans as such, everything else as text.
fn typed(text: &str) -> Value {
    match word(BOOLEANS, text) {
        Ok(value) => json!(value),
        Err(_) => text
            .parse::<u32>()
            .map_or_else(|_| json!(text), |number| json!(number)),
    }
}
