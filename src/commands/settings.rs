//! `settings`: every value with its origin.

use serde_json::{Map, Value, json};

use super::{Format, FormatError, json as pretty, table};
use crate::model::Shown;
use crate::settings::{Settings, plain};

/// What `sarif-gate settings` prints. Secrets are `set` or `unset`.
pub fn output(settings: &Settings, format: Format) -> Result<String, FormatError> {
    match format {
        Format::Text => Ok(table::text(
            &["setting", "value", "origin"],
            &rows(&settings.shown),
        )),
        Format::Json => Ok(pretty(&as_json(&settings.shown))),
        Format::Markdown | Format::Sarif => {
            Err(FormatError::new("settings", "text and json", format))
        }
    }
}

/// The object `settings` of `verdict.json`.
pub fn as_json(shown: &[Shown]) -> Value {
    let entries = shown.iter().map(|shown| {
        (
            shown.name.clone(),
            json!({ "value": shown.value, "origin": shown.origin }),
        )
    });
    Value::Object(entries.collect::<Map<String, Value>>())
}

fn rows(shown: &[Shown]) -> Vec<Vec<String>> {
    shown
        .iter()
        .map(|shown| {
            vec![
                shown.name.clone(),
                value_text(&shown.value),
                shown.origin.clone(),
            ]
        })
        .collect()
}

fn value_text(value: &Value) -> String {
    match value {
        Value::Null => "-".to_string(),
        Value::String(text) => plain(text),
        Value::Array(entries) if entries.is_empty() => "none".to_string(),
        Value::Array(entries) => entries
            .iter()
            .map(value_text)
            .collect::<Vec<_>>()
            .join(", "),
        Value::Object(fields) if fields.is_empty() => "none".to_string(),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| format!("{name}={}", value_text(value)))
            .collect::<Vec<_>>()
            .join(" "),
        other => other.to_string(),
    }
}
