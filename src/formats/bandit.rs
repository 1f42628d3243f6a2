//! Bandit JSON. Files that could not be parsed stand in `errors` and make the report partial; what `# nosec` set aside is
//! only counted in `metrics`, never listed. Confidence is no severity and is not kept.
//!
//! Columns count from 0. `code` holds the lines around the finding, each behind its number.

use serde::Deserialize;

use super::lint::{self, GivenUp, Region, incomplete};
use super::secret::BLANK;
use super::{Desk, Document, Format, Read, ReportEnd, Secret, Sink};
use crate::model::{Finding, Kind, folded_line_hash, scale};
use crate::syntax::{Json, Mark, Raw, ReadError, Shape, line_number, text_of};

pub(super) const FORMAT: Format = Format {
    id: "bandit",
    tool: "Bandit",
    link: "https://bandit.readthedocs.io/",
    scale: &scale::BANDIT,
    documents: &[Document::new(
        "bandit-json",
        &[
            Mark::Has("metrics._totals", Shape::Object),
            Mark::Keys("", &["generated_at"]),
            Mark::Any(&[
                Mark::Has("results", Shape::EmptyList),
                Mark::Keys("results[]", &["test_id", "issue_severity", "filename"]),
            ]),
        ],
    )],
    identity: "test, file and the line of code",
    clean_empties: &[],
    read: Read::Json(read),
};

/// Tests whose sentence quotes the password that they found.
const QUOTE_PASSWORDS: &[&str] = &["B105", "B106", "B107"];

fn read(
    json: &mut Json<'_>,
    desk: &mut Desk<'_>,
    sink: &mut Sink<'_>,
) -> Result<ReportEnd, ReadError> {
    let mut given_up = GivenUp::default();
    let (mut results, mut errors) = (false, false);
    json.object(|json, key| match key {
        "results" => {
            results = true;
            json.list(|json, _| {
                let made = json.borrow::<Issue<'_>>()?.finding(desk);
                sink(made.map_err(|member| incomplete(json, FORMAT.tool, "result", member))?)
            })
        }
        "errors" => {
            errors = true;
            json.list(|json, _| {
                let file = desk.some(json.borrow::<Failure<'_>>()?.filename);
                given_up.add(file);
                Ok(())
            })
        }
        _ => json.skip(),
    })?;
    for (found, list) in [(results, "results"), (errors, "errors")] {
        if !found {
            return Err(incomplete(json, FORMAT.tool, "report", list));
        }
    }
    let mut end = ReportEnd::of(&FORMAT, None);
    given_up.tell(&mut end, FORMAT.tool);
    Ok(end)
}

#[derive(Deserialize)]
struct Failure<'a> {
    #[serde(borrow)]
    filename: Raw<'a>,
}

#[derive(Deserialize)]
struct Issue<'a> {
    #[serde(borrow)]
    test_id: Raw<'a>,
    #[serde(borrow)]
    issue_severity: Raw<'a>,
    #[serde(borrow)]
    issue_text: Raw<'a>,
    #[serde(borrow)]
    filename: Raw<'a>,
    #[serde(borrow)]
    line_number: Raw<'a>,
    #[serde(borrow)]
    line_range: Raw<'a>,
    #[serde(borrow)]
    col_offset: Raw<'a>,
    #[serde(borrow)]
    end_col_offset: Raw<'a>,
    #[serde(borrow)]
    code: Raw<'a>,
    #[serde(borrow)]
    more_info: Raw<'a>,
}

impl Issue<'_> {
    /// The finding, or the name of the member that is missing.
    fn finding(&self, desk: &mut Desk<'_>) -> Result<Finding, &'static str> {
        let rule = desk.word(self.test_id).ok_or("test_id")?;
        let word = text_of(self.issue_severity).ok_or("issue_severity")?;
        let text = text_of(self.issue_text).ok_or("issue_text")?;
        let file = desk.some(self.filename).ok_or("filename")?;
        self.line_number.ok_or("line_number")?;

        let severity = desk.severity(FORMAT.scale, Some(&word), &rule);
        let quoted = QUOTE_PASSWORDS.contains(&&*rule).then(|| quoted(&text));
        let mut finding = match quoted.flatten() {
            Some((around, password)) => {
                let made = lint::finding(desk, Kind::Code, rule, severity, &around);
                desk.secrets.remember(password);
                made
            }
            None => lint::finding(desk, Kind::Code, rule, severity, &text),
        };
        finding.link = desk.link(self.more_info);
        let lines: Vec<Raw<'_>> = self
            .line_range
            .and_then(|range| serde_json::from_str(range.get()).ok())
            .unwrap_or_default();
        let region = Region::new(self.line_number, None)
            .to(lines.last().copied().flatten(), None)
            .columns_from_zero(self.col_offset, self.end_col_offset);
        finding.locations.push(region.of(file));
        finding.line = self.line();
        Ok(finding)
    }

    /// Hash of the line of the finding, which `code` quotes behind its number.
    fn line(&self) -> Option<u64> {
        let wanted = line_number(self.line_number)?;
        let code = text_of(self.code)?;
        let first: u32 = code.split([' ', '\t']).next()?.trim().parse().ok()?;
        let index = usize::try_from(wanted.checked_sub(first)?).ok()?;
        let line = code.lines().nth(index)?;
        let text = line.strip_prefix(&wanted.to_string())?;
        let text = text.strip_prefix([' ', '\t'])?;
        (!text.trim().is_empty()).then(|| folded_line_hash(text))
    }
}

/// `Possible hardcoded password: 'value'` without the value, and the value.
fn quoted(text: &str) -> Option<(String, Secret)> {
    let (before, rest) = text.split_once('\'')?;
    let (value, after) = rest.rsplit_once('\'')?;
    Some((format!("{before}'{BLANK}'{after}"), Secret::new(value)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::{Hint, Secrets, read as read_report};
    use crate::model::{Report, Severity, Status};

    const ISSUE: &str = r#"{"code":"8 app()\n9 PASSWORD = \"fixture-not-real-1\"\n10 \n","col_offset":11,"end_col_offset":40,"filename":"app/a.py","issue_confidence":"MEDIUM","issue_cwe":{},"issue_severity":"LOW","issue_text":"Possible hardcoded password: 'fixture-not-real-1'","line_number":9,"line_range":[9],"more_info":"https://example.com/b105","test_id":"B105","test_name":"x"}"#;

    fn report(results: &str, errors: &str) -> Report {
        let text = format!(
            r#"{{"errors":[{errors}],"generated_at":"x","metrics":{{"_totals":{{}}}},"results":[{results}]}}"#
        );
        read_report(
            &mut text.as_bytes(),
            Hint::default(),
            &mut Secrets::new(None),
        )
    }

    #[test]
    fn a_password_is_in_no_text() {
        let report = report(ISSUE, "");
        assert_eq!(report.status, Status::Complete);
        assert!(!format!("{report:?}").contains("fixture-not-real-1"));
        let finding = report.findings.first().expect("one");
        assert_eq!(&*finding.title, "Possible hardcoded password: '***'");
        assert_eq!(finding.severity, Severity::Low);
        let line = "PASSWORD = \"fixture-not-real-1\"";
        assert_eq!(finding.line, Some(folded_line_hash(line)));
        let place = finding.locations.first().expect("a place");
        assert_eq!(
            (place.start_line, place.start_column, place.end_column),
            (Some(9), Some(12), Some(41))
        );
    }

    #[test]
    fn the_line_is_the_one_with_its_number() {
        for (code, line, expected) in [
            ("1 a\\n2 b\\n", "2", Some("b")),
            ("9 a\\n10   b c\\n11 d\\n", "10", Some("b c")),
            ("2\\tb\\n", "2", Some("b")),
            ("1 a\\n2 \\n", "2", None),
            ("1 a\\n3 b\\n", "2", None),
            ("4 a\\n", "2", None),
            ("", "2", None),
            ("no numbers", "2", None),
        ] {
            let issue = format!(
                r#"{{"code":"{code}","filename":"f","issue_severity":"HIGH","issue_text":"t","line_number":{line},"test_id":"B1"}}"#
            );
            let report = report(&issue, "");
            let finding = report.findings.first().expect(code);
            assert_eq!(finding.line, expected.map(folded_line_hash), "{code}");
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        for key in [
            "test_id",
            "issue_severity",
            "issue_text",
            "filename",
            "line_number",
        ] {
            let bad = ISSUE.replace(&format!("\"{key}\""), "\"other\"");
            let report = report(&format!("{ISSUE},{bad}"), "");
            let problem = report.status.problem().unwrap_or_default();
            assert!(
                problem.contains("/results/1") && problem.contains(key),
                "{key}: {problem}"
            );
        }
    }

    #[test]
    fn files_with_errors_make_it_partial_and_no_list_is_optional() {
        let partial = report(
            "",
            r#"{"filename":"a.py","reason":"x"},{"filename":"b.py"}"#,
        );
        assert_eq!(partial.status.word(), "partial");
        assert_eq!(partial.unanalysed.len(), 2);
        for text in [
            r#"{"generated_at":"x","metrics":{"_totals":{}},"results":[]}"#,
            r#"{"generated_at":"x","metrics":{"_totals":{}},"results":null,"errors":[]}"#,
            r#"{"generated_at":"x","metrics":{"_totals":{}},"results":[],"errors":null}"#,
            r#"{"generated_at":"x","metrics":{"_totals":{}},"results":[],"errors":[7]}"#,
        ] {
            let mut secrets = Secrets::new(None);
            let report = read_report(&mut text.as_bytes(), Hint::default(), &mut secrets);
            assert_eq!(report.status.word(), "unusable", "{text}");
        }
    }
}
