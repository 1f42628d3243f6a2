//! Days in UTC: what `age>=`, `grace=` and `sla` count in.

use std::fmt::{self, Display, Formatter};

use chrono::{DateTime, Days, NaiveDate, Utc};

/// One day in UTC. Its `Display` is `YYYY-MM-DD`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(NaiveDate);

impl Day {
    /// The day of a date (`YYYY-MM-DD`) or of a moment (RFC 3339, in any offset). `None` is no day at all; what is unknown
    /// has to be dealt with by whoever asks.
    pub fn read(text: &str) -> Option<Day> {
        if let Ok(moment) = DateTime::parse_from_rfc3339(text) {
            return Some(Day(moment.with_timezone(&Utc).date_naive()));
        }
        // chrono also reads `2026-1-5` and signs before the year.
        let plain = text.len() == "YYYY-MM-DD".len() && !text.starts_with(['+', '-']);
        let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
        plain.then_some(Day(day))
    }

    /// Whole days from `earlier` to this one; `None` where this one lies before it.
    pub fn since(self, earlier: Day) -> Option<u64> {
        u64::try_from(self.0.signed_duration_since(earlier.0).num_days()).ok()
    }

    /// The day so many days later; `None` beyond the calendar.
    pub fn plus(self, days: u32) -> Option<Day> {
        self.0.checked_add_days(Days::new(u64::from(days))).map(Day)
    }
}

impl Display for Day {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m-%d"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_moments_are_read_in_utc() {
        for (text, day) in [
            ("2026-11-01", "2026-11-01"),
            ("2026-11-01T23:59:59Z", "2026-11-01"),
            ("2026-11-01T23:30:00-02:00", "2026-11-02"),
            ("2026-11-01T00:30:00+02:00", "2026-10-31"),
            ("2024-02-29", "2024-02-29"),
        ] {
            assert_eq!(Day::read(text).unwrap().to_string(), day, "{text}");
        }
        for text in [
            "",
            "soon",
            "2026-1-5",
            "2026-02-29",
            "2026-11-01T",
            "+026-11-01",
            "-026-11-01",
            "2026-11-011",
            "2026-11-01T25:00:00Z",
            "٢٠٢٦-11-01",
        ] {
            assert_eq!(Day::read(text), None, "{text}");
        }
    }

    #[test]
    fn days_are_counted_over_ends_of_months() {
        let day = |text| Day::read(text).unwrap();
        assert_eq!(day("2026-03-01").since(day("2026-02-28")), Some(1));
        assert_eq!(day("2026-03-01").since(day("2026-03-01")), Some(0));
        assert_eq!(day("2026-02-28").since(day("2026-03-01")), None);
        assert_eq!(day("2026-12-25").plus(7), Some(day("2027-01-01")));
        assert_eq!(day("2026-12-25").plus(u32::MAX), None);
    }
}
