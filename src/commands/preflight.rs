//! The table that a run in Actions begins with: which GitHub this is, who will be told and who will not, and what to add to
//! the workflow.

use std::time::Duration;

use super::table;
use crate::destinations::plan::{Fix, Plan};
use crate::destinations::preflight;
use crate::github::command::{self, safe_log_line};
use crate::github::limits::{API_VERSION, META_WAIT_S, VERSIONED_SINCE};
use crate::github::meta::Release;
use crate::github::{Access, Client, Pace, Server};
use crate::settings::{BaselineFrom, Settings};

/// The table as lines of the log, folded; every line is safe there.
pub(super) fn log(settings: &Settings) -> String {
    let plans = preflight(&settings.context, settings);
    let rows: Vec<Vec<String>> = plans.iter().map(|(id, plan)| row(id, plan)).collect();
    let server = Server::of(&settings.context.api_url);
    let release = release(settings, server);
    let mut text = said(server, release.as_ref());
    text.push_str(&table::text(
        &["destination", "will it be told", "what to add"],
        &rows,
    ));
    let permissions = permissions(plans.iter().map(|(_, plan)| plan), past(&settings.baseline));
    if !permissions.is_empty() {
        text.push_str("\nAll permissions that this needs, for the job:\n");
        text.push_str(&permissions);
    }
    let safe: Vec<String> = text.lines().map(safe_log_line).collect();
    command::group("Who will be told", &safe.join("\n"))
}

/// Asks a server of the user's own which release it is. That nobody can say it is no failure.
fn release(settings: &Settings, server: Server) -> Option<Release> {
    let token = settings.token.as_ref();
    let token = token.filter(|token| !token.reveal().trim().is_empty())?;
    // Its API stands there; what has another address is somebody's stand-in, and is asked nothing besides.
    let enterprise = server == Server::Enterprise && settings.context.api_url.ends_with("/api/v3");
    if !enterprise {
        return None;
    }
    let access = Access {
        api_url: settings.context.api_url.trim_end_matches('/').to_owned(),
        token: token.clone(),
        ca_bundle: settings.ca_bundle.clone(),
    };
    let wait = Duration::from_secs(META_WAIT_S);
    let pace = Pace {
        budget: wait,
        lap: wait,
        request: wait,
        connect: wait,
        tries: 1,
        ..Pace::default()
    };
    Release::ask(&mut Client::new(access, pace))
}

/// Which GitHub this is, as a line.
fn said(server: Server, release: Option<&Release>) -> String {
    let name = server.name();
    let (major, minor) = VERSIONED_SINCE;
    match (server, release) {
        (Server::Enterprise, Some(Release { text, versioned })) => {
            let old = match versioned {
                true => String::new(),
                false => format!(
                    "; releases before {major}.{minor} do not know the version {API_VERSION} of the API that requests name, so \
                     what a destination needs may not be there"
                ),
            };
            format!("Server: {name} {text}{old}\n")
        }
        (Server::Enterprise, None) => format!("Server: {name}, release unknown\n"),
        (Server::DotCom | Server::DataResidency, _) => format!("Server: {name}\n"),
    }
}

/// What reading the past needs besides: pasted without it, the block would take the baseline away.
fn past(from: &BaselineFrom) -> Option<&'static str> {
    match from {
        BaselineFrom::Auto | BaselineFrom::Artifact { .. } => Some("actions: read"),
        BaselineFrom::CodeScanning
        | BaselineFrom::GitRef
        | BaselineFrom::Path(_)
        | BaselineFrom::None => None,
    }
}

fn row(id: &str, plan: &Plan) -> Vec<String> {
    let (word, fix) = match plan {
        Plan::Will(what) => (format!("yes: {what}"), Fix::Nothing),
        Plan::Try { what, doubt, fix } => (format!("yes, {doubt}: {what}"), *fix),
        Plan::Not { because, fix, .. } => (format!("no: {because}"), *fix),
    };
    vec![id.to_owned(), word, fix.yaml()]
}

/// One block with every permission that a plan names: naming one takes away those that are not named.
fn permissions<'a>(plans: impl Iterator<Item = &'a Plan>, besides: Option<&'static str>) -> String {
    let mut lines: Vec<&str> = plans
        .filter_map(|plan| match plan {
            Plan::Try { fix, .. } | Plan::Not { fix, .. } => match fix {
                Fix::Job(line) | Fix::Token(line) => Some(*line),
                Fix::Nothing | Fix::Step(_) => None,
            },
            Plan::Will(_) => None,
        })
        .collect();
    if lines.is_empty() {
        return String::new();
    }
    lines.push("contents: read");
    lines.extend(besides);
    lines.sort_unstable();
    lines.dedup();
    // Writing includes reading.
    if lines.contains(&"contents: write") {
        lines.retain(|line| *line != "contents: read");
    }
    let lines: Vec<String> = lines.iter().map(|line| format!("  {line}\n")).collect();
    format!("permissions:\n{}", lines.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_is_named() {
        let release = |text: &str, versioned| Release {
            text: text.to_owned(),
            versioned,
        };
        assert_eq!(said(Server::DotCom, None), "Server: github.com\n");
        assert!(said(Server::DataResidency, None).ends_with("with data residency\n"));
        let enterprise = |release: Option<&Release>| said(Server::Enterprise, release);
        assert!(enterprise(None).ends_with("Server, release unknown\n"));
        assert_eq!(
            enterprise(Some(&release("3.17.2", true))),
            "Server: GitHub Enterprise Server 3.17.2\n"
        );
        let old = enterprise(Some(&release("3.8.1", false)));
        assert!(
            old.contains("Server 3.8.1; releases before 3.9 do not know the version 2022-11-28")
        );
        assert_eq!(old.lines().count(), 1);
    }

    #[test]
    fn one_block_names_every_permission_once() {
        let job = |line| Plan::Try {
            what: String::new(),
            doubt: String::new(),
            fix: Fix::Job(line),
        };
        let plans = [
            job("checks: write"),
            job("contents: write"),
            job("checks: write"),
        ];
        assert_eq!(
            permissions(plans.iter(), None),
            "permissions:\n  checks: write\n  contents: write\n"
        );
        assert_eq!(
            permissions([Plan::Will(String::new())].iter(), Some("actions: read")),
            ""
        );
    }
}
