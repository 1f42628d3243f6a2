//! What a decision means by the name of its rule.

/// What a decision says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sense {
    /// True is good.
    Allow,
    /// Entries, and true, are bad.
    Deny,
    /// Entries, and true, are worth a warning.
    Warn,
    /// The name speaks of denials, but not whether there being some is the good news (`no_violations`).
    Unclear,
    /// Nobody said the rule's name: sets are of denials, booleans say whether it is allowed.
    Unnamed,
}

const DENY: &[&str] = &[
    "deny",
    "denies",
    "denied",
    "violation",
    "violations",
    "block",
    "blocks",
    "blocked",
    "fail",
    "fails",
    "failed",
    "failure",
    "failures",
    "reject",
    "rejected",
];
const WARN: &[&str] = &["warn", "warns", "warning", "warnings"];
const ALLOW: &[&str] = &[
    "allow",
    "allowed",
    "authorized",
    "authorised",
    "permit",
    "permitted",
    "approve",
    "approved",
    "pass",
    "passed",
    "compliant",
    "valid",
];

impl Sense {
    /// By the name of a rule: conftest's convention is `deny`, `deny_what`, `violation_what`, `warn_what`.
    pub(super) fn of_name(name: &str) -> Sense {
        let words = words(name);
        let is = |list: &[&str], word: &String| list.contains(&word.as_str());
        match words.first() {
            Some(first) if is(DENY, first) => Sense::Deny,
            Some(first) if is(WARN, first) => Sense::Warn,
            Some(first) if first == "allow" || (words.len() == 1 && is(ALLOW, first)) => {
                Sense::Allow
            }
            _ if words.iter().any(|word| is(DENY, word) || is(WARN, word)) => Sense::Unclear,
            _ => Sense::Unnamed,
        }
    }

    /// By what was asked of `opa eval`.
    pub(super) fn of_query(text: &str) -> Sense {
        let Some(reference) = reference(text) else {
            // `count(data.main.deny) == 0`: true is good news here, of `count(data.main.deny) > 0` it is bad.
            let speaks =
                |word: &String| DENY.contains(&word.as_str()) || WARN.contains(&word.as_str());
            let unclear = words(text).iter().any(speaks);
            return if unclear {
                Sense::Unclear
            } else {
                Sense::Allow
            };
        };
        let name = reference.rsplit('.').next().unwrap_or_default();
        match Sense::of_name(name) {
            Sense::Unnamed => Sense::Allow,
            known => known,
        }
    }
}

/// The words of a name: `denyRootUser`, `deny_root_user`.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before = None::<char>;
    for c in name.chars() {
        let starts = c.is_uppercase() && before.is_some_and(char::is_lowercase);
        let follows = before.is_some_and(char::is_alphanumeric);
        if c.is_alphanumeric() {
            match words.last_mut() {
                Some(word) if follows && !starts => word.extend(c.to_lowercase()),
                _ => words.push(c.to_lowercase().collect()),
            }
        }
        before = Some(c);
    }
    words
}

/// The rule that a query names (`data.main.deny` of `data.main.deny[x]`), where it does nothing else.
pub(super) fn reference(text: &str) -> Option<String> {
    let mut rest = text.trim();
    while let Some(open) = rest.strip_suffix(']') {
        let (before, index) = open.rsplit_once('[')?;
        let index = index.trim();
        let quoted = index.strip_prefix('"').and_then(|i| i.strip_suffix('"'));
        if let Some(name) = quoted {
            return reference(before).map(|before| format!("{before}.{name}"));
        }
        rest = before;
    }
    let plain = rest.starts_with("data.")
        && rest
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '[' | ']' | '"' | '-'));
    plain.then(|| rest.to_owned())
}

/// Whether a query assigns or unifies (`x := data.main.deny`), so that its own value is only that this went well.
pub(super) fn assigns(text: &str) -> bool {
    let bare = ["==", "!=", "<=", ">="]
        .iter()
        .fold(text.to_owned(), |text, operator| {
            text.replace(operator, " ")
        });
    bare.contains('=')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_they_mean() {
        for (name, sense) in [
            ("deny", Sense::Deny),
            ("deny_root", Sense::Deny),
            ("denyRoot", Sense::Deny),
            ("violation", Sense::Deny),
            ("violations", Sense::Deny),
            ("block", Sense::Deny),
            ("warn", Sense::Warn),
            ("warn_label", Sense::Warn),
            ("allow", Sense::Allow),
            ("allow_admin", Sense::Allow),
            ("compliant", Sense::Allow),
            ("no_violations", Sense::Unclear),
            ("has_warnings", Sense::Unclear),
            ("failover", Sense::Unnamed),
            ("is_prod", Sense::Unnamed),
            ("", Sense::Unnamed),
        ] {
            assert_eq!(Sense::of_name(name), sense, "{name}");
        }
    }

    #[test]
    fn queries_say_what_they_mean() {
        for (text, sense) in [
            ("data.fixture.authz.deny", Sense::Deny),
            ("data.main.deny[x]", Sense::Deny),
            ("data.main[\"deny\"]", Sense::Deny),
            ("data.main.allow", Sense::Allow),
            ("data.main.allow == true", Sense::Allow),
            ("data.main.ok", Sense::Allow),
            ("count(data.main.deny) == 0", Sense::Unclear),
            ("not data.main.deny", Sense::Unclear),
            ("1 < 2", Sense::Allow),
        ] {
            assert_eq!(Sense::of_query(text), sense, "{text}");
        }
        assert!(assigns("x := data.main.deny") && assigns("x = 1"));
        assert!(!assigns("data.main.allow == true") && !assigns("1 <= 2"));
    }
}
