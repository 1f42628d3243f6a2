//! Bundles and events that are not what they should be: each has its end, and none makes a verdict milder than what it says.

use serde_json::{Value, json};

use super::world::*;
use crate::program::Program;

fn low() -> Vec<u8> {
    let report = trivy("CVE-2024-0001", "LOW");
    bundle(&[("trivy.json", &report)])
}

#[test]
fn a_bundle_of_something_else_is_refused() {
    let packed = low();
    let lies: [(&str, Value); 4] = [
        (
            "head_sha",
            json!("2222222222222222222222222222222222222222"),
        ),
        ("repository", json!("octo/other")),
        ("run_id", json!("41")),
        ("pull_request", json!(8)),
    ];
    for (name, value) in lies {
        let lie = changed(&packed, |document| document["of"][name] = value);
        let github = github("");
        let said = Trusted::new(&github, &lie).refused(name);
        assert!(said.contains("the bundle says that it is of"), "{said}");
    }
    // Silence is no contradiction: what a bundle says is used for nothing.
    let silent = changed(&packed, |document| {
        document["of"] =
            json!({ "repository": null, "pull_request": null, "head_sha": null, "run_id": null });
    });
    let github = github("");
    assert_eq!(Trusted::new(&github, &silent).run().code, 0);
    assert_eq!(github.runs().len(), 1);
}

#[test]
fn only_a_workflow_run_of_a_pull_request_publishes() {
    let packed = low();
    let run = |change: &dyn Fn(&mut Value), env: &[(&str, &str)]| {
        let mut event = event();
        change(&mut event);
        let github = github("");
        let trusted = Trusted {
            event,
            env,
            ..Trusted::new(&github, &packed)
        };
        trusted.refused("event")
    };
    for name in ["push", "pull_request", "pull_request_target", "schedule"] {
        let said = run(&|_| {}, &[("GITHUB_EVENT_NAME", name)]);
        assert!(said.contains("`workflow_run`"), "{name}: {said}");
    }
    let by_push = |event: &mut Value| event["workflow_run"]["event"] = json!("push");
    assert!(run(&by_push, &[]).contains("`pull_request` alone"));
    for (name, value) in [
        ("head_sha", json!("main")),
        ("head_sha", json!("0".repeat(40))),
        ("head_branch", Value::Null),
        ("head_repository", Value::Null),
        ("head_repository", json!({ "full_name": "a/b/../c" })),
        ("id", Value::Null),
    ] {
        let said = run(&|event| event["workflow_run"][name] = value.clone(), &[]);
        assert!(said.contains("does not say"), "{name}: {said}");
    }
    assert!(run(&|event| *event = Value::Null, &[]).contains("was started by ``"));
    assert!(run(&|_| {}, &[("INPUT_REPORTS", "a.json")]).contains("leave `reports` out"));
    assert!(run(&|_| {}, &[("INPUT_TOKEN", " ")]).contains("token"));
    let ran = Program::new()
        .file("publish.bundle", &packed)
        .run(&["publish", "publish.bundle"]);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(ran.stderr.contains("sarif-gate run"), "{}", ran.stderr);
}

#[test]
fn what_is_no_bundle_is_refused() {
    let packed = low();
    let github = github("");
    let refused = |bytes: &[u8], part: &str| {
        let said = Trusted::new(&github, bytes).refused(part);
        assert!(said.contains(part), "{said}");
    };
    let zip = crate::trusted::archive(&[("publish.bundle", &packed)]);
    refused(&zip, "it is a zip archive");
    refused(b"", "it is no bundle");
    refused(br#"{"schema":"sarif-gate/bundle/v1"}"#, "it is no bundle");
    refused(&packed[..packed.len() / 2], "cannot be unpacked");
    refused(&[&packed[..], b"x"].concat(), "behind its end");
    let mut broken = packed.clone();
    let middle = broken.len() / 2;
    broken[middle] ^= 0xff;
    refused(&broken, "cannot be published");
    let large = [&packed[..], &vec![0; 20 << 20]].concat();
    refused(&large, "more than 20971520 bytes");
    let gzip = |text: &str| sarif_gate::github::gzip(text.as_bytes()).unwrap();
    refused(&gzip("[]"), "sarif-gate/bundle/v1");
    refused(&gzip("{"), "sarif-gate/bundle/v1");
    let trusted = Trusted {
        arguments: &["publish", "in/other.bundle"],
        ..Trusted::new(&github, &packed)
    };
    assert!(trusted.refused("absent").contains("download-artifact"));
    let trusted = Trusted {
        arguments: &["publish", "in"],
        ..Trusted::new(&github, &packed)
    };
    assert!(trusted.refused("a folder").contains("it is a folder"));
}

/// What is small when packed is measured while it is unpacked.
#[test]
fn a_bomb_stops_at_the_limit() {
    let zeros = vec![b' '; (200 << 20) + 1];
    let bomb = sarif_gate::github::gzip(&zeros).unwrap();
    assert!(bomb.len() < 1 << 20);
    let github = github("");
    let said = Trusted::new(&github, &bomb).refused("a bomb");
    assert!(said.contains("larger than 209715200 bytes"), "{said}");
}

/// What somebody does to a bundle.
type Change = fn(&mut Value);

#[test]
fn the_form_is_strict() {
    let packed = low();
    let github = github("");
    let changes: [(&str, Change); 14] = [
        ("unknown field", |d| d["verdict"] = json!("pass")),
        ("unknown field", |d| d["of"]["branch"] = json!("main")),
        ("unknown field", |d| d["reports"][0]["findings"] = json!([])),
        ("unknown field", |d| {
            d["reports"][0]["runs"][0]["rules"] = json!({})
        }),
        ("unknown field", |d| {
            d["findings"][0]["severity"] = json!("low")
        }),
        ("missing field", |d| {
            d.as_object_mut().unwrap().remove("log");
        }),
        ("its schema is", |d| {
            d["schema"] = json!("sarif-gate/bundle/v2")
        }),
        ("a status that does not exist", |d| {
            d["reports"][0]["status"] = json!("fine")
        }),
        ("a status that does not exist", |d| {
            d["reports"][0]["problem"] = json!("x")
        }),
        ("a SHA-256 that is none", |d| {
            d["reports"][0]["sha256"] = json!("x")
        }),
        ("a text of more than", |d| {
            d["reports"][0]["path"] = json!("ü".repeat(40_000))
        }),
        ("more than the 2000", |d| {
            let one = d["reports"][0].clone();
            d["reports"] = json!(vec![one; 2_001]);
        }),
        ("its log cannot be read", |d| d["log"] = json!([])),
        ("no SARIF log", |d| {
            d["log"] = json!({ "SchemaVersion": 2, "ArtifactName": ".",
            "ArtifactType": "filesystem", "Results": [] })
        }),
    ];
    for (part, change) in changes {
        let forged = changed(&packed, change);
        let said = Trusted::new(&github, &forged).refused(part);
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn a_bundle_without_reports_is_incomplete() {
    let nothing = changed(&low(), |document| {
        document["reports"] = json!([]);
        document["findings"] = json!([]);
        document["log"] = json!({ "version": "2.1.0", "runs": [] });
    });
    let github = github("");
    let ran = Trusted::new(&github, &nothing).run();
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert_eq!(github.runs()[0]["conclusion"], "failure");
}

/// The list of reports may not say less than the log.
#[test]
fn what_the_list_leaves_out_stays() {
    let report = trivy("CVE-2024-0001", "CRITICAL");
    let packed = bundle(&[("trivy.json", &report)]);
    let run = |change: &dyn Fn(&mut Value)| {
        let forged = changed(&packed, change);
        let github = github("fail-on: high\n");
        let ran = Trusted::new(&github, &forged).run();
        (ran.code, ran.verdict().unwrap())
    };
    // Findings of a tool that no report is of.
    let (code, verdict) = run(&|d| d["reports"][0]["runs"][0]["tool"] = json!("other"));
    assert_eq!((code, verdict["counts"]["blocking"].as_u64()), (1, Some(1)));
    assert_eq!(verdict["findings"][0]["sources"][0]["input"], 1);
    assert_eq!(verdict["inputs"][1]["path"], "publish.bundle");
    // No report at all, and no word on where findings belong.
    let (code, _) = run(&|d| {
        d["reports"] = json!([]);
        d["findings"] = json!([]);
    });
    assert_eq!(code, 1);
    // Places that do not exist.
    let (code, verdict) = run(&|d| {
        d["findings"][0]["sources"] = json!([[4_000_000_000_u32, 7]]);
        d["findings"][0]["stand_in"] = json!("../../etc/passwd");
        d["findings"][0]["line_hash"] = json!("x");
    });
    assert_eq!(code, 1);
    assert_eq!(verdict["findings"][0]["sources"][0]["input"], 0);
    assert!(!verdict.to_string().contains("passwd"));
    // A scan that failed by the log and not by the list.
    let low = changed(&low(), |d| {
        d["log"]["runs"][0]["invocations"] = json!([{ "executionSuccessful": false }]);
    });
    let github = github("");
    let ran = Trusted::new(&github, &low).run();
    assert_eq!(ran.code, 2, "{}", ran.stderr);
}

/// A suppression in a bundle counts as one in a report: on a pull request only where the base has it.
#[test]
fn a_forged_suppression_counts_where_the_base_has_it() {
    let report = trivy("CVE-2024-0001", "CRITICAL");
    let packed = bundle(&[("trivy.json", &report)]);
    let honest: Value = {
        let mut log = Value::Null;
        changed(&packed, |document| log = document["log"].clone());
        log
    };
    let suppress = |log: &mut Value| {
        log["runs"][0]["results"][0]["suppressions"] =
            json!([{ "kind": "external", "status": "accepted", "justification": "trust me" }]);
    };
    let forged = changed(&packed, |document| suppress(&mut document["log"]));
    let mut with = honest.clone();
    suppress(&mut with);
    for (what, evidence, code) in [("without", honest, 1), ("with", with, 0)] {
        let github = github("fail-on: high\nbaseline: base.sarif\n");
        base(&github, "base.sarif", &evidence.to_string());
        let ran = Trusted::new(&github, &forged).run();
        assert_eq!(ran.code, code, "{what}: {}", ran.stderr);
    }
    let github = github("fail-on: high\nscanner-suppressions: ignore\n");
    assert_eq!(Trusted::new(&github, &forged).run().code, 1);
}

/// Texts of a bundle reach pages and logs as those of reports do.
#[test]
fn hostile_texts_stay_texts() {
    let hostile =
        "</summary><img src=x> @octo #1 \u{1b}[31m\n::error::x\n::set-output name=a::b \u{202e}|`*";
    let packed = changed(&low(), |document| {
        let report = &mut document["reports"][0];
        for name in ["path", "target"] {
            report[name] = json!(hostile);
        }
        report["status"] = json!("partial");
        report["problem"] = json!(hostile);
        report["unanalysed"] = json!([hostile]);
        report["products"] = json!([hostile]);
        report["repairs"] = json!([hostile]);
        report["runs"][0]["name"] = json!(hostile);
        report["runs"][0]["version"] = json!(hostile);
        report["entries"]["findings"] = json!(u64::MAX);
        document["tool_version"] = json!(hostile);
        document["log"]["runs"][0]["tool"]["driver"]["name"] = json!(hostile);
    });
    let github = github("");
    let ran = Trusted::new(&github, &packed).run();
    assert!(ran.verdict().is_some(), "{}", ran.stderr);
    for (name, text) in [("stdout", &ran.stdout), ("stderr", &ran.stderr)] {
        assert!(
            !text
                .lines()
                .any(|line| line.trim_start().starts_with("::error::x")),
            "{name}: {text}"
        );
        assert!(!text.contains('\u{1b}'), "{name}");
    }
    let summary = ran.evidence("summary.md").unwrap();
    assert!(!summary.contains("<img") && !summary.contains("\u{202e}"));
    let body = &github
        .requests()
        .into_iter()
        .find(|r| r.method == "POST")
        .unwrap()
        .body;
    // Titles of check runs are no Markdown.
    assert!(!body["output"]["summary"].to_string().contains("<img"));
}

/// Every value of a bundle in turn is another one: whatever comes of it is an error or findings, and never fewer tools.
#[test]
fn no_value_of_a_bundle_breaks_the_reader() {
    let report = trivy("CVE-2024-0001", "HIGH");
    let mut document = Value::Null;
    changed(&bundle(&[("trivy.json", &report)]), |d| {
        document = d.clone()
    });
    let mut pointers = Vec::new();
    places(&document, String::new(), &mut pointers);
    assert!(pointers.len() > 100, "{}", pointers.len());
    let others = [
        Value::Null,
        json!(-1),
        json!(u64::MAX),
        json!(""),
        json!("\u{0}\u{202e}x"),
        json!([]),
        json!({}),
        json!([[0]]),
    ];
    let mut read = 0;
    for pointer in &pointers {
        for other in &others {
            let mut forged = document.clone();
            *forged.pointer_mut(pointer).unwrap() = other.clone();
            let Ok(mut bundle) = sarif_gate::bundle::read(forged.to_string().as_bytes()) else {
                continue;
            };
            read += 1;
            let mut reports = std::mem::take(&mut bundle.reports);
            for finding in bundle.merge(&mut reports) {
                for source in &finding.sources {
                    let run = &reports[source.input as usize].runs[source.run as usize];
                    assert_eq!(run.tool, source.tool, "{pointer}: {other}");
                }
            }
        }
    }
    assert!(read > 100, "{read}");
}

fn places(value: &Value, at: String, all: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let name = name.replace('~', "~0").replace('/', "~1");
                places(value, format!("{at}/{name}"), all);
            }
        }
        Value::Array(list) => {
            for (index, value) in list.iter().enumerate() {
                places(value, format!("{at}/{index}"), all);
            }
        }
        _ => {}
    }
    all.push(at);
}
