//! What to say of a document that nobody recognises: which formats it came near, and what each misses in it.

use super::{ALL, Document};
use crate::syntax::{Mark, Sketch};

/// Share of a document's marks that has to speak for it before it is named.
const NEAR: f32 = 0.4;
/// Formats that are named.
const NAMED: usize = 3;

/// A sentence part about the formats that came near, nearest first; `None` when none did.
pub(super) fn near(sketch: &Sketch) -> Option<String> {
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
pub(super) fn fits(document: &Document, sketch: &Sketch, whole: bool) -> bool {
    document.marks.iter().all(|mark| mark.holds(sketch, whole))
}
