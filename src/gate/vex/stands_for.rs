//! What a finding stands for: vulnerabilities and versions of its package.

use std::collections::BTreeSet;

use super::is_cve;
use crate::model::Finding;
use crate::model::purl::Purl;

/// The ids of a finding, in lower case.
pub(super) fn ids_of(finding: &Finding) -> BTreeSet<String> {
    std::iter::once(&finding.rule)
        .chain(&finding.aliases)
        .map(|id| id.trim().to_ascii_lowercase())
        .filter(|id| !id.is_empty())
        .collect()
}

/// The vulnerabilities that the ids of a finding stand for, each with the ids that name it and how to call it. Malware is
/// answered by its own id alone. Several CVEs are several vulnerabilities, and each has to be answered.
pub(super) fn vulnerabilities(ids: &BTreeSet<String>) -> Vec<(String, BTreeSet<String>)> {
    let one = |id: &String| (id.to_ascii_uppercase(), BTreeSet::from([id.clone()]));
    let malware: Vec<_> = ids
        .iter()
        .filter(|id| id.starts_with("mal-"))
        .map(one)
        .collect();
    if !malware.is_empty() {
        return malware;
    }
    let cves: Vec<_> = ids.iter().filter(|id| is_cve(id)).map(one).collect();
    if cves.len() > 1 {
        return cves;
    }
    vec![(String::new(), ids.clone())]
}

/// The versions of the package that a finding stands for, as package URLs; one `None` for a finding without a package, or
/// with one that has no package URL.
pub(super) fn packages(finding: &Finding) -> Vec<Option<Purl>> {
    let Some(package) = &finding.package else {
        return vec![None];
    };
    let written = package.purl.as_deref().and_then(Purl::parse);
    let made = || {
        let kind = package.ecosystem.as_deref()?;
        Purl::of_package(kind, &package.name, package.version.as_deref())
    };
    let Some(mut first) = written.or_else(made) else {
        return vec![None];
    };
    if first.version.is_none() {
        first.version = package.version.as_deref().map(str::to_owned);
    }
    // Package URLs write some versions otherwise than reports do, so the one that both mean is left out by either.
    let versions: BTreeSet<Option<&str>> = finding
        .instances
        .iter()
        .map(|instance| instance.version.as_deref())
        .filter(|version| *version != package.version.as_deref())
        .filter(|version| *version != first.version.as_deref())
        .collect();
    let others = versions.into_iter().map(|version| {
        Some(Purl {
            version: version.map(str::to_owned),
            ..first.clone()
        })
    });
    std::iter::once(Some(first.clone())).chain(others).collect()
}
