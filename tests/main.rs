//! Every integration test, in one binary: linking one costs less than linking ten.

mod architecture;
mod cli;
mod destinations;
mod events;
mod fake_github;
mod formats;
mod gate;
mod generated;
mod hostile;
mod program;
mod render;
mod runner;
mod sarif;
mod settings;
mod support;
