//! SARIF 2.1.0: its shape, the cleaning of what others wrote, and the one writer.
//!
//! Must not know: files, the network, the clock, other formats. The only module that names `serde_sarif`.
#![deny(clippy::disallowed_methods)]

pub mod bag;
mod carried;
pub mod clean;
mod quick;
pub mod shape;
pub mod tables;
pub mod text;
pub mod uri;
mod write;

pub use carried::rewrite_finding_uris;
pub use carried::rewrite_uris;
pub use write::{Cut, CutRun, HeldRun, Log, Upload, UploadRules, Wrote, write_results};

/// Name under which a finding carries the members that SARIF does not have; they go into the property bag.
pub const EXTRA: &str = "sarifGate.extra";

/// Member of a result's `provenance` that holds when it was first seen (SARIF 2.1.0, `resultProvenance`).
pub const FIRST_DETECTION: &str = "firstDetectionTimeUtc";

/// Key of our identity in `partialFingerprints`.
pub const FINGERPRINT_KEY: &str = "sarifGate/v1";
