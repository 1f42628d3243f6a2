//! A row of the table of groups: three columns, because comments and check runs are narrow and paths are long.

use super::name;
use super::table::{WITHHELD, clears, listed, said, severity};
use crate::model::{Cause, Outcome};
use crate::render::groups::Group;
use crate::render::links::to_lines;
use crate::render::phrase::{Where, place, short_fingerprint};

/// The first two lines of the table.
pub(in crate::render) const HEAD: &str =
    "| Severity | What clears it | Findings |\n| :--- | :--- | :--- |\n";

/// One group. `word` says what it does to the verdict, where its table does not; ours, or empty.
pub(in crate::render) fn row(outcome: &Outcome, group: &Group<'_>, word: &str) -> String {
    let mut clears = clears(group);
    let first = group
        .findings
        .first()
        .map(|finding| place(outcome, finding));
    // The place of a package is its manifest, which stands beside the finding.
    match (group.target, first) {
        (Some(target), Some(Where::At(text))) if text.starts_with(target) => {}
        (Some(target), _) => clears += &format!("<br>in {}", name(target)),
        (None, _) => {}
    }
    let mut findings = group.findings.iter();
    if findings.all(|finding| finding.known.cause == Cause::Disclosed) {
        clears += "<br>(disclosed since, not brought by this change)";
    }
    let findings = listed(&group.findings, |finding| {
        let print = name(&short_fingerprint(finding));
        let at = match place(outcome, finding) {
            Where::Withheld => format!("{WITHHELD} · "),
            Where::At(text) => format!("{} · ", to_lines(&outcome.context, finding, &text)),
            Where::Nowhere => String::new(),
        };
        format!("{}<br>{at}{print}", said(outcome, finding))
    });
    format!("| {}{word} | {clears} | {findings} |\n", severity(group))
}
