//! URI references as SARIF wants them: percent-encoded, nothing that a parser stumbles over.

use std::borrow::Cow;
use std::fmt::Write;

/// Whether a byte may stand in a URI reference as it is (RFC 3986, unreserved and reserved characters, without the
/// brackets, which are legal in a host only).
fn may_stand(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'-' | b'.'
                | b'_'
                | b'~'
                | b':'
                | b'/'
                | b'?'
                | b'#'
                | b'@'
                | b'!'
                | b'$'
                | b'&'
                | b'\''
                | b'('
                | b')'
                | b'*'
                | b'+'
                | b','
                | b';'
                | b'='
        )
}

/// A URI reference that a scanner wrote, with every character that may not stand there percent-encoded: blanks, raw
/// UTF-8, backslashes, `%` that begins no escape.
pub fn mended(uri: &str) -> Cow<'_, str> {
    let bytes = uri.as_bytes();
    let escape = |at: usize| {
        let digits = bytes.get(at.saturating_add(1)..at.saturating_add(3));
        digits.is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit))
    };
    let fits = |at: usize, byte: u8| may_stand(byte) || (byte == b'%' && escape(at));
    if bytes.iter().enumerate().all(|(at, byte)| fits(at, *byte)) {
        return Cow::Borrowed(uri);
    }
    let mut out = String::with_capacity(uri.len());
    for (at, byte) in bytes.iter().enumerate() {
        push(&mut out, *byte, fits(at, *byte));
    }
    Cow::Owned(out)
}

/// The URI reference of a path: relative where the path is relative.
pub fn of_path(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    // `a:b/c` would read as the scheme `a`.
    let first = path.split('/').next().unwrap_or_default();
    if first.contains(':') {
        out.push_str("./");
    }
    for byte in path.bytes() {
        push(
            &mut out,
            byte,
            may_stand(byte) && byte != b'?' && byte != b'#',
        );
    }
    out
}

/// The URI of a file as a log may hold it, out of what a scanner wrote for one: mended, a drive or a leading slash as a
/// `file:` URI (SARIF allows no reference that is relative to nothing), `#` and `?` of relative paths encoded (a file has
/// no query).
pub fn file(uri: &str) -> Cow<'_, str> {
    let bytes = uri.as_bytes();
    let drive = bytes.first().is_some_and(u8::is_ascii_alphabetic)
        && bytes.get(1) == Some(&b':')
        && bytes.get(2).is_none_or(|b| matches!(b, b'/' | b'\\'));
    if drive {
        return Cow::Owned(format!("file:///{}", mended(&uri.replace('\\', "/"))));
    }
    let scheme = uri.split_once(':').map_or("", |(scheme, _)| scheme);
    let rest = uri
        .get(scheme.len().saturating_add(1)..)
        .unwrap_or_default();
    if scheme.eq_ignore_ascii_case("file") && !rest.starts_with('/') {
        return Cow::Owned(file(rest).into_owned());
    }
    let absolute = !scheme.is_empty()
        && scheme
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    let mended = mended(uri);
    if absolute {
        return mended;
    }
    let relative = match mended.contains(['#', '?']) {
        true => Cow::Owned(mended.replace('#', "%23").replace('?', "%3F")),
        false => mended,
    };
    match relative.starts_with('/') && !relative.starts_with("//") {
        true => Cow::Owned(format!("file://{relative}")),
        false => relative,
    }
}

/// The path of a URI reference that [`of_path`] made.
pub fn to_path(uri: &str) -> String {
    let uri = uri.strip_prefix("./").unwrap_or(uri);
    let bytes = uri.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, after)) = rest.split_first() {
        let digits = after.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        match digits
            .filter(|_| *first == b'%')
            .map(|two| u8::from_str_radix(two, 16))
        {
            Some(Ok(byte)) => {
                out.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => {
                out.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn push(out: &mut String, byte: u8, as_it_is: bool) {
    if as_it_is {
        out.push(char::from(byte));
    } else {
        // Writing to a text cannot fail.
        let _ = write!(out, "%{byte:02X}");
    }
}

/// An absolute URI that a log may hold, mended; `None` for a relative one and for schemes that run code when a viewer
/// opens them.
pub fn absolute(uri: &str) -> Option<Cow<'_, str>> {
    let (scheme, rest) = uri.split_once(':')?;
    let mut letters = scheme.bytes();
    let named = letters.next().is_some_and(|b| b.is_ascii_alphabetic())
        && letters.all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    let runs = ["javascript", "vbscript", "data"];
    let safe = !runs.iter().any(|word| scheme.eq_ignore_ascii_case(word));
    (named && safe && !rest.is_empty()).then(|| mended(uri))
}

/// A web page: `https:` or `http:` with a host.
pub fn web(uri: &str) -> Option<Cow<'_, str>> {
    let uri = uri.trim();
    let lower = uri.get(..8)?.to_ascii_lowercase();
    let rest = uri.get(if lower == "https://" { 8 } else { 7 }..)?;
    let http = lower == "https://" || lower.starts_with("http://");
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let fits = !host.is_empty()
        && host.is_ascii()
        && !host.contains(|c: char| c.is_whitespace() || "<>\"\\^`{|}%".contains(c));
    (http && fits).then(|| mended(uri))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn references_are_mended() {
        for (uri, mend) in [
            ("a b/ü.py", "a%20b/%C3%BC.py"),
            ("a%20b", "a%20b"),
            ("100%/x", "100%25/x"),
            ("src\\win\\y.py", "src%5Cwin%5Cy.py"),
            ("file:///a/b", "file:///a/b"),
        ] {
            assert_eq!(mended(uri), mend);
        }
        assert_eq!(of_path("a:b/c#d?e"), "./a:b/c%23d%3Fe");
        for (uri, expected) in [
            ("/a b", "file:///a%20b"),
            ("a/b", "a/b"),
            ("C:\\a\\b.py", "file:///C:/a/b.py"),
            ("file:src/a.py", "src/a.py"),
            ("#hash?query.py", "%23hash%3Fquery.py"),
            ("https://x/a?b#c", "https://x/a?b#c"),
        ] {
            assert_eq!(file(uri), expected);
            assert_eq!(file(expected), expected);
        }
        assert_eq!(absolute("javascript:alert(1)"), None);
        assert_eq!(absolute("relative/x"), None);
        assert_eq!(
            web("https://x.org/a b").as_deref(),
            Some("https://x.org/a%20b")
        );
        assert_eq!(web("http:///x"), None);
        assert_eq!(web("file:///etc"), None);
    }

    proptest! {
        #[test]
        fn paths_come_back(path in "[a-z:#?% ü\\\\\u{202e}]{1,5}(/[a-z:#?% ü]{1,5}){0,3}") {
            let uri = of_path(&path);
            prop_assert_eq!(mended(&uri).into_owned(), uri.clone());
            prop_assert_eq!(to_path(&uri), path);
        }
    }
}
