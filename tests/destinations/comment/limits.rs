//! However many findings there are: one comment within GitHub's limits.

use sarif_gate::github::limits::{COMMENT_BYTES, COMMENT_CHARS};
use sarif_gate::render::comment::{About, markdown};
use sarif_gate::settings::Comment;

use super::super::super::fake_github::FakeGithub;
use super::super::{quick, tell};
use super::{body, compared, ours, settings};

/// Whether a body is within every limit and whole.
fn check(body: &str) {
    assert!(body.len() <= COMMENT_BYTES && body.chars().count() <= COMMENT_CHARS);
    assert!(body.starts_with(&ours()));
    assert_eq!(
        body.matches("<details>").count(),
        body.matches("</details>").count()
    );
    let rows = body.lines().filter(|line| line.starts_with('|'));
    assert!(
        rows.clone().all(|line| line.matches('|').count() == 4),
        "{body}"
    );
    assert!(body.ends_with("</sub>\n"));
}

#[test]
fn however_many_findings_it_is_one_comment_within_its_limits() {
    for findings in [0, 1, 50, 51, 5_000, 25_001] {
        let github = FakeGithub::start();
        tell(
            compared(findings, 3),
            &settings(Comment::Always),
            &github,
            quick(),
        );
        let body = body(&github, 0);
        check(&body);
        assert!(body.contains("### Fixed: 3 findings"), "{body}");
        assert_eq!(body.contains("**Shown: "), findings > 100, "{body}");
        if findings == 25_001 {
            assert!(body.contains("of 25,004 findings**"), "{body}");
        }
    }
}

#[test]
fn the_budget_holds_to_the_byte() {
    let outcome = |count, fixed| {
        let mut outcome = compared(count, fixed);
        for (index, finding) in outcome.findings.iter_mut().enumerate() {
            finding.title = format!("Größe 漢字 \u{1f600} {}", "é".repeat(index % 90)).into();
        }
        outcome
    };
    let about = About {
        name: "Security gate",
        category: None,
        check: Some("https://github.com/octo/repo/runs/1"),
        summary: true,
    };
    // Everything fits, to the byte.
    let small = outcome(90, 9);
    let whole = markdown(&small, &about, usize::MAX / 100);
    for budget in [whole.len(), whole.len() + 1] {
        assert!(markdown(&small, &about, budget) == whole, "{budget}");
    }
    let cut = markdown(&small, &about, whole.len() - 1);
    assert!(cut.len() < whole.len() && cut.contains("of 99 findings**"));
    // Nothing ever does.
    let large = outcome(400, 12);
    let edges = [
        COMMENT_BYTES,
        COMMENT_BYTES - 1,
        COMMENT_BYTES + 1,
        4_000,
        2_000,
    ];
    for budget in edges
        .into_iter()
        .chain((3_000..COMMENT_BYTES).step_by(1_777))
    {
        let page = markdown(&large, &about, budget);
        assert!(page.len() <= budget, "{budget}");
        assert!(page.starts_with(&ours()), "{budget}");
        if budget <= COMMENT_BYTES {
            check(&page);
        }
        assert!(page.contains("of 412 findings**"), "{page}");
    }
}
