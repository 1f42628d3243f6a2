//! One entry of `vulnerabilities` or of what a policy took out of it: a vulnerability or a licence issue.

use serde::Deserialize;

use super::super::package::{Named, ecosystem};
use super::super::{Desk, advisory, bounds};
use super::FORMAT;
use crate::model::{Finding, Fix, Kind, Suppression, Text};
use crate::syntax::{OrNothing, Raw, decimal, text_of};

/// The list in which an entry stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Listed {
    /// Among the findings.
    Open,
    /// Among those that a policy ignores.
    Ignored,
    /// Among those that a patch covers.
    Patched,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Issue<'a> {
    #[serde(borrow)]
    id: Raw<'a>,
    #[serde(borrow)]
    title: Raw<'a>,
    #[serde(borrow)]
    description: Raw<'a>,
    #[serde(borrow)]
    severity: Raw<'a>,
    #[serde(borrow)]
    severity_with_critical: Raw<'a>,
    #[serde(borrow)]
    relative_importance: Raw<'a>,
    #[serde(borrow)]
    cvss_score: Raw<'a>,
    #[serde(borrow, default)]
    identifiers: OrNothing<Identifiers<'a>>,
    #[serde(borrow, rename = "type")]
    kind: Raw<'a>,
    #[serde(borrow)]
    license: Raw<'a>,
    #[serde(borrow)]
    language: Raw<'a>,
    #[serde(borrow)]
    package_manager: Raw<'a>,
    #[serde(borrow)]
    pub(super) package_name: Raw<'a>,
    #[serde(borrow)]
    module_name: Raw<'a>,
    #[serde(borrow)]
    pub(super) name: Raw<'a>,
    #[serde(borrow)]
    pub(super) version: Raw<'a>,
    #[serde(borrow, default)]
    fixed_in: OrNothing<Vec<Raw<'a>>>,
    #[serde(borrow)]
    nearest_fixed_in_version: Raw<'a>,
    #[serde(borrow)]
    is_upgradable: Raw<'a>,
    #[serde(borrow)]
    is_patchable: Raw<'a>,
    #[serde(borrow)]
    is_ignored: Raw<'a>,
    #[serde(borrow, default)]
    filtered: OrNothing<Filtered<'a>>,
}

#[derive(Clone, Deserialize)]
struct Identifiers<'a> {
    #[serde(borrow, default, rename = "CVE")]
    cve: OrNothing<Vec<Raw<'a>>>,
    #[serde(borrow, default, rename = "GHSA")]
    ghsa: OrNothing<Vec<Raw<'a>>>,
}

/// Why a policy took an entry out.
#[derive(Clone, Deserialize)]
struct Filtered<'a> {
    #[serde(borrow, default)]
    ignored: OrNothing<Vec<OrNothing<Rule<'a>>>>,
}

#[derive(Clone, Deserialize)]
struct Rule<'a> {
    #[serde(borrow)]
    reason: Raw<'a>,
    #[serde(borrow)]
    source: Raw<'a>,
}

impl Issue<'_> {
    /// The finding, or the name of the member that is missing. Its place is the result's.
    pub(super) fn finding(
        &self,
        desk: &mut Desk<'_>,
        listed: Listed,
    ) -> Result<Finding, &'static str> {
        let id = desk.word(self.id).ok_or("id")?;
        let word = text_of(self.severity_with_critical).or_else(|| text_of(self.severity));
        let word = word.ok_or("severity")?;
        let severity = desk.severity(FORMAT.scale, Some(&word), &id);
        let sort = text_of(self.package_manager).unwrap_or_default();
        let linux = text_of(self.language).as_deref() == Some("linux")
            || matches!(ecosystem(&sort), Some("deb" | "rpm" | "apk"));
        let name = self.package_of(linux).ok_or("packageName")?;
        let said = text_of(self.title).unwrap_or_default();
        let said = bounds::title(&said);
        let license = text_of(self.kind).as_deref() == Some("license");

        let (kind, rule, aliases) = if license {
            let named = desk.word(self.license);
            let of_title = || desk.texts.share_some(license_of(&said));
            let rule = named.or_else(of_title);
            let others: Vec<Text> = rule.iter().map(|_| id.clone()).collect();
            (Kind::License, rule.unwrap_or_else(|| id.clone()), others)
        } else {
            let of = |list: Option<&Vec<Raw<'_>>>, desk: &mut Desk<'_>| -> Vec<Text> {
                let ids = list.into_iter().flatten();
                ids.filter_map(|id| desk.word(*id)).collect()
            };
            let identifiers = self.identifiers.0.as_ref();
            let mut others = of(identifiers.and_then(|all| all.cve.0.as_ref()), desk);
            others.extend(of(identifiers.and_then(|all| all.ghsa.0.as_ref()), desk));
            let (rule, aliases) = advisory::ids(id.clone(), others);
            (Kind::Vulnerability, rule, aliases)
        };
        let titled = match &*said {
            "" => format!("{rule} in {name}"),
            said => format!("{said} in {name}"),
        };
        let titled = desk.title(&titled);
        let mut finding = Finding::new(kind, rule, severity, titled);
        finding.aliases = aliases;
        finding.message = desk.message(self.description);
        finding.link = page(&id).and_then(|page| bounds::link(Some(&page), &mut desk.texts));
        finding.cvss = decimal(self.cvss_score)
            .filter(|score| *score > 0.0 && *score <= 10.0)
            .map(|score| score as f32);
        // The importance that the distribution gives it; without one Snyk rates by CVSS.
        finding.vendor_severity = linux && text_of(self.relative_importance).is_some();
        let version = text_of(self.version).unwrap_or_default();
        let (fixed, fix) = self.fix(desk);
        let named = Named {
            purl: None,
            sort: &sort,
            name: &name,
            version: &version,
        };
        finding.package = Some(Box::new(named.package(fixed, fix, &mut desk.texts)));
        finding.suppression = self.suppression(desk, listed);
        Ok(finding)
    }

    /// The package's name. For packages of a distribution Snyk writes `source/binary`; other scanners name the binary.
    fn package_of(&self, linux: bool) -> Option<String> {
        let said = |raw| text_of(raw).filter(|text| !text.trim().is_empty());
        if linux && let Some(name) = said(self.name) {
            let binary = name.rsplit('/').next().unwrap_or(&name);
            return Some(binary.trim().to_owned());
        }
        let name = said(self.package_name).or_else(|| said(self.name));
        let name = name.or_else(|| said(self.module_name))?;
        Some(name.trim().to_owned())
    }

    /// The versions that fix it. An empty list is Snyk's word for "no fix"; where the list is missing nothing is known.
    fn fix(&self, desk: &mut Desk<'_>) -> (Vec<Text>, Fix) {
        let is_true = |raw| text_of(raw).as_deref() == Some("true");
        let list = self.fixed_in.0.as_ref();
        let versions = list.into_iter().flatten();
        let mut fixed: Vec<Text> = versions.filter_map(|one| desk.word(*one)).collect();
        if fixed.is_empty() {
            fixed.extend(desk.word(self.nearest_fixed_in_version));
        }
        let fix = match list {
            _ if is_true(self.is_upgradable) || is_true(self.is_patchable) => Fix::Available,
            Some(list) if list.is_empty() => Fix::None,
            _ => Fix::Unknown,
        };
        (fixed, fix)
    }

    fn suppression(&self, desk: &mut Desk<'_>, listed: Listed) -> Option<Box<Suppression>> {
        let ignored = text_of(self.is_ignored).as_deref() == Some("true");
        let status = match listed {
            Listed::Open if !ignored => return None,
            Listed::Open | Listed::Ignored => "ignored",
            Listed::Patched => "patched",
        };
        let rules = self
            .filtered
            .0
            .as_ref()
            .and_then(|all| all.ignored.0.as_ref());
        let rule = rules.and_then(|rules| rules.iter().find_map(|rule| rule.0.as_ref()));
        Some(Box::new(Suppression {
            kind: "external",
            status: desk.texts.share(status),
            reason: desk.message(rule.and_then(|rule| rule.reason)),
            by: desk.message(rule.and_then(|rule| rule.source)),
        }))
    }
}

/// `GPL-3.0` of the title `GPL-3.0 license`.
fn license_of(title: &str) -> &str {
    let name = title.trim();
    name.strip_suffix(" license").unwrap_or(name).trim()
}

/// Snyk's page about an issue. Nothing but an id of its own gets into the link.
fn page(id: &str) -> Option<String> {
    let own = id.starts_with("SNYK-") || id.starts_with("npm:") || id.starts_with("snyk:");
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':' | '.');
    (own && id.chars().all(plain)).then(|| format!("https://security.snyk.io/vuln/{id}"))
}
