//! The rows of the table, what is set aside, and limits on numbers.

use serde_json::{Value, json};

use super::resolver::{Field, Resolver};
use crate::gate::language::Conditions;
use crate::gate::thresholds::{Subject, Thresholds};
use crate::gate::{Beside, Preset, Row};
use crate::settings::origin::Origin;
use crate::settings::values::Terms;

/// What is said of a budget in `exclude`.
pub(super) const NO_BUDGET: &str =
    "a budget (>N) makes no sense here: it would set everything aside once there is too much of it";

/// Terms of the gate language, or what is wrong with them.
pub(super) fn conditions(text: &str) -> Result<Conditions, String> {
    // An empty row would let everything through, which nobody should get by forgetting a value.
    if text.trim().is_empty() {
        return Err("there is no term; write none to empty the row".to_string());
    }
    Conditions::parse(text.trim()).map_err(|error| error.to_string())
}

impl Resolver<'_> {
    /// A row of the table: terms, or what the preset says.
    pub(super) fn row(&mut self, row: Row, field: Field<Terms>, preset: Preset) -> Conditions {
        match self.pick(field) {
            Some((terms, origin)) => self.terms(row.word(), &terms.0, origin),
            None => self.terms(row.word(), preset.row(row), Origin::Preset),
        }
    }

    /// A row beside the table; `None` where nobody gives it.
    pub(super) fn beside(&mut self, row: Beside, field: Field<Terms>) -> Option<Conditions> {
        let Some((terms, origin)) = self.pick(field) else {
            self.show(row.word(), Value::Null, Origin::BuiltIn);
            return None;
        };
        Some(self.terms(row.word(), &terms.0, origin))
    }

    pub(super) fn exclude(&mut self) -> Conditions {
        match self.pick(|i| &i.exclude) {
            Some((terms, origin)) if !terms.0.trim().is_empty() => {
                let conditions = self.terms("exclude", &terms.0, origin);
                if conditions.budget().is_some() {
                    self.refuse("exclude", origin, NO_BUDGET);
                }
                conditions
            }
            other => {
                let origin = other.map_or(Origin::BuiltIn, |(_, origin)| origin);
                self.show("exclude", json!("none"), origin);
                Conditions::default()
            }
        }
    }

    /// Terms, shown in their canonical spelling; as they were written where they cannot be read.
    fn terms(&mut self, name: &str, text: &str, origin: Origin) -> Conditions {
        let text = text.trim();
        let read = conditions(text);
        let shown = read
            .as_ref()
            .map_or(text.to_string(), Conditions::to_string);
        self.show(name, json!(shown), origin);
        self.take(name, origin, read).unwrap_or_default()
    }

    /// Limits on numbers, shown in their canonical spelling; as they were written where they cannot be read.
    pub(super) fn thresholds(
        &mut self,
        name: &str,
        field: Field<Terms>,
        subject: Subject,
    ) -> Thresholds {
        let Some((text, origin)) = self.pick(field) else {
            self.show(name, json!("none"), Origin::BuiltIn);
            return Thresholds::default();
        };
        let read = Thresholds::parse(subject, &text.0).map_err(|error| error.to_string());
        let shown = read
            .as_ref()
            .map_or(text.0.trim().to_string(), Thresholds::to_string);
        self.show(name, json!(shown), origin);
        self.take(name, origin, read).unwrap_or_default()
    }
}
