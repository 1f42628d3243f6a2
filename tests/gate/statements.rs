//! What cases say of VEX: the documents of the facts, and what has to become of their statements.
#![expect(
    clippy::unwrap_used,
    reason = "a test stops at a case that is badly written"
)]

use std::collections::BTreeMap;

use sarif_gate::gate::Policy;
use sarif_gate::gate::vex::{self, Statement};
use sarif_gate::model::{Finding, Report, Ruling, Verdict};

use super::given::Expected;

/// The statements of the documents of a case.
pub(super) fn statements(
    documents: &BTreeMap<String, serde_json::Value>,
    policy: &Policy,
) -> Vec<Statement> {
    let read = |(path, document): (&String, &serde_json::Value)| {
        let text = document.to_string();
        vex::parse(path, text.as_bytes(), policy.accept_impact_statements).unwrap()
    };
    documents.iter().flat_map(read).collect()
}

/// A finding is said by the first report of each tool.
pub(super) fn find_reports(findings: &mut [Finding], reports: &[Report]) {
    for source in findings.iter_mut().flat_map(|finding| &mut finding.sources) {
        let input = reports
            .iter()
            .position(|report| report.runs[0].tool == source.tool);
        source.input = input.unwrap_or(0) as u32;
    }
}

/// What is wrong with what VEX said; empty when nothing is.
pub(super) fn check(expected: &Expected, verdict: &Verdict) -> Vec<String> {
    let mut wrong = Vec::new();
    if let Some(statements) = &expected.statements {
        let found: Vec<String> = verdict
            .exemptions
            .iter()
            .filter(|one| one.by == "vex")
            .map(|one| format!("{} {}: {}", one.standing.word(), one.findings, one.why))
            .collect();
        let fits = |(found, expected): (&String, &String)| {
            let (standing, why) = expected.split_once(": ").unwrap_or((expected, ""));
            found.starts_with(&format!("{standing}: ")) && found.contains(why)
        };
        if found.len() != statements.len() || !found.iter().zip(statements).all(fits) {
            wrong.push(format!("statements: {found:?}"));
        }
    }
    if let Some(said) = &expected.said {
        let of_vex = |rulings: &Vec<Ruling>| {
            let ruling = rulings.iter().find(|ruling| ruling.by == "vex");
            ruling.map_or_else(String::new, |ruling| ruling.why.to_string())
        };
        let found: Vec<String> = verdict.rulings.iter().map(of_vex).collect();
        let fits = |(found, part): (&String, &String)| {
            found.contains(part) && found.is_empty() == part.is_empty()
        };
        if found.len() != said.len() || !found.iter().zip(said).all(fits) {
            wrong.push(format!("said: {found:?}"));
        }
    }
    wrong
}
