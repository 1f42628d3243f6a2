//! Days and moments as people and tools write them. What cannot be read is nothing: whoever asks deals with that.

use std::fmt::{self, Display, Formatter};

use chrono::{DateTime, Datelike, Days, NaiveDate, SecondsFormat, Utc};

use super::Text;

/// Longest text that is read as a moment; RFC 3339 with nanoseconds and an offset takes 35 characters.
const LONGEST: usize = 40;

/// Length of `YYYY-MM-DD` in bytes.
const DATE: usize = 10;

/// One day in UTC, of the years 0 to 9999, so that the order of days is that of their texts. Its `Display` is `YYYY-MM-DD`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(NaiveDate);

impl Day {
    /// The day of a date in the one spelling `YYYY-MM-DD`. `None` for every other text and for days that no calendar has
    /// (`2026-02-30`).
    pub fn of_date(text: &str) -> Option<Day> {
        if text.len() != DATE {
            return None;
        }
        let day = Day::of(NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?)?;
        // chrono also reads `2026-1-5`, blanks, and signs before the year.
        (day.to_string() == text).then_some(day)
    }

    /// The day of a date (`YYYY-MM-DD`) or of a moment (RFC 3339, in any offset).
    pub fn read(text: &str) -> Option<Day> {
        Day::of_date(text).or_else(|| Day::of(instant(text)?.date_naive()))
    }

    /// The day that stands at the start of a date or of a moment, whatever its time and offset: publishers write moments in
    /// more spellings than RFC 3339 has (`2025-03-14T00:00:00+0000`).
    pub fn at_start_of(text: &str) -> Option<Day> {
        let (date, rest) = text.split_at_checked(DATE)?;
        let ends = rest.is_empty() || rest.starts_with(['T', 't', ' ']);
        ends.then(|| Day::of_date(date))?
    }

    /// Whole days from `earlier` to this one; `None` where this one lies before it.
    pub fn since(self, earlier: Day) -> Option<u64> {
        u64::try_from(self.after(earlier)).ok()
    }

    /// Whole days from `other` to this one, negative where this one lies before it.
    pub fn after(self, other: Day) -> i64 {
        self.0.signed_duration_since(other.0).num_days()
    }

    /// The day so many days later; `None` beyond the calendar.
    pub fn plus(self, days: u32) -> Option<Day> {
        Day::of(self.0.checked_add_days(Days::new(u64::from(days)))?)
    }

    /// The day before; `None` beyond the calendar.
    pub fn before(self) -> Option<Day> {
        Day::of(self.0.pred_opt()?)
    }

    fn of(date: NaiveDate) -> Option<Day> {
        (0..=9999).contains(&date.year()).then_some(Day(date))
    }
}

impl Display for Day {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m-%d"))
    }
}

/// The point in time of an RFC 3339 text; nothing when it is none.
pub fn instant(text: &str) -> Option<DateTime<Utc>> {
    let read = || DateTime::parse_from_rfc3339(text).ok();
    (text.len() <= LONGEST)
        .then(read)
        .flatten()
        .map(|moment| moment.with_timezone(&Utc))
}

/// A moment in the one spelling that we write: RFC 3339 in UTC, whole seconds, `Z`.
pub fn spelled(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// An RFC 3339 text in the spelling of [`spelled`]; nothing when it is none.
pub fn utc(text: &str) -> Option<Text> {
    instant(text).map(|moment| spelled(moment).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::of_date(text).unwrap()
    }

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
            "2026-11-01T",
            "2026-11-01T25:00:00Z",
            "9999-12-31T23:30:00-01:00",
            "2026-11-01T00:00:00.00000000000000000000000Z",
        ] {
            assert_eq!(Day::read(text), None, "{text}");
        }
    }

    #[test]
    fn only_real_days_in_one_spelling() {
        for text in [
            "",
            "2026-1-5",
            " 2026-01-5",
            " 2026-01-05",
            "2026-02-29",
            "2026-13-01",
            "+026-11-01",
            "-026-11-01",
            "+2026-01-02",
            "12026-01-02",
            "2026-11-011",
            "2026-01-02T00:00:00Z",
            "٢٠٢٦-11-01",
        ] {
            assert_eq!(Day::of_date(text), None, "{text}");
        }
    }

    #[test]
    fn moments_begin_with_a_day() {
        for (text, expected) in [
            ("2025-03-14", Some("2025-03-14")),
            ("2025-03-14T00:00:00+0000", Some("2025-03-14")),
            ("2025-03-14t", Some("2025-03-14")),
            ("2025-03-14 00:00", Some("2025-03-14")),
            ("2025-03-145", None),
            ("2025-02-30", None),
            ("2025-3-14T", None),
            ("2025", None),
        ] {
            let day = Day::at_start_of(text).map(|day| day.to_string());
            assert_eq!(day.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn days_are_counted_over_ends_of_months_and_years() {
        assert_eq!(day("2026-03-01").since(day("2026-02-28")), Some(1));
        assert_eq!(day("2026-03-01").since(day("2026-03-01")), Some(0));
        assert_eq!(day("2026-02-28").since(day("2026-03-01")), None);
        assert_eq!(day("2027-01-02").after(day("2026-12-30")), 3);
        assert_eq!(day("2026-12-29").after(day("2026-12-30")), -1);
        assert_eq!(day("2026-12-25").plus(7), Some(day("2027-01-01")));
        assert_eq!(day("2026-12-25").plus(u32::MAX), None);
        assert_eq!(day("9999-12-31").plus(1), None);
        assert_eq!(day("2024-03-01").before(), Some(day("2024-02-29")));
        assert_eq!(day("0000-01-01").before(), None);
    }

    #[test]
    fn moments_have_one_spelling() {
        let said = utc("2026-05-01T02:00:00.5+02:00");
        assert_eq!(said.as_deref(), Some("2026-05-01T00:00:00Z"));
        assert_eq!(utc("2026-05-01"), None);
    }
}
