//! What stands below the keys of the config file that no input has.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Ordered;
use crate::settings::schema;
use crate::settings::values::{Day, Glob, Level, List, Terms, Text, Tool};

/// An entry of `severity-map`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(inline)]
pub struct SeverityEntry {
    /// Glob over the ids of tools; without it every tool.
    #[schemars(schema_with = "schema::text")]
    #[serde(default)]
    pub tool: Option<Glob>,
    /// Glob over the ids of rules; without it every rule.
    #[schemars(schema_with = "schema::text")]
    #[serde(default)]
    pub rule: Option<Glob>,
    /// The severity that counts instead of the tool's.
    #[schemars(schema_with = "schema::severity")]
    pub severity: Level,
}

/// An entry of `allow-incomplete`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(inline)]
pub struct IncompleteEntry {
    /// Id of the tool.
    #[schemars(schema_with = "schema::text")]
    pub tool: Tool,
    /// Last day on which this holds, YYYY-MM-DD in UTC.
    #[schemars(schema_with = "schema::day")]
    pub until: Day,
}

/// An entry of `components`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(inline)]
pub struct ComponentEntry {
    /// Globs over paths of the repository.
    #[schemars(schema_with = "schema::list")]
    pub paths: List,
    /// Who owns it, such as @octo/payments.
    #[schemars(schema_with = "schema::text")]
    #[serde(default)]
    pub owner: Option<Text>,
    /// Its own row fail-on; without it that of the whole.
    #[schemars(schema_with = "schema::list")]
    #[serde(default)]
    pub fail_on: Option<Terms>,
    /// Its own row warn-on; without it that of the whole.
    #[schemars(schema_with = "schema::list")]
    #[serde(default)]
    pub warn_on: Option<Terms>,
    /// Its own row note-on; without it that of the whole.
    #[schemars(schema_with = "schema::list")]
    #[serde(default)]
    pub note_on: Option<Terms>,
    /// What it sets aside besides what the whole does.
    #[schemars(schema_with = "schema::list")]
    #[serde(default)]
    pub exclude: Option<Terms>,
}

/// The key `waiver-limits`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(inline)]
pub struct WaiverLimits {
    /// What waivers have to say besides what every waiver must: approved-by, ticket, created.
    #[schemars(schema_with = "schema::list")]
    pub require: Option<List>,
    /// Longest life of a waiver by the severity of the finding, in days.
    #[schemars(schema_with = "schema::days_by_severity")]
    pub longest: Option<Ordered<Text>>,
    /// Whether a vulnerability that is known to be exploited can be waived.
    #[schemars(schema_with = "schema::boolean")]
    pub allow_kev: Option<bool>,
    /// How long before its end a waiver is warned of, in days.
    #[schemars(schema_with = "schema::days")]
    pub warn_before: Option<Text>,
    /// From how many findings on a waiver is reported as over-broad.
    #[schemars(schema_with = "schema::count")]
    pub broad: Option<Text>,
}

/// The key `bypass`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(inline)]
pub struct BypassRules {
    /// Whether a bypass also lifts an incomplete verdict.
    #[schemars(schema_with = "schema::boolean")]
    pub allow_incomplete: Option<bool>,
    /// How long a bypass holds from when the label was set, at most 7d.
    #[schemars(schema_with = "schema::age")]
    pub lasts: Option<Text>,
}
