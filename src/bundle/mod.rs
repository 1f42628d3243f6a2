//! What a run that may not write leaves for one that may: its findings without any judgement, and what its reports were.
//!
//! One JSON document of the schema [`SCHEMA`]. The findings are a SARIF log of ours, read again by the reader of every other
//! SARIF log; beside it stands what a log has no place for. Whoever reads a bundle must take every word of it for scanner text:
//! the run that wrote it was in the hands of whoever opened the pull request.
//!
//! Must not know: files, how it is packed, events, the verdict.
#![deny(clippy::disallowed_methods)]

mod claim;
pub mod limits;
mod read;
mod write;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use claim::Claim;

pub use read::{Bundle, BundleError, read};
pub use write::{Content, NotBundled, write};

/// Name of the form. Another one is another form, which is refused.
pub const SCHEMA: &str = "sarif-gate/bundle/v1";

/// Name of the file, and of the report that stands for what a bundle has and does not list.
pub const FILE: &str = "publish.bundle";

/// What a bundle says that it is of. Never used for anything but to be compared with what is known from elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Of {
    /// The repository whose pull request it is, `owner/name`.
    pub repository: Option<String>,
    /// The pull request.
    pub pull_request: Option<u64>,
    /// Its head.
    pub head_sha: Option<String>,
    /// The workflow run that wrote the bundle.
    pub run_id: Option<String>,
}

/// The document.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document<'a> {
    #[serde(borrow)]
    schema: Cow<'a, str>,
    #[serde(borrow)]
    tool_version: Cow<'a, str>,
    of: Of,
    reports: Vec<Claim>,
    findings: Vec<Home>,
    #[serde(borrow)]
    log: &'a RawValue,
}

/// What a log of ours does not say of a finding: which of the reports say it, and what only the checkout could tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Home {
    kind: String,
    fingerprint: String,
    /// Report and run of each source, in the order of the sources.
    sources: Vec<(u32, u32)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stand_in: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    line_hash: Option<String>,
}
