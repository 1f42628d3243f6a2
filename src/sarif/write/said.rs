//! What is not in the logs for code scanning, in words.

use super::limits;

/// What is not in the logs for code scanning although it was reported.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cut {
    /// Runs of which not every result is in a file.
    pub runs: Vec<CutRun>,
    /// Runs with more results than code scanning shows; `kept` is what it shows.
    pub shown: Vec<CutRun>,
    /// Runs that were left out because their reports are not complete.
    pub held: Vec<HeldRun>,
    /// Locations that were left out of results with too many of them.
    pub locations: u64,
    /// Steps that were left out of code flows.
    pub steps: u64,
}

/// A run that was cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CutRun {
    /// Id of the tool.
    pub tool: String,
    /// Its category.
    pub category: String,
    /// Results that are in the file, the worst ones; 0 when the whole run had to go.
    pub kept: usize,
    /// Results that there are.
    pub of: usize,
}

/// A run that was held back: code scanning would call closed whatever it lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldRun {
    /// Id of the tool.
    pub tool: String,
    /// Its category.
    pub category: String,
    /// Results that stand in no file therefore.
    pub results: usize,
}

/// Tools that a sentence names, and sentences of one sort.
const NAMED: usize = 5;

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
            all.push(format!(
                "upload.sarif and its further parts lack {} whole runs with {results} results ({}): they are larger than \
                 GitHub takes ({} files of {} runs and {} bytes packed), so the worst stay; results.sarif has all",
                gone.len(),
                named(gone.iter().map(|run| run.tool.as_str())),
                limits::PARTS,
                limits::RUNS,
                limits::PACKED,
            ));
        }
        let cut: Vec<&CutRun> = self.runs.iter().filter(|run| run.kept > 0).collect();
        for run in cut.iter().take(NAMED) {
            all.push(format!(
                "upload.sarif has the worst {} of the {} results of {}: GitHub takes {} results of a run and {} bytes \
                 packed; results.sarif has all",
                run.kept,
                run.of,
                run.tool,
                limits::RESULTS,
                limits::PACKED,
            ));
        }
        for run in self.shown.iter().take(NAMED) {
            all.push(format!(
                "code scanning shows {} of the {} results of {} that are uploaded, the worst as far as GitHub can tell",
                run.kept, run.of, run.tool
            ));
        }
        let more = |all: usize| all.saturating_sub(NAMED);
        let more = more(cut.len()).saturating_add(more(self.shown.len()));
        if more > 0 {
            all.push(format!(
                "the same holds for {more} more runs in upload.sarif and its further parts"
            ));
        }
        if !self.held.is_empty() {
            let results: usize = self.held.iter().map(|run| run.results).sum();
            all.push(format!(
                "code scanning keeps its last analysis of {}, because a report of it is not complete and what it lacks would \
                 count as fixed: upload.sarif is without its {results} results; results.sarif has all",
                named(self.held.iter().map(|run| run.category.as_str())),
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

/// The first few names, each once.
fn named<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    names.dedup();
    let more = names.len().saturating_sub(NAMED);
    names.truncate(NAMED);
    let names = names.join(", ");
    match more {
        0 => names,
        more => format!("{names} and {more} others"),
    }
}
