//! `formats`: what is read.

use serde_json::{Value, json};

use super::{Format, FormatError, json as pretty, table};
use crate::formats::{ALL, Empty};

/// What `sarif-gate formats` prints. Markdown is the table of the README.
pub fn output(format: Format) -> Result<String, FormatError> {
    match format {
        // A table of these columns is wider than any terminal.
        Format::Text => Ok(ALL.iter().map(|format| paragraph(format)).collect()),
        Format::Markdown => Ok(table::markdown(
            &[
                "id",
                "tool",
                "kinds",
                "documents",
                "the same finding is told by",
            ],
            &rows(|format| {
                vec![
                    format!("`{}`", format.id),
                    format!("[{}]({})", format.tool, format.link),
                    kinds(format),
                    documents(format)
                        .iter()
                        .map(|kind| format!("`{kind}`"))
                        .collect::<Vec<_>>()
                        .join(", "),
                    format.identity.to_string(),
                ]
            }),
        )),
        Format::Json => Ok(pretty(&Value::Array(
            ALL.iter().map(|f| entry(f)).collect(),
        ))),
        Format::Sarif => Err(FormatError::new(
            "formats",
            "text, json and markdown",
            format,
        )),
    }
}

fn paragraph(format: &crate::formats::Format) -> String {
    format!(
        "{}\n  tool              {}, {}\n  kinds             {}\n  documents         {}\n  same finding by   {}\n\n",
        format.id,
        format.tool,
        format.link,
        kinds(format),
        documents(format).join(", "),
        format.identity,
    )
}

fn rows(row: fn(&crate::formats::Format) -> Vec<String>) -> Vec<Vec<String>> {
    ALL.iter().map(|format| row(format)).collect()
}

fn documents(format: &crate::formats::Format) -> Vec<&'static str> {
    let documents = format.documents.iter();
    documents.map(|document| document.kind).collect()
}

fn kinds(format: &crate::formats::Format) -> String {
    let words: Vec<&str> = format.scale.kinds.iter().map(|kind| kind.word()).collect();
    words.join(", ")
}

fn entry(format: &crate::formats::Format) -> Value {
    let empties: Vec<&str> = format
        .clean_empties
        .iter()
        .map(|empty| match empty {
            Empty::List => "[]",
            Empty::Null => "null",
            Empty::Results => r#"{"results": []}"#,
            Empty::Blank => "a blank line",
        })
        .collect();
    json!({
        "id": format.id,
        "tool": format.tool,
        "link": format.link,
        "kinds": format.scale.kinds.iter().map(|kind| kind.word()).collect::<Vec<_>>(),
        "documents": documents(format),
        "identity": format.identity,
        "clean_empties": empties,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_is_in_every_listing() {
        for kind in [Format::Text, Format::Json, Format::Markdown] {
            let text = output(kind).expect("a listing");
            for format in ALL {
                assert!(
                    text.contains(format.id) && text.contains(format.link),
                    "{text}"
                );
            }
        }
        assert!(output(Format::Sarif).is_err());
    }
}
