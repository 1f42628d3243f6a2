//! What a failure of Jira means, and what to do about it.

use crate::http::{Failure, Fault};

/// The failure with its remedy, as one sentence.
pub(super) fn explain(failure: &Failure, project: &str) -> String {
    let remedy = match &failure.fault {
        Fault::Unauthorized => {
            "check `jira-user` and `jira-token` (tokens end after a year at most; one with scopes works at \
             https://api.atlassian.com/ex/jira/<cloud id> only; after failed attempts Jira may want a log-in with CAPTCHA in a \
             browser first)"
                .to_owned()
        }
        Fault::Forbidden(_) | Fault::FeatureOff(_) => format!(
            "give the account the permissions Browse projects, Create issues, Edit issues, Transition issues and Add comments in \
             {project}"
        ),
        Fault::NotFound => format!(
            "does the account see {project}, and is `jira-url` Jira Cloud? (Jira Data Center has no REST API v3 and is not supported)"
        ),
        Fault::Moved(_) | Fault::NotJson => {
            "does `jira-url` name Jira Cloud itself, without single sign-on or a proxy before it? (Jira Data Center has no REST API \
             v3 and is not supported)"
                .to_owned()
        }
        Fault::Gone => "Jira has retired this call: use a newer version of sarif-gate".to_owned(),
        Fault::Refused { status: 409, .. } => {
            "somebody changed it at the same moment; the next run tries again".to_owned()
        }
        Fault::Refused { .. } | Fault::Invalid(_) => format!(
            "the type of issue in {project} needs Summary, Description and Labels on its screens and no other required field, and the \
             account must see the project"
        ),
        Fault::RateLimited { .. } | Fault::Budget | Fault::Unreachable(_) => {
            "the next run goes on".to_owned()
        }
        _ if failure.fault.maybe_done() => {
            "if this was carried out all the same, the next run finds it".to_owned()
        }
        _ => return failure.to_string(),
    };
    format!("{failure}; {remedy}")
}

/// Whether the next request would fare alike: nothing more is sent then.
pub(super) fn ends_all(fault: &Fault) -> bool {
    !matches!(
        fault,
        Fault::Forbidden(_)
            | Fault::NotFound
            | Fault::Gone
            | Fault::TooLarge
            | Fault::Invalid(_)
            | Fault::Refused { .. }
    )
}
