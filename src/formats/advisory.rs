//! The ids of one vulnerability: which is shown, and which count as names of the same one.

use crate::model::Text;

/// Families of ids that name one vulnerability. Errata (RHSA, DSA, USN, ALAS …) cover many: as aliases they would make
/// one finding of several.
const ADVISORIES_OF_ONE: &[&str] = &[
    "CVE-", "GHSA-", "GO-", "RUSTSEC-", "PYSEC-", "GMS-", "MAL-", "OSV-", "NSWG-", "SNYK-", "CGA-",
    "TEMP-", "BIT-", "RUBYSEC-",
];

/// Whether an id names one vulnerability.
pub(super) fn names_one(id: &str) -> bool {
    ADVISORIES_OF_ONE.iter().any(|start| id.starts_with(start))
}

/// The id to show and the other ids of the same vulnerability: a CVE before a GHSA before others. `written` is the id of
/// the entry itself and always kept; of the others only those that name one vulnerability.
pub(super) fn ids(written: Text, others: impl IntoIterator<Item = Text>) -> (Text, Vec<Text>) {
    let mut ids = vec![written.clone()];
    for id in others {
        if names_one(&id) && !ids.contains(&id) {
            ids.push(id);
        }
    }
    // Stable: among equals the one that the tool chose stays first.
    ids.sort_by_key(|id| rank(id));
    let mut ids = ids.into_iter();
    (ids.next().unwrap_or(written), ids.collect())
}

fn rank(id: &str) -> u8 {
    match id {
        id if id.starts_with("CVE-") => 0,
        id if id.starts_with("GHSA-") => 1,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cve_is_shown_and_errata_are_no_aliases() {
        let spelled = |written: &str, others: &[&str]| {
            let (rule, aliases) = ids(written.into(), others.iter().map(|id| Text::from(*id)));
            let all: Vec<String> = std::iter::once(&rule)
                .chain(&aliases)
                .map(|id| id.to_string())
                .collect();
            all.join(" ")
        };
        assert_eq!(
            spelled("GHSA-1", &["CVE-1", "DSA-7", "GHSA-1"]),
            "CVE-1 GHSA-1"
        );
        assert_eq!(spelled("DSA-7", &["GO-1"]), "DSA-7 GO-1");
        assert_eq!(
            spelled("PYSEC-1", &["GHSA-2", "CVE-3"]),
            "CVE-3 GHSA-2 PYSEC-1"
        );
    }
}
