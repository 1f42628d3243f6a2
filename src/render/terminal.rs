//! The report on a terminal or in a log, for people.
//!
//! Must not know: whether it is a terminal; colour and width are handed in. No line has the shape `file:line:col:
//! error`, because problem matchers of other steps read the log too and would annotate it a second time.

mod page;
mod tables;

pub use self::page::{Page, Paint};
use super::escape::terminal_text;
use super::groups::{Group, groups};
use super::phrase::{
    self, Where, count, deed, grouped, headline, judged, place, severity_mark, short_fingerprint,
    title, verdict_mark,
};
use super::record;
use crate::model::{Conclusion, Finding, Judged, Mode, Outcome, Severity};

/// How the report may look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Colours and bold, as ANSI sequences.
    pub color: bool,
    /// Columns; running text is folded there, names never.
    pub width: usize,
}

/// Characters of a name.
const NAME: usize = 120;
/// Characters of a sentence.
const SENTENCE: usize = 600;
/// Blocking groups that are shown.
const BLOCKING: usize = 50;
/// Warned groups that are shown.
const WARNED: usize = 10;
/// Findings of a group that are shown.
const IN_GROUP: usize = 5;
/// Lines of the other lists.
const LINES: usize = 20;
/// Where the texts of a group begin: after the widest severity and its mark.
const INDENT: usize = 14;

/// The whole report, each line ended.
pub fn text(outcome: &Outcome, style: Style) -> String {
    let mut page = Page::new(style);
    let blocking = groups(outcome, Judged::Fail);
    head(&mut page, outcome);
    if outcome.verdict.conclusion == Conclusion::Incomplete {
        gaps(&mut page, outcome);
    }
    listing(&mut page, outcome, "Blocks", &blocking, BLOCKING);
    listing(
        &mut page,
        outcome,
        "Warns",
        &groups(outcome, Judged::Warn),
        WARNED,
    );
    tables::numbers(&mut page, outcome);
    tables::thresholds(&mut page, outcome);
    tables::components(&mut page, outcome);
    tables::reports(&mut page, outcome);
    remarks(&mut page, outcome);
    next(&mut page, outcome, &blocking);
    page.out()
}

fn name(text: &str) -> String {
    terminal_text(text, NAME)
}

fn verdict_paint(conclusion: Conclusion) -> Paint {
    match conclusion {
        Conclusion::Pass => Paint::Green,
        Conclusion::Warn => Paint::Yellow,
        Conclusion::Fail | Conclusion::Incomplete => Paint::Red,
    }
}

fn severity_paint(severity: Severity) -> Paint {
    match severity {
        Severity::Critical | Severity::High => Paint::Red,
        Severity::Medium => Paint::Yellow,
        Severity::Low | Severity::Info | Severity::Unknown => Paint::Cyan,
    }
}

fn head(page: &mut Page, outcome: &Outcome) {
    let verdict = &outcome.verdict;
    let word = format!(
        "{} {}",
        verdict_mark(verdict.conclusion),
        verdict.conclusion.word().to_uppercase()
    );
    let mode = match outcome.mode {
        Mode::Enforce => String::new(),
        mode => format!(" (mode {}: shown, not enforced)", mode.word()),
    };
    let word = page.paint(verdict_paint(verdict.conclusion), &word);
    page.line(&format!("{word}  {}{mode}", headline(outcome)));
    page.line("");
    page.hanging("  Why", 5, 9, &terminal_text(&verdict.reason, SENTENCE));
    if !verdict.complete && verdict.conclusion != Conclusion::Incomplete {
        page.hanging("", 0, 9, "Not every report is complete, see below.");
    }
    let owners: Vec<String> = outcome
        .owners
        .iter()
        .take(6)
        .map(|owner| name(owner))
        .collect();
    match (owners.is_empty(), verdict.conclusion) {
        (false, _) => page.hanging("  Owner", 7, 9, &owners.join(", ")),
        (true, Conclusion::Fail) => page.hanging("  Owner", 7, 9, "nobody named in CODEOWNERS"),
        (true, _) => {}
    }
}

/// Groups of findings with their places.
fn listing(page: &mut Page, outcome: &Outcome, heading: &str, groups: &[Group<'_>], most: usize) {
    if groups.is_empty() {
        return;
    }
    page.heading(heading);
    for group in groups.iter().take(most) {
        listed(page, outcome, group);
    }
    let hidden = groups.get(most.min(groups.len())..).unwrap_or(&[]);
    let findings: usize = hidden.iter().map(|group| group.findings.len()).sum();
    if findings > 0 {
        let more = count(length(findings), "more finding", "more findings");
        let line = page.paint(Paint::Dim, &format!("  and {more}, listed in verdict.json"));
        page.line(&line);
    }
}

fn listed(page: &mut Page, outcome: &Outcome, group: &Group<'_>) {
    let severity = format!(
        "{} {}",
        severity_mark(group.severity),
        group.severity.word()
    );
    let width = severity.chars().count() + 2;
    let severity = format!(
        "  {}",
        page.paint(severity_paint(group.severity), &severity)
    );
    let many = group.findings.len();
    let mut deed = phrase::capital(&deed(group, &name));
    if group.clears.is_upgrade() {
        deed += &format!(": clears {}", grouped(length(many)));
    } else if many > 1 {
        deed += &format!(", {} places", grouped(length(many)));
    }
    page.hanging(&severity, width, INDENT, &deed);
    let shown: Vec<&Finding> = group.findings.iter().take(IN_GROUP).copied().collect();
    for finding in &shown {
        let rule = name(&finding.rule);
        let width = INDENT + rule.chars().count() + 2;
        let rule = page.paint(Paint::Bold, &rule);
        let rule = format!("{}{rule}  ", " ".repeat(INDENT));
        let mut title = terminal_text(title(outcome, finding), NAME);
        if let Some(each) = phrase::said_by(finding, &name) {
            title = format!("{title} ({each})");
        }
        page.hanging(&rule, width, INDENT + 2, &title);
        let place = match place(outcome, finding) {
            Where::At(place) => name(&place),
            Where::Withheld => "place withheld (public repository)".to_owned(),
            Where::Nowhere => "no place given".to_owned(),
        };
        let print = page.paint(
            Paint::Dim,
            &format!("fingerprint {}", short_fingerprint(finding)),
        );
        page.line(&format!(
            "{}{}  {print}",
            " ".repeat(INDENT + 2),
            page.paint(Paint::Cyan, &place),
        ));
    }
    if many > shown.len() {
        let more = grouped(length(many.saturating_sub(shown.len())));
        let more = page.paint(Paint::Dim, &format!("and {more} more"));
        page.line(&format!("{}{more}", " ".repeat(INDENT)));
    }
}

fn gaps(page: &mut Page, outcome: &Outcome) {
    let mut gaps = outcome
        .reports
        .iter()
        .filter_map(|report| Some((report, report.status.problem()?)))
        .peekable();
    // A report that is missing altogether is named under "Why".
    if gaps.peek().is_none() {
        return;
    }
    page.heading("Cannot be judged by");
    for (report, problem) in gaps.take(LINES) {
        let lead = format!("  {}", page.paint(Paint::Bold, &name(&report.input.path)));
        page.line(&lead);
        page.hanging("", 0, 4, &terminal_text(problem, SENTENCE));
    }
}

fn remarks(page: &mut Page, outcome: &Outcome) {
    let verdict = &outcome.verdict;
    let text = |text: &str| terminal_text(text, SENTENCE);
    let mut lines = record::bypass(outcome, &text);
    lines.extend(record::sentences(outcome, &name, &text));
    lines.extend(verdict.cannot_block.iter().map(|(tool, why)| {
        format!(
            "{} cannot block under the present rules: {}",
            name(tool),
            terminal_text(why, SENTENCE)
        )
    }));
    let (unknown, counted_as) = verdict.unknown_counted;
    if unknown > 0 {
        lines.push(format!(
            "{} of unknown severity, counted as {} (unknown-severity).",
            count(unknown, "finding is", "findings are"),
            counted_as.word()
        ));
    }
    if verdict.counts.excluded > 0 {
        lines.push(format!(
            "{} set aside by exclude and counted as ignored.",
            count(verdict.counts.excluded, "finding was", "findings were")
        ));
    }
    lines.extend(
        verdict
            .remarks
            .iter()
            .map(|text| terminal_text(text, SENTENCE)),
    );
    let repairs: usize = outcome
        .reports
        .iter()
        .map(|report| report.repairs.len())
        .sum();
    if repairs > 0 {
        lines.push(format!(
            "{} while reading, listed in verdict.json.",
            count(length(repairs), "thing was mended", "things were mended")
        ));
    }
    if lines.is_empty() {
        return;
    }
    page.heading("Good to know");
    for line in lines.iter().take(LINES) {
        page.hanging("  •", 3, 4, line);
    }
    tables::more(page, lines.len().saturating_sub(LINES));
}

/// What to do now.
fn next(page: &mut Page, outcome: &Outcome, blocking: &[Group<'_>]) {
    let mut lines = Vec::new();
    if let Some(finding) = blocking.first().and_then(|group| group.findings.first()) {
        lines.push("Clear what blocks, from the top, and run the scanners again.".to_owned());
        lines.push(format!(
            "Not a real problem? {}.",
            phrase::capital(&phrase::waiver(outcome, finding, &name))
        ));
    } else if outcome.verdict.conclusion == Conclusion::Incomplete {
        lines.push("Deliver the reports that are named above. No waiver lifts this.".to_owned());
    } else if judged(outcome, Judged::Warn) > 0 {
        lines.push("Nothing has to be done now; look at the warnings.".to_owned());
    }
    if lines.is_empty() {
        return;
    }
    page.heading("Next");
    for line in lines {
        page.hanging("  →", 3, 4, &line);
    }
}

fn length(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
