//! What can go wrong with a request, in terms of what to do about it.
//!
//! Must not know: how requests are sent. No text here holds a token: the client takes it out of whatever GitHub answers.

use std::time::Duration;

use super::command::safe_log_text;
use super::limits::ERROR_TEXT_CHARS;

/// A request that did not succeed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{tried}: {fault}")]
pub struct ApiError {
    /// Method and path.
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
    /// 401.
    #[error(
        "GitHub does not know the token (401); it may have ended, or belongs to another server"
    )]
    Unauthorized,
    /// 403 because the token may not: a permission is missing or the token can only read. The text is GitHub's.
    #[error("the token may not do this (403: {0})")]
    Forbidden(String),
    /// 403 because the repository does not have the feature.
    #[error("the feature is switched off (403: {0})")]
    FeatureOff(String),
    /// 403 or 429 because of a rate limit.
    #[error("GitHub's rate limit is used up{}", wait_text(*.wait))]
    RateLimited {
        /// How long GitHub wants us to wait; `None` when it does not say.
        wait: Option<Duration>,
    },
    /// 404: it is not there, or the token may not see it.
    #[error("GitHub knows no such place (404), or the token may not see it")]
    NotFound,
    /// 410.
    #[error("this is switched off or retired on the server (410)")]
    Gone,
    /// A redirect that is not followed.
    #[error("the repository has moved ({0}); run the workflow in its new place")]
    Moved(u16),
    /// 413.
    #[error("GitHub finds the request too large (413)")]
    TooLarge,
    /// 422. The text is GitHub's.
    #[error("GitHub refuses the content (422: {0})")]
    Invalid(String),
    /// Any other refusal.
    #[error("GitHub refuses ({status}: {text})")]
    Refused {
        /// HTTP status.
        status: u16,
        /// GitHub's text.
        text: String,
    },
    /// 5xx: nobody knows whether it was done.
    #[error("GitHub answers with an error of its own ({0})")]
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
    /// GitHub points to another server for a download, and it is not followed there; why.
    #[error("GitHub points to another place for the download, which is not followed: {0}")]
    Astray(&'static str),
    /// The server that GitHub points to for a download refuses.
    #[error(
        "the storage that GitHub points to answers {0}; does a proxy or firewall stand before it?"
    )]
    Storage(u16),
    /// No answer in time.
    #[error("no answer in time")]
    Timeout,
    /// A good status with a body that is not what was asked for.
    #[error("the answer is not GitHub's (not of the expected form); is a proxy in between?")]
    NotJson,
    /// The time for all requests of a run is used up.
    #[error("the time for telling GitHub is used up")]
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

    /// Reads an answer without success. `after` and `reset` are `retry-after` and the seconds until `x-ratelimit-reset`
    /// where `x-ratelimit-remaining` is 0.
    ///
    /// A 403 has three unlike meanings; only the rate limit may be tried again (GitHub docs, "Rate limits for the REST
    /// API" and "Troubleshooting the REST API").
    pub(super) fn of(status: u16, after: Option<u64>, reset: Option<u64>, body: &[u8]) -> Fault {
        let text = message(body);
        let lower = text.to_ascii_lowercase();
        match status {
            401 => Fault::Unauthorized,
            403 if lower.contains("resource not accessible") => Fault::Forbidden(text),
            403 | 429 => {
                let wait = after.or(reset).map(Duration::from_secs);
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

/// GitHub's own words: `message` and the first of `errors`, made safe and short.
fn message(body: &[u8]) -> String {
    /// Further errors that are repeated.
    const ERRORS: usize = 3;
    let Ok(answer) = serde_json::from_slice::<serde_json::Value>(body) else {
        return "no text".to_owned();
    };
    let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
    let member = |value: &serde_json::Value, name: &str| value.get(name).and_then(text);
    let mut parts: Vec<String> = member(&answer, "message").into_iter().collect();
    for error in answer
        .get("errors")
        .and_then(|e| e.as_array())
        .into_iter()
        .flatten()
        .take(ERRORS)
    {
        let fields = [
            member(error, "field"),
            member(error, "code"),
            member(error, "message"),
        ];
        let words: Vec<String> = fields.into_iter().flatten().collect();
        parts.extend(text(error).or_else(|| (!words.is_empty()).then(|| words.join(" "))));
    }
    if parts.is_empty() {
        "no text".to_owned()
    } else {
        safe_log_text(&parts.join("; "), ERROR_TEXT_CHARS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_told_apart() {
        let limited = |wait: Option<u64>| Fault::RateLimited {
            wait: wait.map(Duration::from_secs),
        };
        let integration = r#"{"message":"Resource not accessible by integration"}"#;
        for (status, after, reset, body, expected) in [
            (401, None, None, "", Fault::Unauthorized),
            (
                403,
                None,
                None,
                integration,
                Fault::Forbidden("Resource not accessible by integration".into()),
            ),
            // A read-only token on the last request of the hour is still a read-only token.
            (
                403,
                None,
                Some(5),
                integration,
                Fault::Forbidden("Resource not accessible by integration".into()),
            ),
            (403, Some(7), Some(9), "{}", limited(Some(7))),
            (403, None, Some(9), "{}", limited(Some(9))),
            (
                403,
                None,
                None,
                r#"{"message":"You have exceeded a secondary rate limit."}"#,
                limited(None),
            ),
            (429, None, None, "<html>", limited(None)),
            (
                403,
                None,
                None,
                r#"{"message":"Code Security must be enabled for this repository"}"#,
                Fault::FeatureOff("Code Security must be enabled for this repository".into()),
            ),
            (
                403,
                None,
                None,
                "no json",
                Fault::Forbidden("no text".into()),
            ),
            (404, None, None, "{}", Fault::NotFound),
            (410, None, None, "{}", Fault::Gone),
            (413, None, None, "{}", Fault::TooLarge),
            (308, None, None, "{}", Fault::Moved(308)),
            (503, None, None, "{}", Fault::Server(503)),
            (
                400,
                None,
                None,
                r#"{"message":"bad"}"#,
                Fault::Refused {
                    status: 400,
                    text: "bad".into(),
                },
            ),
            (
                422,
                None,
                None,
                r#"{"message":"Validation Failed","errors":["first",{"field":"head_sha","code":"invalid"}]}"#,
                Fault::Invalid("Validation Failed; first; head_sha invalid".into()),
            ),
        ] {
            assert_eq!(
                Fault::of(status, after, reset, body.as_bytes()),
                expected,
                "{status} {body}"
            );
        }
    }

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

    #[test]
    fn an_answer_cannot_forge_the_log() {
        let body = format!(
            r###"{{"message":"::error::x\n##[set-output name=a]{}"}}"###,
            "y".repeat(9_000)
        );
        let text = Fault::of(422, None, None, body.as_bytes()).to_string();
        assert!(
            text.chars().count() < 400 && !text.contains("##[") && !text.contains('\n'),
            "{text}"
        );
    }
}
