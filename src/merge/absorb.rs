//! A group of findings becomes one: the first source gives the texts, and everything that the others know is kept.

use super::identity::recipe;
use crate::model::{Finding, Fix, Instance, Location, Package, Severity, Source, Text};

/// Makes one finding of a group.
pub(super) fn one(mut group: Vec<Finding>) -> Option<Finding> {
    // The first source gives the texts and the published fingerprint: chosen by content, so that the order of the
    // files does not matter.
    group.sort_by(|a, b| rank(a).cmp(&rank(b)));
    let severity = severity_of(&group);
    let mut rest = group.into_iter();
    let mut kept = rest.next()?;
    let own = recorded(&kept);
    for other in rest {
        absorb(&mut kept, other);
    }
    // What the others added (a resource, a file) may be of what a fingerprint is made; the published one stays.
    if recorded(&kept) != own
        && let Some(first) = kept.sources.first_mut()
    {
        first.recipe.get_or_insert(own);
    }
    kept.severity = severity;
    let first = kept
        .sources
        .first()
        .map(|source| (source.input, source.run));
    // Sources of the very same report and fingerprint say nothing new, unless only one of them is suppressed. A report that
    // says it twice with two severities says the worse one.
    let mut sources: Vec<Source> = Vec::new();
    for source in std::mem::take(&mut kept.sources) {
        let known = sources.iter_mut().find(|known| {
            let key = |source: &Source| {
                (
                    source.input,
                    source.run,
                    source.fingerprint,
                    source.suppression.is_some(),
                )
            };
            key(known) == key(&source) && known.rule == source.rule
        });
        match known {
            Some(known) => known.severity = known.severity.max(source.severity),
            None => sources.push(source),
        }
    }
    kept.sources = sources;
    debug_assert!(
        first
            == kept
                .sources
                .first()
                .map(|source| (source.input, source.run))
    );
    Some(kept)
}

fn rank(finding: &Finding) -> impl Ord + '_ {
    let source = finding.sources.first();
    (
        source.is_some_and(|s| s.suppression.is_some()),
        source.map(|s| &s.tool),
        finding.fingerprint,
        // The same tool twice (JSON and SARIF): the one that says more.
        std::cmp::Reverse((
            finding.package.is_some(),
            finding.resource.is_some(),
            finding.message.len(),
        )),
        source.map(|s| (s.input, s.run)),
        finding
            .locations
            .first()
            .map(|l| (&l.path, l.start_line, l.start_column)),
        &finding.title,
    )
}

/// Package types whose severities come from the distribution's own tracker.
const OS_PACKAGES: [&str; 3] = ["pkg:deb/", "pkg:rpm/", "pkg:apk/"];

/// The vendor's severity for packages of an operating system, else the worst; `Unknown` never wins over a known one.
fn severity_of(group: &[Finding]) -> Severity {
    let worst = |all: &mut dyn Iterator<Item = &Finding>| all.map(|finding| finding.severity).max();
    let os = group.iter().any(|finding| {
        let purl = finding
            .package
            .as_ref()
            .and_then(|package| package.purl.as_deref());
        purl.is_some_and(|purl| OS_PACKAGES.iter().any(|prefix| purl.starts_with(prefix)))
    });
    let vendor = worst(
        &mut group
            .iter()
            .filter(|f| f.vendor_severity && f.severity != Severity::Unknown),
    );
    match vendor {
        Some(vendor) if os => vendor,
        _ => worst(&mut group.iter()).unwrap_or(Severity::Unknown),
    }
}

/// What the fingerprint of a finding is made of, as a written log keeps it: the occurrence number is the last field.
fn recorded(finding: &Finding) -> Box<[Text]> {
    let mut fields = recipe(finding);
    fields.push(finding.occurrence.unwrap_or(0).to_string().into());
    fields.into()
}

/// Takes everything of `other` that `kept` does not say yet.
fn absorb(kept: &mut Finding, mut other: Finding) {
    if other.fingerprint != kept.fingerprint {
        let fields = recorded(&other);
        if let Some(own) = other.sources.first_mut() {
            own.recipe.get_or_insert(fields);
        }
    }
    kept.sources.append(&mut other.sources);
    for id in std::iter::once(other.rule).chain(other.aliases) {
        if id != kept.rule && !kept.aliases.contains(&id) {
            kept.aliases.push(id);
        }
    }
    for location in other.locations {
        add_location(&mut kept.locations, location);
    }
    join_packages(kept, other.package.as_deref());
    for instance in other.instances {
        if !kept.instances.contains(&instance) {
            kept.instances.push(instance);
        }
    }
    if kept.message.is_empty() {
        kept.message = other.message;
    }
    kept.link = kept.link.take().or(other.link);
    kept.resource = kept.resource.take().or(other.resource);
    kept.target = kept.target.take().or(other.target);
    kept.line_hash = kept.line_hash.take().or(other.line_hash);
    kept.carried = kept.carried.take().or(other.carried);
    // Dates of logs of ours, which have one spelling: the earliest.
    let dates = [kept.known.first_seen.take(), other.known.first_seen];
    kept.known.first_seen = dates.into_iter().flatten().min();
    kept.cvss = match (kept.cvss, other.cvss) {
        (Some(a), Some(b)) => Some(a.max(b)),
        (a, b) => a.or(b),
    };
    if kept
        .secret
        .as_ref()
        .is_none_or(|mark| mark.digest.is_none())
    {
        kept.secret = other.secret.or(kept.secret.take());
    }
}

/// Adds a place unless it is there; a file with a line says more than the file alone.
fn add_location(all: &mut Vec<Location>, location: Location) {
    let same = |known: &&mut Location| known.path == location.path && known.place == location.place;
    let mut of_file = all.iter_mut().filter(same).peekable();
    if of_file.peek().is_none() {
        all.push(location);
        return;
    }
    if location.start_line.is_none() {
        return;
    }
    let mut vague = None;
    for known in of_file {
        if known.start_line == location.start_line && known.start_column == location.start_column {
            return;
        }
        if known.start_line.is_none() {
            vague = Some(known);
        }
    }
    match vague {
        Some(known) => *known = location,
        None => all.push(location),
    }
}

fn join_packages(kept: &mut Finding, other: Option<&Package>) {
    let Some(other) = other else { return };
    let Some(package) = &mut kept.package else {
        kept.package = Some(Box::new(other.clone()));
        return;
    };
    if other.version != package.version {
        let instance = Instance {
            version: other.version.clone(),
            path: None,
        };
        if !kept.instances.contains(&instance) {
            kept.instances.push(instance);
        }
    }
    for version in &other.fixed {
        if !package.fixed.contains(version) {
            package.fixed.push(version.clone());
        }
    }
    // Only when every source says that there is no fix is there none.
    package.fix = match (package.fix, other.fix) {
        (Fix::Available, _) | (_, Fix::Available) => Fix::Available,
        (Fix::None, Fix::None) => Fix::None,
        _ => Fix::Unknown,
    };
    // One source that finds it in what runs is enough.
    package.development &= other.development;
    package.purl = match (package.purl.take(), &other.purl) {
        (Some(own), Some(other)) => Some(agreed(own, other)),
        (own, other) => own.or_else(|| other.clone()),
    };
    package.ecosystem = package.ecosystem.take().or_else(|| other.ecosystem.clone());
}

/// A package URL without the qualifiers that the other does not have: the package is that of several architectures or
/// distributions then, and whoever answers for one of them answers for part of it only.
fn agreed(own: Text, other: &Text) -> Text {
    let qualifiers = |purl: &Text| -> Vec<String> {
        let purl = purl.split('#').next().unwrap_or_default();
        let all = purl.split_once('?').map_or("", |(_, all)| all);
        all.split('&').map(str::to_owned).collect()
    };
    let (mine, theirs) = (qualifiers(&own), qualifiers(other));
    if mine.iter().all(|one| theirs.contains(one)) {
        return own;
    }
    let kept: Vec<&str> = mine
        .iter()
        .filter(|one| theirs.contains(one))
        .map(String::as_str)
        .collect();
    let (head, subpath) = match own.split_once('#') {
        Some((head, subpath)) => (head, format!("#{subpath}")),
        None => (&*own, String::new()),
    };
    let bare = head.split('?').next().unwrap_or_default();
    match kept.as_slice() {
        [] => format!("{bare}{subpath}").into(),
        kept => format!("{bare}?{}{subpath}", kept.join("&")).into(),
    }
}
