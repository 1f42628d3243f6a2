//! Which findings stand inline, where, and how loud: the same for the check run and for workflow commands.
//!
//! Must not know: how an annotation is written or sent.

use std::cmp::Reverse;

use crate::github::command::Level;
use crate::github::limits::{PATH_BYTES, POSITION};
use crate::model::{Finding, Judged, Location, Outcome, State};
use crate::render::place_withheld;

/// One finding at its place. Lines and columns count from 1.
pub(super) struct Inline<'a> {
    pub(super) finding: &'a Finding,
    pub(super) judged: Judged,
    pub(super) level: Level,
    pub(super) path: &'a str,
    pub(super) line: u32,
    /// Never before `line`.
    pub(super) end_line: u32,
    /// First and last column, the last one included; only on a single line.
    pub(super) columns: Option<(u32, u32)>,
}

/// The findings that stand inline, and how many do not and why.
pub(super) struct Selection<'a> {
    /// Worst first.
    pub(super) chosen: Vec<Inline<'a>>,
    /// More than `annotations` allows.
    pub(super) over: usize,
    /// Without a place in the repository.
    pub(super) placeless: usize,
    /// Secrets whose place a public repository does not show.
    pub(super) withheld: usize,
    /// They do not block, and code scanning shows them.
    pub(super) scanned: usize,
}

impl Selection<'_> {
    /// What is left out, in sentences; empty when nothing is.
    pub(super) fn left_out(&self, shown: usize) -> String {
        let mut parts = Vec::new();
        let over = self.over + self.chosen.len().saturating_sub(shown);
        if over > 0 {
            parts.push(format!("{over} beyond the number that is shown"));
        }
        if self.placeless > 0 {
            parts.push(format!(
                "{} without a place in the repository",
                self.placeless
            ));
        }
        if self.withheld > 0 {
            parts.push(format!(
                "{} secrets whose place is not shown in a public repository",
                self.withheld
            ));
        }
        let mut said = if parts.is_empty() {
            String::new()
        } else {
            format!("Not shown inline: {}.", parts.join(", "))
        };
        if self.scanned > 0 {
            let blank = if said.is_empty() { "" } else { " " };
            said.push_str(&format!(
                "{blank}Only what blocks is shown inline; the others ({}) are shown by code scanning.",
                self.scanned
            ));
        }
        said
    }
}

/// Picks at most `cap` findings that were ruled fail, warn or note; where code scanning shows them all (`scanned`), those
/// that block.
pub(super) fn select(outcome: &Outcome, cap: usize, scanned: bool) -> Selection<'_> {
    let mut selection = Selection {
        chosen: Vec::new(),
        over: 0,
        placeless: 0,
        withheld: 0,
        scanned: 0,
    };
    for (finding, judged) in outcome.findings.iter().zip(&outcome.verdict.judged) {
        let level = match judged {
            Judged::Fail => Level::Error,
            Judged::Warn => Level::Warning,
            Judged::Note => Level::Notice,
            Judged::Ignore | Judged::Excused => continue,
        };
        if scanned && *judged != Judged::Fail {
            selection.scanned += 1;
        } else if place_withheld(&outcome.context, finding.kind) {
            selection.withheld += 1;
        } else if let Some(inline) = placed(finding, *judged, level) {
            selection.chosen.push(inline);
        } else {
            selection.placeless += 1;
        }
    }
    // Stable: those that are alike stay in the order of the evidence.
    selection.chosen.sort_by_key(|inline| {
        let finding = inline.finding;
        (inline.level, Reverse(finding.severity), age(finding))
    });
    selection.over = selection.chosen.len().saturating_sub(cap);
    selection.chosen.truncate(cap);
    selection
}

/// New ones first; what nobody knows of might be new.
fn age(finding: &Finding) -> u8 {
    match finding.known.state {
        Some(State::New) => 0,
        None => 1,
        Some(State::Updated) => 2,
        Some(State::Unchanged) => 3,
    }
}

/// The finding at its own place, else at its stand-in file: at the line where its package or image stands there, or at the
/// first.
fn placed(finding: &Finding, judged: Judged, level: Level) -> Option<Inline<'_>> {
    let usable =
        |path: &str| !path.is_empty() && path.len() <= PATH_BYTES && !path.starts_with('/');
    let at = |path, line, end_line, columns| Inline {
        finding,
        judged,
        level,
        path,
        line,
        end_line,
        columns,
    };
    if let Some(location) = finding
        .workspace_location()
        .filter(|location| usable(&location.path))
    {
        let line = location.start_line.or(finding.stand_in_line);
        let line = line.unwrap_or(1).clamp(1, POSITION);
        let end_line = location.end_line.unwrap_or(line).clamp(line, POSITION);
        let columns = if end_line == line {
            columns(location)
        } else {
            None
        };
        return Some(at(&*location.path, line, end_line, columns));
    }
    let stand_in = finding.stand_in.as_deref().filter(|path| usable(path))?;
    let line = finding.stand_in_line.unwrap_or(1).clamp(1, POSITION);
    Some(at(stand_in, line, line, None))
}

/// SARIF's end column is the one after the last; GitHub's is the last.
fn columns(location: &Location) -> Option<(u32, u32)> {
    location.start_line?;
    let start = location
        .start_column
        .filter(|column| *column > 0)?
        .min(POSITION);
    let end = location
        .end_column
        .map_or(start, |end| end.saturating_sub(1).clamp(start, POSITION));
    Some((start, end))
}
