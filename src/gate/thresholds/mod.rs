//! Limits on numbers: `fail<75, warn<90` for coverage, `fail>5000 USD, warn>+10%` for costs. A number that misses one makes
//! a finding of kind `quality`, which carries what the threshold demands; the rule `thresholds` says it in the judgement.
//!
//! A number that is not known misses every threshold: silence is no coverage and no saving.
//!
//! Must not know: rows, presets, which formats measure.

mod parse;

use rust_decimal::Decimal;

use super::Row;
use crate::model::{
    Demand, Finding, Kind, Measure, Measured, Report, Severity, Status, Text, folded_line_hash,
};

pub use parse::ThresholdError;

/// The thresholds of one input, in the order in which they were written. Its `Display` is the canonical spelling, `none`
/// where there is none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Thresholds {
    list: Vec<Threshold>,
}

/// One limit and what a number does that misses it.
#[derive(Clone, Debug, PartialEq)]
pub struct Threshold {
    row: Row,
    of: Measured,
    /// Coverage must not be below it, costs not above it.
    limit: Decimal,
    /// The currency of a limit on costs, where it is said.
    currency: Option<Text>,
}

/// What thresholds may be set on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The input `coverage`.
    Coverage,
    /// The input `cost`.
    Cost,
}

impl Thresholds {
    /// Whether nothing can be missed.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Whether a number of this sort can make the verdict fail.
    pub(super) fn fails_on(&self, of: Measured) -> bool {
        let mut all = self.list.iter();
        all.any(|threshold| threshold.of == of && threshold.row == Row::Fail)
    }

    /// Adds the findings of a report: one for each number that misses a threshold, with the strongest demand.
    pub fn add_findings(&self, report: &mut Report) {
        if matches!(report.status, Status::Unusable(_)) {
            return;
        }
        let missed: Vec<Finding> = report
            .measures
            .iter()
            .filter_map(|measure| self.finding(measure, report))
            .collect();
        report.findings.extend(missed);
    }

    /// What is asked for and not measured by any report: the strongest threshold of it, and a sentence part.
    pub(super) fn unmeasured(&self, reports: &[Report]) -> Option<(Row, String)> {
        let measured = |of: Measured| {
            let measures = reports.iter().flat_map(|report| &report.measures);
            measures.into_iter().any(|measure| measure.of == of)
        };
        let unmeasured = self.list.iter().filter(|threshold| !measured(threshold.of));
        let strongest = unmeasured.min_by_key(|threshold| rank(threshold.row))?;
        Some((
            strongest.row,
            format!(
                "no report gives the {} that `{strongest}` asks for",
                strongest.of.words()
            ),
        ))
    }

    fn finding(&self, measure: &Measure, report: &Report) -> Option<Finding> {
        let of = self
            .list
            .iter()
            .filter(|threshold| threshold.of == measure.of);
        let missed = of.filter_map(|threshold| Some((threshold, threshold.miss(measure)?)));
        let (threshold, why) = missed.min_by_key(|(threshold, _)| rank(threshold.row))?;
        let rule = match measure.of {
            Measured::Coverage => "coverage",
            Measured::MonthlyCost => "monthly-cost",
            Measured::CostChange => "cost-change",
            Measured::CostChangePercent => "cost-change-percent",
        };
        let severity = match threshold.row {
            Row::Fail => Severity::High,
            Row::Warn => Severity::Medium,
            Row::Note => Severity::Low,
        };
        let mut finding = Finding::new(Kind::Quality, rule.into(), severity, why.clone().into());
        let basis = &measure.basis;
        finding.message = match basis.is_empty() {
            true => format!("{why}.").into(),
            false => format!("{why} ({basis}).").into(),
        };
        // Its identity is what was measured and where, not the number.
        finding.line = Some(folded_line_hash(rule));
        finding.target = Some(match &report.target {
            Some(target) => target.clone(),
            None => report.input.path.as_str().into(),
        });
        finding.demand = Some(Box::new(Demand {
            term: threshold.to_string().into(),
            effect: threshold.row.effect(),
            why: why.into(),
        }));
        Some(finding)
    }
}

/// Strongest first.
fn rank(row: Row) -> usize {
    Row::ALL
        .iter()
        .position(|known| *known == row)
        .unwrap_or(Row::ALL.len())
}

impl Threshold {
    /// Why a number of this sort misses the threshold; `None` when it does not.
    fn miss(&self, measure: &Measure) -> Option<String> {
        let what = measure.of.words();
        let Some(value) = measure.value else {
            return Some(format!("the {what} is unknown, so `{self}` is not met"));
        };
        let shown = measure.shown(Some(self.limit));
        if let Some(currency) = &self.currency
            && !currency.eq_ignore_ascii_case(&measure.unit)
        {
            return Some(format!(
                "the {what} is counted in {}, the limit `{self}` in {currency}: they cannot be compared",
                measure.unit
            ));
        }
        match self.of {
            Measured::Coverage if value < self.limit => {
                Some(format!("{what} is {shown}, below {}%", self.limit))
            }
            Measured::Coverage => None,
            _ if value > self.limit => {
                Some(format!("the {what} is {shown}, above {}", self.amount()))
            }
            _ => None,
        }
    }

    fn amount(&self) -> String {
        let sign = match self.of {
            Measured::CostChange | Measured::CostChangePercent => "+",
            Measured::Coverage | Measured::MonthlyCost => "",
        };
        let unit = match (&self.currency, self.of) {
            (_, Measured::CostChangePercent) => "%".to_owned(),
            (Some(currency), _) => format!(" {currency}"),
            (None, _) => String::new(),
        };
        format!("{sign}{}{unit}", self.limit)
    }
}

impl std::fmt::Display for Threshold {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let action = match self.row {
            Row::Fail => "fail",
            Row::Warn => "warn",
            Row::Note => "note",
        };
        match self.of {
            Measured::Coverage => write!(f, "{action}<{}", self.limit),
            _ => write!(f, "{action}>{}", self.amount()),
        }
    }
}

impl std::fmt::Display for Thresholds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.list.is_empty() {
            return f.write_str("none");
        }
        for (index, threshold) in self.list.iter().enumerate() {
            let between = if index > 0 { ", " } else { "" };
            write!(f, "{between}{threshold}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
