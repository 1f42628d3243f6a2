//! Which of two rules is the stricter one.
//!
//! Everything here answers "at least as strict for certain": where that cannot be told from the rules alone, the answer is no.
//!
//! Must not know: layers, where a value comes from.

use super::Settings;
use crate::gate::Policy;
use crate::gate::language::Conditions;
use crate::model::Mode;

/// Whether every finding that `other` matches is matched by one of these rows as well.
pub(super) fn covers_with(mine: &[&Conditions], other: &Conditions) -> bool {
    let terms = mine.iter().flat_map(|row| row.terms.clone()).collect();
    Conditions { terms }.covers(other)
}

/// Whether `mine` sets aside only what `other` does.
pub(super) fn excludes_less(mine: &Conditions, other: &Conditions) -> bool {
    mine.terms.iter().all(|mine| {
        other.terms.iter().any(|other| {
            // Known malware is set aside only by a term that names its rule, so such a term does more than a wider one.
            other.covers(mine) && (other.names_rule() || !mine.names_rule())
        })
    })
}

/// Whether moving the severity of unknown findings from `before` to `after` would set more of them aside.
pub(super) fn unknown_excluded(before: &Policy, after: &Policy) -> bool {
    let own = after.components.iter();
    let rows = own.filter_map(|component| component.exclude.as_ref());
    let mut levels = rows
        .chain([&after.exclude])
        .flat_map(|row| &row.terms)
        .filter_map(|term| term.level);
    levels.any(|level| before.unknown_severity < level && level <= after.unknown_severity)
}

/// How much a failing verdict does: more is stricter.
pub(super) fn force(mode: Mode) -> u8 {
    match mode {
        Mode::Observe => 0,
        Mode::Warn => 1,
        Mode::Enforce => 2,
    }
}

/// The strictest of several settings: what a failing verdict does, then how many of the others' rows its own cover. Of
/// equals `production` comes first, then the first.
pub(super) fn strictest<'a>(all: &[(&'a str, Settings)]) -> Option<&'a str> {
    let score = |name: &str, settings: &Settings| {
        let mine = &settings.policy;
        let count = |better: &dyn Fn(&Policy) -> bool| {
            all.iter()
                .filter(|(_, other)| better(&other.policy))
                .count()
        };
        (
            force(settings.mode),
            count(&|other| mine.fail_on.covers(&other.fail_on)),
            count(&|other| covers_with(&[&mine.fail_on, &mine.warn_on], &other.warn_on)),
            count(&|other| excludes_less(&mine.exclude, &other.exclude)),
            mine.unknown_severity,
            name == "production",
        )
    };
    // `max_by_key` gives the last of equals.
    let last_first = all.iter().rev();
    last_first
        .max_by_key(|(name, settings)| score(name, settings))
        .map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_that_names_a_rule_sets_malware_aside() {
        let read = |text: &str| Conditions::parse(text).expect("terms");
        let wide = read("vulnerability");
        assert!(excludes_less(&read("vulnerability+fixable"), &wide));
        assert!(!excludes_less(
            &read("vulnerability+rule=MAL-2024-1"),
            &wide
        ));
        assert!(excludes_less(&read("none"), &read("none")));
        assert!(!excludes_less(&read("low"), &read("none")));
    }
}
