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

/// What blocks, grouped by what clears it.
pub(super) fn blocking(outcome: &Outcome, groups: &[Group<'_>]) -> Section {
    let (items, left_out) = rows(outcome, groups);
    let open = format!("\n### What blocks, and what clears it\n\n{GROUP_TABLE}");
    let mut section = section(open, items, "", 55);
    section.left_out = left_out;
    section
}

/// What warns, in the same form, folded.
pub(super) fn warned(outcome: &Outcome, groups: &[Group<'_>]) -> Section {
    let findings = groups.iter().map(|group| group.findings.len()).sum();
    let title = format!(
        "<b>Warnings</b>: {}",
        number(findings, "finding", "findings")
    );
    let (items, left_out) = rows(outcome, groups);
    let mut section = folded(&title, GROUP_TABLE, items, 25);
    section.left_out = left_out;
    section
}

/// One row for each group that is shown, and how many findings are in the others.
fn rows(outcome: &Outcome, groups: &[Group<'_>]) -> (Vec<Item>, u64) {
    let (shown, hidden) = groups.split_at(groups.len().min(GROUPS));
    let items = shown.iter().map(|group| Item {
        text: row(outcome, group),
        findings: length(group.findings.len()),
    });
    let left_out = hidden.iter().map(|group| group.findings.len()).sum();
    (items.collect(), length(left_out))
}

fn row(outcome: &Outcome, group: &Group<'_>) -> String {
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
            Where::At(place) => name(&place),
            Where::Nowhere => "no place given".to_owned(),
        };
        if !places.contains(&place) {
            places.push(place);
        }
    }
    let places = listed(&places, String::clone);
    let prints = listed(&group.findings, |finding| name(&short_fingerprint(finding)));
    format!(
        "| {}&nbsp;{} | {deed} | {findings} | {places} | {prints} |\n",
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
