//! On pull requests flags and inputs are the pull request's own, so where the trusted commit has a config file they may only
//! tighten: what would loosen it is left out, and that is said.
//!
//! Pure: layers in, settings out. Must not know: where the config file was read.

use super::inputs::Inputs;
use super::names::word;
use super::origin::{SettingsError, plain};
use super::resolve::{Layers, resolve};
use super::strictness::{covers_with, excludes_less, force, unknown_excluded};
use super::tables::INPUTS;
use super::{ConfigFile, Settings};
use crate::gate::ScannerSuppressions;
use crate::model::{Context, Shown};

/// Why an input does not count, behind what was said of it.
pub(super) const WHY: &str = "because on pull requests inputs may only tighten (`inputs: override` in the config of the base \
                              branch lifts this)";

/// Whether a config file leaves it to the inputs to loosen it.
pub(super) fn may_override(config: &ConfigFile) -> bool {
    let said = config.inputs.inputs.as_ref();
    said.is_some_and(|text| word(INPUTS, &text.0) == Ok(false))
}

/// The settings of a proposed change: those of the config file, and what flags and inputs tighten.
///
/// # Errors
/// What is wrong with the layers, as [`resolve`] says it.
pub(super) fn tightened(layers: &Layers, context: Context) -> Result<Settings, SettingsError> {
    let all = resolve(layers, context.clone())?;
    let config = match &layers.config {
        Some(config) if !may_override(config) => config,
        _ => return Ok(all),
    };
    let alone = Layers {
        config: Some(config.clone()),
        ..Layers::default()
    };
    let alone = resolve(&alone, context.clone())?;
    let mut kept = layers.clone();
    let mut settings = all;
    let mut refused = Vec::new();
    // One at a time, because what one input does can hang on another; each round takes one away, so this ends.
    while let Some(check) = CHECKS
        .iter()
        .find(|check| check.given(&kept) && (check.weaker)(&settings, &alone, &kept))
    {
        refused.push(check.sentence(&kept, &settings, &alone));
        (check.strip)(&mut kept.flags);
        (check.strip)(&mut kept.inputs);
        settings = resolve(&kept, context.clone())?;
    }
    settings.refused = refused;
    Ok(settings)
}

/// How one input is held against the config file.
struct Check {
    name: &'static str,
    has: fn(&Inputs) -> bool,
    strip: fn(&mut Inputs),
    /// Whether the settings are weaker than those of the config file alone, by this input.
    weaker: fn(&Settings, &Settings, &Layers) -> bool,
    /// What it is then: `weaker than`, or just not the same.
    how: &'static str,
}

impl Check {
    fn given(&self, layers: &Layers) -> bool {
        (self.has)(&layers.flags) || (self.has)(&layers.inputs)
    }

    /// What is said of an input that does not count.
    fn sentence(&self, layers: &Layers, settings: &Settings, alone: &Settings) -> String {
        let name = self.name;
        let place = match (self.has)(&layers.flags) {
            true => format!("--{name}"),
            false => format!("input {name}"),
        };
        format!(
            "{place}: `{}` is {} the config's `{}`; the config's value stands, {WHY}",
            value(&settings.shown, name),
            self.how,
            value(&alone.shown, name),
        )
    }
}

/// A value as a sentence shows it.
fn value(shown: &[Shown], name: &str) -> String {
    let shown = shown.iter().find(|shown| shown.name == name);
    match shown.map(|shown| &shown.value) {
        Some(serde_json::Value::String(text)) => plain(text),
        Some(serde_json::Value::Array(entries)) if !entries.is_empty() => {
            let words: Vec<String> = entries
                .iter()
                .map(|entry| entry.as_str().map_or(entry.to_string(), str::to_string))
                .collect();
            plain(&words.join(", "))
        }
        Some(serde_json::Value::Null | serde_json::Value::Array(_)) | None => "none".to_string(),
        Some(other) => other.to_string(),
    }
}

const WEAKER: &str = "weaker than";
const OTHER: &str = "not";

macro_rules! check {
    ($name:literal, $field:ident, $how:expr, $weaker:expr) => {
        Check {
            name: $name,
            has: |inputs| inputs.$field.is_some(),
            strip: |inputs| inputs.$field = None,
            weaker: $weaker,
            how: $how,
        }
    };
}

/// An input that may not be another one than what the config file says; where it says nothing, anything goes.
macro_rules! same {
    ($name:literal, $field:ident) => {
        check!($name, $field, OTHER, |settings, alone, layers| {
            says(layers, alone, |inputs| inputs.$field.is_some())
                && value(&settings.shown, $name) != value(&alone.shown, $name)
        })
    };
}

/// Whether the config file says something, at its top level or for the environment in force.
fn says(layers: &Layers, alone: &Settings, has: fn(&Inputs) -> bool) -> bool {
    let Some(config) = &layers.config else {
        return false;
    };
    let sections = config.inputs.environments.as_ref();
    let section = alone.environment.as_deref();
    let section = section.and_then(|name| sections?.get(name));
    has(&config.inputs) || section.is_some_and(has)
}

/// Whether a list names something that the other one does not.
fn adds(mine: &[String], other: &[String]) -> bool {
    mine.iter().any(|entry| !other.contains(entry))
}

fn suppressing(word: ScannerSuppressions) -> u8 {
    match word {
        ScannerSuppressions::Ignore => 0,
        ScannerSuppressions::Base => 1,
        ScannerSuppressions::Honour => 2,
    }
}

/// The rows that are weaker than those of the config file.
fn weaker_rows(settings: &Settings, alone: &Settings) -> [bool; 3] {
    let (mine, config) = (&settings.policy, &alone.policy);
    [
        !mine.fail_on.covers(&config.fail_on),
        !covers_with(&[&mine.fail_on, &mine.warn_on], &config.warn_on),
        !covers_with(
            &[&mine.fail_on, &mine.warn_on, &mine.note_on],
            &config.note_on,
        ),
    ]
}

/// Every input that can loosen something. The environment and the preset come before the rows that they stand for.
const CHECKS: &[Check] = &[
    check!(
        "environment",
        environment,
        OTHER,
        |settings, alone, layers| {
            // Another section can loosen what no input can, such as deadlines and limits of waivers.
            let sections = layers.config.as_ref();
            let sections = sections.is_some_and(|file| file.inputs.environments.is_some());
            (sections || says(layers, alone, |inputs| inputs.environment.is_some()))
                && settings.environment != alone.environment
        }
    ),
    check!("preset", preset, WEAKER, |settings, alone, layers| {
        let given = |has: fn(&Inputs) -> bool| has(&layers.flags) || has(&layers.inputs);
        let own = [
            given(|inputs| inputs.fail_on.is_some()),
            given(|inputs| inputs.warn_on.is_some()),
            given(|inputs| inputs.note_on.is_some()),
        ];
        let weaker = weaker_rows(settings, alone);
        weaker.iter().zip(own).any(|(weaker, own)| *weaker && !own)
    }),
    check!("fail-on", fail_on, WEAKER, |settings, alone, _| {
        weaker_rows(settings, alone)[0]
    }),
    check!("warn-on", warn_on, WEAKER, |settings, alone, _| {
        weaker_rows(settings, alone)[1]
    }),
    check!("note-on", note_on, WEAKER, |settings, alone, _| {
        weaker_rows(settings, alone)[2]
    }),
    check!("exclude", exclude, WEAKER, |settings, alone, _| {
        !excludes_less(&settings.policy.exclude, &alone.policy.exclude)
    }),
    check!(
        "unknown-severity",
        unknown_severity,
        WEAKER,
        |settings, alone, _| {
            settings.policy.unknown_severity < alone.policy.unknown_severity
                || unknown_excluded(&alone.policy, &settings.policy)
        }
    ),
    check!(
        "scanner-suppressions",
        scanner_suppressions,
        WEAKER,
        |settings, alone, _| {
            suppressing(settings.policy.scanner_suppressions)
                > suppressing(alone.policy.scanner_suppressions)
        }
    ),
    check!("mode", mode, WEAKER, |settings, alone, _| {
        force(settings.mode) < force(alone.mode)
    }),
    check!(
        "require-reports",
        require_reports,
        WEAKER,
        |settings, alone, _| {
            adds(
                &alone.policy.require_reports,
                &settings.policy.require_reports,
            )
        }
    ),
    check!("reports", reports, WEAKER, |settings, alone, _| {
        let excluded = |list: &[String]| -> Vec<String> {
            let excluded = list.iter().filter(|entry| entry.starts_with('!'));
            excluded.cloned().collect()
        };
        let read = |list: &[String]| -> Vec<String> {
            let read = list.iter().filter(|entry| !entry.starts_with('!'));
            read.cloned().collect()
        };
        let (mine, config) = (&settings.reports, &alone.reports);
        !alone.reports_built_in
            && (adds(&read(config), &read(mine)) || adds(&excluded(mine), &excluded(config)))
    }),
    same!("coverage", coverage),
    same!("cost", cost),
    same!("max-report-age", max_report_age),
    same!("path-prefix", path_prefix),
    check!("waivers", waivers, OTHER, |settings, alone, _| {
        adds(&settings.waivers, &alone.waivers)
    }),
    check!("vex", vex, OTHER, |settings, alone, _| adds(
        &settings.vex,
        &alone.vex
    )),
    check!("baseline", baseline, OTHER, |settings, alone, _| {
        settings.baseline != alone.baseline
    }),
    same!("epss", epss),
    same!("kev", kev),
    check!("bypass-label", bypass_label, OTHER, |settings, alone, _| {
        // Without a label in the config nobody can bypass anything; a pull request must not choose one that happens to be set.
        settings.bypass_label != alone.bypass_label
    }),
    same!("evidence-dir", evidence_dir),
    check!(
        "require-publish",
        require_publish,
        WEAKER,
        |settings, alone, _| { adds(&alone.require_publish, &settings.require_publish) }
    ),
];
