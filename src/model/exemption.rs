//! What became of waivers, VEX statements and bypasses.

use super::Text;

/// One waiver or VEX statement, and what it did in this run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exemption {
    /// The rule that reads it: `waivers`, `vex`.
    pub by: &'static str,
    /// The file that it stands in.
    pub file: Text,
    /// Its line, from 1, where it is known.
    pub line: Option<u64>,
    /// What it is about in a few words (`CVE-2023-45853 in pkg:deb/debian/zlib1g`), for people.
    pub about: Text,
    /// Where it stands.
    pub standing: Standing,
    /// How many findings it excuses.
    pub findings: u64,
    /// Who answers for it.
    pub owner: Option<Text>,
    /// Ticket.
    pub ticket: Option<Text>,
    /// Last day on which it holds, `YYYY-MM-DD` in UTC.
    pub ends: Option<String>,
    /// Why it stands as it does, as a sentence part; empty when there is nothing to add.
    pub why: String,
}

/// Where a waiver or statement stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It excuses findings.
    InForce,
    /// It excuses findings and ends soon.
    Ending,
    /// Its last day is over.
    Expired,
    /// It is not valid: the limits refuse it, or it lacks what it must say.
    Refused,
    /// It matches nothing.
    Unused,
    /// It speaks of a finding without excusing it (VEX `affected`, `under_investigation`).
    Noted,
}

impl Standing {
    /// The word of `verdict.json`.
    pub fn word(self) -> &'static str {
        match self {
            Standing::InForce => "in-force",
            Standing::Ending => "ending",
            Standing::Expired => "expired",
            Standing::Refused => "refused",
            Standing::Unused => "unused",
            Standing::Noted => "noted",
        }
    }
}

/// Somebody with the permission to do so lets a change pass all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bypass {
    /// The label.
    pub label: String,
    /// Login of who set it.
    pub by: String,
    /// What GitHub says that they are: `maintain`, `admin`.
    pub role: String,
    /// When it was set, RFC 3339.
    pub at: String,
    /// The pull request.
    pub pull_request: u64,
    /// The head that it was set for.
    pub head_sha: String,
    /// Until when it holds, RFC 3339.
    pub ends: String,
    /// Why, in the words of who set it. Text of a stranger: escaped by whoever shows it.
    pub reason: Text,
}

/// What came of looking for a bypass.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Claim {
    /// Nobody asked for one.
    #[default]
    None,
    /// There is a label, and it does not count. The sentence says why.
    Refused(String),
    /// Valid, one for each pull request that the run judges.
    Valid(Vec<Bypass>),
}
