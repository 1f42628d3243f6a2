//! What commands get from outside, and the two streams that they say things on.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::signals::Signals;
use super::{Format, trusted};
use crate::github::command;
use crate::model::Context;
use crate::settings::{Door, Inputs, Settings, SettingsError, load, load_at};

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
    /// SIGINT and SIGTERM.
    pub(super) signals: Signals,
}

impl World {
    /// The effective settings with these flags.
    pub(super) fn settings(&self, flags: Inputs) -> Result<Settings, SettingsError> {
        self.at_door(|door| load(flags, door))
    }

    /// The same for a run in this place, whatever the environment says of it.
    pub(super) fn settings_at(
        &self,
        flags: Inputs,
        context: Context,
    ) -> Result<Settings, SettingsError> {
        self.at_door(|door| load_at(flags, door, context))
    }

    fn at_door<T>(&self, read: impl FnOnce(&Door<'_>) -> T) -> T {
        read(&Door {
            environment: &self.environment,
            working_directory: &self.directory,
            read: &|path| self.read(path),
            head: &|context, path| self.head(&context.workspace, path),
            base: &trusted::base,
            central: &trusted::central,
        })
    }

    /// A small file of a checkout that somebody else wrote, without following links: one could lead to a file with secrets,
    /// and what is said of a broken file may quote it.
    fn head(&self, root: &str, path: &str) -> io::Result<Vec<u8>> {
        let root = std::path::Path::new(&self.directory)
            .join(root)
            .canonicalize()?;
        let file = root.join(path);
        if file.canonicalize()? != file || !file.is_file() {
            return Err(io::Error::other(
                "it is no plain file (links of a pull request are not followed)",
            ));
        }
        self.read(&file.to_string_lossy())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_of_a_change_are_not_followed() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        std::fs::create_dir_all(at("w/.github")).expect("a workspace");
        std::fs::write(at("secret"), "token: hunter2\n").expect("a file");
        std::fs::write(at("w/.github/good.yml"), "mode: warn\n").expect("a file");
        for (target, link) in [
            (at("secret"), "w/.github/out.yml"),
            (at("w/.github/good.yml"), "w/.github/in.yml"),
            (at("w/.github"), "w/folder"),
        ] {
            std::os::unix::fs::symlink(target, at(link)).expect("a link");
        }
        let world = World {
            environment: BTreeMap::new(),
            directory: folder.path().to_string_lossy().into_owned(),
            actions: true,
            format: Format::Text,
            color: false,
            signals: Signals::handle(),
        };
        let read = |path: &str| world.head("w", path);
        assert_eq!(read(".github/good.yml").expect("a file"), b"mode: warn\n");
        for link in [
            ".github/out.yml",
            ".github/in.yml",
            "folder/good.yml",
            ".github",
            "../secret",
        ] {
            let error = read(link).expect_err(link);
            assert!(
                error.to_string().contains("no plain file"),
                "{link}: {error}"
            );
        }
        let gone = read("gone.yml").expect_err("no file");
        assert_eq!(gone.kind(), io::ErrorKind::NotFound);
    }
}
