//! Components that a change does not touch are not judged with it: their findings are set aside on proposals.
//!
//! What the change brought is judged wherever it stands (a shared lock file moves packages of every component), and so is
//! known malware.

use super::{Docket, Judge, Phase, Rule, Said};
use crate::gate::components::Component;
use crate::gate::{Policy, plain};
use crate::model::{Cause, Effect, Finding, Ruling, State, Text};

/// The id, and the name of the config key.
const ID: &str = "components";

pub(super) const RULE: Rule = Rule {
    id: ID,
    what: "Sets findings of components aside that the proposed change does not touch",
    phase: Phase::SetAside,
    configure,
};

fn configure(policy: &Policy) -> Judge {
    let components = policy.components.clone();
    Box::new(move |docket| judge(&components, docket))
}

fn judge(components: &[Component], docket: &Docket<'_>) -> Said {
    let mut said = Said::default();
    if !docket.facts.proposal {
        return said;
    }
    let untouched: Vec<&Component> = components
        .iter()
        .filter(|component| !component.affected(docket.facts))
        .collect();
    for case in docket.cases() {
        let name = case.finding.known.component.as_deref();
        let component = untouched
            .iter()
            .find(|component| name == Some(component.name.as_str()));
        let Some(component) = component else {
            continue;
        };
        if introduced(case.finding) || case.malware().is_some() {
            continue;
        }
        let why = format!(
            "the change does not touch the component {}",
            plain::cut(&component.name, 100)
        );
        let ruling = Ruling {
            by: ID,
            term: None,
            effect: Effect::Exclude,
            why: Text::from(why),
        };
        said.rulings.push((case.index, ruling));
    }
    said
}

/// Whether the change brought it, or nobody can say that it did not. Without a baseline the cause is what the touched files
/// say.
fn introduced(finding: &Finding) -> bool {
    let new = matches!(finding.known.state, None | Some(State::New));
    new && finding.known.cause == Cause::Introduced
}
