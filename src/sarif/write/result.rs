//! One finding as a SARIF result.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;

use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::object::{Object, Out};
use super::plan::Group;
use super::{Log, Lost, Reader, limits, place, rules};
use crate::model::{Finding, Fingerprint, Kind, Place, SCANNER_SUPPRESSIONS};
use crate::sarif::bag::{Bag, BagSuppression, KEY};
use crate::sarif::text::{cut as shorten, message as escaped, plain};
use crate::sarif::{EXTRA, FINGERPRINT_KEY, FIRST_DETECTION};

/// Writes the finding with this index.
pub(super) fn write(
    log: &Log<'_>,
    group: &Group<'_>,
    index: usize,
    reader: Reader,
    cut: &mut Lost,
    out: &mut Out<'_>,
) -> io::Result<()> {
    let Some(finding) = log.findings.get(index) else {
        return Ok(());
    };
    let at = group.by_id.get(&*finding.rule).copied().unwrap_or_default();
    let rule = group.rules.get(at);
    let carried = |name: &str| {
        let members = &finding.carried.as_ref()?.members;
        members
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, json)| &**json)
    };
    let title = plain(&finding.title);
    let mut bag = Bag::of(finding);
    if let Some(rule) = rule {
        if rule.title.as_deref() != Some(&*title) {
            bag.title = Some(shorten(&title, limits::MESSAGE).into_owned().into());
        }
        if rules::link(rule) != finding.link.as_deref() {
            bag.link = Some(finding.link.as_deref().unwrap_or_default().into());
        }
    }
    let provenance = carried("provenance");
    bag.undated = finding.known.first_seen.is_none()
        && provenance.is_some_and(|json| json.contains(FIRST_DETECTION));
    bag.extra = carried(EXTRA).and_then(|json| serde_json::from_str::<&RawValue>(json).ok());

    let mut result = Object::begin(out)?;
    let id = plain(&finding.rule);
    result.put("ruleId", &*rule_id(finding))?;
    result.put("ruleIndex", &at)?;
    result.put("level", finding.severity.sarif_level())?;

    let mut said = plain(&finding.message);
    if said.trim().is_empty() {
        bag.untold = true;
        said = if title.trim().is_empty() { id } else { title };
    }
    let said = if said.trim().is_empty() {
        "(no text)".into()
    } else {
        said
    };
    // An alert shows its message, not our properties.
    let said = match package(finding).filter(|_| reader == Reader::CodeScanning) {
        Some(package) => format!("{package}: {said}").into(),
        None => said,
    };
    let mut message = result.object("message")?;
    message.text("text", &escaped(&shorten(&said, limits::MESSAGE)))?;
    if let Some(rest) = carried("message") {
        message.members(rest)?;
    }
    message.end()?;

    place::write(
        finding,
        carried("locations"),
        reader,
        cut,
        result.name("locations")?,
    )?;
    fingerprints(finding, carried("partialFingerprints"), reader, &mut result)?;
    if reader == Reader::Anybody {
        suppressions(log, index, finding, &mut result)?;
    }
    if let Some(state) = finding.known.state {
        result.put("baselineState", state.word())?;
    }
    dates(finding, provenance, &mut result)?;
    for (name, json) in finding.carried.iter().flat_map(|carried| &carried.members) {
        match *name {
            "provenance" => {}
            "message" | "locations" | "partialFingerprints" | "properties" | EXTRA => {}
            "codeFlows" | "relatedLocations" if reader == Reader::CodeScanning => {
                if let Some(value) = with_files(name, json, cut) {
                    result.put(name, &value)?;
                }
            }
            _ => result.raw(name, json)?,
        }
    }
    let mut properties = result.object("properties")?;
    properties.put(KEY, &bag)?;
    if let Some(rest) = carried("properties") {
        properties.members(rest)?;
    }
    properties.end()?;
    result.end()
}

/// The id of its rule, which may not be empty.
pub(super) fn rule_id(finding: &Finding) -> Cow<'_, str> {
    let id = plain(&finding.rule);
    match id.trim().is_empty() {
        true => "(no text)".into(),
        false => id,
    }
}

/// When the finding was first seen, beside what the scanner said of its provenance.
fn dates(finding: &Finding, carried: Option<&str>, result: &mut Object<'_, '_>) -> io::Result<()> {
    let Some(first_seen) = &finding.known.first_seen else {
        return carried.map_or(Ok(()), |json| result.raw("provenance", json));
    };
    let mut members: Map<String, Value> = carried
        .and_then(|json| serde_json::from_str(json).ok())
        .unwrap_or_default();
    members.insert(FIRST_DETECTION.into(), plain(first_seen).into());
    result.put("provenance", &members)
}

fn fingerprints(
    finding: &Finding,
    carried: Option<&str>,
    reader: Reader,
    result: &mut Object<'_, '_>,
) -> io::Result<()> {
    // By name, each with its JSON.
    let mut all: BTreeMap<Cow<'_, str>, Cow<'_, str>> = carried.map(members).unwrap_or_default();
    let own =
        (finding.fingerprint != Fingerprint::default()).then(|| finding.fingerprint.to_string());
    if let Some(own) = &own {
        all.insert(FINGERPRINT_KEY.into(), format!("\"{own}\"").into());
    }
    if let Some(hash) = &finding.line_hash {
        all.insert(
            LINE_HASH.into(),
            Value::from(plain(hash)).to_string().into(),
        );
    } else if let (Reader::CodeScanning, Some(own)) = (reader, &own) {
        // The only fingerprint that GitHub uses. Findings that stand at a stand-in share its line, and Grype's value is
        // the same for all advisories of a package, so they get one of their own.
        let own_line = finding
            .locations
            .iter()
            .any(|location| location.place == Place::Workspace);
        if !own_line || finding.kind == Kind::Vulnerability || !all.contains_key(LINE_HASH) {
            let short = own.get(..16).unwrap_or(own);
            all.insert(LINE_HASH.into(), format!("\"{short}:1\"").into());
        }
    }
    if all.is_empty() {
        return Ok(());
    }
    let mut object = result.object("partialFingerprints")?;
    for (name, json) in &all {
        object.raw(name, json)?;
    }
    object.end()
}

/// The vulnerable package in a few words, unless the message begins with it (Trivy's own log).
fn package(finding: &Finding) -> Option<String> {
    let package = finding.package.as_ref()?;
    if finding.kind != Kind::Vulnerability || finding.message.starts_with("Package:") {
        return None;
    }
    let mut words = plain(&package.name).into_owned();
    if let Some(version) = &package.version {
        words = format!("{words} {}", plain(version));
    }
    if let Some((first, rest)) = package.fixed.split_first() {
        let all = rest
            .iter()
            .take(3)
            .fold(plain(first).into_owned(), |all, next| {
                format!("{all}, {}", plain(next))
            });
        words = format!("{words} (fixed in {all})");
    }
    Some(words)
}

/// The members of a JSON object, each with its JSON.
fn members(json: &str) -> BTreeMap<Cow<'_, str>, Cow<'_, str>> {
    if let Ok(plain) = serde_json::from_str::<BTreeMap<&str, &RawValue>>(json) {
        return plain
            .into_iter()
            .map(|(name, json)| (Cow::Borrowed(name), Cow::Borrowed(json.get())))
            .collect();
    }
    // A name with an escape in it cannot be borrowed.
    let all: BTreeMap<String, Value> = serde_json::from_str(json).unwrap_or_default();
    all.into_iter()
        .map(|(name, value)| (name.into(), value.to_string().into()))
        .collect()
}

/// Key of the fingerprint that GitHub matches alerts by.
const LINE_HASH: &str = "primaryLocationLineHash";

/// What set the finding aside: the scanner, the gate, both, or nobody. A suppression of the scanner that the gate did not
/// accept stays in the log as rejected, beside whatever else excuses the finding.
fn suppressions(
    log: &Log<'_>,
    index: usize,
    finding: &Finding,
    result: &mut Object<'_, '_>,
) -> io::Result<()> {
    let mut all = Vec::new();
    let suppression = super::suppression(finding);
    let excuses = log.excuses(index);
    if let Some(suppression) = suppression {
        let mut one = Map::new();
        one.insert("kind".into(), suppression.kind.into());
        let counted = excuses.as_ref().is_none_or(|excuses| {
            excuses
                .iter()
                .any(|ruling| ruling.by == SCANNER_SUPPRESSIONS)
        });
        let status = if counted { "accepted" } else { "rejected" };
        one.insert("status".into(), status.into());
        let reason = plain(&suppression.reason);
        if !reason.trim().is_empty() {
            one.insert("justification".into(), reason.into());
        }
        one.insert(
            "properties".into(),
            json!({ KEY: BagSuppression::of(suppression) }),
        );
        all.push(Value::Object(one));
    }
    for ruling in excuses.into_iter().flatten() {
        if ruling.by == SCANNER_SUPPRESSIONS && suppression.is_some() {
            continue;
        }
        all.push(json!({
            "kind": "external",
            "status": "accepted",
            "justification": plain(&ruling.why),
            "properties": { KEY: {"ruling": ruling.by} },
        }));
    }
    match all.is_empty() {
        true => Ok(()),
        false => result.put("suppressions", &all),
    }
}

/// Code flows and related locations as code scanning takes them: every location with a file, not too many steps.
fn with_files(name: &str, json: &str, cut: &mut Lost) -> Option<Value> {
    let Ok(Value::Array(mut list)) = serde_json::from_str(json) else {
        return None;
    };
    let has_file = |location: Option<&Value>| {
        location.is_some_and(|location| {
            location
                .pointer("/physicalLocation/artifactLocation/uri")
                .is_some()
        })
    };
    if name == "relatedLocations" {
        list.retain(|location| has_file(Some(location)));
    } else {
        let mut left = limits::STEPS;
        for flow in list
            .iter_mut()
            .filter_map(|flow| flow.get_mut("threadFlows")?.as_array_mut())
            .flatten()
        {
            if let Some(steps) = flow.get_mut("locations").and_then(Value::as_array_mut) {
                steps.retain(|step| has_file(step.get("location")));
                let over = steps.len().saturating_sub(left);
                cut.steps = cut.steps.saturating_add(over as u64);
                steps.truncate(left);
                left = left.saturating_sub(steps.len());
            }
        }
        for flow in &mut list {
            if let Some(threads) = flow.get_mut("threadFlows").and_then(Value::as_array_mut) {
                threads.retain(|thread| thread.pointer("/locations/0").is_some());
            }
        }
        list.retain(|flow| flow.pointer("/threadFlows/0").is_some());
    }
    (!list.is_empty()).then_some(Value::Array(list))
}
