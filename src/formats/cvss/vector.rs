//! Base scores of CVSS vectors, for reports that give the vector and no number.
//!
//! Only the base metrics count: threat and environment are the reader's to judge, and would make a score milder. A vector
//! that lacks one of them has no score, never a small one.

use std::str::FromStr;

use ::cvss::Cvss;

use crate::model::Severity;

/// What a vector comes to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::formats) struct Rated {
    /// The base score, 0 to 10.
    pub(in crate::formats) score: f32,
    /// Its rating. Version 2 has no critical.
    pub(in crate::formats) severity: Severity,
}

/// Longest vector that is looked at; a whole one of version 4 has 200 characters.
const MAX_VECTOR: usize = 500;

/// Base metrics of each version, in no order.
const BASE_2: &[&str] = &["AV", "AC", "AU", "C", "I", "A"];
const BASE_3: &[&str] = &["AV", "AC", "PR", "UI", "S", "C", "I", "A"];
const BASE_4: &[&str] = &[
    "AV", "AC", "AT", "PR", "UI", "VC", "VI", "VA", "SC", "SI", "SA",
];

/// The score of a vector of version 2, 3.0, 3.1 or 4.0; nothing for what is none.
pub(in crate::formats) fn rated(vector: &str) -> Option<Rated> {
    let vector = vector.trim().trim_matches(['(', ')']);
    if vector.len() > MAX_VECTOR {
        return None;
    }
    let (prefix, metrics) = match vector.split_once('/') {
        Some((prefix, metrics)) if prefix.starts_with("CVSS:") => (Some(prefix), metrics),
        _ => (None, vector),
    };
    let wanted = match prefix {
        Some("CVSS:3.0" | "CVSS:3.1") => BASE_3,
        Some("CVSS:4.0") => BASE_4,
        Some("CVSS:2.0") | None => BASE_2,
        Some(_) => return None,
    };
    let name = |metric: &str| {
        let (name, _) = metric.split_once(':')?;
        Some(name.to_ascii_uppercase())
    };
    let base: Vec<&str> = metrics
        .split('/')
        .filter(|metric| name(metric).is_some_and(|name| wanted.contains(&name.as_str())))
        .collect();
    // The library refuses a metric that comes twice, so this many are all of them.
    if base.len() != wanted.len() {
        return None;
    }
    let base = base.join("/");
    let whole = match prefix {
        Some("CVSS:2.0") | None => base,
        Some(prefix) => format!("{prefix}/{base}"),
    };
    let score = Cvss::from_str(&whole).ok()?.score();
    let severity = Severity::from_cvss(score)?;
    Some(Rated {
        score: score as f32,
        severity: if wanted == BASE_2 {
            severity.min(Severity::High)
        } else {
            severity
        },
    })
}

impl Rated {
    /// The score as a finding keeps it: a vulnerability that scores 0 has none.
    pub(in crate::formats) fn kept(self) -> Option<f32> {
        Some(self.score).filter(|score| *score > 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Severity::{Critical, High, Info, Low, Medium};

    /// Vectors of the examples of FIRST and of well-known advisories, with the scores that the NVD shows.
    #[test]
    fn known_vectors_have_their_scores() {
        for (vector, score, severity) in [
            (
                "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
                9.8,
                Critical,
            ),
            (
                "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H",
                10.0,
                Critical,
            ),
            ("CVSS:3.0/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N", 3.1, Low),
            ("CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N", 6.4, Medium),
            ("CVSS:3.1/AV:L/AC:L/PR:N/UI:R/S:U/C:H/I:H/A:H", 7.8, High),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0.0, Info),
            (
                "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
                9.3,
                Critical,
            ),
            (
                "CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
                7.3,
                High,
            ),
            ("AV:N/AC:L/Au:N/C:C/I:C/A:C", 10.0, High),
            ("(AV:N/AC:L/Au:N/C:P/I:N/A:N)", 5.0, Medium),
            ("CVSS:2.0/AV:N/AC:L/Au:N/C:P/I:P/A:P", 7.5, High),
        ] {
            let rated = rated(vector).expect(vector);
            assert!((rated.score - score).abs() < 0.05, "{vector}: {rated:?}");
            assert_eq!(rated.severity, severity, "{vector}");
        }
    }

    #[test]
    fn what_others_judged_makes_nothing_milder() {
        let base = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
        let four = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N";
        assert_eq!(rated(&format!("{base}/E:U/RL:O/RC:U/MAV:P")), rated(base));
        assert_eq!(rated(&format!("{four}/E:U/MAV:P")), rated(four));
    }

    #[test]
    fn what_is_no_whole_vector_has_no_score() {
        for vector in [
            "",
            "high",
            "9.8",
            "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H",
            "CVSS:3.1/AV:N/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H",
            "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:Z",
            "CVSS:5.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
            "CVSS:4.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
            "AV:N/AC:L",
        ] {
            assert_eq!(rated(vector), None, "{vector}");
        }
        assert_eq!(rated(&"A".repeat(1 << 20)), None);
    }

    /// The library looks scores of version 4 up in tables and gives up on a hole in them. Every eleventh of the 104976
    /// base vectors, which passes through every combination of two metrics; a step of 1 tries all, in 15 seconds.
    #[test]
    fn every_vector_of_version_4_has_a_score() {
        let values: [(&str, &str); 11] = [
            ("AV", "NALP"),
            ("AC", "LH"),
            ("AT", "NP"),
            ("PR", "NLH"),
            ("UI", "NPA"),
            ("VC", "HLN"),
            ("VI", "HLN"),
            ("VA", "HLN"),
            ("SC", "HLN"),
            ("SI", "HLN"),
            ("SA", "HLN"),
        ];
        let count: usize = values.iter().map(|(_, values)| values.len()).product();
        for number in (0..count).step_by(11) {
            let mut rest = number;
            let mut vector = "CVSS:4.0".to_owned();
            for (name, values) in values {
                let value = values.chars().nth(rest % values.len()).expect("a value");
                rest /= values.len();
                vector.push_str(&format!("/{name}:{value}"));
            }
            assert!(rated(&vector).is_some(), "{vector}");
        }
    }
}
