//! Which files git tracks: the paths of `.git/index` (gitformat-index, versions 2 to 4).
//!
//! The image holds no git, and the crates that read an index bring thirty others for this one list.

use std::collections::HashSet;
use std::path::Path;

/// Largest index that is read, in bytes; that of a repository with a million files is about 100 MB.
const MAX_INDEX_BYTES: u64 = 512 << 20;

/// The tracked paths, relative to `workspace`; empty without a checkout. Nothing when there is an index that cannot be
/// understood: then nobody knows.
pub(super) fn tracked(workspace: &Path) -> Option<HashSet<Vec<u8>>> {
    let git = workspace.join(".git");
    // In a worktree or submodule `.git` is a file that names the folder.
    let folder = match std::fs::read_to_string(&git) {
        Ok(text) => workspace.join(text.strip_prefix("gitdir:")?.trim()),
        Err(_) => git,
    };
    let index = folder.join("index");
    match index.metadata() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Some(HashSet::new()),
        Ok(data) if data.len() <= MAX_INDEX_BYTES => paths(&std::fs::read(&index).ok()?),
        _ => None,
    }
}

fn paths(bytes: &[u8]) -> Option<HashSet<Vec<u8>>> {
    let (version, count) = header(bytes)?;
    let mut found = HashSet::new();
    let mut at = 12usize;
    let mut previous: Vec<u8> = Vec::new();
    for _ in 0..count {
        let (path, next) = entry(bytes, at, version, &previous)?;
        at = next;
        previous.clone_from(&path);
        found.insert(path);
    }
    ends_well(bytes, at).then_some(found)
}

/// Whether extensions and a SHA-1 checksum follow the entries, and nothing else: an index of another make (SHA-256 ids)
/// ends up elsewhere. Extensions in lower case have to be understood, and `link` (a split index) keeps entries in
/// another file.
fn ends_well(bytes: &[u8], mut at: usize) -> bool {
    while bytes.len() != at.saturating_add(20) {
        let signature = bytes.get(at).copied();
        let size = number(bytes, at.saturating_add(4)).and_then(|size| usize::try_from(size).ok());
        match (signature, size) {
            (Some(b'A'..=b'Z'), Some(size)) => at = at.saturating_add(8).saturating_add(size),
            _ => return false,
        }
    }
    true
}

fn header(bytes: &[u8]) -> Option<(u32, u32)> {
    if bytes.get(..4)? != b"DIRC" {
        return None;
    }
    let version = number(bytes, 4)?;
    (2..=4)
        .contains(&version)
        .then_some((version, number(bytes, 8)?))
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_be_bytes(four.try_into().ok()?))
}

/// One entry: 62 bytes of metadata with SHA-1 ids, two more with the extended flag, then the path. Repositories with
/// SHA-256 ids are not read.
fn entry(bytes: &[u8], start: usize, version: u32, previous: &[u8]) -> Option<(Vec<u8>, usize)> {
    let flags = bytes.get(start.checked_add(60)?..start.checked_add(62)?)?;
    let extended = flags.first()? & 0x40 != 0;
    let name = start.checked_add(if extended { 64 } else { 62 })?;
    if version < 4 {
        let rest = bytes.get(name..)?;
        let length = memchr::memchr(0, rest)?;
        let path = rest.get(..length)?.to_vec();
        // Entries are padded with NULs to a multiple of eight.
        let size = name.checked_add(length)?.checked_sub(start)?;
        return Some((path, start.checked_add((size / 8 + 1) * 8)?));
    }
    // Version 4: how many bytes to cut off the previous path, as a base-128 number, then the new tail.
    let mut at = name;
    let mut cut = 0usize;
    loop {
        let byte = usize::from(*bytes.get(at)?);
        cut = cut.checked_shl(7)?.checked_add(byte & 0x7f)?;
        at = at.checked_add(1)?;
        if byte & 0x80 == 0 {
            break;
        }
        cut = cut.checked_add(1)?;
    }
    let rest = bytes.get(at..)?;
    let length = memchr::memchr(0, rest)?;
    let mut path = previous.get(..previous.len().checked_sub(cut)?)?.to_vec();
    path.extend_from_slice(rest.get(..length)?);
    Some((path, at.checked_add(length)?.checked_add(1)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn reads_what_git_writes() {
        let folder = tempfile::tempdir().unwrap();
        let git = |args: &[&str]| {
            Command::new("git")
                .current_dir(folder.path())
                .args(args)
                .output()
        };
        if git(&["init", "-q"]).is_err() {
            // Nothing to compare with where there is no git.
            return;
        }
        let names = [
            "a",
            "dir/longer-name.json",
            "dir/longer-name.sarif",
            "dir/sub/x",
            "ünï.txt",
        ];
        for name in names {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "x").unwrap();
        }
        std::fs::write(folder.path().join("untracked"), "x").unwrap();
        git(&["add", "a", "dir", "ünï.txt"]).unwrap();
        assert_eq!(
            tracked(&folder.path().join("dir")),
            Some(HashSet::new()),
            "no checkout"
        );
        for version in ["2", "4"] {
            git(&["update-index", "--index-version", version]).unwrap();
            let tracked = tracked(folder.path()).unwrap();
            let expected: HashSet<Vec<u8>> =
                names.iter().map(|name| name.as_bytes().to_vec()).collect();
            assert_eq!(tracked, expected, "version {version}");
        }
    }

    #[test]
    fn damage_is_noticed() {
        let whole = [b"DIRC".as_slice(), &[0, 0, 0, 4, 0, 0, 0, 9], &[0xff; 300]].concat();
        for cut in 0..whole.len() {
            assert_eq!(paths(&whole[..cut]), None, "cut at {cut}");
        }
    }

    #[test]
    fn a_split_index_is_not_understood() {
        let folder = tempfile::tempdir().unwrap();
        let git = |args: &[&str]| {
            Command::new("git")
                .current_dir(folder.path())
                .args(args)
                .output()
        };
        if git(&["init", "-q"]).is_err() {
            return;
        }
        std::fs::write(folder.path().join("a"), "x").unwrap();
        git(&["add", "a"]).unwrap();
        assert!(tracked(folder.path()).is_some());
        git(&["update-index", "--split-index"]).unwrap();
        assert_eq!(tracked(folder.path()), None);
    }
}
