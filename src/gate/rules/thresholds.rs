//! What a threshold demands of a number that misses it, and what the gate itself demands of what weakens it.

use super::{Docket, Judge, Phase, Rule, Said};
use crate::gate::Policy;
use crate::model::{Finding, Ruling};
use crate::observe;

/// The id.
const ID: &str = "thresholds";
/// Who speaks of what the gate saw itself.
const HEALTH: &str = "gate-health";

pub(super) const RULE: Rule = Rule {
    id: ID,
    what: "Fails, warns or notes numbers that miss the limits of coverage and cost, and what weakens the gate",
    phase: Phase::Weigh,
    configure,
};

fn configure(_: &Policy) -> Judge {
    Box::new(judge)
}

fn judge(docket: &Docket<'_>) -> Said {
    let cases = docket.cases();
    let rulings = cases.filter_map(|case| {
        let demand = case.finding.demand.as_ref()?;
        let ruling = Ruling {
            by: speaker(case.finding),
            term: Some(demand.term.clone()),
            effect: demand.effect,
            why: demand.why.clone(),
        };
        Some((case.index, ruling))
    });
    Said {
        rulings: rulings.collect(),
        ..Said::default()
    }
}

fn speaker(finding: &Finding) -> &'static str {
    let own = |tool: &str| tool == observe::TOOL;
    match finding.sources.iter().any(|source| own(&source.tool)) {
        true => HEALTH,
        false => ID,
    }
}
