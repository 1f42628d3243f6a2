//! Which files and lines a change touches, as GitHub says it.

use std::time::Duration;

use sarif_gate::github::changes::{self, PullFiles};
use sarif_gate::github::{Access, Client, Pace};
use sarif_gate::model::{AddedFile, Changes, Hidden, Touched};
use serde_json::{Value, json};

use crate::fake_github::{FakeGithub, Trouble};
use crate::support::TOKEN;

fn answer(body: &Value) -> Option<Trouble> {
    Some(Trouble::Answer(200, Vec::new(), body.to_string()))
}

fn page(from: usize, count: usize) -> Option<Trouble> {
    let files: Vec<_> = (from..from + count)
        .map(|n| json!({"filename": format!("f{n}"), "status": "modified"}))
        .collect();
    answer(&Value::from(files))
}

pub(crate) fn client(github: &FakeGithub) -> Client {
    let access = Access {
        api_url: github.url.clone(),
        token: Hidden::new(TOKEN),
        ca_bundle: None,
    };
    let pace = Pace {
        backoff: Duration::from_millis(5),
        between_writes: Duration::ZERO,
        tries: 2,
        ..Pace::default()
    };
    Client::new(access, pace)
}

fn of_pull_request(github: &FakeGithub) -> Option<Changes> {
    changes::of_pull_request(&mut client(github), "octo/repo", 7)
}

#[test]
fn every_page_of_a_pull_request_is_read() {
    let github = FakeGithub::troubled(vec![page(0, 100), page(100, 3)]);
    let changes = of_pull_request(&github).unwrap();
    assert_eq!(changes.files.len(), 103);
    // Without a patch all of a file counts.
    assert!(
        changes
            .files
            .values()
            .all(|touched| *touched == Touched::All)
    );
    let paths: Vec<String> = github
        .requests()
        .into_iter()
        .map(|request| request.path)
        .collect();
    assert_eq!(
        paths,
        [
            "/repos/octo/repo/pulls/7/files?per_page=100&page=1",
            "/repos/octo/repo/pulls/7/files?per_page=100&page=2"
        ]
    );
}

#[test]
fn what_github_does_not_say_is_not_guessed() {
    let refused = Trouble::status(403, "Resource not accessible by integration");
    let github = FakeGithub::troubled(vec![page(0, 100), Some(refused)]);
    assert_eq!(of_pull_request(&github), None);
    // 3,000 files is where GitHub stops, so the list may not be whole.
    let github = FakeGithub::troubled((0..31).map(|n| page(n * 100, 100)).collect());
    assert_eq!(of_pull_request(&github), None);
    assert_eq!(github.requests().len(), 30);
}

#[test]
fn a_merge_group_is_compared() {
    let body = |count: usize| {
        let files: Vec<_> = (0..count)
            .map(|n| json!({"filename": format!("new{n}"), "previous_filename": format!("old{n}")}))
            .collect();
        FakeGithub::troubled(vec![answer(&json!({ "files": files }))])
    };
    let between = |count| changes::between(&mut client(&body(count)), "octo/repo", "aaa", "bbb");
    let files = between(1).unwrap().files;
    assert_eq!(files.keys().collect::<Vec<_>>(), ["new0", "old0"]);
    assert_eq!(between(300), None);
}

/// A "diff entry" as the REST API gives it.
fn entry(name: &str, status: &str, counts: (u64, u64), patch: Option<&str>) -> Value {
    let mut entry = json!({
        "sha": "bbcd538c8e72b8c175046e27cc8f907076331401", "filename": name, "status": status,
        "additions": counts.0, "deletions": counts.1, "changes": counts.0 + counts.1,
        "blob_url": "https://github.com/o/r/blob/x", "raw_url": "https://github.com/o/r/raw/x",
        "contents_url": "https://api.github.com/repos/o/r/contents/x",
    });
    if let Some(patch) = patch {
        entry["patch"] = json!(patch);
    }
    entry
}

#[test]
fn lines_come_from_patches_and_doubt_counts_as_changed() {
    let mut moved = entry("to.c", "renamed", (1, 1), Some("@@ -2 +2 @@\n-a\n+b"));
    moved["previous_filename"] = json!("from.c");
    let long = format!("@@ -0,0 +1,2 @@\n+x\n+{}", "y".repeat(3_000));
    let files = [
        entry(
            "src/a.c",
            "modified",
            (2, 1),
            Some("@@ -1,2 +1,3 @@ int x;\n a\n-b\n+c // é\n+d"),
        ),
        entry(
            "cut.c",
            "modified",
            (9, 1),
            Some("@@ -1,2 +1,3 @@\n a\n-b\n+c\n+d"),
        ),
        entry(
            "broken.c",
            "modified",
            (1, 0),
            Some("@@ -1,2 +1,3 @@\n a\n+c"),
        ),
        entry("less.c", "modified", (0, 1), Some("@@ -5 +4,0 @@\n-b")),
        entry("big.bin", "modified", (0, 0), None),
        entry("gone.c", "removed", (0, 1), Some("@@ -1 +0,0 @@\n-b")),
        moved,
        entry("minified.js", "added", (2, 0), Some(&long)),
        entry("twice.c", "added", (1, 0), Some("@@ -0,0 +1 @@\n+a")),
        entry("twice.c", "modified", (1, 0), Some("@@ -0,0 +7 @@\n+a")),
    ];
    let github = FakeGithub::troubled(vec![answer(&json!(files))]);
    let read = changes::files_of_pull_request(&mut client(&github), "octo/repo", 7);
    let PullFiles { changes, added } = read.unwrap();
    let lines = |ranges: &[(u32, u32)]| Touched::Lines(ranges.to_vec());
    for (name, touched) in [
        ("src/a.c", lines(&[(2, 3)])),
        ("cut.c", Touched::All),
        ("broken.c", Touched::All),
        ("less.c", lines(&[])),
        ("big.bin", Touched::All),
        ("gone.c", Touched::All),
        ("from.c", Touched::All),
        ("to.c", lines(&[(2, 2)])),
        ("minified.js", lines(&[(1, 2)])),
        ("twice.c", Touched::All),
    ] {
        assert_eq!(changes.files.get(name), Some(&touched), "{name}");
    }
    assert_eq!(changes.files.len(), 10);
    let text = |number: u32, line: &str| Some(vec![(number, line.to_string())]);
    let expected = [
        ("big.bin", None),
        ("broken.c", None),
        ("cut.c", None),
        ("less.c", Some(Vec::new())),
        ("minified.js", None),
        (
            "src/a.c",
            Some(vec![(2, "c // é".to_string()), (3, "d".to_string())]),
        ),
        ("to.c", text(2, "b")),
        ("twice.c", None),
    ];
    let expected: Vec<AddedFile> = expected
        .into_iter()
        .map(|(path, lines)| AddedFile {
            path: path.to_string(),
            lines,
        })
        .collect();
    assert_eq!(added.files, expected);
}
