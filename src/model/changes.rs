//! What a change touches.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// The files of a change and the lines of them that it adds or alters, in their state after the change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// By path relative to the repository root.
    pub files: BTreeMap<String, Touched>,
}

/// What of a file is touched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Touched {
    /// All of it: it is new or binary, or nobody says which lines. In doubt a line counts as changed.
    All,
    /// These lines, first and last, from 1, in order. Empty when lines were only taken out.
    Lines(Vec<(u32, u32)>),
}

/// The lines that a change adds, with their text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Added {
    /// Every file that is touched, once, in order of its path.
    pub files: Vec<AddedFile>,
}

/// The added lines of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddedFile {
    /// Its path after the change, relative to the repository root.
    pub path: String,
    /// Number from 1, and text without its line end. `None`: unknown, because it is binary, too large, or nobody says.
    pub lines: Option<Vec<(u32, String)>>,
}

impl Changes {
    /// Notes a file. What is said of it twice is in doubt, and all of it counts.
    pub fn touch(&mut self, path: String, touched: Touched) {
        match self.files.entry(path) {
            Entry::Vacant(place) => {
                place.insert(touched);
            }
            Entry::Occupied(mut place) => {
                place.insert(Touched::All);
            }
        }
    }

    /// Whether the file is among those that are touched.
    pub fn touches(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }

    /// Whether one of the lines `start` to `end` is touched; without lines, whether the file is.
    pub fn touches_lines(&self, path: &str, start: Option<u32>, end: Option<u32>) -> bool {
        match (self.files.get(path), start) {
            (None, _) => false,
            (Some(Touched::All), _) | (Some(_), None) => true,
            (Some(Touched::Lines(ranges)), Some(start)) => {
                let end = end.unwrap_or(start);
                ranges
                    .iter()
                    .any(|(first, last)| *first <= end && start <= *last)
            }
        }
    }

    /// Whether a folder (or the file itself) holds something that is touched.
    pub fn touches_below(&self, folder: &str) -> bool {
        let folder = folder.trim_end_matches('/');
        self.files.keys().any(|path| {
            path.strip_prefix(folder)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }
}
