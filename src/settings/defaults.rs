//! What holds when nobody says anything, for documents. The values themselves stand in `resolve`.

use serde_json::Value;

use super::config_file::DEFAULT_PATH;
use super::origin::Origin;
use super::resolve::{Layers, resolve};
use super::tables::WAIVERS;
use crate::model::{Context, Shown};

/// What holds when nobody says anything.
pub fn built_in() -> Vec<Shown> {
    // The built-in values are right, which a test holds.
    resolve(&Layers::default(), Context::default())
        .map(|settings| settings.shown)
        .unwrap_or_default()
}

/// What documents say of a value that nobody gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefaultText {
    /// In a few words.
    pub text: String,
    /// The words are the value itself, not a description of it.
    pub literal: bool,
}

/// The default of an input, from [`built_in`]; nothing for those that are unset.
pub fn default_of(name: &str, built_in: &[Shown]) -> Option<DefaultText> {
    let said = |text: &str, literal| {
        Some(DefaultText {
            text: text.to_string(),
            literal,
        })
    };
    let shown = built_in.iter().find(|shown| shown.name == name)?;
    match &shown.value {
        _ if name == "config" => said(&format!("{DEFAULT_PATH}, where it exists"), false),
        _ if name == "waivers" => said(&format!("{WAIVERS}, where it exists"), false),
        _ if shown.origin == Origin::Preset.word() => said("the row of the preset", false),
        Value::String(text) if text != "unset" => said(text, true),
        Value::Array(entries) if !entries.is_empty() => {
            let words: Vec<&str> = entries.iter().filter_map(Value::as_str).collect();
            said(&words.join(", "), true)
        }
        value @ (Value::Bool(_) | Value::Number(_)) => said(&value.to_string(), true),
        _ => None,
    }
}
