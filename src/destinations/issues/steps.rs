//! What is to be done with the issues: decided from findings and issues alone, before anything is written.

use std::collections::{BTreeMap, BTreeSet};

use super::kept::{Kept, State};
use super::send::{Found, ROOM};
use crate::causes::{Cause, Seen};
use crate::github::limits::{ISSUES_CHANGED, ISSUES_OPENED};
use crate::model::Outcome;
use crate::render::issue::{Issue, fixed, issue};

/// One write.
pub(super) enum Step<'a> {
    /// A new issue for the cause at this place.
    Open(usize),
    /// Another text.
    Update(&'a Kept, Issue),
    /// Opened again, with the text of today.
    Reopen(&'a Kept, Issue),
    /// Closed as fixed, with this body.
    Close(&'a Kept, String),
}

/// What is not done, and why: how many of each.
#[derive(Default)]
pub(super) struct Left {
    pub(super) unchanged: usize,
    /// Beyond what one run may write.
    pub(super) later: usize,
    /// Closed by somebody who does not want them.
    pub(super) not_planned: usize,
    /// Not found this time, where not everything was looked at.
    pub(super) unseen: usize,
    /// Who did not look.
    pub(super) unseen_tools: BTreeSet<String>,
    /// Not found this time, and nobody knows who would have to look.
    pub(super) unknown: usize,
    /// There, but `issue-on` does not ask for them any more.
    pub(super) unasked: usize,
    /// Further open issues of the same cause.
    pub(super) doubled: usize,
    /// All issues were read.
    pub(super) whole: bool,
}

/// The writes of this run, the worst causes first, then what is closed, and what is left.
pub(super) fn decide<'a>(
    outcome: &Outcome,
    causes: &[Cause<'_>],
    seen: &Seen,
    found: &'a Found,
) -> (Vec<Step<'a>>, Left) {
    let first = first_of_each(&found.kept);
    let mut left = Left {
        whole: found.whole,
        ..Left::default()
    };
    let mut steps = Vec::new();
    let (mut opened, mut changed) = (Room::new(ISSUES_OPENED), Room::new(ISSUES_CHANGED));
    let mut wanted = BTreeSet::new();
    for (index, cause) in causes.iter().enumerate() {
        wanted.insert(cause.id.as_str());
        let Some(kept) = first.get(cause.id.as_str()) else {
            // It may stand beyond what was read.
            if found.whole && opened.take() {
                steps.push(Step::Open(index));
            }
            continue;
        };
        let text = || {
            let unlooked = seen.unlooked(kept.marker.scopes());
            let carried = unlooked.difference(&cause.scopes).cloned().collect();
            issue(outcome, cause, &carried, ROOM)
        };
        match kept.state {
            State::Unwanted => left.not_planned += 1,
            State::Fixed => {
                if changed.take() {
                    steps.push(Step::Reopen(kept, text()));
                }
            }
            State::Open => {
                let text = text();
                if text.marker == kept.marker {
                    left.unchanged += 1;
                } else if changed.take() {
                    steps.push(Step::Update(kept, text));
                }
            }
        }
    }
    for kept in found.kept.iter().filter(|kept| kept.state == State::Open) {
        let (id, scopes) = (kept.marker.id(), kept.marker.scopes());
        if seen.has(id) {
            let is_first = first
                .get(id)
                .is_some_and(|first| first.number == kept.number);
            match (is_first, wanted.contains(id)) {
                (true, true) => {}
                (true, false) => left.unasked += 1,
                (false, _) => left.doubled += 1,
            }
        } else if seen.is_fixed(id, scopes) {
            if changed.take() {
                let body = fixed(&kept.body, &kept.marker, &outcome.context, ROOM.body_bytes);
                steps.push(Step::Close(kept, body));
            }
        } else if scopes.is_empty() {
            left.unknown += 1;
        } else {
            left.unseen += 1;
            let tools = seen.missing(scopes).into_iter();
            left.unseen_tools.extend(tools.map(ToString::to_string));
        }
    }
    left.later = opened.over.saturating_add(changed.over);
    (steps, left)
}

/// How many writes of one sort a run has left, and how many it would have needed besides.
struct Room {
    left: usize,
    over: usize,
}

impl Room {
    fn new(left: usize) -> Room {
        Room { left, over: 0 }
    }

    /// Whether there is one more.
    fn take(&mut self) -> bool {
        match self.left.checked_sub(1) {
            Some(left) => self.left = left,
            None => {
                self.over = self.over.saturating_add(1);
                return false;
            }
        }
        true
    }
}

/// Of each cause the issue that counts: an open one, else one that somebody does not want, else any; of several the oldest.
fn first_of_each(kept: &[Kept]) -> BTreeMap<&str, &Kept> {
    let mut first: BTreeMap<&str, &Kept> = BTreeMap::new();
    let rank = |kept: &Kept| {
        let state = match kept.state {
            State::Open => 0,
            State::Unwanted => 1,
            State::Fixed => 2,
        };
        (state, kept.number)
    };
    for one in kept {
        let known = first.entry(one.marker.id()).or_insert(one);
        if rank(one) < rank(known) {
            *known = one;
        }
    }
    first
}
