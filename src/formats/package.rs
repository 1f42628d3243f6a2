//! Packages as scanners name them: their sorts in the words of package URLs, and the model's package made of what a report
//! says.

use crate::model::{Fix, Package, Text, Texts, purl};

/// What a report says of a package.
#[derive(Clone, Copy, Default)]
pub(super) struct Named<'a> {
    /// Its package URL; anything else is as if it were absent.
    pub(super) purl: Option<&'a str>,
    /// The tool's word for its sort (`gomod`, `deb`, `Maven`); not needed beside a package URL.
    pub(super) sort: &'a str,
    /// Its name with its namespace, as the ecosystem writes it (`group:artifact`, `@scope/name`).
    pub(super) name: &'a str,
    /// The installed version; blank is none.
    pub(super) version: &'a str,
}

impl Named<'_> {
    /// The package. `fixed` are the versions that fix it; `fix` says what is known where there are none.
    pub(super) fn package(self, fixed: Vec<Text>, fix: Fix, texts: &mut Texts) -> Package {
        let purl = self
            .purl
            .map(str::trim)
            .filter(|purl| purl.starts_with("pkg:"));
        let kind = purl.and_then(purl::kind);
        let kind = kind.as_deref().or_else(|| ecosystem(self.sort));
        Package {
            development: false,
            purl: purl.map(Text::from),
            ecosystem: kind.map(|kind| texts.share(kind)),
            name: texts.share(self.name.trim()),
            version: texts.share_some(self.version),
            fix: if fixed.is_empty() {
                fix
            } else {
                Fix::Available
            },
            fixed,
        }
    }
}

/// The type of package URLs for a scanner's word (Trivy `pkg/purl/purl.go`, Grype `syft/pkg/type.go`, the package
/// managers of Snyk, the ecosystems of OSV, GitHub and GitLab). `None` for words that say nothing.
pub(super) fn ecosystem(word: &str) -> Option<&'static str> {
    let word = word.trim().to_ascii_lowercase();
    // OSV writes `Debian:11`, `Maven:https://…`.
    let word = word.split(':').next().unwrap_or_default();
    Some(match word {
        "alpine" | "wolfi" | "chainguard" | "minimos" | "apk" => "apk",
        "debian" | "ubuntu" | "echo" | "deb" => "deb",
        "redhat"
        | "red hat"
        | "rhel"
        | "centos"
        | "rocky"
        | "rocky linux"
        | "alma"
        | "almalinux"
        | "fedora"
        | "oracle"
        | "amazon"
        | "photon"
        | "photon os"
        | "cbl-mariner"
        | "mageia"
        | "azurelinux"
        | "azure linux"
        | "suse"
        | "suse linux enterprise server"
        | "sles"
        | "suse linux enterprise micro"
        | "slem"
        | "opensuse"
        | "opensuse.leap"
        | "opensuse-leap"
        | "opensuse.tumbleweed"
        | "opensuse-tumbleweed"
        | "rpm" => "rpm",
        "npm" | "yarn" | "yarn-workspace" | "pnpm" | "bun" | "node-pkg" | "javascript" | "node" => {
            "npm"
        }
        "pip" | "pipenv" | "poetry" | "uv" | "pylock" | "python-pkg" | "python" | "pypi" => "pypi",
        "bundler" | "gemspec" | "rubygems" | "gem" => "gem",
        "composer" | "composer-vendor" | "packagist" | "php-composer" => "composer",
        "gomod" | "gobinary" | "gomodules" | "govendor" | "golangdep" | "golang" | "go"
        | "go-module" => "golang",
        "jar" | "pom" | "gradle" | "sbt" | "maven" | "java" | "java-archive" => "maven",
        "cargo" | "rustbinary" | "rust-crate" | "crates.io" | "rust" => "cargo",
        "nuget" | "dotnet-core" | "packages-props" | "dotnet" | "paket" => "nuget",
        "conda" | "conda-pkg" | "conda-environment" => "conda",
        "conan" => "conan",
        "pub" | "dart-pub" => "pub",
        "hex" => "hex",
        "swift" | "swifturl" => "swift",
        "cocoapods" => "cocoapods",
        "julia" => "julia",
        "bitnami" => "bitnami",
        "github" | "github-action" | "github actions" => "github",
        _ => return None,
    })
}

/// The package URL of a package whose ecosystem has no more parts than these, so that a tool that names ecosystem and name
/// agrees with one that writes package URLs. `None` for those that need more (the distribution of a `deb`).
pub(super) fn purl(sort: &str, name: &str, version: &str) -> Option<String> {
    let kind = ecosystem(sort)?;
    let name = name.trim();
    let name = match (kind, purl::path_of(kind, name)?) {
        ("npm", name) => name.replacen('@', "%40", 1),
        (_, name) => name,
    };
    let plain = |c: char| !c.is_whitespace() && !matches!(c, '@' | '?' | '#');
    if name.is_empty() || !name.chars().all(plain) {
        return None;
    }
    let version = version.trim();
    Some(match version {
        "" => format!("pkg:{kind}/{name}"),
        version if version.chars().all(plain) => format!("pkg:{kind}/{name}@{version}"),
        _ => format!("pkg:{kind}/{name}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_many_tools_are_one() {
        for (word, kind) in [
            ("Debian:11", Some("deb")),
            ("gomodules", Some("golang")),
            ("PyPI", Some("pypi")),
            ("java-archive", Some("maven")),
            ("", None),
            ("thing", None),
        ] {
            assert_eq!(ecosystem(word), kind, "{word}");
        }
    }
    #[test]
    fn package_urls_are_made_and_read() {
        for (sort, name, version, expected) in [
            ("npm", "@scope/a", "1.0", Some("pkg:npm/%40scope/a@1.0")),
            ("Maven", "g:a", "1", Some("pkg:maven/g/a@1")),
            (
                "Go",
                "example.com/m/v2",
                "",
                Some("pkg:golang/example.com/m/v2"),
            ),
            ("Debian:12", "libc6", "1", None),
            ("PyPI", "a?b", "1", None),
            ("npm", "a", "1 2", Some("pkg:npm/a")),
            ("", "a", "1", None),
        ] {
            assert_eq!(purl(sort, name, version).as_deref(), expected, "{name}");
        }
        let named = |purl: &str| {
            let (name, version) = purl::named(purl)?;
            Some(format!("{name} {}", version.unwrap_or_default()))
        };
        for (purl, expected) in [
            ("pkg:npm/%40scope/a@1.0?x=y", Some("@scope/a 1.0")),
            ("pkg:maven/g/a@1%2B2", Some("g:a 1+2")),
            ("pkg:npm/@scope/a", Some("@scope/a ")),
            ("pkg:npm/", None),
            ("cpe:2.3:a:b", None),
        ] {
            assert_eq!(named(purl).as_deref(), expected, "{purl}");
        }
    }
}
