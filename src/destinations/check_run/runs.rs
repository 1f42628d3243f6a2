//! GitHub's check runs: found, read, created, ended. A write whose end nobody knows is looked for before it is sent again.

use serde::Deserialize;
use serde_json::Value;

use crate::github::client::percent_encode;
use crate::github::limits::{ANNOTATION_PAGES, PER_PAGE};
use crate::github::{ApiError, Client, Fault};

/// What is needed of a check run.
#[derive(Deserialize)]
pub(super) struct Made {
    pub(super) id: u64,
    pub(super) html_url: Option<String>,
    pub(super) external_id: Option<String>,
    pub(super) status: Option<String>,
    pub(super) completed_at: Option<String>,
    pub(super) app: Option<App>,
    pub(super) output: Option<Output>,
}

#[derive(Deserialize)]
pub(super) struct App {
    slug: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Output {
    pub(super) title: Option<String>,
    pub(super) annotations_count: Option<usize>,
}

#[derive(Deserialize)]
struct Listed {
    check_runs: Vec<Made>,
}

impl Made {
    /// Whether it has a conclusion.
    pub(super) fn completed(&self) -> bool {
        self.status.as_deref() == Some("completed")
    }

    /// Whether its external id is this one.
    pub(super) fn is(&self, external_id: &str) -> bool {
        self.external_id.as_deref() == Some(external_id)
    }

    /// Whether Actions made it, as far as is said: what another App made cannot be changed.
    pub(super) fn of_actions(&self) -> bool {
        let slug = self.app.as_ref().and_then(|app| app.slug.as_deref());
        slug.is_none_or(|slug| slug == "github-actions")
    }

    /// Annotations that it has.
    pub(super) fn annotations(&self) -> Option<usize> {
        self.output.as_ref()?.annotations_count
    }
}

/// Where check runs are.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// `owner/name`.
    pub(super) repository: String,
    /// The commit.
    pub(super) head_sha: String,
    /// The name of the check.
    pub(super) name: String,
}

impl Place {
    fn all(&self) -> String {
        format!("/repos/{}/check-runs", self.repository)
    }

    /// Path of one.
    pub(super) fn one(&self, id: u64) -> String {
        format!("{}/{id}", self.all())
    }

    /// The check runs of this name on a commit, of every attempt; the first page of them, which are the newest.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub(super) fn list(&self, client: &mut Client, sha: &str) -> Result<Vec<Made>, ApiError> {
        let list = format!(
            "/repos/{}/commits/{sha}/check-runs?check_name={}&filter=all&per_page={PER_PAGE}",
            self.repository,
            percent_encode(&self.name),
        );
        client.get::<Listed>(&list).map(|listed| listed.check_runs)
    }

    /// The one with this external id.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub(super) fn find(
        &self,
        client: &mut Client,
        external_id: &str,
    ) -> Result<Option<Made>, ApiError> {
        let listed = self.list(client, &self.head_sha)?;
        Ok(listed.into_iter().find(|made| made.is(external_id)))
    }

    /// Creates one. When nobody knows whether that happened, looks for it and sends again only if it is not there.
    ///
    /// # Errors
    /// As [`Client::post`]; with [`Fault::maybe_done`] it may be there all the same.
    pub(super) fn create(&self, client: &mut Client, body: &Value) -> Result<Made, ApiError> {
        let error = match client.post(&self.all(), body) {
            Err(error) if error.fault.maybe_done() => error,
            done => return done,
        };
        let Ok(listed) = self.list(client, &self.head_sha) else {
            return Err(error);
        };
        let text = |name: &str| body.get(name).and_then(Value::as_str);
        let made = |made: &Made| {
            made.external_id.as_deref() == text("external_id")
                && made.status.as_deref() == text("status")
        };
        match listed.into_iter().find(made) {
            Some(made) => Ok(made),
            None => client.post(&self.all(), body),
        }
    }

    /// Changes one to another state. When nobody knows whether that happened, reads it and sends again only if `done` does
    /// not hold of it.
    ///
    /// # Errors
    /// As [`Client::patch`]; with [`Fault::maybe_done`] it may have changed all the same.
    pub(super) fn change(
        &self,
        client: &mut Client,
        id: u64,
        body: &Value,
        done: impl Fn(&Made) -> bool,
    ) -> Result<Made, ApiError> {
        let path = self.one(id);
        let error = match client.patch(&path, body) {
            Err(error) if error.fault.maybe_done() => error,
            answered => return answered,
        };
        match client.get::<Made>(&path) {
            Ok(made) if done(&made) => Ok(made),
            Ok(_) => client.patch(&path, body),
            Err(_) => Err(error),
        }
    }

    /// Adds one batch of annotations to `before` present ones. When nobody knows whether that happened, counts what is
    /// there: a batch sent twice stands there twice.
    ///
    /// # Errors
    /// As [`Client::patch`].
    pub(super) fn add(
        &self,
        client: &mut Client,
        id: u64,
        body: &Value,
        before: usize,
        batch: usize,
    ) -> Result<(), ApiError> {
        let path = self.one(id);
        let error = match client.patch_quiet(&path, body) {
            Err(error) if error.fault.maybe_done() => error,
            answered => return answered,
        };
        let read = client.get::<Made>(&path).ok();
        match read.and_then(|made| made.annotations()) {
            Some(count) if count >= before.saturating_add(batch) => Ok(()),
            Some(count) if count == before => client.patch_quiet(&path, body),
            _ => Err(error),
        }
    }

    /// The annotations of one, as GitHub gives them back; `None` where there are more than are read.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub(super) fn annotations(
        &self,
        client: &mut Client,
        id: u64,
    ) -> Result<Option<Vec<Value>>, ApiError> {
        let path = format!("{}/annotations", self.one(id));
        let mut all = Vec::new();
        let whole = client.pages::<Value>(&path, ANNOTATION_PAGES, |page| {
            all.extend(page);
            true
        })?;
        Ok(whole.then_some(all))
    }
}

/// Whether a write was surely not carried out because it may not be: by this token, of this run, with this content, or
/// because the thing is gone.
pub(super) fn refused(fault: &Fault) -> bool {
    matches!(
        fault,
        Fault::Forbidden(_) | Fault::NotFound | Fault::Gone | Fault::Invalid(_)
    )
}
