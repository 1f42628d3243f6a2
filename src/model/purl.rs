//! Package URLs as scanners and people write them: one spelling of what they name, and their version.

use super::Package;

/// A package URL without version, qualifiers and subpath, in one spelling. `None` for what is no package URL (purl
/// specification: `pkg:type/namespace/name@version?qualifiers#subpath`).
pub fn identity(purl: &str) -> Option<String> {
    let (kind, path, _) = parts(purl)?;
    let kind = kind.to_ascii_lowercase();
    let mut whole = String::with_capacity(purl.len());
    whole.extend(["pkg:", &kind, "/"]);
    let start = whole.len();
    if path.contains('%') {
        let path = path.replace("%40", "@");
        whole.push_str(&path.replace("%2F", "/").replace("%2f", "/"));
    } else {
        whole.push_str(path);
    }
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

/// The version that a package URL names, percent-encoding resolved; `None` where it names none.
pub fn version(purl: &str) -> Option<String> {
    let (.., version) = parts(purl)?;
    version.filter(|text| !text.is_empty()).map(decoded)
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

/// Type, namespace with name, and version as they are written.
fn parts(purl: &str) -> Option<(&str, &str, Option<&str>)> {
    let rest = purl.strip_prefix("pkg:")?.trim_start_matches('/');
    let rest = rest.split(['?', '#']).next()?;
    let (kind, path) = rest.split_once('/')?;
    // A scope's `@` is written as `%40`; a bare one at the start of a name is no version.
    let cut = path
        .rfind('@')
        .filter(|at| *at > 0 && !path.get(..*at).is_some_and(|p| p.ends_with('/')));
    let name = cut.and_then(|at| path.get(..at)).unwrap_or(path);
    let version = cut.and_then(|at| path.get(at + 1..));
    (!name.is_empty()).then_some((kind, name, version))
}

/// Text without percent-encoding; what is no valid encoding stays as it is.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = match (first, after) {
            (b'%', [high, low, ..]) => hex(*high).zip(hex(*low)).map(|(h, l)| h << 4 | l),
            _ => None,
        };
        bytes.push(code.unwrap_or(*first));
        rest = match code {
            Some(_) => after.get(2..).unwrap_or_default(),
            None => after,
        };
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
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
        assert!(is_qualified("pkg:npm/a?b=c") && !is_qualified("pkg:npm/a@1"));
    }
}
