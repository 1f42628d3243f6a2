//! Inline findings by workflow commands, where no check run carries them.

use super::inline::{Inline, select};
use super::plan::{Plan, Stage};
use super::{Destination, Publication, Status};
use crate::github::command::{self, Level, Place};
use crate::github::limits::COMMAND_ANNOTATIONS_PER_LEVEL;
use crate::model::Mode;
use crate::render::annotation::text;

pub(super) const DESTINATION: Destination = Destination {
    id: "annotations",
    what: "findings beside their lines, by workflow commands, where the check run cannot carry them",
    plan,
    publish,
};

fn plan(stage: &Stage<'_>) -> Plan {
    let skipped = |why: &str| Plan::not(why);
    if !stage.context.actions {
        return skipped("not in GitHub Actions");
    }
    if stage.mode == Mode::Observe {
        return skipped("`mode: observe` tells nobody but evidence and summary");
    }
    if stage.context.trusted_run {
        // They would stand at the commit of the default branch, which the run of a workflow after another is of.
        return skipped("workflow commands of a trusted run do not reach the pull request");
    }
    if stage.settings.annotations == 0 {
        return skipped("`annotations` is 0");
    }
    Plan::Will("findings beside their lines, unless the check run carries them".to_owned())
}

fn publish(publication: &mut Publication<'_>) -> Status {
    let outcome = publication.outcome;
    if publication.inline {
        return Status::Skipped("the check run carries them".to_owned());
    }
    let selection = select(outcome, usize::MAX, publication.scanned);
    let mut lines = Vec::new();
    // The runner keeps the first of each level, and the chosen ones are worst first. Each level is cut before the whole,
    // so that many errors leave room for the warnings that the runner takes besides.
    for level in [Level::Error, Level::Warning, Level::Notice] {
        let of_level = selection
            .chosen
            .iter()
            .filter(|inline| inline.level == level);
        lines.extend(of_level.take(COMMAND_ANNOTATIONS_PER_LEVEL).map(line));
    }
    lines.truncate(publication.settings.annotations);
    let shown = lines.len();
    let left_out = selection.left_out(shown);
    if !left_out.is_empty() {
        lines.push(command::safe_log_line(&format!(
            "{left_out} The summary has all findings."
        )));
    }
    // One write, so that a line of another thread cannot fall into the middle of a command.
    let mut output = lines.join("\n");
    if !output.is_empty() {
        output.push('\n');
    }
    let written = publication
        .log
        .write_all(output.as_bytes())
        .and_then(|()| publication.log.flush());
    match written {
        Ok(()) => Status::done(
            format!("{shown} annotations by workflow commands. {left_out}")
                .trim_end()
                .to_owned(),
        ),
        Err(error) => Status::Failed(format!(
            "writing {shown} annotations to standard output: {error}"
        )),
    }
}

fn line(inline: &Inline<'_>) -> String {
    let words = text(inline.finding, inline.judged);
    let place = Place {
        file: Some(inline.path),
        line: Some(inline.line),
        end_line: Some(inline.end_line),
        col: inline.columns.map(|(start, _)| start),
        end_column: inline.columns.map(|(_, end)| end),
        title: Some(&words.title),
    };
    command::annotation(inline.level, &place, &words.message)
}
