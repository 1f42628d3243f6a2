//! Code scanning as far as uploads and alerts go: what a file is refused for, analyses and what became of them, alerts.

use std::io::Read as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::Request;
use super::store::Served;

/// What a GitHub keeps of code scanning.
#[derive(Default)]
pub(crate) struct Scanning {
    /// Files that were taken, unpacked.
    pub(crate) uploads: Vec<Vec<u8>>,
    /// Answers to the first questions what became of a file; then it is `complete`.
    pub(crate) states: Vec<(u16, Value)>,
    analyses: Vec<Value>,
    pub(crate) alerts: Vec<Value>,
    /// What every change of an alert is answered by, instead of being made.
    pub(crate) refuses: Option<(u16, &'static str)>,
}

impl Scanning {
    pub(super) fn serve(&mut self, request: &Request) -> Served {
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let tail = path.split_once("/code-scanning/").map_or("", |two| two.1);
        let asked = |name: &str| {
            let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            let mut named = pairs.filter(|(key, _)| *key == name);
            named.next().map(|(_, value)| decoded(value))
        };
        match (request.method.as_str(), tail.split_once('/')) {
            ("POST", None) if tail == "sarifs" => self.upload(&request.body),
            ("GET", Some(("sarifs", _))) => match self.states.is_empty() {
                true => Served::json(&json!({ "processing_status": "complete", "errors": null })),
                false => {
                    let (status, body) = self.states.remove(0);
                    Served {
                        status,
                        ..Served::json(&body)
                    }
                }
            },
            ("GET", None) if tail == "analyses" => {
                let mut all = self.analyses.clone();
                all.retain(|one| {
                    Some(one["ref"].as_str().unwrap_or_default()) == asked("ref").as_deref()
                });
                match all.is_empty() {
                    true => Served::error(404, "no analysis found"),
                    false => Served::json(&Value::Array(all)),
                }
            }
            ("GET", None) if tail == "alerts" => {
                let number = |name: &str| asked(name).and_then(|text| text.parse::<usize>().ok());
                let (size, page) = (
                    number("per_page").unwrap_or(30),
                    number("page").unwrap_or(1),
                );
                let is = |one: &Value, name: &str, value: &Value| {
                    asked(name).is_none_or(|wanted| one["state"].is_string() && *value == wanted)
                };
                let all = self.alerts.iter().filter(|one| {
                    is(one, "state", &one["state"]) && is(one, "tool_name", &one["tool"]["name"])
                });
                let all = all.skip(size * (page - 1)).take(size).cloned();
                Served::json(&Value::Array(all.collect()))
            }
            (method, Some(("alerts", number))) => self.alert(method, number, &request.body),
            _ => Served::error(404, "Not Found"),
        }
    }

    fn upload(&mut self, body: &Value) -> Served {
        let packed = STANDARD.decode(body["sarif"].as_str().unwrap_or_default());
        let packed = packed.expect("base64");
        assert!(packed.len() <= 10_000_000, "{} bytes", packed.len());
        let mut log = Vec::new();
        let mut unpacked = flate2::read::GzDecoder::new(&packed[..]);
        unpacked.read_to_end(&mut log).expect("gzip");
        let id = format!("47177e22-5596-11eb-80a1-{:012x}", self.uploads.len() + 1);
        // Of very large ones only the size is looked at: an unoptimised test takes minutes for more.
        let parsed: Value = match log.len() {
            0..8_000_000 => serde_json::from_slice(&log).expect("JSON"),
            _ => json!({ "runs": [{ "automationDetails": { "id": "large/" } }] }),
        };
        let runs = parsed["runs"].as_array().expect("runs");
        assert!((1..=20).contains(&runs.len()), "{} runs", runs.len());
        let mut known: Vec<String> = Vec::new();
        for run in runs {
            let results = run["results"].as_array().map_or(0, Vec::len);
            assert!(results <= 25_000, "{results} results");
            let category = run["automationDetails"]["id"].as_str().expect("an id");
            let category = category.strip_suffix('/').expect("a slash at the end");
            let tool = &run["tool"]["driver"]["name"];
            let key = format!("{tool} {category}");
            assert!(!known.contains(&key), "{key} twice");
            known.push(key);
            self.analyses.push(json!({
                "id": self.analyses.len() + 1, "ref": body["ref"], "commit_sha": body["commit_sha"],
                "category": category, "created_at": body["started_at"], "sarif_id": id,
                "tool": { "name": tool }, "error": "",
            }));
        }
        self.uploads.push(log);
        Served {
            status: 202,
            ..Served::json(&json!({ "id": id, "url": "https://api.github.com/x" }))
        }
    }

    fn alert(&mut self, method: &str, number: &str, body: &Value) -> Served {
        let number = number.parse::<u64>().ok();
        let named = |one: &&mut Value| one["number"].as_u64() == number;
        let Some(alert) = self.alerts.iter_mut().find(named) else {
            return Served::error(404, "Not Found");
        };
        if method == "PATCH" {
            if let Some((status, text)) = self.refuses {
                return Served::error(status, text);
            }
            for name in ["state", "dismissed_reason", "dismissed_comment"] {
                alert[name] = body[name].clone();
            }
        }
        Served::json(alert)
    }
}

fn decoded(text: &str) -> String {
    let mut out = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).filter(|_| *first == b'%');
        let hex = hex.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        out.push(hex.unwrap_or(*first));
        rest = if hex.is_some() { &after[2..] } else { after };
    }
    String::from_utf8(out).expect("UTF-8")
}
