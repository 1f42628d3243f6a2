//! Whether GitHub's own description of its API allows a request: `tests/schemas/github-requests.json`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use jsonschema::Validator;
use serde_json::{Value, json};

use super::Request;

/// A body that is not looked at any more: an upload of megabytes has one long text in it, and many tests make one.
const TEXT: usize = 100_000;

struct Operation {
    method: String,
    segments: Vec<String>,
    path: BTreeMap<String, Validator>,
    query: BTreeMap<String, (Validator, bool)>,
    body: Option<Validator>,
}

fn operations() -> &'static [Operation] {
    static ALL: OnceLock<Vec<Operation>> = OnceLock::new();
    ALL.get_or_init(|| {
        let text = include_str!("../schemas/github-requests.json");
        let all: Value = serde_json::from_str(text).expect("JSON");
        let requests = all["requests"].as_array().expect("a list");
        requests.iter().map(operation).collect()
    })
}

fn operation(one: &Value) -> Operation {
    let schema = |schema: &Value| jsonschema::validator_for(schema).expect("a schema");
    let parameters = |name: &str| {
        let all = one[name].as_object().expect("an object");
        all.iter()
            .map(|(name, one)| {
                let required = one["required"].as_bool().unwrap_or(false);
                (name.clone(), (schema(&one["schema"]), required))
            })
            .collect::<BTreeMap<_, _>>()
    };
    Operation {
        method: one["method"].as_str().expect("a method").to_owned(),
        segments: one["path"].as_str().expect("a path")[1..]
            .split('/')
            .map(str::to_owned)
            .collect(),
        path: parameters("path_parameters")
            .into_iter()
            .map(|(name, (schema, _))| (name, schema))
            .collect(),
        query: parameters("query_parameters"),
        body: (!one["body"].is_null()).then(|| schema(&one["body"])),
    }
}

/// Parameters that may hold slashes.
const DEEP: [&str; 3] = ["{path}", "{ref}", "{basehead}"];

impl Operation {
    /// The parameters in a path, where it is one of this operation.
    fn matched(&self, method: &str, path: &[&str]) -> Option<Vec<(&str, String)>> {
        if self.method != method {
            return None;
        }
        let mut found = Vec::new();
        let mut rest = path;
        for (at, segment) in self.segments.iter().enumerate() {
            let last = at + 1 == self.segments.len();
            let taken = if last && DEEP.contains(&segment.as_str()) {
                rest.len()
            } else {
                1
            };
            if taken == 0 || rest.len() < taken {
                return None;
            }
            let text = rest[..taken].join("/");
            rest = &rest[taken..];
            match segment.strip_prefix('{').and_then(|s| s.strip_suffix('}')) {
                Some(name) => found.push((name, text)),
                None if *segment == text => {}
                None => return None,
            }
        }
        rest.is_empty().then_some(found)
    }
}

/// What is wrong with a request; nothing where it is none to GitHub's API.
pub(super) fn violation(request: &Request) -> Option<String> {
    let start = request.path.find("/repos/")?;
    let (path, query) = match request.path[start..].split_once('?') {
        Some((path, query)) => (path, query),
        None => (&request.path[start..], ""),
    };
    let said = |what: String| Some(format!("{} {}: {what}", request.method, request.path));
    let segments: Vec<&str> = path[1..].split('/').collect();
    let all = operations().iter();
    let Some((operation, parameters)) = all
        .filter_map(|one| Some((one, one.matched(&request.method, &segments)?)))
        // The one with the most words of its own: `commits/{ref}` takes what is meant for `commits/{ref}/check-runs`.
        .max_by_key(|(operation, parameters)| operation.segments.len() - parameters.len())
    else {
        return said(
            "GitHub's description has no such operation, or github.py does not list it".into(),
        );
    };
    for (name, text) in parameters {
        let schema = operation.path.get(name);
        if !schema.is_none_or(|schema| fits(schema, &text)) {
            return said(format!("{name} is {text}"));
        }
    }
    let mut given = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, text) = pair.split_once('=').unwrap_or((pair, ""));
        given.push(name);
        match operation.query.get(name) {
            None => return said(format!("there is no query parameter {name}")),
            Some((schema, _)) if !fits(schema, &decoded(text)) => {
                return said(format!("the query parameter {name} is {text}"));
            }
            Some(_) => {}
        }
    }
    let mut required = operation
        .query
        .iter()
        .filter(|(_, (_, required))| *required);
    if let Some((name, _)) = required.find(|(name, _)| !given.contains(&name.as_str())) {
        return said(format!("the query parameter {name} is missing"));
    }
    match (&operation.body, &request.body) {
        (None, Value::Null) => None,
        (None, _) => said("a body where there is none".into()),
        (Some(schema), body) => {
            let error = schema
                .iter_errors(&shortened(body))
                .next()
                .map(|error| error.to_string());
            error.and_then(|error| said(error.chars().take(300).collect()))
        }
    }
}

/// Texts of an upload are cut, which no schema of a request minds: a pattern for base64 does not exist.
fn shortened(body: &Value) -> Value {
    let mut body = body.clone();
    for text in body
        .as_object_mut()
        .into_iter()
        .flat_map(|body| body.values_mut())
    {
        if text
            .as_str()
            .is_some_and(|text| text.len() > TEXT && !text.contains(' '))
        {
            *text = json!("cut");
        }
    }
    body
}

/// A parameter is text on its way; its schema may ask for a number or a truth value.
fn fits(schema: &Validator, text: &str) -> bool {
    let typed = serde_json::from_str::<Value>(text).ok();
    schema.is_valid(&Value::from(text)) || typed.is_some_and(|value| schema.is_valid(&value))
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        match (first, hex.and_then(|hex| u8::from_str_radix(hex, 16).ok())) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            (byte, _) => {
                bytes.push(*byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn the_description_refuses_what_it_must() {
    let request = |method: &str, path: &str, body: Value| Request {
        method: method.to_owned(),
        path: path.to_owned(),
        headers: Vec::new(),
        body,
        text: String::new(),
    };
    let sha = "a".repeat(40);
    let whole =
        json!({ "name": "x", "head_sha": sha, "status": "completed", "conclusion": "success" });
    for good in [
        request("POST", "/repos/o/r/check-runs", whole.clone()),
        request(
            "GET",
            "/repos/o/r/commits/main/check-runs?check_name=a%20b&filter=all&per_page=100",
            Value::Null,
        ),
        request(
            "GET",
            "/repos/o/r/contents/.github/sarif-gate.yml?ref=main",
            Value::Null,
        ),
        request(
            "GET",
            "/api/v3/repos/o/r/git/ref/heads/release/1",
            Value::Null,
        ),
        request("POST", "/services/T/B/x", json!({ "text": "not GitHub's" })),
    ] {
        assert_eq!(violation(&good), None, "{}", good.path);
    }
    for bad in [
        request("POST", "/repos/o/r/check-runs", json!({ "name": "x" })),
        request(
            "POST",
            "/repos/o/r/check-runs",
            json!({ "name": "x", "head_sha": sha, "status": "completed" }),
        ),
        request(
            "POST",
            "/repos/o/r/check-runs",
            json!({ "name": "x", "head_sha": sha, "verdict": "pass" }),
        ),
        request("GET", "/repos/o/r/check-runs", Value::Null),
        request(
            "GET",
            "/repos/o/r/commits/main/check-runs?filter=newest",
            Value::Null,
        ),
        request(
            "GET",
            "/repos/o/r/commits/main/check-runs?verdict=pass",
            Value::Null,
        ),
        request(
            "GET",
            "/repos/o/r/commits/main/check-runs?per_page=many",
            Value::Null,
        ),
        request("GET", "/repos/o/r/pulls/x", Value::Null),
        request(
            "PATCH",
            "/repos/o/r/check-runs/1",
            json!({ "output": { "summary": "s", "annotations": vec![json!({}); 1] } }),
        ),
        request("GET", "/repos/o/r/pulls/1", json!({})),
    ] {
        assert!(violation(&bad).is_some(), "{bad:?}");
    }
}
