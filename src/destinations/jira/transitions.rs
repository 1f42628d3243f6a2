//! Which transition moves an issue where it has to go. Workflows are the project's own: names of statuses tell little, their
//! categories are Jira's (`new`, `indeterminate`, `done`).

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
pub(super) struct Transitions {
    pub(super) transitions: Vec<Transition>,
}

/// A transition as Jira lists it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Transition {
    id: String,
    #[serde(default)]
    to: Option<To>,
    #[serde(default)]
    fields: BTreeMap<String, Field>,
}

#[derive(Clone, Debug, Deserialize)]
struct To {
    #[serde(default)]
    name: String,
    #[serde(rename = "statusCategory")]
    category: Option<Category>,
}

/// The category of a status.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Category {
    #[serde(default)]
    key: String,
}

impl Category {
    pub(super) fn is_done(&self) -> bool {
        self.key == "done"
    }
}

#[derive(Clone, Debug, Deserialize)]
struct Field {
    #[serde(default)]
    required: bool,
    #[serde(default, rename = "hasDefaultValue")]
    has_default: bool,
    #[serde(default, rename = "allowedValues")]
    allowed: Vec<Allowed>,
}

#[derive(Clone, Debug, Deserialize)]
struct Allowed {
    #[serde(default)]
    id: String,
    #[serde(default)]
    name: String,
}

/// The field that says how an issue ended.
const RESOLUTION: &str = "resolution";
/// Names of statuses and resolutions that mean fixed, the best first.
const FIXED: [&str; 4] = ["done", "fixed", "resolved", "closed"];

impl Transition {
    fn leads_to(&self, category: &str) -> bool {
        let to = self.to.as_ref().and_then(|to| to.category.as_ref());
        to.is_some_and(|to| to.key == category)
    }

    /// Whether nothing is asked for that we could not say.
    fn is_free(&self) -> bool {
        let mut asked = self
            .fields
            .iter()
            .filter(|(_, field)| field.required && !field.has_default);
        asked.all(|(name, field)| name == RESOLUTION && !field.allowed.is_empty())
    }

    fn rank(&self) -> usize {
        rank(self.to.as_ref().map_or("", |to| &to.name))
    }

    /// The body that performs it.
    fn body(&self) -> Value {
        let mut body = json!({ "transition": { "id": self.id } });
        let resolution = self.fields.get(RESOLUTION).filter(|field| field.required);
        let best =
            resolution.and_then(|field| field.allowed.iter().min_by_key(|one| rank(&one.name)));
        if let (Some(best), Some(members)) = (best, body.as_object_mut()) {
            members.insert(
                "fields".to_owned(),
                json!({ RESOLUTION: { "id": best.id } }),
            );
        }
        body
    }
}

/// How well a name says that something is fixed; smaller is better. "Won't do" and "Duplicate" end an issue, too.
fn rank(name: &str) -> usize {
    let place = FIXED
        .iter()
        .position(|word| name.eq_ignore_ascii_case(word));
    place.unwrap_or(FIXED.len())
}

/// The body of the transition that closes an issue as fixed; `None` where none leads to Done.
pub(super) fn closing(transitions: &[Transition]) -> Option<Value> {
    let those = transitions
        .iter()
        .filter(|one| one.leads_to("done") && one.is_free());
    those.min_by_key(|one| one.rank()).map(Transition::body)
}

/// The body of the transition that opens an issue again: to do before in progress; `None` where none leads out of Done.
pub(super) fn opening(transitions: &[Transition]) -> Option<Value> {
    let to = |category: &str| {
        let mut those = transitions.iter();
        those.find(|one| one.leads_to(category) && one.is_free())
    };
    to("new")
        .or_else(|| to("indeterminate"))
        .map(Transition::body)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(list: Value) -> Vec<Transition> {
        serde_json::from_value(list).unwrap()
    }

    fn one(id: &str, name: &str, category: &str) -> Value {
        json!({ "id": id, "to": { "name": name, "statusCategory": { "key": category } } })
    }

    #[test]
    fn fixed_is_not_duplicate() {
        let transitions = all(json!([
            one("1", "In Progress", "indeterminate"),
            one("2", "Won't do", "done"),
            one("3", "Closed", "done"),
            one("4", "Done", "done"),
            one("5", "Backlog", "new"),
        ]));
        assert_eq!(closing(&transitions).unwrap()["transition"]["id"], "4");
        assert_eq!(opening(&transitions).unwrap()["transition"]["id"], "5");
        assert_eq!(
            closing(&all(json!([one("2", "Erledigt", "done")]))).unwrap()["transition"]["id"],
            "2"
        );
        assert_eq!(opening(&transitions[..2]).unwrap()["transition"]["id"], "1");
        assert!(closing(&transitions[..1]).is_none() && opening(&transitions[1..4]).is_none());
        assert!(closing(&all(json!([{ "id": "1" }, { "id": "2", "to": {} }]))).is_none());
    }

    #[test]
    fn a_resolution_is_given_and_nothing_else_made_up() {
        let asking = |fields: Value| {
            let mut one = one("7", "Done", "done");
            one["fields"] = fields;
            all(json!([one]))
        };
        let resolution = json!({ "required": true, "allowedValues": [
            { "id": "1", "name": "Won't Do" }, { "id": "2", "name": "Fixed" }] });
        let body = closing(&asking(json!({ "resolution": resolution }))).unwrap();
        assert_eq!(
            body,
            json!({ "transition": { "id": "7" }, "fields": { "resolution": { "id": "2" } } })
        );
        let other = json!({ "required": true });
        assert!(closing(&asking(json!({ "customfield_1": other }))).is_none());
        let given = json!({ "required": true, "hasDefaultValue": true });
        assert!(
            closing(&asking(
                json!({ "customfield_1": given, "x": { "required": false } })
            ))
            .is_some()
        );
    }
}
