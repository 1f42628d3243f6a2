//! A GitHub that refuses, limits, breaks off or hangs at every step: nothing is opened twice, and it is said what to do.

use std::time::Duration;

use sarif_gate::destinations::Status;
use sarif_gate::github::Pace;

use super::super::super::fake_github::{FakeGithub, Trouble};
use super::{World, in_package, quick, settings, stand, tell, writes};

/// For a server that hangs: as little time as a healthy answer needs on a busy machine.
fn impatient() -> Pace {
    Pace {
        budget: Duration::from_secs(6),
        lap: Duration::from_secs(4),
        request: Duration::from_millis(700),
        ..quick()
    }
}

/// Two causes of which one has an issue already, with another text: list, look for lost ones, create and change.
fn prepared() -> (FakeGithub, World) {
    let github = FakeGithub::start();
    World::new(vec![in_package(1, "a")]).tell(&github);
    let world = World::new(vec![
        in_package(1, "a"),
        in_package(2, "a"),
        in_package(3, "b"),
    ]);
    (github, world)
}

/// The requests of [`prepared`] in their order.
const LIST: usize = 0;
const CHANGE: usize = 1;
const LOST: usize = 2;
const CREATE: usize = 3;

fn run(github: &FakeGithub, world: &World, at: usize, trouble: Trouble) -> super::Told {
    let mut troubles = vec![None; at];
    troubles.push(Some(trouble));
    github.begin_again(troubles);
    tell(world.outcome(), &settings(), github, impatient())
}

#[test]
fn the_order_of_requests_is_known() {
    let (github, world) = prepared();
    world.tell(&github);
    assert_eq!(github.methods(), ["GET", "PATCH", "GET", "POST"]);
    assert_eq!([LIST, CHANGE, LOST, CREATE], [0, 1, 2, 3]);
    assert!(
        github.requests()[LOST]
            .path
            .ends_with("/issues?state=all&sort=created&direction=desc&per_page=100")
    );
}

#[test]
fn a_refusal_is_said_and_written_once() {
    let limited = Trouble::Answer(
        429,
        vec![("retry-after", "3000".to_owned())],
        "{}".to_owned(),
    );
    for (trouble, words) in [
        (Trouble::status(401, "Bad credentials"), "401"),
        (
            Trouble::status(403, "Resource not accessible by integration"),
            "permissions: issues: write",
        ),
        (
            Trouble::status(403, "Issues must be enabled"),
            "switched off",
        ),
        (limited, "rate limit"),
        (Trouble::status(404, "Not Found"), "issues: write"),
        (Trouble::status(409, "Conflict"), "409"),
        (
            Trouble::status(410, "Issues are disabled for this repo"),
            "switched off in this repository (410)",
        ),
        (Trouble::status(301, "Moved"), "moved (301)"),
        (
            Trouble::status(422, "Validation Failed"),
            "Validation Failed",
        ),
        (Trouble::status(413, "Too large"), "413"),
        (
            Trouble::status(400, "Problems parsing JSON"),
            "Problems parsing JSON",
        ),
    ] {
        for at in [LIST, CHANGE, LOST, CREATE] {
            let (github, world) = prepared();
            let told = run(&github, &world, at, trouble.clone());
            let line = told.line("issues");
            assert!(
                matches!(told.status("issues"), Status::Failed(_)),
                "{at} {line}"
            );
            // A deleted issue is another thing than a repository without issues.
            let gone = at == CHANGE && ["404", "410", "301"].iter().any(|code| line.contains(code));
            let words = if gone {
                "somebody deleted or moved issue 1"
            } else {
                words
            };
            assert!(line.contains(words), "{at} {trouble:?}: {line}");
            assert!(github.issues().len() <= 2);
            let sent = writes(&github);
            assert!(
                sent.iter().filter(|method| *method == "POST").count() <= 1,
                "{sent:?}"
            );
            assert!(
                sent.iter().filter(|method| *method == "PATCH").count() <= 1,
                "{sent:?}"
            );
            // The next run makes it good, and the one after it has nothing to do.
            world.tell(&github);
            assert!(
                world
                    .tell(&github)
                    .line("issues")
                    .starts_with("2 unchanged:")
            );
            assert_eq!(github.issues().len(), 2);
        }
    }
}

#[test]
fn an_answer_that_does_not_come_is_looked_up_before_anything_is_sent_again() {
    for trouble in [
        Trouble::Cut { done: true },
        Trouble::Cut { done: false },
        Trouble::Hang { done: true },
        Trouble::Hang { done: false },
        Trouble::Page,
        Trouble::DoneWith(502),
        Trouble::status(503, "x"),
    ] {
        for at in [LIST, CHANGE, LOST, CREATE] {
            let (github, world) = prepared();
            let told = run(&github, &world, at, trouble.clone());
            let line = told.line("issues");
            let page = matches!(trouble, Trouble::Page) && [LIST, LOST].contains(&at);
            if page {
                // A page of a proxy in place of a list: nobody knows what there is, so nothing is opened.
                assert!(line.contains("is a proxy in between?"), "{line}");
                assert_eq!(github.issues().len(), 1);
                world.tell(&github);
            } else {
                assert!(
                    line.starts_with("1 opened, 1 updated:"),
                    "{at} {trouble:?}: {line}"
                );
            }
            assert_eq!(github.issues().len(), 2, "{at} {trouble:?}");
            assert!(stand(&github)[0].2.starts_with("a: 2 vulnerabilities"));
            let done = matches!(
                trouble,
                Trouble::Cut { done: true }
                    | Trouble::Hang { done: true }
                    | Trouble::Page
                    | Trouble::DoneWith(_)
            );
            let written = if done || at == LIST || at == LOST {
                2
            } else {
                3
            };
            assert!(page || writes(&github).len() == written, "{at} {trouble:?}");
            assert!(
                world
                    .tell(&github)
                    .line("issues")
                    .starts_with("2 unchanged:")
            );
        }
    }
}

#[test]
fn a_server_that_never_answers_well_ends_the_try() {
    for trouble in [
        Trouble::Hang { done: false },
        Trouble::Cut { done: false },
        Trouble::status(500, "x"),
        Trouble::Page,
        Trouble::status(429, "x"),
    ] {
        let github = FakeGithub::always(trouble.clone());
        let world = World::new(vec![in_package(1, "a")]);
        let told = tell(world.outcome(), &settings(), &github, impatient());
        assert!(
            matches!(told.status("issues"), Status::Failed(_)),
            "{trouble:?}"
        );
        assert!(
            github.issues().is_empty() && writes(&github).is_empty(),
            "{trouble:?}"
        );
        assert!(told.summary.contains("issues"));
    }
}

#[test]
fn many_that_go_wrong_are_left_to_the_next_run() {
    let github = FakeGithub::start();
    let world = World::new(
        (0..8)
            .map(|number| in_package(number, &format!("p{number}")))
            .collect(),
    );
    // List, lost ones, and then every text is refused.
    let mut troubles = vec![None, None];
    troubles.extend(vec![Some(Trouble::status(422, "no")); 8]);
    github.begin_again(troubles);
    let told = tell(world.outcome(), &settings(), &github, quick());
    let line = told.line("issues");
    assert!(
        line.contains("(and 2 more like it); 5 more next run"),
        "{line}"
    );
    assert_eq!(writes(&github).len(), 3);
    // The time is up in the middle: what is left comes in the next run, and that is no failure.
    let github = FakeGithub::start();
    let pace = Pace {
        lap: Duration::from_millis(600),
        between_writes: Duration::from_millis(150),
        ..quick()
    };
    let told = tell(world.outcome(), &settings(), &github, pace);
    let line = told.line("issues");
    assert!(
        matches!(told.status("issues"), Status::Done { .. }),
        "{line}"
    );
    assert!(
        line.contains("more next run") && github.issues().len() < 8,
        "{line}"
    );
}

#[test]
fn a_change_that_is_not_made_is_noticed() {
    let (github, world) = prepared();
    let old = github.issues()[0].to_string();
    // 200 with the old text, as GitHub answers to one that is too long.
    let told = run(
        &github,
        &world,
        CHANGE,
        Trouble::Answer(200, Vec::new(), old),
    );
    let line = told.line("issues");
    assert!(
        line.contains("the issue says something else than was sent"),
        "{line}"
    );
    assert!(
        line.contains("1 opened"),
        "the other one is not stopped: {line}"
    );
}
