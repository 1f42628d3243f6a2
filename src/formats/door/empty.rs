//! Documents that name no tool: clean only where somebody says whose they are, and that tool writes such a document when it
//! found nothing.

use super::super::{ALL, Empty, Format};
use super::Hint;
use super::head::wrote_nothing;
use crate::model::{Report, Run};
use crate::syntax::ReadError;

/// Takes an empty document for a clean report, or says why it cannot be one.
pub(super) fn take_empty(
    report: &mut Report,
    empty: Empty,
    hint: Hint<'_>,
) -> Result<(), ReadError> {
    let shown = match empty {
        Empty::List => "[]",
        Empty::Null => "null",
        Empty::Results => r#"{"results": []}"#,
        Empty::Blank => "a blank line",
    };
    let named: Vec<&&Format> = match hint.format {
        Some(_) => Vec::new(),
        None => ALL
            .iter()
            .filter(|format| names(hint.name, format.id))
            .collect(),
    };
    let chosen = match (hint.format, named.as_slice()) {
        (Some(format), _) => Some(format),
        (None, [one]) => Some(**one),
        _ => None,
    };
    match chosen {
        Some(format) if format.clean_empties.contains(&empty) => {
            report.reader = Some(format.id);
            report.format = format.documents.first().map(|document| document.kind);
            report.runs = vec![Run {
                tool: format.id.into(),
                name: format.tool.into(),
                ..Run::default()
            }];
            Ok(())
        }
        _ if empty == Empty::Blank => Err(wrote_nothing()),
        Some(format) => Err(ReadError::whole(format!(
            "`{shown}`: {} does not write that when it finds nothing",
            format.tool
        ))),
        None => Err(ReadError::whole(format!(
            "`{shown}` names no tool, so it cannot be told from another tool's empty report; write the tool before the path, as in `gitleaks={}`",
            if hint.name.is_empty() {
                "FILE"
            } else {
                hint.name
            }
        ))),
    }
}

/// Whether a file name holds a tool's id as a word: `gitleaks-results.json`, `out.trivy.json`.
fn names(file: &str, id: &str) -> bool {
    let file = file.to_ascii_lowercase();
    file.split(|c: char| !c.is_ascii_alphanumeric())
        .any(|word| word == id)
}
