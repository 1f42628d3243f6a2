//! The difference for people. Every text of a report goes through the terminal's escaping.

use super::Compared;
use crate::baseline::Difference;
use crate::commands::table;
use crate::model::{Context, Finding, Gone, Kind, Severity, State};
use crate::render::escape::terminal_text;
use crate::render::place_withheld;

/// Lines of one list; JSON lists all.
const LINES: usize = 100;
/// Characters of a name.
const NAME: usize = 120;
/// Characters of a title.
const TITLE: usize = 100;

/// The whole page.
pub(super) fn page(compared: &Compared, context: &Context) -> String {
    let gone: Vec<&Gone> = compared.comparison.gone.iter().collect();
    let (unseen, fixed): (Vec<&Gone>, Vec<&Gone>) = gone.into_iter().partition(|gone| gone.unseen);
    let mut out = format!(
        "{} new, {} updated, {} unchanged, {} fixed",
        compared.count(State::New),
        compared.count(State::Updated),
        compared.count(State::Unchanged),
        fixed.len(),
    );
    if !unseen.is_empty() {
        out.push_str(&format!(
            ", {} of which nobody knows whether they are fixed",
            unseen.len()
        ));
    }
    out.push('\n');
    for (title, state) in [("New", State::New), ("Updated", State::Updated)] {
        let rows = compared.of(state);
        let rows = rows.map(|(finding, difference)| row(finding, difference, context));
        list(&mut out, title, rows.collect());
    }
    let rows = |gone: &[&Gone]| gone.iter().map(|gone| gone_row(gone, context)).collect();
    list(&mut out, "Fixed", rows(&fixed));
    list(
        &mut out,
        "Gone, but no complete report looked there",
        rows(&unseen),
    );
    if !compared.missing.is_empty() {
        out.push_str("\nOnly the old reports have\n");
        for (tool, target) in &compared.missing {
            out.push_str(&format!("  {}", terminal_text(tool, NAME)));
            if let Some(target) = target {
                out.push_str(&format!(" of {}", terminal_text(target, NAME)));
            }
            out.push('\n');
        }
    }
    out
}

/// A list with its heading; nothing for none.
fn list(out: &mut String, title: &str, rows: Vec<Vec<String>>) {
    let all = rows.len();
    if all == 0 {
        return;
    }
    let shown: Vec<Vec<String>> = rows.into_iter().take(LINES).collect();
    let table = table::plain(&shown);
    out.push_str(&format!("\n{title}\n"));
    for line in table.lines() {
        out.push_str(&format!("  {line}\n"));
    }
    if all > LINES {
        out.push_str(&format!(
            "  shown {LINES} of {all}; --format json lists all\n"
        ));
    }
}

fn row(finding: &Finding, difference: Option<&Difference>, context: &Context) -> Vec<String> {
    let place = finding.workspace_location().or(finding.locations.first());
    let line = place.and_then(|place| place.start_line);
    let file = place.map(|place| &place.path).or(finding.target.as_ref());
    let mut at = placed(file.map(|file| &**file), finding.kind, context);
    if let Some(line) = line.filter(|_| !place_withheld(context, finding.kind)) {
        at.push_str(&format!(":{line}"));
    }
    let package = finding.package.as_ref().map(|package| {
        let version = package.version.as_deref().unwrap_or_default();
        terminal_text(&format!("{} {version}", package.name), NAME)
    });
    let mut row = vec![
        severity(finding.severity, difference.and_then(|was| was.severity)),
        terminal_text(&finding.rule, NAME),
        package.unwrap_or_default(),
        at,
        terminal_text(&finding.title, TITLE),
    ];
    if let Some(was) = difference.map(was).filter(|was| !was.is_empty()) {
        row.push(format!("({was})"));
    }
    row
}

fn severity(now: Severity, was: Option<Severity>) -> String {
    match was {
        Some(was) => format!("{} (was {})", now.word(), was.word()),
        None => now.word().to_owned(),
    }
}

/// What differs, but for the severity.
fn was(difference: &Difference) -> String {
    let mut parts = Vec::new();
    if let Some(versions) = &difference.versions {
        let versions: Vec<&str> = versions.iter().map(|version| &**version).collect();
        parts.push(format!(
            "was in {}",
            terminal_text(&versions.join(", "), NAME)
        ));
    }
    if difference.line {
        parts.push("the line was edited".to_owned());
    }
    parts.join("; ")
}

fn gone_row(gone: &Gone, context: &Context) -> Vec<String> {
    vec![
        gone.severity.word().to_owned(),
        terminal_text(&gone.rule, NAME),
        placed(gone.place.as_deref(), gone.kind, context),
        terminal_text(&gone.title, TITLE),
    ]
}

/// Where, unless everybody could read it.
fn placed(file: Option<&str>, kind: Kind, context: &Context) -> String {
    match file {
        Some(_) if place_withheld(context, kind) => "(place withheld)".to_owned(),
        Some(file) => terminal_text(file, NAME),
        None => String::new(),
    }
}
