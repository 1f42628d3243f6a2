//! `schema`: the JSON schemas of what is read and written.

use super::json;
use crate::settings::config_schema;

/// The schema of `verdict.json`.
pub const VERDICT: &str = include_str!("../../docs/verdict.schema.json");

/// The schema of what `diff --format json` prints.
pub const DIFF: &str = include_str!("../../docs/diff.schema.json");

/// The schema of the waiver file.
pub const WAIVERS: &str = include_str!("../../docs/waivers.schema.json");

/// The schema of what the webhook gets.
pub const NOTICE: &str = include_str!("../../docs/notice.schema.json");

/// The JSON schema of the config file; `docs/config.schema.json` is this text.
pub fn config() -> String {
    json(&config_schema())
}
