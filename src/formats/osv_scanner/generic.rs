//! Findings of osv-scanner's plugins that are about no package (a weak setting, a known password).

use serde::Deserialize;

use super::super::Desk;
use crate::model::{Finding, Kind, Severity, scale};
use crate::syntax::{Json, OrNothing, Raw, ReadError, text_of};

/// As Go prints it (osv-scalibr `inventory/finding.go`).
#[derive(Deserialize)]
struct Generic<'a> {
    #[serde(borrow, rename = "Adv", default)]
    advisory: OrNothing<Advisory<'a>>,
    #[serde(borrow, rename = "Target", default)]
    target: OrNothing<Target<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Advisory<'a> {
    #[serde(borrow, rename = "ID", default)]
    id: OrNothing<Id<'a>>,
    #[serde(borrow)]
    title: Raw<'a>,
    #[serde(borrow)]
    description: Raw<'a>,
    #[serde(borrow)]
    sev: Raw<'a>,
}

#[derive(Deserialize)]
struct Id<'a> {
    #[serde(borrow, rename = "Reference")]
    reference: Raw<'a>,
}

#[derive(Deserialize)]
struct Target<'a> {
    #[serde(borrow, rename = "Extra")]
    extra: Raw<'a>,
}

/// Reads one element.
pub(super) fn read(json: &mut Json<'_>, desk: &mut Desk<'_>) -> Result<Finding, ReadError> {
    let found: Generic<'_> = json.borrow()?;
    let advisory = found.advisory.0.as_ref();
    let rule = advisory.and_then(|advisory| desk.word(advisory.id.0.as_ref()?.reference));
    let rule = rule.unwrap_or_else(|| desk.texts.share("osv-scanner-plugin"));
    let number = advisory.and_then(|advisory| text_of(advisory.sev));
    let severity = severity(number.as_deref());
    let title = advisory.and_then(|advisory| text_of(advisory.title));
    let title = title.filter(|title| !title.trim().is_empty());
    let title = desk.title(title.as_deref().unwrap_or(&rule));
    let mut finding = Finding::new(Kind::Misconfiguration, rule, severity, title);
    if let Some(advisory) = advisory {
        finding.message = desk.message(advisory.description);
    }
    finding.resource = found.target.0.and_then(|target| desk.word(target.extra));
    Ok(finding)
}

/// Its `SeverityEnum`: 0 unspecified, 1 minimal, 2 low, 3 medium, 4 high, 5 critical.
fn severity(number: Option<&str>) -> Severity {
    match number {
        Some("1" | "2") => Severity::Low,
        Some("3") => Severity::Medium,
        Some("4") => Severity::High,
        Some("5") => Severity::Critical,
        _ => scale::OSV_SCANNER.silent,
    }
}
