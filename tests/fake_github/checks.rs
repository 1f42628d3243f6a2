//! Check runs as GitHub keeps them, with the rules that its description cannot say.

use serde_json::{Value, json};

use super::Request;

/// The check runs, by number from 1, each with its annotations.
#[derive(Default)]
pub(super) struct Checks {
    pub(super) runs: Vec<Value>,
    pub(super) annotations: Vec<Vec<Value>>,
    /// Counts changes, for times.
    moment: usize,
}

impl Checks {
    pub(super) fn serve(&mut self, request: &Request, base: &str) -> (u16, Value) {
        let not_found = || (404, json!({ "message": "Not Found" }));
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        if request.annotations() > 50 {
            return (
                422,
                json!({ "message": "No more than 50 items are allowed" }),
            );
        }
        let summary = request.body["output"]["summary"]
            .as_str()
            .unwrap_or_default();
        if request.method != "GET" && !(1..=65_535).contains(&summary.len()) {
            return (
                422,
                json!({ "message": "exceeds a maximum bytesize of 65535" }),
            );
        }
        match (request.method.as_str(), parts.as_slice()) {
            ("POST", ["repos", owner, name, "check-runs"]) => {
                let id = self.runs.len() + 1;
                self.runs.push(json!({
                    "id": id,
                    "html_url": format!("{base}/{owner}/{name}/runs/{id}"),
                    "head_sha": request.body["head_sha"],
                    "status": "queued",
                    "conclusion": null,
                    "app": { "id": 15368, "slug": "github-actions" },
                    "output": { "annotations_count": 0 },
                }));
                self.annotations.push(Vec::new());
                (201, self.change(id - 1, &request.body))
            }
            (method, ["repos", _, _, "check-runs", id, more @ ..]) => {
                let index = id.parse::<usize>().unwrap_or(0).wrapping_sub(1);
                if index >= self.runs.len() {
                    return not_found();
                }
                match (method, more) {
                    ("PATCH", []) => (200, self.change(index, &request.body)),
                    ("GET", []) => (200, self.runs[index].clone()),
                    ("GET", ["annotations"]) => (200, page(&self.annotations[index], query)),
                    _ => not_found(),
                }
            }
            ("GET", ["repos", _, _, "commits", sha, "check-runs"]) => {
                let named = |run: &&Value| {
                    let name = run["name"].as_str().unwrap_or_default();
                    let name = name.replace(' ', "%20");
                    run["head_sha"] == *sha && query.contains(&format!("check_name={name}&"))
                };
                let found: Vec<&Value> = self.runs.iter().rev().filter(named).collect();
                (
                    200,
                    json!({ "total_count": found.len(), "check_runs": found }),
                )
            }
            _ => not_found(),
        }
    }

    /// Adds annotations and replaces everything else that is named.
    fn change(&mut self, index: usize, body: &Value) -> Value {
        self.moment += 1;
        let run = &mut self.runs[index];
        for name in ["name", "external_id", "status", "started_at"] {
            if let Some(value) = body.get(name) {
                run[name] = value.clone();
            }
        }
        if let Some(conclusion) = body.get("conclusion") {
            run["conclusion"] = conclusion.clone();
            run["status"] = json!("completed");
            run["completed_at"] = json!(format!("2026-03-01T11:{:04}Z", self.moment));
        } else if body.get("status").is_some() {
            run["conclusion"] = Value::Null;
            run["completed_at"] = Value::Null;
        }
        for name in ["title", "summary"] {
            if let Some(value) = body["output"].get(name) {
                run["output"][name] = value.clone();
            }
        }
        let added = body["output"]["annotations"].as_array();
        let annotations = &mut self.annotations[index];
        annotations.extend(added.into_iter().flatten().cloned());
        run["output"]["annotations_count"] = json!(annotations.len());
        run.clone()
    }
}

fn page(all: &[Value], query: &str) -> Value {
    let number = |name: &str| {
        let mut parts = query.split('&').filter_map(|part| part.split_once('='));
        let found = parts.find(|(key, _)| *key == name);
        found.and_then(|(_, value)| value.parse::<usize>().ok())
    };
    let (size, page) = (
        number("per_page").unwrap_or(30),
        number("page").unwrap_or(1),
    );
    all.iter()
        .skip((page - 1) * size)
        .take(size)
        .cloned()
        .collect()
}
