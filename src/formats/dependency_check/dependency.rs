//! One dependency: its place, its package, and what is known of it.

use serde::Deserialize;

use super::super::Desk;
use super::super::advisory::{headline, ids};
use super::super::bounds::{self, cut};
use super::super::cvss::{base_score, rating};
use super::super::door::MAX_FINDINGS;
use super::super::package::Named;
use crate::model::{Finding, Fix, Kind, Location, Package, Severity, Suppression, purl, scale};
use crate::syntax::{Json, Loose, OrNothing, Raw, ReadError, each, text_of};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Dependency<'a> {
    #[serde(borrow)]
    is_virtual: Raw<'a>,
    #[serde(borrow)]
    file_name: Raw<'a>,
    #[serde(borrow)]
    file_path: Raw<'a>,
    #[serde(borrow, default)]
    packages: Loose<Identifier<'a>>,
    #[serde(borrow)]
    vulnerabilities: Option<Vec<Vulnerability<'a>>>,
    #[serde(borrow)]
    suppressed_vulnerabilities: Option<Vec<Vulnerability<'a>>>,
}

#[derive(Deserialize)]
struct Identifier<'a> {
    #[serde(borrow)]
    id: Raw<'a>,
}

#[derive(Deserialize)]
struct Vulnerability<'a> {
    #[serde(borrow)]
    name: Raw<'a>,
    #[serde(borrow)]
    severity: Raw<'a>,
    #[serde(borrow, default)]
    cvssv4: OrNothing<Scores<'a>>,
    #[serde(borrow, default)]
    cvssv3: OrNothing<Scores<'a>>,
    #[serde(borrow, default)]
    cvssv2: OrNothing<Scores<'a>>,
    #[serde(borrow)]
    description: Raw<'a>,
    #[serde(borrow)]
    notes: Raw<'a>,
    #[serde(borrow, default)]
    references: Loose<Reference<'a>>,
}

/// Scores of one version of CVSS; version 2 has other names for them.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Scores<'a> {
    #[serde(borrow)]
    base_score: Raw<'a>,
    #[serde(borrow)]
    score: Raw<'a>,
    #[serde(borrow)]
    base_severity: Raw<'a>,
    #[serde(borrow)]
    severity: Raw<'a>,
}

#[derive(Deserialize)]
struct Reference<'a> {
    #[serde(borrow)]
    url: Raw<'a>,
}

/// Reads one element of `dependencies`.
pub(super) fn read(
    json: &mut Json<'_>,
    desk: &mut Desk<'_>,
    held: &mut Vec<Finding>,
) -> Result<(), ReadError> {
    let made = json.borrow::<Dependency<'_>>()?.findings(desk, held);
    made.map_err(|missing| {
        json.error(format!(
            "no {missing} here, which dependency-check always writes: the report is damaged or not its own"
        ))
    })?;
    if held.len() > MAX_FINDINGS {
        return Err(json.error(format!(
            "more than {MAX_FINDINGS} findings in one report; split it"
        )));
    }
    Ok(())
}

impl Dependency<'_> {
    /// Its findings, or the name of the member that is missing.
    fn findings(&self, desk: &mut Desk<'_>, into: &mut Vec<Finding>) -> Result<(), &'static str> {
        let name = desk.word(self.file_name).ok_or("fileName")?;
        let written = text_of(self.file_path).ok_or("filePath")?;
        let of_manifest = text_of(self.is_virtual).as_deref() == Some("true");
        let (path, of_manifest) = match written.split_once('?') {
            Some((path, _)) => (path, true),
            None if of_manifest => (without_part(&written), true),
            None => (&*written, false),
        };
        let path = desk.texts.share_some(path);
        let package = self.package(&name, desk);
        let open = self.vulnerabilities.iter().flatten();
        let suppressed = self.suppressed_vulnerabilities.iter().flatten();
        let all = open
            .map(|entry| (entry, false))
            .chain(suppressed.map(|entry| (entry, true)));
        for (entry, suppressed) in all {
            let mut finding = entry.finding(&package, desk).ok_or("name")?;
            let place = path.clone().map(|path| Location::new(path, None));
            finding.locations.extend(place);
            finding.target = path.clone().filter(|_| of_manifest);
            finding.suppression = suppressed.then(|| entry.suppression());
            into.push(finding);
        }
        Ok(())
    }

    /// The package: that of the first package URL, else the file's own name. It says nothing about fixes.
    fn package(&self, file: &str, desk: &mut Desk<'_>) -> Package {
        let purl = each(&self.packages).find_map(|identifier| {
            let id = text_of(identifier.id)?;
            let (name, version) = purl::named(&id)?;
            Some((id, name, version))
        });
        let named = match &purl {
            Some((id, name, version)) => Named {
                purl: Some(id),
                name,
                version: version.as_deref().unwrap_or_default(),
                ..Named::default()
            },
            None => Named {
                name: file,
                ..Named::default()
            },
        };
        named.package(Vec::new(), Fix::Unknown, &mut desk.texts)
    }
}

/// `composer.lock:vendor/name/1.0` names a part of a manifest; the colon of a drive is none.
fn without_part(path: &str) -> &str {
    let colon = path.char_indices().find(|(at, c)| *at > 1 && *c == ':');
    colon.and_then(|(at, _)| path.get(..at)).unwrap_or(path)
}

impl Vulnerability<'_> {
    /// The finding without its place; nothing where it has no name.
    fn finding(&self, package: &Package, desk: &mut Desk<'_>) -> Option<Finding> {
        let written = desk.word(self.name)?;
        let severity = self.rating(desk, &written);
        let message = desk.message(self.description);
        let named = headline(&message, &written, &package.name);
        let title = desk.title(&named);
        let (rule, aliases) = ids(written, None);
        let mut finding = Finding::new(Kind::Vulnerability, rule, severity, title);
        finding.aliases = aliases;
        finding.message = message;
        finding.link = each(&self.references).find_map(|reference| desk.link(reference.url));
        finding.cvss = self.score().map(|(score, _)| score);
        finding.package = Some(Box::new(package.clone()));
        Some(finding)
    }

    /// The word, else that of the newest version of CVSS, else the rating of its score. Suppressed ones have no word of
    /// their own.
    fn rating(&self, desk: &mut Desk<'_>, id: &str) -> Severity {
        let scores = [&self.cvssv4, &self.cvssv3, &self.cvssv2];
        let words = scores.into_iter().filter_map(|scores| {
            let scores = scores.0.as_ref()?;
            text_of(scores.base_severity).or_else(|| text_of(scores.severity))
        });
        let mut words = text_of(self.severity).into_iter().chain(words);
        let word = words.find(|word| !word.trim().is_empty());
        match (word, self.score()) {
            (None, Some((score, version))) => rating(score, version),
            (word, _) => desk.severity(&scale::DEPENDENCY_CHECK, word.as_deref(), id),
        }
    }

    /// The base score of the newest version of CVSS, and that version.
    fn score(&self) -> Option<(f32, &'static str)> {
        let scores = [
            (&self.cvssv4, "4"),
            (&self.cvssv3, "3"),
            (&self.cvssv2, "2"),
        ];
        scores.into_iter().find_map(|(scores, version)| {
            let scores = scores.0.as_ref()?;
            let score = base_score(scores.base_score).or_else(|| base_score(scores.score));
            Some((score?, version))
        })
    }

    fn suppression(&self) -> Box<Suppression> {
        let notes = text_of(self.notes).unwrap_or_default();
        Box::new(Suppression {
            kind: "external",
            status: "suppressed".into(),
            reason: cut(notes.trim(), bounds::MAX_MESSAGE).as_ref().into(),
            by: "".into(),
        })
    }
}
