//! The findings of a cause as rows, with links to their lines at a commit.

use super::words::{Story, first_seen};
use super::{Commit, name};
use crate::causes::What;
use crate::model::{Day, Finding, Location};
use crate::render::budget::Item;
use crate::render::links::to_lines;
use crate::render::page::table::said;
use crate::render::phrase::{severity_mark, short_fingerprint};
use crate::render::place_withheld;

/// Rows that are shown at most. Ours: nobody reads more, and an issue that is far from GitHub's limit is quick to list.
const ROWS: usize = 100;

/// Which columns have something to say.
struct Columns {
    package: bool,
    seen: bool,
    due: bool,
}

/// The head of the table and its rows, the worst first; not more than [`ROWS`].
pub(super) fn rows(story: &Story<'_>, commit: Option<&Commit<'_>>) -> (String, Vec<Item>) {
    let cause = story.cause;
    let mut each: Vec<(usize, &Finding)> = Vec::with_capacity(cause.findings.len());
    each.extend(
        cause
            .places
            .iter()
            .copied()
            .zip(cause.findings.iter().copied()),
    );
    // The order of reports and lines may change while the findings stay.
    each.sort_by_cached_key(|(_, finding)| {
        let path = first(finding).map(|location| location.path.clone());
        let severity = std::cmp::Reverse(finding.severity);
        (severity, finding.rule.clone(), path, finding.fingerprint)
    });
    let (seen, due) = story.dates();
    let columns = Columns {
        package: matches!(cause.what, What::Package { .. }),
        seen: seen.is_some(),
        due: due.is_some(),
    };
    let mut titles = vec!["Severity", "Finding"];
    titles.extend(columns.package.then_some("Installed → fixed"));
    titles.push("Where");
    titles.extend(columns.seen.then_some("First seen"));
    titles.extend(columns.due.then_some("Due"));
    titles.push("Fingerprint");
    let rule = "| :--- ".repeat(titles.len());
    let head = format!("| {} |\n{rule}|\n", titles.join(" | "));
    let row = |(place, finding): &(usize, &Finding)| Item {
        text: row(story, *place, finding, &columns, commit),
        findings: 1,
    };
    (head, each.iter().take(ROWS).map(row).collect())
}

fn row(
    story: &Story<'_>,
    place: usize,
    finding: &Finding,
    columns: &Columns,
    commit: Option<&Commit<'_>>,
) -> String {
    let day = |day: Option<Day>| day.map_or_else(String::new, |day| day.to_string());
    let mark = severity_mark(finding.severity);
    let mut cells = vec![
        format!("{mark}&nbsp;{}", finding.severity.word()),
        said(story.outcome, finding),
    ];
    cells.extend(columns.package.then(|| versions(finding)));
    cells.push(whereabouts(story, finding, commit));
    cells.extend(columns.seen.then(|| day(first_seen(finding))));
    cells.extend(columns.due.then(|| day(story.due(place, finding))));
    cells.push(name(&short_fingerprint(finding)));
    format!("| {} |\n", cells.join(" | "))
}

/// Installed and fixed version, as far as they are known.
fn versions(finding: &Finding) -> String {
    let Some(package) = &finding.package else {
        return String::new();
    };
    let installed = package
        .version
        .as_deref()
        .map_or_else(|| "?".to_owned(), name);
    match package.fixed.first() {
        Some(fixed) => format!("{installed} → {}", name(fixed)),
        None => installed,
    }
}

/// Where it is. The line is said only where it is linked at a commit: without one it moves with every change above it.
fn whereabouts(story: &Story<'_>, finding: &Finding, commit: Option<&Commit<'_>>) -> String {
    if place_withheld(&story.outcome.context, finding.kind) {
        return "place withheld".to_owned();
    }
    match (first(finding), &finding.target, commit) {
        (Some(location), _, None) => name(&location.path),
        (Some(location), _, Some(_)) => {
            let text = match location.start_line {
                Some(line) => format!("{}:{line}", location.path),
                None => location.path.to_string(),
            };
            to_lines(&story.outcome.context, finding, &text)
        }
        (None, Some(target), _) => name(target),
        (None, None, _) => "no place given".to_owned(),
    }
}

fn first(finding: &Finding) -> Option<&Location> {
    finding.workspace_location().or(finding.locations.first())
}
