//! The rows `fail-on`, `warn-on`, `note-on`: the strongest one that matches says what a finding is.

use super::{Case, Docket, Judge, Phase, Rule, Said, Standing, no_score};
use crate::gate::language::{Answer, Term};
use crate::gate::policy::Row;
use crate::gate::{Policy, Preset};
use crate::model::{Ruling, Severity, Text};

pub(super) const RULE: Rule = Rule {
    id: "rows",
    what: "Fails, warns of or notes a finding by the first term of the strongest row that matches",
    phase: Phase::Weigh,
    configure,
};

/// The term that `basic` wants and that this version leaves out.
const LEFT_OUT: &str = "preset basic: its term `critical+kev` is left out, because KEV data is not yet supported; a critical \
     finding without a fix warns";

fn configure(policy: &Policy) -> Judge {
    let terms: Vec<(Row, Term)> = Row::ALL
        .into_iter()
        .flat_map(|row| {
            policy
                .row(row)
                .terms
                .iter()
                .map(move |term| (row, term.clone()))
        })
        .collect();
    // Where the row was replaced, its author knows what is in it.
    let basic =
        policy.preset == Preset::Basic && policy.fail_on == Policy::new(Preset::Basic).fail_on;
    Box::new(move |docket| {
        let mut said = judge(&terms, docket);
        said.remarks.extend(basic.then(|| LEFT_OUT.to_owned()));
        said
    })
}

/// A term that can match in this run.
struct Open<'t> {
    row: Row,
    term: &'t Term,
    text: Text,
    /// How many findings its budget counted.
    counted: usize,
}

/// `terms` stand in the order of the rows, strongest first.
fn judge(terms: &[(Row, Term)], docket: &Docket<'_>) -> Said {
    let open: Vec<Open<'_>> = terms
        .iter()
        .filter_map(|(row, term)| open(*row, term, docket))
        .collect();
    let mut said = Said::default();
    let mut without_score = 0;
    for case in docket.cases() {
        if case.standing == Standing::Excluded {
            continue;
        }
        let mut unscored = false;
        let hit = open.iter().find(|open| {
            let answer = open.term.answer(case.finding, case.severity);
            unscored |= answer == Answer::NoScore;
            answer == Answer::Yes
        });
        without_score += usize::from(unscored);
        if let Some(hit) = hit {
            let ruling = Ruling {
                by: hit.row.word(),
                term: Some(hit.text.clone()),
                effect: hit.row.effect(),
                why: why(hit, &case),
            };
            said.rulings.push((case.index, ruling));
        }
    }
    said.remarks.extend(no_score("the rows", without_score));
    said
}

/// Nothing for a term within its budget: it matches none of the findings it counted. Excused findings are not
/// counted; above the budget the term is recorded for them all the same.
fn open<'t>(row: Row, term: &'t Term, docket: &Docket<'_>) -> Option<Open<'t>> {
    let counted = match term.budget {
        None => 0,
        Some(_) => docket
            .cases()
            .filter(|case| case.standing == Standing::Open)
            .filter(|case| term.answer(case.finding, case.severity) == Answer::Yes)
            .count(),
    };
    let within = term
        .budget
        .is_some_and(|budget| counted <= usize::try_from(budget).unwrap_or(usize::MAX));
    (!within).then(|| Open {
        row,
        term,
        text: Text::from(term.to_string()),
        counted,
    })
}

fn why(hit: &Open<'_>, case: &Case<'_>) -> Text {
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
    Text::from(why)
}
