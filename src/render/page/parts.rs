//! The parts of the page after its head, each a section that can be cut between its items.

use super::table::said;
use super::{NAME, SENTENCE, cell, name};
use crate::model::{Effect, Judged, Kind, Outcome, Report, Severity, Status};
use crate::render::budget::{Item, Section};
use crate::render::escape::{markdown_code, markdown_link, markdown_text};
use crate::render::phrase::{
    Where, content, count, grouped, judged, kinds, place, sentence, severity_mark,
    short_fingerprint,
};
use crate::render::record;

/// Names that a line shows.
const IN_ROW: usize = 3;
/// Lines of the lists further down.
const LINES: usize = 50;

pub(in crate::render) fn section(
    open: String,
    items: Vec<Item>,
    close: &str,
    share: usize,
) -> Section {
    Section {
        open,
        items,
        close: close.to_owned(),
        share,
        left_out: 0,
    }
}

/// A part that can be folded away. The title is ours.
pub(in crate::render) fn folded(
    title: &str,
    inner: &str,
    items: Vec<Item>,
    share: usize,
) -> Section {
    let open = format!("\n<details><summary>{title}</summary>\n\n{inner}");
    section(open, items, "\n</details>\n", share)
}

/// Reports that cannot be judged by, or only in part.
pub(in crate::render) fn gaps(outcome: &Outcome) -> Section {
    let items = outcome.reports.iter().filter_map(|report| {
        let problem = report.status.problem()?;
        let unanalysed = match report.unanalysed.len() {
            0 => String::new(),
            many => format!(
                " Not analysed: {}.",
                listed_inline(&report.unanalysed, many)
            ),
        };
        Some(Item::plain(format!(
            "- {} is **{}**: {}{unanalysed}\n",
            name(&report.input.path),
            report.status.word(),
            sentence(&markdown_text(problem, SENTENCE)),
        )))
    });
    let open = "\n### Reports that are not complete\n\n".to_owned();
    section(open, items.collect(), "", 25)
}

fn listed_inline(paths: &[crate::model::Text], many: usize) -> String {
    let shown: Vec<String> = paths.iter().take(IN_ROW).map(|path| name(path)).collect();
    let more = many.saturating_sub(IN_ROW);
    let more = if more > 0 {
        format!(" and {} more", grouped(length(more)))
    } else {
        String::new()
    };
    shown.join(", ") + &more
}

/// Severity against what became of the findings.
pub(in crate::render) fn numbers(outcome: &Outcome) -> Section {
    let mut counts = std::collections::BTreeMap::new();
    for (finding, judged) in outcome.findings.iter().zip(&outcome.verdict.judged) {
        let count: &mut u64 = counts.entry((finding.severity, *judged)).or_default();
        *count = count.saturating_add(1);
    }
    let columns = [
        Judged::Fail,
        Judged::Warn,
        Judged::Note,
        Judged::Ignore,
        Judged::Excused,
    ];
    let rows = Severity::WORST_FIRST.iter().filter_map(|severity| {
        let cells = columns.map(|judged| counts.get(&(*severity, judged)).copied().unwrap_or(0));
        let total: u64 = cells.iter().sum();
        let cells: Vec<String> = cells.into_iter().chain([total]).map(cell).collect();
        (total > 0).then(|| {
            let mark = severity_mark(*severity);
            let word = severity.word();
            Item::plain(format!("| {mark}&nbsp;{word} | {} |\n", cells.join(" | ")))
        })
    });
    let kinds: Vec<String> = Kind::ALL
        .iter()
        .filter_map(|kind| {
            let number = outcome.verdict.counts.by_kind.get(kind).copied()?;
            (number > 0).then(|| kinds(*kind, number))
        })
        .collect();
    let excluded = match outcome.verdict.counts.excluded {
        0 => String::new(),
        n => format!(
            " {} set aside by `exclude` and counted as ignored.",
            count(n, "finding was", "findings were")
        ),
    };
    let open = format!(
        "\n### All findings\n\n{}.{excluded}\n\n\
         | Severity | blocks | warns | noted | ignored | excused | all |\n\
         | :--- | ---: | ---: | ---: | ---: | ---: | ---: |\n",
        kinds.join(", ")
    );
    section(open, rows.collect(), "", 10)
}

/// Who let the change pass, before everything else.
pub(in crate::render) fn bypass(outcome: &Outcome) -> Section {
    let text = |text: &str| markdown_text(text, SENTENCE);
    let items = record::bypass(outcome, &text)
        .into_iter()
        .map(|line| Item::plain(format!("- {line}\n")));
    let open = "\n### Let through by a bypass\n\n".to_owned();
    section(open, items.collect(), "", 10)
}

/// What a maintainer must know of the judgement itself.
pub(in crate::render) fn remarks(outcome: &Outcome) -> Section {
    let verdict = &outcome.verdict;
    let cannot = verdict.cannot_block.iter().map(|(tool, why)| {
        format!(
            "{} **cannot block** under the present rules: {}",
            name(tool),
            markdown_text(why, SENTENCE)
        )
    });
    let (unknown, counted_as) = verdict.unknown_counted;
    let unknown = (unknown > 0).then(|| {
        format!(
            "{} of unknown severity, counted as **{}** (`unknown-severity`).",
            count(unknown, "finding is", "findings are"),
            counted_as.word()
        )
    });
    let remarks = verdict
        .remarks
        .iter()
        .map(|remark| markdown_text(remark, SENTENCE));
    let text = |text: &str| markdown_text(text, SENTENCE);
    let items = record::sentences(outcome, &name, &text)
        .into_iter()
        .chain(cannot)
        .chain(unknown)
        .chain(remarks)
        .map(|line| Item::plain(format!("- {line}\n")));
    section("\n### Good to know\n\n".to_owned(), items.collect(), "", 10)
}

/// Findings that somebody set aside, with the reason.
pub(in crate::render) fn excused(outcome: &Outcome) -> Section {
    let all = judged(outcome, Judged::Excused);
    let each = outcome
        .findings
        .iter()
        .zip(outcome.verdict.judged.iter().zip(&outcome.verdict.rulings));
    let rows = each
        .filter(|(_, (judged, _))| **judged == Judged::Excused)
        .take(LINES)
        .map(|(finding, (_, rulings))| {
            let excuse = rulings
                .iter()
                .find(|ruling| ruling.effect == Effect::Excuse);
            let place = match place(outcome, finding) {
                Where::Withheld => "place withheld".to_owned(),
                Where::At(place) => name(&place),
                Where::Nowhere => String::new(),
            };
            Item {
                text: format!(
                    "| {}&nbsp;{} | {} | {place} | {} | {} |\n",
                    severity_mark(finding.severity),
                    finding.severity.word(),
                    said(outcome, finding),
                    excuse.map_or_else(String::new, |ruling| markdown_text(&ruling.why, SENTENCE)),
                    name(&short_fingerprint(finding)),
                ),
                findings: 1,
            }
        });
    let title = format!(
        "<b>Excused</b>: {}, not counted against the verdict",
        count(all, "finding", "findings")
    );
    let table = "| Severity | Finding | Where | Why | Fingerprint |\n| :--- | :--- | :--- | :--- | :--- |\n";
    let items: Vec<Item> = rows.collect();
    let left_out = all.saturating_sub(length(items.len()));
    let mut section = folded(&title, table, items, 10);
    section.left_out = left_out;
    section
}

/// Every file and what was read in it.
pub(in crate::render) fn reports(outcome: &Outcome) -> Section {
    let rows = outcome
        .reports
        .iter()
        .map(|report| Item::plain(report_row(report)));
    let open = "\n### Reports\n\n| File | Tool | Scanned | What it says | Status |\n\
                | :--- | :--- | :--- | :--- | :--- |\n";
    section(open.to_owned(), rows.collect(), "", 20)
}

fn report_row(report: &Report) -> String {
    let tools: Vec<String> = report
        .runs
        .iter()
        .take(IN_ROW)
        .map(|run| {
            let version = run.version.as_deref().unwrap_or("");
            markdown_text(format!("{} {version}", run.tool).trim(), NAME)
        })
        .collect();
    let more = report.runs.len().saturating_sub(IN_ROW);
    let more = if more > 0 {
        format!(" and {} more", grouped(length(more)))
    } else {
        String::new()
    };
    let suppressed = match report.entries.suppressed {
        0 => String::new(),
        n => format!(" (+{} suppressed)", grouped(n)),
    };
    let status = match &report.status {
        Status::Complete => "complete".to_owned(),
        Status::Partial(why) => format!("▲ **partial**: {}", markdown_text(why, NAME)),
        Status::Unusable(why) => format!("✖ **unusable**: {}", markdown_text(why, NAME)),
    };
    format!(
        "| {} | {}{more} | {} | {}{suppressed} | {status} |\n",
        name(&report.input.path),
        tools.join("<br>"),
        report.target.as_deref().map_or_else(String::new, name),
        content(report, &|text| markdown_text(text, NAME)),
    )
}

/// Who was told.
pub(in crate::render) fn deliveries(deliveries: &[(&str, &str)]) -> Section {
    let items = deliveries.iter().take(LINES).map(|(place, what)| {
        let what = if what.starts_with("https://") {
            markdown_link(what, what, SENTENCE)
        } else {
            markdown_text(what, SENTENCE)
        };
        Item::plain(format!("- {}: {what}\n", name(place)))
    });
    section("\n### Published\n\n".to_owned(), items.collect(), "", 10)
}

/// What readers had to mend in the reports.
pub(in crate::render) fn repairs(outcome: &Outcome) -> Section {
    let each = outcome.reports.iter().flat_map(|report| {
        report
            .repairs
            .iter()
            .map(move |repair| (&report.input.path, repair))
    });
    let all: usize = outcome
        .reports
        .iter()
        .map(|report| report.repairs.len())
        .sum();
    let mut items: Vec<Item> = each
        .take(LINES)
        .map(|(path, repair)| {
            Item::plain(format!(
                "- {}: {}\n",
                name(path),
                markdown_text(repair, SENTENCE)
            ))
        })
        .collect();
    if all > LINES {
        let more = grouped(length(all.saturating_sub(LINES)));
        items.push(Item::plain(format!(
            "- and {more} more in `verdict.json`\n"
        )));
    }
    let title = format!(
        "Repairs: {} while reading",
        number(all, "thing was mended", "things were mended")
    );
    folded(&title, "", items, 10)
}

/// Every setting with its origin.
pub(in crate::render) fn settings(outcome: &Outcome) -> Section {
    let rows = outcome.settings.iter().map(|shown| {
        let value = match &shown.value {
            serde_json::Value::String(text) => markdown_code(text, NAME),
            serde_json::Value::Null => String::new(),
            other => markdown_code(&other.to_string(), NAME),
        };
        Item::plain(format!(
            "| {} | {value} | {} |\n",
            name(&shown.name),
            markdown_text(&shown.origin, NAME)
        ))
    });
    let table = "| Setting | Value | From |\n| :--- | :--- | :--- |\n";
    folded("Settings of this run", table, rows.collect(), 10)
}

pub(in crate::render) fn length(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

pub(in crate::render) fn number(length_: usize, one: &str, many: &str) -> String {
    count(length(length_), one, many)
}
