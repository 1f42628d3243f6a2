//! Whether a change brought a finding, as far as it can be shown that it did not.

use std::collections::{HashMap, HashSet};

use super::Baseline;
use super::entry::{in_repository, location, versions};
use super::scope::is_elsewhere;
use crate::merge::{is_manifest, package_name};
use crate::model::{Cause, Changes, Finding, Kind, Text};

/// Fills in what the change says of findings that no baseline is known for: [`Finding::known`]'s `cause` and `changed`. State
/// and first-seen stay unknown; a date that a report brings along is forgotten, because nobody has vouched for it.
pub fn past_unknown(findings: &mut [Finding], changes: Option<&Changes>) {
    for finding in findings {
        finding.known.state = None;
        finding.known.first_seen = None;
        finding.known.suppressed_at_base = None;
        finding.known.cause = by_changes(finding, changes);
        finding.known.changed = changed(finding, changes);
    }
}

/// Packages of a baseline, by what was scanned, with their versions.
pub(super) struct Packages(HashMap<((String, String), Text), HashSet<Text>>);

impl Packages {
    pub(super) fn of(baseline: &Baseline) -> Packages {
        let mut all: HashMap<_, HashSet<Text>> = HashMap::new();
        for entry in &baseline.entries {
            let place = entry.target.clone().or_else(|| entry.path.clone());
            if let (Some(package), Some(place)) = (&entry.package, place) {
                let known = all.entry((package.clone(), place)).or_default();
                known.extend(entry.versions.iter().cloned());
            }
        }
        Packages(all)
    }

    /// Whether the base had the package of a finding, in each of its versions, in the same target.
    fn had(&self, finding: &Finding) -> bool {
        let place = finding.target.as_ref();
        let place = place.or_else(|| location(finding).map(|location| &location.path));
        let (Some(place), Some(_)) = (place, &finding.package) else {
            return false;
        };
        let now = versions(finding);
        let base = self.0.get(&(package_name(finding), place.clone()));
        base.is_some_and(|base| !now.is_empty() && now.iter().all(|version| base.contains(version)))
    }
}

/// Why a finding is new.
pub(super) fn cause(finding: &Finding, packages: &Packages, changes: Option<&Changes>) -> Cause {
    match packages.had(finding) {
        true => Cause::Disclosed,
        false => by_changes(finding, changes),
    }
}

/// Disclosed when files of the repository hold the finding and the change touches none of them.
fn by_changes(finding: &Finding, changes: Option<&Changes>) -> Cause {
    let Some(changes) = changes else {
        return Cause::Introduced;
    };
    let mut files = files(finding).peekable();
    let known = files.peek().is_some();
    let untouched = files.all(|file| !changes.touches(file));
    // What an image holds is not decided by files alone, and a scanner of the history finds secrets that no file has any more:
    // only where the line could be looked up is it in the file as it stands.
    let decided = match finding.kind {
        Kind::Secret => finding.line_hash.is_some(),
        _ => !is_elsewhere(finding),
    };
    match known && untouched && decided && !flows_through(finding, changes) {
        true => Cause::Disclosed,
        false => Cause::Introduced,
    }
}

/// The files of the repository that hold a finding: those of its locations, and the manifest that its target names.
fn files(finding: &Finding) -> impl Iterator<Item = &str> {
    let places = finding.locations.iter().filter(in_repository);
    let manifest = finding.target.as_ref().filter(|target| {
        let shown = finding.stand_in.as_ref() == Some(*target);
        finding.package.is_some() && (shown || (is_manifest(target) && !is_elsewhere(finding)))
    });
    places
        .map(|location| &*location.path)
        .chain(manifest.map(|target| &**target))
}

/// Whether the way that a finding takes through the code goes through a touched file: a change in one file may make a
/// problem in another. A file that is not written plainly counts as touched.
fn flows_through(finding: &Finding, changes: &Changes) -> bool {
    let members = finding.carried.iter().flat_map(|carried| &carried.members);
    members
        .filter(|(name, _)| matches!(*name, "codeFlows" | "relatedLocations"))
        .flat_map(|(_, json)| json.split("\"uri\":\"").skip(1))
        .filter_map(|rest| rest.split('"').next())
        .any(|uri| uri.contains(['%', '\\']) || changes.touches(uri))
}

/// Whether the change touches one of the lines of a finding: of what concerns a whole file or a package, the file.
pub(super) fn changed(finding: &Finding, changes: Option<&Changes>) -> Option<bool> {
    let changes = changes?;
    if finding.package.is_some() {
        let mut files = files(finding).peekable();
        files.peek()?;
        return Some(files.any(|file| changes.touches(file)));
    }
    let mut places = finding.locations.iter().filter(in_repository).peekable();
    places.peek()?;
    Some(places.any(|at| changes.touches_lines(&at.path, at.start_line, at.end_line)))
}
