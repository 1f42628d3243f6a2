//! A document to an address of the reader's own, signed where there is a key for it.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::notice::{due, failed, secret_parts, send, told};
use super::plan::{Fix, Plan, Stage};
use super::{Destination, Publication, Status, notice};
use crate::http::{Fault, Method, Request};
use crate::model::{Hidden, instant};
use crate::render::webhook::{delivery_id, document};

pub(super) const DESTINATION: Destination = Destination {
    id: "webhook",
    what: "a JSON document to an address of your own when the verdict of the default branch changes",
    plan,
    publish,
};

fn plan(stage: &Stage<'_>) -> Plan {
    let settings = stage.settings;
    match (&settings.webhook_url, &settings.webhook_secret) {
        (Some(_), _) => notice::plan(stage),
        (None, None) => Plan::not("`webhook-url` is not set"),
        (None, Some(_)) => Plan::lacks(
            "`webhook-secret` is set and `webhook-url` is not",
            Fix::Step("webhook-url: '${{ secrets.WEBHOOK_URL }}'"),
        ),
    }
}

fn publish(publication: &mut Publication<'_>) -> Status {
    let settings = publication.settings;
    let Some(url) = &settings.webhook_url else {
        return Status::Skipped("`webhook-url` is not set".to_owned());
    };
    let notice = match due(publication) {
        Ok(notice) => notice,
        Err(why) => return Status::Skipped(why),
    };
    let id = delivery_id(publication.outcome, &settings.check_name);
    let body = match document(&notice, &id) {
        Ok(body) => body,
        Err(error) => return Status::Failed(format!("writing the document: {error}")),
    };
    let Some(started) = instant(&publication.outcome.started) else {
        return Status::Failed("the run has no time that could be signed".to_owned());
    };
    let timestamp = started.timestamp().to_string();
    let mut headers = vec![
        ("x-sarif-gate-event", Hidden::new("verdict")),
        ("x-sarif-gate-delivery", Hidden::new(id.as_str())),
        ("x-sarif-gate-timestamp", Hidden::new(timestamp.as_str())),
    ];
    let key = settings.webhook_secret.as_ref();
    if let Some(key) = key {
        let Some(signature) = signature(key, &timestamp, &body) else {
            return Status::Failed("`webhook-secret` cannot be used as a key".to_owned());
        };
        headers.push(("x-sarif-gate-signature-256", Hidden::new(signature)));
    }
    let parts = secret_parts(url);
    let hidden: Vec<&Hidden> = parts.iter().chain(key).collect();
    let request = Request {
        headers: &headers,
        content_type: Some("application/json"),
        body: Some(body.as_bytes()),
        hidden: &hidden,
        ..Request::new("webhook", "the document", Method::Post, url.reveal())
    };
    match send(publication.door(), &request) {
        Ok(_) => {
            let signed = if key.is_some() {
                "signed"
            } else {
                "not signed"
            };
            Status::done(format!("{}, {signed}, as {id}", told(&notice)))
        }
        Err(failure) => Status::Failed(failed(&failure, what_to_do(&failure.fault))),
    }
}

/// `sha256=` and HMAC-SHA256 of the time, a full stop and the body, in hexadecimal. With the time in it, an old document cannot be
/// sent again under a new one.
fn signature(key: &Hidden, timestamp: &str, body: &str) -> Option<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.reveal().as_bytes()).ok()?;
    for part in [timestamp, ".", body] {
        mac.update(part.as_bytes());
    }
    let digest = mac.finalize().into_bytes();
    let digits: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    Some(format!("sha256={digits}"))
}

/// What somebody has to do about a refusal.
fn what_to_do(fault: &Fault) -> &'static str {
    match fault {
        Fault::Unauthorized | Fault::Forbidden(_) | Fault::FeatureOff(_) => {
            "the receiver refuses it; does its key agree with `webhook-secret`, and is its clock right?"
        }
        Fault::NotFound | Fault::Gone => "look at the address that `webhook-url` comes from",
        Fault::Moved(_) => "the document is sent to no other address than that of `webhook-url`",
        Fault::TooLarge => "let the receiver take bodies of 64 KiB",
        Fault::Invalid(_) | Fault::Refused { .. } => {
            "the receiver does not take the document; its form is docs/notice.schema.json"
        }
        Fault::RateLimited { .. } => "the receiver is told too often; look at its limits",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_hmac_sha256_of_time_and_body() {
        // printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac 'key'
        assert_eq!(
            signature(&Hidden::new("key"), "1700000000", r#"{"a":1}"#).unwrap(),
            "sha256=a438e398bfafc57e4396bb7fc2304422f0f768e965d073ca313cb52e22e6ad03"
        );
        let other = signature(&Hidden::new("key"), "17000000001", r#"{"a":1}"#);
        assert_ne!(signature(&Hidden::new("key"), "1700000000", "1"), other);
    }
}
