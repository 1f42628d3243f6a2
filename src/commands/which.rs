//! Which finding somebody means: a fingerprint, its first digits, or a rule that one finding alone has.

use crate::gate::waivers::rules_of;
use crate::model::Finding;
use crate::syntax::words::{did_you_mean, plain};

/// Fewest digits of a fingerprint that name a finding.
const DIGITS_LEAST: usize = 6;

/// Most findings that are listed when an id names several.
const LISTED: usize = 10;

/// No finding, or several. A usage error.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct WhichError(String);

/// The one finding that an id names.
pub(super) fn find<'f>(findings: &'f [Finding], id: &str) -> Result<&'f Finding, WhichError> {
    let id = id.trim();
    let hex = (DIGITS_LEAST..=32).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_hexdigit());
    let start = id.to_ascii_lowercase();
    let is_print = |finding: &&Finding| {
        hex && finding
            .fingerprints()
            .any(|print| print.to_string().starts_with(&start))
    };
    let is_rule = |finding: &&Finding| rules_of(finding).any(|rule| rule.eq_ignore_ascii_case(id));
    let named: Vec<&Finding> = findings
        .iter()
        .filter(|finding| is_print(finding) || is_rule(finding))
        .collect();
    match named.as_slice() {
        [] => {
            let rules = findings.iter().map(|finding| &*finding.rule);
            Err(WhichError(format!(
                "no finding of these reports is {}{}; an id is a fingerprint, its first {DIGITS_LEAST} or more digits, or a \
                 rule",
                plain(id),
                did_you_mean(id, rules)
            )))
        }
        [first, rest @ ..] if rest.iter().all(|one| one.fingerprint == first.fingerprint) => {
            Ok(first)
        }
        several => {
            let mut lines: Vec<String> = several.iter().map(|one| line(one)).collect();
            lines.sort();
            let more = lines.len().saturating_sub(LISTED);
            lines.truncate(LISTED);
            if more > 0 {
                lines.push(format!("  and {more} more"));
            }
            Err(WhichError(format!(
                "{} findings are {}; name one by its fingerprint:\n{}",
                several.len(),
                plain(id),
                lines.join("\n")
            )))
        }
    }
}

/// One finding in a list.
pub(super) fn line(finding: &Finding) -> String {
    let mut line = format!("  {} {}", finding.fingerprint, about(finding));
    if let Some(package) = &finding.package {
        line += &format!(", {}", plain(&package.name));
    }
    match (finding.locations.first(), &finding.target) {
        (Some(place), _) => {
            line += &format!(", {}", plain(&place.path));
            line.extend(place.start_line.map(|at| format!(":{at}")));
        }
        (None, Some(target)) => line += &format!(", {}", plain(target)),
        (None, None) => {}
    }
    line
}

pub(super) fn about(finding: &Finding) -> String {
    format!("{} ({})", plain(&finding.rule), finding.severity.word())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Fingerprint, Kind, Severity};

    fn finding(rule: &str, print: u8) -> Finding {
        let mut finding = Finding::new(Kind::Code, rule.into(), Severity::High, "t".into());
        finding.fingerprint = Fingerprint([print; 16]);
        finding
    }

    #[test]
    fn ids_name_one_finding_or_say_why_not() {
        let mut third = finding("R2", 0xac);
        third.fingerprint.0[15] = 1;
        third.aliases = vec!["abcdef".into()];
        let all = [
            finding("R1", 0xab),
            finding("R2", 0xac),
            third,
            finding("deadbe", 1),
        ];
        let print = |id: &str| find(&all, id).map(|one| one.fingerprint.0[15]);
        assert_eq!(print("r1").unwrap(), 0xab);
        assert_eq!(print("ABABAB").unwrap(), 0xab);
        assert_eq!(print(&"ac".repeat(16)).unwrap(), 0xac);
        assert_eq!(print("abcdef").unwrap(), 1, "an alias");
        assert_eq!(print("deadbe").unwrap(), 1, "a rule that looks like digits");
        for (id, part) in [
            ("ababa", "no finding"),
            ("R12", "did you mean R1?"),
            (
                "R2",
                "2 findings are R2; name one by its fingerprint:\n  acac",
            ),
            ("acacac", "2 findings are acacac"),
            ("", "no finding"),
            ("x\u{1b}[2J", "\\u{1b}"),
        ] {
            let error = find(&all, id).unwrap_err().to_string();
            assert!(error.contains(part), "{id}: {error}");
        }
    }

    #[test]
    fn many_candidates_are_cut_with_a_word_about_it() {
        let all: Vec<Finding> = (0..15).map(|print| finding("R", print)).collect();
        let error = find(&all, "R").unwrap_err().to_string();
        assert!(error.ends_with("\n  and 5 more"), "{error}");
        assert_eq!(error.lines().count(), 12);
    }
}
