//! GitHub's edge: the commands of its runner, the limits of its API, and the one client that calls it.
//!
//! Must not know: findings, verdicts, Markdown. What is said to GitHub is decided in `destinations`.

pub mod bypass;
pub mod changes;
pub mod client;
pub mod command;
mod connection;
pub mod error;
pub mod limits;
pub mod patch;

pub use client::{Access, Client, Pace};
pub use error::{ApiError, Fault};
