//! GitHub's edge: the commands of its runner, the limits of its API, and the one client that calls it.
//!
//! Must not know: findings, verdicts, Markdown. What is said to GitHub is decided in `destinations`.

pub mod analyses;
pub mod artifact;
pub mod bypass;
pub mod changes;
pub mod client;
pub mod command;
pub mod compare;
mod connection;
pub mod contents;
mod download;
pub mod error;
pub mod fetched;
pub mod git_ref;
pub mod limits;
pub mod names;
pub mod patch;
mod unpack;

pub use client::{Access, Client, Pace};
pub use error::{ApiError, Fault};
pub use fetched::{Fetched, NotFetched, Sizes};
