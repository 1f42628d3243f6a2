//! The rows `fail-on`, `warn-on`, `note-on`: the strongest one that matches says what a finding is.
//!
//! Findings of a component with rows of its own are judged by those, the others by the rows of the whole. A budget counts
//! the findings that its row judges, and no others.

use super::lacks::Tally;
use super::{Case, Docket, Judge, Phase, Rule, Said, Standing};
use crate::gate::language::{Conditions, Doubt, Lacks, Term};
use crate::gate::policy::Row;
use crate::gate::{Policy, plain};
use crate::model::{Effect, Finding, Ruling, Severity, Text};

pub(super) const RULE: Rule = Rule {
    id: "rows",
    what: "Fails, warns of or notes a finding by the first term of the strongest row that matches",
    phase: Phase::Weigh,
    configure,
};

/// One row with whose findings it judges.
pub(super) struct Sheet {
    pub(super) by: &'static str,
    pub(super) effect: Effect,
    /// The component whose row this is; `None` for that of the whole.
    pub(super) of: Option<Text>,
    /// Of the row of the whole: the components that have one of their own in its place.
    pub(super) others: Vec<Text>,
    pub(super) terms: Conditions,
}

impl Sheet {
    fn judges(&self, finding: &Finding) -> bool {
        let component = finding.known.component.as_ref();
        match &self.of {
            Some(name) => component == Some(name),
            None => component.is_none_or(|name| !self.others.contains(name)),
        }
    }
}

/// The rows, strongest first.
fn sheets(policy: &Policy) -> Vec<Sheet> {
    let mut sheets = Vec::new();
    for row in Row::ALL {
        let mut others = Vec::new();
        for component in &policy.components {
            let Some(terms) = component.row(row) else {
                continue;
            };
            let name = Text::from(component.name.as_str());
            others.push(name.clone());
            sheets.push(Sheet {
                by: row.word(),
                effect: row.effect(),
                of: Some(name),
                others: Vec::new(),
                terms: terms.clone(),
            });
        }
        sheets.push(Sheet {
            by: row.word(),
            effect: row.effect(),
            of: None,
            others,
            terms: policy.row(row).clone(),
        });
    }
    sheets
}

fn configure(policy: &Policy) -> Judge {
    let sheets = sheets(policy);
    Box::new(move |docket| judge(&sheets, docket, "the rows"))
}

/// A term with what its budget counted.
struct Weighed<'t> {
    sheet: &'t Sheet,
    term: &'t Term,
    text: Text,
    /// How many findings its budget counted.
    counted: usize,
    /// Within its budget: it matches none of them.
    within: bool,
}

/// The first term of the sheets that matches a finding rules it. `name` is what remarks call the sheets.
pub(super) fn judge(sheets: &[Sheet], docket: &Docket<'_>, name: &str) -> Said {
    let moment = docket.moment();
    let weighed: Vec<Weighed<'_>> = sheets
        .iter()
        .flat_map(|sheet| sheet.terms.terms.iter().map(move |term| (sheet, term)))
        .map(|(sheet, term)| weigh(sheet, term, docket))
        .collect();
    let mut said = Said::default();
    let mut tally = Tally::default();
    for case in docket.cases() {
        if case.standing == Standing::Excluded {
            continue;
        }
        let mut lacks = Lacks::default();
        let mut terms = weighed
            .iter()
            .filter(|weighed| weighed.sheet.judges(case.finding));
        let hit = terms.find(|Weighed { term, within, .. }| {
            let answer = term.answer(case.finding, case.severity, moment, Doubt::Matches);
            lacks.add_all(answer.lacks());
            answer.matches() && !within
        });
        tally.add(lacks);
        if let Some(hit) = hit {
            let ruling = Ruling {
                by: hit.sheet.by,
                term: Some(hit.text.clone()),
                effect: hit.sheet.effect,
                why: why(hit, &case),
            };
            said.rulings.push((case.index, ruling));
        }
    }
    let terms = sheets.iter().flat_map(|sheet| &sheet.terms.terms);
    said.remarks = tally.remarks(name, Doubt::Matches, terms, docket.facts);
    said
}

/// A budget counts what its row judges and what is not excused; above the budget the term is recorded for excused
/// findings all the same.
fn weigh<'t>(sheet: &'t Sheet, term: &'t Term, docket: &Docket<'_>) -> Weighed<'t> {
    let moment = docket.moment();
    let counts = |case: &Case<'_>| {
        case.standing == Standing::Open
            && sheet.judges(case.finding)
            && term
                .answer(case.finding, case.severity, moment, Doubt::Matches)
                .matches()
    };
    let counted = match term.budget {
        None => 0,
        Some(_) => docket.cases().filter(counts).count(),
    };
    let most = |budget| usize::try_from(budget).unwrap_or(usize::MAX);
    Weighed {
        sheet,
        term,
        text: Text::from(term.to_string()),
        counted,
        within: term.budget.is_some_and(|budget| counted <= most(budget)),
    }
}

fn why(hit: &Weighed<'_>, case: &Case<'_>) -> Text {
    let mut why = match (hit.term.level, case.finding.severity) {
        (Some(_), Severity::Unknown) => format!(
            "matches, its unknown severity counted as {}",
            case.severity.word()
        ),
        _ => "matches".to_owned(),
    };
    if let Some(budget) = hit.term.budget {
        why.push_str(&format!(
            "; there are {} such findings, and {budget} are allowed",
            hit.counted
        ));
    }
    if let Some(name) = &hit.sheet.of {
        why.push_str(&format!(
            "; the row of the component {}",
            plain::cut(name, 100)
        ));
    }
    Text::from(why)
}
