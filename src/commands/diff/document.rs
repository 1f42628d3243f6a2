//! The difference for programs: `sarif-gate/diff/v1`, described by `docs/diff.schema.json`.

use serde_json::{Value, json};

use super::Compared;
use crate::baseline::Difference;
use crate::model::{Finding, Gone, Report, State, Text};

/// The document. All keys are always there.
pub(super) fn document(compared: &Compared) -> Value {
    let (gone, unseen): (Vec<&Gone>, Vec<&Gone>) = compared
        .comparison
        .gone
        .iter()
        .partition(|gone| !gone.unseen);
    let findings = |state| -> Vec<Value> {
        let all = compared.of(state);
        all.map(|(finding, difference)| entry(finding, difference))
            .collect()
    };
    json!({
        "schema": "sarif-gate/diff/v1",
        "old": reports(&compared.old),
        "new": reports(&compared.new),
        "counts": {
            "old": compared.comparison.findings,
            "total": compared.findings.len(),
            "new": compared.count(State::New),
            "updated": compared.count(State::Updated),
            "unchanged": compared.count(State::Unchanged),
            "fixed": gone.len(),
            "unseen": unseen.len(),
        },
        "findings": {
            "new": findings(State::New),
            "updated": findings(State::Updated),
            "fixed": gone.into_iter().map(gone_entry).collect::<Vec<_>>(),
            "unseen": unseen.into_iter().map(gone_entry).collect::<Vec<_>>(),
        },
        "missing": compared
            .missing
            .iter()
            .map(|(tool, target)| json!({ "tool": &**tool, "target": target.as_deref() }))
            .collect::<Vec<_>>(),
    })
}

fn reports(reports: &[Report]) -> Vec<Value> {
    let one = |report: &Report| {
        let tools: Vec<&str> = report.runs.iter().map(|run| &*run.tool).collect();
        json!({
            "path": report.input.path,
            "format": report.format,
            "tools": tools,
            "status": report.status.word(),
        })
    };
    reports.iter().map(one).collect()
}

fn texts(texts: &[Text]) -> Vec<&str> {
    texts.iter().map(|text| &**text).collect()
}

fn entry(finding: &Finding, difference: Option<&Difference>) -> Value {
    let place = finding.workspace_location().or(finding.locations.first());
    let mut tools: Vec<&str> = finding.sources.iter().map(|source| &*source.tool).collect();
    tools.sort_unstable();
    tools.dedup();
    json!({
        "fingerprint": finding.fingerprint,
        "kind": finding.kind.word(),
        "rule": &*finding.rule,
        "aliases": texts(&finding.aliases),
        "severity": finding.severity.word(),
        "title": &*finding.title,
        "path": place.map(|place| &*place.path),
        "line": place.and_then(|place| place.start_line),
        "target": finding.target.as_deref(),
        "package": finding.package.as_ref().map(|package| json!({
            "name": &*package.name,
            "version": package.version.as_deref(),
        })),
        "tools": tools,
        "was": difference.map(|was| json!({
            "severity": was.severity.map(|severity| severity.word()),
            "versions": was.versions.as_deref().map(texts),
            "line_changed": was.line,
        })),
    })
}

fn gone_entry(gone: &Gone) -> Value {
    json!({
        "fingerprint": gone.fingerprint,
        "kind": gone.kind.word(),
        "rule": &*gone.rule,
        "severity": gone.severity.word(),
        "title": &*gone.title,
        "place": gone.place.as_deref(),
    })
}
