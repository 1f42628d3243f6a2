//! Names that people write: the nearest right one for a wrong one, and those that a later version will know.

use crate::syntax::words::did_you_mean;

/// Inputs and config keys of later versions. They are refused by name, so that a gate that somebody believes in is not
/// silently missing.
const LATER: &[&str] = &[
    "documents",
    "guardrails",
    "policies",
    "sbom",
    "scan",
    "severity-from",
];

/// Whether a later version will know this input or key.
pub fn is_later(name: &str) -> bool {
    LATER.contains(&name)
}

/// What is said of something that a later version will do.
pub fn not_yet(what: &str) -> String {
    format!("{what} is not supported by this version yet; remove it")
}

/// Reads one of a few words, in any case.
pub(super) fn word<T: Copy>(table: &[(&str, T)], text: &str) -> Result<T, String> {
    let folded = text.trim().to_ascii_lowercase();
    if let Some((_, value)) = table.iter().find(|(word, _)| *word == folded) {
        return Ok(*value);
    }
    let words: Vec<&str> = table.iter().map(|(word, _)| *word).collect();
    Err(format!(
        "{} is not one of {}{}",
        super::origin::quoted(text),
        words.join(", "),
        did_you_mean(text, words.iter().copied()),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_names_are_in_order_and_unique() {
        assert!(LATER.is_sorted_by(|a, b| a < b));
    }
}
