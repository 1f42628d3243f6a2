//! What may stand in a request's path: repositories, commits, branches and files, checked and escaped.

use super::client::percent_encode;

/// Whether this is `owner/name` as GitHub writes it.
pub fn is_repository(text: &str) -> bool {
    let part = |part: &str| {
        !matches!(part, "" | "." | "..")
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
    };
    text.split_once('/')
        .is_some_and(|(owner, name)| part(owner) && part(name))
}

/// Whether this is the full name of a commit or another object: SHA-1 or SHA-256 in hexadecimal, and not the zeros that
/// stand for none.
pub fn is_sha(text: &str) -> bool {
    matches!(text.len(), 40 | 64)
        && text.bytes().all(|b| b.is_ascii_hexdigit())
        && text.bytes().any(|b| b != b'0')
}

/// A branch as segments of a path; `None` when git would not take it as the end of a ref (git-check-ref-format(1)).
pub fn branch_path(branch: &str) -> Option<String> {
    let legal = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && !part.ends_with(".lock")
            && !part.contains("..")
            && !part.contains("@{")
            && !part.chars().any(|c| {
                c.is_control() || matches!(c, ' ' | '~' | '^' | ':' | '?' | '*' | '[' | '\\')
            })
    };
    let whole = branch != "@" && !branch.ends_with('.') && !branch.starts_with('-');
    (whole && branch.split('/').all(legal)).then(|| encoded(branch))
}

/// The path of a file within a repository as segments of a path; `None` when it is absolute, leaves the repository or is
/// written so that servers may disagree on what it means.
pub fn file_path(path: &str) -> Option<String> {
    let legal = |part: &str| {
        !matches!(part, "" | "." | "..")
            && !part.contains('\\')
            && !part.chars().any(char::is_control)
    };
    path.split('/').all(legal).then(|| encoded(path))
}

fn encoded(path: &str) -> String {
    let parts: Vec<String> = path.split('/').map(percent_encode).collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repositories_and_commits_are_told_from_other_text() {
        for good in ["o/r", "o-1/r.x-y_z"] {
            assert!(is_repository(good), "{good}");
        }
        for bad in ["o", "o/r/x", "o/..", "o/r?x", "/r", "o/", "o/r#", "o /r"] {
            assert!(!is_repository(bad), "{bad}");
        }
        assert!(is_sha(&"a1".repeat(20)) && is_sha(&"A1".repeat(32)));
        for bad in [
            "",
            "main",
            &"0".repeat(40),
            &"a".repeat(39),
            &"g".repeat(40),
        ] {
            assert!(!is_sha(bad), "{bad}");
        }
    }

    #[test]
    fn a_branch_keeps_its_slashes_and_nothing_else() {
        assert_eq!(branch_path("main").as_deref(), Some("main"));
        assert_eq!(
            branch_path("feature/ä#1?".trim_end_matches('?')).as_deref(),
            Some("feature/%C3%A4%231")
        );
        for bad in [
            "", "/main", "main/", "a//b", "a/../b", "a..b", ".a", "a/.b", "a.lock", "a.lock/b",
            "a b", "a~1", "a^", "a:b", "a?b", "a*", "a[", "a\\b", "a@{1}", "@", "a.", "-a", "a\nb",
        ] {
            assert_eq!(branch_path(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_file_stays_in_its_repository() {
        assert_eq!(
            file_path(".github/a b.yml").as_deref(),
            Some(".github/a%20b.yml")
        );
        for bad in [
            "", "/etc/x", "../x", "a/../b", "a/./b", "a//b", "a\\b", "a\0b",
        ] {
            assert_eq!(file_path(bad), None, "{bad}");
        }
    }
}
