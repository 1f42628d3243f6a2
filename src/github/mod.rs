//! GitHub's edge: the commands of its runner, the limits of its API, and the client that calls it by the one
//! door for HTTP.
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
pub mod fetched;
pub mod git_ref;
pub mod limits;
pub mod meta;
pub mod names;
pub mod patch;
pub mod pulls;
mod server;
mod unpack;

pub use crate::http::{Failure as ApiError, Fault, Pace};
pub use client::{Access, Client};
pub use fetched::{Fetched, NotFetched, Sizes};
pub use server::Server;
pub use unpack::{gunzip, gzip};
