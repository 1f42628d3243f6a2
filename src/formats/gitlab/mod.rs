//! GitLab's security reports (`gl-*-report.json`): one form for the results of many scanners, in versions 14 and 15 of its
//! schema and in the older ones without `scan`.
//!
//! What sort of finding an entry is depends on the scan, which analyzers write behind the entries: until it is known they
//! are held. `raw_source_code_extract` is the raw secret in reports of secret detection and goes no further than its hash.
//! A flag as likely false positive is an opinion: it is shown and suppresses nothing. The tool is GitLab whatever scanner
//! worked for it; the scanner stands in the category.

mod entry;
mod identifiers;
mod place;
#[cfg(test)]
mod tests;

use serde::Deserialize;

use super::bounds::{MAX_TITLE, cut, quoted};
use super::{Desk, Document, Format, Read, ReportEnd, Secret, Sink};
use crate::model::{Finding, Kind, Severity, Status, Text, scale};
use crate::syntax::{Json, Mark, OrNothing, Raw, ReadError, Shape, text_of};
use entry::Entry;

pub(super) const FORMAT: Format = Format {
    id: "gitlab",
    tool: "GitLab",
    link: "https://docs.gitlab.com/user/application_security/",
    scale: &scale::GITLAB,
    documents: &[Document::new(
        "gitlab-report",
        &[
            Mark::Has("vulnerabilities", Shape::List),
            Mark::Any(&[
                Mark::Keys("scan", &["type", "scanner"]),
                Mark::Keys("vulnerabilities[]", &["identifiers", "location"]),
                Mark::All(&[
                    Mark::Has("vulnerabilities", Shape::EmptyList),
                    Mark::Has("version", Shape::Text),
                    Mark::OneOf("", &["remediations", "dependency_files"]),
                ]),
            ]),
        ],
    )],
    identity: "as of each kind: advisory, package and image or file; rule, file and secret or line",
    clean_empties: &[],
    read: Read::Json(read),
};

/// Scanners whose static analysis is of configuration.
const OF_CONFIGURATION: &[&str] = &["kics", "tfsec", "checkov", "terrascan", "kube-linter"];

/// What the report says of the scan.
#[derive(Default)]
struct Scan {
    sort: Option<Text>,
    scanner: Option<Text>,
    version: Option<Text>,
    status: Option<Text>,
    /// What the analyzer says made it give up.
    fatal: Option<Text>,
}

/// A finding whose kind is not known before the scan is.
struct Held {
    finding: Finding,
    category: Option<Text>,
    scanner: Option<Text>,
    extract: Option<Secret>,
    rated: bool,
}

fn read(
    json: &mut Json<'_>,
    desk: &mut Desk<'_>,
    sink: &mut Sink<'_>,
) -> Result<ReportEnd, ReadError> {
    let mut scan: Option<Scan> = None;
    let mut held: Vec<Held> = Vec::new();
    let mut first: Option<Text> = None;
    json.object(|json, key| match key {
        "scan" => {
            let read = json.borrow::<OrNothing<RawScan<'_>>>()?.0;
            let Some(read) = read else {
                return Err(json.error("`scan` is no object".into()));
            };
            scan = Some(read.scan(desk));
            Ok(())
        }
        "vulnerabilities" => json.list(|json, _| {
            let made = json.borrow::<Entry<'_>>()?.held(desk);
            let entry = made.map_err(|missing| {
                json.error(format!(
                    "this vulnerability has no {missing}, which the schema asks for: the report is damaged or not GitLab's"
                ))
            })?;
            if first.is_none() {
                first = entry.scanner.clone();
            }
            match &scan {
                Some(scan) => sink(entry.settle(scan, desk)),
                None => {
                    if held.len() >= super::door::MAX_FINDINGS {
                        return Err(json.error("too many vulnerabilities in one report".into()));
                    }
                    held.push(entry);
                    Ok(())
                }
            }
        }),
        _ => json.skip(),
    })?;
    let scan = scan.unwrap_or_default();
    held.into_iter()
        .try_for_each(|entry| sink(entry.settle(&scan, desk)))?;
    Ok(end(&scan, first))
}

fn end(scan: &Scan, first: Option<Text>) -> ReportEnd {
    let mut end = ReportEnd::of(&FORMAT, scan.version.clone());
    let scanner = scan.scanner.clone().or(first);
    if let Some(run) = end.runs.first_mut() {
        // `sast/semgrep`: one pipeline has several scans of one sort.
        let parts = [scan.sort.as_deref(), scanner.as_deref()];
        let parts: Vec<&str> = parts.into_iter().flatten().collect();
        run.category = (!parts.is_empty()).then(|| parts.join("/").as_str().into());
    }
    let status = scan.status.as_deref().unwrap_or("success");
    if let Some(said) = &scan.fatal {
        end.status = Status::Unusable(format!("the analyzer gave up: {:?}", cut(said, MAX_TITLE)));
    } else if !status.eq_ignore_ascii_case("success") {
        end.status = Status::Unusable(format!(
            "its scan has the status {}, so what it lists may not be all; look at the log of the analyzer",
            quoted(status)
        ));
    }
    end
}

#[derive(Deserialize)]
struct RawScan<'a> {
    #[serde(borrow, rename = "type")]
    sort: Raw<'a>,
    #[serde(borrow)]
    status: Raw<'a>,
    #[serde(borrow, default)]
    scanner: OrNothing<Scanner<'a>>,
    #[serde(borrow, default)]
    messages: OrNothing<Vec<Message<'a>>>,
}

#[derive(Deserialize)]
struct Scanner<'a> {
    #[serde(borrow)]
    id: Raw<'a>,
    #[serde(borrow)]
    version: Raw<'a>,
}

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow)]
    level: Raw<'a>,
    #[serde(borrow)]
    value: Raw<'a>,
}

impl RawScan<'_> {
    fn scan(&self, desk: &mut Desk<'_>) -> Scan {
        let scanner = self.scanner.0.as_ref();
        let messages = self.messages.0.as_deref().unwrap_or_default();
        let mut scan = Scan {
            sort: desk.word(self.sort),
            scanner: scanner.and_then(|scanner| desk.word(scanner.id)),
            version: scanner.and_then(|scanner| desk.word(scanner.version)),
            // What is no text is no success.
            status: desk.word(self.status).or_else(|| {
                let said = self.status?.get();
                Some(desk.title(said))
            }),
            fatal: None,
        };
        for message in messages {
            let value = text_of(message.value).unwrap_or_default();
            match text_of(message.level).as_deref() {
                Some("fatal") => scan.fatal = Some(desk.title(&value)),
                Some("warn") => {
                    desk.note(format!("the analyzer warns: {:?}", cut(&value, MAX_TITLE)))
                }
                _ => {}
            }
        }
        scan
    }
}

impl Held {
    /// The finding, once the scan is known.
    fn settle(self, scan: &Scan, desk: &mut Desk<'_>) -> Finding {
        let mut finding = self.finding;
        let sorts = [self.category.as_deref(), scan.sort.as_deref()];
        let scanner = self.scanner.as_deref().or(scan.scanner.as_deref());
        finding.kind = kind(
            sorts,
            scanner,
            finding.package.is_some(),
            self.extract.is_some(),
        );
        if finding.kind != Kind::Secret {
            return finding;
        }
        let secret = self.extract.unwrap_or_else(|| Secret::new(""));
        let mut blank = |text: &mut Text| {
            let clean = secret.blank(text);
            if clean != **text {
                *text = desk.texts.share(&clean);
            }
        };
        blank(&mut finding.rule);
        blank(&mut finding.title);
        blank(&mut finding.message);
        finding.aliases.iter_mut().for_each(&mut blank);
        finding
            .locations
            .iter_mut()
            .for_each(|place| blank(&mut place.path));
        finding.link = finding.link.filter(|link| secret.blank(link) == **link);
        if !self.rated {
            finding.severity = Severity::High;
        }
        desk.secrets.remember(secret.visible_part());
        finding.secret = Some(desk.secrets.mark(secret));
        finding
    }
}

/// What sort of finding it is. That either the entry or the scan speaks of secrets is enough: a value shown cannot be
/// taken back.
fn kind(
    sorts: [Option<&str>; 2],
    scanner: Option<&str>,
    has_package: bool,
    has_extract: bool,
) -> Kind {
    if sorts.contains(&Some("secret_detection")) {
        return Kind::Secret;
    }
    if has_package {
        return Kind::Vulnerability;
    }
    match sorts.into_iter().flatten().next() {
        Some("dependency_scanning" | "container_scanning" | "cluster_image_scanning") => {
            Kind::Vulnerability
        }
        Some("sast") => {
            let scanner = scanner.unwrap_or_default().to_ascii_lowercase();
            let configuration = OF_CONFIGURATION
                .iter()
                .any(|name| scanner.starts_with(name));
            if configuration {
                Kind::Misconfiguration
            } else {
                Kind::Code
            }
        }
        None if has_extract => Kind::Secret,
        _ => Kind::Code,
    }
}
