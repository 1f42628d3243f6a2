//! Whether the gate itself is in order: what the workflow, ignore files and new suppression markers do to it.
//!
//! Text in, observations out. Must not know: where a text comes from, settings, the verdict.
#![deny(clippy::disallowed_methods)]
