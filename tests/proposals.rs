//! The whole program on changes that are proposed and pushed, with a GitHub beside it. What holds of every run stands in
//! `done` and is looked at after each.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod done;
mod exempt;
mod ground;
mod made;
mod past;
mod rules;
mod server;
mod world;
