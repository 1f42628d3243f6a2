//! Every integration test, in one binary: linking one costs less than linking ten.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "a test that cannot go on has failed"
)]

mod architecture;
mod bypass;
mod changes;
mod cli;
mod destinations;
mod diff;
mod events;
mod fake_github;
mod formats;
mod gate;
mod generated;
mod hostile;
mod http;
mod laws;
mod program;
mod proposals;
mod publish;
mod render;
mod runner;
mod sarif;
mod settings;
mod signals;
mod support;
mod trusted;
mod vex;
mod waivers;
