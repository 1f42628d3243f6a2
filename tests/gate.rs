//! The gate on written cases: dropping a folder with a `case.json` under `tests/gate/` is a test.
//!
//! `settings` holds input names as the config file has them; what is left out is built in. A finding's `tools` are the
//! sources that say it, with `!` behind a tool that suppressed it, and `times` repeats it. In `verdict` only
//! `conclusion` and `judged` have to be there (one word for each finding, repeats counted singly); a ruling is written
//! `by term: effect`. Remarks and reasons of `cannot_block` are compared by the part that is written.
//! `vex` of the facts holds documents by file name; a source scanned what the first report of its tool scanned. `statements`
//! says where each statement stands, how many findings it excuses and a part of the reason (`refused 0: justification`);
//! `said` is a part of the first reason that VEX gives for each finding.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test reads its cases and stops at the first that is badly written"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sarif_gate::gate::language::Conditions;
use sarif_gate::gate::thresholds::{Subject, Thresholds};
use sarif_gate::gate::vex::{self, Statement};
use sarif_gate::gate::{Facts, Policy, Preset, Row, ScannerSuppressions, judge};
use sarif_gate::model::{
    Changes, Entries, Finding, Fingerprint, Fix, Input, Instance, Kind, Location, Measure,
    Measured, Package, Place, Report, Ruling, Run, Severity, Source, Status, Suppression, Text,
    Touched, Verdict,
};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Case {
    #[expect(dead_code, reason = "for whoever reads the case")]
    about: String,
    #[serde(default)]
    settings: Settings,
    #[serde(default)]
    facts: GivenFacts,
    reports: Vec<GivenReport>,
    #[serde(default)]
    findings: Vec<GivenFinding>,
    verdict: Expected,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Settings {
    preset: Option<String>,
    fail_on: Option<String>,
    warn_on: Option<String>,
    note_on: Option<String>,
    exclude: Option<String>,
    unknown_severity: Option<Severity>,
    scanner_suppressions: Option<String>,
    coverage: Option<String>,
    cost: Option<String>,
    #[serde(default)]
    accept_impact_statements: bool,
    #[serde(default)]
    require_reports: Vec<String>,
    #[serde(default)]
    allow_incomplete: BTreeMap<String, String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct GivenFacts {
    #[serde(default)]
    proposal: bool,
    changed: Option<Vec<String>>,
    today: Option<String>,
    #[serde(default)]
    vex: BTreeMap<String, serde_json::Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct GivenReport {
    tool: String,
    partial: Option<String>,
    unusable: Option<String>,
    #[serde(default)]
    unanalysed: Vec<String>,
    #[serde(default)]
    measures: Vec<GivenMeasure>,
    #[serde(default)]
    products: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct GivenMeasure {
    /// `coverage`, `monthly-cost`, `cost-change`, `cost-change-percent`.
    of: String,
    value: Option<String>,
    unit: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct GivenFinding {
    kind: Kind,
    severity: Severity,
    rule: String,
    #[serde(default)]
    aliases: Vec<String>,
    tools: Vec<String>,
    path: Option<String>,
    target: Option<String>,
    package: Option<String>,
    purl: Option<String>,
    version: Option<String>,
    /// Further versions of the package.
    #[serde(default)]
    instances: Vec<String>,
    kev: Option<bool>,
    /// `none`, `available`; unknown where left out.
    fix: Option<String>,
    cvss: Option<f32>,
    times: Option<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
struct Expected {
    conclusion: String,
    judged: Vec<String>,
    complete: Option<bool>,
    reason: Option<String>,
    rulings: Option<Vec<Vec<String>>>,
    excluded: Option<u64>,
    remarks: Option<Vec<String>>,
    statements: Option<Vec<String>>,
    said: Option<Vec<String>>,
    cannot_block: Option<BTreeMap<String, String>>,
}

fn policy(settings: &Settings) -> Policy {
    let preset = settings.preset.as_deref().unwrap_or("standard");
    let mut policy = Policy::new(preset.parse::<Preset>().unwrap());
    let rows = [
        (Row::Fail, &settings.fail_on),
        (Row::Warn, &settings.warn_on),
        (Row::Note, &settings.note_on),
    ];
    for (row, text) in rows {
        if let Some(text) = text {
            policy.set_row(row, Conditions::parse(text).unwrap());
        }
    }
    if let Some(text) = &settings.exclude {
        policy.exclude = Conditions::parse(text).unwrap();
    }
    if let Some(severity) = settings.unknown_severity {
        policy.unknown_severity = severity;
    }
    if let Some(word) = &settings.scanner_suppressions {
        policy.scanner_suppressions = ScannerSuppressions::from_word(word).unwrap();
    }
    for (subject, text, thresholds) in [
        (Subject::Coverage, &settings.coverage, &mut policy.coverage),
        (Subject::Cost, &settings.cost, &mut policy.cost),
    ] {
        if let Some(text) = text {
            *thresholds = Thresholds::parse(subject, text).unwrap();
        }
    }
    policy.accept_impact_statements = settings.accept_impact_statements;
    policy.require_reports = settings.require_reports.clone();
    policy.allow_incomplete = settings.allow_incomplete.clone().into_iter().collect();
    policy
}

fn report(given: &GivenReport) -> Report {
    let status = match (&given.partial, &given.unusable) {
        (None, None) => Status::Complete,
        (Some(why), None) => Status::Partial(why.clone()),
        (None, Some(why)) => Status::Unusable(why.clone()),
        (Some(_), Some(_)) => panic!("a report is partial or unusable"),
    };
    Report {
        input: Input {
            path: format!("{}.json", given.tool),
            ..Input::default()
        },
        format: None,
        runs: vec![Run {
            tool: Text::from(given.tool.as_str()),
            ..Run::default()
        }],
        target: None,
        status,
        understood: true,
        unanalysed: given
            .unanalysed
            .iter()
            .map(|path| Text::from(path.as_str()))
            .collect(),
        entries: Entries::default(),
        findings: Vec::new(),
        reader: None,
        measures: given.measures.iter().map(measure).collect(),
        signatures: Vec::new(),
        products: given
            .products
            .iter()
            .map(|name| Text::from(name.as_str()))
            .collect(),
        repairs: Vec::new(),
    }
}

fn measure(given: &GivenMeasure) -> Measure {
    let of = match given.of.as_str() {
        "coverage" => Measured::Coverage,
        "monthly-cost" => Measured::MonthlyCost,
        "cost-change" => Measured::CostChange,
        "cost-change-percent" => Measured::CostChangePercent,
        other => panic!("{other} is not measured"),
    };
    Measure {
        of,
        value: given.value.as_ref().map(|value| value.parse().unwrap()),
        unit: given.unit.as_str().into(),
        basis: Text::from(""),
    }
}

/// What the numbers of the reports add to the findings, as a run does it.
fn of_numbers(reports: &mut [Report], policy: &Policy) -> Vec<Finding> {
    let mut found = Vec::new();
    for report in reports {
        policy.coverage.add_findings(report);
        policy.cost.add_findings(report);
        let tool = report.runs[0].tool.to_string();
        for mut finding in std::mem::take(&mut report.findings) {
            finding.sources.push(source(&tool, &finding));
            found.push(finding);
        }
    }
    found
}

fn source(tool: &str, finding: &Finding) -> Source {
    Source {
        tool: Text::from(tool.trim_end_matches('!')),
        input: 0,
        run: 0,
        rule: finding.rule.clone(),
        severity: finding.severity,
        fingerprint: Fingerprint::default(),
        suppression: tool.ends_with('!').then(|| {
            Box::new(Suppression {
                kind: "inSource",
                status: Text::from(""),
                reason: Text::from(""),
                by: Text::from(""),
            })
        }),
        recipe: None,
    }
}

fn finding(given: &GivenFinding) -> Finding {
    let text = |text: &String| Text::from(text.as_str());
    let mut finding = Finding::new(
        given.kind,
        text(&given.rule),
        given.severity,
        Text::from("title"),
    );
    finding.aliases = given.aliases.iter().map(text).collect();
    finding.target = given.target.as_ref().map(text);
    finding.cvss = given.cvss;
    finding.locations = given
        .path
        .iter()
        .map(|path| Location {
            place: Place::Workspace,
            ..Location::new(text(path), Some(1))
        })
        .collect();
    finding.package = given.package.as_ref().map(|name| {
        Box::new(Package {
            development: false,
            purl: given.purl.as_ref().map(text),
            ecosystem: None,
            name: text(name),
            version: given.version.as_ref().map(text),
            fixed: Vec::new(),
            fix: match given.fix.as_deref() {
                None => Fix::Unknown,
                Some("none") => Fix::None,
                Some("available") => Fix::Available,
                Some(other) => panic!("{other} is no fix"),
            },
        })
    });
    finding.instances = given
        .instances
        .iter()
        .map(|version| Instance {
            version: Some(text(version)),
            path: None,
        })
        .collect();
    finding.known.kev = given.kev;
    finding.sources = given
        .tools
        .iter()
        .map(|tool| source(tool, &finding))
        .collect();
    finding
}

fn spell(ruling: &Ruling) -> String {
    match &ruling.term {
        Some(term) => format!("{} {term}: {}", ruling.by, ruling.effect.word()),
        None => format!("{}: {}", ruling.by, ruling.effect.word()),
    }
}

/// A change that touches all of these files.
fn changes(paths: &[String]) -> Changes {
    Changes {
        files: paths
            .iter()
            .map(|path| (path.clone(), Touched::All))
            .collect(),
    }
}

/// The statements of the documents of a case.
fn statements(facts: &GivenFacts, policy: &Policy) -> Vec<Statement> {
    let read = |(path, document): (&String, &serde_json::Value)| {
        let text = document.to_string();
        vex::parse(path, text.as_bytes(), policy.accept_impact_statements).unwrap()
    };
    facts.vex.iter().flat_map(read).collect()
}

/// A finding is said by the first report of each tool.
fn find_reports(findings: &mut [Finding], reports: &[Report]) {
    for source in findings.iter_mut().flat_map(|finding| &mut finding.sources) {
        let input = reports
            .iter()
            .position(|report| report.runs[0].tool == source.tool);
        source.input = input.unwrap_or(0) as u32;
    }
}

/// What is wrong with what VEX said; empty when nothing is.
fn check_vex(expected: &Expected, verdict: &Verdict) -> Vec<String> {
    let mut wrong = Vec::new();
    if let Some(statements) = &expected.statements {
        let found: Vec<String> = verdict
            .exemptions
            .iter()
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

/// What is wrong with a case; empty when nothing is.
fn check(case: &Case) -> Vec<String> {
    let policy = policy(&case.settings);
    let mut findings: Vec<Finding> = case
        .findings
        .iter()
        .flat_map(|given| std::iter::repeat_n(finding(given), given.times.unwrap_or(1)))
        .collect();
    let mut reports: Vec<Report> = case.reports.iter().map(report).collect();
    findings.extend(of_numbers(&mut reports, &policy));
    find_reports(&mut findings, &reports);
    let facts = Facts {
        proposal: case.facts.proposal,
        changes: case.facts.changed.as_deref().map(changes),
        today: case
            .facts
            .today
            .clone()
            .unwrap_or_else(|| "2026-05-01".to_owned()),
        vex: statements(&case.facts, &policy),
        ..Facts::default()
    };
    let verdict = judge(&findings, &reports, &facts, &policy);
    let expected = &case.verdict;
    let mut wrong = check_vex(expected, &verdict);
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
