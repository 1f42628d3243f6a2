//! JaCoCo's XML of coverage.
//!
//! A line counts as run when one of its instructions was (`ci`), as JaCoCo's own LINE counter has it. Classes that were
//! compiled without line numbers have no lines, and then there is nothing to count.

use super::coverage::{Lines, Said, measure, unknown};
use super::{Desk, Document, Format, Read, ReportEnd, Sink};
use crate::model::scale;
use crate::syntax::{Element, Mark, ReadError, Xml};

pub(super) const FORMAT: Format = Format {
    id: "jacoco",
    tool: "JaCoCo",
    link: "https://www.jacoco.org/jacoco/",
    scale: &scale::JACOCO,
    documents: &[Document::new(
        "jacoco-xml",
        &[
            Mark::Root("report"),
            Mark::Any(&[
                Mark::Keys("counter", &["@type", "@missed", "@covered"]),
                Mark::Keys("sessioninfo", &["@id", "@start", "@dump"]),
            ]),
        ],
    )],
    identity: "none: numbers, no findings",
    clean_empties: &[],
    read: Read::Xml(read),
};

fn read(xml: &Xml<'_>, desk: &mut Desk<'_>, _sink: &mut Sink<'_>) -> Result<ReportEnd, ReadError> {
    let root = xml.root();
    let mut lines = Lines::default();
    for source in root.descendants().filter(|e| is(*e, "sourcefile")) {
        let name = source
            .attribute("name")
            .ok_or_else(|| xml.error_at(source, "it has no name, which JaCoCo always writes"))?;
        // The same package and file name may be in two modules, which are groups.
        let mut path: Vec<&str> = source
            .ancestors()
            .filter(|e| is(*e, "package") || is(*e, "group"))
            .map(|e| e.attribute("name").unwrap_or_default())
            .collect();
        path.reverse();
        path.push(name);
        let file = path.join("/");
        for line in source.children().filter(|e| is(*e, "line")) {
            let number = |name: &str| {
                let text = line.attribute(name).map(str::trim);
                text.and_then(|text| text.parse::<u32>().ok())
                    .ok_or_else(|| {
                        xml.error_at(
                            line,
                            format!("{name} is no number, which JaCoCo always writes"),
                        )
                    })
            };
            let (at, missed, covered) = (number("nr")?, number("mi")?, number("ci")?);
            // A line without instructions is none that could be run.
            if missed > 0 || covered > 0 {
                lines.add(&file, i64::from(at), covered > 0);
            }
        }
    }
    let mut counters = root.children().filter(|e| is(*e, "counter"));
    let counter = counters.find(|e| e.attribute("type") == Some("LINE"));
    let said = Said {
        counts: counter.map_or(Ok(None), totals),
        rate: Ok(None),
    };
    let counted = lines.counts();
    let mut end = ReportEnd::of(&FORMAT, None);
    end.target = root
        .attribute("name")
        .and_then(|name| desk.texts.share_some(super::bounds::title(name).as_ref()));
    end.measures.push(match counter {
        None if counted.total == 0 => unknown(
            "the report counts no lines: no class was analysed, or they were compiled without line numbers",
            desk,
        ),
        _ => measure(counted, said, desk),
    });
    Ok(end)
}

/// What a counter says.
fn totals(counter: Element<'_>) -> Result<Option<super::coverage::Counts>, String> {
    let number = |name: &str| -> Result<u64, String> {
        let text = counter.attribute(name).unwrap_or_default();
        text.trim().parse().map_err(|_| {
            format!(
                "the counter of lines says {name} {}, which is no number",
                super::bounds::quoted(text)
            )
        })
    };
    let (missed, covered) = (number("missed")?, number("covered")?);
    Ok(Some(super::coverage::Counts {
        covered,
        total: missed.saturating_add(covered),
    }))
}

fn is(element: Element<'_>, name: &str) -> bool {
    element.is_element() && element.tag_name().name() == name
}

#[cfg(test)]
mod tests {
    use crate::formats::{Hint, Secrets, read};
    use crate::model::{Report, Status};

    fn report(body: &str) -> Report {
        let text = format!(
            r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><!DOCTYPE report PUBLIC "-//JACOCO//DTD Report 1.1//EN" "report.dtd"><report name="app"><sessioninfo id="h-1" start="1" dump="2"/>{body}</report>"#
        );
        read(
            &mut text.as_bytes(),
            Hint::default(),
            &mut Secrets::new(None),
        )
    }

    fn counter(missed: &str, covered: &str) -> String {
        format!(
            r#"<counter type="INSTRUCTION" missed="9" covered="9"/><counter type="LINE" missed="{missed}" covered="{covered}"/>"#
        )
    }

    const PACKAGE: &str = r#"<package name="p"><sourcefile name="A.java"><line nr="1" mi="0" ci="3" mb="0" cb="0"/><line nr="2" mi="2" ci="1" mb="1" cb="1"/><line nr="3" mi="4" ci="0" mb="0" cb="0"/><line nr="4" mi="0" ci="0" mb="0" cb="0"/></sourcefile></package>"#;

    #[test]
    fn lines_are_counted() {
        let two_thirds = Some("66.666666666666666666666666667");
        let module = |name: &str| format!(r#"<group name="{name}">{PACKAGE}</group>"#);
        for (body, value, notes) in [
            (format!("{PACKAGE}{}", counter("1", "2")), two_thirds, 0),
            (format!("{PACKAGE}{}", counter("0", "3")), two_thirds, 1),
            (format!("{PACKAGE}{}", counter("-1", "3")), two_thirds, 1),
            (PACKAGE.to_owned(), two_thirds, 0),
            (
                format!("{}{}{}", module("a"), module("b"), counter("2", "4")),
                two_thirds,
                0,
            ),
            (format!("{PACKAGE}{PACKAGE}"), two_thirds, 0),
            (counter("1", "3"), Some("75"), 0),
            (counter("x", "3"), None, 0),
            (String::new(), None, 0),
            (
                r#"<counter type="INSTRUCTION" missed="0" covered="9"/>"#.to_owned(),
                None,
                0,
            ),
        ] {
            let report = report(&body);
            assert_eq!(report.status, Status::Complete, "{body}");
            assert_eq!(report.format, Some("jacoco-xml"));
            assert_eq!(report.target.as_deref(), Some("app"));
            let measure = report.measures.first().expect("one");
            let found = measure.value.map(|value| value.to_string());
            assert_eq!(found.as_deref(), value, "{body}");
            assert_eq!(report.repairs.len(), notes, "{:?}", report.repairs);
        }
    }

    #[test]
    fn a_damaged_line_is_an_error() {
        for (from, to) in [
            (r#"nr="1""#, r#"nr="x""#),
            (r#"ci="3""#, ""),
            (r#"mi="0" ci="3""#, r#"mi="-1" ci="3""#),
        ] {
            let report = report(&PACKAGE.replacen(from, to, 1));
            let problem = report.status.problem().unwrap_or_default();
            assert!(problem.contains("in <line>"), "{to}: {problem}");
        }
    }
}
