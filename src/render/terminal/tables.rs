//! The tables of the terminal report: severities, thresholds, components, reports.

use super::page::{Page, Paint, padded};
use super::{INDENT, LINES, NAME, SENTENCE, length, name, severity_paint, verdict_paint};
use crate::model::{Conclusion, Judged, Outcome, Report, Severity, Status};
use crate::render::escape::terminal_text;
use crate::render::phrase::{content, grouped, severity_mark, verdict_mark};

const COLUMNS: [(Judged, &str); 5] = [
    (Judged::Fail, "blocks"),
    (Judged::Warn, "warns"),
    (Judged::Note, "noted"),
    (Judged::Ignore, "ignored"),
    (Judged::Excused, "excused"),
];

/// Severity against what became of the findings.
pub(super) fn numbers(page: &mut Page, outcome: &Outcome) {
    if outcome.findings.is_empty() {
        return;
    }
    let mut counts = std::collections::BTreeMap::new();
    for (finding, judged) in outcome.findings.iter().zip(&outcome.verdict.judged) {
        let count: &mut u64 = counts.entry((finding.severity, *judged)).or_default();
        *count = count.saturating_add(1);
    }
    page.heading("All findings");
    let titles: Vec<String> = COLUMNS
        .iter()
        .map(|(_, title)| format!("{title:>9}"))
        .chain([format!("{:>9}", "all")])
        .collect();
    let titles = format!("{}{}", " ".repeat(INDENT - 2), titles.concat());
    let titles = page.paint(Paint::Dim, &titles);
    page.line(&titles);
    for severity in Severity::WORST_FIRST {
        let cells =
            COLUMNS.map(|(judged, _)| counts.get(&(severity, judged)).copied().unwrap_or(0));
        let all: u64 = cells.iter().sum();
        if all == 0 {
            continue;
        }
        let label = padded(
            &format!("{} {}", severity_mark(severity), severity.word()),
            INDENT - 4,
        );
        let label = page.paint(severity_paint(severity), &label);
        let cells: Vec<String> = cells
            .into_iter()
            .chain([all])
            .map(|number| match number {
                0 => format!("{:>9}", "–"),
                number => format!("{:>9}", grouped(number)),
            })
            .collect();
        page.line(&format!("  {label}{}", cells.concat()));
    }
}

/// What a gate that only knew one severity would fail on.
pub(super) fn thresholds(page: &mut Page, outcome: &Outcome) {
    let lines = &outcome.verdict.thresholds;
    if outcome.findings.is_empty() || lines.is_empty() {
        return;
    }
    let each = lines
        .iter()
        .enumerate()
        .map(|(index, (severity, all, new))| {
            let new = new.map_or(String::new(), |new| format!(" ({} new)", grouped(new)));
            let would = if index == 0 { " would fail" } else { "" };
            format!("at {}{would} on {}{new}", severity.word(), grouped(*all))
        });
    let each: Vec<String> = each.collect();
    page.line("");
    page.hanging("  A gate", 8, 9, &format!("{}.", each.join(", ")));
}

/// Each component by itself.
pub(super) fn components(page: &mut Page, outcome: &Outcome) {
    let components = &outcome.verdict.components;
    if components.is_empty() {
        return;
    }
    page.heading("Components");
    for component in components.iter().take(LINES) {
        let verdict = match (component.affected, component.conclusion) {
            (false, Conclusion::Pass | Conclusion::Warn) => {
                page.paint(Paint::Dim, &padded("not touched", 12))
            }
            (_, conclusion) => {
                let word = format!("{} {}", verdict_mark(conclusion), conclusion.word());
                page.paint(verdict_paint(conclusion), &padded(&word, 12))
            }
        };
        let owner = component.owner.as_deref().map_or(String::new(), name);
        page.line(&format!(
            "  {verdict}  {}  {} blocking of {}  {owner}",
            padded(&name(&component.name), 20),
            grouped(component.blocking),
            grouped(component.total),
        ));
    }
    more(page, components.len().saturating_sub(LINES));
}

/// Every file and what was read in it.
pub(super) fn reports(page: &mut Page, outcome: &Outcome) {
    if outcome.reports.is_empty() {
        return;
    }
    page.heading("Reports");
    let shown: Vec<(&Report, String, String)> = outcome
        .reports
        .iter()
        .take(LINES)
        .map(|report| (report, name(&report.input.path), tools(report)))
        .collect();
    let width = |texts: &mut dyn Iterator<Item = &String>| {
        texts
            .map(|text| text.chars().count())
            .max()
            .unwrap_or(0)
            .min(40)
    };
    let paths = width(&mut shown.iter().map(|(_, path, _)| path));
    let tools = width(&mut shown.iter().map(|(_, _, tools)| tools));
    for (report, path, tool) in &shown {
        let mark = match report.status {
            Status::Complete => page.paint(Paint::Green, "✔"),
            Status::Partial(_) => page.paint(Paint::Yellow, "▲"),
            Status::Unusable(_) => page.paint(Paint::Red, "✖"),
        };
        let entries = &report.entries;
        let said = match &report.status {
            Status::Unusable(_) => "unusable".to_owned(),
            _ => content(report, &|text| terminal_text(text, NAME)),
        };
        let suppressed = match entries.suppressed {
            0 => String::new(),
            n => format!(", {} suppressed by the scanner", grouped(n)),
        };
        page.line(&format!(
            "  {mark} {}  {}  {said}{suppressed}",
            padded(path, paths),
            padded(tool, tools),
        ));
        let already = outcome.verdict.conclusion == Conclusion::Incomplete;
        if let Some(problem) = report.status.problem().filter(|_| !already) {
            page.hanging("", 0, 6, &terminal_text(problem, SENTENCE));
        }
    }
    more(page, outcome.reports.len().saturating_sub(shown.len()));
}

fn tools(report: &Report) -> String {
    let tools: Vec<String> = report
        .runs
        .iter()
        .take(3)
        .map(|run| {
            let version = run.version.as_deref().unwrap_or("");
            name(format!("{} {version}", run.tool).trim())
        })
        .collect();
    tools.join(", ")
}

/// How many lines are not shown.
pub(super) fn more(page: &mut Page, hidden: usize) {
    if hidden > 0 {
        let line = format!("  and {} more in verdict.json", grouped(length(hidden)));
        let line = page.paint(Paint::Dim, &line);
        page.line(&line);
    }
}
