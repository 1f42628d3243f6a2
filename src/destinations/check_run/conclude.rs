//! Concluding the check run, once: the verdict first, the annotations that are missing with it and after it.

use serde_json::Value;

use super::body::{Head, Run};
use super::open::{Open, State};
use super::runs::{Made, Place, refused};
use super::standing::missing;
use crate::destinations::target::is_page;
use crate::github::limits::ANNOTATIONS_PER_REQUEST;
use crate::github::{ApiError, Client, Fault};

/// What is to be said.
pub(super) struct Telling<'a> {
    pub(super) place: &'a Place,
    pub(super) run: Run<'a>,
    pub(super) annotations: &'a [Value],
    /// Title and summary, given how many annotations of earlier attempts stand there that are no longer true.
    pub(super) head: &'a dyn Fn(usize) -> Head,
}

/// What was made.
pub(super) struct Sent {
    pub(super) url: Option<String>,
    /// Annotations that stand there, of those that are wanted.
    pub(super) shown: usize,
    /// Why there are not more.
    pub(super) problem: Option<String>,
}

/// The check run that is to be concluded.
struct Present {
    id: u64,
    /// Annotations that it has; `None` where nobody can tell, and none may be added.
    standing: Result<Vec<Value>, String>,
}

impl Telling<'_> {
    /// Concludes the check run that was opened, else creates one.
    ///
    /// # Errors
    /// When the verdict could not be told.
    pub(super) fn tell(&self, client: &mut Client, was: State) -> Result<Sent, ApiError> {
        if let Some(present) = self.present(client, was)?
            && let Some(sent) = self.conclude(client, &present)?
        {
            return Ok(sent);
        }
        self.create(client)
    }

    /// The open check run, if it is there and ours.
    fn present(&self, client: &mut Client, was: State) -> Result<Option<Present>, ApiError> {
        let id = match was {
            State::Open { id, reused: false } => {
                return Ok(Some(Present {
                    id,
                    standing: Ok(Vec::new()),
                }));
            }
            State::Open { id, reused: true } => match client.get::<Made>(&self.place.one(id)) {
                // Another job took it since; its verdict is not ours to change.
                Ok(made) if !made.is(self.run.external_id) => return Ok(None),
                Ok(_) | Err(_) => id,
            },
            // Whether it was opened has to be known, or there would be two.
            State::Unknown => match self.place.find(client, self.run.external_id)? {
                Some(made) => made.id,
                None => return Ok(None),
            },
            State::Closed | State::Opening | State::Concluding(_) | State::Over => return Ok(None),
        };
        let standing = match self.place.annotations(client, id) {
            Ok(Some(all)) => Ok(all),
            Ok(None) => Err("it has more annotations than are read".to_owned()),
            Err(error) => Err(error.to_string()),
        };
        Ok(Some(Present { id, standing }))
    }

    /// Concludes; `None` where it may not be changed any more.
    fn conclude(&self, client: &mut Client, present: &Present) -> Result<Option<Sent>, ApiError> {
        let (wanted, old, mut problem) = match &present.standing {
            Ok(standing) => {
                let (wanted, old) = missing(self.annotations, standing);
                (wanted, old, None)
            }
            Err(why) => (
                Vec::new(),
                0,
                Some(format!("what stands there cannot be read: {why}")),
            ),
        };
        let there = match &present.standing {
            Ok(standing) => standing.len(),
            Err(_) => 0,
        };
        let head = (self.head)(old);
        let first = wanted.len().min(ANNOTATIONS_PER_REQUEST);
        let (with, rest) = wanted.split_at(first);
        let end = |client: &mut Client, body: &Value| {
            self.place.change(client, present.id, body, Made::completed)
        };
        let mut ended = end(client, &head.conclude(&self.run, with));
        let mut refusal = None;
        if let Err(error) = &ended
            && unwanted(&error.fault, first)
        {
            refusal = Some(error.to_string());
            ended = end(client, &head.conclude(&self.run, &[]));
        }
        let made = match ended {
            Ok(made) => made,
            Err(error) if refused(&error.fault) => return Ok(None),
            Err(error) => return Err(error),
        };
        let kept = self.annotations.len().saturating_sub(wanted.len());
        let mut shown = if present.standing.is_ok() { kept } else { 0 };
        if refusal.is_some() {
            problem = refusal;
        } else {
            shown = shown.saturating_add(first);
            let added = self.add(client, made.id, &head, rest, there.saturating_add(first));
            shown = shown.saturating_add(added.0);
            problem = problem.or(added.1);
        }
        Ok(Some(Sent {
            url: url(made),
            shown,
            problem,
        }))
    }

    /// Creates it as concluded.
    fn create(&self, client: &mut Client) -> Result<Sent, ApiError> {
        let head = (self.head)(0);
        let first = self.annotations.len().min(ANNOTATIONS_PER_REQUEST);
        let (with, rest) = self.annotations.split_at(first);
        let (made, mut shown, mut problem) =
            match self.place.create(client, &head.create(&self.run, with)) {
                Ok(made) => (made, first, None),
                Err(error) if unwanted(&error.fault, first) => {
                    let made = self.place.create(client, &head.create(&self.run, &[]))?;
                    (made, 0, Some(error.to_string()))
                }
                Err(error) => return Err(error),
            };
        if problem.is_none() {
            let added = self.add(client, made.id, &head, rest, first);
            shown = shown.saturating_add(added.0);
            problem = added.1;
        }
        Ok(Sent {
            url: url(made),
            shown,
            problem,
        })
    }

    /// Adds the others in batches to `there` present ones; how many were added, and why not all.
    fn add(
        &self,
        client: &mut Client,
        id: u64,
        head: &Head,
        rest: &[Value],
        there: usize,
    ) -> (usize, Option<String>) {
        let mut added = 0_usize;
        for batch in rest.chunks(ANNOTATIONS_PER_REQUEST) {
            let before = there.saturating_add(added);
            let sent = self
                .place
                .add(client, id, &head.add(batch), before, batch.len());
            if let Err(error) = sent {
                return (added, Some(error.to_string()));
            }
            added = added.saturating_add(batch.len());
        }
        (added, None)
    }
}

/// Whether the annotations may be why a request was refused: the verdict matters more than where its findings stand.
fn unwanted(fault: &Fault, annotations: usize) -> bool {
    annotations > 0 && matches!(fault, Fault::Invalid(_) | Fault::TooLarge)
}

/// Its page.
fn url(made: Made) -> Option<String> {
    made.html_url.filter(|url| is_page(url))
}

/// How far opening came; where nothing was opened there is nothing to conclude.
pub(super) fn begin(check: Option<&Open>) -> State {
    check.map_or(State::Closed, Open::begin)
}
