//! The timeline of a pull request: who set the label, and whether the change became another one after that.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::{Label, User, same_label, shown, unasked};
use crate::github::client::Client;
use crate::github::limits::{PER_PAGE, TIMELINE_PAGES};
use crate::model::{instant, spelled};

/// One entry. Which fields there are depends on `event`.
#[derive(Debug, Deserialize)]
pub(super) struct Event {
    /// Kind of entry; a commit may lack it.
    event: Option<String>,
    /// Id of a commit.
    sha: Option<String>,
    /// Time of everything but commits and reviews.
    created_at: Option<String>,
    /// Time of a review.
    submitted_at: Option<String>,
    /// Who did it; of comments and reviews that is `user`.
    actor: Option<User>,
    user: Option<User>,
    label: Option<Label>,
    /// Text of a comment or a review.
    body: Option<String>,
    /// The commit that a review is about.
    commit_id: Option<String>,
}

/// The label as it stands.
pub(super) struct Labelled<'a> {
    /// Who set it.
    pub(super) actor: &'a User,
    /// When.
    pub(super) at: DateTime<Utc>,
    /// Where in the timeline.
    place: usize,
}

/// A comment or a review.
pub(super) struct Comment<'a> {
    pub(super) by: &'a User,
    pub(super) at: DateTime<Utc>,
    pub(super) text: &'a str,
    /// The commit that a review is about; `None` of a comment.
    pub(super) commit: Option<&'a str>,
}

impl Event {
    fn is(&self, kind: &str) -> bool {
        self.event.as_deref() == Some(kind)
    }

    /// The entry as a comment, where it is one that says when and by whom.
    pub(super) fn comment(&self) -> Option<Comment<'_>> {
        let (at, commit) = if self.is("commented") {
            (self.created_at.as_deref()?, None)
        } else if self.is("reviewed") {
            (self.submitted_at.as_deref()?, self.commit_id.as_deref())
        } else {
            return None;
        };
        Some(Comment {
            by: self.user.as_ref().or(self.actor.as_ref())?,
            at: instant(at)?,
            text: self.body.as_deref().unwrap_or_default(),
            commit,
        })
    }

    /// What makes the change another one than before.
    fn alters(&self) -> Option<&'static str> {
        match self.event.as_deref() {
            Some("committed") => Some("a commit"),
            None if self.sha.is_some() => Some("a commit"),
            Some("head_ref_force_pushed") => Some("a force push"),
            Some("head_ref_restored") => Some("a restored branch"),
            Some("base_ref_changed" | "automatic_base_change_succeeded") => Some("another base"),
            _ => None,
        }
    }
}

/// All entries in GitHub's order. Read until a page is empty: GitHub leaves out what the token may not see, so that a page
/// that is not full need not be the last.
pub(super) fn read(
    client: &mut Client,
    repository: &str,
    number: u64,
) -> Result<Vec<Event>, String> {
    let mut all = Vec::new();
    for page in 1..=TIMELINE_PAGES {
        let path =
            format!("/repos/{repository}/issues/{number}/timeline?per_page={PER_PAGE}&page={page}");
        let events: Vec<Event> = client
            .get(&path)
            .map_err(|error| unasked("its timeline", &error))?;
        if events.is_empty() {
            return Ok(all);
        }
        all.extend(events);
    }
    Err(format!(
        "its timeline has more than {TIMELINE_PAGES} pages, which are not read"
    ))
}

/// Who set the label last, after it was last taken off.
pub(super) fn last_labelled<'a>(events: &'a [Event], label: &str) -> Result<Labelled<'a>, String> {
    let mut set = None;
    for (place, event) in events.iter().enumerate() {
        let name = event.label.as_ref().and_then(|label| label.name.as_deref());
        if !name.is_some_and(|name| same_label(name, label)) {
            continue;
        }
        if event.is("labeled") {
            set = Some((place, event));
        } else if event.is("unlabeled") {
            set = None;
        }
    }
    let unknown = || {
        let label = shown(label);
        format!(
            "GitHub's timeline does not say who set the label `{label}` and when; take it off and set it again"
        )
    };
    let (place, event) = set.ok_or_else(unknown)?;
    let at = event.created_at.as_deref().and_then(instant);
    match (&event.actor, at) {
        (Some(actor), Some(at)) => Ok(Labelled { actor, at, place }),
        _ => Err(unknown()),
    }
}

/// The label speaks of the change that was there when it was set. The order of the timeline decides, since dates of commits
/// are whatever their author writes; force pushes have a time of GitHub's own besides.
pub(super) fn unchanged_since(events: &[Event], set: &Labelled<'_>) -> Result<(), String> {
    for (place, event) in events.iter().enumerate() {
        let Some(what) = event.alters() else { continue };
        let later = match event.created_at.as_deref().map(instant) {
            _ if place > set.place => true,
            // Commits have no such time.
            None => false,
            Some(at) => at.is_none_or(|at| at > set.at),
        };
        if later {
            return Err(format!(
                "the label was set at {}, and {what} came after it; look at the change again, take the label off and set it again",
                spelled(set.at)
            ));
        }
    }
    Ok(())
}
