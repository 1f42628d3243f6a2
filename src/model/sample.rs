//! The smallest outcome that is whole, for tests to change where they look.

use super::{Conclusion, Context, Counts, Finding, Judged, Mode, Outcome, Severity, Verdict};

/// These findings, all of which fail, on `main` of a private `octo/repo`.
pub(crate) fn outcome(findings: Vec<Finding>) -> Outcome {
    let count = findings.len();
    Outcome {
        verdict: Verdict {
            conclusion: Conclusion::Fail,
            complete: true,
            reason: String::new(),
            counts: Counts::default(),
            judged: vec![Judged::Fail; count],
            rulings: vec![Vec::new(); count],
            cannot_block: Vec::new(),
            unknown_counted: (0, Severity::Medium),
            remarks: Vec::new(),
            exemptions: Vec::new(),
            thresholds: Vec::new(),
            components: Vec::new(),
            bypass: Vec::new(),
            lifted: None,
        },
        findings,
        reports: Vec::new(),
        owners: Vec::new(),
        environment: None,
        trust: Default::default(),
        past: Default::default(),
        feeds: Vec::new(),
        mode: Mode::Enforce,
        context: Context {
            actions: true,
            event: "push".to_owned(),
            git_ref: Some("refs/heads/main".to_owned()),
            repository: Some("octo/repo".to_owned()),
            private: Some(true),
            head_sha: Some("0123456789abcdef0123456789abcdef01234567".to_owned()),
            server_url: "https://github.com".to_owned(),
            run_id: Some("42".to_owned()),
            ..Context::default()
        },
        settings: Vec::new(),
        policy_digest: String::new(),
        started: "2026-03-01T10:00:00Z".to_owned(),
    }
}
