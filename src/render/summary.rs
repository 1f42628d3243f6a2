//! The page that people read first: step summary, check run and `summary.md`, in GitHub's Markdown.
//!
//! The first five lines say verdict, cause, what to do, who owns it and how to object. Then what blocks, grouped by
//! what clears it; everything else is further down and folded. Must not know: where the page goes, and its limits but
//! for the number of bytes that is handed in.

use super::budget::fit;
use super::groups::groups;
use super::page::head::head;
use super::page::{name, parts, table, tables};
use super::phrase::count;
use crate::model::{Conclusion, Judged, Outcome};

/// The page, at most `budget` bytes of it. `deliveries` says who was told: name of the destination and what became of
/// it; empty while nobody was told yet.
pub fn markdown(outcome: &Outcome, deliveries: &[(&str, &str)], budget: usize) -> String {
    let blocking = groups(outcome, Judged::Fail);
    let warned = groups(outcome, Judged::Warn);
    let mut sections = vec![parts::bypass(outcome), table::blocking(outcome, &blocking)];
    let gaps = parts::gaps(outcome);
    if outcome.verdict.conclusion == Conclusion::Incomplete {
        sections.insert(0, gaps);
    } else {
        sections.push(gaps);
    }
    sections.extend([
        table::warned(outcome, &warned),
        tables::components(outcome),
        parts::numbers(outcome),
        parts::remarks(outcome),
        tables::thresholds(outcome),
        parts::excused(outcome),
        tables::fixed(outcome),
        parts::reports(outcome),
        parts::deliveries(deliveries),
        parts::repairs(outcome),
        parts::settings(outcome),
    ]);
    let head = head(outcome, &blocking, "");
    fit(&head, &sections, &foot(outcome), budget)
}

/// Version, rules, commit and run, so that the page can be traced.
fn foot(outcome: &Outcome) -> String {
    let digest = outcome
        .policy_digest
        .get(..12)
        .unwrap_or(&outcome.policy_digest);
    let mut foot = format!(
        "\n<sub>sarif-gate {} · rules {}",
        env!("CARGO_PKG_VERSION"),
        name(digest)
    );
    let context = &outcome.context;
    if let Some(sha) = context.head_sha.as_ref().or(context.sha.as_ref()) {
        foot += &format!(" · commit {}", name(sha.get(..12).unwrap_or(sha)));
    }
    if let Some(url) = context.run_url() {
        foot += &format!(
            " · {}",
            super::escape::markdown_link("workflow run", &url, 40)
        );
    }
    foot += &format!(
        " · {} judged</sub>\n",
        count(outcome.verdict.counts.total, "finding", "findings")
    );
    foot
}
