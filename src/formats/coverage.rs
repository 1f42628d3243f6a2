//! What the formats of coverage share: lines that are counted once, and the one measure that is made of them.
//!
//! Lines that a report lists are counted; what it says of itself (totals, rates) is only held against them, because that
//! is written by other code of the tool, and because it is the easier part to forge.

use std::borrow::Cow;
use std::collections::HashMap;

use rust_decimal::Decimal;

use super::Desk;
use super::bounds::quoted;
use crate::model::{Measure, Measured};

/// By how many points of percent a rate may differ from what is counted before it is said: tools round to two digits.
const TOLERANCE: Decimal = Decimal::ONE;

/// The lines of source files, each counted once however often it is listed.
#[derive(Default)]
pub(super) struct Lines {
    files: HashMap<String, HashMap<i64, bool>>,
}

impl Lines {
    /// Adds a line of a file. One that was run anywhere was run: the same file is listed once a class, test or module.
    pub(super) fn add(&mut self, file: &str, line: i64, covered: bool) {
        let lines = match self.files.get_mut(file) {
            Some(lines) => lines,
            None => self.files.entry(file.to_owned()).or_default(),
        };
        *lines.entry(line).or_default() |= covered;
    }

    /// Whether a line of this file was added.
    pub(super) fn knows(&self, file: &str) -> bool {
        self.files.contains_key(file)
    }

    /// How many there are.
    pub(super) fn counts(&self) -> Counts {
        let lines = || self.files.values().flat_map(HashMap::values);
        Counts {
            covered: lines().filter(|covered| **covered).count() as u64,
            total: lines().count() as u64,
        }
    }
}

/// A path as the key of a file: the same file is written with either slash.
pub(super) fn file_key(path: &str) -> Cow<'_, str> {
    if path.contains('\\') {
        Cow::Owned(path.replace('\\', "/"))
    } else {
        Cow::Borrowed(path)
    }
}

/// Whether a line with this count of runs was run, noting negative counts, which gcov writes when a counter overflows.
/// `None` for what is no count.
pub(super) fn was_run(hits: &str, desk: &mut Desk<'_>) -> Option<bool> {
    let hits = hits.trim();
    let number = hits.parse::<f64>().ok().filter(|hits| hits.is_finite())?;
    if number < 0.0 {
        desk.note("a negative number of runs counts as none");
    }
    Some(number > 0.0)
}

/// Lines that were run, of all that could be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    /// Those that were run.
    pub(super) covered: u64,
    /// All of them.
    pub(super) total: u64,
}

impl Counts {
    /// Both together.
    pub(super) fn plus(self, other: Counts) -> Counts {
        Counts {
            covered: self.covered.saturating_add(other.covered),
            total: self.total.saturating_add(other.total),
        }
    }

    /// The share in percent, exactly; of nothing, nothing can be missing (coverage.py says 100 as well).
    pub(super) fn percent(self) -> Decimal {
        let hundred = Decimal::ONE_HUNDRED;
        // Two numbers of 64 bits and a factor of 100 stay within the 96 bits of a decimal.
        Decimal::from(self.covered)
            .checked_mul(hundred)
            .and_then(|covered| covered.checked_div(Decimal::from(self.total)))
            .unwrap_or(hundred)
    }

    /// `11 of 16 lines`
    pub(super) fn words(self) -> String {
        format!("{} of {} lines", self.covered, self.total)
    }
}

/// What a report says of itself. `Err` is nonsense, with the reason.
pub(super) struct Said {
    /// Its totals.
    pub(super) counts: Result<Option<Counts>, String>,
    /// Its rate in percent.
    pub(super) rate: Result<Option<Decimal>, String>,
}

impl Said {
    /// Totals from two texts; nonsense unless both are whole numbers and the first is not larger than the second.
    pub(super) fn counts_of(
        covered: (&str, Option<&str>),
        total: (&str, Option<&str>),
    ) -> Result<Option<Counts>, String> {
        let number = |(name, text): (&str, Option<&str>)| match text.map(str::trim) {
            None | Some("") => Ok(None),
            Some(text) => match text.parse::<u64>() {
                Ok(number) => Ok(Some(number)),
                Err(_) => Err(format!(
                    "the report says {name} {}, which is no number of lines",
                    quoted(text)
                )),
            },
        };
        match (number(covered)?, number(total)?) {
            (Some(covered), Some(total)) if covered > total => Err(format!(
                "the report says that {covered} of {total} lines were run"
            )),
            (Some(covered), Some(total)) => Ok(Some(Counts { covered, total })),
            _ => Ok(None),
        }
    }

    /// A rate from a text; nonsense unless it is a number from 0 to `whole`.
    pub(super) fn rate_of(
        name: &str,
        text: Option<&str>,
        whole: Decimal,
    ) -> Result<Option<Decimal>, String> {
        let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        let number = text
            .parse()
            .or_else(|_| Decimal::from_scientific(text))
            .ok()
            .filter(|rate| (Decimal::ZERO..=whole).contains(rate))
            .and_then(|rate: Decimal| rate.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(whole));
        match number {
            Some(percent) => Ok(Some(percent)),
            None => Err(format!(
                "the report says {name} {}, which is no number from 0 to {whole}",
                quoted(text)
            )),
        }
    }
}

/// The measure of lines that were counted, or of what the report says where it lists none.
pub(super) fn measure(counted: Counts, said: Said, desk: &mut Desk<'_>) -> Measure {
    if counted.total > 0 {
        let problems = [said.counts.as_ref().err(), said.rate.as_ref().err()];
        for problem in problems.into_iter().flatten() {
            desk.note(format!(
                "{problem}; the lines that it lists count: {}",
                counted.words()
            ));
        }
        match said {
            Said {
                counts: Ok(Some(said)),
                ..
            } if said != counted => desk.note(format!(
                "the report says {} and lists {}; those listed count",
                said.words(),
                counted.words()
            )),
            Said {
                rate: Ok(Some(rate)),
                ..
            } if differ(rate, counted.percent()) => desk.note(format!(
                "the report says {} % and lists {}; those listed count",
                rate.normalize(),
                counted.words()
            )),
            _ => {}
        }
        return known(counted.percent(), &counted.words(), desk);
    }
    let (counts, rate) = match (said.counts, said.rate) {
        (Ok(counts), Ok(rate)) => (counts, rate),
        (Err(problem), _) | (_, Err(problem)) => return unknown(&problem, desk),
    };
    match (counts, rate) {
        (Some(counts), Some(rate)) if differ(rate, counts.percent()) => unknown(
            &format!(
                "the report says {} and {} %, and lists no line that would tell which holds",
                counts.words(),
                rate.normalize()
            ),
            desk,
        ),
        (Some(counts), _) => known(counts.percent(), &counts.words(), desk),
        (None, Some(rate)) => known(
            rate,
            "the rate that the report says; it lists no lines",
            desk,
        ),
        (None, None) => unknown("the report lists no lines and says no number", desk),
    }
}

/// Whether two percentages differ by more than tools round.
pub(super) fn differ(one: Decimal, other: Decimal) -> bool {
    one.checked_sub(other).is_none_or(|by| by.abs() > TOLERANCE)
}

/// Coverage of so many percent.
pub(super) fn known(percent: Decimal, basis: &str, desk: &mut Desk<'_>) -> Measure {
    Measure {
        of: Measured::Coverage,
        value: Some(percent.normalize()),
        unit: desk.texts.share("%"),
        basis: desk.title(basis),
    }
}

/// Coverage that nobody knows, and why.
pub(super) fn unknown(why: &str, desk: &mut Desk<'_>) -> Measure {
    Measure {
        of: Measured::Coverage,
        value: None,
        unit: desk.texts.share("%"),
        basis: desk.title(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::Secrets;

    fn said(covered: &str, total: &str, rate: &str) -> Said {
        Said {
            counts: Said::counts_of(("covered", Some(covered)), ("total", Some(total))),
            rate: Said::rate_of("rate", Some(rate), Decimal::ONE),
        }
    }

    fn judged(covered: u64, total: u64, said: Said) -> (Option<String>, String, usize) {
        let mut secrets = Secrets::new(None);
        let mut desk = Desk::new("x", &mut secrets);
        let measure = measure(Counts { covered, total }, said, &mut desk);
        let notes = desk.notes.into_sentences().len();
        (
            measure.value.map(|value| value.to_string()),
            measure.basis.to_string(),
            notes,
        )
    }

    #[test]
    fn lines_come_before_what_the_report_says() {
        for (counted, said, value, notes) in [
            ((11, 16), ("11", "16", "0.6875"), Some("68.75"), 0),
            ((11, 16), ("", "", ""), Some("68.75"), 0),
            ((11, 16), ("11", "16", "0.69"), Some("68.75"), 0),
            ((11, 16), ("16", "16", "1"), Some("68.75"), 1),
            ((11, 16), ("", "", "1"), Some("68.75"), 1),
            ((11, 16), ("-1", "", "NaN"), Some("68.75"), 2),
            (
                (1, 3),
                ("1", "3", "0.33"),
                Some("33.333333333333333333333333333"),
                0,
            ),
            ((0, 0), ("3", "4", "0.75"), Some("75"), 0),
            ((0, 0), ("4", "4", "0.5"), None, 0),
            ((0, 0), ("0", "0", "1"), Some("100"), 0),
            ((0, 0), ("0", "0", ""), Some("100"), 0),
            ((0, 0), ("0", "0", "0"), None, 0),
            ((0, 0), ("0", "0", "0.9"), None, 0),
            ((0, 0), ("", "", "8.5E-1"), Some("85"), 0),
            ((0, 0), ("", "", ""), None, 0),
            ((0, 0), ("", "", "1.01"), None, 0),
            ((0, 0), ("", "", "Infinity"), None, 0),
            ((0, 0), ("5", "4", ""), None, 0),
            ((0, 0), ("-5", "0", "1"), None, 0),
            ((0, 0), ("5.5", "6", "1"), None, 0),
        ] {
            let found = judged(counted.0, counted.1, self::said(said.0, said.1, said.2));
            assert_eq!(
                (found.0.as_deref(), found.2),
                (value, notes),
                "{counted:?} {said:?}: {found:?}"
            );
            assert!(!found.1.is_empty());
        }
    }

    #[test]
    fn a_line_counts_once() {
        let mut lines = Lines::default();
        for (file, line, covered) in [
            ("a\\b.cs", 1, false),
            ("a/b.cs", 1, true),
            ("a/b.cs", 2, false),
            ("a/c.cs", 1, false),
        ] {
            lines.add(&file_key(file), line, covered);
        }
        assert_eq!(
            lines.counts(),
            Counts {
                covered: 1,
                total: 3
            }
        );
    }

    #[test]
    fn runs_are_numbers() {
        let mut secrets = Secrets::new(None);
        let mut desk = Desk::new("x", &mut secrets);
        for (hits, run) in [
            ("1", Some(true)),
            ("0", Some(false)),
            ("-3", Some(false)),
            ("99999999999999999999999", Some(true)),
            ("1e+06", Some(true)),
            ("NaN", None),
            ("", None),
            ("=====", None),
        ] {
            assert_eq!(was_run(hits, &mut desk), run, "{hits}");
        }
    }
}
