//! ESLint JSON: a list of files with their messages, or `json-with-metadata`, which wraps that list.
//!
//! A message that is `fatal` says that the file could not be parsed, so that no rule saw it: it is no finding, and the
//! report is partial. Messages without a rule (an unused directive, an ignored file) are findings under the tool's name.
//! Files without messages are listed too.

use serde::Deserialize;

use super::lint::{self, GivenUp, Region, incomplete, lacks};
use super::{Desk, Document, Empty, Format, Read, ReportEnd, Sink};
use crate::model::{Finding, Kind, Suppression, Text, folded_line_hash, scale};
use crate::syntax::{Json, Mark, Peek, Raw, ReadError, Shape, decimal, line_number, text_of};

/// What ESLint says of every file. Secretlint's list looks alike and has no counts.
const FILE: &[&str] = &["filePath", "messages", "errorCount", "warningCount"];

pub(super) const FORMAT: Format = Format {
    id: "eslint",
    tool: "ESLint",
    link: "https://eslint.org/",
    scale: &scale::ESLINT,
    documents: &[Document::new(
        "eslint-json",
        &[Mark::Any(&[
            Mark::Keys("[]", FILE),
            Mark::All(&[
                Mark::Has("metadata", Shape::Object),
                Mark::Keys("results[]", FILE),
            ]),
            Mark::All(&[
                Mark::Has("metadata.rulesMeta", Shape::Object),
                Mark::Has("results", Shape::EmptyList),
            ]),
        ])],
    )],
    identity: "rule, file and the line of code",
    clean_empties: &[Empty::List],
    read: Read::Json(read),
};

fn read(
    json: &mut Json<'_>,
    desk: &mut Desk<'_>,
    sink: &mut Sink<'_>,
) -> Result<ReportEnd, ReadError> {
    let mut reading = Reading::default();
    if json.peek()? == Peek::List {
        json.list(|json, _| reading.file(json, desk, sink))?;
    } else {
        let mut listed = false;
        json.object(|json, key| match key {
            "results" => {
                listed = true;
                json.list(|json, _| reading.file(json, desk, sink))
            }
            _ => json.skip(),
        })?;
        if !listed {
            return Err(incomplete(json, FORMAT.tool, "report", "results"));
        }
    }
    let mut end = ReportEnd::of(&FORMAT, None);
    end.not_findings = reading.fatal;
    reading.given_up.tell(&mut end, FORMAT.tool);
    Ok(end)
}

/// What is known after the files read so far.
#[derive(Default)]
struct Reading {
    given_up: GivenUp,
    fatal: u64,
}

impl Reading {
    fn file(
        &mut self,
        json: &mut Json<'_>,
        desk: &mut Desk<'_>,
        sink: &mut Sink<'_>,
    ) -> Result<(), ReadError> {
        let mut findings = Vec::new();
        let made = json
            .borrow::<File<'_>>()?
            .findings(self, desk, &mut findings);
        made.map_err(|what| json.error(what))?;
        findings.into_iter().try_for_each(sink)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File<'a> {
    #[serde(borrow)]
    file_path: Raw<'a>,
    #[serde(borrow)]
    messages: Raw<'a>,
    #[serde(borrow)]
    suppressed_messages: Raw<'a>,
    #[serde(borrow)]
    error_count: Raw<'a>,
    #[serde(borrow)]
    warning_count: Raw<'a>,
    #[serde(borrow)]
    source: Raw<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message<'a> {
    #[serde(borrow)]
    rule_id: Raw<'a>,
    #[serde(borrow)]
    severity: Raw<'a>,
    #[serde(borrow)]
    fatal: Raw<'a>,
    #[serde(borrow)]
    message: Raw<'a>,
    #[serde(borrow)]
    line: Raw<'a>,
    #[serde(borrow)]
    column: Raw<'a>,
    #[serde(borrow)]
    end_line: Raw<'a>,
    #[serde(borrow)]
    end_column: Raw<'a>,
    #[serde(borrow)]
    suppressions: Raw<'a>,
}

#[derive(Default, Deserialize)]
struct SetAside<'a> {
    #[serde(borrow)]
    kind: Raw<'a>,
    #[serde(borrow)]
    justification: Raw<'a>,
}

impl File<'_> {
    /// Adds the findings of a file; an error says what is wrong with it.
    fn findings(
        &self,
        reading: &mut Reading,
        desk: &mut Desk<'_>,
        into: &mut Vec<Finding>,
    ) -> Result<(), String> {
        let missing = |member: &str| lacks(FORMAT.tool, "file", member);
        let path = desk
            .some(self.file_path)
            .ok_or_else(|| missing("filePath"))?;
        let messages = list(Some(self.messages.ok_or_else(|| missing("messages"))?))?;
        let errors = decimal(self.error_count).ok_or_else(|| missing("errorCount"))?;
        let warnings = decimal(self.warning_count).ok_or_else(|| missing("warningCount"))?;
        if messages.is_empty() && errors + warnings > 0.0 {
            return Err(
                "this file has errors or warnings by its counts and no messages: they were lost; have ESLint write the report again"
                    .to_owned(),
            );
        }
        let source = text_of(self.source);
        let lines: Vec<&str> = source.as_deref().map_or_else(Vec::new, lines_of);
        let suppressed = list(self.suppressed_messages)?;
        let all = messages.iter().map(|message| (message, false));
        for (message, aside) in all.chain(suppressed.iter().map(|message| (message, true))) {
            if text_of(message.fatal).as_deref() == Some("true") {
                reading.fatal = reading.fatal.saturating_add(1);
                reading.given_up.add(Some(path.clone()));
                continue;
            }
            let mut finding = message.finding(path.clone(), desk);
            finding.line = message.quoted(&lines);
            if aside {
                finding.suppression = Some(Box::new(message.suppression(desk)));
            }
            into.push(finding);
        }
        Ok(())
    }
}

fn list(raw: Raw<'_>) -> Result<Vec<Message<'_>>, String> {
    match raw {
        None => Ok(Vec::new()),
        Some(raw) => serde_json::from_str(raw.get())
            .map_err(|error| format!("the messages of this file cannot be read: {error}")),
    }
}

/// The lines of a source as ESLint counts them, nothing where others count them otherwise.
fn lines_of(source: &str) -> Vec<&str> {
    let own_breaks = source.contains(['\u{2028}', '\u{2029}'])
        || source.matches('\r').count() != source.matches("\r\n").count();
    if own_breaks {
        return Vec::new();
    }
    source.lines().collect()
}

impl Message<'_> {
    fn finding(&self, path: Text, desk: &mut Desk<'_>) -> Finding {
        let rule = desk
            .word(self.rule_id)
            .unwrap_or_else(|| desk.texts.share(FORMAT.id));
        let severity = desk.severity(FORMAT.scale, text_of(self.severity).as_deref(), &rule);
        let said = text_of(self.message).unwrap_or_default();
        let mut finding = lint::finding(desk, Kind::Code, rule, severity, &said);
        let region = Region::new(self.line, self.column).to(self.end_line, self.end_column);
        finding.locations.push(region.of(path));
        finding
    }

    /// Hash of the line of the message, where the report carries the file.
    fn quoted(&self, lines: &[&str]) -> Option<u64> {
        let index = usize::try_from(line_number(self.line)?.checked_sub(1)?).ok()?;
        let line = lines.get(index).filter(|line| !line.trim().is_empty())?;
        Some(folded_line_hash(line))
    }

    /// Set aside by a comment, or by the file of bulk suppressions.
    fn suppression(&self, desk: &mut Desk<'_>) -> Suppression {
        let all: Vec<SetAside<'_>> = self
            .suppressions
            .and_then(|raw| serde_json::from_str(raw.get()).ok())
            .unwrap_or_default();
        let first = all.into_iter().next().unwrap_or_default();
        let (kind, by) = match text_of(first.kind).as_deref() {
            Some("file") => ("external", "eslint-suppressions.json"),
            _ => ("inSource", "eslint-disable"),
        };
        Suppression {
            kind,
            status: "".into(),
            reason: desk.message(first.justification),
            by: desk.texts.share(by),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::testing::report;

    use crate::model::{Severity, Status};

    fn file(messages: &str, more: &str) -> String {
        format!(
            r#"{{"filePath":"/src/a.js","messages":[{messages}],"errorCount":1,"warningCount":0{more}}}"#
        )
    }

    const CLEAN: &str = r#"{"filePath":"/src/b.js","messages":[],"errorCount":0,"warningCount":0}"#;
    const EVAL: &str = r#"{"ruleId":"no-eval","severity":2,"message":"`eval` can be harmful.","line":2,"column":1,"endLine":2,"endColumn":5}"#;

    #[test]
    fn both_shapes_say_the_same() {
        let one = file(EVAL, r#","source":"a\n eval( x )\n""#);
        let list = report(&format!("[{one},{CLEAN}]"));
        let wrapped = report(&format!(
            r#"{{"results":[{one},{CLEAN}],"metadata":{{"cwd":"/"}}}}"#
        ));
        assert_eq!(list.status, Status::Complete);
        assert_eq!(
            format!("{:?}", list.findings),
            format!("{:?}", wrapped.findings)
        );
        let finding = list.findings.first().expect("one");
        assert_eq!(
            (finding.kind, finding.severity),
            (Kind::Code, Severity::Medium)
        );
        assert_eq!(finding.line, Some(folded_line_hash("eval( x )")));
        let empty = report(r#"{"results":[],"metadata":{"cwd":"/","rulesMeta":{}}}"#);
        assert_eq!(empty.status, Status::Complete);
    }

    #[test]
    fn a_fatal_message_is_no_finding_and_makes_it_partial() {
        let fatal = r#"{"ruleId":null,"fatal":true,"severity":2,"message":"Parsing error","line":1,"column":10}"#;
        let found = report(&format!("[{}]", file(fatal, "")));
        let entries = &found.entries;
        assert_eq!(
            (found.status.word(), entries.findings, entries.not_findings),
            ("partial", 0, 1)
        );
        assert_eq!(found.unanalysed, ["/src/a.js".into()]);
    }

    #[test]
    fn messages_without_rule_or_severity_stay() {
        for (message, rule, severity) in [
            (
                r#"{"ruleId":null,"severity":1,"message":"Unused directive"}"#,
                "eslint",
                Severity::Low,
            ),
            (r#"{"message":"no keys"}"#, "eslint", Severity::Unknown),
            (
                r#"{"ruleId":"x","severity":null,"message":null}"#,
                "x",
                Severity::Unknown,
            ),
            (r#"{"ruleId":"x","severity":7}"#, "x", Severity::Unknown),
            (
                r#"{"ruleId":"x","severity":2,"fatal":false}"#,
                "x",
                Severity::Medium,
            ),
        ] {
            let found = report(&format!("[{}]", file(message, "")));
            let finding = found.findings.first().expect(message);
            assert_eq!(
                (&*finding.rule, finding.severity),
                (rule, severity),
                "{message}"
            );
        }
    }

    #[test]
    fn what_was_set_aside_says_by_whom() {
        for (suppressions, kind, by, reason) in [
            (
                r#"[{"kind":"directive","justification":"known"}]"#,
                "inSource",
                "eslint-disable",
                "known",
            ),
            (
                r#"[{"kind":"file","justification":""}]"#,
                "external",
                "eslint-suppressions.json",
                "",
            ),
            ("7", "inSource", "eslint-disable", ""),
        ] {
            let aside = EVAL.replace(
                "\"line\"",
                &format!("\"suppressions\":{suppressions},\"line\""),
            );
            let found = report(&format!(
                "[{}]",
                file(EVAL, &format!(r#","suppressedMessages":[{aside}]"#))
            ));
            assert_eq!((found.entries.findings, found.entries.suppressed), (1, 1));
            let last = found.findings.last().and_then(|f| f.suppression.as_deref());
            let last = last.expect(suppressions);
            assert_eq!((last.kind, &*last.by, &*last.reason), (kind, by, reason));
        }
    }

    #[test]
    fn lost_messages_and_members_are_told() {
        let good = file(EVAL, "");
        for (text, said) in [
            (format!("[{good},{}]", file("", "")), "lost"),
            (
                format!("[{good},{}]", good.replace("\"filePath\"", "\"x\"")),
                "filePath",
            ),
            (
                format!("[{good},{}]", good.replace("\"messages\"", "\"x\"")),
                "messages",
            ),
            (
                format!(
                    "[{good},{}]",
                    good.replace("\"errorCount\":1", "\"errorCount\":null")
                ),
                "errorCount",
            ),
            (format!("[{good},{}]", file("7", "")), "cannot be read"),
            (
                format!("[{good},{}]", file(EVAL, r#","suppressedMessages":{}"#)),
                "cannot be read",
            ),
            (format!("[{good}][{good}]"), "more text"),
        ] {
            let found = report(&text);
            let problem = found.status.problem().unwrap_or_default();
            assert!(problem.contains(said), "{said}: {problem}");
        }
    }

    #[test]
    fn lines_are_counted_as_everybody_counts_them_or_not_at_all() {
        assert_eq!(lines_of("a\r\nb\n").len(), 2);
        assert!(lines_of("a\rb\n").is_empty());
        assert!(lines_of("a\u{2028}b\n").is_empty());
    }
}
