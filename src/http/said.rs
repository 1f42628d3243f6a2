//! What a server says of a request that it does not carry out: its words, its waits, the permissions that it names. All of it
//! is foreign text, and none of it holds what is hidden.
#![expect(
    clippy::disallowed_methods,
    reason = "the end of a rate limit is told as a time of day"
)]

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::fault::Fault;
use super::limits::{ERROR_PARTS, ERROR_TEXT_CHARS, LONGEST_WAIT_S, PERMISSIONS_CHARS};
use super::request::Answer;
use crate::model::{cut_chars, instant, safe_log_text};

/// What an answer without success means. `secrets` are taken out of its words.
pub(crate) fn fault_of(answer: &Answer, secrets: &[&str]) -> Fault {
    let fault = Fault::of(
        answer.status,
        wait(answer, Utc::now()),
        words(answer, secrets),
    );
    match fault {
        Fault::Forbidden(text) => {
            let needed = answer
                .header("x-accepted-github-permissions")
                .and_then(permissions);
            Fault::Forbidden(match needed {
                Some(needed) => format!("{text}; it takes {needed}"),
                None => text,
            })
        }
        fault => fault,
    }
}

/// How long the server wants us to wait: `retry-after`, or the time until a limit of which nothing remains begins anew.
fn wait(answer: &Answer, now: DateTime<Utc>) -> Option<Duration> {
    let after = answer.header("retry-after").map(str::trim);
    let reset = answer.header("x-ratelimit-reset").map(str::trim);
    let remaining = answer.header("x-ratelimit-remaining").map(str::trim);
    let after = after.and_then(|text| {
        let seconds = text.parse::<u64>().ok();
        seconds.or_else(|| until(date(text)?.timestamp(), now))
    });
    let seconds = after.or_else(|| {
        let reset = reset.filter(|_| remaining == Some("0"))?;
        let second = reset.parse::<i64>().ok();
        let at = second.or_else(|| Some(date(reset)?.timestamp()))?;
        until(at, now)
    })?;
    Some(Duration::from_secs(seconds.min(LONGEST_WAIT_S)))
}

/// Seconds from now until a second of the epoch; one more, because two clocks are compared.
fn until(at: i64, now: DateTime<Utc>) -> Option<u64> {
    let left = at.saturating_sub(now.timestamp()).max(0);
    u64::try_from(left).ok().map(|left| left.saturating_add(1))
}

/// A moment as headers write it: an HTTP date (RFC 9110, IMF-fixdate), or RFC 3339 (Jira's `x-ratelimit-reset`).
fn date(text: &str) -> Option<DateTime<Utc>> {
    /// An HTTP date has 29 characters.
    const LONGEST: usize = 40;
    if text.len() > LONGEST {
        return None;
    }
    let http = DateTime::parse_from_rfc2822(text).ok();
    http.map(|moment| moment.with_timezone(&Utc))
        .or_else(|| instant(text))
}

/// What GitHub says that a token needs: `checks=write`, `issues=write; pull_requests=write`.
fn permissions(header: &str) -> Option<String> {
    let kept: String = header
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '=' | ',' | ';' | ' '))
        .collect();
    let kept = kept.trim();
    (!kept.is_empty()).then(|| cut_chars(kept, PERMISSIONS_CHARS))
}

/// The server's own words, without secrets, safe and short.
pub(super) fn words(answer: &Answer, secrets: &[&str]) -> String {
    let plain = answer
        .header("content-type")
        .is_some_and(|kind| kind.trim_start().starts_with("text/plain"));
    let said = match serde_json::from_slice::<Value>(&answer.body) {
        Ok(value) => of_json(&value),
        // Slack's webhooks answer in one word. A page of HTML tells nobody anything.
        Err(_) if plain => Some(String::from_utf8_lossy(&answer.body).trim().to_owned()),
        Err(_) => None,
    };
    let Some(mut said) = said.filter(|said| !said.is_empty()) else {
        return "no text".to_owned();
    };
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        if said.contains(secret) {
            said = said.replace(secret, "***");
        }
    }
    safe_log_text(&said, ERROR_TEXT_CHARS)
}

/// The words of the forms that are common: GitHub's `message` and `errors`, Jira's `errorMessages` and `errors`, `error` of
/// Slack and OAuth, `title` and `detail` of RFC 9457.
fn of_json(answer: &Value) -> Option<String> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let member = |value: &Value, name: &str| value.get(name).and_then(text);
    let mut parts: Vec<String> = ["message", "error", "error_description", "title", "detail"]
        .iter()
        .filter_map(|name| member(answer, name))
        .collect();
    let listed = |name: &str| {
        let list = answer.get(name).and_then(Value::as_array);
        list.into_iter().flatten().take(ERROR_PARTS)
    };
    parts.extend(listed("errorMessages").filter_map(text));
    for error in listed("errors") {
        let fields = ["field", "code", "message"];
        let words: Vec<String> = fields
            .iter()
            .filter_map(|name| member(error, name))
            .collect();
        parts.extend(text(error).or_else(|| (!words.is_empty()).then(|| words.join(" "))));
    }
    if let Some(fields) = answer.get("errors").and_then(Value::as_object) {
        let named = fields
            .iter()
            .filter_map(|(name, value)| Some(format!("{name}: {}", value.as_str()?)));
        parts.extend(named.take(ERROR_PARTS));
    }
    (!parts.is_empty()).then(|| parts.join("; "))
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

    use super::*;

    fn answer(status: u16, headers: &[(&'static str, String)], body: &str) -> Answer {
        let headers = headers.iter().map(|(name, value)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_str(value).unwrap(),
            )
        });
        Answer {
            status,
            body: body.as_bytes().to_vec(),
            headers: HeaderMap::from_iter(headers),
        }
    }

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
            let mut headers = Vec::new();
            headers.extend(after.map(|after: u64| ("retry-after", after.to_string())));
            if let Some(reset) = reset {
                let at = Utc::now().timestamp() + reset;
                headers.push(("x-ratelimit-remaining", "0".to_owned()));
                headers.push(("x-ratelimit-reset", at.to_string()));
            }
            let fault = fault_of(&answer(status, &headers, body), &[]);
            // The clock may have gone on between the two questions.
            let fault = match fault {
                Fault::RateLimited { wait: Some(wait) } if reset.is_some() && after.is_none() => {
                    assert!((9..=10).contains(&wait.as_secs()), "{wait:?}");
                    limited(Some(9))
                }
                fault => fault,
            };
            assert_eq!(fault, expected, "{status} {body}");
        }
    }

    #[test]
    fn a_wait_is_seconds_or_a_date() {
        let now = instant("2026-11-06T08:49:37Z").unwrap();
        let after = |text: &str| {
            let answer = answer(429, &[("retry-after", text.to_owned())], "");
            wait(&answer, now).map(|wait| wait.as_secs())
        };
        for (text, seconds) in [
            ("7", Some(7)),
            (" 0 ", Some(0)),
            ("Fri, 06 Nov 2026 08:50:07 GMT", Some(31)),
            // In the past: the clocks differ.
            ("Fri, 06 Nov 2026 08:00:00 GMT", Some(1)),
            ("2026-11-06T08:49:47Z", Some(11)),
            ("99999999999999999999", None),
            ("999999999999", Some(LONGEST_WAIT_S)),
            ("Fri, 06 Nov 2099 08:50:07 GMT", Some(LONGEST_WAIT_S)),
            ("-1", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(after(text), seconds, "{text}");
        }
        let limit = |remaining: &str, reset: &str| {
            let headers = [
                ("x-ratelimit-remaining", remaining.to_owned()),
                ("x-ratelimit-reset", reset.to_owned()),
            ];
            wait(&answer(429, &headers, ""), now).map(|wait| wait.as_secs())
        };
        assert_eq!(limit("0", "2026-11-06T08:49Z"), None);
        assert_eq!(limit("0", "2026-11-06T08:50:37Z"), Some(61));
        assert_eq!(limit("0", &(now.timestamp() + 5).to_string()), Some(6));
        assert_eq!(limit("1", &(now.timestamp() + 5).to_string()), None);
    }

    #[test]
    fn the_permission_that_was_needed_is_named() {
        let refused = |permissions: &str| {
            let headers = [("x-accepted-github-permissions", permissions.to_owned())];
            let body = r#"{"message":"Resource not accessible by integration"}"#;
            fault_of(&answer(403, &headers, body), &[]).to_string()
        };
        assert_eq!(
            refused("checks=write"),
            "the token may not do this (403: Resource not accessible by integration; it takes checks=write)"
        );
        assert!(refused("a=b; ##[error]<c>").ends_with("it takes a=b; errorc)"));
        assert!(refused(&"x".repeat(9_000)).chars().count() < 300);
        assert!(refused("<>").ends_with("by integration)"));
    }

    #[test]
    fn an_answer_cannot_forge_the_log() {
        let body = format!(
            r###"{{"message":"::error::x\n##[set-output name=a]{}"}}"###,
            "y".repeat(9_000)
        );
        let text = fault_of(&answer(422, &[], &body), &[]).to_string();
        assert!(
            text.chars().count() < 400 && !text.contains("##[") && !text.contains('\n'),
            "{text}"
        );
    }

    #[test]
    fn words_of_other_services_are_read() {
        let said = |kind: &str, body: &str| {
            let headers = [("content-type", kind.to_owned())];
            words(&answer(400, &headers, body), &["S3CRET/x"])
        };
        for (kind, body, text) in [
            (
                "text/plain; charset=utf-8",
                "invalid_payload\n",
                "invalid_payload",
            ),
            ("text/html", "<html>Sign in</html>", "no text"),
            ("text/plain", "", "no text"),
            (
                "application/json",
                r#"{"ok":false,"error":"invalid_auth"}"#,
                "invalid_auth",
            ),
            (
                "application/json",
                r#"{"errorMessages":["Gone"],"errors":{"summary":"You must specify a summary"}}"#,
                "Gone; summary: You must specify a summary",
            ),
            (
                "application/problem+json",
                r#"{"title":"Bad","detail":"no field","status":400}"#,
                "Bad; no field",
            ),
            // Taken out after the escapes of JSON are undone.
            (
                "application/json",
                r#"{"message":"Cannot POST \/S3CRET\/x"}"#,
                "Cannot POST /***",
            ),
            ("text/plain", "no route /S3CRET/x", "no route /***"),
        ] {
            assert_eq!(said(kind, body), text, "{body}");
        }
    }
}
