//! Gitleaks JSON: the list of version 8, and the one of versions 6 and 7.
//!
//! Of each leak the rule, the place and a keyed hash of the value are kept. Author, e-mail, dates, commit and commit
//! message are personal data without use for a verdict; columns are off by one on most lines and differ between scans of
//! the same file, so neither is read.

use serde::Deserialize;

use super::bounds::{self, cut, title};
use super::secret::BLANK;
use super::{Desk, Document, Empty, Format, Read, ReportEnd, Secret, Secrets, Sink};
use crate::model::{Finding, Kind, Location, Texts, folded_line_hash, scale};
use crate::syntax::{Json, Mark, Raw, ReadError, line_number, text_of};

const VERSION_8: &str = "gitleaks-8";
const VERSION_7: &str = "gitleaks-7";

pub(super) const FORMAT: Format = Format {
    id: "gitleaks",
    tool: "Gitleaks",
    link: "https://github.com/gitleaks/gitleaks",
    scale: &scale::GITLEAKS,
    documents: &[
        Document::new(
            VERSION_8,
            &[Mark::Keys("[]", &["RuleID", "File", "StartLine", "Secret"])],
        ),
        Document::new(
            VERSION_7,
            &[Mark::Keys("[]", &["offender", "rule", "file", "commit"])],
        ),
    ],
    identity: "rule, file and a keyed hash of the secret; where it is redacted, the line without it",
    clean_empties: &[Empty::List, Empty::Null],
    read: Read::Json(read),
};

fn read(
    json: &mut Json<'_>,
    desk: &mut Desk<'_>,
    sink: &mut Sink<'_>,
) -> Result<ReportEnd, ReadError> {
    let element = match desk.document {
        VERSION_7 => version_7,
        _ => version_8,
    };
    json.list(|json, _| {
        let finding = element(json, &mut desk.texts, desk.secrets)?;
        sink(finding)
    })?;
    Ok(ReportEnd::of(&FORMAT, None))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Version8<'a> {
    #[serde(borrow, rename = "RuleID")]
    rule: Raw<'a>,
    #[serde(borrow)]
    description: Raw<'a>,
    #[serde(borrow)]
    start_line: Raw<'a>,
    #[serde(borrow)]
    end_line: Raw<'a>,
    #[serde(borrow, rename = "Match")]
    matched: Raw<'a>,
    #[serde(borrow)]
    secret: Raw<'a>,
    #[serde(borrow)]
    file: Raw<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Version7<'a> {
    #[serde(borrow)]
    rule: Raw<'a>,
    #[serde(borrow)]
    line: Raw<'a>,
    #[serde(borrow)]
    line_number: Raw<'a>,
    #[serde(borrow)]
    offender: Raw<'a>,
    #[serde(borrow)]
    file: Raw<'a>,
    #[serde(borrow)]
    commit: Raw<'a>,
}

fn version_8(
    json: &mut Json<'_>,
    texts: &mut Texts,
    secrets: &mut Secrets,
) -> Result<Finding, ReadError> {
    let made = {
        let leak: Version8<'_> = json.borrow()?;
        Leak {
            rule: ("RuleID", leak.rule),
            title: leak.description,
            secret: ("Secret", leak.secret),
            around: leak.matched,
            file: ("File", leak.file),
            start: ("StartLine", leak.start_line),
            end: leak.end_line,
        }
        .finding(texts, secrets)
    };
    made.map_err(|missing| incomplete(json, missing))
}

fn version_7(
    json: &mut Json<'_>,
    texts: &mut Texts,
    secrets: &mut Secrets,
) -> Result<Finding, ReadError> {
    let made = {
        let leak: Version7<'_> = json.borrow()?;
        let commit = leak.commit.ok_or("commit");
        commit.and_then(|_| {
            Leak {
                rule: ("rule", leak.rule),
                title: leak.rule,
                secret: ("offender", leak.offender),
                around: leak.line,
                file: ("file", leak.file),
                start: (
                    "lineNumber",
                    leak.line_number.or(Some(serde_json::value::RawValue::NULL)),
                ),
                end: None,
            }
            .finding(texts, secrets)
        })
    };
    made.map_err(|missing| incomplete(json, missing))
}

fn incomplete(json: &Json<'_>, missing: &str) -> ReadError {
    json.error(format!(
        "this leak has no {missing}, which Gitleaks always writes: the report is damaged or not Gitleaks'"
    ))
}

/// What both versions say of a leak. Required members stand with their name.
struct Leak<'a> {
    rule: (&'static str, Raw<'a>),
    title: Raw<'a>,
    secret: (&'static str, Raw<'a>),
    around: Raw<'a>,
    file: (&'static str, Raw<'a>),
    start: (&'static str, Raw<'a>),
    end: Raw<'a>,
}

impl Leak<'_> {
    /// The finding, or the name of the member that is missing.
    fn finding(&self, texts: &mut Texts, secrets: &mut Secrets) -> Result<Finding, &'static str> {
        let secret = text_of(self.secret.1).ok_or(self.secret.0)?;
        let secret = Secret::new(secret);
        let required = |(name, raw)| text_of(raw).ok_or(name);
        let rule = secret.blank(&required(self.rule)?);
        let file = secret.blank(&required(self.file)?);
        self.start.1.ok_or(self.start.0)?;
        let named = secret.blank(&text_of(self.title).unwrap_or_default());
        let around = text_of(self.around).unwrap_or_default();

        let rule = texts.share(&cut(rule.trim(), bounds::MAX_TITLE));
        let named = match named.trim() {
            "" => rule.clone(),
            named => texts.share(&title(named)),
        };
        let mut finding = Finding::new(Kind::Secret, rule, FORMAT.scale.silent, named);
        if let Some(path) = texts.share_some(&file) {
            let place = Location::new(path, line_number(self.start.1));
            finding.locations.push(place.to_line(line_number(self.end)));
        }
        finding.line = line_of_masked(&secret, &around);
        keep_out(&secret, &around, secrets);
        finding.secret = Some(secrets.mark(secret));
        Ok(finding)
    }
}

/// Of a redacted value nothing is known, so its line stands for it: the match with the value blanked, where that says
/// more than the blank. A value in clear text has its own hash.
fn line_of_masked(secret: &Secret, around: &str) -> Option<u64> {
    if !secret.is_masked() {
        return None;
    }
    let blanked = secret.blank(around);
    let says_more = blanked.replace(BLANK, "").contains(char::is_alphanumeric);
    // Unless the value was blanked, the match is masked in another way than the value, or not at all.
    (says_more && blanked != around).then(|| folded_line_hash(&blanked))
}

/// The match gives the secret away too where it does not simply hold it: decoded values, and values masked in part.
fn keep_out(secret: &Secret, around: &str, secrets: &mut Secrets) {
    if secret.blank(around) == around {
        secrets.remember(Secret::new(around));
    }
    secrets.remember(secret.visible_part());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::testing::report as read_text;
    use crate::formats::{Hint, by_id, read as read_report};
    use crate::model::Severity;
    use crate::model::Status;

    fn leak(change: &str, by: &str) -> String {
        let leak = r#"{"RuleID":"r","Description":"found SECRETVALUE1","StartLine":3,"EndLine":4,"Match":"key=SECRETVALUE1","Secret":"SECRETVALUE1","File":"a/SECRETVALUE1.txt","Author":"A","Message":"SECRETVALUE1"}"#;
        leak.replace(change, by)
    }

    #[test]
    fn the_value_is_in_no_text() {
        let report = read_text(&format!("[{}]", leak("", "")));
        assert_eq!(report.status, Status::Complete);
        assert_eq!(report.format, Some("gitleaks-8"));
        let printed = format!("{report:?}");
        assert!(!printed.contains("SECRETVALUE1"), "{printed}");
        let finding = report.findings.first().expect("one");
        assert_eq!(&*finding.title, "found ***");
        assert_eq!(finding.severity, Severity::High);
        let place = finding.locations.first().expect("a place");
        assert_eq!(
            (&*place.path, place.start_line, place.end_line),
            ("a/***.txt", Some(3), Some(4))
        );
        assert!(
            finding
                .secret
                .as_ref()
                .is_some_and(|mark| mark.digest.is_some())
        );
        assert_eq!(finding.line, None);
    }

    #[test]
    fn what_is_missing_is_named_with_its_element() {
        let good = leak("", "");
        for key in ["RuleID", "Secret", "File", "StartLine"] {
            let bad = leak(&format!("\"{key}\""), "\"Other\"");
            let report = read_text(&format!("[{good},{bad}]"));
            let problem = report.status.problem().unwrap_or_default().to_owned();
            assert!(
                problem.contains("/1") && problem.contains(key),
                "{key}: {problem}"
            );
            assert!(report.findings.is_empty());
        }
        let seven = r#"{"offender":"x","rule":"y","file":"z","commit":""}"#;
        for key in ["offender", "rule", "file", "commit"] {
            let bad = seven.replace(&format!("\"{key}\""), "\"other\"");
            let report = read_text(&format!("[{seven},{bad}]"));
            let problem = report.status.problem().unwrap_or_default().to_owned();
            assert!(
                problem.contains("/1") && problem.contains(key),
                "{key}: {problem}"
            );
        }
    }

    #[test]
    fn masked_values_have_their_line() {
        let first = |text: &str| read_text(text).findings.into_iter().next().expect(text);
        let masked = |around: &str| {
            first(&format!(
                r#"[{{"RuleID":"r","StartLine":0,"Match":"{around}","Secret":"REDACTED","File":""}}]"#
            ))
        };
        let finding = masked("key = REDACTED");
        assert!(finding.locations.is_empty());
        assert!(
            finding
                .secret
                .as_ref()
                .is_some_and(|mark| mark.digest.is_none())
        );
        assert_eq!(finding.line, Some(folded_line_hash("key = ***")));
        assert_eq!(masked("REDACTED").line, None);
        assert_eq!(masked("key = s3cr3t").line, None);
    }

    #[test]
    fn a_value_masked_in_part_is_kept_out_everywhere() {
        let text = r#"[{"RuleID":"r","StartLine":1,"Match":"k=AKIAFAKEFIXTUR...","Secret":"AKIAFAKEFIXTUR...","File":"f","Description":"AKIAFAKEFIXTUR..."}]"#;
        let mut secrets = Secrets::new(None);
        let report = read_report(&mut text.as_bytes(), Hint::default(), &mut secrets);
        assert!(!format!("{report:?}").contains("AKIAFAKEFIXTUR"));
        let redactor = secrets.into_redactor();
        assert_eq!(
            redactor.clean("in AKIAFAKEFIXTURX").as_deref(),
            Some("in ***X")
        );
    }

    #[test]
    fn clean_is_an_empty_list_of_a_named_tool() {
        for (text, name, clean) in [
            ("[]", "gitleaks-results.json", true),
            ("null\n", "out.gitleaks.json", true),
            ("[]", "results.json", false),
            ("{}", "gitleaks.json", false),
        ] {
            let hint = Hint { name, format: None };
            let report = read_report(&mut text.as_bytes(), hint, &mut Secrets::new(None));
            assert_eq!(report.status == Status::Complete, clean, "{text} {name}");
        }
        assert!(by_id("gitleaks-7").is_some());
    }
}
