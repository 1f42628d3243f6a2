//! The one writer of SARIF logs. A finding at a time goes out; besides the findings only an index of them is held.
//!
//! Must not know: files, readers, GitHub's API. Texts are cleaned here, whatever a reader let through.

mod limits;
mod object;
mod place;
mod plan;
mod result;
mod rules;
mod run;

use std::io::{self, BufWriter, Write};

use crate::model::{Effect, Finding, Judged, Report, Ruling, Suppression, Verdict};
use object::{Object, Out, list};
use plan::{Group, Plan};

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

/// What the limits of code scanning cut off.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cut {
    /// Runs of which not every result is in the file.
    pub runs: Vec<CutRun>,
    /// Locations that were left out of results with too many of them.
    pub locations: u64,
    /// Steps that were left out of code flows.
    pub steps: u64,
}

impl Cut {
    /// Nothing was cut.
    pub fn is_empty(&self) -> bool {
        *self == Cut::default()
    }

    /// What was cut, for people; nothing when nothing was. Names come from reports and are not escaped.
    pub fn sentences(&self) -> Vec<String> {
        let mut all = Vec::new();
        let gone: Vec<&CutRun> = self.runs.iter().filter(|run| run.kept == 0).collect();
        if !gone.is_empty() {
            let results: usize = gone.iter().map(|run| run.of).sum();
            let mut tools: Vec<&str> = gone.iter().map(|run| &*run.tool).collect();
            tools.sort_unstable();
            tools.dedup();
            let more = if tools.len() > NAMED {
                " and others"
            } else {
                ""
            };
            tools.truncate(NAMED);
            all.push(format!(
                "upload.sarif lacks {} whole runs with {results} results ({}{more}): GitHub takes {} runs in a file, so \
                 the worst stay; results.sarif has all",
                gone.len(),
                tools.join(", "),
                limits::RUNS
            ));
        }
        for run in self.runs.iter().filter(|run| run.kept > 0) {
            all.push(format!(
                "upload.sarif has the worst {} of the {} results of {}: GitHub takes {} results of a run; results.sarif \
                 has all",
                run.kept,
                run.of,
                run.tool,
                limits::RESULTS
            ));
        }
        if self.locations > 0 {
            all.push(format!(
                "upload.sarif lacks {} further locations: GitHub keeps {} of a result",
                self.locations,
                limits::LOCATIONS
            ));
        }
        if self.steps > 0 {
            all.push(format!(
                "upload.sarif lacks {} steps of code flows: GitHub keeps {} of a result",
                self.steps,
                limits::STEPS
            ));
        }
        all
    }
}

/// Tools that a sentence names.
const NAMED: usize = 5;

/// A run that was cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CutRun {
    /// Id of the tool.
    pub tool: String,
    /// Its category, if it has one.
    pub category: Option<String>,
    /// Results that are in the file, the worst ones; 0 when the whole run had to go.
    pub kept: usize,
    /// Results that there are.
    pub of: usize,
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
    let plan = Plan::of(log, |_, _| true);
    write(log, &plan.groups, Reader::Anybody, out).map(|_| ())
}

/// Writes what code scanning gets: within its limits, every result with a file to stand at, secrets without their lines.
/// On pull-request refs the excused findings are left out.
///
/// # Errors
/// When `out` cannot be written to.
pub fn write_upload(log: &Log<'_>, pull_request_ref: bool, out: &mut dyn Write) -> io::Result<Cut> {
    let plan = Plan::of(log, |index, finding| {
        !(pull_request_ref && log.excused(index, finding))
    });
    let (groups, runs) = plan.within_limits(log);
    let mut cut = write(log, &groups, Reader::CodeScanning, out)?;
    cut.runs = runs;
    Ok(cut)
}

fn write(
    log: &Log<'_>,
    groups: &[Group<'_>],
    reader: Reader,
    out: &mut dyn Write,
) -> io::Result<Cut> {
    let mut cut = Cut::default();
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
            Some(group) => run::write(log, group, reader, &mut cut, out),
            None => run::write_lost(log, out),
        },
    )?;
    top.end()?;
    buffered.write_all(b"\n")?;
    buffered.flush()?;
    Ok(cut)
}
