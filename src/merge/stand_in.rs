//! A file of the repository at which a finding without a place of its own can be shown: GitHub refuses a result without
//! a location and hides an annotation whose file is not there.

use super::Surroundings;
use crate::model::{Finding, Text};

/// The file in which each ecosystem says what it depends on, lock file first; types as in package URLs.
const MANIFESTS: [(&str, &[&str]); 12] = [
    (
        "npm",
        &[
            "package-lock.json",
            "yarn.lock",
            "pnpm-lock.yaml",
            "package.json",
        ],
    ),
    (
        "pypi",
        &[
            "poetry.lock",
            "uv.lock",
            "Pipfile.lock",
            "requirements.txt",
            "pyproject.toml",
        ],
    ),
    ("golang", &["go.sum", "go.mod"]),
    ("cargo", &["Cargo.lock", "Cargo.toml"]),
    ("maven", &["pom.xml", "build.gradle", "build.gradle.kts"]),
    ("gem", &["Gemfile.lock", "Gemfile"]),
    ("composer", &["composer.lock", "composer.json"]),
    ("nuget", &["packages.lock.json", "Directory.Packages.props"]),
    ("conda", &["environment.yml"]),
    ("deb", &["Dockerfile"]),
    ("rpm", &["Dockerfile"]),
    ("apk", &["Dockerfile"]),
];

/// Where everything else goes.
const LAST: [&str; 4] = ["Dockerfile", "README.md", "README", "README.rst"];

/// Whether a path ends in the name of a file in which an ecosystem says what it depends on.
pub fn is_manifest(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let known = MANIFESTS.iter().flat_map(|(_, files)| files.iter());
    // What a Dockerfile installs is decided when the image is built.
    known
        .filter(|file| **file != "Dockerfile")
        .any(|file| *file == name)
}

/// The first of these files that exists.
pub(super) fn find(finding: &Finding, around: &Surroundings<'_>) -> Option<Text> {
    let ecosystem = finding.package.as_ref().and_then(|package| {
        let from_purl = package
            .purl
            .as_deref()
            .and_then(|purl| purl.strip_prefix("pkg:"));
        from_purl
            .and_then(|rest| rest.split('/').next())
            .or(package.ecosystem.as_deref())
    });
    let manifests = MANIFESTS
        .iter()
        .filter(|(kind, _)| Some(*kind) == ecosystem)
        .flat_map(|(_, files)| files.iter());
    manifests
        .chain(&LAST)
        .find(|file| (around.exists)(file))
        .map(|file| Text::from(*file))
}
