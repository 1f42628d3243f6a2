//! What is kept of a finding of the baseline: as much as matching needs.

use std::borrow::Cow;

use super::scope::Looks;
use crate::merge::package_name;
use crate::model::{Finding, Fingerprint, Kind, Location, Place, Severity, Text};

/// A finding of the baseline.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Every fingerprint that it is known by, its own first.
    pub fingerprints: Vec<Fingerprint>,
    /// What sort of thing it is.
    pub kind: Kind,
    /// Its rule.
    pub rule: Text,
    /// Its other ids.
    pub aliases: Vec<Text>,
    /// Its severity.
    pub severity: Severity,
    /// Its title.
    pub title: Text,
    /// The file that counts for its identity: the first one in the repository, else the first of all.
    pub path: Option<Text>,
    /// The line in that file, from 1.
    pub start_line: Option<u32>,
    /// Hash of the line's text, white space folded.
    pub line: Option<u64>,
    /// GitHub's hash of the line (`primaryLocationLineHash`), as the report says it.
    pub line_hash: Option<Text>,
    /// Address of the resource.
    pub resource: Option<Text>,
    /// The published part of a secret's hash, where its value was known.
    pub secret: Option<Text>,
    /// Ecosystem and name of the package.
    pub package: Option<(String, String)>,
    /// Every version of the package that has it, sorted, without epoch 0 and a leading `v`, which tools write or not.
    pub versions: Vec<Text>,
    /// What was scanned.
    pub target: Option<Text>,
    /// Who said it.
    pub tools: Vec<Told>,
    /// When it was first seen, as the log says; not yet looked at.
    pub first_seen: Option<Text>,
}

/// A tool that said a finding of the baseline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Its id.
    pub tool: Text,
    /// What it scanned outside of the repository; `None` for the repository itself.
    pub scope: Option<Text>,
    /// It had set the finding aside, in every place where it said it.
    pub suppressed: bool,
}

impl Entry {
    /// What is kept of `finding`. `looks` knows what its reports scanned.
    pub(super) fn of(finding: &Finding, looks: &Looks) -> Entry {
        let location = location(finding);
        let mut tools: Vec<Told> = Vec::new();
        for source in &finding.sources {
            let scope = looks.scope(source, finding);
            let suppressed = source.suppression.is_some();
            let same = |told: &&mut Told| told.tool == source.tool && told.scope == scope;
            match tools.iter_mut().find(same) {
                Some(told) => told.suppressed &= suppressed,
                None => tools.push(Told {
                    tool: source.tool.clone(),
                    scope,
                    suppressed,
                }),
            }
        }
        Entry {
            fingerprints: prints(finding).collect(),
            kind: finding.kind,
            rule: finding.rule.clone(),
            aliases: finding.aliases.clone(),
            severity: finding.severity,
            title: finding.title.clone(),
            path: location.map(|location| location.path.clone()),
            start_line: location.and_then(|location| location.start_line),
            line: finding.line,
            line_hash: carried_line_hash(finding),
            resource: finding.resource.clone(),
            secret: published(finding),
            package: finding.package.as_ref().map(|_| package_name(finding)),
            versions: versions(finding),
            target: finding.target.clone(),
            tools,
            first_seen: finding.known.first_seen.clone(),
        }
    }

    /// Its own fingerprint.
    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprints.first().copied().unwrap_or_default()
    }

    /// Where it was, for people: the file, else what was scanned.
    pub fn place(&self) -> Option<Text> {
        self.path.clone().or_else(|| self.target.clone())
    }
}

/// The fingerprints of a finding that say something.
pub(super) fn prints(finding: &Finding) -> impl Iterator<Item = Fingerprint> + '_ {
    finding
        .fingerprints()
        .filter(|print| *print != Fingerprint::default())
}

/// The place that counts for identity.
pub(super) fn location(finding: &Finding) -> Option<&Location> {
    finding
        .workspace_location()
        .or_else(|| finding.locations.first())
}

/// The published part of a secret's hash.
pub(super) fn published(finding: &Finding) -> Option<Text> {
    let mark = finding.secret.as_ref()?;
    mark.published.clone().filter(|digits| !digits.is_empty())
}

/// Every version that a finding names.
pub(super) fn versions(finding: &Finding) -> Vec<Text> {
    let own = finding.package.as_ref().map(|package| &package.version);
    let others = finding.instances.iter().map(|instance| &instance.version);
    let mut all: Vec<Text> = own
        .into_iter()
        .chain(others)
        .flatten()
        .map(|version| match one_spelling(version) {
            Cow::Borrowed(same) if same.len() == version.len() => version.clone(),
            other => Text::from(other),
        })
        .filter(|version| !version.is_empty())
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// A version as all tools would write it: some add the epoch that everything has, or the `v` of a git tag.
fn one_spelling(version: &str) -> Cow<'_, str> {
    let version = version.trim();
    let version = version.strip_prefix("0:").unwrap_or(version);
    let bare = version.strip_prefix('v');
    let numbered = |bare: &&str| bare.starts_with(|c: char| c.is_ascii_digit());
    Cow::Borrowed(bare.filter(numbered).unwrap_or(version))
}

/// GitHub's hash of the line as a report carries it. What `merge` looked up is of the present files, and worth nothing for a
/// report of another time.
pub(super) fn carried_line_hash(finding: &Finding) -> Option<Text> {
    let members = &finding.carried.as_ref()?.members;
    let (_, json) = members
        .iter()
        .find(|(name, _)| *name == "partialFingerprints")?;
    #[derive(serde::Deserialize)]
    struct Prints<'a> {
        #[serde(borrow, rename = "primaryLocationLineHash")]
        line: Option<Cow<'a, str>>,
    }
    let prints: Prints<'_> = serde_json::from_str(json).ok()?;
    prints.line.map(Text::from)
}

/// Whether a location can be opened in the repository.
pub(super) fn in_repository(location: &&Location) -> bool {
    location.place == Place::Workspace
}
