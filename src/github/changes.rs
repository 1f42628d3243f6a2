//! Which files a change touches, asked of GitHub.

use serde::Deserialize;

use super::client::{Client, percent_encode};
use super::limits::{COMPARED_FILES, PER_PAGE, PULL_REQUEST_FILES};

#[derive(Deserialize)]
struct File {
    filename: String,
    previous_filename: Option<String>,
}

#[derive(Deserialize)]
struct Comparison {
    files: Option<Vec<File>>,
}

/// The files of a pull request; nothing when GitHub does not say, or says that it does not say all.
pub fn of_pull_request(client: &mut Client, repository: &str, number: u64) -> Option<Vec<String>> {
    let mut all = Vec::new();
    for page in 1.. {
        let path =
            format!("/repos/{repository}/pulls/{number}/files?per_page={PER_PAGE}&page={page}");
        let files: Vec<File> = client.get(&path).ok()?;
        let last = files.len() < PER_PAGE;
        all.extend(files.into_iter().flat_map(names));
        if last {
            return Some(all);
        }
        if page * PER_PAGE >= PULL_REQUEST_FILES {
            break;
        }
    }
    None
}

/// The files between two commits, as of [`of_pull_request`].
pub fn between(
    client: &mut Client,
    repository: &str,
    base: &str,
    head: &str,
) -> Option<Vec<String>> {
    let (base, head) = (percent_encode(base), percent_encode(head));
    let compared: Comparison = client
        .get(&format!("/repos/{repository}/compare/{base}...{head}"))
        .ok()?;
    let files = compared.files?;
    (files.len() < COMPARED_FILES).then(|| files.into_iter().flat_map(names).collect())
}

/// A file that moved is touched under both names.
fn names(file: File) -> impl Iterator<Item = String> {
    std::iter::once(file.filename).chain(file.previous_filename)
}
