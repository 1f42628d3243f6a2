//! The issue that tracks one cause, as GitHub shows it: title and body, and what the body says once the cause is gone.
//!
//! The same findings give the same digest in the body's first line, whichever run and commit they were seen at: an issue is
//! written again only when it would say something else. Must not know: where issues are kept, who wrote one, how they are sent.

mod marker;
mod table;
mod words;

use std::collections::BTreeSet;

pub use marker::Marker;
use table::rows;
pub(super) use words::Story;

use super::budget::{Item, Section, fit};
use super::escape::{link_target, markdown_link, markdown_text, title_text};
use super::links::is_commit;
use super::page::{NAME, SENTENCE, name};
use super::phrase::{capital, count, grouped, sentence, title, waiver};
use crate::causes::{Cause, Pair, What};
use crate::model::{Context, Outcome, Text};

/// Digits of a commit that are shown.
const SHA: usize = 12;
/// Tools that are named.
const TOOLS: usize = 6;
/// How the lines begin that say that an issue is fixed.
const FIXED: &str = "> **Fixed.** ";

/// How long the parts of an issue may be.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    /// The title, in characters.
    pub title_chars: usize,
    /// The body, in bytes of UTF-8.
    pub body_bytes: usize,
}

/// An issue as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// One line.
    pub title: String,
    /// Markdown; its first line is the marker.
    pub body: String,
    /// What the first line says.
    pub marker: Marker,
}

/// The issue of a cause. `carried` is what an earlier run found it in and this one did not look at: it stays part of what has to
/// be looked at before anybody may call the cause fixed.
pub fn issue(outcome: &Outcome, cause: &Cause<'_>, carried: &BTreeSet<Pair>, room: Room) -> Issue {
    let story = Story::of(outcome, cause);
    let stable = page(&story, carried, None, "", room.body_bytes);
    let scopes = cause.scopes.union(carried).cloned().collect();
    let marker = Marker::new(&cause.id, scopes, &stable);
    let commit = Commit::of(&outcome.context);
    let body = page(
        &story,
        carried,
        commit.as_ref(),
        &marker.line(),
        room.body_bytes,
    );
    Issue {
        title: headline(&story, room.title_chars),
        body,
        marker,
    }
}

/// The title, at most so many characters of it: names are shortened until it fits.
fn headline(story: &Story<'_>, most: usize) -> String {
    let mut line = String::new();
    for name in [NAME, 60, 30, 12, 4] {
        line = story.headline(&|text| title_text(text, name));
        if line.chars().count() <= most {
            return line;
        }
    }
    line.chars().take(most).collect()
}

/// The body. Without a commit: what stays the same while the findings do.
fn page(
    story: &Story<'_>,
    carried: &BTreeSet<Pair>,
    commit: Option<&Commit<'_>>,
    first: &str,
    budget: usize,
) -> String {
    let head = format!(
        "{first}\n**What it is.** {}{}\n\n**Why it matters.** {}\n",
        story.what(&name),
        example(story),
        story.why(),
    );
    let deeds = story.deeds(&name).into_iter();
    let deeds = Section {
        open: "\n**What to do.**\n\n".to_owned(),
        items: deeds
            .map(|deed| Item::plain(format!("- {deed}.\n")))
            .collect(),
        close: String::new(),
        share: 30,
        left_out: 0,
    };
    let foot = foot(story, carried, commit);
    let used = head.len() + deeds.size() + foot.len();
    let findings = findings(story, commit, budget.saturating_sub(used));
    fit(&head, &[deeds, findings], &foot, budget)
}

/// What the first finding of a rule says, where it may be said.
fn example(story: &Story<'_>) -> String {
    let first = match (story.cause.what, story.cause.findings.first()) {
        (What::Rule { .. }, Some(first)) => title(story.outcome, first),
        _ => "",
    };
    match first {
        "" => String::new(),
        text => format!(" {}", sentence(&markdown_text(text, SENTENCE))),
    }
}

/// The table, in as much room as there is.
fn findings(story: &Story<'_>, commit: Option<&Commit<'_>>, room: usize) -> Section {
    let (table, mut items) = rows(story, commit);
    let all = story.cause.findings.len();
    let open = |shown: usize| {
        let number = |number: usize| grouped(u64::try_from(number).unwrap_or(u64::MAX));
        let shown = match shown == all {
            true => String::new(),
            false => format!(
                "Shown {} of {}, the worst first; all are in `verdict.json` of the run.\n\n",
                number(shown),
                number(all)
            ),
        };
        format!("\n### Findings\n\n{shown}{table}")
    };
    let size: usize = items.iter().map(|item| item.text.len()).sum();
    if items.len() < all || open(all).len().saturating_add(size) > room {
        // The two numbers take less room than the largest ones.
        let mut used = open(0).len().saturating_add(2 * grouped(u64::MAX).len());
        let fitting = items.iter().take_while(|item| {
            used = used.saturating_add(item.text.len());
            used <= room
        });
        let fitting = fitting.count();
        items.truncate(fitting);
    }
    Section {
        open: open(items.len()),
        items,
        close: String::new(),
        share: 100,
        left_out: 0,
    }
}

/// Dates, owners, how to object, and how the issue ends.
fn foot(story: &Story<'_>, carried: &BTreeSet<Pair>, commit: Option<&Commit<'_>>) -> String {
    let mut lines = Vec::new();
    match story.dates() {
        (Some(seen), Some(due)) => lines.push(format!(
            "**By when.** First seen on {seen}; the first is due on {due} and blocks from the day after."
        )),
        (Some(seen), None) => lines.push(format!("**Since when.** First seen on {seen}.")),
        (None, _) => {}
    }
    let owners: Vec<String> = story
        .owners()
        .into_iter()
        .map(|owner| name(owner))
        .collect();
    if !owners.is_empty() {
        lines.push(format!("**Who owns it.** {}.", owners.join(", ")));
    }
    if let Some(finding) = story.cause.findings.first() {
        let others = match story.cause.findings.len() {
            1 => "",
            _ => "; the table has the fingerprints of the others",
        };
        let waiver = capital(&waiver(story.outcome, finding, &name));
        lines.push(format!(
            "**Not a real problem?** {waiver}{others}. An issue that is closed as *not planned* is not opened again."
        ));
    }
    lines.push(format!(
        "**How it ends.** It is closed when complete reports of {} no longer have it.{}",
        tools(story.cause.scopes.union(carried).map(|(tool, _)| tool)),
        match carried.is_empty() {
            true => String::new(),
            false => format!(
                " What {} found is not in the table, because no complete report of that came with the last run.",
                tools(carried.iter().map(|(tool, _)| tool))
            ),
        }
    ));
    let last = match commit {
        Some(commit) => format!(
            " · last changed at {}{}",
            at(commit),
            run(&story.outcome.context)
        ),
        None => String::new(),
    };
    let total = u64::try_from(story.cause.findings.len()).unwrap_or(u64::MAX);
    format!(
        "\n{}\n\n<sub>{} tracked by sarif-gate{last}</sub>\n",
        lines.join("\n\n"),
        count(total, "finding", "findings")
    )
}

/// Ids of tools without repetition, the first few of them.
fn tools<'a>(all: impl Iterator<Item = &'a Text>) -> String {
    let all: BTreeSet<&Text> = all.collect();
    let named: Vec<String> = all.iter().take(TOOLS).map(|tool| name(tool)).collect();
    match (named.is_empty(), all.len().saturating_sub(TOOLS)) {
        (true, _) => "whatever found it".to_owned(),
        (false, 0) => named.join(", "),
        (false, more) => format!("{} and {more} more", named.join(", ")),
    }
}

/// The commit that lines are linked at. Without one the text says nothing that moves while the findings stay.
struct Commit<'a> {
    /// Its page.
    url: String,
    sha: &'a str,
}

impl<'a> Commit<'a> {
    /// The commit of a run.
    fn of(context: &'a Context) -> Option<Commit<'a>> {
        let sha = context.head_sha.as_deref().filter(|sha| is_commit(sha))?;
        let repository = context.repository.as_deref()?;
        let url = format!("{}/{repository}/commit/{sha}", context.server_url);
        Some(Commit { url, sha })
    }
}

/// A commit as code, linked.
fn at(commit: &Commit<'_>) -> String {
    let short = name(commit.sha.get(..SHA).unwrap_or(commit.sha));
    match link_target(&commit.url) {
        Some(target) => format!("[{short}]({target})"),
        None => short,
    }
}

/// The page of the run, after a comma; empty where there is none.
fn run(context: &Context) -> String {
    match context.run_url() {
        Some(url) => format!(", {}", markdown_link("workflow run", &url, NAME)),
        None => String::new(),
    }
}

/// What the body of an issue becomes when its cause is gone: the same text with a note before it.
pub fn fixed(body: &str, marker: &Marker, context: &Context, budget: usize) -> String {
    let since = match Commit::of(context) {
        Some(commit) => format!(" at {}", at(&commit)),
        None => String::new(),
    };
    let head = format!(
        "{}\n{FIXED}Complete reports of {} no longer have it{since}{}. Should it come back, this issue is opened again.\n",
        marker.fixed().line(),
        tools(marker.scopes().iter().map(|(tool, _)| tool)),
        run(context),
    );
    let old = body
        .trim_start()
        .split_once('\n')
        .map_or("", |(_, rest)| rest);
    let lines = old.lines().map(|line| format!("{}\n", line.trim_end()));
    let old = Section {
        open: "\n".to_owned(),
        items: lines.map(Item::plain).collect(),
        close: String::new(),
        share: 100,
        left_out: 0,
    };
    fit(&head, &[old], "", budget)
}

#[cfg(test)]
mod tests;
