//! The inputs: one struct for flag, `INPUT_*`, config key, JSON schema, `action.yml` and the README.
//!
//! What was written, not what it means: every field is optional and unchecked, `resolve` makes settings of it. No
//! defaults here, because a default would beat the layers below it. The doc comments are the help texts.
//!
//! A new input is one field here and the line in `resolve` that reads it.

mod entries;
mod ordered;
mod variables;

use clap::Args;
use schemars::JsonSchema;
use serde::Deserialize;

use super::Hidden;
use super::schema;
use super::values::{List, NotOnTheCommandLine, Terms, Text};

pub use entries::{BypassRules, ComponentEntry, IncompleteEntry, SeverityEntry, WaiverLimits};
pub use ordered::Ordered;
pub use variables::{from_environment, secrets};

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

    /// Table of rules to start from: basic, standard, strict or ratchet.
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

    /// Terms whose findings get an issue each cause (a package, a rule) on pushes to the default branch and on schedules;
    /// nothing by default, because an issue in a public repository tells the world.
    #[arg(long, value_name = "TERMS", value_parser = Terms::flag, help_heading = JUDGE)]
    #[schemars(schema_with = "schema::list")]
    pub issue_on: Option<Terms>,

    /// Terms whose findings Slack, Jira and the webhook are told of; by default what blocks.
    #[arg(long, value_name = "TERMS", value_parser = Terms::flag, help_heading = JUDGE)]
    #[schemars(schema_with = "schema::list")]
    pub notify_on: Option<Terms>,

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

    /// Environment whose section of the config file counts, or auto: the one of the branch that the change is going to.
    #[arg(long, value_name = "NAME", value_parser = Text::flag, help_heading = JUDGE)]
    #[schemars(schema_with = "schema::text")]
    pub environment: Option<Text>,

    /// Config file, relative to the workspace, or owner/repo/path@ref for one of another repository. One that is named
    /// must exist. On pull requests it is read from the branch that they are going to.
    #[arg(long, value_name = "PATH", value_parser = Text::flag, help_heading = JUDGE)]
    #[schemars(skip)]
    pub config: Option<Text>,

    /// Waiver files, relative to the workspace; ignore files of scanners (.trivyignore, .trivyignore.yaml,
    /// .gitleaksignore) too. On pull requests they are read from the branch that they are going to. The word none names none.
    #[arg(long, value_name = "LIST", value_parser = List::flag, help_heading = JUDGE)]
    #[schemars(schema_with = "schema::list")]
    pub waivers: Option<List>,

    /// VEX documents (OpenVEX, CycloneDX, CSAF), relative to the workspace. On pull requests they are read from the branch
    /// that they are going to. The word none names none.
    #[arg(long, value_name = "LIST", value_parser = List::flag, help_heading = JUDGE)]
    #[schemars(schema_with = "schema::list")]
    pub vex: Option<List>,

    /// What findings are held against to tell new ones: a file, artifact, artifact:NAME, code-scanning, git-ref, auto (in
    /// Actions the first of these that there is, elsewhere none) or none.
    #[arg(long, value_name = "SOURCE", value_parser = Text::flag, help_heading = JUDGE)]
    #[schemars(schema_with = "schema::text")]
    pub baseline: Option<Text>,

    /// File with EPSS scores.
    #[arg(long, value_name = "PATH", value_parser = Text::flag, help_heading = JUDGE)]
    #[schemars(schema_with = "schema::text")]
    pub epss: Option<Text>,

    /// File with the catalogue of known exploited vulnerabilities (KEV).
    #[arg(long, value_name = "PATH", value_parser = Text::flag, help_heading = JUDGE)]
    #[schemars(schema_with = "schema::text")]
    pub kev: Option<Text>,

    /// Label of a pull request by which maintainers let it pass; without one nothing does.
    #[arg(long, value_name = "LABEL", value_parser = Text::flag, help_heading = JUDGE)]
    #[schemars(schema_with = "schema::text")]
    pub bypass_label: Option<Text>,

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

    /// Comment on the pull request: never, on-change (where the verdict is no pass or the change brings or fixes
    /// findings), on-failure or always. There is one comment; it is written only when what it says changes.
    #[arg(long, value_name = "WORD", value_parser = Text::flag, help_heading = PUBLISH)]
    #[schemars(schema_with = "schema::comment")]
    pub comment: Option<Text>,

    /// Whether code scanning gets the findings: true, false, or auto, which sends them where the token can.
    #[arg(long, value_name = "SWITCH", value_parser = Text::flag, help_heading = PUBLISH)]
    #[schemars(schema_with = "schema::switch")]
    pub upload_sarif: Option<Text>,

    /// Name that keeps this job's analyses and comment apart from those of other jobs; without one they are told apart by
    /// tool and target.
    #[arg(long, value_name = "NAME", value_parser = Text::flag, help_heading = PUBLISH)]
    #[schemars(schema_with = "schema::text")]
    pub category: Option<Text>,

    /// Whether the alerts of excused findings are dismissed with the reason, and reopened when it ends: true, false, or
    /// auto, which does so where the token can.
    #[arg(long, value_name = "SWITCH", value_parser = Text::flag, help_heading = PUBLISH)]
    #[schemars(schema_with = "schema::switch")]
    pub dismiss_excused: Option<Text>,

    /// Address of a Slack incoming webhook that is told when the verdict of the default branch changes.
    #[arg(long, hide = true, value_parser = NotOnTheCommandLine, help_heading = PUBLISH)]
    #[schemars(skip)]
    pub slack_webhook_url: Option<Hidden>,

    /// Address that gets the verdict of the default branch as JSON when it changes.
    #[arg(long, hide = true, value_parser = NotOnTheCommandLine, help_heading = PUBLISH)]
    #[schemars(skip)]
    pub webhook_url: Option<Hidden>,

    /// Key by which what goes to webhook-url is signed (HMAC-SHA256, X-Sarif-Gate-Signature-256).
    #[arg(long, hide = true, value_parser = NotOnTheCommandLine, help_heading = PUBLISH)]
    #[schemars(skip)]
    pub webhook_secret: Option<Hidden>,

    /// Jira, such as https://example.atlassian.net, which gets an issue for each cause that notify-on names.
    #[arg(long, value_name = "URL", value_parser = Text::flag, help_heading = PUBLISH)]
    #[schemars(schema_with = "schema::text")]
    pub jira_url: Option<Text>,

    /// The account that jira-token belongs to; without one the token is sent as a bearer token.
    #[arg(long, value_name = "NAME", value_parser = Text::flag, help_heading = PUBLISH)]
    #[schemars(schema_with = "schema::text")]
    pub jira_user: Option<Text>,

    /// API token for Jira.
    #[arg(long, hide = true, value_parser = NotOnTheCommandLine, help_heading = PUBLISH)]
    #[schemars(skip)]
    pub jira_token: Option<Hidden>,

    /// Key of the Jira project.
    #[arg(long, value_name = "KEY", value_parser = Text::flag, help_heading = PUBLISH)]
    #[schemars(schema_with = "schema::text")]
    pub jira_project: Option<Text>,

    /// When others are told: now, or later, which writes a bundle for a trusted workflow (pull requests from forks, whose
    /// token can only read). There it is the path of that bundle (a file *.bundle), which is judged and published.
    #[arg(long, value_name = "WORD", value_parser = Text::flag, help_heading = PUBLISH)]
    #[schemars(schema_with = "schema::publish")]
    pub publish: Option<Text>,

    /// Destinations that must be told: code-scanning, check-run, annotations, baseline-ref, comment, issues, jira, slack,
    /// webhook, bundle, step-summary, outputs. One that could not be makes a passing run exit with 4. The word none asks
    /// for nothing.
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

    /// Token for the repository of a central config file (owner/repo/path@ref), where that of the job cannot read it.
    #[arg(long, hide = true, value_parser = NotOnTheCommandLine, help_heading = PUBLISH)]
    #[schemars(skip)]
    pub config_token: Option<Hidden>,

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

    /// What holds in an environment: the same keys, and branches, globs over the branches that belong to it.
    #[arg(skip)]
    #[schemars(schema_with = "schema::environments")]
    pub environments: Option<Ordered<Inputs>>,

    /// Parts of the repository with an owner and, if they want, rows of their own; the first one with a path that fits
    /// has a finding.
    #[arg(skip)]
    #[schemars(schema_with = "schema::named::<ComponentEntry>")]
    pub components: Option<Ordered<ComponentEntry>>,

    /// What waivers must be like.
    #[arg(skip)]
    #[schemars(schema_with = "schema::entry::<WaiverLimits>")]
    pub waiver_limits: Option<WaiverLimits>,

    /// Days from first seen to the day by which a finding of a severity has to be gone, such as critical: 1d.
    #[arg(skip)]
    #[schemars(schema_with = "schema::days_by_severity")]
    pub sla: Option<Ordered<Text>>,

    /// What inputs and flags may do on pull requests: tighten (what would loosen this file is refused) or override.
    #[arg(skip)]
    #[schemars(schema_with = "schema::inputs")]
    pub inputs: Option<Text>,

    /// Days after which EPSS and KEV data is stale, such as 7d.
    #[arg(skip)]
    #[schemars(schema_with = "schema::days")]
    pub max_data_age: Option<Text>,

    /// Whether a VEX statement not_affected may give an impact statement in place of a justification.
    #[arg(skip)]
    #[schemars(schema_with = "schema::boolean")]
    pub accept_impact_statements: Option<bool>,

    /// Shows the place of secrets found outside pull requests in summary, log, issues and messages of a public repository too.
    #[arg(skip)]
    #[schemars(schema_with = "schema::boolean")]
    pub public_details: Option<bool>,

    /// What a bypass may do and how long it lasts.
    #[arg(skip)]
    #[schemars(schema_with = "schema::entry::<BypassRules>")]
    pub bypass: Option<BypassRules>,

    /// In a section of environments only: globs over the branches that belong to it.
    #[arg(skip)]
    #[schemars(skip)]
    pub branches: Option<List>,
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
pub const CONFIG_ONLY: &[&str] = &[
    "severity-map",
    "allow-tracked-reports",
    "allow-incomplete",
    "environments",
    "components",
    "waiver-limits",
    "sla",
    "inputs",
    "max-data-age",
    "accept-impact-statements",
    "public-details",
    "bypass",
];

/// Inputs and keys that a section of `environments` does not have: what is about the whole file, or about which section
/// counts.
pub(super) const NOT_IN_A_SECTION: &[&str] = &["config", "environment", "environments", "inputs"];

/// The key that only a section of `environments` has.
pub(super) const BRANCHES: &str = "branches";
