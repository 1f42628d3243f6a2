//! The issues of a fake GitHub, with the rules that its description cannot say.

use serde_json::{Value, json};

use super::{Request, Served};

/// Characters that GitHub takes in a body; a change over it is answered by 200 and not made.
const BODY: usize = 65_536;

/// Issues by index: number is the index plus one.
#[derive(Default)]
pub(super) struct Issues {
    pub(super) all: Vec<Value>,
    /// Who creates them: login and type.
    pub(super) author: Option<(String, String)>,
    /// Whether labels are dropped, as for somebody who may not write.
    pub(super) drops_labels: bool,
}

impl Issues {
    /// The answer, where the request is about issues.
    pub(super) fn serve(&mut self, request: &Request) -> Option<Served> {
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let (_, rest) = path
            .split_once("/issues")
            .filter(|(repository, _)| repository.matches('/').count() == 3)?;
        let number: Option<usize> = rest
            .strip_prefix('/')
            .and_then(|number| number.parse().ok());
        Some(match (request.method.as_str(), rest, number) {
            ("GET", "", _) => self.list(query),
            ("POST", "", _) => self.create(&request.body),
            ("GET", _, Some(number)) => self.one(number, |_| ()),
            ("PATCH", _, Some(number)) => self.one(number, |issue| change(issue, &request.body)),
            _ => return None,
        })
    }

    fn list(&self, query: &str) -> Served {
        let value = |name: &str| {
            let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
        };
        let size = value("per_page").map_or(30, |size| size.parse().unwrap());
        let page: usize = value("page").map_or(1, |page| page.parse().unwrap());
        let state = value("state").unwrap_or("open");
        let mut found: Vec<&Value> = self
            .all
            .iter()
            .filter(|issue| {
                let labelled = value("labels").is_none_or(|label| has_label(issue, label));
                labelled && (state == "all" || issue["state"] == state)
            })
            .collect();
        if value("direction") != Some("asc") {
            found.reverse();
        }
        let page: Vec<&Value> = found
            .into_iter()
            .skip((page - 1) * size)
            .take(size)
            .collect();
        Served::json(&json!(page))
    }

    fn create(&mut self, body: &Value) -> Served {
        let length = |name: &str| body[name].as_str().unwrap_or_default().chars().count();
        if length("title") == 0 || length("title") > 256 || length("body") > BODY {
            return Served::error(422, "Validation Failed");
        }
        let labels = match self.drops_labels {
            true => Vec::new(),
            false => body["labels"].as_array().cloned().unwrap_or_default(),
        };
        let (login, kind) = self
            .author
            .clone()
            .unwrap_or(("github-actions[bot]".into(), "Bot".into()));
        let labels: Vec<Value> = labels.iter().map(|name| json!({ "name": name })).collect();
        let number = self.all.len() + 1;
        let issue = json!({
            "number": number,
            "html_url": format!("https://github.com/octo/repo/issues/{number}"),
            "title": body["title"],
            "body": body["body"],
            "state": "open",
            "state_reason": null,
            "user": { "login": login, "type": kind },
            "labels": labels,
        });
        self.all.push(issue.clone());
        Served {
            status: 201,
            ..Served::json(&issue)
        }
    }

    fn one(&mut self, number: usize, act: impl FnOnce(&mut Value)) -> Served {
        match number
            .checked_sub(1)
            .and_then(|index| self.all.get_mut(index))
        {
            Some(issue) => {
                act(issue);
                Served::json(issue)
            }
            None => Served::error(404, "Not Found"),
        }
    }
}

fn has_label(issue: &Value, label: &str) -> bool {
    let labels = issue["labels"].as_array();
    labels.is_some_and(|labels| labels.iter().any(|one| one["name"] == label))
}

fn change(issue: &mut Value, body: &Value) {
    if body["body"]
        .as_str()
        .is_some_and(|text| text.chars().count() > BODY)
    {
        return;
    }
    for name in ["title", "body", "state"] {
        if body[name].is_string() {
            issue[name] = body[name].clone();
        }
    }
    issue["state_reason"] = match (body["state"].as_str(), &body["state_reason"]) {
        (None, _) => issue["state_reason"].clone(),
        (Some("closed"), Value::Null) => json!("completed"),
        (Some(_), reason) => reason.clone(),
    };
}
