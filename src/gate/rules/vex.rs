//! VEX: a product's maker says that it is not affected by a vulnerability, or that it is fixed.

use std::collections::BTreeMap;

use super::{Docket, Judge, Phase, Rule, Said, Standing};
use crate::gate::Policy;
use crate::gate::plain::cut;
use crate::gate::vex::matching::{Says, Statements};
use crate::gate::vex::{Statement, Status};
use crate::model::{Effect, Exemption, Ruling, Standing as Stands, Text};

/// The id, and the name of the input.
const ID: &str = "vex";

/// Rulings about statements that do not excuse, at most, for one finding.
const NEAR: usize = 5;

pub(super) const RULE: Rule = Rule {
    id: ID,
    what: "Excuses vulnerabilities that a VEX statement says do not affect the product, or are fixed in it",
    phase: Phase::Excuse,
    configure,
};

fn configure(_: &Policy) -> Judge {
    Box::new(judge)
}

fn judge(docket: &Docket<'_>) -> Said {
    let statements = &docket.facts.vex;
    let mut said = Said::default();
    if statements.is_empty() {
        return said;
    }
    let ready = Statements::new(statements, docket.reports);
    let mut tallies: BTreeMap<usize, Tally> = BTreeMap::new();
    let mut exploited = 0_u64;
    for case in docket.cases() {
        if case.standing == Standing::Excluded {
            continue;
        }
        let answer = ready.answer(case.finding);
        exploited += u64::from(answer.excused && case.finding.known.kev == Some(true));
        let mut shown = 0_usize;
        let others = answer
            .words
            .iter()
            .filter(|word| word.says != Says::Excuses);
        let hidden = others.count().saturating_sub(NEAR);
        for word in answer.words {
            let Some(statement) = statements.get(word.statement) else {
                continue;
            };
            tallies.entry(word.statement).or_default().add(&word.says);
            let own = in_words(statement);
            let (effect, mut why) = match &word.says {
                Says::Excuses => (Effect::Excuse, own),
                Says::Notes => (Effect::Ignore, own),
                Says::But(why) | Says::Misses(why) => (Effect::Ignore, format!("{own}, but {why}")),
            };
            if effect == Effect::Ignore {
                // What else was said of a finding that is excused is of no use to anybody.
                if answer.excused {
                    continue;
                }
                shown += 1;
                if shown > NEAR {
                    continue;
                }
                if shown == NEAR && hidden > 0 {
                    why.push_str(&format!(
                        "; {hidden} more about this vulnerability do not excuse it either"
                    ));
                }
            }
            said.rulings.push((
                case.index,
                Ruling {
                    by: ID,
                    term: Some(
                        format!("{}#{}", cut(&statement.file, 200), statement.number).into(),
                    ),
                    effect,
                    why: why.into(),
                },
            ));
        }
    }
    for (index, statement) in statements.iter().enumerate() {
        let tally = tallies.remove(&index).unwrap_or_default();
        said.exemptions.push(tally.exemption(statement));
    }
    said.remarks = remarks(&said.exemptions, exploited);
    said
}

/// `not_affected: vulnerable_code_not_present (openvex.json, statement 2, 2026-01-01)`.
fn in_words(statement: &Statement) -> String {
    let why = match (&statement.justification, statement.status) {
        (Some(label), Status::NotAffected) => format!(": {}", cut(label, 60)),
        (None, Status::NotAffected) if !statement.detail.is_empty() => {
            format!(": \"{}\"", cut(&statement.detail, 120))
        }
        _ => String::new(),
    };
    let day = statement
        .timestamp
        .as_deref()
        .and_then(|moment| moment.get(..10));
    format!(
        "{}{why} ({}, statement {}, {})",
        statement.status.word(),
        cut(&statement.file, 200),
        statement.number,
        day.unwrap_or("undated"),
    )
}

/// What one statement did to all findings.
#[derive(Default)]
struct Tally {
    excused: u64,
    /// It is about a finding that it does not excuse.
    noted: bool,
    /// Why it does not excuse; of several reasons the nearest.
    why: Option<(bool, String)>,
}

impl Tally {
    fn add(&mut self, says: &Says) {
        let why = match says {
            Says::Excuses => {
                self.excused = self.excused.saturating_add(1);
                return;
            }
            Says::Notes => {
                self.noted = true;
                return;
            }
            Says::But(why) => {
                self.noted = true;
                (true, why)
            }
            Says::Misses(why) => (false, why),
        };
        if self.why.as_ref().is_none_or(|(near, _)| why.0 && !near) {
            self.why = Some((why.0, why.1.clone()));
        }
    }

    fn exemption(self, statement: &Statement) -> Exemption {
        let why = self.why.map(|(_, why)| why);
        let (standing, why) = match (&statement.refused, self.excused, self.noted) {
            (Some(refused), ..) => (Stands::Refused, refused.clone()),
            (None, 1.., _) => (Stands::InForce, String::new()),
            (None, 0, true) => (Stands::Noted, why.unwrap_or_default()),
            (None, 0, false) if statement.products.is_empty() => (
                Stands::Unused,
                "it names no product that can be compared".to_owned(),
            ),
            (None, 0, false) => (
                Stands::Unused,
                why.unwrap_or_else(|| "no finding that counts has its vulnerability".to_owned()),
            ),
        };
        Exemption {
            by: ID,
            file: statement.file.clone(),
            line: None,
            about: about(statement),
            standing,
            findings: self.excused,
            owner: None,
            ticket: None,
            ends: None,
            why,
        }
    }
}

/// `CVE-2023-45853 in pkg:deb/debian/zlib1g`.
fn about(statement: &Statement) -> Text {
    let id = statement.ids.first().map_or("no vulnerability", |id| id);
    let mut words = format!("statement {}: {}", statement.number, cut(id, 60));
    let product = statement.products.first();
    let named = product.and_then(|product| {
        product
            .parts
            .first()
            .and_then(|part| part.first())
            .or(product.ids.first())
    });
    if let Some(named) = named {
        words.push_str(&format!(" in {}", cut(named, 200)));
    }
    match statement.products.len().saturating_sub(1) {
        0 => {}
        more => words.push_str(&format!(" and {more} more")),
    }
    words.into()
}

/// Numbers only: each statement is listed with its reason.
fn remarks(exemptions: &[Exemption], exploited: u64) -> Vec<String> {
    let all = exemptions.len();
    let statements = if all == 1 {
        "VEX statement"
    } else {
        "VEX statements"
    };
    let of = |standing: Stands| {
        exemptions
            .iter()
            .filter(|one| one.standing == standing)
            .count()
    };
    let verb =
        |count: usize, one: &'static str, many: &'static str| if count == 1 { one } else { many };
    let mut found = Vec::new();
    let unused = of(Stands::Unused);
    if unused > 0 {
        found.push(format!(
            "{unused} of {all} {statements} {} nothing",
            verb(unused, "matches", "match")
        ));
    }
    let refused = of(Stands::Refused);
    if refused > 0 {
        found.push(format!(
            "{refused} of {all} {statements} {} not count, because of what {} says or lacks",
            verb(refused, "does", "do"),
            verb(refused, "it", "each")
        ));
    }
    if exploited > 0 {
        let (findings, are) = if exploited == 1 {
            ("finding", "is")
        } else {
            ("findings", "are")
        };
        found.push(format!("{exploited} {findings} with a vulnerability that is known to be exploited {are} excused by VEX"));
    }
    found
}
