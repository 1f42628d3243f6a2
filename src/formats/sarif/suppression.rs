//! Suppressions of a result.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::message::text;
use crate::model::{Suppression, Texts};
use crate::sarif::bag::BagSuppression;

#[derive(Default, Deserialize)]
#[serde(default)]
struct RawSuppression<'a> {
    #[serde(borrow)]
    kind: Option<&'a RawValue>,
    #[serde(borrow)]
    status: Option<&'a RawValue>,
    #[serde(borrow)]
    justification: Option<&'a RawValue>,
    #[serde(borrow)]
    properties: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct SuppressionBag<'a> {
    #[serde(borrow, rename = "sarifGate")]
    ours: Option<BagSuppression<'a>>,
}

/// The suppression of a result: there are some, and none is rejected or still under review (SARIF 2.1.0, 3.27.23).
pub(super) fn suppression(raw: Option<&RawValue>, texts: &mut Texts) -> Option<Box<Suppression>> {
    let mut list: Vec<RawSuppression<'_>> = serde_json::from_str(raw?.get()).ok()?;
    let ours = |one: &RawSuppression<'_>| {
        let bag: SuppressionBag<'_> = serde_json::from_str(one.properties?.get()).ok()?;
        Some((bag.ours.as_ref()?.ruling.is_some(), bag.ours?.restored()))
    };
    // What the gate itself excused is judged anew.
    list.retain(|one| !ours(one).is_some_and(|(ruling, _)| ruling));
    let open = |one: &RawSuppression<'_>| match one.status.filter(|raw| raw.get() != "null") {
        None => false,
        // A status that nobody knows is no acceptance.
        Some(status) => text(Some(status)).as_deref() != Some("accepted"),
    };
    let first = list.first()?;
    if list.iter().any(open) {
        return None;
    }
    if let Some((_, ours)) = ours(first) {
        return Some(Box::new(ours));
    }
    let kind = if text(first.kind).as_deref() == Some("inSource") {
        "inSource"
    } else {
        "external"
    };
    let reason = list
        .iter()
        .find_map(|one| text(one.justification).filter(|reason| !reason.is_empty()));
    Some(Box::new(Suppression {
        kind,
        status: text(first.status).map_or_else(|| "".into(), |status| texts.share(&status)),
        reason: reason.map_or_else(|| "".into(), |reason| texts.share(&reason)),
        by: "".into(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suppressions_count_when_all_are_accepted() {
        for (json, counts) in [
            ("[]", false),
            ("null", false),
            (r#"[{"kind":"inSource"}]"#, true),
            (
                r#"[{"kind":"external","status":"accepted"},{"kind":"inSource"}]"#,
                true,
            ),
            (
                r#"[{"kind":"external","status":"accepted"},{"kind":"external","status":"rejected"}]"#,
                false,
            ),
            (r#"[{"kind":"external","status":"underReview"}]"#, false),
            (r#"[{"kind":"external","status":7}]"#, false),
            (r#"[{"kind":"external","status":null}]"#, true),
            ("{}", false),
        ] {
            let raw: Box<RawValue> = serde_json::from_str(json).expect(json);
            assert_eq!(
                suppression(Some(&raw), &mut Texts::default()).is_some(),
                counts,
                "{json}"
            );
        }
    }
}
