//! Issues as GitHub lists them, and which of them are ours.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::LABEL;
use crate::destinations::author::User;
use crate::render::issue::Marker;

/// What is needed of GitHub's issues.
#[derive(Deserialize)]
pub(super) struct Listed {
    pub(super) number: u64,
    body: Option<String>,
    state: Option<String>,
    state_reason: Option<String>,
    user: Option<User>,
    #[serde(default)]
    labels: Vec<Label>,
    pull_request: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Label {
    Name(String),
    Whole { name: Option<String> },
}

/// An issue of ours.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub(super) number: u64,
    pub(super) body: String,
    pub(super) marker: Marker,
    pub(super) state: State,
}

/// Where an issue stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Open,
    /// Closed as completed, or nobody says how.
    Fixed,
    /// Closed as something else: somebody does not want it.
    Unwanted,
}

impl Listed {
    pub(super) fn has_label(&self) -> bool {
        self.labels.iter().any(|label| {
            let name = match label {
                Label::Name(name) => Some(name),
                Label::Whole { name } => name.as_ref(),
            };
            name.is_some_and(|name| name.eq_ignore_ascii_case(LABEL))
        })
    }

    /// Who wrote it and what it says of itself; `None` for a pull request and for what is not marked. Anybody can mark an issue.
    pub(super) fn marked(self) -> Option<(Option<User>, Kept)> {
        if self.pull_request.is_some() {
            return None;
        }
        let body = self.body?;
        let marker = Marker::read(&body)?;
        let state = match (self.state.as_deref(), self.state_reason.as_deref()) {
            (Some("closed"), None | Some("completed")) => State::Fixed,
            (Some("closed"), Some(_)) => State::Unwanted,
            _ => State::Open,
        };
        let kept = Kept {
            number: self.number,
            body,
            marker,
            state,
        };
        Some((self.user, kept))
    }
}
