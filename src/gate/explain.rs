//! Why one finding is judged as it is: everything that was looked at, in the order in which it is looked at.

use super::components::Component;
use super::language::{Conditions, Doubt, Moment, Term};
use super::{Facts, Policy, Row};
use crate::model::{Effect, Finding, Ruling, Verdict};

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Tried {
    /// The row or rule: `fail-on`, `exclude`, `waivers`, `vex` …
    pub by: String,
    /// The term, the waiver (`FILE:LINE`) or the statement, where there is one.
    pub term: Option<String>,
    /// What it does to the finding; `None` where it does not match.
    pub effect: Option<Effect>,
    /// Why, or what differs.
    pub why: String,
}

/// Everything that was tried on the finding at `index` of `findings`. `verdict` must be the judgement of the same findings.
pub fn explain(
    index: usize,
    findings: &[Finding],
    verdict: &Verdict,
    facts: &Facts,
    policy: &Policy,
) -> Vec<Tried> {
    let Some(finding) = findings.get(index) else {
        return Vec::new();
    };
    let rulings = verdict.rulings.get(index).map_or(&[][..], Vec::as_slice);
    let own = finding.known.component.as_deref();
    let component = own.and_then(|name| policy.components.iter().find(|one| one.name == name));
    let look = Look {
        finding,
        rulings,
        moment: Moment::on(&facts.today),
        policy,
    };
    let mut tried = look.row("exclude", &policy.exclude, Doubt::Misses);
    if let Some(exclude) = component.and_then(|one| one.exclude.as_ref()) {
        tried.extend(look.row("exclude", exclude, Doubt::Misses));
    }
    let of_rows = |by: &str| by == "exclude" || Row::ALL.iter().any(|row| row.word() == by);
    tried.extend(
        rulings
            .iter()
            .filter(|ruling| !of_rows(ruling.by))
            .map(|ruling| Tried {
                by: ruling.by.to_owned(),
                term: ruling.term.as_deref().map(str::to_owned),
                effect: (ruling.effect != Effect::Ignore).then_some(ruling.effect),
                why: ruling.why.to_string(),
            }),
    );
    for row in Row::ALL {
        let conditions = component
            .and_then(|one: &Component| one.row(row))
            .unwrap_or_else(|| policy.row(row));
        tried.extend(look.row(row.word(), conditions, Doubt::Matches));
    }
    tried
}

/// What one finding is looked at with.
struct Look<'a> {
    finding: &'a Finding,
    rulings: &'a [Ruling],
    moment: Moment,
    policy: &'a Policy,
}

impl Look<'_> {
    /// Every term of a row.
    fn row(&self, by: &str, conditions: &Conditions, doubt: Doubt) -> Vec<Tried> {
        if conditions.is_empty() && by != "exclude" {
            return vec![Tried {
                by: by.to_owned(),
                term: None,
                effect: None,
                why: "the row is empty".to_owned(),
            }];
        }
        let mut decided = false;
        let terms = conditions.terms.iter();
        terms
            .map(|term| self.term(by, term, doubt, &mut decided))
            .collect()
    }

    fn term(&self, by: &str, term: &Term, doubt: Doubt, decided: &mut bool) -> Tried {
        let text = term.to_string();
        let ruling = self
            .rulings
            .iter()
            .find(|ruling| ruling.by == by && ruling.term.as_deref() == Some(&text))
            .filter(|_| !*decided);
        let severity = self.policy.counts_as(self.finding.severity);
        let differs = term.differs(self.finding, severity, self.moment, doubt);
        let (effect, why) = match (ruling, differs.is_empty()) {
            (Some(ruling), _) => {
                *decided = true;
                let effect = (ruling.effect != Effect::Ignore).then_some(ruling.effect);
                (effect, ruling.why.to_string())
            }
            (None, false) => (None, differs.join("; ")),
            (None, true) => match term.budget {
                Some(budget) => (
                    None,
                    format!("it would match, but no more than {budget} findings do"),
                ),
                None => (
                    None,
                    "it would match, but another term or rule had decided before".to_owned(),
                ),
            },
        };
        Tried {
            by: by.to_owned(),
            term: Some(text),
            effect,
            why,
        }
    }
}
