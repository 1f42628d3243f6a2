//! `reports` becomes open files: prefixes, globs, what no match means, and whether a file may be believed at all.

mod git_index;
mod patterns;

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use sha2::{Digest, Sha256};

use crate::formats::{Format, Hint, Secrets, read};
use crate::model::{Entries, Input, Report, Status};

pub use patterns::{CollectError, Collected};

/// What collecting needs to know.
pub struct Request<'a> {
    /// Entries of `reports`: path, glob, `-`, with an optional `format=` prefix or a leading `!`.
    pub entries: &'a [String],
    /// The entries are the built-in globs: only all of them without a match is a gap.
    pub built_in: bool,
    /// Where relative entries start.
    pub workspace: &'a Path,
    /// Folder that globs never enter, because we write there.
    pub evidence_dir: &'a Path,
    /// Refuse files that git tracks.
    pub refuse_tracked: bool,
    /// Oldest age in seconds, with the present time.
    pub max_age: Option<(u64, SystemTime)>,
}

/// Why a committed report is not read.
const COMMITTED: &str = "git tracks this file, and a report that is committed proves nothing about this run: let the scanner write it in the job (`allow-tracked-reports: true` in the config is for demonstrations)";

/// Why no report is read where nobody knows which are committed.
const UNKNOWN_INDEX: &str = "git's index cannot be understood (a split index, SHA-256 ids, or damage), so nobody knows whether this file is committed: check out without those, or set `allow-tracked-reports: true` in the config";

/// Finds the files.
///
/// # Errors
/// When an entry cannot be understood: an unknown prefix or a broken glob.
pub fn collect(request: &Request<'_>) -> Result<Vec<Collected>, CollectError> {
    let mut found = patterns::expand(request)?;
    if request.refuse_tracked {
        let tracked = git_index::tracked(request.workspace);
        for item in found.iter_mut().filter(|item| item.file.is_some()) {
            let Some(tracked) = &tracked else {
                item.problem = Some(UNKNOWN_INDEX.to_owned());
                continue;
            };
            let committed = |path: &Path| committed(path, request.workspace, tracked);
            if item.file.as_deref().is_some_and(committed) {
                item.problem = Some(COMMITTED.to_owned());
            }
        }
    }
    if let Some((limit, now)) = request.max_age {
        for item in found.iter_mut().filter(|item| item.problem.is_none()) {
            let written = item
                .file
                .as_deref()
                .and_then(|path| path.metadata().ok()?.modified().ok());
            let old = |at: &SystemTime| {
                let age = now.duration_since(*at).ok();
                age.is_some_and(|age| age.as_secs() > limit)
            };
            // The moment and not the age: the text of another run over the same file is the same.
            if let Some(at) = written.filter(old) {
                let at = crate::model::spelled(at.into());
                item.problem = Some(format!(
                    "written at {at}, older than `max-report-age` ({limit} seconds): it is not of this run"
                ));
            }
        }
    }
    Ok(found)
}

/// Whether git tracks the file, or a link by which it is reached: a committed link could pass one scanner's report off
/// as another's.
fn committed(path: &Path, workspace: &Path, tracked: &HashSet<Vec<u8>>) -> bool {
    let is_tracked = |path: &Path| {
        let relative = relative(path, workspace);
        relative.is_some_and(|path| tracked.contains(&path))
    };
    let mut way = path.ancestors().take_while(|part| *part != workspace);
    path.canonicalize().is_ok_and(|file| is_tracked(&file))
        || way.any(|part| part.is_symlink() && is_tracked(part))
}

/// `path` relative to the workspace with `/`. Links on the way are resolved, a link at its end is not.
fn relative(path: &Path, workspace: &Path) -> Option<Vec<u8>> {
    use std::os::unix::ffi::OsStrExt as _;
    let path = path.parent()?.canonicalize().ok()?.join(path.file_name()?);
    let root = workspace.canonicalize().ok()?;
    Some(
        path.strip_prefix(root)
            .ok()?
            .as_os_str()
            .as_bytes()
            .to_vec(),
    )
}

/// Reads every collected file. A file that cannot be used becomes a report that says so.
pub fn read_all(found: Vec<Collected>, secrets: &mut Secrets, stdin: &mut dyn Read) -> Vec<Report> {
    found
        .into_iter()
        .map(|item| read_one(item, secrets, stdin))
        .collect()
}

fn read_one(item: Collected, secrets: &mut Secrets, stdin: &mut dyn Read) -> Report {
    let shown = item.shown;
    if let Some(problem) = item.problem {
        return unusable(shown, problem);
    }
    let name = Path::new(&shown)
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default()
        .to_owned();
    let hint = Hint {
        format: item.format,
        name: &name,
    };
    let mut file;
    let source: &mut dyn Read = match &item.file {
        None => stdin,
        Some(path) => match open(path) {
            Ok(opened) => {
                file = opened;
                &mut file
            }
            Err(error) => return unusable(shown, format!("cannot be opened: {error}")),
        },
    };
    let mut hashed = Hashed {
        inner: source,
        hash: Sha256::new(),
        bytes: 0,
        ended: false,
    };
    let mut report = read(&mut hashed, hint, secrets);
    report.input = Input {
        path: shown,
        sha256: hashed.digest(),
        bytes: hashed.bytes,
    };
    report
}

fn open(path: &PathBuf) -> io::Result<File> {
    let file = File::open(path)?;
    if file.metadata()?.is_dir() {
        return Err(io::Error::other(
            "it is a folder; name the files in it, as in `folder/*.json`",
        ));
    }
    Ok(file)
}

fn unusable(path: String, problem: String) -> Report {
    Report {
        input: Input {
            path,
            ..Input::default()
        },
        format: None,
        runs: Vec::new(),
        target: None,
        status: Status::Unusable(problem),
        understood: false,
        unanalysed: Vec::new(),
        entries: Entries::default(),
        findings: Vec::new(),
        reader: None,
        measures: Vec::new(),
        signatures: Vec::new(),
        products: Vec::new(),
        repairs: Vec::new(),
    }
}

/// Hashes what passes through.
struct Hashed<'a> {
    inner: &'a mut dyn Read,
    hash: Sha256,
    bytes: u64,
    ended: bool,
}

impl Read for Hashed<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(out)?;
        self.hash.update(out.get(..read).unwrap_or_default());
        self.bytes += read as u64;
        self.ended |= read == 0 && !out.is_empty();
        Ok(read)
    }
}

impl Hashed<'_> {
    /// The digest of the whole file: what a reader left unread after an error is hashed too, within a bound.
    fn digest(&mut self) -> String {
        let mut chunk = [0; 64 << 10];
        while !self.ended && self.bytes < crate::syntax::MAX_DOCUMENT_BYTES {
            if self.read(&mut chunk).is_err() {
                return String::new();
            }
        }
        if !self.ended {
            return String::new();
        }
        let digest: [u8; 32] = std::mem::take(&mut self.hash).finalize().into();
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Whether git tracks a file of the checkout, or a link by which it is reached. An index that cannot be understood may track
/// everything.
pub fn is_tracked(path: &Path, workspace: &Path) -> bool {
    git_index::tracked(workspace).is_none_or(|tracked| committed(path, workspace, &tracked))
}

/// The format that a prefix names.
pub(crate) fn named_format(name: &str) -> Option<&'static Format> {
    crate::formats::by_id(name)
}
