//! Names that people write: the nearest right one for a wrong one, and those that a later version will know.

use super::origin::plain;

/// Inputs and config keys of later versions. They are refused by name, so that a gate that somebody believes in is not
/// silently missing.
const LATER: &[&str] = &[
    "baseline",
    "bypass-label",
    "category",
    "comment",
    "components",
    "config-token",
    "dismiss-excused",
    "documents",
    "environment",
    "environments",
    "epss",
    "guardrails",
    "inputs",
    "issue-on",
    "jira-project",
    "jira-token",
    "jira-url",
    "jira-user",
    "kev",
    "notify-on",
    "policies",
    "public-details",
    "publish",
    "sbom",
    "scan",
    "severity-from",
    "slack-webhook-url",
    "upload-sarif",
    "vex",
    "waiver-limits",
    "waivers",
];

/// Whether a later version will know this input or key.
pub fn is_later(name: &str) -> bool {
    LATER.contains(&name)
}

/// What is said of something that a later version will do.
pub fn not_yet(what: &str) -> String {
    format!("{what} is not supported by this version yet; remove it")
}

/// The known name that the wrong one was most likely meant to be. Nothing is better than a wild guess.
pub(super) fn nearest<'a>(
    wrong: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    // Longer than any name: not a slip of the keyboard, and not worth the time to compare.
    if wrong.len() > 60 {
        return None;
    }
    let folded = wrong.to_lowercase().replace('_', "-");
    known
        .into_iter()
        .map(|name| {
            (
                strsim::jaro_winkler(&folded, &name.to_lowercase().replace('_', "-")),
                name,
            )
        })
        .filter(|(likeness, _)| *likeness >= 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

/// "; did you mean `x`?", or nothing.
pub(super) fn did_you_mean<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    match nearest(wrong, known) {
        Some(name) => format!("; did you mean {name}?"),
        None => String::new(),
    }
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

/// What is said of a key or input that nobody knows.
pub(super) fn unknown<'a>(
    what: &str,
    name: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> String {
    format!(
        "there is no {what} {}{}",
        plain(name),
        did_you_mean(name, known)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_find_their_name_and_strangers_do_not() {
        let known = ["fail-on", "warn-on", "mode", "reports", "path-prefix"];
        for (wrong, expected) in [
            ("fail_on", Some("fail-on")),
            ("failon", Some("fail-on")),
            ("FAIL-ON", Some("fail-on")),
            ("report", Some("reports")),
            ("path-prefx", Some("path-prefix")),
            ("zzz", None),
            ("", None),
        ] {
            assert_eq!(nearest(wrong, known), expected, "{wrong}");
        }
        assert_eq!(nearest(&"fail-on".repeat(1000), known), None);
    }

    #[test]
    fn later_names_are_in_order_and_unique() {
        assert!(LATER.is_sorted_by(|a, b| a < b));
    }
}
