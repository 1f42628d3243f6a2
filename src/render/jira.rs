//! What an issue in Jira says of a cause: its summary, its description as Atlassian's document format, and the comments when it
//! is fixed and when it is back.
//!
//! Must not know: where Jira is, and what stands there already. Equal findings give equal content; the line of a finding, which
//! every change of a file moves, is shown and does not count.

use std::fmt::Write as _;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::adf::{
    Inline, blank, code, doc, em, head, heading, link, list, ours, paragraph, row, strong, table,
    text,
};
use super::escape::plain_text;
use super::issue::Story;
use super::phrase::{
    Where, capital, grouped, place, said_by, sentence, severity_mark, title, waiver,
};
use crate::causes::{Cause, What};
use crate::model::{Finding, Location, Outcome, cut_chars};

/// A summary in characters: Jira wants fewer than 255 ("Summary must be less than 255 characters", from its own answers).
pub const SUMMARY_CHARS: usize = 254;

/// A description: "The entered text is too long. It exceeds the allowed limit of 32,767 characters." (Jira's answer;
/// JRASERVER-64351: in the cloud the limit is fixed). What is counted of a document is not written down, so its whole JSON in
/// bytes stays within, which is never less.
pub const DESCRIPTION_BYTES: usize = 32_767;

/// Findings that the table shows at most; more help nobody.
const ROWS: usize = 50;
/// Characters of a name or title.
const NAME: usize = 120;
/// Tools that a comment names.
const TOOLS: usize = 6;

/// An issue as it should stand there.
#[derive(Clone, Debug, PartialEq)]
pub struct Issue {
    /// One line.
    pub summary: String,
    /// A document.
    pub description: Value,
    /// 16 hexadecimal digits that are equal for equal findings.
    pub hash: String,
}

/// The issue about a cause.
pub fn issue(outcome: &Outcome, cause: &Cause<'_>) -> Issue {
    let story = Story::of(outcome, cause);
    let summary = summary(&story);
    let still = description(&story, false, DESCRIPTION_BYTES);
    let mut hash = Sha256::new();
    for part in ["sarifGate/jira/v1", &summary, &still.to_string()] {
        hash.update(part.len().to_string());
        hash.update(":");
        hash.update(part);
    }
    let mut digits = String::new();
    for byte in hash.finalize().iter().take(8) {
        // Writing to a String cannot fail.
        let _ = write!(digits, "{byte:02x}");
    }
    Issue {
        description: description(&story, true, DESCRIPTION_BYTES),
        hash: digits,
        summary,
    }
}

/// The repository first: a project may serve several.
fn summary(story: &Story<'_>) -> String {
    let line = format!("{}: {}", repository(story.outcome), story.headline(&name));
    cut_chars(&line, SUMMARY_CHARS)
}

fn repository(outcome: &Outcome) -> String {
    name(
        outcome
            .context
            .repository
            .as_deref()
            .unwrap_or("repository"),
    )
}

/// Text of a report within a sentence.
fn name(text: &str) -> String {
    plain_text(text, NAME)
}

/// The document, of at most `budget` bytes: rows are left out, and that is said. `lines`: with line numbers.
fn description(story: &Story<'_>, lines: bool, budget: usize) -> Value {
    let findings = sorted(story);
    let rows = findings.iter().take(ROWS);
    let mut rows: Vec<Value> = rows
        .map(|finding| finding_row(story, finding, lines))
        .collect();
    let first = findings.first().copied();
    if rows.len() == findings.len() {
        let whole = page(story, first, rows.clone());
        if length(&whole) <= budget {
            return whole;
        }
        rows.pop();
    }
    // The number of rows takes at most as much room as all of them do.
    let digits = rows.len().to_string().len();
    let mut room = budget
        .saturating_sub(length(&page(story, first, Vec::new())))
        .saturating_sub(digits);
    let fitting = rows.iter().take_while(|row| {
        // With the comma before it.
        let size = length(row).saturating_add(1);
        let fits = size <= room;
        room = room.saturating_sub(size);
        fits
    });
    let fitting = fitting.count();
    rows.truncate(fitting);
    page(story, first, rows)
}

/// The findings in an order that neither reports nor lines change.
fn sorted<'a>(story: &Story<'a>) -> Vec<&'a Finding> {
    let mut findings = story.cause.findings.clone();
    findings.sort_by_cached_key(|finding| {
        let location = finding.workspace_location().or(finding.locations.first());
        let path = location.map(|location| location.path.clone());
        let severity = std::cmp::Reverse(finding.severity);
        (severity, finding.rule.clone(), path, finding.fingerprint)
    });
    findings
}

fn length(value: &Value) -> usize {
    value.to_string().len()
}

fn page(story: &Story<'_>, first: Option<&Finding>, rows: Vec<Value>) -> Value {
    let (outcome, all) = (story.outcome, story.cause.findings.len());
    let shown = rows.len();
    let mut content = vec![
        paragraph([ours(&story.what(&name))]),
        paragraph([ours(&story.why())]),
    ];
    content.extend(dates(story));
    let deeds = story.deeds(&name);
    content.push(heading("What to do first"));
    content.extend(list(deeds.iter().map(|deed| ours(&sentence(deed)))));
    content.push(heading("Findings"));
    if shown < all {
        let number = |number: usize| grouped(u64::try_from(number).unwrap_or(u64::MAX));
        content.push(paragraph([ours(&format!(
            "Shown {} of {}; all of them are in verdict.json of the run's evidence.",
            number(shown),
            number(all)
        ))]));
    }
    let mut table_rows = vec![head(&columns(story))];
    table_rows.extend(rows);
    content.push(table(table_rows));
    if let Some(first) = first {
        content.push(heading("Not a real problem?"));
        let waiver = capital(&waiver(outcome, first, &name));
        content.push(paragraph([ours(&sentence(&waiver))]));
    }
    let foot = format!(
        "Kept by sarif-gate for {}: the text is written anew when the findings change, so comment rather than edit. The issue is \
         moved to Done once complete reports no longer find any of it, and brought back if it returns. Move it to Done yourself \
         and it is left alone.",
        repository(outcome)
    );
    content.push(paragraph([em(&foot)]));
    doc(content)
}

/// Since when, until when and whose, as far as it is known.
fn dates(story: &Story<'_>) -> Option<Value> {
    let (seen, due) = story.dates();
    let owners: Vec<String> = story.owners().iter().map(|owner| name(owner)).collect();
    let since = match (seen, due) {
        (Some(seen), Some(due)) => Some(format!(
            "First seen on {seen}; the first is due on {due} and blocks from the day after."
        )),
        (Some(seen), None) => Some(format!("First seen on {seen}.")),
        (None, _) => None,
    };
    let parts = [
        since,
        (!owners.is_empty()).then(|| format!("Owned by {}.", owners.join(", "))),
    ];
    let said: Vec<String> = parts.into_iter().flatten().collect();
    (!said.is_empty()).then(|| paragraph([ours(&said.join(" "))]))
}

fn is_package(story: &Story<'_>) -> bool {
    matches!(story.cause.what, What::Package { .. })
}

fn columns(story: &Story<'_>) -> Vec<&'static str> {
    match is_package(story) {
        true => vec!["Severity", "Finding", "Installed", "Fixed in", "Where"],
        false => vec!["Severity", "Finding", "Where"],
    }
}

fn finding_row(story: &Story<'_>, finding: &Finding, lines: bool) -> Value {
    let outcome = story.outcome;
    let mark = severity_mark(finding.severity);
    let mut cells = vec![
        vec![ours(&format!("{mark} {}", finding.severity.word()))],
        said(outcome, finding),
    ];
    if is_package(story) {
        let package = finding.package.as_deref();
        let installed = package.and_then(|package| package.version.as_deref());
        let fixed: Vec<&str> = package
            .map(|package| package.fixed.iter().map(|version| &**version).collect())
            .unwrap_or_default();
        cells.push(vec![text(installed.unwrap_or(""), NAME)]);
        cells.push(vec![text(&fixed.join(", "), NAME)]);
    }
    cells.push(vec![located(outcome, finding, lines)]);
    row(cells)
}

/// The rule, linked, the title where it says more, and who says it where that is more than one tool.
fn said(outcome: &Outcome, finding: &Finding) -> Vec<Inline> {
    let mut cell = match &finding.link {
        Some(url) => vec![link(&finding.rule, Some(url), NAME)],
        None => vec![strong(&finding.rule, NAME)],
    };
    let title = title(outcome, finding);
    if !title.is_empty() && title != &*finding.rule {
        cell.extend([blank(), text(title, NAME)]);
    }
    if let Some(tools) = said_by(finding, &name) {
        cell.extend([blank(), ours(&format!("({tools})"))]);
    }
    cell
}

fn located(outcome: &Outcome, finding: &Finding, lines: bool) -> Inline {
    let Where::At(at) = place(outcome, finding) else {
        return ours(match place(outcome, finding) {
            Where::Withheld => "place withheld (public repository)",
            _ => "no place given",
        });
    };
    let location = finding.workspace_location();
    let first = location.or(finding.locations.first());
    let shown = match first {
        Some(location) if !lines => &location.path,
        _ => &*at,
    };
    match location.and_then(|location| file_page(outcome, location, lines)) {
        Some(page) => link(shown, Some(&page), NAME),
        None => code(shown, NAME),
    }
}

/// The file on the branch: a commit in the address would be another one in each run.
fn file_page(outcome: &Outcome, location: &Location, lines: bool) -> Option<String> {
    let context = &outcome.context;
    let repository = context.repository.as_deref()?;
    let branch = context.git_ref.as_deref()?.strip_prefix("refs/heads/")?;
    // Percent-encoded where the link is made, but for what would end the path.
    let path = |text: &str| {
        text.replace('%', "%25")
            .replace('?', "%3F")
            .replace('#', "%23")
    };
    let line = match location.start_line {
        Some(line) if lines => format!("#L{line}"),
        _ => String::new(),
    };
    Some(format!(
        "{}/{repository}/blob/{}/{}{line}",
        context.server_url,
        path(branch),
        path(&location.path)
    ))
}

/// The comment when complete reports no longer find it. `tools`: who looked.
pub fn fixed(outcome: &Outcome, tools: &[&str], moved: bool) -> Value {
    let named: Vec<String> = tools.iter().take(TOOLS).map(|tool| name(tool)).collect();
    let more = match tools.len().saturating_sub(named.len()) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let mut said = format!(
        "Fixed: complete reports of {}{more} no longer find it.",
        named.join(", ")
    );
    if !moved {
        said.push_str(" No transition leads from the present status to one of the category Done, so move the issue yourself.");
    }
    doc(vec![paragraph([ours(&said)]), run(outcome)])
}

/// The comment when it is there again.
pub fn returned(outcome: &Outcome, moved: bool) -> Value {
    let said = match moved {
        true => "It is back: a report finds it again.",
        false => {
            "It is back: a report finds it again. No transition leads out of Done, so reopen the issue yourself."
        }
    };
    doc(vec![paragraph([ours(said)]), run(outcome)])
}

/// Which run says so.
fn run(outcome: &Outcome) -> Value {
    let context = &outcome.context;
    let mut said = vec![ours("Said by"), blank()];
    said.push(link(
        "the run of sarif-gate",
        context.run_url().as_deref(),
        NAME,
    ));
    if let Some(sha) = context.head_sha.as_deref().or(context.sha.as_deref()) {
        let short = sha.get(..12).unwrap_or(sha);
        said.extend([blank(), ours("on commit"), blank(), code(short, NAME)]);
    }
    paragraph(said)
}

#[cfg(test)]
mod tests;
