//! The published identity of a finding: what it is made of, per kind, and the hash.
//!
//! It comes from the finding's own report only, so that adding or removing a scanner changes no other finding's.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use crate::model::{Finding, Fingerprint, Kind, Place, Text, folded_line_hash, purl};

/// Version of the recipe: the key in `partialFingerprints` and the first field that is hashed.
pub const VERSION: &str = "sarifGate/v1";

/// Order in which ids of one advisory are preferred.
const ADVISORY_RANK: [&str; 2] = ["CVE-", "GHSA-"];

/// Words of rule ids that say nothing about whose secret it is.
const SECRET_WORDS: [&str; 14] = [
    "access", "api", "auth", "client", "id", "key", "oauth", "pat", "personal", "secret", "token",
    "v1", "v2", "the",
];

/// The canonical advisory of a finding's ids: CVE before GHSA before others, the smallest of its class.
pub(super) fn canonical_advisory(finding: &Finding) -> &str {
    std::iter::once(&finding.rule)
        .chain(&finding.aliases)
        .map(|id| {
            let rank = ADVISORY_RANK
                .iter()
                .position(|prefix| id.starts_with(prefix));
            (rank.unwrap_or(ADVISORY_RANK.len()), &**id)
        })
        .min()
        .map_or("", |(_, id)| id)
}

/// A package URL without version, qualifiers and subpath, in one spelling; made of ecosystem and name where the tool
/// gave none.
pub(super) fn package_identity(finding: &Finding) -> String {
    finding
        .package
        .as_deref()
        .map(purl::of_package)
        .unwrap_or_default()
}

/// Ecosystem and name of a package, for telling whether two scanners mean the same: the type of the package URL (empty when
/// nobody says it) and the name as people write it, without the distribution that packages of operating systems have for a
/// namespace.
pub fn package_name(finding: &Finding) -> (String, String) {
    let Some(package) = &finding.package else {
        return Default::default();
    };
    let Some(purl) = package.purl.as_deref().and_then(purl::identity) else {
        let ecosystem = package.ecosystem.as_deref().unwrap_or_default();
        return (
            ecosystem.to_ascii_lowercase(),
            package.name.to_ascii_lowercase(),
        );
    };
    let (kind, path) = purl
        .trim_start_matches("pkg:")
        .split_once('/')
        .unwrap_or_default();
    let name = match kind {
        "deb" | "rpm" | "apk" => path.rsplit('/').next().unwrap_or(path).to_owned(),
        _ => purl::as_written(kind, path),
    };
    (kind.to_owned(), name.to_ascii_lowercase())
}

/// Whose secret it is, from the detector's rule id: `aws-access-token` and `aws-access-key-id` are both `aws`.
pub(super) fn detector_family(rule: &str) -> String {
    let rule = rule.to_ascii_lowercase();
    rule.split(|c: char| !c.is_ascii_alphanumeric())
        .find(|word| !word.is_empty() && !SECRET_WORDS.contains(word))
        .map_or(rule.clone(), str::to_owned)
}

/// A resource address without indices: `aws_s3_bucket.b[0]`, `module.m["x"].r` → `aws_s3_bucket.b`, `module.m.r`.
pub(super) fn without_indices(address: &str) -> String {
    let mut out = String::with_capacity(address.len());
    let mut depth = 0u32;
    for c in address.chars() {
        match c {
            '[' => depth = depth.saturating_add(1),
            ']' => depth = depth.saturating_sub(1),
            _ if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out
}

/// The file that counts for identity: the first one in the repository, else the first of all.
pub(super) fn file(finding: &Finding) -> &str {
    finding
        .workspace_location()
        .or_else(|| finding.locations.first())
        .map_or("", |location| &location.path)
}

/// What the fingerprint is made of, but for the occurrence number: fields in their order.
pub(super) fn recipe(finding: &Finding) -> Vec<Text> {
    let kind: Text = finding.kind.word().into();
    let target = || finding.target.clone().unwrap_or_else(|| "".into());
    let line = || match finding.line {
        Some(hash) => format!("line {hash:016x}").into(),
        None => format!("text {:016x}", folded_line_hash(said(finding))).into(),
    };
    let fields: Vec<Text> = match finding.kind {
        Kind::Vulnerability => vec![
            canonical_advisory(finding).into(),
            package_identity(finding).into(),
            if finding.target.is_some() {
                target()
            } else {
                file(finding).into()
            },
        ],
        Kind::Secret => vec![
            detector_family(&finding.rule).into(),
            file(finding).into(),
            match finding
                .secret
                .as_ref()
                .and_then(|mark| mark.published.clone())
            {
                Some(digits) => format!("value {digits}").into(),
                None => finding.line.map_or_else(|| "unknown".into(), |_| line()),
            },
        ],
        Kind::Misconfiguration => vec![
            finding.rule.clone(),
            finding
                .resource
                .as_deref()
                .map(without_indices)
                .unwrap_or_default()
                .into(),
            if finding.locations.is_empty() {
                target()
            } else {
                file(finding).into()
            },
        ],
        Kind::License => vec![
            finding.rule.clone(),
            if finding.package.is_some() {
                package_identity(finding).into()
            } else {
                file(finding).into()
            },
        ],
        Kind::Code | Kind::SupplyChain | Kind::Runtime | Kind::Quality => vec![
            finding.rule.clone(),
            if finding.locations.is_empty() {
                target()
            } else {
                file(finding).into()
            },
            line(),
        ],
    };
    // A written log holds texts without control characters, and has to give the same identity again.
    let plain = |field: Text| match crate::sarif::text::plain(&field) {
        std::borrow::Cow::Borrowed(_) => field,
        std::borrow::Cow::Owned(clean) => clean.into(),
    };
    std::iter::once(kind).chain(fields).map(plain).collect()
}

/// What a finding without a known line says: its message, else its title.
fn said(finding: &Finding) -> &str {
    if finding.message.is_empty() {
        &finding.title
    } else {
        &finding.message
    }
}

/// SHA-256 over length-prefixed fields, cut to 128 bits.
pub fn fingerprint(recipe: &[Text], occurrence: u32) -> Fingerprint {
    let mut hash = Sha256::new();
    let mut field = |text: &str| {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text.as_bytes());
    };
    field(VERSION);
    recipe.iter().for_each(|text| field(text));
    field(&occurrence.to_string());
    let digest: [u8; 32] = hash.finalize().into();
    let mut print = Fingerprint::default();
    print
        .0
        .iter_mut()
        .zip(digest)
        .for_each(|(to, from)| *to = from);
    print
}

/// Gives every finding of one report its occurrence number and fingerprint. Numbers follow the places in the file, not
/// the order of the report, and entries at the very same place share one.
pub(super) fn identify(findings: &mut [Finding]) {
    let mut alike: HashMap<Vec<Text>, Vec<usize>> = HashMap::new();
    for (index, finding) in findings.iter_mut().enumerate() {
        let recipe = recipe(finding);
        if !finding.kind.counts_occurrences() || finding.occurrence.is_some() {
            let occurrence = *finding.occurrence.get_or_insert(0);
            finding.fingerprint = fingerprint(&recipe, occurrence);
            continue;
        }
        alike.entry(recipe).or_default().push(index);
    }
    #[expect(
        clippy::iter_over_hash_type,
        reason = "each group is numbered by itself, their order does not show"
    )]
    for (recipe, members) in alike {
        let mut places: Vec<_> = members
            .iter()
            .filter_map(|index| findings.get(*index))
            .map(place)
            .collect();
        places.sort_unstable();
        places.dedup();
        for index in members {
            let Some(finding) = findings.get_mut(index) else {
                continue;
            };
            let rank = places.binary_search(&place(finding)).unwrap_or(0);
            let occurrence = u32::try_from(rank).unwrap_or(u32::MAX);
            finding.occurrence = Some(occurrence);
            finding.fingerprint = fingerprint(&recipe, occurrence);
        }
    }
}

/// Where a finding stands in its file, for ordering.
fn place(finding: &Finding) -> [u32; 4] {
    let location = finding
        .locations
        .iter()
        .find(|location| location.place == Place::Workspace)
        .or_else(|| finding.locations.first());
    location.map_or([0; 4], |location| {
        [
            location.start_line.unwrap_or(0),
            location.start_column.unwrap_or(0),
            location.end_line.unwrap_or(0),
            location.end_column.unwrap_or(0),
        ]
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Fix, Location, Package, Severity};

    #[test]
    fn families_and_addresses() {
        assert_eq!(detector_family("aws-access-token"), "aws");
        assert_eq!(detector_family("AWS_ACCESS_KEY_ID"), "aws");
        assert_eq!(detector_family("github-pat"), "github");
        assert_eq!(detector_family("api-key"), "api-key");
        assert_eq!(
            without_indices("module.m[\"x\"].aws_s3_bucket.b[0]"),
            "module.m.aws_s3_bucket.b"
        );
        assert_eq!(without_indices("]]a[[b"), "a");
    }

    fn code(line: u64, at: u32) -> Finding {
        let mut finding = Finding::new(Kind::Code, "R1".into(), Severity::High, "t".into());
        let mut location = Location::new("a.c".into(), Some(at));
        location.place = Place::Workspace;
        finding.locations.push(location);
        finding.line = Some(line);
        finding
    }

    #[test]
    fn occurrences_follow_the_file_and_not_the_report() {
        let mut ordered = [code(7, 10), code(7, 20), code(7, 20), code(8, 5)];
        let mut mixed = [code(8, 8), code(7, 23), code(7, 13), code(7, 23)];
        identify(&mut ordered);
        identify(&mut mixed);
        let prints = |findings: &[Finding]| {
            let mut prints: Vec<_> = findings.iter().map(|f| f.fingerprint).collect();
            prints.sort_unstable();
            prints
        };
        assert_eq!(prints(&ordered), prints(&mixed));
        assert_eq!(ordered[1].fingerprint, ordered[2].fingerprint);
        assert_ne!(ordered[0].fingerprint, ordered[1].fingerprint);
    }

    #[test]
    fn a_new_version_is_the_same_finding() {
        let vulnerable = |version: &str, rule: &str, aliases: &[&str]| {
            let mut finding =
                Finding::new(Kind::Vulnerability, rule.into(), Severity::High, "t".into());
            finding.aliases = aliases.iter().map(|a| Text::from(*a)).collect();
            finding.target = Some("package-lock.json".into());
            finding.package = Some(Box::new(Package {
                development: false,
                purl: Some(format!("pkg:npm/a@{version}").into()),
                ecosystem: None,
                name: "a".into(),
                version: Some(version.into()),
                fixed: vec![],
                fix: Fix::Unknown,
            }));
            recipe(&finding)
        };
        let first = vulnerable("1", "CVE-1", &["GHSA-1"]);
        assert_eq!(first, vulnerable("2", "GHSA-1", &["CVE-1"]));
        assert_ne!(first, vulnerable("1", "GHSA-1", &[]));
    }

    #[test]
    fn fields_do_not_run_into_each_other() {
        let a = fingerprint(&["ab".into(), "c".into()], 0);
        let b = fingerprint(&["a".into(), "bc".into()], 0);
        assert_ne!(a, b);
        // Published values never change within a version: everybody's waivers hang on them.
        assert_eq!(a.to_string().len(), 32);
    }
}
