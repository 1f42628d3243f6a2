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
pub(super) const FLAGS: [(&str, Qualifier); 9] = [
    ("new", Qualifier::New),
    ("introduced", Qualifier::Introduced),
    ("disclosed", Qualifier::Disclosed),
    ("changed", Qualifier::Changed),
    ("fixable", Qualifier::Fixable),
    ("unfixable", Qualifier::Unfixable),
    ("kev", Qualifier::Kev),
    ("runtime", Qualifier::Runtime),
    ("dev", Qualifier::Dev),
];

/// Qualifiers with a number behind them.
pub(super) const NUMBERS: [&str; 4] = ["epss", "cvss", "age", "grace"];

/// Qualifiers that exclude each other: a term with both would match nothing.
pub(super) const CLASHES: [(Qualifier, Qualifier); 3] = [
    (Qualifier::Introduced, Qualifier::Disclosed),
    (Qualifier::Fixable, Qualifier::Unfixable),
    (Qualifier::Runtime, Qualifier::Dev),
];

pub(super) const LEVEL: &str = "a level (critical, high, medium, low, info, any)";
pub(super) const HEAD: &str = "a level (critical, high, medium, low, info, any), a kind (vulnerability, secret, misconfiguration, \
                    license, code, supply-chain, runtime, quality) or `none`";
pub(super) const QUALIFIER: &str = "a qualifier (new, introduced, disclosed, changed, fixable, unfixable, kev, epss>=N, cvss>=N, age>=Nd, \
                    grace=Nd, runtime, dev, tool=, path=, rule=, package=, target=, component=; `!=` negates)";
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

/// Whether this lower-case word names a qualifier.
pub(super) fn is_qualifier(word: &str) -> bool {
    qualifiers().any(|known| known == word)
}

/// Every word that names a qualifier.
pub(super) fn qualifiers() -> impl Iterator<Item = &'static str> {
    FLAGS
        .iter()
        .map(|(name, _)| *name)
        .chain(NUMBERS)
        .chain(Key::ALL.map(Key::word))
}
