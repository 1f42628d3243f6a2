//! `npm audit --json`: the report of npm 7 and later, and the one of npm 6, which pnpm writes too.
//!
//! A package that is only vulnerable through another one is listed as well and says no more than that: the advisory stands
//! at the other one, once. Neither report names the lock file that was read, so findings have no file; where a package lies
//! under `node_modules` is an instance, because that moves with every install.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::bounds::{cut, quoted};
use super::package::Named;
use super::{Desk, Document, Format, Read, ReportEnd, Sink, advisory};
use crate::model::{Finding, Fix, Instance, Kind, Status, Text, scale};
use crate::syntax::{Json, Mark, OrNothing, Peek, Raw, ReadError, Shape, decimal, text_of};

const VERSION_2: &str = "npm-audit-json-2";
const VERSION_1: &str = "npm-audit-json-1";

pub(super) const FORMAT: Format = Format {
    id: "npm-audit",
    tool: "npm audit",
    link: "https://docs.npmjs.com/cli/commands/npm-audit",
    scale: &scale::NPM_AUDIT,
    documents: &[
        Document::new(
            VERSION_2,
            &[Mark::Any(&[
                Mark::All(&[
                    Mark::Has("auditReportVersion", Shape::Whole),
                    Mark::Has("vulnerabilities", Shape::Object),
                ]),
                // What npm prints in the place of a report.
                Mark::Keys("error", &["summary", "detail"]),
            ])],
        ),
        Document::new(
            VERSION_1,
            &[Mark::Any(&[
                Mark::All(&[
                    Mark::Has("advisories", Shape::Object),
                    Mark::Any(&[
                        Mark::Has("actions", Shape::List),
                        Mark::Has("metadata.vulnerabilities", Shape::Object),
                    ]),
                ]),
                Mark::Starts("error.code", "ERR_PNPM"),
            ])],
        ),
    ],
    identity: "advisory and package",
    clean_empties: &[],
    read: Read::Json(read),
};

/// Places of one package that are kept.
const MAX_NODES: usize = 50;

/// Characters of npm's own error that are shown.
const MAX_SAID: usize = 200;

/// What is known at the end of the document.
#[derive(Default)]
struct Audit {
    /// Vulnerable packages that the report lists.
    listed: BTreeSet<Text>,
    /// Packages through which others are vulnerable.
    through: BTreeSet<Text>,
    /// Advisories that were read.
    advisories: u64,
    /// Entries that only repeat other ones.
    repeats: u64,
    /// How many the summary counts.
    counted: Option<u64>,
    /// What npm says in the place of a report.
    failure: Option<String>,
}

fn read(
    json: &mut Json<'_>,
    desk: &mut Desk<'_>,
    sink: &mut Sink<'_>,
) -> Result<ReportEnd, ReadError> {
    let mut audit = Audit::default();
    json.object(|json, key| match key {
        "auditReportVersion" => {
            let version: u64 = json.parse()?;
            if version == 2 {
                return Ok(());
            }
            Err(json.error(format!(
                "version {version} of npm's audit report, of which only version 2 is known"
            )))
        }
        "vulnerabilities" => json.object(|json, name| package(name, json, desk, sink, &mut audit)),
        "advisories" => json.object(|json, _| {
            audit.advisories = audit.advisories.saturating_add(1);
            let made = json.borrow::<Advisory<'_>>()?.finding(desk);
            sink(made.map_err(|missing| incomplete(json, missing))?)
        }),
        "muted" => json
            .list_or_null(|json, _| {
                audit.repeats = audit.repeats.saturating_add(1);
                json.skip()
            })
            .map(|_| ()),
        "metadata" if json.peek()? == Peek::Object => {
            let metadata: OrNothing<Metadata<'_>> = json.borrow()?;
            audit.counted = metadata.0.and_then(|metadata| metadata.total());
            Ok(())
        }
        "error" => {
            let failure = json.borrow::<OrNothing<Failure<'_>>>()?.0;
            audit.failure = Some(
                failure
                    .map(|failure| failure.sentence())
                    .unwrap_or_default(),
            );
            Ok(())
        }
        _ => json.skip(),
    })?;
    let mut end = ReportEnd::of(&FORMAT, None);
    end.not_findings = audit.repeats;
    judge(&audit, desk.document, &mut end);
    Ok(end)
}

/// Whether what was read is whole.
fn judge(audit: &Audit, document: &str, end: &mut ReportEnd) {
    let listed = audit.listed.len() as u64;
    let unusable = match audit.counted {
        _ if audit.failure.is_some() => {
            let said = audit.failure.as_deref().unwrap_or_default();
            Some(format!(
                "npm audit failed and says {:?}; nothing is known about the packages, run it again",
                cut(said, MAX_SAID)
            ))
        }
        Some(counted) if document == VERSION_2 && counted != listed => Some(format!(
            "its summary counts {counted} vulnerable packages and it lists {listed}: the report was cut or changed"
        )),
        Some(counted) if document == VERSION_1 && counted > 0 && audit.advisories == 0 => {
            Some(format!(
                "its summary counts {counted} vulnerabilities and it lists no advisory: the report was cut, or pnpm's `ignoreCves` took them out; waive them here instead"
            ))
        }
        _ if listed > 0 && audit.advisories == 0 => Some(format!(
            "it lists {listed} vulnerable packages and no advisory about them: the report was cut or changed"
        )),
        _ => None,
    };
    if let Some(why) = unusable {
        end.status = Status::Unusable(why);
        return;
    }
    let missing: Vec<Text> = audit.through.difference(&audit.listed).cloned().collect();
    if let Some(first) = missing.first() {
        let what = format!(
            "packages are vulnerable through {}, about which the report says nothing",
            quoted(first)
        );
        end.leave_out(missing, what);
    }
}

fn incomplete(json: &Json<'_>, missing: &str) -> ReadError {
    json.error(format!(
        "this entry has no {missing}, which npm audit always writes: the report is damaged or not npm's"
    ))
}

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

#[derive(Deserialize)]
struct Cvss<'a> {
    #[serde(borrow)]
    score: Raw<'a>,
}

/// What would mend it: an upgrade of the package itself or of one that needs it.
#[derive(Deserialize)]
struct Upgrade<'a> {
    #[serde(borrow)]
    name: Raw<'a>,
    #[serde(borrow)]
    version: Raw<'a>,
}

fn package(
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

/// `GHSA-…` at the end of the address of GitHub's advisory.
fn github_advisory(url: &str) -> Option<&str> {
    let id = url.trim().trim_end_matches('/').rsplit('/').next()?;
    let ours = id.starts_with("GHSA-") && id.len() <= 30;
    ours.then_some(id)
}

fn score(raw: Raw<'_>) -> Option<f32> {
    // npm writes 0 where there is none.
    let score = decimal(raw).filter(|score| *score > 0.0 && *score <= 10.0)?;
    Some(score as f32)
}

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
}

impl Advisory<'_> {
    fn finding(&self, desk: &mut Desk<'_>) -> Result<Finding, &'static str> {
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
        finding.package = Some(Box::new(named.package(fixed, fix, &mut desk.texts)));
        let others = versions.iter().skip(1).take(MAX_NODES);
        let instance = |version: &std::borrow::Cow<'_, str>| Instance {
            version: Some(Text::from(&**version)),
            path: None,
        };
        finding.instances = others.map(instance).collect();
        Ok(finding)
    }
}

/// `>=4.17.21` is fixed in 4.17.21; `<0.0.0` is how the registry says "never". Other ranges are shown as they are.
fn fixed_since(range: &str) -> (Vec<Text>, Fix) {
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

#[derive(Deserialize)]
struct Metadata<'a> {
    #[serde(borrow)]
    vulnerabilities: Raw<'a>,
}

impl Metadata<'_> {
    /// How many it counts: `total`, else the sum over the severities.
    fn total(&self) -> Option<u64> {
        let raw = self.vulnerabilities?;
        let counts: std::collections::BTreeMap<String, u64> =
            serde_json::from_str(raw.get()).ok()?;
        let sum = || counts.values().fold(0u64, |sum, n| sum.saturating_add(*n));
        Some(counts.get("total").copied().unwrap_or_else(sum))
    }
}

#[derive(Deserialize)]
struct Failure<'a> {
    #[serde(borrow)]
    code: Raw<'a>,
    #[serde(borrow)]
    summary: Raw<'a>,
    #[serde(borrow)]
    message: Raw<'a>,
    #[serde(borrow)]
    detail: Raw<'a>,
}

impl Failure<'_> {
    fn sentence(&self) -> String {
        let said = [self.summary, self.message, self.detail, self.code];
        let mut said = said.into_iter().filter_map(text_of);
        let said = said.find(|text| !text.trim().is_empty());
        let line = said.unwrap_or_default();
        line.trim().lines().next().unwrap_or_default().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::{Hint, Secrets, read as read_report};
    use crate::model::{Report, Severity};

    fn read_text(text: &str) -> Report {
        read_report(
            &mut text.as_bytes(),
            Hint::default(),
            &mut Secrets::new(None),
        )
    }

    const VIA: &str = r#"{"source":7,"title":"t","url":"https://github.com/advisories/GHSA-x","severity":"high","range":"<2"}"#;

    fn package(via: &str, more: &str) -> String {
        format!(r#"{{"via":[{via}],"nodes":["node_modules/b","node_modules/a"]{more}}}"#)
    }

    fn seven(packages: &str, total: u64) -> Report {
        read_text(&format!(
            r#"{{"auditReportVersion":2,"vulnerabilities":{{{packages}}},"metadata":{{"vulnerabilities":{{"high":9,"total":{total}}}}}}}"#
        ))
    }

    #[test]
    fn a_repeated_advisory_is_counted_once() {
        let packages = format!("\"a\":{},\"b\":{}", package(VIA, ""), package("\"a\"", ""));
        let report = seven(&packages, 2);
        assert_eq!(report.status, Status::Complete);
        assert_eq!(
            (report.entries.findings, report.entries.not_findings),
            (1, 1)
        );
        let finding = report.findings.first().expect("one");
        assert_eq!(
            (&*finding.rule, finding.severity),
            ("GHSA-x", Severity::High)
        );
        let paths: Vec<_> = finding
            .instances
            .iter()
            .map(|i| i.path.as_deref())
            .collect();
        assert_eq!(paths, [Some("node_modules/a"), Some("node_modules/b")]);
        assert!(finding.locations.is_empty() && finding.target.is_none());
    }

    #[test]
    fn what_does_not_add_up_is_not_clean() {
        let whole = format!("\"a\":{}", package(VIA, ""));
        for (packages, total, status, word) in [
            (String::new(), 1, "unusable", "counts 1"),
            (whole.clone(), 2, "unusable", "counts 2"),
            // A circle without an advisory.
            (
                format!(
                    "\"a\":{},\"b\":{}",
                    package("\"b\"", ""),
                    package("\"a\"", "")
                ),
                2,
                "unusable",
                "no advisory",
            ),
            (
                format!("{whole},\"b\":{}", package("\"gone\"", "")),
                2,
                "partial",
                "gone",
            ),
        ] {
            let report = seven(&packages, total);
            assert_eq!(report.status.word(), status, "{packages}");
            let said = report.status.problem().unwrap_or_default();
            assert!(said.contains(word), "{packages}: {said}");
        }
        let six = r#"{"actions":[],"advisories":{},"metadata":{"vulnerabilities":{"high":2}}}"#;
        let said = format!("{:?}", read_text(six).status);
        assert!(
            said.contains("Unusable") && said.contains("ignoreCves"),
            "{said}"
        );
    }

    #[test]
    fn an_error_is_shown() {
        for (text, word) in [
            (
                r#"{"error":{"code":"ENOLOCK","summary":"no lock","detail":"x"}}"#,
                "no lock",
            ),
            (
                r#"{"message":"m","error":{"summary":"","detail":""}}"#,
                "failed",
            ),
            (
                r#"{"error":{"code":"ERR_PNPM_AUDIT_NO_LOCKFILE","message":"no lock"}}"#,
                "no lock",
            ),
            (r#"{"error":{"code":"ERR_PNPM_X"}}"#, "ERR_PNPM_X"),
            (
                r#"{"auditReportVersion":2,"vulnerabilities":{},"error":{"summary":"half","detail":""}}"#,
                "half",
            ),
            (
                r#"{"auditReportVersion":3,"vulnerabilities":{}}"#,
                "version 3",
            ),
        ] {
            let report = read_text(text);
            let said = report.status.problem().unwrap_or_default();
            let unusable = matches!(report.status, Status::Unusable(_));
            assert!(unusable && said.contains(word), "{text}: {said}");
        }
    }

    #[test]
    fn what_is_missing_is_named_with_its_element() {
        for (packages, word) in [
            (r#""a":{"nodes":[]}"#.to_owned(), "via"),
            (r#""a":{"via":"b"}"#.to_owned(), "list `via`"),
            (r#""a":{"via":[]}"#.to_owned(), "element in `via`"),
            (r#""a":{"via":[7]}"#.to_owned(), "advisory or name"),
            (
                format!("\"a\":{}", package(&VIA.replace("severity", "x"), "")),
                "severity",
            ),
            (
                format!(
                    "\"a\":{}",
                    package(r#"{"severity":"low","url":"https://x.example"}"#, "")
                ),
                "source",
            ),
        ] {
            let report = seven(&packages, 1);
            let said = report.status.problem().unwrap_or_default();
            assert!(
                said.contains("/vulnerabilities/a") && said.contains(word),
                "{packages}: {said}"
            );
        }
        let good = r#"{"id":1,"module_name":"m","severity":"low"}"#;
        for key in ["id", "module_name", "severity"] {
            let bad = good.replace(&format!("\"{key}\""), "\"other\"");
            let report = read_text(&format!(r#"{{"actions":[],"advisories":{{"1":{bad}}}}}"#));
            let said = report.status.problem().unwrap_or_default();
            assert!(said.contains(key), "{key}: {said}");
        }
    }

    #[test]
    fn fixes_are_of_the_package_itself() {
        for (more, fixed, fix) in [
            ("", "", Fix::Unknown),
            (r#","fixAvailable":true"#, "", Fix::Available),
            (r#","fixAvailable":false"#, "", Fix::None),
            (
                r#","fixAvailable":{"name":"a","version":"2.0.0"}"#,
                "2.0.0",
                Fix::Available,
            ),
            (
                r#","fixAvailable":{"name":"b","version":"3.0.0"}"#,
                "",
                Fix::Available,
            ),
            (r#","fixAvailable":7"#, "", Fix::Unknown),
        ] {
            let report = seven(&format!("\"a\":{}", package(VIA, more)), 1);
            let finding = report.findings.first().expect(more);
            let package = finding.package.as_ref().expect(more);
            assert_eq!(
                (package.fixed.join(" ").as_str(), package.fix),
                (fixed, fix),
                "{more}"
            );
        }
        for (range, fixed, fix) in [
            (">=4.17.21", "4.17.21", Fix::Available),
            (
                ">=1.2.3 <2.0.0 || >=2.1.0",
                ">=1.2.3 <2.0.0 2.1.0",
                Fix::Available,
            ),
            ("<0.0.0", "", Fix::None),
            ("", "", Fix::Unknown),
        ] {
            let (found, said) = fixed_since(range);
            assert_eq!((found.join(" ").as_str(), said), (fixed, fix), "{range}");
        }
    }
}
