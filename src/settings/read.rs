//! Reads the values of single inputs: text in, checked value or a sentence about it out.
//!
//! Must not know: layers, origins.

use super::names::word;
use super::origin::quoted;
use super::values::Tool;

/// Most annotations that can be asked for. GitHub takes them 50 at a time, so this is already twenty requests.
pub(super) const ANNOTATIONS_MOST: usize = 1000;

/// Longest name of a check run in characters; the merge box cuts much earlier.
const CHECK_NAME_MOST: usize = 100;

/// The units of ages in seconds.
const UNITS: &[(&str, u64)] = &[
    ("s", 1),
    ("m", 60),
    ("h", 3_600),
    ("d", DAY),
    ("w", 604_800),
];

/// Seconds in a day.
pub(super) const DAY: u64 = 86_400;

/// An age: a whole number and a unit. In seconds.
pub(super) fn age(text: &str) -> Result<u64, String> {
    let trimmed = text.trim();
    let digits = trimmed.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit = trimmed.get(digits.len()..).unwrap_or_default();
    let seconds = word(UNITS, unit)
        .ok()
        .and_then(|unit| digits.parse::<u64>().ok()?.checked_mul(unit));
    match seconds {
        Some(0) | None => Err(format!(
            "{} is not an age; write a whole number above 0 and a unit: 90m, 12h, 2d, 1w",
            quoted(text)
        )),
        Some(seconds) => Ok(seconds),
    }
}

/// An age in whole days.
pub(super) fn days(text: &str) -> Result<u32, String> {
    let seconds = age(text)?;
    match u32::try_from(seconds / DAY) {
        Ok(days) if seconds % DAY == 0 => Ok(days),
        _ => Err(format!(
            "{} is no whole number of days; write 1d, 14d, 2w",
            quoted(text)
        )),
    }
}

/// A count of annotations.
pub(super) fn annotations(text: &str) -> Result<usize, String> {
    match text.trim().parse::<usize>() {
        Ok(count) if count <= ANNOTATIONS_MOST => Ok(count),
        _ => Err(format!(
            "{} is not a whole number from 0 to {ANNOTATIONS_MOST}",
            quoted(text)
        )),
    }
}

/// The name of a check run.
pub(super) fn check_name(text: &str) -> Result<String, String> {
    let name = text.trim();
    if name.chars().count() > CHECK_NAME_MOST || name.chars().any(char::is_control) {
        return Err(format!(
            "{} is not a name of one line with at most {CHECK_NAME_MOST} characters",
            quoted(text)
        ));
    }
    Ok(name.to_string())
}

/// A path to a file or folder.
pub(super) fn path(text: &str) -> Result<String, String> {
    let path = text.trim();
    if path.chars().any(char::is_control) {
        return Err(format!("{} is not a path of one line", quoted(text)));
    }
    Ok(path.to_string())
}

/// The folder of the evidence. It has to be a folder of its own, because reports are never looked for in it.
pub(super) fn evidence_dir(text: &str) -> Result<String, String> {
    let path = path(text)?;
    if path.split('/').all(|part| part.is_empty() || part == ".") {
        return Err(format!(
            "{} is no folder of its own; name one, such as reports/security",
            quoted(text)
        ));
    }
    Ok(path)
}

/// A directory of the repository: relative, with `/`, without slashes at its ends; `None` for the root itself.
pub(super) fn path_prefix(text: &str) -> Result<Option<String>, String> {
    let path = path(text)?;
    let parts: Vec<&str> = path
        .split(['/', '\\'])
        .filter(|part| !part.is_empty() && *part != ".")
        .collect();
    let drive = parts.first().is_some_and(|part| part.contains(':'));
    if path.starts_with(['/', '\\']) || drive || parts.contains(&"..") {
        return Err(format!(
            "{} is not a directory inside the repository; write it relative to the root, such as services/api",
            quoted(text)
        ));
    }
    Ok((!parts.is_empty()).then(|| parts.join("/")))
}

/// Ids of tools; `none` names none.
pub(super) fn tools(entries: &[String]) -> Result<Vec<String>, String> {
    without_none(entries)?
        .iter()
        .map(|entry| Tool::read(entry).map(|tool| tool.0))
        .collect()
}

/// Ids out of a list of known ones; `none` names none.
pub(super) fn known_ids(entries: &[String], known: &[&str]) -> Result<Vec<String>, String> {
    let table: Vec<(&str, &str)> = known.iter().map(|id| (*id, *id)).collect();
    without_none(entries)?
        .iter()
        .map(|entry| word(&table, entry).map(str::to_string))
        .collect()
}

/// `none` by itself is the empty list; beside other entries it is a contradiction.
pub(super) fn without_none(entries: &[String]) -> Result<&[String], String> {
    let is_none = |entry: &String| entry.eq_ignore_ascii_case("none");
    match entries {
        [only] if is_none(only) => Ok(&[]),
        entries if entries.iter().any(is_none) => {
            Err("none stands alone: it names no entry".to_string())
        }
        entries => Ok(entries),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages() {
        for (text, expected) in [
            ("90s", Some(90)),
            ("30m", Some(1800)),
            ("12h", Some(43_200)),
            (" 2 d ", Some(172_800)),
            ("2D", Some(172_800)),
            ("1w", Some(604_800)),
            ("0h", None),
            ("12", None),
            ("h", None),
            ("-1h", None),
            ("1.5h", None),
            ("1h30m", None),
            ("1y", None),
            ("99999999999999999999d", None),
            ("18446744073709551615w", None),
            ("１２h", None),
        ] {
            assert_eq!(age(text).ok(), expected, "{text}");
        }
    }

    #[test]
    fn prefixes_stay_in_the_repository() {
        for (text, expected) in [
            ("services/api", Some(Some("services/api"))),
            ("./services//api/", Some(Some("services/api"))),
            ("services\\api", Some(Some("services/api"))),
            (".", Some(None)),
            ("/etc", None),
            ("../x", None),
            ("a/../../x", None),
            ("C:\\x", None),
            ("a\nb", None),
        ] {
            let got = path_prefix(text).ok();
            assert_eq!(got.as_ref().map(Option::as_deref), expected, "{text}");
        }
    }

    #[test]
    fn none_stands_alone() {
        let list = |entries: &[&str]| entries.iter().map(|e| e.to_string()).collect::<Vec<_>>();
        assert_eq!(tools(&list(&["None"])), Ok(vec![]));
        assert_eq!(tools(&[]), Ok(vec![]));
        assert_eq!(
            tools(&list(&["Trivy", "codeql"])),
            Ok(list(&["trivy", "codeql"]))
        );
        assert!(tools(&list(&["none", "trivy"])).is_err());
        assert!(
            known_ids(&list(&["check-runn"]), &["check-run"])
                .is_err_and(|e| e.contains("did you mean check-run?"))
        );
    }
}
