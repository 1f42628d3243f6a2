//! Where a setting comes from, and what is said when it cannot be used.
//!
//! Must not know: what the settings mean.

use std::fmt;

pub use crate::syntax::words::{plain, quoted};

/// The layers, strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The command line.
    Flag,
    /// An `INPUT_*` variable, which is what `with:` of a workflow becomes.
    Input,
    /// The section of the config file for the environment in force.
    Environment,
    /// The top level of the config file.
    Config,
    /// A row of the preset.
    Preset,
    /// Nobody said anything.
    BuiltIn,
}

impl Origin {
    /// The word of `settings` and of `verdict.json`; behind that of an environment its name follows in brackets.
    pub fn word(self) -> &'static str {
        match self {
            Origin::Flag => "flag",
            Origin::Input => "input",
            Origin::Environment | Origin::Config => "config",
            Origin::Preset => "preset",
            Origin::BuiltIn => "built-in",
        }
    }
}

/// One thing that is wrong with the settings, in words for who wrote them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where it was written: a flag, an input, or file and line.
    pub place: String,
    /// What is wrong and what would be right.
    pub text: String,
}

impl Problem {
    /// A problem of a command-line flag.
    pub fn flag(name: &str, text: impl Into<String>) -> Problem {
        Problem {
            place: format!("--{name}"),
            text: text.into(),
        }
    }

    /// A problem of an action input.
    pub fn input(name: &str, text: impl Into<String>) -> Problem {
        Problem {
            place: format!("input {name}"),
            text: text.into(),
        }
    }

    /// A problem of the config file: its path, the line where it is known, the key where there is one.
    pub fn config(
        path: &str,
        line: Option<u64>,
        key: Option<&str>,
        text: impl Into<String>,
    ) -> Problem {
        let mut place = plain(path);
        if let Some(line) = line {
            place.push_str(&format!(":{line}"));
        }
        if let Some(key) = key {
            place.push_str(&format!(": {}", plain(key)));
        }
        Problem {
            place,
            text: text.into(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.text)
    }
}

/// Everything that is wrong with the settings. The run ends with the exit code of a configuration error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsError {
    /// At least one; in the order in which they were found.
    pub problems: Vec<Problem>,
}

impl SettingsError {
    /// `Ok` where nothing is wrong.
    pub fn unless_empty(problems: Vec<Problem>) -> Result<(), SettingsError> {
        if problems.is_empty() {
            Ok(())
        } else {
            Err(SettingsError::of(problems))
        }
    }

    /// Of problems; what was found in several ways is said once.
    pub(super) fn of(found: Vec<Problem>) -> SettingsError {
        let mut problems: Vec<Problem> = Vec::new();
        for problem in found {
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        }
        SettingsError { problems }
    }
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for SettingsError {}
