//! The nouns that travel the whole way. No verbs that reach outside: nothing here opens a file, reads the
//! environment or knows the time.
#![deny(clippy::disallowed_methods)]

mod analysis;
mod changes;
mod context;
mod day;
mod exemption;
mod feed;
mod finding;
mod hidden;
mod image;
mod kind;
mod known;
mod line;
mod measure;
mod observation;
mod past;
mod plain;
pub mod purl;
mod report;
#[cfg(test)]
pub(crate) mod sample;
pub mod scale;
mod severity;
mod text;
mod uploaded;
mod verdict;

pub use analysis::{CATEGORY_ROOT, analysis_category, analysis_scope, is_category_of};
pub use changes::{Added, AddedFile, Changes, Touched};
pub use context::{Context, Mode, Shown};
pub use day::{Day, instant, spelled, utc};
pub use exemption::{Bypass, Claim, Exemption, Standing};
pub use feed::Feed;
pub use finding::{
    Carried, Demand, Finding, Fingerprint, Fix, Instance, Location, Package, Place, SecretMark,
    Source, Suppression,
};
pub use hidden::Hidden;
pub use image::{ImageName, image_repository, is_image};
pub use kind::Kind;
pub use known::{Cause, Known, State};
pub use line::folded_line_hash;
pub use measure::{Measure, Measured, Signature};
pub use observation::Observation;
pub use past::{Comparison, Gone, Past};
pub use plain::{cut_chars, safe_log_line, safe_log_text, visible};
pub use report::{Entries, Input, OWN, Report, RuleText, Run, Status};
pub use scale::Scale;
pub use severity::Severity;
pub use text::{Text, Texts, is_emoji_selector, is_shapeless};
pub use uploaded::{Placed, UploadPart, UploadedRun, Uploads};
pub use verdict::{
    ComponentVerdict, Conclusion, Counts, Effect, Judged, Outcome, Ruling, SCANNER_SUPPRESSIONS,
    Simulated, Trust, Verdict,
};
