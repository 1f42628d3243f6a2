//! The outputs of the Action: one list, safe values at the start of every run, the true ones at its end.
//!
//! An output that is not written can be forged by a scanner's text in the log (`::set-output` still works), so each is
//! written on every path. The runner takes the last entry of a name.

use std::fs::OpenOptions;
use std::io::{self, Write};

use super::plan::{Plan, Stage};
use super::{Destination, EvidenceFiles, Pages, Publication, Status};
use crate::github::command;
use crate::model::{Outcome, Severity};

pub(super) const DESTINATION: Destination = Destination {
    id: "outputs",
    what: "the outputs of the Action for later steps (GITHUB_OUTPUT)",
    plan,
    publish,
};

fn plan(stage: &Stage<'_>) -> Plan {
    match stage.context.output_file {
        Some(_) => Plan::Will("what later steps read".to_owned()),
        None => Plan::not("GITHUB_OUTPUT is not set"),
    }
}

/// Name and meaning of every output, in the order of `action.yml`.
pub const OUTPUTS: &[(&str, &str)] = &[
    ("verdict", "`pass`, `warn`, `fail` or `incomplete`"),
    (
        "complete",
        "`true` when every report was complete, else `false`",
    ),
    ("reason", "the verdict in one sentence"),
    ("total", "number of findings after merging"),
    (
        "critical",
        "number of critical findings, excused ones included",
    ),
    ("high", "number of high findings, excused ones included"),
    ("medium", "number of medium findings, excused ones included"),
    ("low", "number of low findings, excused ones included"),
    (
        "new",
        "number of findings that the baseline does not have; empty without a baseline",
    ),
    (
        "fixed",
        "number of findings that only the baseline has; empty without a baseline",
    ),
    ("excused", "number of findings that a suppression excuses"),
    ("blocking", "number of findings that block"),
    ("sarif-file", "path of the SARIF log with all findings"),
    ("summary-file", "path of the summary in Markdown"),
    ("verdict-file", "path of `verdict.json`"),
    ("evidence-dir", "path of the folder with the evidence"),
    (
        "check-url",
        "page of the check run; empty when none was made",
    ),
    (
        "comment-url",
        "page of the comment; empty when none was made",
    ),
];

/// The value that an output has until the run says otherwise: never one that lets a later step pass.
fn safe_default(name: &str) -> &'static str {
    match name {
        "verdict" => "incomplete",
        "complete" => "false",
        "reason" => "sarif-gate did not finish",
        _ => "",
    }
}

/// Writes the safe values. Call this before anything else happens, on every path.
///
/// # Errors
/// When the file cannot be appended to, or the system has no random numbers for the delimiters.
pub fn write_safe_defaults(path: &str) -> io::Result<()> {
    append(
        path,
        OUTPUTS
            .iter()
            .map(|(name, _)| (*name, safe_default(name).to_owned())),
    )
}

/// Replaces the reason where a run ends without an outcome (wrong settings, an error of our own); the verdict stays
/// `incomplete`.
///
/// # Errors
/// As [`write_safe_defaults`].
pub fn write_reason(path: &str, reason: &str) -> io::Result<()> {
    append(path, [("reason", command::safe_log_line(reason))])
}

/// Writes the true values.
///
/// # Errors
/// As [`write_safe_defaults`].
pub fn write_final(
    path: &str,
    outcome: &Outcome,
    files: &EvidenceFiles,
    pages: &Pages,
) -> io::Result<()> {
    append(
        path,
        OUTPUTS
            .iter()
            .map(|(name, _)| (*name, value(name, outcome, files, pages))),
    )
}

fn value(name: &str, outcome: &Outcome, files: &EvidenceFiles, pages: &Pages) -> String {
    let verdict = &outcome.verdict;
    let counts = &verdict.counts;
    let severity = |severity: Severity| {
        counts
            .by_severity
            .get(&severity)
            .copied()
            .unwrap_or(0)
            .to_string()
    };
    let number = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
    // Later steps run outside this container, where only paths relative to the workspace are the same.
    let file = |path: &Option<String>| {
        let path = path.as_deref().unwrap_or_default();
        let inside = path
            .strip_prefix(&outcome.context.workspace)
            .and_then(|rest| rest.strip_prefix('/'));
        inside
            .filter(|_| !outcome.context.workspace.is_empty())
            .unwrap_or(path)
            .to_owned()
    };
    match name {
        "verdict" => verdict.conclusion.word().to_owned(),
        "complete" => verdict.complete.to_string(),
        "reason" => command::safe_log_line(&verdict.reason),
        "total" => counts.total.to_string(),
        "critical" => severity(Severity::Critical),
        "high" => severity(Severity::High),
        "medium" => severity(Severity::Medium),
        "low" => severity(Severity::Low),
        "new" => number(counts.new),
        "fixed" => number(counts.fixed),
        "excused" => counts.excused.to_string(),
        "blocking" => counts.blocking.to_string(),
        "sarif-file" => file(&files.sarif),
        "summary-file" => file(&files.summary),
        "verdict-file" => file(&files.verdict),
        "evidence-dir" => file(&files.dir),
        "check-url" => pages.check.clone().unwrap_or_default(),
        "comment-url" => pages.comment.clone().unwrap_or_default(),
        other => safe_default(other).to_owned(),
    }
}

fn append<'a>(path: &str, values: impl IntoIterator<Item = (&'a str, String)>) -> io::Result<()> {
    let mut text = String::new();
    for (name, value) in values {
        let entry = command::delimiter()
            .and_then(|delimiter| command::output_entry(name, &value, &delimiter));
        text.push_str(&entry.map_err(io::Error::other)?);
    }
    OpenOptions::new()
        .append(true)
        .create(true)
        .open(path)?
        .write_all(text.as_bytes())
}

fn publish(publication: &mut Publication<'_>) -> Status {
    let Some(path) = &publication.outcome.context.output_file else {
        return Status::Skipped("GITHUB_OUTPUT is not set".to_owned());
    };
    match write_final(
        path,
        publication.outcome,
        publication.files,
        &publication.pages,
    ) {
        Ok(()) => Status::done(format!("{} outputs", OUTPUTS.len())),
        Err(error) => Status::Failed(format!("appending to GITHUB_OUTPUT (`{path}`): {error}")),
    }
}
