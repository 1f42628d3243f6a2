//! What to say of a document that nobody recognises: which formats it came near, and what each misses in it.

use super::super::{ALL, Document};
use super::head::Head;
use crate::syntax::{Mark, ReadError, Sketch};

/// Share of a document's marks that has to speak for it before it is named.
const NEAR: f32 = 0.4;
/// Formats that are named.
const NAMED: usize = 3;

/// A sentence part about the formats that came near, nearest first; `None` when none did.
fn near(sketch: &Sketch) -> Option<String> {
    let documents = ALL.iter().flat_map(|format| format.documents);
    let mut near: Vec<(f32, &Document)> = documents
        .map(|document| (nearness(document, sketch), document))
        .filter(|(near, _)| *near >= NEAR)
        .collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0));
    let named: Vec<String> = near
        .iter()
        .take(NAMED)
        .map(|(_, document)| format!("{} ({})", document.kind, missing(document, sketch)))
        .collect();
    (!named.is_empty()).then(|| format!("it came near {}", named.join(", ")))
}

fn nearness(document: &Document, sketch: &Sketch) -> f32 {
    let speaking = |mark: &&Mark| !matches!(mark, Mark::Lacks(_) | Mark::Only(..));
    let marks: Vec<f32> = document
        .marks
        .iter()
        .filter(speaking)
        .map(|mark| mark.nearness(sketch))
        .collect();
    marks.iter().sum::<f32>() / marks.len().max(1) as f32
}

/// What the document lacks to be this one, or has too much.
fn missing(document: &Document, sketch: &Sketch) -> String {
    let missing: Vec<String> = document
        .marks
        .iter()
        .filter(|mark| !mark.holds(sketch, true))
        .map(|mark| format!("it lacks {}", mark.words(sketch)))
        .collect();
    missing.join(" and ")
}

/// Whether a document looks like this one. `whole` as in [`Mark::holds`].
pub(crate) fn fits(document: &Document, sketch: &Sketch, whole: bool) -> bool {
    document.marks.iter().all(|mark| mark.holds(sketch, whole))
}

/// Why a document is nobody's.
pub(super) fn unknown(head: &Head) -> ReadError {
    if let Some(error) = &head.broken {
        let mut error = error.clone();
        if head.bytes.starts_with(&[0x1f, 0x8b]) {
            return ReadError::whole("gzip-compressed; unpack it first");
        }
        error.what = format!("not a JSON report: {}", error.what);
        return error;
    }
    let seen = match &head.sketch {
        Sketch::Xml(root, _) => {
            format!(
                "XML with the root <{}>",
                root.chars().take(40).collect::<String>()
            )
        }
        Sketch::Object(members) => {
            let names: Vec<String> = members
                .iter()
                .take(8)
                .map(|(key, _)| safe_name(key))
                .collect();
            format!("a JSON object with {}", names.join(", "))
        }
        Sketch::List(Some(first)) => match first.as_ref() {
            Sketch::Object(members) => {
                let names: Vec<String> = members
                    .iter()
                    .take(8)
                    .map(|(key, _)| safe_name(key))
                    .collect();
                format!("a JSON list of objects with {}", names.join(", "))
            }
            _ => "a JSON list of something else than objects".to_owned(),
        },
        _ => "a single JSON value".to_owned(),
    };
    let near = near(&head.sketch).map_or_else(String::new, |near| format!("; {near}"));
    ReadError::whole(format!(
        "not recognised as a scanner's report: {seen}{near}; `sarif-gate formats` lists what can be read"
    ))
}

/// A member name as an error may show it.
pub(super) fn safe_name(key: &str) -> String {
    format!("{:?}", key.chars().take(40).collect::<String>())
}
