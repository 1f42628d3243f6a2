//! What a GitHub keeps besides check runs: whatever a test puts at a path, and git objects that are written and read.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::Request;
use super::comments::Comments;

/// An answer as it goes over the wire.
#[derive(Clone, Debug)]
pub(crate) struct Served {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Served {
    pub(crate) fn json(body: &Value) -> Served {
        Served {
            status: 200,
            headers: vec![(
                "content-type".into(),
                "application/json; charset=utf-8".into(),
            )],
            body: body.to_string().into_bytes(),
        }
    }

    pub(crate) fn raw(body: impl Into<Vec<u8>>) -> Served {
        Served {
            status: 200,
            headers: vec![(
                "content-type".into(),
                "application/vnd.github.raw+json; charset=utf-8".into(),
            )],
            body: body.into(),
        }
    }

    pub(crate) fn redirect(to: &str) -> Served {
        Served {
            status: 302,
            headers: vec![("location".into(), to.to_owned())],
            body: Vec::new(),
        }
    }

    pub(crate) fn error(status: u16, message: &str) -> Served {
        Served {
            status,
            ..Served::json(&json!({ "message": message }))
        }
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut head = format!(
            "HTTP/1.1 {} X\r\nconnection: close\r\ncontent-length: {}\r\n",
            self.status,
            self.body.len()
        );
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        [head.into_bytes(), self.body.clone()].concat()
    }
}

/// Paths and git objects.
#[derive(Default)]
pub(super) struct Store {
    /// By path with its query, or without it for every query.
    pub(super) paths: BTreeMap<String, Served>,
    /// By name: the kind and what was written. Names count up.
    objects: BTreeMap<String, (&'static str, Value)>,
    /// Without `refs/`: the commit.
    pub(super) refs: BTreeMap<String, String>,
    pub(super) comments: Comments,
    /// Tracked things.
    pub(super) issues: super::issues::Issues,
    pub(super) scanning: super::Scanning,
}

impl Store {
    /// The answer, where the store is responsible.
    pub(super) fn serve(&mut self, request: &Request) -> Option<Served> {
        let path = request.path.split('?').next().unwrap_or_default();
        let put = self
            .paths
            .get(&request.path)
            .or_else(|| self.paths.get(path));
        if let Some(put) = put.filter(|_| request.method == "GET") {
            return Some(put.clone());
        }
        if path.contains("/code-scanning/") {
            return Some(self.scanning.serve(request));
        }
        let kept = self.comments.serve(request);
        if let Some(served) = kept.or_else(|| self.issues.serve(request)) {
            return Some(served);
        }
        let (_, git) = path.split_once("/git/")?;
        Some(match (request.method.as_str(), git.split_once('/')) {
            ("POST", None) if git != "refs" => self.write(git, &request.body),
            ("POST", None) => self.make_ref(&request.body),
            ("PATCH", Some(("refs", name))) => self.move_ref(name, &request.body),
            ("GET", Some(("ref", name))) => self.read_ref(name),
            ("GET", Some((kind, sha))) => self.read(kind, sha, request),
            _ => Served::error(404, "Not Found"),
        })
    }

    fn write(&mut self, kind: &str, body: &Value) -> Served {
        let kind = match kind {
            "blobs" if body["encoding"] == "base64" => "blobs",
            "trees" => "trees",
            "commits" => "commits",
            _ => return Served::error(422, "Invalid request"),
        };
        let sha = format!("{:040x}", self.objects.len() + 1);
        self.objects.insert(sha.clone(), (kind, body.clone()));
        Served {
            status: 201,
            ..Served::json(&json!({ "sha": sha }))
        }
    }

    fn known_commit(&self, body: &Value) -> Option<String> {
        let sha = body["sha"].as_str()?;
        let (kind, _) = self.objects.get(sha)?;
        (*kind == "commits").then(|| sha.to_owned())
    }

    fn make_ref(&mut self, body: &Value) -> Served {
        let name = body["ref"].as_str().unwrap_or_default();
        match (name.strip_prefix("refs/"), self.known_commit(body)) {
            (Some(name), _) if self.refs.contains_key(name) => {
                Served::error(422, "Reference already exists")
            }
            (Some(name), Some(sha)) => {
                self.refs.insert(name.to_owned(), sha);
                Served::json(&json!({}))
            }
            _ => Served::error(422, "Object does not exist"),
        }
    }

    fn move_ref(&mut self, name: &str, body: &Value) -> Served {
        let sha = self.known_commit(body);
        match (self.refs.get_mut(name), sha) {
            (Some(at), Some(sha)) if body["force"] == true => {
                *at = sha;
                Served::json(&json!({}))
            }
            (None, _) => Served::error(422, "Reference does not exist"),
            _ => Served::error(422, "Update is not a fast forward"),
        }
    }

    fn read_ref(&self, name: &str) -> Served {
        match self.refs.get(name) {
            Some(sha) => Served::json(&json!({
                "ref": format!("refs/{name}"),
                "object": { "type": "commit", "sha": sha },
            })),
            None => Served::error(404, "Not Found"),
        }
    }

    fn read(&self, kind: &str, sha: &str, request: &Request) -> Served {
        let Some((_, object)) = self.objects.get(sha).filter(|(is, _)| *is == kind) else {
            return Served::error(404, "Not Found");
        };
        match kind {
            "commits" => Served::json(&json!({
                "sha": sha, "message": object["message"], "tree": { "sha": object["tree"] },
            })),
            "blobs" if request.header("accept") == ["application/vnd.github.raw+json"] => {
                Served::raw(
                    STANDARD
                        .decode(object["content"].as_str().unwrap())
                        .unwrap(),
                )
            }
            _ => Served::json(object),
        }
    }
}
