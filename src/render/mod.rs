//! An outcome becomes text: the summary, the comment, the terminal report, annotations, `verdict.json`.
//!
//! Must not know: files, the network, the clock, and anything that could change the verdict. Every text of a report
//! passes through one function of [`escape`], the one of the place it is going to.
#![deny(clippy::disallowed_methods)]

mod adf;
pub mod annotation;
mod budget;
pub mod comment;
pub mod dismissal;
pub mod escape;
pub mod groups;
pub mod issue;
pub mod jira;
mod links;
pub mod notice;
mod page;
mod phrase;
mod record;
pub mod slack;
pub mod summary;
pub mod terminal;
pub mod verdict_json;
mod version;
pub mod webhook;

use crate::model::{Context, Kind};

/// Whether the place of a finding of this kind must stay out of the summary and the log: a secret in a repository that
/// everybody can read, found outside a pull request (in one, the author has shown it to the world already). A
/// repository of which nobody knows whether it is public counts as public inside Actions. `verdict.json` and the SARIF
/// files keep the place.
pub fn place_withheld(context: &Context, kind: Kind) -> bool {
    let public = match context.private {
        Some(private) => !private,
        None => context.actions,
    };
    let pull_request = matches!(
        context.event.as_str(),
        "pull_request" | "pull_request_target"
    );
    kind == Kind::Secret && public && !pull_request && !context.public_details
}
