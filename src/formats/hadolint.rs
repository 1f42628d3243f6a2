//! Hadolint JSON: one list of what is wrong in Dockerfiles. `DL1000` says that a Dockerfile could not be parsed, so that
//! nothing else in it was checked. From standard input the file is `-`, which is no place.

use serde::Deserialize;

use super::lint::{self, GivenUp, Region, incomplete};
use super::{Desk, Document, Empty, Format, Read, ReportEnd, Sink};
use crate::model::{Finding, Kind, Text, scale};
use crate::syntax::{Json, Mark, Raw, ReadError, text_of};

pub(super) const FORMAT: Format = Format {
    id: "hadolint",
    tool: "Hadolint",
    link: "https://github.com/hadolint/hadolint",
    scale: &scale::HADOLINT,
    documents: &[Document::new(
        "hadolint-json",
        &[Mark::Keys(
            "[]",
            &["line", "column", "code", "message", "file", "level"],
        )],
    )],
    identity: "rule and file",
    clean_empties: &[Empty::List],
    read: Read::Json(read),
};

/// The rule of a Dockerfile that could not be parsed.
const NOT_PARSED: &str = "DL1000";

fn read(
    json: &mut Json<'_>,
    desk: &mut Desk<'_>,
    sink: &mut Sink<'_>,
) -> Result<ReportEnd, ReadError> {
    let mut given_up = GivenUp::default();
    json.list(|json, _| {
        let made = json.borrow::<Remark<'_>>()?.finding(desk);
        let finding = made.map_err(|member| incomplete(json, FORMAT.tool, "entry", member))?;
        if &*finding.rule == NOT_PARSED {
            given_up.add(finding.locations.first().map(|place| place.path.clone()));
        }
        sink(finding)
    })?;
    let mut end = ReportEnd::of(&FORMAT, None);
    given_up.tell(&mut end, FORMAT.tool);
    Ok(end)
}

#[derive(Deserialize)]
struct Remark<'a> {
    #[serde(borrow)]
    line: Raw<'a>,
    #[serde(borrow)]
    column: Raw<'a>,
    #[serde(borrow)]
    code: Raw<'a>,
    #[serde(borrow)]
    message: Raw<'a>,
    #[serde(borrow)]
    file: Raw<'a>,
    #[serde(borrow)]
    level: Raw<'a>,
}

impl Remark<'_> {
    /// The finding, or the name of the member that is missing.
    fn finding(&self, desk: &mut Desk<'_>) -> Result<Finding, &'static str> {
        let rule = desk.word(self.code).ok_or("code")?;
        let message = text_of(self.message).ok_or("message")?;
        let file = text_of(self.file).ok_or("file")?;
        let level = text_of(self.level).ok_or("level")?;
        self.line.ok_or("line")?;
        self.column.ok_or("column")?;

        let severity = desk.severity(FORMAT.scale, Some(&level), &rule);
        let link = page(&rule);
        let mut finding = lint::finding(desk, Kind::Misconfiguration, rule, severity, &message);
        finding.link = link.map(|link| desk.texts.share(&link));
        if file != "-"
            && let Some(path) = desk.texts.share_some(&file)
        {
            let place = Region::new(self.line, self.column).of(path);
            finding.locations.push(place);
        }
        Ok(finding)
    }
}

/// The page of a rule: Hadolint's own, or ShellCheck's.
fn page(rule: &Text) -> Option<String> {
    let (family, number) = rule.split_at_checked(2)?;
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    match family {
        "DL" => Some(format!("https://github.com/hadolint/hadolint/wiki/{rule}")),
        "SC" => Some(format!("https://www.shellcheck.net/wiki/{rule}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::{Hint, Secrets, read as read_report};
    use crate::model::{Report, Severity};

    const ENTRY: &str = r#"{"line":3,"column":1,"code":"DL3008","message":"Pin it","file":"Dockerfile","level":"warning"}"#;

    fn report(entries: &str) -> Report {
        let text = format!("[{entries}]");
        read_report(
            &mut text.as_bytes(),
            Hint::default(),
            &mut Secrets::new(None),
        )
    }

    #[test]
    fn entries_are_misconfigurations_with_a_page() {
        for (change, by, severity, link) in [
            (
                "",
                "",
                Severity::Low,
                Some("https://github.com/hadolint/hadolint/wiki/DL3008"),
            ),
            (
                "DL3008",
                "SC2086",
                Severity::Low,
                Some("https://www.shellcheck.net/wiki/SC2086"),
            ),
            ("DL3008", "DL/../x", Severity::Low, None),
            ("DL3008", "é", Severity::Low, None),
            (
                "\"warning\"",
                "\"style\"",
                Severity::Info,
                Some("https://github.com/hadolint/hadolint/wiki/DL3008"),
            ),
            (
                "\"warning\"",
                "\"awful\"",
                Severity::Unknown,
                Some("https://github.com/hadolint/hadolint/wiki/DL3008"),
            ),
        ] {
            let report = report(&ENTRY.replace(change, by));
            let finding = report.findings.first().expect(by);
            let got = (finding.kind, finding.severity, finding.link.as_deref());
            assert_eq!(got, (Kind::Misconfiguration, severity, link), "{by}");
        }
    }

    #[test]
    fn a_dockerfile_that_was_not_parsed_makes_it_partial() {
        let bad = ENTRY.replace("DL3008", NOT_PARSED);
        let found = report(&format!("{ENTRY},{bad}"));
        assert_eq!(
            (found.status.word(), found.entries.findings),
            ("partial", 2)
        );
        assert_eq!(found.unanalysed, ["Dockerfile".into()]);
        let found = report(&bad.replace("Dockerfile", "-"));
        assert_eq!(found.status.word(), "partial");
        assert!(found.unanalysed.is_empty());
        assert!(
            found
                .findings
                .iter()
                .all(|finding| finding.locations.is_empty())
        );
    }

    #[test]
    fn what_is_missing_is_named() {
        for key in ["line", "column", "code", "message", "file", "level"] {
            let bad = ENTRY.replace(&format!("\"{key}\""), "\"other\"");
            let report = report(&format!("{ENTRY},{bad}"));
            let problem = report.status.problem().unwrap_or_default();
            assert!(
                problem.contains("/1") && problem.contains(key),
                "{key}: {problem}"
            );
        }
    }
}
