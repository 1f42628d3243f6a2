//! What can go wrong with a request, in terms of what to do about it.
//!
//! Must not know: how requests are sent, and to which service. No text here holds what is hidden: it is taken out of whatever
//! a server answers before it comes here.

use std::time::Duration;

/// A request that did not succeed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{tried}: {fault}")]
pub struct Failure {
    /// Method and path (`POST /repos/o/r/check-runs`), with the service before them where that is not GitHub.
    pub tried: String,
    /// What happened.
    pub fault: Fault,
}

/// What happened to a request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The client could not be made; nothing was sent.
    #[error("the client could not be made: {0}")]
    Setup(String),
    /// Requests must not go to this address; nothing was sent.
    #[error("the address cannot be used: {0}")]
    Address(&'static str),
    /// 401.
    #[error(
        "the server does not know the token or password (401); it may have ended, or belongs to another server"
    )]
    Unauthorized,
    /// 403 because the token may not: a permission is missing or the token can only read. The text is the server's, with the
    /// permissions that it names.
    #[error("the token may not do this (403: {0})")]
    Forbidden(String),
    /// 403 because the repository does not have the feature.
    #[error("the feature is switched off (403: {0})")]
    FeatureOff(String),
    /// 403 or 429 because of a rate limit.
    #[error("the server's rate limit is used up{}", wait_text(*.wait))]
    RateLimited {
        /// How long the server wants us to wait; `None` when it does not say.
        wait: Option<Duration>,
    },
    /// 404: it is not there, or the token may not see it.
    #[error("the server knows no such place (404), or the token may not see it")]
    NotFound,
    /// 410.
    #[error("this is switched off or retired on the server (410)")]
    Gone,
    /// A redirect that is not followed.
    #[error("this has moved ({0}), and requests do not follow it there; name the new place")]
    Moved(u16),
    /// 413.
    #[error("the server finds the request too large (413)")]
    TooLarge,
    /// 422. The text is the server's.
    #[error("the server refuses the content (422: {0})")]
    Invalid(String),
    /// Any other refusal.
    #[error("the server refuses ({status}: {text})")]
    Refused {
        /// HTTP status.
        status: u16,
        /// The server's text.
        text: String,
    },
    /// 5xx: nobody knows whether it was done.
    #[error("the server answers with an error of its own ({0})")]
    Server(u16),
    /// No connection, so nothing was sent.
    #[error("no connection: {0}")]
    Unreachable(String),
    /// The server's certificate is from nobody that is trusted; nothing was sent, and trying again changes nothing.
    #[error(
        "the server's certificate is not trusted ({0}); if its authority is your own, name its PEM file with `ca-bundle`"
    )]
    Untrusted(String),
    /// The connection broke after the request had begun.
    #[error("the connection broke before the answer was complete: {0}")]
    Broken(String),
    /// The answer is longer than what is read. Nothing is wrong with the connection, so asking again changes nothing.
    #[error("the answer is longer than {0} bytes")]
    TooLong(usize),
    /// The server points to another one for a download, and it is not followed there; why.
    #[error("the server points to another place for the download, which is not followed: {0}")]
    Astray(&'static str),
    /// The server that a download is sent to refuses.
    #[error(
        "the storage that the server points to answers {0}; does a proxy or firewall stand before it?"
    )]
    Storage(u16),
    /// No answer in time.
    #[error("no answer in time")]
    Timeout,
    /// A good status with a body that is not what was asked for.
    #[error(
        "the answer is not the server's own (not of the expected form); is a proxy in between?"
    )]
    NotJson,
    /// The time for all requests of a phase, or of one destination, is used up; nothing was sent.
    #[error("the time for this is used up")]
    Budget,
}

fn wait_text(wait: Option<Duration>) -> String {
    wait.map(|wait| format!("; it wants us to wait for {} s", wait.as_secs()))
        .unwrap_or_default()
}

impl Fault {
    /// Whether a write with this end may have been carried out all the same. Look before sending it again.
    pub fn maybe_done(&self) -> bool {
        matches!(
            self,
            Fault::Server(_)
                | Fault::Broken(_)
                | Fault::TooLong(_)
                | Fault::Timeout
                | Fault::NotJson
        )
    }

    /// Reads a status that is no success. `wait` is what the server wants us to wait, `text` its words, safe and short.
    ///
    /// A 403 has three unlike meanings; only the rate limit may be tried again (GitHub docs, "Rate limits for the REST
    /// API" and "Troubleshooting the REST API").
    pub(super) fn of(status: u16, wait: Option<Duration>, text: String) -> Fault {
        let lower = text.to_ascii_lowercase();
        match status {
            401 => Fault::Unauthorized,
            403 if lower.contains("resource not accessible") => Fault::Forbidden(text),
            403 | 429 => {
                if status == 429
                    || wait.is_some()
                    || lower.contains("rate limit")
                    || lower.contains("abuse detection")
                {
                    Fault::RateLimited { wait }
                } else if lower.contains("must be enabled") || lower.contains("not enabled") {
                    Fault::FeatureOff(text)
                } else {
                    Fault::Forbidden(text)
                }
            }
            404 => Fault::NotFound,
            410 => Fault::Gone,
            413 => Fault::TooLarge,
            422 => Fault::Invalid(text),
            301 | 302 | 303 | 307 | 308 => Fault::Moved(status),
            500..=599 => Fault::Server(status),
            _ => Fault::Refused { status, text },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_unknown_end_may_have_been_done() {
        assert!(
            Fault::Timeout.maybe_done()
                && Fault::Server(502).maybe_done()
                && Fault::NotJson.maybe_done()
        );
        assert!(!Fault::Unreachable(String::new()).maybe_done());
        assert!(
            !Fault::RateLimited { wait: None }.maybe_done()
                && !Fault::Invalid(String::new()).maybe_done()
        );
    }
}
