//! One match: an advisory, the package that it matched, and the rules that ignored it.

use serde::Deserialize;

use super::super::Desk;
use super::super::advisory::{headline, ids_of_one};
use super::super::bounds::{self, cut};
use super::super::cvss::base_score;
use super::super::package::Named;
use super::place::unsettled;
use crate::model::{Finding, Fix, Kind, Package, Suppression, Text, scale};
use crate::syntax::{Loose, OrNothing, Raw, each, text_of};

/// A match. How it was matched, and the scanner's own risk, are passed over unread.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Match<'a> {
    #[serde(borrow)]
    vulnerability: Option<Vulnerability<'a>>,
    #[serde(borrow, default)]
    related_vulnerabilities: Loose<Vulnerability<'a>>,
    #[serde(borrow)]
    artifact: Option<Artifact<'a>>,
    #[serde(borrow, default)]
    applied_ignore_rules: Loose<Rule<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vulnerability<'a> {
    #[serde(borrow)]
    id: Raw<'a>,
    #[serde(borrow)]
    data_source: Raw<'a>,
    #[serde(borrow)]
    namespace: Raw<'a>,
    #[serde(borrow)]
    severity: Raw<'a>,
    #[serde(borrow, default)]
    urls: Loose<Raw<'a>>,
    /// `urls` as 0.7 called them.
    #[serde(borrow, default)]
    links: Loose<Raw<'a>>,
    #[serde(borrow)]
    description: Raw<'a>,
    #[serde(borrow, default)]
    cvss: Loose<Scored<'a>>,
    /// The scores of 0.7.
    #[serde(borrow, default)]
    cvss_v3: OrNothing<Metrics<'a>>,
    #[serde(borrow, default)]
    cvss_v2: OrNothing<Metrics<'a>>,
    #[serde(borrow, default)]
    fix: OrNothing<Fixes<'a>>,
    /// The fix of 0.7, one text.
    #[serde(borrow)]
    fixed_in_version: Raw<'a>,
}

#[derive(Deserialize)]
struct Scored<'a> {
    #[serde(borrow)]
    version: Raw<'a>,
    #[serde(borrow, default)]
    metrics: OrNothing<Metrics<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metrics<'a> {
    #[serde(borrow)]
    base_score: Raw<'a>,
}

#[derive(Deserialize)]
struct Fixes<'a> {
    #[serde(borrow, default)]
    versions: Loose<Raw<'a>>,
    #[serde(borrow)]
    state: Raw<'a>,
}

#[derive(Deserialize)]
struct Artifact<'a> {
    #[serde(borrow)]
    name: Raw<'a>,
    #[serde(borrow)]
    version: Raw<'a>,
    #[serde(borrow, rename = "type")]
    sort: Raw<'a>,
    #[serde(borrow)]
    purl: Raw<'a>,
    #[serde(borrow, default)]
    locations: Loose<Position<'a>>,
}

#[derive(Deserialize)]
struct Position<'a> {
    #[serde(borrow)]
    path: Raw<'a>,
}

/// A rule that ignored a match: of the user's configuration, of a VEX document, or one that Grype brings along.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Rule<'a> {
    #[serde(borrow)]
    vulnerability: Raw<'a>,
    #[serde(borrow)]
    reason: Raw<'a>,
    #[serde(borrow)]
    fix_state: Raw<'a>,
    #[serde(borrow)]
    vex_status: Raw<'a>,
    #[serde(borrow)]
    vex_justification: Raw<'a>,
    #[serde(borrow, default)]
    package: OrNothing<RulePackage<'a>>,
}

#[derive(Deserialize)]
struct RulePackage<'a> {
    #[serde(borrow)]
    name: Raw<'a>,
}

impl Match<'_> {
    /// The finding without what the source says of it, or the name of the member that is missing.
    pub(super) fn finding(&self, desk: &mut Desk<'_>) -> Result<Finding, &'static str> {
        let entry = self.vulnerability.as_ref().ok_or("vulnerability")?;
        let artifact = self.artifact.as_ref().ok_or("artifact")?;
        let written = desk.word(entry.id).ok_or("vulnerability.id")?;
        let package = artifact.package(entry, desk).ok_or("artifact.name")?;

        let others = each(&self.related_vulnerabilities).filter_map(|other| desk.word(other.id));
        let (rule, aliases) = ids_of_one(written.clone(), others.collect::<Vec<_>>());
        let word = text_of(entry.severity);
        let severity = desk.severity(&scale::GRYPE, word.as_deref(), &written);
        // Entries of a distribution have no text of their own; that of the CVE beside them says what it is about.
        let related = || each(&self.related_vulnerabilities);
        let message = Some(desk.message(entry.description))
            .filter(|text| !text.is_empty())
            .or_else(|| {
                related()
                    .map(|other| desk.message(other.description))
                    .next()
            })
            .unwrap_or_default();
        let named = headline(&message, &rule, &package.name);
        let title = desk.title(&named);

        let mut finding = Finding::new(Kind::Vulnerability, rule, severity, title);
        finding.aliases = aliases;
        finding.message = message;
        finding.link = entry.link(desk);
        finding.cvss = entry
            .score()
            .or_else(|| related().find_map(Vulnerability::score));
        finding.vendor_severity = of_distribution(&text_of(entry.namespace).unwrap_or_default());
        finding.package = Some(Box::new(package));
        let path = each(&artifact.locations).find_map(|place| desk.some(place.path));
        finding.locations.extend(path.map(unsettled));
        let rules: Vec<&Rule<'_>> = each(&self.applied_ignore_rules).collect();
        if !rules.is_empty() {
            finding.suppression = Some(ignored(&rules));
        }
        Ok(finding)
    }
}

impl Vulnerability<'_> {
    fn link(&self, desk: &mut Desk<'_>) -> Option<Text> {
        let others = each(&self.urls).chain(each(&self.links)).copied();
        std::iter::once(self.data_source)
            .chain(others)
            .find_map(|raw| desk.link(raw))
    }

    /// The base score of the newest version of CVSS, and of several of that version the highest.
    fn score(&self) -> Option<f32> {
        let listed = each(&self.cvss).filter_map(|scored| {
            let version = text_of(scored.version).unwrap_or_default();
            let major = version.trim().chars().next().unwrap_or('0');
            Some((major, base_score(scored.metrics.0.as_ref()?.base_score)?))
        });
        let old = [('3', &self.cvss_v3), ('2', &self.cvss_v2)];
        let old = old.into_iter().filter_map(|(major, metrics)| {
            Some((major, base_score(metrics.0.as_ref()?.base_score)?))
        });
        let best = listed
            .chain(old)
            .max_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        best.map(|(_, score)| score)
    }

    /// The versions that fix it, and what is known where there are none.
    fn fixes(&self, desk: &mut Desk<'_>) -> (Vec<Text>, Fix) {
        let Some(fixes) = &self.fix.0 else {
            // 0.7 gave one text, `None` where the source gave nothing.
            let fixed = text_of(self.fixed_in_version).unwrap_or_default();
            let versions = fixed.split(',').filter(|version| *version != "None");
            let versions = versions.filter_map(|version| desk.texts.share_some(version));
            return (versions.collect(), Fix::Unknown);
        };
        let versions = each(&fixes.versions).filter_map(|version| desk.some(*version));
        let versions = versions.collect();
        let fix = match text_of(fixes.state).as_deref() {
            Some("fixed") => Fix::Available,
            Some("not-fixed" | "wont-fix") => Fix::None,
            _ => Fix::Unknown,
        };
        (versions, fix)
    }
}

impl Artifact<'_> {
    /// The package; nothing where it has no name.
    fn package(&self, entry: &Vulnerability<'_>, desk: &mut Desk<'_>) -> Option<Package> {
        let name = text_of(self.name).filter(|name| !name.trim().is_empty())?;
        let (fixed, fix) = entry.fixes(desk);
        let purl = text_of(self.purl);
        let named = Named {
            purl: purl.as_deref(),
            sort: &text_of(self.sort).unwrap_or_default(),
            name: &name,
            version: &text_of(self.version).unwrap_or_default(),
        };
        Some(named.package(fixed, fix, &mut desk.texts))
    }
}

/// Whether a namespace is that of a distribution's tracker: `debian:distro:debian:12`, and before 0.40 `debian:12`.
fn of_distribution(namespace: &str) -> bool {
    let mut parts = namespace.split(':');
    let first = parts.next().unwrap_or_default();
    match parts.next() {
        Some("distro") => true,
        Some("language" | "cpe") | None => false,
        Some(_) => !matches!(first, "github" | "nvd" | "msrc" | "vulndb" | "snyk"),
    }
}

/// What ignored a match, after the first rule that says anything.
pub(super) fn ignored(rules: &[&Rule<'_>]) -> Box<Suppression> {
    let vex = said(rules, |rule| rule.vex_status);
    let reason = [
        said(rules, |rule| rule.reason),
        said(rules, |rule| rule.vex_justification),
    ];
    let reason = reason.into_iter().find(|text| !text.is_empty());
    Box::new(Suppression {
        kind: "external",
        status: if vex.is_empty() {
            "ignored".into()
        } else {
            vex.clone()
        },
        reason: reason.unwrap_or_default(),
        by: by(rules, !vex.is_empty()),
    })
}

/// The first of the rules' texts that says anything.
fn said<'a>(rules: &[&Rule<'a>], pick: fn(&Rule<'a>) -> Raw<'a>) -> Text {
    let mut texts = rules.iter().filter_map(|rule| text_of(pick(rule)));
    let text = texts.find(|text| !text.trim().is_empty());
    let text = text.unwrap_or_default();
    cut(text.trim(), bounds::MAX_MESSAGE).as_ref().into()
}

/// The rule in a few words: `ignore rule: CVE-2099-0001, package left-pad`.
fn by(rules: &[&Rule<'_>], vex: bool) -> Text {
    let Some(rule) = rules.first() else {
        return "".into();
    };
    let mut parts = Vec::new();
    let mut add = |what: &str, raw: Raw<'_>| {
        if let Some(text) = text_of(raw).filter(|text| !text.trim().is_empty()) {
            parts.push(format!("{what}{}", text.trim()));
        }
    };
    add("", rule.vulnerability);
    add("package ", rule.package.0.as_ref().and_then(|of| of.name));
    add("fix state ", rule.fix_state);
    let what = if vex { "VEX" } else { "ignore rule" };
    let whole = match parts.as_slice() {
        [] => what.to_owned(),
        parts => format!("{what}: {}", parts.join(", ")),
    };
    bounds::title(&whole).as_ref().into()
}
