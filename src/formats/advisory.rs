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
    ADVISORIES_OF_ONE.iter().any(|start| id.starts_with(start)) || cve_of_distribution(id).is_some()
}

/// The CVE that a distribution's own id is made of (OSV: `DEBIAN-CVE-2024-1234`, `UBUNTU-CVE-…`, `ALPINE-CVE-…`).
fn cve_of_distribution(id: &str) -> Option<&str> {
    let (distribution, _) = id.split_once("-CVE-")?;
    let word = !distribution.is_empty() && distribution.bytes().all(|b| b.is_ascii_uppercase());
    id.get(distribution.len().checked_add(1)?..)
        .filter(|_| word)
}

/// The CVE that an id is, or is made of.
fn cve(id: &str) -> Option<&str> {
    id.starts_with("CVE-")
        .then_some(id)
        .or_else(|| cve_of_distribution(id))
}

/// The id to show and the other ids of the same vulnerability: a CVE before a GHSA before others. `written` is the id of
/// the entry itself and always kept; of the others only those that name one vulnerability.
pub(super) fn ids(written: Text, others: impl IntoIterator<Item = Text>) -> (Text, Vec<Text>) {
    let mut ids = vec![written.clone()];
    let mut add = |id: Text| {
        if !ids.contains(&id) {
            ids.push(id);
        }
    };
    cve_of_distribution(&written).map(Text::from).map(&mut add);
    for id in others.into_iter().filter(|id| names_one(id)) {
        cve_of_distribution(&id).map(Text::from).map(&mut add);
        add(id);
    }
    // Stable: among equals the one that the tool chose stays first.
    ids.sort_by_key(|id| rank(id));
    let mut ids = ids.into_iter();
    (ids.next().unwrap_or(written), ids.collect())
}

/// As [`ids`], for lists that may hold more than one vulnerability: an erratum names every CVE that it mends, and a group of
/// them all of theirs. Where the list names several CVEs, none of them is a name of the one.
pub(super) fn ids_of_one(
    written: Text,
    others: impl IntoIterator<Item = Text>,
) -> (Text, Vec<Text>) {
    let others: Vec<Text> = others.into_iter().collect();
    let mut cves = std::iter::once(&written)
        .chain(&others)
        .filter_map(|id| cve(id));
    let first = cves.next();
    let several = cves.any(|id| Some(id) != first);
    let kept = others
        .iter()
        .filter(|id| !(several && cve(id).is_some()))
        .cloned();
    ids(written, kept)
}

/// Characters of a description that still make a headline.
const HEADLINE: usize = 120;

/// One line that names a vulnerability: what the source says of it where that is short, else its id and the package.
pub(super) fn headline(said: &str, id: &str, package: &str) -> String {
    let said = said.trim();
    let short = !said.is_empty() && !said.contains('\n') && said.chars().count() <= HEADLINE;
    match (short, package) {
        (true, _) => said.to_owned(),
        (false, "") => id.to_owned(),
        (false, package) => format!("{id} in {package}"),
    }
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
            spelled("DEBIAN-CVE-2024-1", &[]),
            "CVE-2024-1 DEBIAN-CVE-2024-1"
        );
        assert_eq!(
            spelled("GHSA-1", &["UBUNTU-CVE-2024-1", "x-CVE-2"]),
            "CVE-2024-1 GHSA-1 UBUNTU-CVE-2024-1"
        );
        assert_eq!(
            spelled("PYSEC-1", &["GHSA-2", "CVE-3"]),
            "CVE-3 GHSA-2 PYSEC-1"
        );
    }
    #[test]
    fn several_cves_are_no_names_of_one() {
        let spelled = |written: &str, others: &[&str]| {
            let (rule, aliases) =
                ids_of_one(written.into(), others.iter().map(|id| Text::from(*id)));
            let all: Vec<&str> = std::iter::once(&*rule)
                .chain(aliases.iter().map(|id| &**id))
                .collect();
            all.join(" ")
        };
        for (written, others, expected) in [
            ("GHSA-1", &["CVE-1", "CVE-1"][..], "CVE-1 GHSA-1"),
            ("CVE-1", &["CVE-1", "GHSA-1"], "CVE-1 GHSA-1"),
            ("CVE-1", &["CVE-2"], "CVE-1"),
            ("DSA-1", &["CVE-1", "CVE-2"], "DSA-1"),
            ("ELSA-1", &["CVE-1"], "CVE-1 ELSA-1"),
            ("GHSA-1", &["CVE-1", "CVE-2", "GO-1"], "GHSA-1 GO-1"),
            ("DSA-1", &["CVE-1", "DEBIAN-CVE-2"], "DSA-1"),
            (
                "DSA-1",
                &["CVE-1", "DEBIAN-CVE-1"],
                "CVE-1 DSA-1 DEBIAN-CVE-1",
            ),
        ] {
            assert_eq!(spelled(written, others), expected);
        }
    }

    #[test]
    fn a_headline_is_short() {
        assert_eq!(headline(" Bad parsing ", "CVE-1", "a"), "Bad parsing");
        assert_eq!(headline("one\ntwo", "CVE-1", "a"), "CVE-1 in a");
        assert_eq!(headline(&"x".repeat(121), "CVE-1", ""), "CVE-1");
    }
}
