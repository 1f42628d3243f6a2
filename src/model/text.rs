//! Shared text. Scanners say the same description once for every package it touches, so a reader keeps one copy.

use std::collections::HashSet;
use std::sync::Arc;

/// Text that several findings may share; cloning it copies a pointer.
pub type Text = Arc<str>;

/// One copy of each text of a report.
#[derive(Default)]
pub struct Texts {
    known: HashSet<Text>,
}

impl Texts {
    /// The shared copy of `text`.
    pub fn share(&mut self, text: &str) -> Text {
        if let Some(known) = self.known.get(text) {
            return known.clone();
        }
        let fresh: Text = text.into();
        self.known.insert(fresh.clone());
        fresh
    }

    /// As [`Texts::share`], with nothing for an empty or blank text: scanners write `""` where they mean "none".
    pub fn share_some(&mut self, text: &str) -> Option<Text> {
        let trimmed = text.trim();
        (!trimmed.is_empty()).then(|| self.share(trimmed))
    }
}
