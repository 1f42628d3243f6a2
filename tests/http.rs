//! The one door, with servers on loopback: what every request keeps to, whatever the service.
#![expect(
    clippy::disallowed_methods,
    reason = "tests measure time and start a program"
)]

use std::time::{Duration, Instant};

use sarif_gate::github::{Access, Client};
use sarif_gate::http::{Door, Fault, Method, Pace, Request};
use sarif_gate::model::Hidden;
use serde_json::{Value, json};

use super::fake_github::{FakeGithub, Served, Trouble};
use super::support::TOKEN;

fn quick() -> Pace {
    Pace {
        budget: Duration::from_secs(20),
        request: Duration::from_secs(5),
        between_writes: Duration::from_millis(5),
        secondary: Duration::from_millis(20),
        backoff: Duration::from_millis(5),
        longest_wait: Duration::from_millis(5),
        ..Pace::default()
    }
}

fn door() -> Door {
    Door::new(None, quick())
}

fn post<'a>(url: &'a str, what: &'a str) -> Request<'a> {
    Request {
        content_type: Some("application/json"),
        body: Some(b"{\"text\":\"x\"}"),
        ..Request::new("Slack", what, Method::Post, url)
    }
}

fn answer(status: u16, kind: &str, body: &str) -> Trouble {
    Trouble::Answer(
        status,
        vec![("content-type", kind.to_owned())],
        body.to_owned(),
    )
}

#[test]
fn a_request_arrives_as_it_was_given() {
    let server = FakeGithub::troubled(vec![Some(answer(200, "text/plain", "ok"))]);
    let url = format!("{}/services/T0/B0/x?y=1", server.url);
    let headers = [("authorization", Hidden::new("Basic dTpw"))];
    let request = Request {
        headers: &headers,
        ..post(&url, "a message")
    };
    let answer = door().call(&request).unwrap();
    assert_eq!((answer.status, answer.body.as_slice()), (200, &b"ok"[..]));
    assert_eq!(answer.header("Content-Type"), Some("text/plain"));
    let [seen] = server.requests().try_into().unwrap();
    assert_eq!(
        (seen.method.as_str(), seen.path.as_str()),
        ("POST", "/services/T0/B0/x?y=1")
    );
    assert_eq!(seen.body, json!({ "text": "x" }));
    assert_eq!(seen.header("authorization"), ["Basic dTpw"]);
    assert_eq!(seen.header("content-type"), ["application/json"]);
    assert!(seen.header("user-agent")[0].starts_with("sarif-gate/"));
    assert!(seen.header("x-github-api-version").is_empty());
}

#[test]
fn no_message_holds_what_is_hidden() {
    let hidden = Hidden::new("hunter22");
    let headers = [("authorization", Hidden::new("Bearer abc123def"))];
    let url = |server: &str| format!("{server}/services/T0/B0/SECRET?k=KEY");
    let check = |server: &str, trouble: Option<Trouble>| {
        let server = match trouble {
            Some(trouble) => FakeGithub::always(trouble).url.clone(),
            None => server.to_owned(),
        };
        let url = url(&server);
        let request = Request {
            headers: &headers,
            hidden: &[&hidden],
            ..post(&url, "a message")
        };
        let failure = door().call(&request).err().unwrap();
        let text = format!("{failure} {failure:?}");
        for secret in ["SECRET", "KEY", "hunter22", "abc123def"] {
            assert!(!text.contains(secret), "{text}");
        }
        assert!(text.starts_with("Slack: POST a message: "), "{text}");
        failure
    };
    let repeats = r#"{"message":"Route POST:/services/T0/B0/SECRET?k=KEY of hunter22 and abc123def, also \/services\/T0\/B0\/SECRET"}"#;
    let failure = check("", Some(answer(400, "application/json", repeats)));
    assert_eq!(
        failure.fault,
        Fault::Refused {
            status: 400,
            text: "Route POST:*** of *** and ***, also ***".to_owned()
        }
    );
    check("", Some(Trouble::Cut { done: true }));
    check("", Some(Trouble::status(500, "hunter22")));
    check("http://127.0.0.1:1", None);
    check("http://hooks.example", None);
    check("https://u:p@hooks.example", None);
    check("nothing", None);
    // Headers that cannot be sent, either.
    let headers = [("authorization", Hidden::new("a\nhunter22"))];
    let url = url("http://127.0.0.1:1");
    let request = Request {
        headers: &headers,
        ..post(&url, "a message")
    };
    let failure = door().call(&request).err().unwrap().to_string();
    assert!(failure.contains("line end") && !failure.contains("hunter22"));
}

#[test]
fn without_tls_nothing_leaves_this_machine() {
    for url in ["http://example.com/x", "http://10.0.0.1/", "ftp://x/"] {
        let failure = door().call(&post(url, "x")).err().unwrap();
        assert!(matches!(failure.fault, Fault::Address(_)), "{failure}");
    }
}

#[test]
fn redirects_are_for_reading_from_the_same_server() {
    let elsewhere = FakeGithub::start();
    for status in [301_u16, 302, 303, 307, 308] {
        for method in [Method::Get, Method::Post, Method::Delete] {
            let to = format!("{}/x", elsewhere.url);
            let moved = Trouble::Answer(status, vec![("location", to)], String::new());
            let server = FakeGithub::always(moved);
            let url = format!("{}/a", server.url);
            let request = Request::new("Jira", "/a", method, &url);
            let failure = door().call(&request).err().unwrap();
            assert_eq!(failure.fault, Fault::Moved(status), "{method:?}");
            assert_eq!(server.requests().len(), 1, "{status} {method:?}");
        }
    }
    assert!(elsewhere.requests().is_empty());
    let server = FakeGithub::start();
    server.put("/a", Served::redirect("/b"));
    server.put("/b", Served::json(&json!({ "at": "b" })));
    let url = format!("{}/a", server.url);
    let read: Value = door()
        .call_json(&Request::new("Jira", "/a", Method::Get, &url))
        .unwrap();
    assert_eq!(read["at"], "b");
}

#[test]
fn only_what_surely_was_not_done_is_sent_again() {
    let get = |server: &FakeGithub| {
        let url = format!("{}/x", server.url);
        let request = Request::new("Jira", "/x", Method::Get, &url);
        door().call(&request).map(|answer| answer.status)
    };
    // A GET after an unknown end.
    let troubles = vec![
        Some(Trouble::Cut { done: true }),
        Some(Trouble::status(502, "x")),
        Some(answer(200, "text/plain", "ok")),
    ];
    let server = FakeGithub::troubled(troubles);
    assert_eq!(get(&server).unwrap(), 200);
    assert_eq!(server.requests().len(), 3);
    // A write after an unknown end is handed back.
    for method in [Method::Post, Method::Put, Method::Patch, Method::Delete] {
        for trouble in [Trouble::Cut { done: true }, Trouble::status(503, "x")] {
            let server = FakeGithub::always(trouble);
            let url = format!("{}/x", server.url);
            let failure = door()
                .call(&Request::new("Jira", "/x", method, &url))
                .err()
                .unwrap();
            assert!(failure.fault.maybe_done(), "{failure}");
            assert_eq!(server.requests().len(), 1, "{failure}");
        }
    }
    // A write after a rate limit was not done.
    let limited =
        |after: &str| Trouble::Answer(429, vec![("retry-after", after.to_owned())], String::new());
    let server = FakeGithub::troubled(vec![
        Some(limited("0")),
        Some(limited("Sun, 06 Nov 1994 08:49:37 GMT")),
        Some(answer(200, "text/plain", "ok")),
    ]);
    let url = format!("{}/x", server.url);
    assert!(door().call(&post(&url, "x")).is_ok());
    assert_eq!(server.requests().len(), 3);
    // JSON that is none.
    let server = FakeGithub::always(answer(200, "text/html", "<html>Sign in</html>"));
    let url = format!("{}/x", server.url);
    let failure = door().call_json::<Value>(&post(&url, "x")).err().unwrap();
    assert_eq!(failure.fault, Fault::NotJson);
    // More than is read.
    let server = FakeGithub::always(answer(200, "text/plain", "123456789"));
    let url = format!("{}/x", server.url);
    let most = |most| {
        let request = Request {
            most,
            ..Request::new("Jira", "/x", Method::Get, &url)
        };
        door().call(&request).map(|answer| answer.body.len())
    };
    assert_eq!(most(9).unwrap(), 9);
    assert_eq!(most(8).err().unwrap().fault, Fault::TooLong(8));
}

#[test]
fn limits_and_pauses_are_those_of_one_server() {
    let limited = Trouble::Answer(429, vec![("retry-after", "600".to_owned())], String::new());
    let (first, second) = (FakeGithub::always(limited), FakeGithub::start());
    second.put("/x", Served::json(&json!({})));
    let mut door = door();
    let url = format!("{}/x", first.url);
    let begin = Instant::now();
    // Not waited for; and then nothing more is sent there, in this phase and the next.
    for _ in 0..2 {
        let failure = door.call(&post(&url, "x")).err().unwrap();
        assert!(matches!(failure.fault, Fault::RateLimited { .. }));
        door.begin(Duration::from_secs(10));
    }
    assert_eq!(first.requests().len(), 1);
    // Another server is not concerned.
    let url = format!("{}/x", second.url);
    assert!(
        door.call(&Request::new("Jira", "/x", Method::Get, &url))
            .is_ok()
    );
    assert!(begin.elapsed() < Duration::from_secs(5));
    // Writes keep their distance from those to the same server only, over phases.
    let pace = Pace {
        between_writes: Duration::from_millis(300),
        ..quick()
    };
    let servers = [FakeGithub::start(), FakeGithub::start()];
    let mut door = Door::new(None, pace);
    let mut write = |server: &FakeGithub| {
        let url = format!("{}/x", server.url);
        let begin = Instant::now();
        assert!(door.call(&post(&url, "x")).is_err());
        door.begin(Duration::from_secs(10));
        begin.elapsed()
    };
    write(&servers[0]);
    let other = write(&servers[1]);
    let same = write(&servers[1]);
    assert!(same >= Duration::from_millis(250), "{same:?}");
    assert!(other < same, "{other:?} {same:?}");
}

#[test]
fn a_server_that_hangs_has_its_lap_and_no_more() {
    let hangs = FakeGithub::always(Trouble::Hang { done: false });
    let well = FakeGithub::always(answer(200, "text/plain", "ok"));
    let mut door = door();
    let begin = Instant::now();
    door.lap(Duration::from_millis(400));
    let url = format!("{}/x", hangs.url);
    let failure = door.call(&post(&url, "x")).err().unwrap();
    assert_eq!(failure.fault, Fault::Timeout);
    let failure = door.call(&post(&url, "x")).err().unwrap();
    assert_eq!(failure.fault, Fault::Budget);
    assert!(!door.wait(Duration::from_millis(1)));
    assert!(door.left().is_zero());
    assert_eq!(hangs.requests().len(), 1);
    door.end_lap();
    let url = format!("{}/x", well.url);
    assert!(door.call(&post(&url, "x")).is_ok());
    assert!(door.left() > Duration::from_secs(5));
    assert!(begin.elapsed() < Duration::from_secs(5));
    // Polls wait within what is left, and in tests not for long.
    assert!(door.wait(Duration::from_secs(10)));
    door.begin(Duration::from_millis(3));
    assert!(!door.wait(Duration::from_secs(10)));
}

#[test]
fn github_goes_by_the_same_door() {
    let server = FakeGithub::troubled(vec![
        Some(Trouble::Answer(204, Vec::new(), String::new())),
        Some(Trouble::Answer(202, Vec::new(), "{}".to_owned())),
        Some(answer(200, "text/html", "<html>Sign in</html>")),
        Some(Trouble::Answer(204, Vec::new(), String::new())),
        Some(Trouble::Answer(200, Vec::new(), "{\"id\":1}".to_owned())),
        Some(Trouble::Answer(200, Vec::new(), "{\"id\":2}".to_owned())),
    ]);
    let access = Access {
        api_url: server.url.clone(),
        token: Hidden::new(TOKEN),
        ca_bundle: None,
    };
    let mut client = Client::over(access, door());
    client.post_quiet("/a", &json!({ "b": 1 })).unwrap();
    client.patch_quiet("/a", &json!({})).unwrap();
    let page = client.put_quiet("/a", &json!({})).err().unwrap();
    assert_eq!(page.fault, Fault::NotJson);
    assert_eq!(page.tried, "PUT /a");
    client.delete("/a").unwrap();
    let put: Value = client.put("/a", &json!({ "c": 2 })).unwrap();
    assert_eq!(put["id"], 1);
    let large = format!("{{\"sarif\":\"{}\"}}", "A".repeat(3 << 20));
    let bytes: Value = client.post_bytes("/a", large.clone().into_bytes()).unwrap();
    assert_eq!(bytes["id"], 2);
    let requests = server.requests();
    let methods: Vec<&str> = requests.iter().map(|r| r.method.as_str()).collect();
    assert_eq!(methods, ["POST", "PATCH", "PUT", "DELETE", "PUT", "POST"]);
    assert_eq!(requests[0].body, json!({ "b": 1 }));
    assert_eq!(requests[3].body, Value::Null);
    assert_eq!(requests[5].body.to_string(), large);
    for request in &requests {
        assert_eq!(request.header("authorization"), [format!("Bearer {TOKEN}")]);
        assert_eq!(request.header("x-github-api-version").len(), 1);
        assert_eq!(request.header("content-length").len(), 1);
    }
    // A service beside it, by the same door, without the token.
    let slack = FakeGithub::always(answer(200, "text/plain", "ok"));
    let url = format!("{}/x", slack.url);
    client.door().call(&post(&url, "x")).unwrap();
    assert!(slack.requests()[0].header("authorization").is_empty());
}

#[test]
fn lists_are_read_to_their_end() {
    let server = FakeGithub::start();
    let page = |entries: usize| Served::json(&json!(vec![1; entries]));
    for (list, pages) in [("/full", [100, 100, 0]), ("/short", [100, 7, 0])] {
        for (index, entries) in pages.into_iter().enumerate() {
            let path = format!("{list}?a=b&per_page=100&page={}", index + 1);
            server.put(&path, page(entries));
        }
    }
    let access = Access {
        api_url: server.url.clone(),
        token: Hidden::new(TOKEN),
        ca_bundle: None,
    };
    let mut client = Client::over(access, door());
    let mut read = |list: &str, most: usize, enough: usize| {
        let mut seen = 0;
        let whole = client.pages::<u8>(&format!("{list}?a=b"), most, |page| {
            seen += page.len();
            seen < enough
        });
        (whole.unwrap(), seen)
    };
    assert_eq!(read("/full", 9, 999), (true, 200));
    assert_eq!(read("/short", 9, 999), (true, 107));
    assert_eq!(read("/short", 1, 999), (false, 100));
    assert_eq!(read("/full", 9, 50), (true, 100));
}

/// What goes through a proxy does, by both ways of sending. Run by the test below, with a proxy in its environment.
#[test]
#[ignore = "started by the test below"]
fn asks_through_the_proxy() {
    let Ok(proxied) = std::env::var("SARIF_GATE_TEST_PROXIED") else {
        return;
    };
    let direct = proxied == "direct";
    let mut door = door();
    let request = Request::new("Jira", "/x", Method::Get, "http://127.0.0.1:1/x");
    assert_eq!(door.call(&request).is_ok(), !direct);
    let access = |api_url: &str| Access {
        api_url: api_url.to_owned(),
        token: Hidden::new(TOKEN),
        ca_bundle: None,
    };
    let mut client = Client::over(access("http://127.0.0.1:1"), door);
    assert_eq!(client.get::<Value>("/github").is_ok(), !direct);
    let pace = Pace {
        tries: 1,
        ..quick()
    };
    let mut client = Client::new(access("https://ghe.invalid"), pace);
    let failure = client.get::<Value>("/x").err().unwrap();
    assert!(matches!(failure.fault, Fault::Unreachable(_)), "{failure}");
}

#[test]
fn proxies_of_the_environment_are_used_by_all() {
    for (http, https, no, proxied) in [
        ("HTTP_PROXY", "HTTPS_PROXY", "", "both"),
        ("http_proxy", "https_proxy", "", "both"),
        ("http_proxy", "https_proxy", "127.0.0.1,.invalid", "direct"),
    ] {
        let proxy = FakeGithub::start();
        for path in ["http://127.0.0.1:1/x", "http://127.0.0.1:1/github"] {
            proxy.put(path, Served::json(&json!({})));
        }
        let mut child = std::process::Command::new(std::env::current_exe().unwrap());
        for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"] {
            child.env_remove(name).env_remove(name.to_ascii_lowercase());
        }
        let done = child
            .args(["--exact", "http::asks_through_the_proxy", "--ignored"])
            .env(http, &proxy.url)
            .env(https, &proxy.url)
            .env("NO_PROXY", no)
            .env("SARIF_GATE_TEST_PROXIED", proxied)
            .env_remove("REQUEST_METHOD")
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&done.stdout).into_owned();
        assert!(done.status.success() && text.contains("1 passed"), "{text}");
        let seen: Vec<(String, String)> = proxy
            .requests()
            .into_iter()
            .map(|request| (request.method, request.path))
            .collect();
        let pair = |method: &str, path: &str| (method.to_owned(), path.to_owned());
        if proxied == "direct" {
            assert_eq!(seen, []);
            continue;
        }
        assert_eq!(
            seen,
            [
                pair("GET", "http://127.0.0.1:1/x"),
                pair("GET", "http://127.0.0.1:1/github"),
                pair("CONNECT", "ghe.invalid:443"),
            ]
        );
    }
}

/// What was tried in vain four times is tried once the next time, so that the run is not held up by every request.
#[test]
fn a_server_that_cannot_be_reached_holds_up_one_request_only() {
    let failed = |door: &mut Door| {
        let begin = Instant::now();
        let failure = door.call(&post("http://127.0.0.1:1/x", "a message"));
        assert!(matches!(
            failure.err().unwrap().fault,
            Fault::Unreachable(_)
        ));
        begin.elapsed()
    };
    let pace = Pace {
        backoff: Duration::from_millis(100),
        ..quick()
    };
    let mut door = Door::new(None, pace);
    assert!(
        failed(&mut door) >= Duration::from_millis(700),
        "100 + 200 + 400 ms"
    );
    assert!(failed(&mut door) < Duration::from_millis(300));
}
