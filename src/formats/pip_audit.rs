//! `pip-audit --format json`: an object with the dependencies, and the bare list of them that versions before 2.4 wrote.
//!
//! It says no severity and no requirements file. A dependency that it could not audit has a `skip_reason` and makes the
//! report partial. An empty `fix_versions` is no statement: advisories without one are fixed often enough.

use serde::Deserialize;

use super::bounds::quoted;
use super::package::Named;
use super::{Desk, Document, Format, Read, ReportEnd, Sink, advisory};
use crate::model::{Finding, Fix, Kind, Severity, Text, scale};
use crate::syntax::{Json, Mark, OrNothing, Peek, Raw, ReadError, Shape, text_of};

pub(super) const FORMAT: Format = Format {
    id: "pip-audit",
    tool: "pip-audit",
    link: "https://github.com/pypa/pip-audit",
    scale: &scale::PIP_AUDIT,
    documents: &[Document::new(
        "pip-audit-json",
        &[Mark::Any(&[
            Mark::Keys("dependencies[]", &["name", "version", "vulns"]),
            Mark::Keys("dependencies[]", &["name", "skip_reason"]),
            // An environment without packages.
            Mark::All(&[
                Mark::Has("dependencies", Shape::EmptyList),
                Mark::Has("fixes", Shape::List),
            ]),
            Mark::Keys("[]", &["name", "version", "vulns"]),
            Mark::Keys("[]", &["name", "skip_reason"]),
        ])],
    )],
    identity: "advisory and package",
    clean_empties: &[],
    read: Read::Json(read),
};

/// What is known at the end of the document.
#[derive(Default)]
struct Audit {
    /// Dependencies without a known vulnerability.
    clean: u64,
    /// Dependencies that were not audited.
    skipped: Vec<Text>,
    /// Why the first of them was not.
    reason: String,
    /// Dependencies that `--fix` replaced.
    replaced: u64,
}

fn read(
    json: &mut Json<'_>,
    desk: &mut Desk<'_>,
    sink: &mut Sink<'_>,
) -> Result<ReportEnd, ReadError> {
    let mut audit = Audit::default();
    if json.peek()? == Peek::List {
        json.list(|json, _| dependency(json, desk, sink, &mut audit))?;
    } else {
        json.object(|json, key| match key {
            "dependencies" => json.list(|json, _| dependency(json, desk, sink, &mut audit)),
            "fixes" => json
                .list_or_null(|json, _| {
                    audit.replaced = audit.replaced.saturating_add(1);
                    json.skip()
                })
                .map(|_| ()),
            _ => json.skip(),
        })?;
    }
    let mut end = ReportEnd::of(&FORMAT, None);
    end.not_findings = audit.clean;
    if audit.replaced > 0 {
        desk.note(format!(
            "pip-audit was run with `--fix` and lists {} upgrades; the findings are those of before",
            audit.replaced
        ));
    }
    if let Some(first) = audit.skipped.first() {
        let what = format!(
            "{} dependencies were not audited, the first is {}: {}",
            audit.skipped.len(),
            quoted(first),
            quoted(&audit.reason)
        );
        end.leave_out(audit.skipped, what);
    }
    Ok(end)
}

#[derive(Deserialize)]
struct Dependency<'a> {
    #[serde(borrow)]
    name: Raw<'a>,
    #[serde(borrow)]
    version: Raw<'a>,
    #[serde(borrow)]
    vulns: Raw<'a>,
    #[serde(borrow)]
    skip_reason: Raw<'a>,
}

#[derive(Deserialize)]
struct Vulnerability<'a> {
    #[serde(borrow)]
    id: Raw<'a>,
    #[serde(borrow, default)]
    fix_versions: OrNothing<Vec<Raw<'a>>>,
    #[serde(borrow, default)]
    aliases: OrNothing<Vec<Raw<'a>>>,
    #[serde(borrow)]
    description: Raw<'a>,
}

fn dependency(
    json: &mut Json<'_>,
    desk: &mut Desk<'_>,
    sink: &mut Sink<'_>,
    audit: &mut Audit,
) -> Result<(), ReadError> {
    let made = json.borrow::<Dependency<'_>>()?.findings(desk, audit);
    let findings = made.map_err(|missing| {
        json.error(format!(
            "this dependency has no {missing}, which pip-audit always writes: the report is damaged or not pip-audit's"
        ))
    })?;
    findings.into_iter().try_for_each(sink)
}

impl Dependency<'_> {
    fn findings(
        &self,
        desk: &mut Desk<'_>,
        audit: &mut Audit,
    ) -> Result<Vec<Finding>, &'static str> {
        let name = text_of(self.name).ok_or("name")?;
        if let Some(reason) = text_of(self.skip_reason) {
            if audit.skipped.is_empty() {
                audit.reason = reason.into_owned();
            }
            audit.skipped.push(desk.title(&name));
            // Should it list vulnerabilities as well, they count.
            if self.vulns.is_none() {
                return Ok(Vec::new());
            }
        }
        let version = text_of(self.version).ok_or("version")?;
        let vulns = self.vulns.ok_or("vulns")?;
        let vulns: Vec<Vulnerability<'_>> =
            serde_json::from_str(vulns.get()).map_err(|_| "list `vulns` of objects")?;
        if vulns.is_empty() && self.skip_reason.is_none() {
            audit.clean = audit.clean.saturating_add(1);
        }
        let finding = |vuln: &Vulnerability<'_>| vuln.finding(&name, &version, desk);
        vulns.iter().map(finding).collect()
    }
}

impl Vulnerability<'_> {
    fn finding(
        &self,
        name: &str,
        version: &str,
        desk: &mut Desk<'_>,
    ) -> Result<Finding, &'static str> {
        let written = desk.word(self.id).ok_or("vulnerability `id`")?;
        let link = osv(&written).map(|link| desk.texts.share(&link));
        let texts = |list: &OrNothing<Vec<Raw<'_>>>, desk: &mut Desk<'_>| -> Vec<Text> {
            let list = list.0.as_deref().unwrap_or_default();
            list.iter().filter_map(|raw| desk.word(*raw)).collect()
        };
        let aliases = texts(&self.aliases, desk);
        let fixed = texts(&self.fix_versions, desk);
        let (rule, aliases) = advisory::ids(written, aliases);
        let described = text_of(self.description).unwrap_or_default();
        let title = match first_sentence(&described) {
            Some(sentence) => desk.title(sentence),
            None => desk.title(&format!("{rule} in {name}")),
        };
        let mut finding = Finding::new(Kind::Vulnerability, rule, Severity::Unknown, title);
        finding.severity = FORMAT.scale.silent;
        finding.aliases = aliases;
        finding.message = desk.message(self.description);
        finding.link = link;
        let named = Named {
            sort: "pypi",
            name,
            version,
            ..Named::default()
        };
        finding.package = Some(Box::new(named.package(
            fixed,
            Fix::Unknown,
            &mut desk.texts,
        )));
        Ok(finding)
    }
}

/// The page of an advisory at OSV, which is where pip-audit has its ids from.
fn osv(id: &str) -> Option<String> {
    let plain = id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    (plain && advisory::names_one(id)).then(|| format!("https://osv.dev/vulnerability/{id}"))
}

/// Descriptions are one long line; `N/A` is how pip-audit says that there is none.
fn first_sentence(text: &str) -> Option<&str> {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty())?;
    if matches!(line, "N/A" | "None") || line.starts_with('#') {
        return None;
    }
    let sentence = line.split_once(". ").map_or(line, |(first, _)| first);
    Some(sentence.trim_end_matches('.')).filter(|sentence| !sentence.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::testing::report as read_text;

    use crate::model::Status;

    const GOOD: &str = r#"{"name":"a","version":"1","vulns":[{"id":"PYSEC-1","fix_versions":[],"description":"d"}]}"#;

    #[test]
    fn an_empty_list_of_fixes_denies_nothing() {
        for text in [
            format!("[{GOOD}]"),
            format!("{{\"dependencies\":[{GOOD}]}}"),
        ] {
            let report = read_text(&text);
            assert_eq!(report.status, Status::Complete, "{text}");
            let finding = report.findings.first().expect("one");
            assert_eq!(finding.severity, Severity::Unknown);
            assert_eq!(
                finding.link.as_deref(),
                Some("https://osv.dev/vulnerability/PYSEC-1")
            );
            assert!(finding.fixable());
        }
    }

    #[test]
    fn what_was_not_audited_is_named() {
        for (skipped, findings) in [
            (r#"{"name":"own","skip_reason":"not on PyPI"}"#, 1),
            // It never writes both; should it, nothing is lost.
            (
                r#"{"name":"own","version":"1","skip_reason":"not on PyPI","vulns":[{"id":"X"}]}"#,
                2,
            ),
        ] {
            let report = read_text(&format!("[{GOOD},{skipped}]"));
            let said = report.status.problem().unwrap_or_default();
            assert!(matches!(report.status, Status::Partial(_)));
            assert!(
                said.contains("own") && said.contains("not on PyPI"),
                "{said}"
            );
            assert_eq!(report.unanalysed, ["own".into()]);
            assert_eq!(report.findings.len(), findings);
        }
    }

    #[test]
    fn what_is_missing_is_named_with_its_element() {
        for key in ["name", "version", "vulns", "id"] {
            let bad = GOOD.replace(&format!("\"{key}\""), "\"other\"");
            let report = read_text(&format!("[{GOOD},{bad}]"));
            let said = report.status.problem().unwrap_or_default();
            assert!(said.contains("/1") && said.contains(key), "{key}: {said}");
            assert!(report.findings.is_empty());
        }
        let bad = r#"{"name":"a","version":"1","vulns":null}"#;
        let report = read_text(&format!("[{GOOD},{bad}]"));
        assert!(matches!(report.status, Status::Unusable(_)));
    }

    #[test]
    fn titles_are_first_sentences() {
        for (text, sentence) in [
            ("One thing. Another. Third.", Some("One thing")),
            ("Only one thing.", Some("Only one thing")),
            ("Before 3.7.4 it breaks", Some("Before 3.7.4 it breaks")),
            ("N/A", None),
            ("### Impact", None),
            (" ", None),
        ] {
            assert_eq!(first_sentence(text), sentence, "{text}");
        }
    }
}
