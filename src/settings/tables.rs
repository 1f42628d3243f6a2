//! The words that inputs take, and what they stand for. Messages, schema and documents list them from here.

use super::{BaselineFrom, Comment, Publish, Switch};
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

/// The words of the config key `inputs`, and whether inputs may then only tighten.
pub(super) const INPUTS: &[(&str, bool)] = &[("tighten", true), ("override", false)];

/// What `waiver-limits` can require of waivers.
pub(super) const WAIVER_MEMBERS: &[&str] = &["approved-by", "created", "ticket"];

/// The words of `baseline` that are no path.
pub(super) const BASELINES: &[(&str, BaselineFrom)] = &[
    ("artifact", BaselineFrom::Artifact { name: None }),
    ("code-scanning", BaselineFrom::CodeScanning),
    ("git-ref", BaselineFrom::GitRef),
    ("auto", BaselineFrom::Auto),
    ("none", BaselineFrom::None),
];

/// Where waivers are looked for when nobody names a file.
pub const WAIVERS: &str = ".github/security-waivers.yml";

/// The words of an input that is on, off or automatic.
pub(super) const SWITCHES: &[(&str, Switch)] = &[
    ("auto", Switch::Auto),
    ("true", Switch::On),
    ("false", Switch::Off),
];

/// The words of `comment`.
pub(super) const COMMENTS: &[(&str, Comment)] = &[
    ("never", Comment::Never),
    ("on-change", Comment::OnChange),
    ("on-failure", Comment::OnFailure),
    ("always", Comment::Always),
];

/// The words of `publish`.
pub(super) const PUBLISH: &[(&str, Publish)] = &[("now", Publish::Now), ("later", Publish::Later)];

/// The words of an input that is on or off.
pub(super) const BOOLEANS: &[(&str, bool)] = &[("true", true), ("false", false)];

/// The ids that `require-publish` takes: those of `destinations::ALL`, which settings must not know. A test compares.
pub const DESTINATIONS: &[&str] = &[
    "code-scanning",
    "check-run",
    "annotations",
    "baseline-ref",
    "comment",
    "issues",
    "jira",
    "slack",
    "webhook",
    "bundle",
    "step-summary",
    "outputs",
];

/// Globs that are looked at when nobody names reports: what the scanners' own documentation calls its output.
pub(super) const REPORTS: &[&str] = &["trivy*.json", "gitleaks*.json", "*.sarif", "*.sarif.json"];
