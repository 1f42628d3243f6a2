//! CVSS base scores: as scanners list them, and of vectors.

mod vector;

use crate::model::Severity;
use crate::syntax::{Raw, decimal};

pub(super) use vector::{Rated, rated};

/// A base score; nothing for 0, which tools write for "none", and for what is no score.
pub(super) fn base_score(raw: Raw<'_>) -> Option<f32> {
    let score = decimal(raw).filter(|score| *score > 0.0 && *score <= 10.0)?;
    Some(score as f32)
}

/// The rating of a base score. Version 2 knows nothing above high.
pub(super) fn rating(score: f32, version: &str) -> Severity {
    let rating = Severity::from_cvss(one_decimal(score)).unwrap_or(Severity::Unknown);
    if version.trim().starts_with('2') {
        rating.min(Severity::High)
    } else {
        rating
    }
}

/// Scores have one decimal: 8.95 as `f32` must not lose a level on its way to `f64`.
fn one_decimal(score: f32) -> f64 {
    (f64::from(score) * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_and_ratings() {
        for (json, score) in [
            ("7.5", Some(7.5)),
            ("\"9.8\"", Some(9.8)),
            ("0", None),
            ("-1", None),
            ("10.1", None),
            ("\"NaN\"", None),
            ("[]", None),
        ] {
            let raw = serde_json::from_str(json).expect(json);
            assert_eq!(base_score(Some(raw)), score, "{json}");
        }
        assert_eq!(rating(9.0, "3.1"), Severity::Critical);
        assert_eq!(rating(10.0, "2.0"), Severity::High);
        assert_eq!(rating(7.0, "4.0"), Severity::High);
        assert_eq!(rating(3.9, ""), Severity::Low);
    }
}
