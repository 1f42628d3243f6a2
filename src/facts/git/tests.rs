use super::*;
use crate::model::Touched;

fn git(folder: &Path, arguments: &[&str]) {
    let done = Command::new("git")
        .args(["-c", "user.name=x", "-c", "user.email=x@example.org"])
        .args(arguments)
        .current_dir(folder)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .unwrap();
    assert!(done.status.success(), "{arguments:?}: {done:?}");
}

fn write(folder: &Path, name: &str, text: &str) {
    let file = folder.join(name);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, text).unwrap();
}

/// A repository with `main`, on a branch that has a commit of its own.
fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    git(at, &["init", "--quiet", "--initial-branch=main"]);
    write(at, "a.c", "1\n2\n3\n4\n");
    write(at, "sub/b.c", "1\n2\n");
    write(at, "old.c", "1\n2\n3\n4\n5\n6\n7\n8\n");
    write(at, "gone.c", "something else\n");
    write(at, ".gitignore", "target\n");
    git(at, &["add", "."]);
    git(at, &["commit", "--quiet", "-m", "base"]);
    git(at, &["checkout", "--quiet", "-b", "topic"]);
    write(at, "a.c", "1\ntwo\n3\n4\n");
    git(at, &["mv", "old.c", "sub/new.c"]);
    git(at, &["rm", "--quiet", "gone.c"]);
    git(at, &["commit", "--quiet", "-am", "topic"]);
    folder
}

fn lines(ranges: &[(u32, u32)]) -> Touched {
    Touched::Lines(ranges.to_vec())
}

#[test]
fn the_working_tree_is_held_against_the_merge_base() {
    let folder = repository();
    let at = folder.path();
    // What the default branch did since then is not this change.
    git(at, &["checkout", "--quiet", "main"]);
    write(at, "later.c", "1\n");
    git(at, &["add", "."]);
    git(at, &["commit", "--quiet", "-m", "later"]);
    git(at, &["checkout", "--quiet", "topic"]);
    // Not committed, not even added.
    write(at, "a.c", "1\ntwo\n3\n4\n5\n");
    write(at, "sub/\u{e4} \"q\".c", "1\n");
    write(at, "target/x", "1\n");
    let files = files_of(at).unwrap();
    let expected = [
        ("a.c", lines(&[(2, 2), (5, 5)])),
        ("gone.c", Touched::All),
        ("old.c", Touched::All),
        ("sub/new.c", Touched::All),
        ("sub/\u{e4} \"q\".c", Touched::All),
    ];
    let expected = expected.map(|(name, touched)| (name.to_string(), touched));
    assert_eq!(files.changes.files, expected.into());
    let added = &files.added.files[0];
    let texts = vec![(2, "two".to_string()), (5, "5".to_string())];
    assert_eq!(
        (added.path.as_str(), added.lines.as_ref()),
        ("a.c", Some(&texts))
    );
    // From a folder of it the paths are relative to that.
    let below = changes_of(&at.join("sub")).unwrap();
    let names: Vec<&String> = below.files.keys().collect();
    assert_eq!(names, ["new.c", "\u{e4} \"q\".c"]);
}

#[test]
fn what_is_odd_gives_nothing() {
    let empty = tempfile::tempdir().unwrap();
    assert_eq!(changes_of(empty.path()), None);
    assert_eq!(changes_of(&empty.path().join("nowhere")), None);
    git(empty.path(), &["init", "--quiet", "--initial-branch=main"]);
    assert_eq!(changes_of(empty.path()), None, "no commit");
    let folder = repository();
    git(folder.path(), &["branch", "--quiet", "-m", "main", "trunk"]);
    assert_eq!(changes_of(folder.path()), None, "no default branch");
}

/// Whatever a repository's configuration names, nothing of it runs.
#[test]
fn a_repository_starts_no_programs() {
    for (name, value) in [
        ("core.fsmonitor", "PROGRAM"),
        ("diff.external", "PROGRAM"),
        ("diff.c.textconv", "PROGRAM"),
        ("diff.c.command", "PROGRAM"),
        ("core.pager", "PROGRAM"),
        ("core.hooksPath", "HOOKS"),
        ("filter.c.clean", "PROGRAM"),
        ("filter.c.process", "PROGRAM"),
    ] {
        let folder = repository();
        let at = folder.path();
        let mark = at.join(".git/ran");
        let program = at.join(".git/hooks/post-index-change");
        std::fs::create_dir_all(at.join(".git/hooks")).unwrap();
        let script = format!("#!/bin/sh\ntouch '{}'\ncat\n", mark.display());
        std::fs::write(&program, script).unwrap();
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(&program, mode).unwrap();
        write(at, ".gitattributes", "*.c diff=c filter=c\n");
        let place = match value {
            "HOOKS" => at.join(".git/hooks"),
            _ => program,
        };
        git(at, &["config", name, &place.display().to_string()]);
        write(at, "a.c", "1\n2\n3\n4\n5\n");
        let changes = changes_of(at);
        assert!(!mark.exists(), "{name} ran");
        assert_eq!(changes.is_none(), name.starts_with("filter."), "{name}");
    }
}

/// A `git` of the repository, or of a relative place, is not the user's.
#[test]
fn the_program_is_not_the_repositorys() {
    let folder = repository();
    let at = folder.path();
    write(at, "bin/git", "#!/bin/sh\n");
    let usual = std::env::var_os("PATH").unwrap();
    let mut path = OsString::from(format!(".:bin:{}:", at.join("bin").display()));
    assert_eq!(program(&path, at), None);
    path.push(&usual);
    let found = program(&path, at).unwrap();
    assert!(found.is_absolute() && !found.starts_with(at), "{found:?}");
}

#[test]
fn a_program_that_hangs_or_floods_is_ended() {
    let folder = tempfile::tempdir().unwrap();
    for script in ["exec sleep 30", "sleep 30 & exit 0", "exec yes"] {
        let file = folder.path().join("git");
        std::fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(&file, mode).unwrap();
        let git = Git {
            program: file,
            path: std::env::var_os("PATH").unwrap(),
            workspace: folder.path(),
            deadline: Instant::now() + Duration::from_millis(300),
        };
        let begun = Instant::now();
        assert!(git.run(&[]).is_none(), "{script}");
        assert!(begun.elapsed() < Duration::from_secs(5), "{script}");
    }
}

/// What is not called changed was there before, in the same order; and the text of each added line is the file's.
#[test]
fn the_lines_are_those_that_differ() {
    let folder = repository();
    let at = folder.path();
    let mut seed = 7_u32;
    let mut random = move |below: u32| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 16) % below
    };
    let before: Vec<String> = (0..120).map(|_| format!("line {}", random(30))).collect();
    write(at, "x.txt", &before.join("\n"));
    git(at, &["checkout", "--quiet", "-b", "other", "main"]);
    git(at, &["add", "."]);
    git(at, &["commit", "--quiet", "-m", "x"]);
    git(at, &["branch", "--quiet", "-f", "main"]);
    for round in 0..6 {
        let mut after = before.clone();
        for _ in 0..=random(12) {
            let place = random(after.len() as u32) as usize;
            match random(3) {
                0 => after.insert(place, format!("++ fresh {}", random(9))),
                1 => after[place] = format!("-- other {}", random(9)),
                _ => drop(after.remove(place)),
            }
        }
        let end = if round % 2 == 0 { "\n" } else { "" };
        write(at, "x.txt", &format!("{}{end}", after.join("\n")));
        let files = files_of(at).unwrap();
        let file = &files.added.files[0];
        for (number, text) in file.lines.as_ref().unwrap() {
            assert_eq!(after[*number as usize - 1], *text);
        }
        let touched = |line: u32| files.changes.touches_lines("x.txt", Some(line), None);
        let mut old = before.iter();
        for (line, text) in (1..).zip(&after).filter(|(line, _)| !touched(*line)) {
            assert!(old.any(|known| known == text), "round {round}, line {line}");
        }
    }
}

/// A partial clone fetches what it lacks, by whatever program its remote names.
#[test]
fn a_partial_clone_fetches_nothing() {
    let folder = repository();
    let at = folder.path();
    let mark = at.join(".git/ran");
    let fetch = format!("touch '{}'; git-upload-pack", mark.display());
    let place = at.display().to_string();
    for (name, value) in [
        ("core.repositoryFormatVersion", "1"),
        ("extensions.partialClone", "origin"),
        ("remote.origin.url", &place),
        ("remote.origin.promisor", "true"),
        ("remote.origin.uploadpack", &fetch),
    ] {
        git(at, &["config", name, value]);
    }
    let blob = Command::new("git")
        .args(["rev-parse", "main:a.c"])
        .current_dir(at)
        .output()
        .unwrap();
    let blob = String::from_utf8(blob.stdout).unwrap();
    let (first, rest) = blob.trim_end().split_at(2);
    std::fs::remove_file(at.join(".git/objects").join(first).join(rest)).unwrap();
    assert_eq!(changes_of(at), None);
    assert!(!mark.exists(), "fetched");
    // A git without these bounds does run it.
    let plain = Command::new("git")
        .args(["diff", "main"])
        .current_dir(at)
        .output()
        .unwrap();
    assert!(mark.exists(), "the test shows nothing: {plain:?}");
}
