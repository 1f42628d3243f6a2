//! Artifacts: which ones count, and how they come down.

use std::io::{Cursor, Write};

use sarif_gate::github::{Fault, Fetched, NotFetched, Sizes, artifact};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::super::fake_github::{FakeGithub, Served, Trouble};
use super::{REPOSITORY, client, put_comparison, put_tip, sha};

const NAME: &str = "sarif-gate-evidence";
pub(super) const LIST: &str = "/repos/octo/repo/actions/artifacts";
pub(super) const LOG: &[u8] = br#"{"version":"2.1.0","runs":[]}"#;

pub(crate) fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// As actions/upload-artifact writes them: sizes stand behind each file, not before it.
fn streamed(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new_stream(Vec::new());
    for (name, bytes) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// An artifact of a push to `main` of this repository, by run `id + 1000` at commit 1.
pub(super) fn entry(id: u64) -> Value {
    json!({
        "id": id, "name": NAME, "expired": false,
        "created_at": format!("2026-03-{id:02}T10:00:00Z"),
        "workflow_run": {
            "id": id + 1_000, "repository_id": 7, "head_repository_id": 7,
            "head_branch": "main", "head_sha": sha('1'),
        },
    })
}

fn run(id: u64) -> Value {
    json!({
        "id": id + 1_000, "event": "push", "conclusion": "success", "head_branch": "main",
        "head_sha": sha('1'), "head_repository": { "full_name": REPOSITORY },
        "created_at": format!("2026-03-{id:02}T09:00:00Z"),
    })
}

fn put_run(github: &FakeGithub, id: u64, run: &Value) {
    let path = format!("/repos/octo/repo/actions/runs/{}", id + 1_000);
    github.put(&path, Served::json(run));
}

fn put_list(github: &FakeGithub, artifacts: &[Value]) {
    let list = json!({ "total_count": artifacts.len(), "artifacts": artifacts });
    github.put(LIST, Served::json(&list));
}

/// A GitHub with `main` at commit 2, commit 1 in its history, these artifacts with good runs, and a log in each.
pub(super) fn with(artifacts: &[Value]) -> FakeGithub {
    let github = FakeGithub::start();
    put_tip(&github, "main", &sha('2'));
    put_comparison(&github, &sha('1'), &sha('2'), &sha('1'), 3);
    put_list(&github, artifacts);
    for id in artifacts.iter().filter_map(|entry| entry["id"].as_u64()) {
        put_run(&github, id, &run(id));
        put_archive(&github, id, &archive(&[("results.sarif", LOG)]));
    }
    github
}

fn put_archive(github: &FakeGithub, id: u64, archive: &[u8]) {
    github.put(&format!("{LIST}/{id}/zip"), Served::raw(archive));
}

fn latest(github: &FakeGithub, sizes: Sizes) -> Result<Fetched, NotFetched> {
    artifact::latest(
        &mut client(github),
        REPOSITORY,
        Some(7),
        "main",
        NAME,
        sizes,
    )
}

pub(super) fn found(github: &FakeGithub) -> Result<Fetched, NotFetched> {
    latest(github, Sizes::default())
}

/// The text of the error when nothing counts.
fn none(github: &FakeGithub) -> String {
    match found(github).unwrap_err() {
        NotFetched::None(why) => why,
        other => panic!("{other:?}"),
    }
}

fn unusable(github: &FakeGithub, sizes: Sizes) -> String {
    match latest(github, sizes).unwrap_err() {
        NotFetched::Unusable(why) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_newest_one_counts() {
    let github = with(&[entry(2), entry(4), entry(3)]);
    let fetched = found(&github).unwrap();
    assert_eq!(fetched.bytes, LOG);
    assert_eq!(fetched.place, "artifact `sarif-gate-evidence` of run 1004");
    assert_eq!(fetched.sha, Some(sha('1')));
    assert_eq!(fetched.taken.as_deref(), Some("2026-03-04T09:00:00Z"));
    let list = github.requests()[1].path.clone();
    assert_eq!(list, format!("{LIST}?name={NAME}&per_page=100&page=1"));
}

#[test]
fn an_archive_as_the_upload_action_writes_it_is_read() {
    let github = with(&[entry(1)]);
    let files = [
        ("summary.md", &b"x"[..]),
        ("reports/security/results.sarif", LOG),
    ];
    let zip = streamed(&files);
    // Bit 3 of the flags at offset 6: sizes stand behind the file.
    assert_eq!(zip[6] & 8, 8);
    put_archive(&github, 1, &zip);
    assert_eq!(found(&github).unwrap().bytes, LOG);
}

#[test]
fn artifacts_of_others_do_not_count() {
    let changed = |pointer: &str, value: Value| {
        let mut entry = entry(1);
        *entry.pointer_mut(pointer).unwrap() = value;
        entry
    };
    for entry in [
        changed("/expired", json!(true)),
        // A fork's branch of the same name.
        changed("/workflow_run/head_repository_id", json!(8)),
        changed("/workflow_run/head_repository_id", json!(null)),
        changed("/workflow_run/repository_id", json!(null)),
        changed("/workflow_run/head_branch", json!("feature")),
        changed("/workflow_run", json!(null)),
        changed("/name", json!("other")),
        changed("/workflow_run/id", json!(null)),
    ] {
        let github = with(std::slice::from_ref(&entry));
        assert!(none(&github).contains("actions/upload-artifact"), "{entry}");
        assert!(
            !github
                .requests()
                .iter()
                .any(|request| request.path.ends_with("/zip"))
        );
    }
    // Both ids of another repository: only whoever knows the own id can tell.
    let mut other = entry(1);
    other["workflow_run"]["repository_id"] = json!(8);
    other["workflow_run"]["head_repository_id"] = json!(8);
    assert!(none(&with(&[other])).contains("no artifact"));
}

#[test]
fn the_run_must_be_a_successful_push_at_a_commit_of_the_branch() {
    let changed = |pointer: &str, value: Value| {
        let mut run = run(1);
        *run.pointer_mut(pointer).unwrap() = value;
        run
    };
    for (run, words) in [
        (
            changed("/event", json!("pull_request")),
            "its event is `pull_request`",
        ),
        (
            changed("/conclusion", json!("failure")),
            "its conclusion is `failure`",
        ),
        (
            changed("/conclusion", json!(null)),
            "its conclusion is `nothing`",
        ),
        (
            changed("/head_branch", json!("other")),
            "its branch is `other`",
        ),
        (
            changed("/head_repository/full_name", json!("evil/repo")),
            "its repository is `evil/repo`",
        ),
        (
            changed("/head_repository", json!(null)),
            "its repository is `nothing`",
        ),
        (changed("/head_sha", json!(sha('3'))), "disagree"),
        (changed("/id", json!(5)), "disagree"),
    ] {
        let github = with(&[entry(1)]);
        put_run(&github, 1, &run);
        let why = none(&github);
        assert!(why.contains(words), "{why}");
        assert!(
            !github
                .requests()
                .iter()
                .any(|request| request.path.ends_with("/zip"))
        );
    }
    // A tag called `main`, pushed at a commit that the branch does not have.
    let github = with(&[entry(1)]);
    put_comparison(&github, &sha('1'), &sha('2'), &sha('9'), 3);
    assert!(none(&github).contains("which the branch does not have"));
    // The same, when GitHub does not know the commit any more.
    let github = with(&[entry(1)]);
    let path = format!("/repos/octo/repo/compare/{}...{}", sha('1'), sha('2'));
    github.put(&path, Served::error(404, "Not Found"));
    assert!(none(&github).contains("which the branch does not have"));
    // An older one takes the place of one that does not count.
    let github = with(&[entry(1), entry(2)]);
    let mut failed = run(2);
    failed["conclusion"] = json!("failure");
    put_run(&github, 2, &failed);
    assert!(found(&github).unwrap().place.ends_with("1001"));
}

#[test]
fn looking_has_an_end() {
    let github = with(&(1..=20).map(entry).collect::<Vec<_>>());
    for id in 1..=20 {
        let mut failed = run(id);
        failed["conclusion"] = json!("failure");
        put_run(&github, id, &failed);
    }
    assert!(none(&github).contains("run 1011"), "ten were looked at");
    // The tip, one page, ten runs.
    assert_eq!(github.requests().len(), 12);
    // Full pages of pull requests' artifacts.
    let mut other = entry(1);
    other["workflow_run"]["head_branch"] = json!("feature");
    let github = with(&vec![other; 100]);
    none(&github);
    assert_eq!(github.requests().len(), 11);
}

#[test]
fn what_is_missing_is_named() {
    let github = with(&[entry(1)]);
    let forbidden = Served::error(403, "Resource not accessible by integration");
    github.put("/repos/octo/repo/actions/runs/1001", forbidden.clone());
    let error = found(&github).unwrap_err();
    assert!(
        matches!(&error, NotFetched::Forbidden(why) if why.contains("permissions: actions: read")),
        "{error}"
    );
    github.put(LIST, forbidden);
    let error = found(&github).unwrap_err();
    assert!(
        error.to_string().contains("permissions: actions: read"),
        "{error}"
    );
    github.put(LIST, Served::error(404, "Not Found"));
    assert!(
        found(&github)
            .unwrap_err()
            .to_string()
            .contains("actions: read")
    );
    github.put(LIST, Served::raw("<html>Sign in</html>"));
    let error = found(&github).unwrap_err();
    assert!(
        matches!(&error, NotFetched::Api(api) if api.fault == Fault::NotJson),
        "{error}"
    );
    // No branch.
    let error = found(&FakeGithub::start()).unwrap_err();
    assert!(error.to_string().contains("contents: read"), "{error}");
    let error = found(&FakeGithub::always(Trouble::status(401, "Bad credentials"))).unwrap_err();
    assert!(error.to_string().contains("401"), "{error}");
    put_list(&github, &[]);
    let why = none(&github);
    assert!(why.contains(NAME) && why.contains("`main`"), "{why}");
}

#[test]
fn a_broken_archive_is_said_and_no_older_one_takes_its_place() {
    let whole = archive(&[("results.sarif", LOG)]);
    let bomb = archive(&[("results.sarif", &[b' '; 100_000])]);
    let small = Sizes {
        packed: 2_000,
        unpacked: 2_000,
    };
    for (archive, words) in [
        (whole[..whole.len() - 9].to_vec(), "no zip archive"),
        (Vec::new(), "no zip archive"),
        (b"<html>".to_vec(), "no zip archive"),
        (archive(&[("other.sarif", LOG)]), "no `results.sarif`"),
        (archive(&[("../results.sarif", LOG)]), "no `results.sarif`"),
        (
            archive(&[("a/results.sarif", LOG), ("b/results.sarif", LOG)]),
            "more than one",
        ),
        (bomb, "larger than 2000 bytes when unpacked"),
        (vec![0; 2_001], "larger than 2000 bytes"),
    ] {
        let github = with(&[entry(1), entry(2)]);
        put_archive(&github, 2, &archive);
        let why = unusable(&github, small);
        assert!(why.contains(words) && why.contains("run 1002"), "{why}");
    }
    let github = with(&[entry(1)]);
    github.put(&format!("{LIST}/1/zip"), Served::error(410, "Gone"));
    assert!(unusable(&github, small).contains("expired"));
}

#[test]
fn what_was_uploaded_is_what_is_read() {
    let zip = archive(&[("results.sarif", LOG)]);
    let hash: String = Sha256::digest(&zip)
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    for (digest, good) in [
        (format!("sha256:{hash}"), true),
        (format!("sha256:{}", "0".repeat(64)), false),
        ("sha512:x".to_owned(), true),
    ] {
        let mut entry = entry(1);
        entry["digest"] = json!(digest);
        let github = with(&[entry]);
        put_archive(&github, 1, &zip);
        assert_eq!(found(&github).is_ok(), good, "{digest}");
    }
}
