//! The one ordering of severities, and every mapping to and from other scales that more than one format uses.

use serde::{Deserialize, Serialize};

/// How bad a finding is. The order of the variants is the order of badness, with `Unknown` below all: it never
/// reaches a level by itself, the input `unknown-severity` says what it counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The scanner gave none, or one that nobody knows.
    Unknown,
    /// Worth knowing, nothing to do.
    Info,
    /// Low.
    Low,
    /// Medium.
    Medium,
    /// High.
    High,
    /// Critical.
    Critical,
}

impl Severity {
    /// Worst first, `Unknown` last: the order of tables.
    pub const WORST_FIRST: [Severity; 6] = [
        Severity::Critical,
        Severity::High,
        Severity::Medium,
        Severity::Low,
        Severity::Info,
        Severity::Unknown,
    ];

    /// The word of the gate language and of `verdict.json`.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Unknown => "unknown",
            Severity::Info => "info",
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
            Severity::Critical => "critical",
        }
    }

    /// Reads any of the ecosystem's words, trimmed, in any case. `None` is an unheard-of word: the caller makes it
    /// `Unknown` and says so, never something milder.
    pub fn from_word(word: &str) -> Option<Severity> {
        let word = word.trim().to_ascii_lowercase();
        Some(match word.as_str() {
            "critical" => Severity::Critical,
            "high" | "error" | "important" => Severity::High,
            "medium" | "moderate" | "warning" | "warn" => Severity::Medium,
            "low" | "minor" | "negligible" | "note" => Severity::Low,
            "info" | "informational" | "information" | "none" => Severity::Info,
            "unknown" | "undefined" | "unspecified" | "" => Severity::Unknown,
            _ => return None,
        })
    }

    /// The rating of a CVSS v3 or v4 base score (FIRST, CVSS v3.1 section 5); `None` outside 0 to 10 or not finite.
    pub fn from_cvss(score: f64) -> Option<Severity> {
        if !score.is_finite() || !(0.0..=10.0).contains(&score) {
            return None;
        }
        Some(match score {
            s if s >= 9.0 => Severity::Critical,
            s if s >= 7.0 => Severity::High,
            s if s >= 4.0 => Severity::Medium,
            s if s > 0.0 => Severity::Low,
            _ => Severity::Info,
        })
    }

    /// The severity that a SARIF `level` stands for; `none` is not a finding and has no severity.
    pub fn from_sarif_level(level: &str) -> Option<Severity> {
        match level {
            "error" => Some(Severity::High),
            "warning" => Some(Severity::Medium),
            "note" => Some(Severity::Low),
            _ => None,
        }
    }

    /// The SARIF `level` of a result with this severity.
    pub fn sarif_level(self) -> &'static str {
        match self {
            Severity::Critical | Severity::High => "error",
            Severity::Medium | Severity::Unknown => "warning",
            Severity::Low | Severity::Info => "note",
        }
    }

    /// The `security-severity` that makes GitHub show this severity (GitHub docs, "SARIF support for code scanning":
    /// over 9.0 critical, 7.0 to 8.9 high, 4.0 to 6.9 medium, 0.1 to 3.9 low). `None` where there is nothing to show.
    pub fn security_severity(self) -> Option<&'static str> {
        match self {
            Severity::Critical => Some("9.5"),
            Severity::High => Some("8.0"),
            Severity::Medium => Some("5.5"),
            Severity::Low => Some("2.0"),
            Severity::Info | Severity::Unknown => None,
        }
    }
}
