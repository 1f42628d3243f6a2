//! The calls to Jira Cloud's REST API v3. Reads are GETs, so that the door may send them again; a write whose end is unknown is
//! looked for.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use super::limits::{ISSUE_TYPES, KEY_BYTES, PAGES, PER_PAGE, SETTLE_S};
use super::record::{Found, KEY, Record, Standing};
use super::transitions::{Category, Transition, Transitions};
use crate::github::client::percent_encode;
use crate::http::{Answer, Door, Failure, Fault, Method, Request};
use crate::settings::{Hidden, Jira};

/// Jira, with the door to it.
pub(super) struct Api<'a> {
    door: &'a mut Door,
    settings: &'a Jira,
    token: &'a Hidden,
    headers: [(&'static str, Hidden); 2],
}

#[derive(Deserialize)]
struct Page {
    issues: Vec<Raw>,
    #[serde(rename = "nextPageToken")]
    next: Option<String>,
}

#[derive(Deserialize)]
struct Raw {
    key: String,
    #[serde(default)]
    fields: Fields,
    #[serde(default)]
    properties: Option<serde_json::Map<String, Value>>,
}

#[derive(Default, Deserialize)]
struct Fields {
    #[serde(default)]
    status: Option<Status>,
    #[serde(default)]
    labels: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Status {
    #[serde(rename = "statusCategory")]
    category: Option<Category>,
}

#[derive(Deserialize)]
struct Types {
    #[serde(rename = "issueTypes")]
    types: Vec<Type>,
}

#[derive(Deserialize)]
struct Type {
    id: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    subtask: bool,
    #[serde(default, rename = "hierarchyLevel")]
    level: i64,
}

#[derive(Deserialize)]
struct Created {
    key: String,
}

impl Raw {
    /// The issue, unless its key could not stand in a path or its status is not said.
    fn found(self) -> Option<Found> {
        let category = self.fields.status?.category?;
        is_key(&self.key).then(|| Found {
            key: self.key,
            standing: match category.is_done() {
                true => Standing::Done,
                false => Standing::Open,
            },
            labels: self.fields.labels.unwrap_or_default(),
            record: self.properties.and_then(|all| Record::read(all.get(KEY)?)),
        })
    }
}

/// Whether this is the key of an issue: that of a project, a hyphen and a number.
pub(super) fn is_key(text: &str) -> bool {
    let project = |c: u8| c.is_ascii_uppercase() || c.is_ascii_digit() || c == b'_';
    text.len() <= KEY_BYTES
        && text.rsplit_once('-').is_some_and(|(key, number)| {
            key.bytes().all(project)
                && !key.is_empty()
                && !number.is_empty()
                && number.bytes().all(|b| b.is_ascii_digit())
        })
}

/// A text in a query (JQL): in double quotes, in which backslash and double quote stand behind a backslash (Atlassian Support,
/// "Search syntax for text fields" and "Use advanced search", "Reserved characters").
pub(super) fn quote(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars().filter(|c| !c.is_control()) {
        if matches!(c, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted.push('"');
    quoted
}

impl<'a> Api<'a> {
    pub(super) fn new(door: &'a mut Door, settings: &'a Jira, token: &'a Hidden) -> Api<'a> {
        let secret = token.reveal().trim();
        let authorization = match &settings.user {
            Some(user) => format!("Basic {}", STANDARD.encode(format!("{user}:{secret}"))),
            None => format!("Bearer {secret}"),
        };
        Api {
            door,
            settings,
            token,
            headers: [
                ("authorization", Hidden::new(authorization)),
                ("accept", Hidden::new("application/json")),
            ],
        }
    }

    /// Sends one request. Jira answers anonymously, and then with success, where it does not take the credentials: a header
    /// tells (Atlassian Support, `X-Seraph-LoginReason`).
    fn call(
        &mut self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Answer, Failure> {
        let url = format!("{}{path}", self.settings.url);
        let body = body.map(Value::to_string);
        let what = path.split('?').next().unwrap_or_default();
        let request = Request {
            headers: &self.headers,
            content_type: body.is_some().then_some("application/json"),
            body: body.as_deref().map(str::as_bytes),
            hidden: &[self.token],
            ..Request::new("Jira", what, method, &url)
        };
        let answer = self.door.call(&request)?;
        let reason = answer.header("x-seraph-loginreason").unwrap_or_default();
        match reason.contains("AUTHENTICATED_FAILED") || reason.contains("AUTHENTICATION_DENIED") {
            true => Err(request.failed(Fault::Unauthorized)),
            false => Ok(answer),
        }
    }

    fn get<R: serde::de::DeserializeOwned>(&mut self, path: &str) -> Result<R, Failure> {
        let answer = self.call(Method::Get, path, None)?;
        answer
            .json()
            .map_err(|fault| failed(Method::Get, path, fault))
    }

    /// Issues of the project by this query, and whether these are all of them.
    pub(super) fn search(&mut self, query: &str) -> Result<(Vec<Found>, bool), Failure> {
        let query = format!("project = {} AND {query}", quote(&self.settings.project));
        let path = format!(
            "/rest/api/3/search/jql?jql={}&maxResults={PER_PAGE}&fields=status,labels&properties={KEY}",
            percent_encode(&query)
        );
        let (mut found, mut token) = (Vec::new(), None::<String>);
        for _ in 0..PAGES {
            let page: Page = match &token {
                Some(token) => {
                    self.get(&format!("{path}&nextPageToken={}", percent_encode(token)))?
                }
                None => self.get(&path)?,
            };
            found.extend(page.issues.into_iter().filter_map(Raw::found));
            token = page.next.filter(|next| !next.is_empty());
            if token.is_none() {
                return Ok((found, true));
            }
        }
        Ok((found, false))
    }

    /// How an issue stands at this moment, not as of the last indexing.
    pub(super) fn look(&mut self, key: &str) -> Result<Found, Failure> {
        let path = format!(
            "/rest/api/3/issue/{}?fields=status,labels&properties={KEY}",
            percent_encode(key)
        );
        let raw: Raw = self.get(&path)?;
        raw.found()
            .ok_or_else(|| failed(Method::Get, &path, Fault::NotJson))
    }

    /// The type that issues are made of: Bug, else Task, else the first ordinary one. `None` where there is none.
    pub(super) fn issue_type(&mut self) -> Result<Option<String>, Failure> {
        let path = format!(
            "/rest/api/3/issue/createmeta/{}/issuetypes?maxResults={ISSUE_TYPES}",
            percent_encode(&self.settings.project)
        );
        let Types { types } = self.get(&path)?;
        let ordinary = || types.iter().filter(|one| !one.subtask && one.level == 0);
        let named = |name: &str| ordinary().find(|one| one.name.eq_ignore_ascii_case(name));
        let chosen = named("Bug").or_else(|| named("Task"));
        Ok(chosen
            .or_else(|| ordinary().next())
            .map(|one| one.id.clone()))
    }

    /// Creates an issue and gives its key. Where nobody knows whether that happened, it is looked for by its label; what is not
    /// found may still be there, because the search lags behind, so it is not sent again.
    pub(super) fn create(&mut self, body: &Value, label: &str) -> Result<String, Failure> {
        let path = "/rest/api/3/issue";
        let made = self
            .call(Method::Post, path, Some(body))
            .and_then(|answer| {
                let made: Result<Created, Fault> = answer.json();
                made.map_err(|fault| failed(Method::Post, path, fault))
            });
        let failure = match made {
            Ok(made) if is_key(&made.key) => return Ok(made.key),
            Ok(_) => failed(Method::Post, path, Fault::NotJson),
            Err(failure) => failure,
        };
        if !failure.fault.maybe_done() || !self.door.wait(Duration::from_secs(SETTLE_S)) {
            return Err(failure);
        }
        match self.search(&format!("labels = {}", quote(label))) {
            Ok((found, _)) => found.into_iter().next().map(|one| one.key).ok_or(failure),
            Err(_) => Err(failure),
        }
    }

    /// Edits an issue. Where nobody knows whether that happened, looks, and sends again only what is not there.
    pub(super) fn edit(&mut self, key: &str, body: &Value, record: &Record) -> Result<(), Failure> {
        let path = format!("/rest/api/3/issue/{}", percent_encode(key));
        self.write(Method::Put, &path, body, key, |found| {
            found.record.as_ref() == Some(record)
        })
    }

    /// The transitions that lead out of the present status, with the fields that they ask for.
    pub(super) fn transitions(&mut self, key: &str) -> Result<Vec<Transition>, Failure> {
        let path = format!(
            "/rest/api/3/issue/{}/transitions?expand=transitions.fields",
            percent_encode(key)
        );
        let Transitions { transitions } = self.get(&path)?;
        Ok(transitions)
    }

    /// Moves an issue, so that it stands as said.
    pub(super) fn transit(&mut self, key: &str, body: &Value, to: Standing) -> Result<(), Failure> {
        let path = format!("/rest/api/3/issue/{}/transitions", percent_encode(key));
        self.write(Method::Post, &path, body, key, |found| found.standing == to)
    }

    fn write(
        &mut self,
        method: Method,
        path: &str,
        body: &Value,
        key: &str,
        done: impl Fn(&Found) -> bool,
    ) -> Result<(), Failure> {
        let failure = match self.send(method, path, body) {
            Err(failure) if failure.fault.maybe_done() => failure,
            other => return other,
        };
        match self.look(key) {
            Ok(found) if done(&found) => Ok(()),
            Ok(_) => self.send(method, path, body),
            Err(_) => Err(failure),
        }
    }

    /// One write that is answered by nothing (204); a page is the answer of somebody else.
    fn send(&mut self, method: Method, path: &str, body: &Value) -> Result<(), Failure> {
        let answer = self.call(method, path, Some(body))?;
        let told = answer.body.is_empty() || answer.json::<Value>().is_ok();
        match told {
            true => Ok(()),
            false => Err(failed(method, path, Fault::NotJson)),
        }
    }
}

/// What an answer of success that is not Jira's own amounts to.
fn failed(method: Method, path: &str, fault: Fault) -> Failure {
    let what = path.split('?').next().unwrap_or_default();
    Request::new("Jira", what, method, "").failed(fault)
}

/// The body of a new issue.
pub(super) fn created(
    project: &str,
    kind: &str,
    content: Value,
    labels: &[String],
    record: &Record,
) -> Value {
    let mut fields = content;
    if let Some(members) = fields.as_object_mut() {
        members.insert("project".to_owned(), json!({ "key": project }));
        members.insert("issuetype".to_owned(), json!({ "id": kind }));
        members.insert("labels".to_owned(), json!(labels));
    }
    json!({ "fields": fields, "properties": [{ "key": KEY, "value": record.value() }] })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_holds_its_texts() {
        assert_eq!(quote("SEC"), "\"SEC\"");
        assert_eq!(quote("a\" OR 1 = 1 \\"), "\"a\\\" OR 1 = 1 \\\\\"");
        assert_eq!(quote("a\nb\u{0}"), "\"ab\"");
    }

    #[test]
    fn a_key_is_that_of_an_issue() {
        for good in ["SEC-1", "A1_B-99999"] {
            assert!(is_key(good), "{good}");
        }
        for bad in [
            "", "-1", "SEC-", "SEC", "sec-1", "../x-1", "SEC-1/x", "SEC-1a", "S C-1",
        ] {
            assert!(!is_key(bad), "{bad}");
        }
        assert!(!is_key(&format!("{}-1", "A".repeat(KEY_BYTES))));
    }
}
