//! The terms of the gate language: parse, print, match. One parser for inputs, config and `simulate`.
//!
//! ```text
//! conditions = term { ("," | newline) term } | "none"
//! term       = [ kind ":" ] level { "+" qualifier } [ ">" count ]
//!            | kind { "+" qualifier } [ ">" count ]
//! ```
//!
//! Must not know: rows, presets, where a text comes from.

mod answer;
mod covers;
#[cfg(test)]
mod covers_tests;
mod cursor;
mod differs;
mod error;
mod matching;
#[cfg(test)]
mod matching_tests;
mod parse;
mod pattern;
mod print;
mod qualifier;
#[cfg(test)]
pub(super) mod testing;
#[cfg(test)]
mod tests;
mod words;

use crate::model::{Kind, Severity};

pub use answer::{Answer, Doubt, Lack, Lacks, Moment};
pub use error::TermError;
pub use pattern::Pattern;

/// Longest text of one row, in bytes. Far beyond what people write; it bounds the work on a hostile config file.
pub const MAX_TEXT: usize = 64 * 1024;
/// Most terms in one row.
pub const MAX_TERMS: usize = 512;
/// Most qualifiers in one term.
pub const MAX_QUALIFIERS: usize = 16;
/// Longest value of a qualifier, in bytes.
pub const MAX_VALUE: usize = 512;
/// Most days behind `age>=` and `grace=`: ten years. What is meant to hold for longer is no rule about days.
pub const MAX_DAYS: u32 = 3650;

/// Terms joined by "or". Its `Display` is the canonical spelling, `none` where there is no term.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Conditions {
    /// The terms in the order in which they were written.
    pub terms: Vec<Term>,
}

impl Conditions {
    /// No terms: what `none` says.
    pub fn none() -> Conditions {
        Conditions::default()
    }

    /// Every finding: the one term `any`.
    pub fn any() -> Conditions {
        Conditions {
            terms: vec![Term::default()],
        }
    }

    /// Whether no finding can match.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// The first term with a budget. Rows where a budget makes no sense (`exclude`: "set aside all of them once there
    /// are too many") refuse it.
    pub fn budget(&self) -> Option<&Term> {
        self.terms.iter().find(|term| term.budget.is_some())
    }
}

/// One term. Its `Display` is the canonical spelling.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Term {
    /// Findings of this kind only.
    pub kind: Option<Kind>,
    /// At least this severe; `None` is `any` and also takes unknown severities.
    pub level: Option<Severity>,
    /// All of them have to hold. In canonical order, none twice.
    pub qualifiers: Vec<Qualifier>,
    /// The term matches only when more than this many findings do.
    pub budget: Option<u32>,
}

/// One further demand of a term.
#[derive(Clone, Debug, PartialEq)]
pub enum Qualifier {
    /// Not in the baseline.
    New,
    /// New, and this change brought it, or nobody can tell.
    Introduced,
    /// New, and this change did not bring it: the knowledge is new.
    Disclosed,
    /// The change touches one of its lines.
    Changed,
    /// There is a fix, or the source does not say that there is none.
    Fixable,
    /// The source says that there is no fix.
    Unfixable,
    /// One of its ids is in the catalogue of known exploited vulnerabilities.
    Kev,
    /// EPSS score of at least this, 0 to 1.
    Epss(f32),
    /// CVSS base score of at least this, 0 to 10.
    Cvss(f32),
    /// First seen at least this many days ago.
    Age(u32),
    /// The same as a relief: it only begins to match so many days after it was first seen, and at once where nobody knows
    /// when that was.
    Grace(u32),
    /// Not only a development dependency, or nobody says so.
    Runtime,
    /// Only a development dependency, as the source says.
    Dev,
    /// `key=value` or `key!=value`.
    Field {
        /// What is looked at.
        key: Key,
        /// `!=`.
        negated: bool,
        /// What it has to be like.
        value: Pattern,
    },
}

/// What `key=value` looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// Id of any tool that says the finding.
    Tool,
    /// Its rule or one of its aliases.
    Rule,
    /// A path in the repository.
    Path,
    /// Name of the package, or its package URL without the version.
    Package,
    /// What was scanned.
    Target,
    /// Name of the component that it belongs to.
    Component,
}

impl Key {
    /// Every key, in canonical order.
    pub const ALL: [Key; 6] = [
        Key::Tool,
        Key::Rule,
        Key::Path,
        Key::Package,
        Key::Target,
        Key::Component,
    ];

    /// The word of the language.
    pub fn word(self) -> &'static str {
        match self {
            Key::Tool => "tool",
            Key::Rule => "rule",
            Key::Path => "path",
            Key::Package => "package",
            Key::Target => "target",
            Key::Component => "component",
        }
    }
}
