//! One run over the issues of a repository: what is there, what should be there, and what makes the one of the other.
//!
//! Must not know: how a request is sent, and what an issue says.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::api::{Api, created, quote};
use super::explain::{ends_all, explain};
use super::limits::{CHANGED, CREATED, LABELS, REFUSALS, SEARCHES};
use super::record::{Act, Found, Job, KEY, Record, Standing, Want};
use super::tally::Tally;
use super::transitions::{closing, opening};
use crate::causes::{Cause, Seen};
use crate::http::{Failure, Fault};
use crate::model::Outcome;
use crate::render::jira::{fixed, issue, returned};

/// What a run works with.
pub(super) struct Work<'a> {
    pub(super) api: Api<'a>,
    pub(super) outcome: &'a Outcome,
    pub(super) seen: Seen,
    pub(super) job: Job,
    /// Key of the project.
    pub(super) project: &'a str,
    pub(super) tally: Tally,
}

/// Nothing more is to be sent; why stands in the tally.
struct Stop;

impl<'a> Work<'a> {
    /// Does all of it, as far as Jira lets it and a run may.
    pub(super) fn run(mut self, causes: &'a [Cause<'a>]) -> Tally {
        // What it is that stopped it, it has told.
        let _ = self.all(causes);
        self.tally
    }

    fn all(&mut self, causes: &'a [Cause<'a>]) -> Result<(), Stop> {
        let query = format!(
            "labels = {} AND statusCategory != Done",
            quote(&self.job.label())
        );
        let open = self.api.search(&query);
        let (open, whole) = self.read(open)?;
        self.tally.not_all_looked_at = !whole;
        let known = by_label(&open);
        let (mut there, mut unknown) = (Vec::new(), Vec::new());
        for cause in causes {
            let label = self.job.cause_label(&cause.id);
            match known.get(label.as_str()) {
                Some(found) => there.push((self.want(cause, label), (*found).clone())),
                None => unknown.push((label, cause)),
            }
        }
        let missing = self.closed_before(unknown, &mut there)?;
        self.create(missing)?;
        let is_back = |(want, found): &&(Want<'_>, Found)| {
            want.act(found, &self.job, &self.seen) == Act::BringBack
        };
        let back: Vec<usize> = (0..there.len())
            .filter(|at| there.get(*at).as_ref().is_some_and(is_back))
            .collect();
        for at in &back {
            if let Some((want, found)) = there.get(*at) {
                self.settle(want, found)?;
            }
        }
        let wanted: Vec<&str> = causes.iter().map(|cause| &*cause.id).collect();
        for found in &open {
            self.close(found, &wanted)?;
        }
        for (at, (want, found)) in there.iter().enumerate() {
            if !back.contains(&at) {
                self.settle(want, found)?;
            }
        }
        Ok(())
    }

    /// The fields that say what an issue is about. Made anew where they are sent: thousands of them are large.
    fn content(&self, want: &Want<'_>) -> Value {
        let issue = issue(self.outcome, want.cause);
        json!({ "summary": issue.summary, "description": issue.description })
    }

    fn want(&self, cause: &'a Cause<'a>, label: String) -> Want<'a> {
        Want {
            cause,
            label,
            hash: issue(self.outcome, cause).hash,
        }
    }

    /// A failure to read, which ends all: what is not known cannot be changed.
    fn read<T>(&mut self, read: Result<T, Failure>) -> Result<T, Stop> {
        read.map_err(|failure| {
            self.fails(&failure);
            Stop
        })
    }

    fn fails(&mut self, failure: &Failure) {
        // Much to do is no failure: what is done stays, and the next run does the rest.
        if failure.fault == Fault::Budget && self.tally.touched() > 0 {
            self.tally.out_of_time = true;
        } else {
            self.tally.problem(explain(failure, self.project));
        }
    }

    /// Whether it was done; where not, the failure is told, and ends all where the next one would fare alike.
    fn wrote<T>(&mut self, done: Result<T, Failure>) -> Result<Option<T>, Stop> {
        let failure = match done {
            Ok(done) => return Ok(Some(done)),
            Err(failure) => failure,
        };
        self.fails(&failure);
        match ends_all(&failure.fault) || self.tally.problems() >= REFUSALS {
            true => Err(Stop),
            false => Ok(None),
        }
    }

    /// Looks for the issues of causes that have no open one, until there is as much to create as a run may. What has none is
    /// given back; the others are added to those that are there.
    fn closed_before(
        &mut self,
        unknown: Vec<(String, &'a Cause<'a>)>,
        there: &mut Vec<(Want<'a>, Found)>,
    ) -> Result<Vec<Want<'a>>, Stop> {
        let mut missing = Vec::new();
        for (number, chunk) in unknown.chunks(LABELS).enumerate() {
            if number >= SEARCHES || missing.len() >= CREATED {
                self.tally.waiting = self.tally.waiting.saturating_add(chunk.len());
                continue;
            }
            let labels: Vec<String> = chunk.iter().map(|(label, _)| quote(label)).collect();
            let search = self
                .api
                .search(&format!("labels in ({})", labels.join(", ")));
            let (all, _) = self.read(search)?;
            let known = by_label(&all);
            for (label, cause) in chunk {
                let want = self.want(cause, label.clone());
                match known.get(label.as_str()) {
                    Some(found) => there.push((want, (*found).clone())),
                    None if missing.len() < CREATED => missing.push(want),
                    None => self.tally.waiting = self.tally.waiting.saturating_add(1),
                }
            }
        }
        Ok(missing)
    }

    fn create(&mut self, missing: Vec<Want<'a>>) -> Result<(), Stop> {
        if missing.is_empty() {
            return Ok(());
        }
        let kind = self.api.issue_type();
        let Some(kind) = self.read(kind)? else {
            self.tally.problem(format!(
                "{} has no type of issue that the account may create",
                self.project
            ));
            return Ok(());
        };
        for want in missing {
            let record = want.record(&self.job, None, &self.seen);
            let labels = [KEY.to_owned(), self.job.label(), want.label.clone()];
            let body = created(self.project, &kind, self.content(&want), &labels, &record);
            let made = self.api.create(&body, &want.label);
            if let Some(key) = self.wrote(made)? {
                self.tally.created.push(key);
            }
        }
        Ok(())
    }

    /// Whether one more issue may be changed.
    fn may_change(&mut self) -> bool {
        let may = self.tally.changed() < CHANGED;
        if !may {
            self.tally.waiting = self.tally.waiting.saturating_add(1);
        }
        may
    }

    /// Does with an issue whose cause is there what is to be done.
    fn settle(&mut self, want: &Want<'_>, found: &Found) -> Result<(), Stop> {
        let act = want.act(found, &self.job, &self.seen);
        if matches!(act, Act::Update | Act::BringBack) && !self.may_change() {
            return Ok(());
        }
        // The search may be behind: what is written hangs on how the issue stands now.
        let fresh = match act {
            Act::Keep | Act::LeaveAlone => found.clone(),
            Act::Update | Act::BringBack => {
                let fresh = self.api.look(&found.key);
                match self.wrote(fresh)? {
                    Some(fresh) => fresh,
                    None => return Ok(()),
                }
            }
        };
        match want.act(&fresh, &self.job, &self.seen) {
            Act::Keep => self.tally.kept = self.tally.kept.saturating_add(1),
            Act::LeaveAlone => self.tally.left_alone = self.tally.left_alone.saturating_add(1),
            Act::Update => {
                let written = self.update(want, &fresh, None);
                if self.wrote(written)?.is_some() {
                    self.tally.updated.push(fresh.key);
                }
            }
            Act::BringBack => {
                let back = self.bring_back(want, &fresh);
                if let Some(moved) = self.wrote(back)? {
                    match moved {
                        true => self.tally.returned.push(fresh.key),
                        false => self.tally.stuck.push(fresh.key),
                    }
                }
            }
        }
        Ok(())
    }

    fn update(
        &mut self,
        want: &Want<'_>,
        found: &Found,
        comment: Option<Value>,
    ) -> Result<(), Failure> {
        let record = want.record(&self.job, found.record.as_ref(), &self.seen);
        let mut update = json!({ "labels": [
            { "add": KEY }, { "add": self.job.label() }, { "add": want.label },
        ] });
        if let (Some(comment), Some(members)) = (comment, update.as_object_mut()) {
            members.insert(
                "comment".to_owned(),
                json!([{ "add": { "body": comment } }]),
            );
        }
        let body = json!({
            "fields": self.content(want),
            "update": update,
            "properties": [{ "key": KEY, "value": record.value() }],
        });
        self.api.edit(&found.key, &body, &record)
    }

    /// Opens an issue again that we closed. It is moved first: until it says itself that it is open, the next run tries again.
    fn bring_back(&mut self, want: &Want<'_>, found: &Found) -> Result<bool, Failure> {
        let transition = opening(&self.api.transitions(&found.key)?);
        if let Some(body) = &transition {
            self.api.transit(&found.key, body, Standing::Open)?;
        }
        let moved = transition.is_some();
        let comment = returned(self.outcome, moved);
        self.update(want, found, Some(comment))?;
        Ok(moved)
    }

    /// Closes an open issue whose cause is surely gone.
    fn close(&mut self, found: &Found, wanted: &[&str]) -> Result<(), Stop> {
        let ours = |record: &&Record| record.is_of(&self.job) && !wanted.contains(&&*record.cause);
        let Some(record) = found.record.as_ref().filter(ours) else {
            return Ok(());
        };
        if !self.seen.is_fixed(&record.cause, &record.scopes()) {
            self.tally.still_open = self.tally.still_open.saturating_add(1);
            return Ok(());
        }
        if !self.may_change() {
            return Ok(());
        }
        let fresh = self.api.look(&found.key);
        let Some(fresh) = self.wrote(fresh)? else {
            return Ok(());
        };
        // A person was faster, or somebody else's run.
        let (Standing::Open, Some(record)) = (fresh.standing, &fresh.record) else {
            return Ok(());
        };
        let closed = self.move_to_done(&fresh.key, record);
        if let Some(moved) = self.wrote(closed)? {
            match moved {
                true => self.tally.closed.push(fresh.key),
                false => self.tally.stuck.push(fresh.key),
            }
        }
        Ok(())
    }

    /// Says first that it is us who close it: only then a cause that is back may open it again.
    fn move_to_done(&mut self, key: &str, record: &Record) -> Result<bool, Failure> {
        let transition = closing(&self.api.transitions(key)?);
        if !record.closed_by_us {
            let scopes = record.scopes();
            let mut tools: Vec<&str> = scopes.iter().map(|(tool, _)| &**tool).collect();
            tools.dedup();
            let comment = fixed(self.outcome, &tools, transition.is_some());
            let closing = record.closing();
            let body = json!({
                "update": { "comment": [{ "add": { "body": comment } }] },
                "properties": [{ "key": KEY, "value": closing.value() }],
            });
            self.api.edit(key, &body, &closing)?;
        }
        match &transition {
            Some(body) => self.api.transit(key, body, Standing::Done).map(|()| true),
            None => Ok(false),
        }
    }
}

/// Issues by each of their labels. Of several with one label (a clone takes the labels along) the one with a record of ours
/// counts, then an open one, then the oldest.
fn by_label(all: &[Found]) -> BTreeMap<&str, &Found> {
    let mut ordered: Vec<&Found> = all.iter().collect();
    let number = |found: &Found| {
        let number = found
            .key
            .rsplit('-')
            .next()
            .and_then(|text| text.parse::<u64>().ok());
        number.unwrap_or(u64::MAX)
    };
    ordered.sort_by_key(|found| {
        let done = found.standing == Standing::Done;
        (found.record.is_none(), done, number(found))
    });
    let mut known = BTreeMap::new();
    for found in ordered {
        for label in &found.labels {
            known.entry(label.as_str()).or_insert(found);
        }
    }
    known
}
