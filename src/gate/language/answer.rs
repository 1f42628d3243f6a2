//! What a term says of a finding, and what it does where something is not known.

use crate::model::{Day, Finding};

/// What a term must know besides the finding.
#[derive(Clone, Copy, Debug, Default)]
pub struct Moment {
    /// Today in UTC; `None` where nobody knows, and then no age is known either.
    today: Option<Day>,
}

impl Moment {
    /// The moment whose day is `today` (`YYYY-MM-DD` in UTC, or RFC 3339).
    pub fn on(today: &str) -> Moment {
        Moment {
            today: Day::read(today),
        }
    }

    /// Days since the finding was first seen. `None` without such a day, and where that day is yet to come: nobody can
    /// have seen it then.
    pub fn age(self, finding: &Finding) -> Option<u64> {
        let seen = Day::read(finding.known.first_seen.as_deref()?)?;
        self.today?.since(seen)
    }
}

/// What a term does where nobody knows whether it holds. The side to err on is always that of the stricter gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// It matches: rows that block, warn or note must not lose a finding because nobody knows whether it is new. Missing
    /// data that others have to give (CVSS, EPSS, KEV, the day for `age>=`) is the exception: it does not match, and is counted.
    Matches,
    /// It does not: what sets findings aside or excuses them takes only what is known.
    Misses,
}

/// What a term says of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It matches.
    Yes,
    /// It does not.
    No,
    /// It matches only because these are not known; somebody may want to say so.
    InDoubt(Lacks),
    /// All else holds, but these are not known: no match, and somebody has to say so.
    NoData(Lacks),
}

impl Answer {
    /// Whether the term takes the finding.
    pub fn matches(self) -> bool {
        matches!(self, Answer::Yes | Answer::InDoubt(_))
    }

    /// What was not known.
    pub fn lacks(self) -> Lacks {
        match self {
            Answer::Yes | Answer::No => Lacks::default(),
            Answer::InDoubt(lacks) | Answer::NoData(lacks) => lacks,
        }
    }
}

/// One thing that a qualifier needs and that is not known of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lack {
    /// Whether it is new: `new`, `introduced`, `disclosed`.
    Baseline,
    /// Whether the change touches it: `changed`.
    Changes,
    /// Whether it is known to be exploited: `kev`.
    Kev,
    /// How probable it is to be exploited: `epss>=`.
    Epss,
    /// Its score: `cvss>=`.
    Cvss,
    /// When it was first seen, for `age>=`.
    Age,
    /// When it was first seen, for `grace=`.
    Grace,
}

impl Lack {
    /// Every one, in the order in which they are spoken of.
    pub const ALL: [Lack; 7] = [
        Lack::Baseline,
        Lack::Changes,
        Lack::Kev,
        Lack::Epss,
        Lack::Cvss,
        Lack::Age,
        Lack::Grace,
    ];

    fn bit(self) -> u8 {
        match self {
            Lack::Baseline => 1,
            Lack::Changes => 1 << 1,
            Lack::Kev => 1 << 2,
            Lack::Epss => 1 << 3,
            Lack::Cvss => 1 << 4,
            Lack::Age => 1 << 5,
            Lack::Grace => 1 << 6,
        }
    }

    /// Whether a qualifier that lacks this holds all the same.
    pub(super) fn holds(self, doubt: Doubt) -> bool {
        match (doubt, self) {
            (Doubt::Misses, _) => false,
            (Doubt::Matches, Lack::Baseline | Lack::Changes | Lack::Grace) => true,
            (Doubt::Matches, Lack::Kev | Lack::Epss | Lack::Cvss | Lack::Age) => false,
        }
    }
}

/// A set of things that are not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lacks(u8);

impl Lacks {
    /// Adds one.
    pub fn add(&mut self, lack: Lack) {
        self.0 |= lack.bit();
    }

    /// Adds all of another set.
    pub fn add_all(&mut self, others: Lacks) {
        self.0 |= others.0;
    }

    /// Whether everything is known.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// What is in the set, in the order of [`Lack::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Lack> {
        Lack::ALL
            .into_iter()
            .filter(move |lack| self.0 & lack.bit() != 0)
    }
}

impl From<Lack> for Lacks {
    fn from(lack: Lack) -> Lacks {
        Lacks(lack.bit())
    }
}
