//! Entries of `reports`: which files they mean.

use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};
use walkdir::WalkDir;

use super::{Request, named_format};
use crate::formats::{ALL, Format};

/// Files that one run reads at most.
const MAX_FILES: usize = 10_000;

/// A file to read, or why there is none.
pub struct Collected {
    /// As the user knows it.
    pub shown: String,
    /// The file; nothing is standard input.
    pub file: Option<PathBuf>,
    /// The format that the prefix names.
    pub format: Option<&'static Format>,
    /// Why it cannot be used.
    pub problem: Option<String>,
}

/// Why an entry of `reports` cannot be understood.
#[derive(Debug, thiserror::Error)]
pub enum CollectError {
    /// The prefix names no format.
    #[error("`reports`: `{0}=` names no format; known are {1}")]
    Prefix(String, String),
    /// The glob is none.
    #[error("`reports`: `{0}` is no glob: {1}")]
    Glob(String, String),
    /// Too many files.
    #[error("`reports`: more than {MAX_FILES} files match; narrow the globs")]
    TooMany,
}

/// Expands the entries in their order; a file counts once, with the first entry that names it.
pub(super) fn expand(request: &Request<'_>) -> Result<Vec<Collected>, CollectError> {
    let (excluded, wanted): (Vec<&String>, Vec<&String>) = request
        .entries
        .iter()
        .partition(|entry| entry.starts_with('!'));
    let excluded: Vec<GlobMatcher> = excluded
        .iter()
        .map(|entry| matcher(entry.trim_start_matches('!')))
        .collect::<Result<_, _>>()?;
    let mut found: Vec<Collected> = Vec::new();
    let mut seen: Vec<PathBuf> = Vec::new();
    for entry in wanted {
        let (format, pattern) = split_prefix(entry, request.workspace)?;
        let before = found.len();
        let mut matched = false;
        for Found {
            file,
            shown,
            problem,
        } in files(pattern, request)?
        {
            matched = true;
            let known = file.as_ref().is_some_and(|file| seen.contains(file));
            if known || excluded.iter().any(|glob| glob.is_match(&shown)) {
                continue;
            }
            seen.extend(file.clone());
            found.push(Collected {
                shown,
                file,
                format,
                problem,
            });
            if found.len() > MAX_FILES {
                return Err(CollectError::TooMany);
            }
        }
        let nothing = !matched || (found.len() == before && !is_glob(pattern) && seen.is_empty());
        if nothing && !request.built_in {
            found.push(Collected {
                shown: pattern.to_owned(),
                file: None,
                format,
                problem: Some(missing(pattern)),
            });
        }
    }
    if found.is_empty() && request.built_in {
        found.push(Collected {
            shown: request.entries.join(", "),
            file: None,
            format: None,
            problem: Some(
                "no report found in the workspace root; name your scanners' files in the input `reports`".to_owned(),
            ),
        });
    }
    Ok(found)
}

fn missing(pattern: &str) -> String {
    let what = if is_glob(pattern) {
        "no file matches"
    } else {
        "there is no such file"
    };
    format!("{what}: the scanner did not run, failed before writing, or wrote elsewhere")
}

/// `gitleaks=path` → the format and the path. A file whose own name has a `=` is no prefix.
fn split_prefix<'a>(
    entry: &'a str,
    workspace: &Path,
) -> Result<(Option<&'static Format>, &'a str), CollectError> {
    let Some((name, rest)) = entry.split_once('=') else {
        return Ok((None, entry));
    };
    let word = !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    if !word {
        return Ok((None, entry));
    }
    match named_format(&name.to_ascii_lowercase()) {
        Some(format) => Ok((Some(format), rest.trim())),
        None if workspace.join(entry).exists() => Ok((None, entry)),
        None => {
            let known: Vec<&str> = ALL.iter().map(|format| format.id).collect();
            Err(CollectError::Prefix(
                name.chars().take(60).collect(),
                known.join(", "),
            ))
        }
    }
}

fn is_glob(pattern: &str) -> bool {
    pattern.contains(['*', '?', '[', '{'])
}

fn matcher(pattern: &str) -> Result<GlobMatcher, CollectError> {
    let pattern = pattern.strip_prefix("./").unwrap_or(pattern);
    GlobBuilder::new(pattern)
        .literal_separator(true)
        .build()
        .map(|glob| glob.compile_matcher())
        .map_err(|error| CollectError::Glob(pattern.to_owned(), error.kind().to_string()))
}

/// What a pattern means: a file, standard input, or a place that cannot be searched.
struct Found {
    file: Option<PathBuf>,
    shown: String,
    problem: Option<String>,
}

impl Found {
    fn at(file: Option<PathBuf>, shown: impl Into<String>) -> Found {
        Found {
            file,
            shown: shown.into(),
            problem: None,
        }
    }
}

/// The files that one pattern means, sorted by name.
fn files(pattern: &str, request: &Request<'_>) -> Result<Vec<Found>, CollectError> {
    if pattern == "-" {
        return Ok(vec![Found::at(None, "standard input")]);
    }
    let whole = request.workspace.join(pattern);
    // A name with brackets that exists is a name.
    if !is_glob(pattern) || whole.symlink_metadata().is_ok() {
        return Ok(match whole.symlink_metadata() {
            Ok(_) => vec![Found::at(Some(whole), pattern)],
            Err(_) => Vec::new(),
        });
    }
    let glob = matcher(pattern)?;
    let fixed: PathBuf = Path::new(pattern.strip_prefix("./").unwrap_or(pattern))
        .components()
        .take_while(|part| !is_glob(&part.as_os_str().to_string_lossy()))
        .collect();
    let start = request.workspace.join(&fixed);
    let mut found: Vec<Found> = Vec::new();
    let walk = WalkDir::new(&start)
        .follow_links(false)
        .sort_by_file_name()
        .into_iter();
    let entered = walk
        .filter_entry(|entry| entry.file_name() != ".git" && entry.path() != request.evidence_dir);
    for entry in entered {
        let entry = match entry {
            Ok(entry) => entry,
            // The folder before the first wildcard is not there: nothing matches.
            Err(error) if error.depth() == 0 => break,
            // A folder that cannot be read may hold a report.
            Err(error) => {
                found.push(Found {
                    file: None,
                    shown: pattern.to_owned(),
                    problem: Some(format!("cannot be searched: {error}")),
                });
                continue;
            }
        };
        let relative = entry.path().strip_prefix(request.workspace);
        let path = if Path::new(pattern).is_absolute() {
            entry.path()
        } else {
            relative.unwrap_or(entry.path())
        };
        let is_file = entry.file_type().is_file()
            || (entry.file_type().is_symlink() && entry.path().is_file());
        if is_file && glob.is_match(path) {
            let shown = path.to_string_lossy();
            found.push(Found::at(Some(entry.path().to_owned()), shown));
            if found.len() > MAX_FILES {
                return Err(CollectError::TooMany);
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(entries: &[&str], built_in: bool) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        for name in [
            "a.sarif",
            "b.sarif",
            "sub/c.sarif",
            "reports/security/results.sarif",
            "x=y.json",
            "[odd].json",
        ] {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "{}").unwrap();
        }
        let entries: Vec<String> = entries.iter().map(|e| (*e).to_owned()).collect();
        let request = Request {
            entries: &entries,
            built_in,
            workspace: folder.path(),
            evidence_dir: &folder.path().join("reports/security"),
            refuse_tracked: false,
            max_age: None,
        };
        match expand(&request) {
            Err(error) => vec![error.to_string()],
            Ok(found) => found
                .into_iter()
                .map(|item| {
                    let format = item
                        .format
                        .map_or(String::new(), |format| format!("{}:", format.id));
                    format!(
                        "{format}{}{}",
                        item.shown,
                        if item.problem.is_some() { " !" } else { "" }
                    )
                })
                .collect(),
        }
    }

    #[test]
    fn what_entries_mean() {
        for (entries, expected) in [
            (&["*.sarif"][..], &["a.sarif", "b.sarif"][..]),
            (&["**/*.sarif"], &["a.sarif", "b.sarif", "sub/c.sarif"]),
            (&["./sub/*.sarif", "a.sarif"], &["sub/c.sarif", "a.sarif"]),
            (&["*.sarif", "!b*"], &["a.sarif"]),
            (&["a.sarif", "*.sarif"], &["a.sarif", "b.sarif"]),
            (&["gitleaks=a.sarif", "a.sarif"], &["gitleaks:a.sarif"]),
            (&["x=y.json"], &["x=y.json"]),
            (&["[odd].json"], &["[odd].json"]),
            (&["nope.json"], &["nope.json !"]),
            (&["*.nope", "a.sarif"], &["*.nope !", "a.sarif"]),
            (
                &["reports/security/results.sarif"],
                &["reports/security/results.sarif"],
            ),
            (&["-"], &["standard input"]),
        ] {
            assert_eq!(expanded(entries, false), expected, "{entries:?}");
        }
        assert_eq!(expanded(&["*.nope", "a.*"], true), ["a.sarif"]);
        assert_eq!(expanded(&["*.nope"], true), ["*.nope !"]);
        assert!(expanded(&["gitleeks=a.sarif"], false)[0].contains("names no format"));
        assert!(expanded(&["a[.sarif"], false)[0].contains("is no glob"));
    }
}
