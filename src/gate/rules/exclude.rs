//! `exclude`: what is set aside before any row is looked at.
//!
//! A level means "at least this severe" here as everywhere, so `exclude: low` sets aside critical findings. Whoever
//! wrote that to be rid of the low ones has switched the gate off; therefore it is said how many worse ones went.

use std::collections::BTreeMap;

use super::{Docket, Judge, Phase, Rule, Said, no_score};
use crate::gate::Policy;
use crate::gate::language::{Answer, Conditions, Key, Qualifier, Term};
use crate::model::{Effect, Ruling, Severity, Text};

/// The id, and the name of the input.
const ID: &str = "exclude";

pub(super) const RULE: Rule = Rule {
    id: ID,
    what: "Sets findings aside; they are shown and counted, but no row is asked",
    phase: Phase::SetAside,
    configure,
};

fn configure(policy: &Policy) -> Judge {
    let exclude = policy.exclude.clone();
    Box::new(move |docket| judge(&exclude, docket))
}

fn judge(exclude: &Conditions, docket: &Docket<'_>) -> Said {
    let mut said = Said::default();
    // A budget would set aside the more the worse things are. The settings refuse it; were it to get here, the term
    // does nothing.
    let terms: Vec<(&Term, Text)> = exclude
        .terms
        .iter()
        .filter(|term| term.budget.is_none())
        .map(|term| (term, Text::from(term.to_string())))
        .collect();
    if let Some(term) = exclude.budget() {
        said.remarks.push(format!(
            "the term `{term}` of exclude has a budget and sets nothing aside"
        ));
    }
    let mut without_score = 0;
    let mut worse: BTreeMap<&Text, (Severity, u64)> = BTreeMap::new();
    for case in docket.cases() {
        let malware = case.malware().is_some();
        let (mut hit, mut spared, mut unscored) = (None, None, false);
        for (term, text) in &terms {
            match term.answer(case.finding, case.severity) {
                Answer::Yes if malware && !names_rule(term) => spared = spared.or(Some(text)),
                Answer::Yes => {
                    hit = Some(text);
                    if let Some(level) = term.level.filter(|level| case.severity > *level) {
                        worse.entry(text).or_insert((level, 0)).1 += 1;
                    }
                    break;
                }
                Answer::NoScore => unscored = true,
                Answer::No => {}
            }
        }
        let (term, effect, why) = match (hit, spared) {
            (Some(term), _) => (
                term,
                Effect::Exclude,
                "set aside before any row was looked at",
            ),
            (None, Some(term)) => (
                term,
                Effect::Ignore,
                "known malware is set aside only by a term that names it with `rule=`",
            ),
            (None, None) => {
                without_score += usize::from(unscored);
                continue;
            }
        };
        said.rulings.push((
            case.index,
            Ruling {
                by: ID,
                term: Some(term.clone()),
                effect,
                why: Text::from(why),
            },
        ));
    }
    for (term, (level, count)) in worse {
        said.remarks.push(format!(
            "the term `{term}` of exclude also set aside {count} worse than {0}: a level means {0} or worse",
            level.word()
        ));
    }
    said.remarks.extend(no_score(ID, without_score));
    said
}

/// Whether the term says which rule it is about. A term about a folder or a package was written before anybody knew
/// that malware would turn up there; one that names the rule was written with it in mind.
fn names_rule(term: &Term) -> bool {
    term.qualifiers.iter().any(|qualifier| {
        matches!(
            qualifier,
            Qualifier::Field {
                key: Key::Rule,
                negated: false,
                ..
            }
        )
    })
}
