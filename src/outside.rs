//! The door to the world: files of the workspace and the clock. Made once in `main`.
//!
//! Paths from reports are asked about here and nowhere else; a path that leaves the workspace, by `..` or by a link, is
//! answered as if it did not exist.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

/// Largest source file that is read for a line, in bytes.
const MAX_SOURCE_BYTES: u64 = 16 << 20;

/// Source files that are read for lines in one run, in bytes: a report may name every file of a large repository.
const MAX_SOURCES_BYTES: u64 = 512 << 20;

/// The files of the repository.
pub struct Workspace {
    root: PathBuf,
    /// Canonical form of `root`, against which links are checked.
    real: Option<PathBuf>,
    exists: RefCell<HashMap<String, bool>>,
    budget: RefCell<u64>,
}

impl Workspace {
    /// The repository at `root`.
    pub fn new(root: &Path) -> Workspace {
        Workspace {
            root: root.to_owned(),
            real: root.canonicalize().ok(),
            exists: RefCell::default(),
            budget: RefCell::new(MAX_SOURCES_BYTES),
        }
    }

    /// Whether `path`, relative to the root, is a file within it.
    pub fn exists(&self, path: &str) -> bool {
        if let Some(known) = self.exists.borrow().get(path) {
            return *known;
        }
        let found = self.inside(path).is_some();
        self.exists.borrow_mut().insert(path.to_owned(), found);
        found
    }

    /// The text of such a file, bytes that are not UTF-8 replaced. Nothing when it is too large or cannot be read.
    pub fn text(&self, path: &str) -> Option<String> {
        let file = self.inside(path)?;
        let size = file.metadata().ok()?.len();
        let mut budget = self.budget.borrow_mut();
        if size > MAX_SOURCE_BYTES || size > *budget {
            return None;
        }
        *budget -= size;
        let bytes = std::fs::read(file).ok()?;
        Some(match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
        })
    }

    /// The file on disk, when it is a regular file whose real place is in the workspace.
    fn inside(&self, path: &str) -> Option<PathBuf> {
        let relative = Path::new(path);
        let plain = relative
            .components()
            .all(|part| matches!(part, Component::Normal(_)));
        if !plain || path.is_empty() || path.contains('\0') {
            return None;
        }
        let real = self.root.join(relative).canonicalize().ok()?;
        (real.starts_with(self.real.as_ref()?) && real.is_file()).then_some(real)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_outside_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let outside = folder.path().join("secret.txt");
        let root = folder.path().join("repo");
        std::fs::create_dir_all(root.join("src")).unwrap();
        std::fs::write(&outside, "secret").unwrap();
        std::fs::write(root.join("src/a.c"), b"int a;\xff\n").unwrap();
        std::os::unix::fs::symlink(&outside, root.join("link.txt")).unwrap();
        std::os::unix::fs::symlink("src/a.c", root.join("inner.c")).unwrap();
        let workspace = Workspace::new(&root);
        assert!(workspace.exists("src/a.c") && workspace.exists("inner.c"));
        assert_eq!(
            workspace.text("src/a.c").as_deref(),
            Some("int a;\u{fffd}\n")
        );
        for path in [
            "link.txt",
            "../secret.txt",
            "src",
            "",
            "/etc/passwd",
            "src/../src/a.c",
            "a\0b",
            "nope",
        ] {
            assert!(!workspace.exists(path), "{path:?}");
            assert_eq!(workspace.text(path), None, "{path:?}");
        }
    }
}
