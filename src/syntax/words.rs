//! Words about what people wrote: quoted so that it stays on one line, and the nearest right name for a wrong one.

/// Longest part of a value that an error repeats, in characters. Long enough for a path, short enough for a log line.
const VALUE_SHOWN: usize = 120;

/// A value in quotes for an error: one line, no control or direction characters, and cut with a word about it.
pub fn quoted(value: &str) -> String {
    let total = value.chars().count();
    if total <= VALUE_SHOWN {
        return format!("{value:?}");
    }
    let head: String = value.chars().take(VALUE_SHOWN).collect();
    format!("{head:?} (the first {VALUE_SHOWN} of {total} characters)")
}

/// As [`quoted`], without the quotes where the value needs none.
pub fn plain(value: &str) -> String {
    let quoted = quoted(value);
    match quoted
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    {
        Some(inner) if inner == value && !value.is_empty() => inner.to_string(),
        _ => quoted,
    }
}

/// The known name that the wrong one was most likely meant to be. Nothing is better than a wild guess.
pub fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
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
pub fn did_you_mean<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    match nearest(wrong, known) {
        Some(name) => format!("; did you mean {name}?"),
        None => String::new(),
    }
}

/// What is said of a key or input that nobody knows.
pub fn unknown<'a>(what: &str, name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
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
    fn hostile_values_stay_on_one_line() {
        for (value, expected) in [
            ("a", "\"a\""),
            ("a\n::error::b", "\"a\\n::error::b\""),
            ("\u{1b}[31m", "\"\\u{1b}[31m\""),
            ("a\u{202e}b", "\"a\\u{202e}b\""),
        ] {
            assert_eq!(quoted(value), expected);
        }
        let long = quoted(&"x".repeat(5000));
        assert!(
            long.ends_with("(the first 120 of 5000 characters)"),
            "{long}"
        );
    }

    #[test]
    fn plain_values_need_no_quotes() {
        for (value, expected) in [("a/b.yml", "a/b.yml"), ("", "\"\""), ("a\tb", "\"a\\tb\"")] {
            assert_eq!(plain(value), expected);
        }
    }
}
