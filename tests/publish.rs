//! The two jobs of a pull request from a fork, by the whole program with a GitHub beside it: one writes a bundle and may
//! nothing else, the other judges it by the rules of the base.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod forged;
mod page;
mod told;
mod world;
