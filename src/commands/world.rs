//! What commands get from outside, and the two streams that they say things on.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::{Format, trusted};
use crate::github::command;
use crate::settings::{Door, Inputs, Settings, SettingsError, load};

/// Largest file that is read whole. Webhook payloads end at 25 MB (GitHub docs, "Webhook events and payloads").
const MAX_SMALL_FILE_BYTES: u64 = 32 << 20;

/// What a command gets from outside.
pub(super) struct World {
    /// The environment, read once.
    pub(super) environment: BTreeMap<String, String>,
    /// The working directory.
    pub(super) directory: String,
    /// Inside GitHub Actions.
    pub(super) actions: bool,
    /// `--format`.
    pub(super) format: Format,
    /// Whether standard output takes colours.
    pub(super) color: bool,
}

impl World {
    /// The effective settings with these flags.
    pub(super) fn settings(&self, flags: Inputs) -> Result<Settings, SettingsError> {
        load(
            flags,
            &Door {
                environment: &self.environment,
                working_directory: &self.directory,
                read: &|path| self.read(path),
                base: &trusted::base,
                central: &trusted::central,
            },
        )
    }

    /// A whole small file: the config, the event.
    pub(super) fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        let path = std::path::Path::new(&self.directory).join(path);
        if path.metadata()?.len() > MAX_SMALL_FILE_BYTES {
            return Err(io::Error::other(format!(
                "larger than {} MiB",
                MAX_SMALL_FILE_BYTES >> 20
            )));
        }
        std::fs::read(path)
    }
}

/// Writes to standard output. A reader that has gone (`| head`) is no error of ours, and the exit code stays the verdict's.
pub(super) fn print(text: &str) {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) | Err(_) => {}
    }
}

/// Writes one workflow command to standard error, which the runner reads too: standard output may carry a document.
pub(super) fn say_command(line: &str) {
    match writeln!(io::stderr().lock(), "{line}") {
        Ok(()) | Err(_) => {}
    }
}

/// Says an error on standard error, each line safe for the log of a workflow.
pub(super) fn complain(text: &str) {
    let mut out = io::stderr().lock();
    for line in text.lines() {
        match writeln!(out, "{}", command::safe_log_line(line)) {
            Ok(()) | Err(_) => {}
        }
    }
}
