//! Reads thresholds: `fail<75, warn<90`; `fail>5000 USD, warn>+10%, fail>+500`.

use std::str::FromStr;

use rust_decimal::Decimal;

use super::super::{Row, plain};
use super::{Subject, Threshold, Thresholds};
use crate::model::Measured;

/// Most thresholds of one input; people write two.
const MAX_THRESHOLDS: usize = 20;

/// A text that is no list of thresholds.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no threshold: {what}; write {example}")]
pub struct ThresholdError {
    /// The part that was not understood, cut and without control characters.
    pub text: String,
    /// What was found wrong.
    pub what: String,
    /// What it should look like.
    pub example: &'static str,
}

impl Subject {
    fn example(self) -> &'static str {
        match self {
            Subject::Coverage => "`fail<75, warn<90` (percent), or none",
            Subject::Cost => {
                "`fail>5000 USD` (per month), `warn>+10%` or `fail>+500 USD` (change), or none"
            }
        }
    }
}

impl Thresholds {
    /// Reads the value of an input; `none` is no threshold.
    pub fn parse(subject: Subject, text: &str) -> Result<Thresholds, ThresholdError> {
        let refuse = |part: &str, what: &str| ThresholdError {
            text: plain::cut(part.trim(), 60),
            what: what.to_owned(),
            example: subject.example(),
        };
        if text.trim().eq_ignore_ascii_case("none") {
            return Ok(Thresholds::default());
        }
        let parts = text.split([',', '\n']).map(str::trim);
        let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
        if parts.is_empty() {
            return Err(refuse(text, "there is none"));
        }
        if parts.len() > MAX_THRESHOLDS {
            return Err(refuse(text, "there are more than twenty"));
        }
        let read = parts
            .iter()
            .map(|part| threshold(subject, part).map_err(|what| refuse(part, what)));
        Ok(Thresholds {
            list: read.collect::<Result<_, _>>()?,
        })
    }
}

fn threshold(subject: Subject, text: &str) -> Result<Threshold, &'static str> {
    let (sign, wanted) = match subject {
        Subject::Coverage => ('<', "coverage is limited from below with `<`"),
        Subject::Cost => ('>', "costs are limited from above with `>`"),
    };
    let (action, limit) = text.split_once(sign).ok_or(wanted)?;
    let row = match action.trim().to_ascii_lowercase().as_str() {
        "fail" => Row::Fail,
        "warn" => Row::Warn,
        "note" => Row::Note,
        _ => return Err("it has to start with fail, warn or note"),
    };
    let limit = limit.trim();
    let (change, limit) = match limit.strip_prefix('+') {
        Some(rest) if subject == Subject::Cost => (true, rest.trim()),
        _ => (false, limit),
    };
    let end = limit
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(limit.len());
    let (number, unit) = limit.split_at(end);
    let number = Decimal::from_str(number).map_err(|_| "there is no number")?;
    let unit = unit.trim();
    let of = match (subject, change, unit) {
        (Subject::Coverage, ..) if number > Decimal::ONE_HUNDRED => {
            return Err("coverage is at most 100 percent");
        }
        (Subject::Coverage, _, "" | "%") => Measured::Coverage,
        (Subject::Coverage, ..) => return Err("coverage is counted in percent"),
        (Subject::Cost, true, "%") => Measured::CostChangePercent,
        (Subject::Cost, false, "%") => {
            return Err("a percentage limits the change and needs a `+`");
        }
        (Subject::Cost, true, _) => Measured::CostChange,
        (Subject::Cost, false, _) => Measured::MonthlyCost,
    };
    let currency = (subject == Subject::Cost && !matches!(unit, "" | "%")).then_some(unit);
    let is_code = |code: &str| code.len() == 3 && code.bytes().all(|b| b.is_ascii_alphabetic());
    if currency.is_some_and(|code| !is_code(code)) {
        return Err("a currency has a code of three letters, such as USD");
    }
    Ok(Threshold {
        row,
        of,
        limit: number.normalize(),
        currency: currency.map(|code| code.to_ascii_uppercase().into()),
    })
}
