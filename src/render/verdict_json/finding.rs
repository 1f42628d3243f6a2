//! A finding in `verdict.json`. The field names here are the interface.

use serde::Serialize;

use super::view::{Each, texts};
use crate::model::{
    Cause, Finding, Fingerprint, Fix, Instance, Judged, Kind, Known, Location, Package, Place,
    Ruling, Severity, Source, State, Suppression, Text,
};

#[derive(Serialize)]
pub(super) struct FindingView<'a> {
    fingerprint: Fingerprint,
    fingerprints: Vec<Fingerprint>,
    kind: Kind,
    rule: &'a str,
    aliases: Each<'a, Text, &'a str>,
    severity: Severity,
    title: &'a str,
    link: Option<&'a str>,
    state: Option<&'static str>,
    first_seen: Option<&'a str>,
    cause: Option<&'static str>,
    changed: Option<bool>,
    kev: Option<bool>,
    epss: Option<f32>,
    component: Option<&'a str>,
    locations: Each<'a, Location, LocationView<'a>>,
    target: Option<&'a str>,
    resource: Option<&'a str>,
    package: Option<PackageView<'a>>,
    instances: Each<'a, Instance, InstanceView<'a>>,
    cvss: Option<f32>,
    sources: Each<'a, Source, SourceView<'a>>,
    outcome: &'static str,
    rulings: Each<'a, Ruling, RulingView<'a>>,
}

/// A finding with what was said of it.
pub(super) fn view<'a>(
    found: &'a Finding,
    judged: Judged,
    rulings: &'a [Ruling],
) -> FindingView<'a> {
    FindingView {
        fingerprint: found.fingerprint,
        fingerprints: found.fingerprints().collect(),
        kind: found.kind,
        rule: &found.rule,
        aliases: texts(&found.aliases),
        severity: found.severity,
        title: &found.title,
        link: found.link.as_deref(),
        state: found.known.state.map(State::word),
        first_seen: found.known.first_seen.as_deref(),
        cause: cause(&found.known),
        changed: found.known.changed,
        kev: found.known.kev,
        epss: found.known.epss.filter(|score| score.is_finite()),
        component: found.known.component.as_deref(),
        locations: Each(&found.locations, location),
        target: found.target.as_deref(),
        resource: found.resource.as_deref(),
        package: found.package.as_deref().map(package),
        instances: Each(&found.instances, |instance| InstanceView {
            version: instance.version.as_deref(),
            path: instance.path.as_deref(),
        }),
        cvss: found.cvss.filter(|score| score.is_finite()),
        sources: Each(&found.sources, source),
        outcome: judged.word(),
        rulings: Each(rulings, |ruling| RulingView {
            by: ruling.by,
            term: ruling.term.as_deref(),
            effect: ruling.effect.word(),
            why: &ruling.why,
        }),
    }
}

/// Whether the change brought a new finding; nothing is said of those that were there before.
fn cause(known: &Known) -> Option<&'static str> {
    if !matches!(known.state, None | Some(State::New)) {
        return None;
    }
    match (known.cause, known.state) {
        (Cause::Disclosed, _) => Some("disclosed"),
        (Cause::Introduced, Some(State::New)) => Some("introduced"),
        (Cause::Introduced, _) => None,
    }
}

#[derive(Serialize)]
struct LocationView<'a> {
    path: &'a str,
    start_line: Option<u32>,
    end_line: Option<u32>,
    start_column: Option<u32>,
    end_column: Option<u32>,
    place: &'static str,
}

fn location(location: &Location) -> LocationView<'_> {
    LocationView {
        path: &location.path,
        start_line: location.start_line,
        end_line: location.end_line,
        start_column: location.start_column,
        end_column: location.end_column,
        place: match location.place {
            Place::Workspace => "workspace",
            Place::Outside => "outside",
            Place::Target => "target",
            Place::Unresolved | Place::UnresolvedUri => "unresolved",
        },
    }
}

#[derive(Serialize)]
struct PackageView<'a> {
    purl: Option<&'a str>,
    ecosystem: Option<&'a str>,
    name: &'a str,
    version: Option<&'a str>,
    fixed: Each<'a, Text, &'a str>,
    fix: &'static str,
    development: bool,
}

fn package(package: &Package) -> PackageView<'_> {
    PackageView {
        purl: package.purl.as_deref(),
        ecosystem: package.ecosystem.as_deref(),
        name: &package.name,
        version: package.version.as_deref(),
        fixed: texts(&package.fixed),
        fix: match package.fix {
            Fix::Unknown => "unknown",
            Fix::Available => "available",
            Fix::None => "none",
        },
        development: package.development,
    }
}

#[derive(Serialize)]
struct InstanceView<'a> {
    version: Option<&'a str>,
    path: Option<&'a str>,
}

#[derive(Serialize)]
struct SourceView<'a> {
    tool: &'a str,
    input: u32,
    rule: &'a str,
    severity: Severity,
    fingerprint: Fingerprint,
    suppression: Option<SuppressionView<'a>>,
}

fn source(source: &Source) -> SourceView<'_> {
    SourceView {
        tool: &source.tool,
        input: source.input,
        rule: &source.rule,
        severity: source.severity,
        fingerprint: source.fingerprint,
        suppression: source.suppression.as_deref().map(suppression),
    }
}

#[derive(Serialize)]
struct SuppressionView<'a> {
    kind: &'static str,
    status: &'a str,
    reason: &'a str,
    by: &'a str,
}

fn suppression(suppression: &Suppression) -> SuppressionView<'_> {
    SuppressionView {
        kind: suppression.kind,
        status: &suppression.status,
        reason: &suppression.reason,
        by: &suppression.by,
    }
}

#[derive(Serialize)]
struct RulingView<'a> {
    by: &'static str,
    term: Option<&'a str>,
    effect: &'static str,
    why: &'a str,
}
