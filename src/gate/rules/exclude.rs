//! `exclude`: what is set aside before any row is looked at.
//!
//! A level means "at least this severe" here as everywhere, so `exclude: low` sets aside critical findings. Whoever
//! wrote that to be rid of the low ones has switched the gate off; therefore it is said how many worse ones went.
//!
//! What is not known sets nothing aside: here doubt goes the other way than in the rows. A component's own terms are asked
//! of its findings besides those of the whole.

use std::collections::BTreeMap;

use super::lacks::Tally;
use super::{Docket, Judge, Phase, Rule, Said};
use crate::gate::language::{Doubt, Lacks, Term};
use crate::gate::{Policy, plain};
use crate::model::{Effect, Finding, Ruling, Severity, Text};

/// The id, and the name of the input.
const ID: &str = "exclude";

pub(super) const RULE: Rule = Rule {
    id: ID,
    what: "Sets findings aside; they are shown and counted, but no row is asked",
    phase: Phase::SetAside,
    configure,
};

/// One term of `exclude`.
struct Entry {
    /// The component whose term this is; `None` for one of the whole.
    of: Option<Text>,
    term: Term,
    /// The term in canonical spelling.
    text: Text,
    why: Text,
}

impl Entry {
    fn asks(&self, finding: &Finding) -> bool {
        self.of.is_none() || self.of == finding.known.component
    }
}

fn configure(policy: &Policy) -> Judge {
    let whole = std::iter::once((None, &policy.exclude));
    let own = policy.components.iter().filter_map(|component| {
        let name = Text::from(component.name.as_str());
        Some((Some(name), component.exclude.as_ref()?))
    });
    let mut entries = Vec::new();
    let mut remarks = Vec::new();
    for (of, exclude) in whole.chain(own) {
        for term in &exclude.terms {
            // A budget would set aside the more the worse things are. The settings refuse it; were it to get here, the
            // term does nothing.
            if term.budget.is_some() {
                remarks.push(format!(
                    "the term `{term}` of exclude has a budget and sets nothing aside"
                ));
                continue;
            }
            let why = match &of {
                None => "set aside before any row was looked at".to_owned(),
                Some(name) => format!(
                    "set aside by the component {} before any row was looked at",
                    plain::cut(name, 100)
                ),
            };
            entries.push(Entry {
                of: of.clone(),
                term: term.clone(),
                text: Text::from(term.to_string()),
                why: Text::from(why),
            });
        }
    }
    Box::new(move |docket| {
        let mut said = judge(&entries, docket);
        said.remarks.splice(0..0, remarks.iter().cloned());
        said
    })
}

fn judge(entries: &[Entry], docket: &Docket<'_>) -> Said {
    let mut said = Said::default();
    let moment = docket.moment();
    let mut tally = Tally::default();
    let mut worse: BTreeMap<&Text, (Severity, u64)> = BTreeMap::new();
    for case in docket.cases() {
        let malware = case.malware().is_some();
        let (mut hit, mut spared, mut lacks) = (None, None, Lacks::default());
        for entry in entries.iter().filter(|entry| entry.asks(case.finding)) {
            let Entry { term, text, .. } = entry;
            let answer = term.answer(case.finding, case.severity, moment, Doubt::Misses);
            lacks.add_all(answer.lacks());
            if !answer.matches() {
                continue;
            }
            if malware && !term.names_rule() {
                spared = spared.or(Some(text));
                continue;
            }
            hit = Some(entry);
            if let Some(level) = term.level.filter(|level| case.severity > *level) {
                worse.entry(text).or_insert((level, 0)).1 += 1;
            }
            break;
        }
        let (term, effect, why) = match (hit, spared) {
            (Some(entry), _) => (&entry.text, Effect::Exclude, entry.why.clone()),
            (None, Some(term)) => {
                let why = "known malware is set aside only by a term that names it with `rule=`";
                (term, Effect::Ignore, Text::from(why))
            }
            (None, None) => {
                tally.add(lacks);
                continue;
            }
        };
        let ruling = Ruling {
            by: ID,
            term: Some(term.clone()),
            effect,
            why,
        };
        said.rulings.push((case.index, ruling));
    }
    for (term, (level, count)) in worse {
        said.remarks.push(format!(
            "the term `{term}` of exclude also set aside {count} worse than {0}: a level means {0} or worse",
            level.word()
        ));
    }
    let terms = entries.iter().map(|entry| &entry.term);
    let lacks = tally.remarks(ID, Doubt::Misses, terms, docket.facts);
    said.remarks.extend(lacks);
    said
}
