#![expect(clippy::disallowed_methods, reason = "tests make and read files")]

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use super::*;

fn put(folder: &Folder, name: &str, text: &str) -> Result<PathBuf, EvidenceError> {
    folder.write(name, &mut |out: &mut dyn Write| {
        out.write_all(text.as_bytes())
    })
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn files_are_replaced_whole() {
    let workspace = tempfile::tempdir().unwrap();
    let folder = Folder::open(workspace.path(), Path::new("reports/./x/../security")).unwrap();
    assert_eq!(folder.path(), workspace.path().join("reports/security"));
    put(&folder, "verdict.json", "old").unwrap();
    let path = put(&folder, "verdict.json", "new").unwrap();
    assert_eq!(fs::read_to_string(path).unwrap(), "new");
    assert_eq!(names(folder.path()), ["verdict.json"]);
    // A second run finds the folder.
    Folder::open(workspace.path(), Path::new("reports/security")).unwrap();
}

#[test]
fn a_failed_write_leaves_the_old_file_and_nothing_else() {
    let workspace = tempfile::tempdir().unwrap();
    let folder = Folder::open(workspace.path(), Path::new("e")).unwrap();
    put(&folder, "a", "old").unwrap();
    let error = folder
        .write("a", &mut |out| {
            out.write_all(b"half")?;
            Err(io::Error::other("the disk is full"))
        })
        .unwrap_err()
        .to_string();
    for part in ["cannot write", "e/a", "the disk is full", "evidence-dir"] {
        assert!(error.contains(part), "{error}");
    }
    assert_eq!(fs::read_to_string(folder.path().join("a")).unwrap(), "old");
    assert_eq!(names(folder.path()), ["a"]);
}

#[test]
fn left_over_names_are_passed_over() {
    let workspace = tempfile::tempdir().unwrap();
    let folder = Folder::open(workspace.path(), Path::new("e")).unwrap();
    let left = format!(".a.{}-0.tmp", std::process::id());
    fs::write(folder.path().join(&left), "left").unwrap();
    put(&folder, "a", "new").unwrap();
    assert_eq!(names(folder.path()), [left.as_str(), "a"]);
    assert_eq!(
        fs::read_to_string(folder.path().join(&left)).unwrap(),
        "left"
    );
}

#[cfg(unix)]
#[test]
fn links_are_not_followed() {
    use std::os::unix::fs::symlink;
    let workspace = tempfile::tempdir().unwrap();
    let outside = tempfile::tempdir().unwrap();
    let secret = outside.path().join("victim");
    fs::write(&secret, "untouched").unwrap();
    for (link, dir) in [
        ("reports", "reports/security"),
        ("last", "last"),
        ("a", "a/b/c"),
    ] {
        symlink(outside.path(), workspace.path().join(link)).unwrap();
        let error = Folder::open(workspace.path(), Path::new(dir)).unwrap_err();
        assert!(
            matches!(&error, EvidenceError::Link(path) if path.ends_with(link)),
            "{error}"
        );
        assert!(error.to_string().contains("remove the link"));
    }
    // A link that leads nowhere is a link all the same.
    symlink("/nowhere/at/all", workspace.path().join("dangling")).unwrap();
    assert!(Folder::open(workspace.path(), Path::new("dangling")).is_err());
    let folder = Folder::open(workspace.path(), Path::new("e")).unwrap();
    symlink(&secret, folder.path().join("results.sarif")).unwrap();
    let temporary = format!(".results.sarif.{}-0.tmp", std::process::id());
    symlink(&secret, folder.path().join(temporary)).unwrap();
    let path = put(&folder, "results.sarif", "ours").unwrap();
    assert!(!fs::symlink_metadata(&path).unwrap().is_symlink());
    assert_eq!(fs::read_to_string(&secret).unwrap(), "untouched");
    assert_eq!(names(outside.path()), ["victim"]);
}

#[test]
fn what_is_in_the_way_is_named() {
    let workspace = tempfile::tempdir().unwrap();
    fs::write(workspace.path().join("file"), "").unwrap();
    let error = Folder::open(workspace.path(), Path::new("file/security")).unwrap_err();
    assert!(matches!(error, EvidenceError::NotFolder(_)), "{error}");
    let folder = Folder::open(workspace.path(), Path::new("e")).unwrap();
    fs::create_dir(folder.path().join("summary.md")).unwrap();
    let error = put(&folder, "summary.md", "x").unwrap_err().to_string();
    assert!(error.contains("a folder has this name"), "{error}");
}

#[test]
fn a_folder_elsewhere_is_made_as_it_is_named() {
    let workspace = tempfile::tempdir().unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let folder = Folder::open(workspace.path(), &elsewhere.path().join("a/b")).unwrap();
    put(&folder, "x", "y").unwrap();
    assert_eq!(names(&elsewhere.path().join("a/b")), ["x"]);
}

/// Only root can give files away, so this says something in containers, which is where it matters.
#[cfg(unix)]
#[test]
fn new_files_belong_to_the_owner_of_the_workspace() {
    use std::os::unix::fs::{MetadataExt as _, chown};
    let workspace = tempfile::tempdir().unwrap();
    if chown(workspace.path(), Some(1001), Some(123)).is_err() {
        return;
    }
    let folder = Folder::open(workspace.path(), Path::new("reports/security")).unwrap();
    let path = put(&folder, "x", "y").unwrap();
    for path in [
        path.as_path(),
        folder.path(),
        &workspace.path().join("reports"),
    ] {
        let known = fs::metadata(path).unwrap();
        assert_eq!(
            (known.uid(), known.gid()),
            (1001, 123),
            "{}",
            path.display()
        );
    }
}
