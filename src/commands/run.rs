//! `run`: the whole way, and what is printed of it.

use std::io::{self, IsTerminal as _, Write};
use std::time::SystemTime;

use super::Format;
use super::preflight;
use super::world::{World, complain, print};
use crate::evidence::Written;
use crate::model::Outcome;
use crate::progress::Progress;
use crate::render::terminal::{self, Style};
use crate::run::{self, Outside};
use crate::settings::Settings;

/// Columns of a report that does not go to a terminal.
const COLUMNS: usize = 100;

/// Runs, prints, gives the exit code.
pub(super) fn run(world: &World, settings: Settings) -> anyhow::Result<u8> {
    whole(world, &settings, |outside| run::run(&settings, outside))
}

/// Runs by `go`, prints, gives the exit code.
pub(super) fn whole(
    world: &World,
    settings: &Settings,
    go: impl FnOnce(&mut Outside<'_>) -> anyhow::Result<run::Run>,
) -> anyhow::Result<u8> {
    let progress = Progress::start("reading reports");
    let mut shown = |outcome: &Outcome, written: &Written| {
        progress.stop();
        show(world, outcome, written)
    };
    // With a document on standard output, commands go to the other stream; the runner reads both.
    let (mut stdout, mut stderr) = (io::stdout(), io::stderr());
    let log: &mut dyn Write = if world.format == Format::Text {
        &mut stdout
    } else {
        &mut stderr
    };
    if world.actions {
        // A reader that has gone is no error of ours, and the verdict matters more than the table.
        let _ = log.write_all(preflight::log(settings).as_bytes());
    }
    let done = go(&mut Outside {
        stdin: &mut io::stdin(),
        log,
        show: &mut shown,
        at_signal: &mut |last| world.signals.first(last),
        now: SystemTime::now(),
    })?;
    if world.actions {
        for delivery in &done.deliveries {
            complain(&format!("{}: {}", delivery.id, delivery.line()));
        }
    }
    let code = done.code;
    // The process ends here: giving back a hundred thousand findings one by one would be work for nobody.
    std::mem::forget(done);
    Ok(code)
}

fn show(world: &World, outcome: &Outcome, written: &Written) -> anyhow::Result<()> {
    match world.format {
        Format::Text => print(&terminal::text(
            outcome,
            Style {
                color: world.color,
                width: columns(world),
            },
        )),
        Format::Json => copy(&written.verdict)?,
        Format::Markdown => copy(&written.summary)?,
        Format::Sarif => copy(&written.results)?,
    }
    Ok(())
}

/// Width of the terminal, as the shell says it.
fn columns(world: &World) -> usize {
    let said = world
        .environment
        .get("COLUMNS")
        .and_then(|text| text.parse().ok());
    said.filter(|columns| io::stdout().is_terminal() && (40..=200).contains(columns))
        .unwrap_or(COLUMNS)
}

/// Prints a file of the evidence.
fn copy(path: &std::path::Path) -> io::Result<()> {
    let mut file = std::fs::File::open(path)?;
    match io::copy(&mut file, &mut io::stdout().lock()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map(|_| ()),
    }
}
