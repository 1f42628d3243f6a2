//! The text of one annotation: what stands beside a line of code on the pull request.
//!
//! Plain text in both forms, the API's and the workflow command's; the command's own escaping is `github::command`'s.
//! Must not know: limits on how many there are, and the place, which the caller has.

use super::escape::plain_text;
use super::phrase::short_fingerprint;
use crate::model::{Finding, Fix, Judged, Kind};

/// GitHub takes 255 characters (REST API, "Create a check run"); an invisible character is written with up to ten, and texts are cut
/// before that.
const TITLE: usize = 120;
/// Characters of the scanner's own words; the runner cuts a message at 4,096.
const MESSAGE: usize = 1000;
/// Characters of a name.
const NAME: usize = 120;

/// Title and message of an annotation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnnotationText {
    /// One line: severity, rule, what is wrong.
    pub title: String,
    /// Several lines, separated by `\n`: what, which package, what to do, where to read on, the fingerprint.
    pub message: String,
}

/// The text for a finding that was judged so.
pub fn text(finding: &Finding, judged: Judged) -> AnnotationText {
    let rule = plain_text(&finding.rule, NAME);
    let said = plain_text(&finding.title, TITLE);
    let title = format!(
        "{} {}: {rule}",
        finding.severity.word(),
        finding.kind.word()
    );
    let message = plain_text(&finding.message, MESSAGE);
    let mut lines = vec![match judged {
        Judged::Fail => format!("Blocks: {said}"),
        Judged::Warn => format!("Warning: {said}"),
        Judged::Note | Judged::Ignore => said.clone(),
        Judged::Excused => format!("Excused: {said}"),
    }];
    if !message.is_empty() && message != said {
        lines.push(message);
    }
    lines.extend(package(finding));
    lines.push(format!("What to do: {}", advice(finding)));
    if let Some(link) = &finding.link {
        lines.push(format!("Read on: {}", plain_text(link, 2 * NAME)));
    }
    let tools: Vec<String> = finding
        .sources
        .iter()
        .take(5)
        .map(|source| plain_text(&source.tool, NAME))
        .collect();
    let tools = if tools.is_empty() {
        String::new()
    } else {
        format!(" (found by {})", tools.join(", "))
    };
    lines.push(format!(
        "Fingerprint: {}{tools}",
        short_fingerprint(finding)
    ));
    AnnotationText {
        title: plain_text(&title, 255),
        message: lines.join("\n"),
    }
}

/// The package line, where there is a package.
fn package(finding: &Finding) -> Option<String> {
    let package = finding.package.as_deref()?;
    let version = package.version.as_deref().unwrap_or("(version unknown)");
    Some(format!(
        "Package: {} {}",
        plain_text(&package.name, NAME),
        plain_text(version, NAME)
    ))
}

/// What to do about this one finding.
fn advice(finding: &Finding) -> String {
    match (finding.kind, finding.package.as_deref()) {
        (Kind::Vulnerability, Some(package)) if !package.fixed.is_empty() => {
            let fixed: Vec<String> = package
                .fixed
                .iter()
                .take(5)
                .map(|version| plain_text(version, NAME))
                .collect();
            format!(
                "upgrade {} to {}.",
                plain_text(&package.name, NAME),
                fixed.join(" or ")
            )
        }
        (Kind::Vulnerability, Some(package)) if package.fix == Fix::None => {
            "there is no fix yet: replace the package or wait.".to_owned()
        }
        (Kind::Vulnerability, _) => "follow the advisory.".to_owned(),
        (Kind::Secret, _) => {
            "revoke it first, deleting the line is not enough; then keep it out of the repository."
                .to_owned()
        }
        (Kind::Misconfiguration, _) => "change the setting.".to_owned(),
        (Kind::License, _) => "replace the package, or have the licence allowed.".to_owned(),
        (Kind::Code | Kind::Quality, _) => "change the code.".to_owned(),
        (Kind::SupplyChain | Kind::Runtime, _) => "look into it.".to_owned(),
    }
}
