//! A Jira that refuses, limits, breaks off, hangs, or is another server: said once, sent once, never in the way of the rest.

use serde_json::json;

use super::*;

/// Nothing but reads before the first write: search, search by label, types of issues.
const READS: usize = 3;

fn answer(status: u16, body: &str) -> Trouble {
    Trouble::Answer(status, Vec::new(), body.to_owned())
}

fn errors(field: &str, words: &str) -> String {
    json!({ "errorMessages": ["Nope"], "errors": { field: words } }).to_string()
}

/// The line of the delivery where the request at this place, from 0, has this trouble; and how often it was sent, by method
/// and path.
fn line_at(place: usize, trouble: &Trouble) -> (String, Vec<String>) {
    let mut troubles = vec![None; place];
    troubles.push(Some(trouble.clone()));
    let (jira, _) = start(Project::default(), troubles);
    let told = told(outcome(&["lodash"]), &jira);
    (told.line("jira"), writes(&jira, &mut 0))
}

#[test]
fn refusals_are_explained_and_sent_once() {
    for (trouble, words) in [
        (
            answer(400, &errors("customfield_10010", "Team is required.")),
            "Nope; customfield_10010: Team is required.",
        ),
        (
            answer(400, &errors("labels", "Field 'labels' cannot be set.")),
            "needs Summary, Description and Labels on its screens",
        ),
        (answer(401, "{}"), "check `jira-user` and `jira-token`"),
        (
            answer(403, "<html>CAPTCHA</html>"),
            "give the account the permissions Browse projects, Create issues",
        ),
        (answer(404, &errors("x", "y")), "does the account see SEC"),
        (answer(409, "{}"), "the next run tries again"),
        (answer(410, "{}"), "use a newer version of sarif-gate"),
        (answer(413, ""), "too large (413)"),
        (
            answer(422, &errors("x", "y")),
            "refuses the content (422: Nope; x: y)",
        ),
        (
            Trouble::Answer(
                302,
                vec![("location", "https://sso.example/login".to_owned())],
                String::new(),
            ),
            "single sign-on",
        ),
    ] {
        for place in [0, READS] {
            let (line, sent) = line_at(place, &trouble);
            assert!(line.starts_with("failed: Jira: "), "{line}");
            assert!(line.contains(words), "{trouble:?}: {line}");
            assert_eq!(sent.len(), usize::from(place == READS), "{trouble:?}");
        }
    }
    // A page instead of an answer, and an answer to nobody.
    for trouble in [
        answer(200, "<html>Sign in</html>"),
        answer(200, r#"{"issues":7}"#),
        Trouble::Answer(
            200,
            vec![("x-seraph-loginreason", "AUTHENTICATED_FAILED".to_owned())],
            r#"{"issues":[]}"#.to_owned(),
        ),
    ] {
        let mut troubles = vec![Some(trouble.clone()); 6];
        troubles.push(None);
        let (jira, _) = start(Project::default(), troubles);
        let line = told(outcome(&["lodash"]), &jira).line("jira");
        assert!(
            line.starts_with("failed: Jira: GET /rest/api/3/search/jql: "),
            "{trouble:?}: {line}"
        );
        assert!(writes(&jira, &mut 0).is_empty());
    }
}

#[test]
fn a_server_that_is_not_well_is_asked_again_and_told_once() {
    // Reads are asked again.
    for trouble in [answer(503, ""), Trouble::Cut { done: false }] {
        let (line, sent) = line_at(0, &trouble);
        assert!(line.starts_with("created SEC-1"), "{trouble:?}: {line}");
        assert_eq!(sent.len(), 1);
    }
    // A rate limit is waited for; nothing was carried out.
    let limited = Trouble::Answer(429, vec![("retry-after", "0".to_owned())], "{}".to_owned());
    for place in [0, READS] {
        let (line, sent) = line_at(place, &limited);
        assert!(line.starts_with("created SEC-1"), "{line}");
        assert_eq!(sent.len(), 1 + usize::from(place == READS));
    }
    let long = Trouble::Answer(
        429,
        vec![("retry-after", "3600".to_owned())],
        "{}".to_owned(),
    );
    let (line, sent) = line_at(READS, &long);
    assert!(
        line.contains("rate limit") && line.contains("the next run goes on"),
        "{line}"
    );
    assert_eq!(sent.len(), 1);
}

#[test]
fn what_may_have_been_created_is_not_created_again() {
    for (done, trouble) in [
        (true, Trouble::Cut { done: true }),
        (true, Trouble::DoneWith(502)),
        (true, Trouble::Page),
        (false, Trouble::Cut { done: false }),
        (false, answer(502, "")),
    ] {
        for lags in [false, true] {
            let mut troubles = vec![None; READS];
            troubles.push(Some(trouble.clone()));
            let project = Project {
                lags,
                ..Project::default()
            };
            let (jira, project) = start(project, troubles);
            let line = told(outcome(&["lodash"]), &jira).line("jira");
            assert_eq!(
                writes(&jira, &mut 0),
                ["POST /rest/api/3/issue"],
                "{trouble:?}"
            );
            if done && !lags {
                assert!(line.starts_with("created SEC-1"), "{trouble:?}: {line}");
            } else {
                assert!(
                    line.starts_with("failed: Jira: POST /rest/api/3/issue: "),
                    "{trouble:?}: {line}"
                );
            }
            // The next run finds what is there.
            for issue in &mut project.lock().expect("it").issues {
                issue.unseen = false;
            }
            told(outcome(&["lodash"]), &jira);
            assert_eq!(project.lock().expect("it").issues.len(), 1, "{trouble:?}");
        }
    }
}

#[test]
fn a_change_of_unknown_end_is_looked_for() {
    for (done, puts) in [(true, 1), (false, 2)] {
        for trouble in [
            Trouble::Cut { done },
            if done {
                Trouble::DoneWith(500)
            } else {
                answer(200, "<html>")
            },
        ] {
            let (jira, project) = start(Project::default(), Vec::new());
            told(outcome(&["lodash"]), &jira);
            // Search, look, edit.
            let mut troubles = vec![None; 2];
            troubles.push(Some(trouble.clone()));
            jira.begin_again(troubles);
            let mut changed = outcome(&["lodash"]);
            changed.findings[0].severity = Severity::Critical;
            let line = told(changed, &jira).line("jira");
            assert!(line.starts_with("updated SEC-1"), "{trouble:?}: {line}");
            assert_eq!(writes(&jira, &mut 0).len(), puts, "{trouble:?}");
            assert!(
                project.lock().expect("it").issues[0]
                    .summary
                    .contains("critical")
            );
        }
    }
}

#[test]
fn a_transition_of_unknown_end_is_looked_for() {
    for (done, posts) in [(true, 1), (false, 2)] {
        let (jira, project) = start(Project::default(), Vec::new());
        told(outcome(&["lodash"]), &jira);
        // Search, look, transitions, edit, transition.
        let mut troubles = vec![None; 4];
        troubles.push(Some(Trouble::Cut { done }));
        jira.begin_again(troubles);
        let line = told(outcome(&[]), &jira).line("jira");
        assert!(line.starts_with("moved to Done SEC-1"), "{line}");
        assert_eq!(writes(&jira, &mut 0).len(), 1 + posts);
        let project = project.lock().expect("the project");
        assert_eq!(
            (
                project.issues[0].status.as_str(),
                project.issues[0].comments.len()
            ),
            ("Done", 1)
        );
    }
}

#[test]
fn a_closing_that_failed_goes_on_later_with_one_comment() {
    let (jira, project) = start(Project::default(), Vec::new());
    told(outcome(&["lodash"]), &jira);
    let mut troubles = vec![None; 4];
    troubles.push(Some(answer(400, &errors("x", "a validator says no"))));
    jira.begin_again(troubles);
    let line = told(outcome(&[]), &jira).line("jira");
    assert!(
        line.starts_with("failed: ") && line.contains("a validator says no"),
        "{line}"
    );
    let line = told(outcome(&[]), &jira).line("jira");
    assert!(line.starts_with("moved to Done SEC-1"), "{line}");
    assert_eq!(project.lock().expect("it").issues[0].comments.len(), 1);
    // And comes back, although the first try to bring it back fails.
    for (place, status) in [(4, "Done"), (5, "To Do")] {
        let mut troubles = vec![None; place];
        troubles.push(Some(answer(403, "{}")));
        jira.begin_again(troubles);
        let line = told(outcome(&["lodash"]), &jira).line("jira");
        assert!(line.starts_with("failed: "), "{line}");
        assert_eq!(project.lock().expect("it").issues[0].status, status);
    }
    let line = told(outcome(&["lodash"]), &jira).line("jira");
    assert!(line.starts_with("updated SEC-1"), "{line}");
}

#[test]
fn a_workflow_without_a_way_is_said_once_in_the_issue() {
    let mut none = Project::default();
    for (_, next) in &mut none.workflow {
        next.clear();
    }
    let (jira, project) = start(none, Vec::new());
    told(outcome(&["lodash"]), &jira);
    for _ in 0..2 {
        let line = told(outcome(&[]), &jira).line("jira");
        assert!(
            line.contains("moved by hand, because no transition leads there: SEC-1"),
            "{line}"
        );
    }
    {
        let mut project = project.lock().expect("the project");
        let issue = &mut project.issues[0];
        assert_eq!((issue.status.as_str(), issue.comments.len()), ("To Do", 1));
        assert!(issue.comments[0].contains("move the issue yourself"));
        issue.status = "Done".to_owned();
    }
    for (comments, words) in [(2, "moved by hand"), (2, "1 left alone")] {
        let line = told(outcome(&["lodash"]), &jira).line("jira");
        assert!(line.contains(words), "{line}");
        let project = project.lock().expect("the project");
        assert_eq!(project.issues[0].comments.len(), comments);
        assert!(project.issues[0].comments[1].contains("reopen the issue yourself"));
    }
}

#[test]
fn refusals_of_single_issues_do_not_stop_the_others() {
    let mut troubles = vec![None; READS];
    troubles.push(Some(answer(400, &errors("summary", "no"))));
    let (jira, project) = start(Project::default(), troubles);
    let line = told(outcome(&["a", "b", "c"]), &jira).line("jira");
    assert!(
        line.starts_with("failed: Jira: POST /rest/api/3/issue: ")
            && line.contains("(created SEC-1, SEC-2)"),
        "{line}"
    );
    assert_eq!(project.lock().expect("it").issues.len(), 2);
    // But after three of them nothing more is tried.
    let mut troubles = vec![None; READS];
    troubles.extend(vec![Some(answer(400, &errors("summary", "no"))); 9]);
    let (jira, _) = start(Project::default(), troubles);
    let line = told(outcome(&["a", "b", "c", "d", "e"]), &jira).line("jira");
    // The same words are said once.
    assert!(line.contains("; and 2 more"), "{line}");
    assert_eq!(line.matches("POST").count(), 1, "{line}");
    assert_eq!(writes(&jira, &mut 0).len(), 3);
}

#[test]
fn a_server_that_hangs_costs_its_time_and_no_more() {
    let (jira, _) = start(
        Project::default(),
        vec![Some(Trouble::Hang { done: false }); 9],
    );
    let pace = Pace {
        budget: Duration::from_secs(6),
        lap: Duration::from_secs(2),
        request: Duration::from_millis(700),
        ..quick()
    };
    let told = tell(
        outcome(&["lodash"]),
        &settings(&jira.url),
        &FakeGithub::start(),
        pace,
    );
    assert!(
        told.line("jira")
            .starts_with("failed: Jira: GET /rest/api/3/search/jql: "),
        "{}",
        told.line("jira")
    );
    assert!(told.summary.contains("jira"));
}

#[test]
fn clones_and_strangers_are_not_taken_for_ours() {
    let (jira, project) = start(
        Project {
            page: 1,
            ..Project::default()
        },
        Vec::new(),
    );
    told(outcome(&["lodash", "minimist"]), &jira);
    {
        // A clone takes the labels along, and stands first.
        let mut project = project.lock().expect("the project");
        let labels = project.issues[1].labels.clone();
        project.issues.insert(
            0,
            fake::Issue {
                key: "SEC-0".to_owned(),
                kind: String::new(),
                summary: "a clone".to_owned(),
                description: json!(null),
                labels,
                status: "To Do".to_owned(),
                comments: Vec::new(),
                properties: [("sarif-gate".to_owned(), json!({ "hash": 7 }))].into(),
                unseen: false,
            },
        );
    }
    let mut from = jira.requests().len();
    let line = told(outcome(&["lodash", "minimist"]), &jira).line("jira");
    assert!(line.starts_with("2 unchanged"), "{line}");
    let line = told(outcome(&["lodash"]), &jira).line("jira");
    assert!(line.starts_with("moved to Done SEC-2"), "{line}");
    assert!(!writes(&jira, &mut from).concat().contains("SEC-0"));
    assert_eq!(project.lock().expect("it").issues[0].status, "To Do");
}

#[test]
fn types_of_issues_are_chosen_with_care() {
    for (types, chosen) in [
        (
            json!([{ "id": "1", "name": "Epic", "hierarchyLevel": 1 }, { "id": "2", "name": "Story", "hierarchyLevel": 0 }, { "id": "3", "name": "Task" }]),
            Some("3"),
        ),
        (
            json!([{ "id": "1", "name": "Epic", "hierarchyLevel": 1 }, { "id": "2", "name": "Fehler" }]),
            Some("2"),
        ),
        (
            json!([{ "id": "1", "name": "Sub-task", "subtask": true }]),
            None,
        ),
        (json!([]), None),
    ] {
        let (jira, project) = start(
            Project {
                types,
                ..Project::default()
            },
            Vec::new(),
        );
        let line = told(outcome(&["lodash"]), &jira).line("jira");
        let project = project.lock().expect("the project");
        assert_eq!(
            project.issues.first().map(|issue| issue.kind.as_str()),
            chosen
        );
        assert_eq!(
            line.contains("no type of issue"),
            chosen.is_none(),
            "{line}"
        );
    }
}
