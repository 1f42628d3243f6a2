//! What a change adds that makes a scanner look away: markers in lines, ignore and config files of scanners.
//!
//! A line that is suppressed may hold a secret: of lines, messages and identities give the marker and no more.

mod files;
mod table;

use aho_corasick::{AhoCorasick, MatchKind};

use super::{Spot, Weight, bounded};
use crate::model::{Added, AddedFile, Observation, folded_line_hash};
use crate::syntax::words::plain;

use files::scanner_of;
use table::{MARKERS, Marker, Shape};

/// A line with a marker is new.
pub const ADDED: &str = "suppression-added";
/// Nobody knows which lines are new.
pub const UNKNOWN: &str = "suppression-unknown";
/// A file by which a scanner is told what to leave out is touched.
pub const CONFIG_CHANGED: &str = "scanner-config-changed";
/// More was seen than is listed.
pub const LEFT_OUT: &str = "suppression-more-observations";

/// Looks at what a change adds. The order is that of the files and their lines.
pub fn check(added: &Added) -> Vec<Observation> {
    let finder = finder();
    let (mut seen, mut unknown) = (Vec::new(), Vec::new());
    for AddedFile { path, lines } in &added.files {
        if let Some(tool) = scanner_of(path) {
            seen.push(config(path, tool));
        }
        match lines {
            None if cannot_hold(path) => {}
            None => unknown.push(path.as_str()),
            Some(lines) => {
                for (number, line) in lines.iter() {
                    let markers = markers_in(finder.as_ref(), line);
                    let found = markers.into_iter();
                    seen.extend(found.map(|marker| suppression(path, *number, line, marker)));
                }
            }
        }
    }
    seen.extend(unseen(&unknown));
    bounded(
        seen,
        LEFT_OUT,
        "markers, files and settings that make scanners look away",
    )
}

/// One pass over a line for all texts; nothing if they cannot be put together, and then each is looked for by itself.
fn finder() -> Option<AhoCorasick> {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::Standard)
        .build(MARKERS.iter().map(|marker| marker.text))
        .ok()
}

/// The markers of a line, each once, in the order of the table.
fn markers_in(finder: Option<&AhoCorasick>, line: &str) -> Vec<&'static Marker> {
    let near = match finder {
        Some(finder) => finder.is_match(line),
        None => true,
    };
    if !near {
        return Vec::new();
    }
    let folded = line.to_ascii_lowercase();
    MARKERS
        .iter()
        .filter(|marker| holds(&folded, marker))
        .collect()
}

/// Whether the line, which is in lower case, holds the marker.
fn holds(line: &str, marker: &Marker) -> bool {
    line.match_indices(marker.text).any(|(at, text)| {
        let before = line.get(..at).unwrap_or_default();
        let after = line
            .get(at.saturating_add(text.len())..)
            .unwrap_or_default();
        let part_of_word = |c: char| c.is_alphanumeric() || c == '_';
        let starts = !before.ends_with(part_of_word);
        let ends = !after.starts_with(part_of_word);
        match marker.shape {
            Shape::Text => true,
            Shape::Word => starts && ends,
            Shape::Comment => starts && ends && in_comment(before),
            Shape::When(test) => starts && ends && test(after),
            Shape::CommentWhen(test) => {
                let whole_file = ["ruff:", "flake8:"]
                    .iter()
                    .find_map(|tool| before.trim_end().strip_suffix(tool));
                starts && ends && in_comment(whole_file.unwrap_or(before)) && test(after)
            }
        }
    })
}

/// Whether what stands before ends with the sign of a comment.
fn in_comment(before: &str) -> bool {
    let before = before.trim_end();
    ["#", "//", "/*", "*", "--", "<!--", ";", "{-", "(*"]
        .iter()
        .any(|sign| before.ends_with(sign))
}

fn suppression(path: &str, number: u32, line: &str, marker: &Marker) -> Observation {
    let spot = Spot {
        path,
        line: Some(number),
        // Three digits tell lines apart and give nothing away of a secret in them.
        subject: format!(
            "{} {path} {:03x}",
            marker.name,
            folded_line_hash(line) >> 52
        ),
    };
    spot.observation(
        ADDED,
        Weight::Warns,
        &format!("the change adds `{}`, which makes {} look away", marker.name, marker.tool),
        &format!(
            "Line {number} of {} is new and holds `{}`: {} does not report what it finds there, or reports it as suppressed. Remove the marker and mend what it hides, or accept the finding in the waivers file with a reason, an owner and a date.",
            plain(path),
            marker.name,
            marker.tool
        ),
    )
}

fn config(path: &str, tool: &str) -> Observation {
    let shown = plain(path);
    let spot = Spot {
        path,
        line: None,
        subject: format!("{tool} {path}"),
    };
    spot.observation(
        CONFIG_CHANGED,
        Weight::Warns,
        &format!("the change touches {shown}, which tells {tool} what to look at"),
        &format!(
            "What {tool} leaves out because of {shown} reaches no report and no gate. Review what it excludes, let CODEOWNERS name who has to approve it (`/{path_owned} @your-org/security`), and accept single findings in the waivers file instead.",
            path_owned = shown.trim_matches('"').trim_start_matches("./")
        ),
    )
}

/// Endings of files that no scanner of code reads: a marker in them does nothing.
const NO_CODE: [&str; 16] = [
    "png", "jpg", "jpeg", "gif", "webp", "ico", "pdf", "woff", "woff2", "ttf", "eot", "mp4", "zip",
    "gz", "jar", "wasm",
];

fn cannot_hold(path: &str) -> bool {
    let ending = path.rsplit_once('.').map(|(_, ending)| ending);
    ending.is_some_and(|ending| {
        NO_CODE
            .iter()
            .any(|known| known.eq_ignore_ascii_case(ending))
    })
}

/// The files whose new lines nobody knows, in one: on their own they are no problem.
fn unseen(paths: &[&str]) -> Option<Observation> {
    let first = paths.first()?;
    let shown: Vec<String> = paths.iter().take(5).map(|path| plain(path)).collect();
    let more = paths.len().saturating_sub(shown.len());
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    let spot = Spot {
        path: first,
        line: None,
        subject: "unknown lines".to_owned(),
    };
    Some(spot.observation(
        UNKNOWN,
        Weight::Notes,
        "nobody could look for suppression markers in every file of the change",
        &format!(
            "GitHub does not say which lines are new in {}{more}: too large or binary. Review them for markers.",
            shown.join(", ")
        ),
    ))
}

#[cfg(test)]
mod tests;
