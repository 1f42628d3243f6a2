//! What `opa test` says: one entry for each test of the policies. A failed one says that the policies cannot be relied
//! on, so it is a finding about quality.

use serde::Deserialize;

use super::super::bounds::{self, cut};
use super::super::policy::rule_of_query;
use super::super::{Desk, ReportEnd, Sink};
use super::{FORMAT, Failure, one_line};
use crate::model::{Finding, Kind, Location};
use crate::syntax::{Json, OrNothing, Raw, ReadError, line_number, text_of};

#[derive(Deserialize)]
struct Test<'a> {
    #[serde(borrow)]
    package: Raw<'a>,
    #[serde(borrow)]
    name: Raw<'a>,
    #[serde(borrow)]
    fail: Raw<'a>,
    #[serde(borrow)]
    error: Raw<'a>,
    #[serde(borrow, default)]
    location: OrNothing<Place<'a>>,
}

#[derive(Deserialize)]
struct Place<'a> {
    #[serde(borrow)]
    file: Raw<'a>,
    #[serde(borrow)]
    row: Raw<'a>,
}

pub(super) fn read(
    json: &mut Json<'_>,
    desk: &mut Desk<'_>,
    sink: &mut Sink<'_>,
) -> Result<ReportEnd, ReadError> {
    let mut end = ReportEnd::of(&FORMAT, None);
    json.list(|json, _| {
        let made = json.borrow::<Test<'_>>()?.finding(desk);
        let made = made.map_err(|missing| {
            json.error(format!(
                "this test has no {missing}, which `opa test` always writes: the report is damaged or not OPA's"
            ))
        })?;
        match made {
            Some(finding) => sink(finding)?,
            None => end.not_findings = end.not_findings.saturating_add(1),
        }
        Ok(())
    })?;
    Ok(end)
}

impl Test<'_> {
    /// The finding of a test that failed or broke; nothing for one that passed or was skipped.
    fn finding(&self, desk: &mut Desk<'_>) -> Result<Option<Finding>, &'static str> {
        let package = text_of(self.package).ok_or("package")?;
        let name = text_of(self.name).ok_or("name")?;
        // OPA writes `true` or leaves it out; whatever else stands there is no "false".
        let failed = self.fail.is_some_and(|raw| raw.get() != "false");
        if !failed && self.error.is_none() {
            return Ok(None);
        }
        let rule = rule_of_query(&format!("{package}.{name}"));
        let rule = desk.texts.share(&cut(rule.trim(), bounds::MAX_TITLE));
        let broke = self
            .error
            .map(|raw| serde_json::from_str::<Failure<'_>>(raw.get()).unwrap_or_default());
        let word = if broke.is_some() { "broke" } else { "failed" };
        let title = desk.title(&format!("policy test {} {word}", one_line(&name)));
        let mut finding = Finding::new(Kind::Quality, rule, FORMAT.scale.silent, title);
        if let Some(error) = broke {
            finding.message = desk.texts.share(&cut(&error.reason(), bounds::MAX_MESSAGE));
        }
        let place = self.location.0.as_ref();
        if let Some(file) = place.and_then(|place| desk.some(place.file)) {
            let row = line_number(place.and_then(|place| place.row));
            finding.locations.push(Location::new(file, row));
        }
        Ok(Some(finding))
    }
}
