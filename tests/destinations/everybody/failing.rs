//! Everything fails together: said of each with a reason, in bounded time, with nothing sent twice, and the verdict stands.

use std::collections::BTreeMap;
use std::time::Duration;

use sarif_gate::destinations::Status;
use sarif_gate::exit::{End, code};
use sarif_gate::github::Pace;
use sarif_gate::model::{Conclusion, Counts, Mode};
use serde_json::json;

use super::super::super::fake_github::{FakeGithub, Trouble};
use super::super::jira::fake::{Project, start};
use super::super::{Told, quick};
use super::{Event, Others, everybody, everywhere, tell_everybody};

/// What may be sent again as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Again {
    /// Nothing.
    Never,
    /// The server says that it did nothing, and asks for patience.
    Limited,
}

fn impatient() -> Pace {
    Pace {
        budget: Duration::from_secs(4),
        request: Duration::from_millis(500),
        longest_wait: Duration::from_millis(5),
        ..quick()
    }
}

fn answer(status: u16, message: &str) -> Trouble {
    Trouble::status(status, message)
}

/// Every way to fail, by name.
fn troubles() -> Vec<(&'static str, Trouble, Again)> {
    let headers = |name, value: &str| vec![(name, value.to_owned())];
    let limited = r#"{"message":"You have exceeded a secondary rate limit"}"#.to_owned();
    let never = [
        ("401", answer(401, "Bad credentials")),
        (
            "403 permission",
            answer(403, "Resource not accessible by integration"),
        ),
        (
            "403 feature off",
            answer(403, "Advanced Security must be enabled for this repository"),
        ),
        ("404", answer(404, "Not Found")),
        ("409", answer(409, "Conflict")),
        ("410", answer(410, "Gone")),
        ("413", answer(413, "Payload too large")),
        ("422", answer(422, "Validation Failed")),
        ("500", answer(500, "oops")),
        (
            "502 page",
            Trouble::Answer(
                502,
                headers("content-type", "text/html"),
                "<html>Bad gateway</html>".to_owned(),
            ),
        ),
        ("cut", Trouble::Cut { done: false }),
        ("hang", Trouble::Hang { done: false }),
        (
            "redirect",
            Trouble::Answer(
                302,
                headers("location", "https://elsewhere.example/x"),
                String::new(),
            ),
        ),
        (
            "not JSON",
            Trouble::Answer(
                200,
                headers("content-type", "text/html"),
                "<html>Sign in to the proxy</html>".to_owned(),
            ),
        ),
    ];
    let limited = [
        (
            "403 rate limit",
            Trouble::Answer(403, Vec::new(), limited.clone()),
        ),
        (
            "429 beyond the budget",
            Trouble::Answer(429, headers("retry-after", "3000"), limited),
        ),
    ];
    let never = never.map(|(name, trouble)| (name, trouble, Again::Never));
    let limited = limited.map(|(name, trouble)| (name, trouble, Again::Limited));
    never.into_iter().chain(limited).collect()
}

/// Letters and digits, whatever was escaped.
fn plain(text: &str) -> String {
    let escapes = ["&#96;", "&amp;", "&lt;", "&gt;", "&#64;"];
    let text = escapes
        .iter()
        .fold(text.to_owned(), |text, one| text.replace(one, ""));
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Writes that were sent again as they were with nothing asked of that server in between.
fn blind(server: &FakeGithub) -> Vec<String> {
    let mut last: BTreeMap<(String, String, String), usize> = BTreeMap::new();
    let (mut asked, mut found) = (0, Vec::new());
    for request in server.requests() {
        if request.method == "GET" {
            asked += 1;
            continue;
        }
        let what = format!("{} {}", request.method, request.path);
        let key = (request.method, request.path, request.text);
        if last
            .insert(key, asked)
            .is_some_and(|before| before == asked)
        {
            found.push(what);
        }
    }
    found
}

/// Writes that were sent twice as they were.
fn doubled(server: &FakeGithub) -> Vec<String> {
    let mut seen = std::collections::BTreeSet::new();
    let writes = server.requests().into_iter();
    writes
        .filter(|request| request.method != "GET")
        .filter(|request| {
            !seen.insert((
                request.method.clone(),
                request.path.clone(),
                request.text.clone(),
            ))
        })
        .map(|request| format!("{} {}", request.method, request.path))
        .collect()
}

/// Who was not told is named with a reason, where people read it.
fn check_said(told: &Told, event: Event, what: &str) {
    for delivery in &told.deliveries {
        let (id, line) = (delivery.id, delivery.line());
        if matches!(delivery.status, Status::Done { .. }) || !event.told().contains(&id) {
            continue;
        }
        // Blanks in a row are a text that was broken wrongly; what nobody asked for is not said beside a failure.
        let clean = !line.contains("  ") && !line.contains("no finding asks");
        assert!(clean, "{what}: {id}: {line}");
        let why = line.split_once(": ").map_or("", |(_, why)| why);
        let tried = why.split(';').next().unwrap_or_default();
        assert_eq!(line.matches(tried).count(), 1, "{what}: {id}: {line}");
        assert!(plain(why).len() > 10, "{what}: {id}: {line}");
        assert!(told.summary.contains(id), "{what}: {id}: {}", told.summary);
        let begin: String = plain(&line).chars().take(60).collect();
        assert!(
            plain(&told.summary).contains(&begin),
            "{what}: {id}: {line} is not in {}",
            told.summary
        );
    }
    for id in ["annotations", "step-summary", "outputs"] {
        let line = told.line(id);
        let done = matches!(told.status(id), Status::Done { .. });
        let elsewhere = line == "skipped: the check run carries them";
        assert!(done || elsewhere, "{what}: {id}: {line}");
    }
}

/// The exit code of the table, with every destination required and without.
fn check_codes(told: &Told, event: Event, conclusion: Conclusion, what: &str) {
    let untold = event
        .told()
        .iter()
        .any(|id| !matches!(told.status(id), Status::Done { .. }));
    assert!(untold, "{what}");
    for (conclusion, untold, expected) in [
        (conclusion, untold, 1),
        (conclusion, false, 1),
        (Conclusion::Pass, untold, 4),
        (Conclusion::Pass, false, 0),
    ] {
        let mode = Mode::Enforce;
        let end = End::Judged {
            conclusion,
            mode,
            untold,
        };
        assert_eq!(code(end), expected, "{what}");
    }
}

#[expect(clippy::print_stderr, reason = "what was measured is to be seen")]
fn note(line: &str) {
    eprintln!("{line}");
}

/// Each trouble of each event.
fn both(mut each: impl FnMut(Event, &str, Trouble, Again)) {
    for event in [Event::Push, Event::PullRequest] {
        for (what, trouble, again) in troubles() {
            each(event, what, trouble, again);
        }
    }
}

/// The budget and one request, and what this machine needs besides.
fn check_time(took: Duration, what: &str) {
    let Pace {
        budget, request, ..
    } = impatient();
    assert!(
        took < budget + request + Duration::from_secs(1),
        "{what}: {took:?}"
    );
}

/// What the findings come to, whoever is told.
fn counts(told: &Told) -> (Option<String>, Option<String>, Option<String>) {
    (
        told.output("verdict"),
        told.output("total"),
        told.output("blocking"),
    )
}

#[test]
fn everything_fails_and_the_verdict_stands() {
    both(|event, what, trouble, again| {
        let github = FakeGithub::always(trouble.clone());
        let others = Others {
            slack: FakeGithub::always(trouble.clone()),
            webhook: FakeGithub::always(trouble.clone()),
            jira: FakeGithub::always(trouble.clone()),
        };
        let outcome = everywhere(3, event);
        let before: Counts = outcome.verdict.counts.clone();
        let (told, conclusion, took) =
            tell_everybody(outcome, &everybody(&others), &github, impatient());
        check_time(took, what);
        assert_eq!(conclusion, Conclusion::Fail);
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            counts(&told),
            (
                some("fail"),
                some(&before.total.to_string()),
                some(&before.blocking.to_string())
            ),
            "{what}"
        );
        note(&format!("{event:?}, {what}: {took:?}"));
        for id in event.told() {
            // A page in place of an answer is an answer for a webhook, of which nothing is asked but a success.
            let content = what == "not JSON" && *id == "webhook";
            let done = matches!(told.status(id), Status::Done { .. });
            assert_eq!(done, content, "{what}: {id}: {}", told.line(id));
            note(&format!("  {id}: {}", told.line(id)));
        }
        check_said(&told, event, what);
        check_codes(&told, event, conclusion, what);
        for server in [&github, &others.slack, &others.webhook, &others.jira] {
            let doubled = doubled(server);
            // Each write has so many tries, where the answer says that nothing was done.
            let writes = server.requests().len().saturating_sub(doubled.len());
            let most = match again {
                Again::Never => 0,
                Again::Limited => writes * (impatient().tries as usize - 1),
            };
            assert!(doubled.len() <= most, "{what}: {doubled:?}");
        }
    });
}

#[test]
fn everything_can_be_read_and_no_write_comes_through() {
    both(|event, what, trouble, again| {
        let github = FakeGithub::start();
        let (jira, _project) = start(Project::default(), Vec::new());
        let others = Others {
            slack: FakeGithub::always(trouble.clone()),
            webhook: FakeGithub::always(trouble.clone()),
            jira,
        };
        github.writes_have(trouble.clone());
        others.jira.writes_have(trouble.clone());
        let (told, conclusion, took) = tell_everybody(
            everywhere(3, event),
            &everybody(&others),
            &github,
            impatient(),
        );
        check_time(took, what);
        note(&format!("{event:?}, {what}: {took:?}"));
        for id in event.told() {
            note(&format!("  {id}: {}", told.line(id)));
        }
        check_said(&told, event, what);
        check_codes(&told, event, conclusion, what);
        for server in [&github, &others.slack, &others.webhook, &others.jira] {
            let blind = blind(server);
            assert!(
                blind.is_empty() || again == Again::Limited,
                "{what}: {blind:?}"
            );
        }
    });
}

/// What was carried out and not answered stands there once.
#[test]
fn writes_that_nobody_answers_are_not_made_twice() {
    for (what, trouble) in [
        ("cut", Trouble::Cut { done: true }),
        ("hang", Trouble::Hang { done: true }),
        ("502", Trouble::DoneWith(502)),
        ("page", Trouble::Page),
    ] {
        for event in [Event::Push, Event::PullRequest] {
            check_once(event, what, &trouble);
        }
    }
}

fn check_once(event: Event, what: &str, trouble: &Trouble) {
    let github = FakeGithub::start();
    let (jira, project) = start(Project::default(), Vec::new());
    let taking = || {
        let server = FakeGithub::other(Vec::new(), Box::new(|_| (200, json!("ok"))));
        server.writes_have(trouble.clone());
        server
    };
    let others = Others {
        slack: taking(),
        webhook: taking(),
        jira,
    };
    github.writes_have(trouble.clone());
    others.jira.writes_have(trouble.clone());
    // Each write waits for an answer in vain.
    let pace = Pace {
        budget: Duration::from_secs(15),
        ..impatient()
    };
    let (told, ..) = tell_everybody(everywhere(3, event), &everybody(&others), &github, pace);
    for id in event.told() {
        note(&format!("{event:?}, {what}:  {id}: {}", told.line(id)));
    }
    check_said(&told, event, what);
    assert_eq!(github.runs().len(), 1, "{what}");
    assert_eq!(github.runs()[0]["conclusion"], "failure", "{what}");
    assert_eq!(github.annotations(1).len(), 3, "{what}");
    let uploads = github.scanning(|kept| kept.uploads.len());
    assert_eq!(uploads, 1, "{what}");
    let (issues, messages, comments) = match event {
        Event::Push => (3, 1, 0),
        Event::PullRequest => (0, 0, 1),
    };
    assert_eq!(github.comments().len(), comments, "{what}");
    assert_eq!(github.issues().len(), issues, "{what}");
    let project = project.lock().expect("the project");
    assert_eq!(project.issues.len(), issues, "{what}");
    assert_eq!(others.slack.requests().len(), messages, "{what}");
    assert_eq!(others.webhook.requests().len(), messages, "{what}");
}
