//! One file a command. Those that only answer a question return text; `entry` prints it.

mod baseline;
pub mod check_config;
mod convert;
mod diff;
mod entry;
mod explain;
pub mod formats;
mod preflight;
mod publish;
mod run;
pub mod schema;
mod sets;
pub mod settings;
mod signals;
mod simulate;
mod table;
mod trusted;
mod waive;
mod which;
mod world;

pub use entry::main;

/// How an answer is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people at a terminal.
    #[default]
    Text,
    /// For programs; stable.
    Json,
    /// For pages.
    Markdown,
    /// SARIF 2.1.0.
    Sarif,
}

impl Format {
    /// The word of `--format`.
    pub fn word(self) -> &'static str {
        match self {
            Format::Text => "text",
            Format::Json => "json",
            Format::Markdown => "markdown",
            Format::Sarif => "sarif",
        }
    }
}

/// A command was asked for a format that it does not write. A usage error.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{command} writes {known}, not {}", format.word())]
pub struct FormatError {
    command: &'static str,
    known: &'static str,
    format: Format,
}

impl FormatError {
    /// `known` lists the formats that the command writes.
    pub fn new(command: &'static str, known: &'static str, format: Format) -> FormatError {
        FormatError {
            command,
            known,
            format,
        }
    }
}

/// JSON for people and programs: indented, with a line end.
fn json(value: &serde_json::Value) -> String {
    format!("{value:#}\n")
}
