//! A change of the verdict as a message for Slack's incoming webhooks: a header, what happened and why, what to do, links, and a
//! small line for who wants to trace it.
//!
//! Must not know: where it is sent.

pub mod limits;

use serde_json::{Value, json};

use super::escape::{slack_code, slack_link, slack_plain, slack_text};
use super::groups::secrets_first;
use super::notice::Notice;
use super::phrase::{self, count, grouped, sentence, severity_mark, step, verdict_mark};
use crate::model::{Conclusion, Kind, Mode, Past, Severity};

/// Steps that the message names: more than fits on a telephone nobody reads.
const STEPS: usize = 5;
/// Characters of a name.
const NAME: usize = 80;
/// Bytes of a name as it is written: an entity has five, an invisible character up to thirteen.
const NAME_BYTES: usize = 200;
/// Characters of a sentence.
const SENTENCE: usize = 500;
/// Bytes of a sentence as it is written.
const SENTENCE_BYTES: usize = 900;
/// Owners that are named.
const OWNERS: usize = 4;
/// Digits of a commit that are shown.
const SHA: usize = 12;
/// Bytes of the block with verdict and reason.
const VERDICT_BYTES: usize = limits::SECTION_BYTES;
/// Bytes of the block with what to do.
const STEPS_BYTES: usize = limits::SECTION_BYTES;
/// Bytes of the block with links: three addresses, the longest of which no server of GitHub has.
const LINKS_BYTES: usize = 1_200;
/// Bytes of the last line.
const FOOT_BYTES: usize = 1_200;
/// Room for the line that says how many steps are left out.
const SHOWN_BYTES: usize = 120;

const _: () = assert!(
    limits::HEADER_BYTES + VERDICT_BYTES + STEPS_BYTES + LINKS_BYTES + FOOT_BYTES
        <= limits::MESSAGE_BYTES
);

/// The message: the body of the request.
pub fn message(notice: &Notice<'_>) -> Value {
    let title = title(notice);
    let mut blocks = vec![
        json!({
            "type": "header",
            "text": { "type": "plain_text", "text": first_bytes(&title, limits::HEADER_BYTES), "emoji": false },
        }),
        section(lines(&verdict(notice), VERDICT_BYTES)),
    ];
    blocks.extend(to_do(notice).map(section));
    let links = joined(&links(notice), LINKS_BYTES);
    if !links.is_empty() {
        blocks.push(section(links));
    }
    blocks.push(json!({
        "type": "context",
        "elements": [mrkdwn(joined(&foot(notice), FOOT_BYTES))],
    }));
    let fallback = format!(
        "{title}. {}",
        slack_plain(&sentence(&notice.outcome.verdict.reason), SENTENCE)
    );
    json!({
        "text": first_bytes(&fallback, limits::FALLBACK_BYTES),
        "mrkdwn": false,
        "blocks": blocks,
        // Slack's servers would ask for every page to preview it.
        "unfurl_links": false,
        "unfurl_media": false,
    })
}

fn mrkdwn(text: String) -> Value {
    // Verbatim: bare addresses, names and channels stay text.
    json!({ "type": "mrkdwn", "text": text, "verbatim": true })
}

fn section(text: String) -> Value {
    json!({ "type": "section", "text": mrkdwn(text) })
}

fn code(text: &str) -> String {
    within(slack_code, text, NAME, NAME_BYTES)
}

fn said(text: &str) -> String {
    within(slack_text, text, SENTENCE, SENTENCE_BYTES)
}

/// Text that is escaped for Slack, cut to `chars` characters, or to fewer if more than `bytes` bytes came of them.
fn within(escape: fn(&str, usize) -> String, text: &str, chars: usize, bytes: usize) -> String {
    let mut limit = chars;
    loop {
        let shown = escape(text, limit);
        if shown.len() <= bytes || limit == 0 {
            return shown;
        }
        limit = limit.saturating_mul(3) / 4;
    }
}

/// `✖ Security gate: fail – octo/repo`.
fn title(notice: &Notice<'_>) -> String {
    let verdict = notice.verdict();
    let again = match (notice.recovered(), verdict, notice.previous) {
        (true, Conclusion::Pass, _) => " again".to_owned(),
        (true, _, Some(previous)) => format!(", no longer {}", previous.word()),
        _ => String::new(),
    };
    let repository = notice.outcome.context.repository.as_deref();
    let place = repository.map_or_else(String::new, |name| {
        format!(" – {}", slack_plain(name, limits::HEADER_BYTES))
    });
    format!(
        "{} Security gate: {}{again}{place}",
        verdict_mark(verdict),
        verdict.word()
    )
}

/// What happened, why, and whose it is; a line each.
fn verdict(notice: &Notice<'_>) -> Vec<String> {
    let outcome = notice.outcome;
    let on = notice.branch().map_or_else(String::new, |branch| {
        format!(" of the branch {}", code(branch))
    });
    let now = outcome.verdict.conclusion.word();
    let happened = match notice.previous {
        Some(previous) => format!(
            "The security verdict{on} changed from *{}* to *{now}*.",
            previous.word()
        ),
        None => format!("The security verdict{on} is *{now}*."),
    };
    let mode = match outcome.mode {
        Mode::Enforce => String::new(),
        mode => format!(" Nothing is stopped by it (mode {}).", code(mode.word())),
    };
    let unknown = match outcome.verdict.conclusion {
        Conclusion::Incomplete => " Nobody can tell whether something blocks.",
        _ => "",
    };
    let lifted = outcome.verdict.lifted.map_or_else(String::new, |lifted| {
        format!(
            " A bypass lifted it; without one it would be *{}*.",
            lifted.word()
        )
    });
    let mut lines = vec![
        format!("{happened}{unknown}{mode}{lifted}"),
        format!("*Why:* {}", sentence(&said(&outcome.verdict.reason))),
    ];
    if !outcome.owners.is_empty() && !notice.groups.is_empty() {
        let names = outcome.owners.iter().take(OWNERS).map(|owner| code(owner));
        let names: Vec<String> = names.collect();
        let more = match outcome.owners.len().saturating_sub(OWNERS) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        lines.push(format!("*Who owns it:* {}{more}", names.join(", ")));
    }
    lines
}

/// What to do, a line each; nothing where nothing is to be done.
fn to_do(notice: &Notice<'_>) -> Option<String> {
    const HEAD: &str = "*What to do:*";
    let outcome = notice.outcome;
    if notice.groups.is_empty() {
        let (path, why) =
            phrase::first_gap(outcome).filter(|_| notice.verdict() == Conclusion::Incomplete)?;
        let why = sentence(&said(why));
        return Some(lines(
            &[HEAD.to_owned(), format!("{}: {why}", code(path))],
            STEPS_BYTES,
        ));
    }
    let all = notice.groups.len();
    let steps = secrets_first(&notice.groups).take(STEPS).map(|group| {
        // How bad a secret is depends on what it opens, which no scanner knows.
        let (severity, word) = match group.kind {
            Kind::Secret => (Severity::Critical, Kind::Secret.word()),
            _ => (group.severity, group.severity.word()),
        };
        let mark = severity_mark(severity);
        format!("{mark} {word}: {}", step(outcome, group, &code))
    });
    let mut text = HEAD.to_owned();
    let mut shown = 0_usize;
    for line in steps {
        // Room for the line that says how many are left out.
        if text.len() + line.len() + 1 + SHOWN_BYTES > STEPS_BYTES {
            break;
        }
        text.push('\n');
        text.push_str(&line);
        shown = shown.saturating_add(1);
    }
    if shown < all {
        text.push_str(&format!(
            "\nShown {} of {}; all of them are on the page of the run.",
            number(shown),
            count(length(all), "step", "steps")
        ));
    }
    Some(text)
}

/// Where to read on.
fn links(notice: &Notice<'_>) -> Vec<String> {
    let link = |words: &str, url: Option<&str>| url.map(|url| slack_link(words, url, NAME));
    [
        link(
            "Workflow run with all findings",
            notice.run_page().as_deref(),
        ),
        link("Check", notice.check_page()),
        link("Commit", notice.code_page().as_deref()),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What is needed to trace it.
fn foot(notice: &Notice<'_>) -> Vec<String> {
    let outcome = notice.outcome;
    let counts = &outcome.verdict.counts;
    let mut parts = vec![count(counts.total, "finding", "findings")];
    if let (Past::Compared(_), Some(new), Some(fixed)) = (&outcome.past, counts.new, counts.fixed) {
        parts.push(format!("{} new, {} fixed", grouped(new), grouped(fixed)));
    }
    if let Some(environment) = &outcome.environment {
        parts.push(format!("environment {}", code(environment)));
    }
    if let Some(sha) = notice.sha() {
        parts.push(format!("commit {}", code(sha.get(..SHA).unwrap_or(sha))));
    }
    if outcome.context.event == "schedule" {
        parts.push("scheduled run".to_owned());
    }
    parts.push(format!("sarif-gate {}", env!("CARGO_PKG_VERSION")));
    parts
}

fn number(number: usize) -> String {
    grouped(length(number))
}

fn length(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

/// The lines that fit, whole.
fn lines(all: &[String], budget: usize) -> String {
    fitting(all, "\n", budget)
}

/// The parts that fit, whole, on one line.
fn joined(all: &[String], budget: usize) -> String {
    fitting(all, "  ·  ", budget)
}

/// Parts are left out whole: half an entity or half a code span would change what follows.
fn fitting(all: &[String], between: &str, budget: usize) -> String {
    let mut text = String::new();
    for part in all {
        let gap = if text.is_empty() { "" } else { between };
        if text.len() + gap.len() + part.len() <= budget {
            text.push_str(gap);
            text.push_str(part);
        }
    }
    text
}

/// The first bytes, with an ellipsis where there were more. Only for text without markup.
fn first_bytes(text: &str, budget: usize) -> String {
    const MORE: &str = "…";
    if text.len() <= budget {
        return text.to_owned();
    }
    let mut end = budget.saturating_sub(MORE.len());
    while !text.is_char_boundary(end) {
        end = end.saturating_sub(1);
    }
    format!("{}{MORE}", text.get(..end).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_cut_at_its_limit_and_not_before() {
        for letter in ["a", "é", "✖", "😀"] {
            let whole = letter.repeat(150 / letter.len());
            assert_eq!(first_bytes(&whole, whole.len()), whole);
            let more = format!("{whole}{letter}");
            let cut = first_bytes(&more, whole.len());
            assert!(cut.len() <= whole.len() && cut.ends_with('…'), "{cut}");
            assert!(cut.len() + letter.len() + 3 > whole.len(), "{cut}");
        }
    }

    #[test]
    fn parts_are_left_out_whole() {
        let parts = ["`é`".to_owned(), "`long`".to_owned(), "b".to_owned()];
        let all = "`é`\n`long`\nb";
        assert_eq!(lines(&parts, all.len()), all);
        assert_eq!(lines(&parts, all.len() - 1), "`é`\n`long`");
        assert_eq!(lines(&parts, 7), "`é`\nb");
        assert_eq!(lines(&parts, 6), "`é`\nb");
        assert_eq!(lines(&parts, 5), "`é`");
        assert_eq!(lines(&parts, 3), "b");
        assert_eq!(lines(&parts, 0), "");
    }
}
