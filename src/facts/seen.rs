//! What the gate sees of itself: waivers that have ended, a workflow that disarms it, markers that a change adds, reports that
//! the base had.

use crate::gate::waivers;
use crate::github::changes::PullFiles;
use crate::health::{absent, markers, workflow};
use crate::model::{Observation, Text};
use crate::settings::Settings;

use super::exempt::Exempt;
use super::files::Files;

/// Everything that is to be said, as observations.
pub(super) fn look(
    settings: &Settings,
    exempt: &Exempt,
    change: Option<&PullFiles>,
    missing: &[(Text, Option<Text>)],
    files: &Files<'_>,
    today: &str,
) -> Vec<Observation> {
    let mut seen = waivers::observations(&exempt.waivers, today);
    let context = &settings.context;
    let path = context.workflow_path();
    let text = path
        .filter(|_| context.actions)
        .and_then(|path| files.proposed(path).ok().flatten());
    if let (Some(path), Some(text)) = (path, text) {
        let facts = workflow::WorkflowFacts {
            job: context.job.as_deref(),
            required_tools: &settings.policy.require_reports,
            merge_queue: context.event == "merge_group",
        };
        seen.extend(workflow::check(
            path,
            &String::from_utf8_lossy(&text),
            &facts,
        ));
    }
    if let Some(change) = change.filter(|_| context.is_proposal()) {
        seen.extend(markers::check(&change.added));
    }
    seen.extend(absent::check(missing, path));
    seen
}
