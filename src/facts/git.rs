//! Which files and lines a change touches, asked of git on a laptop, where GitHub knows nothing yet of the work.
//!
//! A repository can name programs that git runs (hooks, file system monitors, filters, drivers, transports), and a report
//! is often read in somebody else's repository. So git runs with an environment of its own, without the user's and the
//! system's configuration, and with what could start a program switched off. What is odd gives nothing.

use std::ffi::OsString;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::github::changes::{Gathered, PullFiles};
use crate::github::patch::{FileDiff, of_git};
use crate::model::Changes;

/// Longest output of git that is read, in bytes.
const OUTPUT_BYTES: u64 = 64 << 20;

/// How long all questions together may take.
const TIME: Duration = Duration::from_secs(10);

/// Where the default branch stands, best first.
const DEFAULT_BRANCHES: [&str; 5] = [
    "refs/remotes/origin/HEAD",
    "refs/remotes/origin/main",
    "refs/remotes/origin/master",
    "refs/heads/main",
    "refs/heads/master",
];

/// What the working tree of `workspace` changes since it left the default branch, its untracked files included, by path
/// relative to `workspace`. Nothing without a git program, outside of a repository, or when anything is odd.
pub fn changes_of(workspace: &Path) -> Option<Changes> {
    files_of(workspace).map(|files| files.changes)
}

/// As [`changes_of`], with the text of the added lines.
pub fn files_of(workspace: &Path) -> Option<PullFiles> {
    let path = std::env::var_os("PATH")?;
    let git = Git {
        program: program(&path, workspace)?,
        path,
        workspace,
        deadline: Instant::now().checked_add(TIME)?,
    };
    // Filters of the repository's own configuration are programs, and no option keeps git from running them.
    let filters = git.run(&[
        "config",
        "--includes",
        "--name-only",
        "--get-regexp",
        r"^filter\.",
    ])?;
    if filters.code != Some(1) || !filters.output.is_empty() {
        return None;
    }
    let base = DEFAULT_BRANCHES.iter().find_map(|name| {
        let commit = format!("{name}^{{commit}}");
        git.commit(&["rev-parse", "--verify", "--quiet", &commit])
    })?;
    let base = git.commit(&["merge-base", "HEAD", &base])?;
    let diff = git.answer(&[
        "diff",
        "--unified=0",
        "--inter-hunk-context=0",
        "--no-color",
        "--no-ext-diff",
        "--no-textconv",
        "--find-renames",
        "-O/dev/null",
        "--relative",
        "--submodule=short",
        "--ignore-submodules=dirty",
        "--src-prefix=a/",
        "--dst-prefix=b/",
        &base,
        "--",
    ])?;
    let mut gathered = Gathered::default();
    for file in of_git(&diff, gathered.room())? {
        gathered.add(file);
    }
    let untracked = git.answer(&["ls-files", "--others", "--exclude-standard", "-z", "--"])?;
    for name in untracked.split(|byte| *byte == 0).filter(|n| !n.is_empty()) {
        gathered.add(FileDiff {
            old: None,
            new: Some(String::from_utf8_lossy(name).into_owned()),
            patch: None,
        });
    }
    Some(gathered.finish())
}

/// The git of the search path. Relative entries and those within the workspace are passed over: a program there belongs
/// to the repository.
fn program(path: &OsString, workspace: &Path) -> Option<PathBuf> {
    let workspace = workspace.canonicalize().ok()?;
    std::env::split_paths(path)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join("git"))
        .filter_map(|file| file.canonicalize().ok().map(|real| (file, real)))
        .find(|(_, real)| real.is_file() && !real.starts_with(&workspace))
        .map(|(file, _)| file)
}

struct Git<'a> {
    program: PathBuf,
    path: OsString,
    workspace: &'a Path,
    deadline: Instant,
}

/// What one git said.
struct Said {
    code: Option<i32>,
    output: Vec<u8>,
}

impl Git<'_> {
    /// The output of a git that succeeded.
    fn answer(&self, arguments: &[&str]) -> Option<Vec<u8>> {
        let said = self.run(arguments)?;
        (said.code == Some(0)).then_some(said.output)
    }

    /// The id of a commit.
    fn commit(&self, arguments: &[&str]) -> Option<String> {
        let id = String::from_utf8(self.answer(arguments)?).ok()?;
        let id = id.trim_end();
        let legal = matches!(id.len(), 40 | 64) && id.bytes().all(|b| b.is_ascii_hexdigit());
        legal.then(|| id.to_string())
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(["--no-pager", "--no-optional-locks", "--literal-pathspecs"])
            .args([
                "-c",
                "core.fsmonitor=false",
                "-c",
                "core.hooksPath=/dev/null",
            ])
            .args(["-c", "core.quotePath=true"])
            .args([
                "-c",
                "submodule.recurse=false",
                "-c",
                "protocol.allow=never",
            ])
            .args(arguments)
            .current_dir(self.workspace)
            // Nothing of `GIT_*` that the user or a surrounding git has set.
            .env_clear()
            .env("PATH", &self.path)
            .env("LC_ALL", "C")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_ATTR_NOSYSTEM", "1")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_OPTIONAL_LOCKS", "0")
            // A partial clone would fetch what it lacks, by a program that its configuration names.
            .env("GIT_NO_LAZY_FETCH", "1")
            .env("GIT_ALLOW_PROTOCOL", "none")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        command
    }

    /// Runs git within what is left of the time; nothing when it does not end or says too much.
    fn run(&self, arguments: &[&str]) -> Option<Said> {
        let mut child = self.command(arguments).spawn().ok()?;
        let said = self.listen(&mut child);
        if said.is_none() {
            // It may have ended by itself meanwhile; then there is nothing to end.
            let _ = child.kill();
            let _ = child.wait();
        }
        said
    }

    fn listen(&self, child: &mut Child) -> Option<Said> {
        let output = child.stdout.take()?;
        let (sender, receiver) = mpsc::channel();
        // A thread, because reading has no end when a child of the child holds the pipe.
        std::thread::spawn(move || {
            let mut read = Vec::new();
            let done = output
                .take(OUTPUT_BYTES.saturating_add(1))
                .read_to_end(&mut read);
            // Nobody waits any more when the time is up.
            let _ = sender.send(done.map(|_| read));
        });
        let output = receiver.recv_timeout(self.left()).ok()?.ok()?;
        if u64::try_from(output.len()).ok()? > OUTPUT_BYTES {
            return None;
        }
        loop {
            if let Some(status) = child.try_wait().ok()? {
                let code = status.code();
                return Some(Said { code, output });
            }
            if self.left().is_zero() {
                return None;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }
}

#[cfg(test)]
mod tests;
