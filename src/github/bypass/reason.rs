//! The reason of a bypass, in the words of who set the label.

use chrono::TimeDelta;

use super::Event;
use super::timeline::Labelled;
use crate::github::command::cut_chars;
use crate::github::limits::{REASON_BEFORE_LABEL_MIN, REASON_CHARS};

/// How a comment that is a reason begins.
const COMMAND: &str = "/bypass";

/// How a line of a pull request's text that is a reason begins.
const LINE: &str = "bypass:";

/// The newest comment of who set the label, not long before it or later, that begins with `/bypass` or names the label;
/// else a line `Bypass: …` of the pull request's text.
pub(super) fn given(
    events: &[Event],
    set: &Labelled<'_>,
    label: &str,
    body: Option<&str>,
) -> Result<String, String> {
    let earliest = set
        .at
        .checked_sub_signed(TimeDelta::minutes(REASON_BEFORE_LABEL_MIN))
        .unwrap_or(set.at);
    let mut newest = None;
    for comment in events.iter().filter_map(Event::comment) {
        if comment.by.id != set.actor.id || comment.at < earliest {
            continue;
        }
        let Some(words) = in_comment(comment.text, label) else {
            continue;
        };
        if newest.is_none_or(|(at, _)| at <= comment.at) {
            newest = Some((comment.at, words));
        }
    }
    let words = newest
        .map(|(_, words)| words)
        .or_else(|| body.and_then(in_body));
    words
        .map(|words| cut_chars(words, REASON_CHARS))
        .ok_or_else(|| {
            format!(
                "no reason given: `{}` has to write one in a comment that begins with `{COMMAND}`",
                set.actor.shown()
            )
        })
}

fn in_comment<'a>(text: &'a str, label: &str) -> Option<&'a str> {
    let text = text.trim();
    if let Some(rest) = text.strip_prefix(COMMAND)
        && rest
            .chars()
            .next()
            .is_none_or(|c| c.is_whitespace() || c == ':')
    {
        return some_words(rest.trim_start_matches(':'));
    }
    let (lower, label) = (text.to_lowercase(), label.to_lowercase());
    // The name alone says that, not why.
    let more = lower.replace(&label, " ");
    (lower.contains(&label) && some_words(&more).is_some()).then_some(text)
}

fn in_body(body: &str) -> Option<&str> {
    body.lines().find_map(|line| {
        let line = line.trim();
        let head = line.get(..LINE.len())?;
        head.eq_ignore_ascii_case(LINE)
            .then(|| line.get(LINE.len()..).and_then(some_words))
            .flatten()
    })
}

/// Text with at least a letter or a digit in it.
fn some_words(text: &str) -> Option<&str> {
    let text = text.trim();
    text.chars().any(char::is_alphanumeric).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_more_than_the_name_of_the_thing() {
        let label = "security-bypass";
        for (text, expected) in [
            (
                "/bypass  hotfix for the outage",
                Some("hotfix for the outage"),
            ),
            ("\n/bypass: hotfix\n", Some("hotfix")),
            ("/bypass\nhotfix\nnow", Some("hotfix\nnow")),
            ("/bypass", None),
            ("/bypass …", None),
            ("/bypassing is bad", None),
            (
                "Set Security-Bypass, the fix is in #7",
                Some("Set Security-Bypass, the fix is in #7"),
            ),
            ("`security-bypass`", None),
            ("looks good", None),
            ("", None),
        ] {
            assert_eq!(in_comment(text, label), expected, "{text:?}");
        }
        for (body, expected) in [
            (
                "Fixes #1\r\n\r\nBypass: false positive\r\n",
                Some("false positive"),
            ),
            ("bypass:x", Some("x")),
            ("Bypass:", None),
            ("Bypass", None),
            ("no Bypass: x", None),
            ("Bypäss: x", None),
        ] {
            assert_eq!(in_body(body), expected, "{body:?}");
        }
    }
}
