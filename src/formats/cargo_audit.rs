//! `cargo audit --json`: vulnerabilities in the locked crates, and warnings about crates that are unmaintained, unsound,
//! yanked or worth a notice.
//!
//! The report says how many crates the lock file has and not where it is, so findings have no file. What its settings
//! ignore is not listed at all; the settings are repeated as a note, because that is all there is to see of it.

use serde::Deserialize;

use super::bounds::quoted;
use super::package::Named;
use super::{Desk, Document, Format, Read, ReportEnd, Sink, advisory, cvss};
use crate::model::{Finding, Fix, Kind, Severity, Status, Text, scale};
use crate::syntax::{Json, Mark, OrNothing, Peek, Raw, ReadError, Shape, text_of};

pub(super) const FORMAT: Format = Format {
    id: "cargo-audit",
    tool: "cargo-audit",
    link: "https://github.com/rustsec/rustsec/tree/main/cargo-audit",
    scale: &scale::CARGO_AUDIT,
    documents: &[Document::new(
        "cargo-audit-json",
        &[
            Mark::Has("lockfile", Shape::Object),
            Mark::Keys("vulnerabilities", &["found", "count", "list"]),
        ],
    )],
    identity: "advisory and crate; warnings: advisory and what it says",
    clean_empties: &[],
    read: Read::Json(read),
};

/// Ignored ids that the note names.
const MAX_NAMED: usize = 10;

/// What `vulnerabilities` says of itself.
#[derive(Default)]
struct Count {
    found: Option<bool>,
    count: Option<u64>,
    listed: Option<u64>,
}

fn read(
    json: &mut Json<'_>,
    desk: &mut Desk<'_>,
    sink: &mut Sink<'_>,
) -> Result<ReportEnd, ReadError> {
    let mut count = Count::default();
    json.object(|json, key| match key {
        "vulnerabilities" => json.object(|json, key| match key {
            "found" => {
                count.found = json.parse()?;
                Ok(())
            }
            "count" => {
                count.count = json.parse()?;
                Ok(())
            }
            "list" => {
                let mut listed = 0u64;
                json.list(|json, _| {
                    listed = listed.saturating_add(1);
                    entry(json, desk, sink, None)
                })?;
                count.listed = Some(listed);
                Ok(())
            }
            _ => json.skip(),
        }),
        "warnings" => match json.peek()? {
            Peek::Object => {
                json.object(|json, sort| json.list(|json, _| entry(json, desk, sink, Some(sort))))
            }
            // Versions before 0.12.
            _ => json
                .list_or_null(|json, _| entry(json, desk, sink, Some("")))
                .map(|_| ()),
        },
        "settings" => {
            let settings = json.borrow::<OrNothing<Settings<'_>>>()?.0;
            let notes = settings.map(|settings| settings.notes());
            notes.into_iter().flatten().for_each(|note| desk.note(note));
            Ok(())
        }
        _ => json.skip(),
    })?;
    let mut end = ReportEnd::of(&FORMAT, None);
    let listed = count.listed.ok_or_else(|| {
        json.error("`vulnerabilities` has no `list`, which cargo-audit always writes".into())
    })?;
    let agrees = count.count.is_none_or(|count| count == listed)
        && count.found.is_none_or(|found| found == (listed > 0));
    if !agrees {
        end.status = Status::Unusable(format!(
            "it says `found` {} and `count` {} and lists {listed} vulnerabilities: the report was cut or changed",
            count.found.unwrap_or_default(),
            count.count.unwrap_or_default()
        ));
    }
    Ok(end)
}

#[derive(Deserialize)]
struct Settings<'a> {
    #[serde(borrow, default)]
    ignore: OrNothing<Vec<Raw<'a>>>,
    #[serde(borrow)]
    severity: Raw<'a>,
    #[serde(borrow, default)]
    target_arch: Raw<'a>,
    #[serde(borrow, default)]
    target_os: Raw<'a>,
}

impl Settings<'_> {
    /// What the settings keep out of the report.
    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let ignored = self.ignore.0.as_deref().unwrap_or_default();
        let ignored: Vec<_> = ignored.iter().filter_map(|id| text_of(*id)).collect();
        if !ignored.is_empty() {
            let named: Vec<String> = ignored
                .iter()
                .take(MAX_NAMED)
                .map(|id| quoted(id))
                .collect();
            let more = match ignored.len().saturating_sub(MAX_NAMED) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            notes.push(format!(
                "cargo-audit's own settings ignore {}{more}; it does not say whether they would be found",
                named.join(", ")
            ));
        }
        if let Some(level) = text_of(self.severity) {
            notes.push(format!(
                "cargo-audit's own settings leave out what is less severe than {}",
                quoted(&level)
            ));
        }
        for (only, raw) in [
            ("architecture", self.target_arch),
            ("system", self.target_os),
        ] {
            let set = raw.filter(|raw| !matches!(raw.get(), "[]" | "null"));
            if let Some(raw) = set {
                let wanted = text_of(Some(raw)).unwrap_or_else(|| raw.get().into());
                notes.push(format!(
                    "cargo-audit's own settings keep to the {only} {}",
                    quoted(&wanted)
                ));
            }
        }
        notes
    }
}

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
fn entry(
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
fn patched(list: Option<&[Raw<'_>]>) -> (Vec<Text>, Fix) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::{Hint, Secrets, read as read_report};
    use crate::model::Report;

    fn read_text(text: &str) -> Report {
        read_report(
            &mut text.as_bytes(),
            Hint::default(),
            &mut Secrets::new(None),
        )
    }

    fn report(count: u64, list: &str, warnings: &str) -> Report {
        let found = count > 0;
        read_text(&format!(
            r#"{{"database":{{}},"lockfile":{{}},"vulnerabilities":{{"found":{found},"count":{count},"list":{list}}},"warnings":{warnings}}}"#
        ))
    }

    const ONE: &str = r#"{"advisory":{"id":"RUSTSEC-1","title":"t","cvss":null},"package":{"name":"p","version":"1"},"versions":{"patched":[">=2"]}}"#;
    const YANKED: &str =
        r#"{"kind":"yanked","package":{"name":"p","version":"1"},"advisory":null}"#;

    #[test]
    fn the_list_is_as_long_as_it_says() {
        for (count, list, complete) in [
            (0, "[]".to_owned(), true),
            (1, format!("[{ONE}]"), true),
            (1, "[]".to_owned(), false),
            (0, format!("[{ONE}]"), false),
            (2, format!("[{ONE}]"), false),
            (0, "null".to_owned(), false),
        ] {
            let report = report(count, &list, "{}");
            assert_eq!(
                report.status == Status::Complete,
                complete,
                "{count} {list}"
            );
            assert!(complete || matches!(report.status, Status::Unusable(_)));
        }
        let without =
            r#"{"lockfile":{},"vulnerabilities":{"found":false,"count":0,"lists":[],"list":null}}"#;
        assert!(matches!(read_text(without).status, Status::Unusable(_)));
    }

    #[test]
    fn warnings_are_of_the_supply_chain() {
        let sound = ONE.replace("null", "\"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H\"");
        let dull = ONE.replace("null", "\"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N\"");
        for (warnings, rule, severity) in [
            (
                format!(r#"{{"yanked":[{YANKED}]}}"#),
                "yanked",
                Severity::Low,
            ),
            (format!("[{YANKED}]"), "yanked", Severity::Low),
            (
                format!(r#"{{"unsound":[{ONE}]}}"#),
                "RUSTSEC-1",
                Severity::Low,
            ),
            (
                format!(r#"{{"unsound":[{sound}]}}"#),
                "RUSTSEC-1",
                Severity::Critical,
            ),
            (
                format!(r#"{{"unsound":[{dull}]}}"#),
                "RUSTSEC-1",
                Severity::Low,
            ),
        ] {
            let report = report(0, "[]", &warnings);
            assert_eq!(report.status, Status::Complete, "{warnings}");
            let finding = report.findings.first().expect(&warnings);
            assert_eq!(finding.kind, Kind::SupplyChain);
            assert_eq!(
                (&*finding.rule, finding.severity),
                (rule, severity),
                "{warnings}"
            );
        }
        let null = report(0, "[]", "null");
        assert_eq!(null.status, Status::Complete);
    }

    #[test]
    fn what_is_missing_is_named_with_its_element() {
        for key in ["advisory", "id", "package", "name", "version"] {
            let bad = ONE.replace(&format!("\"{key}\""), "\"other\"");
            let report = report(2, &format!("[{ONE},{bad}]"), "{}");
            let said = report.status.problem().unwrap_or_default();
            assert!(
                said.contains("/vulnerabilities/list/1") && said.contains(key),
                "{key}: {said}"
            );
        }
        let bad = YANKED.replace("\"version\"", "\"other\"");
        let report = report(0, "[]", &format!(r#"{{"yanked":[{bad}]}}"#));
        assert!(matches!(report.status, Status::Unusable(_)));
    }

    #[test]
    fn ranges_name_the_first_fixed_version() {
        for (range, fixed) in [
            (">=1.1.0", "1.1.0"),
            (">= 1.1.0, <2", "1.1.0"),
            ("^0.4.8", "0.4.8"),
            ("=0.5.0", "0.5.0"),
            ("0.2.0", "0.2.0"),
            (">1.0.0", ">1.0.0"),
            ("<1.0.0", "<1.0.0"),
            ("*", "*"),
        ] {
            let json = format!("\"{range}\"");
            let raw: Raw<'_> = serde_json::from_str(&json).expect(range);
            assert_eq!(patched(Some(&[raw])).0, [fixed.into()], "{range}");
        }
        assert_eq!(patched(Some(&[])).1, Fix::None);
        assert_eq!(patched(None).1, Fix::Unknown);
    }
}
