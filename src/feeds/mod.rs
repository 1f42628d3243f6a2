//! Data about advisories that others publish: the catalogue of known exploited vulnerabilities (KEV) and EPSS scores.
//!
//! Must not know: where a file comes from, settings, the verdict.
#![deny(clippy::disallowed_methods)]
