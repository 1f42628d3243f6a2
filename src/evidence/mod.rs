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
/// What code scanning gets.
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

/// Where the files are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// `results.sarif`.
    pub results: PathBuf,
    /// `upload.sarif`.
    pub upload: PathBuf,
    /// `summary.md`.
    pub summary: PathBuf,
    /// `verdict.json`.
    pub verdict: PathBuf,
}

/// Writes all files of the evidence into `folder`; the two SARIF logs are written by the functions handed in.
/// `verdict.json` comes last: where it stands, the others stand too.
///
/// # Errors
/// The first file that could not be written, with its path and what to do.
pub fn write(
    folder: &Folder,
    outcome: &Outcome,
    exit_code: u8,
    tool_version: &str,
    results: Fill<'_>,
    upload: Fill<'_>,
) -> Result<Written, EvidenceError> {
    Ok(Written {
        results: folder.write(RESULTS, results)?,
        upload: folder.write(UPLOAD, upload)?,
        summary: write_summary(folder, outcome, &[])?,
        verdict: folder.write(VERDICT, &mut |out| {
            verdict_json::write(outcome, exit_code, tool_version, out)
        })?,
    })
}

/// Writes `summary.md` alone: a second time once it is known who was told.
///
/// # Errors
/// As [`write`].
pub fn write_summary(
    folder: &Folder,
    outcome: &Outcome,
    deliveries: &[(&str, &str)],
) -> Result<PathBuf, EvidenceError> {
    let page = summary::markdown(outcome, deliveries, SUMMARY_BYTES);
    folder.write(SUMMARY, &mut |out| out.write_all(page.as_bytes()))
}
