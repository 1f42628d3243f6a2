//! The check run while it is open: who may conclude it, and that this happens once, whatever thread it comes from.
#![expect(
    clippy::disallowed_methods,
    reason = "a signal waits for a moment of this very process"
)]

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::body::{cancelled, could_not_judge};
use super::runs::{Made, Place};
use crate::github::limits::{CANCELLING_MS, CANCELLING_WAIT_MS, GIVING_UP_S};
use crate::github::{Access, ApiError, Client, Pace};

/// A check run that was opened, or was tried to be. Clones are the same one.
#[derive(Clone, Debug)]
pub struct Open(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    /// For a connection of its own, where the run's may hang.
    access: Access,
    place: Place,
    external_id: String,
    state: Mutex<State>,
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// There is none: nothing was sent, or it was refused.
    Closed,
    /// It is being opened.
    Opening,
    /// It may be open, or not: the answer did not come.
    Unknown,
    /// It is open.
    Open {
        /// GitHub's number.
        id: u64,
        /// It was there before, with annotations of earlier attempts.
        reused: bool,
    },
    /// The conclusion is under way: of this one, or of one that has yet to be found.
    Concluding(Option<u64>),
    /// It is concluded.
    Over,
}

impl Open {
    pub(super) fn new(access: Access, place: Place, external_id: String) -> Open {
        Open(Arc::new(Shared {
            access,
            place,
            external_id,
            state: Mutex::new(State::Closed),
        }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A state is one value: what panicked elsewhere cannot have left half of one.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn set(&self, state: State) {
        *self.state() = state;
    }

    /// Begins the conclusion; gives how far it was.
    pub(super) fn begin(&self) -> State {
        let mut state = self.state();
        let was = *state;
        match was {
            State::Open { id, .. } => *state = State::Concluding(Some(id)),
            State::Unknown => *state = State::Concluding(None),
            State::Closed | State::Opening | State::Concluding(_) | State::Over => {}
        }
        was
    }

    /// Concludes it as a failure without a verdict, if nobody has begun to conclude it. `why` may hold any text.
    ///
    /// # Errors
    /// Whatever becomes of the requests; the check run then stays open.
    pub fn could_not_judge(&self, why: &str) -> Result<(), ApiError> {
        let pace = Pace {
            budget: Duration::from_secs(GIVING_UP_S),
            ..Pace::default()
        };
        let mut client = Client::new(self.0.access.clone(), pace);
        match self.begin() {
            State::Open { id, .. } => self.end(&mut client, id, &could_not_judge(why))?,
            State::Unknown => self.find_and_end(&mut client, &could_not_judge(why))?,
            State::Closed | State::Opening | State::Concluding(_) | State::Over => return Ok(()),
        }
        self.set(State::Over);
        Ok(())
    }

    /// Concludes it as cancelled, unless it has a conclusion: for a signal, in a thread and over a connection of its own.
    /// Takes [`CANCELLING_MS`] at most, but for the making of the connection.
    pub fn cancel(&self) {
        let (whole, wait) = (
            Duration::from_millis(CANCELLING_MS),
            Duration::from_millis(CANCELLING_WAIT_MS),
        );
        let begin = Instant::now();
        while *self.state() == State::Opening && begin.elapsed() < wait {
            std::thread::sleep(Duration::from_millis(10));
        }
        let whole = whole.saturating_sub(begin.elapsed());
        let pace = Pace {
            budget: whole,
            lap: whole,
            request: whole,
            connect: whole,
            between_writes: Duration::ZERO,
            backoff: Duration::from_millis(100),
            ..Pace::default()
        };
        let mut client = Client::new(self.0.access.clone(), pace);
        let was = self.begin();
        // There is no time for a second look, and nobody to tell.
        let _ = match was {
            State::Open { id, .. } => self.end(&mut client, id, &cancelled()),
            State::Concluding(Some(id)) => self.end_if_open(&mut client, id),
            State::Unknown | State::Opening | State::Concluding(None) => {
                self.find_and_end(&mut client, &cancelled())
            }
            State::Closed | State::Over => Ok(()),
        };
    }

    fn end(&self, client: &mut Client, id: u64, body: &Value) -> Result<(), ApiError> {
        let ended = self.0.place.change(client, id, body, Made::completed);
        ended.map(|_| ())
    }

    /// The verdict may be on its way: what has a conclusion keeps it.
    fn end_if_open(&self, client: &mut Client, id: u64) -> Result<(), ApiError> {
        let made: Made = client.get(&self.0.place.one(id))?;
        if made.completed() || !made.is(&self.0.external_id) {
            return Ok(());
        }
        self.end(client, id, &cancelled())
    }

    fn find_and_end(&self, client: &mut Client, body: &Value) -> Result<(), ApiError> {
        let found = self.0.place.find(client, &self.0.external_id)?;
        match found.filter(|made| !made.completed()) {
            Some(made) => self.end(client, made.id, body),
            None => Ok(()),
        }
    }
}
