//! The bodies of the check run's requests, as data. Pure.

use serde_json::{Value, json};

use super::inline::Inline;
use crate::github::command::{Level, cut_chars, safe_log_text, visible};
use crate::github::limits::{
    ANNOTATION_MESSAGE_BYTES, ANNOTATION_TITLE_CHARS, CHECK_SUMMARY_BYTES,
};
use crate::model::{Conclusion, Mode, Outcome};
use crate::render::annotation::text;

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

    /// Creates the run, completed at once: a run that is left open by a killed job stays yellow for two weeks.
    pub(super) fn create(&self, run: &Run<'_>, annotations: &[Value]) -> Value {
        let mut body = json!({
            "name": run.name,
            "head_sha": run.head_sha,
            "external_id": run.external_id,
            "status": "completed",
            "conclusion": run.conclusion,
            "output": self.output(annotations),
        });
        if let (Some(body), Some(url)) = (body.as_object_mut(), &run.details_url) {
            body.insert("details_url".to_owned(), Value::from(url.as_str()));
        }
        body
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
    fn texts_are_cut_in_bytes_and_say_so() {
        let cut = cut_bytes(&"é".repeat(100), 101);
        assert!(cut.len() <= 101 && cut.ends_with("200 bytes)"), "{cut}");
        assert_eq!(cut_bytes("abc", 3), "abc");
        assert_eq!(bmp("a\u{1f600}é"), "a\\u{1f600}é");
    }
}
