//! Checkstyle's XML, which linters of every language write. The document does not name its writer, so the tool is
//! `checkstyle` whoever wrote it.
//!
//! `<exception>` says that a file could not be checked; linters without it list a file that they could not parse as an
//! error like any other. An element that nobody knows is refused: it may be a finding.

use super::lint::{self, GivenUp, Region};
use super::{Desk, Document, Format, Read, ReportEnd, Sink};
use crate::model::{Finding, Kind, Text, scale};
use crate::syntax::{Element, Mark, ReadError, Xml};

pub(super) const FORMAT: Format = Format {
    id: "checkstyle",
    tool: "Checkstyle",
    link: "https://checkstyle.org/",
    scale: &scale::CHECKSTYLE,
    documents: &[Document::new("checkstyle-xml", &[Mark::Root("checkstyle")])],
    identity: "source, file and message",
    clean_empties: &[],
    read: Read::Xml(read),
};

fn read(xml: &Xml<'_>, desk: &mut Desk<'_>, sink: &mut Sink<'_>) -> Result<ReportEnd, ReadError> {
    let mut reading = Reading::default();
    for element in xml.root().children().filter(Element::is_element) {
        if element.tag_name().name() != "file" {
            reading.entry(xml, element, None, desk, sink)?;
            continue;
        }
        let path = element.attribute("name").unwrap_or_default();
        let path = desk.texts.share_some(path);
        for entry in element.children().filter(Element::is_element) {
            reading.entry(xml, entry, path.clone(), desk, sink)?;
        }
    }
    let mut end = ReportEnd::of(&FORMAT, None);
    reading.given_up.tell(&mut end, "the linter");
    Ok(end)
}

/// What is known after the entries read so far.
#[derive(Default)]
struct Reading {
    given_up: GivenUp,
}

impl Reading {
    fn entry(
        &mut self,
        xml: &Xml<'_>,
        element: Element<'_>,
        path: Option<Text>,
        desk: &mut Desk<'_>,
        sink: &mut Sink<'_>,
    ) -> Result<(), ReadError> {
        match element.tag_name().name() {
            "error" => {
                if not_parsed(element, path.as_deref()) {
                    self.given_up.add(path.clone());
                }
                let made = finding(element, path, desk);
                let made = made.ok_or_else(|| {
                    xml.error_at(
                        element,
                        "no message, which Checkstyle always writes: the report is damaged",
                    )
                })?;
                sink(made)
            }
            "exception" => {
                self.given_up.add(path);
                Ok(())
            }
            _ => Err(xml.error_at(
                element,
                "Checkstyle's XML has no such element, so nobody knows whether it is a finding",
            )),
        }
    }
}

/// Whether an `<error>` says that the file could not be parsed: in Stylelint's word, or without a source in ESLint's
/// words or as Hadolint's parser does, which begins with the file.
fn not_parsed(element: Element<'_>, path: Option<&str>) -> bool {
    let attribute = |name| element.attribute(name).unwrap_or_default();
    let message = attribute("message");
    match attribute("source") {
        "" => {
            let place = path.and_then(|path| message.strip_prefix(path));
            message.starts_with("Parsing error:") || place.is_some_and(|rest| rest.starts_with(':'))
        }
        source => source.ends_with(".CssSyntaxError"),
    }
}

/// The finding of an `<error>`; nothing when it has no message. PHPStan leaves out the source, and the file of errors
/// that belong to none.
fn finding(element: Element<'_>, path: Option<Text>, desk: &mut Desk<'_>) -> Option<Finding> {
    let message = element.attribute("message")?;
    let source = element.attribute("source").unwrap_or_default().trim();
    let rule = if source.is_empty() { FORMAT.id } else { source };
    let rule = desk.title(rule);
    let severity = desk.severity(FORMAT.scale, element.attribute("severity"), &rule);
    let mut finding = lint::finding(desk, Kind::Quality, rule, severity, message);
    if let Some(path) = path {
        let number = |name: &str| {
            element
                .attribute(name)?
                .trim()
                .parse()
                .ok()
                .filter(|n| *n > 0)
        };
        let region = Region {
            line: number("line"),
            column: number("column"),
            ..Region::default()
        };
        finding.locations.push(region.of(path));
    }
    Some(finding)
}

#[cfg(test)]
mod tests {
    use crate::formats::{Hint, Secrets, read as read_report};
    use crate::model::{Report, Severity, Status};

    fn report(body: &str) -> Report {
        let text = format!(r#"<?xml version="1.0"?><checkstyle version="4.3">{body}</checkstyle>"#);
        read_report(
            &mut text.as_bytes(),
            Hint::default(),
            &mut Secrets::new(None),
        )
    }

    fn file(body: &str) -> String {
        format!(r#"<file name="src/A.java">{body}</file>"#)
    }

    #[test]
    fn errors_of_all_sorts_are_findings() {
        for (attributes, rule, severity, line) in [
            (
                r#"line="3" column="5" severity="error" source="a.B""#,
                "a.B",
                Severity::Medium,
                Some(3),
            ),
            (
                r#"line="0" severity="warning" source="a.B""#,
                "a.B",
                Severity::Low,
                None,
            ),
            (
                r#"severity="ignore" source=" ""#,
                "checkstyle",
                Severity::Info,
                None,
            ),
            (
                r#"line="x" column="-1""#,
                "checkstyle",
                Severity::Medium,
                None,
            ),
            (r#"severity="awful""#, "checkstyle", Severity::Unknown, None),
        ] {
            let found = report(&file(&format!(
                r#"<error message="Bad &lt;thing&gt;" {attributes}/>"#
            )));
            assert_eq!(found.status, Status::Complete, "{attributes}");
            let finding = found.findings.first().expect(attributes);
            let place = finding.locations.first().expect("a place");
            assert_eq!(&*finding.title, "Bad <thing>");
            assert_eq!(
                (&*finding.rule, finding.severity, place.start_line),
                (rule, severity, line),
                "{attributes}"
            );
        }
    }

    #[test]
    fn nothing_is_clean_and_files_without_a_name_are_none() {
        let clean = report(r#"<file name="a"/><!-- none -->"#);
        assert_eq!((clean.status.word(), clean.findings.len()), ("complete", 0));
        for body in [
            r#"<file><error message="m"/></file>"#,
            r#"<error message="m"/>"#,
        ] {
            let found = report(body);
            let places: Vec<_> = found.findings.iter().map(|f| f.locations.len()).collect();
            assert_eq!(places, [0], "{body}");
        }
    }

    #[test]
    fn exceptions_make_it_partial() {
        let found = report(&file("<exception><![CDATA[at X]]></exception>"));
        assert_eq!(found.status.word(), "partial");
        assert_eq!(found.unanalysed, ["src/A.java".into()]);
    }

    #[test]
    fn files_that_were_not_parsed_are_known_by_their_words() {
        for (attributes, word) in [
            (
                r#"source="" message="Parsing error: Unexpected token""#,
                "partial",
            ),
            (
                r#"message="src/A.java:2:4: missing white space""#,
                "partial",
            ),
            (
                r#"source="stylelint.rules.CssSyntaxError" message="m""#,
                "partial",
            ),
            (
                r#"source="x" message="Parsing error: of something else""#,
                "complete",
            ),
            (r#"message="src/A.java is too long""#, "complete"),
        ] {
            let found = report(&file(&format!("<error {attributes}/>")));
            let said = (found.status.word(), found.entries.findings);
            assert_eq!(said, (word, 1), "{attributes}");
        }
    }

    #[test]
    fn what_nobody_knows_is_refused() {
        for (body, said) in [
            (file(r#"<warning message="m"/>"#), "<warning>"),
            ("<results/>".to_owned(), "<results>"),
            (file(r#"<error line="1"/>"#), "no message"),
        ] {
            let problem = report(&body)
                .status
                .problem()
                .unwrap_or_default()
                .to_owned();
            assert!(problem.contains(said), "{problem}");
        }
    }
}
