//! Falco's alerts (`json_output: true`): an object a line, or pretty-printed ones as logs show them.
//!
//! An alert has no id. What it is told by is its rule, where it happened and the command; the text that Falco prints
//! starts with the time and holds process ids and ports, so the message is made from the fields that stay the same when
//! the same thing happens again.

mod alert;

use super::{Desk, Document, Format, Read, ReportEnd, Sink};
use crate::model::scale;
use crate::syntax::{JsonLine, JsonLines, Mark, ReadError, Shape};

use alert::Alert;

pub(super) const FORMAT: Format = Format {
    id: "falco",
    tool: "Falco",
    link: "https://github.com/falcosecurity/falco",
    scale: &scale::FALCO,
    documents: &[Document::lines(
        "falco-json",
        &[
            Mark::Has("rule", Shape::Text),
            Mark::Has("priority", Shape::Text),
            Mark::Keys("", &["time", "output_fields"]),
        ],
    )],
    identity: "rule, pod or container (else host), and command",
    clean_empties: &[],
    read: Read::Lines(read),
};

/// Rules by which Falco speaks of itself.
const INTERNAL: &str = "Falco internal:";
/// The one by which it says that it missed events.
const DROPS: &str = "Falco internal: syscall event drop";
/// Numbers of bad lines that a sentence names.
const NAMED_LINES: usize = 10;
/// Bad lines that are listed.
const LISTED_LINES: usize = 100;

fn read(
    lines: &mut JsonLines<'_>,
    desk: &mut Desk<'_>,
    sink: &mut Sink<'_>,
) -> Result<ReportEnd, ReadError> {
    let mut end = ReportEnd::of(&FORMAT, None);
    let mut bad = BadLines::default();
    let mut drops = 0u64;
    while let Some((number, line)) = lines.next()? {
        let JsonLine::Value(text) = line else {
            bad.add(number);
            continue;
        };
        // Programs that write to one file at a time leave out a line feed now and then.
        let values = serde_json::Deserializer::from_str(&text).into_iter::<Alert<'_>>();
        for alert in values {
            // After an error the rest of the line cannot be told apart.
            let Ok(alert) = alert else {
                bad.add(number);
                break;
            };
            let Some((rule, priority)) = alert.required() else {
                bad.add(number);
                continue;
            };
            if rule.starts_with(INTERNAL) {
                end.not_findings = end.not_findings.saturating_add(1);
                drops = drops.saturating_add(u64::from(rule.starts_with(DROPS)));
                continue;
            }
            sink(alert.finding(&rule, &priority, desk))?;
        }
    }
    if let Some(sentence) = bad.sentence() {
        let listed = bad.first.iter().take(LISTED_LINES);
        let listed = listed.map(|line| desk.texts.share(&format!("line {line}")));
        end.leave_out(listed.collect(), sentence);
    }
    if drops > 0 {
        end.leave_out(
            Vec::new(),
            format!(
                "Falco says {drops} times that it missed system calls, so alerts may be missing"
            ),
        );
    }
    Ok(end)
}

/// Lines that are no alerts.
#[derive(Default)]
struct BadLines {
    first: Vec<u64>,
    count: u64,
}

impl BadLines {
    fn add(&mut self, line: u64) {
        self.count = self.count.saturating_add(1);
        if self.first.len() < LISTED_LINES {
            self.first.push(line);
        }
    }

    fn sentence(&self) -> Option<String> {
        let numbers: Vec<String> = self
            .first
            .iter()
            .take(NAMED_LINES)
            .map(u64::to_string)
            .collect();
        let more = if self.count > NAMED_LINES as u64 {
            ", …"
        } else {
            ""
        };
        let lines = if self.count == 1 {
            "1 entry is no alert and was"
        } else {
            "entries are no alerts and were"
        };
        let lines = match self.count {
            0 => return None,
            1 => lines.to_owned(),
            count => format!("{count} {lines}"),
        };
        Some(format!(
            "{lines} passed over (line {}{more})",
            numbers.join(", ")
        ))
    }
}

#[cfg(test)]
mod tests {
    use crate::formats::testing::report;

    use crate::model::{Finding, Kind};
    use crate::model::{Severity, Status};

    fn alert(fields: &str) -> String {
        format!(
            r#"{{"hostname":"node-1","output":"10:36:32.750441241: Notice A shell (pid=4711)","output_fields":{fields},"priority":"Notice","rule":"Shell in container","source":"syscall","tags":["shell"],"time":"2099-01-01T10:36:32.750441241Z"}}"#
        )
    }

    const POD: &str = r#"{"container.id":"cbd3133ccac6","container.image.repository":"registry.example.com/shop","evt.time":1626863792750441241,"k8s.ns.name":"default","k8s.pod.name":"shop-0","proc.cmdline":"sh -c uptime","proc.pid":4711,"user.name":"root"}"#;

    fn first(text: &str) -> Finding {
        let mut report = report(text);
        assert_eq!(report.status, Status::Complete, "{text}");
        report.findings.remove(0)
    }

    #[test]
    fn an_alert_is_told_by_what_stays_the_same() {
        let finding = first(&alert(POD));
        assert_eq!(
            (finding.kind, finding.severity),
            (Kind::Runtime, Severity::Low)
        );
        assert_eq!(&*finding.rule, "Shell in container");
        assert_eq!(&*finding.title, "Shell in container: sh -c uptime");
        assert_eq!(
            &*finding.message,
            "command: sh -c uptime; user: root; in Pod/default/shop-0"
        );
        assert_eq!(finding.resource.as_deref(), Some("Pod/default/shop-0"));
        assert_eq!(finding.target.as_deref(), Some("registry.example.com/shop"));
        assert!(finding.locations.is_empty());
    }

    #[test]
    fn every_source_has_a_message_without_what_differs_each_time() {
        for (fields, message, target) in [
            (
                r#"{"container.id":"host","proc.cmdline":"cat /etc/shadow","fd.name":"/etc/shadow","user.name":null}"#,
                "command: cat /etc/shadow; file: /etc/shadow; in Host/node-1",
                Some("node-1"),
            ),
            (
                r#"{"container.id":"0a1b","container.name":"shop","proc.cmdline":"curl x","fd.name":"10.0.0.2:39526->10.0.0.1:443"}"#,
                "command: curl x; in Container/shop",
                None,
            ),
            (
                r#"{"evt.time":1739178940698757000,"ka.target.name":"web","ka.target.resource":"deployments","ka.user.name":"dev","ka.verb":"patch","ka.auditid":"x-1"}"#,
                "user: dev; verb: patch; resource: deployments; name: web; in Host/node-1",
                Some("node-1"),
            ),
            (
                r#"{"evt.time":1,"ct.name":"DeleteBucket","ct.request.id":"abc","ct.user":"dev"}"#,
                "ct.name: DeleteBucket; ct.user: dev; in Host/node-1",
                Some("node-1"),
            ),
            ("null", "A shell (pid=#); in Host/node-1", Some("node-1")),
            ("{}", "A shell (pid=#); in Host/node-1", Some("node-1")),
            (
                r#"{"proc.cmdline":"<NA>"}"#,
                "A shell (pid=#); in Host/node-1",
                Some("node-1"),
            ),
        ] {
            let finding = first(&alert(fields));
            assert_eq!(&*finding.message, message, "{fields}");
            assert_eq!(finding.target.as_deref(), target, "{fields}");
        }
        let old = r#"{"priority":"Warning","rule":"R","time":"t","output_fields":null}"#;
        assert_eq!(&*first(old).message, "");
    }

    #[test]
    fn bad_lines_are_named_and_lose_no_other() {
        let good = alert(POD);
        let pretty = good.replace(',', ",\n  ");
        let text = format!(
            "{good}\nnot json\n{good}{good}\n{pretty}\n{{\"rule\":\"R\",\"time\":\"t\"}}\n{good}}}\n{{\"rule\":1}}\n"
        );
        let report = report(&text);
        assert_eq!(report.status.word(), "partial");
        let problem = report.status.problem().unwrap_or_default();
        let lines: Vec<&str> = report.unanalysed.iter().map(|line| &**line).collect();
        assert_eq!(lines.first(), Some(&"line 2"));
        assert_eq!(lines.len(), 4, "{problem}");
        assert!(
            problem.starts_with("4 entries") && problem.contains("line 2, "),
            "{problem}"
        );
        assert_eq!(report.entries.findings, 5);
        let one = self::report(&format!("{good}\nnot json\n"));
        assert_eq!(
            one.status.problem(),
            Some("1 entry is no alert and was passed over (line 2)")
        );
    }

    #[test]
    fn falco_on_itself_is_no_alert() {
        let metrics = alert(POD).replace("Shell in container", "Falco internal: metrics snapshot");
        let quiet = report(&format!("{metrics}\n{}\n", alert(POD)));
        assert_eq!(quiet.status, Status::Complete);
        assert_eq!((quiet.entries.findings, quiet.entries.not_findings), (1, 1));
        let drop = alert(POD).replace("Shell in container", "Falco internal: syscall event drop");
        let deaf = report(&drop);
        assert_eq!((deaf.entries.findings, deaf.entries.not_findings), (0, 1));
        assert_eq!(deaf.status.word(), "partial");
    }

    #[test]
    fn a_file_that_ends_in_an_alert_is_truncated() {
        let text = format!("{}\n{{\"rule\":\"R\"", alert(POD));
        assert_eq!(report(&text).status.word(), "unusable");
    }
}
