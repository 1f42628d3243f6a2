//! Servers that refuse, limit, send elsewhere, break off or are not there: said with what to do, sent once.

use std::time::Duration;

use sarif_gate::destinations::Status;
use sarif_gate::github::Pace;

use super::super::super::fake_github::{FakeGithub, Trouble};
use super::super::quick;
use super::{KEY, PATH, answer, done, only, pushed, taking, told};

#[test]
fn slacks_refusals_are_said_with_what_to_do_and_sent_once() {
    for (status, said, words) in [
        (
            400,
            "invalid_payload",
            "invalid_payload); nobody was told: the address may be one of a workflow",
        ),
        (400, "no_text", "please report it"),
        (400, "invalid_token", "make a new incoming webhook"),
        (401, "who?", "is a proxy in between"),
        (
            403,
            "action_prohibited",
            "an administrator of Slack restricts",
        ),
        (403, "invalid_token", "make a new incoming webhook"),
        (
            404,
            "no_service",
            "the webhook was removed, or its channel was deleted",
        ),
        (404, "no_active_hooks", "make a new incoming webhook"),
        (404, "channel_not_found", "its channel was deleted"),
        (405, "no", "is a proxy in between"),
        (409, "no", "is a proxy in between"),
        (410, "channel_is_archived", "the channel is archived"),
        (413, "no", "413"),
        (422, "no", "422"),
        (500, "rollup_error", "not sent again"),
        (503, "no", "whether the message arrived is not known"),
        (
            302,
            "no",
            "no other address than that of `slack-webhook-url`",
        ),
        (
            308,
            "no",
            "no other address than that of `slack-webhook-url`",
        ),
        (
            200,
            "<html>Sign in</html>",
            "whether the message arrived is not known",
        ),
        (200, "", "whether the message arrived is not known"),
    ] {
        let slack = FakeGithub::always(answer(status, said));
        let told = told(pushed(2), &only("slack", &slack.url), quick());
        let line = told.line("slack");
        assert!(matches!(told.status("slack"), Status::Failed(_)), "{line}");
        assert!(line.contains(words), "{status} {said}: {line}");
        assert_eq!(slack.requests().len(), 1, "{status} {said}");
    }
}

#[test]
fn the_webhooks_refusals_are_said_with_what_to_do_and_sent_once() {
    for (status, words) in [
        (400, "does not take the document"),
        (401, "agree with `webhook-secret`"),
        (403, "agree with `webhook-secret`"),
        (404, "the address that `webhook-url` comes from"),
        (409, "does not take the document"),
        (410, "the address that `webhook-url` comes from"),
        (413, "64 KiB"),
        (422, "docs/notice.schema.json"),
        (500, "whether the message arrived is not known"),
        (302, "no other address than that of `webhook-url`"),
    ] {
        // A server that repeats what it got must not bring it into a log.
        let text = format!("no {PATH} {KEY}");
        let server = FakeGithub::always(answer(status, &text));
        let told = told(pushed(2), &only("webhook", &server.url), quick());
        let line = told.line("webhook");
        assert!(
            matches!(told.status("webhook"), Status::Failed(_)),
            "{line}"
        );
        assert!(line.contains(words), "{status}: {line}");
        assert_eq!(server.requests().len(), 1, "{status}");
    }
}

#[test]
fn a_redirect_is_not_followed() {
    for id in ["slack", "webhook"] {
        for status in [301, 302, 303, 307, 308] {
            let elsewhere = taking();
            let location = ("location", format!("{}{PATH}", elsewhere.url));
            let here = FakeGithub::always(Trouble::Answer(status, vec![location], "ok".to_owned()));
            let told = told(pushed(1), &only(id, &here.url), quick());
            assert!(!done(&told, id), "{}", told.line(id));
            assert_eq!((here.requests().len(), elsewhere.requests().len()), (1, 0));
        }
    }
}

#[test]
fn only_what_surely_did_nothing_is_sent_again() {
    for id in ["slack", "webhook"] {
        // A rate limit, by status or by what it asks for.
        let limit = |status| {
            let wait = ("retry-after", "0".to_owned());
            Trouble::Answer(status, vec![wait], "rate_limited".to_owned())
        };
        for status in [429, 403] {
            let server = FakeGithub::troubled(vec![
                Some(limit(status)),
                Some(limit(status)),
                Some(answer(200, "ok")),
            ]);
            let told = told(pushed(1), &only(id, &server.url), quick());
            assert!(done(&told, id), "{}", told.line(id));
            assert_eq!(server.requests().len(), 3);
        }
        let server = FakeGithub::always(limit(429));
        let told = told(pushed(1), &only(id, &server.url), quick());
        assert!(
            told.line(id).contains("nobody was told"),
            "{}",
            told.line(id)
        );
        assert_eq!(server.requests().len(), 4);

        for trouble in [
            Trouble::Cut { done: true },
            Trouble::Cut { done: false },
            Trouble::Hang { done: true },
            Trouble::status(502, "no"),
        ] {
            let server = FakeGithub::always(trouble.clone());
            let pace = Pace {
                request: Duration::from_millis(700),
                ..quick()
            };
            let told = self::told(pushed(1), &only(id, &server.url), pace);
            let line = told.line(id);
            assert!(line.contains("it is not sent again"), "{trouble:?}: {line}");
            assert_eq!(server.requests().len(), 1, "{trouble:?}");
        }

        // Nobody listens.
        let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}", free.local_addr().expect("an address"));
        drop(free);
        let told = self::told(pushed(1), &only(id, &address), quick());
        let line = told.line(id);
        assert!(
            line.contains("no connection") && line.contains("nobody was told"),
            "{line}"
        );
    }
}
