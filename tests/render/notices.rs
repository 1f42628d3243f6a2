//! What Slack and the webhook are told of a change: golden files and the rules of both forms. Their limits to the byte are in `limits`.

mod limits;

use std::path::Path;

use sarif_gate::model::{Conclusion, Context, Demand, Effect, Judged, Kind, Outcome};
use sarif_gate::render::notice::Notice;
use sarif_gate::render::slack::{limits as slack, message};
use sarif_gate::render::webhook::{self, DOCUMENT_BYTES, delivery_id, document};
use serde_json::Value;

use super::{cases, close, folder, pull_request, text};

/// A push to the default branch of a public repository, which is when others are told.
fn push() -> Context {
    Context {
        event: "push".to_owned(),
        git_ref: Some("refs/heads/main".to_owned()),
        default_branch: Some("main".to_owned()),
        pull_request: None,
        ..pull_request()
    }
}

fn notice(outcome: &Outcome, previous: Option<Conclusion>) -> Notice<'_> {
    let failing = |index: usize| outcome.verdict.judged[index] == Judged::Fail;
    Notice::new(outcome, previous, &failing)
        .with_check(Some("https://github.com/acme/shop/runs/1".to_owned()))
}

fn previous(case: &str) -> Option<Conclusion> {
    match case {
        "blocked" | "hostile" => Some(Conclusion::Pass),
        "passed" => Some(Conclusion::Fail),
        "known" => Some(Conclusion::Incomplete),
        _ => None,
    }
}

fn told() -> Vec<(&'static str, Outcome)> {
    let mut cases = cases();
    for (_, outcome) in &mut cases {
        outcome.context = push();
    }
    cases
}

fn parsed(notice: &Notice<'_>) -> Value {
    let id = delivery_id(notice.outcome, "Security gate");
    let document = document(notice, &id).unwrap();
    assert!(document.len() <= DOCUMENT_BYTES);
    serde_json::from_str(&document).unwrap()
}

#[test]
fn golden_files_of_notices() {
    let mut wrong = Vec::new();
    for (case, outcome) in told() {
        let notice = notice(&outcome, previous(case));
        for (file, now) in [
            ("slack.json", message(&notice)),
            ("notice.json", parsed(&notice)),
        ] {
            let version = env!("CARGO_PKG_VERSION");
            let now = format!("{now:#}\n")
                .replace(&format!("sarif-gate {version}"), "sarif-gate VERSION")
                .replace(
                    &format!("\"tool_version\": \"{version}\""),
                    "\"tool_version\": \"VERSION\"",
                );
            let path = folder().join(case).join(file);
            if std::env::var_os("UPDATE").is_some() {
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
fn documents_are_valid_and_no_key_is_undescribed() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/notice.schema.json");
    let mut schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert!(jsonschema::meta::is_valid(&schema));
    let open = jsonschema::validator_for(&schema).unwrap();
    close(&mut schema);
    let closed = jsonschema::validator_for(&schema).unwrap();
    for (case, outcome) in told() {
        let document = parsed(&notice(&outcome, previous(case)));
        for validator in [&open, &closed] {
            let errors: Vec<String> = validator
                .iter_errors(&document)
                .map(|error| format!("{} at {}", error, error.instance_path()))
                .collect();
            assert!(errors.is_empty(), "{case}: {errors:#?}");
        }
        for key in document.as_object().unwrap().keys() {
            let mut without = document.clone();
            without.as_object_mut().unwrap().remove(key);
            assert!(!open.is_valid(&without), "{case}: nobody misses {key}");
        }
    }
}

/// Every text of a message, with the kind of its object.
fn texts(message: &Value) -> Vec<(String, String)> {
    let blocks = message["blocks"].as_array().unwrap();
    let objects = blocks
        .iter()
        .flat_map(|block| match block["elements"].as_array() {
            Some(elements) => elements.clone(),
            None => vec![block["text"].clone()],
        });
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    objects
        .map(|object| (word(&object["type"]), word(&object["text"])))
        .collect()
}

/// What Slack refuses or makes something of.
fn check(message: &Value) {
    let blocks = message["blocks"].as_array().unwrap();
    assert!((1..=slack::BLOCKS).contains(&blocks.len()));
    let fallback = message["text"].as_str().unwrap();
    assert!(
        (1..=slack::FALLBACK_BYTES).contains(&fallback.len()),
        "{fallback}"
    );
    assert!(!fallback.contains(['<', '>', '&', '@', '\n']), "{fallback}");
    for block in blocks {
        match block["type"].as_str().unwrap() {
            "header" => {
                let text = block["text"]["text"].as_str().unwrap();
                assert!((1..=slack::HEADER_BYTES).contains(&text.len()), "{text}");
                assert!(!text.contains(['<', '>', '&', '@', '\n']), "{text}");
            }
            "section" => {
                let text = block["text"]["text"].as_str().unwrap();
                assert!((1..=slack::SECTION_BYTES).contains(&text.len()), "{text}");
                assert_eq!(block["text"]["verbatim"], true);
            }
            "context" => {
                let elements = block["elements"].as_array().unwrap();
                assert!((1..=slack::CONTEXT_ELEMENTS).contains(&elements.len()));
                assert!(elements.iter().all(|element| element["verbatim"] == true));
            }
            other => panic!("{other}"),
        }
    }
    let all: usize = texts(message).iter().map(|(_, text)| text.len()).sum();
    assert!(all <= slack::MESSAGE_BYTES, "{all}");
    for (kind, text) in texts(message) {
        if kind != "mrkdwn" {
            continue;
        }
        let mut words = text.split('<').next().unwrap().to_owned();
        for link in text.split('<').skip(1) {
            let (target, rest) = link.split_once('|').unwrap_or_else(|| panic!("{text}"));
            assert!(target.starts_with("https://github.com/"), "{text}");
            assert!(!target.contains(['>', ' ', '`', '\n']), "{text}");
            assert!(rest.contains('>'), "{text}");
            words.push_str(rest);
        }
        for line in words.lines() {
            assert_eq!(line.matches('`').count() % 2, 0, "{line}");
            // Outside of code: our own bold, in pairs, and nothing else that Slack formats.
            let outside: String = line.split('`').step_by(2).collect();
            assert_eq!(outside.matches('*').count() % 2, 0, "{line}");
            assert!(!outside.contains(['_', '~', '@', '#']), "{line}");
        }
    }
}

#[test]
fn slack_takes_every_case_and_makes_nothing_of_its_texts() {
    for (case, outcome) in told() {
        for previous in [None, previous(case), Some(Conclusion::Incomplete)] {
            check(&message(&notice(&outcome, previous)));
        }
    }
}

/// Texts that scanners can be made to write, each longer than its place.
const HOSTILE: [&str; 8] = [
    "<!channel> <!here|x> <@U024BE7LH> <#C024BE7LR|general> ",
    "@here @channel @everyone #general ",
    "<https://evil.example|Workflow run> https://evil.example www.evil.example ",
    "*bold* _it_ ~no~ `code` ```block``` > quote\n> quote\n",
    ":fire: <!date^1392734382^{date}^https://evil.example|x> &lt;!here&gt; &amp; ",
    "\u{202e}\u{200b}\u{1b}[31m\u{0}\u{feff}\u{2028}",
    "``````````",
    "😀é✖&<>",
];

fn all_hostile(words: &str, times: usize) -> Outcome {
    let long = words.repeat(times);
    let (_, mut outcome) = told().swap_remove(0);
    for finding in &mut outcome.findings {
        finding.rule = text(&long);
        finding.title = text(&long);
        finding.target = Some(text(&long));
        if let Some(package) = &mut finding.package {
            package.name = text(&long);
            package.fixed = vec![text(&long)];
        }
        for location in &mut finding.locations {
            location.path = text(&long);
        }
        if finding.kind == Kind::Code {
            finding.demand = Some(Box::new(Demand {
                term: text(&long),
                effect: Effect::Block,
                why: text(&long),
            }));
        }
    }
    outcome.owners = vec![text(&long); 9];
    outcome.environment = Some(long.clone());
    outcome.verdict.reason = long.clone();
    outcome.context.repository = Some(long.clone());
    outcome.context.git_ref = Some(format!("refs/heads/{long}"));
    outcome.context.head_sha = Some(long.clone());
    outcome.context.run_id = Some(long.clone());
    for report in &mut outcome.reports {
        report.input.path = long.clone();
    }
    outcome
}

#[test]
fn hostile_texts_stay_texts_in_slack_and_in_the_document() {
    for words in HOSTILE {
        for times in [1, 3, 4_000] {
            let mut outcome = all_hostile(words, times);
            for conclusion in [Conclusion::Fail, Conclusion::Incomplete, Conclusion::Pass] {
                outcome.verdict.conclusion = conclusion;
                let notice = notice(&outcome, Some(Conclusion::Warn));
                let sent = message(&notice);
                check(&sent);
                let all: String = texts(&sent).into_iter().map(|(_, text)| text).collect();
                for mark in ["<!", "<@", "<#", "\u{202e}", "\u{1b}", "<https://evil"] {
                    assert!(!all.contains(mark), "{mark:?} in {all}");
                }
                let document = parsed(&notice).to_string();
                assert!(!document.contains(['\u{202e}', '\u{200b}', '\u{feff}']));
            }
        }
    }
}

#[test]
fn the_place_of_a_secret_in_a_public_repository_is_not_told() {
    let (_, mut outcome) = told().swap_remove(0);
    for (private, withheld) in [(Some(false), true), (None, true), (Some(true), false)] {
        outcome.context.private = private;
        let notice = notice(&outcome, None);
        for sent in [message(&notice).to_string(), parsed(&notice).to_string()] {
            assert!(sent.contains("aws-access-token"), "{sent}");
            assert_eq!(!sent.contains("config/app.env"), withheld, "{sent}");
        }
    }
}

#[test]
fn a_delivery_has_one_name_and_no_other_has_it() {
    let (_, outcome) = told().swap_remove(0);
    let id = delivery_id(&outcome, "Security gate");
    assert_eq!(id, delivery_id(&outcome.clone(), "Security gate"));
    assert_eq!(id.len(), 36);
    let mut ids = vec![id, delivery_id(&outcome, "Other")];
    type Change = fn(&mut Outcome);
    let changes: [Change; 6] = [
        |outcome| outcome.context.run_id = Some("1".to_owned()),
        |outcome| outcome.context.run_attempt = Some("2".to_owned()),
        |outcome| outcome.context.job = Some("x".to_owned()),
        |outcome| outcome.context.head_sha = None,
        |outcome| outcome.environment = Some("production".to_owned()),
        |outcome| outcome.started.push('x'),
    ];
    for change in changes {
        let mut other = outcome.clone();
        change(&mut other);
        ids.push(delivery_id(&other, "Security gate"));
    }
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all);
    assert_eq!(webhook::SCHEMA, "sarif-gate/notice/v1");
}
