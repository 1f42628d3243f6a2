//! The bundle for a trusted run: told by standing in the folder of the evidence, where the workflow takes it from.

use super::plan::{Fix, Plan, Stage};
use super::{Destination, Publication, Status};
use crate::model::Mode;
use crate::settings::Publish;

pub(super) const DESTINATION: Destination = Destination {
    id: "bundle",
    what: "the findings without a judgement, for `sarif-gate publish` in a trusted workflow",
    plan,
    publish,
};

fn plan(stage: &Stage<'_>) -> Plan {
    let context = stage.context;
    if stage.settings.publish != Publish::Later {
        return Plan::not("`publish` is `now`");
    }
    if !context.actions {
        return Plan::not("not in GitHub Actions");
    }
    if stage.mode == Mode::Observe {
        return Plan::not("`mode: observe` tells nobody but evidence and summary");
    }
    // A trusted run takes no other, and every other event has a token that can tell by itself.
    if context.event != "pull_request" {
        return Plan::lacks(
            "`publish: later` is for the event `pull_request`",
            Fix::Step("publish: now"),
        )
        .asked(true);
    }
    Plan::Will("publish.bundle in the folder of the evidence, to be uploaded".to_owned())
}

/// Whether one is to be written.
pub(super) fn is_due(stage: &Stage<'_>) -> bool {
    matches!(plan(stage), Plan::Will(_))
}

fn publish(publication: &mut Publication<'_>) -> Status {
    match &publication.files.bundle {
        Some(Ok(path)) => Status::done(format!("{path} is for `sarif-gate publish`")),
        Some(Err(why)) => Status::Failed(format!("no bundle was written: {why}")),
        None => Status::Failed("no bundle was written".to_owned()),
    }
}
