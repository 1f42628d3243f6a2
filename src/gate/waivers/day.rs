//! Days in the one spelling `YYYY-MM-DD`, in which the order of texts is the order of days.

use chrono::{Days, NaiveDate};

/// The day that a text names. `None` for other spellings and for days that no calendar has (`2026-02-30`).
pub(super) fn parse(text: &str) -> Option<NaiveDate> {
    // chrono also reads `2026-1-2` and `+2026-01-02`, which do not compare as texts.
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    (text.len() == 10 && day.to_string() == text).then_some(day)
}

/// Whether a text names a day.
pub fn is_day(text: &str) -> bool {
    parse(text).is_some()
}

/// Days from one day to another, negative when the other comes first. `None` when either is no day.
pub(in crate::gate) fn days_until(from: &str, to: &str) -> Option<i64> {
    let (from, to) = (parse(from)?, parse(to)?);
    Some(to.signed_duration_since(from).num_days())
}

/// The day so many days later; `None` when `day` is none or the calendar ends.
pub fn later(day: &str, days: u32) -> Option<String> {
    let later = parse(day)?.checked_add_days(Days::new(u64::from(days)))?;
    Some(later.to_string()).filter(|text| is_day(text))
}

/// The day before.
pub(super) fn before(day: &str) -> Option<String> {
    parse(day)?
        .pred_opt()
        .map(|day| day.to_string())
        .filter(|text| is_day(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_real_days_in_one_spelling() {
        for (text, expected) in [
            ("2026-12-01", true),
            ("2024-02-29", true),
            ("2026-02-29", false),
            ("2026-13-01", false),
            ("2026-1-2", false),
            ("+2026-01-02", false),
            (" 2026-01-02", false),
            ("2026-01-02T00:00:00Z", false),
            ("12026-01-02", false),
            ("", false),
        ] {
            assert_eq!(is_day(text), expected, "{text}");
        }
    }

    #[test]
    fn days_are_counted_over_years() {
        assert_eq!(days_until("2026-12-30", "2027-01-02"), Some(3));
        assert_eq!(days_until("2026-12-30", "2026-12-29"), Some(-1));
        assert_eq!(days_until("x", "2026-12-29"), None);
        assert_eq!(before("2024-03-01").as_deref(), Some("2024-02-29"));
        assert_eq!(later("2026-12-15", 30).as_deref(), Some("2027-01-14"));
        assert_eq!(later("9999-12-31", 1), None);
        assert_eq!(before("x"), None);
    }
}
