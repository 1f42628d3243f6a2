//! Tool components: the driver and the extensions, with their rules.

use serde_json::{Map, Value};

use super::rules;
use super::run::{RunReader, walk_list, walk_object};
use super::tool::{self, Known};
use crate::model::Texts;
use crate::sarif::tables::Component;
use crate::sarif::uri;
use crate::syntax::{Json, ReadError};

impl RunReader {
    /// The driver (`None`) or an extension.
    pub(super) fn component(
        &mut self,
        json: &mut Json<'_>,
        extension: Option<usize>,
        texts: &mut Texts,
    ) -> Result<(), ReadError> {
        let mut members = Map::new();
        walk_object(json, |json, key| {
            if key == "rules" {
                return walk_list(json, |json, _| {
                    let value: Value = json.parse()?;
                    // An element that is no rule keeps its place, because results count by index.
                    let rule = rules::rule(value, texts).unwrap_or_default();
                    self.rules.add(extension, rule);
                    Ok(())
                });
            }
            if DESCRIBES.contains(&key) {
                members.insert(key.to_owned(), json.parse()?);
                return Ok(());
            }
            json.skip()
        })?;
        if let Some(index) = extension {
            let value = Value::Object(members);
            while self.tables.extensions.len() < index {
                self.tables.extensions.push(Component::default());
            }
            self.tables.extensions.push(described(&value));
            match self.kept.iter_mut().find(|(name, _)| *name == "extensions") {
                Some((_, Value::Array(list))) => list.push(value),
                _ => self.kept.push(("extensions", Value::Array(vec![value]))),
            }
            return Ok(());
        }
        let text = |key: &str| {
            members
                .get(key)
                .and_then(Value::as_str)
                .map(str::trim)
                .filter(|text| !text.is_empty())
        };
        let name = text("name").unwrap_or("unknown");
        self.run.tool = texts.share(&tool::id(name));
        self.run.name = texts.share(name);
        self.known = Known::of(&self.run.tool);
        let version = ["semanticVersion", "version", "dottedQuadFileVersion"];
        // Gitleaks calls itself v8.0.0 whatever it is.
        let believed = self.known != Known::Gitleaks;
        let version = version
            .iter()
            .find_map(|key| text(key))
            .filter(|v| believed || *v != "v8.0.0");
        self.run.version = version.map(|version| texts.share(version));
        self.run.link = text("informationUri")
            .and_then(uri::web)
            .map(|link| texts.share(&link));
        for key in ["name", "version", "semanticVersion", "informationUri"] {
            members.remove(key);
        }
        if !members.is_empty() {
            self.kept.push(("driver", Value::Object(members)));
        }
        Ok(())
    }
}

/// Members of a tool component that are looked at or carried; its notifications, taxa and translations are not.
const DESCRIBES: [&str; 14] = [
    "name",
    "guid",
    "organization",
    "product",
    "productSuite",
    "shortDescription",
    "fullDescription",
    "fullName",
    "version",
    "semanticVersion",
    "dottedQuadFileVersion",
    "downloadUri",
    "informationUri",
    "properties",
];

/// What references need of a component.
pub(super) fn described(value: &Value) -> Component {
    let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let taxa = value
        .get("taxa")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    Component {
        name: text("name").unwrap_or_default(),
        guid: text("guid"),
        taxa: taxa
            .map(|t| {
                t.get("id")
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    .to_owned()
            })
            .collect(),
    }
}
