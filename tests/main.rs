//! Every integration test, in one binary: linking one costs less than linking ten.

mod architecture;
mod destinations;
mod events;
mod fake_github;
mod formats;
mod gate;
mod generated;
mod render;
mod sarif;
mod settings;
mod support;
