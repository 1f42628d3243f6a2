//! Which config file counts. On pull requests and merge groups that of the branch that the change is going to, never the
//! checkout's; what the checkout's would say is kept aside, to be shown.
//!
//! Must not know: how files are fetched, what settings mean.

use std::io;
use std::rc::Rc;

use super::config_file::{ConfigFile, DEFAULT_PATH, ReadFile, parse, within};
use super::origin::{Problem, plain, quoted};
use super::tighten::{WHY, may_override};
use crate::model::{Context, Hidden};

/// Reads a file of one commit by its path from the root; `None` where there is none.
pub type ReadBase = Rc<dyn Fn(&str) -> Result<Option<Vec<u8>>, String>>;

/// The commit that a proposed change is judged by: the tip of the branch that it is going to.
#[derive(Clone)]
pub struct Base {
    /// The commit.
    pub sha: String,
    /// The branch.
    pub branch: String,
    /// Reads a file of it.
    pub read: ReadBase,
}

impl std::fmt::Debug for Base {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Base")
            .field("sha", &self.sha)
            .field("branch", &self.branch)
            .finish_non_exhaustive()
    }
}

/// Finds the trusted commit of a proposed change, with a token and a file of certificate authorities where there are some.
pub type FindBase<'a> = &'a dyn Fn(&Context, Option<&Hidden>, Option<&str>) -> Result<Base, String>;

/// Fetches a file of another repository (its name, the path, the ref): its bytes and the commit that they are of.
pub type FetchCentral<'a> = &'a dyn Fn(
    &Context,
    &str,
    &str,
    &str,
    Option<&Hidden>,
    Option<&str>,
) -> Result<(Vec<u8>, String), String>;

/// Reads a file of a proposed change's checkout by its path from the root. The change may have put a link there, to a file
/// with secrets: links are not followed.
pub type ReadHead<'a> = &'a dyn Fn(&Context, &str) -> io::Result<Vec<u8>>;

/// How files that count are reached.
pub(super) struct Reach<'a> {
    /// Files of a checkout that is trusted.
    pub(super) read: ReadFile<'a>,
    /// Files of the checkout of a proposed change.
    pub(super) head: ReadHead<'a>,
    /// The trusted commit.
    pub(super) base: FindBase<'a>,
    /// Files of other repositories.
    pub(super) central: FetchCentral<'a>,
    /// The job's token.
    pub(super) token: Option<&'a Hidden>,
    /// Token for a central config file.
    pub(super) config_token: Option<&'a Hidden>,
    /// File of certificate authorities.
    pub(super) ca_bundle: Option<&'a str>,
}

/// The config file that counts, and what became of the others.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// It, where there is one.
    pub(super) config: Option<ConfigFile>,
    /// The trusted commit of a proposed change.
    pub(super) base: Option<Base>,
    /// Inputs that do not count, a sentence each.
    pub(super) refused: Vec<String>,
    /// What the change makes of the file.
    pub(super) proposed: Proposed,
}

/// What a change makes of the config file.
#[derive(Debug, Default)]
pub(super) enum Proposed {
    /// Nothing.
    #[default]
    Same,
    /// Another one, or none.
    Other(Option<Box<ConfigFile>>),
    /// One that cannot be read.
    Broken(Vec<Problem>),
}

/// A file in another repository.
struct Elsewhere<'a> {
    repository: String,
    path: String,
    reference: &'a str,
}

/// Finds the file. `named` is the path that somebody asked for: that one has to exist. Relative paths start at the workspace.
pub(super) fn find(
    named: Option<&str>,
    context: &Context,
    reach: &Reach<'_>,
) -> Result<Found, Vec<Problem>> {
    if context.actions && context.is_proposal() {
        return proposal(named, context, reach);
    }
    let config = match named.and_then(elsewhere) {
        Some(place) => Some(central(&place, context, reach)?),
        None => local(named, &context.workspace, reach.read)?,
    };
    Ok(Found {
        config,
        ..Found::default()
    })
}

/// The file of the checkout.
fn local(
    named: Option<&str>,
    workspace: &str,
    read: ReadFile<'_>,
) -> Result<Option<ConfigFile>, Vec<Problem>> {
    let path = named.unwrap_or(DEFAULT_PATH);
    match read(&within(workspace, path)) {
        Ok(bytes) => parse(path, &bytes).map(Some),
        Err(error) if named.is_none() && is_absent(&error) => Ok(None),
        Err(error) => Err(said(
            path,
            format!(
                "the config file cannot be read: {error}; looked in {}",
                quoted(workspace)
            ),
        )),
    }
}

fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

fn said(path: &str, text: String) -> Vec<Problem> {
    vec![Problem::config(path, None, None, text)]
}

/// The file of the trusted commit.
fn proposal(
    named: Option<&str>,
    context: &Context,
    reach: &Reach<'_>,
) -> Result<Found, Vec<Problem>> {
    let branch = plain(context.base_ref.as_deref().unwrap_or("the base branch"));
    let base = (reach.base)(context, reach.token, reach.ca_bundle).map_err(|error| {
        said(
            named.unwrap_or(DEFAULT_PATH),
            format!(
                "on a pull request the config file counts as it is at the tip of {branch}, and that cannot be read: {error}; \
                 the job needs a token with contents: read"
            ),
        )
    })?;
    let usual = at_base(&base, DEFAULT_PATH)?;
    let mut found = Found::default();
    let moved = match named {
        Some(named) => {
            let inside = match elsewhere(named) {
                Some(_) => None,
                None => Some(inside(named, &context.workspace)?),
            };
            (inside.as_deref() != Some(DEFAULT_PATH)).then_some((named, inside))
        }
        None => None,
    };
    match moved {
        Some((named, _)) if usual.as_ref().is_some_and(|file| !may_override(file)) => {
            found.refused.push(format!(
                "input config: `{}` is not the config's own place, `{DEFAULT_PATH}`, which {} has; that file stands, {WHY}",
                plain(named),
                plain(&base.branch)
            ));
            found.proposed = changed(DEFAULT_PATH, &base, context, reach)?;
            found.config = usual;
        }
        Some((named, None)) => {
            let place = elsewhere(named).ok_or_else(|| said(named, "no such place".to_string()))?;
            found.config = Some(central(&place, context, reach)?);
        }
        Some((_, Some(path))) => {
            found.config = Some(at_base(&base, &path)?.ok_or_else(|| absent(&path, &base))?);
            found.proposed = changed(&path, &base, context, reach)?;
        }
        None => {
            if named.is_some() && usual.is_none() {
                return Err(absent(DEFAULT_PATH, &base));
            }
            found.proposed = changed(DEFAULT_PATH, &base, context, reach)?;
            found.config = usual;
        }
    }
    found.base = Some(base);
    Ok(found)
}

fn absent(path: &str, base: &Base) -> Vec<Problem> {
    said(
        path,
        format!(
            "there is no such file at the tip of {} ({}); a config file that a pull request adds counts once it is merged, so \
             leave the input config out until then",
            plain(&base.branch),
            short(&base.sha)
        ),
    )
}

/// A commit for readers.
fn short(sha: &str) -> String {
    plain(sha.get(..12).unwrap_or(sha))
}

/// A config file at the trusted commit.
fn at_base(base: &Base, path: &str) -> Result<Option<ConfigFile>, Vec<Problem>> {
    let label = format!("{path} ({} at {})", base.branch, short(&base.sha));
    match bytes_at_base(base, path)? {
        Some(bytes) => parse(&label, &bytes).map(Some),
        None => Ok(None),
    }
}

fn bytes_at_base(base: &Base, path: &str) -> Result<Option<Vec<u8>>, Vec<Problem>> {
    (base.read)(path).map_err(|error| {
        said(
            path,
            format!(
                "the config file cannot be read at the tip of {} ({}): {error}; the job needs a token with contents: read",
                plain(&base.branch),
                short(&base.sha)
            ),
        )
    })
}

/// What the checkout has in place of the trusted file.
fn changed(
    path: &str,
    base: &Base,
    context: &Context,
    reach: &Reach<'_>,
) -> Result<Proposed, Vec<Problem>> {
    if context.trusted_run {
        // Nothing of the change is there to be looked at.
        return Ok(Proposed::Same);
    }
    let before = bytes_at_base(base, path)?;
    let after = match (reach.head)(context, path) {
        Ok(bytes) => Some(bytes),
        Err(error) if is_absent(&error) => None,
        Err(error) => {
            let text = format!("the config file cannot be read: {error}");
            return Ok(Proposed::Broken(said(path, text)));
        }
    };
    if before == after {
        return Ok(Proposed::Same);
    }
    Ok(match after.map(|bytes| parse(path, &bytes)) {
        None => Proposed::Other(None),
        Some(Ok(file)) => Proposed::Other(Some(Box::new(file))),
        Some(Err(problems)) => Proposed::Broken(problems),
    })
}

/// A path from the root of the repository, out of what somebody named.
fn inside(named: &str, workspace: &str) -> Result<String, Vec<Problem>> {
    let workspace = workspace.trim_end_matches('/');
    let below = named
        .strip_prefix(workspace)
        .filter(|_| !workspace.is_empty())
        .and_then(|rest| rest.strip_prefix('/'));
    let relative = below.unwrap_or(named);
    let parts: Vec<&str> = relative
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".")
        .collect();
    if relative.starts_with('/') || parts.is_empty() || parts.contains(&"..") {
        return Err(said(
            named,
            "on a pull request the config file is read from the branch that it is going to, so its path has to be inside the \
             repository, or owner/repo/path@ref"
                .to_string(),
        ));
    }
    Ok(parts.join("/"))
}

/// A file in another repository: `owner/repo/path@ref`. A local path that looks like it is written with a leading `./`.
fn elsewhere(path: &str) -> Option<Elsewhere<'_>> {
    let (file, reference) = path.rsplit_once('@')?;
    let local = path.starts_with('.') || path.starts_with('/') || path.contains('\\');
    let parts: Vec<&str> = file.split('/').filter(|part| !part.is_empty()).collect();
    let [owner, repository, file @ ..] = parts.as_slice() else {
        return None;
    };
    (!local && !reference.is_empty() && !file.is_empty()).then(|| Elsewhere {
        repository: format!("{owner}/{repository}"),
        path: file.join("/"),
        reference,
    })
}

/// The file of another repository.
fn central(
    place: &Elsewhere<'_>,
    context: &Context,
    reach: &Reach<'_>,
) -> Result<ConfigFile, Vec<Problem>> {
    let Elsewhere {
        repository,
        path,
        reference,
    } = place;
    let label = format!("{repository}/{path}@{reference}");
    let token = reach.config_token.or(reach.token);
    let fetched = (reach.central)(context, repository, path, reference, token, reach.ca_bundle);
    let (bytes, sha) = fetched.map_err(|error| {
        said(
            &label,
            format!(
                "the config file cannot be fetched: {error}; the token (the input config-token, else token) needs contents: \
                 read on {}",
                plain(repository)
            ),
        )
    })?;
    parse(&format!("{label} ({})", short(&sha)), &bytes)
}
