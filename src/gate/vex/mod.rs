//! VEX statements: what a product's maker says of a vulnerability in it.
//!
//! Text in, statements out; whether one speaks of a finding. Must not know: where the text comes from, the verdict.

mod csaf;
mod cyclonedx;
pub mod matching;
mod openvex;
mod product;
mod stands_for;
#[cfg(test)]
mod tests;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::plain::{cut, line};
use crate::model::{Text, instant};

/// Largest document in bytes. The largest public ones (a distribution's CSAF file of one CVE) stay under 20 MB.
pub const BYTES_MOST: usize = 64 << 20;

/// Most statements of one document.
pub const STATEMENTS_MOST: usize = 100_000;

/// Most ids of products and parts in one statement, and of vulnerabilities.
const IDS_MOST: usize = 100_000;

/// Longest id, in bytes. A package URL with every qualifier stays under 300.
const ID_MOST: usize = 2_000;

/// Characters of a statement's own words that are kept.
const DETAIL_MOST: usize = 1_000;

/// The justifications of OpenVEX and CSAF (CISA, "VEX Status Justifications", June 2022).
const JUSTIFICATIONS: &[&str] = &[
    "component_not_present",
    "vulnerable_code_not_present",
    "vulnerable_code_not_in_execute_path",
    "vulnerable_code_cannot_be_controlled_by_adversary",
    "inline_mitigations_already_exist",
];

/// One statement about one vulnerability.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// The file that it stands in, as it was named.
    pub file: Text,
    /// Which one of the document it is, from 1.
    pub number: u64,
    /// Id of the document, where it has one.
    pub document: Option<Text>,
    /// The vulnerability's id and its aliases.
    pub ids: Vec<Text>,
    /// What it speaks of; empty for none, which matches nothing.
    pub products: Vec<Product>,
    /// What it says.
    pub status: Status,
    /// The label of the justification (`vulnerable_code_not_present` …).
    pub justification: Option<Text>,
    /// Free text on the impact, or on what to do.
    pub detail: Text,
    /// When it was said, RFC 3339; the latest statement about a product counts.
    pub timestamp: Option<Text>,
    /// What is wrong with it, if anything: then it has no effect, and that is said.
    pub refused: Option<String>,
}

/// A product, and the parts of it that a statement is limited to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Product {
    /// Ids: package URLs, image names, digests.
    pub ids: Vec<Text>,
    /// The same of its parts; empty where the statement speaks of the whole product.
    pub parts: Vec<Vec<Text>>,
}

/// What a statement says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// The product is not affected.
    NotAffected,
    /// It is affected.
    Affected,
    /// It was, and this version is fixed.
    Fixed,
    /// Nobody knows yet.
    UnderInvestigation,
}

impl Status {
    /// The word of OpenVEX.
    pub fn word(self) -> &'static str {
        match self {
            Status::NotAffected => "not_affected",
            Status::Affected => "affected",
            Status::Fixed => "fixed",
            Status::UnderInvestigation => "under_investigation",
        }
    }

    /// Whether a statement that says it can excuse a finding.
    pub fn excuses(self) -> bool {
        matches!(self, Status::NotAffected | Status::Fixed)
    }
}

/// What tells the sorts of documents apart.
#[derive(Deserialize)]
struct Head<'a> {
    #[serde(borrow, rename = "@context")]
    context: Option<&'a RawValue>,
    #[serde(borrow, rename = "bomFormat")]
    bom_format: Option<&'a RawValue>,
    #[serde(borrow)]
    document: Option<&'a RawValue>,
}

/// Reads a VEX document: OpenVEX, CycloneDX or CSAF 2.0, in JSON. `path` is its name, as people know it.
///
/// `accept_impact_statements` lets `not_affected` stand on a text where it has no justification.
///
/// # Errors
/// A sentence that names the file: no VEX document, or one that is broken, ambiguous or beyond the limits. A statement that
/// is well-formed and says too little is no error; it is `refused` and has no effect.
pub fn parse(
    path: &str,
    bytes: &[u8],
    accept_impact_statements: bool,
) -> Result<Vec<Statement>, String> {
    let file = line(path);
    if bytes.len() > BYTES_MOST {
        return Err(format!(
            "{file} has {} bytes; a VEX document may have {BYTES_MOST}: split it",
            bytes.len()
        ));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| {
        format!("{file} is not UTF-8; VEX is read as OpenVEX, CycloneDX or CSAF in JSON")
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let broken = |error: serde_json::Error| format!("{file} is no VEX document: {}", why(&error));
    let head: Head<'_> = serde_json::from_str(text).map_err(broken)?;
    let says = |raw: Option<&RawValue>, word: &str| raw.is_some_and(|raw| raw.get().contains(word));
    let reader = Reader {
        file: Text::from(path),
        accept_impact_statements,
    };
    let read = match (
        says(head.context, "openvex.dev/ns"),
        says(head.bom_format, "CycloneDX"),
        says(head.document, "\"csaf_version\""),
    ) {
        (true, false, false) => openvex::read(text, &reader),
        (false, true, false) => cyclonedx::read(text, &reader),
        (false, false, true) => csaf::read(text, &reader),
        (false, false, false) => Err(
            "is no VEX document: expected OpenVEX (`@context` of openvex.dev), CycloneDX (`bomFormat`) or CSAF \
             (`document.csaf_version`)"
                .to_owned(),
        ),
        _ => Err("claims to be two sorts of VEX documents at once".to_owned()),
    };
    let statements = read.map_err(|what| format!("{file} {what}"))?;
    if statements.len() > STATEMENTS_MOST {
        return Err(format!(
            "{file} has {} statements; a VEX document may have {STATEMENTS_MOST}: split it",
            statements.len()
        ));
    }
    for statement in &statements {
        check_bounds(statement)
            .map_err(|what| format!("{file}: statement {} {what}", statement.number))?;
    }
    Ok(statements)
}

/// What serde says, on one line.
fn why(error: &serde_json::Error) -> String {
    cut(&error.to_string(), 200)
}

fn check_bounds(statement: &Statement) -> Result<(), String> {
    let parts = |product: &Product| product.parts.iter().map(Vec::len).sum::<usize>();
    let ids: usize = statement
        .products
        .iter()
        .map(|product| product.ids.len().saturating_add(parts(product)))
        .sum();
    if ids.max(statement.ids.len()) > IDS_MOST {
        return Err(format!("has more than {IDS_MOST} ids; split it"));
    }
    let of_products = statement
        .products
        .iter()
        .flat_map(|product| product.ids.iter().chain(product.parts.iter().flatten()));
    match statement
        .ids
        .iter()
        .chain(of_products)
        .find(|id| id.len() > ID_MOST)
    {
        Some(id) => Err(format!(
            "has an id of {} bytes ({}); an id may have {ID_MOST}",
            id.len(),
            cut(id, 40)
        )),
        None => Ok(()),
    }
}

/// What every reader is told.
struct Reader {
    file: Text,
    accept_impact_statements: bool,
}

/// A statement as a document has it, before it is held to the rules that all share.
#[derive(Default)]
struct Draft<'a> {
    number: u64,
    document: Option<&'a str>,
    /// Ids of the vulnerability, the one that it is known by first.
    ids: Vec<&'a str>,
    products: Vec<Product>,
    /// `Err` holds the word that nobody knows.
    status: Option<Result<Status, &'a str>>,
    justification: Option<&'a str>,
    /// The labels that the document's sort has.
    labels: &'static [&'static str],
    /// `not_affected` in the sense that the scanner was wrong, which needs no justification.
    false_positive: bool,
    impact: &'a str,
    detail: &'a str,
    timestamp: Option<&'a str>,
}

impl Reader {
    /// Makes a statement of a draft; what is wrong with it goes to `refused`.
    fn statement(&self, draft: Draft<'_>) -> Statement {
        let mut wrong: Option<String> = None;
        let mut refuse = |what: String| {
            wrong.get_or_insert(what);
        };
        let status = match draft.status {
            Some(Ok(status)) => status,
            Some(Err(word)) => {
                refuse(format!("`{}` is no status", cut(word, 40)));
                Status::UnderInvestigation
            }
            None => {
                refuse("it has no status".to_owned());
                Status::UnderInvestigation
            }
        };
        let mut ids: Vec<Text> = Vec::new();
        for id in draft
            .ids
            .iter()
            .map(|id| id.trim())
            .filter(|id| !id.is_empty())
        {
            if !ids.iter().any(|known| **known == *id) {
                ids.push(Text::from(id));
            }
        }
        // An erratum names every CVE that it mends; these are no names of one vulnerability. What takes an excuse back
        // speaks of all of them.
        if status.excuses() && ids.iter().filter(|id| is_cve(id)).count() > 1 {
            ids.truncate(1);
        }
        match ids.first() {
            None => refuse("it names no vulnerability".to_owned()),
            Some(id) if id.contains('*') => {
                refuse(format!("`{}` names no single vulnerability", cut(id, 40)));
            }
            Some(_) => {}
        }
        let timestamp = draft
            .timestamp
            .map(str::trim)
            .filter(|text| !text.is_empty());
        let dated = timestamp.filter(|text| instant(text).is_some());
        if timestamp.is_some() && dated.is_none() {
            refuse(format!(
                "its timestamp {} is no date in RFC 3339",
                cut(timestamp.unwrap_or_default(), 40)
            ));
        }
        let justification = draft
            .justification
            .map(str::trim)
            .filter(|word| !word.is_empty());
        if status == Status::NotAffected {
            let impact = !draft.impact.trim().is_empty();
            match justification {
                Some(word) if !draft.labels.contains(&word) => {
                    refuse(format!("`{}` is no justification", cut(word, 60)));
                }
                Some(_) => {}
                None if draft.false_positive => {}
                None if impact && self.accept_impact_statements => {}
                None if impact => refuse(
                    "it is not_affected with an impact statement and no justification, which the config does not accept"
                        .to_owned(),
                ),
                None => refuse("it is not_affected without a justification".to_owned()),
            }
        }
        let detail = [draft.impact, draft.detail]
            .into_iter()
            .map(str::trim)
            .filter(|text| !text.is_empty())
            .collect::<Vec<_>>()
            .join("; ");
        Statement {
            file: self.file.clone(),
            number: draft.number,
            document: draft.document.map(|id| cut(id, DETAIL_MOST).into()),
            ids,
            products: draft.products,
            status,
            justification: justification.map(|word| cut(word, 60).into()),
            detail: cut(&detail, DETAIL_MOST).into(),
            timestamp: dated.map(Text::from),
            refused: wrong,
        }
    }
}

/// Whether an id is a CVE.
fn is_cve(id: &str) -> bool {
    id.get(..4)
        .is_some_and(|head| head.eq_ignore_ascii_case("CVE-"))
}
