//! What waits for a part of the document that comes later: findings whose file is named behind them.

use super::door::MAX_FINDINGS;
use crate::syntax::{Json, ReadError};

/// A bounded list of what waits.
pub(super) struct Held<T> {
    items: Vec<T>,
}

impl<T> Held<T> {
    /// Nothing yet.
    pub(super) fn new() -> Held<T> {
        Held { items: Vec::new() }
    }

    /// Keeps one more. `json` is where the document stands, for the error.
    pub(super) fn push(&mut self, json: &Json<'_>, item: T) -> Result<(), ReadError> {
        if self.items.len() >= MAX_FINDINGS {
            return Err(json.error(format!(
                "more than {MAX_FINDINGS} findings wait for what the report says behind them; split the report"
            )));
        }
        self.items.push(item);
        Ok(())
    }

    /// How many wait.
    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    /// All of them, in order.
    pub(super) fn into_items(self) -> Vec<T> {
        self.items
    }
}
