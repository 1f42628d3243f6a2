//! Cobertura's XML of coverage, which many tools write (coverage.py, gcovr, coverlet, Istanbul, PHPUnit).
//!
//! A class lists its lines; only where it lists none those of its methods stand in, because some tools write the same
//! lines in both. Several classes of one file list the same lines again. `branch-rate` is not read: it is 0 where
//! branches were not measured.

use super::coverage::{Lines, Said, file_key, measure, was_run};
use super::{Desk, Document, Format, Read, ReportEnd, Sink};
use crate::model::scale;
use crate::syntax::{Element, Mark, ReadError, Shape, Xml};
use rust_decimal::Decimal;

pub(super) const FORMAT: Format = Format {
    id: "cobertura",
    tool: "Cobertura XML",
    link: "https://github.com/cobertura/cobertura",
    scale: &scale::COBERTURA,
    documents: &[Document::new(
        "cobertura-xml",
        &[
            Mark::Root("coverage"),
            Mark::Has("packages", Shape::Object),
            Mark::OneOf("", &["@line-rate", "@lines-valid"]),
            Mark::Lacks("project"),
        ],
    )],
    identity: "none: numbers, no findings",
    clean_empties: &[],
    read: Read::Xml(read),
};

fn read(xml: &Xml<'_>, desk: &mut Desk<'_>, _sink: &mut Sink<'_>) -> Result<ReportEnd, ReadError> {
    let root = xml.root();
    let mut lines = Lines::default();
    let mut classes = 0u64;
    let named = |name: &'static str| {
        move |element: &Element<'_>| element.is_element() && element.tag_name().name() == name
    };
    for class in root.descendants().filter(named("class")) {
        classes = classes.saturating_add(1);
        let file = class.attribute("filename").or(class.attribute("name"));
        let file = file.ok_or_else(|| {
            xml.error_at(
                class,
                "it has no filename, which every class has: the report is damaged",
            )
        })?;
        let file = file_key(file);
        let own = class.children().filter(named("lines"));
        let own = own.flat_map(|lines| lines.children().filter(named("line")));
        let mut own = own.peekable();
        let in_methods = match own.peek() {
            Some(_) => None,
            None => Some(class.descendants().filter(named("line"))),
        };
        for line in own.chain(in_methods.into_iter().flatten()) {
            let missing = |name: &str| {
                xml.error_at(
                    line,
                    format!("{name} is no number, which every line has: the report is damaged"),
                )
            };
            let number = line.attribute("number").map(str::trim);
            let number = number.and_then(|number| number.parse().ok());
            let number = number.ok_or_else(|| missing("its number"))?;
            let run = line.attribute("hits");
            let run = run.and_then(|hits| was_run(hits, desk));
            lines.add(&file, number, run.ok_or_else(|| missing("hits"))?);
        }
    }
    let text = |name: &'static str| (name, root.attribute(name));
    let said = Said {
        counts: Said::counts_of(text("lines-covered"), text("lines-valid")),
        // A rate of no class at all is a rate of nothing.
        rate: match Said::rate_of("line-rate", root.attribute("line-rate"), Decimal::ONE) {
            Ok(_) if classes == 0 && root.attribute("lines-valid").is_none() => Ok(None),
            rate => rate,
        },
    };
    let mut end = ReportEnd::of(&FORMAT, None);
    end.measures.push(measure(lines.counts(), said, desk));
    Ok(end)
}

#[cfg(test)]
mod tests {
    use crate::formats::{Hint, Secrets, read};
    use crate::model::{Report, Status};

    fn report(root: &str, packages: &str) -> Report {
        let text = format!("<coverage {root}><packages>{packages}</packages></coverage>");
        read(
            &mut text.as_bytes(),
            Hint::default(),
            &mut Secrets::new(None),
        )
    }

    fn value(root: &str, packages: &str) -> Option<String> {
        let report = report(root, packages);
        assert_eq!(report.status, Status::Complete, "{root} {packages}");
        assert_eq!(report.format, Some("cobertura-xml"));
        assert_eq!(report.measures.len(), 1);
        let measure = report.measures.first()?;
        measure.value.map(|value| value.to_string())
    }

    fn class(name: &str, lines: &str) -> String {
        format!(
            r#"<package name="p"><classes><class name="{name}" filename="a.py"><methods/><lines>{lines}</lines></class></classes></package>"#
        )
    }

    const RUN: &str = r#"<line number="1" hits="2"/>"#;
    const NOT_RUN: &str = r#"<line number="1" hits="0"/>"#;
    const OTHER: &str = r#"<line number="2" hits="0"/>"#;

    #[test]
    fn lines_are_counted_once() {
        let of = |packages: &str| value(r#"line-rate="0.5""#, packages);
        let twice = format!("{RUN}{OTHER}{OTHER}");
        assert_eq!(of(&class("A", &twice)).as_deref(), Some("50"));
        let nested = class("A", NOT_RUN) + &class("A.B", &format!("{RUN}{OTHER}"));
        assert_eq!(of(&nested).as_deref(), Some("50"));
        let methods = class("A", "").replace(
            "<methods/>",
            &format!("<methods><method><lines>{RUN}{OTHER}</lines></method></methods>"),
        );
        assert_eq!(of(&methods).as_deref(), Some("50"));
        // Listed in both places: the class's own count.
        let both = class("A", RUN).replace(
            "<methods/>",
            &format!("<methods><method><lines>{OTHER}</lines></method></methods>"),
        );
        assert_eq!(of(&both).as_deref(), Some("100"));
    }

    #[test]
    fn nonsense_is_no_number() {
        for (root, packages, expected) in [
            (
                r#"line-rate="NaN" lines-covered="-5" lines-valid="0""#,
                "",
                None,
            ),
            (r#"line-rate="1""#, "", None),
            (
                r#"line-rate="1" lines-valid="0" lines-covered="0""#,
                "",
                Some("100"),
            ),
            (
                r#"line-rate="0" lines-valid="0" lines-covered="0""#,
                "",
                None,
            ),
            (r#"line-rate="1e999""#, "<package/>", None),
            (
                r#"lines-valid="3" lines-covered="2""#,
                "",
                Some("66.666666666666666666666666667"),
            ),
            (
                r#"line-rate="0.25""#,
                r#"<class filename="a"><lines/></class>"#,
                Some("25"),
            ),
        ] {
            assert_eq!(value(root, packages).as_deref(), expected, "{root}");
        }
    }

    #[test]
    fn a_damaged_line_is_an_error() {
        for line in [
            r#"<line hits="1"/>"#,
            r#"<line number="x" hits="1"/>"#,
            r#"<line number="1"/>"#,
            r#"<line number="1" hits="many"/>"#,
        ] {
            let report = report(r#"line-rate="1""#, &class("A", &format!("{RUN}{line}")));
            let problem = report.status.problem().unwrap_or_default().to_owned();
            assert!(problem.contains("in <line>"), "{line}: {problem}");
            assert!(report.measures.is_empty());
        }
    }
}
