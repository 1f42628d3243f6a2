//! What the pages in GitHub's Markdown share: their first lines, and their parts, each a section that can be cut between its
//! items. The step summary and the comment on a pull request are made of it.
//!
//! Must not know: which page it is, and where the page goes.

pub(super) mod head;
pub(super) mod parts;
pub(super) mod row;
pub(super) mod table;
pub(super) mod tables;

use super::escape::markdown_code;
use super::phrase::grouped;

/// Characters of a name (package, path, rule) that are shown.
pub(super) const NAME: usize = 120;
/// Characters of a sentence that are shown.
pub(super) const SENTENCE: usize = 400;

/// A name from a report as code.
pub(super) fn name(text: &str) -> String {
    markdown_code(text, NAME)
}

/// A number for a table cell; zeros do not shout.
fn cell(number: u64) -> String {
    if number == 0 {
        "–".to_owned()
    } else {
        grouped(number)
    }
}
