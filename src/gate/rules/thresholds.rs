//! What a threshold demands of a number that misses it.

use super::{Docket, Judge, Phase, Rule, Said};
use crate::gate::Policy;
use crate::model::Ruling;

/// The id.
const ID: &str = "thresholds";

pub(super) const RULE: Rule = Rule {
    id: ID,
    what: "Fails, warns or notes as the inputs coverage and cost say of numbers that miss their limits",
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
            by: ID,
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
