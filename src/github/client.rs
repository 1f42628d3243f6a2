//! The one client of GitHub's REST API: requests one after another, with the pauses, the second tries and the total
//! time that GitHub's rules and our readers' patience allow.
//!
//! Must not know: what the requests are for. A write whose end is unknown is handed back (`Fault::maybe_done`): only the
//! caller can look whether it happened.
#![expect(
    clippy::disallowed_methods,
    reason = "pauses, budgets and the end of a rate limit need the clock of this very moment"
)]

use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::connection::{Answer, Ask, Connection, Method};
use super::download::{self, Next};
use super::error::{ApiError, Fault};
use super::limits;
use crate::model::Hidden;

/// Where GitHub is and who we are.
#[derive(Clone, Debug)]
pub struct Access {
    /// Base of the API without a slash at its end (`https://api.github.com`, `https://HOST/api/v3`).
    pub api_url: String,
    /// The token.
    pub token: Hidden,
    /// PEM file with further certificate authorities.
    pub ca_bundle: Option<String>,
}

/// Times and numbers of tries. The default is GitHub's rules; tests hand in shorter ones.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// All requests together, from the first one on.
    pub budget: Duration,
    /// One request.
    pub request: Duration,
    /// Making a connection.
    pub connect: Duration,
    /// From one write to the next.
    pub between_writes: Duration,
    /// First wait after a rate limit that does not say how long; doubled each time.
    pub secondary: Duration,
    /// First wait after a failure; doubled each time.
    pub backoff: Duration,
    /// How often one request is sent at most.
    pub tries: u32,
}

impl Default for Pace {
    fn default() -> Pace {
        Pace {
            budget: Duration::from_secs(limits::BUDGET_S),
            request: Duration::from_secs(limits::REQUEST_TIMEOUT_S),
            connect: Duration::from_secs(limits::CONNECT_TIMEOUT_S),
            between_writes: Duration::from_millis(limits::BETWEEN_WRITES_MS),
            secondary: Duration::from_secs(limits::SECONDARY_LIMIT_WAIT_S),
            backoff: Duration::from_secs(1),
            tries: limits::TRIES,
        }
    }
}

/// The client. Making one costs nothing: runtime, TLS and connection come with the first request.
pub struct Client {
    access: Access,
    pace: Pace,
    connection: Option<Connection>,
    deadline: Option<Instant>,
    last_write: Option<Instant>,
    /// Going on under a rate limit can get the token banned, so nothing is sent before this time.
    limited_until: Option<Instant>,
}

impl Client {
    /// A client that has not done anything yet.
    pub fn new(access: Access, pace: Pace) -> Client {
        Client {
            access,
            pace,
            connection: None,
            deadline: None,
            last_write: None,
            limited_until: None,
        }
    }

    /// Reads. Tried again after every failure that may pass.
    ///
    /// # Errors
    /// Whatever [`Fault`] says.
    pub fn get<R: DeserializeOwned>(&mut self, path: &str) -> Result<R, ApiError> {
        self.call(Method::Get, path, None)
    }

    /// Creates. Tried again only where the request surely did nothing.
    ///
    /// # Errors
    /// Whatever [`Fault`] says; with [`Fault::maybe_done`] look before trying again.
    pub fn post<R: DeserializeOwned>(&mut self, path: &str, body: &Value) -> Result<R, ApiError> {
        self.call(Method::Post, path, Some(body))
    }

    /// Changes. Tried again only where the request surely did nothing.
    ///
    /// # Errors
    /// As [`Client::post`].
    pub fn patch<R: DeserializeOwned>(&mut self, path: &str, body: &Value) -> Result<R, ApiError> {
        self.call(Method::Patch, path, Some(body))
    }

    fn call<R: DeserializeOwned>(
        &mut self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<R, ApiError> {
        let ask = Ask {
            method,
            body,
            accept: None,
            most: limits::ANSWER_BYTES,
            away: false,
        };
        let answer = self.ask(path, ask)?;
        serde_json::from_slice(&answer.body).map_err(|_| failed(method, path, Fault::NotJson))
    }

    /// Sends a request with all that belongs to it, and gives back an answer of success.
    pub(super) fn ask(&mut self, path: &str, ask: Ask<'_>) -> Result<Answer, ApiError> {
        self.tries(path, ask)
            .map_err(|fault| failed(ask.method, path, fault))
    }

    /// Sends until it succeeds, cannot be sent again, or the time is up.
    fn tries(&mut self, path: &str, ask: Ask<'_>) -> Result<Answer, Fault> {
        let mut tried = 0_u32;
        loop {
            self.pause(ask.method)?;
            let fault = match self.once(path, ask) {
                Ok(answer) => return Ok(answer),
                Err(fault) => fault,
            };
            let doubled = 2_u32.saturating_pow(tried);
            tried = tried.saturating_add(1);
            let wait = match &fault {
                Fault::RateLimited { wait } => {
                    wait.unwrap_or(self.pace.secondary.saturating_mul(doubled))
                }
                Fault::Unreachable(_) => self.pace.backoff.saturating_mul(doubled),
                Fault::TooLong(_) => return Err(fault),
                fault if ask.method == Method::Get && fault.maybe_done() => {
                    self.pace.backoff.saturating_mul(doubled)
                }
                _ => return Err(fault),
            };
            if let Fault::RateLimited { .. } = fault {
                self.limited_until = Instant::now().checked_add(wait);
            }
            // To wait and then have no time left to send helps nobody.
            if tried >= self.pace.tries || wait >= self.left() {
                return Err(fault);
            }
            sleep(wait);
        }
    }

    /// Keeps the distance between writes and stops at the end of the budget.
    fn pause(&mut self, method: Method) -> Result<(), Fault> {
        let now = Instant::now();
        if let Some(wait) = self
            .limited_until
            .and_then(|until| until.checked_duration_since(now))
            && !wait.is_zero()
        {
            return Err(Fault::RateLimited { wait: Some(wait) });
        }
        if self.left().is_zero() {
            return Err(Fault::Budget);
        }
        if method != Method::Get {
            if let Some(since) = self.last_write.map(|last| last.elapsed()) {
                sleep(
                    self.pace
                        .between_writes
                        .saturating_sub(since)
                        .min(self.left()),
                );
            }
            self.last_write = Some(Instant::now());
        }
        Ok(())
    }

    /// What is left of the budget, which begins here when nothing was sent before.
    fn left(&mut self) -> Duration {
        let now = Instant::now();
        let deadline = *self
            .deadline
            .get_or_insert_with(|| now.checked_add(self.pace.budget).unwrap_or(now));
        deadline.saturating_duration_since(now)
    }

    /// Sends once; a GET follows redirects within the same server, a download to others too, but then without the token.
    fn once(&mut self, path: &str, ask: Ask<'_>) -> Result<Answer, Fault> {
        let mut next = Next::Here(format!("{}{path}", self.access.api_url));
        for _ in 0..=limits::REDIRECTS {
            let request = if ask.away {
                self.pace.request.saturating_mul(limits::DOWNLOAD_FACTOR)
            } else {
                self.pace.request
            };
            let limit = request.min(self.left());
            let away = matches!(next, Next::Away(_));
            let answer = match &next {
                Next::Here(uri) => self.connection()?.send(uri, ask, limit)?,
                Next::Away(url) => self.connection()?.fetch(url.clone(), ask.most, limit)?,
            };
            match answer.status {
                200..=299 => return Ok(answer),
                301 | 302 | 307 | 308 if ask.method == Method::Get => {
                    let target = answer.header("location").unwrap_or_default();
                    next = download::next(&self.access.api_url, &next, target, ask.away)
                        .ok_or(Fault::Moved(answer.status))??;
                }
                500..=599 => return Err(Fault::Server(answer.status)),
                status if away => return Err(Fault::Storage(status)),
                _ => return Err(fault(&answer, &self.access.token)),
            }
        }
        Err(Fault::Moved(310))
    }

    fn connection(&mut self) -> Result<&Connection, Fault> {
        match &mut self.connection {
            Some(connection) => Ok(connection),
            empty => Ok(empty.insert(Connection::open(&self.access, self.pace.connect)?)),
        }
    }
}

fn failed(method: Method, path: &str, fault: Fault) -> ApiError {
    ApiError {
        tried: format!("{} {path}", method.word()),
        fault,
    }
}

/// What an answer without success means. A server that repeats the token must not bring it into a log.
fn fault(answer: &Answer, token: &Hidden) -> Fault {
    let number = |name: &str| {
        answer
            .header(name)
            .and_then(|value| value.trim().parse::<u64>().ok())
    };
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |now| now.as_secs());
    let reset = number("x-ratelimit-reset")
        .filter(|_| number("x-ratelimit-remaining") == Some(0))
        // One more, because the seconds of two clocks are compared.
        .map(|at| at.saturating_sub(now).saturating_add(1));
    let token = token.reveal();
    let mut body = String::from_utf8_lossy(&answer.body).into_owned();
    if !token.is_empty() {
        body = body.replace(token, "***");
    }
    Fault::of(answer.status, number("retry-after"), reset, body.as_bytes())
}

/// Escapes one segment of a path or a value of a query (RFC 3986: all but the unreserved characters).
pub fn percent_encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_value_cannot_end_early() {
        assert_eq!(
            percent_encode("Gate & co/é#1"),
            "Gate%20%26%20co%2F%C3%A9%231"
        );
        assert_eq!(percent_encode("a-b_c.d~9"), "a-b_c.d~9");
    }

    #[test]
    fn making_a_client_makes_no_connection() {
        let access = Access {
            api_url: String::new(),
            token: Hidden::new("t"),
            ca_bundle: Some("/nowhere".to_owned()),
        };
        assert!(Client::new(access, Pace::default()).connection.is_none());
    }
}
