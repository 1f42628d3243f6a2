//! `convert`: reports of any supported format become one SARIF log. Nothing is judged.

use std::io::{self, Write};
use std::path::Path;

use super::world::{World, complain};
use crate::cli::Convert;
use crate::collect::{self, Request};
use crate::evidence::Folder;
use crate::exit::{self, End};
use crate::merge::Moved;
use crate::model::{Finding, Report};
use crate::progress::Progress;
use crate::reading::Reading;
use crate::run::VERSION;
use crate::sarif::{self, Log};
use crate::settings::{Inputs, Settings};

/// Converts. When one of the reports cannot be understood nothing is written: a log that silently lacks a scanner's findings
/// is worse than none.
pub(super) fn convert(world: &World, arguments: &Convert) -> anyhow::Result<u8> {
    let settings = world.settings(Inputs::default())?;
    // Never given back: the process ends with this command.
    let read = read(world, &settings, &arguments.report, &[], "converting")?;
    let (reports, findings) = &*Box::leak(Box::new(read));
    if reports.iter().any(|report| !report.understood) {
        complain("nothing was written, because the log would lack what these reports say");
        return Ok(exit::code(End::Unreadable));
    }
    let log = Log {
        findings,
        reports,
        verdict: None,
        tool_version: VERSION,
    };
    write_log(world, &arguments.output, &log)?;
    Ok(exit::code(End::Done))
}

/// Writes a log to a file, or to the standard output for `-`; whoever reads that may stop reading.
pub(super) fn write_log(world: &World, output: &str, log: &Log<'_>) -> anyhow::Result<()> {
    if output == "-" {
        let mut out = io::BufWriter::new(io::stdout().lock());
        return match sarif::write_results(log, &mut out).and_then(|()| out.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
            _ => Ok(()),
        };
    }
    let path = Path::new(&world.directory).join(output);
    let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
        anyhow::bail!("{output} is no file name");
    };
    let folder = Folder::open(parent, parent)?;
    folder.write(&name.to_string_lossy(), &mut |out| {
        sarif::write_results(log, out)
    })?;
    Ok(())
}

/// Reads and merges the reports that somebody names, and says what is wrong with them. `map` moves severities; `doing` is shown
/// while it lasts.
pub(super) fn read(
    world: &World,
    settings: &Settings,
    entries: &[String],
    map: &[Moved],
    doing: &'static str,
) -> anyhow::Result<(Vec<Report>, Vec<Finding>)> {
    let workspace = Path::new(&settings.context.workspace);
    let found = collect::collect(&Request {
        entries,
        built_in: false,
        workspace: Path::new(&world.directory),
        evidence_dir: &workspace.join(&settings.evidence_dir),
        refuse_tracked: false,
        max_age: None,
    })?;
    let progress = Progress::start(doing);
    let read = Reading::of(settings, map).both(found, &mut io::stdin());
    progress.stop();
    remarks(&read.0);
    Ok(read)
}

/// What was wrong with the reports, on standard error.
pub(super) fn remarks(reports: &[Report]) {
    for report in reports {
        if let Some(problem) = report.status.problem() {
            complain(&format!(
                "{}: {}: {problem}",
                report.input.path,
                report.status.word()
            ));
        }
        for repair in &report.repairs {
            complain(&format!("{}: {repair}", report.input.path));
        }
    }
}
