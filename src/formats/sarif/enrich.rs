//! What the model wants and each tool says in its own way: packages, images, secrets, lines, resources.

use super::place::Places;
use super::result::Around;
use super::rules::Rule;
use super::severity::Score;
use super::tool::{Known, ecosystem, line_value};
use crate::formats::Secret;
use crate::model::{Finding, Fix, Kind, Package, Place, SecretMark, Text, Texts};

/// What the model wants and a tool says in its own way.
pub(super) fn enrich(
    finding: &mut Finding,
    tool: Known,
    rule: Option<&Rule>,
    message: &str,
    places: &Places,
    image: Option<&str>,
    around: &mut Around<'_>,
) {
    match finding.kind {
        Kind::Code => finding.line = places.line,
        Kind::Misconfiguration => {
            finding.line = places.line;
            if tool == Known::Trivy {
                one_check_id(finding, around.texts);
            }
            finding.resource = places
                .logical
                .as_deref()
                .map(|name| around.texts.share(name));
        }
        Kind::Secret => {
            finding.secret = Some(SecretMark {
                digest: None,
                published: None,
            });
            if let Some((snippet, columns)) = &places.snippet {
                let value = Secret::new(snippet.as_str());
                if tool == Known::Gitleaks {
                    // Gitleaks quotes the secret itself, as its JSON does.
                    finding.secret = Some(around.secrets.mark(value));
                } else if *columns {
                    around.secrets.remember(value);
                }
            }
        }
        _ => {}
    }
    if finding.kind == Kind::Vulnerability || finding.kind == Kind::License {
        let score = rule.and_then(|rule| {
            rule.cvss.or(match (tool, &rule.score) {
                (Known::Trivy, _) => None,
                (_, Some(Score::Valid(score))) if *score > 0.0 => Some(*score),
                _ => None,
            })
        });
        #[expect(clippy::cast_possible_truncation, reason = "a score from 0 to 10")]
        let score = score
            .filter(|s| (0.0..=10.0).contains(s))
            .map(|score| score as f32);
        finding.cvss = score;
        match tool {
            Known::Trivy if finding.kind == Kind::License => trivy_license(finding, around.texts),
            Known::Trivy => trivy_package(finding, message, around.texts),
            Known::Grype => grype_package(finding, rule, message, around.texts),
            _ => {}
        }
    }
    let mut image = image.map(str::to_owned);
    if tool == Known::Grype {
        image = grype_image(message, places, finding);
    }
    match image {
        Some(image) => {
            finding.target = around.texts.share_some(&image);
            for location in &mut finding.locations {
                location.place = Place::Target;
            }
        }
        None if tool == Known::Trivy && finding.package.is_some() => {
            finding.target = finding
                .locations
                .first()
                .map(|location| location.path.clone());
        }
        None => {}
    }
}

/// Trivy's checks have had three spellings; the log of an old version and that of a new one mean the same.
fn one_check_id(finding: &mut Finding, texts: &mut Texts) {
    let canonical = crate::formats::check_id::canonical(&finding.rule);
    if canonical != *finding.rule {
        let written = std::mem::replace(&mut finding.rule, texts.share(&canonical));
        finding.aliases.push(written);
    }
}

/// Trivy's rule id for a licence is `package:licence`; its JSON says the two apart.
fn trivy_license(finding: &mut Finding, texts: &mut Texts) {
    let rule = finding.rule.clone();
    let Some((package, license)) = rule.split_once(':') else {
        return;
    };
    let (Some(license), Some(name)) = (texts.share_some(license), texts.share_some(package)) else {
        return;
    };
    finding.aliases.push(rule.clone());
    finding.rule = license;
    finding.package = Some(Box::new(Package {
        development: false,
        purl: None,
        ecosystem: None,
        name,
        version: None,
        fixed: Vec::new(),
        fix: Fix::Unknown,
    }));
}

/// Trivy's message names the package; its rule names the package of another result.
fn trivy_package(finding: &mut Finding, message: &str, texts: &mut Texts) {
    let Some(name) = line_value(message, "Package").and_then(|name| texts.share_some(name)) else {
        return;
    };
    let fixed_line = line_value(message, "Fixed Version");
    let fixed = versions(fixed_line.unwrap_or_default(), texts);
    finding.package = Some(Box::new(Package {
        development: false,
        purl: None,
        ecosystem: None,
        name,
        version: line_value(message, "Installed Version").and_then(|v| texts.share_some(v)),
        fix: match (fixed.is_empty(), fixed_line) {
            (false, _) => Fix::Available,
            (true, Some(_)) => Fix::None,
            (true, None) => Fix::Unknown,
        },
        fixed,
    }));
}

/// Grype has one rule per advisory and package, whose help names the package.
fn grype_package(finding: &mut Finding, rule: Option<&Rule>, message: &str, texts: &mut Texts) {
    let help = rule.map_or("", |rule| &*rule.text.help);
    let Some(name) = line_value(help, "Package").and_then(|name| texts.share_some(name)) else {
        return;
    };
    let fixed = versions(line_value(help, "Fix Version").unwrap_or_default(), texts);
    let version = line_value(help, "Version").or_else(|| {
        let after = message.split_once(" version ")?.1;
        after.split_whitespace().next()
    });
    finding.package = Some(Box::new(Package {
        development: false,
        purl: None,
        ecosystem: line_value(help, "Type")
            .and_then(ecosystem)
            .map(|e| texts.share(e)),
        name,
        version: version.and_then(|version| texts.share_some(version)),
        // An empty list may mean "not known" as well as "none".
        fix: if fixed.is_empty() {
            Fix::Unknown
        } else {
            Fix::Available
        },
        fixed,
    }));
}

fn versions(list: &str, texts: &mut Texts) -> Vec<Text> {
    list.split(',')
        .filter_map(|version| texts.share_some(version))
        .take(100)
        .collect()
}

/// The image that Grype looked at: new versions name it in the message, old ones in the logical location.
fn grype_image(message: &str, places: &Places, finding: &mut Finding) -> Option<String> {
    if let Some((image, path)) = message
        .split_once("was found in image ")
        .and_then(|(_, rest)| rest.split_once(" at: "))
    {
        for location in &mut finding.locations {
            location.path = path.trim().into();
        }
        return Some(image.trim().to_owned());
    }
    if !message.contains("installed in the container") {
        return None;
    }
    let (image, path) = places.logical.as_deref()?.rsplit_once(":/")?;
    // `image@LAYER`, where the image may have a digest of its own.
    let image = image.rsplit_once('@').map_or(image, |(image, _)| image);
    for location in finding.locations.iter_mut().take(1) {
        location.path = format!("/{path}").into();
    }
    Some(image.to_owned())
}
