//! A Jira with one project: what its REST API v3 does with the calls that we make, as Atlassian describes it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::super::super::fake_github::{FakeGithub, Request, Trouble};

pub(crate) struct Issue {
    pub(crate) key: String,
    pub(crate) kind: String,
    pub(crate) summary: String,
    pub(crate) description: Value,
    pub(crate) labels: Vec<String>,
    pub(crate) status: String,
    pub(crate) comments: Vec<String>,
    pub(crate) properties: BTreeMap<String, Value>,
    /// The search does not know it yet.
    pub(crate) unseen: bool,
}

/// The project SEC.
pub(crate) struct Project {
    pub(crate) issues: Vec<Issue>,
    /// Status, and those that it may become.
    pub(crate) workflow: Vec<(&'static str, Vec<&'static str>)>,
    /// New issues are not found for now.
    pub(crate) lags: bool,
    /// Issues on one page of a search.
    pub(crate) page: usize,
    pub(crate) types: Value,
}

impl Default for Project {
    fn default() -> Project {
        let all = vec!["Won't do", "Done", "In Progress", "To Do"];
        Project {
            issues: Vec::new(),
            workflow: vec![
                ("To Do", all.clone()),
                ("In Progress", all.clone()),
                ("Done", all.clone()),
                ("Won't do", all),
            ],
            lags: false,
            page: 100,
            types: json!([
                { "id": "10001", "name": "Epic", "subtask": false, "hierarchyLevel": 1 },
                { "id": "10002", "name": "Sub-task", "subtask": true, "hierarchyLevel": -1 },
                { "id": "10003", "name": "Task", "subtask": false, "hierarchyLevel": 0 },
                { "id": "10004", "name": "Bug", "subtask": false, "hierarchyLevel": 0 },
            ]),
        }
    }
}

/// A server with this project, and the troubles of its first requests.
pub(crate) fn start(
    project: Project,
    troubles: Vec<Option<Trouble>>,
) -> (FakeGithub, Arc<Mutex<Project>>) {
    let project = Arc::new(Mutex::new(project));
    let shared = project.clone();
    let server = FakeGithub::other(
        troubles,
        Box::new(move |request| shared.lock().expect("the project").act(request)),
    );
    (server, project)
}

fn category(status: &str) -> &'static str {
    match status {
        "To Do" => "new",
        "In Progress" => "indeterminate",
        _ => "done",
    }
}

fn refused(words: &str) -> (u16, Value) {
    (400, json!({ "errorMessages": [words], "errors": {} }))
}

impl Project {
    fn act(&mut self, request: &Request) -> (u16, Value) {
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let path = path.strip_prefix("/rest/api/3/").expect("the API's path");
        let parts: Vec<&str> = path.split('/').collect();
        match (request.method.as_str(), parts.as_slice()) {
            ("GET", ["search", "jql"]) => self.search(query),
            ("GET", ["issue", "createmeta", "SEC", "issuetypes"]) => (
                200,
                json!({ "startAt": 0, "maxResults": 200, "total": 4, "issueTypes": self.types }),
            ),
            ("POST", ["issue"]) => self.create(&request.body),
            (method, ["issue", key, rest @ ..]) => {
                let workflow = self.workflow.clone();
                let Some(issue) = self.issues.iter_mut().find(|issue| issue.key == *key) else {
                    return (
                        404,
                        json!({ "errorMessages": ["Issue does not exist or you do not have permission to see it."], "errors": {} }),
                    );
                };
                let next = workflow.into_iter().find(|(from, _)| *from == issue.status);
                let next = next.map(|(_, next)| next).unwrap_or_default();
                match (method, rest) {
                    ("GET", []) => (200, issue.seen()),
                    ("PUT", []) => issue.edit(&request.body),
                    ("GET", ["transitions"]) => {
                        let each = next.iter().map(|to| {
                            json!({ "id": to, "name": "x", "to": { "name": to, "statusCategory": { "key": category(to) } } })
                        });
                        (200, json!({ "transitions": each.collect::<Vec<Value>>() }))
                    }
                    ("POST", ["transitions"]) => {
                        let id = request.body["transition"]["id"]
                            .as_str()
                            .unwrap_or_default();
                        match next.contains(&id) {
                            true => {
                                issue.status = id.to_owned();
                                (204, Value::Null)
                            }
                            false => refused(
                                "It seems that you have tried to perform a workflow operation that is not valid",
                            ),
                        }
                    }
                    _ => (405, Value::Null),
                }
            }
            _ => (404, Value::Null),
        }
    }

    fn search(&self, query: &str) -> (u16, Value) {
        let values: BTreeMap<String, String> = query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (name.to_owned(), decoded(value)))
            .collect();
        assert_eq!(values["fields"], "status,labels");
        assert_eq!(values["properties"], "sarif-gate");
        let jql = &values["jql"];
        let rest = jql
            .strip_prefix("project = \"SEC\" AND ")
            .expect("a bounded query");
        let open = rest.strip_suffix(" AND statusCategory != Done");
        let rest = open.unwrap_or(rest);
        let wanted: Vec<&str> = rest.split('"').skip(1).step_by(2).collect();
        assert!(
            rest.starts_with("labels = ") || rest.starts_with("labels in ("),
            "{jql}"
        );
        let found: Vec<Value> = self
            .issues
            .iter()
            .filter(|issue| !issue.unseen)
            .filter(|issue| {
                issue
                    .labels
                    .iter()
                    .any(|label| wanted.contains(&label.as_str()))
            })
            .filter(|issue| open.is_none() || category(&issue.status) != "done")
            .map(Issue::seen)
            .collect();
        let from: usize = values
            .get("nextPageToken")
            .map_or(0, |token| token.parse().expect("ours"));
        let to = (from + self.page).min(found.len());
        let mut page = json!({ "issues": found[from..to], "isLast": to == found.len() });
        if to < found.len() {
            page["nextPageToken"] = to.to_string().into();
        }
        (200, page)
    }

    fn create(&mut self, body: &Value) -> (u16, Value) {
        let fields = &body["fields"];
        let summary = fields["summary"].as_str().unwrap_or_default().to_owned();
        if summary.is_empty() || summary.contains('\n') || summary.chars().count() >= 255 {
            return (
                400,
                json!({ "errorMessages": [], "errors": { "summary": "Summary must be less than 255 characters." } }),
            );
        }
        let labels: Vec<String> = serde_json::from_value(fields["labels"].clone()).expect("labels");
        if labels
            .iter()
            .any(|label| label.contains(char::is_whitespace))
        {
            return refused("The label contains spaces which is invalid.");
        }
        if fields["description"].to_string().chars().count() > 32_767 {
            return (
                400,
                json!({ "errors": { "description": "CONTENT_LIMIT_EXCEEDED" } }),
            );
        }
        let key = format!("SEC-{}", self.issues.len() + 1);
        let mut issue = Issue {
            key: key.clone(),
            kind: fields["issuetype"]["id"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            summary,
            description: fields["description"].clone(),
            labels,
            status: "To Do".to_owned(),
            comments: Vec::new(),
            properties: BTreeMap::new(),
            unseen: self.lags,
        };
        issue.properties(body);
        self.issues.push(issue);
        (
            201,
            json!({ "id": "1", "key": key, "self": "https://jira.example/1" }),
        )
    }
}

impl Issue {
    fn seen(&self) -> Value {
        json!({
            "id": "1",
            "key": self.key,
            "fields": {
                "labels": self.labels,
                "status": { "name": self.status, "statusCategory": { "id": 1, "key": category(&self.status) } },
            },
            "properties": self.properties,
        })
    }

    fn properties(&mut self, body: &Value) {
        for property in body["properties"].as_array().into_iter().flatten() {
            let key = property["key"].as_str().expect("a key").to_owned();
            assert!(property["value"].to_string().len() <= 32_768);
            self.properties.insert(key, property["value"].clone());
        }
    }

    fn edit(&mut self, body: &Value) -> (u16, Value) {
        if let Some(summary) = body["fields"]["summary"].as_str() {
            self.summary = summary.to_owned();
            self.description = body["fields"]["description"].clone();
        }
        for operation in body["update"]["labels"].as_array().into_iter().flatten() {
            let label = operation["add"].as_str().expect("a label").to_owned();
            if !self.labels.contains(&label) {
                self.labels.push(label);
            }
        }
        for operation in body["update"]["comment"].as_array().into_iter().flatten() {
            self.comments.push(operation["add"]["body"].to_string());
        }
        self.properties(body);
        (204, Value::Null)
    }
}

/// Undoes percent-encoding.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next().expect("a digit"), rest.next().expect("a digit")];
            let digits = std::str::from_utf8(&digits).expect("digits");
            bytes.push(u8::from_str_radix(digits, 16).expect("digits"));
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).expect("UTF-8")
}

/// The types of all nodes and marks.
pub(crate) fn nodes(node: &Value, each: &mut dyn FnMut(&str)) {
    each(node["type"].as_str().expect("a type"));
    for member in ["content", "marks"] {
        for child in node[member].as_array().into_iter().flatten() {
            nodes(child, each);
        }
    }
}
