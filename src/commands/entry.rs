//! From the command line to the exit code: reads the environment once, chooses the command, prints what it answers, and
//! says every error in one way.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal as _};
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::signals::Signals;
use super::world::{World, complain, print, say_command};
use super::{
    Format, FormatError, baseline, check_config, convert, diff, explain, formats, publish, run,
    schema, settings, simulate, waive, which,
};
use crate::cli::{self, BaselineCommand, Cli, Command, Document};
use crate::collect::CollectError;
use crate::destinations::action_outputs;
use crate::exit::{self, End};
use crate::github::command;
use crate::settings::{DEFAULT_PATH, SettingsError, secrets};

/// Runs the program and gives its exit code.
pub fn main() -> u8 {
    let signals = Signals::handle();
    std::panic::set_hook(Box::new(|_| {}));
    match catch_unwind(AssertUnwindSafe(|| command_line(signals))) {
        Ok(code) => code,
        Err(panic) => {
            let said = panic.downcast_ref::<String>().map(String::as_str);
            let said = said
                .or_else(|| panic.downcast_ref::<&str>().copied())
                .unwrap_or("no message");
            complain(&format!(
                "internal error: {said}\nThis is a bug in sarif-gate, not a verdict; please report it with the command and, if you can, the report that was read."
            ));
            exit::code(End::Broken)
        }
    }
}

fn command_line(signals: Signals) -> u8 {
    let environment: BTreeMap<String, String> = std::env::vars_os()
        .map(|(name, value)| {
            (
                name.to_string_lossy().into_owned(),
                value.to_string_lossy().into_owned(),
            )
        })
        .collect();
    let actions = environment
        .get("GITHUB_ACTIONS")
        .is_some_and(|value| value == "true");
    let outputs = environment
        .get("GITHUB_OUTPUT")
        .filter(|path| actions && !path.is_empty())
        .cloned();
    if actions {
        // Masked before anything else can be printed.
        for secret in secrets(&environment) {
            if let Some(line) = command::mask(secret.reveal()) {
                say_command(&line);
            }
        }
    }
    if let Some(path) = &outputs
        && let Err(error) = action_outputs::write_safe_defaults(path)
    {
        complain(&format!("the outputs cannot be written to {path}: {error}"));
        return exit::code(End::Broken);
    }
    match dispatch(environment, actions, signals) {
        Ok(code) => code,
        Err(error) => {
            let (code, text) = end_of(&error);
            complain(&text);
            if let Some(path) = &outputs {
                let first = text.lines().next().unwrap_or_default();
                if let Err(error) = action_outputs::write_reason(path, first) {
                    complain(&format!("the output `reason` cannot be written: {error}"));
                }
            }
            code
        }
    }
}

fn dispatch(
    environment: BTreeMap<String, String>,
    actions: bool,
    signals: Signals,
) -> anyhow::Result<u8> {
    let cli = cli::parse(std::env::args_os())?;
    let command = cli.command_or_run(actions)?;
    let world = World {
        directory: std::env::current_dir()?.to_string_lossy().into_owned(),
        actions,
        format: format_of(&cli),
        color: cli.color.enabled(&environment, io::stdout().is_terminal()),
        environment,
        signals,
    };
    match command {
        // The action has no arguments, so there the input names the bundle.
        Command::Run(arguments) if cli.command.is_none() && publish::named(&world).is_some() => {
            let bundle = publish::named(&world).unwrap_or_default();
            publish::publish(&world, &bundle, arguments.flags())
        }
        Command::Publish(arguments) => {
            publish::publish(&world, &arguments.bundle, arguments.inputs)
        }
        Command::Run(arguments) => run::run(&world, world.settings(arguments.flags())?),
        Command::Convert(arguments) => convert::convert(&world, &arguments),
        Command::Diff(arguments) => diff::diff(&world, &arguments),
        Command::Baseline(arguments) => match arguments.command {
            BaselineCommand::Rebase(arguments) => baseline::rebase(&world, &arguments),
        },
        Command::Explain(arguments) => explain::explain(&world, *arguments),
        Command::Simulate(arguments) => simulate::simulate(&world, *arguments),
        Command::Waive(arguments) => waive::waive(&world, &arguments),
        Command::Formats => {
            print(&formats::output(world.format)?);
            Ok(exit::code(End::Done))
        }
        Command::Settings(arguments) => {
            print(&settings::output(
                &world.settings(arguments.flags())?,
                world.format,
            )?);
            Ok(exit::code(End::Done))
        }
        Command::Schema(wanted) => {
            match wanted.of {
                Document::Config => print(&schema::config()),
                Document::Verdict => print(schema::VERDICT),
                Document::Diff => print(schema::DIFF),
                Document::Waivers => print(schema::WAIVERS),
                Document::Notice => print(schema::NOTICE),
            }
            Ok(exit::code(End::Done))
        }
        Command::CheckConfig(arguments) => {
            let path = arguments.file.unwrap_or_else(|| DEFAULT_PATH.to_owned());
            let checked = match world.read(&path) {
                Ok(bytes) => check_config::check(&path, &bytes),
                Err(error) => {
                    anyhow::bail!(UnreadableConfig(format!("{path} cannot be read: {error}")))
                }
            };
            print(&check_config::output(&path, &checked, world.format)?);
            let end = if checked.is_ok() {
                End::Done
            } else {
                End::Misused
            };
            Ok(exit::code(end))
        }
    }
}

fn format_of(cli: &Cli) -> Format {
    cli.format.unwrap_or_default()
}

/// A config file that was named and cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct UnreadableConfig(String);

/// The exit code and the text of an error.
fn end_of(error: &anyhow::Error) -> (u8, String) {
    if let Some(usage) = error.downcast_ref::<clap::Error>() {
        if !usage.use_stderr() {
            print(&usage.to_string());
            return (exit::code(End::Done), String::new());
        }
        return (exit::code(End::Misused), usage.to_string());
    }
    let misused = error.is::<SettingsError>()
        || error.is::<CollectError>()
        || error.is::<FormatError>()
        || error.is::<baseline::InTheWay>()
        || error.is::<UnreadableConfig>()
        || error.is::<publish::PublishError>()
        || error.is::<waive::WaiveError>()
        || error.is::<which::WhichError>();
    let end = if misused { End::Misused } else { End::Broken };
    (exit::code(end), format!("{error:#}"))
}
