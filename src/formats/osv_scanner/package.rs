//! One package: its vulnerabilities, the groups of those that are one, and the licences that a policy does not allow.

use serde::Deserialize;

use super::super::Desk;
use super::super::advisory::{headline, ids_of_one};
use super::super::cvss::{base_score, rating};
use super::super::package::{Named, purl};
use crate::model::{Finding, Fix, Kind, Package, Severity, Text, scale};
use crate::syntax::{Loose, OrNothing, Raw, each, text_of};

/// An element of `packages`.
#[derive(Deserialize)]
pub(super) struct Scanned<'a> {
    #[serde(borrow)]
    package: Option<Info<'a>>,
    #[serde(borrow)]
    vulnerabilities: Option<Vec<Vulnerability<'a>>>,
    #[serde(borrow)]
    groups: Option<Vec<Group<'a>>>,
    #[serde(borrow)]
    license_violations: Option<Vec<Raw<'a>>>,
    /// The groups of the lock file that it stands in.
    #[serde(borrow, default)]
    dependency_groups: OrNothing<Vec<Raw<'a>>>,
}

#[derive(Deserialize)]
struct Info<'a> {
    #[serde(borrow)]
    name: Raw<'a>,
    /// The installed package of an operating system, where `name` is the source that it was built from.
    #[serde(borrow)]
    os_package_name: Raw<'a>,
    #[serde(borrow)]
    version: Raw<'a>,
    #[serde(borrow)]
    ecosystem: Raw<'a>,
    #[serde(borrow)]
    commit: Raw<'a>,
    /// Which layer of an image it came with.
    #[serde(borrow)]
    image_origin_details: Raw<'a>,
    /// The same before version 2.
    #[serde(borrow, rename = "imageOrigin")]
    image_origin: Raw<'a>,
}

/// An entry of a database, in the schema of OSV.
#[derive(Deserialize)]
struct Vulnerability<'a> {
    #[serde(borrow)]
    id: Raw<'a>,
    #[serde(borrow, default)]
    aliases: Loose<Raw<'a>>,
    #[serde(borrow)]
    summary: Raw<'a>,
    #[serde(borrow)]
    details: Raw<'a>,
    #[serde(borrow, default)]
    severity: Loose<Rated<'a>>,
    #[serde(borrow, default)]
    database_specific: OrNothing<Specific<'a>>,
    #[serde(borrow, default)]
    affected: Loose<Affected<'a>>,
}

#[derive(Deserialize)]
struct Rated<'a> {
    #[serde(borrow)]
    score: Raw<'a>,
}

#[derive(Deserialize)]
struct Specific<'a> {
    #[serde(borrow)]
    severity: Raw<'a>,
}

#[derive(Deserialize)]
struct Affected<'a> {
    #[serde(borrow, default)]
    package: OrNothing<Info<'a>>,
    #[serde(borrow, default)]
    ranges: Loose<Range<'a>>,
}

#[derive(Deserialize)]
struct Range<'a> {
    #[serde(borrow, rename = "type")]
    sort: Raw<'a>,
    #[serde(borrow, default)]
    events: Loose<Event<'a>>,
}

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(borrow)]
    fixed: Raw<'a>,
}

#[derive(Deserialize)]
struct Group<'a> {
    #[serde(borrow)]
    ids: Option<Vec<Raw<'a>>>,
    #[serde(borrow, default)]
    aliases: Loose<Raw<'a>>,
    #[serde(borrow)]
    max_severity: Raw<'a>,
}

/// What an ecosystem calls the group of what is needed for development only (osv-scanner
/// `pkg/lockfile/types.go`, `IsDevGroup`). Others have none that osv-scanner reports.
const DEVELOPMENT_GROUPS: &[(&str, &str)] = &[
    ("npm", "dev"),
    ("Packagist", "dev"),
    ("PyPI", "dev"),
    ("Pub", "dev"),
    ("NuGet", "dev"),
    ("ConanCenter", "build-requires"),
    ("Maven", "test"),
];

/// Fixed versions that are kept of one advisory: one for each line of releases is the rule.
const MAX_FIXED: usize = 20;

impl<'a> Scanned<'a> {
    /// Whether it was found in an image.
    pub(super) fn in_image(&self) -> bool {
        self.package
            .as_ref()
            .is_some_and(|info| info.image_origin_details.is_some() || info.image_origin.is_some())
    }

    /// A finding for each group, for each vulnerability that is in none, and for each licence.
    pub(super) fn findings(
        &self,
        desk: &mut Desk<'_>,
        into: &mut Vec<Finding>,
    ) -> Result<(), String> {
        let info = self.package.as_ref().ok_or("an element without package")?;
        let first = into.len();
        let mut grouped: Vec<Text> = Vec::new();
        for group in self.groups.iter().flatten() {
            let ids = group.ids.iter().flatten().map(|id| desk.word(*id));
            let ids: Option<Vec<Text>> = ids.collect();
            let ids = ids
                .filter(|ids| !ids.is_empty())
                .ok_or("a group without ids")?;
            let aliases: Vec<Text> = each(&group.aliases)
                .filter_map(|alias| desk.word(*alias))
                .collect();
            let members = self.members(&ids, desk);
            if members.len() < ids.len() {
                return Err("a group with an id that is none of the vulnerabilities beside it: osv-scanner lists both, so the report is damaged".into());
            }
            into.push(info.finding(&ids, aliases, &members, group.max_severity, desk));
            grouped.extend(ids);
        }
        for entry in self.vulnerabilities.iter().flatten() {
            let id = desk.word(entry.id).ok_or("a vulnerability without id")?;
            if !grouped.contains(&id) {
                into.push(info.finding(&[id], Vec::new(), &[entry], None, desk));
            }
        }
        for license in self.license_violations.iter().flatten() {
            let license = desk.word(*license).ok_or("a licence without a name")?;
            into.push(info.license(license, desk));
        }
        if self.is_for_development(info) {
            let packages = into.iter_mut().skip(first);
            packages
                .filter_map(|finding| finding.package.as_mut())
                .for_each(|package| package.development = true);
        }
        Ok(())
    }

    /// Whether it stands in groups, and all of them are for development.
    fn is_for_development(&self, info: &Info<'_>) -> bool {
        let groups = self.dependency_groups.0.as_deref().unwrap_or_default();
        let ecosystem = text_of(info.ecosystem).unwrap_or_default();
        let word = DEVELOPMENT_GROUPS
            .iter()
            .find(|(name, _)| *name == ecosystem)
            .map(|(_, word)| *word);
        let mut groups = groups.iter().map(|group| text_of(*group)).peekable();
        word.is_some() && groups.peek().is_some() && groups.all(|group| group.as_deref() == word)
    }

    /// The entries of a group, in its order.
    fn members(&self, ids: &[Text], desk: &mut Desk<'_>) -> Vec<&Vulnerability<'a>> {
        let entries = self.vulnerabilities.iter().flatten();
        entries
            .filter(|entry| desk.word(entry.id).is_some_and(|id| ids.contains(&id)))
            .collect()
    }
}

impl Info<'_> {
    fn finding(
        &self,
        ids: &[Text],
        mut others: Vec<Text>,
        members: &[&Vulnerability<'_>],
        score: Raw<'_>,
        desk: &mut Desk<'_>,
    ) -> Finding {
        others.extend(ids.iter().cloned());
        for member in members {
            let more = each(&member.aliases).filter_map(|alias| desk.word(*alias));
            others.extend(more.collect::<Vec<_>>());
        }
        let written = ids.first().cloned().unwrap_or_default();
        let (rule, aliases) = ids_of_one(written.clone(), others);
        // No version 2 in what osv-scanner takes the highest of, as far as it can be known.
        let score = base_score(score);
        let severity = match score {
            Some(score) => rating(score, ""),
            None => said_severity(members, &written, desk),
        };
        let package = self.package(members, desk);
        let pick = |pick: fn(&Vulnerability<'_>) -> Option<String>| {
            let mut texts = members.iter().filter_map(|member| pick(member));
            texts.find(|text| !text.trim().is_empty())
        };
        let summary = pick(|member| text_of(member.summary).map(|text| text.into_owned()));
        let named = headline(&summary.unwrap_or_default(), &rule, &package.name);
        let title = desk.title(&named);
        let mut finding = Finding::new(Kind::Vulnerability, rule, severity, title);
        finding.aliases = aliases;
        let messages = members.iter().map(|member| desk.message(member.details));
        let message = messages.into_iter().find(|text| !text.is_empty());
        finding.message = message.unwrap_or_default();
        finding.link = page(&written, desk);
        finding.cvss = score;
        finding.package = Some(Box::new(package));
        finding
    }

    fn license(&self, license: Text, desk: &mut Desk<'_>) -> Finding {
        let package = self.package(&[], desk);
        let title = desk.title(&format!("{license} licence of {}", package.name));
        let severity = desk.severity(&scale::OSV_SCANNER, Some("MEDIUM"), &license);
        let mut finding = Finding::new(Kind::License, license, severity, title);
        finding.package = Some(Box::new(package));
        finding
    }

    /// The package. What has no name of its own (vendored code) goes by its commit.
    fn package(&self, members: &[&Vulnerability<'_>], desk: &mut Desk<'_>) -> Package {
        let text = |raw| text_of(raw).unwrap_or_default();
        let (name, version, sort) = (text(self.name), text(self.version), text(self.ecosystem));
        let commit = text(self.commit);
        let source = if name.trim().is_empty() { commit } else { name };
        // Other scanners name what is installed.
        let installed = text(self.os_package_name);
        let name = if installed.trim().is_empty() {
            &source
        } else {
            &installed
        };
        let purl = purl(&sort, name, &version);
        let mut fixed: Vec<Text> = Vec::new();
        for member in members {
            member.fixes(&source, desk, &mut fixed);
        }
        let named = Named {
            purl: purl.as_deref(),
            sort: &sort,
            name,
            version: &version,
        };
        named.package(fixed, Fix::Unknown, &mut desk.texts)
    }
}

impl Vulnerability<'_> {
    /// The versions in which the package was mended.
    fn fixes(&self, package: &str, desk: &mut Desk<'_>, into: &mut Vec<Text>) {
        let of_package = each(&self.affected).filter(|affected| {
            let named = affected.package.0.as_ref();
            named.is_none_or(|named| text_of(named.name).is_some_and(|name| name == package))
        });
        let ranges = of_package.flat_map(|affected| each(&affected.ranges));
        // Those of `GIT` are commits.
        let ranges = ranges.filter(|range| text_of(range.sort).as_deref() != Some("GIT"));
        for event in ranges.flat_map(|range| each(&range.events)) {
            if let Some(version) = desk.some(event.fixed)
                && into.len() < MAX_FIXED
                && !into.contains(&version)
            {
                into.push(version);
            }
        }
    }
}

/// The worst of the words that the databases of a group give; unknown where none does.
fn said_severity(members: &[&Vulnerability<'_>], id: &str, desk: &mut Desk<'_>) -> Severity {
    let mut worst = scale::OSV_SCANNER.silent;
    for member in members {
        let specific = member.database_specific.0.as_ref();
        let word = specific.and_then(|specific| text_of(specific.severity));
        if let Some(word) = word {
            worst = worst.max(desk.severity(&scale::OSV_SCANNER, Some(&word), id));
        }
        // Ubuntu gives a word in the place of a vector.
        let words = each(&member.severity).filter_map(|rated| text_of(rated.score));
        for severity in words.filter_map(|word| Severity::from_word(&word)) {
            worst = worst.max(severity);
        }
    }
    worst
}

/// The page of the entry, as osv-scanner itself prints it.
fn page(id: &str, desk: &mut Desk<'_>) -> Option<Text> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    let whole = format!("https://osv.dev/{id}");
    id.chars().all(plain).then(|| desk.texts.share(&whole))
}
