//! Which files a change touches, as GitHub says it.

use std::time::Duration;

use sarif_gate::github::{Access, Client, Pace, changes};
use sarif_gate::model::Hidden;

use crate::fake_github::{FakeGithub, Trouble};
use crate::support::TOKEN;

fn page(from: usize, count: usize) -> Option<Trouble> {
    let files: Vec<_> = (from..from + count)
        .map(|n| serde_json::json!({"filename": format!("f{n}"), "status": "modified"}))
        .collect();
    Some(Trouble::Answer(
        200,
        Vec::new(),
        serde_json::Value::from(files).to_string(),
    ))
}

fn client(github: &FakeGithub) -> Client {
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

#[test]
fn every_page_of_a_pull_request_is_read() {
    let github = FakeGithub::troubled(vec![page(0, 100), page(100, 3)]);
    let files = changes::of_pull_request(&mut client(&github), "octo/repo", 7).unwrap();
    assert_eq!(files.len(), 103);
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
    assert_eq!(
        changes::of_pull_request(&mut client(&github), "octo/repo", 7),
        None
    );
    // 3,000 files is where GitHub stops, so the list may not be whole.
    let github = FakeGithub::troubled((0..31).map(|n| page(n * 100, 100)).collect());
    assert_eq!(
        changes::of_pull_request(&mut client(&github), "octo/repo", 7),
        None
    );
    assert_eq!(github.requests().len(), 30);
}

#[test]
fn a_merge_group_is_compared() {
    let body = |count: usize| {
        let files: Vec<_> = (0..count)
            .map(|n| serde_json::json!({"filename": format!("new{n}"), "previous_filename": format!("old{n}")}))
            .collect();
        let text = serde_json::json!({ "files": files }).to_string();
        FakeGithub::troubled(vec![Some(Trouble::Answer(200, Vec::new(), text))])
    };
    let between = |count| changes::between(&mut client(&body(count)), "octo/repo", "aaa", "bbb");
    assert_eq!(between(1).unwrap(), ["new0", "old0"]);
    assert_eq!(between(300), None);
}
