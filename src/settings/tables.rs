//! The words that inputs take, and what they stand for. Messages, schema and documents list them from here.

use super::Switch;
use crate::gate::{Preset, ScannerSuppressions};
use crate::model::Mode;

/// The words of `mode`.
pub(super) const MODES: &[(&str, Mode)] = &[
    ("enforce", Mode::Enforce),
    ("warn", Mode::Warn),
    ("observe", Mode::Observe),
];

/// The words of `preset`.
pub(super) const PRESETS: &[(&str, Preset)] = &[
    ("basic", Preset::Basic),
    ("standard", Preset::Standard),
    ("strict", Preset::Strict),
    ("ratchet", Preset::Ratchet),
];

/// The words of `scanner-suppressions`.
pub(super) const SUPPRESSIONS: &[(&str, ScannerSuppressions)] = &[
    ("base", ScannerSuppressions::Base),
    ("honour", ScannerSuppressions::Honour),
    ("ignore", ScannerSuppressions::Ignore),
];

/// The words of an input that is on, off or automatic.
pub(super) const SWITCHES: &[(&str, Switch)] = &[
    ("auto", Switch::Auto),
    ("true", Switch::On),
    ("false", Switch::Off),
];

/// The words of an input that is on or off.
pub(super) const BOOLEANS: &[(&str, bool)] = &[("true", true), ("false", false)];

/// The ids that `require-publish` takes: those of `destinations::ALL`, which settings must not know. A test compares.
pub const DESTINATIONS: &[&str] = &[
    "check-run",
    "annotations",
    "baseline-ref",
    "step-summary",
    "outputs",
];

/// Globs that are looked at when nobody names reports: what the scanners' own documentation calls its output.
pub(super) const REPORTS: &[&str] = &["trivy*.json", "gitleaks*.json", "*.sarif", "*.sarif.json"];
