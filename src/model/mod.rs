//! The nouns that travel the whole way. No verbs that reach outside: nothing here opens a file, reads the
//! environment or knows the time.
#![deny(clippy::disallowed_methods)]

mod context;
mod finding;
mod hidden;
mod kind;
mod line;
mod measure;
mod report;
pub mod scale;
mod severity;
mod text;
mod verdict;

pub use context::{Context, Mode, Shown};
pub use finding::{
    Carried, Demand, Finding, Fingerprint, Fix, Instance, Location, Package, Place, SecretMark,
    Source, Suppression,
};
pub use hidden::Hidden;
pub use kind::Kind;
pub use line::folded_line_hash;
pub use measure::{Measure, Measured, Signature};
pub use report::{Entries, Input, Report, RuleText, Run, Status};
pub use scale::Scale;
pub use severity::Severity;
pub use text::{Text, Texts, is_emoji_selector, is_shapeless};
pub use verdict::{Conclusion, Counts, Effect, Judged, Outcome, Ruling, Verdict};
