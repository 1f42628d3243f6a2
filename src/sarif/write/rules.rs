//! The rules of a run, with all that GitHub asks of a rule.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use serde_sarif::sarif::{MultiformatMessageString, PropertyBag, ReportingDescriptor};

use super::plan::{Group, RuleUse};
use super::{Reader, limits};
use crate::model::{Finding, RuleText, Severity};
use crate::sarif::text::{cut, plain};
use crate::sarif::uri;

/// What a rule's short description will be: readers of the log take it for the title of findings that have none.
pub(super) fn short(id: &str, first: &Finding, text: Option<&RuleText>) -> String {
    let own = text
        .map(|text| plain(&text.short))
        .filter(|text| !text.trim().is_empty());
    let own = own.unwrap_or_else(|| plain(&first.title));
    let own = if own.trim().is_empty() {
        plain(id)
    } else {
        own
    };
    filled(&cut(&own, limits::DESCRIPTION))
}

/// Required texts may not be empty.
fn filled(text: &str) -> String {
    match text.trim().is_empty() {
        true => "(no text)".to_owned(),
        false => text.to_owned(),
    }
}

/// The texts that a tool's run has for a rule, also under the parent of a hierarchical id.
pub(super) fn texts<'a>(group: &Group<'a>, id: &str) -> Option<&'a RuleText> {
    let mut id = id;
    loop {
        if let Some(text) = group.runs.iter().find_map(|(_, run)| run.rules.get(id)) {
            return Some(text);
        }
        id = id.rsplit_once('/')?.0;
    }
}

/// The page of a rule.
pub(super) fn link<'a>(rule: &RuleUse<'a>) -> Option<&'a str> {
    rule.text
        .and_then(|text| text.link.as_deref())
        .or(rule.first.link.as_deref())
}

/// A rule that findings name.
pub(super) fn descriptor(rule: &RuleUse<'_>, reader: Reader) -> ReportingDescriptor {
    let empty = RuleText::default();
    let known = rule.text.unwrap_or(&empty);
    let short = short(rule.id, rule.first, rule.text);
    let candidates = [&*known.full, &*rule.first.message, &short];
    let full = candidates
        .iter()
        .map(|text| plain(text))
        .find(|text| !text.trim().is_empty());
    let full = filled(&cut(&full.unwrap_or_default(), limits::DESCRIPTION));
    let help = match known.help.trim().is_empty() {
        false => filled(&cut(&plain(&known.help), limits::HELP)),
        true => full.clone(),
    };
    let score = (!rule.quality)
        .then(|| security_severity(rule, known))
        .flatten();
    let mut made = base(rule.id, known, reader, score.is_some());
    made.short_description = Some(MultiformatMessageString::builder().text(short).build());
    made.full_description = Some(MultiformatMessageString::builder().text(full).build());
    let mut explained = MultiformatMessageString::builder().text(help).build();
    explained.markdown = markdown(&known.help_markdown);
    made.help = Some(explained);
    made.help_uri = link(rule).and_then(uri::web).map(|uri| uri.into_owned());
    let mut configuration = made.default_configuration.take().unwrap_or_default();
    configuration.level = Some(rule.worst.sarif_level().into());
    made.default_configuration = Some(configuration);
    if let Some(score) = score {
        let bag = made
            .properties
            .get_or_insert_with(|| PropertyBag::builder().build());
        bag.additional_properties
            .insert("security-severity".to_owned(), score.into());
    }
    made
}

/// A rule that nothing was found by: it says what was looked for.
pub(super) fn unused(id: &str, text: &RuleText) -> ReportingDescriptor {
    let mut made = base(id, text, Reader::Anybody, text.security_severity.is_some());
    // What a rule lacks is said by the next text, at last by its id: GitHub asks for all three.
    let first = |candidates: &[&str], most: usize| {
        let clean = candidates
            .iter()
            .map(|text| plain(text))
            .find(|text| !text.trim().is_empty());
        let text = filled(&cut(&clean.unwrap_or_default(), most));
        Some(MultiformatMessageString::builder().text(text).build())
    };
    made.short_description = first(&[&text.short, &text.full, id], limits::DESCRIPTION);
    made.full_description = first(&[&text.full, &text.short, id], limits::DESCRIPTION);
    made.help = first(&[&text.help, &text.full, &text.short, id], limits::HELP);
    if let Some(help) = &mut made.help {
        help.markdown = markdown(&text.help_markdown);
    }
    made.help_uri = text
        .link
        .as_deref()
        .and_then(uri::web)
        .map(|uri| uri.into_owned());
    if let Some(score) = text.security_severity {
        let bag = made
            .properties
            .get_or_insert_with(|| PropertyBag::builder().build());
        bag.additional_properties
            .insert("security-severity".to_owned(), format!("{score:.1}").into());
    }
    made
}

/// Id, name, tags and what the rule carried.
fn base(id: &str, text: &RuleText, reader: Reader, security: bool) -> ReportingDescriptor {
    let carried = text
        .carried
        .as_deref()
        .and_then(|json| serde_json::from_str(json).ok());
    let mut members: Map<String, Value> = carried.unwrap_or_default();
    let id = filled(&plain(id));
    members.insert("id".into(), id.clone().into());
    let parsed = serde_json::from_value(Value::Object(members));
    // Carried members were cleaned when they were read; should one not fit all the same, the rule goes without them.
    let mut made: ReportingDescriptor =
        parsed.unwrap_or_else(|_| ReportingDescriptor::builder().id(id).build());
    let name = text
        .name
        .as_deref()
        .map(plain)
        .filter(|name| !name.trim().is_empty());
    made.name = name.map(|name| cut(&name, limits::NAME).into_owned());
    let most = if reader == Reader::CodeScanning {
        limits::TAGS
    } else {
        2 * limits::TAGS
    };
    let mut tags: Vec<String> = Vec::new();
    let own = text.tags.iter().map(|tag| plain(tag).into_owned());
    for tag in security
        .then(|| "security".to_owned())
        .into_iter()
        .chain(own)
    {
        if tags.len() < most && !tag.trim().is_empty() && !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    if !tags.is_empty() {
        let bag = made
            .properties
            .get_or_insert_with(|| PropertyBag::builder().build());
        bag.tags = Some(tags);
    }
    made
}

/// The number that makes GitHub show the worst severity of the rule's findings: the rule's own or the CVSS score where
/// they say the same.
fn security_severity(rule: &RuleUse<'_>, text: &RuleText) -> Option<String> {
    let same =
        |score: &f32| *score > 0.0 && Severity::from_cvss(f64::from(*score)) == Some(rule.worst);
    let exact = text
        .security_severity
        .filter(same)
        .or(rule.cvss.filter(same));
    match exact {
        Some(score) => Some(format!("{score:.1}")),
        None => rule.worst.security_severity().map(str::to_owned),
    }
}

/// Markdown that shows text and nothing else: no HTML, no pictures that call home, no links that run code.
fn markdown(text: &str) -> Option<String> {
    let text = plain(text);
    let lower = text.to_ascii_lowercase();
    let tag = |(at, _): (usize, &str)| {
        let next = text.as_bytes().get(at.saturating_add(1));
        next.is_some_and(|b| b.is_ascii_alphabetic() || b"/!?".contains(b))
    };
    let unsafe_parts = text.match_indices('<').any(tag)
        || lower.contains("](javascript:")
        || lower.contains("](data:")
        || lower.contains("![")
        || text.len() > limits::HELP;
    (!unsafe_parts && !text.trim().is_empty()).then(|| text.into_owned())
}

/// Properties for the driver of a log of ours: nothing but where it was made.
pub(super) fn driver_properties(version: &str) -> BTreeMap<String, Value> {
    BTreeMap::from([(
        crate::sarif::bag::KEY.to_owned(),
        json!({ "version": version }),
    )])
}
