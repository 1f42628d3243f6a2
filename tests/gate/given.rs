//! What a written case says, and what the gate gets of it.

use std::collections::BTreeMap;

use sarif_gate::gate::components::{self, Component};
use sarif_gate::gate::language::{Conditions, Key, Pattern};
use sarif_gate::gate::thresholds::{Subject, Thresholds};
use sarif_gate::gate::{Facts, Policy, Preset, Row, ScannerSuppressions};
use sarif_gate::model::{
    Cause, Changes, Comparison, Demand, Effect, Feed, Finding, Fingerprint, Fix, Instance, Kind,
    Known, Location, Package, Past, Place, Report, Severity, Source, State, Suppression, Text,
    Touched,
};
use serde::Deserialize;

use super::given_reports::{GivenReport, report};
use crate::waivers;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Case {
    #[expect(dead_code, reason = "for whoever reads the case")]
    about: String,
    #[serde(default)]
    pub(super) settings: Settings,
    #[serde(default)]
    pub(super) facts: GivenFacts,
    reports: Vec<GivenReport>,
    #[serde(default)]
    findings: Vec<GivenFinding>,
    /// Waivers, as `tests/waivers.rs` says.
    #[serde(default)]
    pub(super) waivers: waivers::Given,
    pub(super) verdict: Expected,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Settings {
    preset: Option<String>,
    fail_on: Option<String>,
    warn_on: Option<String>,
    note_on: Option<String>,
    issue_on: Option<String>,
    notify_on: Option<String>,
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
    /// Days by severity.
    #[serde(default)]
    sla: BTreeMap<Severity, u32>,
    #[serde(default)]
    components: Vec<GivenComponent>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct GivenComponent {
    name: String,
    paths: Vec<String>,
    fail_on: Option<String>,
    warn_on: Option<String>,
    note_on: Option<String>,
    exclude: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct GivenFacts {
    #[serde(default)]
    proposal: bool,
    changed: Option<Vec<String>>,
    /// VEX documents by file name.
    #[serde(default)]
    pub(super) vex: BTreeMap<String, serde_json::Value>,
    today: Option<String>,
    /// The findings were held against a baseline.
    #[serde(default)]
    baseline: bool,
    #[serde(default)]
    feeds: Vec<GivenFeed>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenFeed {
    /// `kev`, `epss`.
    id: String,
    problem: Option<String>,
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
    /// `none`, `available`; unknown where left out.
    fix: Option<String>,
    cvss: Option<f32>,
    times: Option<usize>,
    /// `new`, `unchanged`, `updated`.
    state: Option<String>,
    first_seen: Option<String>,
    #[serde(default)]
    disclosed: bool,
    changed: Option<bool>,
    /// The base's evidence says that its scanners suppressed it.
    suppressed_at_base: Option<bool>,
    kev: Option<bool>,
    epss: Option<f32>,
    #[serde(default)]
    development: bool,
    /// Its component; what its path says where left out.
    component: Option<String>,
    /// The effect that is demanded of it: `block`, `warn`.
    demand: Option<String>,
    purl: Option<String>,
    version: Option<String>,
    /// Further versions of the package.
    #[serde(default)]
    instances: Vec<String>,
    /// What waivers look at besides, as `tests/waivers.rs` says.
    #[serde(default)]
    has: waivers::Has,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub(super) struct Expected {
    pub(super) conclusion: String,
    pub(super) judged: Vec<String>,
    pub(super) complete: Option<bool>,
    pub(super) reason: Option<String>,
    pub(super) rulings: Option<Vec<Vec<String>>>,
    pub(super) excluded: Option<u64>,
    pub(super) remarks: Option<Vec<String>>,
    pub(super) cannot_block: Option<BTreeMap<String, String>>,
    /// Why, of the last ruling of each finding; nothing where there is none.
    pub(super) why: Option<Vec<String>>,
    /// The conclusion of each component.
    pub(super) components: Option<BTreeMap<String, String>>,
    #[serde(default)]
    pub(super) waivers: waivers::Expected,
    /// Where each VEX statement stands, how many findings it excuses, and a part of the reason.
    pub(super) statements: Option<Vec<String>>,
    /// A part of the first reason that VEX gives for each finding.
    pub(super) said: Option<Vec<String>>,
}

impl Settings {
    pub(super) fn policy(&self) -> Policy {
        let preset = self.preset.as_deref().unwrap_or("standard");
        let mut policy = Policy::new(preset.parse::<Preset>().unwrap());
        let rows = [
            (Row::Fail, &self.fail_on),
            (Row::Warn, &self.warn_on),
            (Row::Note, &self.note_on),
        ];
        for (row, text) in rows {
            if let Some(conditions) = conditions(text) {
                policy.set_row(row, conditions);
            }
        }
        policy.issue_on = conditions(&self.issue_on).unwrap_or_default();
        policy.notify_on = conditions(&self.notify_on);
        policy.exclude = conditions(&self.exclude).unwrap_or_default();
        if let Some(severity) = self.unknown_severity {
            policy.unknown_severity = severity;
        }
        if let Some(word) = &self.scanner_suppressions {
            policy.scanner_suppressions = ScannerSuppressions::from_word(word).unwrap();
        }
        for (subject, text, thresholds) in [
            (Subject::Coverage, &self.coverage, &mut policy.coverage),
            (Subject::Cost, &self.cost, &mut policy.cost),
        ] {
            if let Some(text) = text {
                *thresholds = Thresholds::parse(subject, text).unwrap();
            }
        }
        policy.accept_impact_statements = self.accept_impact_statements;
        policy.require_reports = self.require_reports.clone();
        policy.allow_incomplete = self.allow_incomplete.clone().into_iter().collect();
        policy.sla = self.sla.clone().into_iter().rev().collect();
        policy.components = self.components.iter().map(component).collect();
        policy
    }
}

fn conditions(text: &Option<String>) -> Option<Conditions> {
    text.as_ref().map(|text| Conditions::parse(text).unwrap())
}

fn component(given: &GivenComponent) -> Component {
    let glob = |path: &String| Pattern::new(Key::Path, path).unwrap();
    Component {
        name: given.name.clone(),
        paths: given.paths.iter().map(glob).collect(),
        owner: None,
        fail_on: conditions(&given.fail_on),
        warn_on: conditions(&given.warn_on),
        note_on: conditions(&given.note_on),
        exclude: conditions(&given.exclude),
    }
}

impl GivenFacts {
    pub(super) fn facts(&self) -> Facts {
        let feed = |given: &GivenFeed| Feed {
            id: match given.id.as_str() {
                "kev" => "kev",
                "epss" => "epss",
                other => panic!("{other} is no feed"),
            },
            path: format!("{}.json", given.id),
            sha256: String::new(),
            date: None,
            entries: 1,
            problem: given.problem.clone(),
        };
        let today = self.today.as_deref().unwrap_or("2026-05-01");
        Facts {
            proposal: self.proposal,
            changes: self.changed.as_deref().map(changes),
            today: today.to_owned(),
            past: match self.baseline {
                true => Past::Compared(Comparison::default()),
                false => Past::NotAsked,
            },
            feeds: self.feeds.iter().map(feed).collect(),
            ..Facts::default()
        }
    }
}

pub(super) fn reports(case: &Case) -> Vec<Report> {
    case.reports.iter().map(report).collect()
}

/// The findings of a case, and what the numbers of its reports add to them.
pub(super) fn findings(case: &Case, reports: &mut [Report], policy: &Policy) -> Vec<Finding> {
    let mut findings: Vec<Finding> = case
        .findings
        .iter()
        .flat_map(|given| std::iter::repeat_n(finding(given), given.times.unwrap_or(1)))
        .collect();
    for finding in &mut findings {
        if finding.known.component.is_none() {
            let component = components::of(finding, policy);
            finding.known.component = component.map(|own| Text::from(own.name.as_str()));
        }
    }
    findings.extend(of_numbers(reports, policy));
    findings
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
            development: given.development,
            purl: None,
            ecosystem: None,
            name: text(name),
            version: None,
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
    finding.known = known(given);
    finding.demand = given.demand.as_ref().map(|effect| {
        let effects = [Effect::Block, Effect::Warn, Effect::Note];
        let effect = effects.into_iter().find(|known| known.word() == effect);
        Box::new(Demand {
            term: text(&given.rule),
            effect: effect.unwrap(),
            why: Text::from("it undoes the gate"),
        })
    });
    finding.sources = given
        .tools
        .iter()
        .map(|tool| source(tool, &finding))
        .collect();
    given.has.add_to(&mut finding);
    if let Some(package) = &mut finding.package {
        package.purl = given.purl.as_ref().map(text).or(package.purl.take());
        package.version = given.version.as_ref().map(text).or(package.version.take());
    }
    finding
}

fn known(given: &GivenFinding) -> Known {
    let text = |text: &String| Text::from(text.as_str());
    let states = [State::New, State::Unchanged, State::Updated];
    Known {
        state: given.state.as_ref().map(|word| {
            let state = states.into_iter().find(|state| state.word() == word);
            state.unwrap()
        }),
        first_seen: given.first_seen.as_ref().map(text),
        cause: match given.disclosed {
            true => Cause::Disclosed,
            false => Cause::Introduced,
        },
        changed: given.changed,
        kev: given.kev,
        epss: given.epss,
        component: given.component.as_ref().map(text),
        suppressed_at_base: given.suppressed_at_base,
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
