//! The evidence of a run as files, written before anything is told to anybody.
//!
//! Each file is written under a temporary name in the same folder and renamed, so that a reader never sees half of one
//! and a link that a pull request planted is replaced, not followed. Must not know: what is in the SARIF logs, or what
//! becomes of the files.

mod folder;

use std::io::{self, Write};
use std::path::PathBuf;

use crate::model::Outcome;
use crate::render::{summary, verdict_json};

pub use folder::{EvidenceError, Folder};

/// Everything, excused findings included.
pub const RESULTS: &str = "results.sarif";
/// What code scanning gets; further parts are `upload-2.sarif` and so on.
pub const UPLOAD: &str = "upload.sarif";
/// The page for people.
pub const SUMMARY: &str = "summary.md";
/// The interface for machines.
pub const VERDICT: &str = "verdict.json";

/// `summary.md` has no limit of its own; this is what the step summary takes (1 MiB in the runner, kept well below),
/// so that both can be the same page.
pub const SUMMARY_BYTES: usize = 1_000_000;

/// Writes the content of one file.
pub type Fill<'a> = &'a mut dyn FnMut(&mut dyn Write) -> io::Result<()>;

/// Writes one part of what code scanning gets.
pub type Parts<'a> = &'a mut dyn FnMut(&mut dyn Write) -> io::Result<Part>;

/// What became of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// It is written, and was the last one.
    Last,
    /// It is written, and there are more.
    More,
    /// It was too large and does not count: the same part once more.
    Again,
}

/// Where the files are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// `results.sarif`.
    pub results: PathBuf,
    /// `upload.sarif` and its further parts.
    pub uploads: Vec<PathBuf>,
    /// `summary.md`.
    pub summary: PathBuf,
    /// `verdict.json`.
    pub verdict: PathBuf,
}

/// Writes the SARIF logs into `folder` by the functions handed in; [`write_pages`] comes after. Further parts of an upload
/// that an earlier run left there are removed, so that nobody sends them with this one's.
///
/// # Errors
/// The first file that could not be written, with its path and what to do.
pub fn write_logs(
    folder: &Folder,
    results: Fill<'_>,
    uploads: Parts<'_>,
) -> Result<Logs, EvidenceError> {
    let results = folder.write(RESULTS, results)?;
    let mut written: Vec<PathBuf> = Vec::new();
    loop {
        let mut part = Part::Last;
        let number = written.len().saturating_add(1);
        let done = folder.write(&upload_name(number), &mut |out| {
            part = uploads(out)?;
            match part {
                Part::Again => Err(io::Error::other("too large")),
                Part::Last | Part::More => Ok(()),
            }
        });
        match (done, part) {
            // Whatever the try left is gone already.
            (Err(_), Part::Again) => continue,
            (done, _) => written.push(done?),
        }
        if part == Part::Last {
            break;
        }
    }
    let mut next = written.len().saturating_add(1);
    while folder.remove(&upload_name(next))? {
        next = next.saturating_add(1);
    }
    Ok(Logs {
        results,
        uploads: written,
    })
}

/// Name of a part of the upload, from 1.
fn upload_name(number: usize) -> String {
    match (number, UPLOAD.split_once('.')) {
        (2.., Some((stem, end))) => format!("{stem}-{number}.{end}"),
        _ => UPLOAD.to_owned(),
    }
}

/// Where the logs are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logs {
    /// `results.sarif`.
    pub results: PathBuf,
    /// `upload.sarif` and its further parts.
    pub uploads: Vec<PathBuf>,
}

/// Writes what is read beside the logs. `verdict.json` comes last: where it stands, the others stand too.
///
/// # Errors
/// As [`write_logs`].
pub fn write_pages(
    folder: &Folder,
    outcome: &Outcome,
    exit_code: u8,
    tool_version: &str,
    logs: Logs,
) -> Result<Written, EvidenceError> {
    Ok(Written {
        results: logs.results,
        uploads: logs.uploads,
        summary: write_summary(folder, outcome, &[])?,
        verdict: folder.write(VERDICT, &mut |out| {
            verdict_json::write(outcome, exit_code, tool_version, out)
        })?,
    })
}

/// Writes `summary.md` alone: a second time once it is known who was told.
///
/// # Errors
/// As [`write_logs`].
pub fn write_summary(
    folder: &Folder,
    outcome: &Outcome,
    deliveries: &[(&str, &str)],
) -> Result<PathBuf, EvidenceError> {
    let page = summary::markdown(outcome, deliveries, SUMMARY_BYTES);
    folder.write(SUMMARY, &mut |out| out.write_all(page.as_bytes()))
}
