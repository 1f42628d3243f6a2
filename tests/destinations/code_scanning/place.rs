//! Which commit and ref an upload is for, and where there is none.

use sarif_gate::destinations::Status;
use sarif_gate::destinations::plan::Plan;
use sarif_gate::destinations::preflight;
use sarif_gate::model::Context;
use sarif_gate::settings::{Hidden, Publish, Settings, Switch};
use serde_json::json;

use super::super::super::fake_github::FakeGithub;
use super::super::tell_with;
use super::{SHA, only_scanning, pushed, swift, told, written};

#[test]
fn the_pull_requests_ref_is_that_of_what_was_checked_out() {
    for (checkout, name, sha) in [
        (None, "refs/pull/7/merge", SHA),
        (
            Some("0123456789abcdef0123456789abcdef01234567"),
            "refs/pull/7/head",
            "0123456789abcdef0123456789abcdef01234567",
        ),
    ] {
        let github = FakeGithub::start();
        let mut outcome = pushed(1, &["trivy"]);
        outcome.context.event = "pull_request".to_owned();
        outcome.context.pull_request = Some(7);
        outcome.context.git_ref = Some("refs/pull/7/merge".to_owned());
        outcome.context.head_sha = Some("0123456789abcdef0123456789abcdef01234567".to_owned());
        let folder = tempfile::tempdir().expect("a folder");
        let mut uploads = written(&outcome, folder.path());
        uploads.checkout = checkout.map(str::to_owned);
        let told = tell_with(outcome, &only_scanning(), &github, swift(), uploads);
        let line = told.line("code-scanning");
        assert!(line.ends_with("query=is%3Aopen%20pr%3A7"), "{line}");
        let sent = &github.requests()[0].body;
        assert_eq!(
            (&sent["ref"], &sent["commit_sha"]),
            (&json!(name), &json!(sha))
        );
    }
    // Another commit belongs to no ref that is known.
    for (switch, failed) in [(Switch::Auto, false), (Switch::On, true)] {
        let github = FakeGithub::start();
        let outcome = pushed(1, &["trivy"]);
        let folder = tempfile::tempdir().expect("a folder");
        let mut uploads = written(&outcome, folder.path());
        uploads.checkout = Some("f".repeat(40));
        let settings = Settings {
            upload_sarif: switch,
            ..only_scanning()
        };
        let told = tell_with(outcome, &settings, &github, swift(), uploads);
        let line = told.line("code-scanning");
        assert!(line.contains("the checkout is at ffff"), "{line}");
        assert_eq!(
            matches!(told.status("code-scanning"), Status::Failed(_)),
            failed
        );
        assert_eq!(github.requests().len(), 0);
    }
}

#[test]
fn where_nothing_can_be_uploaded_nothing_is_tried() {
    type Change = fn(&mut Context, &mut Settings);
    let cases: [(&str, &str, Change); 10] = [
        ("off", "`upload-sarif` is off", |_, settings| {
            settings.upload_sarif = Switch::Off
        }),
        ("laptop", "not in GitHub Actions", |context, _| {
            context.actions = false
        }),
        ("later", "`publish: later`", |_, settings| {
            settings.publish = Publish::Later
        }),
        ("token", "no token", |_, settings| {
            settings.token = Some(Hidden::new(" "))
        }),
        ("queue", "merge queue", |context, _| {
            context.event = "merge_group".to_owned();
            context.git_ref = Some("refs/heads/gh-readonly-queue/main/pr-1-abc".to_owned());
        }),
        // The queue's branch causes a push, too.
        ("queue by push", "merge queue", |context, _| {
            context.git_ref = Some("refs/heads/gh-readonly-queue/main/pr-1-abc".to_owned());
        }),
        (
            "fork",
            "sarif_file: reports/security/upload.sarif",
            |context, _| {
                context.event = "pull_request".to_owned();
                context.git_ref = Some("refs/pull/7/merge".to_owned());
                (context.pull_request, context.fork) = (Some(7), true);
            },
        ),
        ("target", "default branch", |context, _| {
            context.event = "pull_request_target".to_owned();
        }),
        ("workflow_run", "default branch", |context, _| {
            context.event = "workflow_run".to_owned();
        }),
        ("no ref", "names no branch", |context, _| {
            context.git_ref = None
        }),
    ];
    for (what, words, change) in cases {
        for asked in [Switch::Auto, Switch::On] {
            let github = FakeGithub::start();
            let mut outcome = pushed(1, &["trivy"]);
            let mut settings = Settings {
                upload_sarif: asked,
                ..only_scanning()
            };
            change(&mut outcome.context, &mut settings);
            let planned = preflight(&outcome.context, &settings);
            let plan = planned.iter().find(|(id, _)| *id == "code-scanning");
            assert!(
                matches!(plan, Some((_, Plan::Not { .. }))),
                "{what}: {plan:?}"
            );
            if what == "token" {
                // The helper asks that the token be sent.
                assert!(
                    format!("{plan:?}").contains("security-events: write"),
                    "{plan:?}"
                );
            }
            let (told, _) = told(outcome, &settings, &github);
            let line = told.line("code-scanning");
            assert!(line.contains(words), "{what}: {line}");
            let wanted = asked == Switch::On
                && ["token", "fork", "target", "workflow_run", "no ref"].contains(&what);
            let failed = matches!(told.status("code-scanning"), Status::Failed(_));
            assert_eq!(failed, wanted, "{what}: {line}");
            assert_eq!(github.requests().len(), 0, "{what}");
        }
    }
}

#[test]
fn a_private_repository_may_lack_what_it_takes() {
    for (private, doubted) in [(Some(true), true), (Some(false), false), (None, false)] {
        let mut context = pushed(1, &["trivy"]).context;
        context.private = private;
        let plans = preflight(&context, &only_scanning());
        let (_, plan) = &plans[0];
        let Plan::Try { doubt, .. } = plan else {
            panic!("{plan:?}");
        };
        let said = doubt.contains("needs GitHub Code Security in a private repository");
        assert_eq!(said, doubted, "{doubt}");
    }
}
