//! The order in which renderers show findings.

use std::cmp::Reverse;

use crate::model::{Finding, Judged};

/// A key to sort findings by: blocking ones first and excused ones last, then worst first, then by kind, rule and
/// place. The fingerprint at its end makes the order total for findings with an identity, so that the order in which
/// reports were read does not show.
pub fn order(judged: Judged, finding: &Finding) -> impl Ord + '_ {
    let place = finding
        .workspace_location()
        .or_else(|| finding.locations.first());
    (
        Reverse(judged),
        Reverse(finding.severity),
        finding.kind,
        &*finding.rule,
        place.map(|place| (&*place.path, place.start_line, place.start_column)),
        finding.target.as_deref(),
        finding.package.as_deref().map(|package| &*package.name),
        finding.fingerprint,
    )
}
