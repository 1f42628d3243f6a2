//! Small tables for maintainers: what other thresholds would do, the components, what is fixed.

use super::parts::{folded, length, section};
use super::{NAME, cell, name};
use crate::model::{Conclusion, Outcome};
use crate::render::budget::{Item, Section};
use crate::render::escape::markdown_text;
use crate::render::phrase::{count, severity_mark, verdict_mark};
use crate::render::place_withheld;

/// "At high it would fail on 12."
pub(in crate::render) fn thresholds(outcome: &Outcome) -> Section {
    let lines = &outcome.verdict.thresholds;
    let compared = lines.iter().any(|(_, _, new)| new.is_some());
    let rows = lines.iter().map(|(severity, all, new)| {
        let new = match new {
            Some(new) => format!(" {} |", cell(*new)),
            None => String::new(),
        };
        Item::plain(format!(
            "| {}&nbsp;{} or worse | {} |{new}\n",
            severity_mark(*severity),
            severity.word(),
            cell(*all)
        ))
    });
    let (head, line) = if compared {
        (" of them new |", " ---: |")
    } else {
        ("", "")
    };
    let table = format!("| A gate at | would fail on |{head}\n| :--- | ---: |{line}\n");
    let items: Vec<Item> = if outcome.findings.is_empty() {
        Vec::new()
    } else {
        rows.collect()
    };
    folded("What other thresholds would do", &table, items, 10)
}

/// Each component by itself.
pub(in crate::render) fn components(outcome: &Outcome) -> Section {
    let rows = outcome.verdict.components.iter().map(|component| {
        let verdict = match (component.affected, component.conclusion) {
            (false, Conclusion::Pass | Conclusion::Warn) => "not touched".to_owned(),
            (_, conclusion) => format!("{} {}", verdict_mark(conclusion), conclusion.word()),
        };
        Item::plain(format!(
            "| {} | {} | {verdict} | {} | {} | {} |\n",
            name(&component.name),
            component.owner.as_deref().map_or_else(String::new, name),
            cell(component.blocking),
            cell(component.excused),
            cell(component.total),
        ))
    });
    let open = "\n### Components\n\n| Component | Owner | Verdict | blocks | excused | all |\n\
                | :--- | :--- | :--- | ---: | ---: | ---: |\n";
    section(open.to_owned(), rows.collect(), "", 10)
}

/// What the baseline had and this run has not, folded.
pub(in crate::render) fn fixed(outcome: &Outcome) -> Section {
    /// Fixed findings that are listed.
    const SHOWN: usize = 20;
    let (items, all) = gone(outcome, SHOWN);
    let title = format!(
        "<b>Fixed</b>: {} of the baseline",
        count(all, "finding", "findings")
    );
    let left_out = all.saturating_sub(length(items.len()));
    let mut section = folded(&title, "", items, 10);
    section.left_out = left_out;
    section
}

/// The first `most` findings that are fixed, a line each, and how many there are.
pub(in crate::render) fn gone(outcome: &Outcome, most: usize) -> (Vec<Item>, u64) {
    let gone: Vec<_> = outcome
        .past
        .compared()
        .into_iter()
        .flat_map(|past| &past.gone)
        .filter(|gone| !gone.unseen)
        .collect();
    let lines = gone.iter().take(most).map(|gone| {
        let withheld = place_withheld(&outcome.context, gone.kind);
        let place = match (&gone.place, withheld) {
            (Some(place), false) => format!(" in {}", name(place)),
            _ => String::new(),
        };
        let title = if withheld {
            String::new()
        } else {
            format!(" {}", markdown_text(&gone.title, NAME))
        };
        Item {
            text: format!(
                "- {}&nbsp;{} <b>{}</b>{title}{place}\n",
                severity_mark(gone.severity),
                gone.severity.word(),
                markdown_text(&gone.rule, NAME),
            ),
            findings: 1,
        }
    });
    (lines.collect(), length(gone.len()))
}
