//! Numbers that a report gives instead of findings: coverage, costs. Thresholds make findings of them (`gate`).

use rust_decimal::Decimal;

use super::Text;

/// One number.
#[derive(Clone, Debug, PartialEq)]
pub struct Measure {
    /// What was measured.
    pub of: Measured,
    /// The number, exactly; `None` where the report gives none, or nonsense. A threshold on it is then missed, never met.
    pub value: Option<Decimal>,
    /// What it is counted in: `%`, or a currency (`USD`).
    pub unit: Text,
    /// What the number is made of (`11 of 16 lines`), or why there is none.
    pub basis: Text,
}

impl Measure {
    /// The number for people: two digits after the point, cut and not rounded, so that 89.999 never reads as 90. Where
    /// that hides on which side of `limit` it is, all of them.
    pub fn shown(&self, limit: Option<Decimal>) -> String {
        let Some(value) = self.value else {
            return "unknown".to_owned();
        };
        let cut = value.trunc_with_scale(2);
        let value = if limit == Some(cut) { value } else { cut }.normalize();
        match &*self.unit {
            "%" => format!("{value}%"),
            "" => value.to_string(),
            unit => format!("{value} {unit}"),
        }
    }
}

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measured {
    /// Share of the code that tests ran, in percent, 0 to 100.
    Coverage,
    /// Costs per month.
    MonthlyCost,
    /// By how much a change raises the costs per month; negative when it lowers them.
    CostChange,
    /// The same in percent of the costs before it.
    CostChangePercent,
}

impl Measured {
    /// As readers of a summary see it.
    pub fn words(self) -> &'static str {
        match self {
            Measured::Coverage => "coverage",
            Measured::MonthlyCost => "monthly cost",
            Measured::CostChange | Measured::CostChangePercent => "change of the monthly cost",
        }
    }
}

/// An image signature that a verifier accepted. What it was verified against is what the command line demanded; nothing
/// that the signer wrote into it is an identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The repository that the signature names.
    pub image: Text,
    /// The digest of the signed manifest (`sha256:…`).
    pub digest: Text,
}
