//! What the rules may know besides findings and reports: data only.

use super::vex::Statement;
use super::waivers::Waiver;
use crate::model::{Changes, Claim, Feed, Past};

/// Facts of this run.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The run judges a change that is not merged yet: a pull request or a merge group.
    pub proposal: bool,
    /// What the change touches; `None` when nobody knows. Then every path counts as touched on a proposal, and none
    /// elsewhere, where there may be no change at all.
    pub changes: Option<Changes>,
    /// Today in UTC, `YYYY-MM-DD`.
    pub today: String,
    /// The present moment, RFC 3339 in UTC.
    pub now: String,
    /// What came of holding the findings against a baseline. Each finding's own part stands in its `known`.
    pub past: Past,
    /// The waivers, from the trusted commit.
    pub waivers: Vec<Waiver>,
    /// The VEX statements, from the trusted commit.
    pub vex: Vec<Statement>,
    /// Data about advisories.
    pub feeds: Vec<Feed>,
    /// The bypass that somebody asked for.
    pub bypass: Claim,
}

impl Facts {
    /// The data of one kind, where it was given.
    pub fn feed(&self, id: &str) -> Option<&Feed> {
        self.feeds.iter().find(|feed| feed.id == id)
    }
}
