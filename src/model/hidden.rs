//! Values that are used and never shown.

/// A setting that must not be shown: no `Display`, no `Debug` of the value, no `Serialize`.
#[derive(Clone, PartialEq, Eq)]
pub struct Hidden(String);

impl Hidden {
    /// Takes the value.
    pub fn new(value: impl Into<String>) -> Hidden {
        Hidden(value.into())
    }

    /// Gives the value to the one place that sends it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hidden")
    }
}
