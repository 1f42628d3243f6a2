//! Alerts of excused findings are dismissed with the reason, and reopened when it ends. What people dismissed is left alone.
//!
//! A dismissal holds on every branch, so only what counts on the default branch dismisses.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Value, json};

use super::super::Publication;
use super::super::plan::Stage;
use super::super::target::forbidden;
use super::PERMISSION;
use super::place::Place;
use crate::github::client::percent_encode;
use crate::github::limits::{ALERT_PAGES, ALERT_TOOLS, ALERT_WRITES};
use crate::github::{ApiError, Client, Fault};
use crate::model::{Judged, Outcome, Placed, Uploads};
use crate::render::dismissal::{digits, dismissal, marked};
use crate::settings::Switch;

#[derive(Deserialize)]
struct Alert {
    number: u64,
    state: Option<String>,
    dismissed_comment: Option<String>,
    rule: Option<Rule>,
    tool: Option<Tool>,
    most_recent_instance: Option<Instance>,
}

#[derive(Deserialize)]
struct Rule {
    id: Option<String>,
}

#[derive(Deserialize)]
struct Tool {
    name: Option<String>,
}

#[derive(Deserialize)]
struct Instance {
    #[serde(rename = "ref")]
    reference: Option<String>,
    category: Option<String>,
    location: Option<Location>,
}

#[derive(Deserialize)]
struct Location {
    path: Option<String>,
    start_line: Option<u32>,
}

/// What tells results apart that code scanning shows: tool, category, rule, path and line.
type Key<'a> = (&'a str, &'a str, &'a str, &'a str, u32);

/// A change of one alert.
struct Change {
    number: u64,
    state: &'static str,
    body: Value,
}

/// What has been looked at and what is to be changed.
#[derive(Default)]
struct Found {
    changes: Vec<Change>,
    /// Alerts of excused findings of which nobody can tell which finding they are of.
    unclear: usize,
    /// There are more alerts, or tools, than were looked at.
    more: bool,
}

/// Dismisses and reopens; gives back what was done, where there is anything to say.
pub(super) fn tell(
    publication: &mut Publication<'_>,
    repository: &str,
    place: &Place,
) -> Option<String> {
    let (outcome, settings) = (publication.outcome, publication.settings);
    let stage = Stage {
        context: &outcome.context,
        settings,
        mode: outcome.mode,
    };
    if settings.dismiss_excused == Switch::Off || stage.not_due().is_some() {
        return None;
    }
    let uploads = &publication.files.uploads;
    if uploads.placed.is_empty() {
        return None;
    }
    let token = publication.token()?.clone();
    let lap = publication.door().pace().lap;
    publication.door().lap(lap);
    let client = publication.client(token);
    let because = |error: &ApiError| match &error.fault {
        Fault::Forbidden(text) => forbidden(&outcome.context, PERMISSION, text),
        _ => error.to_string(),
    };
    let found = match look(client, repository, place, outcome, uploads) {
        Ok(found) => found,
        Err(error) => {
            return Some(format!(
                "the alerts of excused findings stay as they are: {}",
                because(&error)
            ));
        }
    };
    change(client, repository, &found, because)
}

/// Holds the alerts against the findings.
fn look(
    client: &mut Client,
    repository: &str,
    place: &Place,
    outcome: &Outcome,
    uploads: &Uploads,
) -> Result<Found, ApiError> {
    let mut found = Found::default();
    let list = format!(
        "/repos/{repository}/code-scanning/alerts?ref={}",
        percent_encode(&place.reference)
    );
    let path = format!("{list}&state=dismissed");
    let ours = Prints::of(outcome, &uploads.placed);
    let whole = client.pages(&path, ALERT_PAGES, |listed: Vec<Alert>| {
        for alert in listed.iter().filter(|alert| ours.is_over(alert)) {
            found.changes.push(Change {
                number: alert.number,
                state: "open",
                body: json!({ "state": "open" }),
            });
        }
        true
    })?;
    found.more |= !whole;

    let places = places(uploads);
    let excused = |placed: &&Placed| is_excused(outcome, placed.finding);
    let tools: BTreeSet<&str> = uploads
        .placed
        .iter()
        .filter(excused)
        .filter_map(|placed| Some(key(uploads, placed)?.0))
        .collect();
    found.more |= tools.len() > ALERT_TOOLS;
    for tool in tools.into_iter().take(ALERT_TOOLS) {
        let path = format!("{list}&state=open&tool_name={}", percent_encode(tool));
        let mut matched: BTreeMap<usize, Vec<u64>> = BTreeMap::new();
        let mut unclear = 0_usize;
        let whole = client.pages(&path, ALERT_PAGES, |listed: Vec<Alert>| {
            for alert in &listed {
                let Some(findings) = alert.key(&place.reference).and_then(|key| places.get(&key))
                else {
                    continue;
                };
                match findings.as_slice() {
                    [one] if is_excused(outcome, *one) => {
                        matched.entry(*one).or_default().push(alert.number);
                    }
                    [_] => {}
                    several => {
                        let any = several.iter().any(|one| is_excused(outcome, *one));
                        unclear = unclear.saturating_add(usize::from(any));
                    }
                }
            }
            true
        })?;
        found.more |= !whole;
        for (finding, numbers) in matched {
            match (numbers.as_slice(), dismissal(outcome, finding)) {
                ([number], Some(dismissal)) => found.changes.push(Change {
                    number: *number,
                    state: "dismissed",
                    body: json!({
                        "state": "dismissed",
                        "dismissed_reason": dismissal.reason,
                        "dismissed_comment": dismissal.comment,
                    }),
                }),
                _ => unclear = unclear.saturating_add(numbers.len()),
            }
        }
        found.unclear = found.unclear.saturating_add(unclear);
    }
    Ok(found)
}

fn is_excused(outcome: &Outcome, finding: usize) -> bool {
    outcome.verdict.judged.get(finding) == Some(&Judged::Excused)
}

/// The findings at each place.
fn places(uploads: &Uploads) -> BTreeMap<Key<'_>, Vec<usize>> {
    let mut places: BTreeMap<Key<'_>, Vec<usize>> = BTreeMap::new();
    for placed in &uploads.placed {
        if let Some(key) = key(uploads, placed) {
            places.entry(key).or_default().push(placed.finding);
        }
    }
    places
}

fn key<'a>(uploads: &'a Uploads, placed: &'a Placed) -> Option<Key<'a>> {
    let run = uploads.parts.get(placed.part)?.runs.get(placed.run)?;
    let (tool, category) = (run.tool.as_str(), run.category.as_str());
    Some((tool, category, &placed.rule, &placed.path, placed.line))
}

impl Alert {
    /// Where it stands on this ref, when it says all of it.
    fn key(&self, reference: &str) -> Option<Key<'_>> {
        let instance = self.most_recent_instance.as_ref()?;
        if instance.reference.as_deref() != Some(reference) || !self.is("open") {
            return None;
        }
        let location = instance.location.as_ref()?;
        let category = instance.category.as_deref()?.trim_end_matches('/');
        let tool = self.tool.as_ref()?.name.as_deref()?;
        let rule = self.rule.as_ref()?.id.as_deref()?;
        let path = location.path.as_deref()?;
        Some((tool, category, rule, path, location.start_line?))
    }

    fn is(&self, state: &str) -> bool {
        self.state.as_deref() == Some(state)
    }
}

/// The findings by the beginning of their fingerprints: whether one of them is excused.
struct Prints(BTreeMap<String, bool>);

impl Prints {
    fn of(outcome: &Outcome, placed: &[Placed]) -> Prints {
        let mut prints: BTreeMap<String, bool> = BTreeMap::new();
        for placed in placed {
            let Some(finding) = outcome.findings.get(placed.finding) else {
                continue;
            };
            let excused = is_excused(outcome, placed.finding);
            for print in finding.fingerprints() {
                *prints.entry(digits(print)).or_default() |= excused;
            }
        }
        Prints(prints)
    }

    /// Whether we dismissed the alert, and its finding is there and no longer excused.
    fn is_over(&self, alert: &Alert) -> bool {
        let comment = alert.dismissed_comment.as_deref().unwrap_or_default();
        let known = marked(comment).and_then(|digits| self.0.get(digits));
        alert.is("dismissed") && known == Some(&false)
    }
}

/// Makes the changes, reopening first, and says what came of it.
fn change(
    client: &mut Client,
    repository: &str,
    found: &Found,
    because: impl Fn(&ApiError) -> String,
) -> Option<String> {
    let (mut dismissed, mut reopened, mut refused) = (0_usize, 0_usize, 0_usize);
    let mut first: Option<String> = None;
    let mut done = 0_usize;
    for change in found.changes.iter().take(ALERT_WRITES) {
        let path = format!("/repos/{repository}/code-scanning/alerts/{}", change.number);
        match patch(client, &path, change) {
            Ok(()) if change.state == "open" => reopened = reopened.saturating_add(1),
            Ok(()) => dismissed = dismissed.saturating_add(1),
            Err(error) => {
                first.get_or_insert_with(|| because(&error));
                let of_the_alert = matches!(
                    error.fault,
                    Fault::Invalid(_) | Fault::NotFound | Fault::Refused { .. } | Fault::Gone
                );
                if !of_the_alert && !error.fault.maybe_done() {
                    break;
                }
                refused = refused.saturating_add(1);
            }
        }
        done = done.saturating_add(1);
    }
    let left = found.changes.len().saturating_sub(done);
    let mut words = Vec::new();
    for (count, what) in [
        (dismissed, "dismissed because excused"),
        (reopened, "reopened because no longer excused"),
        (refused, "not changed"),
        (left, "left for the next run"),
        (
            found.unclear,
            "left alone because several findings share their place",
        ),
    ] {
        if count > 0 {
            words.push(format!("{count} {what}"));
        }
    }
    if found.more {
        words.push("there are more alerts than were looked at".to_owned());
    }
    if words.is_empty() {
        return None;
    }
    let why = first.map_or_else(String::new, |why| format!(": they stay as they are, {why}"));
    Some(format!("alerts: {}{why}", words.join(", ")))
}

/// Changes one alert. When nobody knows whether that happened, looks before it is sent again.
fn patch(client: &mut Client, path: &str, change: &Change) -> Result<(), ApiError> {
    let error = match client.patch::<Alert>(path, &change.body) {
        Ok(_) => return Ok(()),
        Err(error) if error.fault.maybe_done() => error,
        Err(error) => return Err(error),
    };
    match client.get::<Alert>(path) {
        Ok(alert) if alert.is(change.state) => Ok(()),
        Ok(_) => client.patch::<Alert>(path, &change.body).map(|_| ()),
        Err(_) => Err(error),
    }
}
