//! The files that count on a pull request, from GitHub: the tip of the branch that it is going to, and config files of other
//! repositories.

use std::cell::RefCell;
use std::rc::Rc;

use crate::github::limits::{POLICY_FILE_BYTES, REPOSITORY_FILE_BYTES};
use crate::github::{Access, Client, Pace, contents};
use crate::model::{Context, Hidden};
use crate::settings::Base;

/// Finds the tip of the branch that a proposed change is going to. Its files are read when they are asked for, all of them
/// at this one commit.
pub(super) fn base(
    context: &Context,
    token: Option<&Hidden>,
    ca_bundle: Option<&str>,
) -> Result<Base, String> {
    let repository = context
        .repository
        .clone()
        .ok_or("the event does not say which repository it is about")?;
    let branch = context
        .base_ref
        .clone()
        .ok_or("the event does not say which branch it is going to")?;
    let mut client = client(context, token, ca_bundle)?;
    let sha =
        contents::tip(&mut client, &repository, &branch).map_err(|error| error.to_string())?;
    let client = RefCell::new(client);
    let at = sha.clone();
    Ok(Base {
        sha,
        branch,
        // Baselines and catalogues, too; whoever reads a config or waiver file looks at its size.
        read: Rc::new(move |path| {
            let mut client = client.borrow_mut();
            file(&mut client, &repository, path, &at, REPOSITORY_FILE_BYTES)
        }),
    })
}

/// A file of another repository and the commit that it is of.
pub(super) fn central(
    context: &Context,
    repository: &str,
    path: &str,
    reference: &str,
    token: Option<&Hidden>,
    ca_bundle: Option<&str>,
) -> Result<(Vec<u8>, String), String> {
    let mut client = client(context, token, ca_bundle)?;
    let sha =
        contents::resolve(&mut client, repository, reference).map_err(|error| error.to_string())?;
    let bytes = file(&mut client, repository, path, &sha, POLICY_FILE_BYTES)?
        .ok_or_else(|| format!("there is no file {path} at {sha}"))?;
    Ok((bytes, sha))
}

/// GitHub, where there is a token for it.
pub(super) fn client(
    context: &Context,
    token: Option<&Hidden>,
    ca_bundle: Option<&str>,
) -> Result<Client, String> {
    let token = token.ok_or("there is no token")?.clone();
    let access = Access {
        api_url: context.api_url.clone(),
        token,
        ca_bundle: ca_bundle.map(str::to_owned),
    };
    Ok(Client::new(access, Pace::default()))
}

/// A file at a commit, of at most so many bytes; `None` where it has none.
fn file(
    client: &mut Client,
    repository: &str,
    path: &str,
    sha: &str,
    most: usize,
) -> Result<Option<Vec<u8>>, String> {
    contents::file(client, repository, path, sha, most).map_err(|error| error.to_string())
}
