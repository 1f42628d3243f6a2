//! The JSON schema of the config file, and the shapes that its values may take.
//!
//! Editors check YAML against it as JSON, so a number or a boolean stands beside the text where people write one.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};

use super::defaults::built_in;
use super::inputs::{BRANCHES, Inputs, NOT_IN_A_SECTION};
use super::origin::Origin;
use super::read::ANNOTATIONS_MOST;
use super::tables::{INPUTS, MODES, PRESETS, SUPPRESSIONS};
use super::values::SEVERITIES;

/// What an age in days looks like.
const DAYS: &str = "^ *[0-9]+ *[dwDW] *$";
/// What the name of an environment or a component looks like.
const NAME: &str = "^[A-Za-z0-9][A-Za-z0-9._/-]{0,59}$";

/// One text or several.
pub(super) fn list(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "anyOf": [
            { "type": "string" },
            { "type": "array", "items": { "type": "string", "minLength": 1 } }
        ]
    })
}

/// A text that is not empty.
pub(super) fn text(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "minLength": 1 })
}

/// A number and its unit.
pub(super) fn age(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "pattern": "^ *[0-9]+ *[smhdwSMHDW] *$" })
}

/// A day.
pub(super) fn day(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" })
}

/// A count of annotations.
pub(super) fn annotations(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "integer", "minimum": 0, "maximum": ANNOTATIONS_MOST })
}

/// True or false.
pub(super) fn boolean(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "boolean" })
}

/// True, false or `auto`.
pub(super) fn switch(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "enum": [true, false, "auto"] })
}

/// A severity.
pub(super) fn severity(_: &mut SchemaGenerator) -> Schema {
    words(SEVERITIES)
}

/// The words of `scanner-suppressions`.
pub(super) fn scanner_suppressions(_: &mut SchemaGenerator) -> Schema {
    words(SUPPRESSIONS)
}

/// The presets.
pub(super) fn preset(_: &mut SchemaGenerator) -> Schema {
    words(PRESETS)
}

/// The modes.
pub(super) fn comment(_: &mut SchemaGenerator) -> Schema {
    words(super::tables::COMMENTS)
}

pub(super) fn publish(_: &mut SchemaGenerator) -> Schema {
    words(super::tables::PUBLISH)
}

pub(super) fn mode(_: &mut SchemaGenerator) -> Schema {
    words(MODES)
}

/// A list of mappings.
pub(super) fn entries<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "array", "items": generator.subschema_for::<T>() })
}

/// A mapping with fixed keys.
pub(super) fn entry<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

/// Mappings by names that people choose.
pub(super) fn named<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "propertyNames": { "pattern": NAME },
        "additionalProperties": generator.subschema_for::<T>(),
    })
}

/// The sections of the environments; [`config_file`] writes what one of them is.
pub(super) fn environments(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "propertyNames": { "pattern": NAME, "not": { "const": "auto" } },
        "additionalProperties": { "$ref": "#/$defs/environment" },
    })
}

/// Whole days.
pub(super) fn days(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "pattern": DAYS })
}

/// Whole days by severity.
pub(super) fn days_by_severity(_: &mut SchemaGenerator) -> Schema {
    let words: Vec<&str> = SEVERITIES.iter().map(|(word, _)| *word).collect();
    json_schema!({
        "type": "object",
        "propertyNames": { "enum": words },
        "additionalProperties": { "type": "string", "pattern": DAYS },
    })
}

/// A number of findings.
pub(super) fn count(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "integer", "minimum": 1, "maximum": u32::MAX })
}

/// The words of `inputs`.
pub(super) fn inputs(_: &mut SchemaGenerator) -> Schema {
    words(INPUTS)
}

fn words<T>(table: &[(&str, T)]) -> Schema {
    let words: Vec<&str> = table.iter().map(|(word, _)| *word).collect();
    json_schema!({ "type": "string", "enum": words })
}

/// The schema of the config file, with the built-in value of each key.
pub fn config_file() -> Value {
    let mut schema = schemars::schema_for!(Inputs).to_value();
    let built_in = built_in();
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        for (name, property) in properties.iter_mut() {
            let default = built_in.iter().find(|shown| shown.name == *name);
            if let (Some(default), Some(property)) = (default, property.as_object_mut()) {
                // The rows of the preset are no values of these keys: another preset has others.
                if !default.value.is_null() && default.origin != Origin::Preset.word() {
                    property.insert("default".to_string(), default.value.clone());
                }
                property.insert("title".to_string(), json!(name));
                if let Some(text) = property.get("description").and_then(Value::as_str) {
                    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
                    property.insert("description".to_string(), json!(line));
                }
            }
        }
    }
    if let Some(environment) = environment(&schema) {
        schema["$defs"]["environment"] = environment;
    }
    schema
}

/// What a section of `environments` is: the keys of the top level, but those about the whole file.
fn environment(schema: &Value) -> Option<Value> {
    let keys = schema.get("properties")?.as_object()?.keys();
    let mut properties: Map<String, Value> = keys
        .filter(|key| !NOT_IN_A_SECTION.contains(&key.as_str()))
        .map(|key| {
            (
                key.clone(),
                json!({ "$ref": format!("#/properties/{key}") }),
            )
        })
        .collect();
    let mut branches = list(&mut SchemaGenerator::default()).to_value();
    branches["title"] = json!(BRANCHES);
    branches["description"] = json!(
        "Globs over the branches that belong to it; one that begins with refs/ is held against the whole ref."
    );
    properties.insert(BRANCHES.to_string(), branches);
    Some(json!({
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    }))
}
