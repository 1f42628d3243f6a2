//! What the cases of `tests/gate` say of waivers, and the laws of waivers that no single case shows.
//!
//! `waivers` of a case: `text` is `.github/security-waivers.yml` from its entries on (the head is put in front), `files` holds
//! others by name, `limits` is what the config's `waiver-limits` says. `has` of a finding: what waivers look at besides.
//! `waivers` of the verdict: `why` holds for each finding the parts of what rulings of waivers say of it, `become` one
//! `STANDING FINDINGS` for each waiver with the part of the reason behind a colon.

use std::collections::BTreeMap;

use sarif_gate::gate::waivers::{self, Waiver};
use sarif_gate::gate::{Facts, Policy, Preset, judge};
use sarif_gate::model::{Finding, Fingerprint, Instance, Kind, Location, Place, Severity, Verdict};
use serde::Deserialize;

/// The file that `text` is.
const FILE: &str = ".github/security-waivers.yml";

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Given {
    text: Option<Vec<String>>,
    #[serde(default)]
    files: BTreeMap<String, String>,
    limits: Option<Limits>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Limits {
    #[serde(default)]
    require: Vec<String>,
    #[serde(default)]
    longest: Vec<(Severity, u32)>,
    allow_kev: Option<bool>,
    warn_before: Option<u32>,
    broad: Option<u32>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Has {
    purl: Option<String>,
    version: Option<String>,
    #[serde(default)]
    other_versions: Vec<String>,
    #[serde(default)]
    other_paths: Vec<String>,
    fingerprint: Option<String>,
    other_fingerprint: Option<String>,
    source_rule: Option<String>,
    line: Option<u32>,
    kev: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expected {
    why: Option<Vec<Vec<String>>>,
    r#become: Option<Vec<String>>,
}

fn print(text: &str) -> Fingerprint {
    let mut print = Fingerprint::default();
    for (byte, at) in print.0.iter_mut().zip((0..).step_by(2)) {
        *byte = u8::from_str_radix(&text[at..at + 2], 16).unwrap();
    }
    print
}

impl Given {
    pub(crate) fn read(&self) -> Vec<Waiver> {
        let ours = self.text.as_ref().map(|lines| {
            let text = format!("version: 1\nwaivers:\n{}\n", lines.join("\n"));
            (FILE.to_owned(), text)
        });
        let files = self.files.clone().into_iter().chain(ours);
        files
            .flat_map(|(path, text)| {
                waivers::parse(&path, text.as_bytes())
                    .unwrap_or_else(|faults| panic!("{path}: {faults:?}\n{text}"))
            })
            .collect()
    }

    pub(crate) fn limit(&self, policy: &mut Policy) {
        let Some(given) = &self.limits else {
            return;
        };
        let limits = &mut policy.waiver_limits;
        limits.require = given.require.clone();
        limits.longest = given.longest.clone();
        limits.allow_kev = given.allow_kev.unwrap_or(limits.allow_kev);
        limits.warn_before = given.warn_before.unwrap_or(limits.warn_before);
        limits.broad = given.broad.unwrap_or(limits.broad);
    }
}

impl Has {
    pub(crate) fn add_to(&self, finding: &mut Finding) {
        if let Some(package) = &mut finding.package {
            package.purl = self.purl.as_deref().map(Into::into);
            package.version = self.version.as_deref().map(Into::into);
        }
        let versions = self.other_versions.iter().map(|version| Instance {
            version: Some(version.as_str().into()),
            path: None,
        });
        finding.instances.extend(versions);
        let places = self.other_paths.iter().map(|path| Location {
            place: Place::Workspace,
            ..Location::new(path.as_str().into(), Some(1))
        });
        finding.locations.extend(places);
        if let (Some(line), Some(place)) = (self.line, finding.locations.first_mut()) {
            place.start_line = Some(line);
        }
        if let Some(text) = &self.fingerprint {
            finding.fingerprint = print(text);
            for source in &mut finding.sources {
                source.fingerprint = print(text);
            }
        }
        if let Some(source) = finding.sources.last_mut() {
            if let Some(text) = &self.other_fingerprint {
                source.fingerprint = print(text);
            }
            if let Some(rule) = &self.source_rule {
                source.rule = rule.as_str().into();
            }
        }
        finding.known.kev = finding.known.kev.or(self.kev);
    }
}

impl Expected {
    /// What is other than the case says.
    pub(crate) fn differences(&self, verdict: &Verdict) -> Vec<String> {
        let mut wrong = Vec::new();
        let said: Vec<Vec<String>> = verdict
            .rulings
            .iter()
            .map(|rulings| {
                let ours = rulings.iter().filter(|ruling| ruling.by == "waivers");
                ours.map(|ruling| ruling.why.to_string()).collect()
            })
            .collect();
        if let Some(why) = &self.why {
            let fits = why.len() == said.len()
                && why.iter().zip(&said).all(|(parts, said)| {
                    parts.len() == said.len()
                        && parts
                            .iter()
                            .zip(said)
                            .all(|(part, said)| said.contains(part.as_str()))
                });
            if !fits {
                wrong.push(format!("rulings of waivers: {said:#?}"));
            }
        }
        if let Some(expected) = &self.r#become {
            let ours = verdict.exemptions.iter().filter(|one| one.by == "waivers");
            let found: Vec<(String, &str)> = ours
                .map(|one| {
                    let head = format!("{} {}", one.standing.word(), one.findings);
                    (head, one.why.as_str())
                })
                .collect();
            let fits = expected.len() == found.len()
                && expected.iter().zip(&found).all(|(expected, (head, why))| {
                    match expected.split_once(": ") {
                        Some((start, part)) => start == head && why.contains(part),
                        None => expected == head && why.is_empty(),
                    }
                });
            if !fits {
                wrong.push(format!("waivers: {found:#?}"));
            }
        }
        wrong
    }
}

/// The order in which waivers and findings come changes nothing.
#[test]
fn order_changes_nothing() {
    let entry = |rule: &str| {
        format!(
            "  - {{match: {{rule: {rule}}}, decision: mitigated, reason: r, owner: o, expires: 2026-12-01}}\n"
        )
    };
    let file = |path: &str, rules: &[&str]| {
        let entries: String = rules.iter().map(|rule| entry(rule)).collect();
        let text = format!("version: 1\nwaivers:\n{entries}");
        waivers::parse(path, text.as_bytes()).unwrap()
    };
    let mut all = file("b.yml", &["R1", "R2", "R1"]);
    all.extend(file("a.yml", &["R2", "R3"]));
    all.extend(waivers::parse(".trivyignore", b"R1\nR2\nR2\n").unwrap());
    let finding =
        |rule: &str| Finding::new(Kind::Code, rule.into(), Severity::Critical, "t".into());
    let findings = [finding("R1"), finding("R2"), finding("R4")];
    let policy = Policy::new(Preset::Standard);
    let judged = |waivers: Vec<Waiver>| {
        let facts = Facts {
            today: "2026-05-01".to_owned(),
            waivers,
            ..Facts::default()
        };
        let verdict = judge(&findings, &[], &facts, &policy);
        (verdict.rulings, verdict.exemptions, verdict.remarks)
    };
    let first = judged(all.clone());
    let named = |index: usize| first.0[index][0].term.as_deref();
    assert_eq!(named(0), Some("b.yml:3"), "the first by file and line");
    assert_eq!(named(1), Some("a.yml:3"));
    for turn in 1..all.len() {
        let mut turned = all.clone();
        turned.rotate_left(turn);
        assert_eq!(judged(turned.clone()), first);
        turned.reverse();
        assert_eq!(judged(turned), first);
    }
}

fn schema() -> serde_json::Value {
    serde_json::from_str(sarif_gate::commands::schema::WAIVERS).unwrap()
}

/// The text as an editor sees it: as JSON.
fn json(yaml: &str) -> serde_json::Value {
    serde_saphyr::from_str(yaml).unwrap()
}

/// What the schema and the reader say of a file.
fn verdicts(yaml: &str) -> (bool, bool) {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let read = waivers::parse(FILE, yaml.as_bytes());
    (validator.is_valid(&json(yaml)), read.is_ok())
}

const COMPLETE: &str = "version: 1\nwaivers:\n  - match:\n      kind: vulnerability\n      rule: [CVE-1, GHSA-1]\n      package: \
pkg:npm/a@1\n      path: src/**\n      tool: trivy\n      target: a/b*\n      fingerprint: 3f6c0d1e2b4a59687f8e9d0c1b2a3948\n      \
severity-at-most: high\n    decision: mitigated\n    reason: r\n    owner: o\n    approved-by: [a, b]\n    ticket: T-1\n    \
id: x\n    created: 2026-01-01\n    expires: 2026-12-01\n";

/// An editor that follows the schema and the gate agree on what a waiver file is.
#[test]
fn the_schema_says_what_the_reader_says() {
    assert!(jsonschema::meta::is_valid(&schema()));
    assert_eq!(verdicts(COMPLETE), (true, true));
    for (line, by) in [
        ("package: pkg:npm/a@1", "package: \"@a/b\""),
        ("path: src/**", "path: [src/**, lib/]"),
        ("rule: [CVE-1, GHSA-1]", "rule: CVE-1"),
        ("approved-by: [a, b]", "approved-by: a"),
        ("    ticket: T-1\n", ""),
    ] {
        assert!(COMPLETE.contains(line), "{line}");
        assert_eq!(verdicts(&COMPLETE.replace(line, by)), (true, true), "{by}");
    }
    for (line, by) in [
        ("version: 1", "version: 2"),
        ("version: 1\n", ""),
        ("rule: [CVE-1, GHSA-1]", "rule: []"),
        ("rule: [CVE-1, GHSA-1]", "rule: \"*\""),
        ("rule: [CVE-1, GHSA-1]", "rules: [CVE-1]"),
        ("kind: vulnerability", "kind: bug"),
        ("package: pkg:npm/a@1", "package: pkg:npm"),
        ("package: pkg:npm/a@1", "package: pkg:npm/a?b=c"),
        ("package: pkg:npm/a@1", "package: a@1"),
        ("path: src/**", "path: \"\""),
        ("tool: trivy", "tool: tri*"),
        ("severity-at-most: high", "severity-at-most: unknown"),
        ("severity-at-most: high", "severity_at_most: high"),
        ("fingerprint: 3f6c", "fingerprint: 3f"),
        ("decision: mitigated", "decision: ignored"),
        ("    decision: mitigated\n", ""),
        ("    reason: r\n", ""),
        ("reason: r", "reason: \" \""),
        ("    owner: o\n", ""),
        ("    expires: 2026-12-01\n", ""),
        ("expires: 2026-12-01", "expires: 2026-13-01"),
        ("expires: 2026-12-01", "expires: 2026-12-1"),
        ("id: x", "idd: x"),
    ] {
        assert!(COMPLETE.contains(line), "{line}");
        assert_eq!(
            verdicts(&COMPLETE.replace(line, by)),
            (false, false),
            "{line} → {by}"
        );
    }
    let bare = "version: 1\nwaivers:\n  - match: {kind: code}\n    decision: mitigated\n    reason: r\n    owner: o\n    \
                expires: 2026-12-01\n";
    assert_eq!(verdicts(bare), (false, false));
    assert_eq!(verdicts("version: 1\nwaivers: []\n"), (true, true));
}

/// The words of the schema are those of the code.
#[test]
fn the_schema_lists_every_word() {
    let schema = schema();
    let words = |pointer: &str| -> Vec<String> {
        serde_json::from_value(schema.pointer(pointer).unwrap().clone()).unwrap()
    };
    let kinds: Vec<&str> = Kind::ALL.iter().map(|kind| kind.word()).collect();
    assert_eq!(words("/$defs/match/properties/kind/enum"), kinds);
    let decisions = words("/$defs/waiver/properties/decision/enum");
    assert_eq!(decisions, waivers::DECISIONS);
    let keys = schema.pointer("/$defs/waiver/properties").unwrap();
    for name in waivers::OPTIONAL {
        assert!(keys.get(name).is_some(), "{name}");
    }
}

/// The page's examples are waiver files, and it names every key.
#[test]
fn the_page_is_in_step() {
    let page = include_str!("../docs/waivers.md");
    let mut examples = 0;
    for block in page.split("```yaml\n").skip(1) {
        let text = block.split("```").next().unwrap();
        assert_eq!(verdicts(text), (true, true), "{text}");
        examples += 1;
    }
    assert!(examples > 0);
    for of in ["waiver", "match"] {
        let pointer = format!("/$defs/{of}/properties");
        let keys = schema().pointer(&pointer).unwrap().clone();
        for key in keys.as_object().unwrap().keys() {
            assert!(page.contains(&format!("`{key}`")), "{key}");
        }
    }
}

/// The shared sample, where it is there.
#[test]
fn the_sample_is_read() {
    let Some(folder) = std::env::var_os("SARIF_GATE_SHARED") else {
        return;
    };
    let path = std::path::Path::new(&folder).join("policy/samples/waivers.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(verdicts(&text), (true, true));
}
