//! Whether the gate itself is in order: what the workflow, ignore files and new suppression markers do to it.
//!
//! Text in, observations out. Must not know: where a text comes from, settings, the verdict.
#![deny(clippy::disallowed_methods)]

pub mod absent;
pub mod markers;
mod tree;
pub mod workflow;

use crate::model::{Effect, Kind, Observation, Severity, Text};

/// Every rule of this module; each has its place in `docs/gate-health.md`.
pub const RULES: [&str; 14] = [
    workflow::UNREADABLE,
    workflow::CONTINUE_ON_ERROR,
    workflow::GATE_SKIPPABLE,
    workflow::VERDICT_DROPPED,
    workflow::NO_MERGE_GROUP,
    workflow::PATH_FILTER,
    workflow::UNPINNED_ACTION,
    workflow::MISSING_SCANNER,
    markers::ADDED,
    markers::UNKNOWN,
    markers::CONFIG_CHANGED,
    markers::LEFT_OUT,
    workflow::LEFT_OUT,
    absent::MISSING,
];

/// Most observations that one check gives; the rest are counted in one more.
const MOST: usize = 200;

/// How much an observation weighs before the rows are asked.
#[derive(Clone, Copy)]
enum Weight {
    /// It weakens the gate: medium, and the verdict warns.
    Warns,
    /// Worth knowing: low, and noted.
    Notes,
}

impl Weight {
    /// The heavier one where `heavy` holds.
    fn warns_if(heavy: bool) -> Weight {
        if heavy { Weight::Warns } else { Weight::Notes }
    }
}

/// Where something was seen.
struct Spot<'a> {
    path: &'a str,
    line: Option<u32>,
    /// What tells it apart from others of its rule in this file, whatever line it stands on.
    subject: String,
}

impl Spot<'_> {
    fn observation(
        self,
        rule: &'static str,
        weight: Weight,
        title: &str,
        message: &str,
    ) -> Observation {
        let (severity, effect) = match weight {
            Weight::Warns => (Severity::Medium, Effect::Warn),
            Weight::Notes => (Severity::Low, Effect::Note),
        };
        Observation {
            rule,
            kind: Kind::SupplyChain,
            severity,
            effect,
            title: Text::from(title),
            message: Text::from(message),
            path: Text::from(self.path),
            line: self.line.filter(|line| *line > 0),
            subject: Text::from(self.subject),
        }
    }
}

/// Keeps [`MOST`] observations and says in one more how many there were besides. That one warns: what is left out may.
fn bounded(mut seen: Vec<Observation>, rule: &'static str, what: &str) -> Vec<Observation> {
    let more = seen.len().saturating_sub(MOST);
    if more == 0 {
        return seen;
    }
    let path = seen
        .get(MOST)
        .map_or(Text::from(".github"), |first| first.path.clone());
    seen.truncate(MOST);
    let spot = Spot {
        path: &path,
        line: None,
        subject: rule.to_owned(),
    };
    seen.push(spot.observation(
        rule,
        Weight::Warns,
        &format!("{more} more {what} are not listed"),
        &format!(
            "Only the first {MOST} are listed one by one, from here on {more} more {what} were only counted. Review them in the change itself, or split it."
        ),
    ));
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_is_documented_once() {
        let page = include_str!("../../docs/gate-health.md");
        let mut known = RULES.to_vec();
        known.sort_unstable();
        known.dedup();
        assert_eq!(known.len(), RULES.len());
        for rule in RULES {
            let heads = page.matches(&format!("\n## `{rule}`\n")).count();
            assert_eq!(heads, 1, "{rule} in docs/gate-health.md");
        }
        let heads = page.lines().filter(|line| line.starts_with("## `"));
        assert_eq!(heads.count(), RULES.len(), "a rule that does not exist");
    }

    #[test]
    fn the_rest_is_counted_and_warns() {
        let one = |n: usize| {
            let spot = Spot {
                path: "a",
                line: Some(0),
                subject: n.to_string(),
            };
            spot.observation(markers::UNKNOWN, Weight::Notes, "t", "m")
        };
        assert_eq!(
            bounded((0..MOST).map(one).collect(), markers::LEFT_OUT, "x").len(),
            MOST
        );
        let many = bounded((0..MOST + 7).map(one).collect(), markers::LEFT_OUT, "x");
        let last = many.last().expect("the count");
        assert_eq!((many.len(), last.rule), (MOST + 1, markers::LEFT_OUT));
        assert!(last.title.starts_with("7 more") && last.effect == Effect::Warn);
        assert!(many.iter().all(|seen| seen.line.is_none()));
    }
}
