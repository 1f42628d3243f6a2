//! Which files and lines a change touches, asked of GitHub.

use serde::Deserialize;

use super::client::{Client, percent_encode};
use super::limits::{COMPARED_FILES, PER_PAGE, PULL_REQUEST_FILES};
use super::patch::{FileDiff, Patch, Room, of_file};
use crate::model::{Added, AddedFile, Changes, Touched};

/// What a change touches, and what it adds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PullFiles {
    /// Files and lines.
    pub changes: Changes,
    /// The added lines with their text.
    pub added: Added,
}

/// A "diff entry" of the REST API.
#[derive(Deserialize)]
struct File {
    filename: String,
    previous_filename: Option<String>,
    status: Option<String>,
    additions: Option<u64>,
    deletions: Option<u64>,
    patch: Option<String>,
}

#[derive(Deserialize)]
struct Comparison {
    files: Option<Vec<File>>,
}

/// What a pull request touches; nothing when GitHub does not say, or says that it does not say all.
pub fn of_pull_request(client: &mut Client, repository: &str, number: u64) -> Option<Changes> {
    files_of_pull_request(client, repository, number).map(|files| files.changes)
}

/// What lies between two commits, as of [`of_pull_request`].
pub fn between(client: &mut Client, repository: &str, base: &str, head: &str) -> Option<Changes> {
    files_between(client, repository, base, head).map(|files| files.changes)
}

/// As [`of_pull_request`], with the text of the added lines.
pub fn files_of_pull_request(
    client: &mut Client,
    repository: &str,
    number: u64,
) -> Option<PullFiles> {
    let mut gathered = Gathered::default();
    let path = format!("/repos/{repository}/pulls/{number}/files");
    let whole = client.pages(&path, PULL_REQUEST_FILES.div_ceil(PER_PAGE), |files| {
        files.into_iter().for_each(|file| gathered.take(file));
        true
    });
    whole.ok()?.then(|| gathered.finish())
}

/// As [`between`], with the text of the added lines.
pub fn files_between(
    client: &mut Client,
    repository: &str,
    base: &str,
    head: &str,
) -> Option<PullFiles> {
    let (base, head) = (percent_encode(base), percent_encode(head));
    let compared: Comparison = client
        .get(&format!("/repos/{repository}/compare/{base}...{head}"))
        .ok()?;
    let files = compared.files?;
    if files.len() >= COMPARED_FILES {
        return None;
    }
    let mut gathered = Gathered::default();
    files.into_iter().for_each(|file| gathered.take(file));
    Some(gathered.finish())
}

/// The files of a change, one after the other.
#[derive(Default)]
pub struct Gathered {
    files: PullFiles,
    room: Room,
}

impl Gathered {
    /// One file as GitHub tells it. A patch that does not have the lines that GitHub counts is not whole.
    fn take(&mut self, file: File) {
        let counted = |patch: &Patch| {
            file.additions.is_none_or(|n| n == patch.additions)
                && file.deletions.is_none_or(|n| n == patch.deletions)
        };
        let patch = file
            .patch
            .as_deref()
            .and_then(|text| of_file(text, &mut self.room))
            .filter(counted);
        let gone = file.status.as_deref() == Some("removed");
        self.add(FileDiff {
            old: file
                .previous_filename
                .or_else(|| gone.then(|| file.filename.clone())),
            new: (!gone).then_some(file.filename),
            patch,
        });
    }

    /// One file. Whoever asks about a name that is gone asks about all of it: its lines are in no new state.
    pub fn add(&mut self, file: FileDiff) {
        let FileDiff { old, new, patch } = file;
        if let Some(old) = old.filter(|old| Some(old) != new.as_ref()) {
            self.files.changes.touch(old, Touched::All);
        }
        let Some(new) = new else { return };
        let (touched, lines) = match patch {
            Some(patch) => (Touched::Lines(patch.ranges), patch.added),
            None => (Touched::All, None),
        };
        self.files.changes.touch(new.clone(), touched);
        self.files.added.files.push(AddedFile { path: new, lines });
    }

    /// Where text that is still to be read finds its room.
    pub fn room(&mut self) -> &mut Room {
        &mut self.room
    }

    /// All of them, each once.
    pub fn finish(mut self) -> PullFiles {
        let files = &mut self.files.added.files;
        files.sort_by(|a, b| a.path.cmp(&b.path));
        files.dedup_by(|later, first| {
            let same = later.path == first.path;
            if same {
                // Two accounts of one file: nobody knows which holds.
                first.lines = None;
            }
            same
        });
        self.files
    }
}
