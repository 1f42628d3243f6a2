//! The lists that only the config file has.

use serde_json::{Value, json};

use super::resolver::{Field, Resolver};
use crate::model::Severity;
use crate::settings::inputs::{IncompleteEntry, SeverityEntry};
use crate::settings::origin::Origin;
use crate::settings::values::Glob;

impl Resolver<'_> {
    pub(super) fn severity_map(&mut self) -> Vec<(String, String, Severity)> {
        let (entries, origin) = self.entries(|i| &i.severity_map);
        let mut map = Vec::new();
        for (index, entry) in entries.iter().enumerate() {
            let SeverityEntry {
                tool,
                rule,
                severity,
            } = entry;
            if tool.is_none() && rule.is_none() {
                let number = index.saturating_add(1);
                self.refuse(
                    "severity-map",
                    origin,
                    format!("entry {number} names neither a tool nor a rule"),
                );
            }
            let glob = |glob: &Option<Glob>| {
                glob.as_ref()
                    .map_or("*", |glob| glob.0.as_str())
                    .to_string()
            };
            map.push((glob(tool), glob(rule), severity.0));
        }
        let shown: Vec<Value> = map
            .iter()
            .map(|(tool, rule, severity)| {
                json!({ "tool": tool, "rule": rule, "severity": severity.word() })
            })
            .collect();
        self.show("severity-map", json!(shown), origin);
        map
    }

    pub(super) fn allow_tracked_reports(&mut self) -> bool {
        self.yes_or_no("allow-tracked-reports", |i| &i.allow_tracked_reports)
    }

    /// Something that only the config file can switch on.
    pub(super) fn yes_or_no(&mut self, name: &str, field: Field<bool>) -> bool {
        let picked = self.pick(field);
        let (said, origin) =
            picked.map_or((false, Origin::BuiltIn), |(said, origin)| (*said, origin));
        self.show(name, json!(said), origin);
        said
    }

    pub(super) fn allow_incomplete(&mut self) -> Vec<(String, String)> {
        let (entries, origin) = self.entries(|i| &i.allow_incomplete);
        let shown: Vec<Value> = entries
            .iter()
            .map(|IncompleteEntry { tool, until }| json!({ "tool": tool.0, "until": until.0 }))
            .collect();
        self.show("allow-incomplete", json!(shown), origin);
        entries
            .iter()
            .map(|IncompleteEntry { tool, until }| (tool.0.clone(), until.0.clone()))
            .collect()
    }
}
