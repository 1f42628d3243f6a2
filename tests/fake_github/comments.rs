//! Comments as GitHub keeps them: pages, authors, what a token may read of itself.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Request;
use super::store::Served;

/// What GitHub has been seen to take of UTF-8, in bytes.
const MOST: usize = 262_144;

#[derive(Default)]
pub(super) struct Comments {
    /// By id: number of the issue or pull request, and the comment.
    kept: BTreeMap<u64, (u64, Value)>,
    /// Whose token it is; a workflow's where nobody is named.
    pub(super) person: Option<String>,
    /// Edits are answered by 200 and not carried out.
    pub(super) deaf: bool,
    /// Texts that other runs write just before the next comment is written, and just after it.
    pub(super) rivals: (Vec<String>, Vec<String>),
}

impl Comments {
    pub(super) fn all(&self) -> Vec<Value> {
        self.kept.values().map(|(_, one)| one.clone()).collect()
    }

    /// Writes a comment as somebody, and gives back its id.
    pub(super) fn add(&mut self, number: u64, login: &str, kind: &str, body: &str) -> u64 {
        let id = self.kept.keys().next_back().map_or(1001, |id| id + 1);
        let comment = json!({
            "id": id,
            "html_url": format!("https://github.com/octo/repo/pull/{number}#issuecomment-{id}"),
            "body": body,
            "user": { "login": login, "type": kind },
        });
        self.kept.insert(id, (number, comment));
        id
    }

    fn write(&mut self, number: u64, body: &str) -> u64 {
        match self.person.clone() {
            Some(person) => self.add(number, &person, "User", body),
            None => self.add(number, "github-actions[bot]", "Bot", body),
        }
    }

    pub(super) fn serve(&mut self, request: &Request) -> Option<Served> {
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        let body = request.body["body"].as_str().unwrap_or_default();
        let too_long = body.len() > MOST;
        Some(match (request.method.as_str(), parts.as_slice()) {
            ("GET", ["user"]) => match &self.person {
                Some(login) => Served::json(&json!({ "login": login, "type": "User" })),
                None => Served::error(403, "Resource not accessible by integration"),
            },
            ("GET", ["repos", _, _, "issues", number, "comments"]) => {
                self.page(number.parse().ok()?, query)
            }
            ("POST", ["repos", _, _, "issues", _, "comments"]) if too_long || body.is_empty() => {
                Served::error(422, "Body is too long (maximum is 65536 characters)")
            }
            ("POST", ["repos", _, _, "issues", number, "comments"]) => {
                let number = number.parse().ok()?;
                let (before, after) = std::mem::take(&mut self.rivals);
                before.iter().for_each(|body| {
                    self.write(number, body);
                });
                let id = self.write(number, body);
                after.iter().for_each(|body| {
                    self.write(number, body);
                });
                Served {
                    status: 201,
                    ..Served::json(&self.kept[&id].1)
                }
            }
            (method, ["repos", _, _, "issues", "comments", id]) => {
                let id = id.parse().ok()?;
                match (method, self.kept.get_mut(&id)) {
                    (_, None) => Served::error(404, "Not Found"),
                    ("DELETE", _) => {
                        self.kept.remove(&id);
                        Served {
                            status: 204,
                            headers: Vec::new(),
                            body: Vec::new(),
                        }
                    }
                    ("PATCH", Some((_, comment))) => {
                        if !self.deaf && !too_long {
                            comment["body"] = json!(body);
                        }
                        Served::json(comment)
                    }
                    (_, Some((_, comment))) => Served::json(comment),
                }
            }
            _ => return None,
        })
    }

    fn page(&self, number: u64, query: &str) -> Served {
        let asked = |name: &str, default: usize| {
            let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            let found = pairs.find(|(key, _)| *key == name);
            found
                .and_then(|(_, value)| value.parse().ok())
                .unwrap_or(default)
        };
        let (size, page) = (asked("per_page", 30), asked("page", 1));
        let those = self.kept.values().filter(|(of, _)| *of == number);
        let listed: Vec<&Value> = those
            .map(|(_, comment)| comment)
            .skip((page - 1) * size)
            .take(size)
            .collect();
        Served::json(&json!(listed))
    }
}
