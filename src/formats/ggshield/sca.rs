//! SCA scans (`ggshield sca scan`): vulnerable packages by lock file. A scan of a difference has `added_vulns` and
//! `removed_vulns`; what was removed is no finding.

use serde::Deserialize;

use super::super::package::Named;
use super::super::{Desk, ReportEnd, Sink, advisory};
use super::{FORMAT, incomplete};
use crate::model::{Finding, Fix, Kind, Location, Status, Text};
use crate::syntax::{Json, OrNothing, Raw, ReadError, text_of};

#[derive(Deserialize)]
struct File<'a> {
    #[serde(borrow)]
    location: Raw<'a>,
    #[serde(borrow)]
    package_vulns: Option<Vec<Package<'a>>>,
}

#[derive(Deserialize)]
struct Package<'a> {
    #[serde(borrow)]
    package_full_name: Raw<'a>,
    #[serde(borrow)]
    version: Raw<'a>,
    #[serde(borrow)]
    ecosystem: Raw<'a>,
    #[serde(borrow)]
    vulns: Option<Vec<Vulnerability<'a>>>,
}

#[derive(Deserialize)]
struct Vulnerability<'a> {
    #[serde(borrow)]
    severity: Raw<'a>,
    #[serde(borrow)]
    summary: Raw<'a>,
    #[serde(borrow)]
    identifier: Raw<'a>,
    #[serde(borrow, default)]
    cve_ids: OrNothing<Vec<Raw<'a>>>,
    #[serde(borrow)]
    ghsa_id: Raw<'a>,
    #[serde(borrow)]
    fixed_version: Raw<'a>,
}

pub(super) fn read(
    json: &mut Json<'_>,
    desk: &mut Desk<'_>,
    sink: &mut Sink<'_>,
) -> Result<ReportEnd, ReadError> {
    let mut end = ReportEnd::of(&FORMAT, None);
    let mut lists = false;
    let mut scanned: u64 = 0;
    let mut packages: u64 = 0;
    let mut total: Option<u64> = None;
    json.object(|json, key| match key {
        "scanned_files" => json.list(|json, _| {
            scanned = scanned.saturating_add(1);
            json.skip()
        }),
        "total_vulns" => {
            total = text_of(json.borrow::<Raw<'_>>()?).and_then(|word| word.parse().ok());
            Ok(())
        }
        "found_package_vulns" | "added_vulns" => {
            lists = true;
            json.list(|json, _| {
                let (found, of) = file(json, desk)?;
                packages = packages.saturating_add(of);
                found.into_iter().try_for_each(&mut *sink)
            })
        }
        "removed_vulns" => json.list(|json, _| {
            let (found, _) = file(json, desk)?;
            let count = u64::try_from(found.len()).unwrap_or(u64::MAX);
            end.not_findings = end.not_findings.saturating_add(count);
            Ok(())
        }),
        _ => json.skip(),
    })?;
    if !lists {
        return Err(ReadError::whole(
            "has no list of found_package_vulns or added_vulns",
        ));
    }
    // `total_vulns` counts packages.
    if let Some(total) = total.filter(|total| *total > packages) {
        end.status = Status::Unusable(format!(
            "ggshield counts {total} vulnerable packages and lists {packages}: the report is damaged"
        ));
    } else if scanned == 0 {
        end.status = Status::Unusable(
            "ggshield scanned no file: there is no lock file that it knows, or its server gave no result"
                .into(),
        );
    }
    Ok(end)
}

/// The findings of one lock file, and how many packages it lists.
fn file(json: &mut Json<'_>, desk: &mut Desk<'_>) -> Result<(Vec<Finding>, u64), ReadError> {
    let made = {
        let file: File<'_> = json.borrow()?;
        file.findings(desk)
    };
    made.map_err(|missing| incomplete(json, missing))
}

impl File<'_> {
    fn findings(&self, desk: &mut Desk<'_>) -> Result<(Vec<Finding>, u64), &'static str> {
        let path = desk.some(self.location).ok_or("location")?;
        let packages = self.package_vulns.as_ref().ok_or("package_vulns")?;
        let mut found = Vec::new();
        for package in packages {
            for vulnerability in package.vulns.as_ref().ok_or("vulns")? {
                found.push(vulnerability.finding(package, &path, desk)?);
            }
        }
        Ok((found, u64::try_from(packages.len()).unwrap_or(u64::MAX)))
    }
}

impl Vulnerability<'_> {
    fn finding(
        &self,
        package: &Package<'_>,
        path: &Text,
        desk: &mut Desk<'_>,
    ) -> Result<Finding, &'static str> {
        let written = desk.word(self.identifier).ok_or("identifier")?;
        let name = text_of(package.package_full_name).ok_or("package_full_name")?;
        let cves = self.cve_ids.0.as_deref().unwrap_or_default();
        let mut others: Vec<Text> = cves.iter().filter_map(|id| desk.word(*id)).collect();
        others.extend(desk.word(self.ghsa_id));
        let (rule, aliases) = advisory::ids(written, others);
        let word = text_of(self.severity).ok_or("severity")?;
        let severity = desk.severity(FORMAT.scale, Some(&word), &rule);
        let summary = text_of(self.summary).unwrap_or_default();
        let title = match summary.trim() {
            "" => desk.title(&format!("{rule} in {name}")),
            summary => desk.title(summary),
        };
        let mut finding = Finding::new(Kind::Vulnerability, rule, severity, title);
        finding.aliases = aliases;
        finding.target = Some(path.clone());
        finding.locations.push(Location::new(path.clone(), None));
        let fixed: Vec<Text> = desk.word(self.fixed_version).into_iter().collect();
        let named = Named {
            purl: None,
            sort: &text_of(package.ecosystem).unwrap_or_default(),
            name: &name,
            version: &text_of(package.version).unwrap_or_default(),
        };
        // A fixed version is optional in the format, so its absence denies nothing.
        let package = named.package(fixed, Fix::Unknown, &mut desk.texts);
        finding.package = Some(Box::new(package));
        Ok(finding)
    }
}
