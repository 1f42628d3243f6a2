//! The door: what a run may send, when, how often, and for how long altogether.
#![expect(
    clippy::disallowed_methods,
    reason = "pauses, budgets and the end of a rate limit need the clock of this very moment"
)]

use std::collections::BTreeMap;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;

use super::address::Address;
use super::clock::Clock;
use super::fault::{Failure, Fault};
use super::limits::REDIRECTS;
use super::pace::Pace;
use super::redirect::{Next, next};
use super::request::{Answer, Method, Request};
use super::said::fault_of;
use super::wire::Wire;

/// What is known of one server. It stays known across phases and laps.
#[derive(Default)]
struct Server {
    last_write: Option<Instant>,
    /// Going on under a rate limit can get the token banned, so nothing is sent before this time.
    limited_until: Option<Instant>,
    /// It could not be reached, or did not answer in time, whatever was tried: the next request tries once.
    unwell: bool,
}

/// The door. Making one costs nothing: runtime, TLS and connection come with the first request.
pub struct Door {
    ca_bundle: Option<String>,
    pace: Pace,
    wire: Option<Wire>,
    clock: Clock,
    /// By scheme, host and port.
    servers: BTreeMap<String, Server>,
}

impl Door {
    /// A door that nothing has gone through yet. `ca_bundle` is a PEM file with further certificate authorities.
    pub fn new(ca_bundle: Option<String>, pace: Pace) -> Door {
        Door {
            ca_bundle,
            pace,
            wire: None,
            clock: Clock::new(pace.budget),
            servers: BTreeMap::new(),
        }
    }

    /// Times and tries.
    pub fn pace(&self) -> Pace {
        self.pace
    }

    /// Begins a new phase, with a budget of its own that runs from its first request or question on. A lap ends. What
    /// servers have said of their limits stays known.
    pub fn begin(&mut self, budget: Duration) {
        self.clock.begin(budget);
    }

    /// From the next request or question on, until [`Door::end_lap`] or another lap, everything together takes at most
    /// `limit`, within the budget: so that one server that hangs cannot use up what others need.
    pub fn lap(&mut self, limit: Duration) {
        self.clock.lap(limit);
    }

    /// The budget alone counts again.
    pub fn end_lap(&mut self) {
        self.clock.end_lap();
    }

    /// What is left of lap and budget.
    pub fn left(&mut self) -> Duration {
        self.clock.left(Instant::now())
    }

    /// Sleeps, for who asks again and again. `false`, at once, where so much is not left, and time to ask with it. Sleeps
    /// for [`Pace::longest_wait`] at most.
    pub fn wait(&mut self, time: Duration) -> bool {
        let time = time.min(self.pace.longest_wait);
        if time >= self.left() {
            return false;
        }
        sleep(time);
        true
    }

    /// Sends a request to a service that is not GitHub, with second tries where they are safe, and gives back an answer of
    /// success (2xx).
    ///
    /// # Errors
    /// Whatever [`Fault`] says; after a write with [`Fault::maybe_done`] look before trying again.
    pub fn call(&mut self, request: &Request<'_>) -> Result<Answer, Failure> {
        self.called(request).map_err(|fault| request.failed(fault))
    }

    /// As [`Door::call`], with the answer read as JSON.
    ///
    /// # Errors
    /// As [`Door::call`]; [`Fault::NotJson`] where the answer is another.
    pub fn call_json<R: DeserializeOwned>(&mut self, request: &Request<'_>) -> Result<R, Failure> {
        let answer = self.call(request)?;
        answer.json().map_err(|fault| request.failed(fault))
    }

    fn called(&mut self, request: &Request<'_>) -> Result<Answer, Fault> {
        let address = Address::read(request.url)?;
        let base = address.url.as_str();
        self.tries(&address.server(), request.method, |door| {
            let mut url = address.url.clone();
            for _ in 0..=REDIRECTS {
                let length = request.body.map_or(0, <[u8]>::len);
                let limit = door.limit(door.pace.for_body(length));
                let answer = door.wire()?.send(request, url, limit)?;
                match answer.status {
                    200..=299 => return Ok(answer),
                    301 | 302 | 307 | 308 if request.method == Method::Get => {
                        let target = answer.header("location").unwrap_or_default();
                        let here = Next::Here(String::new());
                        url = match next(base, &here, target, false) {
                            Some(Ok(Next::Here(uri))) => Address::read(&uri)?.url,
                            _ => return Err(Fault::Moved(answer.status)),
                        };
                    }
                    _ => return Err(fault_of(&answer, &request.secrets())),
                }
            }
            Err(Fault::Moved(TOO_OFTEN))
        })
    }

    /// Sends until it succeeds, cannot be sent again, or the time is up. `once` sends one time to `server`.
    pub(crate) fn tries(
        &mut self,
        server: &str,
        method: Method,
        mut once: impl FnMut(&mut Door) -> Result<Answer, Fault>,
    ) -> Result<Answer, Fault> {
        let mut tried = 0_u32;
        loop {
            self.pause(server, method)?;
            let fault = match once(self) {
                Ok(answer) => {
                    self.server(server).unwell = false;
                    return Ok(answer);
                }
                Err(fault) => fault,
            };
            let silent = matches!(fault, Fault::Unreachable(_) | Fault::Timeout);
            let known = self.server(server);
            let tries = if known.unwell && silent {
                1
            } else {
                self.pace.tries
            };
            let doubled = 2_u32.saturating_pow(tried);
            tried = tried.saturating_add(1);
            let wait = match &fault {
                Fault::RateLimited { wait } => {
                    wait.unwrap_or(self.pace.secondary.saturating_mul(doubled))
                }
                Fault::Unreachable(_) => self.pace.backoff.saturating_mul(doubled),
                Fault::TooLong(_) => return Err(fault),
                fault if method == Method::Get && fault.maybe_done() => {
                    self.pace.backoff.saturating_mul(doubled)
                }
                _ => return Err(fault),
            };
            if let Fault::RateLimited { .. } = fault {
                self.server(server).limited_until = Instant::now().checked_add(wait);
            }
            // To wait and then have no time left to send helps nobody.
            if tried >= tries || wait >= self.left() {
                self.server(server).unwell = silent;
                return Err(fault);
            }
            sleep(wait);
        }
    }

    /// Keeps the distance between writes, waits for the end of a rate limit where there is time, and stops at the end of the
    /// budget. Nothing was sent when it fails.
    fn pause(&mut self, server: &str, method: Method) -> Result<(), Fault> {
        let now = Instant::now();
        let known = self.server(server);
        let limited = known
            .limited_until
            .map(|until| until.saturating_duration_since(now))
            .filter(|wait| !wait.is_zero());
        let last_write = known.last_write;
        let left = self.left();
        if let Some(wait) = limited {
            if wait >= left {
                return Err(Fault::RateLimited { wait: Some(wait) });
            }
            sleep(wait);
        }
        if left.is_zero() {
            return Err(Fault::Budget);
        }
        if method != Method::Get {
            if let Some(last) = last_write {
                let wait = self.pace.between_writes.saturating_sub(last.elapsed());
                if wait >= self.left() {
                    return Err(Fault::Budget);
                }
                sleep(wait);
            }
            self.server(server).last_write = Some(Instant::now());
        }
        Ok(())
    }

    fn server(&mut self, server: &str) -> &mut Server {
        self.servers.entry(server.to_owned()).or_default()
    }

    /// How long a request may take that has `time` at most.
    pub(crate) fn limit(&mut self, time: Duration) -> Duration {
        time.min(self.left())
    }

    /// What sends, made on first use.
    ///
    /// # Errors
    /// [`Fault::Setup`] where it cannot be made.
    pub(crate) fn wire(&mut self) -> Result<&Wire, Fault> {
        match &mut self.wire {
            Some(wire) => Ok(wire),
            empty => {
                let made = Wire::open(self.ca_bundle.as_deref(), self.pace.connect)?;
                Ok(empty.insert(made))
            }
        }
    }
}

/// What is said when one redirect follows another for too long; no status says so.
pub(crate) const TOO_OFTEN: u16 = 310;
