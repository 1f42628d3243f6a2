//! Package URLs taken apart by the specification, and whether one that a document names covers that of a package.

use std::collections::BTreeMap;

use super::{Parts, decoded, path_of};

/// Types whose names do not tell upper from lower case (purl specification; for npm and Go the registries, too).
const CASELESS: &[&str] = &[
    "pypi",
    "npm",
    "golang",
    "deb",
    "apk",
    "github",
    "bitbucket",
    "composer",
    "hex",
    "oci",
    "docker",
];

/// A package URL taken apart, in one spelling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purl {
    /// Type, in lower case.
    pub kind: String,
    /// Namespace and name, decoded, with `/` between them.
    pub path: String,
    /// Version, decoded.
    pub version: Option<String>,
    /// Qualifiers by key, decoded; those without a value are as if they were not there.
    pub qualifiers: BTreeMap<String, String>,
    /// Path within the package.
    pub subpath: Option<String>,
}

/// What keeps a package URL from covering another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Apart {
    /// It is another package.
    Package,
    /// It is another version.
    Version,
    /// It is another part of the package.
    Subpath,
    /// A qualifier is missing or another one: its key.
    Qualifier(String),
}

impl Purl {
    /// Takes a package URL apart. `None` for what is none or can be read in two ways.
    pub fn parse(text: &str) -> Option<Purl> {
        let parts = Parts::of(text.trim())?;
        // An empty version, or one with a slash, could be anything.
        if parts
            .version
            .is_some_and(|version| version.is_empty() || version.contains('/'))
        {
            return None;
        }
        // What is there has to be readable; what is not there is nothing.
        let read = |part: Option<&str>| part.map_or(Some(None), |part| decoded(part).map(Some));
        let version = read(parts.version)?;
        let subpath = read(parts.subpath.map(|path| path.trim_matches('/')))?;
        let qualifiers = match parts.qualifiers {
            Some(qualifiers) => parse_qualifiers(qualifiers)?,
            None => BTreeMap::new(),
        };
        Purl::of(
            parts.kind,
            &decoded(parts.path.trim_matches('/'))?,
            version,
            qualifiers,
            subpath.filter(|subpath| !subpath.is_empty()),
        )
    }

    /// The package URL of a package of which only ecosystem, name and version are known. `None` where these do not make
    /// one: packages of distributions need the distribution.
    pub fn of_package(kind: &str, name: &str, version: Option<&str>) -> Option<Purl> {
        let name = path_of(kind, name)?;
        let version = version.map(str::to_owned);
        Purl::of(kind, &name, version, BTreeMap::new(), None)
    }

    fn of(
        kind: &str,
        path: &str,
        version: Option<String>,
        qualifiers: BTreeMap<String, String>,
        subpath: Option<String>,
    ) -> Option<Purl> {
        let kind = kind.to_ascii_lowercase();
        let mut path = path.to_owned();
        if kind.is_empty() || path.is_empty() {
            return None;
        }
        if CASELESS.contains(&kind.as_str()) {
            path.make_ascii_lowercase();
        }
        if kind == "pypi" {
            path = path.replace('_', "-");
        }
        Some(Purl {
            kind,
            path,
            version,
            qualifiers,
            subpath,
        })
    }

    /// The name without its namespace.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// Whether this one, of a statement, covers that of a package: type, namespace and name equal; the version where it
    /// says one; every qualifier that it has. No ranges.
    pub fn covers(&self, package: &Purl) -> Result<(), Apart> {
        if self.kind != package.kind || self.path != package.path {
            return Err(Apart::Package);
        }
        if self.version.is_some() && self.version != package.version {
            return Err(Apart::Version);
        }
        if self.subpath.is_some() && self.subpath != package.subpath {
            return Err(Apart::Subpath);
        }
        let other = self
            .qualifiers
            .iter()
            .find(|(key, value)| package.qualifiers.get(*key) != Some(value));
        other.map_or(Ok(()), |(key, _)| Err(Apart::Qualifier(key.clone())))
    }
}

/// `text` with another version, or with none; `None` for what is no package URL.
pub fn with_version(text: &str, version: Option<&str>) -> Option<String> {
    Purl::parse(text)?;
    let head = Parts::of(text)?.head;
    let tail = text.get(text.find(['?', '#']).unwrap_or(text.len())..)?;
    let Some(version) = version else {
        return Some(format!("{head}{tail}"));
    };
    let mut out = format!("{head}@");
    for byte in version.bytes() {
        match byte {
            b'%' | b'?' | b'#' | b'@' | b'/' => out.push_str(&format!("%{byte:02X}")),
            // Bytes of one character follow one another, so decoding gives the character again.
            byte if byte.is_ascii_graphic() => out.push(char::from(byte)),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out.push_str(tail);
    Some(out)
}

/// `a=b&c=d`; `None` where a key stands twice or is empty.
fn parse_qualifiers(text: &str) -> Option<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    for one in text.split('&').filter(|one| !one.is_empty()) {
        let (key, value) = one.split_once('=')?;
        let key = key.trim().to_ascii_lowercase();
        let value = decoded(value)?;
        if value.is_empty() {
            continue;
        }
        if key.is_empty() || found.insert(key, value).is_some() {
            return None;
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(statement: &str, package: &str) -> Result<(), Apart> {
        let package = Purl::parse(package).expect(package);
        Purl::parse(statement).map_or(Err(Apart::Package), |purl| purl.covers(&package))
    }

    #[test]
    fn a_statement_covers_what_it_says_and_no_more() {
        let qualifier = |key: &str| Err(Apart::Qualifier(key.to_owned()));
        let deb = "pkg:deb/debian/zlib1g@1:1.2.13?arch=amd64&distro=debian-12";
        for (statement, package, expected) in [
            ("pkg:npm/left-pad", "pkg:npm/left-pad@1.0.0", Ok(())),
            ("pkg:npm/left-pad@1.0.0", "pkg:npm/left-pad@1.0.0", Ok(())),
            (
                "pkg:npm/left-pad@1.0.0",
                "pkg:npm/left-pad@1.0.1",
                Err(Apart::Version),
            ),
            (
                "pkg:npm/left-pad@1.0.0",
                "pkg:npm/left-pad",
                Err(Apart::Version),
            ),
            (
                "pkg:npm/left-pad@^1",
                "pkg:npm/left-pad@1",
                Err(Apart::Version),
            ),
            (
                "pkg:npm/left",
                "pkg:npm/left-pad@1.0.0",
                Err(Apart::Package),
            ),
            ("pkg:npm/%40angular/core", "pkg:npm/@angular/core@1", Ok(())),
            (
                "pkg:npm/core",
                "pkg:npm/@angular/core@1",
                Err(Apart::Package),
            ),
            ("PKG:PyPI/Foo_Bar", "pkg:pypi/foo-bar@1", Ok(())),
            (
                "pkg:golang/github.com/Foo/bar@v1",
                "pkg:golang/github.com/foo/bar@v1",
                Ok(()),
            ),
            ("pkg:maven/g/A", "pkg:maven/g/a@1", Err(Apart::Package)),
            ("pkg:deb/debian/zlib1g@1%3A1.2.13", deb, Ok(())),
            ("pkg:deb/debian/zlib1g?arch=amd64", deb, Ok(())),
            ("pkg:deb/debian/zlib1g?arch=arm64", deb, qualifier("arch")),
            (
                "pkg:deb/debian/zlib1g?upstream=zlib",
                deb,
                qualifier("upstream"),
            ),
            ("pkg:deb/ubuntu/zlib1g", deb, Err(Apart::Package)),
            ("pkg:npm/a@", "pkg:npm/a@1", Err(Apart::Package)),
            ("pkg:npm/a?x=1&x=2", "pkg:npm/a@1?x=1", Err(Apart::Package)),
            ("pkg:npm/a#b", "pkg:npm/a@1", Err(Apart::Subpath)),
            ("pkg:npm/*", "pkg:npm/a@1", Err(Apart::Package)),
            ("pkg:npm/%zz", "pkg:npm/a@1", Err(Apart::Package)),
            ("cpe:2.3:a:a:a", "pkg:npm/a@1", Err(Apart::Package)),
        ] {
            assert_eq!(outcome(statement, package), expected, "{statement}");
        }
    }

    #[test]
    fn versions_are_exchanged() {
        for (purl, version, expected) in [
            ("pkg:npm/a@1?x=y#z", Some("2+b"), "pkg:npm/a@2+b?x=y#z"),
            ("pkg:npm/@s/a", Some("1 @"), "pkg:npm/@s/a@1%20%40"),
            ("pkg:npm/%40s/a@1", None, "pkg:npm/%40s/a"),
        ] {
            assert_eq!(with_version(purl, version).as_deref(), Some(expected));
        }
        assert_eq!(with_version("a", None), None);
    }

    #[test]
    fn packages_without_a_package_url_have_one() {
        let purl = |kind, name| Purl::of_package(kind, name, Some("1")).map(|purl| purl.path);
        assert_eq!(purl("npm", "@S/a").as_deref(), Some("@s/a"));
        assert_eq!(purl("maven", "g:a").as_deref(), Some("g/a"));
        assert_eq!(purl("deb", "a"), None);
        assert_eq!(purl("npm", ""), None);
    }
}
