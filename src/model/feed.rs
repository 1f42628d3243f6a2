//! Data about advisories that a run was given: the catalogue of known exploited vulnerabilities, EPSS scores.

/// One file of such data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    /// `kev` or `epss`.
    pub id: &'static str,
    /// The file as it was named.
    pub path: String,
    /// SHA-256 of its bytes in hexadecimal; empty when it could not be read.
    pub sha256: String,
    /// Day that the data says it is of, `YYYY-MM-DD`; `None` when it does not.
    pub date: Option<String>,
    /// How many entries it has.
    pub entries: u64,
    /// What is wrong with it (unreadable, broken, stale), if anything.
    pub problem: Option<String>,
}
