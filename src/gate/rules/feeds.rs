//! Data about advisories that the rules need, that was given, and that is of no use: then nobody can tell what would
//! have blocked. Data that nobody gave is only said, by the rule whose terms ask for it.

use super::lacks::feed;
use super::{Docket, Judge, Phase, Rule, Said, in_force};
use crate::gate::language::Lack;
use crate::gate::{Policy, plain};

pub(super) const RULE: Rule = Rule {
    id: "feeds",
    what: "Makes the run incomplete where terms need KEV or EPSS data that was given and cannot be used or is stale",
    phase: Phase::Weigh,
    configure,
};

/// Data that a term needs.
struct Need {
    /// Id among the feeds.
    id: &'static str,
    name: &'static str,
    /// The first term that needs it, with where it stands.
    by: String,
}

fn configure(policy: &Policy) -> Judge {
    let terms = in_force(policy);
    let needs: Vec<Need> = Lack::ALL
        .into_iter()
        .filter_map(|lack| {
            let (id, name) = feed(lack)?;
            let (place, term) = terms.iter().find(|(_, term)| term.needs(lack))?;
            let by = format!("`{}` of {place}", plain::cut(&term.to_string(), 100));
            Some(Need { id, name, by })
        })
        .collect();
    Box::new(move |docket| judge(&needs, docket))
}

fn judge(needs: &[Need], docket: &Docket<'_>) -> Said {
    let mut said = Said::default();
    for Need { id, name, by } in needs {
        for feed in docket.facts.feeds.iter().filter(|feed| feed.id == *id) {
            if let Some(problem) = &feed.problem {
                said.gaps.push(format!(
                    "the {name} {} cannot be used, and {by} needs it: {}",
                    plain::cut(&feed.path, 200),
                    plain::line(problem)
                ));
            }
        }
    }
    said
}
