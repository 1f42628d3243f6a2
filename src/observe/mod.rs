//! What the gate itself saw becomes findings of the tool `sarif-gate`: with an identity, a source and rulings like every
//! other.
#![deny(clippy::disallowed_methods)]

use crate::model::{
    Demand, Effect, Finding, Input, Location, OWN, Observation, Place, Report, Run, Text,
    folded_line_hash,
};

/// Id of the tool that these findings are of.
pub const TOOL: &str = OWN;

/// One report for each file that was looked at and gave something; none where nothing was seen. `sha256` gives the hash
/// of a file's bytes, where they are known.
pub fn reports(observed: Vec<Observation>, sha256: &dyn Fn(&str) -> Option<String>) -> Vec<Report> {
    let mut reports: Vec<Report> = Vec::new();
    for seen in observed {
        let path = seen.path.to_string();
        let finding = finding(seen);
        let known = reports.iter_mut().find(|report| report.input.path == path);
        let report = match known {
            Some(report) => report,
            None => {
                reports.push(empty(path, sha256));
                match reports.last_mut() {
                    Some(report) => report,
                    None => continue,
                }
            }
        };
        report.entries.count(&finding);
        report.findings.push(finding);
    }
    reports
}

fn empty(path: String, sha256: &dyn Fn(&str) -> Option<String>) -> Report {
    Report {
        format: Some("observations"),
        reader: Some(TOOL),
        ..Report::new(
            Input {
                sha256: sha256(&path).unwrap_or_default(),
                path,
                bytes: 0,
            },
            vec![Run {
                tool: Text::from(TOOL),
                name: Text::from(TOOL),
                ..Run::default()
            }],
        )
    }
}

fn finding(seen: Observation) -> Finding {
    let mut finding = Finding::new(seen.kind, Text::from(seen.rule), seen.severity, seen.title);
    finding.message = seen.message;
    finding.locations = vec![Location {
        place: Place::Workspace,
        ..Location::new(seen.path, seen.line)
    }];
    // In place of the line's text: it is what the finding is about, wherever it stands.
    finding.line = Some(folded_line_hash(&seen.subject));
    finding.resource = Some(seen.subject);
    finding.demand = Some(Box::new(Demand {
        term: Text::from(seen.rule),
        effect: seen.effect,
        why: Text::from(match seen.effect {
            Effect::Block => "it undoes the gate",
            _ => "it weakens the gate",
        }),
    }));
    finding
}
