//! What a new waiver of one finding says: enough to cover it, and nothing else.

use super::file::LIST_MOST;
use super::{Covers, covers, write};
use crate::gate::language::Pattern;
use crate::model::{Finding, Kind, Place, Severity, Text, purl};

/// What a waiver has to say to cover `finding`, whose severity counts as `severity`: a vulnerability by its ids, package,
/// target and severity, a secret by its fingerprint, anything else by fingerprint, rule and files. Where an id or a name cannot
/// be written so that it is read again as it was, by fingerprint alone.
pub fn covers_of(finding: &Finding, severity: Severity) -> Covers {
    let by_print = Covers {
        kind: Some(finding.kind),
        fingerprints: fingerprints(finding),
        ..Covers::default()
    };
    let narrow = match finding.kind {
        Kind::Secret => return by_print,
        Kind::Vulnerability => vulnerability(finding, severity),
        _ => Covers {
            rules: vec![finding.rule.clone()],
            paths: paths(finding),
            ..by_print.clone()
        },
    };
    let holds =
        write::read_back(&narrow).is_some_and(|waiver| covers(&waiver, finding, severity).is_ok());
    if holds { narrow } else { by_print }
}

fn vulnerability(finding: &Finding, severity: Severity) -> Covers {
    let package = finding.package.as_deref().map(|package| {
        let identity = package.purl.as_deref().and_then(purl::identity);
        identity.map_or_else(|| package.name.clone(), Text::from)
    });
    let target = finding.target.as_deref();
    Covers {
        kind: Some(finding.kind),
        rules: distinct(
            std::iter::once(&finding.rule)
                .chain(&finding.aliases)
                .cloned(),
        ),
        package,
        target: target.map(|target| Text::from(Pattern::literally(target))),
        severity_at_most: Some(severity).filter(|severity| *severity != Severity::Unknown),
        ..Covers::default()
    }
}

/// Every fingerprint of the finding: whichever of its scanners goes, it is the same finding.
fn fingerprints(finding: &Finding) -> Vec<Text> {
    let prints = finding
        .fingerprints()
        .map(|print| Text::from(print.to_string()));
    let mut prints = distinct(prints);
    prints.truncate(LIST_MOST);
    prints
}

/// The files of the repository that it is in.
fn paths(finding: &Finding) -> Vec<Text> {
    let inside = finding.locations.iter();
    let inside = inside.filter(|location| location.place == Place::Workspace);
    distinct(inside.map(|location| Text::from(Pattern::literally(&location.path))))
}

fn distinct(all: impl Iterator<Item = Text>) -> Vec<Text> {
    let mut texts = Vec::new();
    for text in all {
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    texts
}
