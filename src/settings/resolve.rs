//! Puts the layers together: flag, `INPUT_*`, config file, preset, built-in. What comes out is checked, and every value
//! knows where it comes from.
//!
//! Must not know: how a layer was read.

use serde_json::{Value, json};

use super::config_file::ConfigFile;
use super::inputs::{IncompleteEntry, Inputs, SeverityEntry};
use super::names::{not_yet, word};
use super::origin::{Origin, Problem, SettingsError};
use super::tables::{BOOLEANS, DESTINATIONS, MODES, PRESETS, REPORTS, SUPPRESSIONS, SWITCHES};
use super::values::{List, SEVERITIES, Terms, Text};
use super::{Hidden, Settings, read};
use crate::gate::language::Conditions;
use crate::gate::{Policy, Preset, Row};
use crate::model::{Context, Severity, Shown};

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
    let preset = r.preset();
    let fail_on = r.row(Row::Fail, |i| &i.fail_on, preset);
    let warn_on = r.row(Row::Warn, |i| &i.warn_on, preset);
    let note_on = r.row(Row::Note, |i| &i.note_on, preset);
    let exclude = r.exclude();
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
            require_reports,
            allow_incomplete,
        },
        mode: mode.unwrap_or_default(),
        evidence_dir: evidence_dir.unwrap_or_default(),
        token,
        check_run: check_run.unwrap_or_default(),
        check_name: check_name.unwrap_or_default(),
        annotations: annotations.unwrap_or_default(),
        summary: summary.unwrap_or_default(),
        require_publish,
        ca_bundle,
        identity_key,
        shown: r.shown,
        context,
    })
}

/// Looks a field up in one layer.
type Field<T> = fn(&Inputs) -> &Option<T>;

struct Resolver<'a> {
    layers: &'a Layers,
    problems: Vec<Problem>,
    shown: Vec<Shown>,
}

impl<'a> Resolver<'a> {
    /// The value of the strongest layer that has one.
    fn pick<T>(&self, field: Field<T>) -> Option<(&'a T, Origin)> {
        let layers = self.layers;
        let config = layers.config.as_ref().map(|config| &config.inputs);
        [
            (Some(&layers.flags), Origin::Flag),
            (Some(&layers.inputs), Origin::Input),
            (config, Origin::Config),
        ]
        .into_iter()
        .find_map(|(layer, origin)| Some((field(layer?).as_ref()?, origin)))
    }

    fn show(&mut self, name: &str, value: Value, origin: Origin) {
        self.shown.push(Shown {
            name: name.to_string(),
            value,
            origin: origin.word().to_string(),
        });
    }

    fn refuse(&mut self, name: &str, origin: Origin, text: impl Into<String>) {
        let problem = match (origin, &self.layers.config) {
            (Origin::Flag, _) => Problem::flag(name, text),
            (Origin::Config, Some(file)) => {
                Problem::config(&file.path, file.lines.get(name).copied(), Some(name), text)
            }
            _ => Problem::input(name, text),
        };
        self.problems.push(problem);
    }

    /// Keeps what was read, or the problem.
    fn take<V>(&mut self, name: &str, origin: Origin, read: Result<V, String>) -> Option<V> {
        read.map_err(|text| self.refuse(name, origin, text)).ok()
    }

    /// A scalar with a built-in value.
    fn text<V>(
        &mut self,
        name: &str,
        field: Field<Text>,
        built_in: &str,
        read: impl Fn(&str) -> Result<V, String>,
    ) -> Option<V> {
        let (text, origin) = match self.pick(field) {
            Some((text, origin)) => (text.0.as_str(), origin),
            None => (built_in, Origin::BuiltIn),
        };
        self.scalar(name, text, origin, read)
    }

    /// A scalar that may be unset.
    fn optional<V>(
        &mut self,
        name: &str,
        field: Field<Text>,
        read: impl Fn(&str) -> Result<V, String>,
    ) -> Option<V> {
        match self.pick(field) {
            Some((text, origin)) => self.scalar(name, &text.0, origin, read),
            None => {
                self.show(name, Value::Null, Origin::BuiltIn);
                None
            }
        }
    }

    fn scalar<V>(
        &mut self,
        name: &str,
        text: &str,
        origin: Origin,
        read: impl Fn(&str) -> Result<V, String>,
    ) -> Option<V> {
        let text = text.trim();
        self.show(name, typed(text), origin);
        if text.is_empty() {
            self.refuse(name, origin, "the value is empty; give one or leave it out");
            return None;
        }
        self.take(name, origin, read(text))
    }

    /// A scalar that is one of a few words.
    fn word<V: Copy>(
        &mut self,
        name: &str,
        field: Field<Text>,
        built_in: &str,
        table: &[(&str, V)],
    ) -> Option<V> {
        self.text(name, field, built_in, |text| word(table, text))
    }

    /// The preset, without the one that needs a baseline.
    fn preset(&mut self) -> Preset {
        self.text(
            "preset",
            |i| &i.preset,
            "standard",
            |text| {
                if text.eq_ignore_ascii_case("ratchet") {
                    return Err(not_yet("the preset ratchet, which needs a baseline,"));
                }
                word(PRESETS, text)
            },
        )
        .unwrap_or_default()
    }

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

    /// A list whose absence is the empty one.
    fn list(
        &mut self,
        name: &str,
        field: Field<List>,
        read: impl Fn(&[String]) -> Result<Vec<String>, String>,
    ) -> Vec<String> {
        let Some((list, origin)) = self.pick(field) else {
            self.show(name, json!([]), Origin::BuiltIn);
            return Vec::new();
        };
        let entries = self.take(name, origin, read(&list.0)).unwrap_or_default();
        self.show(name, json!(entries), origin);
        entries
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

    /// A secret: shown as `set` or `unset`, and no error says more.
    fn secret(&mut self, name: &str, field: Field<Hidden>) -> Option<Hidden> {
        let picked = self.pick(field);
        let origin = picked.map_or(Origin::BuiltIn, |(_, origin)| origin);
        let word = if picked.is_some() { "set" } else { "unset" };
        self.show(name, json!(word), origin);
        picked.map(|(secret, _)| secret.clone())
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

    fn entries<T>(&self, field: Field<Vec<T>>) -> (&'a [T], Origin) {
        self.pick(field)
            .map_or((&[], Origin::BuiltIn), |(entries, origin)| {
                (entries.as_slice(), origin)
            })
    }
}

/// A scalar as JSON shows it: numbers and booleans as such, everything else as text.
fn typed(text: &str) -> Value {
    match word(BOOLEANS, text) {
        Ok(value) => json!(value),
        Err(_) => text
            .parse::<u32>()
            .map_or_else(|_| json!(text), |number| json!(number)),
    }
}
