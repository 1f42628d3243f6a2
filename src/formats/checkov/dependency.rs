//! Checks of packages (`sca_package`, `sca_image`): vulnerabilities, and licences that a policy does not allow.

use serde::Deserialize;

use super::super::Desk;
use super::super::advisory::ids;
use super::super::bounds::{self, cut};
use super::super::package::{Named, ecosystem};
use super::check::Check;
use super::{FORMAT, says};
use crate::model::{Finding, Fix, Kind, Severity, Text};
use crate::syntax::{OrNothing, Raw, decimal, text_of};

#[derive(Default, Deserialize)]
struct Details<'a> {
    #[serde(borrow)]
    id: Raw<'a>,
    #[serde(borrow)]
    severity: Raw<'a>,
    #[serde(borrow)]
    package_name: Raw<'a>,
    #[serde(borrow)]
    package_version: Raw<'a>,
    #[serde(borrow)]
    package_type: Raw<'a>,
    #[serde(borrow)]
    link: Raw<'a>,
    #[serde(borrow)]
    cvss: Raw<'a>,
    #[serde(borrow)]
    description: Raw<'a>,
    #[serde(borrow)]
    status: Raw<'a>,
    #[serde(borrow)]
    lowest_fixed_version: Raw<'a>,
    #[serde(borrow, default)]
    fixed_versions: OrNothing<Vec<Raw<'a>>>,
    #[serde(borrow)]
    license: Raw<'a>,
}

/// What Checkov writes where there is no fixed version.
const UNFIXABLE: &str = "N/A";

/// The finding of a check that has `vulnerability_details`.
pub(super) fn finding(
    check: &Check<'_>,
    check_id: &Text,
    desk: &mut Desk<'_>,
) -> Result<Finding, &'static str> {
    let details = check.vulnerability_details.ok_or("vulnerability_details")?;
    let details: Details<'_> = serde_json::from_str(details.get()).unwrap_or_default();
    let name = says(details.package_name).ok_or("package_name in its vulnerability_details")?;
    let license = says(details.license).filter(|_| says(details.id).is_none());
    let kind = match license {
        Some(_) => Kind::License,
        None => Kind::Vulnerability,
    };
    let (rule, aliases, title) = match &license {
        Some(license) => {
            let title = format!("{} licence of {}", license.trim(), name.trim());
            (desk.title(license), vec![check_id.clone()], title)
        }
        None => {
            let id = desk
                .word(details.id)
                .ok_or("id in its vulnerability_details")?;
            let title = format!("{id} in {}", name.trim());
            let (rule, aliases) = ids(id, []);
            (rule, aliases, title)
        }
    };
    let title = desk.title(&title);
    let mut finding = Finding::new(kind, rule, Severity::Unknown, title);
    finding.aliases = aliases;
    let word = says(check.severity).or_else(|| says(details.severity));
    finding.severity = desk.severity(FORMAT.scale, word.as_deref(), check_id);
    let message = text_of(details.description).unwrap_or_default();
    finding.message = desk.texts.share(&cut(message.trim(), bounds::MAX_MESSAGE));
    finding.link = desk.link(details.link);
    let score = decimal(details.cvss).filter(|score| *score > 0.0 && *score <= 10.0);
    finding.cvss = score.map(|score| score as f32);
    check.place(&mut finding, desk);
    let image = image_of(&mut finding, desk);
    finding.target = image.or_else(|| finding.locations.first().map(|place| place.path.clone()));
    let fixed = fixed(&details, desk);
    let fix = match (
        text_of(details.lowest_fixed_version).as_deref(),
        text_of(details.status).as_deref(),
    ) {
        (Some(UNFIXABLE), Some("open")) => Fix::None,
        _ => Fix::Unknown,
    };
    let version = text_of(details.package_version).unwrap_or_default();
    let written = text_of(details.package_type).unwrap_or_default();
    let manifest = finding.target.clone().unwrap_or_default();
    let named = Named {
        purl: None,
        sort: sort(&written, &manifest),
        name: &name,
        version: &version,
    };
    finding.package = Some(Box::new(named.package(fixed, fix, &mut desk.texts)));
    Ok(finding)
}

/// The versions that fix it.
fn fixed(details: &Details<'_>, desk: &mut Desk<'_>) -> Vec<Text> {
    let lowest = text_of(details.lowest_fixed_version);
    let lowest = lowest.filter(|version| version.trim() != UNFIXABLE);
    let mut fixed: Vec<Text> = Vec::new();
    let listed = details.fixed_versions.0.iter().flatten();
    let listed = listed.filter_map(|raw| text_of(*raw));
    for version in lowest.into_iter().chain(listed) {
        let version = desk.texts.share_some(version.trim());
        fixed.extend(version.filter(|version| !fixed.contains(version)));
    }
    fixed
}

/// Of an image Checkov writes `Dockerfile (IMAGE lines:1-5 (sha256:…))` as the path: the file stays the place, the image
/// is the target.
fn image_of(finding: &mut Finding, desk: &mut Desk<'_>) -> Option<Text> {
    let place = finding.locations.first_mut()?;
    let path = place.path.clone();
    let (file, rest) = path.strip_suffix(')')?.split_once(" (")?;
    let image = rest.split([' ', '(']).next()?.trim();
    place.path = desk.texts.share(file);
    desk.texts.share_some(image)
}

/// The ecosystem's word: Checkov's own, else what the manifest's name says.
fn sort<'a>(written: &'a str, manifest: &str) -> &'a str {
    let written = match written.trim() {
        "nodejs" => "npm",
        other => other,
    };
    if ecosystem(written).is_some() {
        return written;
    }
    let file = manifest.rsplit(['/', '\\']).next().unwrap_or_default();
    match file {
        "package.json" | "package-lock.json" | "yarn.lock" | "pnpm-lock.yaml" => "npm",
        "Pipfile" | "Pipfile.lock" | "poetry.lock" | "pyproject.toml" => "pypi",
        "go.mod" | "go.sum" => "golang",
        "pom.xml" | "build.gradle" | "build.gradle.kts" | "gradle.lockfile" => "maven",
        "Gemfile" | "Gemfile.lock" => "gem",
        "composer.json" | "composer.lock" => "composer",
        "Cargo.toml" | "Cargo.lock" => "cargo",
        name if name.starts_with("requirements") && name.ends_with(".txt") => "pypi",
        name if name.ends_with(".csproj") || name == "packages.lock.json" => "nuget",
        _ => written,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_says_the_ecosystem_where_the_word_does_not() {
        for (word, manifest, expected) in [
            ("nodejs", "", "npm"),
            ("python", "package.json", "python"),
            ("", "app/requirements-dev.txt", "pypi"),
            ("", "a\\go.sum", "golang"),
            ("package", "nginx:1.0", "package"),
        ] {
            assert_eq!(sort(word, manifest), expected, "{word} {manifest}");
        }
    }
}
