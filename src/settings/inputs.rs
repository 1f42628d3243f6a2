//! The inputs: one struct for flag, `INPUT_*`, config key, JSON schema, `action.yml` and the README.
//!
//! What was written, not what it means: every field is optional and unchecked, `resolve` makes settings of it. No
//! defaults here, because a default would beat the layers below it. The doc comments are the help texts.
//!
//! A new input is one field here and the line in `resolve` that reads it.

use std::collections::BTreeMap;

use clap::Args;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::value::MapDeserializer;

use super::Hidden;
use super::names::{is_later, not_yet};
use super::origin::{Problem, plain};
use super::schema;
use super::values::{Day, Glob, Level, List, NotOnTheCommandLine, Terms, Text, Tool, Word};
use crate::syntax::words::unknown;

/// Heading of the inputs that say what is read.
pub const COLLECT: &str = "Collect";
/// Heading of the inputs that say how it is judged.
pub const JUDGE: &str = "Judge";
/// Heading of the inputs that say who is told.
pub const PUBLISH: &str = "Publish";

/// Every input as it was written in one place.
#[derive(Clone, Debug, Default, Args, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(
    title = "sarif-gate config file",
    description = "Settings of sarif-gate, by default in .github/sarif-gate.yml. Flags and action inputs win over them."
)]
pub struct Inputs {
    /// Reports to read: paths or globs, separated by commas or line ends. A leading ! excludes; a prefix such as
    /// gitleaks= names the format. A listed path or glob without a match makes the run incomplete.
    #[arg(long, value_name = "LIST", value_parser = List::flag, help_heading = COLLECT)]
    #[schemars(schema_with = "schema::list")]
    pub reports: Option<List>,

    /// Tools that must have reported, by id; a missing one makes the run incomplete. The word none asks for nothing.
    #[arg(long, value_name = "TOOLS", value_parser = List::flag, help_heading = COLLECT)]
    #[schemars(schema_with = "schema::list")]
    pub require_reports: Option<List>,

    /// Directory of the repository that relative paths in reports start from.
    #[arg(long, value_name = "DIR", value_parser = Text::flag, help_heading = COLLECT)]
    #[schemars(schema_with = "schema::text")]
    pub path_prefix: Option<Text>,

    /// Oldest age of a report file, such as 90m, 12h or 2d; an older one is unusable.
    #[arg(long, value_name = "AGE", value_parser = Text::flag, help_heading = COLLECT)]
    #[schemars(schema_with = "schema::age")]
    pub max_report_age: Option<Text>,

    /// What a finding without a known severity counts as: critical, high, medium, low or info.
    #[arg(long, value_name = "SEVERITY", value_parser = Text::flag, help_heading = COLLECT)]
    #[schemars(schema_with = "schema::severity")]
    pub unknown_severity: Option<Text>,

    /// What suppressions that scanners wrote count for: base (on a pull request only if the base has them too, as far
    /// as that is known), honour or ignore.
    #[arg(long, value_name = "WORD", value_parser = Text::flag, help_heading = COLLECT)]
    #[schemars(schema_with = "schema::scanner_suppressions")]
    pub scanner_suppressions: Option<Text>,

    /// Table of rules to start from: basic, standard or strict.
    #[arg(long, value_name = "PRESET", value_parser = Text::flag, help_heading = JUDGE)]
    #[schemars(schema_with = "schema::preset")]
    pub preset: Option<Text>,

    /// Terms that make the verdict fail, in place of the preset's row; none empties it.
    #[arg(long, value_name = "TERMS", value_parser = Terms::flag, help_heading = JUDGE)]
    #[schemars(schema_with = "schema::list")]
    pub fail_on: Option<Terms>,

    /// Terms that make the verdict warn, in place of the preset's row; none empties it.
    #[arg(long, value_name = "TERMS", value_parser = Terms::flag, help_heading = JUDGE)]
    #[schemars(schema_with = "schema::list")]
    pub warn_on: Option<Terms>,

    /// Terms that are noted, in place of the preset's row; none empties it.
    #[arg(long, value_name = "TERMS", value_parser = Terms::flag, help_heading = JUDGE)]
    #[schemars(schema_with = "schema::list")]
    pub note_on: Option<Terms>,

    /// Terms that are set aside before any rule is looked at; they are shown and counted.
    #[arg(long, value_name = "TERMS", value_parser = Terms::flag, help_heading = JUDGE)]
    #[schemars(schema_with = "schema::list")]
    pub exclude: Option<Terms>,

    /// Limits on coverage that reports measure, in percent: fail<75, warn<90. The word none asks for nothing.
    #[arg(long, value_name = "LIMITS", value_parser = Terms::flag, help_heading = JUDGE)]
    #[schemars(schema_with = "schema::list")]
    pub coverage: Option<Terms>,

    /// Limits on monthly costs that Infracost estimates: fail>5000 USD; on their change: warn>+10%, fail>+500 USD. The
    /// word none asks for nothing.
    #[arg(long, value_name = "LIMITS", value_parser = Terms::flag, help_heading = JUDGE)]
    #[schemars(schema_with = "schema::list")]
    pub cost: Option<Terms>,

    /// What a failing verdict does: enforce fails the step, warn does not, observe does not and publishes nothing but
    /// evidence and summary. The verdict is the same.
    #[arg(long, value_name = "MODE", value_parser = Text::flag, help_heading = JUDGE)]
    #[schemars(schema_with = "schema::mode")]
    pub mode: Option<Text>,

    /// Config file, relative to the workspace. One that is named must exist.
    #[arg(long, value_name = "PATH", value_parser = Text::flag, help_heading = JUDGE)]
    #[schemars(skip)]
    pub config: Option<Text>,

    /// Token for GitHub's API; the check run needs checks: write.
    #[arg(long, hide = true, value_parser = NotOnTheCommandLine, help_heading = PUBLISH)]
    #[schemars(skip)]
    pub token: Option<Hidden>,

    /// Whether to make a check run: true, false, or auto, which makes one where the token can.
    #[arg(long, value_name = "SWITCH", value_parser = Text::flag, help_heading = PUBLISH)]
    #[schemars(schema_with = "schema::switch")]
    pub check_run: Option<Text>,

    /// Name of the check run.
    #[arg(long, value_name = "NAME", value_parser = Text::flag, help_heading = PUBLISH)]
    #[schemars(schema_with = "schema::text")]
    pub check_name: Option<Text>,

    /// How many annotations are made at most; 0 makes none.
    #[arg(long, value_name = "COUNT", value_parser = Text::flag, help_heading = PUBLISH)]
    #[schemars(schema_with = "schema::annotations")]
    pub annotations: Option<Text>,

    /// Whether to write the step summary: true or false.
    #[arg(long, value_name = "BOOL", value_parser = Text::flag, help_heading = PUBLISH)]
    #[schemars(schema_with = "schema::boolean")]
    pub summary: Option<Text>,

    /// Destinations that must be told: check-run, annotations, baseline-ref, step-summary, outputs. One that could not be
    /// makes a passing run exit with 4. The word none asks for nothing.
    #[arg(long, value_name = "LIST", value_parser = List::flag, help_heading = PUBLISH)]
    #[schemars(schema_with = "schema::list")]
    pub require_publish: Option<List>,

    /// Folder of the evidence, relative to the workspace or absolute; nothing outside it is written but GitHub's own command files.
    #[arg(long, value_name = "DIR", value_parser = Text::flag, help_heading = PUBLISH)]
    #[schemars(schema_with = "schema::text")]
    pub evidence_dir: Option<Text>,

    /// PEM file with further certificate authorities, for servers with a private one.
    #[arg(long, value_name = "PATH", value_parser = Text::flag, help_heading = PUBLISH)]
    #[schemars(schema_with = "schema::text")]
    pub ca_bundle: Option<Text>,

    /// Key of the hashes by which secrets are told apart; without it only a few bits of a hash are published.
    #[arg(long, hide = true, value_parser = NotOnTheCommandLine, help_heading = PUBLISH)]
    #[schemars(skip)]
    pub identity_key: Option<Hidden>,

    /// Severities moved by tool and rule; the first entry that matches a finding counts.
    #[arg(skip)]
    #[schemars(schema_with = "schema::entries::<SeverityEntry>")]
    pub severity_map: Option<Vec<SeverityEntry>>,

    /// Reads reports in Actions although git tracks them; for demonstrations, since anybody could commit a clean one.
    #[arg(skip)]
    #[schemars(schema_with = "schema::boolean")]
    pub allow_tracked_reports: Option<bool>,

    /// Tools whose report may be missing or incomplete until a day.
    #[arg(skip)]
    #[schemars(schema_with = "schema::entries::<IncompleteEntry>")]
    pub allow_incomplete: Option<Vec<IncompleteEntry>>,
}

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

/// What documents say of an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputInfo {
    /// Name in `with:` of a workflow, as a flag and as a config key.
    pub name: String,
    /// [`COLLECT`], [`JUDGE`] or [`PUBLISH`].
    pub group: String,
    /// One paragraph.
    pub help: String,
    /// Comes from the environment only and is never shown.
    pub secret: bool,
}

impl InputInfo {
    /// Name of the environment variable: upper case, hyphens stay (actions/runner, `Handler.AddInputsToEnvironment`).
    pub fn variable(&self) -> String {
        variable(&self.name)
    }
}

fn variable(name: &str) -> String {
    format!("INPUT_{}", name.to_uppercase())
}

/// Every input of the action, in the order of the struct.
pub fn all() -> Vec<InputInfo> {
    Inputs::augment_args(clap::Command::new("inputs"))
        .get_arguments()
        .filter_map(|arg| {
            let help = arg.get_long_help().or(arg.get_help())?.to_string();
            let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
            Some(InputInfo {
                name: arg.get_long()?.to_string(),
                group: arg.get_help_heading().unwrap_or_default().to_string(),
                // clap takes the full stop off a single paragraph.
                help: format!("{}.", help.trim_end_matches('.')),
                secret: arg.is_hide_set(),
            })
        })
        .collect()
}

/// Keys that the config file knows and the action does not.
pub const CONFIG_ONLY: &[&str] = &["severity-map", "allow-tracked-reports", "allow-incomplete"];

/// Variables that the runner itself may set beside the inputs (`with: args` and `with: entrypoint`).
const OF_THE_RUNNER: &[&str] = &["INPUT_ARGS", "INPUT_ENTRYPOINT"];

/// The inputs that `INPUT_*` variables give.
///
/// The runner sets a variable for each declared input, empty when nobody gave a value, so a blank one is unset. It only
/// warns of a misspelt input, but passes it on; here that is a problem. Problems come beside what could be read, so that
/// all of them can be told at once.
pub fn from_environment(environment: &BTreeMap<String, String>) -> (Inputs, Vec<Problem>) {
    let known = all();
    let mut problems = Vec::new();
    let mut given: BTreeMap<&str, &str> = BTreeMap::new();
    for (name, value) in environment {
        if !name.starts_with("INPUT_") || OF_THE_RUNNER.contains(&name.as_str()) {
            continue;
        }
        match known.iter().find(|input| input.variable() == *name) {
            Some(_) if value.trim().is_empty() => {}
            Some(input) => {
                given.insert(&input.name, value);
            }
            None => problems.push(unknown_variable(name, &known)),
        }
    }
    let words = given.iter().map(|(name, value)| (*name, Word(value)));
    let inputs = Inputs::deserialize(MapDeserializer::new(words)).unwrap_or_else(
        // No field refuses a text. Were one to, the run must not go on without it.
        |error: serde::de::value::Error| {
            problems.push(Problem::input("", error.to_string()));
            Inputs::default()
        },
    );
    (inputs, problems)
}

/// What is said of an `INPUT_*` variable that no input has.
fn unknown_variable(variable: &str, known: &[InputInfo]) -> Problem {
    let name = variable
        .strip_prefix("INPUT_")
        .unwrap_or(variable)
        .to_lowercase();
    let hyphens = name.replace('_', "-");
    let text = if is_later(&hyphens) {
        not_yet(&format!("the input {hyphens}"))
    } else if CONFIG_ONLY.contains(&hyphens.as_str()) {
        format!("{hyphens} is a key of the config file, not an input")
    } else if let Some(right) = known.iter().find(|input| input.name == hyphens) {
        format!(
            "the variable {} is not read: the runner keeps hyphens, so its name is {}",
            plain(variable),
            right.variable()
        )
    } else {
        unknown(
            "input",
            &name,
            known.iter().map(|input| input.name.as_str()),
        )
    };
    Problem::input(&plain(&name), text)
}

/// The values that must be masked before anything is written, even where the settings turn out to be wrong.
pub fn secrets(environment: &BTreeMap<String, String>) -> Vec<Hidden> {
    all()
        .iter()
        .filter(|input| input.secret)
        .filter_map(|input| environment.get(&input.variable()))
        .filter(|value| !value.trim().is_empty())
        .map(|value| Hidden::new(value.trim_end_matches(['\r', '\n'])))
        .collect()
}
