//! A result as it stands in the log: its members in one pass, none of them looked into before somebody asks.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::message::text;
use crate::syntax::OrNothing;

/// The members of a result, not looked into.
pub(super) struct RawResult<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de> Deserialize<'de> for RawResult<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = RawResult<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a result, an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members: Vec<(Cow<'de, str>, &'de RawValue)> = Vec::with_capacity(12);
                while let Some(Key(key)) = map.next_key()? {
                    if members.len() >= MAX_MEMBERS {
                        return Err(serde::de::Error::custom("a result with too many members"));
                    }
                    if members.iter().any(|(known, _)| *known == key) {
                        return Err(serde::de::Error::custom(format!(
                            "the member {key:?} comes twice"
                        )));
                    }
                    members.push((key, map.next_value()?));
                }
                Ok(RawResult(members))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

/// Members of one result; SARIF knows 29.
const MAX_MEMBERS: usize = 500;

impl<'a> RawResult<'a> {
    /// The member `key`.
    pub(super) fn get(&self, key: &str) -> Option<&'a RawValue> {
        self.0
            .iter()
            .find(|(known, _)| known == key)
            .map(|(_, value)| *value)
    }

    /// All members.
    pub(super) fn members(&self) -> impl Iterator<Item = (&str, &'a RawValue)> {
        self.0.iter().map(|(key, value)| (&**key, *value))
    }

    pub(super) fn text(&self, key: &str) -> Option<Cow<'a, str>> {
        text(self.get(key))
    }

    /// The result as JSON without white space, for the time until its run is known.
    pub(super) fn keep(&self) -> Box<str> {
        let mut json = String::from("{");
        for (key, value) in self.members() {
            if json.len() > 1 {
                json.push(',');
            }
            json.push_str(&serde_json::Value::from(key).to_string());
            json.push(':');
            minify(value.get(), &mut json);
        }
        json.push('}');
        json.into()
    }
}

fn minify(json: &str, out: &mut String) {
    // Pieces between runs of white space; a piece ends inside a text only at that text's end.
    let mut rest = json;
    while let Some((before, from)) = rest
        .find(['"', ' ', '\n', '\r', '\t'])
        .and_then(|at| rest.split_at_checked(at))
    {
        out.push_str(before);
        if !from.starts_with('"') {
            rest = from.trim_start_matches([' ', '\n', '\r', '\t']);
            continue;
        }
        let (text, after) = from
            .split_at_checked(text_length(from))
            .unwrap_or((from, ""));
        out.push_str(text);
        rest = after;
    }
    out.push_str(rest);
}

/// Length of the JSON text at the start of `json`, with its quotes.
fn text_length(json: &str) -> usize {
    let bytes = json.as_bytes();
    let mut at = 1usize;
    while let Some(hit) = memchr::memchr2(b'"', b'\\', bytes.get(at..).unwrap_or_default()) {
        at = at.saturating_add(hit);
        if bytes.get(at) == Some(&b'"') {
            return at.saturating_add(1);
        }
        at = at.saturating_add(2);
    }
    json.len()
}

/// `rule` of a result.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct RuleReference<'a> {
    #[serde(borrow)]
    pub(super) id: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) guid: Option<&'a RawValue>,
    pub(super) index: OrNothing<i64>,
    #[serde(borrow)]
    pub(super) tool_component: OrNothing<ComponentReference<'a>>,
}

/// `toolComponent` of a reference.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ComponentReference<'a> {
    pub(super) index: OrNothing<i64>,
    #[serde(borrow)]
    pub(super) name: Option<&'a RawValue>,
}

/// What is looked at in the property bag of a result.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Properties<'a> {
    #[serde(borrow, rename = "security-severity")]
    pub(super) security_severity: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) issue_severity: Option<&'a RawValue>,
    pub(super) tags: OrNothing<Vec<String>>,
    #[serde(borrow, rename = "sarifGate")]
    pub(super) ours: Option<&'a RawValue>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_goes_but_not_in_texts() {
        let mut out = String::new();
        minify("{ \"a b\\\" c\" :\n [1, \"\\\\\" , 2 ] }", &mut out);
        assert_eq!(out, "{\"a b\\\" c\":[1,\"\\\\\",2]}");
    }
}
