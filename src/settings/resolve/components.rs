//! The components of the config file.

use serde_json::{Map, Value, json};

use super::resolver::Resolver;
use super::rows::{NO_BUDGET, conditions};
use crate::gate::components::Component;
use crate::gate::language::{Conditions, Pattern};
use crate::settings::inputs::ComponentEntry;
use crate::settings::origin::{Origin, quoted};
use crate::settings::read_judge;
use crate::settings::values::Terms;

/// Most components. Each finding is held against all of their globs.
const COMPONENTS_MOST: usize = 500;

impl Resolver<'_> {
    /// The components, in the order of the file.
    pub(super) fn components(&mut self) -> Vec<Component> {
        let Some((entries, origin)) = self.pick(|i| &i.components) else {
            self.show("components", Value::Null, Origin::BuiltIn);
            return Vec::new();
        };
        if entries.0.len() > COMPONENTS_MOST {
            let count = entries.0.len();
            let text = format!("there are {count} components, more than {COMPONENTS_MOST}");
            self.refuse("components", origin, text);
            return Vec::new();
        }
        let components: Vec<Component> = entries
            .0
            .iter()
            .map(|(name, entry)| self.component(name, entry, origin))
            .collect();
        let shown: Vec<Value> = components.iter().map(shown).collect();
        self.show("components", json!(shown), origin);
        components
    }

    fn component(&mut self, name: &str, entry: &ComponentEntry, origin: Origin) -> Component {
        let key = format!("components.{name}");
        self.take(&key, origin, read_judge::name(name));
        if entry.paths.0.is_empty() {
            let text = "the component has no paths; list globs over paths of the repository";
            self.refuse(&format!("{key}.paths"), origin, text);
        }
        let mut paths = Vec::new();
        for glob in &entry.paths.0 {
            let read = Pattern::path(glob).map_err(|text| format!("{} {text}", quoted(glob)));
            paths.extend(self.take(&format!("{key}.paths"), origin, read));
        }
        let owner = entry.owner.as_ref().and_then(|owner| {
            let read = read_judge::owner(&owner.0);
            self.take(&format!("{key}.owner"), origin, read)
        });
        let exclude = self.own(&key, "exclude", entry.exclude.as_ref(), origin);
        if exclude.as_ref().is_some_and(|own| own.budget().is_some()) {
            self.refuse(&format!("{key}.exclude"), origin, NO_BUDGET);
        }
        Component {
            name: name.to_string(),
            paths,
            owner,
            fail_on: self.own(&key, "fail-on", entry.fail_on.as_ref(), origin),
            warn_on: self.own(&key, "warn-on", entry.warn_on.as_ref(), origin),
            note_on: self.own(&key, "note-on", entry.note_on.as_ref(), origin),
            exclude,
        }
    }

    /// A row of a component's own.
    fn own(
        &mut self,
        key: &str,
        row: &str,
        terms: Option<&Terms>,
        origin: Origin,
    ) -> Option<Conditions> {
        self.take(&format!("{key}.{row}"), origin, conditions(&terms?.0))
    }
}

/// A component as it is shown: what it says, in canonical spelling.
fn shown(component: &Component) -> Value {
    let paths: Vec<&str> = component.paths.iter().map(Pattern::text).collect();
    let mut fields = Map::new();
    fields.insert("name".to_string(), json!(component.name));
    fields.insert("paths".to_string(), json!(paths));
    if let Some(owner) = &component.owner {
        fields.insert("owner".to_string(), json!(owner));
    }
    for (row, own) in [
        ("fail-on", &component.fail_on),
        ("warn-on", &component.warn_on),
        ("note-on", &component.note_on),
        ("exclude", &component.exclude),
    ] {
        if let Some(own) = own {
            fields.insert(row.to_string(), json!(own.to_string()));
        }
    }
    Value::Object(fields)
}
