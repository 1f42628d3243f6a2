//! Stand-in for `render` until that module is here: the same signatures, the plainest content.

use crate::github::command::{safe_log_line, visible};
use crate::model::{Context, Finding, Judged, Kind, Outcome};

/// Title and text of one annotation.
pub(super) struct AnnotationText {
    pub(super) title: String,
    pub(super) message: String,
}

/// The summary in at most `budget` bytes.
pub(super) fn markdown(outcome: &Outcome, deliveries: &[(&str, &str)], budget: usize) -> String {
    let plain = |text: &str| safe_log_line(text).replace(['<', '`', '[', '|', '@', '!'], "?");
    let mut text = format!(
        "## Security gate: {}\n\n{}\n",
        outcome.verdict.conclusion.word(),
        plain(&outcome.verdict.reason)
    );
    for (id, line) in deliveries {
        text.push_str(&format!("\n- {id}: {}", plain(line)));
    }
    text.push('\n');
    while text.len() > budget {
        text.pop();
    }
    text
}

/// What an annotation says of a finding.
pub(super) fn text(finding: &Finding, judged: Judged) -> AnnotationText {
    AnnotationText {
        title: format!(
            "{} {}",
            finding.severity.word(),
            visible(&finding.rule, false)
        ),
        message: format!("{} ({})", visible(&finding.title, true), judged.word()),
    }
}

/// Whether the place of a finding of this kind must stay out of what everybody can read.
pub(super) fn place_withheld(context: &Context, kind: Kind) -> bool {
    let public = context.private.map_or(context.actions, |private| !private);
    let pull_request = matches!(
        context.event.as_str(),
        "pull_request" | "pull_request_target"
    );
    kind == Kind::Secret && public && !pull_request
}
