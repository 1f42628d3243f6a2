//! Which tool looked at what: only who looked can say that something is gone.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::Baseline;
use crate::model::{Finding, Place, Report, Run, Source, Status, Text, image_repository, is_image};

/// What the gate sees itself is looked for in every run, and reported only where there is something.
const OURS: &str = "sarif-gate";

/// A tool, and what it scanned outside of the repository.
pub type Pair = (Text, Option<Text>);

/// What one run scanned outside of the repository; `None` for the repository itself.
type Scopes = BTreeSet<Option<Text>>;

/// What the runs of some reports looked at.
pub(super) struct Looks {
    /// By report and run: its tool and what it scanned, most often one thing.
    runs: HashMap<(u32, u32), (Text, Scopes)>,
}

impl Looks {
    /// What these reports say of it.
    pub(super) fn of(reports: &[Report]) -> Looks {
        let mut runs = HashMap::new();
        for (input, report) in reports.iter().enumerate() {
            for (index, run) in report.runs.iter().enumerate() {
                let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
                let scopes = scopes(report, run);
                runs.insert((number(input), number(index)), (run.tool.clone(), scopes));
            }
        }
        Looks { runs }
    }

    /// What a source of a finding scanned. A log of ours may hold what several reports said: then the target of the finding
    /// tells which it was.
    pub(super) fn scope(&self, source: &Source, finding: &Finding) -> Option<Text> {
        let (_, scopes) = self.runs.get(&(source.input, source.run))?;
        if scopes.len() == 1 {
            return scopes.first().cloned().flatten();
        }
        let target = finding.target.clone();
        match target.is_some() && scopes.contains(&target) {
            true => target,
            false => None,
        }
    }

    /// All pairs, sorted: of the runs, and of the sources of merged findings, which a log of ours keeps in the first one's run.
    pub(super) fn pairs(&self, findings: &[Finding]) -> Vec<Pair> {
        let mut all: BTreeSet<Pair> = BTreeSet::new();
        #[expect(clippy::iter_over_hash_type, reason = "what is collected is sorted")]
        for (tool, scopes) in self.runs.values() {
            all.extend(scopes.iter().map(|scope| (tool.clone(), scope.clone())));
        }
        let mut known: HashSet<Pair> = HashSet::new();
        for finding in findings.iter().filter(|finding| finding.sources.len() > 1) {
            for source in &finding.sources {
                let pair = (source.tool.clone(), self.scope(source, finding));
                if known.insert(pair.clone()) {
                    all.insert(pair);
                }
            }
        }
        all.into_iter().collect()
    }
}

/// What one run looked at: its category, or the images that it names, else the repository (`None`).
fn scopes(report: &Report, run: &Run) -> Scopes {
    if let Some(category) = &run.category {
        return [Some(category.clone())].into();
    }
    let outside = |target: &str| is_image(target).then(|| image_repository(target).into());
    if run.targets.is_empty() {
        return [report.target.as_deref().and_then(outside)].into();
    }
    run.targets
        .iter()
        .map(|target| target.as_deref().and_then(outside))
        .collect()
}

/// What these sources of findings scanned: tool, and what outside of the repository (`None` for the repository itself).
pub fn scopes_of<'a>(
    findings: impl IntoIterator<Item = &'a Finding>,
    reports: &[Report],
) -> BTreeSet<Pair> {
    let looks = Looks::of(reports);
    let mut all = BTreeSet::new();
    for finding in findings {
        let sources = finding.sources.iter();
        all.extend(sources.map(|source| (source.tool.clone(), looks.scope(source, finding))));
    }
    all
}

/// What complete reports looked at: only they can say that something is not there.
pub fn looked_at(reports: &[Report]) -> BTreeSet<Pair> {
    let complete = reports
        .iter()
        .filter(|report| report.status == Status::Complete);
    let ours = (Text::from(OURS), None);
    complete.flat_map(pairs_of).chain([ours]).collect()
}

/// Tells of which entries somebody looked at the place.
pub(super) struct Witnesses(HashSet<Pair>);

impl Witnesses {
    /// Only complete reports can say that something is not there.
    pub(super) fn of(reports: &[Report]) -> Witnesses {
        let complete = reports
            .iter()
            .filter(|report| report.status == Status::Complete);
        Witnesses(complete.flat_map(pairs_of).collect())
    }

    /// Whether one of these looked.
    pub(super) fn saw<'a>(
        &self,
        mut pairs: impl Iterator<Item = (&'a Text, &'a Option<Text>)>,
    ) -> bool {
        pairs
            .any(|(tool, scope)| **tool == *OURS || self.0.contains(&(tool.clone(), scope.clone())))
    }
}

fn pairs_of(report: &Report) -> impl Iterator<Item = Pair> + '_ {
    report.runs.iter().flat_map(|run| {
        let scopes = scopes(report, run).into_iter();
        scopes.map(|scope| (run.tool.clone(), scope))
    })
}

/// What the base looked at and this run did not, whatever became of its reports: tool, and what it scanned outside of the
/// repository. Sorted.
pub fn missing(baseline: &Baseline, reports: &[Report]) -> Vec<(Text, Option<Text>)> {
    let present: HashSet<Pair> = reports.iter().flat_map(pairs_of).collect();
    let all: BTreeSet<&Pair> = baseline.seen.iter().collect();
    all.into_iter()
        .filter(|pair| *pair.0 != *OURS && !present.contains(*pair))
        .cloned()
        .collect()
}

/// Whether something that was scanned, and not a file of the repository, holds the finding.
pub(super) fn is_elsewhere(finding: &Finding) -> bool {
    finding
        .locations
        .iter()
        .any(|location| location.place == Place::Target)
}
