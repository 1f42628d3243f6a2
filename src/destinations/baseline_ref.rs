//! The baseline in the repository's own git data, for repositories that ask for `baseline: git-ref`: what a push to a branch
//! left is what later pull requests to it are held against.

use super::plan::{Plan, Stage};
use super::target::target;
use super::{Destination, Publication, Status};
use crate::github::git_ref::{NotWritten, write};
use crate::github::limits::UNPACKED_BYTES;
use crate::model::Conclusion;
use crate::settings::{BaselineFrom, Settings};

pub(super) const DESTINATION: Destination = Destination {
    id: "baseline-ref",
    what: "the findings of a branch in refs/sarif-gate/baseline, which later runs are compared with",
    plan,
    publish,
};

/// What the token must be allowed to do.
const PERMISSION: &str = "contents: write";

fn plan(stage: &Stage<'_>) -> Plan {
    if !wanted(stage.settings) {
        return Plan::not("`baseline` is not `git-ref`");
    }
    if let Some(silent) = stage.silent() {
        return silent;
    }
    if let Err(why) = branch(stage) {
        return Plan::not(why);
    }
    let plan = stage.by_token("the findings as refs/sarif-gate/baseline", PERMISSION);
    plan.asked(true)
}

/// Whether the settings ask for a baseline that is kept as a ref.
fn wanted(settings: &Settings) -> bool {
    settings.baseline == BaselineFrom::GitRef
}

fn publish(publication: &mut Publication<'_>) -> Status {
    let (outcome, settings) = (publication.outcome, publication.settings);
    let verdict = &outcome.verdict;
    if !verdict.complete || verdict.conclusion == Conclusion::Incomplete {
        let why = "the verdict is not complete, so what is missing would count as fixed";
        return Status::Skipped(why.to_owned());
    }
    let stage = Stage {
        context: &outcome.context,
        settings,
        mode: outcome.mode,
    };
    let branch = match branch(&stage) {
        Ok(branch) => branch,
        Err(why) => return Status::Skipped(why.to_owned()),
    };
    let target = match target(&outcome.context, publication.token(), PERMISSION) {
        Ok(target) => target,
        Err(why) => return Status::Failed(why),
    };
    let sarif = match evidence(publication.files.sarif.as_deref()) {
        Ok(sarif) => sarif,
        Err(why) => return Status::Failed(why),
    };
    let client = publication.client(target.token);
    let (sha, taken) = (&target.head_sha, &outcome.started);
    match write(client, &target.repository, branch, &sarif, sha, taken) {
        Ok(name) => Status::done(format!("{name} is of {sha}")),
        Err(NotWritten::Older(why)) => Status::Skipped(why),
        Err(error) => Status::Failed(error.to_string()),
    }
}

/// The branch whose baseline this run may write, or why it may not.
fn branch<'a>(stage: &Stage<'a>) -> Result<&'a str, &'static str> {
    let context = stage.context;
    let branch = context
        .git_ref
        .as_deref()
        .and_then(|name| name.strip_prefix("refs/heads/"))
        .filter(|_| context.event == "push")
        .ok_or("only a push to a branch writes a baseline")?;
    // Whoever can read the code could read findings that are not fixed.
    if context.private != Some(true) {
        return Err("the repository is not known to be private, and everybody could read the ref");
    }
    Ok(branch)
}

/// The evidence as it stands on disk.
fn evidence(path: Option<&str>) -> Result<Vec<u8>, String> {
    let path = path.ok_or("results.sarif was not written")?;
    let size = std::fs::metadata(path).map(|file| file.len());
    let most = u64::try_from(UNPACKED_BYTES).unwrap_or(u64::MAX);
    match size {
        Ok(size) if size > most => Err(format!(
            "`{path}` has {size} bytes, more than the {most} that a later run would read"
        )),
        Ok(_) => std::fs::read(path).map_err(|error| format!("reading `{path}`: {error}")),
        Err(error) => Err(format!("reading `{path}`: {error}")),
    }
}
