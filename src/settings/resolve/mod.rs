//! Puts the layers together: flag, `INPUT_*`, config file, preset, built-in. What comes out is checked, and every value
//! knows where it comes from.
//!
//! Must not know: how a layer was read.

mod components;
mod environments;
mod lists;
mod publish;
mod resolver;
mod rows;
mod rules;

use serde_json::json;

use self::environments::Chosen;
use self::resolver::Resolver;
use super::config_file::ConfigFile;
use super::inputs::Inputs;
use super::origin::{Origin, Problem, SettingsError};
use super::tables::{
    BOOLEANS, COMMENTS, DESTINATIONS, MODES, PRESETS, PUBLISH, REPORTS, SUPPRESSIONS, SWITCHES,
    WAIVERS,
};
use super::values::SEVERITIES;
use super::{BaselineFrom, Settings, read, read_judge, read_publish};
use crate::gate::thresholds::Subject;
use crate::gate::{Beside, Policy, Row};
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
    let (chosen, problems) = environments::choose(layers, &context);
    resolve_in(layers, context, chosen, problems)
}

/// Checks what the config file says for each of its environments, whichever of them is in force.
///
/// # Errors
/// Everything that is wrong, once.
pub fn check_environments(layers: &Layers, context: &Context) -> Result<(), SettingsError> {
    let mut problems: Vec<Problem> = Vec::new();
    for name in environments::names(layers) {
        let chosen = Chosen::named(name, Origin::Config);
        if let Err(error) = resolve_in(layers, context.clone(), chosen, Vec::new()) {
            problems.extend(error.problems);
        }
    }
    SettingsError::unless_empty(problems)
}

/// As [`resolve`], in an environment that was chosen.
fn resolve_in(
    layers: &Layers,
    context: Context,
    chosen: Chosen,
    problems: Vec<Problem>,
) -> Result<Settings, SettingsError> {
    let mut r = Resolver::new(layers);
    r.problems = problems;
    r.section = chosen
        .name
        .as_deref()
        .and_then(|name| environments::section(layers, name));
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
    let issue_on = r.beside(Beside::Issue, |i| &i.issue_on);
    let notify_on = r.beside(Beside::Notify, |i| &i.notify_on);
    let exclude = r.exclude();
    let coverage = r.thresholds("coverage", |i| &i.coverage, Subject::Coverage);
    let cost = r.thresholds("cost", |i| &i.cost, Subject::Cost);
    let mode = r.word("mode", |i| &i.mode, "enforce", MODES);
    r.environment(&chosen);
    r.config();
    let waivers = r.waivers();
    let vex = r.list("vex", |i| &i.vex, read_judge::files);
    let baseline = r.text("baseline", |i| &i.baseline, "auto", read_judge::baseline);
    let epss = r.optional("epss", |i| &i.epss, read::path);
    let kev = r.optional("kev", |i| &i.kev, read::path);
    let bypass_label = r.optional("bypass-label", |i| &i.bypass_label, read_judge::label);
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
    let comment_asked = r.pick(|i| &i.comment).is_some();
    let comment = r.word("comment", |i| &i.comment, "on-change", COMMENTS);
    let upload_sarif = r.word("upload-sarif", |i| &i.upload_sarif, "auto", SWITCHES);
    let category = r.optional("category", |i| &i.category, read_publish::category);
    let dismiss_excused = r.word("dismiss-excused", |i| &i.dismiss_excused, "auto", SWITCHES);
    let slack_webhook_url = r.address("slack-webhook-url", |i| &i.slack_webhook_url);
    let webhook_url = r.address("webhook-url", |i| &i.webhook_url);
    let webhook_secret = r.secret("webhook-secret", |i| &i.webhook_secret);
    let jira = r.jira();
    let publish = r.word("publish", |i| &i.publish, "now", PUBLISH);
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
    r.secret("config-token", |i| &i.config_token);
    let identity_key = r.secret("identity-key", |i| &i.identity_key);
    let severity_map = r.severity_map();
    let allow_tracked_reports = r.allow_tracked_reports();
    let allow_incomplete = r.allow_incomplete();
    r.environments();
    let components = r.components();
    let waiver_limits = r.waiver_limits();
    let sla = r.sla();
    r.inputs();
    let max_data_age = r.max_data_age();
    let accept_impact_statements = r.accept_impact_statements();
    let public_details = r.public_details();
    let bypass = r.bypass();
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
            issue_on: issue_on.unwrap_or_default(),
            notify_on,
            exclude,
            unknown_severity: unknown_severity.unwrap_or(Severity::Medium),
            scanner_suppressions: scanner_suppressions.unwrap_or_default(),
            coverage,
            cost,
            require_reports,
            allow_incomplete,
            sla,
            components,
            waiver_limits,
            accept_impact_statements,
            max_data_age,
            bypass_incomplete: bypass.incomplete,
        },
        environment: chosen.name.clone(),
        waivers_built_in: waivers.is_none(),
        waivers: waivers.unwrap_or_else(|| vec![WAIVERS.to_string()]),
        vex,
        baseline: match baseline {
            // What `auto` looks for belongs to a repository on GitHub.
            Some(BaselineFrom::Auto) | None if !context.actions => BaselineFrom::None,
            found => found.unwrap_or_default(),
        },
        epss,
        kev,
        bypass_label,
        bypass_lasts: bypass.lasts,
        mode: mode.unwrap_or_default(),
        evidence_dir: evidence_dir.unwrap_or_default(),
        token,
        check_run: check_run.unwrap_or_default(),
        check_name: check_name.unwrap_or_default(),
        annotations: annotations.unwrap_or_default(),
        summary: summary.unwrap_or_default(),
        comment: comment.unwrap_or_default(),
        comment_asked,
        upload_sarif: upload_sarif.unwrap_or_default(),
        category,
        dismiss_excused: dismiss_excused.unwrap_or_default(),
        slack_webhook_url,
        webhook_url,
        webhook_secret,
        jira,
        publish: publish.unwrap_or_default(),
        require_publish,
        ca_bundle,
        identity_key,
        shown: r.shown,
        base: None,
        refused: Vec::new(),
        proposed: None,
        trust_notes: Vec::new(),
        context: Context {
            public_details,
            ..context
        },
    })
}

impl Resolver<'_> {
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

    /// Which waiver files count; `None` where nobody names any.
    fn waivers(&mut self) -> Option<Vec<String>> {
        if self.pick(|i| &i.waivers).is_none() {
            self.show("waivers", json!([WAIVERS]), Origin::BuiltIn);
            return None;
        }
        Some(self.list("waivers", |i| &i.waivers, read_judge::files))
    }

    /// Which environment is in force.
    fn environment(&mut self, chosen: &Chosen) {
        let name = chosen.name.as_deref().unwrap_or("auto");
        self.show_from("environment", json!(name), chosen.origin.clone());
    }
}
