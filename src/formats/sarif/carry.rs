//! What a result says beyond the model, cleaned and ready to be written again.

use std::borrow::Cow;

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::place::Places;
use super::raw::RawResult;
use crate::model::{Carried, Text};
use crate::sarif::clean::Cleaner;
use crate::sarif::{FIRST_DETECTION, bag};

/// Members of a result that the model holds, or that are computed anew.
const MODELLED: [&str; 9] = [
    "ruleId",
    "ruleIndex",
    "rule",
    "kind",
    "level",
    "locations",
    "suppressions",
    "baselineState",
    "message",
];

/// Members out of which our own are taken: the bag, and the fingerprint, whose key begins like the bag's.
const MAY_HOLD_OURS: [&str; 3] = ["partialFingerprints", "fingerprints", "properties"];

/// Cleans everything that the model does not hold. `own` says that the result is out of a log of ours, so that its
/// `sarifGate` bag is the model's and not the scanner's; `dated` that the date in its provenance is, too.
pub(super) fn carried(
    raw: &RawResult<'_>,
    places: &mut Places,
    cleaner: &mut Cleaner<'_>,
    own: bool,
    dated: bool,
) -> Option<Box<Carried>> {
    let mut members: Vec<(&'static str, Box<str>)> = Vec::new();
    let mut add = |name: &'static str, json: Box<str>| {
        if !matches!(&*json, "[]" | "{}") {
            members.push((name, json));
        }
    };
    for (key, value) in raw.members() {
        if MODELLED.contains(&key) || value.get() == "null" {
            continue;
        }
        if let Some((name, json)) = cleaner.quick("result", key, value.get(), MAX_STEPS)
            && !(MAY_HOLD_OURS.contains(&name) && json.contains(bag::KEY))
            && !(name == "provenance" && dated)
        {
            add(name, json);
            continue;
        }
        let Ok(value) = serde_json::from_str::<Value>(value.get()) else {
            continue;
        };
        let cleaned = match key {
            "partialFingerprints" => cleaner
                .within(key, |cleaner| cleaner.fingerprints(value))
                .map(|value| ("partialFingerprints", value)),
            "fingerprints" => cleaner
                .within(key, |cleaner| cleaner.fingerprints(value))
                .map(|value| ("fingerprints", value)),
            "properties" => {
                let mut value = value;
                if let Some(bag) = value.as_object_mut()
                    && let Some(ours) = bag.remove(bag::KEY)
                    && !own
                {
                    // Somebody else's use of our name.
                    cleaner.aside(bag::KEY, ours);
                }
                cleaner.member("result", key, value)
            }
            "provenance" => {
                let mut value = value;
                if let Some(members) = value.as_object_mut().filter(|_| dated) {
                    // The model holds it.
                    members.remove(FIRST_DETECTION);
                }
                cleaner.member("result", key, value)
            }
            "codeFlows" => {
                let mut budget = MAX_STEPS;
                let mut value = value;
                cut_flows(&mut value, &mut budget);
                cleaner.member("result", key, value)
            }
            _ => cleaner.member("result", key, value),
        };
        if let Some((name, value)) = cleaned {
            add(name, value.to_string().into());
        }
    }
    if let Some(rest) = message_rest(raw, cleaner) {
        add("message", rest.to_string().into());
    }
    if !places.elsewhere.is_empty() {
        add(
            "locations",
            Value::Array(std::mem::take(&mut places.elsewhere))
                .to_string()
                .into(),
        );
    }
    (!members.is_empty()).then(|| Box::new(Carried { members }))
}

/// Steps of all code flows of one result that are kept; GitHub refuses a log with more than 10,000 in one result.
const MAX_STEPS: usize = 10_000;

fn cut_flows(value: &mut Value, budget: &mut usize) {
    let flows = value.as_array_mut().into_iter().flatten();
    for flow in flows
        .filter_map(|flow| flow.get_mut("threadFlows")?.as_array_mut())
        .flatten()
    {
        if let Some(steps) = flow.get_mut("locations").and_then(Value::as_array_mut) {
            steps.truncate(*budget);
            *budget = budget.saturating_sub(steps.len());
        }
    }
}

/// What a message has besides its text: Markdown without arguments to fill in, and the property bag.
fn message_rest(raw: &RawResult<'_>, cleaner: &mut Cleaner<'_>) -> Option<Value> {
    let message = raw.get("message")?.get();
    if !message.contains("\"markdown\"") && !message.contains("\"properties\"") {
        return None;
    }
    let Ok(Value::Object(message)) = serde_json::from_str(message) else {
        return None;
    };
    let filled = message.get("id").is_none() && message.get("arguments").is_none();
    let mut kept = Map::new();
    for (key, value) in message {
        let wanted = key == "properties" || (key == "markdown" && filled);
        if wanted
            && let Some((key, value)) =
                cleaner.within("message", |c| c.member("message", &key, value))
        {
            kept.insert(key.to_owned(), value);
        }
    }
    (!kept.is_empty()).then_some(Value::Object(kept))
}

/// The date of `provenance.firstDetectionTimeUtc`, in UTC and whole seconds; nothing unless it is RFC 3339.
pub(super) fn first_detection(raw: &RawResult<'_>) -> Option<Text> {
    #[derive(serde::Deserialize)]
    struct Provenance<'a> {
        #[serde(borrow, rename = "firstDetectionTimeUtc")]
        first: Option<&'a RawValue>,
    }
    let provenance: Provenance<'_> = serde_json::from_str(raw.get("provenance")?.get()).ok()?;
    let written = super::message::text(provenance.first)?;
    crate::model::utc(&written)
}

/// The extra members in JSON, with those that a bag of ours had already.
pub(super) fn extra(cleaner: &mut Cleaner<'_>, known: Option<&RawValue>) -> Option<Box<str>> {
    let mut extra = std::mem::take(&mut cleaner.extra);
    if let Some(Ok(Value::Object(known))) = known.map(|raw| serde_json::from_str(raw.get())) {
        extra.extend(known);
    }
    (!extra.is_empty()).then(|| Value::Object(extra).to_string().into())
}

/// A note on dropped members without indexes, so that equal defects count as one.
pub(super) fn kind_of_note(dropped: &str) -> Cow<'_, str> {
    if !dropped.bytes().any(|byte| byte.is_ascii_digit()) {
        return Cow::Borrowed(dropped);
    }
    let steps = dropped.split('/').map(|step| match step.parse::<u64>() {
        Ok(_) => "*",
        Err(_) => step,
    });
    Cow::Owned(steps.collect::<Vec<&str>>().join("/"))
}
