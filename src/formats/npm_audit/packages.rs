//! The packages of npm 7 and later, and the advisories in their `via`.

use serde::Deserialize;

use super::super::package::Named;
use super::{Audit, Cvss, FORMAT, MAX_NODES, github_advisory, incomplete, score};
use crate::formats::{Desk, Sink};
use crate::model::{Finding, Fix, Instance, Kind, Text};
use crate::syntax::{Json, OrNothing, Raw, ReadError, text_of};

/// A package of version 2.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Package<'a> {
    #[serde(borrow)]
    via: Raw<'a>,
    #[serde(borrow)]
    nodes: Raw<'a>,
    #[serde(borrow)]
    fix_available: Raw<'a>,
}

/// An advisory in `via`.
#[derive(Deserialize)]
struct Via<'a> {
    #[serde(borrow)]
    source: Raw<'a>,
    /// The number of the advisory in early versions.
    #[serde(borrow)]
    id: Raw<'a>,
    #[serde(borrow)]
    title: Raw<'a>,
    #[serde(borrow)]
    url: Raw<'a>,
    #[serde(borrow)]
    severity: Raw<'a>,
    #[serde(borrow, default)]
    cvss: OrNothing<Cvss<'a>>,
    #[serde(borrow, alias = "vulnerable_versions")]
    range: Raw<'a>,
}

/// What would mend it: an upgrade of the package itself or of one that needs it.
#[derive(Deserialize)]
struct Upgrade<'a> {
    #[serde(borrow)]
    name: Raw<'a>,
    #[serde(borrow)]
    version: Raw<'a>,
}

/// Reads the entry of one package.
pub(super) fn read(
    name: &str,
    json: &mut Json<'_>,
    desk: &mut Desk<'_>,
    sink: &mut Sink<'_>,
    audit: &mut Audit,
) -> Result<(), ReadError> {
    audit.listed.insert(name.into());
    let made = json.borrow::<Package<'_>>()?.findings(name, desk, audit);
    let findings = made.map_err(|missing| incomplete(json, missing))?;
    if findings.is_empty() {
        audit.repeats = audit.repeats.saturating_add(1);
    }
    audit.advisories = audit.advisories.saturating_add(findings.len() as u64);
    findings.into_iter().try_for_each(sink)
}

impl Package<'_> {
    fn findings(
        &self,
        name: &str,
        desk: &mut Desk<'_>,
        audit: &mut Audit,
    ) -> Result<Vec<Finding>, &'static str> {
        let via = self.via.ok_or("via")?;
        let via: Vec<&serde_json::value::RawValue> =
            serde_json::from_str(via.get()).map_err(|_| "list `via`")?;
        if via.is_empty() {
            return Err("element in `via`");
        }
        let mut findings = Vec::new();
        for one in via {
            if let Ok(through) = serde_json::from_str::<String>(one.get()) {
                audit.through.insert(through.as_str().into());
                continue;
            }
            let one: Via<'_> =
                serde_json::from_str(one.get()).map_err(|_| "advisory or name in `via`")?;
            findings.push(self.finding(name, &one, desk)?);
        }
        Ok(findings)
    }

    fn finding(
        &self,
        name: &str,
        via: &Via<'_>,
        desk: &mut Desk<'_>,
    ) -> Result<Finding, &'static str> {
        let url = text_of(via.url).unwrap_or_default();
        let number = text_of(via.source).or_else(|| text_of(via.id));
        let known = github_advisory(&url).map(str::to_owned);
        let rule = known
            .or_else(|| number.map(|number| format!("npm-{}", number.trim())))
            .ok_or("source")?;
        let rule = desk.texts.share(&rule);
        let word = text_of(via.severity).ok_or("severity")?;
        let severity = desk.severity(FORMAT.scale, Some(&word), &rule);
        let title = match text_of(via.title) {
            Some(title) if !title.trim().is_empty() => desk.title(&title),
            _ => desk.title(&format!("{rule} in {name}")),
        };
        let mut finding = Finding::new(Kind::Vulnerability, rule, severity, title);
        if let Some(range) = text_of(via.range).filter(|range| !range.trim().is_empty()) {
            finding.message = desk.title(&format!("Affected versions: {}", range.trim()));
        }
        finding.link = desk.link(via.url);
        finding.cvss = via.cvss.0.as_ref().and_then(|cvss| score(cvss.score));
        let (fixed, fix) = self.fix(name);
        let named = Named {
            sort: "npm",
            name,
            ..Named::default()
        };
        finding.package = Some(Box::new(named.package(fixed, fix, &mut desk.texts)));
        finding.instances = self.places();
        Ok(finding)
    }

    /// `false` is npm's "No fix available"; an object that names another package upgrades what needs this one.
    fn fix(&self, name: &str) -> (Vec<Text>, Fix) {
        let Some(raw) = self.fix_available else {
            return (Vec::new(), Fix::Unknown);
        };
        match raw.get() {
            "true" => (Vec::new(), Fix::Available),
            "false" => (Vec::new(), Fix::None),
            object => {
                let Ok(upgrade) = serde_json::from_str::<Upgrade<'_>>(object) else {
                    return (Vec::new(), Fix::Unknown);
                };
                let of_this = text_of(upgrade.name).is_some_and(|upgraded| upgraded == name);
                let version = text_of(upgrade.version).filter(|_| of_this);
                let version = version.map(|version| Text::from(version.trim()));
                (version.into_iter().collect(), Fix::Available)
            }
        }
    }

    fn places(&self) -> Vec<Instance> {
        let nodes: OrNothing<Vec<String>> = self
            .nodes
            .and_then(|nodes| serde_json::from_str(nodes.get()).ok())
            .unwrap_or_default();
        let mut nodes = nodes.0.unwrap_or_default();
        nodes.sort_unstable();
        let nodes = nodes.into_iter().filter(|node| !node.trim().is_empty());
        let instance = |node: String| Instance {
            version: None,
            path: Some(node.as_str().into()),
        };
        nodes.take(MAX_NODES).map(instance).collect()
    }
}
