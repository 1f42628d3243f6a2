//! One entry of `Misconfigurations`. Only what failed is a finding: passed checks and exceptions stand in the list too
//! when Trivy ran with `--include-non-failures`.

use serde::Deserialize;

use super::super::bounds::{self, cut, title};
use super::place::Item;
use super::result::{Bench, Made};
use crate::formats::check_id::canonical;
use crate::model::{Finding, Kind, Location, Text};
use crate::syntax::{Json, OrNothing, Raw, ReadError, line_number, text_of};

/// Callers of a module that are kept as further locations.
const MAX_CALLERS: usize = 8;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Misconfiguration<'a> {
    #[serde(borrow, rename = "ID")]
    id: Raw<'a>,
    #[serde(borrow, rename = "AVDID")]
    avd_id: Raw<'a>,
    #[serde(borrow)]
    title: Raw<'a>,
    #[serde(borrow)]
    description: Raw<'a>,
    #[serde(borrow)]
    message: Raw<'a>,
    #[serde(borrow)]
    resolution: Raw<'a>,
    #[serde(borrow)]
    severity: Raw<'a>,
    #[serde(borrow)]
    status: Raw<'a>,
    #[serde(borrow, rename = "PrimaryURL")]
    primary_url: Raw<'a>,
    #[serde(borrow, default)]
    cause_metadata: OrNothing<Cause<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Cause<'a> {
    #[serde(borrow)]
    resource: Raw<'a>,
    #[serde(borrow)]
    start_line: Raw<'a>,
    #[serde(borrow)]
    end_line: Raw<'a>,
    #[serde(borrow, default)]
    occurrences: OrNothing<Vec<Occurrence<'a>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Occurrence<'a> {
    #[serde(borrow)]
    filename: Raw<'a>,
    #[serde(borrow, default)]
    location: OrNothing<Lines<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Lines<'a> {
    #[serde(borrow)]
    start_line: Raw<'a>,
    #[serde(borrow)]
    end_line: Raw<'a>,
}

pub(super) fn read(
    json: &mut Json<'_>,
    desk: &mut Bench<'_, '_>,
) -> Result<Option<Item>, ReadError> {
    let made = json.borrow::<Misconfiguration<'_>>()?.item(desk);
    made.map_err(|what| json.error(what))
}

impl Misconfiguration<'_> {
    pub(super) fn item(&self, desk: &mut Bench<'_, '_>) -> Made {
        // Whatever else the status says is a failure: a new word must not make a finding disappear.
        let status = text_of(self.status).unwrap_or_default();
        if ["PASS", "EXCEPTION"].contains(&status.trim()) {
            return Ok(None);
        }
        let (rule, aliases) = self.ids(desk)?;
        let severity = desk.rating(self.severity, &rule);
        let says = |raw| text_of(raw).filter(|text| !text.trim().is_empty());
        let message = says(self.message).or_else(|| says(self.description));
        let named = says(self.title).or_else(|| message.clone());
        let named = desk.texts.share(&title(named.as_deref().unwrap_or(&rule)));

        let mut finding = Finding::new(Kind::Misconfiguration, rule, severity, named);
        finding.aliases = aliases;
        let mut whole = message.unwrap_or_default().trim().to_owned();
        if let Some(resolution) = says(self.resolution) {
            whole.push('\n');
            whole.push_str(resolution.trim());
        }
        finding.message = desk.texts.share(&cut(whole.trim(), bounds::MAX_MESSAGE));
        finding.link = desk.link(self.primary_url);

        let cause = self.cause_metadata.0.as_ref();
        finding.resource = desk.some(cause.and_then(|cause| cause.resource));
        let mut item = Item::new(finding);
        item.start = line_number(cause.and_then(|cause| cause.start_line));
        item.end = line_number(cause.and_then(|cause| cause.end_line));
        if let Some(occurrences) = cause.and_then(|cause| cause.occurrences.0.as_ref()) {
            let places = occurrences.iter().filter_map(|occurrence| {
                let lines = occurrence.location.0.as_ref();
                let path = desk.some(occurrence.filename)?;
                let url = path.contains("://") || path.starts_with("git::");
                let start = line_number(lines.and_then(|lines| lines.start_line));
                let end = line_number(lines.and_then(|lines| lines.end_line));
                (!url).then(|| Location::new(path, start).to_line(end))
            });
            item.callers = places.take(MAX_CALLERS).collect();
        }
        Ok(Some(item))
    }

    /// The present spelling of the check's id, and the spellings that this report uses.
    fn ids(&self, desk: &mut Bench<'_, '_>) -> Result<(Text, Vec<Text>), String> {
        let written = [desk.some(self.id), desk.some(self.avd_id)];
        let first = written.iter().flatten().next();
        let rule = canonical(first.ok_or("a misconfiguration without ID")?);
        let rule = desk.texts.share(&rule);
        let mut aliases: Vec<Text> = written.into_iter().flatten().collect();
        aliases.dedup();
        aliases.retain(|alias| *alias != rule);
        Ok((rule, aliases))
    }
}
