//! Every integration test, in one binary: linking one costs less than linking ten.

mod architecture;
mod destinations;
mod fake_github;
mod gate;
mod render;
mod support;
