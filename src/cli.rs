//! The command line: what can be typed, not what it does.
//!
//! Must not know: what a command does, exit codes. A usage error is a `clap::Error`; who calls maps it.

use std::collections::BTreeMap;
use std::ffi::OsString;

use clap::{
    Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum,
    error::{ContextKind, ContextValue, ErrorKind},
};

use crate::commands::Format;
use crate::gate::waivers::{DECISIONS, DEFAULT_FILE};
use crate::settings::{Inputs, List, built_in, default_of, is_later, not_yet};

/// One verdict from many security scanners' reports.
#[derive(Clone, Debug, Parser)]
#[command(
    name = "sarif-gate",
    version,
    after_help = "In GitHub Actions, without a command, it is run with the action's inputs."
)]
pub struct Cli {
    /// How the answer is written on standard output.
    #[arg(long, global = true, value_enum, value_name = "FORMAT")]
    pub format: Option<Format>,

    /// Whether to use colours; auto does on a terminal unless NO_COLOR is set.
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "WHEN",
        default_value = "auto"
    )]
    pub color: Color,

    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// The commands.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Reads reports, judges them, writes the evidence and tells GitHub.
    Run(Box<Run>),
    /// Judges and publishes, in a trusted workflow, what a run with publish: later wrote down.
    Publish(Box<Publish>),
    /// Turns reports of any supported format into one SARIF 2.1.0 log, without judging.
    Convert(Convert),
    /// Says what is new, updated and fixed between two sets of reports.
    Diff(Diff),
    /// Works on the log that later runs are held against.
    Baseline(Baseline),
    /// Says why one finding blocks or does not, with everything that was tried on it.
    Explain(Box<Explain>),
    /// Judges reports by other rules and says what would change.
    Simulate(Box<Run>),
    /// Adds a waiver of one finding to the waiver file.
    Waive(Waive),
    /// Lists the formats that are read.
    Formats,
    /// Prints every setting with its origin.
    Settings(Box<Run>),
    /// Prints the JSON schema of the config file, of verdict.json, of the waiver file or of what the webhook gets.
    Schema(SchemaOf),
    /// Checks a config file.
    CheckConfig(CheckConfig),
}

/// Arguments of `run`, `settings` and `simulate`.
#[derive(Clone, Debug, Default, Args)]
pub struct Run {
    /// Reports: paths or globs, with an optional format= prefix; - is standard input.
    #[arg(value_name = "REPORT", conflicts_with = "reports")]
    pub report: Vec<String>,

    /// The inputs as flags.
    #[command(flatten)]
    pub inputs: Inputs,
}

impl Run {
    /// The layer of the command line: reports given as arguments are the input `reports`, one argument one entry.
    pub fn flags(self) -> Inputs {
        let mut inputs = self.inputs;
        if !self.report.is_empty() {
            inputs.reports = Some(List(self.report));
        }
        inputs
    }
}

/// Arguments of `publish`.
#[derive(Clone, Debug, Args)]
pub struct Publish {
    /// The bundle: publish.bundle, as the run of the pull request wrote it.
    #[arg(value_name = "BUNDLE")]
    pub bundle: String,

    /// The inputs as flags; all but reports.
    #[command(flatten)]
    pub inputs: Inputs,
}

/// Arguments of `explain`.
#[derive(Clone, Debug, Args)]
pub struct Explain {
    /// The finding: its fingerprint, the first 6 or more digits of it, or a rule id that one finding alone has.
    #[arg(value_name = "ID")]
    pub id: String,

    /// Reports and inputs, as of `run`.
    #[command(flatten)]
    pub run: Run,
}

impl Explain {
    /// The layer of the command line.
    pub fn flags(self) -> Inputs {
        self.run.flags()
    }
}

/// Arguments of `convert`.
#[derive(Clone, Debug, Args)]
pub struct Convert {
    /// Reports: paths or globs, with an optional format= prefix; - is standard input.
    #[arg(value_name = "REPORT", required = true)]
    pub report: Vec<String>,

    /// The SARIF log; - is standard output.
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    pub output: String,
}

/// Arguments of `diff`.
#[derive(Clone, Debug, Args)]
pub struct Diff {
    /// The earlier reports: a path, a glob or a folder, or several with commas between; - is standard input.
    #[arg(value_name = "OLD")]
    pub old: String,

    /// The later reports, likewise.
    #[arg(value_name = "NEW")]
    pub new: String,
}

/// Arguments of `baseline`.
#[derive(Clone, Debug, Args)]
pub struct Baseline {
    /// What to do.
    #[command(subcommand)]
    pub command: BaselineCommand,
}

/// The commands of `baseline`.
#[derive(Clone, Debug, Subcommand)]
pub enum BaselineCommand {
    /// Writes the present findings with the first-seen dates of an earlier log, after a reformat that moved everything.
    Rebase(Rebase),
}

/// Arguments of `baseline rebase`.
#[derive(Clone, Debug, Args)]
pub struct Rebase {
    /// The earlier log or reports: a path, a glob or a folder.
    #[arg(value_name = "OLD")]
    pub old: String,

    /// The present reports: paths or globs, with an optional format= prefix.
    #[arg(value_name = "REPORT", required = true)]
    pub report: Vec<String>,

    /// The SARIF log; - is standard output. An existing file is replaced only where it is OLD.
    #[arg(short, long, value_name = "FILE")]
    pub output: String,
}

/// Arguments of `waive`.
#[derive(Clone, Debug, Args)]
pub struct Waive {
    /// The finding: its fingerprint, the first 6 or more digits of it, or a rule id that one finding alone has.
    #[arg(value_name = "ID")]
    pub id: String,

    /// Reports: paths or globs, with an optional format= prefix; - is standard input.
    #[arg(value_name = "REPORT", required = true)]
    pub report: Vec<String>,

    /// Why the finding is waived.
    #[arg(long, value_name = "TEXT", required = true)]
    pub reason: String,

    /// Who answers for it.
    #[arg(long, value_name = "NAME", required = true)]
    pub owner: String,

    /// Last day on which it holds, YYYY-MM-DD in UTC; by default 30 days from today.
    #[arg(long, value_name = "DAY")]
    pub expires: Option<String>,

    /// What was decided.
    #[arg(long, value_name = "WORD", default_value = "risk-accepted", value_parser = clap::builder::PossibleValuesParser::new(DECISIONS))]
    pub decision: String,

    /// The ticket.
    #[arg(long, value_name = "TEXT")]
    pub ticket: Option<String>,

    /// Who approved it; may be given several times.
    #[arg(long, value_name = "NAME")]
    pub approved_by: Vec<String>,

    /// The waiver file.
    #[arg(long, value_name = "FILE", default_value = DEFAULT_FILE)]
    pub file: String,
}

/// Arguments of `schema`.
#[derive(Clone, Copy, Debug, Args)]
pub struct SchemaOf {
    /// Which schema.
    #[arg(value_enum, default_value = "config")]
    pub of: Document,
}

/// A document that has a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Document {
    /// The config file.
    Config,
    /// verdict.json.
    Verdict,
    /// What `diff --format json` prints.
    Diff,
    /// The waiver file.
    Waivers,
    /// What the webhook gets.
    Notice,
}

/// Arguments of `check-config`.
#[derive(Clone, Debug, Args)]
pub struct CheckConfig {
    /// The config file; by default .github/sarif-gate.yml.
    #[arg(value_name = "FILE")]
    pub file: Option<String>,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl Color {
    /// Whether to use colours. `NO_COLOR` counts when it is set and not empty (no-color.org); a flag is the stronger
    /// word.
    pub fn enabled(self, environment: &BTreeMap<String, String>, terminal: bool) -> bool {
        let refused = environment
            .get("NO_COLOR")
            .is_some_and(|value| !value.is_empty());
        let dumb = environment.get("TERM").is_some_and(|term| term == "dumb");
        match self {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => terminal && !refused && !dumb,
        }
    }
}

impl Cli {
    /// The command; inside Actions none means `run`, elsewhere it is an error that shows the help.
    pub fn command_or_run(&self, actions: bool) -> Result<Command, clap::Error> {
        match &self.command {
            Some(command) => Ok(command.clone()),
            None if actions => Ok(Command::Run(Box::default())),
            None => Err(definition().error(
                ErrorKind::MissingSubcommand,
                "a command is needed, such as: sarif-gate run trivy.json",
            )),
        }
    }
}

/// The command line with the built-in values in the help texts. They are not clap's defaults: those would count as typed
/// and beat the config file.
pub fn definition() -> clap::Command {
    let built_in = built_in();
    let with_defaults = |command: clap::Command| {
        command.mut_args(|arg| {
            let default = arg
                .get_long()
                .and_then(|name| default_of(name, &built_in))
                .map(|default| default.text);
            match (default, arg.get_help().cloned()) {
                (Some(default), Some(help)) => arg.help(format!("{help} [default: {default}]")),
                _ => arg,
            }
        })
    };
    Cli::command()
        .mut_subcommand("run", with_defaults)
        .mut_subcommand("publish", with_defaults)
        .mut_subcommand("explain", with_defaults)
        .mut_subcommand("simulate", with_defaults)
        .mut_subcommand("settings", with_defaults)
}

/// Reads the command line; the first argument is the program's name. Help and version come as errors of clap too, whose
/// `use_stderr` says that they are none.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Cli, clap::Error> {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    // The built-in values are worth their time only where somebody reads them.
    match parse_with(Cli::command(), &arguments) {
        Err(error) if shows_help(error.kind()) => parse_with(definition(), &arguments),
        parsed => parsed,
    }
}

fn shows_help(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::DisplayHelp | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    )
}

fn parse_with(mut definition: clap::Command, arguments: &[OsString]) -> Result<Cli, clap::Error> {
    definition
        .try_get_matches_from_mut(arguments)
        .and_then(|matches| Cli::from_arg_matches(&matches))
        .map_err(|error| match later_flag(&error) {
            Some(flag) => definition.error(ErrorKind::UnknownArgument, not_yet(&flag)),
            None => error,
        })
}

/// The flag of a later version that an error is about.
fn later_flag(error: &clap::Error) -> Option<String> {
    let ContextValue::String(flag) = error.get(ContextKind::InvalidArg)? else {
        return None;
    };
    let name = flag.strip_prefix("--")?;
    (error.kind() == ErrorKind::UnknownArgument && is_later(name)).then(|| flag.clone())
}

#[cfg(test)]
mod tests;
