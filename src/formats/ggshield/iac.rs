//! IaC scans (`ggshield iac scan`). A scan of a difference sorts the files into `new`, `unchanged` and `deleted`; what is
//! unchanged is still there and counts, what is deleted does not.

use serde::Deserialize;

use super::super::bounds::title;
use super::super::{Desk, ReportEnd, Sink};
use super::{FORMAT, incomplete};
use crate::model::{Finding, Kind, Location, Status, Text};
use crate::syntax::{Json, Peek, Raw, ReadError, line_number, text_of};

#[derive(Deserialize)]
struct File<'a> {
    #[serde(borrow)]
    filename: Raw<'a>,
    #[serde(borrow)]
    incidents: Option<Vec<Incident<'a>>>,
}

#[derive(Deserialize)]
struct Incident<'a> {
    #[serde(borrow)]
    policy: Raw<'a>,
    #[serde(borrow)]
    policy_id: Raw<'a>,
    #[serde(borrow)]
    line_start: Raw<'a>,
    #[serde(borrow)]
    line_end: Raw<'a>,
    #[serde(borrow)]
    description: Raw<'a>,
    #[serde(borrow)]
    documentation_url: Raw<'a>,
    #[serde(borrow)]
    component: Raw<'a>,
    #[serde(borrow)]
    severity: Raw<'a>,
}

pub(super) fn read(
    json: &mut Json<'_>,
    desk: &mut Desk<'_>,
    sink: &mut Sink<'_>,
) -> Result<ReportEnd, ReadError> {
    let mut end = ReportEnd::of(&FORMAT, None);
    let mut lists = false;
    let mut engine = None;
    let mut total: Option<u64> = None;
    let mut listed: u64 = 0;
    let mut gone: u64 = 0;
    json.object(|json, key| {
        match key {
            "iac_engine_version" => engine = word(json, desk)?,
            "id" => end.target = word(json, desk)?,
            "total_incidents" => total = word(json, desk)?.and_then(|word| word.parse().ok()),
            "entities_with_incidents" if json.peek()? == Peek::Object => {
                lists = true;
                let mut missing = vec!["new", "unchanged"];
                json.object(|json, key| {
                    missing.retain(|sort| *sort != key);
                    json.list(|json, _| {
                        let found = file(json, desk)?;
                        let count = u64::try_from(found.len()).unwrap_or(u64::MAX);
                        if key == "deleted" {
                            gone = gone.saturating_add(count);
                            return Ok(());
                        }
                        listed = listed.saturating_add(count);
                        found.into_iter().try_for_each(&mut *sink)
                    })
                })?;
                if let Some(missing) = missing.first() {
                    return Err(incomplete(json, missing));
                }
            }
            "entities_with_incidents" => {
                lists = true;
                json.list(|json, _| {
                    let found = file(json, desk)?;
                    listed = listed.saturating_add(u64::try_from(found.len()).unwrap_or(u64::MAX));
                    found.into_iter().try_for_each(&mut *sink)
                })?;
            }
            _ => json.skip()?,
        }
        Ok(())
    })?;
    if !lists {
        return Err(ReadError::whole("has no list of entities_with_incidents"));
    }
    end.not_findings = gone;
    if let Some(total) = total.filter(|total| *total > listed) {
        end.status = Status::Unusable(format!(
            "ggshield counts {total} incidents and lists {listed}: the report is damaged"
        ));
    } else if engine.is_none() {
        // It prints the same lists, without the engine, when the server gave no result.
        end.status = Status::Unusable(
            "ggshield got no result from its server (iac_engine_version is missing): run the scan again".into(),
        );
    }
    if let Some(run) = end.runs.first_mut() {
        run.version = engine;
    }
    Ok(end)
}

fn word(json: &mut Json<'_>, desk: &mut Desk<'_>) -> Result<Option<Text>, ReadError> {
    let raw: Raw<'_> = json.borrow()?;
    Ok(desk.word(raw))
}

/// The findings of one file.
fn file(json: &mut Json<'_>, desk: &mut Desk<'_>) -> Result<Vec<Finding>, ReadError> {
    let made = {
        let file: File<'_> = json.borrow()?;
        let incidents = file.incidents.as_ref().ok_or("incidents");
        incidents.and_then(|incidents| {
            let path = desk.some(file.filename).ok_or("filename")?;
            let found = incidents.iter().map(|one| one.finding(desk, &path));
            found.collect::<Result<Vec<Finding>, &str>>()
        })
    };
    made.map_err(|missing| incomplete(json, missing))
}

impl Incident<'_> {
    fn finding(&self, desk: &mut Desk<'_>, path: &Text) -> Result<Finding, &'static str> {
        let rule = desk.word(self.policy_id).ok_or("policy_id")?;
        let word = text_of(self.severity).ok_or("severity")?;
        let severity = desk.severity(FORMAT.scale, Some(&word), &rule);
        let named = text_of(self.policy).unwrap_or_default();
        let named = match &*title(&named) {
            "" => rule.clone(),
            named => desk.texts.share(named),
        };
        let mut finding = Finding::new(Kind::Misconfiguration, rule, severity, named);
        finding.message = desk.message(self.description);
        finding.link = desk.link(self.documentation_url);
        finding.resource = desk.word(self.component);
        finding.target = Some(path.clone());
        let place = Location::new(path.clone(), line_number(self.line_start));
        finding
            .locations
            .push(place.to_line(line_number(self.line_end)));
        Ok(finding)
    }
}
