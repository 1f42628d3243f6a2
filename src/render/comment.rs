//! The comment on a pull request, in GitHub's Markdown: the first lines that every page has, then what is new and what is
//! fixed, then what blocks besides; the rest is folded.
//!
//! A comment is written again only when it says something else, so nothing in it may change from run to run by itself, but
//! for the commit in addresses of lines and the last line, which [`says_the_same`] leaves out.
//!
//! Must not know: how a comment is found and sent, and its limits but for the number of bytes that is handed in.

use super::budget::{Item, Section, fit};
use super::escape::{link_target, markdown_link, markdown_text};
use super::groups::{Group, groups_of};
use super::links::is_commit;
use super::page::head::head;
use super::page::row::{HEAD, row};
use super::page::table::{self, BLOCKING, Table, WARNINGS};
use super::page::{NAME, SENTENCE, name, parts, tables};
use super::phrase::{count, grouped, judged};
use super::record;
use crate::causes::short_hash;
use crate::model::{Conclusion, Finding, Judged, Outcome, State};

/// What a comment is the comment of, and what it points to.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    /// Name of the check.
    pub name: &'a str,
    /// What keeps this job apart from others of the same name.
    pub category: Option<&'a str>,
    /// Page of the check run.
    pub check: Option<&'a str>,
    /// The workflow run shows the summary.
    pub summary: bool,
}

/// Fixed findings that are listed.
const FIXED: usize = 10;

/// The text that a comment begins with, by which it is found again: one for each name, category and environment, so that
/// two jobs do not fight over one comment.
pub fn marker(name: &str, category: Option<&str>, environment: Option<&str>) -> String {
    // A part that is absent is not one that is empty.
    let part = |part: Option<&str>| part.map_or_else(String::new, |part| format!("={part}"));
    let key = short_hash(&[
        "sarifGate/comment/v1",
        name,
        &part(category),
        &part(environment),
    ]);
    format!("<!-- sarif-gate:comment v1 {key} -->")
}

/// The comment, at most `budget` bytes of it. It begins with [`marker`] wherever the budget holds that line.
pub fn markdown(outcome: &Outcome, about: &About<'_>, budget: usize) -> String {
    let environment = outcome.environment.as_deref();
    let blocking = groups_of(outcome, Judged::Fail, |_| true);
    let of: Vec<&str> = environment.into_iter().chain(about.category).collect();
    let of = match of.as_slice() {
        [] => String::new(),
        names => format!(" ({})", markdown_text(&names.join(", "), NAME)),
    };
    let head = format!(
        "{}\n{}",
        marker(about.name, about.category, environment),
        head(outcome, &blocking, &of)
    );
    fit(
        &head,
        &sections(outcome, &blocking),
        &foot(outcome, about),
        budget,
    )
}

fn sections(outcome: &Outcome, blocking: &[Group<'_>]) -> Vec<Section> {
    let table = Table {
        head: HEAD,
        row: &|group| row(outcome, group, ""),
    };
    let old = |judged| groups_of(outcome, judged, |finding| !is_new(finding));
    let mut sections = vec![parts::bypass(outcome)];
    if outcome.past.compared().is_some() {
        sections.extend([fresh(outcome), fixed(outcome)]);
        let title = "What blocks and was there before";
        sections.push(table::open(title, &old(Judged::Fail), table, 45));
    } else {
        sections.push(table::open(BLOCKING, blocking, table, 60));
    }
    let gaps = parts::gaps(outcome);
    match outcome.verdict.conclusion {
        Conclusion::Incomplete => sections.insert(0, gaps),
        Conclusion::Pass | Conclusion::Warn | Conclusion::Fail => sections.push(gaps),
    }
    sections.extend([
        rules(outcome),
        table::closed(WARNINGS, &old(Judged::Warn), table, 20),
        table::closed("Noted", &old(Judged::Note), table, 10),
        aside(outcome),
    ]);
    sections
}

fn is_new(finding: &Finding) -> bool {
    finding.known.state == Some(State::New)
}

/// What the baseline does not have, grouped by what clears it; what blocks comes first.
fn fresh(outcome: &Outcome) -> Section {
    let lists = [
        (Judged::Fail, "<br>**blocks**"),
        (Judged::Warn, "<br>warns"),
        (Judged::Note, "<br>noted"),
    ]
    .map(|(judged, word)| (word, groups_of(outcome, judged, is_new)));
    let findings = lists.iter().flat_map(|(_, groups)| groups);
    let shown = parts::length(findings.map(|group| group.findings.len()).sum());
    let all = outcome.verdict.counts.new.unwrap_or(shown);
    let more = match all.saturating_sub(shown) {
        0 => String::new(),
        more => format!(", and {} excused or ignored", grouped(more)),
    };
    let title = format!("New: {}{more}", count(shown, "finding", "findings"));
    let empty = Table {
        head: HEAD,
        row: &|_| String::new(),
    };
    let mut section = table::open(&title, &[], empty, 65);
    for (word, groups) in &lists {
        table::add(&mut section, groups, &|group| row(outcome, group, word));
    }
    section
}

/// What the change clears.
fn fixed(outcome: &Outcome) -> Section {
    let (items, all) = tables::gone(outcome, FIXED);
    let open = format!("\n### Fixed: {}\n\n", count(all, "finding", "findings"));
    let left_out = all.saturating_sub(parts::length(items.len()));
    let mut section = parts::section(open, items, "", 10);
    section.left_out = left_out;
    section
}

/// What the change would do to the rules.
fn rules(outcome: &Outcome) -> Section {
    let text = |text: &str| markdown_text(text, SENTENCE);
    let lines = record::proposed(outcome, &text).into_iter();
    let items = lines.map(|line| Item::plain(format!("- {line}\n")));
    let open = "\n### This change and the rules\n\n".to_owned();
    parts::section(open, items.collect(), "", 10)
}

/// What stands in no list.
fn aside(outcome: &Outcome) -> Section {
    let number = |what: Judged, word: &str| match judged(outcome, what) {
        0 => None,
        number => Some(format!("{} {word}", count(number, "finding", "findings"))),
    };
    let parts: Vec<String> = [
        number(Judged::Excused, "excused"),
        number(Judged::Ignore, "ignored"),
    ]
    .into_iter()
    .flatten()
    .collect();
    let items = match parts.is_empty() {
        true => Vec::new(),
        false => vec![Item::plain(format!("{}.\n", parts.join(", ")))],
    };
    parts::section("\nNot listed here: ".to_owned(), items, "", 10)
}

/// Where to read on, and with what the comment was written: in one last line, because none of it makes a comment another
/// one.
fn foot(outcome: &Outcome, about: &About<'_>) -> String {
    let context = &outcome.context;
    let run = match about.summary {
        true => "workflow run and its summary",
        false => "workflow run",
    };
    let check = format!("check {}", name(about.name));
    let mut parts = vec![match about.check.and_then(link_target) {
        Some(url) => format!("[{check}]({url})"),
        None => check,
    }];
    parts.extend(context.run_url().map(|url| markdown_link(run, &url, NAME)));
    // Not "of commit": the comment stays as it is while commits change nothing in what it says.
    if let Some(sha) = context.head_sha.as_deref().filter(|sha| is_commit(sha)) {
        let sha = name(sha.get(..SHA).unwrap_or(sha));
        parts.push(format!("last changed with commit {sha}"));
    }
    parts.push(format!("sarif-gate {}", env!("CARGO_PKG_VERSION")));
    format!("\n{FOOT}{}</sub>\n", parts.join(" · "))
}

/// Digits of a commit that are shown.
const SHA: usize = 12;

/// How the last line begins.
const FOOT: &str = "<sub>";

/// Whether a comment that stands there says what `wanted` says, so that nothing has to be written. Compared without the
/// commits in addresses of lines and without the last line. Whoever edited the rest of it has changed what it says.
pub fn says_the_same(present: &str, wanted: &str) -> bool {
    let said = |text: &str| {
        let text = plain(text);
        let (before, last) = text.rsplit_once('\n').unwrap_or(("", &text));
        without_commits(if last.starts_with(FOOT) {
            before
        } else {
            &text
        })
    };
    said(present) == said(wanted)
}

/// Whether a body that the server gives back is the one that was sent. Browsers end lines in their own way, and white space
/// at the end says nothing.
pub fn is_body(present: &str, sent: &str) -> bool {
    plain(present) == plain(sent)
}

fn plain(text: &str) -> String {
    text.replace("\r\n", "\n").trim_end().to_owned()
}

/// The text with every commit in an address of a file blanked.
fn without_commits(text: &str) -> String {
    const BLOB: &str = "/blob/";
    let mut out = String::with_capacity(text.len());
    let mut parts = text.split(BLOB);
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        out.push_str(BLOB);
        match part.split_once('/') {
            Some((commit, rest)) if is_commit(commit) => {
                out.push('/');
                out.push_str(rest);
            }
            _ => out.push_str(part),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_the_key_counts() {
        let mut markers = vec![
            marker("gate", None, None),
            marker("gate", Some("a"), None),
            marker("gate", None, Some("a")),
            marker("gate", Some(""), None),
            marker("gate=a", None, None),
            marker("gatea", None, None),
        ];
        assert!(markers.iter().all(|marker| {
            marker.len() == markers[0].len() && marker.ends_with(" -->") && !marker.contains('\n')
        }));
        markers.sort();
        markers.dedup();
        assert_eq!(markers.len(), 6);
        // Comments of earlier versions are found by it.
        assert_eq!(
            marker("Security gate", None, None),
            "<!-- sarif-gate:comment v1 faf2c4f3e089b4f4 -->"
        );
    }

    #[test]
    fn what_changes_by_itself_does_not_count() {
        let body = |commit: &str, line: &str, foot: &str| {
            format!(
                "<!-- m -->\n[`a`](https://x/o/r/blob/{commit}/a#L{line})\n\n<sub>{foot}</sub>\n"
            )
        };
        let (old, new) = ("a".repeat(40), "b".repeat(40));
        let present = body(&old, "1", "run 1");
        assert!(says_the_same(&present, &body(&new, "1", "run 2")));
        assert!(says_the_same(
            &present.replace('\n', "\r\n"),
            &body(&new, "1", "run 2")
        ));
        assert!(says_the_same(present.trim_end(), &present));
        assert!(!says_the_same(&present, &body(&new, "2", "run 1")));
        assert!(!says_the_same(
            &body("main", "1", "x"),
            &body(&old, "1", "x")
        ));
        assert!(!says_the_same(&format!("{present}\nall is well"), &present));
        assert!(!says_the_same(&present.replace("`a`", "`b`"), &present));
        assert!(!says_the_same("", &present));
        assert!(is_body("a\r\nb\n", "a\nb") && !is_body("a\nb", "a\nc"));
    }
}
