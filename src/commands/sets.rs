//! A set of reports on the command line: a path, a glob, a folder, or several of them.

use std::io;
use std::path::Path;

use super::world::World;
use crate::collect::{self, Collected, Request};
use crate::model::{Finding, Kind, Report};
use crate::reading::Reading;
use crate::settings::{List, Settings};

/// Endings of files that a folder's reports have.
const ENDINGS: &str = "{json,jsonl,ndjson,sarif,xml,info,out}";

/// The log of an evidence folder that has everything, and the file by which one knows such a folder.
const LOG: &str = "results.sarif";
const BESIDE: &str = "verdict.json";

/// What was read.
pub(super) type Read = (Vec<Report>, Vec<Finding>);

/// The entries that an argument stands for. A folder means all reports in it, the folder of a run's evidence its log.
pub(super) fn entries(world: &World, argument: &str) -> Vec<String> {
    let at = |path: &str| Path::new(&world.directory).join(path);
    let parts = match at(argument).exists() {
        true => vec![argument.to_owned()],
        false => List::split(argument).0,
    };
    let entry = |part: String| {
        let folder = part.trim_end_matches('/');
        if part != "-" && at(&part).is_dir() {
            if at(folder).join(LOG).is_file() && at(folder).join(BESIDE).is_file() {
                return format!("{folder}/{LOG}");
            }
            let folder = globset::escape(folder);
            return format!("{folder}/**/*.{ENDINGS}");
        }
        part
    };
    parts.into_iter().map(entry).collect()
}

/// Finds the files. Nothing of the workspace is kept out: whoever names evidence wants to see it.
pub(super) fn found(world: &World, entries: &[String]) -> anyhow::Result<Vec<Collected>> {
    Ok(collect::collect(&Request {
        entries,
        built_in: false,
        workspace: Path::new(&world.directory),
        evidence_dir: Path::new(""),
        refuse_tracked: false,
        max_age: None,
    })?)
}

/// Reads reports of an earlier time.
pub(super) fn read_old(settings: &Settings, found: Vec<Collected>) -> Read {
    Reading::of_another_time(settings).both(found, &mut io::stdin())
}

/// Reads reports of now, lines looked up in the files as `run` does.
pub(super) fn read_new(settings: &Settings, found: Vec<Collected>) -> Read {
    Reading::of(settings, &[]).both(found, &mut io::stdin())
}

/// Whether most findings of code know the text of their line. Reports that do not say it know it only where it was looked
/// up, as in a log of ours; two sets have to be treated alike, or the same finding has two identities.
pub(super) fn know_their_lines(findings: &[Finding]) -> bool {
    let code = || {
        let placed = |finding: &&Finding| {
            let place = finding.workspace_location();
            finding.kind == Kind::Code && place.is_some_and(|at| at.start_line.is_some())
        };
        findings.iter().filter(placed)
    };
    let known = code().filter(|finding| finding.line.is_some()).count();
    known.saturating_mul(2) >= code().count()
}
