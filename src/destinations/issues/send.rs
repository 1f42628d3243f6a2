//! Reading and writing issues. A write whose end is unknown is looked for before it is sent again.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::kept::{Kept, Listed, State};
use super::steps::Step;
use super::{LABEL, explained};
use crate::causes::Cause;
use crate::destinations::author::{Me, User};
use crate::github::limits::{
    ISSUE_BODY_BYTES, ISSUE_PAGES, ISSUE_PROBLEMS, ISSUE_TITLE_CHARS, PER_PAGE,
};
use crate::github::{ApiError, Client, Fault};
use crate::model::{Context, Outcome};
use crate::render::issue::{Issue, Marker, Room, issue};

/// How long an issue may be.
pub(super) const ROOM: Room = Room {
    title_chars: ISSUE_TITLE_CHARS,
    body_bytes: ISSUE_BODY_BYTES,
};

/// The issues that there are.
pub(super) struct Found {
    /// Ours, in the order of their numbers.
    pub(super) kept: Vec<Kept>,
    /// There are no more.
    pub(super) whole: bool,
}

/// What was written.
#[derive(Default)]
pub(super) struct Sent {
    pub(super) opened: usize,
    pub(super) updated: usize,
    pub(super) reopened: usize,
    pub(super) closed: usize,
    /// Not tried any more: something went wrong, or the time was up.
    pub(super) later: usize,
    /// One that lost its label, in place of which none was opened.
    pub(super) unlabelled: Option<u64>,
    /// What went wrong, and what to do.
    pub(super) problems: Vec<String>,
}

impl Sent {
    fn written(&self) -> usize {
        self.opened + self.updated + self.reopened + self.closed
    }
}

/// What stops a write.
enum Trouble {
    /// GitHub refuses, or nobody knows.
    Refused(ApiError),
    /// One like it would come out in the same way; what to do.
    All(String),
    /// This one only.
    One(String),
}

impl From<ApiError> for Trouble {
    fn from(error: ApiError) -> Trouble {
        Trouble::Refused(error)
    }
}

/// The issues of one repository.
pub(super) struct Sender<'a> {
    client: &'a mut Client,
    repository: &'a str,
    me: Me,
    /// Of the newest issues those of ours without our label, once somebody looked.
    lost: Option<Vec<Kept>>,
}

impl<'a> Sender<'a> {
    /// Nothing is sent yet. `repository` is `owner/name`.
    pub(super) fn new(client: &'a mut Client, repository: &'a str) -> Sender<'a> {
        Sender {
            client,
            repository,
            me: Me::default(),
            lost: None,
        }
    }

    /// All issues of ours. Found by their label and not by a search, which lags behind what was written.
    pub(super) fn list(&mut self) -> Result<Found, ApiError> {
        let path = format!(
            "{}?labels={LABEL}&state=all&sort=created&direction=asc",
            self.issues()
        );
        let mut marked = Vec::new();
        let whole = self.client.pages(&path, ISSUE_PAGES, |page: Vec<Listed>| {
            let labelled = page.into_iter().filter(Listed::has_label);
            marked.extend(labelled.filter_map(Listed::marked));
            true
        })?;
        let mut kept = self.ours(marked)?;
        kept.sort_by_key(|one| one.number);
        Ok(Found { kept, whole })
    }

    fn issues(&self) -> String {
        format!("/repos/{}/issues", self.repository)
    }

    fn ours(&mut self, marked: Vec<(Option<User>, Kept)>) -> Result<Vec<Kept>, ApiError> {
        let mut kept = Vec::new();
        for (user, one) in marked {
            if self.me.wrote(self.client, user.as_ref())? {
                kept.push(one);
            }
        }
        Ok(kept)
    }

    /// Ours among the newest issues of any label, and whether each has our label.
    fn newest(&mut self) -> Result<Vec<(bool, Kept)>, ApiError> {
        let path = format!(
            "{}?state=all&sort=created&direction=desc&per_page={PER_PAGE}",
            self.issues()
        );
        let listed: Vec<Listed> = self.client.get(&path)?;
        let (mut labelled, mut marked) = (Vec::new(), Vec::new());
        for one in listed {
            let has_label = one.has_label();
            let Some(one) = one.marked() else { continue };
            if has_label {
                labelled.push(one.1.number);
            }
            marked.push(one);
        }
        let ours = self.ours(marked)?.into_iter();
        let each = ours.map(|one| (labelled.contains(&one.number), one));
        Ok(each.collect())
    }

    /// Writes, one after another. What goes wrong with one does not stop the others unless it would go wrong with them too.
    pub(super) fn send(
        &mut self,
        outcome: &Outcome,
        causes: &[Cause<'_>],
        steps: Vec<Step<'_>>,
    ) -> Sent {
        let mut sent = Sent::default();
        let mut stopped = false;
        for step in steps {
            if stopped {
                sent.later += 1;
                continue;
            }
            let Err(trouble) = self.write(outcome, causes, step, &mut sent) else {
                continue;
            };
            let (all, why) = match trouble {
                Trouble::All(why) => (true, Some(why)),
                Trouble::One(why) => (false, Some(why)),
                Trouble::Refused(error) => told(&outcome.context, &error, sent.written()),
            };
            match why {
                Some(why) => sent.problems.push(why),
                None => sent.later += 1,
            }
            stopped = all || sent.problems.len() >= ISSUE_PROBLEMS;
        }
        sent
    }

    fn write(
        &mut self,
        outcome: &Outcome,
        causes: &[Cause<'_>],
        step: Step<'_>,
        sent: &mut Sent,
    ) -> Result<(), Trouble> {
        match step {
            Step::Open(index) => {
                let Some(cause) = causes.get(index) else {
                    return Ok(());
                };
                if let Some(number) = self.lost(&cause.id)? {
                    sent.unlabelled = Some(number);
                    return Ok(());
                }
                self.open(&issue(outcome, cause, &BTreeSet::new(), ROOM))?;
                sent.opened += 1;
            }
            Step::Update(kept, issue) => {
                let body = json!({ "title": issue.title, "body": issue.body });
                self.change(kept.number, &body, &issue.marker, State::Open)?;
                sent.updated += 1;
            }
            Step::Reopen(kept, issue) => {
                let body = json!({
                    "title": issue.title,
                    "body": issue.body,
                    "state": "open",
                    "state_reason": "reopened",
                });
                self.change(kept.number, &body, &issue.marker, State::Open)?;
                sent.reopened += 1;
            }
            Step::Close(kept, text) => {
                let body = json!({
                    "body": text,
                    "state": "closed",
                    "state_reason": "completed",
                });
                self.change(kept.number, &body, &kept.marker.fixed(), State::Fixed)?;
                sent.closed += 1;
            }
        }
        Ok(())
    }

    /// The issue of this cause that has lost its label, so that it is not in the list. Looked for among the newest only.
    fn lost(&mut self, id: &str) -> Result<Option<u64>, ApiError> {
        let lost = match self.lost.take() {
            Some(lost) => lost,
            None => {
                let newest = self.newest()?.into_iter();
                let lost = newest.filter_map(|(labelled, one)| (!labelled).then_some(one));
                lost.collect()
            }
        };
        let found = lost.iter().find(|one| one.marker.id() == id);
        let number = found.map(|one| one.number);
        self.lost = Some(lost);
        Ok(number)
    }

    /// Opens an issue. When nobody knows whether that happened, looks for it and sends again only if it is not there.
    fn open(&mut self, issue: &Issue) -> Result<(), Trouble> {
        let path = self.issues();
        let body = json!({ "title": issue.title, "body": issue.body, "labels": [LABEL] });
        let (number, labelled) = match self.client.post::<Listed>(&path, &body) {
            Ok(made) => (made.number, made.has_label()),
            Err(error) if error.fault.maybe_done() => {
                let Ok(newest) = self.newest() else {
                    return Err(error.into());
                };
                let mut newest = newest.into_iter();
                match newest.find(|(_, one)| one.marker.id() == issue.marker.id()) {
                    Some((labelled, one)) => (one.number, labelled),
                    None => {
                        let made = self.client.post::<Listed>(&path, &body)?;
                        (made.number, made.has_label())
                    }
                }
            }
            Err(error) => return Err(error.into()),
        };
        match labelled {
            true => Ok(()),
            false => Err(Trouble::All(format!(
                "issue {number} was opened, but GitHub did not give it the label `{LABEL}`, which later runs find it by: give it \
                 the label, and use a token that may write to the repository"
            ))),
        }
    }

    /// Changes an issue. GitHub has answered 200 and changed nothing where a text was too long, so what it gives back is looked
    /// at.
    fn change(
        &mut self,
        number: u64,
        body: &Value,
        marker: &Marker,
        state: State,
    ) -> Result<(), Trouble> {
        let path = format!("{}/{number}", self.issues());
        let is_so = |now: Listed| {
            let now = now.marked();
            now.is_some_and(|(_, now)| now.marker == *marker && now.state == state)
        };
        let now = match self.client.patch::<Listed>(&path, body) {
            Ok(now) => now,
            Err(error) if error.fault.maybe_done() => match self.client.get::<Listed>(&path) {
                Ok(now) => match is_so(now) {
                    true => return Ok(()),
                    false => self.client.patch(&path, body)?,
                },
                Err(_) => return Err(error.into()),
            },
            Err(error) => return Err(gone(number, error)),
        };
        match is_so(now) {
            true => Ok(()),
            false => Err(Trouble::One(format!(
                "PATCH {path}: GitHub answers with success, but the issue says something else than was sent; delete it, and the \
                 next run writes it anew"
            ))),
        }
    }
}

/// An issue that was there a moment ago.
fn gone(number: u64, error: ApiError) -> Trouble {
    match error.fault {
        Fault::NotFound | Fault::Gone | Fault::Moved(_) => Trouble::One(format!(
            "{error}; somebody deleted or moved issue {number} while this run was at it"
        )),
        _ => Trouble::Refused(error),
    }
}

/// Whether a refusal would meet all others too, and what it means; `None` where the time is up after some were written, which
/// is how a first run in a large repository ends.
fn told(context: &Context, error: &ApiError, written: usize) -> (bool, Option<String>) {
    match &error.fault {
        Fault::Budget if written > 0 => (true, None),
        Fault::Invalid(_) | Fault::TooLarge => (false, Some(error.to_string())),
        fault => (!fault.maybe_done(), Some(explained(context, error))),
    }
}
