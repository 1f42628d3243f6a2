//! What a GitHub workflow does to the gate that it runs. What has a shape that nobody knows is passed over; workflows that
//! it calls are not seen.

mod condition;
mod gate;
mod parts;
mod scanners;
mod shell;
mod table;
mod triggers;

use super::tree::{self, Node, Value};
use super::{Spot, Weight, bounded};
use crate::model::Observation;
use crate::syntax::words::plain;

use parts::{Job, is_gate_action, jobs};
use scanners::{by_action, hides_something, is_pinned, runs};

/// The file is no workflow that can be read.
pub const UNREADABLE: &str = "workflow-unreadable";
/// The exit code of the gate is ignored by GitHub.
pub const CONTINUE_ON_ERROR: &str = "workflow-continue-on-error";
/// The gate does not always run.
pub const GATE_SKIPPABLE: &str = "workflow-gate-skippable";
/// The exit code of the gate is thrown away by a script.
pub const VERDICT_DROPPED: &str = "workflow-verdict-dropped";
/// The gate does not run in a merge queue.
pub const NO_MERGE_GROUP: &str = "workflow-no-merge-group";
/// Some pull requests do not start the workflow.
pub const PATH_FILTER: &str = "workflow-path-filter";
/// A scanner or the gate may become another program overnight.
pub const UNPINNED_ACTION: &str = "workflow-unpinned-action";
/// Nothing runs a tool that has to report.
pub const MISSING_SCANNER: &str = "workflow-missing-scanner";
/// More was seen than is listed.
pub const LEFT_OUT: &str = "workflow-more-observations";

/// What is known of the run besides the file.
#[derive(Clone, Copy, Debug, Default)]
pub struct WorkflowFacts<'a> {
    /// The key of the job that runs the gate (`GITHUB_JOB`).
    pub job: Option<&'a str>,
    /// Tools that have to report, by id.
    pub required_tools: &'a [String],
    /// The repository merges through a merge queue.
    pub merge_queue: bool,
}

/// A workflow that was read.
struct File<'a> {
    path: &'a str,
    root: &'a Node,
    /// The jobs that run the gate: where it stands among their steps, and whether the job is surely the one.
    gate_jobs: Vec<(&'a Job<'a>, Vec<usize>, bool)>,
}

impl<'a> File<'a> {
    fn spot(&self, line: u32, subject: String) -> Spot<'a> {
        Spot {
            path: self.path,
            line: Some(line),
            subject,
        }
    }
}

/// Looks at a workflow file. The order is that of the rules, then of the file.
pub fn check(path: &str, text: &str, facts: &WorkflowFacts<'_>) -> Vec<Observation> {
    let root = match tree::read(text) {
        Ok(root) if root.get("jobs").is_some_and(is_map) => root,
        Ok(_) => return vec![unreadable(path, None, "it has no `jobs`")],
        Err(error) => {
            let line = error.line.and_then(|line| u32::try_from(line).ok());
            return vec![unreadable(path, line, &error.words)];
        }
    };
    let jobs = jobs(&root);
    let file = File {
        path,
        root: &root,
        gate_jobs: gate_jobs(&jobs, facts.job),
    };
    let mut seen = Vec::new();
    gate::check(&file, &mut seen);
    triggers::check(&file, facts, &mut seen);
    unpinned(&file, &jobs, &mut seen);
    missing(&file, &jobs, facts, &mut seen);
    bounded(seen, LEFT_OUT, "observations about this workflow")
}

fn is_map(node: &Node) -> bool {
    matches!(node.value, Value::Map(_))
}

/// The job that is named, if the file has it; else all that have a step that looks like the gate.
fn gate_jobs<'a>(jobs: &'a [Job<'a>], named: Option<&str>) -> Vec<(&'a Job<'a>, Vec<usize>, bool)> {
    if let Some(job) = jobs.iter().find(|job| Some(job.id) == named) {
        return vec![(job, job.gates(true), true)];
    }
    jobs.iter()
        .map(|job| (job, job.gates(false), false))
        .collect()
}

fn unreadable(path: &str, line: Option<u32>, why: &str) -> Observation {
    let spot = Spot {
        path,
        line,
        subject: "workflow".into(),
    };
    spot.observation(
        UNREADABLE,
        Weight::Warns,
        "the workflow that runs the gate cannot be read",
        &format!(
            "Nobody can tell whether this workflow lets its gate work: {why}. Write it as GitHub documents workflows; merge keys (<<) and more than 16 levels are not read."
        ),
    )
}

/// Actions of scanners and of the gate that somebody else can change.
fn unpinned(file: &File<'_>, jobs: &[Job<'_>], seen: &mut Vec<Observation>) {
    for job in jobs {
        let of_steps = job.steps.iter().filter_map(|step| step.uses);
        for (line, uses) in job.uses().into_iter().chain(of_steps) {
            let is_ours = is_gate_action(uses);
            if is_pinned(uses) || (!is_ours && by_action(uses).is_none()) {
                continue;
            }
            let (action, reference) = uses.split_once('@').unwrap_or((uses, ""));
            let pin = match action.starts_with("docker://") {
                true => "sha256:<digest of the image>".to_owned(),
                false => "<full SHA of the commit>".to_owned(),
            };
            let comment = match reference {
                "" => String::new(),
                version => format!(" # {}", plain(version)),
            };
            let what = if is_ours {
                "the gate itself"
            } else {
                "a scanner"
            };
            let spot = file.spot(line, format!("{} {action}", job.id));
            seen.push(spot.observation(
                UNPINNED_ACTION,
                Weight::Warns,
                &format!("{} is not pinned to a commit", plain(action)),
                &format!(
                    "Tags and branches move: whoever can move this one decides what {what} finds, with the token of this job. Write `uses: {}@{pin}{comment}` and let Dependabot or Renovate raise it.",
                    plain(action)
                ),
            ));
        }
    }
}

/// Tools that have to report and that nothing in the file seems to run.
fn missing(
    file: &File<'_>,
    jobs: &[Job<'_>],
    facts: &WorkflowFacts<'_>,
    seen: &mut Vec<Observation>,
) {
    let hidden = hides_something(jobs);
    let line = file.root.entry("jobs").map_or(0, |(line, _)| line);
    for tool in facts.required_tools {
        if tool.trim().is_empty() || runs(jobs, tool) {
            continue;
        }
        let shown = plain(tool);
        let perhaps = if hidden {
            " It calls scripts, local actions or other workflows, which were not looked at, so the scanner may be there."
        } else {
            ""
        };
        let spot = file.spot(line, tool.clone());
        seen.push(spot.observation(
            MISSING_SCANNER,
            Weight::warns_if(!hidden),
            &format!("no step looks as if it ran {shown}, which has to report"),
            &format!(
                "`require-reports` names {shown}, and no step of this workflow uses its action or calls its program.{perhaps} Add a step that runs it before the gate, or take {shown} out of `require-reports`."
            ),
        ));
    }
}

#[cfg(test)]
mod step_tests;
#[cfg(test)]
mod tests;
