//! One check of `failed_checks`, `skipped_checks` or `passed_checks`.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::super::Desk;
use super::super::bounds::{self, cut};
use super::super::secret::{BLANK, Secret};
use super::{FORMAT, dependency, kind_of, says};
use crate::model::{Finding, Location, SecretMark, Severity, Suppression, Text, folded_line_hash};
use crate::syntax::{Json, OrNothing, Raw, ReadError, line_number, text_of};

/// Lines of `details` that are shown.
const MAX_DETAILS: usize = 10;

/// What a framework looks for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Secret,
    Dependency,
    Configuration,
}

impl Sort {
    /// By `check_type`.
    pub(super) fn of(kind: &str) -> Sort {
        match kind.trim() {
            "secrets" => Sort::Secret,
            "sca_package" | "sca_image" => Sort::Dependency,
            _ => Sort::Configuration,
        }
    }
}

/// The list that a check stands in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    Failed,
    Skipped,
    Passed,
}

/// What a check gives.
pub(super) enum Made {
    Finding(Box<Finding>),
    NoFinding,
}

#[derive(Deserialize)]
pub(super) struct Check<'a> {
    #[serde(borrow)]
    pub(super) check_id: Raw<'a>,
    #[serde(borrow)]
    bc_check_id: Raw<'a>,
    #[serde(borrow)]
    check_name: Raw<'a>,
    #[serde(borrow)]
    check_result: Raw<'a>,
    /// Of a secret only partly masked: never shown.
    #[serde(borrow, default)]
    code_block: OrNothing<Vec<(&'a RawValue, &'a RawValue)>>,
    #[serde(borrow)]
    pub(super) file_path: Raw<'a>,
    #[serde(borrow)]
    file_abs_path: Raw<'a>,
    #[serde(borrow)]
    repo_file_path: Raw<'a>,
    #[serde(borrow, default)]
    file_line_range: OrNothing<Range<'a>>,
    #[serde(borrow)]
    caller_file_path: Raw<'a>,
    #[serde(borrow, default)]
    caller_file_line_range: OrNothing<Range<'a>>,
    /// Of a secret an unkeyed hash of its value, with which a guess could be confirmed: not read.
    #[serde(borrow)]
    resource: Raw<'a>,
    #[serde(borrow)]
    pub(super) severity: Raw<'a>,
    #[serde(borrow)]
    guideline: Raw<'a>,
    #[serde(borrow)]
    description: Raw<'a>,
    #[serde(borrow, default)]
    details: OrNothing<Vec<Raw<'a>>>,
    #[serde(borrow)]
    pub(super) vulnerability_details: Raw<'a>,
}

#[derive(Default, Deserialize)]
struct Outcome<'a> {
    #[serde(borrow)]
    result: Raw<'a>,
    #[serde(borrow)]
    suppress_comment: Raw<'a>,
}

/// First and last line; `[0, 0]` and `[-1, -1]` are none.
#[derive(Deserialize)]
struct Range<'a>(#[serde(borrow)] Raw<'a>, #[serde(borrow)] Raw<'a>);

impl Range<'_> {
    fn lines(range: &OrNothing<Range<'_>>) -> (Option<u32>, Option<u32>) {
        match &range.0 {
            Some(Range(start, end)) => (line_number(*start), line_number(*end)),
            None => (None, None),
        }
    }
}

pub(super) fn read(
    json: &mut Json<'_>,
    sort: Sort,
    list: List,
    desk: &mut Desk<'_>,
) -> Result<Made, ReadError> {
    let made = json.borrow::<Check<'_>>()?.made(sort, list, desk);
    made.map_err(|missing| {
        json.error(format!(
            "this check has no {missing}, which Checkov always writes: the report is damaged or not Checkov's"
        ))
    })
}

impl Check<'_> {
    fn made(&self, sort: Sort, list: List, desk: &mut Desk<'_>) -> Result<Made, &'static str> {
        let outcome = self.check_result.ok_or("check_result")?.get();
        let outcome: Outcome<'_> = serde_json::from_str(outcome).unwrap_or_default();
        let word = text_of(outcome.result).unwrap_or_default();
        let suppressed = match (list, word.trim()) {
            (_, "FAILED") => false,
            (_, "SKIPPED") => true,
            (_, "UNKNOWN") | (List::Passed, "PASSED") => return Ok(Made::NoFinding),
            // The list decides where the word does not, and a word that nobody knows is no "passed".
            (List::Skipped, _) => true,
            (List::Failed | List::Passed, _) => false,
        };
        let mut finding = self.finding(sort, desk)?;
        if suppressed {
            let reason = text_of(outcome.suppress_comment).unwrap_or_default();
            finding.suppression = Some(Box::new(Suppression {
                kind: "inSource",
                status: desk.word(outcome.result).unwrap_or_default(),
                reason: desk.texts.share(&cut(reason.trim(), bounds::MAX_MESSAGE)),
                by: Text::from(""),
            }));
        }
        Ok(Made::Finding(Box::new(finding)))
    }

    fn finding(&self, sort: Sort, desk: &mut Desk<'_>) -> Result<Finding, &'static str> {
        let id = desk.word(self.check_id).ok_or("check_id")?;
        text_of(self.file_path).ok_or("file_path")?;
        if sort == Sort::Dependency && self.vulnerability_details.is_some() {
            return dependency::finding(self, &id, desk);
        }
        let named = says(self.check_name);
        let title = desk.title(named.as_deref().unwrap_or(&id));
        let mut finding = Finding::new(kind_of(sort), id.clone(), Severity::Unknown, title);
        finding.severity = self.severity(sort, &id, desk);
        let alias = desk.word(self.bc_check_id).filter(|alias| *alias != id);
        finding.aliases.extend(alias);
        finding.link = desk.link(self.guideline);
        self.place(&mut finding, desk);
        match sort {
            Sort::Secret => {
                finding.secret = Some(SecretMark {
                    digest: None,
                    published: None,
                });
                finding.line = self
                    .one_line(sort)
                    .and_then(|line| masked_line(&line, desk));
            }
            Sort::Dependency | Sort::Configuration => {
                finding.message = self.message(desk);
                finding.resource = desk.word(self.resource);
                finding.line = self.one_line(sort).map(|line| folded_line_hash(&line));
            }
        }
        Ok(finding)
    }

    /// Without a platform key Checkov says none. Of a secret that is high all the same.
    fn severity(&self, sort: Sort, id: &str, desk: &mut Desk<'_>) -> Severity {
        match (says(self.severity), sort) {
            (None, Sort::Secret) => Severity::High,
            (word, _) => desk.severity(FORMAT.scale, word.as_deref(), id),
        }
    }

    fn message(&self, desk: &mut Desk<'_>) -> Text {
        if says(self.description).is_some() {
            return desk.message(self.description);
        }
        let details = self.details.0.iter().flatten().filter_map(|raw| says(*raw));
        let details: Vec<_> = details.take(MAX_DETAILS).collect();
        let details = details.join("\n");
        desk.texts.share(&cut(&details, bounds::MAX_MESSAGE))
    }

    /// The file, and the caller of a module as a second place.
    pub(super) fn place(&self, finding: &mut Finding, desk: &mut Desk<'_>) {
        if let Some(path) = self.path(desk) {
            let (start, end) = Range::lines(&self.file_line_range);
            let place = Location::new(path, start).to_line(end);
            finding.locations.push(place);
        }
        if let Some(caller) = says(self.caller_file_path) {
            let (start, end) = Range::lines(&self.caller_file_line_range);
            let path = desk.texts.share(below(&caller));
            finding
                .locations
                .push(Location::new(path, start).to_line(end));
        }
        finding.locations.retain(|place| !place.path.is_empty());
    }

    /// `repo_file_path` starts where Checkov ran, `file_path` (all that old versions have) where it scanned; both write
    /// that as a leading slash. Where the former is the absolute path, Checkov ran at the root and the slash is one.
    fn path(&self, desk: &mut Desk<'_>) -> Option<Text> {
        let Some(path) = says(self.repo_file_path) else {
            let path = says(self.file_path)?;
            return desk.texts.share_some(below(&path));
        };
        if says(self.file_abs_path).is_some_and(|absolute| absolute == path) {
            return desk.texts.share_some(&path);
        }
        desk.texts.share_some(below(&path))
    }

    /// The source line, where `code_block` is exactly the one line of the range.
    fn one_line(&self, sort: Sort) -> Option<String> {
        let (start, end) = Range::lines(&self.file_line_range);
        let [(number, text)] = self.code_block.0.as_deref()? else {
            return None;
        };
        // Of a secret the range ends a line later than the line that it names.
        let after = start.map(|start| start.saturating_add(1));
        let fits = start.is_some() && line_number(Some(number)) == start;
        if !fits || (end != start && (sort != Sort::Secret || end != after)) {
            return None;
        }
        let line = text_of(Some(text))?;
        let line = line.trim_end_matches(['\n', '\r']);
        (!line.contains('\n')).then(|| line.to_owned())
    }
}

/// A path without the slash that means "here".
fn below(path: &str) -> &str {
    let path = path.trim();
    path.strip_prefix(['/', '\\']).unwrap_or(path)
}

/// Hash of the line of a secret, of which Checkov leaves the first characters to see: the whole value is blanked before.
/// What is left visible is kept out of every text, where it is long enough to be one. Nothing where no mask shows.
fn masked_line(line: &str, desk: &mut Desk<'_>) -> Option<u64> {
    let mut blanked = String::with_capacity(line.len());
    let mut rest = line;
    let mut masked = false;
    while let Some(at) = rest.find("***") {
        let (before, stars) = rest.split_at_checked(at)?;
        let (kept, visible) = match before.rfind(ends_a_value) {
            Some(end) => {
                let end = before
                    .get(end..)?
                    .chars()
                    .next()?
                    .len_utf8()
                    .saturating_add(end);
                before.split_at_checked(end)?
            }
            None => ("", before),
        };
        desk.secrets.remember(Secret::new(visible));
        blanked.push_str(kept);
        blanked.push_str(BLANK);
        rest = stars.trim_start_matches('*');
        masked = true;
    }
    blanked.push_str(rest);
    let says_more = blanked.chars().any(char::is_alphanumeric);
    (masked && says_more).then(|| folded_line_hash(&blanked))
}

/// What cannot be part of a value: blanks, quotes, and what stands between a name and its value.
fn ends_a_value(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '"' | '\'' | '`' | '=' | ':' | ',' | '(' | '[' | '{' | '<' | '>'
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::Secrets;

    #[test]
    fn no_character_of_a_secret_is_hashed() {
        let mut secrets = Secrets::new(None);
        let mut desk = Desk::new("", &mut secrets);
        let blank = folded_line_hash("password = \"***\"");
        for line in [
            "password = \"fixtur**********\"",
            "  password  =  \"***\"",
            "password = \"ab*****************\"",
        ] {
            assert_eq!(masked_line(line, &mut desk), Some(blank), "{line}");
        }
        for line in ["password = \"fixture\"", "***", "", "fixtur*********"] {
            assert_eq!(masked_line(line, &mut desk), None, "{line}");
        }
        assert_eq!(
            masked_line("a=x*** b='y****'", &mut desk),
            Some(folded_line_hash("a=*** b='***'"))
        );
    }

    #[test]
    fn a_leading_slash_means_here() {
        for (path, below_it) in [
            ("/main.tf", "main.tf"),
            ("main.tf", "main.tf"),
            ("/../x.tf", "../x.tf"),
            ("\\infra\\main.tf", "infra\\main.tf"),
            ("/", ""),
        ] {
            assert_eq!(below(path), below_it);
        }
    }
}
