//! Who may let a change pass: every way in which a label does not count, and the one in which it does.

use std::collections::BTreeMap;
use std::time::Duration;

use sarif_gate::github::bypass::{self, PullHead};
use sarif_gate::model::{Bypass, Claim};
use serde_json::{Value, json};

use crate::changes::client;
use crate::fake_github::FakeGithub;

const REPOSITORY: &str = "octo/repo";
pub(crate) const LABEL: &str = "security-bypass";
const HEAD: &str = "1111111111111111111111111111111111111111";
const OTHER: &str = "2222222222222222222222222222222222222222";
const BASE: &str = "3333333333333333333333333333333333333333";
const MERGE: &str = "4444444444444444444444444444444444444444";
const NOW: &str = "2026-03-02T12:00:00Z";
const DAY: Duration = Duration::from_secs(86_400);

/// The people: their id is their place.
const PEOPLE: [(&str, &str, &str); 6] = [
    ("ann", "write", "write"),
    ("mia", "write", "maintain"),
    ("tri", "read", "triage"),
    ("adm", "admin", "admin"),
    ("odd", "read", "maintain"),
    ("bot[bot]", "admin", "admin"),
];

fn user(login: &str) -> Value {
    let id = PEOPLE.iter().position(|(name, ..)| *name == login);
    let kind = if login.ends_with("[bot]") {
        "Bot"
    } else {
        "User"
    };
    json!({ "login": login, "id": id.unwrap() + 1, "node_id": "x", "type": kind, "site_admin": false })
}

fn simple(event: &str, by: &str, at: &str) -> Value {
    json!({ "id": 1, "node_id": "x", "url": "https://api.github.com/x", "actor": user(by), "event": event,
        "commit_id": null, "commit_url": null, "created_at": format!("2026-03-02T{at}Z"), "performed_via_github_app": null })
}

fn label_event(event: &str, by: &str, at: &str) -> Value {
    let mut event = simple(event, by, at);
    event["label"] = json!({ "name": LABEL, "color": "ff0000" });
    event
}

fn labeled(by: &str, at: &str) -> Value {
    label_event("labeled", by, at)
}

fn unlabeled(by: &str, at: &str) -> Value {
    label_event("unlabeled", by, at)
}

/// A commit has only the dates that its author wrote.
fn committed(sha: &str) -> Value {
    let person = json!({ "date": "2020-01-01T00:00:00Z", "email": "x@example.org", "name": "x" });
    json!({ "event": "committed", "sha": sha, "node_id": "x", "url": "x", "html_url": "x", "author": person,
        "committer": person, "tree": { "sha": BASE, "url": "x" }, "message": "x", "parents": [],
        "verification": { "verified": false, "reason": "unsigned", "signature": null, "payload": null } })
}

fn comment(by: &str, at: &str, body: &str) -> Value {
    let mut event = simple("commented", by, at);
    event["user"] = user(by);
    event["body"] = json!(body);
    event["author_association"] = json!("MEMBER");
    event
}

fn review(by: &str, at: &str, body: Value, commit: &str) -> Value {
    json!({ "id": 1, "node_id": "x", "event": "reviewed", "user": user(by), "body": body, "state": "commented",
        "commit_id": commit, "submitted_at": format!("2026-03-02T{at}Z"), "html_url": "x", "pull_request_url": "x",
        "author_association": "MEMBER", "_links": { "html": { "href": "x" }, "pull_request": { "href": "x" } } })
}

/// What GitHub knows.
struct World {
    answers: BTreeMap<String, (u16, Value)>,
}

impl World {
    /// Pull request 7 of ann: `HEAD` was pushed at 9:00, mia gave a reason at 9:58 and set the label at 10:00.
    fn valid() -> World {
        let mut world = World::with(
            7,
            HEAD,
            &[
                committed(HEAD),
                comment("mia", "09:58:00", "/bypass outage, see OPS-1"),
                labeled("mia", "10:00:00"),
            ],
        );
        for (login, permission, role) in PEOPLE {
            let path = format!("/repos/{REPOSITORY}/collaborators/{login}/permission");
            let path = path.replace('[', "%5B").replace(']', "%5D");
            let answer =
                json!({ "permission": permission, "role_name": role, "user": user(login) });
            world.set(&path, 200, answer);
        }
        world
    }

    fn with(number: u64, head: &str, events: &[Value]) -> World {
        let mut world = World {
            answers: BTreeMap::new(),
        };
        world.pull(number, head, events);
        world
    }

    fn pull(&mut self, number: u64, head: &str, events: &[Value]) {
        let branch = format!("topic/{number}");
        let labels = json!([{ "id": 1, "node_id": "x", "url": "x", "name": LABEL, "description": null,
            "color": "ff0000", "default": false }]);
        let side = |name: &str, sha: &str| {
            json!({ "label": format!("octo:{name}"), "ref": name, "sha": sha, "user": user("adm"),
                "repo": { "id": 1, "full_name": REPOSITORY } })
        };
        let pull = json!({ "number": number, "state": "open", "title": "t", "body": "Fixes it", "user": user("ann"),
            "labels": labels, "head": side(&branch, head), "base": side("main", BASE), "merge_commit_sha": null });
        self.set(&format!("/repos/{REPOSITORY}/pulls/{number}"), 200, pull);
        self.events(number, events);
        self.pushed(number, head, "09:00:00");
    }

    fn set(&mut self, path: &str, status: u16, answer: Value) {
        self.answers.insert(path.to_string(), (status, answer));
    }

    fn events(&mut self, number: u64, events: &[Value]) {
        let path = format!("/repos/{REPOSITORY}/issues/{number}/timeline?per_page=100&page=");
        // GitHub may leave entries out of a page that is not the last.
        let (first, second) = events.split_at(events.len() / 2);
        self.answers.retain(|known, _| !known.starts_with(&path));
        let pages = [first, second].into_iter().filter(|page| !page.is_empty());
        let mut count = 0;
        for page in pages {
            count += 1;
            self.set(&format!("{path}{count}"), 200, json!(page));
        }
        self.set(&format!("{path}{}", count + 1), 200, json!([]));
    }

    fn pushed(&mut self, number: u64, sha: &str, at: &str) {
        let entry = json!([{ "id": 1, "node_id": "x", "before": BASE, "after": sha, "activity_type": "push",
            "ref": format!("refs/heads/topic/{number}"), "timestamp": format!("2026-03-02T{at}Z"), "actor": user("ann") }]);
        self.set(&World::log(number), 200, entry);
    }

    fn log(number: u64) -> String {
        format!(
            "/repos/{REPOSITORY}/activity?ref=refs%2Fheads%2Ftopic%2F{number}&direction=desc&per_page=1"
        )
    }

    fn edit(&mut self, path: &str, pointer: &str, value: Value) {
        let (_, answer) = self.answers.get_mut(path).unwrap();
        *answer.pointer_mut(pointer).unwrap() = value;
    }

    fn edit_pull(&mut self, pointer: &str, value: Value) {
        self.edit(&format!("/repos/{REPOSITORY}/pulls/7"), pointer, value);
    }

    fn claim(&self) -> Claim {
        self.claim_at(NOW)
    }

    fn claim_at(&self, now: &str) -> Claim {
        self.claim_of(&[head(7, HEAD)], now)
    }

    fn claim_of(&self, pulls: &[PullHead], now: &str) -> Claim {
        let github = FakeGithub::answering(self.answers.clone());
        bypass::claim(&mut client(&github), REPOSITORY, LABEL, pulls, now, DAY)
    }
}

/// What GitHub knows of pull request 7 with a label that counts, by path: times are of 2026-03-02.
pub(crate) fn answers() -> BTreeMap<String, (u16, Value)> {
    World::valid().answers
}

fn head(number: u64, sha: &str) -> PullHead {
    PullHead {
        number,
        head_sha: sha.to_string(),
        author: "ann".to_string(),
    }
}

fn refused(claim: Claim, word: &str) {
    match claim {
        Claim::Refused(why) => assert!(why.contains(word), "{why}\nwithout {word}"),
        other => panic!("{other:?}, expected a refusal with {word}"),
    }
}

#[test]
fn a_maintainer_lets_this_head_pass() {
    let expected = Bypass {
        label: LABEL.to_string(),
        by: "mia".to_string(),
        role: "maintain".to_string(),
        at: "2026-03-02T10:00:00Z".to_string(),
        pull_request: 7,
        head_sha: HEAD.to_string(),
        ends: "2026-03-03T10:00:00Z".to_string(),
        reason: "outage, see OPS-1".into(),
    };
    assert_eq!(World::valid().claim(), Claim::Valid(vec![expected]));
}

#[test]
fn without_a_label_nobody_asked() {
    let mut world = World::valid();
    world.edit_pull("/labels", json!([]));
    assert_eq!(world.claim(), Claim::None);
    world.edit_pull("/labels", json!([{ "name": "security-bypass-please" }]));
    assert_eq!(world.claim(), Claim::None);
    // GitHub holds two labels that differ in case for one.
    world.edit_pull("/labels", json!([{ "name": "Security-Bypass" }]));
    assert!(matches!(world.claim(), Claim::Valid(_)));
    assert_eq!(world.claim_of(&[], NOW), Claim::None);
}

#[test]
fn only_maintain_and_admin_count() {
    for (login, expected) in [
        ("tri", Err("has the role `triage`")),
        ("bot[bot]", Err("is not a person")),
        // A role of one's own that is called maintain.
        ("odd", Err("has the role `maintain`")),
        ("mia", Ok("maintain")),
        ("adm", Ok("admin")),
    ] {
        let mut world = World::valid();
        let reason = comment(login, "10:01:00", "/bypass because");
        world.events(7, &[committed(HEAD), labeled(login, "10:00:00"), reason]);
        match (world.claim(), expected) {
            (Claim::Valid(found), Ok(role)) => assert_eq!(found[0].role, role),
            (claim, Err(word)) => refused(claim, word),
            (claim, Ok(_)) => panic!("{login}: {claim:?}"),
        }
    }
    // With write, on somebody else's pull request.
    let mut world = World::valid();
    world.edit_pull("/user", user("adm"));
    let reason = comment("ann", "10:01:00", "/bypass because");
    world.events(7, &[committed(HEAD), labeled("ann", "10:00:00"), reason]);
    let pulls = [PullHead {
        author: "adm".into(),
        ..head(7, HEAD)
    }];
    refused(world.claim_of(&pulls, NOW), "has the role `write`");
    // A bot by its kind alone, and one that calls itself a user.
    for actor in [
        json!({ "login": "helper", "id": 4, "type": "Bot" }),
        json!({ "login": "bot[bot]", "id": 6, "type": "User" }),
        json!({ "login": "adm", "id": 4 }),
    ] {
        let mut set = labeled("adm", "10:00:00");
        set["actor"] = actor;
        let mut world = World::valid();
        world.events(7, &[committed(HEAD), set]);
        refused(world.claim(), "is not a person");
    }
}

#[test]
fn a_permission_is_of_the_person_who_set_the_label() {
    let path = format!("/repos/{REPOSITORY}/collaborators/mia/permission");
    for other in [user("adm"), Value::Null] {
        let mut world = World::valid();
        world.edit(&path, "/user", other);
        refused(world.claim(), "does not say what `mia` may do");
    }
}

#[test]
fn the_author_does_not_let_their_own_change_pass() {
    let mut world = World::valid();
    world.edit_pull("/user", user("mia"));
    refused(world.claim(), "for a change of their own");
    world.edit_pull("/user", Value::Null);
    refused(world.claim(), "does not say who opened it");
    let pulls = [PullHead {
        author: "MIA".into(),
        ..head(7, HEAD)
    }];
    refused(
        World::valid().claim_of(&pulls, NOW),
        "for a change of their own",
    );
}

#[test]
fn a_label_does_not_outlive_a_push() {
    let reason = || comment("mia", "09:58:00", "/bypass x");
    let mut nameless = committed(OTHER);
    nameless.as_object_mut().unwrap().remove("event");
    for (later, word) in [
        (committed(OTHER), "a commit came after"),
        (nameless, "a commit came after"),
        (
            simple("head_ref_force_pushed", "ann", "10:00:01"),
            "a force push came after",
        ),
        (
            simple("base_ref_changed", "ann", "11:00:00"),
            "another base came after",
        ),
    ] {
        let mut world = World::valid();
        world.events(7, &[reason(), labeled("mia", "10:00:00"), later]);
        refused(world.claim(), word);
    }
    // A force push that the timeline puts too early.
    let mut world = World::valid();
    let pushed = simple("head_ref_force_pushed", "ann", "10:00:01");
    world.events(7, &[reason(), pushed, labeled("mia", "10:00:00")]);
    refused(world.claim(), "a force push came after");
    // Set again after it, it counts again.
    let mut world = World::valid();
    let pushed = simple("head_ref_force_pushed", "ann", "09:30:00");
    world.pushed(7, HEAD, "09:30:00");
    world.events(
        7,
        &[
            reason(),
            pushed,
            committed(HEAD),
            labeled("mia", "10:00:00"),
        ],
    );
    assert!(matches!(world.claim(), Claim::Valid(_)));
}

/// A commit that is dated back stands before the label in the timeline, whenever it came.
#[test]
fn dates_of_commits_prove_nothing() {
    let mut world = World::valid();
    for at in ["10:00:00", "10:30:00"] {
        world.pushed(7, HEAD, at);
        refused(world.claim(), "not before the label");
    }
    world.pushed(7, OTHER, "09:00:00");
    refused(world.claim(), "log of pushes does not show it");
    world.set(&World::log(7), 200, json!([]));
    refused(world.claim(), "log of pushes does not show it");
    world.set(&World::log(7), 404, json!({ "message": "Not Found" }));
    refused(world.claim(), "nobody can tell");
    world.edit_pull("/head/repo", Value::Null);
    refused(world.claim(), "is gone");
    // Then a review of this head by the same person tells.
    for (by, at, commit, counts) in [
        ("mia", "09:59:00", HEAD, true),
        ("mia", "09:59:00", OTHER, false),
        ("mia", "10:30:00", HEAD, false),
        ("adm", "09:59:00", HEAD, false),
    ] {
        let seen = review(by, at, json!("/bypass seen"), commit);
        let reason = comment("mia", "09:58:00", "/bypass x");
        world.events(
            7,
            &[committed(HEAD), reason, seen, labeled("mia", "10:00:00")],
        );
        assert_eq!(
            matches!(world.claim(), Claim::Valid(_)),
            counts,
            "{by} {at} {commit}"
        );
    }
}

#[test]
fn another_head_than_the_judged_one_is_refused() {
    let world = World::valid();
    refused(
        world.claim_of(&[head(7, OTHER)], NOW),
        "this run judges 2222",
    );
    let mut closed = World::valid();
    closed.edit_pull("/state", json!("closed"));
    refused(closed.claim(), "not open");
}

#[test]
fn who_set_the_label_last_decides() {
    let events = |last: &str| {
        [
            committed(HEAD),
            labeled("mia", "09:10:00"),
            unlabeled("ann", "09:20:00"),
            labeled(last, "10:00:00"),
            comment("mia", "10:00:30", "/bypass x"),
            comment("tri", "10:00:30", "/bypass x"),
        ]
    };
    let mut world = World::valid();
    world.events(7, &events("tri"));
    refused(
        world.claim(),
        "`tri`, who set the label, has the role `triage`",
    );
    world.events(7, &events("mia"));
    assert!(matches!(world.claim(), Claim::Valid(_)));
    // The label is there, and the timeline does not say why.
    for events in [
        vec![committed(HEAD)],
        vec![labeled("mia", "09:10:00"), unlabeled("ann", "09:20:00")],
    ] {
        world.events(7, &events);
        refused(world.claim(), "does not say who set the label");
    }
    let mut nobody = labeled("mia", "10:00:00");
    nobody["actor"] = Value::Null;
    world.events(7, &[nobody]);
    refused(world.claim(), "does not say who set the label");
}

#[test]
fn a_bypass_ends() {
    let world = World::valid();
    assert!(matches!(
        world.claim_at("2026-03-03T09:59:59Z"),
        Claim::Valid(_)
    ));
    refused(
        world.claim_at("2026-03-03T10:00:00Z"),
        "ended at 2026-03-03T10:00:00Z",
    );
    // A clock that is far behind would make it last for ever.
    refused(
        world.claim_at("2026-03-02T09:00:00Z"),
        "clock has not reached",
    );
    refused(world.claim_at("yesterday"), "unknown");
}

#[test]
fn a_bypass_has_a_reason() {
    let with = |comments: &[Value], body: Value| {
        let mut world = World::valid();
        let mut events = vec![committed(HEAD)];
        events.extend_from_slice(comments);
        events.push(labeled("mia", "10:00:00"));
        world.events(7, &events);
        world.edit_pull("/body", body);
        world.claim()
    };
    let reason = |claim: Claim| match claim {
        Claim::Valid(found) => found[0].reason.to_string(),
        other => panic!("{other:?}"),
    };
    let silent = json!("Fixes it");
    for comments in [
        vec![],
        vec![comment("ann", "09:59:00", "/bypass please")],
        vec![comment("mia", "09:49:59", "/bypass long ago")],
        vec![comment("mia", "09:59:00", "nice")],
    ] {
        refused(with(&comments, silent.clone()), "no reason given");
        refused(with(&comments, Value::Null), "no reason given");
    }
    let several = [
        comment("mia", "09:50:00", "/bypass first"),
        review(
            "mia",
            "10:30:00",
            json!("security-bypass: the scanner is wrong"),
            OTHER,
        ),
        comment("mia", "10:05:00", "/bypass second"),
        review("mia", "11:00:00", Value::Null, HEAD),
    ];
    assert_eq!(
        reason(with(&several, silent)),
        "security-bypass: the scanner is wrong"
    );
    let body = json!("Fixes it\r\n\r\nBypass: agreed in OPS-1\r\n");
    assert_eq!(reason(with(&[], body.clone())), "agreed in OPS-1");
    assert_eq!(reason(with(&several[..1], body)), "first");
    let long = comment("mia", "10:00:30", &format!("/bypass {}", "é".repeat(600)));
    assert_eq!(reason(with(&[long], Value::Null)).chars().count(), 500);
}

#[test]
fn what_github_does_not_say_is_refused() {
    let pages = format!("/repos/{REPOSITORY}/issues/7/timeline?per_page=100&page=");
    for path in [
        format!("/repos/{REPOSITORY}/pulls/7"),
        format!("{pages}1"),
        format!("{pages}2"),
        format!("{pages}3"),
        format!("/repos/{REPOSITORY}/collaborators/mia/permission"),
    ] {
        for (status, answer) in [
            (
                403,
                json!({ "message": "Resource not accessible by integration" }),
            ),
            (404, json!({ "message": "Not Found" })),
            (500, json!({})),
            (200, json!({ "unheard": "of" })),
            (200, json!("text")),
        ] {
            let mut world = World::valid();
            assert!(world.answers.contains_key(&path), "{path}");
            world.set(&path, status, answer);
            refused(world.claim(), "GitHub could not be asked");
        }
    }
    // A timeline without an end.
    let mut world = World::valid();
    for page in 1..=40 {
        let path = format!("{pages}{page}");
        world.set(&path, 200, json!([labeled("mia", "10:00:00")]));
    }
    refused(world.claim(), "more than 30 pages");
}

#[test]
fn what_strangers_write_moves_no_cursor() {
    let mut world = World::valid();
    let mut set = labeled("mia", "10:00:00");
    set["actor"] = json!({ "login": "x\n::error::y\u{1b}[2J", "id": 9, "type": "Bot" });
    world.events(7, &[set]);
    let Claim::Refused(why) = world.claim() else {
        panic!("it counts")
    };
    assert!(!why.contains(['\n', '\u{1b}']), "{why:?}");
}

/// A merge group of 7 and 8 by merge commits.
fn group() -> World {
    let mut world = World::valid();
    let reason = comment("adm", "09:58:00", "/bypass y");
    world.pull(
        8,
        OTHER,
        &[committed(OTHER), reason, labeled("adm", "10:00:00")],
    );
    let merge7 = "5555555555555555555555555555555555555555";
    let commit = |sha: &str, parents: &[&str]| {
        let parents: Vec<Value> = parents
            .iter()
            .map(|sha| json!({ "sha": sha, "url": "x" }))
            .collect();
        json!({ "sha": sha, "parents": parents })
    };
    let commits = [
        commit(HEAD, &[BASE]),
        commit(merge7, &[BASE, HEAD]),
        commit(OTHER, &[BASE]),
        commit(MERGE, &[merge7, OTHER]),
    ];
    world.compared(json!(commits));
    world.holds(HEAD, &[7]);
    world.holds(merge7, &[]);
    world.holds(OTHER, &[8]);
    world.holds(MERGE, &[]);
    world
}

impl World {
    fn compared(&mut self, commits: Value) {
        let count = commits.as_array().unwrap().len();
        let answer = json!({ "status": "ahead", "ahead_by": count, "behind_by": 0, "total_commits": count,
            "commits": commits, "files": [] });
        self.set(
            &format!("/repos/{REPOSITORY}/compare/{BASE}...{MERGE}?per_page=100&page=1"),
            200,
            answer,
        );
    }

    fn holds(&mut self, sha: &str, pulls: &[u64]) {
        let listed: Vec<Value> = pulls
            .iter()
            .map(|number| {
                self.answers[&format!("/repos/{REPOSITORY}/pulls/{number}")]
                    .1
                    .clone()
            })
            .collect();
        self.set(
            &format!("/repos/{REPOSITORY}/commits/{sha}/pulls?per_page=100"),
            200,
            json!(listed),
        );
    }

    fn queue(&mut self, references: &[(&str, &str)]) {
        let references: Vec<Value> = references
            .iter()
            .map(|(name, sha)| {
                json!({ "ref": format!("refs/heads/gh-readonly-queue/{name}"), "node_id": "x", "url": "x",
                    "object": { "type": "commit", "sha": sha, "url": "x" } })
            })
            .collect();
        let path = format!("/repos/{REPOSITORY}/git/matching-refs/heads/gh-readonly-queue");
        self.set(&path, 200, json!(references));
    }

    fn members(&self) -> Option<Vec<PullHead>> {
        let github = FakeGithub::answering(self.answers.clone());
        bypass::pulls_of_group(&mut client(&github), REPOSITORY, BASE, MERGE)
    }
}

#[test]
fn every_pull_request_of_a_group_needs_its_own() {
    let mut world = group();
    let members = world.members().unwrap();
    assert_eq!(members, [head(7, HEAD), head(8, OTHER)]);
    match world.claim_of(&members, NOW) {
        Claim::Valid(found) => {
            let found: Vec<(u64, &str)> = found
                .iter()
                .map(|b| (b.pull_request, b.by.as_str()))
                .collect();
            assert_eq!(found, [(7, "mia"), (8, "adm")]);
        }
        other => panic!("{other:?}"),
    }
    let eight = format!("/repos/{REPOSITORY}/pulls/8");
    world.edit(&eight, "/labels", json!([]));
    refused(
        world.claim_of(&members, NOW),
        "pull request 8: it does not carry the label",
    );
    world.edit_pull("/labels", json!([]));
    assert_eq!(world.claim_of(&members, NOW), Claim::None);
}

#[test]
fn a_group_with_an_unknown_commit_is_unknown() {
    // A commit of nobody.
    let mut world = group();
    world.holds(OTHER, &[]);
    assert_eq!(world.members(), None);
    // A pull request that is not open, or that goes elsewhere.
    for (pointer, value) in [
        ("/state", json!("closed")),
        ("/base/ref", json!("develop")),
        ("/user", Value::Null),
        ("/base/repo/full_name", json!("fork/repo")),
    ] {
        let mut world = group();
        world.edit(&format!("/repos/{REPOSITORY}/pulls/8"), pointer, value);
        world.holds(OTHER, &[8]);
        assert_eq!(world.members(), None, "{pointer}");
    }
    let compared = format!("/repos/{REPOSITORY}/compare/{BASE}...{MERGE}?per_page=100&page=1");
    for (pointer, value) in [
        ("/behind_by", json!(1)),
        ("/total_commits", json!(5)),
        ("/ahead_by", json!(3)),
        ("/commits/3/sha", json!(BASE)),
    ] {
        let mut world = group();
        world.edit(&compared, pointer, value);
        assert_eq!(world.members(), None, "{pointer}");
    }
    let paths: Vec<String> = group().answers.into_keys().collect();
    let asked = |path: &&String| path.contains("/compare/") || path.contains("/commits/");
    assert_eq!(paths.iter().filter(asked).count(), 5);
    for path in paths.iter().filter(asked) {
        let mut world = group();
        world.set(path, 500, json!({}));
        assert_eq!(world.members(), None, "{path}");
    }
}

/// With squash merges the queue makes commits that no pull request holds; its branches say whose they are.
#[test]
fn squashed_commits_are_told_by_the_branches_of_the_queue() {
    let squashed = "5555555555555555555555555555555555555555";
    let start = || {
        let mut world = group();
        let parent = |sha: &str| json!([{ "sha": sha, "url": "x" }]);
        world.compared(json!([
            { "sha": squashed, "parents": parent(BASE) },
            { "sha": MERGE, "parents": parent(squashed) },
        ]));
        world
    };
    let seven = format!("main/pr-7-{BASE}");
    let eight = format!("main/pr-8-{squashed}");
    let mut world = start();
    world.queue(&[(&seven, squashed), (&eight, MERGE), ("main/pr-9-x", HEAD)]);
    assert_eq!(world.members().unwrap(), [head(7, HEAD), head(8, OTHER)]);
    for references in [
        vec![(eight.as_str(), MERGE)],
        vec![
            (seven.as_str(), squashed),
            (eight.as_str(), MERGE),
            (seven.as_str(), MERGE),
        ],
        vec![(seven.as_str(), squashed), ("main/pr-8-x", MERGE)],
    ] {
        let mut world = start();
        world.queue(&references);
        assert_eq!(world.members(), None, "{references:?}");
    }
    // The branch names another base than the pull request.
    let elsewhere = format!("develop/pr-8-{squashed}");
    let mut world = start();
    world.queue(&[(&seven, squashed), (&elsewhere, MERGE)]);
    assert_eq!(world.members(), None);
    assert_eq!(start().members(), None, "no list of branches");
}
