//! XML, held as a tree. Nothing is fetched and no entity of a document's own is expanded.

use super::{MAX_DEPTH, ReadError, Sketch};

/// An element of an XML document.
pub type Element<'a> = roxmltree::Node<'a, 'a>;

/// Nodes of one document. Coverage of a million lines has three million.
const MAX_NODES: u32 = 20_000_000;

/// A whole XML document.
pub struct Xml<'a> {
    tree: roxmltree::Document<'a>,
}

impl<'a> Xml<'a> {
    /// Parses a document. A document type that defines anything itself is refused: that is how entities explode and
    /// files get read. One that only names an address (Cobertura's) is passed over, and the address is never asked.
    pub fn parse(text: &'a str) -> Result<Xml<'a>, ReadError> {
        refuse_definitions(text)?;
        let options = roxmltree::ParsingOptions {
            allow_dtd: true,
            nodes_limit: MAX_NODES,
            ..roxmltree::ParsingOptions::default()
        };
        let tree = roxmltree::Document::parse_with_options(text, options).map_err(|error| {
            let place = error.pos();
            ReadError {
                line: u64::from(place.row),
                column: u64::from(place.col),
                // Its sentences end with the place, which ours begin with.
                ..ReadError::whole(format!(
                    "not well-formed XML: {}",
                    error
                        .to_string()
                        .rsplit_once(" at ")
                        .map_or_else(|| error.to_string(), |(what, _)| what.to_owned())
                ))
            }
        })?;
        let deep = tree
            .root()
            .descendants()
            .any(|node| node.ancestors().nth(MAX_DEPTH + 1).is_some());
        if deep {
            return Err(ReadError::whole(format!(
                "nested deeper than {MAX_DEPTH} levels"
            )));
        }
        Ok(Xml { tree })
    }

    /// The outermost element.
    pub fn root(&self) -> Element<'_> {
        self.tree.root_element()
    }

    /// An error at an element, which is named.
    pub fn error_at(&self, element: Element<'_>, what: impl Into<String>) -> ReadError {
        let place = self.tree.text_pos_at(element.range().start);
        let name: String = element.tag_name().name().chars().take(40).collect();
        ReadError {
            line: u64::from(place.row),
            column: u64::from(place.col),
            ..ReadError::whole(format!("in <{name}>: {}", what.into()))
        }
    }

    /// What the root looks like: its attributes as texts under `@name`, its first children as objects of the same sort.
    pub fn sketch(&self) -> Sketch {
        let root = self.root();
        Sketch::Xml(root.tag_name().name().to_owned(), Box::new(sketch(root, 2)))
    }
}

fn sketch(element: Element<'_>, levels: usize) -> Sketch {
    let mut members: Vec<(String, Sketch)> = Vec::new();
    if let Some(namespace) = element.tag_name().namespace() {
        members.push(("@xmlns".to_owned(), Sketch::text_of(namespace)));
    }
    for attribute in element.attributes() {
        members.push((
            format!("@{}", attribute.name()),
            Sketch::text_of(attribute.value()),
        ));
    }
    if levels > 0 {
        for child in element.children().filter(roxmltree::Node::is_element) {
            let name = child.tag_name().name();
            if members.iter().all(|(known, _)| known != name) {
                members.push((name.to_owned(), sketch(child, levels - 1)));
            }
        }
    }
    Sketch::Object(members)
}

fn refuse_definitions(text: &str) -> Result<(), ReadError> {
    let refused = |what: &str| {
        Err(ReadError::whole(format!(
            "the XML document {what}, which no report needs and which is how files are read and memory filled; it is not read"
        )))
    };
    if text.contains("<!ENTITY") {
        return refused("defines entities");
    }
    let Some((_, rest)) = text.split_once("<!DOCTYPE") else {
        return Ok(());
    };
    let end = rest.find(['>', '[']);
    if end.is_some_and(|end| rest.as_bytes().get(end) == Some(&b'[')) {
        return refused("carries definitions of its own in its document type");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_and_its_sketch() {
        let text = r#"<!DOCTYPE coverage SYSTEM "http://example.com/none.dtd"><coverage line-rate="0.5"><sources/><packages><package name="p"/></packages></coverage>"#;
        let xml = Xml::parse(text).expect("XML");
        let sketch = xml.sketch();
        let Sketch::Xml(name, body) = &sketch else {
            panic!("{sketch:?}")
        };
        assert_eq!(name, "coverage");
        assert_eq!(body.text("@line-rate"), Some("0.5"));
        assert!(
            body.get("packages")
                .is_some_and(|packages| packages.has(&["package"]))
        );
        let error = xml.error_at(xml.root(), "no use");
        assert!(
            error
                .to_string()
                .contains("line 1, column 57: in <coverage>: no use"),
            "{error}"
        );
    }

    #[test]
    fn what_could_read_files_or_explode_is_refused() {
        for text in [
            r#"<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>"#,
            r#"<!DOCTYPE a [ ]><a/>"#,
            r#"<a><!ENTITY x "y"></a>"#,
        ] {
            let error = Xml::parse(text).err().expect(text);
            assert!(error.to_string().contains("not read"), "{error}");
        }
        let deep = format!("{}{}", "<a>".repeat(200), "</a>".repeat(200));
        assert!(Xml::parse(&deep).is_err());
        let endless = "<a>".repeat(100_000);
        assert!(Xml::parse(&endless).is_err());
        let error = Xml::parse("<a>\n<b></a>").err().expect("broken");
        assert_eq!(
            (error.line, error.what.contains("not well-formed")),
            (2, true),
            "{error}"
        );
    }
}
