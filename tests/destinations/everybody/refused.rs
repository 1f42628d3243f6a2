//! The whole program while everything is refused: pages say so, and the exit code is the verdict's.

use super::super::super::fake_github::Trouble;
use super::again::{Attempt, BEFORE, BROKEN, World};

/// Nothing that becomes of the telling changes the exit code of a verdict that blocks; one that passes has its own for it.
#[test]
fn the_exit_code_is_the_verdicts_while_everything_is_refused() {
    let all = "code-scanning, check-run, issues, jira, slack, webhook";
    let required = [("INPUT_REQUIRE-PUBLISH", all)];
    let cases = [
        (&["lodash", "minimist"][..], &[][..], 1),
        (&["lodash", "minimist"], &required, 1),
        (&[], &[], 0),
        (&[], &required, 4),
    ];
    // Side by side: a run is mostly a second from one write to the next.
    std::thread::scope(|scope| {
        for (packages, inputs, code) in cases {
            scope.spawn(move || check_refused(packages, inputs, code));
        }
    });
}

fn check_refused(packages: &[&str], inputs: &[(&str, &str)], code: i32) {
    let refusal = Trouble::status(403, "Resource not accessible by integration");
    let world = World::new();
    for server in [&world.github, &world.slack, &world.webhook, &world.jira] {
        server.writes_have(refusal.clone());
    }
    let attempt = Attempt {
        event: "push",
        commit: BROKEN,
        before: BEFORE,
        run: "42",
        attempt: "1",
        packages,
        scanned: true,
    };
    let ran = world.start(&attempt, inputs);
    assert_eq!(ran.code, code, "{}", ran.stderr);
    let verdict = ran.verdict().expect("a verdict");
    assert_eq!(verdict["counts"]["total"], packages.len());
    for page in [
        ran.step_summary(),
        ran.evidence("summary.md").expect("a summary"),
    ] {
        let failed = |id: &str| page.contains(&format!("- `{id}`: failed: "));
        for id in ["code-scanning", "check-run"] {
            assert!(failed(id), "{id}: {page}");
        }
        // Where nothing was found, there is nothing to write there.
        for id in ["issues", "jira", "slack", "webhook"] {
            assert_eq!(failed(id), !packages.is_empty(), "{id}: {page}");
        }
    }
}
