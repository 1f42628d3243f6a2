//! The one writer of SARIF logs. A finding at a time goes out; besides the findings only an index of them is held.
//!
//! Must not know: files, readers, GitHub's API. Texts are cleaned here, whatever a reader let through.

mod limits;
mod meter;
mod object;
mod place;
mod plan;
mod result;
mod rules;
mod run;
mod said;
mod upload;

use std::io::{self, BufWriter, Write};

use crate::model::{Effect, Finding, Judged, Report, Ruling, Severity, Suppression, Verdict};
use object::{Object, Out, list};
use plan::{Group, Plan};

pub use said::{Cut, CutRun, HeldRun};
pub use upload::{Upload, UploadRules, Wrote};

/// What goes into a log.
#[derive(Clone, Copy)]
pub struct Log<'a> {
    /// The findings, worst first. Those without `sources` are taken for the first report's.
    pub findings: &'a [Finding],
    /// The reports, in the order in which `sources` count them.
    pub reports: &'a [Report],
    /// The judgement; without one every suppression of a scanner counts as accepted.
    pub verdict: Option<&'a Verdict>,
    /// Version of this program.
    pub tool_version: &'a str,
}

impl Log<'_> {
    /// What became of a finding.
    fn judged(&self, index: usize) -> Option<Judged> {
        self.verdict?.judged.get(index).copied()
    }

    /// How much a finding matters when not all fit: what blocks or warns first, then by severity.
    fn rank(&self, index: usize) -> (Option<Judged>, Option<Severity>) {
        let severity = self.findings.get(index).map(|finding| finding.severity);
        let judged = self.judged(index);
        (judged.filter(|judged| *judged >= Judged::Warn), severity)
    }

    /// Whether a finding is excused.
    fn excused(&self, index: usize, finding: &Finding) -> bool {
        match self.judged(index) {
            Some(judged) => judged == Judged::Excused,
            None => suppression(finding).is_some(),
        }
    }

    /// What excuses a finding; nothing where something else decides, `None` where nobody judged.
    fn excuses(&self, index: usize) -> Option<Vec<&Ruling>> {
        let verdict = self.verdict?;
        let rulings = verdict.rulings.get(index).into_iter().flatten();
        let excused = self.judged(index) == Some(Judged::Excused);
        let excuses = rulings.filter(|ruling| excused && ruling.effect == Effect::Excuse);
        Some(excuses.collect())
    }
}

/// How the scanners set a finding aside, when all that report it did: a suppression excuses its own source only.
fn suppression(finding: &Finding) -> Option<&Suppression> {
    let Some(first) = finding.sources.first() else {
        return finding.suppression.as_deref();
    };
    let mut sources = finding.sources.iter();
    let all = sources.all(|source| source.suppression.is_some());
    first.suppression.as_deref().filter(|_| all)
}

/// What was left out of single results, because of a limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Lost {
    /// Locations of results with too many of them.
    locations: u64,
    /// Steps of code flows.
    steps: u64,
}

/// What became of writing so far.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    lost: Lost,
    /// Results that were begun, in the run that is being written.
    written: usize,
    /// Runs that were written to their end.
    runs: usize,
}

/// For whom a log is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reader {
    /// Evidence: everything.
    Anybody,
    /// Code scanning: within its limits.
    CodeScanning,
}

/// The schema that a log names: the one GitHub's documentation names.
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// Writes everything: `results.sarif`, and what `convert` gives.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_results(log: &Log<'_>, out: &mut dyn Write) -> io::Result<()> {
    let plan = Plan::of(log);
    let groups: Vec<&Group<'_>> = plan.groups.iter().collect();
    write(log, &groups, Reader::Anybody, &mut Tally::default(), out)
}

fn write(
    log: &Log<'_>,
    groups: &[&Group<'_>],
    reader: Reader,
    tally: &mut Tally,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut buffered: Out<'_> = BufWriter::with_capacity(128 << 10, out);
    let mut top = Object::begin(&mut buffered)?;
    top.put("$schema", SCHEMA)?;
    top.put("version", "2.1.0")?;
    let lost = run::lost(log, reader);
    let out = top.name("runs")?;
    list(
        out,
        groups.iter().map(Some).chain(lost.then_some(None)),
        |out, group| match group {
            Some(group) => {
                tally.written = 0;
                run::write(log, group, reader, tally, out)?;
                tally.runs = tally.runs.saturating_add(1);
                Ok(())
            }
            None => run::write_lost(log, out),
        },
    )?;
    top.end()?;
    buffered.write_all(b"\n")?;
    buffered.flush()
}
