//! The terms of the gate language: parse, print, match. One parser for inputs, config and later `simulate`.
//!
//! ```text
//! conditions = term { ("," | newline) term } | "none"
//! term       = [ kind ":" ] level { "+" qualifier } [ ">" count ]
//!            | kind { "+" qualifier } [ ">" count ]
//! ```
//!
//! Must not know: rows, presets, where a text comes from.

mod cursor;
mod error;
mod matching;
mod parse;
mod pattern;
mod print;
mod qualifier;
#[cfg(test)]
mod tests;
mod words;

use crate::model::{Kind, Severity};

pub use error::TermError;
pub(super) use error::nearest;
pub use matching::Answer;
pub use pattern::Pattern;

/// Longest text of one row, in bytes. Far beyond what people write; it bounds the work on a hostile config file.
pub const MAX_TEXT: usize = 64 * 1024;
/// Most terms in one row.
pub const MAX_TERMS: usize = 512;
/// Most qualifiers in one term.
pub const MAX_QUALIFIERS: usize = 16;
/// Longest value of a qualifier, in bytes.
pub const MAX_VALUE: usize = 512;

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
    /// There is a fix, or the source does not say that there is none.
    Fixable,
    /// The source says that there is no fix.
    Unfixable,
    /// CVSS base score of at least this, 0 to 10.
    Cvss(f32),
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
}

impl Key {
    /// Every key, in canonical order.
    pub const ALL: [Key; 5] = [Key::Tool, Key::Rule, Key::Path, Key::Package, Key::Target];

    /// The word of the language.
    pub fn word(self) -> &'static str {
        match self {
            Key::Tool => "tool",
            Key::Rule => "rule",
            Key::Path => "path",
            Key::Package => "package",
            Key::Target => "target",
        }
    }
}
