//! The gate on written cases: dropping a folder with a `case.json` under `tests/gate/` is a test.
//!
//! `settings` holds input names as the config file has them; what is left out is built in. A finding's `tools` are the
//! sources that say it, with `!` behind a tool that suppressed it, and `times` repeats it. In `verdict` only
//! `conclusion` and `judged` have to be there (one word for each finding, repeats counted singly); a ruling is written
//! `by term: effect`. Remarks, reasons of `cannot_block` and the `why` of each finding's last ruling are compared by the
//! part that is written. `vex` of the facts holds documents by file name; a source scanned what the first report of its tool
//! scanned. `statements` says where each statement stands, how many findings it excuses and a part of the reason; `said` is a
//! part of the first reason that VEX gives for each finding. Waivers: `tests/waivers.rs`.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test reads its cases and stops at the first that is badly written"
)]

mod given;
mod given_reports;
mod statements;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use given::{Case, findings, reports};
use sarif_gate::gate::{Facts, judge};
use sarif_gate::model::Ruling;

fn spell(ruling: &Ruling) -> String {
    match &ruling.term {
        Some(term) => format!("{} {term}: {}", ruling.by, ruling.effect.word()),
        None => format!("{}: {}", ruling.by, ruling.effect.word()),
    }
}

/// What is wrong with a case; empty when nothing is.
fn check(case: &Case) -> Vec<String> {
    let mut policy = case.settings.policy();
    case.waivers.limit(&mut policy);
    let mut reports = reports(case);
    let mut findings = findings(case, &mut reports, &policy);
    statements::find_reports(&mut findings, &reports);
    let facts = Facts {
        waivers: case.waivers.read(),
        vex: statements::statements(&case.facts.vex, &policy),
        ..case.facts.facts()
    };
    let verdict = judge(&findings, &reports, &facts, &policy);
    let expected = &case.verdict;
    let mut wrong = statements::check(expected, &verdict);
    wrong.extend(expected.waivers.differences(&verdict));
    let mut compare = |what: &str, expected: String, found: String| {
        if expected != found {
            wrong.push(format!("{what}: expected {expected}, found {found}"));
        }
    };
    compare(
        "conclusion",
        expected.conclusion.clone(),
        verdict.conclusion.word().to_owned(),
    );
    let judged: Vec<&str> = verdict.judged.iter().map(|judged| judged.word()).collect();
    compare(
        "judged",
        format!("{:?}", expected.judged),
        format!("{judged:?}"),
    );
    if let Some(complete) = expected.complete {
        compare(
            "complete",
            complete.to_string(),
            verdict.complete.to_string(),
        );
    }
    if let Some(reason) = &expected.reason {
        compare("reason", reason.clone(), verdict.reason.clone());
    }
    if let Some(excluded) = expected.excluded {
        compare(
            "excluded",
            excluded.to_string(),
            verdict.counts.excluded.to_string(),
        );
    }
    if let Some(rulings) = &expected.rulings {
        let found: Vec<Vec<String>> = verdict
            .rulings
            .iter()
            .map(|rulings| rulings.iter().map(spell).collect())
            .collect();
        compare("rulings", format!("{rulings:?}"), format!("{found:?}"));
    }
    if let Some(components) = &expected.components {
        let found: BTreeMap<String, String> = verdict
            .components
            .iter()
            .map(|component| {
                (
                    component.name.to_string(),
                    component.conclusion.word().to_owned(),
                )
            })
            .collect();
        compare(
            "components",
            format!("{components:?}"),
            format!("{found:?}"),
        );
    }
    if let Some(whys) = &expected.why {
        let found: Vec<String> = verdict
            .rulings
            .iter()
            .map(|rulings| {
                rulings
                    .last()
                    .map_or_else(String::new, |last| last.why.to_string())
            })
            .collect();
        let fits = whys.len() == found.len()
            && found
                .iter()
                .zip(whys)
                .all(|(found, part)| found.contains(part) && found.is_empty() == part.is_empty());
        if !fits {
            wrong.push(format!("why: {found:?}"));
        }
    }
    if let Some(remarks) = &expected.remarks {
        let fits = remarks.len() == verdict.remarks.len()
            && verdict
                .remarks
                .iter()
                .zip(remarks)
                .all(|(found, part)| found.contains(part));
        if !fits {
            wrong.push(format!("remarks: {:?}", verdict.remarks));
        }
    }
    if let Some(tools) = &expected.cannot_block {
        let fits = tools.len() == verdict.cannot_block.len()
            && verdict
                .cannot_block
                .iter()
                .all(|(tool, why)| tools.get(&**tool).is_some_and(|part| why.contains(part)));
        if !fits {
            wrong.push(format!("cannot_block: {:?}", verdict.cannot_block));
        }
    }
    wrong
}

#[test]
fn every_case_is_judged_as_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gate");
    let mut cases: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    cases.sort();
    assert!(!cases.is_empty(), "no case in {}", folder.display());
    let mut wrong = Vec::new();
    for path in cases {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(path.join("case.json"))
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let case: Case =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        wrong.extend(
            check(&case)
                .into_iter()
                .map(|what| format!("{name}: {what}")),
        );
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
