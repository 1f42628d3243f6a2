//! OPA: what `opa exec`, `opa eval` and `opa test` print as JSON.
//!
//! OPA does not say which decisions are good. A set is taken for one of denials, each of its entries a finding; a boolean
//! for one of `allow`, so that false is the finding, unless its rule is named `deny`, `violation` or alike. What cannot be
//! told makes the report unusable, and so does every decision that OPA could not take: its exit code is 0 even then.

mod court;
mod sense;
mod tests_run;

use serde::Deserialize;

use super::bounds::{cut, quoted};
use super::policy::rule_of_query;
use super::{Desk, Document, Format, Read, ReportEnd, Sink};
use crate::model::{Status, scale};
use crate::syntax::{Json, Mark, OrNothing, Raw, ReadError, Shape, text_of};
use court::{Asked, Court};
use sense::Sense;

const EXEC: &str = "opa-exec";
const EVAL: &str = "opa-eval";
const TEST: &str = "opa-test";

/// Inputs without a decision that are named.
const MAX_NAMED: usize = 1_000;

pub(super) const FORMAT: Format = Format {
    id: "opa",
    tool: "OPA",
    link: "https://www.openpolicyagent.org",
    scale: &scale::OPA,
    documents: &[
        Document::new(
            EXEC,
            &[
                Mark::Keys("result[]", &["path"]),
                Mark::OneOf("result[]", &["result", "error"]),
            ],
        ),
        Document::new(
            EVAL,
            &[Mark::Any(&[
                Mark::Has("result[].expressions", Shape::List),
                Mark::All(&[
                    Mark::Any(&[
                        Mark::Starts("errors[].code", "rego_"),
                        Mark::Starts("errors[].code", "eval_"),
                    ]),
                    Mark::Lacks("result"),
                ]),
            ])],
        ),
        Document::new(
            TEST,
            &[
                Mark::Keys("[]", &["package", "name", "location", "duration"]),
                Mark::Starts("[].package", "data."),
            ],
        ),
    ],
    identity: "package and rule, the message's words, resource, file; for a test its name and its line",
    clean_empties: &[],
    read: Read::Json(read),
};

fn read(
    json: &mut Json<'_>,
    desk: &mut Desk<'_>,
    sink: &mut Sink<'_>,
) -> Result<ReportEnd, ReadError> {
    match desk.document {
        TEST => tests_run::read(json, desk, sink),
        EVAL => decisions(json, desk, sink, expressions),
        _ => decisions(json, desk, sink, decision),
    }
}

type Element = fn(&mut Json<'_>, &mut Desk<'_>, &mut Court) -> Result<(), ReadError>;

/// Walks `result`, each element of which `element` judges, and `errors`.
fn decisions(
    json: &mut Json<'_>,
    desk: &mut Desk<'_>,
    sink: &mut Sink<'_>,
    element: Element,
) -> Result<ReportEnd, ReadError> {
    let mut court = Court::default();
    json.object(|json, key| match key {
        "result" => json.list(|json, _| {
            element(json, desk, &mut court)?;
            court.findings.drain(..).try_for_each(&mut *sink)
        }),
        "errors" => json
            .list_or_null(|json, _| {
                let why = json.borrow::<Failure<'_>>()?.said();
                court.undecided("", &why, desk);
                Ok(())
            })
            .map(|_| ()),
        _ => json.skip(),
    })?;
    let mut end = ReportEnd::of(&FORMAT, None);
    end.not_findings = court.not_findings;
    end.unanalysed = court.inputs;
    if let Some(first) = court.first {
        end.status = Status::Unusable(match court.undecided {
            1 => first,
            more => format!("{first}; the same or another reason for {} more", more - 1),
        });
    }
    Ok(end)
}

/// One input of `opa exec`.
#[derive(Deserialize)]
struct Decision<'a> {
    #[serde(borrow)]
    path: Raw<'a>,
    #[serde(borrow)]
    result: Raw<'a>,
    #[serde(borrow)]
    error: Raw<'a>,
}

fn decision(json: &mut Json<'_>, desk: &mut Desk<'_>, court: &mut Court) -> Result<(), ReadError> {
    let missing = {
        let decision: Decision<'_> = json.borrow()?;
        decision.judge(desk, court).err()
    };
    missing.map_or(Ok(()), |missing| {
        Err(json.error(format!(
            "this decision has no {missing}, which `opa exec` always writes: the report is damaged or not OPA's"
        )))
    })
}

impl Decision<'_> {
    fn judge(&self, desk: &mut Desk<'_>, court: &mut Court) -> Result<(), &'static str> {
        let path = text_of(self.path).ok_or("path")?;
        if let Some(error) = self.error {
            let failure: Option<Failure<'_>> = serde_json::from_str(error.get()).ok();
            let why = failure.unwrap_or_default().said();
            court.undecided(&path, &why, desk);
            return Ok(());
        }
        let value = self.result.ok_or("result and no error")?;
        let asked = Asked {
            rule: String::new(),
            sense: Sense::Unnamed,
            file: desk.some(self.path),
        };
        court.judge(value, &asked, desk);
        Ok(())
    }
}

/// An error that OPA gives in the place of a decision; `{}` for an input that it could not read.
#[derive(Default, Deserialize)]
struct Failure<'a> {
    #[serde(borrow)]
    code: Raw<'a>,
    #[serde(borrow)]
    message: Raw<'a>,
    #[serde(borrow, default)]
    location: OrNothing<Place<'a>>,
}

#[derive(Deserialize)]
struct Place<'a> {
    #[serde(borrow)]
    file: Raw<'a>,
    #[serde(borrow)]
    row: Raw<'a>,
}

impl Failure<'_> {
    /// What went wrong, in one line.
    fn reason(&self) -> String {
        let parts = [text_of(self.code), text_of(self.message)];
        let parts: Vec<String> = parts
            .iter()
            .flatten()
            .filter(|part| !part.trim().is_empty())
            .map(|part| one_line(part))
            .collect();
        if parts.is_empty() {
            return "OPA gives no reason, as for an input that it cannot read".to_owned();
        }
        parts.join(": ")
    }

    /// What went wrong and where, as a sentence part of one line.
    fn said(&self) -> String {
        let mut said = self.reason();
        let place = self.location.0.as_ref();
        if let Some(file) = place.and_then(|place| text_of(place.file)) {
            let row = place.and_then(|place| text_of(place.row));
            said.push_str(&format!(" at {}", one_line(&file)));
            if let Some(row) = row {
                said.push_str(&format!(":{}", one_line(&row)));
            }
        }
        said
    }
}

/// Longest part of an error that is repeated.
const LONGEST_REASON: usize = 200;

/// A text as an error may repeat it.
fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line: String = words.join(" ");
    let line: String = line.chars().filter(|c| !c.is_control()).collect();
    cut(&line, LONGEST_REASON).into_owned()
}

/// One answer of `opa eval`.
#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    expressions: Option<Vec<Expression<'a>>>,
    #[serde(borrow)]
    bindings: Raw<'a>,
}

#[derive(Deserialize)]
struct Expression<'a> {
    #[serde(borrow)]
    value: Raw<'a>,
    #[serde(borrow)]
    text: Raw<'a>,
}

fn expressions(
    json: &mut Json<'_>,
    desk: &mut Desk<'_>,
    court: &mut Court,
) -> Result<(), ReadError> {
    let missing = {
        let answer: Answer<'_> = json.borrow()?;
        answer.judge(desk, court).err()
    };
    missing.map_or(Ok(()), |missing| {
        Err(json.error(format!(
            "this answer has no {missing}, which `opa eval` always writes: the report is damaged or not OPA's"
        )))
    })
}

impl Answer<'_> {
    fn judge(&self, desk: &mut Desk<'_>, court: &mut Court) -> Result<(), &'static str> {
        let binds = self.bindings.is_some_and(|raw| raw.get().contains(':'));
        let expressions = self.expressions.as_ref().ok_or("expressions")?;
        if expressions.is_empty() {
            court.undecided("", "the answer holds no expression", desk);
        }
        for expression in expressions {
            let text = text_of(expression.text).ok_or("text of an expression")?;
            let text = text.trim();
            if binds && sense::assigns(text) {
                court.undecided(
                    "",
                    &format!(
                        "the query {} puts its answer into a variable; ask for the rule itself (`opa eval data.main.deny`)",
                        quoted(text)
                    ),
                    desk,
                );
                continue;
            }
            // OPA writes `null` as a value of its own.
            let Some(value) = expression.value else {
                court.undecided("", &format!("{} is null", quoted(text)), desk);
                continue;
            };
            let sense = Sense::of_query(text);
            let rule = sense::reference(text).unwrap_or_else(|| one_line(text));
            let package = value.get().starts_with('{') && sense == Sense::Allow;
            let asked = Asked {
                rule: match rule.strip_prefix("data.") {
                    Some(package_name) if package => package_name.to_owned(),
                    _ => rule_of_query(&rule),
                },
                sense,
                file: None,
            };
            court.judge(value, &asked, desk);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
