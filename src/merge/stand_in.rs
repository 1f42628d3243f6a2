//! A file of the repository at which a finding without a place of its own can be shown: GitHub refuses a result without
//! a location and hides an annotation whose file is not there.

use std::collections::BTreeMap;

use super::Surroundings;
use super::named::Named;
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

/// Text of manifests that is kept at a time, in bytes.
const KEPT_BYTES: usize = 64 << 20;

/// The files in which packages and images are looked for, each gone through once.
pub(super) struct Manifests<'a> {
    around: &'a Surroundings<'a>,
    known: BTreeMap<Text, Option<Named>>,
    kept: usize,
}

impl<'a> Manifests<'a> {
    pub(super) fn new(around: &'a Surroundings<'a>) -> Manifests<'a> {
        Manifests {
            around,
            known: BTreeMap::new(),
            kept: 0,
        }
    }

    /// The line at which a finding's package or image stands: in its stand-in, or in a file of its own that it names without
    /// a line.
    pub(super) fn line(&mut self, finding: &Finding) -> Option<u32> {
        let file = match finding.workspace_location() {
            Some(location) if location.start_line.is_some() => return None,
            Some(location) => &location.path,
            None => finding.stand_in.as_ref()?,
        };
        // Nothing that a file could name.
        if finding.package.is_none() && finding.target.is_none() {
            return None;
        }
        let named = self.named(file)?;
        let package = finding.package.as_deref();
        let of_package =
            package.and_then(|package| named.package(&package.name, package.version.as_deref()));
        of_package.or_else(|| named.image(finding.target.as_deref(), package.is_some()))
    }

    fn named(&mut self, file: &Text) -> Option<&Named> {
        let (around, kept) = (self.around, &mut self.kept);
        let named = self.known.entry(file.clone()).or_insert_with(|| {
            if *kept >= KEPT_BYTES || !super::named::is_known(file) {
                return None;
            }
            let named = Named::read(file, (around.text)(file)?)?;
            *kept = kept.saturating_add(named.size());
            Some(named)
        });
        named.as_ref()
    }
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
