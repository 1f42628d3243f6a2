//! The past: what an earlier run found, and which of the present findings it had already.
//!
//! Must not know: where a baseline comes from, settings, the verdict.
#![deny(clippy::disallowed_methods)]
