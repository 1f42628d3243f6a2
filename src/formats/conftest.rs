//! conftest JSON: a list with one entry for each file and namespace.
//!
//! Lists that are empty are absent. `successes` counts the rules that found nothing; they are no entries. Where nothing
//! was counted and nothing listed, no rule ran: a wrong policy folder looks like that, so it is no clean report.

use serde::Deserialize;

use super::policy::{Details, Entry, Loc, rule_of_query};
use super::{Desk, Document, Format, Read, ReportEnd, Sink};
use crate::model::{Finding, Severity, Suppression, Text, scale};
use crate::syntax::{Json, Mark, OrNothing, Raw, ReadError, decimal, text_of};

pub(super) const FORMAT: Format = Format {
    id: "conftest",
    tool: "conftest",
    link: "https://www.conftest.dev",
    scale: &scale::CONFTEST,
    documents: &[Document::new(
        "conftest-json",
        &[Mark::Keys("[]", &["filename", "namespace", "successes"])],
    )],
    identity: "namespace and rule, the message's words, resource, file",
    clean_empties: &[],
    read: Read::Json(read),
};

/// What conftest judged in one file by one namespace.
#[derive(Deserialize)]
struct Checked<'a> {
    #[serde(borrow)]
    filename: Raw<'a>,
    #[serde(borrow)]
    namespace: Raw<'a>,
    #[serde(borrow)]
    successes: Raw<'a>,
    #[serde(borrow)]
    failures: Option<Vec<Outcome<'a>>>,
    #[serde(borrow)]
    warnings: Option<Vec<Outcome<'a>>>,
    #[serde(borrow)]
    exceptions: Option<Vec<Outcome<'a>>>,
    #[serde(borrow)]
    skipped: Option<Vec<Outcome<'a>>>,
}

#[derive(Deserialize)]
struct Outcome<'a> {
    #[serde(borrow)]
    msg: Raw<'a>,
    #[serde(borrow, default)]
    loc: OrNothing<Loc<'a>>,
    #[serde(borrow, default)]
    metadata: OrNothing<Details<'a>>,
}

/// What one entry of the list gave.
struct Seen {
    findings: Vec<Finding>,
    skipped: u64,
    /// Some rule ran.
    ran: bool,
    name: Option<Text>,
}

fn read(
    json: &mut Json<'_>,
    desk: &mut Desk<'_>,
    sink: &mut Sink<'_>,
) -> Result<ReportEnd, ReadError> {
    let mut end = ReportEnd::of(&FORMAT, None);
    let mut ran = false;
    let mut idle: Vec<Text> = Vec::new();
    json.list(|json, _| {
        let seen = json.borrow::<Checked<'_>>()?.seen(desk);
        let seen = seen.map_err(|what| json.error(what))?;
        ran |= seen.ran;
        end.not_findings = end.not_findings.saturating_add(seen.skipped);
        if ran {
            idle.clear();
        } else {
            idle.extend(seen.name);
        }
        seen.findings.into_iter().try_for_each(&mut *sink)
    })?;
    if !ran {
        idle.dedup();
        end.leave_out(
            idle,
            "no policy was applied to any file: no rule passed, failed or warned; check the policy folder and the namespace (`--policy`, `--namespace`)",
        );
    }
    Ok(end)
}

impl Checked<'_> {
    fn seen(self, desk: &mut Desk<'_>) -> Result<Seen, String> {
        let missing = |member: &str| {
            format!(
                "this entry has no {member}, which conftest always writes: the report is damaged or not conftest's"
            )
        };
        let filename = text_of(self.filename).ok_or_else(|| missing("filename"))?;
        let namespace = text_of(self.namespace).ok_or_else(|| missing("namespace"))?;
        self.successes.ok_or_else(|| missing("successes"))?;
        // Standard input and `--combine` have no file.
        let file = match filename.trim() {
            "" | "-" | "Combined" => None,
            _ => desk.some(self.filename),
        };
        let mut seen = Seen {
            findings: Vec::new(),
            skipped: 0,
            ran: decimal(self.successes).is_some_and(|count| count > 0.0),
            name: desk.some(self.filename),
        };
        let lists = [
            (self.failures, "deny", Severity::High, false),
            (self.warnings, "warn", Severity::Medium, false),
            (self.exceptions, "exception", Severity::High, true),
        ];
        for (list, word, severity, excepted) in lists {
            for outcome in list.into_iter().flatten() {
                seen.ran = true;
                let said = text_of(outcome.msg).ok_or_else(|| missing("msg in an outcome"))?;
                let details = outcome.metadata.0.unwrap_or_default();
                let rule = match text_of(details.query) {
                    Some(query) => rule_of_query(query.trim()),
                    None => format!("{namespace}/{word}"),
                };
                let entry = Entry {
                    rule: &rule,
                    said: &said,
                    details,
                    loc: outcome.loc.0,
                    file: file.clone(),
                    severity,
                };
                let mut finding = entry.finding(FORMAT.scale, desk);
                if file.is_none() && finding.locations.is_empty() {
                    finding.target = desk.some(self.filename);
                }
                if excepted {
                    // The list tells which exception held, not what it excused.
                    finding.suppression = Some(Box::new(Suppression {
                        kind: "external",
                        status: "exception".into(),
                        reason: Text::from(""),
                        by: finding.title.clone(),
                    }));
                }
                seen.findings.push(finding);
            }
        }
        let skipped = self.skipped.map_or(0, |list| list.len());
        seen.skipped = u64::try_from(skipped).unwrap_or(u64::MAX);
        Ok(seen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::testing::report as read_text;

    use crate::model::Status;

    #[test]
    fn nothing_counted_and_nothing_listed_is_no_clean_report() {
        for (text, clean) in [
            (
                r#"[{"filename":"a","namespace":"main","successes":1}]"#,
                true,
            ),
            (
                r#"[{"filename":"a","namespace":"main","successes":0},{"filename":"b","namespace":"main","successes":2}]"#,
                true,
            ),
            (
                r#"[{"filename":"a","namespace":"main","successes":0},{"filename":"a","namespace":"main","successes":-3,"failures":null}]"#,
                false,
            ),
            (
                r#"[{"filename":"a","namespace":"main","successes":"many"}]"#,
                false,
            ),
            (
                r#"[{"filename":"a","namespace":"main","successes":0,"skipped":[{"msg":"x"}]}]"#,
                false,
            ),
        ] {
            let report = read_text(text);
            assert_eq!(report.status == Status::Complete, clean, "{text}");
            assert_eq!(
                matches!(report.status, Status::Partial(_)),
                !clean,
                "{text}"
            );
            assert_eq!(report.unanalysed.len(), usize::from(!clean), "{text}");
        }
    }

    #[test]
    fn messages_of_one_rule_are_findings_of_their_own() {
        let report = read_text(
            r#"[{"filename":"a","namespace":"main","successes":0,"failures":[{"msg":"port 22 is open"},{"msg":"port 80 is open","metadata":{"query":"data.main.deny"}}]}]"#,
        );
        let rules: Vec<&str> = report.findings.iter().map(|f| &*f.rule).collect();
        assert_eq!(
            rules,
            ["main/deny/port-22-is-open", "main/deny/port-80-is-open"]
        );
    }

    #[test]
    fn a_word_for_severity_counts_only_where_it_is_known() {
        for (word, severity) in [
            (r#""LOW""#, Severity::Low),
            (r#""warning""#, Severity::Medium),
            (r#""team-a""#, Severity::High),
            (r#""unknown""#, Severity::High),
            (r#"{"a":1}"#, Severity::High),
            ("3", Severity::High),
        ] {
            let report = read_text(&format!(
                r#"[{{"filename":"a","namespace":"main","successes":0,"failures":[{{"msg":"x","metadata":{{"severity":{word}}}}}]}}]"#
            ));
            assert_eq!(report.findings[0].severity, severity, "{word}");
        }
    }

    #[test]
    fn what_is_missing_is_named_with_its_element() {
        let good = r#"{"filename":"a","namespace":"main","successes":1,"failures":[{"msg":"x"}]}"#;
        for member in ["filename", "namespace", "successes", "msg"] {
            let bad = good.replace(&format!("\"{member}\""), "\"other\"");
            let report = read_text(&format!("[{good},{bad}]"));
            let said = report.status.problem().unwrap_or_default();
            assert!(said.contains("/1") && said.contains(member), "{said}");
        }
        for broken in ["7", "{}", "[7]"] {
            let bad = good.replace(r#"[{"msg":"x"}]"#, broken);
            let report = read_text(&format!("[{good},{bad}]"));
            assert!(matches!(report.status, Status::Unusable(_)), "{broken}");
        }
    }
}
