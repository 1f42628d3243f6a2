//! The rules of a run: read once, found by every result.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::severity::Score;
use crate::model::{RuleText, Text, Texts};
use crate::sarif::clean::Cleaner;
use crate::sarif::uri;

/// A rule as results need it.
#[derive(Debug, Default)]
pub(super) struct Rule {
    pub(super) id: Id,
    pub(super) guid: Option<String>,
    /// `defaultConfiguration.level`.
    pub(super) level: Option<String>,
    pub(super) score: Option<Score>,
    /// CVSS base score that Trivy gives beside it.
    pub(super) cvss: Option<f64>,
    /// `problem.severity` (CodeQL).
    pub(super) problem: Option<String>,
    /// `messageStrings`.
    pub(super) messages: Vec<(String, String)>,
    pub(super) name: String,
    pub(super) text: RuleText,
    /// Members that only carry on, cleaned when the run ends.
    pub(super) rest: Map<String, Value>,
}

/// A rule id, by default empty.
#[derive(Clone, Debug)]
pub(super) struct Id(pub(super) Text);

impl Default for Id {
    fn default() -> Self {
        Id("".into())
    }
}

/// All rules of a run: those of the driver, then those of each extension.
#[derive(Debug, Default)]
pub(super) struct Rules {
    pub(super) driver: Vec<Rule>,
    pub(super) extensions: Vec<Vec<Rule>>,
    by_id: HashMap<Text, (Option<usize>, usize)>,
}

/// How a result refers to its rule.
#[derive(Debug, Default)]
pub(super) struct Reference<'a> {
    pub(super) id: Option<&'a str>,
    pub(super) guid: Option<&'a str>,
    pub(super) index: Option<usize>,
    /// Index of the extension.
    pub(super) extension: Option<usize>,
}

impl Rules {
    /// Adds a rule of the driver or of an extension.
    pub(super) fn add(&mut self, extension: Option<usize>, rule: Rule) {
        let id = rule.id.0.clone();
        let list = match extension {
            None => &mut self.driver,
            Some(index) => {
                while self.extensions.len() <= index {
                    self.extensions.push(Vec::new());
                }
                match self.extensions.get_mut(index) {
                    Some(list) => list,
                    None => return,
                }
            }
        };
        let at = list.len();
        list.push(rule);
        if !id.is_empty() {
            self.by_id.entry(id).or_insert((extension, at));
        }
    }

    fn get(&self, extension: Option<usize>, index: usize) -> Option<&Rule> {
        match extension {
            None => self.driver.get(index),
            Some(extension) => self.extensions.get(extension)?.get(index),
        }
    }

    /// The rule that a result means: by the extension it names, by the driver's index where the id agrees, by the id,
    /// also with its last parts cut off (`CA1000/1`), by the guid.
    pub(super) fn find(&self, reference: &Reference<'_>) -> Option<&Rule> {
        let agrees = |rule: &&Rule| match reference.id {
            None | Some("") => true,
            Some(id) => {
                let known: &str = &rule.id.0;
                id == known
                    || id
                        .strip_prefix(known)
                        .is_some_and(|rest| rest.starts_with('/'))
            }
        };
        if let (Some(extension), Some(index)) = (reference.extension, reference.index) {
            if let Some(rule) = self.get(Some(extension), index).filter(agrees) {
                return Some(rule);
            }
        } else if let Some(rule) = reference
            .index
            .and_then(|i| self.get(None, i))
            .filter(agrees)
        {
            return Some(rule);
        }
        let mut id = reference.id.unwrap_or_default();
        loop {
            if let Some((extension, index)) = self.by_id.get(id).copied() {
                return self.get(extension, index);
            }
            match id.rsplit_once('/') {
                Some((parent, _)) => id = parent,
                None => break,
            }
        }
        let guid = reference.guid?;
        let mut all = self.driver.iter().chain(self.extensions.iter().flatten());
        all.find(|rule| rule.guid.as_deref() == Some(guid))
    }
}

/// A rule out of its reporting descriptor. Broken parts of it are dropped: a rule only explains.
pub(super) fn rule(value: Value, texts: &mut Texts) -> Option<Rule> {
    let Value::Object(mut members) = value else {
        return None;
    };
    let take = |members: &mut Map<String, Value>, key: &str| match members.remove(key) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    };
    let id = take(&mut members, "id").unwrap_or_default();
    let name = take(&mut members, "name").unwrap_or_default();
    let mut said = |key: &str, form: &str| match members.get(key).and_then(|m| m.get(form)) {
        Some(Value::String(text)) => texts.share(text),
        _ => "".into(),
    };
    let mut text = RuleText {
        short: said("shortDescription", "text"),
        full: said("fullDescription", "text"),
        help: said("help", "text"),
        help_markdown: said("help", "markdown"),
        ..RuleText::default()
    };
    for key in ["shortDescription", "fullDescription", "help"] {
        members.remove(key);
    }
    text.link =
        take(&mut members, "helpUri").and_then(|link| uri::web(&link).map(|l| l.as_ref().into()));
    text.name = (!name.is_empty()).then(|| texts.share(&name));
    let configuration = members.get("defaultConfiguration");
    let level = configuration
        .and_then(|c| c.get("level"))
        .and_then(Value::as_str);
    let mut found = Rule {
        id: Id(texts.share(&id)),
        guid: members
            .get("guid")
            .and_then(Value::as_str)
            .map(str::to_owned),
        level: level.map(str::to_owned),
        messages: messages(members.get("messageStrings")),
        name,
        ..Rule::default()
    };
    if let Some(Value::Object(bag)) = members.get_mut("properties") {
        let raw = |value: Value| serde_json::value::to_raw_value(&value).ok();
        found.score = bag
            .remove("security-severity")
            .and_then(raw)
            .and_then(|raw| Score::of(&raw));
        found.problem = bag
            .get("problem.severity")
            .and_then(Value::as_str)
            .map(str::to_owned);
        let scores = ["cvssv40_baseScore", "cvssv3_baseScore"];
        found.cvss = scores
            .iter()
            .find_map(|key| bag.get(*key).and_then(Value::as_f64));
        if let Some(Value::Array(tags)) = bag.remove("tags") {
            let tags = tags.iter().filter_map(Value::as_str).take(MAX_TAGS);
            text.tags = tags.map(|tag| texts.share(tag)).collect();
        }
    }
    if let Some(Score::Valid(score)) = found.score {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "between 0 and 10, shown with one digit"
        )]
        let score = score as f32;
        text.security_severity = Some(score);
    }
    found.text = text;
    found.rest = members;
    Some(found)
}

/// Tags of one rule that are kept; GitHub refuses a log with more than 20.
const MAX_TAGS: usize = 20;

fn messages(strings: Option<&Value>) -> Vec<(String, String)> {
    let Some(Value::Object(strings)) = strings else {
        return Vec::new();
    };
    let text = |value: &Value| value.get("text").and_then(Value::as_str).map(str::to_owned);
    strings
        .iter()
        .filter_map(|(id, value)| Some((id.clone(), text(value)?)))
        .collect()
}

impl Rule {
    /// The rule's texts for the log that we write, its other members cleaned.
    pub(super) fn into_text(mut self, cleaner: &mut Cleaner<'_>) -> RuleText {
        let mut kept = Map::new();
        for (key, value) in std::mem::take(&mut self.rest) {
            if value.is_null() {
                continue;
            }
            if let Some((key, value)) = cleaner.member("reportingDescriptor", &key, value) {
                let empty = match &value {
                    Value::Object(members) => members.is_empty(),
                    Value::Array(list) => list.is_empty(),
                    _ => false,
                };
                if !empty {
                    kept.insert(key.to_owned(), value);
                }
            }
        }
        if !kept.is_empty() {
            self.text.carried = Some(Value::Object(kept).to_string().into());
        }
        self.text
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn rules_are_found_in_the_order_of_the_standard() {
        let mut rules = Rules::default();
        let mut texts = Texts::default();
        for (extension, id) in [(None, "A"), (None, "B/x"), (Some(1), "C"), (Some(1), "A")] {
            if let Some(mut rule) = rule(json!({"id": id}), &mut texts) {
                rule.name = format!("{extension:?} {id}");
                rules.add(extension, rule);
            }
        }
        for (id, index, extension, found) in [
            (Some("A"), Some(0), None, Some("None A")),
            (Some("A"), Some(1), None, Some("None A")),
            (None, Some(1), None, Some("None B/x")),
            (Some("C"), None, None, Some("Some(1) C")),
            (Some("A"), Some(1), Some(1), Some("Some(1) A")),
            (Some("A/1/2"), None, None, Some("None A")),
            (Some("B/x/7"), Some(1), None, Some("None B/x")),
            (Some("AA"), Some(0), None, None),
            (Some("D"), Some(99), Some(99), None),
            (None, None, None, None),
        ] {
            let reference = Reference {
                id,
                index,
                extension,
                guid: None,
            };
            let rule = rules.find(&reference).map(|rule| rule.name.as_str());
            assert_eq!(rule, found, "{id:?} {index:?} {extension:?}");
        }
    }
}
