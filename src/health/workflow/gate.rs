//! Whether the step that runs the gate surely runs, and whether its verdict surely counts.

use super::super::Weight;
use super::super::tree::Node;
use super::condition::{Condition, read};
use super::parts::{Job, Step, dropped};
use super::scanners::scans;
use super::{CONTINUE_ON_ERROR, File, GATE_SKIPPABLE, VERDICT_DROPPED};
use crate::model::Observation;
use crate::syntax::words::plain;

pub(super) fn check(file: &File<'_>, seen: &mut Vec<Observation>) {
    for (job, gates, surely) in &file.gate_jobs {
        if gates.is_empty() && !surely {
            continue;
        }
        whole_job(file, job, seen);
        for at in gates {
            if let Some(step) = job.steps.get(*at) {
                let before = job.steps.get(..*at).unwrap_or_default();
                one_step(file, job, step, before, seen);
            }
        }
    }
}

fn whole_job(file: &File<'_>, job: &Job<'_>, seen: &mut Vec<Observation>) {
    let shown = format!("the job {}", plain(job.id));
    forgiven(file, job.node, &shown, job.id, seen);
    let mut skippable = |line, what: &str, weight, title: &str, message: String| {
        let spot = file.spot(line, format!("{} {what}", job.id));
        seen.push(spot.observation(GATE_SKIPPABLE, weight, title, &message));
    };
    let condition = job.node.entry("if");
    let says = read(condition.map(|(_, value)| value));
    if let Some((line, _)) = job.node.entry("needs")
        && !matches!(says, Condition::Always | Condition::AlwaysWhere)
    {
        skippable(
            line,
            "needs",
            Weight::Warns,
            &format!("{shown}, which runs the gate, is skipped when a job that it needs fails"),
            format!(
                "A skipped job counts as passed for a required check, so a job under `needs` that fails opens the gate. Write `if: ${{{{ !cancelled() }}}}` in {shown}; what is then missing makes the verdict incomplete."
            ),
        );
    }
    if let (
        Some((line, _)),
        Condition::Where | Condition::AlwaysWhere | Condition::NotAfterSuccess,
    ) = (condition, says)
    {
        skippable(
            line,
            "if",
            Weight::warns_if(says == Condition::NotAfterSuccess),
            &format!("{shown}, which runs the gate, runs on a condition"),
            format!(
                "Where its `if:` does not hold, {shown} is skipped, and a skipped job counts as passed for a required check. Remove the condition, or write `if: ${{{{ !cancelled() }}}}` and let `mode` or `environment` of the gate decide what counts."
            ),
        );
    }
}

fn one_step(
    file: &File<'_>,
    job: &Job<'_>,
    step: &Step<'_>,
    before: &[Step<'_>],
    seen: &mut Vec<Observation>,
) {
    let subject = format!("{} {}", job.id, step.subject());
    let shown = step.shown();
    forgiven(file, step.node, &shown, &subject, seen);
    let condition = step.node.entry("if");
    let says = read(condition.map(|(_, value)| value));
    let line = condition.map_or(step.line, |(line, _)| line);
    // A scanner that may go on in spite of its failure cannot keep the gate from running.
    let failing = before
        .iter()
        .find(|earlier| scans(earlier) && !may_fail(earlier.node));
    let found = match (says, failing) {
        (Condition::AfterSuccess | Condition::Where, Some(scanner)) => Some((
            Weight::Warns,
            format!("{shown} does not run when an earlier step fails"),
            format!(
                "When {} ends with an error, because it found something or because it broke, GitHub skips the gate: there is no verdict, no evidence and no report. Write `if: always()` in {shown}.",
                scanner.shown()
            ),
        )),
        (Condition::NotAfterSuccess, _) => Some((
            Weight::Warns,
            format!("{shown} does not run when everything before it passes"),
            format!("Its `if:` leaves the gate out of most runs. Write `if: always()` in {shown}."),
        )),
        (Condition::Where | Condition::AlwaysWhere, _) => Some((
            Weight::Notes,
            format!("{shown} runs on a condition"),
            format!(
                "Where its `if:` does not hold there is no verdict, and the job passes without one. Write `if: always()` in {shown}, and let `mode` or `environment` of the gate decide what counts."
            ),
        )),
        (Condition::Always | Condition::AfterSuccess, _) => None,
    };
    if let Some((weight, title, message)) = found {
        let spot = file.spot(line, subject.clone());
        seen.push(spot.observation(GATE_SKIPPABLE, weight, &title, &message));
    }
    if let Some(how) = dropped(&step.commands, has_pipefail(file, job, step)) {
        let (line, _) = step.node.entry("run").unwrap_or((step.line, step.node));
        seen.push(file.spot(line, subject).observation(
            VERDICT_DROPPED,
            Weight::Warns,
            &format!("{shown} drops the verdict: {how}"),
            &format!(
                "The script of {shown} calls sarif-gate, but {how}, so that the step passes whatever the verdict is. Let `sarif-gate run` stand alone on the last line, and write `mode: warn` in the gate's config if it shall not block."
            ),
        ));
    }
}

/// `continue-on-error` of a job or step that runs the gate.
fn forgiven(file: &File<'_>, node: &Node, shown: &str, subject: &str, seen: &mut Vec<Observation>) {
    let Some((line, value)) = node.entry("continue-on-error") else {
        return;
    };
    let text = value.text().unwrap_or("null").trim();
    if matches!(text, "false" | "null" | "") {
        return;
    }
    let how = match text {
        "true" => "`continue-on-error: true` makes",
        _ => "`continue-on-error` is an expression; where it is true it makes",
    };
    seen.push(file.spot(line, subject.to_owned()).observation(
        CONTINUE_ON_ERROR,
        Weight::Warns,
        &format!("{shown} runs the gate and passes even when the verdict is fail"),
        &format!(
            "{how} GitHub ignore the exit code of {shown}, so that nothing is blocked. Remove the line, or write `continue-on-error: false`; a gate that shall not block yet has `mode: warn` for that, which says so on the pull request."
        ),
    ));
}

/// Whether a step may fail without the job failing, for sure.
fn may_fail(node: &Node) -> bool {
    node.get("continue-on-error").and_then(Node::text) == Some("true")
}

/// Whether the shell of a step fails with any part of a pipe: GitHub runs `bash` with `-o pipefail` only where it is
/// named (docs, "Workflow syntax", `jobs.<job_id>.steps[*].shell`).
fn has_pipefail(file: &File<'_>, job: &Job<'_>, step: &Step<'_>) -> bool {
    let default = |node: &Node| -> Option<String> {
        let shell = node.get("defaults")?.get("run")?.get("shell")?;
        shell.text().map(str::to_owned)
    };
    let shell = step
        .node
        .get("shell")
        .and_then(Node::text)
        .map(str::to_owned);
    let shell = shell
        .or_else(|| default(job.node))
        .or_else(|| default(file.root));
    shell.is_some_and(|shell| shell.trim() == "bash" || shell.contains("pipefail"))
}
