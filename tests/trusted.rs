//! What is asked of GitHub and believed: policy at a commit of the base, and evidence of earlier runs.

mod artifact;
mod download;
mod git_ref;

pub(crate) use artifact::archive;

use sarif_gate::github::contents::{NotRead, file, resolve, tip};
use sarif_gate::github::{Client, Fault, NotFetched, Sizes, analyses, compare};
use serde_json::{Value, json};

use super::changes::client;
use super::fake_github::{FakeGithub, Served, Trouble};

const REPOSITORY: &str = "octo/repo";

/// A commit's name of one repeated digit.
fn sha(digit: char) -> String {
    digit.to_string().repeat(40)
}

/// The branch `main` with this commit at its tip.
fn put_tip(github: &FakeGithub, branch: &str, tip: &str) {
    github.put(
        &format!("/repos/{REPOSITORY}/git/ref/heads/{branch}"),
        Served::json(&json!({
            "ref": format!("refs/heads/{branch}"),
            "object": { "type": "commit", "sha": tip },
        })),
    );
}

fn put_comparison(github: &FakeGithub, base: &str, head: &str, merge_base: &str, ahead: u64) {
    github.put(
        &format!("/repos/{REPOSITORY}/compare/{base}...{head}"),
        Served::json(&json!({
            "ahead_by": ahead, "behind_by": 0, "merge_base_commit": { "sha": merge_base },
        })),
    );
}

fn paths(github: &FakeGithub) -> Vec<String> {
    github
        .requests()
        .into_iter()
        .map(|request| request.path)
        .collect()
}

#[test]
fn a_tip_is_a_commit_of_the_branch_that_was_asked_for() {
    let github = FakeGithub::start();
    put_tip(&github, "main", &sha('a'));
    put_tip(&github, "feature/a%231", &sha('b'));
    let mut client = client(&github);
    assert_eq!(tip(&mut client, REPOSITORY, "main").unwrap(), sha('a'));
    // The fake knows the escaped name only; the ref in its answer is another one.
    let error = tip(&mut client, REPOSITORY, "feature/a#1").unwrap_err();
    assert_eq!(error.fault, Fault::NotJson);
    assert!(paths(&github)[1].ends_with("/git/ref/heads/feature/a%231"));
    assert_eq!(
        tip(&mut client, REPOSITORY, "gone").unwrap_err().fault,
        Fault::NotFound
    );
    let before = github.requests().len();
    for (repository, branch) in [
        (REPOSITORY, "a/../../x"),
        (REPOSITORY, ""),
        ("octo/repo/x", "main"),
        ("octo", "main"),
    ] {
        let error = tip(&mut client, repository, branch).unwrap_err();
        assert!(matches!(error.fault, Fault::Invalid(_)), "{branch}");
    }
    assert_eq!(github.requests().len(), before, "nothing was sent");
}

#[test]
fn a_tag_object_is_no_tip() {
    let github = FakeGithub::start();
    for object in [
        json!({ "type": "tag", "sha": sha('a') }),
        json!({ "type": "commit", "sha": "abc" }),
        json!({ "type": "commit", "sha": sha('0') }),
    ] {
        let answer = json!({ "ref": "refs/heads/main", "object": object });
        github.put("/repos/octo/repo/git/ref/heads/main", Served::json(&answer));
        assert!(
            tip(&mut client(&github), REPOSITORY, "main").is_err(),
            "{object}"
        );
    }
}

#[test]
fn a_file_is_read_as_it_was_at_the_commit() {
    let github = FakeGithub::start();
    let path = format!(
        "/repos/octo/repo/contents/.github/a%20b.yml?ref={}",
        sha('a')
    );
    // JSON in a file is still a file.
    github.put(&path, Served::raw(r#"[{"type":"file"}]"#));
    let mut client = client(&github);
    let read = file(&mut client, REPOSITORY, ".github/a b.yml", &sha('a'), 1_000).unwrap();
    assert_eq!(read.unwrap(), br#"[{"type":"file"}]"#);
    let request = &github.requests()[0];
    assert_eq!(request.path, path);
    assert_eq!(
        request.header("accept"),
        ["application/vnd.github.raw+json"]
    );
    assert_eq!(request.header("authorization").len(), 1);
    // At another commit it is not there.
    let none = file(&mut client, REPOSITORY, ".github/a b.yml", &sha('b'), 1_000).unwrap();
    assert_eq!(none, None);
}

#[test]
fn what_is_no_file_is_an_error_and_never_an_absent_file() {
    let github = FakeGithub::start();
    let mut client = client(&github);
    let asked = |client: &mut Client, path: &str| file(client, REPOSITORY, path, &sha('a'), 9);
    github.put("/repos/octo/repo/contents/folder", Served::json(&json!([])));
    let error = asked(&mut client, "folder").unwrap_err();
    assert!(
        matches!(&error, NotRead::NoFile(why) if why.contains("folder")),
        "{error}"
    );
    github.put("/repos/octo/repo/contents/long", Served::raw("0123456789"));
    let error = asked(&mut client, "long").unwrap_err();
    assert!(matches!(&error, NotRead::Api(api) if api.fault == Fault::TooLong(9)));
    let mut page = Served::raw("<html>");
    page.headers = vec![("content-type".into(), "text/html".into())];
    github.put("/repos/octo/repo/contents/page", page);
    let error = asked(&mut client, "page").unwrap_err();
    assert!(matches!(&error, NotRead::Api(api) if api.fault == Fault::NotJson));
    github.put(
        "/repos/octo/repo/contents/mine",
        Served::error(403, "Resource not accessible by integration"),
    );
    let error = asked(&mut client, "mine").unwrap_err();
    assert!(error.to_string().contains("403"), "{error}");
    // Each was asked once: none of these answers changes by asking again.
    assert_eq!(github.requests().len(), 4);
    for path in ["../x", "/etc/passwd", "a/../b", "a//b", ""] {
        let error = asked(&mut client, path).unwrap_err();
        assert!(matches!(error, NotRead::NoFile(_)), "{path}");
    }
    for at in ["main", "", &sha('0')] {
        assert!(file(&mut client, REPOSITORY, "x", at, 9).is_err(), "{at}");
    }
    assert_eq!(github.requests().len(), 4, "nothing more was sent");
}

#[test]
fn a_reference_becomes_a_commit() {
    let github = FakeGithub::start();
    let path = "/repos/octo/policy/commits/release%2Fv1";
    github.put(path, Served::raw(format!("{}\n", sha('c'))));
    let mut client = client(&github);
    let commit = resolve(&mut client, "octo/policy", "release/v1").unwrap();
    assert_eq!(commit, sha('c'));
    let accept = github.requests()[0].clone();
    assert_eq!(accept.header("accept"), ["application/vnd.github.sha"]);
    for body in ["", "main", "{\"sha\":\"x\"}"] {
        github.put(path, Served::raw(body));
        assert!(
            resolve(&mut client, "octo/policy", "release/v1").is_err(),
            "{body}"
        );
    }
    assert!(resolve(&mut client, "octo/policy", "gone").is_err());
    assert!(resolve(&mut client, "octo/policy", "a/../b").is_err());
}

#[test]
fn distances_are_counted_from_where_the_change_left_its_base() {
    let github = FakeGithub::start();
    let [baseline, fork, base, head] = ['1', '2', '3', '4'].map(sha);
    put_comparison(&github, &base, &head, &fork, 7);
    put_comparison(&github, &baseline, &fork, &baseline, 5);
    put_comparison(&github, &baseline, &head, &baseline, 9);
    let mut client = client(&github);
    let mut distance = |baseline: &str, base: &str, head: &str| {
        compare::distance(&mut client, REPOSITORY, baseline, base, head)
    };
    assert_eq!(distance(&baseline, &base, &head), Some(5));
    // A push: the commit itself.
    assert_eq!(distance(&baseline, &head, &head), Some(9));
    assert_eq!(distance(&head, &head, &head), Some(0));
    assert_eq!(distance(&fork, &base, &head), Some(0));
    // Unknown to GitHub, or no commit.
    assert_eq!(distance(&sha('5'), &base, &head), None);
    assert_eq!(distance("main", &base, &head), None);
}

/// An entry of the list of analyses.
fn analysis(id: u64, tool: &str, category: &str, created: &str, commit: char) -> Value {
    json!({
        "id": id, "ref": "refs/heads/release/1", "commit_sha": sha(commit), "category": category,
        "created_at": created, "error": "", "tool": { "name": tool },
    })
}

#[test]
fn the_newest_analysis_of_each_tool_and_category_counts() {
    let github = FakeGithub::start();
    let mut failed = analysis(9, "Trivy", "sarif-gate/a", "2026-03-09T00:00:00Z", '9');
    failed["error"] = json!("too many results");
    let mut elsewhere = analysis(8, "Trivy", "sarif-gate/a", "2026-03-08T00:00:00Z", '8');
    elsewhere["ref"] = json!("refs/pull/1/merge");
    let list = json!([
        failed,
        elsewhere,
        analysis(1, "Trivy", "sarif-gate/a", "2026-03-01T00:00:00Z", '1'),
        analysis(3, "Trivy", "sarif-gate/a", "2026-03-03T00:00:00Z", '3'),
        analysis(2, "Gitleaks", "sarif-gate/a", "2026-03-02T00:00:00Z", '2'),
        analysis(4, "CodeQL", "/language:rust", "2026-03-04T00:00:00Z", '4'),
        analysis(5, "Mine", "mine", "2026-03-01T00:00:00Z", '5'),
    ]);
    github.put(
        "/repos/octo/repo/code-scanning/analyses",
        Served::json(&list),
    );
    for id in [2, 3, 5] {
        let log = Served::raw(format!("{{\"id\":{id}}}"));
        github.put(
            &format!("/repos/octo/repo/code-scanning/analyses/{id}"),
            log,
        );
    }
    let mut client = client(&github);
    let branch = "release/1";
    let found = analyses::latest(&mut client, REPOSITORY, branch, None, Sizes::default()).unwrap();
    assert_eq!(found.logs, [b"{\"id\":3}", b"{\"id\":2}"]);
    assert_eq!(found.sha, Some(sha('3')));
    assert_eq!(found.taken.as_deref(), Some("2026-03-03T00:00:00Z"));
    let notes = found.notes.join("\n");
    for words in ["excused findings", "2 different commits", "1 analyses"] {
        assert!(notes.contains(words), "{notes}");
    }
    let requests = github.requests();
    assert!(
        requests[0]
            .path
            .contains("?ref=refs%2Fheads%2Frelease%2F1&per_page=100&direction=desc")
    );
    assert_eq!(requests[1].header("accept"), ["application/sarif+json"]);
    let mine = analyses::latest(
        &mut client,
        REPOSITORY,
        branch,
        Some("mine/"),
        Sizes::default(),
    );
    assert_eq!(mine.unwrap().logs.len(), 3);
    // All together may not be larger than what is allowed.
    let small = Sizes {
        packed: 99,
        unpacked: 15,
    };
    let error = analyses::latest(&mut client, REPOSITORY, branch, None, small).unwrap_err();
    assert!(matches!(error, NotFetched::Unusable(_)), "{error}");
}

#[test]
fn code_scanning_that_does_not_answer_says_why() {
    let asked = |github: &FakeGithub| {
        let mut client = client(github);
        analyses::latest(&mut client, REPOSITORY, "main", None, Sizes::default()).unwrap_err()
    };
    let integration = "Resource not accessible by integration";
    for (trouble, words) in [
        (
            Trouble::status(403, integration),
            "permissions: security-events: read",
        ),
        (
            Trouble::status(403, "Code Security must be enabled for this repository"),
            "switch",
        ),
        (
            Trouble::status(404, "no analysis found"),
            "has nothing of this repository",
        ),
        (
            Trouble::Answer(200, Vec::new(), "[]".to_owned()),
            "no analysis of refs/heads/main",
        ),
        (
            Trouble::Answer(200, Vec::new(), "{}".to_owned()),
            "not the server's own",
        ),
        (
            Trouble::Answer(200, Vec::new(), "<html>".to_owned()),
            "not the server's own",
        ),
    ] {
        let error = asked(&FakeGithub::always(trouble.clone()));
        assert!(error.to_string().contains(words), "{trouble:?}: {error}");
    }
}
