//! `primaryLocationLineHash`, the only fingerprint that code scanning uses, as GitHub's upload action computes it.
//! Uploads through the API get none, and then alerts come again whenever lines move.
//!
//! The rule (read in `src/fingerprints.ts` of github/codeql-action): take the file's UTF-16 units without blanks and
//! tabs, with CR and CR LF as LF, then 65535 once, then zeros. For the line that starts at unit p the hash is
//! Σ x[p+k]·37^(99−k) for k = 0…99 modulo 2^64. The value is the hash in hexadecimal, a colon, and how many lines of
//! this file have had that hash so far, from 1.

use std::collections::HashMap;

/// Units that one hash looks at.
const WINDOW: usize = 100;
/// The base of the polynomial.
const BASE: u64 = 37;
/// What stands for the end of the file.
const END: u64 = 65535;

/// The value of every line, in order. A final line feed starts one more line.
pub fn line_hashes(text: &str) -> Vec<String> {
    let mut units: Vec<u64> = Vec::with_capacity(text.len() + 1);
    let mut starts = vec![0];
    let mut after_cr = false;
    for unit in text.encode_utf16() {
        // A line feed is part of a line end only directly after its carriage return.
        let swallowed = after_cr && unit == 0x0A;
        after_cr = unit == 0x0D;
        if swallowed || unit == 0x20 || unit == 0x09 {
            continue;
        }
        let line_end = unit == 0x0A || unit == 0x0D;
        units.push(if line_end { 0x0A } else { u64::from(unit) });
        if line_end {
            starts.push(units.len());
        }
    }
    units.push(END);
    let mut counts: HashMap<u64, u32> = HashMap::new();
    starts
        .into_iter()
        .map(|start| {
            let hash = (0..WINDOW).fold(0u64, |sum, k| {
                let unit = units.get(start + k).copied().unwrap_or(0);
                sum.wrapping_mul(BASE).wrapping_add(unit)
            });
            let count = counts.entry(hash).or_default();
            *count += 1;
            format!("{hash:x}:{count}")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The published answers of GitHub's own tests.
    #[test]
    fn known_answers() {
        assert_eq!(line_hashes(""), ["c129715d7a2bc9a3:1"]);
        assert_eq!(
            line_hashes(" a\nb\n  \t\tc\n d"),
            [
                "271789c17abda88f:1",
                "54703d4cd895b18:1",
                "180aee12dab6264:1",
                "a23a3dc5e078b07b:1"
            ]
        );
        let lorem = "Lorem ipsum dolor sit amet.\n".repeat(10);
        let mut expected: Vec<String> = (1..=6).map(|n| format!("a7f2ff13bc495cf2:{n}")).collect();
        expected.extend(
            [
                "a7f2ff1481e87703:1",
                "a9cf91f7bbf1862b:1",
                "55ec222b86bcae53:1",
                "cc97dc7b1d7d8f7b:1",
                "c129715d7a2bc9a3:1",
            ]
            .map(str::to_owned),
        );
        assert_eq!(line_hashes(&lorem), expected);
    }

    #[test]
    fn line_ends_do_not_matter() {
        assert_eq!(line_hashes("a\r\nb\r\n"), line_hashes("a\nb\n"));
        assert_eq!(line_hashes("a\rb\r"), line_hashes("a\nb\n"));
    }
}
