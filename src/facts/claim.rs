//! Whether somebody with the permission to do so lets the change pass all the same. Asked only when it would block.

use std::time::Duration;

use crate::github::bypass::{self as ask, PullHead};
use crate::model::Claim;
use crate::settings::Settings;

use super::hub::Hub;

/// What came of looking for a bypass of the pull requests that this run judges.
pub fn bypass(settings: &Settings, hub: Option<&mut Hub>, now: &str) -> Claim {
    let context = &settings.context;
    let (Some(label), true) = (&settings.bypass_label, context.is_proposal()) else {
        return Claim::None;
    };
    let Some(hub) = hub else {
        return Claim::Refused("without a token nobody can look who set a label".to_owned());
    };
    let (client, repository) = hub.parts();
    let pulls = match (context.pull_request, &context.base_sha, &context.head_sha) {
        (Some(number), _, Some(head)) => Some(vec![PullHead {
            number,
            head_sha: head.clone(),
            author: String::new(),
        }]),
        (None, Some(base), Some(head)) => ask::pulls_of_group(client, repository, base, head),
        _ => None,
    };
    let Some(pulls) = pulls.filter(|pulls| !pulls.is_empty()) else {
        return Claim::Refused(
            "it cannot be told which pull requests this run is about, so none of them can let it pass"
                .to_owned(),
        );
    };
    let lasts = Duration::from_secs(settings.bypass_lasts);
    ask::claim(client, repository, label, &pulls, now, lasts)
}
