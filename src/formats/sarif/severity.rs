//! How bad a result is: `security-severity`, else the tool's own scale, else the level.

use serde_json::value::RawValue;

use super::message::text;
use super::rules::Rule;
use super::tool::{Known, line_value};
use crate::model::{Kind, Scale, Severity};

/// What severity is made from.
pub(super) struct Clues<'a> {
    pub(super) tool: Known,
    /// The native scale of the tool, where it has one here.
    pub(super) scale: Option<&'static Scale>,
    pub(super) kind: Kind,
    pub(super) rule: Option<&'a Rule>,
    /// The message as plain text.
    pub(super) message: &'a str,
    /// `security-severity` of the result itself.
    pub(super) own: Option<&'a RawValue>,
    /// `issue_severity` of the result (Bandit).
    pub(super) issue: Option<&'a RawValue>,
    /// The level, already looked up.
    pub(super) level: &'a str,
}

/// A `security-severity` as it was written.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Score {
    /// A number from 0 to 10.
    Valid(f64),
    /// Something else.
    Broken(String),
}

impl Score {
    /// Reads a number, or a text that holds one.
    pub(super) fn of(raw: &RawValue) -> Option<Score> {
        let shown = match text(Some(raw)) {
            Some(text) => text.into_owned(),
            None if raw.get() == "null" => return None,
            None => raw.get().to_owned(),
        };
        let number = shown.trim().parse::<f64>().ok();
        match number.filter(|n| n.is_finite() && (0.0..=10.0).contains(n)) {
            Some(number) => Some(Score::Valid(number)),
            None => Some(Score::Broken(shown.chars().take(40).collect())),
        }
    }
}

impl Clues<'_> {
    /// The severity, and what had to be passed over on the way.
    pub(super) fn severity(&self, note: &mut dyn FnMut(String)) -> Severity {
        // Trivy has one rule for all results with one id, and its texts and score are those of the last of them.
        // A file or package name with a line feed can write a line of its own before Trivy's: the worst one counts.
        let told = self
            .message
            .lines()
            .filter_map(|line| line_value(line, "Severity"));
        let worst = told.filter_map(Severity::from_word).max();
        if let Some(severity) = worst.filter(|_| self.tool == Known::Trivy) {
            return severity;
        }
        let own = self.own.and_then(Score::of);
        let rule = self.rule.and_then(|rule| rule.score.clone());
        for score in [own, rule].into_iter().flatten() {
            match score {
                Score::Valid(score) if score == 0.0 && self.tool == Known::Grype => {
                    // Negligible and unknown alike; only the help tells them apart, and not always.
                    return match self.help_word() {
                        Some("negligible") => Severity::Low,
                        _ => Severity::Unknown,
                    };
                }
                Score::Valid(score) => {
                    return Severity::from_cvss(score).unwrap_or(Severity::Unknown);
                }
                Score::Broken(shown) => note(format!(
                    "security-severity {shown:?} is no number from 0 to 10; the next source of a severity counts"
                )),
            }
        }
        let of_level = || self.scale?.of_sarif_level(self.level);
        // A linter's scale comes before `problem.severity`, which Ruff fills with `error` throughout.
        of_level()
            .or_else(|| self.tools_own())
            .or_else(|| Severity::from_sarif_level(self.level))
            .unwrap_or(Severity::Medium)
    }

    fn help_word(&self) -> Option<&str> {
        line_value(&self.rule?.text.help, "Severity")
    }

    fn tools_own(&self) -> Option<Severity> {
        let from_tags = || {
            let tags = &self.rule?.text.tags;
            tags.iter().find_map(|tag| match &**tag {
                "CRITICAL" | "HIGH" | "MEDIUM" | "LOW" | "UNKNOWN" => Severity::from_word(tag),
                _ => None,
            })
        };
        match self.tool {
            Known::Trivy => from_tags(),
            Known::Grype => self.help_word().and_then(Severity::from_word),
            Known::Gitleaks | Known::Ggshield if self.kind == Kind::Secret => Some(Severity::High),
            Known::Bandit => Severity::from_word(&text(self.issue)?),
            _ => match self.rule?.problem.as_deref()? {
                "recommendation" => Some(Severity::Low),
                "error" => Some(Severity::High),
                "warning" => Some(Severity::Medium),
                _ => None,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{json, value::to_raw_value};

    use super::super::rules;
    use super::*;
    use crate::model::Texts;

    #[test]
    fn sources_of_severity_in_their_order() {
        use Severity::{Critical, High, Info, Low, Medium, Unknown};
        let score = |value: serde_json::Value| json!({"properties": {"security-severity": value}});
        let tags = |word: &str| json!({"properties": {"tags": [word, "security"]}});
        for (tool, kind, rule, message, level, severity, notes) in [
            (
                Known::Other,
                Kind::Code,
                score(json!("9.8")),
                "",
                "note",
                Critical,
                0,
            ),
            (
                Known::Other,
                Kind::Code,
                score(json!(7.5)),
                "",
                "note",
                High,
                0,
            ),
            (
                Known::Other,
                Kind::Code,
                score(json!("0.0")),
                "",
                "error",
                Info,
                0,
            ),
            (
                Known::Other,
                Kind::Code,
                score(json!("10")),
                "",
                "note",
                Critical,
                0,
            ),
            (
                Known::Other,
                Kind::Code,
                score(json!("null")),
                "",
                "error",
                High,
                1,
            ),
            (
                Known::Other,
                Kind::Code,
                score(json!("Medium")),
                "",
                "note",
                Low,
                1,
            ),
            (
                Known::Other,
                Kind::Code,
                score(json!("NaN")),
                "",
                "warning",
                Medium,
                1,
            ),
            (
                Known::Other,
                Kind::Code,
                score(json!("11")),
                "",
                "error",
                High,
                1,
            ),
            (
                Known::Other,
                Kind::Code,
                score(json!("-1")),
                "",
                "error",
                High,
                1,
            ),
            (
                Known::Other,
                Kind::Code,
                score(json!(null)),
                "",
                "error",
                High,
                0,
            ),
            (
                Known::Other,
                Kind::Code,
                json!({"properties": {"problem.severity": "recommendation"}}),
                "",
                "error",
                Low,
                0,
            ),
            (
                Known::Trivy,
                Kind::Vulnerability,
                tags("CRITICAL"),
                "",
                "error",
                Critical,
                0,
            ),
            (
                Known::Trivy,
                Kind::Vulnerability,
                tags("UNKNOWN"),
                "",
                "note",
                Unknown,
                0,
            ),
            // The rule's score is that of another result.
            (
                Known::Trivy,
                Kind::Vulnerability,
                score(json!("9.8")),
                "Package: x\nSeverity: LOW",
                "note",
                Low,
                0,
            ),
            (
                Known::Grype,
                Kind::Vulnerability,
                score(json!("0.0")),
                "",
                "note",
                Unknown,
                0,
            ),
            (
                Known::Gitleaks,
                Kind::Secret,
                json!({}),
                "",
                "warning",
                High,
                0,
            ),
            (
                Known::Other,
                Kind::Secret,
                json!({}),
                "",
                "warning",
                Medium,
                0,
            ),
        ] {
            let shown = rule.to_string();
            let rule = rules::rule(rule, &mut Texts::default()).expect("a rule");
            let clues = Clues {
                tool,
                scale: None,
                kind,
                rule: Some(&rule),
                message,
                own: None,
                issue: None,
                level,
            };
            let mut said = 0;
            assert_eq!(
                clues.severity(&mut |_| said += 1),
                severity,
                "{tool:?} {shown} {message}"
            );
            assert_eq!(said, notes, "{shown}");
        }
    }

    #[test]
    fn what_the_result_itself_says_comes_before_its_rule() {
        let rule = rules::rule(
            json!({"properties": {"security-severity": "2.0"}}),
            &mut Texts::default(),
        );
        let own = to_raw_value(&json!("9.1")).expect("JSON");
        let issue = to_raw_value(&json!("HIGH")).expect("JSON");
        let mut clues = Clues {
            tool: Known::Bandit,
            scale: None,
            kind: Kind::Code,
            rule: rule.as_ref(),
            message: "",
            own: Some(&own),
            issue: Some(&issue),
            level: "note",
        };
        assert_eq!(clues.severity(&mut |_| {}), Severity::Critical);
        clues.own = None;
        clues.rule = None;
        assert_eq!(clues.severity(&mut |_| {}), Severity::High);
        // A linter's error is not a vulnerability's.
        clues.tool = Known::Other;
        clues.scale = Scale::of_tool("eslint");
        clues.level = "error";
        assert_eq!(clues.severity(&mut |_| {}), Severity::Medium);
    }
}
