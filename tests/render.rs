//! What people and machines read of an outcome: every folder under `tests/render` is a case with its golden files
//! (`UPDATE=1` rewrites them), and `verdict.json` is held against its schema in the same breath.

#![expect(clippy::disallowed_methods, reason = "tests read and write files")]
#![expect(clippy::unwrap_used, reason = "a broken helper is a failed test")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sarif_gate::evidence::Part;
use sarif_gate::github::limits::COMMENT_BYTES;
use sarif_gate::model::{
    Bypass, Cause, Comparison, ComponentVerdict, Conclusion, Context, Counts, Effect, Entries,
    Exemption, Feed, Finding, Fingerprint, Fix, Gone, Input, Instance, Judged, Kind, Location,
    Mode, Outcome, Package, Past, Place, Report, Ruling, Run, Severity, Shown, Simulated, Source,
    Standing, State, Status, Text, Trust, Verdict,
};
use sarif_gate::render::terminal::Style;
use sarif_gate::render::{annotation, comment, groups, summary, terminal, verdict_json};

mod notices;

/// Builds an outcome as the walk would: counts follow from the findings.
struct Builder {
    outcome: Outcome,
}

fn text(text: &str) -> Text {
    Arc::from(text)
}

impl Builder {
    fn new(conclusion: Conclusion, reason: &str) -> Builder {
        Builder {
            outcome: Outcome {
                findings: Vec::new(),
                reports: Vec::new(),
                verdict: Verdict {
                    conclusion,
                    complete: true,
                    reason: reason.to_owned(),
                    counts: Counts::default(),
                    judged: Vec::new(),
                    rulings: Vec::new(),
                    cannot_block: Vec::new(),
                    unknown_counted: (0, Severity::Medium),
                    remarks: Vec::new(),
                    exemptions: Vec::new(),
                    thresholds: Vec::new(),
                    components: Vec::new(),
                    bypass: Vec::new(),
                    lifted: None,
                },
                mode: Mode::Enforce,
                context: Context::default(),
                settings: Vec::new(),
                policy_digest: "5f2d1c0b9a8e7d6c5b4a39281706f5e4d3c2b1a0998877665544332211000fed"
                    .to_owned(),
                started: "2026-11-01T10:00:00Z".to_owned(),
                owners: Vec::new(),
                environment: None,
                trust: Trust::default(),
                past: Past::default(),
                feeds: Vec::new(),
            },
        }
    }

    fn find(mut self, judged: Judged, finding: Finding) -> Builder {
        self = self.find_because(judged, finding, "");
        self
    }

    fn find_because(mut self, judged: Judged, mut finding: Finding, why: &str) -> Builder {
        let verdict = &mut self.outcome.verdict;
        let number = u32::try_from(self.outcome.findings.len()).unwrap();
        let mut print = [0xa0; 16];
        print[..4].copy_from_slice(&(number + 1).wrapping_mul(0x9E37_79B9).to_be_bytes());
        finding.fingerprint = Fingerprint(print);
        finding.sources = vec![Source {
            tool: text("trivy"),
            input: 0,
            run: 0,
            rule: finding.rule.clone(),
            severity: finding.severity,
            fingerprint: finding.fingerprint,
            suppression: None,
            recipe: None,
        }];
        let counts = &mut verdict.counts;
        counts.total += 1;
        *counts.by_severity.entry(finding.severity).or_default() += 1;
        *counts.by_kind.entry(finding.kind).or_default() += 1;
        let (by, term, effect) = match judged {
            Judged::Fail => {
                counts.blocking += 1;
                ("fail-on", Some("critical"), Effect::Block)
            }
            Judged::Warn => {
                counts.warned += 1;
                ("warn-on", Some("high"), Effect::Warn)
            }
            Judged::Note => ("note-on", Some("medium"), Effect::Note),
            Judged::Ignore => ("rows", None, Effect::Ignore),
            Judged::Excused => {
                counts.excused += 1;
                ("scanner-suppressions", None, Effect::Excuse)
            }
        };
        let why = if why.is_empty() {
            "the term matches"
        } else {
            why
        };
        verdict.judged.push(judged);
        verdict.rulings.push(vec![Ruling {
            by,
            term: term.map(text),
            effect,
            why: text(why),
        }]);
        self.outcome.findings.push(finding);
        self
    }

    fn report(
        mut self,
        path: &str,
        tool: &str,
        version: &str,
        target: Option<&str>,
        status: Status,
    ) -> Builder {
        let unusable = matches!(status, Status::Unusable(_));
        self.outcome.verdict.complete &= status == Status::Complete;
        let mut entries = Entries::default();
        if !unusable {
            entries.findings = u64::try_from(self.outcome.findings.len()).unwrap();
            entries.by_severity = self.outcome.verdict.counts.by_severity.clone();
            entries.by_kind = self.outcome.verdict.counts.by_kind.clone();
        }
        let run = Run {
            tool: text(tool),
            name: text(tool),
            version: Some(text(version)),
            ..Run::default()
        };
        self.outcome.reports.push(Report {
            input: Input {
                path: path.to_owned(),
                sha256: if unusable {
                    String::new()
                } else {
                    "ab".repeat(32)
                },
                bytes: 1234,
            },
            format: (!unusable).then_some("trivy-json-2"),
            runs: if unusable { Vec::new() } else { vec![run] },
            target: target.map(text),
            status,
            understood: true,
            unanalysed: Vec::new(),
            entries,
            findings: Vec::new(),
            reader: None,
            measures: Vec::new(),
            signatures: Vec::new(),
            products: Vec::new(),
            repairs: Vec::new(),
        });
        self
    }
}

fn vulnerability(
    rule: &str,
    severity: Severity,
    title: &str,
    package: &str,
    fixed: &[&str],
) -> Finding {
    let mut finding = Finding::new(Kind::Vulnerability, text(rule), severity, text(title));
    finding.link = Some(text(&format!(
        "https://avd.aquasec.com/nvd/{}",
        rule.to_lowercase()
    )));
    finding.package = Some(Box::new(Package {
        development: false,
        purl: Some(text(&format!("pkg:npm/{package}@4.17.4"))),
        ecosystem: Some(text("npm")),
        name: text(package),
        version: Some(text("4.17.4")),
        fixed: fixed.iter().copied().map(text).collect(),
        fix: if fixed.is_empty() {
            Fix::None
        } else {
            Fix::Available
        },
    }));
    at(finding, "web/package-lock.json", 812)
}

fn plain(
    kind: Kind,
    rule: &str,
    severity: Severity,
    title: &str,
    path: &str,
    line: u32,
) -> Finding {
    at(
        Finding::new(kind, text(rule), severity, text(title)),
        path,
        line,
    )
}

fn at(mut finding: Finding, path: &str, line: u32) -> Finding {
    let mut location = Location::new(text(path), Some(line));
    location.place = Place::Workspace;
    finding.locations.push(location);
    finding
}

fn pull_request() -> Context {
    Context {
        actions: true,
        event: "pull_request".to_owned(),
        repository: Some("acme/shop".to_owned()),
        private: Some(false),
        sha: Some("1111111111111111111111111111111111111111".to_owned()),
        head_sha: Some("2f4c9d1e8b7a6c5d4e3f2a1b0c9d8e7f6a5b4c3d".to_owned()),
        pull_request: Some(7),
        server_url: "https://github.com".to_owned(),
        run_id: Some("123456".to_owned()),
        ..Context::default()
    }
}

fn shown(name: &str, value: serde_json::Value, origin: &str) -> Shown {
    Shown {
        name: name.to_owned(),
        value,
        origin: origin.to_owned(),
    }
}

fn blocked() -> Outcome {
    let lodash = |rule: &str, severity, title: &str, fixed: &str| {
        vulnerability(rule, severity, title, "lodash", &[fixed])
    };
    let mut built = Builder::new(
        Conclusion::Fail,
        "5 findings match fail-on (secret, critical): 3 vulnerabilities, 1 secret, 1 code finding.",
    )
    .find(Judged::Fail, lodash("CVE-2019-10744", Severity::Critical, "Prototype pollution in defaultsDeep", "4.17.12"))
    .find(Judged::Fail, lodash("CVE-2021-23337", Severity::Critical, "Command injection via template", "4.17.21"))
    .find(Judged::Fail, vulnerability("CVE-2024-21538", Severity::Critical, "Regular expression denial of service", "cross-spawn", &[]))
    .find(Judged::Fail, plain(Kind::Secret, "aws-access-token", Severity::High, "Identified a pattern that may indicate AWS credentials, risking unauthorized cloud resource access", "config/app.env", 3))
    .find(Judged::Fail, plain(Kind::Code, "js/sql-injection", Severity::Critical, "Database query built from user-controlled sources", "src/db/orders.ts", 41))
    .find(Judged::Warn, lodash("CVE-2018-16487", Severity::High, "Prototype pollution in utilities function", "4.17.11"))
    .find(Judged::Warn, plain(Kind::Misconfiguration, "DS-0002", Severity::High, "Image user should not be 'root'", "Dockerfile", 1))
    .find(Judged::Note, plain(Kind::Misconfiguration, "DS-0026", Severity::Medium, "No HEALTHCHECK defined", "Dockerfile", 1))
    .find(Judged::Ignore, plain(Kind::License, "GPL-3.0-only", Severity::Low, "GPL-3.0-only is restricted", "web/package-lock.json", 99))
    .find(Judged::Note, plain(Kind::Code, "generic-rule", Severity::Unknown, "Something without a severity", "src/a.ts", 2))
    .find_because(
        Judged::Excused,
        plain(Kind::Misconfiguration, "AVD-AWS-0089", Severity::Critical, "Bucket has logging disabled", "infra/s3.tf", 12),
        "suppressed in the source by an inline comment; nobody checked it",
    )
    .report("trivy.json", "trivy", "0.57.0", Some("."), Status::Complete)
    .report("gitleaks.json", "gitleaks", "8.21.2", None, Status::Complete)
    .report("eslint.sarif", "eslint", "9.1.0", None, Status::Partial("2 files could not be parsed".to_owned()))
    .outcome;
    let mut grype = built.findings[1].sources[0].clone();
    grype.tool = text("grype");
    grype.severity = Severity::High;
    built.findings[1].sources.push(grype);
    built.context = pull_request();
    built.owners = vec![
        text("@acme/payments"),
        text("@octocat"),
        text("security@acme.example"),
    ];
    built.reports[2].unanalysed = vec![text("src/legacy/a.ts"), text("src/legacy/b.ts")];
    built.reports[2].repairs =
        vec!["security-severity `null` of rule no-eval was dropped".to_owned()];
    built.verdict.cannot_block = vec![(
        text("eslint"),
        "it never gives a severity above high, and fail-on starts at critical".to_owned(),
    )];
    built.verdict.unknown_counted = (1, Severity::Medium);
    built.verdict.remarks = vec![
        "1 suppression by a scanner counts although nobody checked it: there is no baseline."
            .to_owned(),
    ];
    built.verdict.counts.excluded = 1;
    built.settings = vec![
        shown("preset", "standard".into(), "built-in"),
        shown("fail-on", "secret, critical".into(), "preset"),
        shown("annotations", 50.into(), "built-in"),
        shown("token", "set".into(), "input"),
        shown("environment", serde_json::Value::Null, "built-in"),
    ];
    built
}

/// A pull request that was let through, with all that a run can know besides its reports.
fn known() -> Outcome {
    let mut built = Builder::new(
        Conclusion::Warn,
        "let through by a bypass, although 1 finding blocks: 1 critical vulnerability",
    )
    .find(
        Judged::Fail,
        vulnerability(
            "CVE-2021-23337",
            Severity::Critical,
            "Command injection via template",
            "lodash",
            &["4.17.21"],
        ),
    )
    .find_because(
        Judged::Excused,
        vulnerability(
            "CVE-2023-45853",
            Severity::High,
            "Integer overflow in MiniZip",
            "zlib1g",
            &[],
        ),
        "risk-accepted until 2026-12-01 by team-platform (SEC-431): MiniZip is not linked",
    )
    .report("trivy.json", "trivy", "0.57.0", Some("."), Status::Complete)
    .outcome;
    built.context = pull_request();
    built.environment = Some("production".to_owned());
    let grant = Bypass {
        label: "security-bypass".to_owned(),
        by: "octo-maintainer".to_owned(),
        role: "maintain".to_owned(),
        at: "2026-11-01T09:30:00Z".to_owned(),
        pull_request: 7,
        head_sha: "0123456789abcdef0123456789abcdef01234567".to_owned(),
        ends: "2026-11-02T09:30:00Z".to_owned(),
        reason: text("Outage, the fix follows | <b>today</b> @octocat"),
    };
    built.verdict.bypass = vec![grant];
    built.verdict.lifted = Some(Conclusion::Fail);
    built.verdict.counts.new = Some(1);
    built.verdict.counts.fixed = Some(1);
    built.verdict.thresholds = vec![
        (Severity::Critical, 1, Some(1)),
        (Severity::High, 1, Some(1)),
        (Severity::Medium, 12, Some(3)),
        (Severity::Low, 1200, Some(0)),
    ];
    let component = |name: &str, affected, conclusion, blocking| ComponentVerdict {
        name: text(name),
        owner: Some(text("@acme/web")),
        affected,
        conclusion,
        total: 3,
        blocking,
        excused: 0,
    };
    built.verdict.components = vec![
        component("web", true, Conclusion::Fail, 1),
        component("api|<i>", false, Conclusion::Pass, 0),
    ];
    let exemption = |standing, ends: &str, why: &str| Exemption {
        by: "waivers",
        file: text(".github/security-waivers.yml"),
        line: Some(4),
        about: text("CVE-2023-45853 in pkg:deb/debian/zlib1g"),
        standing,
        findings: 1,
        owner: Some(text("team-platform")),
        ticket: Some(text("SEC-431")),
        ends: Some(ends.to_owned()),
        why: why.to_owned(),
    };
    built.verdict.exemptions = vec![
        exemption(Standing::InForce, "2027-12-01", ""),
        exemption(Standing::Ending, "2026-11-10", ""),
        exemption(Standing::Expired, "2026-10-31", ""),
        exemption(
            Standing::Unused,
            "2027-12-01",
            "package version 1.3 is not 1.2",
        ),
    ];
    built.trust = Trust {
        sha: Some("89abcdef0123456789abcdef0123456789abcdef".to_owned()),
        branch: Some("main".to_owned()),
        changed: vec!["This change alters .github/sarif-gate.yml.".to_owned()],
        refused: vec!["The input fail-on is weaker than the config.".to_owned()],
        simulated: Some(Simulated {
            conclusion: Conclusion::Pass,
            blocking: 0,
            excused: 2,
        }),
    };
    built.past = Past::Compared(Comparison {
        source: "artifact",
        place: "artifact sarif-gate-evidence of run 99".to_owned(),
        sha: Some("fedcba9876543210fedcba9876543210fedcba98".to_owned()),
        taken: Some("2026-10-30T08:00:00Z".to_owned()),
        behind: Some(3),
        findings: 2,
        gone: vec![Gone {
            fingerprint: Fingerprint([7; 16]),
            kind: Kind::Code,
            rule: text("js/sql-injection"),
            severity: Severity::High,
            title: text("Query built from `input` | <script>"),
            place: Some(text("src/db.ts")),
            unseen: false,
        }],
        notes: Vec::new(),
    });
    built.feeds = vec![Feed {
        id: "kev",
        path: "kev.json".to_owned(),
        sha256: "ab".repeat(32),
        date: Some("2026-10-31".to_owned()),
        entries: 1404,
        problem: None,
    }];
    built
}

/// A pull request against a baseline: some of it new, some fixed, the rest known.
fn changed() -> Outcome {
    let mut built = blocked();
    for (index, finding) in built.findings.iter_mut().enumerate() {
        finding.known.state = Some(match index {
            0 | 1 | 3 | 5 | 7 | 10 => State::New,
            4 => State::Updated,
            _ => State::Unchanged,
        });
        if index == 5 {
            finding.known.cause = Cause::Disclosed;
        }
    }
    let gone = |rule: &str, severity, unseen| Gone {
        fingerprint: Fingerprint([9; 16]),
        kind: Kind::Vulnerability,
        rule: text(rule),
        severity,
        title: text("Prototype pollution in set-value"),
        place: Some(text("web/package-lock.json")),
        unseen,
    };
    built.past = Past::Compared(Comparison {
        source: "artifact",
        place: "artifact sarif-gate-evidence of run 99".to_owned(),
        findings: 8,
        gone: vec![
            gone("CVE-2019-10747", Severity::Critical, false),
            gone("CVE-2021-23440", Severity::High, false),
            gone("CVE-2022-0001", Severity::High, true),
        ],
        ..Comparison::default()
    });
    built.verdict.counts.new = Some(6);
    built.verdict.counts.fixed = Some(2);
    built.environment = Some("production".to_owned());
    built
}

fn passed() -> Outcome {
    Builder::new(Conclusion::Pass, "No finding matches fail-on or warn-on.")
        .find(
            Judged::Note,
            plain(
                Kind::Misconfiguration,
                "DS-0026",
                Severity::Medium,
                "No HEALTHCHECK defined",
                "Dockerfile",
                1,
            ),
        )
        .report("trivy.json", "trivy", "0.57.0", Some("."), Status::Complete)
        .outcome
}

fn incomplete() -> Outcome {
    let mut built = Builder::new(Conclusion::Incomplete, "gitleaks.json cannot be used.")
        .find(Judged::Warn, vulnerability("CVE-2018-16487", Severity::High, "Prototype pollution", "lodash", &["4.17.11"]))
        .report("trivy.json", "trivy", "0.57.0", Some("."), Status::Complete)
        .report(
            "gitleaks.json",
            "",
            "",
            None,
            Status::Unusable("the file is empty. Gitleaks writes `[]` when it finds nothing, so it probably failed: look at its step, or write `gitleaks=gitleaks.json` if empty means clean.".to_owned()),
        )
        .outcome;
    built.mode = Mode::Warn;
    built
}

/// A secret found on the default branch of a public repository, and texts that want out of their places.
fn hostile() -> Outcome {
    let secret = plain(
        Kind::Secret,
        "generic-api-key",
        Severity::High,
        "generic-api-key detected in config/hidden-place.env",
        "config/hidden-place.env",
        3,
    );
    let mut rows = vulnerability(
        "CVE-2099-0001",
        Severity::Critical,
        "a | b || c \\| d\n| --- |\n# heading\n- item",
        "p\n::error::x|y",
        &["1|2"],
    );
    rows.link = Some(text(
        "https://example.com/a b)](https://evil.example/)c\"onmouseover=\"x",
    ));
    rows.target = Some(text("##[set-output name=verdict]pass"));
    let tags = plain(
        Kind::Code,
        "<script>",
        Severity::Critical,
        "<img src=x onerror=alert(1)> </details></table><script>alert(1)</script> <!-- ",
        "src/\u{202e}gnp.exe",
        1,
    );
    let mentions = plain(
        Kind::Code,
        "@everyone",
        Severity::Critical,
        "@everyone @octocat #1 GH-1 octo/repo#2 fixes #3 0123456789abcdef0123456789abcdef01234567 www.evil.example",
        "a\u{1b}[1A.env",
        1,
    );
    let ansi = plain(
        Kind::Misconfiguration,
        "`ticks`",
        Severity::Critical,
        "\u{1b}[2J\u{1b}[31mred\u{1b}[0m \u{1b}]8;;https://evil.example\u{7}link\u{1b}]8;;\u{7} a\u{200b}b\u{2066}c",
        "x.tf",
        1,
    );
    let command = plain(
        Kind::Quality,
        "::set-output name=verdict::pass",
        Severity::Critical,
        "::error file=a.py,line=1::owned%0A::set-output name=x::y",
        "::stop-commands::t",
        1,
    );
    let mut built = Builder::new(
        Conclusion::Fail,
        "6 findings match fail-on (secret, critical).",
    )
    .find(Judged::Fail, rows)
    .find(Judged::Fail, tags)
    .find(Judged::Fail, mentions)
    .find(Judged::Fail, ansi)
    .find(Judged::Fail, command)
    .find(Judged::Fail, secret)
    .report(
        "::error::x|.json",
        "trivy",
        "1|2\n::warning::x",
        Some("<b>"),
        Status::Partial("@octocat | \u{1b}[2J </details>".to_owned()),
    )
    .outcome;
    built.reports[0].repairs = vec!["<details> @octocat | \u{202e}".to_owned()];
    built.owners = vec![text("@acme/<b>")];
    built.context = Context {
        event: "push".to_owned(),
        ..pull_request()
    };
    built
}

const DELIVERIES: [(&str, &str); 3] = [
    ("check-run", "https://github.com/acme/shop/runs/1"),
    ("annotations", "5 of 5 shown"),
    ("step-summary", "failed: the disk is full"),
];

const ABOUT: comment::About<'static> = comment::About {
    name: "Security gate",
    category: None,
    check: Some("https://github.com/acme/shop/runs/1"),
    summary: true,
};

fn cases() -> Vec<(&'static str, Outcome)> {
    vec![
        ("blocked", blocked()),
        ("known", known()),
        ("changed", changed()),
        ("passed", passed()),
        ("incomplete", incomplete()),
        ("hostile", hostile()),
    ]
}

fn verdict(outcome: &Outcome) -> String {
    let mut bytes = Vec::new();
    verdict_json::write(outcome, 1, "VERSION", &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/render")
}

#[test]
fn golden_files() {
    let wide = Style {
        color: false,
        width: 100,
    };
    let mut wrong = Vec::new();
    for (case, outcome) in cases() {
        let annotations: Vec<String> = outcome
            .findings
            .iter()
            .zip(&outcome.verdict.judged)
            .map(|(finding, judged)| {
                let text = annotation::text(finding, *judged);
                format!("# {}\n{}\n", text.title, text.message)
            })
            .collect();
        let version = concat!("sarif-gate ", env!("CARGO_PKG_VERSION"));
        let files = [
            (
                "summary.md",
                summary::markdown(&outcome, &DELIVERIES, 60_000)
                    .replace(version, "sarif-gate VERSION"),
            ),
            (
                "comment.md",
                comment::markdown(&outcome, &ABOUT, COMMENT_BYTES)
                    .replace(version, "sarif-gate VERSION"),
            ),
            ("terminal.txt", terminal::text(&outcome, wide)),
            ("verdict.json", verdict(&outcome)),
            ("annotations.txt", annotations.join("\n")),
        ];
        for (file, now) in files {
            let path = folder().join(case).join(file);
            if std::env::var_os("UPDATE").is_some() {
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(&path, &now).unwrap();
            } else if std::fs::read_to_string(&path).unwrap_or_default() != now {
                wrong.push(path);
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "not as recorded (UPDATE=1 rewrites): {wrong:#?}"
    );
}

#[test]
fn verdicts_are_valid_and_no_key_is_undescribed() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/verdict.schema.json");
    let mut schema: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert!(jsonschema::meta::is_valid(&schema));
    let open = jsonschema::validator_for(&schema).unwrap();
    close(&mut schema);
    let closed = jsonschema::validator_for(&schema).unwrap();
    for (case, outcome) in cases() {
        let document: serde_json::Value = serde_json::from_str(&verdict(&outcome)).unwrap();
        for validator in [&open, &closed] {
            let errors: Vec<String> = validator
                .iter_errors(&document)
                .map(|error| format!("{} at {}", error, error.instance_path()))
                .collect();
            assert!(errors.is_empty(), "{case}: {errors:#?}");
        }
        // A key that is taken away must be missed.
        for key in document.as_object().unwrap().keys() {
            let mut without = document.clone();
            without.as_object_mut().unwrap().remove(key);
            assert!(!open.is_valid(&without), "{case}: nobody misses {key}");
        }
    }
}

/// Forbids what the schema does not name. The published schema allows it, so that keys can be added.
fn close(schema: &mut serde_json::Value) {
    match schema {
        serde_json::Value::Object(members) => {
            if members.contains_key("properties") {
                members.insert("additionalProperties".to_owned(), false.into());
            }
            members.values_mut().for_each(close);
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

#[test]
fn the_first_five_lines_say_what_matters() {
    for (case, outcome) in cases() {
        let page = summary::markdown(&outcome, &[], 60_000);
        let lines: Vec<&str> = page.lines().take(5).collect();
        let word = outcome.verdict.conclusion.word();
        for (line, start) in lines.iter().zip([
            "## ",
            "- **Why:** ",
            "- **What to do:** ",
            "- **Who owns it:** ",
            "- **Not a real problem?** ",
        ]) {
            assert!(
                line.starts_with(start) && line.len() > start.len() + 5,
                "{case}: {line}"
            );
        }
        assert!(
            lines[0].contains(&format!("gate: {word}")),
            "{case}: {}",
            lines[0]
        );
    }
}

#[test]
fn hostile_texts_stay_texts() {
    let outcome = hostile();
    let page = summary::markdown(&outcome, &DELIVERIES, 60_000);
    for tag in ["<script", "<img", "<!--", "<b>\u{a0}"] {
        assert!(!page.contains(tag), "{tag}");
    }
    assert_eq!(
        page.matches("<details>").count(),
        page.matches("</details>").count()
    );
    assert!(
        !page.contains("hidden-place"),
        "the place of a secret in a public repository"
    );
    let comment = comment::markdown(&outcome, &ABOUT, COMMENT_BYTES);
    let (marker, rest) = comment.split_once('\n').unwrap();
    assert!(marker.starts_with("<!-- sarif-gate:comment v1 ") && marker.ends_with(" -->"));
    for tag in [
        "<script",
        "<img",
        "<!--",
        "<b>\u{a0}",
        "hidden-place",
        "![",
        "##[",
    ] {
        assert!(!rest.contains(tag), "{tag}");
    }
    // Mentions and numbers of issues only where GitHub looks for none.
    for word in ["@everyone", "@octocat", "#1", "GH-1", "octo/repo#2", "#3"] {
        let bare = rest.replace(&format!("`{word}`"), "");
        let linked = bare
            .replace("#L1)", "")
            .replace("&#124;", "")
            .replace("&#", "");
        assert!(!linked.contains(word), "{word}");
    }
    let mut cells: BTreeMap<usize, usize> = BTreeMap::new();
    for line in page
        .lines()
        .chain(comment.lines())
        .filter(|line| line.starts_with('|'))
    {
        *cells.entry(line.matches('|').count()).or_default() += 1;
    }
    let known: BTreeSet<usize> = [4, 6, 8].into();
    assert!(cells.keys().all(|cells| known.contains(cells)), "{cells:?}");
    let log = terminal::text(
        &outcome,
        Style {
            color: false,
            width: 40,
        },
    );
    for line in log.lines() {
        assert!(
            !line.trim_start().starts_with("::") && !line.contains("##["),
            "{line}"
        );
        assert!(!line.chars().any(char::is_control), "{line:?}");
    }
    assert!(!log.contains("hidden-place"));
    let document = verdict(&outcome);
    assert!(document.contains("hidden-place"), "the evidence keeps it");
    assert!(
        !document.contains("##[") && !page.contains("##["),
        "either may be printed into a log"
    );
    let document: serde_json::Value = serde_json::from_str(&document).unwrap();
    assert_eq!(
        document["findings"][0]["target"],
        "##[set-output name=verdict]pass"
    );
}

#[test]
fn a_secret_keeps_its_place_where_it_may() {
    for (actions, event, private, withheld) in [
        (true, "push", Some(false), true),
        (true, "push", Some(true), false),
        (true, "push", None, true),
        (true, "pull_request", Some(false), false),
        (true, "schedule", None, true),
        (false, "", None, false),
    ] {
        let mut outcome = hostile();
        outcome.context.actions = actions;
        outcome.context.event = event.to_owned();
        outcome.context.private = private;
        for page in [
            summary::markdown(&outcome, &[], 60_000),
            comment::markdown(&outcome, &ABOUT, COMMENT_BYTES),
            terminal::text(
                &outcome,
                Style {
                    color: true,
                    width: 80,
                },
            ),
        ] {
            assert_eq!(page.contains("hidden"), !withheld, "{event} {private:?}");
        }
    }
}

#[test]
fn several_secrets_are_asked_for_once() {
    let secret = |line| {
        let mut secret = Finding::new(Kind::Secret, text("aws-key"), Severity::High, text("A key"));
        secret.locations = vec![Location {
            place: Place::Workspace,
            ..Location::new(text("a.env"), Some(line))
        }];
        secret
    };
    for (number, words) in [
        (
            1,
            "`aws-key` in `a.env:1`: revoke it first, deleting the line is not enough.",
        ),
        (
            2,
            "`aws-key` in `a.env:1` and 1 more secret: revoke them first, deleting the lines is not enough.",
        ),
        (
            9,
            "`aws-key` in `a.env:1` and 8 more secrets: revoke them first, deleting the lines is not enough.",
        ),
    ] {
        let mut builder = Builder::new(Conclusion::Fail, "x");
        for line in 1..=number {
            builder = builder.find(Judged::Fail, secret(line));
        }
        let page = summary::markdown(&builder.outcome, &[], 60_000);
        assert!(
            page.contains(&format!("- **What to do:** {words}\n")),
            "{page}"
        );
    }
}

#[test]
fn groups_say_what_clears_them() {
    use groups::Clears;
    let outcome = blocked();
    let page = summary::markdown(&outcome, &[], 60_000);
    assert!(
        page.contains("(`trivy`: critical, `grype`: high)"),
        "scanners that disagree are all shown"
    );
    let clears: Vec<(Clears<'_>, usize)> = groups::groups(&outcome, Judged::Fail)
        .into_iter()
        .map(|group| (group.clears, group.findings.len()))
        .collect();
    let expected = [
        (
            Clears::Upgrade {
                package: "lodash",
                to: "4.17.21",
            },
            2,
        ),
        (
            Clears::NoFix {
                package: "cross-spawn",
            },
            1,
        ),
        (
            Clears::Rewrite {
                rule: "js/sql-injection",
            },
            1,
        ),
        (Clears::Revoke, 1),
    ];
    assert_eq!(clears, expected);
    // Targets and installed versions count.
    let mut image = vulnerability("CVE-1", Severity::High, "t", "lodash", &["4.17.21, 5.0.1"]);
    image.target = Some(text("shop"));
    image.instances.push(Instance {
        version: Some(text("5.0.0")),
        path: None,
    });
    let two = Builder::new(Conclusion::Warn, "x")
        .find(Judged::Warn, image)
        .find(
            Judged::Warn,
            vulnerability("CVE-1", Severity::High, "t", "lodash", &["4.17.21"]),
        )
        .outcome;
    let two = groups::groups(&two, Judged::Warn);
    assert_eq!(two.len(), 2);
    assert_eq!(
        two[0].clears,
        Clears::Upgrade {
            package: "lodash",
            to: "5.0.1"
        }
    );
}

fn many(number: usize) -> Outcome {
    let mut outcome = blocked();
    let finding = outcome.findings[4].clone();
    let ruling = outcome.verdict.rulings[4].clone();
    for index in 0..number {
        let mut finding = finding.clone();
        finding.rule = text(&format!("rule-größe-{}", index % 500));
        outcome.findings.push(finding);
        outcome.verdict.judged.push(if index % 2 == 0 {
            Judged::Fail
        } else {
            Judged::Warn
        });
        outcome.verdict.rulings.push(ruling.clone());
    }
    outcome
}

#[test]
fn pages_keep_to_their_budget_in_bytes() {
    let outcome = many(2000);
    let whole = summary::markdown(&outcome, &DELIVERIES, usize::MAX / 100);
    let edges = [
        whole.len() - 1,
        whole.len(),
        whole.len() + 1,
        65_535,
        65_534,
    ];
    for budget in edges.into_iter().chain((0..12_000).step_by(97)) {
        let page = summary::markdown(&outcome, &DELIVERIES, budget);
        assert!(page.len() <= budget, "{budget}");
        assert_eq!(
            page.matches("<details>").count(),
            page.matches("</details>").count()
        );
        assert!(
            budget < 4000 || page.contains("in `verdict.json`"),
            "{budget}"
        );
        assert!(
            page.lines()
                .filter(|line| line.starts_with('|'))
                .all(|line| line.ends_with('|'))
        );
    }
}

#[test]
fn a_hundred_thousand_findings_are_quick() {
    let outcome = many(100_000);
    let start = std::time::Instant::now();
    assert!(summary::markdown(&outcome, &[], 1_000_000).len() < 200_000);
    assert!(
        terminal::text(
            &outcome,
            Style {
                color: true,
                width: 100
            }
        )
        .len()
            < 200_000
    );
    let lines = verdict(&outcome).lines().count();
    assert!(lines > 100_000);
    // Unoptimised and on a busy machine this takes about a second; a quadratic walk would take minutes.
    assert!(start.elapsed().as_secs() < 30, "{:?}", start.elapsed());
}

#[test]
fn the_evidence_is_written_whole() {
    let workspace = tempfile::tempdir().unwrap();
    let outcome = blocked();
    let folder =
        sarif_gate::evidence::Folder::open(workspace.path(), Path::new("reports/security"))
            .unwrap();
    // What an earlier run left would be sent with this one's parts.
    for stale in [
        "upload.sarif",
        "upload-2.sarif",
        "upload-3.sarif",
        "upload-4.sarif",
    ] {
        std::fs::write(folder.path().join(stale), "stale").unwrap();
    }
    let mut tries = 0;
    let logs = sarif_gate::evidence::write_logs(
        &folder,
        &mut |out| out.write_all(b"results"),
        &mut |out| {
            tries += 1;
            out.write_all(format!("upload {tries}").as_bytes())?;
            Ok(match tries {
                1 | 3 => Part::Again,
                2 => Part::More,
                _ => Part::Last,
            })
        },
    )
    .unwrap();
    let written = sarif_gate::evidence::write_pages(&folder, &outcome, 1, "VERSION", logs).unwrap();
    let read = |path: &Path| std::fs::read_to_string(path).unwrap();
    assert_eq!(read(&written.results), "results");
    let uploads: Vec<String> = written.uploads.iter().map(|path| read(path)).collect();
    assert_eq!(uploads, ["upload 2", "upload 4"]);
    assert!(written.uploads[1].ends_with("upload-2.sarif"));
    assert_eq!(read(&written.verdict), verdict(&outcome));
    assert!(read(&written.summary).starts_with("## ✖ Security gate: fail"));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 5);
}
