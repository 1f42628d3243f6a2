//! The table of groups: what clears them, what they are, where they are.

use super::parts::{folded, length, number, section};
use super::{NAME, name};
use crate::model::{Finding, Outcome};
use crate::render::budget::{Item, Section};
use crate::render::escape::{markdown_link, markdown_text};
use crate::render::groups::Group;
use crate::render::phrase::{
    Where, capital, deed, grouped, place, said_by, severity_mark, short_fingerprint, title,
};

/// Groups that a table shows.
const GROUPS: usize = 100;
/// Findings, places and fingerprints that a row shows.
const IN_ROW: usize = 3;
/// Findings of a row whose places are looked at.
const PLACES: usize = 50;

const GROUP_TABLE: &str = "| Severity | What clears it | Findings | Where | Fingerprint |\n\
                           | :--- | :--- | :--- | :--- | :--- |\n";

/// What of a row depends on its page.
#[derive(Clone, Copy)]
pub(in crate::render) struct Look<'a> {
    /// Shows the place of a finding, given as text, in this page's way.
    pub(in crate::render) place: &'a dyn Fn(&Finding, &str) -> String,
    /// What stands below the severity and below the deed; empty for nothing. Ours.
    pub(in crate::render) beside: &'a dyn Fn(&Group<'_>) -> (&'static str, &'static str),
}

/// Places as code, and nothing beside.
const PLAIN: Look<'static> = Look {
    place: &|_, place| name(place),
    beside: &|_| ("", ""),
};

/// What blocks, grouped by what clears it.
pub(in crate::render) fn blocking(outcome: &Outcome, groups: &[Group<'_>]) -> Section {
    open(BLOCKING, outcome, groups, PLAIN, 55)
}

/// Title of what blocks.
pub(in crate::render) const BLOCKING: &str = "What blocks, and what clears it";
/// Title of what warns.
pub(in crate::render) const WARNINGS: &str = "Warnings";

/// The table under a heading. The title is ours.
pub(in crate::render) fn open(
    title: &str,
    outcome: &Outcome,
    groups: &[Group<'_>],
    look: Look<'_>,
    share: usize,
) -> Section {
    let (items, left_out) = rows(outcome, groups, look);
    let mut section = section(heading(title), items, "", share);
    section.left_out = left_out;
    section
}

/// What warns, in the same form, folded.
pub(in crate::render) fn warned(outcome: &Outcome, groups: &[Group<'_>]) -> Section {
    closed(WARNINGS, outcome, groups, PLAIN, 25)
}

/// A heading and the first two lines of the table. The title is ours.
pub(in crate::render) fn heading(title: &str) -> String {
    format!("\n### {title}\n\n{GROUP_TABLE}")
}

/// The table, folded. The title is ours; the number of findings is added.
pub(in crate::render) fn closed(
    title: &str,
    outcome: &Outcome,
    groups: &[Group<'_>],
    look: Look<'_>,
    share: usize,
) -> Section {
    let findings = groups.iter().map(|group| group.findings.len()).sum();
    let title = format!(
        "<b>{title}</b>: {}",
        number(findings, "finding", "findings")
    );
    let (items, left_out) = rows(outcome, groups, look);
    let mut section = folded(&title, GROUP_TABLE, items, share);
    section.left_out = left_out;
    section
}

/// One row for each group that is shown, and how many findings are in the others.
pub(in crate::render) fn rows(
    outcome: &Outcome,
    groups: &[Group<'_>],
    look: Look<'_>,
) -> (Vec<Item>, u64) {
    let (shown, hidden) = groups.split_at(groups.len().min(GROUPS));
    let items = shown.iter().map(|group| Item {
        text: row(outcome, group, look),
        findings: length(group.findings.len()),
    });
    let left_out = hidden.iter().map(|group| group.findings.len()).sum();
    (items.collect(), length(left_out))
}

fn row(outcome: &Outcome, group: &Group<'_>, look: Look<'_>) -> String {
    let (below_severity, below_deed) = (look.beside)(group);
    let mut deed = capital(&deed(group, &name));
    if group.clears.is_upgrade() {
        deed += &format!(": clears {}", group.findings.len());
    }
    if let Some(target) = group.target {
        deed += &format!("<br>in {}", name(target));
    }
    let findings = listed(&group.findings, |finding| said(outcome, finding));
    let mut places: Vec<String> = Vec::new();
    for finding in group.findings.iter().take(PLACES) {
        let place = match place(outcome, finding) {
            Where::Withheld => "place withheld".to_owned(),
            Where::At(place) => (look.place)(finding, &place),
            Where::Nowhere => "no place given".to_owned(),
        };
        if !places.contains(&place) {
            places.push(place);
        }
    }
    let places = listed(&places, String::clone);
    let prints = listed(&group.findings, |finding| name(&short_fingerprint(finding)));
    format!(
        "| {}&nbsp;{}{below_severity} | {deed}{below_deed} | {findings} | {places} | {prints} |\n",
        severity_mark(group.severity),
        group.severity.word(),
    )
}

/// The first few, one below the other, and how many more there are.
fn listed<T>(items: &[T], show: impl Fn(&T) -> String) -> String {
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
