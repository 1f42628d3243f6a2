//! A waiver as YAML, and a file with one more of them.

use super::file::{Fault, parse};
use super::{Covers, Waiver};
use crate::model::Text;
use crate::syntax::yaml;

/// The head of a new file.
const HEAD: &str = "# Waivers: what is accepted, why, by whom and until when (the last day, UTC, inclusive).\nversion: 1\nwaivers:\n";

/// Columns that the entries of a file may be indented by; the first is what a new file has.
const INDENTS: [usize; 6] = [2, 0, 4, 6, 1, 3];

/// A file with one more entry.
#[derive(Clone, Debug, PartialEq)]
pub struct Appended {
    /// The whole new text.
    pub text: String,
    /// The entry as it stands there.
    pub entry: String,
    /// The waiver as it is read from there.
    pub waiver: Waiver,
}

/// Why an entry cannot be added.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// The file has faults already: what stands in it would not count, and neither would more.
    #[error("it cannot be read as it is")]
    Broken(Vec<Fault>),
    /// The entry itself says something that no waiver may say.
    #[error("the waiver cannot be written")]
    Wrong(Vec<Fault>),
    /// Behind what stands in the file no entry of the list can follow.
    #[error(
        "`waivers` is not a list with one entry below the other at the end of the file; put the entry into it by hand"
    )]
    NoPlace,
}

/// The text of `before` with an entry for `waiver` at its end; everything else stays byte for byte. `before` is `None` where
/// there is no file yet. `path` is its name. What comes out was read again: the old waivers are all there, and the new one is
/// `waiver`.
///
/// # Errors
/// [`AppendError`].
pub fn append(path: &str, before: Option<&str>, waiver: &Waiver) -> Result<Appended, AppendError> {
    let known = match before {
        Some(text) => parse(path, text.as_bytes()).map_err(AppendError::Broken)?,
        None => Vec::new(),
    };
    // Said of the entry, not of the file that it does not fit into.
    let alone = format!("{HEAD}{}", entry(waiver, 2));
    parse(path, alone.as_bytes()).map_err(AppendError::Wrong)?;
    // A file that has the key has to take the entry below it; one that lacks it gets it.
    for (key, indent) in INDENTS
        .map(|indent| ("", indent))
        .into_iter()
        .chain([("waivers:\n", 2)])
    {
        let entry = entry(waiver, indent);
        let text = joined(before.unwrap_or(HEAD), &format!("{key}{entry}"));
        let Ok(mut now) = parse(path, text.as_bytes()) else {
            continue;
        };
        let Some(last) = now.pop() else {
            continue;
        };
        if now == known && same(&last, waiver) {
            return Ok(Appended {
                text,
                entry,
                waiver: last,
            });
        }
    }
    Err(AppendError::NoPlace)
}

fn joined(before: &str, entry: &str) -> String {
    let end = if before.contains("\r\n") {
        "\r\n"
    } else {
        "\n"
    };
    let trimmed = before.trim_end();
    // An empty list in one line is the only thing that has to give way.
    let mut text = match trimmed.strip_suffix("[]") {
        Some(head) if head.trim_end().ends_with("waivers:") => {
            format!("{}{end}", head.trim_end())
        }
        _ => before.to_owned(),
    };
    if !text.is_empty() && !text.ends_with('\n') {
        text.push_str(end);
    }
    for line in entry.lines() {
        text.push_str(line);
        text.push_str(end);
    }
    text
}

/// Whether two waivers say the same, wherever they stand.
fn same(one: &Waiver, other: &Waiver) -> bool {
    let placed = Waiver {
        file: other.file.clone(),
        line: other.line,
        ..one.clone()
    };
    placed == *other
}

/// A waiver that says this and nothing that matters besides, as it is read from a file; `None` when it cannot be written so
/// that it is read again as it was.
pub(super) fn read_back(said: &Covers) -> Option<Waiver> {
    let waiver = Waiver {
        file: Text::from("waivers.yml"),
        line: None,
        covers: said.clone(),
        decision: Text::from("risk-accepted"),
        reason: Text::from("reason"),
        owner: Text::from("owner"),
        approved_by: Vec::new(),
        ticket: None,
        created: None,
        expires: Some("9999-12-31".to_owned()),
        tool: None,
        id: None,
    };
    let text = format!("{HEAD}{}", entry(&waiver, 2));
    let read = parse("waivers.yml", text.as_bytes()).ok()?.pop()?;
    same(&read, &waiver).then_some(read)
}

/// The entry of a waiver in a file, its dash `indent` columns from the left. What only the ignore files of scanners say is
/// left out.
pub fn entry(waiver: &Waiver, indent: usize) -> String {
    let mut lines = Lines {
        out: format!("{:indent$}- match:\n", ""),
        indent: indent + 2,
    };
    lines.indent += 2;
    let covers = &waiver.covers;
    lines.one("kind", covers.kind.map(|kind| kind.word()));
    lines.many("rule", &covers.rules);
    lines.one("package", covers.package.as_deref());
    lines.many("path", &covers.paths);
    lines.one("tool", covers.tool.as_deref());
    lines.one("target", covers.target.as_deref());
    lines.many("fingerprint", &covers.fingerprints);
    let most = covers.severity_at_most.map(|severity| severity.word());
    lines.one("severity-at-most", most);
    lines.indent -= 2;
    lines.one("decision", Some(&waiver.decision));
    lines.one("reason", Some(&waiver.reason));
    lines.one("owner", Some(&waiver.owner));
    lines.many("approved-by", &waiver.approved_by);
    lines.one("ticket", waiver.ticket.as_deref());
    lines.one("id", waiver.id.as_deref());
    lines.one("created", waiver.created.as_deref());
    lines.one("expires", waiver.expires.as_deref());
    lines.out
}

struct Lines {
    out: String,
    indent: usize,
}

impl Lines {
    fn line(&mut self, key: &str, value: &str) {
        let indent = self.indent;
        self.out
            .push_str(&format!("{:indent$}{key}: {value}\n", ""));
    }

    fn one(&mut self, key: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.line(key, &yaml::text(text));
        }
    }

    fn many(&mut self, key: &str, texts: &[Text]) {
        match texts {
            [] => {}
            [one] => self.line(key, &yaml::text(one)),
            all => {
                let all: Vec<String> = all.iter().map(|text| yaml::text(text)).collect();
                self.line(key, &format!("[{}]", all.join(", ")));
            }
        }
    }
}

#[cfg(test)]
mod tests;
