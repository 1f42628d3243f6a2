//! Reads the values of the inputs that say what findings are held against: files, baselines, names.
//!
//! Must not know: layers, origins.

use globset::{GlobBuilder, GlobMatcher};

use super::BaselineFrom;
use super::origin::{plain, quoted};
use super::read::{path, without_none};
use super::tables::BASELINES;
use crate::syntax::words::did_you_mean;

/// Longest name of an environment or a component in characters.
const NAME_MOST: usize = 60;

/// Longest label in characters (GitHub docs, "Managing labels").
const LABEL_MOST: usize = 50;

/// Longest owner of a component in characters: an organisation and a team have up to 39 and 100.
const OWNER_MOST: usize = 150;

/// Most files that one of the lists names.
const FILES_MOST: usize = 100;

/// Characters that the name of an artifact cannot have (actions/toolkit, `path-and-artifact-name-validation`).
const NOT_IN_AN_ARTIFACT: &[char] = &['"', ':', '<', '>', '|', '*', '?', '\\', '/'];

/// The name of an environment or a component.
pub(super) fn name(text: &str) -> Result<String, String> {
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    let good = text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(legal)
        && text.len() <= NAME_MOST;
    if good {
        return Ok(text.to_string());
    }
    Err(format!(
        "{} is not a name: a letter or digit, then letters, digits, \"-\", \"_\", \".\" and \"/\", {NAME_MOST} characters \
         at most",
        quoted(text)
    ))
}

/// Where the baseline comes from.
pub(super) fn baseline(text: &str) -> Result<BaselineFrom, String> {
    let text = text.trim();
    let folded = text.to_ascii_lowercase();
    if let Some((_, from)) = BASELINES.iter().find(|(word, _)| *word == folded) {
        return Ok(from.clone());
    }
    if folded.starts_with("artifact:") {
        let name = text.split_once(':').map_or("", |(_, name)| name).trim();
        let legal = |c: char| !c.is_control() && !NOT_IN_AN_ARTIFACT.contains(&c);
        if name.is_empty() || !name.chars().all(legal) {
            return Err(format!(
                "{} is not the name of an artifact; write artifact:NAME, or artifact alone",
                quoted(text)
            ));
        }
        return Ok(BaselineFrom::Artifact {
            name: Some(name.to_string()),
        });
    }
    // A word that was misspelt is no file that is not there.
    let meant = did_you_mean(text, BASELINES.iter().map(|(word, _)| *word));
    if !text.contains(['/', '.']) && !meant.is_empty() {
        return Err(format!(
            "{} is no source of a baseline{meant} (a file is written with its folder: ./{})",
            quoted(text),
            plain(text)
        ));
    }
    Ok(BaselineFrom::Path(path(text)?))
}

/// Files of the repository; `none` names none.
pub(super) fn files(entries: &[String]) -> Result<Vec<String>, String> {
    let entries = without_none(entries)?;
    if entries.len() > FILES_MOST {
        return Err(format!(
            "there are {} files, more than the {FILES_MOST} that are read",
            entries.len()
        ));
    }
    entries
        .iter()
        .map(|entry| {
            if entry.contains(['*', '?', '[']) {
                return Err(format!(
                    "{} is a glob; name each file, so that nobody adds one unseen",
                    quoted(entry)
                ));
            }
            path(entry)
        })
        .collect()
}

/// A label of pull requests.
pub(super) fn label(text: &str) -> Result<String, String> {
    one_line(text, LABEL_MOST, "a label")
}

/// Who owns a component.
pub(super) fn owner(text: &str) -> Result<String, String> {
    one_line(text, OWNER_MOST, "an owner")
}

fn one_line(text: &str, most: usize, what: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > most || text.chars().any(char::is_control) {
        return Err(format!(
            "{} is not {what} of one line with at most {most} characters",
            quoted(text)
        ));
    }
    Ok(text.to_string())
}

/// A whole number above 0.
pub(super) fn count(text: &str) -> Result<u32, String> {
    match text.trim().parse::<u32>() {
        Ok(count) if count > 0 => Ok(count),
        _ => Err(format!("{} is not a whole number above 0", quoted(text))),
    }
}

/// A glob over branches: `*` stays within one part of the name, `**` does not.
pub(super) fn branches(text: &str) -> Result<GlobMatcher, String> {
    let glob = GlobBuilder::new(text).literal_separator(true).build();
    glob.map(|glob| glob.compile_matcher())
        .map_err(|error| format!("{} is not a glob: {}", quoted(text), error.kind()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn baselines() {
        for (text, expected) in [
            ("auto", Some(BaselineFrom::Auto)),
            (" None ", Some(BaselineFrom::None)),
            ("Code-Scanning", Some(BaselineFrom::CodeScanning)),
            ("git-ref", Some(BaselineFrom::GitRef)),
            ("artifact", Some(BaselineFrom::Artifact { name: None })),
            (
                "artifact: Evidence of main",
                Some(BaselineFrom::Artifact {
                    name: Some("Evidence of main".to_string()),
                }),
            ),
            ("artifact:", None),
            ("artifact:a/b", None),
            ("./auto", Some(BaselineFrom::Path("./auto".to_string()))),
            (
                "base.sarif",
                Some(BaselineFrom::Path("base.sarif".to_string())),
            ),
            ("artefact", None),
            ("code_scanning", None),
            ("a\nb", None),
        ] {
            assert_eq!(baseline(text).ok(), expected, "{text}");
        }
    }

    #[test]
    fn names_and_files() {
        for good in ["production", "services/api", "v1.2_x-y"] {
            assert!(name(good).is_ok(), "{good}");
        }
        for wrong in ["", "-x", "a b", "é", "a\n", &"x".repeat(61)] {
            assert!(name(wrong).is_err(), "{wrong}");
        }
        let list = |entries: &[&str]| entries.iter().map(|e| e.to_string()).collect::<Vec<_>>();
        assert_eq!(files(&list(&["none"])), Ok(vec![]));
        assert!(files(&list(&["*.yml"])).is_err_and(|error| error.contains("a glob")));
        assert!(files(&vec!["a".to_string(); 101]).is_err());
        assert!(label("").is_err() && label("security-bypass").is_ok());
    }
}
