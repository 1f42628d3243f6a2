//! Dates of a baseline. Somebody wrote them, so none is believed that cannot be.

use chrono::{DateTime, Utc};

use crate::model::{Text, instant, spelled};

/// The dates of one comparison.
pub(super) struct Calendar {
    now: Option<DateTime<Utc>>,
    taken: Option<DateTime<Utc>>,
}

impl Calendar {
    /// `now` is the start of this run, `taken` when the baseline was taken.
    pub(super) fn new(now: &str, taken: Option<&str>) -> Calendar {
        let now = instant(now);
        let past = |date: &DateTime<Utc>| now.is_some_and(|now| *date <= now);
        Calendar {
            now,
            taken: taken.and_then(instant).filter(past),
        }
    }

    /// When a finding that is new was first seen: now.
    pub(super) fn today(&self) -> Option<Text> {
        self.now.map(|now| spelled(now).into())
    }

    /// When a finding of the baseline was first seen, by the dates of its entries: the earliest that can be true, and never
    /// after the baseline was taken, because it is in it. A later date would only give a finding more time.
    pub(super) fn first_seen<'a>(&self, dates: impl Iterator<Item = &'a Text>) -> Option<Text> {
        let past = |date: &DateTime<Utc>| self.now.is_some_and(|now| *date <= now);
        dates
            .filter_map(|date| instant(date))
            .filter(past)
            .chain(self.taken)
            .min()
            .map(|first| spelled(first).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_dates_that_can_be_true_count() {
        let calendar = Calendar::new("2026-06-01T00:00:00Z", Some("2026-05-01T02:00:00+02:00"));
        for (dates, expected) in [
            (&["2026-03-01T00:00:00Z"][..], "2026-03-01T00:00:00Z"),
            (&["2026-05-20T00:00:00Z"], "2026-05-01T00:00:00Z"),
            (&["2027-01-01T00:00:00Z"], "2026-05-01T00:00:00Z"),
            (&["yesterday", ""], "2026-05-01T00:00:00Z"),
            (&["2026-02-30T00:00:00Z"], "2026-05-01T00:00:00Z"),
            (
                &["2026-04-01T00:00:00Z", "2026-02-01T01:00:00+01:00"],
                "2026-02-01T00:00:00Z",
            ),
        ] {
            let texts: Vec<Text> = dates.iter().map(|date| Text::from(*date)).collect();
            let first = calendar.first_seen(texts.iter());
            assert_eq!(first.as_deref(), Some(expected), "{dates:?}");
        }
    }

    #[test]
    fn a_baseline_of_the_future_has_no_date() {
        let calendar = Calendar::new("2026-06-01T00:00:00Z", Some("2026-06-01T00:00:01Z"));
        assert_eq!(calendar.first_seen(std::iter::empty()), None);
        let broken = Calendar::new("today", Some("2026-06-01T00:00:01Z"));
        assert_eq!(broken.today(), None);
        let date = Text::from("2026-06-01T00:00:01Z");
        assert_eq!(broken.first_seen(std::iter::once(&date)), None);
    }
}
