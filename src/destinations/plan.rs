//! What will be told and what will not, before anything is: the table that a run begins with, and the conditions that hold
//! for every destination of one sort.
//!
//! Must not know: findings and the verdict. What only they decide, a destination says when its turn comes.

use crate::model::{Context, Mode};
use crate::settings::{Publish, Settings};

/// Whether one destination will be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plan {
    /// It will; what exactly.
    Will(String),
    /// It will be tried, and may be refused; why, and what to do then.
    Try {
        /// What will be sent.
        what: String,
        /// Why it may be refused.
        doubt: String,
        /// What makes it certain.
        fix: Fix,
    },
    /// It will not.
    Not {
        /// Why.
        because: String,
        /// What would change that.
        fix: Fix,
        /// Somebody asked for it by name, so this is a failure.
        asked: bool,
    },
}

/// What to add to a workflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fix {
    /// Nothing would help, or nobody wants it.
    Nothing,
    /// A permission of the job, as its line (`checks: write`).
    Job(&'static str),
    /// A line under `with:` of the step (`publish: later`).
    Step(&'static str),
    /// The token of the job for the step, and this permission for the token.
    Token(&'static str),
}

impl Fix {
    /// The YAML in one line; empty where there is none. Naming one permission takes away all others, so reading is named
    /// besides.
    pub fn yaml(self) -> String {
        match self {
            Fix::Nothing => String::new(),
            Fix::Job(permission) => format!("permissions: {{contents: read, {permission}}}"),
            Fix::Step(line) => format!("with: {{{line}}}"),
            Fix::Token(_) => "with: {token: '${{ github.token }}'}".to_owned(),
        }
    }

    /// What to do, as the end of a sentence; empty where there is nothing.
    pub fn words(self) -> String {
        match self {
            Fix::Nothing => String::new(),
            Fix::Job(_) => format!("; give the job `{}`", self.yaml()),
            Fix::Step(_) => format!("; give the step `{}`", self.yaml()),
            Fix::Token(permission) => format!(
                "; give the step `{}` and the job `{}`",
                self.yaml(),
                Fix::Job(permission).yaml()
            ),
        }
    }
}

impl Plan {
    /// It does not apply, or nobody wants it.
    pub(super) fn not(because: impl Into<String>) -> Plan {
        Plan::Not {
            because: because.into(),
            fix: Fix::Nothing,
            asked: false,
        }
    }

    /// It is wanted and cannot be, which `fix` changes.
    pub(super) fn lacks(because: impl Into<String>, fix: Fix) -> Plan {
        Plan::Not {
            because: because.into(),
            fix,
            asked: false,
        }
    }

    /// The same, where somebody asked for it by name.
    pub(super) fn asked(self, asked: bool) -> Plan {
        match self {
            Plan::Not { because, fix, .. } => Plan::Not {
                because,
                fix,
                asked,
            },
            other => other,
        }
    }
}

/// What is known before anything is judged.
#[derive(Clone, Copy)]
pub(super) struct Stage<'a> {
    pub(super) context: &'a Context,
    pub(super) settings: &'a Settings,
    /// What a failing verdict does.
    pub(super) mode: Mode,
}

impl Stage<'_> {
    /// Why nothing that needs a network is told at all; `None` where nothing stands in the way.
    pub(super) fn silent(&self) -> Option<Plan> {
        if !self.context.actions {
            return Some(Plan::not("not in GitHub Actions"));
        }
        if self.mode == Mode::Observe {
            return Some(Plan::not(
                "`mode: observe` tells nobody but evidence and summary",
            ));
        }
        if self.settings.publish == Publish::Later {
            return Some(Plan::not(
                "`publish: later` leaves it to the run of `sarif-gate publish`",
            ));
        }
        None
    }

    /// The token is there. It need not be able to do anything.
    pub(super) fn has_token(&self) -> bool {
        let token = self.settings.token.as_ref();
        token.is_some_and(|token| !token.reveal().trim().is_empty())
    }

    /// The plan of something that the job's token has to be allowed to write: `what` will be sent, with the line of
    /// `permissions:` that it needs (`checks: write`).
    pub(super) fn by_token(&self, what: &str, permission: &'static str) -> Plan {
        if !self.has_token() {
            return Plan::lacks("no token", Fix::Token(permission));
        }
        let (doubt, fix) = if self.context.only_reads() {
            (
                "the token of a pull request from a fork can only read",
                LATER,
            )
        } else if self.context.dependabot {
            let doubt =
                "the token of a run by Dependabot can only read unless `permissions:` says more";
            (doubt, Fix::Job(permission))
        } else {
            ("if the token may", Fix::Job(permission))
        };
        Plan::Try {
            what: what.to_owned(),
            doubt: doubt.to_owned(),
            fix,
        }
    }

    /// Why nobody outside the run is to hear of it: issues and messages are for the default branch, as it is after a push or
    /// on a schedule. `None` where they are due.
    pub(super) fn not_due(&self) -> Option<Plan> {
        let context = self.context;
        let default = context.default_branch.as_deref();
        let on_default = default.is_some_and(|branch| {
            context.git_ref.as_deref() == Some(&format!("refs/heads/{branch}"))
        });
        match (context.event.as_str(), on_default) {
            // A schedule runs on the default branch and nowhere else.
            ("schedule", _) | ("push", true) => None,
            ("push", false) if default.is_none() => Some(Plan::not(
                "the event does not say which branch is the default one",
            )),
            _ => Some(Plan::not(
                "only pushes to the default branch and schedules tell others",
            )),
        }
    }
}

/// Leaves publishing to a trusted run.
pub(super) const LATER: Fix = Fix::Step("publish: later");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Layers, resolve};

    fn due(event: &str, git_ref: &str, default: Option<&str>) -> bool {
        let context = Context {
            event: event.to_owned(),
            git_ref: Some(git_ref.to_owned()),
            default_branch: default.map(str::to_owned),
            ..Context::default()
        };
        let settings = resolve(&Layers::default(), Context::default()).unwrap();
        let stage = Stage {
            context: &context,
            settings: &settings,
            mode: Mode::Enforce,
        };
        stage.not_due().is_none()
    }

    #[test]
    fn others_hear_of_the_default_branch_only() {
        assert!(due("push", "refs/heads/main", Some("main")));
        assert!(due("schedule", "refs/heads/main", Some("main")));
        assert!(due("schedule", "refs/heads/main", None));
        for (event, git_ref, default) in [
            ("push", "refs/heads/x", Some("main")),
            ("push", "refs/tags/main", Some("main")),
            ("push", "refs/heads/main", None),
            ("pull_request", "refs/pull/1/merge", Some("main")),
            ("pull_request_target", "refs/heads/main", Some("main")),
            ("workflow_dispatch", "refs/heads/main", Some("main")),
            ("workflow_run", "refs/heads/main", Some("main")),
            (
                "merge_group",
                "refs/heads/gh-readonly-queue/main/pr-1",
                Some("main"),
            ),
            ("", "refs/heads/main", Some("main")),
        ] {
            assert!(!due(event, git_ref, default), "{event} {git_ref}");
        }
    }
}
