//! The table of groups: what clears them, what they are, where they are.

use super::parts::{folded, length, number, section};
use super::row::{HEAD, row};
use super::{NAME, name};
use crate::model::{Finding, Outcome};
use crate::render::budget::{Item, Section};
use crate::render::escape::{markdown_link, markdown_text};
use crate::render::groups::Group;
use crate::render::phrase::{capital, deed, grouped, said_by, severity_mark, title};

/// Groups that a table shows.
const GROUPS: usize = 100;
/// Findings that a row shows.
const IN_ROW: usize = 3;
/// A table of groups, of which a page writes the rows in its own way.
#[derive(Clone, Copy)]
pub(in crate::render) struct Table<'a> {
    /// Its first two lines.
    pub(in crate::render) head: &'static str,
    /// One row, with the line break at its end.
    pub(in crate::render) row: &'a dyn Fn(&Group<'_>) -> String,
}

/// Title of what blocks.
pub(in crate::render) const BLOCKING: &str = "What blocks, and what clears it";
/// Title of what warns.
pub(in crate::render) const WARNINGS: &str = "Warnings";

/// What blocks, grouped by what clears it.
pub(in crate::render) fn blocking(outcome: &Outcome, groups: &[Group<'_>]) -> Section {
    let row = |group: &Group<'_>| row(outcome, group, "");
    let head = HEAD;
    open(BLOCKING, groups, Table { head, row: &row }, 55)
}

/// What warns, in the same form, folded.
pub(in crate::render) fn warned(outcome: &Outcome, groups: &[Group<'_>]) -> Section {
    let row = |group: &Group<'_>| row(outcome, group, "");
    let head = HEAD;
    closed(WARNINGS, groups, Table { head, row: &row }, 25)
}

/// The table under a heading. The title is ours.
pub(in crate::render) fn open(
    title: &str,
    groups: &[Group<'_>],
    table: Table<'_>,
    share: usize,
) -> Section {
    let open = format!("\n### {title}\n\n{}", table.head);
    let mut section = section(open, Vec::new(), "", share);
    add(&mut section, groups, table.row);
    section
}

/// The table, folded. The title is ours; the number of findings is added.
pub(in crate::render) fn closed(
    title: &str,
    groups: &[Group<'_>],
    table: Table<'_>,
    share: usize,
) -> Section {
    let findings = groups.iter().map(|group| group.findings.len()).sum();
    let title = format!(
        "<b>{title}</b>: {}",
        number(findings, "finding", "findings")
    );
    let mut section = folded(&title, table.head, Vec::new(), share);
    add(&mut section, groups, table.row);
    section
}

/// Adds a row for each group that is shown, and counts the findings of the others.
pub(in crate::render) fn add(
    section: &mut Section,
    groups: &[Group<'_>],
    row: &dyn Fn(&Group<'_>) -> String,
) {
    let (shown, hidden) = groups.split_at(groups.len().min(GROUPS));
    section.items.extend(shown.iter().map(|group| Item {
        text: row(group),
        findings: length(group.findings.len()),
    }));
    let left_out = hidden.iter().map(|group| group.findings.len()).sum();
    section.left_out = section.left_out.saturating_add(length(left_out));
}

/// In place of a place that must not be shown.
pub(in crate::render) const WITHHELD: &str = "place withheld";

/// The worst severity of a group, with its mark.
pub(in crate::render) fn severity(group: &Group<'_>) -> String {
    let severity = group.severity;
    format!("{}&nbsp;{}", severity_mark(severity), severity.word())
}

/// What clears a group, and how many findings at once.
pub(in crate::render) fn clears(group: &Group<'_>) -> String {
    let mut deed = capital(&deed(group, &name));
    if group.clears.is_upgrade() {
        deed += &format!(": clears {}", group.findings.len());
    }
    deed
}

/// The first few, one below the other, and how many more there are.
pub(in crate::render) fn listed<T>(items: &[T], show: impl Fn(&T) -> String) -> String {
    let mut lines: Vec<String> = items.iter().take(IN_ROW).map(show).collect();
    let more = items.len().saturating_sub(IN_ROW);
    if more > 0 {
        lines.push(format!("and {} more", grouped(length(more))));
    }
    lines.join("<br>")
}

/// The rule, linked, and the title where it says more.
pub(in crate::render) fn said(outcome: &Outcome, finding: &Finding) -> String {
    let rule = match &finding.link {
        Some(link) => markdown_link(&finding.rule, link, NAME),
        None => markdown_text(&finding.rule, NAME),
    };
    let mut said = format!("<b>{rule}</b>");
    let title = title(outcome, finding);
    if !title.is_empty() && title != &*finding.rule {
        said = format!("{said} {}", markdown_text(title, NAME));
    }
    if let Some(each) = said_by(finding, &name) {
        said = format!("{said} ({each})");
    }
    said
}
