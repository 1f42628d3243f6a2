//! The advisories of npm 6 and of pnpm.

use std::collections::HashMap;

use serde::Deserialize;

use super::super::advisory;
use super::super::package::Named;
use super::{Cvss, FORMAT, MAX_NODES, github_advisory, incomplete, score};
use crate::formats::{Desk, Sink};
use crate::model::{Finding, Fix, Instance, Kind, Text};
use crate::syntax::{Json, Loose, OrNothing, Raw, ReadError, each, text_of};

/// An advisory of version 1.
#[derive(Deserialize)]
struct Advisory<'a> {
    #[serde(borrow)]
    id: Raw<'a>,
    #[serde(borrow)]
    module_name: Raw<'a>,
    #[serde(borrow)]
    severity: Raw<'a>,
    #[serde(borrow)]
    title: Raw<'a>,
    #[serde(borrow)]
    overview: Raw<'a>,
    #[serde(borrow)]
    url: Raw<'a>,
    #[serde(borrow)]
    github_advisory_id: Raw<'a>,
    #[serde(borrow, default)]
    cves: OrNothing<Vec<Raw<'a>>>,
    #[serde(borrow)]
    patched_versions: Raw<'a>,
    #[serde(borrow, default)]
    cvss: OrNothing<Cvss<'a>>,
    #[serde(borrow, default)]
    findings: OrNothing<Vec<Found<'a>>>,
}

/// Where version 1 found it: one installed version and the ways to it.
#[derive(Deserialize)]
struct Found<'a> {
    #[serde(borrow)]
    version: Raw<'a>,
    #[serde(borrow)]
    dev: Raw<'a>,
}

/// One element of `actions`.
#[derive(Deserialize)]
struct Action<'a> {
    #[serde(borrow, default)]
    resolves: Loose<Resolved<'a>>,
}

/// One way to an advisory that an action mends.
#[derive(Deserialize)]
struct Resolved<'a> {
    #[serde(borrow)]
    id: Raw<'a>,
    #[serde(borrow)]
    dev: Raw<'a>,
}

/// Number of an advisory, and whether every way to it that was seen is for development only.
pub(super) type Ways = HashMap<String, bool>;

/// Reads one action, which npm 6 writes before the advisories.
pub(super) fn read_action(json: &mut Json<'_>, ways: &mut Ways) -> Result<(), ReadError> {
    let action: OrNothing<Action<'_>> = json.borrow()?;
    for way in action.0.iter().flat_map(|action| each(&action.resolves)) {
        if let Some(id) = text_of(way.id) {
            *ways.entry(id.trim().to_owned()).or_insert(true) &= is_true(way.dev);
        }
    }
    Ok(())
}

fn is_true(raw: Raw<'_>) -> bool {
    raw.is_some_and(|raw| raw.get() == "true")
}

/// Reads one advisory.
pub(super) fn read(
    json: &mut Json<'_>,
    desk: &mut Desk<'_>,
    sink: &mut Sink<'_>,
    ways: &Ways,
) -> Result<(), ReadError> {
    let made = json.borrow::<Advisory<'_>>()?.finding(desk, ways);
    sink(made.map_err(|missing| incomplete(json, missing))?)
}

impl Advisory<'_> {
    fn finding(&self, desk: &mut Desk<'_>, ways: &Ways) -> Result<Finding, &'static str> {
        let name = text_of(self.module_name).ok_or("module_name")?;
        let word = text_of(self.severity).ok_or("severity")?;
        let url = text_of(self.url).unwrap_or_default();
        let github = text_of(self.github_advisory_id).filter(|id| advisory::names_one(id));
        let github = github.or_else(|| github_advisory(&url).map(Into::into));
        let number = text_of(self.id).map(|id| format!("npm-{}", id.trim()).into());
        let written = github.or(number).ok_or("id")?;
        let written = desk.texts.share(&written);
        let cves = self.cves.0.as_deref().unwrap_or_default();
        let cves: Vec<Text> = cves.iter().filter_map(|cve| desk.word(*cve)).collect();
        let (rule, aliases) = advisory::ids(written, cves);
        let severity = desk.severity(FORMAT.scale, Some(&word), &rule);
        let title = match text_of(self.title) {
            Some(title) if !title.trim().is_empty() => desk.title(&title),
            _ => desk.title(&format!("{rule} in {name}")),
        };
        let mut finding = Finding::new(Kind::Vulnerability, rule, severity, title);
        finding.aliases = aliases;
        finding.message = desk.message(self.overview);
        finding.link = desk.link(self.url);
        finding.cvss = self.cvss.0.as_ref().and_then(|cvss| score(cvss.score));

        let found = self.findings.0.as_deref().unwrap_or_default();
        let mut versions: Vec<_> = found.iter().filter_map(|f| text_of(f.version)).collect();
        versions.dedup();
        let named = Named {
            sort: "npm",
            name: &name,
            version: versions.first().map_or("", |version| version),
            ..Named::default()
        };
        let (fixed, fix) = fixed_since(&text_of(self.patched_versions).unwrap_or_default());
        let mut package = named.package(fixed, fix, &mut desk.texts);
        package.development = self.is_for_development(ways);
        finding.package = Some(Box::new(package));
        let others = versions.iter().skip(1).take(MAX_NODES);
        let instance = |version: &std::borrow::Cow<'_, str>| Instance {
            version: Some(Text::from(&**version)),
            path: None,
        };
        finding.instances = others.map(instance).collect();
        Ok(finding)
    }

    /// Whether the report says so of each place where it was found and of each way to it. One that says nothing, or
    /// otherwise, is enough for "no".
    fn is_for_development(&self, ways: &Ways) -> bool {
        let found = self.findings.0.as_deref().unwrap_or_default();
        let said = found.iter().any(|found| found.dev.is_some());
        let places = !found.is_empty() && found.iter().all(|found| is_true(found.dev));
        let ways = text_of(self.id).and_then(|id| ways.get(id.trim()).copied());
        match ways {
            Some(ways) => ways && (places || !said),
            None => places,
        }
    }
}

/// `>=4.17.21` is fixed in 4.17.21; `<0.0.0` is how the registry says "never". Other ranges are shown as they are.
pub(super) fn fixed_since(range: &str) -> (Vec<Text>, Fix) {
    let range = range.trim();
    match range {
        "" => (Vec::new(), Fix::Unknown),
        "<0.0.0" => (Vec::new(), Fix::None),
        _ => {
            let each = range.split("||").map(str::trim);
            let plain = each.filter(|part| !part.is_empty()).map(|part| {
                let version = part.strip_prefix(">=").unwrap_or(part).trim();
                let one = !version.contains([' ', '<', '>', '=']);
                Text::from(if one { version } else { part })
            });
            (plain.collect(), Fix::Available)
        }
    }
}
