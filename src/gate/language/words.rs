//! The words of the language, and how they are listed when another one was written.

use super::{Key, Qualifier};
use crate::model::Severity;

/// The levels by their words; `any` is the absence of one.
pub(super) const LEVELS: [(&str, Option<Severity>); 6] = [
    ("critical", Some(Severity::Critical)),
    ("high", Some(Severity::High)),
    ("medium", Some(Severity::Medium)),
    ("low", Some(Severity::Low)),
    ("info", Some(Severity::Info)),
    ("any", None),
];

/// Qualifiers that stand alone.
pub(super) const FLAGS: [(&str, Qualifier); 2] = [
    ("fixable", Qualifier::Fixable),
    ("unfixable", Qualifier::Unfixable),
];

/// Qualifiers of the language that this version refuses, each with what it would need. Accepting one and ignoring it
/// would make a gate that blocks more or less than its rules say.
pub(super) const NOT_YET: [(&str, &str); 11] = [
    ("new", "a baseline"),
    ("introduced", "a baseline"),
    ("disclosed", "a baseline"),
    ("changed", "the lines that the change touches"),
    ("kev", "KEV data"),
    ("epss", "EPSS data"),
    ("age", "a baseline with the day a finding was first seen"),
    ("grace", "a baseline with the day a finding was first seen"),
    ("runtime", "the dependency paths of an SBOM"),
    ("dev", "the dependency paths of an SBOM"),
    ("component", "`components` in the config file"),
];

pub(super) const LEVEL: &str = "a level (critical, high, medium, low, info, any)";
pub(super) const HEAD: &str = "a level (critical, high, medium, low, info, any), a kind (vulnerability, secret, misconfiguration, \
                    license, code, supply-chain, runtime, quality) or `none`";
pub(super) const QUALIFIER: &str = "a qualifier (fixable, unfixable, cvss>=N, tool=, rule=, path=, package=, target=; `!=` negates)";
pub(super) const TAIL: &str =
    "`+` and a qualifier, `>` and a budget, or a comma or newline before the next term";

pub(super) fn expected(wanted: &str) -> String {
    format!("expected {wanted}")
}

/// `Some(None)` is `any`.
pub(super) fn level(word: &str) -> Option<Option<Severity>> {
    LEVELS
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(word))
        .map(|(_, level)| *level)
}

/// Whether this lower-case word names a qualifier, supported or not.
pub(super) fn is_qualifier(word: &str) -> bool {
    qualifiers().any(|known| known == word)
}

/// Every word that names a qualifier.
pub(super) fn qualifiers() -> impl Iterator<Item = &'static str> {
    FLAGS
        .iter()
        .map(|(name, _)| *name)
        .chain(["cvss"])
        .chain(Key::ALL.map(Key::word))
        .chain(NOT_YET.map(|(name, _)| name))
}
