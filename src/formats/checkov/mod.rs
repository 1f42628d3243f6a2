//! Checkov JSON: one object for one framework, a list of them for several, and a flat summary where there was nothing to
//! scan.
//!
//! With `--quiet` only `failed_checks` is written, but `summary` still counts everything: it is held against the lists,
//! and tells of files that were not parsed even where they are not named.

mod check;
mod dependency;

use serde::Deserialize;

use super::bounds::quoted;
use super::{Desk, Document, Format, Read, ReportEnd, Sink};
use crate::model::{Kind, Status, Text, scale};
use crate::syntax::{Json, Mark, Peek, Raw, ReadError, Shape, decimal, text_of};
use check::{Made, Sort};

const OBJECT: &[Mark] = &[
    Mark::Has("check_type", Shape::Text),
    Mark::Has("results", Shape::Object),
    Mark::Any(&[
        Mark::OneOf("results", LISTS),
        Mark::Has("summary", Shape::Object),
    ]),
];
const FLAT: &[Mark] = &[
    Mark::Has("checkov_version", Shape::Text),
    Mark::Keys("", &["passed", "failed", "skipped"]),
];
const LIST_OF_OBJECTS: &[Mark] = &[
    Mark::Has("[].check_type", Shape::Text),
    Mark::Has("[].results", Shape::Object),
    Mark::Any(&[
        Mark::OneOf("[].results", LISTS),
        Mark::Has("[].summary", Shape::Object),
    ]),
];
const LIST_OF_FLAT: &[Mark] = &[
    Mark::Has("[].checkov_version", Shape::Text),
    Mark::Keys("[]", &["passed", "failed", "skipped"]),
];
const LISTS: &[&str] = &[
    "passed_checks",
    "failed_checks",
    "skipped_checks",
    "parsing_errors",
];

/// Files that are named as not parsed.
const MAX_NAMED: usize = 1_000;

pub(super) const FORMAT: Format = Format {
    id: "checkov",
    tool: "Checkov",
    link: "https://www.checkov.io",
    scale: &scale::CHECKOV,
    documents: &[Document::new(
        "checkov-json",
        &[Mark::Any(&[
            Mark::All(OBJECT),
            Mark::All(FLAT),
            Mark::All(LIST_OF_OBJECTS),
            Mark::All(LIST_OF_FLAT),
        ])],
    )],
    identity: "check, resource and file; of a secret detector, file and its line with the value blanked; of a vulnerability advisory, package and manifest",
    clean_empties: &[],
    read: Read::Json(read),
};

/// What all frameworks of a report add up to.
#[derive(Default)]
struct Total {
    not_findings: u64,
    version: Option<Text>,
    unparsed: u64,
    paths: Vec<Text>,
    /// The first reason not to believe the report.
    broken: Option<String>,
}

fn read(
    json: &mut Json<'_>,
    desk: &mut Desk<'_>,
    sink: &mut Sink<'_>,
) -> Result<ReportEnd, ReadError> {
    let mut total = Total::default();
    if json.peek()? == Peek::List {
        json.list(|json, _| framework(json, desk, sink, &mut total))?;
    } else {
        framework(json, desk, sink, &mut total)?;
    }
    let mut end = ReportEnd::of(&FORMAT, total.version);
    end.not_findings = total.not_findings;
    if total.unparsed > 0 {
        let unnamed = if total.paths.is_empty() {
            " (which, `--quiet` leaves out)"
        } else {
            ""
        };
        let what = match total.unparsed {
            1 => format!("1 file was not parsed{unnamed}"),
            many => format!("{many} files were not parsed{unnamed}"),
        };
        end.leave_out(total.paths, what);
    }
    if let Some(broken) = total.broken {
        end.status = Status::Unusable(match &end.status {
            Status::Partial(what) => format!("{broken}; besides, {what}"),
            _ => broken,
        });
    }
    Ok(end)
}

/// What one framework says of itself.
#[derive(Default)]
struct Framework {
    kind: Option<Text>,
    has_results: bool,
    /// The list is there, with so many entries.
    failed: Option<u64>,
    parsing_errors: u64,
    summary: Option<Summary>,
    /// The members of a flat summary.
    flat: Summary,
}

/// The counts that Checkov gives; `None` for what is absent or no number.
#[derive(Default)]
struct Summary {
    failed: Option<u64>,
    parsing_errors: Option<u64>,
    version: Option<Text>,
}

#[derive(Deserialize)]
struct RawSummary<'a> {
    #[serde(borrow)]
    failed: Raw<'a>,
    #[serde(borrow)]
    parsing_errors: Raw<'a>,
    #[serde(borrow)]
    checkov_version: Raw<'a>,
}

fn framework(
    json: &mut Json<'_>,
    desk: &mut Desk<'_>,
    sink: &mut Sink<'_>,
    total: &mut Total,
) -> Result<(), ReadError> {
    let mut seen = Framework::default();
    json.object(|json, key| match key {
        "check_type" => {
            seen.kind = desk.word(json.borrow()?);
            Ok(())
        }
        "results" => {
            let Some(kind) = seen.kind.clone() else {
                return Err(json.error(
                    "`results` stands before `check_type`, which no Checkov writes; give the file as Checkov wrote it".into(),
                ));
            };
            seen.has_results = true;
            results(json, &kind, desk, sink, &mut seen, total)
        }
        "summary" => {
            let raw: RawSummary<'_> = json.borrow()?;
            seen.summary = Some(Summary {
                failed: count(raw.failed),
                parsing_errors: count(raw.parsing_errors),
                version: desk.word(raw.checkov_version),
            });
            Ok(())
        }
        "failed" => {
            seen.flat.failed = count(json.borrow()?);
            Ok(())
        }
        "parsing_errors" => {
            seen.flat.parsing_errors = count(json.borrow()?);
            Ok(())
        }
        "checkov_version" => {
            seen.flat.version = desk.word(json.borrow()?);
            Ok(())
        }
        _ => json.skip(),
    })?;
    settle(seen, total).map_err(|what| json.error(what))
}

/// A count, also where it is written as a text.
fn count(raw: Raw<'_>) -> Option<u64> {
    decimal(raw)
        .filter(|number| *number >= 0.0)
        .map(|number| number as u64)
}

fn results(
    json: &mut Json<'_>,
    kind: &str,
    desk: &mut Desk<'_>,
    sink: &mut Sink<'_>,
    seen: &mut Framework,
    total: &mut Total,
) -> Result<(), ReadError> {
    let sort = Sort::of(kind);
    json.object(|json, key| {
        let list = match key {
            "failed_checks" => check::List::Failed,
            "skipped_checks" => check::List::Skipped,
            "passed_checks" => check::List::Passed,
            "parsing_errors" => {
                return json
                    .list_or_null(|json, _| {
                        seen.parsing_errors = seen.parsing_errors.saturating_add(1);
                        let path = desk.some(json.borrow()?);
                        if total.paths.len() < MAX_NAMED {
                            total.paths.extend(path);
                        }
                        Ok(())
                    })
                    .map(|_| ());
            }
            _ => return json.skip(),
        };
        let mut listed = 0u64;
        let there = json.list_or_null(|json, _| {
            listed = listed.saturating_add(1);
            match check::read(json, sort, list, desk)? {
                Made::Finding(finding) => sink(*finding),
                Made::NoFinding => {
                    total.not_findings = total.not_findings.saturating_add(1);
                    Ok(())
                }
            }
        })?;
        if list == check::List::Failed && there {
            seen.failed = Some(listed);
        }
        Ok(())
    })
}

/// Holds what a framework lists against what it counts. An error where a member is missing that is always written.
fn settle(seen: Framework, total: &mut Total) -> Result<(), String> {
    let missing = |what: &str| {
        format!(
            "{what} is missing, which Checkov always writes: the report is damaged or not Checkov's"
        )
    };
    let Some(kind) = seen.kind else {
        if seen.has_results || seen.summary.is_some() || seen.flat.version.is_none() {
            return Err(missing("`check_type`"));
        }
        let flat = seen.flat;
        let failed = flat.failed.ok_or_else(|| missing("the count `failed`"))?;
        if failed > 0 {
            doubt(
                total,
                format!(
                    "Checkov's summary counts {failed} failed checks and the report lists none of them"
                ),
            );
        }
        total.unparsed = total
            .unparsed
            .saturating_add(flat.parsing_errors.unwrap_or(0));
        total.version = total.version.take().or(flat.version);
        return Ok(());
    };
    if !seen.has_results {
        return Err(missing("`results`"));
    }
    let summary = seen.summary.ok_or_else(|| missing("`summary`"))?;
    let failed = summary
        .failed
        .ok_or_else(|| missing("the count `failed` in `summary`"))?;
    match seen.failed {
        None => doubt(
            total,
            format!(
                "`results` of the framework {} has no list `failed_checks`, and the summary counts {failed} failed checks",
                quoted(&kind)
            ),
        ),
        Some(listed) if listed < failed => doubt(
            total,
            format!(
                "the framework {} lists {listed} failed checks, and its summary counts {failed}",
                quoted(&kind)
            ),
        ),
        Some(_) => {}
    }
    let unparsed = summary.parsing_errors.unwrap_or(0).max(seen.parsing_errors);
    total.unparsed = total.unparsed.saturating_add(unparsed);
    total.version = total.version.take().or(summary.version);
    Ok(())
}

fn doubt(total: &mut Total, why: String) {
    total.broken.get_or_insert(format!(
        "{why}: the report contradicts itself; run Checkov again"
    ));
}

/// The kind of findings of a framework.
fn kind_of(sort: Sort) -> Kind {
    match sort {
        Sort::Secret => Kind::Secret,
        Sort::Dependency => Kind::Vulnerability,
        Sort::Configuration => Kind::Misconfiguration,
    }
}

/// A text that says something.
fn says<'a>(raw: Raw<'a>) -> Option<std::borrow::Cow<'a, str>> {
    text_of(raw).filter(|text| !text.trim().is_empty())
}

#[cfg(test)]
mod tests;
