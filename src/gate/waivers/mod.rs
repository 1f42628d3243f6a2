//! Waivers: decisions of the maintainers about findings, each with an owner and an end.
//!
//! Text in, waivers out; whether one covers a finding. Must not know: where the text comes from, the verdict.

mod covers;
mod expired;
mod fields;
mod file;
mod limits;
mod native;
mod suggest;
mod write;

use crate::model::{Day, Kind, Severity, Text};

use super::plain;
pub(super) use covers::Ready;
pub use covers::{NearMiss, covers, rules_of};
pub use expired::observations;
pub use file::{Fault, parse};
pub(super) use limits::lacks;
pub use limits::refusal;
pub use native::is_native;
pub use suggest::covers_of;
pub use write::{AppendError, Appended, append, entry};

/// Where waivers are looked for when nobody names a file.
pub const DEFAULT_FILE: &str = ".github/security-waivers.yml";

/// The words of `decision`.
pub const DECISIONS: [&str; 5] = [
    "false-positive",
    "not-affected",
    "risk-accepted",
    "mitigated",
    "test-code",
];

/// The decision of entries in the ignore files of scanners, which know no other.
pub const IGNORED: &str = "ignored";

/// Members that `waiver-limits` can ask for: those that not every waiver has.
pub const OPTIONAL: [&str; 4] = ["approved-by", "created", "id", "ticket"];

/// One waiver, checked: it says all that every waiver has to say.
#[derive(Clone, Debug, PartialEq)]
pub struct Waiver {
    /// The file that it stands in, as it was named.
    pub file: Text,
    /// Its line in that file, from 1.
    pub line: Option<u64>,
    /// What it covers.
    pub covers: Covers,
    /// The decision's word: `false-positive`, `not-affected`, `risk-accepted`, `mitigated`, `test-code`; of ignore files of
    /// scanners `ignored`.
    pub decision: Text,
    /// Why.
    pub reason: Text,
    /// Who answers for it.
    pub owner: Text,
    /// Who approved it.
    pub approved_by: Vec<Text>,
    /// Ticket.
    pub ticket: Option<Text>,
    /// The day on which it was written, `YYYY-MM-DD`.
    pub created: Option<String>,
    /// Last day on which it holds, `YYYY-MM-DD` in UTC, inclusive. `None` only for ignore files of scanners.
    pub expires: Option<String>,
    /// Sources that it can excuse: a scanner's own ignore file speaks for that scanner only. `None` for all.
    pub tool: Option<Text>,
    /// A name of its own, for people.
    pub id: Option<Text>,
}

impl Waiver {
    /// Where it stands, `FILE:LINE`, safe for one line of a message.
    pub fn place(&self) -> String {
        let file = plain::cut(&self.file, 120);
        match self.line {
            Some(line) => format!("{file}:{line}"),
            None => file,
        }
    }

    /// What it is about in a few words, safe for one line of a message.
    pub fn about(&self) -> String {
        plain::cut(&self.covers.about(), 160)
    }

    /// Whether its last day is over on `today`. A day that cannot be read ends everything.
    pub fn is_over(&self, today: &str) -> bool {
        let Some(ends) = &self.expires else {
            return false;
        };
        match (Day::of_date(today), Day::of_date(ends)) {
            (Some(today), Some(ends)) => ends < today,
            _ => true,
        }
    }
}

/// What a waiver covers: everything that is said has to hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Covers {
    /// Findings of this kind.
    pub kind: Option<Kind>,
    /// Any of these ids, as rule or alias.
    pub rules: Vec<Text>,
    /// Package URL; without a version every version.
    pub package: Option<Text>,
    /// Globs over paths of the repository.
    pub paths: Vec<Text>,
    /// Id of a tool that says it.
    pub tool: Option<Text>,
    /// Glob over what was scanned.
    pub target: Option<Text>,
    /// Any of these fingerprints, 32 hexadecimal digits each.
    pub fingerprints: Vec<Text>,
    /// A later, worse severity voids it.
    pub severity_at_most: Option<Severity>,
    /// First line of the finding; only Gitleaks' ignore file says it.
    pub line: Option<u32>,
    /// Commit of the finding; only Gitleaks' ignore file says it.
    pub commit: Option<Text>,
}

impl Covers {
    /// In a few words; text of whoever wrote the waiver.
    fn about(&self) -> String {
        let mut about = if self.rules.is_empty() {
            let prints: Vec<&str> = self
                .fingerprints
                .iter()
                .map(|print| print.get(..8).unwrap_or(print))
                .collect();
            format!("fingerprint {}", prints.join(", "))
        } else {
            self.rules.join(", ")
        };
        let paths = (!self.paths.is_empty()).then(|| self.paths.join(", "));
        let rest = [
            (" in ", self.package.as_deref()),
            (" at ", paths.as_deref()),
            (" of ", self.target.as_deref()),
        ];
        for (joint, text) in rest {
            if let Some(text) = text {
                about.push_str(joint);
                about.push_str(text);
            }
        }
        about
    }
}

/// What `waiver-limits` of the config asks of waivers.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// Members that have to be there besides what every waiver must have: `ticket`, `approved-by`, `created` …
    pub require: Vec<String>,
    /// Longest life in days by severity of the finding, from `created` (else from today) to the last day.
    pub longest: Vec<(Severity, u32)>,
    /// Whether a vulnerability that is known to be exploited can be waived.
    pub allow_kev: bool,
    /// Days before its end from which on a waiver is warned of.
    pub warn_before: u32,
    /// How many findings a waiver may excuse before it is reported as over-broad.
    pub broad: u32,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            require: Vec::new(),
            longest: Vec::new(),
            allow_kev: false,
            warn_before: 14,
            broad: 20,
        }
    }
}

/// The order of waivers wherever it shows, whatever order they come in: by file and line. Those on one line are told apart by
/// what they say.
pub(super) fn by_place(a: &Waiver, b: &Waiver) -> std::cmp::Ordering {
    (&a.file, a.line)
        .cmp(&(&b.file, b.line))
        .then_with(|| format!("{a:?}").cmp(&format!("{b:?}")))
}
