//! The environment of GitHub Actions and the event become plain data.
//!
//! Lenient: an event file may be missing, broken or partial (local runners leave fields out), and what it says about a
//! pull request was written by whoever opened it. What cannot be read is absent; nothing is guessed into its place.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::model::Context;

/// Where the API is when nobody says anything.
const API: &str = "https://api.github.com";
/// Where the pages are when nobody says anything.
const SERVER: &str = "https://github.com";

/// Reads where the run takes place. `event` is the text of `GITHUB_EVENT_PATH`. Outside Actions only the working
/// directory counts: variables named `GITHUB_*` on a laptop belong to other tools.
pub fn context(
    environment: &BTreeMap<String, String>,
    event: Option<&str>,
    working_directory: &str,
) -> Context {
    let variables = Variables(environment);
    if variables.get("GITHUB_ACTIONS").as_deref() != Some("true") {
        return Context {
            api_url: API.to_string(),
            server_url: SERVER.to_string(),
            workspace: trim_folder(working_directory),
            roots: roots(&variables, working_directory, None),
            ..Context::default()
        };
    }
    let payload: Value = event
        .map(|text| text.trim_start_matches('\u{feff}'))
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or(Value::Null);
    let payload = Payload(&payload);
    let event = variables.get("GITHUB_EVENT_NAME").unwrap_or_default();
    let repository = variables
        .get("GITHUB_REPOSITORY")
        .or_else(|| payload.text("/repository/full_name"))
        .filter(|name| is_repository(name));
    let sha = variables.get("GITHUB_SHA").and_then(commit);
    let server_url = variables.url("GITHUB_SERVER_URL");
    let workspace = variables
        .get("GITHUB_WORKSPACE")
        .unwrap_or_else(|| working_directory.to_string());
    Context {
        public_details: false,
        trusted_run: false,
        actions: true,
        private: private(&payload),
        head_sha: head_sha(&event, &payload, sha.as_deref()),
        git_ref: variables.get("GITHUB_REF"),
        base_ref: base_ref(&event, &payload, &variables),
        base_sha: base_sha(&event, &payload),
        before: (event == "push")
            .then(|| payload.commit("/before"))
            .flatten(),
        default_branch: payload.text("/repository/default_branch"),
        pull_request: is_pull_request(&event)
            .then(|| {
                number_of_ref(&variables)
                    .or_else(|| payload.number("/pull_request/number"))
                    .or_else(|| payload.number("/number"))
            })
            .flatten(),
        fork: is_pull_request(&event) && is_fork(&payload, repository.as_deref()),
        // Not who opened the pull request: once a person pushes to it, the token is an ordinary one.
        dependabot: variables
            .get("GITHUB_ACTOR")
            .or_else(|| payload.text("/sender/login"))
            .as_deref()
            == Some("dependabot[bot]"),
        api_url: variables
            .url("GITHUB_API_URL")
            .unwrap_or_else(|| api_of(server_url.as_deref())),
        server_url: server_url.unwrap_or_else(|| SERVER.to_string()),
        run_id: variables.digits("GITHUB_RUN_ID"),
        run_attempt: variables.digits("GITHUB_RUN_ATTEMPT"),
        workflow: variables.get("GITHUB_WORKFLOW"),
        workflow_ref: variables.get("GITHUB_WORKFLOW_REF"),
        job: variables.get("GITHUB_JOB"),
        roots: roots(&variables, &workspace, repository.as_deref()),
        workspace: trim_folder(&workspace),
        output_file: variables.get("GITHUB_OUTPUT"),
        summary_file: variables.get("GITHUB_STEP_SUMMARY"),
        event,
        repository,
        sha,
    }
}

/// The variables; a blank one is unset.
struct Variables<'a>(&'a BTreeMap<String, String>);

impl Variables<'_> {
    fn get(&self, name: &str) -> Option<String> {
        let value = self.0.get(name)?.trim();
        (!value.is_empty()).then(|| value.to_string())
    }

    fn url(&self, name: &str) -> Option<String> {
        let url = self.get(name)?;
        let legal = (url.starts_with("https://") || url.starts_with("http://"))
            && !url.contains(|c: char| c.is_whitespace() || c.is_control());
        legal.then(|| url.trim_end_matches('/').to_string())
    }

    fn digits(&self, name: &str) -> Option<String> {
        self.get(name)
            .filter(|text| text.bytes().all(|b| b.is_ascii_digit()))
    }
}

/// The event, looked up by JSON pointer.
struct Payload<'a>(&'a Value);

impl Payload<'_> {
    fn text(&self, pointer: &str) -> Option<String> {
        let text = self.0.pointer(pointer)?.as_str()?;
        (!text.is_empty()).then(|| text.to_string())
    }

    fn number(&self, pointer: &str) -> Option<u64> {
        self.0.pointer(pointer)?.as_u64()
    }

    fn commit(&self, pointer: &str) -> Option<String> {
        self.text(pointer).and_then(commit)
    }
}

/// The id of a commit, SHA-1 or SHA-256; forty zeros mean that there is none.
fn commit(text: String) -> Option<String> {
    let legal = matches!(text.len(), 40 | 64)
        && text.bytes().all(|b| b.is_ascii_hexdigit())
        && text.bytes().any(|b| b != b'0');
    legal.then_some(text)
}

fn is_repository(name: &str) -> bool {
    let legal = |part: &str| {
        !part.is_empty()
            && part != "."
            && part != ".."
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
    };
    name.split_once('/')
        .is_some_and(|(owner, repository)| legal(owner) && legal(repository))
}

/// Events whose payload carries the pull request that the run is about.
fn is_pull_request(event: &str) -> bool {
    matches!(
        event,
        "pull_request"
            | "pull_request_target"
            | "pull_request_review"
            | "pull_request_review_comment"
    )
}

/// The commit that checks belong to (GitHub docs, "Events that trigger workflows"). For events about another commit
/// than `GITHUB_SHA` a payload that does not say which leaves it unknown: a check on the merge commit would hide the
/// head's own.
fn head_sha(event: &str, payload: &Payload<'_>, sha: Option<&str>) -> Option<String> {
    let own = || sha.map(str::to_string);
    match event {
        event if is_pull_request(event) => payload.commit("/pull_request/head/sha"),
        "workflow_run" => payload.commit("/workflow_run/head_sha"),
        "merge_group" => payload.commit("/merge_group/head_sha").or_else(own),
        "deployment" | "deployment_status" => payload.commit("/deployment/sha").or_else(own),
        // A deleted branch has no commit to tell anything about. For an annotated tag `after` is the tag and not the
        // commit, so GITHUB_SHA comes first.
        "push" => {
            let after = payload.text("/after");
            let gone = payload.0.pointer("/deleted") == Some(&Value::Bool(true))
                || after
                    .as_ref()
                    .is_some_and(|after| commit(after.clone()).is_none());
            if gone {
                return None;
            }
            own().or_else(|| after.and_then(commit))
        }
        _ => own(),
    }
}

fn base_ref(event: &str, payload: &Payload<'_>, variables: &Variables<'_>) -> Option<String> {
    match event {
        // The runner protects its own variables; the file of the event can be written by every step of the job.
        event if is_pull_request(event) => variables
            .get("GITHUB_BASE_REF")
            .or_else(|| payload.text("/pull_request/base/ref")),
        "merge_group" => payload.text("/merge_group/base_ref").map(|name| {
            name.strip_prefix("refs/heads/")
                .unwrap_or(&name)
                .to_string()
        }),
        _ => None,
    }
}

fn base_sha(event: &str, payload: &Payload<'_>) -> Option<String> {
    match event {
        event if is_pull_request(event) => payload.commit("/pull_request/base/sha"),
        "merge_group" => payload.commit("/merge_group/base_sha"),
        _ => None,
    }
}

/// The number in `refs/pull/N/merge`.
fn number_of_ref(variables: &Variables<'_>) -> Option<u64> {
    let name = variables.get("GITHUB_REF")?;
    name.strip_prefix("refs/pull/")?
        .split('/')
        .next()?
        .parse()
        .ok()
}

/// Whether the head is in another repository. `head.repo.fork` is not the test: it is also true where the base is a fork
/// itself. A head without a repository was a fork that is gone; a payload that says nothing is not trusted either.
fn is_fork(payload: &Payload<'_>, repository: Option<&str>) -> bool {
    let ids = (
        payload.number("/pull_request/head/repo/id"),
        payload
            .number("/repository/id")
            .or_else(|| payload.number("/pull_request/base/repo/id")),
    );
    if let (Some(head), Some(base)) = ids {
        return head != base;
    }
    let names = (
        payload.text("/pull_request/head/repo/full_name"),
        payload
            .text("/repository/full_name")
            .or_else(|| repository.map(str::to_string)),
    );
    match names {
        (Some(head), Some(base)) => !head.eq_ignore_ascii_case(&base),
        _ => true,
    }
}

/// Private and internal repositories alike: what is in them is not for everybody.
fn private(payload: &Payload<'_>) -> Option<bool> {
    match payload.text("/repository/visibility").as_deref() {
        Some("private" | "internal") => Some(true),
        Some("public") => Some(false),
        _ => payload.0.pointer("/repository/private")?.as_bool(),
    }
}

/// The API of a server (GitHub docs, "Variables reference"): its own host for data residency, a path for GitHub
/// Enterprise Server.
fn api_of(server: Option<&str>) -> String {
    let Some((scheme, host)) = server.and_then(|server| server.split_once("://")) else {
        return API.to_string();
    };
    if host == "github.com" {
        API.to_string()
    } else if host.ends_with(".ghe.com") {
        format!("{scheme}://api.{host}")
    } else {
        format!("{scheme}://{host}/api/v3")
    }
}

/// The prefixes under which scanners may have seen this checkout: on the host, in a job's container, in an action's
/// container, on the hosted runners of each system (actions/runner, `ContainerActionHandler`). The present one first.
fn roots(variables: &Variables<'_>, workspace: &str, repository: Option<&str>) -> Vec<String> {
    let name = repository.and_then(|repository| repository.split('/').nth(1));
    let mut roots = vec![workspace.to_string()];
    if let Some(name) = name {
        if let Some(above) = variables.get("RUNNER_WORKSPACE") {
            roots.push(format!("{}/{name}", above.trim_end_matches(['/', '\\'])));
        }
        for work in [
            "/__w",
            "/home/runner/work",
            "/Users/runner/work",
            "D:/a",
            "C:/a",
        ] {
            roots.push(format!("{work}/{name}/{name}"));
        }
    }
    roots.push("/github/workspace".to_string());
    let mut unique: Vec<String> = Vec::new();
    for root in roots {
        let root = trim_folder(&root);
        // The root of the file system is a prefix of everything and says nothing.
        if !root.is_empty() && root != "/" && !unique.contains(&root) {
            unique.push(root);
        }
    }
    unique
}

/// A folder without slashes at its end, and with forward ones where it is on a drive of Windows.
fn trim_folder(path: &str) -> String {
    let path = path.trim();
    let drive = path.as_bytes().get(1) == Some(&b':');
    let path = if drive {
        path.replace('\\', "/")
    } else {
        path.to_string()
    };
    match path.trim_end_matches('/') {
        "" if path.starts_with('/') => "/".to_string(),
        trimmed => trimmed.to_string(),
    }
}
