//! Package URLs as scanners and people write them (purl specification: `pkg:type/namespace/name@version?qualifiers#subpath`,
//! each part percent-encoded).
//!
//! There are two spellings, because they serve two ends. [`identity`] is part of published fingerprints, so it never changes,
//! and takes whatever scanners write; waivers name findings in it. [`Purl`] follows the specification, refuses what can be read
//! in two ways, and compares with what others say in documents of their own (VEX).

mod parsed;

use std::borrow::Cow;

use super::Package;

pub use parsed::{Apart, Purl, with_version};

/// A package URL without version, qualifiers and subpath, in one spelling. `None` for what is no package URL.
pub fn identity(purl: &str) -> Option<String> {
    let parts = published(purl)?;
    let kind = parts.kind.to_ascii_lowercase();
    let mut whole = String::with_capacity(purl.len());
    whole.extend(["pkg:", &kind, "/"]);
    let start = whole.len();
    whole.push_str(&readable(parts.path));
    // These registries do not tell upper from lower case, and PyPI not `_` from `-`.
    if matches!(
        kind.as_str(),
        "pypi" | "npm" | "deb" | "apk" | "github" | "bitbucket"
    ) && let Some(path) = whole.get_mut(start..)
    {
        path.make_ascii_lowercase();
        if kind == "pypi" && path.contains('_') {
            let dashed = path.replace('_', "-");
            whole.truncate(start);
            whole.push_str(&dashed);
        }
    }
    Some(whole)
}

/// The version that a package URL names, percent-encoding resolved where it is valid; `None` where it names none.
pub fn version(purl: &str) -> Option<String> {
    let version = published(purl)?.version.filter(|text| !text.is_empty())?;
    Some(decoded(version).unwrap_or_else(|| version.to_owned()))
}

/// A package URL up to its version, qualifiers and subpath, as it is written. `None` for what is no package URL, and where
/// what follows an `@` could be a part of the name.
pub fn without_version(purl: &str) -> Option<&str> {
    let parts = Parts::of(purl)?;
    let clear = parts.version.is_none_or(|version| !version.contains('/'));
    clear.then_some(parts.head)
}

/// The spelling that people write: a scope is `%40scope` in a canonical package URL.
pub fn readable(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let text = text.replace("%40", "@");
    Cow::Owned(text.replace("%2F", "/").replace("%2f", "/"))
}

/// The type of a package URL, in lower case.
pub fn kind(purl: &str) -> Option<String> {
    published(purl).map(|parts| parts.kind.to_ascii_lowercase())
}

/// Name and version that a package URL says, the name as its ecosystem writes it. `None` for what is no package URL.
pub fn named(purl: &str) -> Option<(String, Option<String>)> {
    let parts = published(purl.trim())?;
    let kind = parts.kind.to_ascii_lowercase();
    let name = as_written(&kind, &readable(parts.path));
    Some((name, version(purl.trim())))
}

/// Namespace and name in a package URL of this type as people write them.
pub fn as_written(kind: &str, path: &str) -> String {
    match kind {
        // Written `group:artifact` everywhere but in package URLs.
        "maven" => path.replacen('/', ":", 1),
        _ => path.to_owned(),
    }
}

/// The other way round: namespace and name of a package of which only type and name are known. `None` where these do not make
/// a package URL: packages of distributions need the distribution.
pub fn path_of(kind: &str, name: &str) -> Option<String> {
    match kind {
        "maven" => Some(name.replacen(':', "/", 1)),
        "npm" | "pypi" | "golang" | "cargo" | "gem" | "nuget" | "composer" | "hex" | "pub" => {
            Some(name.to_owned())
        }
        _ => None,
    }
}

/// Whether it says more than type, namespace, name and version.
pub fn is_qualified(purl: &str) -> bool {
    purl.contains(['?', '#'])
}

/// What a package is called in one spelling; made of ecosystem and name where the tool gave no package URL.
pub fn of_package(package: &Package) -> String {
    match package.purl.as_deref().and_then(identity) {
        Some(purl) => purl,
        None => format!(
            "pkg:{}/{}",
            package.ecosystem.as_deref().unwrap_or("generic"),
            package.name
        ),
    }
}

/// Percent-decoding; `None` for what is not UTF-8 afterwards or has half an escape.
pub fn decoded(text: &str) -> Option<String> {
    if !text.contains('%') {
        return Some(text.to_owned());
    }
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        let digit = |byte: u8| char::from(byte).to_digit(16);
        let (high, low) = (digit(bytes.next()?)?, digit(bytes.next()?)?);
        out.push(u8::try_from(high * 16 + low).ok()?);
    }
    String::from_utf8(out).ok()
}

/// A package URL cut where its parts end, each as it is written.
struct Parts<'p> {
    kind: &'p str,
    /// Namespace and name; not empty.
    path: &'p str,
    /// What follows the `@`; may be empty.
    version: Option<&'p str>,
    qualifiers: Option<&'p str>,
    subpath: Option<&'p str>,
    /// All up to the version, from the scheme on.
    head: &'p str,
}

impl<'p> Parts<'p> {
    fn of(purl: &'p str) -> Option<Parts<'p>> {
        let (rest, subpath) = cut(purl, '#');
        let (rest, qualifiers) = cut(rest, '?');
        let (scheme, named) = rest.split_once(':')?;
        let (kind, path) = named.trim_start_matches('/').split_once('/')?;
        // A scope's `@` is written as `%40`; a bare one at the start of a name is no version.
        let (path, version) = match path.rsplit_once('@') {
            Some((before, _)) if before.is_empty() || before.ends_with('/') => (path, None),
            Some((path, version)) => (path, Some(version)),
            None => (path, None),
        };
        let behind = version.map_or(0, |version| version.len().saturating_add(1));
        let head = rest.get(..rest.len().checked_sub(behind)?)?;
        (scheme.eq_ignore_ascii_case("pkg") && !path.is_empty()).then_some(Parts {
            kind,
            path,
            version,
            qualifiers,
            subpath,
            head,
        })
    }
}

/// What stands before and behind the first `at`.
fn cut(text: &str, at: char) -> (&str, Option<&str>) {
    match text.split_once(at) {
        Some((before, behind)) => (before, Some(behind)),
        None => (text, None),
    }
}

/// The parts for the published spelling, which always took the scheme in small letters alone.
fn published(purl: &str) -> Option<Parts<'_>> {
    Parts::of(purl).filter(|_| purl.starts_with("pkg:"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_per_package() {
        for (purl, expected) in [
            ("pkg:npm/lodash@4.17.15", Some("pkg:npm/lodash")),
            ("pkg:npm/%40angular/core@1.0", Some("pkg:npm/@angular/core")),
            ("pkg:npm/@angular/core@1.0", Some("pkg:npm/@angular/core")),
            ("pkg:npm/@angular/core", Some("pkg:npm/@angular/core")),
            (
                "pkg:deb/debian/libc6@2.1?arch=amd64&distro=debian-10",
                Some("pkg:deb/debian/libc6"),
            ),
            (
                "pkg:golang/golang.org/x/net@v0.1#html",
                Some("pkg:golang/golang.org/x/net"),
            ),
            ("pkg:PyPI/Foo_Bar@1", Some("pkg:pypi/foo-bar")),
            ("pkg:npm/%40a%2Fb", Some("pkg:npm/@a/b")),
            (
                "pkg:golang/github.com/Foo/bar@v1",
                Some("pkg:golang/github.com/Foo/bar"),
            ),
            ("pkg://npm/a@", Some("pkg:npm/a")),
            ("pkg:npm/a@b/c", Some("pkg:npm/a")),
            ("PKG:npm/a", None),
            (" pkg:npm/a", None),
            ("pkg:npm/", None),
            ("pkg:npm/?a/b", None),
            ("lodash", None),
            ("", None),
        ] {
            assert_eq!(identity(purl).as_deref(), expected, "{purl}");
        }
    }

    #[test]
    fn versions_are_read() {
        for (purl, expected) in [
            ("pkg:npm/lodash@4.17.15?x=y", Some("4.17.15")),
            ("pkg:npm/@angular/core", None),
            ("pkg:npm/%40angular/core@1.0", Some("1.0")),
            ("pkg:deb/debian/a@1%3A2.0%2bb", Some("1:2.0+b")),
            ("pkg:npm/a@", None),
            ("pkg:npm/a@1%zz%4", Some("1%zz%4")),
            ("pkg:npm/a@%ff", Some("%ff")),
            ("a@1", None),
        ] {
            assert_eq!(version(purl).as_deref(), expected, "{purl}");
        }
        assert_eq!(version("pkg:npm/a@1%3A2%zz").as_deref(), Some("1%3A2%zz"));
        assert!(is_qualified("pkg:npm/a?b=c") && !is_qualified("pkg:npm/a@1"));
    }

    #[test]
    fn names_are_those_of_the_ecosystem() {
        for (purl, name, version) in [
            ("pkg:npm/%40a/b@1.0%2Bx", "@a/b", Some("1.0+x")),
            ("pkg:maven/g/a@1", "g:a", Some("1")),
            ("pkg:Maven/g/a@", "g:a", None),
            ("pkg:deb/debian/a@1%3A2~3", "debian/a", Some("1:2~3")),
        ] {
            let expected = Some((name.to_owned(), version.map(str::to_owned)));
            assert_eq!(named(purl), expected, "{purl}");
        }
        assert_eq!(named("lodash@1"), None);
        assert_eq!(kind("pkg:PyPI/a@1").as_deref(), Some("pypi"));
        assert_eq!(kind("lodash"), None);
        assert_eq!(path_of("maven", "g:a").as_deref(), Some("g/a"));
        assert_eq!(path_of("deb", "a"), None);
    }

    #[test]
    fn purls_lose_their_version_only() {
        for (purl, bare) in [
            ("pkg:npm/lodash@4.17.20", Some("pkg:npm/lodash")),
            (
                "pkg:npm/%40angular/core@1.0.0",
                Some("pkg:npm/%40angular/core"),
            ),
            ("pkg:npm/@angular/core@1.0.0", Some("pkg:npm/@angular/core")),
            ("pkg:npm/@angular/core", Some("pkg:npm/@angular/core")),
            (
                "pkg:deb/debian/libc6@2.36?arch=amd64&distro=a@b",
                Some("pkg:deb/debian/libc6"),
            ),
            ("pkg:golang/a/b@v1#cmd/x@y", Some("pkg:golang/a/b")),
            ("pkg:npm/a@", Some("pkg:npm/a")),
            ("pkg:npm/a@b/c", None),
            ("nonsense", None),
            ("", None),
        ] {
            assert_eq!(without_version(purl), bare, "{purl}");
        }
        assert_eq!(readable("pkg:npm/%40a/b"), "pkg:npm/@a/b");
    }
}
