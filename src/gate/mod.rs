//! Findings and facts become a verdict, once.
//!
//! Must not know: files, the network, the clock, destinations. Rules do not see each other.
#![deny(clippy::disallowed_methods)]

mod bypass;
mod completeness;
pub mod components;
pub mod explain;
pub mod facts;
mod judge;
pub mod language;
#[cfg(test)]
mod laws_tests;
mod order;
mod plain;
mod policy;
mod preset;
mod reach;
mod reason;
pub mod rules;
#[cfg(test)]
mod tests;
pub mod thresholds;
pub mod vex;
pub mod waivers;

pub use facts::Facts;
pub use judge::judge;
pub use order::order;
pub use policy::{Beside, Policy, Row, ScannerSuppressions};
pub use preset::{Preset, PresetError};

use rules::Phase;

/// The order in which rules are heard. Each phase sees where the findings stand after the ones before it: budgets
/// count only what is neither set aside nor excused. Nothing here touches completeness: no rule about findings lifts
/// *incomplete*.
pub const ORDER: &[Phase] = &[Phase::SetAside, Phase::Excuse, Phase::Weigh];
