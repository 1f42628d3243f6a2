//! Whether the head had arrived before the label was set, by GitHub's own clock.
//!
//! The timeline puts commits where their dates say, and dates are written by whoever commits: a commit that is dated back
//! would stand before a label that it came after. So a second witness is asked, which no committer can write: the log of
//! pushes to the branch, or a review of this very head by the person who set the label.

use serde::Deserialize;

use super::timeline::Labelled;
use super::{Event, Pull};
use crate::github::client::{Client, percent_encode};
use crate::model::{instant, spelled};

/// An entry of "List repository activities".
#[derive(Deserialize)]
struct Activity {
    after: String,
    #[serde(rename = "ref")]
    name: String,
    timestamp: String,
}

/// What the log of pushes says.
enum Log {
    /// The head came by the last push, before the label.
    Before,
    /// It came with the label or after it.
    After(String),
    /// It does not tell; why.
    Silent(String),
}

/// Proves that the head was there before the label.
pub(super) fn before_label(
    client: &mut Client,
    pull: &Pull,
    events: &[Event],
    set: &Labelled<'_>,
) -> Result<(), String> {
    let why = match log(client, pull, set) {
        Log::Before => return Ok(()),
        Log::After(pushed) => {
            return Err(format!(
                "the head was pushed at {pushed}, not before the label of {}; look at the change again, take the label off and set it again",
                spelled(set.at)
            ));
        }
        Log::Silent(why) => why,
    };
    let reviewed = events.iter().filter_map(Event::comment).any(|review| {
        review.by.id == set.actor.id
            && review.at <= set.at
            && review.commit == Some(pull.head.sha.as_str())
    });
    if reviewed {
        return Ok(());
    }
    Err(format!(
        "nobody can tell whether its head was there before the label of {} ({why}); review this head, then take the label off and set it again",
        spelled(set.at)
    ))
}

fn log(client: &mut Client, pull: &Pull, set: &Labelled<'_>) -> Log {
    let Some((owner, name)) = pull
        .head
        .repo
        .as_ref()
        .and_then(|repo| repo.full_name.split_once('/'))
    else {
        return Log::Silent("the repository that it comes from is gone".into());
    };
    let branch = format!("refs/heads/{}", pull.head.branch);
    let path = format!(
        "/repos/{}/{}/activity?ref={}&direction=desc&per_page=1",
        percent_encode(owner),
        percent_encode(name),
        percent_encode(&branch)
    );
    let entries: Vec<Activity> = match client.get(&path) {
        Ok(entries) => entries,
        Err(error) => return Log::Silent(error.to_string()),
    };
    let last = entries.first().filter(|entry| entry.name == branch);
    let Some(last) = last.filter(|entry| entry.after == pull.head.sha) else {
        return Log::Silent("GitHub's log of pushes does not show it".into());
    };
    match instant(&last.timestamp) {
        // Within one second nobody can tell which came first.
        Some(at) if at < set.at => Log::Before,
        Some(at) => Log::After(spelled(at)),
        None => Log::Silent("GitHub's log of pushes has no time for it".into()),
    }
}
