//! On pull requests inputs may only tighten what the base branch's config file says.

use proptest::prelude::*;
use sarif_gate::gate::{self, Facts};
use sarif_gate::model::{Finding, Judged, Kind, Severity, Suppression};
use sarif_gate::settings::Settings;
use serde_json::json;

use super::{Case, case};

const CONFIG: &str = "preset: strict\nfail-on: [secret, high]\nexclude: low+path=tests/**\nrequire-reports: [trivy, gitleaks]\n\
                      reports: [trivy.json, gitleaks.json]\nunknown-severity: high\nmode: enforce\ncoverage: fail<75\n\
                      max-report-age: 2d\nwaivers: w.yml\nvex: v.json\nbaseline: auto\nkev: k.json\n\
                      bypass-label: let-it\nscanner-suppressions: base\nenvironments: {production: {}, staging: {mode: warn}}\n";

fn request() -> Case {
    case().pull_request().trusted(CONFIG)
}

fn without_shown(settings: &Settings) -> (String, String) {
    (
        format!("{:?}", settings.policy),
        format!(
            "{:?} {:?} {:?}",
            settings.mode, settings.reports, settings.waivers
        ),
    )
}

#[test]
fn what_loosens_is_refused_and_said() {
    for (name, value, mine, config) in [
        ("fail-on", "critical", "critical", "secret, high"),
        ("fail-on", "none", "none", "secret, high"),
        (
            "fail-on",
            "secret, high>5",
            "secret, high>5",
            "secret, high",
        ),
        ("warn-on", "low+fixable", "low+fixable", "medium"),
        ("note-on", "none", "none", "low"),
        ("exclude", "low", "low", "low+path=tests/**"),
        ("exclude", "any+rule=x", "any+rule=x", "low+path=tests/**"),
        ("mode", "warn", "warn", "enforce"),
        ("mode", "observe", "observe", "enforce"),
        ("preset", "basic", "basic", "strict"),
        ("unknown-severity", "low", "low", "high"),
        ("scanner-suppressions", "honour", "honour", "base"),
        ("require-reports", "none", "none", "trivy, gitleaks"),
        ("require-reports", "trivy", "trivy", "trivy, gitleaks"),
        (
            "reports",
            "trivy.json",
            "trivy.json",
            "trivy.json, gitleaks.json",
        ),
        (
            "reports",
            "trivy.json, gitleaks.json, !trivy.json",
            "trivy.json, gitleaks.json, !trivy.json",
            "trivy.json, gitleaks.json",
        ),
        ("coverage", "fail<10", "fail<10", "fail<75"),
        ("max-report-age", "90d", "90d", "2d"),
        ("waivers", "mine.yml", "mine.yml", "w.yml"),
        ("vex", "v.json, mine.json", "v.json, mine.json", "v.json"),
        ("baseline", "mine.sarif", "mine.sarif", "auto"),
        ("kev", "mine.json", "mine.json", "k.json"),
        ("bypass-label", "bug", "bug", "let-it"),
        ("environment", "staging", "staging", "production"),
    ] {
        let variable = format!("INPUT_{}", name.to_uppercase());
        let alone = request().load().unwrap();
        let settings = request().env(&variable, value).load().unwrap();
        assert_eq!(
            without_shown(&settings),
            without_shown(&alone),
            "{name}: {value}"
        );
        let [sentence] = settings.refused.as_slice() else {
            panic!("{name}: {value}: {:?}", settings.refused);
        };
        let start = format!("input {name}: `{mine}` is ");
        let end = format!(
            " the config's `{config}`; the config's value stands, because on pull requests inputs may only tighten \
             (`inputs: override` in the config of the base branch lifts this)"
        );
        assert!(
            sentence.starts_with(&start) && sentence.ends_with(&end),
            "{sentence}"
        );
        let by_flag = request()
            .flag(&[&format!("--{name}"), value])
            .load()
            .unwrap();
        assert!(
            by_flag.refused[0].starts_with(&format!("--{name}: `")),
            "{:?}",
            by_flag.refused
        );
        let free = format!("{CONFIG}inputs: override\n");
        let free = case().pull_request().trusted(&free).env(&variable, value);
        assert!(free.load().unwrap().refused.is_empty(), "{name}: {value}");
        let pushed = request()
            .env("GITHUB_EVENT_NAME", "push")
            .env("GITHUB_REF", "refs/heads/main")
            .env(&variable, value);
        assert!(pushed.load().unwrap().refused.is_empty(), "{name}: {value}");
        let bare = case().pull_request().env(&variable, value).load().unwrap();
        assert!(
            bare.refused.is_empty(),
            "{name}: {value}: nothing to loosen"
        );
    }
}

#[test]
fn what_tightens_counts() {
    for (name, value, shown) in [
        ("fail-on", "any", json!("any")),
        (
            "fail-on",
            "secret, high, medium+fixable",
            json!("secret, high, medium+fixable"),
        ),
        ("warn-on", "low", json!("low")),
        ("note-on", "any", json!("any")),
        ("exclude", "none", json!("none")),
        (
            "exclude",
            "low+path=tests/**+fixable",
            json!("low+fixable+path=tests/**"),
        ),
        ("unknown-severity", "critical", json!("critical")),
        ("scanner-suppressions", "ignore", json!("ignore")),
        (
            "require-reports",
            "gitleaks, trivy, codeql",
            json!(["gitleaks", "trivy", "codeql"]),
        ),
        (
            "reports",
            "trivy.json, gitleaks.json, x.sarif",
            json!(["trivy.json", "gitleaks.json", "x.sarif"]),
        ),
        ("waivers", "none", json!([])),
        ("cost", "fail>5 USD", json!("fail>5 USD")),
        ("annotations", "3", json!(3)),
        ("environment", "production", json!("production")),
    ] {
        let case = request().env(&format!("INPUT_{}", name.to_uppercase()), value);
        let settings = case.load().unwrap();
        assert!(
            settings.refused.is_empty(),
            "{name}: {:?}",
            settings.refused
        );
        assert_eq!(case.shown(name), (shown, "input".to_string()), "{name}");
    }
    // A row may move up: what warned fails now.
    let moved = request()
        .env("INPUT_FAIL-ON", "secret, medium")
        .env("INPUT_WARN-ON", "none");
    let settings = moved.load().unwrap();
    assert!(settings.refused.is_empty() && settings.policy.warn_on.is_empty());
    // And where the one that takes it up does not count, the other one does not either.
    let both = request()
        .env("INPUT_FAIL-ON", "medium+fixable")
        .env("INPUT_WARN-ON", "none");
    let settings = both.load().unwrap();
    assert_eq!(settings.refused.len(), 2, "{:?}", settings.refused);
}

/// An unknown severity that counts as more can fall under a level that sets it aside.
#[test]
fn a_higher_unknown_severity_can_loosen() {
    let config = "exclude: high+path=a/**\nunknown-severity: medium\n";
    let raised = case()
        .pull_request()
        .trusted(config)
        .env("INPUT_UNKNOWN-SEVERITY", "high");
    assert_eq!(raised.load().unwrap().refused.len(), 1);
}

#[test]
fn a_refused_value_is_shown_on_one_line() {
    let hostile = request()
        .env("INPUT_WAIVERS", "a\u{202e}`b.yml")
        .load()
        .unwrap();
    let [sentence] = hostile.refused.as_slice() else {
        panic!("{:?}", hostile.refused);
    };
    assert!(sentence.contains("a\\u{202e}`b.yml"), "{sentence}");
}

/// Terms that meet each other often.
fn terms() -> impl Strategy<Value = String> {
    let level = prop::sample::select(vec!["critical", "high", "medium", "low", "info", "any"]);
    let kind = prop::sample::select(vec!["", "", "secret:", "vulnerability:"]);
    let qualifier = prop::sample::select(vec![
        "",
        "",
        "+fixable",
        "+unfixable",
        "+cvss>=7",
        "+cvss>=9",
        "+path=a/**",
        "+path!=a/**",
        "+rule=R1",
        "+rule=MAL-1",
        "+tool=trivy",
    ]);
    let budget = prop::sample::select(vec!["", "", "", ">1", ">3"]);
    let term = (kind, level, qualifier, budget)
        .prop_map(|(kind, level, qualifier, budget)| format!("{kind}{level}{qualifier}{budget}"));
    prop_oneof![
        1 => Just("none".to_string()),
        6 => prop::collection::vec(term, 1..4).prop_map(|terms| terms.join(", ")),
    ]
}

fn layer() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let word =
        |words: &[&'static str]| prop::sample::select(words.to_vec()).prop_map(str::to_string);
    let exclude = terms().prop_filter("no budget", |terms| {
        !terms
            .split(", ")
            .any(|t| t.contains('>') && !t.contains(">=") || t.matches('>').count() > 1)
    });
    let maybe = |name: &'static str, value: BoxedStrategy<String>| {
        prop::option::of(value).prop_map(move |value| value.map(|value| (name, value)))
    };
    (
        maybe("preset", word(&["basic", "standard", "strict"]).boxed()),
        maybe("fail-on", terms().boxed()),
        maybe("warn-on", terms().boxed()),
        maybe("note-on", terms().boxed()),
        maybe("exclude", exclude.boxed()),
        maybe(
            "unknown-severity",
            word(&["critical", "high", "medium", "low", "info"]).boxed(),
        ),
        maybe(
            "scanner-suppressions",
            word(&["base", "honour", "ignore"]).boxed(),
        ),
        maybe("mode", word(&["enforce", "warn", "observe"]).boxed()),
    )
        .prop_map(|(a, b, c, d, e, f, g, h)| {
            [a, b, c, d, e, f, g, h].into_iter().flatten().collect()
        })
}

fn finding() -> impl Strategy<Value = Finding> {
    (
        prop::sample::select(vec![Kind::Secret, Kind::Vulnerability, Kind::Code]),
        prop::sample::select(vec![
            Severity::Critical,
            Severity::High,
            Severity::Medium,
            Severity::Low,
            Severity::Info,
            Severity::Unknown,
        ]),
        prop::sample::select(vec!["R1", "R2", "MAL-2024-1"]),
        prop::sample::select(vec!["a/x", "b/x"]),
        prop::option::of(0_u8..=10),
        prop::bool::ANY,
        prop::bool::weighted(0.2),
    )
        .prop_map(|(kind, severity, rule, path, cvss, fixable, suppressed)| {
            use sarif_gate::model::{Fix, Location, Package, Place};
            let mut finding = Finding::new(kind, rule.into(), severity, "t".into());
            let mut place = Location::new(path.into(), None);
            place.place = Place::Workspace;
            finding.locations.push(place);
            finding.cvss = cvss.map(f32::from);
            finding.package = Some(Box::new(Package {
                purl: None,
                ecosystem: None,
                name: "p".into(),
                version: None,
                fixed: Vec::new(),
                fix: if fixable { Fix::Available } else { Fix::None },
                development: false,
            }));
            finding.suppression = suppressed.then(|| {
                Box::new(Suppression {
                    kind: "inSource",
                    status: "".into(),
                    reason: "".into(),
                    by: "".into(),
                })
            });
            finding
        })
}

fn rank(judged: Judged) -> u8 {
    match judged {
        Judged::Fail => 3,
        Judged::Warn => 2,
        Judged::Note => 1,
        _ => 0,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever the inputs say, no finding comes off better than under the config file alone.
    #[test]
    fn the_result_is_never_weaker_than_the_config(
        config in layer(),
        inputs in layer(),
        findings in prop::collection::vec(finding(), 0..12),
    ) {
        let text: String = config
            .iter()
            .map(|(name, value)| format!("{name}: {}\n", json!(value)))
            .collect();
        let text = format!("check-name: x\n{text}");
        let alone = case().pull_request().trusted(&text).load().unwrap();
        let both = inputs.iter().fold(case().pull_request().trusted(&text), |case, (name, value)| {
            case.env(&format!("INPUT_{}", name.to_uppercase()), value)
        });
        let both = both.load().unwrap();
        let facts = Facts { proposal: true, ..Facts::default() };
        let before = gate::judge(&findings, &[], &facts, &alone.policy);
        let after = gate::judge(&findings, &[], &facts, &both.policy);
        for (before, after) in before.judged.iter().zip(&after.judged) {
            prop_assert!(
                rank(*after) >= rank(*before),
                "{before:?} became {after:?}\n{text}\n{inputs:?}\n{:?}", both.refused
            );
        }
        // What was said without the config loosening it is what counts; everything else is said.
        for (name, value) in &inputs {
            let shown = both.shown.iter().find(|shown| shown.name == *name).unwrap();
            let refused = both.refused.iter().any(|sentence| sentence.starts_with(&format!("input {name}: ")));
            prop_assert_eq!(shown.origin == "input", !refused, "{}: {}", name, value);
        }
    }
}
