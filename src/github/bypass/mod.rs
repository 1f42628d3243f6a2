//! Whether somebody who may do so lets a change pass: a label on the pull request, and everything that GitHub knows of how
//! it came there.
//!
//! The event payload is a file that an earlier step can write, so nothing of it counts: who, when and for which head are
//! asked of the API. Whatever cannot be asked refuses the bypass, and a sentence says why.

mod arrival;
mod group;
mod reason;
mod timeline;

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;

use super::ApiError;
use super::client::{Client, percent_encode};
use super::command::safe_log_text;
use super::limits::CLOCK_SKEW_MIN;
use crate::model::{Bypass, Claim, instant, spelled};
use timeline::{Event, Labelled};

pub use group::pulls_of_group;

/// A pull request that the run judges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PullHead {
    /// Its number.
    pub number: u64,
    /// The head that is judged.
    pub head_sha: String,
    /// Login of who opened it.
    pub author: String,
}

/// A user as the REST API gives them everywhere ("simple user").
#[derive(Clone, Debug, Deserialize)]
struct User {
    login: String,
    id: u64,
    #[serde(rename = "type")]
    kind: Option<String>,
}

impl User {
    /// A person and no App, whose logins end so.
    fn is_person(&self) -> bool {
        self.kind.as_deref() == Some("User") && !self.login.ends_with("[bot]")
    }

    fn shown(&self) -> String {
        shown(&self.login)
    }
}

#[derive(Debug, Deserialize)]
struct Label {
    name: Option<String>,
}

#[derive(Deserialize)]
struct Repository {
    full_name: String,
}

/// One side of a pull request.
#[derive(Deserialize)]
struct Side {
    sha: String,
    #[serde(rename = "ref")]
    branch: String,
    /// Of the head it is absent where a fork is gone.
    repo: Option<Repository>,
}

/// A pull request.
#[derive(Deserialize)]
struct Pull {
    number: u64,
    state: String,
    body: Option<String>,
    user: Option<User>,
    #[serde(default)]
    labels: Vec<Label>,
    head: Side,
    base: Side,
}

impl Pull {
    fn get(client: &mut Client, repository: &str, number: u64) -> Result<Pull, ApiError> {
        client.get(&format!("/repos/{repository}/pulls/{number}"))
    }

    fn carries(&self, label: &str) -> bool {
        let mut names = self.labels.iter().filter_map(|l| l.name.as_deref());
        names.any(|name| same_label(name, label))
    }
}

/// "Get repository permissions for a user".
#[derive(Deserialize)]
struct Permission {
    permission: String,
    role_name: String,
    user: Option<User>,
}

/// What is asked of every pull request alike.
struct Asked<'a> {
    repository: &'a str,
    label: &'a str,
    now: DateTime<Utc>,
    lasts: TimeDelta,
}

/// Looks for a bypass of `pulls`: `label` on each, set by a person with the role maintain or admin who did not open the pull
/// request, after its present head had arrived, at most `lasts` before `now` (RFC 3339), and with a reason.
///
/// [`Claim::None`] when no pull request carries the label. A valid one lists the pull requests in the given order.
pub fn claim(
    client: &mut Client,
    repository: &str,
    label: &str,
    pulls: &[PullHead],
    now: &str,
    lasts: Duration,
) -> Claim {
    if label.trim().is_empty() {
        return Claim::None;
    }
    let mut known = Vec::new();
    for head in pulls {
        match Pull::get(client, repository, head.number) {
            Ok(pull) => known.push((head, pull)),
            Err(error) => return refused(head, unasked("the pull request", &error)),
        }
    }
    if !known.iter().any(|(_, pull)| pull.carries(label)) {
        return Claim::None;
    }
    let (Some(now), Ok(lasts)) = (instant(now), TimeDelta::from_std(lasts)) else {
        return Claim::Refused("the time of this run or the length of a bypass is unknown".into());
    };
    let asked = Asked {
        repository,
        label,
        now,
        lasts,
    };
    let mut bypasses = Vec::new();
    for (head, pull) in &known {
        match one(client, &asked, head, pull) {
            Ok(bypass) => bypasses.push(bypass),
            Err(why) => return refused(head, why),
        }
    }
    Claim::Valid(bypasses)
}

/// The bypass of one pull request, or why there is none.
fn one(
    client: &mut Client,
    asked: &Asked<'_>,
    judged: &PullHead,
    pull: &Pull,
) -> Result<Bypass, String> {
    let label = shown(asked.label);
    if pull.number != judged.number || pull.state != "open" {
        return Err("it is not open".into());
    }
    if !pull.carries(asked.label) {
        return Err(format!("it does not carry the label `{label}`"));
    }
    if pull.head.sha != judged.head_sha {
        return Err(format!(
            "its head is {} by now, and this run judges {}; run the workflow again",
            shown(&pull.head.sha),
            shown(&judged.head_sha)
        ));
    }
    let events = timeline::read(client, asked.repository, judged.number)?;
    let set = timeline::last_labelled(&events, asked.label)?;
    let by = set.actor.shown();
    if !set.actor.is_person() {
        return Err(format!(
            "`{by}`, who set the label `{label}`, is not a person"
        ));
    }
    not_the_author(judged, pull, set.actor)?;
    let ends = in_time(asked, &set)?;
    timeline::unchanged_since(&events, &set)?;
    arrival::before_label(client, pull, &events, &set)?;
    let role = role(client, asked.repository, set.actor)?;
    let reason = reason::given(&events, &set, asked.label, pull.body.as_deref())?;
    Ok(Bypass {
        label: asked.label.to_string(),
        by: set.actor.login.clone(),
        role,
        at: spelled(set.at),
        pull_request: judged.number,
        head_sha: judged.head_sha.clone(),
        ends: spelled(ends),
        reason: reason.into(),
    })
}

/// Four eyes: who wrote the change does not let it pass.
fn not_the_author(judged: &PullHead, pull: &Pull, actor: &User) -> Result<(), String> {
    let author = pull
        .user
        .as_ref()
        .ok_or("GitHub does not say who opened it")?;
    let same = author.id == actor.id
        || author.login.eq_ignore_ascii_case(&actor.login)
        || judged.author.eq_ignore_ascii_case(&actor.login);
    if same {
        return Err(format!(
            "`{}` opened it and may not bypass the gate for a change of their own; another maintainer has to set the label",
            actor.shown()
        ));
    }
    Ok(())
}

/// Until when it holds, where that is still to come.
fn in_time(asked: &Asked<'_>, set: &Labelled<'_>) -> Result<DateTime<Utc>, String> {
    let skew = TimeDelta::minutes(CLOCK_SKEW_MIN);
    let latest = asked.now.checked_add_signed(skew);
    if latest.is_none_or(|latest| set.at > latest) {
        return Err(format!(
            "the label was set at {}, which this machine's clock has not reached",
            spelled(set.at)
        ));
    }
    let ends = set
        .at
        .checked_add_signed(asked.lasts)
        .ok_or("the length of a bypass is beyond all calendars")?;
    if asked.now >= ends {
        return Err(format!(
            "the bypass of {} ended at {}; take the label off and set it again",
            spelled(set.at),
            spelled(ends)
        ));
    }
    Ok(ends)
}

/// The role of who set the label. GitHub reports `maintain` as `write` in `permission`, so the role decides, and both have
/// to agree: a role of an organisation's own may have any name.
fn role(client: &mut Client, repository: &str, actor: &User) -> Result<String, String> {
    let login = percent_encode(&actor.login);
    let path = format!("/repos/{repository}/collaborators/{login}/permission");
    let answer: Permission = client
        .get(&path)
        .map_err(|error| unasked("the permission of who set the label", &error))?;
    // Between two requests a login can change hands.
    if answer.user.as_ref().map(|user| user.id) != Some(actor.id) {
        return Err(format!(
            "GitHub does not say what `{}` may do",
            actor.shown()
        ));
    }
    match (answer.permission.as_str(), answer.role_name.as_str()) {
        ("admin", _) => Ok("admin".into()),
        ("write", "maintain") => Ok("maintain".into()),
        (_, role) => Err(format!(
            "`{}`, who set the label, has the role `{}`; it takes maintain or admin",
            actor.shown(),
            shown(role)
        )),
    }
}

fn refused(head: &PullHead, why: String) -> Claim {
    Claim::Refused(format!("pull request {}: {why}", head.number))
}

/// What is said when GitHub cannot be asked.
fn unasked(what: &str, error: &ApiError) -> String {
    format!("GitHub could not be asked about {what} ({error})")
}

/// Labels are told apart without regard to case; one repository cannot have both.
fn same_label(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

/// A foreign name within a sentence.
fn shown(text: &str) -> String {
    /// Logins have 39 characters at most, labels 50, commits 40 or 64.
    const NAME_CHARS: usize = 80;
    safe_log_text(text, NAME_CHARS)
}
