//! Puts the layers together: flag, `INPUT_*`, config file, preset, built-in. What comes out is checked, and every value
//! knows where it comes from.
//!
//! Must not know: how a layer was read.

use serde_json::{Value, json};

use super::config_file::ConfigFile;
use super::inputs::{IncompleteEntry, Inputs, SeverityEntry};
use super::origin::{Origin, SettingsError};
use super::resolver::{Field, Resolver};
use super::tables::{BOOLEANS, DESTINATIONS, MODES, PRESETS, REPORTS, SUPPRESSIONS, SWITCHES};
use super::values::{SEVERITIES, Terms};
use super::{Settings, read};
use crate::gate::language::Conditions;
use crate::gate::thresholds::{Subject, Thresholds};
use crate::gate::{Policy, Preset, Row};
use crate::model::{Context, Severity};

/// What was written, layer by layer.
#[derive(Clone, Debug, Default)]
pub struct Layers {
    /// The command line.
    pub flags: Inputs,
    /// The `INPUT_*` variables.
    pub inputs: Inputs,
    /// The config file, where there is one.
    pub config: Option<ConfigFile>,
}

/// Makes settings of the layers, or says everything that is wrong with them.
pub fn resolve(layers: &Layers, context: Context) -> Result<Settings, SettingsError> {
    let mut r = Resolver {
        layers,
        problems: Vec::new(),
        shown: Vec::new(),
    };
    let reports = r.reports();
    let require_reports = r.list("require-reports", |i| &i.require_reports, read::tools);
    let path_prefix = r.optional("path-prefix", |i| &i.path_prefix, read::path_prefix);
    let max_report_age = r.optional("max-report-age", |i| &i.max_report_age, read::age);
    let unknown_severity = r.word(
        "unknown-severity",
        |i| &i.unknown_severity,
        "medium",
        SEVERITIES,
    );
    let scanner_suppressions = r.word(
        "scanner-suppressions",
        |i| &i.scanner_suppressions,
        "base",
        SUPPRESSIONS,
    );
    let preset = r
        .word("preset", |i| &i.preset, "standard", PRESETS)
        .unwrap_or_default();
    let fail_on = r.row(Row::Fail, |i| &i.fail_on, preset);
    let warn_on = r.row(Row::Warn, |i| &i.warn_on, preset);
    let note_on = r.row(Row::Note, |i| &i.note_on, preset);
    let exclude = r.exclude();
    let coverage = r.thresholds("coverage", |i| &i.coverage, Subject::Coverage);
    let cost = r.thresholds("cost", |i| &i.cost, Subject::Cost);
    let mode = r.word("mode", |i| &i.mode, "enforce", MODES);
    r.config();
    let token = r.secret("token", |i| &i.token);
    let check_run = r.word("check-run", |i| &i.check_run, "auto", SWITCHES);
    let check_name = r.text(
        "check-name",
        |i| &i.check_name,
        "sarif-gate",
        read::check_name,
    );
    let annotations = r.text("annotations", |i| &i.annotations, "50", read::annotations);
    let summary = r.word("summary", |i| &i.summary, "true", BOOLEANS);
    let require_publish = r.list(
        "require-publish",
        |i| &i.require_publish,
        |entries| read::known_ids(entries, DESTINATIONS),
    );
    let evidence_dir = r.text(
        "evidence-dir",
        |i| &i.evidence_dir,
        "reports/security",
        read::evidence_dir,
    );
    let ca_bundle = r.optional("ca-bundle", |i| &i.ca_bundle, read::path);
    let identity_key = r.secret("identity-key", |i| &i.identity_key);
    let severity_map = r.severity_map();
    let allow_tracked_reports = r.allow_tracked_reports();
    let allow_incomplete = r.allow_incomplete();
    SettingsError::unless_empty(r.problems)?;
    Ok(Settings {
        reports_built_in: reports.is_none(),
        reports: reports.unwrap_or_else(|| REPORTS.iter().map(|glob| glob.to_string()).collect()),
        path_prefix: path_prefix.flatten(),
        max_report_age,
        allow_tracked_reports,
        severity_map,
        policy: Policy {
            preset,
            fail_on,
            warn_on,
            note_on,
            exclude,
            unknown_severity: unknown_severity.unwrap_or(Severity::Medium),
            scanner_suppressions: scanner_suppressions.unwrap_or_default(),
            coverage,
            cost,
            require_reports,
            allow_incomplete,
            ..Policy::new(preset)
        },
        mode: mode.unwrap_or_default(),
        evidence_dir: evidence_dir.unwrap_or_default(),
        token,
        check_run: check_run.unwrap_or_default(),
        check_name: check_name.unwrap_or_default(),
        annotations: annotations.unwrap_or_default(),
        summary: summary.unwrap_or_default(),
        require_publish,
        baseline: None,
        ca_bundle,
        identity_key,
        shown: r.shown,
        context,
    })
}

impl Resolver<'_> {
    /// A row of the table: terms, or what the preset says.
    fn row(&mut self, row: Row, field: Field<Terms>, preset: Preset) -> Conditions {
        match self.pick(field) {
            Some((terms, origin)) => self.terms(row.word(), &terms.0, origin),
            None => self.terms(row.word(), preset.row(row), Origin::Preset),
        }
    }

    fn exclude(&mut self) -> Conditions {
        match self.pick(|i| &i.exclude) {
            Some((terms, origin)) if !terms.0.trim().is_empty() => {
                let conditions = self.terms("exclude", &terms.0, origin);
                if conditions.budget().is_some() {
                    self.refuse(
                        "exclude",
                        origin,
                        "a budget (>N) makes no sense here: it would set everything aside once there is too much of it",
                    );
                }
                conditions
            }
            other => {
                let origin = other.map_or(Origin::BuiltIn, |(_, origin)| origin);
                self.show("exclude", json!("none"), origin);
                Conditions::default()
            }
        }
    }

    /// Terms, shown in their canonical spelling; as they were written where they cannot be read.
    fn terms(&mut self, name: &str, text: &str, origin: Origin) -> Conditions {
        let text = text.trim();
        // An empty row would let everything through, which nobody should get by forgetting a value.
        let read = if text.is_empty() {
            Err("there is no term; write none to empty the row".to_string())
        } else {
            Conditions::parse(text).map_err(|error| error.to_string())
        };
        let shown = read
            .as_ref()
            .map_or(text.to_string(), Conditions::to_string);
        self.show(name, json!(shown), origin);
        self.take(name, origin, read).unwrap_or_default()
    }

    /// Limits on numbers, shown in their canonical spelling; as they were written where they cannot be read.
    fn thresholds(&mut self, name: &str, field: Field<Terms>, subject: Subject) -> Thresholds {
        let Some((text, origin)) = self.pick(field) else {
            self.show(name, json!("none"), Origin::BuiltIn);
            return Thresholds::default();
        };
        let read = Thresholds::parse(subject, &text.0).map_err(|error| error.to_string());
        let shown = read
            .as_ref()
            .map_or(text.0.trim().to_string(), Thresholds::to_string);
        self.show(name, json!(shown), origin);
        self.take(name, origin, read).unwrap_or_default()
    }

    /// What was listed; `None` where nobody lists anything.
    fn reports(&mut self) -> Option<Vec<String>> {
        let Some((list, origin)) = self.pick(|i| &i.reports) else {
            self.show("reports", json!(REPORTS), Origin::BuiltIn);
            return None;
        };
        self.show("reports", json!(list.0), origin);
        if !list.0.iter().any(|entry| !entry.starts_with('!')) {
            self.refuse(
                "reports",
                origin,
                "no report is named; list paths or globs, or leave it out for the built-in ones",
            );
        }
        Some(list.0.clone())
    }

    /// Which config file was read.
    fn config(&mut self) {
        let path = self.layers.config.as_ref().map(|file| file.path.clone());
        let origin = self
            .pick(|i| &i.config)
            .map_or(Origin::BuiltIn, |(_, origin)| origin);
        self.show("config", json!(path), origin);
    }

    fn severity_map(&mut self) -> Vec<(String, String, Severity)> {
        let (entries, origin) = self.entries(|i| &i.severity_map);
        let mut map = Vec::new();
        for (index, entry) in entries.iter().enumerate() {
            let SeverityEntry {
                tool,
                rule,
                severity,
            } = entry;
            if tool.is_none() && rule.is_none() {
                let number = index.saturating_add(1);
                self.refuse(
                    "severity-map",
                    origin,
                    format!("entry {number} names neither a tool nor a rule"),
                );
            }
            let glob = |glob: &Option<super::values::Glob>| {
                glob.as_ref()
                    .map_or("*", |glob| glob.0.as_str())
                    .to_string()
            };
            map.push((glob(tool), glob(rule), severity.0));
        }
        let shown: Vec<Value> = map
            .iter()
            .map(|(tool, rule, severity)| {
                json!({ "tool": tool, "rule": rule, "severity": severity.word() })
            })
            .collect();
        self.show("severity-map", json!(shown), origin);
        map
    }

    fn allow_tracked_reports(&mut self) -> bool {
        let (allowed, origin) = self
            .pick(|i| &i.allow_tracked_reports)
            .map_or((false, Origin::BuiltIn), |(allowed, origin)| {
                (*allowed, origin)
            });
        self.show("allow-tracked-reports", json!(allowed), origin);
        allowed
    }

    fn allow_incomplete(&mut self) -> Vec<(String, String)> {
        let (entries, origin) = self.entries(|i| &i.allow_incomplete);
        let shown: Vec<Value> = entries
            .iter()
            .map(|IncompleteEntry { tool, until }| json!({ "tool": tool.0, "until": until.0 }))
            .collect();
        self.show("allow-incomplete", json!(shown), origin);
        entries
            .iter()
            .map(|IncompleteEntry { tool, until }| (tool.0.clone(), until.0.clone()))
            .collect()
    }
}
