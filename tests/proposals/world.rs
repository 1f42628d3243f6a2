//! A repository on GitHub, a change that is proposed to it or was pushed, and one run of the program over it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::done::Done;
use crate::fake_github::{FakeGithub, Served};
use crate::program::{Program, Ran, check_agreement};
use crate::support::TOKEN;
use crate::trusted::archive;

pub(super) const CONFIG: &str = ".github/sarif-gate.yml";
pub(super) const WAIVERS: &str = ".github/security-waivers.yml";
/// The tip of the base branch.
pub(super) const TIP: &str = "3333333333333333333333333333333333333333";
/// The head of the pull request, the one that `tests/bypass.rs` knows.
const HEAD: &str = "1111111111111111111111111111111111111111";
/// A commit of the base branch that has evidence.
const PAST: &str = "5555555555555555555555555555555555555555";

/// What started a run.
#[derive(Clone, Copy)]
enum Event {
    PullRequest,
    MergeGroup,
    Push,
}

/// What is to be run.
pub(super) struct World {
    pub(super) github: FakeGithub,
    program: Program,
    branch: &'static str,
    event: Event,
    reports: Vec<String>,
    /// What GitHub says that the change touches; nothing where it does not say.
    changed: Option<Vec<Value>>,
    env: BTreeMap<String, String>,
}

impl World {
    /// Pull request 7 to `main`, which touches nothing yet.
    pub(super) fn pull_request() -> World {
        World::new("main", Event::PullRequest)
    }

    /// A pull request to another branch.
    pub(super) fn pull_request_to(branch: &'static str) -> World {
        World::new(branch, Event::PullRequest)
    }

    /// A merge group of the queue in front of `main`.
    pub(super) fn merge_group() -> World {
        World::new("main", Event::MergeGroup)
    }

    /// A push to `main`.
    pub(super) fn push() -> World {
        World::new("main", Event::Push)
    }

    fn new(branch: &'static str, event: Event) -> World {
        let github = FakeGithub::start();
        github.put(
            &format!("/repos/octo/repo/git/ref/heads/{branch}"),
            tip(branch),
        );
        World {
            github,
            program: Program::new().in_actions(),
            branch,
            event,
            reports: Vec::new(),
            changed: Some(Vec::new()),
            env: BTreeMap::new(),
        }
        // A check run takes two writes a second apart; the cases of destinations look at it.
        .input("check-run", "false")
    }

    /// A file of the base branch.
    pub(super) fn base(self, path: &str, text: &str) -> World {
        let place = format!("/repos/octo/repo/contents/{path}?ref={TIP}");
        self.github.put(&place, Served::raw(text));
        self
    }

    /// A file of the checkout.
    pub(super) fn head(mut self, path: &str, text: &str) -> World {
        self.program = self.program.file(path, text.as_bytes());
        self
    }

    /// A file that the change leaves as it is.
    pub(super) fn both(self, path: &str, text: &str) -> World {
        self.base(path, text).head(path, text)
    }

    /// The config file of base and head.
    pub(super) fn config(self, text: &str) -> World {
        self.both(CONFIG, text)
    }

    /// A report that a scanner wrote into the checkout.
    pub(super) fn report(mut self, path: &str, text: &str) -> World {
        self.reports.push(path.to_owned());
        self.head(path, text)
    }

    pub(super) fn input(self, name: &str, value: &str) -> World {
        self.env(&format!("INPUT_{}", name.to_uppercase()), value)
    }

    pub(super) fn env(mut self, name: &str, value: &str) -> World {
        self.env.insert(name.to_owned(), value.to_owned());
        self
    }

    /// The change adds these lines in place of the file.
    pub(super) fn touched(mut self, path: &str, lines: &[&str]) -> World {
        let count = lines.len();
        let mut patch = format!("@@ -0,0 +1,{count} @@");
        lines.iter().for_each(|line| patch += &format!("\n+{line}"));
        self.changed.get_or_insert_default().push(
            json!({ "filename": path, "status": "added", "additions": count,
            "deletions": 0, "changes": count, "patch": patch }),
        );
        self
    }

    /// GitHub does not say what the change touches.
    pub(super) fn untold(mut self) -> World {
        self.changed = None;
        self
    }

    /// An answer of GitHub.
    pub(super) fn answers(self, path: &str, served: Served) -> World {
        self.github.put(path, served);
        self
    }

    /// The base branch has evidence, taken at this time (RFC 3339).
    pub(super) fn evidence(self, log: &str, taken: &str) -> World {
        let list = "/repos/octo/repo/actions/artifacts";
        let entry = json!({ "id": 1, "name": "sarif-gate-evidence", "expired": false, "created_at": taken,
            "workflow_run": { "id": 1001, "repository_id": 7, "head_repository_id": 7,
                "head_branch": self.branch, "head_sha": PAST } });
        let run = json!({ "id": 1001, "event": "push", "conclusion": "success", "head_branch": self.branch,
            "head_sha": PAST, "head_repository": { "full_name": "octo/repo" }, "created_at": taken });
        let ahead = json!({ "ahead_by": 3, "behind_by": 0, "merge_base_commit": { "sha": PAST } });
        let zip = archive(&[("results.sarif", log.as_bytes())]);
        self.answers(
            list,
            Served::json(&json!({ "total_count": 1, "artifacts": [entry] })),
        )
        .answers("/repos/octo/repo/actions/runs/1001", Served::json(&run))
        .answers(
            &format!("/repos/octo/repo/compare/{PAST}...{TIP}"),
            Served::json(&ahead),
        )
        .answers(&format!("{list}/1/zip"), Served::raw(zip))
    }

    /// A file that git tracks in the checkout.
    pub(super) fn tracked(self, path: &str, text: &str) -> World {
        // One entry of version 2 (gitformat-index): 60 bytes of metadata, flags with the length of the name, the name,
        // zeros up to a multiple of eight; then a checksum.
        let mut index = b"DIRC\0\0\0\x02\0\0\0\x01".to_vec();
        index.extend([0; 60]);
        index.extend((path.len() as u16).to_be_bytes());
        index.extend(path.as_bytes());
        let padded = (62 + path.len()) / 8 * 8 + 8;
        index.resize(12 + padded + 20, 0);
        let mut world = self.head(path, text);
        world.program = world.program.file(".git/index", &index);
        world
    }

    /// Runs it. What holds of every run is looked at here.
    pub(super) fn run(self, what: &str) -> Done {
        let (ran, github) = self.start(what);
        let verdict = ran
            .verdict()
            .unwrap_or_else(|| panic!("{what}: no verdict: {}", ran.stderr));
        let done = Done {
            ran,
            verdict,
            github,
        };
        done.check(what);
        done
    }

    /// Runs it where it has to end with a configuration error, nothing judged; gives what it says.
    pub(super) fn refused(self, what: &str) -> String {
        let (ran, _) = self.start(what);
        assert_eq!(ran.code, 3, "{what}: {}", ran.stderr);
        assert!(ran.verdict().is_none(), "{what}: something was judged");
        let outputs = ran.outputs().expect("outputs");
        assert_eq!(outputs["verdict"], "incomplete", "{what}");
        ran.stderr
    }

    fn start(self, what: &str) -> (Ran, FakeGithub) {
        if let Some(files) = &self.changed {
            let files = Served::json(&json!(files));
            self.github.put("/repos/octo/repo/pulls/7/files", files);
        }
        let branch = format!("refs/heads/{}", self.branch);
        let (name, git_ref, event) = match self.event {
            Event::PullRequest => {
                let event = pull_request_event(self.branch);
                ("pull_request", "refs/pull/7/merge".to_owned(), event)
            }
            Event::MergeGroup => {
                let group = json!({ "head_sha": HEAD, "base_sha": TIP, "base_ref": branch });
                let event = json!({ "repository": repository(), "merge_group": group });
                let queue = "refs/heads/gh-readonly-queue/main/pr-7-1".to_owned();
                ("merge_group", queue, event)
            }
            Event::Push => {
                let event = json!({ "repository": repository(), "after": TIP });
                ("push", branch, event)
            }
        };
        let mut program = self
            .program
            .file("../runner/event.json", event.to_string().as_bytes());
        let path: PathBuf = program.workspace().join("../runner/event.json");
        let fixed = [
            ("GITHUB_EVENT_NAME", name),
            ("GITHUB_EVENT_PATH", &path.to_string_lossy()),
            ("GITHUB_API_URL", &self.github.url),
            ("GITHUB_REF", &git_ref),
            ("GITHUB_SHA", TIP),
            ("INPUT_TOKEN", TOKEN),
            // Code scanning is asked seconds later what it made of an upload; its own tests have a quicker pace.
            ("INPUT_UPLOAD-SARIF", "false"),
            ("INPUT_REPORTS", &self.reports.join("\n")),
        ];
        for (name, value) in fixed {
            program = program.env(name, value);
        }
        for (name, value) in &self.env {
            program = program.env(name, value);
        }
        let ran = program.run(&[]);
        check_agreement(&ran, what);
        (ran, self.github)
    }
}

fn tip(branch: &str) -> Served {
    Served::json(
        &json!({ "ref": format!("refs/heads/{branch}"), "object": { "type": "commit", "sha": TIP } }),
    )
}

fn repository() -> Value {
    json!({ "id": 7, "full_name": "octo/repo", "default_branch": "main", "private": true })
}

fn pull_request_event(branch: &str) -> Value {
    let side = |name: &str, sha: &str| json!({ "ref": name, "sha": sha, "repo": repository() });
    json!({ "action": "synchronize", "number": 7, "repository": repository(), "pull_request": {
        "number": 7, "head": side("topic/7", HEAD), "base": side(branch, TIP) } })
}
