//! VEX statements: what a product's maker says of a vulnerability in it.
//!
//! Text in, statements out; whether one speaks of a finding. Must not know: where the text comes from, the verdict.

use crate::model::Text;

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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
