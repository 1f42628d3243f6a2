//! A GitHub on loopback that keeps check runs, records every request, and misbehaves where it is told to.
#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

mod checks;
mod comments;
mod described;
mod issues;
mod scanning;
mod store;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

pub(crate) use scanning::Scanning;
pub(crate) use store::Served;

/// One request as it came in.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Value,
    /// The body as it came in.
    pub(crate) text: String,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Vec<&str> {
        let named = self.headers.iter().filter(|(key, _)| key == name);
        named.map(|(_, value)| value.as_str()).collect()
    }

    pub(crate) fn annotations(&self) -> usize {
        self.body["output"]["annotations"]
            .as_array()
            .map_or(0, Vec::len)
    }
}

/// What goes wrong with one request.
#[derive(Clone, Debug)]
pub(crate) enum Trouble {
    /// Answered so, and not carried out.
    Answer(u16, Vec<(&'static str, String)>, String),
    /// No answer for as long as a client may wait; carried out or not.
    Hang { done: bool },
    /// The answer breaks off in the middle; carried out or not.
    Cut { done: bool },
    /// Carried out, but the answer is a proxy's page.
    Page,
    /// Answered by a status, but carried out all the same.
    DoneWith(u16),
}

impl Trouble {
    pub(crate) fn status(status: u16, message: &str) -> Trouble {
        Trouble::Answer(
            status,
            Vec::new(),
            json!({ "message": message }).to_string(),
        )
    }
}

#[derive(Default)]
struct State {
    requests: Vec<Request>,
    /// Requests that GitHub's description does not allow.
    violations: Vec<String>,
    checks: checks::Checks,
    /// By number of the request, from 0; the last one holds for all later requests when `for_ever`.
    troubles: Vec<Option<Trouble>>,
    for_ever: bool,
    /// Troubles are of writes only.
    reads_well: bool,
    /// What a GET of a path, its query included, is answered by.
    answers: BTreeMap<String, (u16, Value)>,
    /// What is kept besides check runs.
    store: store::Store,
    /// Another server altogether: it answers whatever is carried out.
    other: Option<Other>,
}

/// Answers a request by status and body; null is an empty one.
pub(crate) type Other = Box<dyn FnMut(&Request) -> (u16, Value) + Send>;

pub(crate) struct FakeGithub {
    pub(crate) url: String,
    state: Arc<Mutex<State>>,
}

impl FakeGithub {
    /// Without trouble.
    pub(crate) fn start() -> FakeGithub {
        FakeGithub::with(Vec::new(), false)
    }

    /// Without trouble, and with answers to a GET of these paths, queries included.
    pub(crate) fn answering(answers: BTreeMap<String, (u16, Value)>) -> FakeGithub {
        let github = FakeGithub::start();
        github.state.lock().expect("the state").answers = answers;
        github
    }

    /// Not a GitHub at all, but a server that answers so.
    pub(crate) fn other(troubles: Vec<Option<Trouble>>, other: Other) -> FakeGithub {
        let server = FakeGithub::with(troubles, false);
        server.state.lock().expect("the state").other = Some(other);
        server
    }

    /// The first requests have this trouble.
    pub(crate) fn troubled(troubles: Vec<Option<Trouble>>) -> FakeGithub {
        FakeGithub::with(troubles, false)
    }

    /// Every request has this trouble.
    pub(crate) fn always(trouble: Trouble) -> FakeGithub {
        FakeGithub::with(vec![Some(trouble)], true)
    }

    fn with(troubles: Vec<Option<Trouble>>, for_ever: bool) -> FakeGithub {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let state = Arc::new(Mutex::new(State {
            troubles,
            for_ever,
            ..State::default()
        }));
        let shared = state.clone();
        let base = url.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (state, base) = (shared.clone(), base.clone());
                // One thread each: one that hangs must not stop the others.
                std::thread::spawn(move || serve(stream, &state, &base));
            }
        });
        FakeGithub { url, state }
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.state.lock().expect("the state").requests.clone()
    }

    /// `POST`, `GET`, `PATCH` in the order in which they came.
    pub(crate) fn methods(&self) -> Vec<String> {
        self.requests()
            .into_iter()
            .map(|request| request.method)
            .collect()
    }

    pub(crate) fn runs(&self) -> Vec<Value> {
        self.state.lock().expect("the state").checks.runs.clone()
    }

    /// The annotations of a check run, by its number.
    pub(crate) fn annotations(&self, id: usize) -> Vec<Value> {
        self.state.lock().expect("the state").checks.annotations[id - 1].clone()
    }

    /// From the next request on these troubles, one for each.
    pub(crate) fn trouble(&self, troubles: Vec<Option<Trouble>>) {
        let mut state = self.state.lock().expect("the state");
        let so_far = state.requests.len();
        state.troubles = vec![None; so_far];
        state.troubles.extend(troubles);
        state.for_ever = false;
    }

    /// From now on every request that is no GET has this trouble.
    pub(crate) fn writes_have(&self, trouble: Trouble) {
        let mut state = self.state.lock().expect("the state");
        state.troubles = vec![Some(trouble)];
        (state.for_ever, state.reads_well) = (true, true);
    }

    /// Answers a GET of this path so, with any query unless one is given.
    pub(crate) fn put(&self, path: &str, served: Served) {
        let mut state = self.state.lock().expect("the state");
        state.store.paths.insert(path.to_owned(), served);
    }

    /// The comments that stand there, the oldest first.
    pub(crate) fn comments(&self) -> Vec<Value> {
        self.state.lock().expect("the state").store.comments.all()
    }

    /// Somebody (`User` or `Bot`) writes a comment; its id.
    pub(crate) fn comment(&self, number: u64, login: &str, kind: &str, body: &str) -> u64 {
        let mut state = self.state.lock().expect("the state");
        state.store.comments.add(number, login, kind, body)
    }

    /// The token is a person's.
    pub(crate) fn token_of(&self, person: &str) {
        let mut state = self.state.lock().expect("the state");
        state.store.comments.person = Some(person.to_owned());
    }

    /// Edits of comments are answered by 200 and not carried out.
    pub(crate) fn ignore_edits(&self) {
        self.state.lock().expect("the state").store.comments.deaf = true;
    }

    /// Other runs write comments of these texts just before and just after the next one.
    pub(crate) fn rivals(&self, before: &[&str], after: &[&str]) {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let mut state = self.state.lock().expect("the state");
        state.store.comments.rivals = (texts(before), texts(after));
    }

    /// The refs that were written, without `refs/`, and their commits.
    pub(crate) fn refs(&self) -> Vec<(String, String)> {
        let state = self.state.lock().expect("the state");
        state.store.refs.clone().into_iter().collect()
    }

    /// The issues as they stand.
    pub(crate) fn issues(&self) -> Vec<Value> {
        self.state
            .lock()
            .expect("the state")
            .store
            .issues
            .all
            .clone()
    }

    /// Somebody else is at the issues.
    pub(crate) fn with_issues(&self, act: impl FnOnce(&mut Vec<Value>)) {
        act(&mut self.state.lock().expect("the state").store.issues.all);
    }

    /// Issues are created by this author from now on: login and type.
    pub(crate) fn author(&self, login: &str, kind: &str) {
        let mut state = self.state.lock().expect("the state");
        state.store.issues.author = Some((login.to_owned(), kind.to_owned()));
    }

    /// Labels of new issues are dropped from now on.
    pub(crate) fn drop_labels(&self) {
        self.state
            .lock()
            .expect("the state")
            .store
            .issues
            .drops_labels = true;
    }

    /// Forgets the requests so far; the next ones have this trouble.
    pub(crate) fn begin_again(&self, troubles: Vec<Option<Trouble>>) {
        self.state.lock().expect("the state").requests.clear();
        self.trouble(troubles);
    }

    /// Looks at what code scanning has, or changes it.
    pub(crate) fn scanning<R>(&self, look: impl FnOnce(&mut Scanning) -> R) -> R {
        let mut state = self.state.lock().expect("the state");
        look(&mut state.store.scanning)
    }

    /// Annotations of the first run as GitHub would show them.
    pub(crate) fn shown(&self) -> usize {
        self.runs().first().map_or(0, |run| {
            run["output"]["annotations_count"].as_u64().unwrap_or(0) as usize
        })
    }
}

/// Whatever a test looks at: no request may be one that GitHub's description does not allow.
impl Drop for FakeGithub {
    fn drop(&mut self) {
        let violations = self.state.lock().map(|state| state.violations.clone());
        if let (Ok(violations), false) = (violations, std::thread::panicking()) {
            assert!(violations.is_empty(), "{}", violations.join("\n"));
        }
    }
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let mut body = vec![
        0;
        length
            .and_then(|(_, value)| value.parse().ok())
            .unwrap_or(0)
    ];
    reader.read_exact(&mut body).ok()?;
    let text = String::from_utf8_lossy(&body).into_owned();
    let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    Some(Request {
        method,
        path,
        headers,
        body,
        text,
    })
}

fn serve(mut stream: TcpStream, state: &Mutex<State>, base: &str) {
    let Some(request) = read(&stream) else { return };
    let (trouble, served, answer) = {
        let mut state = state.lock().expect("the state");
        let number = state.requests.len();
        let number = if state.for_ever {
            number.min(state.troubles.len() - 1)
        } else {
            number
        };
        let trouble = state.troubles.get(number).cloned().flatten();
        let trouble = trouble.filter(|_| !state.reads_well || request.method != "GET");
        if state.other.is_none() {
            state.violations.extend(described::violation(&request));
        }
        state.requests.push(request.clone());
        let done = match &trouble {
            None | Some(Trouble::Page | Trouble::DoneWith(_)) => true,
            Some(Trouble::Hang { done } | Trouble::Cut { done }) => *done,
            Some(Trouble::Answer(..)) => false,
        };
        let set = request.method == "GET" && state.answers.contains_key(&request.path);
        let kept = (done && !set && state.other.is_none())
            .then(|| state.store.serve(&request))
            .flatten();
        let answer = if done && let Some(other) = &mut state.other {
            other(&request)
        } else if done && kept.is_none() {
            act(&mut state, &request, base)
        } else {
            (200, json!({}))
        };
        (trouble, kept, answer)
    };
    if let (None, Some(served)) = (&trouble, &served) {
        let _ = stream.write_all(&served.bytes());
        return;
    }
    let (mut status, mut body, mut headers) = (answer.0, answer.1.to_string(), Vec::new());
    if answer.1.is_null() {
        body.clear();
    }
    match trouble {
        Some(Trouble::Answer(code, more, text)) => (status, headers, body) = (code, more, text),
        Some(Trouble::DoneWith(code)) => (status, body) = (code, "{}".to_owned()),
        Some(Trouble::Page) => body = "<html>Sign in to the proxy</html>".to_owned(),
        Some(Trouble::Hang { .. }) => {
            std::thread::sleep(Duration::from_secs(20));
            return;
        }
        Some(Trouble::Cut { .. }) => {
            let _ =
                stream.write_all(b"HTTP/1.1 201 Created\r\ncontent-length: 900\r\n\r\n{\"id\":");
            return;
        }
        None => {}
    }
    let mut head = format!(
        "HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    let _ = stream.write_all(format!("{head}\r\n{body}").as_bytes());
}

/// What GitHub does.
fn act(state: &mut State, request: &Request, base: &str) -> (u16, Value) {
    if let Some(answer) = state.answers.get(&request.path)
        && request.method == "GET"
    {
        return answer.clone();
    }
    state.checks.serve(request, base)
}
