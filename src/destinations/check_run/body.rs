//! The bodies of the check run's requests, as data. Pure.

use serde_json::{Map, Value, json};

use crate::destinations::inline::Inline;
use crate::github::command::{Level, cut_chars, safe_log_text, visible};
use crate::github::limits::{
    ANNOTATION_MESSAGE_BYTES, ANNOTATION_TITLE_CHARS, CHECK_SUMMARY_BYTES,
};
use crate::model::{Conclusion, Mode, Outcome};
use crate::render::annotation::text;
use crate::render::escape::markdown_text;

/// The conclusion of the check run; `None` where there is to be none. `neutral` passes a required check, `failure` does
/// not (GitHub docs, "Troubleshooting required status checks").
pub(super) fn conclusion(verdict: Conclusion, mode: Mode) -> Option<&'static str> {
    match (mode, verdict) {
        (Mode::Observe, _) => None,
        (_, Conclusion::Pass) => Some("success"),
        (_, Conclusion::Warn) => Some("neutral"),
        (Mode::Enforce, Conclusion::Fail | Conclusion::Incomplete) => Some("failure"),
        (Mode::Warn, Conclusion::Fail | Conclusion::Incomplete) => Some("neutral"),
    }
}

/// Title and summary, which every request repeats.
pub(super) struct Head {
    title: String,
    summary: String,
}

impl Head {
    /// The summary must be within [`CHECK_SUMMARY_BYTES`]; what is longer is cut.
    pub(super) fn new(outcome: &Outcome, summary: &str) -> Head {
        let verdict = &outcome.verdict;
        let title = format!("{}: {}", verdict.conclusion.word(), verdict.reason);
        Head {
            title: safe_log_text(&bmp(&title), ANNOTATION_TITLE_CHARS),
            summary: cut_bytes(summary, CHECK_SUMMARY_BYTES),
        }
    }

    fn output(&self, annotations: &[Value]) -> Value {
        let mut output = json!({ "title": self.title, "summary": self.summary });
        if let (Some(output), false) = (output.as_object_mut(), annotations.is_empty()) {
            output.insert("annotations".to_owned(), Value::from(annotations));
        }
        output
    }

    /// Creates the run, completed at once, where none was opened.
    pub(super) fn create(&self, run: &Run<'_>, annotations: &[Value]) -> Value {
        let mut body = run.named();
        body.insert("conclusion".to_owned(), Value::from(run.conclusion));
        body.insert("status".to_owned(), Value::from("completed"));
        body.insert("output".to_owned(), self.output(annotations));
        Value::Object(body)
    }

    /// Concludes the run that was opened.
    pub(super) fn conclude(&self, run: &Run<'_>, annotations: &[Value]) -> Value {
        json!({
            "status": "completed",
            "conclusion": run.conclusion,
            "output": self.output(annotations),
        })
    }

    /// Adds annotations. Only `output` is sent: status and conclusion stay as they are.
    pub(super) fn add(&self, annotations: &[Value]) -> Value {
        json!({ "output": self.output(annotations) })
    }
}

/// What names a check run.
pub(super) struct Run<'a> {
    pub(super) name: &'a str,
    pub(super) head_sha: &'a str,
    pub(super) external_id: &'a str,
    pub(super) conclusion: &'static str,
    pub(super) details_url: Option<String>,
}

impl Run<'_> {
    fn named(&self) -> Map<String, Value> {
        let mut body = Map::new();
        for (name, value) in [
            ("name", self.name),
            ("head_sha", self.head_sha),
            ("external_id", self.external_id),
        ] {
            body.insert(name.to_owned(), Value::from(value));
        }
        if let Some(url) = &self.details_url {
            body.insert("details_url".to_owned(), Value::from(url.as_str()));
        }
        body
    }

    /// Opens it without a result. It says so even where an earlier attempt left its own texts.
    pub(super) fn open(&self, started: &str) -> Value {
        let mut body = self.named();
        body.insert("status".to_owned(), Value::from(IN_PROGRESS));
        body.insert("started_at".to_owned(), Value::from(started));
        let output = json!({
            "title": "in progress",
            "summary": "sarif-gate is at work. There is no verdict yet.",
        });
        body.insert("output".to_owned(), output);
        Value::Object(body)
    }

    /// Opens it in the place of one that is there already: a check run's commit cannot change.
    pub(super) fn reopen(&self, started: &str) -> Value {
        let mut body = self.open(started);
        if let Some(body) = body.as_object_mut() {
            body.remove("head_sha");
        }
        body
    }
}

/// The status of a check run that is open.
pub(super) const IN_PROGRESS: &str = "in_progress";

/// Ends a check run without a verdict: the job was cancelled.
pub(super) fn cancelled() -> Value {
    json!({
        "status": "completed",
        "conclusion": "cancelled",
        "output": {
            "title": "cancelled",
            "summary": "The job was cancelled before there was a verdict. Nothing is known: this is no pass.",
        },
    })
}

/// Ends a check run without a verdict: the gate could not judge.
pub(super) fn could_not_judge(why: &str) -> Value {
    let why = markdown_text(&bmp(why), REASON_CHARS);
    json!({
        "status": "completed",
        "conclusion": "failure",
        "output": {
            "title": "sarif-gate could not judge",
            "summary": format!("The run ended with an error before there was a verdict: {why}\n\nNothing is known: this is no pass. The log of the job says more."),
        },
    })
}

/// How much of an error is shown, in characters.
const REASON_CHARS: usize = 1_000;

/// The verdict that a check run's title says, where it is one of ours.
pub(super) fn verdict_of(title: &str) -> Option<Conclusion> {
    use Conclusion::{Fail, Incomplete, Pass, Warn};
    let (word, _) = title.split_once(": ")?;
    [Pass, Warn, Fail, Incomplete]
        .into_iter()
        .find(|conclusion| conclusion.word() == word)
}

/// One annotation.
pub(super) fn annotation(inline: &Inline<'_>) -> Value {
    let words = text(inline.finding, inline.judged);
    let level = match inline.level {
        Level::Error => "failure",
        Level::Warning => "warning",
        Level::Notice => "notice",
    };
    // Neither may be empty.
    let filled = |text: String| {
        if text.trim().is_empty() {
            "(no text)".to_owned()
        } else {
            text
        }
    };
    let mut value = json!({
        "path": bmp(inline.path),
        "start_line": inline.line,
        "end_line": inline.end_line,
        "annotation_level": level,
        "title": filled(cut_chars(&bmp(&visible(&words.title, false)), ANNOTATION_TITLE_CHARS)),
        "message": filled(cut_bytes(&bmp(&visible(&words.message, true)), ANNOTATION_MESSAGE_BYTES)),
    });
    if let (Some(value), Some((start, end))) = (value.as_object_mut(), inline.columns) {
        value.insert("start_column".to_owned(), Value::from(start));
        value.insert("end_column".to_owned(), Value::from(end));
    }
    value
}

/// Spells out code points above U+FFFF, which annotations have been refused for
/// (EnricoMi/publish-unit-test-result-action, `restrict_unicode`).
fn bmp(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if u32::from(c) > 0xFFFF {
            out.push_str(&format!("\\u{{{:x}}}", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    out
}

/// Cuts to `bytes` bytes of UTF-8 with a notice.
fn cut_bytes(text: &str, bytes: usize) -> String {
    if text.len() <= bytes {
        return text.to_owned();
    }
    let notice = format!("\n\n(cut: the whole text has {} bytes)", text.len());
    let room = text.floor_char_boundary(bytes.saturating_sub(notice.len()));
    format!("{}{notice}", text.get(..room).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_conclusion_follows_verdict_and_mode() {
        use Conclusion::{Fail, Incomplete, Pass, Warn};
        for (verdict, enforce, warn) in [
            (Pass, "success", "success"),
            (Warn, "neutral", "neutral"),
            (Fail, "failure", "neutral"),
            (Incomplete, "failure", "neutral"),
        ] {
            assert_eq!(conclusion(verdict, Mode::Enforce), Some(enforce));
            assert_eq!(conclusion(verdict, Mode::Warn), Some(warn));
            assert_eq!(conclusion(verdict, Mode::Observe), None);
        }
    }

    #[test]
    fn a_title_says_the_verdict_and_nothing_else_does() {
        use Conclusion::{Fail, Incomplete, Pass, Warn};
        for conclusion in [Pass, Warn, Fail, Incomplete] {
            let title = format!("{}: 3 findings", conclusion.word());
            assert_eq!(verdict_of(&title), Some(conclusion));
        }
        let none = [cancelled(), could_not_judge("pass: x")];
        let titles = none.iter().map(|body| body["output"]["title"].as_str());
        for title in titles
            .flatten()
            .chain(["passed: x", "pass", "", "in progress"])
        {
            assert_eq!(verdict_of(title), None, "{title}");
        }
    }

    #[test]
    fn an_error_cannot_speak_for_the_page() {
        let body = could_not_judge(&"<b>@octo #1 ![x](y) \u{1f600}\n# h".repeat(5_000));
        let summary = body["output"]["summary"].as_str().unwrap();
        assert!(summary.len() < 30_000, "{}", summary.len());
        assert!(
            !summary.contains("<b>") && !summary.contains("\n# h"),
            "{summary}"
        );
        assert!(summary.chars().all(|c| u32::from(c) < 0x10000));
    }

    #[test]
    fn texts_are_cut_in_bytes_and_say_so() {
        let cut = cut_bytes(&"é".repeat(100), 101);
        assert!(cut.len() <= 101 && cut.ends_with("200 bytes)"), "{cut}");
        assert_eq!(cut_bytes("abc", 3), "abc");
        assert_eq!(bmp("a\u{1f600}é"), "a\\u{1f600}é");
    }
}
