//! Which commit is checked out, read from git's own files: no program is run for it.

use std::path::Path;

use crate::github::names::{branch_path, is_sha};

/// Longest file of git's that is read, in bytes; one with many packed refs has some hundred kilobytes.
const MOST: u64 = 16 << 20;

/// The commit that `HEAD` of the workspace is at. `None` where the workspace is no ordinary checkout, or anything is odd.
pub(super) fn head(workspace: &Path) -> Option<String> {
    let git = workspace.join(".git");
    let read = |name: &str| {
        let path = git.join(name);
        let size = std::fs::metadata(&path).ok()?;
        let fits = size.is_file() && size.len() <= MOST;
        fits.then(|| std::fs::read_to_string(&path).ok()).flatten()
    };
    let head = read("HEAD")?;
    let sha = |text: &str| is_sha(text).then(|| text.to_ascii_lowercase());
    let Some(name) = head.trim().strip_prefix("ref: ") else {
        return sha(head.trim());
    };
    // Names that could lead out of the folder are no names of refs.
    let name = name.trim();
    branch_path(name)?;
    if let Some(commit) = read(name).and_then(|text| sha(text.trim())) {
        return Some(commit);
    }
    let packed = read("packed-refs")?;
    packed
        .lines()
        .find_map(|line| line.split_once(' ').filter(|(_, known)| *known == name))
        .and_then(|(commit, _)| sha(commit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commit_is_found_where_git_writes_it() {
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str, text: &str| {
            let path = folder.path().join(".git").join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        let head = || head(folder.path());
        let (a, b) = ("a".repeat(40), "b".repeat(40));
        assert_eq!(head(), None);
        put("HEAD", &format!("{a}\n"));
        assert_eq!(head(), Some(a.clone()));
        put("HEAD", "ref: refs/heads/x/y\n");
        assert_eq!(head(), None);
        put("packed-refs", &format!("# pack-refs\n{b} refs/heads/x/y\n"));
        assert_eq!(head(), Some(b));
        put("refs/heads/x/y", &a);
        assert_eq!(head(), Some(a.clone()));
        put("../outside", &a);
        put("HEAD", "ref: ../outside\n");
        assert_eq!(head(), None);
    }
}
