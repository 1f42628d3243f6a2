//! A message in Slack, by an incoming webhook, whose address is a secret.
//!
//! It answers in plain words: `ok`, or one word for what is wrong (Slack docs, "Sending messages using incoming webhooks",
//! "Handling errors", and the change log of 2016-05-17).

use serde_json::Value;

use super::notice::{due, failed, secret_parts, send, told};
use super::plan::{Plan, Stage};
use super::{Destination, Publication, Status, notice};
use crate::http::{Fault, Method, Request};
use crate::model::Hidden;
use crate::render::slack::message;

pub(super) const DESTINATION: Destination = Destination {
    id: "slack",
    what: "a message in Slack when the verdict of the default branch changes",
    plan,
    publish,
};

fn plan(stage: &Stage<'_>) -> Plan {
    match stage.settings.slack_webhook_url {
        Some(_) => notice::plan(stage),
        None => Plan::not("`slack-webhook-url` is not set"),
    }
}

fn publish(publication: &mut Publication<'_>) -> Status {
    let Some(url) = &publication.settings.slack_webhook_url else {
        return Status::Skipped("`slack-webhook-url` is not set".to_owned());
    };
    let notice = match due(publication) {
        Ok(notice) => notice,
        Err(why) => return Status::Skipped(why),
    };
    let body = message(&notice).to_string();
    let parts = secret_parts(url);
    let hidden: Vec<&Hidden> = parts.iter().collect();
    let request = Request {
        content_type: Some("application/json"),
        body: Some(body.as_bytes()),
        hidden: &hidden,
        ..Request::new("Slack", "the message", Method::Post, url.reveal())
    };
    let sent = send(publication.door(), &request).and_then(|answer| match taken(&answer.body) {
        true => Ok(()),
        false => Err(request.failed(Fault::NotJson)),
    });
    match sent {
        Ok(()) => Status::done(format!("one message: {}", told(&notice))),
        Err(failure) => Status::Failed(failed(&failure, what_to_do(&failure.fault))),
    }
}

/// Whether Slack says that it took the message. Who speaks its language beside it answers with a document.
fn taken(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(body);
    let yes = |document: Value| {
        let says = |name| document.get(name) == Some(&Value::Bool(true));
        says("ok") || says("success")
    };
    text.trim().eq_ignore_ascii_case("ok") || serde_json::from_str::<Value>(&text).is_ok_and(yes)
}

/// What somebody has to do about a refusal.
fn what_to_do(fault: &Fault) -> &'static str {
    const NEW: &str = "make a new incoming webhook in the settings of the Slack app, and put its address where \
                       `slack-webhook-url` comes from";
    const OURS: &str = "the address may be one of a workflow of Slack, which takes another form; if it is that of an \
                        incoming webhook, this is a mistake of sarif-gate, please report it";
    match fault {
        Fault::Refused { text, .. } if text.contains("invalid_token") => NEW,
        Fault::Refused { status: 400, .. } | Fault::Invalid(_) | Fault::TooLarge => OURS,
        // no_service, no_active_hooks, no_team, channel_not_found.
        Fault::NotFound => {
            "the webhook was removed, or its channel was deleted; make a new incoming webhook in the settings of the Slack \
             app, and put its address where `slack-webhook-url` comes from"
        }
        // channel_is_archived.
        Fault::Gone => {
            "the channel is archived; take it out of the archive, or make a webhook for another one"
        }
        Fault::Forbidden(text) if text.contains("invalid_token") => NEW,
        // action_prohibited, posting_to_general_channel_denied.
        Fault::Forbidden(_) | Fault::FeatureOff(_) => {
            "an administrator of Slack restricts who may post there; have the app allowed, or make a webhook for another \
             channel"
        }
        Fault::RateLimited { .. } => {
            "too much is sent to this webhook, which takes one message a second; give it to fewer senders"
        }
        Fault::Unauthorized | Fault::Refused { .. } => {
            "incoming webhooks do not answer so; is a proxy in between, or is the address another one?"
        }
        Fault::Moved(_) => {
            "the message is sent to no other address than that of `slack-webhook-url`"
        }
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_slacks_own_answer_counts() {
        let is = |body: &str| taken(body.as_bytes());
        assert!(is("ok") && is("ok\n") && is(r#"{"ok":true}"#) && is(r#"{"success":true}"#));
        assert!(!is("") && !is("<html>ok</html>") && !is(r#"{"ok":false}"#) && !is("okay"));
    }
}
