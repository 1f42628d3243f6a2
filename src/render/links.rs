//! Addresses of lines of code on the server, as links in GitHub's Markdown.
//!
//! Must not know: the page that they stand on.

use std::fmt::Write as _;

use super::escape::link_target;
use super::page::name;
use crate::model::{Context, Finding};

/// `shown` as code, linked to the first place of the finding that the repository holds, at the head commit of the change.
/// Plain code where there is none, or where the context names no commit.
pub(super) fn to_lines(context: &Context, finding: &Finding, shown: &str) -> String {
    let code = name(shown);
    match address(context, finding).and_then(|url| link_target(&url)) {
        Some(target) if !code.is_empty() => format!("[{code}]({target})"),
        _ => code,
    }
}

fn address(context: &Context, finding: &Finding) -> Option<String> {
    let place = finding.workspace_location()?;
    let commit = context.head_sha.as_deref().filter(|sha| is_commit(sha))?;
    let (owner, repository) = context.repository.as_deref()?.split_once('/')?;
    let mut url = context.server_url.clone();
    for part in [owner, repository, "blob", commit]
        .into_iter()
        .chain(place.path.split('/'))
    {
        // A browser would walk to another page.
        if matches!(part, "" | "." | "..") {
            return None;
        }
        url.push('/');
        push_segment(&mut url, part);
    }
    // Writing to a String cannot fail.
    match (place.start_line, place.end_line) {
        (Some(first), Some(last)) => write!(url, "#L{first}-L{last}").ok()?,
        (Some(first), None) => write!(url, "#L{first}").ok()?,
        _ => {}
    }
    Some(url)
}

/// The full hash of a commit: SHA-1 or SHA-256 in hexadecimal.
pub(super) fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// One segment of a path: all but the unreserved characters of RFC 3986 is escaped.
fn push_segment(url: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            url.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(url, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Kind, Location, Place, Severity};

    fn at(path: &str, first: u32, last: Option<u32>, place: Place) -> Finding {
        let mut finding = Finding::new(Kind::Code, "r".into(), Severity::High, "t".into());
        let mut location = Location::new(path.into(), Some(first)).to_line(last);
        location.place = place;
        finding.locations.push(location);
        finding
    }

    fn context() -> Context {
        Context {
            repository: Some("octo/re.po".to_owned()),
            head_sha: Some("ab".repeat(20)),
            server_url: "https://github.com".to_owned(),
            ..Context::default()
        }
    }

    #[test]
    fn a_path_stays_a_path() {
        let sha = "ab".repeat(20);
        for (path, place, expected) in [
            ("src/a.rs", Place::Workspace, Some("src/a.rs#L3-L9")),
            (
                "a b/#1?x=%41&(é)[].rs",
                Place::Workspace,
                Some("a%20b/%231%3Fx%3D%2541%26%28%C3%A9%29%5B%5D.rs#L3-L9"),
            ),
            ("a/../../../evil", Place::Workspace, None),
            ("/etc/passwd", Place::Workspace, None),
            ("src/a.rs", Place::Target, None),
            ("src/a.rs", Place::Outside, None),
        ] {
            let expected =
                expected.map(|path| format!("https://github.com/octo/re.po/blob/{sha}/{path}"));
            let finding = at(path, 3, Some(9), place);
            assert_eq!(address(&context(), &finding), expected, "{path}");
        }
        let one = at("a", 3, None, Place::Workspace);
        let linked = to_lines(&context(), &one, "a:3");
        assert_eq!(
            linked,
            format!("[`a:3`](https://github.com/octo/re.po/blob/{sha}/a#L3)")
        );
    }

    #[test]
    fn without_a_commit_or_a_server_nothing_is_linked() {
        let finding = at("a", 3, None, Place::Workspace);
        for change in [
            |context: &mut Context| context.head_sha = None,
            |context: &mut Context| context.head_sha = Some("main".to_owned()),
            |context: &mut Context| context.repository = Some("../x".to_owned()),
            |context: &mut Context| context.server_url = "javascript:alert(1)".to_owned(),
            |context: &mut Context| context.server_url = String::new(),
        ] {
            let mut context = context();
            change(&mut context);
            assert_eq!(to_lines(&context, &finding, "a:3"), "`a:3`");
        }
    }
}
