//! Findings and facts become a verdict, once.
//!
//! Must not know: files, the network, the clock, destinations. Rules do not see each other.
#![deny(clippy::disallowed_methods)]

pub mod facts;
pub mod language;
mod plain;
mod policy;

pub use facts::Facts;
pub use policy::{Policy, Preset, ScannerSuppressions};
