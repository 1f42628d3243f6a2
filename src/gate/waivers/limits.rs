//! What the config's `waiver-limits` hold against a waiver.

use super::{Limits, Waiver};
use crate::gate::plain;
use crate::model::{Day, Finding, Severity};

/// Why the limits refuse a waiver, whatever it covers; `None` when they do not.
pub(in crate::gate) fn lacks(waiver: &Waiver, limits: &Limits) -> Option<String> {
    let lacking = limits.require.iter().find(|name| !says(waiver, name))?;
    Some(format!(
        "waiver-limits require {}, which it does not say",
        plain::cut(lacking, 40)
    ))
}

fn says(waiver: &Waiver, name: &str) -> bool {
    match name {
        "approved-by" => !waiver.approved_by.is_empty(),
        "created" => waiver.created.is_some(),
        "expires" => waiver.expires.is_some(),
        "id" => waiver.id.is_some(),
        "owner" => !waiver.owner.is_empty(),
        "reason" => !waiver.reason.is_empty(),
        "ticket" => waiver.ticket.is_some(),
        // Nobody can say what nobody knows.
        _ => false,
    }
}

/// Why the limits refuse that a waiver excuses a finding, whose severity counts as `severity`; `None` when they do not.
/// `today` is `YYYY-MM-DD` in UTC.
pub fn refusal(
    waiver: &Waiver,
    limits: &Limits,
    finding: &Finding,
    severity: Severity,
    today: &str,
) -> Option<String> {
    if let Some(why) = lacks(waiver, limits) {
        return Some(why);
    }
    if finding.known.kev == Some(true) && !limits.allow_kev {
        return Some(
            "a vulnerability that is known to be exploited (KEV) cannot be waived".to_owned(),
        );
    }
    let longest = longest(limits, severity)?;
    let Some(ends) = waiver.expires.as_deref() else {
        return Some(format!(
            "it has no end, and waiver-limits allow {longest} days for severity {}",
            severity.word()
        ));
    };
    // A day of writing in the future would lengthen its life.
    let from = match waiver.created.as_deref() {
        Some(created) if created < today => created,
        _ => today,
    };
    let (Some(from), Some(ends)) = (Day::of_date(from), Day::of_date(ends)) else {
        return Some("how long it lives cannot be told: a day cannot be read".to_owned());
    };
    let days = ends.after(from);
    (days > i64::from(longest)).then(|| {
        format!(
            "it lives {days} days, and waiver-limits allow {longest} for severity {}",
            severity.word()
        )
    })
}

/// The longest life for a severity: what is said of it or of milder ones, since worse ones are not to live longer.
fn longest(limits: &Limits, severity: Severity) -> Option<u32> {
    limits
        .longest
        .iter()
        .filter(|(level, _)| *level <= severity)
        .map(|(_, days)| *days)
        .min()
}
