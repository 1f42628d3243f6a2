//! The program from the command line: every folder in `tests/cli` is a case.
//!
//! `case.json`: `what` it shows; `args`; `env` on top of nothing; `actions` for a step of a push without a token; `stdin`;
//! `files` of the workspace, each a text or one of `{"copy": FILE OF THIS REPOSITORY}`, `{"copy": …, "bytes": N}` (its
//! start), `{"link": TARGET}` and `{"folder": true}`; `git`: files that are added to an index. Expected: `exit`;
//! `stdout` and `stderr`: parts of them; `not`: parts of neither; `evidence` and `written`: parts of files; `absent`:
//! files that are not there; `verdict`: values of verdict.json by JSON pointer; `outputs`: values of outputs. Where the
//! folder has `stdout.txt` or `stderr.txt`, that stream is compared whole; `UPDATE=1` rewrites it.
//!
//! After every case what must always hold is looked at: verdict.json, outputs, pages, terminal and exit code agree.
#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    reason = "a test reads its cases and fails by a panic"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;
use serde_json::Value;

use crate::program::{Program, Ran, check_agreement};
use crate::runner;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    what: String,
    args: Vec<String>,
    #[serde(default)]
    env: BTreeMap<String, String>,
    #[serde(default)]
    actions: bool,
    #[serde(default)]
    stdin: Option<File>,
    #[serde(default)]
    files: BTreeMap<String, File>,
    #[serde(default)]
    git: Vec<String>,
    exit: i32,
    #[serde(default)]
    stdout: Vec<String>,
    #[serde(default)]
    stderr: Vec<String>,
    #[serde(default)]
    not: Vec<String>,
    #[serde(default)]
    evidence: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    written: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    absent: Vec<String>,
    #[serde(default)]
    verdict: BTreeMap<String, Value>,
    #[serde(default)]
    outputs: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
struct Made {
    copy: Option<String>,
    bytes: Option<usize>,
    link: Option<String>,
    folder: Option<bool>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum File {
    Text(String),
    Made(Made),
}

/// The root of the repository, which examples and fixtures are named from.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

impl File {
    fn bytes(&self) -> Vec<u8> {
        match self {
            File::Text(text) => text.clone().into_bytes(),
            File::Made(made) => {
                let path = root().join(made.copy.as_deref().expect("copy"));
                let mut bytes = std::fs::read(&path)
                    .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
                bytes.truncate(made.bytes.unwrap_or(usize::MAX));
                bytes
            }
        }
    }

    fn put(&self, program: Program, path: &str) -> Program {
        let File::Made(made) = self else {
            return program.file(path, &self.bytes());
        };
        let at = program.workspace().join(path);
        if let Some(target) = &made.link {
            std::os::unix::fs::symlink(target, at).expect("a link");
        } else if made.folder == Some(true) {
            std::fs::create_dir_all(at).expect("a folder");
        } else {
            return program.file(path, &self.bytes());
        }
        program
    }
}

fn cases() -> Vec<PathBuf> {
    let folder = root().join("tests/cli");
    let mut cases: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the cases")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    cases.sort();
    cases
}

fn run(case: &Case) -> Ran {
    let mut program = Program::new();
    if case.actions {
        program = program.in_actions();
    }
    for (name, value) in &case.env {
        program = program.env(name, value);
    }
    for (path, file) in &case.files {
        program = file.put(program, path);
    }
    if !case.git.is_empty() {
        let git = |arguments: &[&str]| {
            let done = Command::new("git")
                .args(arguments)
                .current_dir(program.workspace())
                .output()
                .expect("git");
            assert!(done.status.success(), "git {arguments:?}: {done:?}");
        };
        git(&["init", "--quiet"]);
        for path in &case.git {
            git(&["add", "--force", path]);
        }
    }
    if let Some(stdin) = &case.stdin {
        program = program.stdin(&stdin.bytes());
    }
    let arguments: Vec<&str> = case.args.iter().map(String::as_str).collect();
    program.run(&arguments)
}

fn has(place: &str, text: &str, parts: &[String]) {
    for part in parts {
        assert!(text.contains(part), "{place} lacks {part:?}:\n{text:.3000}");
    }
}

/// A stream that is compared whole, where the case has it.
fn golden(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    if !path.exists() {
        return;
    }
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, text).expect("rewritten");
    }
    let expected = std::fs::read_to_string(&path).expect("golden text");
    assert_eq!(text, expected, "{}", path.display());
}

fn check(folder: &Path) {
    let name = folder.file_name().expect("a name").to_string_lossy();
    let text = std::fs::read_to_string(folder.join("case.json")).expect("case.json");
    let case: Case = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
    let ran = run(&case);
    assert_eq!(
        ran.code, case.exit,
        "{name}: {}\n{:.2000}\n{:.2000}",
        case.what, ran.stdout, ran.stderr
    );
    has(&format!("{name}: stdout"), &ran.stdout, &case.stdout);
    has(&format!("{name}: stderr"), &ran.stderr, &case.stderr);
    for part in &case.not {
        let said = ran.stdout.contains(part) || ran.stderr.contains(part);
        assert!(
            !said,
            "{name}: {part:?} in\n{:.2000}{:.2000}",
            ran.stdout, ran.stderr
        );
    }
    golden(folder, "stdout.txt", &ran.stdout);
    golden(folder, "stderr.txt", &ran.stderr);
    for (file, parts) in &case.evidence {
        let text = ran
            .evidence(file)
            .unwrap_or_else(|| panic!("{name}: no {file}"));
        has(&format!("{name}: {file}"), &text, parts);
    }
    for (file, parts) in &case.written {
        let text = ran
            .file(file)
            .unwrap_or_else(|| panic!("{name}: no {file}"));
        has(&format!("{name}: {file}"), &text, parts);
    }
    for file in &case.absent {
        assert!(ran.file(file).is_none(), "{name}: {file} was written");
    }
    if !case.verdict.is_empty() {
        let verdict = ran
            .verdict()
            .unwrap_or_else(|| panic!("{name}: no verdict"));
        for (pointer, expected) in &case.verdict {
            assert_eq!(
                verdict.pointer(pointer),
                Some(expected),
                "{name}: {pointer}"
            );
        }
    }
    if let Some(outputs) = ran.outputs() {
        for (output, expected) in &case.outputs {
            assert_eq!(outputs.get(output), Some(expected), "{name}: {output}");
        }
        let forged: Vec<_> = runner::commands(&format!("{}\n{}", ran.stdout, ran.stderr))
            .into_iter()
            .filter(|seen| {
                let known = [
                    "error", "warning", "notice", "add-mask", "group", "endgroup",
                ];
                seen.old || !known.contains(&&*seen.name)
            })
            .collect();
        assert!(forged.is_empty(), "{name}: {forged:?}");
    }
    check_agreement(&ran, &name);
}

#[test]
fn cases_end_as_they_say() {
    let cases = cases();
    assert!(cases.len() > 40, "{} cases", cases.len());
    // Every case is run, so that one look at the output shows all that a change touched.
    let failed: Vec<&PathBuf> = cases
        .iter()
        .filter(|folder| std::panic::catch_unwind(|| check(folder)).is_err())
        .collect();
    assert!(failed.is_empty(), "{failed:#?}");
}
