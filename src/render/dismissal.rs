//! What is said on an alert of code scanning that is dismissed because its finding is excused.

use super::escape::plain_text;
use crate::model::{Effect, Fingerprint, Judged, Outcome};

/// A dismissal's comment in characters (REST API, "Update a code scanning alert", `dismissed_comment`).
const COMMENT_CHARS: usize = 280;

/// Digits of the fingerprint in the marker.
const MARK_DIGITS: usize = 12;

/// How the marker begins.
const MARK: &str = "[sarif-gate ";

/// Why an alert is dismissed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dismissal {
    /// One of GitHub's three reasons.
    pub reason: &'static str,
    /// Marker and grounds, in [`COMMENT_CHARS`] characters at most.
    pub comment: String,
}

/// The dismissal for the finding at this place of the list; `None` where it is not excused.
pub fn dismissal(outcome: &Outcome, index: usize) -> Option<Dismissal> {
    let finding = outcome.findings.get(index)?;
    if outcome.verdict.judged.get(index) != Some(&Judged::Excused) {
        return None;
    }
    let rulings = outcome.verdict.rulings.get(index).into_iter().flatten();
    let ruling = rulings
        .into_iter()
        .find(|ruling| ruling.effect == Effect::Excuse)?;
    // The grounds of a waiver begin with its decision, those of a VEX statement with its status.
    let word = ruling.why.split([' ', ':']).next().unwrap_or_default();
    let reason = match (ruling.by, word) {
        ("vex", "not_affected") | ("waivers", "false-positive" | "not-affected") => {
            "false positive"
        }
        ("waivers", "test-code") => "used in tests",
        _ => "won't fix",
    };
    Some(Dismissal {
        reason,
        comment: comment(finding.fingerprint, ruling.by, &ruling.why),
    })
}

/// The digits of a fingerprint by which our comments name a finding.
pub fn digits(print: Fingerprint) -> String {
    print.to_string().chars().take(MARK_DIGITS).collect()
}

fn comment(print: Fingerprint, by: &str, why: &str) -> String {
    let digits = digits(print);
    let begin = format!("{MARK}{digits}] {by}: ");
    let room = COMMENT_CHARS.saturating_sub(begin.chars().count());
    let why = quiet(&plain_text(why, room));
    // Escaping makes a text longer.
    let why = match why.char_indices().nth(room) {
        None => why,
        Some(_) => {
            let kept: String = why.chars().take(room.saturating_sub(1)).collect();
            format!("{kept}…")
        }
    };
    begin + &why
}

/// Nobody is told and nothing is linked by a name, a number or an address: a character without width breaks them.
fn quiet(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        out.push(c);
        if matches!(c, '@' | '#') {
            out.push('\u{2060}');
        }
    }
    out.replace("://", ":\u{2060}//")
}

/// The digits of the fingerprint that one of our comments names.
pub fn marked(comment: &str) -> Option<&str> {
    let (digits, _) = comment.strip_prefix(MARK)?.split_once(']')?;
    let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    (digits.len() == MARK_DIGITS && digits.bytes().all(hex)).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_fits_and_can_be_found_again() {
        let print = Fingerprint([0xab; 16]);
        for length in [0, 1, 200, 244, 245, 246, 247, 248, 249, 250, 400] {
            for letter in ["x", "ü", "@", "𝒳", "://"] {
                let made = comment(print, "waivers", &letter.repeat(length));
                assert!(made.chars().count() <= COMMENT_CHARS, "{letter} {length}");
                assert_eq!(marked(&made), Some("abababababab"));
            }
        }
        let begin = "[sarif-gate abababababab] waivers: ".chars().count();
        let exact = "ü".repeat(COMMENT_CHARS - begin);
        assert!(comment(print, "waivers", &exact).ends_with('ü'));
        assert!(comment(print, "waivers", &format!("{exact}ü")).ends_with('…'));
    }

    #[test]
    fn nobody_is_mentioned() {
        let made = comment(
            Fingerprint::default(),
            "waivers",
            "by @org/team\n#12 http://x",
        );
        assert!(
            !made.contains("@o") && !made.contains("#1") && !made.contains("://"),
            "{made}"
        );
        assert!(!made.contains('\n'));
    }

    #[test]
    fn only_our_marker_counts() {
        for comment in [
            "",
            "accepted by people",
            "[sarif-gate abc] x",
            "[sarif-gate ABABABABABAB] x",
            "x [sarif-gate abababababab] x",
        ] {
            assert_eq!(marked(comment), None, "{comment}");
        }
    }
}
