//! One match of a rule.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::FORMAT;
use super::dependency::{Advisory, ScaInfo};
use crate::formats::lint::{self, Region};
use crate::formats::{Desk, Secret};
use crate::model::{Finding, Kind, SecretMark, Severity, Suppression, Text, folded_line_hash};
use crate::syntax::{Raw, line_number, text_of};

/// What stands in `lines` and `fingerprint` of who is not logged in.
const WITHHELD: &str = "requires login";
/// Shorter texts are no secrets.
const SHORTEST: usize = 8;

#[derive(Deserialize)]
pub(super) struct Match<'a> {
    #[serde(borrow)]
    check_id: Raw<'a>,
    #[serde(borrow)]
    path: Raw<'a>,
    #[serde(borrow)]
    start: Raw<'a>,
    #[serde(borrow)]
    end: Raw<'a>,
    #[serde(borrow)]
    extra: Raw<'a>,
}

#[derive(Default, Deserialize)]
struct Point<'a> {
    #[serde(borrow)]
    line: Raw<'a>,
    #[serde(borrow)]
    col: Raw<'a>,
}

#[derive(Deserialize)]
struct Extra<'a> {
    #[serde(borrow)]
    message: Raw<'a>,
    #[serde(borrow)]
    severity: Raw<'a>,
    #[serde(borrow)]
    metadata: Raw<'a>,
    #[serde(borrow)]
    metavars: Raw<'a>,
    #[serde(borrow)]
    lines: Raw<'a>,
    #[serde(borrow)]
    is_ignored: Raw<'a>,
    #[serde(borrow)]
    sca_info: Raw<'a>,
}

/// What the author of a rule wrote down of it, as far as it changes what a finding is.
#[derive(Default, Deserialize)]
struct Metadata<'a> {
    #[serde(borrow)]
    product: Raw<'a>,
    #[serde(borrow)]
    source: Raw<'a>,
    #[serde(borrow)]
    shortlink: Raw<'a>,
}

#[derive(Deserialize)]
struct Metavariable<'a> {
    #[serde(borrow)]
    abstract_content: Raw<'a>,
}

/// A value of this type, or nothing of it.
fn lenient<'a, T: Deserialize<'a> + Default>(raw: Raw<'a>) -> T {
    raw.and_then(|raw| serde_json::from_str(raw.get()).ok())
        .unwrap_or_default()
}

impl Match<'_> {
    /// The finding, or the name of the member that is missing.
    pub(super) fn finding(&self, desk: &mut Desk<'_>) -> Result<Finding, &'static str> {
        let rule = desk.word(self.check_id).ok_or("check_id")?;
        let path = desk.some(self.path).ok_or("path")?;
        self.start.ok_or("start")?;
        let extra = self.extra.ok_or("extra")?;
        let extra: Extra<'_> = serde_json::from_str(extra.get()).map_err(|_| "readable extra")?;
        let message = text_of(extra.message).ok_or("extra.message")?;
        let word = text_of(extra.severity).ok_or("extra.severity")?;
        let metadata: Metadata<'_> = lenient(extra.metadata);

        let severity = desk.severity(FORMAT.scale, Some(&word), &rule);
        let kind = if extra.sca_info.is_some() {
            Kind::Vulnerability
        } else if text_of(metadata.product).as_deref() == Some("secrets") {
            Kind::Secret
        } else {
            Kind::Code
        };
        let (start, end): (Point<'_>, Point<'_>) = (lenient(self.start), lenient(self.end));
        let region = Region::new(start.line, start.col).to(end.line, end.col);
        let quoted = Quoted::of(extra.lines, &start, &end);
        let mut finding = match kind {
            Kind::Secret => secret(desk, rule, severity, &message, &extra, &quoted),
            kind => {
                let mut made = lint::finding(desk, kind, rule, severity, &message);
                made.line = quoted.line.as_deref().map(folded_line_hash);
                made
            }
        };
        finding.link = desk
            .link(metadata.source)
            .or_else(|| desk.link(metadata.shortlink));
        finding.locations.push(region.of(path));
        if let Some(info) = extra.sca_info {
            let info: ScaInfo<'_> = lenient(Some(info));
            finding.line = None;
            info.tell(&lenient::<Advisory<'_>>(extra.metadata), &mut finding, desk);
        }
        if text_of(extra.is_ignored).as_deref() == Some("true") {
            finding.suppression = Some(Box::new(Suppression {
                kind: "inSource",
                status: "".into(),
                reason: "".into(),
                by: desk.texts.share("nosemgrep"),
            }));
        }
        Ok(finding)
    }
}

/// What the report quotes of the file.
#[derive(Default)]
struct Quoted {
    /// The line on which the match begins, whole.
    line: Option<String>,
    /// The matched text, where it lies within that line.
    matched: Option<String>,
}

impl Quoted {
    fn of(lines: Raw<'_>, start: &Point<'_>, end: &Point<'_>) -> Quoted {
        let found = || {
            let lines = text_of(lines).filter(|lines| lines.trim() != WITHHELD)?;
            let (first, last) = (line_number(start.line)?, line_number(end.line)?);
            let count = u32::try_from(lines.lines().count()).ok()?;
            // Anything else is no quotation of whole lines.
            if last.checked_sub(first)?.checked_add(1)? != count {
                return None;
            }
            let line = lines
                .lines()
                .next()
                .filter(|line| !line.trim().is_empty())?;
            let matched = || {
                let from = line_number(start.col)?.checked_sub(1)?;
                let length = line_number(end.col)?.checked_sub(1)?.checked_sub(from)?;
                let (from, length) = (usize::try_from(from).ok()?, usize::try_from(length).ok()?);
                let text: String = line.chars().skip(from).take(length).collect();
                (count == 1 && !text.trim().is_empty()).then_some(text)
            };
            Some(Quoted {
                line: Some(line.to_owned()),
                matched: matched(),
            })
        };
        found().unwrap_or_default()
    }
}

/// A match of a rule for secrets. What it matched holds the value and may hold more, so the value counts as unknown: the
/// matched text and the texts of metavariables, which messages quote, are kept out of every text, and the line without
/// them stands for the finding.
fn secret(
    desk: &mut Desk<'_>,
    rule: Text,
    severity: Severity,
    message: &str,
    extra: &Extra<'_>,
    quoted: &Quoted,
) -> Finding {
    let variables: BTreeMap<String, Metavariable<'_>> = lenient(extra.metavars);
    let values = variables
        .values()
        .filter_map(|variable| text_of(variable.abstract_content))
        .map(|text| text.trim_matches(['"', '\'', '`']).to_owned());
    let mut values: Vec<String> = quoted.matched.iter().cloned().chain(values).collect();
    // Blanking what is short would leave nothing to read.
    values.retain(|value| value.trim().len() >= SHORTEST);
    let mut said = message.to_owned();
    let mut line = quoted.line.clone();
    for value in values {
        // `requests.get` in a metavariable must not be blanked in everybody's texts.
        let token =
            value.contains(|c: char| c.is_ascii_digit()) && !value.contains(char::is_whitespace);
        let value = Secret::new(value);
        said = value.blank(&said);
        line = line.map(|line| value.blank(&line));
        if token {
            desk.secrets.remember(value);
        }
    }
    let mut finding = lint::finding(desk, Kind::Secret, rule, severity, &said);
    let blanked = line.filter(|line| quoted.line.as_ref() != Some(line));
    let says_more = blanked.filter(|line| line.contains(char::is_alphanumeric));
    finding.line = says_more.as_deref().map(folded_line_hash);
    finding.secret = Some(SecretMark {
        digest: None,
        published: None,
    });
    finding
}
