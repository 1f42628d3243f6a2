//! Whether a bypass lifts the verdict.

use super::completeness::Completeness;
use super::{Facts, Policy};
use crate::model::{Bypass, Claim, Conclusion};

/// The conclusion with the bypass, and the bypasses that did it. A bypass lifts `fail` to `warn`, never further: what was
/// let through stays visible. It lifts `incomplete` (also beside `fail`) only where the trusted config says so.
pub(super) fn lift(
    plain: Conclusion,
    completeness: &Completeness,
    facts: &Facts,
    policy: &Policy,
) -> (Conclusion, Vec<Bypass>) {
    let Claim::Valid(bypasses) = &facts.bypass else {
        return (plain, Vec::new());
    };
    let blocks = matches!(plain, Conclusion::Fail | Conclusion::Incomplete);
    if !blocks || bypasses.is_empty() {
        return (plain, Vec::new());
    }
    if !completeness.gaps.is_empty() && !policy.bypass_incomplete {
        return (plain, Vec::new());
    }
    (Conclusion::Warn, bypasses.clone())
}

/// Why a bypass that somebody asked for does not count.
pub(super) fn remark(
    plain: Conclusion,
    completeness: &Completeness,
    facts: &Facts,
    policy: &Policy,
) -> Option<String> {
    match &facts.bypass {
        Claim::Refused(why) => Some(format!("the bypass does not count: {why}")),
        Claim::Valid(_)
            if matches!(plain, Conclusion::Fail | Conclusion::Incomplete)
                && !completeness.gaps.is_empty()
                && !policy.bypass_incomplete =>
        {
            Some(
                "the bypass does not count: the run is incomplete, and the config does not let a bypass lift that \
                 (`bypass: {allow-incomplete: true}`)"
                    .to_owned(),
            )
        }
        _ => None,
    }
}
