//! What is told, to whom, and in which words.

use super::*;

#[test]
fn the_rows_say_what_is_told() {
    let (jira, project) = start(Project::default(), Vec::new());
    let mut asked = settings(&jira.url);
    asked.policy.notify_on = Some(Conditions::none());
    let mut outcome = outcome(&["lodash", "minimist"]);
    outcome.verdict.rulings[1].push(Ruling {
        by: "notify-on",
        term: None,
        effect: Effect::Notify,
        why: "".into(),
    });
    told_by(outcome, &asked, &jira);
    let project = project.lock().expect("the project");
    assert_eq!(project.issues.len(), 1);
    assert!(project.issues[0].summary.contains("minimist"));
}

#[test]
fn nobody_is_told_of_proposals() {
    let (jira, _) = start(Project::default(), Vec::new());
    for (event, git_ref) in [
        ("pull_request", "refs/pull/1/merge"),
        ("push", "refs/heads/feature"),
        ("workflow_dispatch", "refs/heads/main"),
    ] {
        let mut outcome = outcome(&["lodash"]);
        outcome.context.event = event.to_owned();
        outcome.context.git_ref = Some(git_ref.to_owned());
        let told = told(outcome, &jira);
        assert!(matches!(told.status("jira"), Status::Skipped(_)), "{event}");
    }
    let mut without = settings(&jira.url);
    without.jira.as_mut().expect("it").token = Some(Hidden::new(" "));
    let line = told_by(outcome(&["lodash"]), &without, &jira).line("jira");
    assert_eq!(
        line,
        "skipped: `jira-token` is not set; secrets are not given to forks; give the step \
         `with: {jira-token: '${{ secrets.JIRA_TOKEN }}'}`"
    );
    without.jira = None;
    let line = told_by(outcome(&["lodash"]), &without, &jira).line("jira");
    assert_eq!(line, "skipped: `jira-url` is not set");
    assert!(jira.requests().is_empty());
}

#[test]
fn the_requests_are_what_jira_wants() {
    let (jira, _) = start(Project::default(), Vec::new());
    let mut hostile = outcome(&["\" OR project = \"HR"]);
    hostile.findings[0].title = "{panel} @admin [~admin] \u{202e}x <script>\n||a||".into();
    hostile.findings[0].link = Some("javascript:alert(1)".into());
    hostile.findings[0].locations[0].path = "a\u{0}?x#y\n.rs".into();
    told(hostile, &jira);
    let requests = jira.requests();
    let paths: Vec<&str> = requests
        .iter()
        .map(|one| one.path.split("jql=").next().expect("it"))
        .collect();
    assert_eq!(
        paths,
        [
            "/rest/api/3/search/jql?",
            "/rest/api/3/search/jql?",
            "/rest/api/3/issue/createmeta/SEC/issuetypes?maxResults=200",
            "/rest/api/3/issue",
        ]
    );
    assert!(requests[0].path.contains(
        "jql=project%20%3D%20%22SEC%22%20AND%20labels%20%3D%20%22sarif-gate%3Aocto%2Frepo%22"
    ));
    let body = &requests[3].body;
    assert_eq!(body["fields"]["project"]["key"], "SEC");
    assert_eq!(body["fields"]["issuetype"]["id"], "10004");
    assert_eq!(body["properties"][0]["key"], "sarif-gate");
    assert_eq!(body["properties"][0]["value"]["closed_by_us"], false);
    let description = &body["fields"]["description"];
    assert_eq!(
        (&description["type"], &description["version"]),
        (&"doc".into(), &1.into())
    );
    let text = body.to_string();
    assert!(
        !text.contains("javascript") && !text.contains('\u{202e}') && !text.contains("\\u0000")
    );
    // No node but those that we write.
    fake::nodes(description, &mut |kind| {
        let known = [
            "doc",
            "paragraph",
            "heading",
            "bulletList",
            "listItem",
            "table",
            "tableRow",
            "tableHeader",
            "tableCell",
            "text",
            "em",
            "strong",
            "code",
            "link",
        ];
        assert!(known.contains(&kind), "{kind}");
    });
}

#[test]
fn a_secret_in_a_public_repository_keeps_its_place() {
    let (jira, project) = start(Project::default(), Vec::new());
    let mut public = outcome(&["x"]);
    public.context.private = Some(false);
    public.findings[0].package = None;
    public.findings[0].kind = Kind::Secret;
    public.findings[0].locations[0].path = "deploy/prod.env".into();
    public.findings[0].title = "key in deploy/prod.env".into();
    told(public, &jira);
    let project = project.lock().expect("the project");
    let text = project.issues[0].description.to_string();
    assert!(
        text.contains("place withheld") && text.contains("Revoke it first"),
        "{text}"
    );
    assert!(!text.contains("prod.env") && !project.issues[0].summary.contains("prod.env"));
}
