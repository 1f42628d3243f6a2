//! One vulnerability or warning.

use serde::Deserialize;

use super::super::bounds::quoted;
use super::super::package::Named;
use super::super::{advisory, cvss};
use super::FORMAT;
use crate::formats::{Desk, Sink};
use crate::model::{Finding, Fix, Kind, Severity, Text};
use crate::syntax::{Json, OrNothing, Raw, ReadError, text_of};

/// A vulnerability or a warning.
#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow)]
    kind: Raw<'a>,
    #[serde(borrow, default)]
    advisory: OrNothing<Advisory<'a>>,
    #[serde(borrow, default)]
    versions: OrNothing<Versions<'a>>,
    #[serde(borrow, default)]
    package: OrNothing<Crate<'a>>,
}

#[derive(Deserialize)]
struct Advisory<'a> {
    #[serde(borrow)]
    id: Raw<'a>,
    #[serde(borrow)]
    title: Raw<'a>,
    #[serde(borrow)]
    description: Raw<'a>,
    #[serde(borrow, default)]
    aliases: OrNothing<Vec<Raw<'a>>>,
    #[serde(borrow)]
    cvss: Raw<'a>,
    #[serde(borrow)]
    url: Raw<'a>,
}

#[derive(Deserialize)]
struct Versions<'a> {
    #[serde(borrow, default)]
    patched: OrNothing<Vec<Raw<'a>>>,
}

#[derive(Deserialize)]
struct Crate<'a> {
    #[serde(borrow)]
    name: Raw<'a>,
    #[serde(borrow)]
    version: Raw<'a>,
}

/// Reads one entry; `warning` is the heading under which a warning stands.
pub(super) fn read(
    json: &mut Json<'_>,
    desk: &mut Desk<'_>,
    sink: &mut Sink<'_>,
    warning: Option<&str>,
) -> Result<(), ReadError> {
    let made = json.borrow::<Entry<'_>>()?.finding(desk, warning);
    let finding = made.map_err(|missing| {
        json.error(format!(
            "this entry has no {missing}, which cargo-audit always writes: the report is damaged or not cargo-audit's"
        ))
    })?;
    sink(finding)
}

impl Entry<'_> {
    fn finding(&self, desk: &mut Desk<'_>, warning: Option<&str>) -> Result<Finding, &'static str> {
        let package = self.package.0.as_ref().ok_or("package")?;
        let name = text_of(package.name).ok_or("package name")?;
        let version = text_of(package.version).ok_or("package version")?;
        let advisory = self.advisory.0.as_ref();
        let mut finding = match (advisory, warning) {
            (Some(advisory), _) => advisory.finding(&name, warning.is_some(), desk)?,
            (None, Some(heading)) => {
                let sort = text_of(self.kind).unwrap_or_else(|| heading.into());
                let sort = Some(sort.trim()).filter(|sort| !sort.is_empty());
                let sort = sort.ok_or("kind")?;
                let rule = desk.title(sort);
                let title = desk.title(&format!("{name} {version} is {sort}"));
                Finding::new(Kind::SupplyChain, rule, Severity::Low, title)
            }
            (None, None) => return Err("advisory"),
        };
        let versions = self.versions.0.as_ref();
        let (fixed, fix) = patched(versions.and_then(|versions| versions.patched.0.as_deref()));
        let named = Named {
            sort: "cargo",
            name: &name,
            version: &version,
            ..Named::default()
        };
        finding.package = Some(Box::new(named.package(fixed, fix, &mut desk.texts)));
        Ok(finding)
    }
}

impl Advisory<'_> {
    fn finding(
        &self,
        package: &str,
        warning: bool,
        desk: &mut Desk<'_>,
    ) -> Result<Finding, &'static str> {
        let written = desk.word(self.id).ok_or("advisory id")?;
        let page = format!("https://rustsec.org/advisories/{written}");
        let aliases = self.aliases.0.as_deref().unwrap_or_default();
        let aliases: Vec<Text> = aliases.iter().filter_map(|id| desk.word(*id)).collect();
        let (rule, aliases) = advisory::ids(written.clone(), aliases);
        let title = match text_of(self.title) {
            Some(title) if !title.trim().is_empty() => desk.title(&title),
            _ => desk.title(&format!("{rule} in {package}")),
        };
        let (rated, severity) = self.rated(warning, &rule, desk);
        let kind = if warning {
            Kind::SupplyChain
        } else {
            Kind::Vulnerability
        };
        let mut finding = Finding::new(kind, rule, severity, title);
        finding.aliases = aliases;
        finding.message = desk.message(self.description);
        let plain = |id: &str| id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        let page = (written.starts_with("RUSTSEC-") && plain(&written)).then_some(page);
        finding.link = page
            .map(|page| desk.texts.share(&page))
            .or_else(|| desk.link(self.url));
        finding.cvss = rated.and_then(cvss::Rated::kept);
        Ok(finding)
    }

    /// A warning is at least low: an unsound crate may have a vector that says more.
    fn rated(
        &self,
        warning: bool,
        rule: &str,
        desk: &mut Desk<'_>,
    ) -> (Option<cvss::Rated>, Severity) {
        let vector = text_of(self.cvss);
        let rated = vector.as_deref().and_then(cvss::rated);
        if let (Some(vector), None) = (&vector, rated) {
            desk.note(format!(
                "{}: {} is no CVSS vector that has a score",
                quoted(rule),
                quoted(vector)
            ));
        }
        let severity = match (warning, rated) {
            (true, rated) => rated.map_or(Severity::Low, |rated| rated.severity.max(Severity::Low)),
            (false, Some(rated)) => rated.severity,
            (false, None) => FORMAT.scale.silent,
        };
        (rated, severity)
    }
}

/// `>=1.1.0` and `^0.4.8` are fixed in 1.1.0 and 0.4.8. An empty list is RustSec's "no fixed version".
pub(super) fn patched(list: Option<&[Raw<'_>]>) -> (Vec<Text>, Fix) {
    let Some(list) = list else {
        return (Vec::new(), Fix::Unknown);
    };
    let each = list.iter().filter_map(|raw| text_of(*raw));
    let fixed = each.map(|range| {
        let range = range.trim();
        let first = range.split(',').next().unwrap_or_default().trim();
        let version = first.trim_start_matches(['>', '=', '^', '~']).trim();
        // `>1.0.0` names the last one that is not fixed.
        let exact = !first.starts_with('>') || first.starts_with(">=");
        let plain = exact && version.starts_with(|c: char| c.is_ascii_digit());
        Text::from(if plain { version } else { range })
    });
    (fixed.collect(), Fix::None)
}
