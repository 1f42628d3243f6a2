//! Paths as scanners write them become paths of the repository.
//!
//! Scanners run on the host, in a job container, in a container action or on Windows, and write relative paths,
//! absolute ones, `file:` URIs and things that are no paths at all. Nothing here is opened: whether a file exists is
//! asked of [`Surroundings`].

use super::Surroundings;
use crate::model::{Location, Place, Text, image_repository};

/// Makes one location relative to the repository, or says why it is not in it.
pub(super) fn resolve(location: &mut Location, around: &Surroundings<'_>) {
    let uri = match location.place {
        Place::Unresolved => false,
        Place::UnresolvedUri => true,
        Place::Workspace | Place::Outside | Place::Target => return,
    };
    match relative(&location.path, uri, around) {
        Some(path) => {
            location.place = Place::Workspace;
            location.path = path.into();
        }
        None => location.place = Place::Outside,
    }
}

/// The path relative to the repository root, or nothing when it lies outside.
pub(super) fn relative(raw: &str, uri: bool, around: &Surroundings<'_>) -> Option<String> {
    let decoded;
    let path = if uri {
        decoded = plain_path(raw, around)?;
        decoded.as_str()
    } else {
        raw
    };
    if scheme(path).is_some() {
        // `git::https://…`, `https://…`: no path of ours.
        return None;
    }
    let slashed = if path.contains('\\') && !(around.exists)(path) {
        path.replace('\\', "/")
    } else {
        path.to_owned()
    };
    if slashed.starts_with("//") {
        // A UNC share of some Windows machine.
        return None;
    }
    if is_absolute(&slashed) {
        return below_a_root(&slashed, around);
    }
    let joined = match around.prefix {
        Some(prefix) => format!("{prefix}/{slashed}"),
        None => slashed,
    };
    tidy(&joined)
}

/// The path that a URI reference stands for.
fn plain_path(raw: &str, around: &Surroundings<'_>) -> Option<String> {
    let rest = match scheme(raw) {
        None => raw,
        Some("file") => {
            let rest = raw.get("file:".len()..)?;
            match rest.strip_prefix("//") {
                None => rest,
                Some(with_host) => {
                    let slash = with_host.find('/')?;
                    let (host, path) = with_host.split_at(slash);
                    if !host.is_empty() && !host.eq_ignore_ascii_case("localhost") {
                        return None;
                    }
                    path
                }
            }
        }
        Some(_) => return None,
    };
    // Some tools percent-encode, some write names as they are: a name that exists as written is not decoded.
    let decoded = if rest.contains('%') && !(around.exists)(rest) {
        percent_decode(rest)
    } else {
        rest.to_owned()
    };
    // `file:///C:/x` leaves a slash before the drive.
    match decoded.strip_prefix('/') {
        Some(drive) if has_drive(drive) => Some(drive.to_owned()),
        _ => Some(decoded),
    }
}

/// The scheme of a URI. One letter is a Windows drive, not a scheme.
fn scheme(text: &str) -> Option<&str> {
    let (name, _) = text.split_once(':')?;
    let mut letters = name.chars();
    let named = name.len() > 1
        && letters.next().is_some_and(|c| c.is_ascii_alphabetic())
        && letters.all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '.' | '-'));
    // `file.c:10` and `host:port` have no slash after the colon; `file:x` is the one scheme that may.
    let rest = text.get(name.len() + 1..)?;
    (named && (name == "file" || rest.starts_with("//") || rest.starts_with(':'))).then_some(name)
}

/// Decodes `%XX`; sequences that are no hexadecimal digits, or whose bytes are no UTF-8, stay as they are.
fn percent_decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let hex = bytes
            .get(at + 1..at + 3)
            .filter(|_| *byte == b'%')
            .and_then(|two| std::str::from_utf8(two).ok())
            .filter(|two| two.chars().all(|c| c.is_ascii_hexdigit()))
            .and_then(|two| u8::from_str_radix(two, 16).ok());
        match hex {
            // A NUL ends a path in every system call.
            Some(decoded) if decoded != 0 => {
                out.push(decoded);
                at += 3;
            }
            _ => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}

fn has_drive(path: &str) -> bool {
    let mut chars = path.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic())
        && chars.next() == Some(':')
        && matches!(chars.next(), None | Some('/' | '\\'))
}

fn is_absolute(path: &str) -> bool {
    path.starts_with('/') || has_drive(path)
}

/// Cuts the longest known root off an absolute path; else the longest tail of it that exists in the repository.
fn below_a_root(path: &str, around: &Surroundings<'_>) -> Option<String> {
    let path = collapse(path)?;
    let cut = |root: &String| {
        let root = root.trim_end_matches('/');
        let head = path.get(..root.len())?;
        let same = if has_drive(root) {
            head.eq_ignore_ascii_case(root)
        } else {
            head == root
        };
        let rest = path.get(root.len()..)?;
        (same && !root.is_empty())
            .then_some(rest)
            .filter(|rest| rest.starts_with('/'))
    };
    if let Some(rest) = around
        .roots
        .iter()
        .filter_map(cut)
        .min_by_key(|rest| rest.len())
    {
        return tidy(rest.trim_start_matches('/'));
    }
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let whole = parts.len();
    (0..whole)
        .filter_map(|from| parts.get(from..))
        // One file name alone says too little, unless it is all there is (`/main.tf`: the root of what was scanned).
        .filter(|tail| tail.len() > 1 || whole == 1)
        .map(|tail| tail.join("/"))
        .find(|tail| (around.exists)(tail))
}

/// Resolves `.` and `..` of an absolute path as text.
fn collapse(path: &str) -> Option<String> {
    let (head, rest) = match path.strip_prefix('/') {
        Some(rest) => ("", rest),
        None => path.split_once('/').unwrap_or((path, "")),
    };
    Some(format!("{head}/{}", tidy(rest).unwrap_or_default()))
}

/// Resolves `.` and `..` as text; nothing when the path leaves the repository or names its root.
fn tidy(path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

/// What was scanned, as far as it is identity: a manifest path relative to the repository, or an image repository
/// without tag and digest. `place` is that of a location with the same text.
pub(super) fn target(raw: &str, place: Option<Place>, around: &Surroundings<'_>) -> Text {
    let uri = place == Some(Place::UnresolvedUri) || raw.starts_with("file:");
    let is_path = place.is_some_and(|place| place != Place::Target);
    if uri || is_path || is_absolute(raw) || raw.starts_with("./") || raw.contains('\\') {
        return relative(raw, uri, around).map_or_else(|| raw.into(), Into::into);
    }
    image_repository(raw).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn around(roots: &[String]) -> Surroundings<'_> {
        Surroundings {
            roots,
            prefix: None,
            exists: &|path| {
                ["src/app.py", "main.tf", "odd%20name.txt", "sp ace.txt"].contains(&path)
            },
            text: &|_| None,
        }
    }

    #[test]
    fn every_spelling_of_a_file_is_one_path() {
        let roots = [
            "/github/workspace",
            "/home/runner/work/r/r",
            "/__w/r/r",
            "D:/a/r/r",
        ]
        .map(str::to_owned);
        for (raw, uri, expected) in [
            ("src/app.py", false, Some("src/app.py")),
            ("./src//app.py", false, Some("src/app.py")),
            ("src/../src/./app.py", false, Some("src/app.py")),
            ("/github/workspace/src/app.py", false, Some("src/app.py")),
            (
                "/home/runner/work/r/r/src/app.py",
                false,
                Some("src/app.py"),
            ),
            ("/__w/r/r/src/app.py", false, Some("src/app.py")),
            ("file:///__w/r/r/src/app.py", true, Some("src/app.py")),
            (
                "file://localhost/__w/r/r/src/app.py",
                true,
                Some("src/app.py"),
            ),
            ("file://evil/__w/r/r/src/app.py", true, None),
            ("D:\\a\\r\\r\\src\\app.py", false, Some("src/app.py")),
            ("file:///d:/A/r/r/src/app.py", true, Some("src/app.py")),
            ("C:\\Users\\x\\other.c", false, None),
            ("\\\\server\\share\\a.c", false, None),
            ("src\\app.py", false, Some("src/app.py")),
            ("/builds/team/r/src/app.py", false, Some("src/app.py")),
            ("/main.tf", false, Some("main.tf")),
            ("/etc/main.tf", false, None),
            ("../../etc/passwd", false, None),
            ("/github/workspace/../../etc/passwd", false, None),
            ("a/b/../../../etc/passwd", false, None),
            ("sp%20ace.txt", true, Some("sp ace.txt")),
            ("odd%20name.txt", true, Some("odd%20name.txt")),
            ("100%.txt", true, Some("100%.txt")),
            ("a%00b", true, Some("a%00b")),
            ("%ff", true, Some("%ff")),
            ("https://example.com/a", true, None),
            ("git::https://example.com/a?ref=x", false, None),
            ("a:10", false, Some("a:10")),
            ("", false, None),
            (".", false, None),
        ] {
            assert_eq!(
                relative(raw, uri, &around(&roots)).as_deref(),
                expected,
                "{raw}"
            );
        }
    }

    #[test]
    fn the_prefix_is_put_before_relative_paths_only() {
        let roots = ["/w".to_owned()];
        let mut here = around(&roots);
        here.prefix = Some("services/api");
        assert_eq!(
            relative("a.c", false, &here).as_deref(),
            Some("services/api/a.c")
        );
        assert_eq!(
            relative("../x.c", false, &here).as_deref(),
            Some("services/x.c")
        );
        assert_eq!(relative("/w/a.c", false, &here).as_deref(), Some("a.c"));
    }
}
