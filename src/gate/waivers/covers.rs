//! Whether a waiver covers a finding, and in words what differs where it nearly does.

use super::{Covers, Waiver};
use crate::gate::language::{Key, Pattern};
use crate::gate::plain;
use crate::model::purl::{self, Purl};
use crate::model::{Finding, Kind, Package, Place, Severity, Text};

/// How much of a text from a report or a waiver one difference shows, in characters.
const SHOWN: usize = 80;

/// Why a waiver does not cover a finding that it names: what differs, as sentence parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NearMiss {
    /// What differs, each in words ("severity critical is above high"), safe for one line of a message.
    pub words: String,
}

/// Whether `waiver` covers `finding`, whose severity counts as `severity`. Everything that the waiver says has to hold; days
/// and limits are left out of account.
///
/// # Errors
/// What differs.
pub fn covers(waiver: &Waiver, finding: &Finding, severity: Severity) -> Result<(), NearMiss> {
    Ready::new(waiver).covers(finding, severity)
}

/// A waiver with its globs compiled.
pub(in crate::gate) struct Ready<'w> {
    /// The waiver.
    pub(in crate::gate) waiver: &'w Waiver,
    /// A glob that cannot be compiled is `None` and like nothing.
    paths: Vec<Option<Pattern>>,
    target: Option<Option<Pattern>>,
    package: Option<Wanted>,
}

/// The package that a waiver names.
enum Wanted {
    /// By its name, in every ecosystem.
    Name(Text),
    /// By its package URL, in one spelling, and its version.
    Purl(String, Option<String>),
    /// In a way that cannot be compared.
    Unclear(&'static str),
}

impl<'w> Ready<'w> {
    /// Compiles it.
    pub(in crate::gate) fn new(waiver: &'w Waiver) -> Ready<'w> {
        let said = &waiver.covers;
        let glob = |key, text: &Text| Pattern::new(key, text).ok();
        Ready {
            waiver,
            paths: said
                .paths
                .iter()
                .map(|text| glob(Key::Path, text))
                .collect(),
            target: said.target.as_ref().map(|text| glob(Key::Target, text)),
            package: said.package.as_ref().map(Wanted::new),
        }
    }

    /// As [`covers`].
    pub(in crate::gate) fn covers(
        &self,
        finding: &Finding,
        severity: Severity,
    ) -> Result<(), NearMiss> {
        let said = &self.waiver.covers;
        let mut differs: Vec<String> = Vec::new();
        differs.extend(ids(said, finding));
        if let Some(kind) = said.kind.filter(|kind| *kind != finding.kind) {
            let (is, not) = (finding.kind.word(), kind.word());
            differs.push(format!("kind {is} is not {not}"));
        }
        differs.extend(secret(self.waiver, finding));
        if let Some(wanted) = &self.package {
            differs.extend(wanted.differs(finding));
        }
        differs.extend(self.outside(finding));
        if let Some(target) = &self.target {
            differs.extend(off_target(said, target.as_ref(), finding));
        }
        differs.extend(line(said, finding));
        let tools = [&self.waiver.tool, &said.tool];
        differs.extend(
            tools
                .into_iter()
                .flatten()
                .find_map(|tool| other_tool(tool, finding)),
        );
        if let Some(most) = said.severity_at_most.filter(|most| severity > *most) {
            let (is, above) = (severity.word(), most.word());
            differs.push(format!("severity {is} is above {above}"));
        }
        if differs.is_empty() {
            return Ok(());
        }
        Err(NearMiss {
            words: differs.join("; "),
        })
    }

    /// A place of the finding that no path of the waiver takes in.
    fn outside(&self, finding: &Finding) -> Option<String> {
        if self.paths.is_empty() {
            return None;
        }
        let like = |path: &str| self.paths.iter().flatten().any(|glob| glob.is_match(path));
        let named: Vec<String> = self
            .waiver
            .covers
            .paths
            .iter()
            .map(|path| short(path))
            .collect();
        let inside = finding.workspace_location().is_some();
        let mut places = finding
            .locations
            .iter()
            .filter(|location| !inside || location.place == Place::Workspace)
            .map(|location| &*location.path)
            .peekable();
        if places.peek().is_none() {
            return Some(format!("it has no path to be in {}", named.join(", ")));
        }
        places
            .find(|path| !like(path))
            .map(|path| format!("path {} is outside {}", short(path), named.join(", ")))
    }
}

fn short(text: &str) -> String {
    plain::cut(text, SHOWN)
}

/// Whether it goes by other ids than the waiver names.
fn ids(said: &Covers, finding: &Finding) -> Option<String> {
    if said.rules.is_empty() && said.fingerprints.is_empty() {
        return Some("the waiver names neither rule nor fingerprint".to_owned());
    }
    let named = |id: &Text| said.rules.iter().any(|rule| rule.eq_ignore_ascii_case(id));
    if !said.rules.is_empty() && !rules_of(finding).any(named) {
        return Some(format!("rule {} is not named", short(&finding.rule)));
    }
    let known = |print: String| said.fingerprints.iter().any(|text| **text == *print);
    let known = finding.fingerprints().any(|print| known(print.to_string()));
    (!said.fingerprints.is_empty() && !known)
        .then(|| format!("fingerprint {} is not named", finding.fingerprint))
}

/// Every id that a source gives the finding.
pub fn rules_of(finding: &Finding) -> impl Iterator<Item = &Text> {
    let sources = finding.sources.iter().map(|source| &source.rule);
    std::iter::once(&finding.rule)
        .chain(&finding.aliases)
        .chain(sources)
}

/// A secret is waived by its fingerprint, which ends with its value. Gitleaks' own is file, rule and line.
fn secret(waiver: &Waiver, finding: &Finding) -> Option<String> {
    let said = &waiver.covers;
    let own = waiver.tool.as_deref() == Some("gitleaks") && said.line.is_some();
    (finding.kind == Kind::Secret && said.fingerprints.is_empty() && !own)
        .then(|| "a waiver of a secret needs its fingerprint".to_owned())
}

fn line(said: &Covers, finding: &Finding) -> Option<String> {
    if said.commit.is_some() {
        return Some(
            "it holds for one commit, and of which commit a finding is, is not kept".to_owned(),
        );
    }
    let wanted = said.line?;
    let is = |line: Option<u32>| line.map_or("unknown".to_owned(), |line| line.to_string());
    let mut lines = finding.locations.iter().map(|place| place.start_line);
    match lines.find(|line| *line != Some(wanted)) {
        Some(other) => Some(format!("line {} is not {wanted}", is(other))),
        None if finding.locations.is_empty() => Some(format!("line unknown is not {wanted}")),
        None => None,
    }
}

fn off_target(said: &Covers, glob: Option<&Pattern>, finding: &Finding) -> Option<String> {
    let wanted = short(said.target.as_deref().unwrap_or_default());
    match finding.target.as_deref() {
        None => Some(format!("it has no target to be like {wanted}")),
        Some(target) if glob.is_some_and(|glob| glob.is_match(target)) => None,
        Some(target) => Some(format!("target {} is not like {wanted}", short(target))),
    }
}

/// A source that is another tool: a waiver for one tool does not speak for a second one.
fn other_tool(wanted: &Text, finding: &Finding) -> Option<String> {
    let wanted = &**wanted;
    if finding.sources.is_empty() {
        return Some(format!(
            "nobody says that tool {} is its only source",
            short(wanted)
        ));
    }
    finding
        .sources
        .iter()
        .find(|source| !source.tool.eq_ignore_ascii_case(wanted))
        .map(|source| {
            let (tool, wanted) = (short(&source.tool), short(wanted));
            format!("{tool} says it, and the waiver speaks for {wanted} alone")
        })
}

impl Wanted {
    fn new(text: &Text) -> Wanted {
        if !text.starts_with("pkg:") {
            return Wanted::Name(text.clone());
        }
        match purl::identity(text) {
            Some(_) if purl::is_qualified(text) => {
                Wanted::Unclear("qualifiers of its package URL are not compared")
            }
            Some(_) if Purl::parse(text).is_none() => {
                Wanted::Unclear("its package URL can be read in two ways")
            }
            Some(identity) => Wanted::Purl(identity, purl::version(text)),
            None => Wanted::Unclear("what it names is no package URL"),
        }
    }

    fn differs(&self, finding: &Finding) -> Option<String> {
        let (wanted, version) = match self {
            Wanted::Unclear(why) => return Some((*why).to_owned()),
            Wanted::Name(name) => (&**name, None),
            Wanted::Purl(identity, version) => (identity.as_str(), version.as_deref()),
        };
        let Some(package) = finding.package.as_deref() else {
            return Some(format!("no package is named to be {}", short(wanted)));
        };
        let is = purl::of_package(package);
        let same = match self {
            Wanted::Name(name) => {
                name == &package.name || folded(&is, name).is_some_and(|name| name == is)
            }
            _ => is == wanted,
        };
        if !same {
            return Some(format!("package {} is not {}", short(&is), short(wanted)));
        }
        let version = version?;
        versions(finding, package)
            .find(|is| is.as_deref() != Some(version))
            .map(|is| {
                let is = is.map_or("unknown".to_owned(), |is| short(&is));
                format!("package version {is} is not {}", short(version))
            })
    }
}

/// A name in the spelling of the ecosystem that a package is of; `None` where either is no part of a package URL.
fn folded(package: &str, name: &str) -> Option<String> {
    let kind = package.strip_prefix("pkg:")?.split('/').next()?;
    purl::identity(&format!("pkg:{kind}/{name}"))
}

/// Every version of the package that the finding stands for.
fn versions<'f>(
    finding: &'f Finding,
    package: &'f Package,
) -> impl Iterator<Item = Option<String>> + 'f {
    let own = match &package.version {
        Some(version) => Some(version.to_string()),
        None => package.purl.as_deref().and_then(purl::version),
    };
    let others = finding.instances.iter().map(|instance| {
        let version = instance.version.as_deref();
        version.map(str::to_owned)
    });
    std::iter::once(own).chain(others)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Fix;

    #[test]
    fn package_urls_that_can_be_read_in_two_ways_cover_nothing() {
        for (named, expected) in [
            ("pkg:npm/a", Ok(())),
            ("pkg:npm/a@1", Ok(())),
            ("pkg:npm/a@", Err("two ways")),
            ("pkg:npm/a@1/2", Err("two ways")),
            ("pkg:npm/%6", Err("two ways")),
            ("pkg:npm/a@2", Err("is not 2")),
            ("pkg:npm/a?x=y", Err("qualifiers")),
            ("pkg:npm", Err("no package URL")),
        ] {
            let package = Package {
                development: false,
                purl: Some("pkg:npm/a@1".into()),
                ecosystem: None,
                name: "a".into(),
                version: Some("1".into()),
                fixed: vec![],
                fix: Fix::Unknown,
            };
            let severity = Severity::High;
            let mut finding = Finding::new(Kind::Vulnerability, "C".into(), severity, "t".into());
            finding.package = Some(Box::new(package));
            let differs = Wanted::new(&named.into()).differs(&finding);
            match expected {
                Ok(()) => assert_eq!(differs, None, "{named}"),
                Err(why) => assert!(differs.unwrap().contains(why), "{named}"),
            }
        }
    }
}
