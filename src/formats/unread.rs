//! Documents that are known by name and not read: refused with a sentence that says what they are.

use crate::json::Sketch;

/// A document that no reader of ours takes yet.
pub struct Unread {
    /// The document kind.
    pub document: &'static str,
    /// What it is, in a few words.
    pub what: &'static str,
    /// What to do instead.
    pub instead: &'static str,
    /// Whether this is it.
    pub recognises: fn(&Sketch) -> bool,
}

impl Unread {
    /// The sentence for the user.
    pub fn refusal(&self) -> String {
        format!(
            "this is {} ({}), which cannot be read as a report: {}",
            self.what, self.document, self.instead
        )
    }
}

/// Every document that is refused by name.
pub const ALL: &[Unread] = &[];
