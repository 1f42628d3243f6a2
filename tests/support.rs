//! Outcomes and settings for tests: the smallest that is whole, to be changed where a test looks.

use sarif_gate::gate::Policy;
use sarif_gate::gate::language::Conditions;
use sarif_gate::model::{
    Conclusion, Context, Counts, Finding, Judged, Kind, Location, Mode, Outcome, Place, Severity,
    Verdict,
};
use sarif_gate::settings::{BaselineFrom, Comment, Hidden, Publish, Settings, Switch};

pub(crate) const TOKEN: &str = "ghs_0123456789abcdefghijSECRETSECRETSECRET";

/// A finding in `src/FILE.rs`.
pub(crate) fn finding(number: usize) -> Finding {
    let mut finding = Finding::new(
        Kind::Vulnerability,
        format!("CVE-2026-{number:04}").into(),
        Severity::High,
        format!("problem {number}").into(),
    );
    let mut location = Location::new(
        format!("src/file{number}.rs").into(),
        Some(number as u32 + 1),
    );
    location.place = Place::Workspace;
    finding.locations.push(location);
    finding
}

/// `count` findings that all fail, in Actions on a pull request of `octo/repo`.
pub(crate) fn outcome(count: usize) -> Outcome {
    let findings: Vec<Finding> = (0..count).map(finding).collect();
    let conclusion = if count == 0 {
        Conclusion::Pass
    } else {
        Conclusion::Fail
    };
    let counts = Counts {
        total: count as u64,
        blocking: count as u64,
        by_severity: [(Severity::High, count as u64)].into(),
        by_kind: [(Kind::Vulnerability, count as u64)].into(),
        ..Counts::default()
    };
    Outcome {
        verdict: Verdict {
            conclusion,
            complete: true,
            reason: format!("{count} findings block"),
            counts,
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
        trust: sarif_gate::model::Trust::default(),
        past: sarif_gate::model::Past::default(),
        feeds: Vec::new(),
        mode: Mode::Enforce,
        context: Context {
            actions: true,
            event: "pull_request".to_owned(),
            repository: Some("octo/repo".to_owned()),
            head_sha: Some("0123456789abcdef0123456789abcdef01234567".to_owned()),
            api_url: "http://127.0.0.1:9".to_owned(),
            server_url: "https://github.com".to_owned(),
            run_id: Some("42".to_owned()),
            run_attempt: Some("1".to_owned()),
            workspace: "/github/workspace".to_owned(),
            ..Context::default()
        },
        settings: Vec::new(),
        policy_digest: String::new(),
        started: "2026-03-01T10:00:00Z".to_owned(),
    }
}

/// Check run, annotations and summary on, with a token; nothing else is told.
pub(crate) fn settings() -> Settings {
    Settings {
        reports: Vec::new(),
        reports_built_in: true,
        path_prefix: None,
        max_report_age: None,
        allow_tracked_reports: false,
        severity_map: Vec::new(),
        policy: Policy {
            fail_on: Conditions::default(),
            warn_on: Conditions::default(),
            note_on: Conditions::default(),
            ..Policy::new(Default::default())
        },
        environment: None,
        waivers: Vec::new(),
        waivers_built_in: true,
        vex: Vec::new(),
        baseline: BaselineFrom::None,
        epss: None,
        kev: None,
        bypass_label: None,
        bypass_lasts: 86_400,
        mode: Mode::Enforce,
        evidence_dir: "reports/security".to_owned(),
        token: Some(Hidden::new(TOKEN)),
        check_run: Switch::Auto,
        check_name: "Security gate".to_owned(),
        annotations: 50,
        summary: true,
        comment: Comment::Never,
        comment_asked: false,
        upload_sarif: Switch::Off,
        category: None,
        dismiss_excused: Switch::Off,
        slack_webhook_url: None,
        webhook_url: None,
        webhook_secret: None,
        jira: None,
        publish: Publish::Now,
        require_publish: Vec::new(),
        ca_bundle: None,
        identity_key: None,
        shown: Vec::new(),
        base: None,
        refused: Vec::new(),
        proposed: None,
        trust_notes: Vec::new(),
        context: Context::default(),
    }
}
