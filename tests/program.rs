//! The built program in a folder of its own, with nothing of this process's environment, and what it left behind.
#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test starts programs, reads files, says what it skips and fails by a panic"
)]

use std::collections::BTreeMap;
use std::io::{Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::runner;

/// Longest that any run may take here, unoptimised and on a busy machine.
const LIMIT: Duration = Duration::from_secs(20);

/// Paths of the command files in Actions, relative to the folder. Outside the workspace, as on a runner.
const OUTPUT: &str = "runner/output";
const STEP_SUMMARY: &str = "runner/summary";
/// The workspace in the folder.
const WORKSPACE: &str = "work";

/// A run that is being prepared.
pub(crate) struct Program {
    folder: tempfile::TempDir,
    environment: BTreeMap<String, String>,
    stdin: Vec<u8>,
}

impl Program {
    /// An empty workspace on a laptop.
    pub(crate) fn new() -> Program {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join(WORKSPACE)).expect("a workspace");
        std::fs::create_dir(folder.path().join("runner")).expect("the runner's folder");
        Program {
            folder,
            environment: BTreeMap::new(),
            stdin: Vec::new(),
        }
    }

    /// As a step of a push without a token.
    pub(crate) fn in_actions(mut self) -> Program {
        for file in [OUTPUT, STEP_SUMMARY] {
            std::fs::write(self.folder.path().join(file), "").expect("a command file");
        }
        let at = |name: &str| self.folder.path().join(name).to_string_lossy().into_owned();
        let variables = [
            ("GITHUB_ACTIONS", "true".to_owned()),
            ("GITHUB_OUTPUT", at(OUTPUT)),
            ("GITHUB_STEP_SUMMARY", at(STEP_SUMMARY)),
            ("GITHUB_WORKSPACE", at(WORKSPACE)),
            ("GITHUB_EVENT_NAME", "push".to_owned()),
            ("GITHUB_REPOSITORY", "octo/repo".to_owned()),
            ("GITHUB_REF", "refs/heads/main".to_owned()),
            (
                "GITHUB_SHA",
                "0123456789abcdef0123456789abcdef01234567".to_owned(),
            ),
            ("GITHUB_RUN_ID", "42".to_owned()),
        ];
        for (name, value) in variables {
            self.environment.insert(name.to_owned(), value);
        }
        self
    }

    /// Sets a variable.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Program {
        self.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    /// What standard input holds.
    pub(crate) fn stdin(mut self, bytes: &[u8]) -> Program {
        self.stdin = bytes.to_vec();
        self
    }

    /// The workspace.
    pub(crate) fn workspace(&self) -> PathBuf {
        self.folder.path().join(WORKSPACE)
    }

    /// Writes a file of the workspace.
    pub(crate) fn file(self, path: &str, bytes: &[u8]) -> Program {
        let path = self.workspace().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(&path, bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        self
    }

    /// Runs it to its end. The folder stays as long as what is returned.
    pub(crate) fn run(self, arguments: &[&str]) -> Ran {
        let started = Instant::now();
        let mut child = Command::new(env!("CARGO_BIN_EXE_sarif-gate"))
            .args(arguments)
            .env_clear()
            .envs(&self.environment)
            .current_dir(self.workspace())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        let bytes = self.stdin.clone();
        // The program may end without having read it.
        std::thread::spawn(move || stdin.write_all(&bytes).ok());
        let stdout = drain(child.stdout.take().expect("a pipe"));
        let stderr = drain(child.stderr.take().expect("a pipe"));
        let status = loop {
            if let Some(status) = child.try_wait().expect("it is ours") {
                break status;
            }
            if started.elapsed() > LIMIT {
                child.kill().expect("it ends");
                panic!("{arguments:?} took longer than {LIMIT:?}");
            }
            std::thread::sleep(Duration::from_millis(2));
        };
        Ran {
            // A signal is no code; 134 is what shells say of an abort.
            code: status.code().unwrap_or(134),
            stdout: text(stdout.recv().expect("it was read"), "standard output"),
            stderr: text(stderr.recv().expect("it was read"), "standard error"),
            actions: self.environment.contains_key("GITHUB_ACTIONS"),
            folder: self.folder,
        }
    }
}

fn drain(mut pipe: impl Read + Send + 'static) -> mpsc::Receiver<Vec<u8>> {
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).expect("a pipe");
        send.send(bytes)
    });
    receive
}

fn text(bytes: Vec<u8>, what: &str) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| panic!("{what} is not UTF-8: {error}"))
}

/// What a run said and wrote.
pub(crate) struct Ran {
    folder: tempfile::TempDir,
    actions: bool,
    /// The exit code.
    pub(crate) code: i32,
    /// Standard output.
    pub(crate) stdout: String,
    /// Standard error.
    pub(crate) stderr: String,
}

impl Ran {
    /// A file that was written, relative to the workspace.
    pub(crate) fn file(&self, path: &str) -> Option<String> {
        let bytes = std::fs::read(self.folder.path().join(WORKSPACE).join(path)).ok()?;
        Some(text(bytes, path))
    }

    /// The bytes of a file that was written, relative to the workspace.
    pub(crate) fn bytes(&self, path: &str) -> Option<Vec<u8>> {
        std::fs::read(self.folder.path().join(WORKSPACE).join(path)).ok()
    }

    /// A file of the evidence.
    pub(crate) fn evidence(&self, name: &str) -> Option<String> {
        self.file(&format!("reports/security/{name}"))
    }

    /// `verdict.json`.
    pub(crate) fn verdict(&self) -> Option<Value> {
        let text = self.evidence("verdict.json")?;
        Some(serde_json::from_str(&text).expect("verdict.json is JSON"))
    }

    /// `GITHUB_STEP_SUMMARY`.
    pub(crate) fn step_summary(&self) -> String {
        std::fs::read_to_string(self.folder.path().join(STEP_SUMMARY)).unwrap_or_default()
    }

    /// `GITHUB_OUTPUT` as it is.
    pub(crate) fn output_text(&self) -> String {
        std::fs::read_to_string(self.folder.path().join(OUTPUT)).unwrap_or_default()
    }

    /// The outputs as the runner reads them, the last of each name; nothing on a laptop.
    pub(crate) fn outputs(&self) -> Option<BTreeMap<String, String>> {
        self.actions.then(|| {
            runner::entries(&self.output_text())
                .unwrap_or_else(|error| panic!("GITHUB_OUTPUT: {error}"))
                .into_iter()
                .collect()
        })
    }

    /// Every text that left the program, with its name.
    pub(crate) fn texts(&self) -> Vec<(String, String)> {
        let mut all = vec![
            ("stdout".to_owned(), self.stdout.clone()),
            ("stderr".to_owned(), self.stderr.clone()),
            ("GITHUB_OUTPUT".to_owned(), self.output_text()),
            ("GITHUB_STEP_SUMMARY".to_owned(), self.step_summary()),
        ];
        for name in [
            "summary.md",
            "verdict.json",
            "results.sarif",
            "upload.sarif",
        ] {
            all.extend(self.evidence(name).map(|text| (name.to_owned(), text)));
        }
        all
    }
}

/// What the exit code says, the verdict and every place that shows it have to agree on.
pub(crate) fn check_agreement(ran: &Ran, what: &str) {
    let outputs = ran.outputs();
    if let Some(outputs) = &outputs {
        let names: Vec<&str> = outputs.keys().map(String::as_str).collect();
        let mut declared: Vec<&str> = sarif_gate::destinations::action_outputs::OUTPUTS
            .iter()
            .map(|(name, _)| *name)
            .collect();
        declared.sort_unstable();
        assert_eq!(names, declared, "{what}: outputs, no more and no less");
    }
    let Some(verdict) = ran.verdict() else {
        assert!(
            [0, 2, 3, 70].contains(&ran.code),
            "{what}: {} without a verdict",
            ran.code
        );
        if let Some(outputs) = outputs {
            // What stands there before anything is known: it lets nobody pass.
            assert_eq!(outputs["verdict"], "incomplete", "{what}");
            assert_eq!(outputs["complete"], "false", "{what}");
            assert_ne!(outputs["reason"], "", "{what}");
            assert_eq!(outputs["verdict-file"], "", "{what}");
        }
        return;
    };
    let word = verdict["verdict"].as_str().expect("a verdict");
    let enforced = verdict["mode"] == "enforce";
    let code = match word {
        "pass" | "warn" => 0,
        "fail" if enforced => 1,
        "incomplete" if enforced => 2,
        _ => 0,
    };
    assert_eq!(verdict["exit_code"], code, "{what}: verdict.json");
    // 4 stands beside a verdict that lets pass; it is known only after the evidence is written.
    let untold = ran.code == 4 && code == 0;
    assert!(
        ran.code == code || untold,
        "{what}: exit code {} for {word}\n{}",
        ran.code,
        ran.stderr
    );
    let mut heads = vec![("summary.md", ran.evidence("summary.md").expect("a summary"))];
    let step = ran.step_summary();
    if !step.is_empty() {
        heads.push(("the step summary", step));
    }
    for (place, page) in heads {
        let head = page.lines().find(|line| !line.is_empty()).unwrap_or("");
        assert!(
            head.starts_with("## ") && head.contains(&format!("Security gate: {word} ")),
            "{what}: {place}: {head}"
        );
    }
    let first = ran.stdout.lines().next().unwrap_or("");
    match first.chars().next() {
        // Text; documents begin with a bracket, pages with a heading.
        Some('✔' | '✖' | '▲') => assert!(
            first.contains(&word.to_uppercase()),
            "{what}: terminal: {first}"
        ),
        Some('{') if !first.contains("$schema") => {
            let shown: Value = serde_json::from_str(&ran.stdout).expect("JSON");
            assert_eq!(shown, verdict, "{what}: --format json");
        }
        _ => {}
    }
    let counts = &verdict["counts"];
    let findings = verdict["findings"].as_array().expect("findings");
    let judged = |word: &str| findings.iter().filter(|f| f["outcome"] == word).count();
    assert_eq!(counts["total"], findings.len(), "{what}");
    assert_eq!(counts["blocking"], judged("fail"), "{what}");
    assert_eq!(counts["warned"], judged("warn"), "{what}");
    assert_eq!(counts["excused"], judged("excused"), "{what}");
    // A bypass lifts the verdict, not what became of the findings.
    let unlifted = verdict["bypass"]["lifted"].as_str().unwrap_or(word);
    assert_eq!(unlifted == "fail", judged("fail") > 0, "{what}");
    assert!(
        unlifted == word || word == "warn",
        "{what}: lifted to {word}"
    );
    if let Some(outputs) = outputs {
        assert_eq!(outputs["verdict"], word, "{what}");
        assert_eq!(
            outputs["complete"],
            verdict["complete"].to_string(),
            "{what}"
        );
        assert_eq!(outputs["total"], counts["total"].to_string(), "{what}");
        assert_eq!(
            outputs["blocking"],
            counts["blocking"].to_string(),
            "{what}"
        );
        assert_eq!(outputs["excused"], counts["excused"].to_string(), "{what}");
        for severity in ["critical", "high", "medium", "low"] {
            let known = counts["by_severity"][severity].to_string();
            assert_eq!(outputs[severity], known, "{what}: {severity}");
        }
        assert!(!outputs["reason"].is_empty(), "{what}");
        for name in ["sarif-file", "summary-file", "verdict-file"] {
            assert!(ran.file(&outputs[name]).is_some(), "{what}: {name}");
        }
    }
}

/// The folder of shared real and hostile files, where there is one beside the repository.
pub(crate) fn shared() -> Option<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared");
    let folder = std::env::var_os("SARIF_GATE_SHARED").unwrap_or_else(|| beside.into());
    let folder = PathBuf::from(folder);
    if folder.join("real").is_dir() && folder.join("hostile").is_dir() {
        return Some(folder);
    }
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        eprintln!(
            "skipped: end-to-end runs over shared files, none at {}",
            folder.display()
        );
    });
    None
}

/// Every file below a folder, sorted.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = walkdir::WalkDir::new(folder)
        .into_iter()
        .map(|entry| entry.expect("an entry"))
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .collect();
    found.sort();
    found
}
