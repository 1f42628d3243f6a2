//! A repository on GitHub, a change that is proposed to it or was pushed, and one run of the program over it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::fake_github::{FakeGithub, Served};
use crate::hostile::{SARIF, VERDICT, check_schema};
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

/// What is to be run.
pub(super) struct World {
    pub(super) github: FakeGithub,
    program: Program,
    branch: &'static str,
    proposal: bool,
    reports: Vec<String>,
    changed: Vec<Value>,
    env: BTreeMap<String, String>,
}

impl World {
    /// Pull request 7 to `main`, which touches nothing yet.
    pub(super) fn pull_request() -> World {
        World::new("main", true)
    }

    /// A pull request to another branch.
    pub(super) fn pull_request_to(branch: &'static str) -> World {
        World::new(branch, true)
    }

    /// A push to `main`.
    pub(super) fn push() -> World {
        World::new("main", false)
    }

    fn new(branch: &'static str, proposal: bool) -> World {
        let github = FakeGithub::start();
        github.put(
            &format!("/repos/octo/repo/git/ref/heads/{branch}"),
            tip(branch),
        );
        World {
            github,
            program: Program::new().in_actions(),
            branch,
            proposal,
            reports: Vec::new(),
            changed: Vec::new(),
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
        self.changed.push(
            json!({ "filename": path, "status": "added", "additions": count,
            "deletions": 0, "changes": count, "patch": patch }),
        );
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
        let files = json!(self.changed);
        self.github
            .put("/repos/octo/repo/pulls/7/files", Served::json(&files));
        let event = match self.proposal {
            true => pull_request_event(self.branch),
            false => json!({ "repository": repository(), "after": TIP }),
        };
        let mut program = self
            .program
            .file("../runner/event.json", event.to_string().as_bytes());
        let path: PathBuf = program.workspace().join("../runner/event.json");
        let (name, git_ref) = match self.proposal {
            true => ("pull_request", "refs/pull/7/merge".to_owned()),
            false => ("push", format!("refs/heads/{}", self.branch)),
        };
        let fixed = [
            ("GITHUB_EVENT_NAME", name),
            ("GITHUB_EVENT_PATH", &path.to_string_lossy()),
            ("GITHUB_API_URL", &self.github.url),
            ("GITHUB_REF", &git_ref),
            ("GITHUB_SHA", TIP),
            ("INPUT_TOKEN", TOKEN),
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

/// A run that judged.
pub(super) struct Done {
    pub(super) ran: Ran,
    pub(super) verdict: Value,
    pub(super) github: FakeGithub,
}

impl Done {
    pub(super) fn word(&self) -> &str {
        self.verdict["verdict"].as_str().expect("a word")
    }

    /// The finding of a rule.
    pub(super) fn finding(&self, rule: &str) -> &Value {
        let mut found = self.findings().iter().filter(|found| found["rule"] == rule);
        let first = found.next().unwrap_or_else(|| panic!("no {rule}"));
        assert!(found.next().is_none(), "more than one {rule}");
        first
    }

    pub(super) fn findings(&self) -> &[Value] {
        self.verdict["findings"].as_array().expect("findings")
    }

    /// What became of the finding of a rule.
    pub(super) fn outcome(&self, rule: &str) -> &str {
        self.finding(rule)["outcome"].as_str().expect("a word")
    }

    pub(super) fn sarif(&self) -> Value {
        let text = self.ran.evidence("results.sarif").expect("a log");
        serde_json::from_str(&text).expect("JSON")
    }

    /// The result of a rule in `results.sarif`.
    pub(super) fn result(&self, rule: &str) -> Value {
        let log = self.sarif();
        let mut results = results(&log).into_iter();
        let found = results.find(|result| result["ruleId"] == rule);
        found.unwrap_or_else(|| panic!("no {rule}")).clone()
    }

    /// The text of a part of the verdict, to look for words in.
    pub(super) fn text(&self, pointer: &str) -> String {
        let part = self.verdict.pointer(pointer);
        part.unwrap_or_else(|| panic!("no {pointer}")).to_string()
    }

    pub(super) fn summary(&self) -> String {
        self.ran.evidence("summary.md").expect("a summary")
    }

    /// What holds of every run: one outcome each, counts that add up, documents of the right shape.
    fn check(&self, what: &str) {
        for (name, schema) in [
            ("verdict.json", &VERDICT),
            ("results.sarif", &SARIF),
            ("upload.sarif", &SARIF),
        ] {
            let text = self.ran.evidence(name).expect(name);
            check_schema(schema, &text, &format!("{what}: {name}"));
        }
        let count = |wanted: &str| {
            let same = self
                .findings()
                .iter()
                .filter(|found| found["outcome"] == wanted);
            same.count()
        };
        let words = ["fail", "warn", "note", "ignore", "excused"];
        let all: usize = words.into_iter().map(count).sum();
        assert_eq!(all, self.findings().len(), "{what}: one outcome each");
        let counts = &self.verdict["counts"];
        let rest = count("warn") + count("note") + count("ignore");
        let sum = rest as u64
            + counts["blocking"].as_u64().expect("a count")
            + counts["excused"].as_u64().expect("a count");
        assert_eq!(
            counts["total"], sum,
            "{what}: total = blocking + excused + rest"
        );
        for (name, key) in [("by_severity", "severity"), ("by_kind", "kind")] {
            for (word, number) in counts[name].as_object().expect("an object") {
                let same = self.findings().iter().filter(|found| found[key] == **word);
                assert_eq!(*number, same.count(), "{what}: {name} {word}");
            }
        }
        let new = self
            .findings()
            .iter()
            .filter(|found| found["state"] == "new");
        let new = json!(new.count());
        let compared = self.verdict["baseline"]["source"].is_string();
        assert_eq!(
            counts["new"],
            if compared { new } else { Value::Null },
            "{what}: new"
        );
        self.check_log(what);
    }

    /// `results.sarif` holds every finding with its state and what excuses it.
    fn check_log(&self, what: &str) {
        let log = self.sarif();
        let results = results(&log);
        assert_eq!(results.len(), self.findings().len(), "{what}: results");
        for finding in self.findings() {
            let at = format!("{what}: {}", finding["rule"]);
            let own = |result: &&&Value| {
                result["partialFingerprints"]["sarifGate/v1"] == finding["fingerprint"]
            };
            let result = results.iter().find(own).unwrap_or_else(|| panic!("{at}"));
            assert_eq!(result["baselineState"], finding["state"], "{at}");
            let first = &result["provenance"]["firstDetectionTimeUtc"];
            assert_eq!(*first, finding["first_seen"], "{at}");
            let accepted = result["suppressions"].as_array().is_some_and(|all| {
                let accepted = |one: &Value| one["status"] == "accepted";
                all.iter().any(accepted)
            });
            assert_eq!(accepted, finding["outcome"] == "excused", "{at}");
        }
    }
}

fn results(log: &Value) -> Vec<&Value> {
    let runs = log["runs"].as_array().expect("runs");
    runs.iter()
        .flat_map(|run| run["results"].as_array().into_iter().flatten())
        .collect()
}

/// An entry of a Trivy report: id, manifest, package, version, severity.
pub(super) type Entry<'a> = (&'a str, &'a str, &'a str, &'a str, &'a str);

/// A Trivy report of the repository; every entry has a fix.
pub(super) fn trivy(entries: &[Entry<'_>]) -> String {
    let mut by_manifest: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for (id, manifest, package, version, severity) in entries {
        by_manifest.entry(manifest).or_default().push(json!({
            "VulnerabilityID": id, "PkgName": package, "InstalledVersion": version,
            "FixedVersion": "99.0.0", "Severity": severity, "Title": "a problem",
            "PkgIdentifier": { "PURL": format!("pkg:npm/{package}@{version}") },
        }));
    }
    let results = by_manifest.into_iter().map(|(manifest, entries)| {
        json!({ "Target": manifest, "Class": "lang-pkgs", "Type": "npm", "Vulnerabilities": entries })
    });
    let results: Vec<Value> = results.collect();
    json!({ "SchemaVersion": 2, "ArtifactName": ".", "ArtifactType": "filesystem", "Results": results })
        .to_string()
}

/// One vulnerability in the lock file of the root.
pub(super) fn one(id: &str, severity: &str) -> String {
    trivy(&[(id, "package-lock.json", "left-pad", "1.0.0", severity)])
}

/// A log of a code scanner with these results: rule, file, line, whether a comment suppresses it. All are of level error.
pub(super) fn code(results: &[(&str, &str, u32, bool)]) -> String {
    let results: Vec<Value> = results
        .iter()
        .map(|(rule, path, line, suppressed)| {
            let mut result = json!({ "ruleId": rule, "level": "error", "message": { "text": "a problem" },
                "locations": [{ "physicalLocation": { "artifactLocation": { "uri": path },
                    "region": { "startLine": line } } }] });
            if *suppressed {
                result["suppressions"] = json!([{ "kind": "inSource", "justification": "trust me" }]);
            }
            result
        })
        .collect();
    json!({ "version": "2.1.0", "runs": [{ "tool": { "driver": { "name": "Lint", "version": "1" } },
        "results": results }] })
    .to_string()
}

/// A waiver file with one entry for a rule, which holds for years.
pub(super) fn waiver(rule: &str) -> String {
    format!(
        "version: 1\nwaivers:\n  - match:\n      rule: {rule}\n    decision: risk-accepted\n    \
         reason: nobody calls it\n    owner: team\n    expires: 2999-01-01\n"
    )
}

/// An OpenVEX document that says that the package is not affected.
pub(super) fn vex(rule: &str) -> String {
    json!({ "@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.com/vex/1", "author": "team",
        "timestamp": "2024-01-01T00:00:00Z", "version": 1, "statements": [{
            "vulnerability": { "name": rule }, "products": [{ "@id": "pkg:npm/left-pad@1.0.0" }],
            "status": "not_affected", "justification": "vulnerable_code_not_in_execute_path" }] })
    .to_string()
}

/// Days ago, RFC 3339.
#[expect(
    clippy::disallowed_methods,
    reason = "the program looks at the clock, too"
)]
pub(super) fn days_ago(days: i64) -> String {
    let then = chrono::Utc::now() - chrono::Duration::days(days);
    then.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}
