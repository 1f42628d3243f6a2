//! `baseline rebase`: after a change that moved every line's text, the present findings with the dates of the old log.

use std::path::Path;
use std::time::SystemTime;

use super::convert::{remarks, write_log};
use super::sets::{entries, found, read_new, read_old};
use super::world::{World, complain, print};
use super::{Format, FormatError, json as pretty};
use crate::baseline::{Baseline, Origin, Rebased};
use crate::cli::Rebase;
use crate::exit::{self, End};
use crate::model::{Finding, State};
use crate::progress::Progress;
use crate::render::escape::terminal_text;
use crate::run::{VERSION, rfc3339};
use crate::sarif::Log;
use crate::settings::Inputs;

/// New findings that are listed; the log has all.
const LINES: usize = 50;
/// Characters of a text.
const NAME: usize = 120;

/// The log would replace a file that is none of its past.
#[derive(Debug, thiserror::Error)]
#[error(
    "{0} exists and is not {1}, whose findings are carried on: remove it, or write to another file"
)]
pub(super) struct InTheWay(String, String);

/// Carries dates on. When one of the reports cannot be understood nothing is written.
pub(super) fn rebase(world: &World, arguments: &Rebase) -> anyhow::Result<u8> {
    if !matches!(world.format, Format::Text | Format::Json) {
        return Err(FormatError::new("baseline rebase", "text and json", world.format).into());
    }
    let settings = world.settings(Inputs::default())?;
    let output = Path::new(&world.directory).join(&arguments.output);
    let to_stdout = arguments.output == "-";
    let old_entries = entries(world, &arguments.old);
    let same = |entry: &String| {
        let old = Path::new(&world.directory).join(entry).canonicalize();
        old.is_ok_and(|old| output.canonicalize().is_ok_and(|output| output == old))
    };
    if !to_stdout && output.symlink_metadata().is_ok() && !old_entries.iter().any(same) {
        anyhow::bail!(InTheWay(arguments.output.clone(), arguments.old.clone()));
    }
    let old = found(world, &old_entries)?;
    let new = found(world, &arguments.report)?;
    let progress = Progress::start("carrying dates on");
    let (old, before) = read_old(&settings, old);
    let (reports, mut findings) = read_new(&settings, new);
    progress.stop();
    remarks(&old);
    remarks(&reports);
    if old.iter().chain(&reports).any(|report| !report.understood) {
        complain("nothing was written, because the log would lack what these reports say");
        return Ok(exit::code(End::Unreadable));
    }
    let baseline = Baseline::of(Origin::default(), &before, &old);
    let now = rfc3339(SystemTime::now());
    let counts = crate::baseline::rebase(&baseline, &mut findings, &now);
    let said = match world.format {
        Format::Json => document(counts, &findings),
        _ => page(counts, &findings),
    };
    // The state is for the page; a baseline is not held against itself.
    findings.iter_mut().for_each(|f| f.known.state = None);
    let log = Log {
        findings: &findings,
        reports: &reports,
        verdict: None,
        tool_version: VERSION,
    };
    // What is said must not stand between the lines of the log.
    if to_stdout {
        complain(&said);
    }
    write_log(world, &arguments.output, &log)?;
    if !to_stdout {
        print(&said);
    }
    Ok(exit::code(End::Done))
}

fn new(findings: &[Finding]) -> impl Iterator<Item = &Finding> {
    let stays = |finding: &&Finding| finding.known.state == Some(State::New);
    findings.iter().filter(stays)
}

fn page(counts: Rebased, findings: &[Finding]) -> String {
    let mut out = format!(
        "{} found again by their fingerprint, {} by their order in the file, {} new\n",
        counts.by_fingerprint, counts.loosely, counts.new
    );
    for finding in new(findings).take(LINES) {
        let place = finding.workspace_location().or(finding.locations.first());
        let path = place.map(|place| &place.path).or(finding.target.as_ref());
        let path = path.map_or("", |path| path);
        out.push_str(&format!(
            "  new: {} {} {} {}\n",
            finding.severity.word(),
            terminal_text(&finding.rule, NAME),
            terminal_text(path, NAME),
            terminal_text(&finding.title, NAME),
        ));
    }
    let all = new(findings).count();
    if all > LINES {
        out.push_str(&format!("  shown {LINES} of {all} new ones\n"));
    }
    out
}

fn document(counts: Rebased, findings: &[Finding]) -> String {
    let new: Vec<_> = new(findings).map(|finding| finding.fingerprint).collect();
    pretty(&serde_json::json!({
        "by_fingerprint": counts.by_fingerprint,
        "loosely": counts.loosely,
        "new": counts.new,
        "new_fingerprints": new,
    }))
}
