//! One element of `results`: a resource and the controls that were tried on it.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::super::Desk;
use super::super::bounds::{self, cut, quoted};
use super::super::door::MAX_FINDINGS;
use super::resource::{Element, Resources};
use crate::model::{Suppression, Text};
use crate::syntax::{Json, OrNothing, Raw, ReadError, text_of};

/// Paths in a resource that a message names.
const MAX_PATHS: usize = 10;
/// Resources that are named as not evaluated.
const MAX_NAMED: usize = 1_000;

/// A finding that lacks what the other parts of the report say.
pub(super) struct Held {
    pub(super) resource: Text,
    pub(super) control: Text,
    pub(super) title: Text,
    pub(super) message: Text,
    pub(super) suppression: Option<Box<Suppression>>,
}

/// What `results` says.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) held: Vec<Held>,
    pub(super) not_findings: u64,
    /// Resources that were scanned.
    pub(super) resources: u64,
    /// Resources on which a control broke.
    pub(super) broken: Vec<Text>,
}

#[derive(Deserialize)]
struct Scanned<'a> {
    #[serde(borrow, rename = "resourceID")]
    id: Raw<'a>,
    #[serde(borrow)]
    controls: Option<Vec<Control<'a>>>,
    #[serde(borrow, default, rename = "rawResource")]
    resource: OrNothing<Element<'a>>,
}

#[derive(Deserialize)]
struct Control<'a> {
    #[serde(borrow, rename = "controlID")]
    id: Raw<'a>,
    #[serde(borrow)]
    name: Raw<'a>,
    #[serde(borrow)]
    status: Raw<'a>,
    #[serde(borrow)]
    rules: Option<Vec<Rule<'a>>>,
}

#[derive(Deserialize)]
struct Rule<'a> {
    #[serde(borrow)]
    status: Raw<'a>,
    #[serde(borrow, rename = "subStatus")]
    sub_status: Raw<'a>,
    #[serde(borrow, default)]
    paths: OrNothing<Vec<Paths<'a>>>,
    #[serde(borrow, default)]
    exception: OrNothing<Vec<Exception<'a>>>,
}

#[derive(Deserialize)]
struct Paths<'a> {
    #[serde(borrow, rename = "failedPath")]
    failed: Raw<'a>,
    #[serde(borrow, rename = "reviewPath")]
    review: Raw<'a>,
    #[serde(borrow, rename = "deletePath")]
    delete: Raw<'a>,
    #[serde(borrow, default, rename = "fixPath")]
    fix: OrNothing<FixPath<'a>>,
}

#[derive(Deserialize)]
struct FixPath<'a> {
    #[serde(borrow)]
    path: Raw<'a>,
    #[serde(borrow)]
    value: Raw<'a>,
}

#[derive(Deserialize)]
struct Exception<'a> {
    #[serde(borrow)]
    name: Raw<'a>,
    #[serde(borrow)]
    reason: Raw<'a>,
}

/// `{status, subStatus}`; versions before 2.1 write a word.
#[derive(Deserialize)]
struct Status<'a> {
    #[serde(borrow)]
    status: Raw<'a>,
    #[serde(borrow, rename = "subStatus")]
    sub_status: Raw<'a>,
}

/// What a control says of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    Passed,
    Skipped,
    Excepted,
    Broken,
    Failed,
}

impl Verdict {
    /// kubescape's words (`apis.ScanningStatus`) of today and of 2.0. A failed control with an exception that only
    /// alerts stays failed. A word that nobody knows is an error: what passed is not even counted.
    fn of(word: &str, sub: &str) -> Result<Verdict, String> {
        Ok(match (word.trim(), sub.trim()) {
            ("passed", "" | "irrelevant") => Verdict::Passed,
            ("passed", "w/exceptions") | ("excluded", _) => Verdict::Excepted,
            ("skipped" | "irrelevant", _) => Verdict::Skipped,
            ("error", _) => Verdict::Broken,
            ("failed", _) => Verdict::Failed,
            ("", _) => return Err("a control without a status".into()),
            (other, _) => {
                return Err(format!(
                    "the status {} of a control means nothing to us",
                    quoted(other)
                ));
            }
        })
    }

    fn of_status(raw: &RawValue) -> Result<Verdict, String> {
        if let Some(word) = text_of(Some(raw)) {
            return Verdict::of(&word, "");
        }
        let status: Option<Status<'_>> = serde_json::from_str(raw.get()).ok();
        let status = status.ok_or("a status of a control that is no status")?;
        let word = text_of(status.status).unwrap_or_default();
        let sub = status.sub_status.map_or("".into(), |raw| {
            text_of(Some(raw)).unwrap_or(Cow::Borrowed("?"))
        });
        Verdict::of(&word, &sub)
    }
}

impl Outcome {
    /// Reads one element.
    pub(super) fn read(
        &mut self,
        json: &mut Json<'_>,
        desk: &mut Desk<'_>,
        resources: &mut Resources,
    ) -> Result<(), ReadError> {
        let taken = {
            let scanned: Scanned<'_> = json.borrow()?;
            self.take(&scanned, desk, resources)
        };
        taken.map_err(|what| json.error(what))?;
        if self.held.len() > MAX_FINDINGS {
            return Err(ReadError::whole(format!(
                "more than {MAX_FINDINGS} findings in one report; split it"
            )));
        }
        Ok(())
    }

    fn take(
        &mut self,
        scanned: &Scanned<'_>,
        desk: &mut Desk<'_>,
        resources: &mut Resources,
    ) -> Result<(), String> {
        let missing = |what: &str| {
            format!(
                "there is no {what}, which kubescape always writes: the report is damaged or not kubescape's"
            )
        };
        let resource = desk.some(scanned.id).ok_or_else(|| missing("resourceID"))?;
        self.resources = self.resources.saturating_add(1);
        if let Some(element) = &scanned.resource.0 {
            resources.add(element, desk);
        }
        for control in scanned.controls.iter().flatten() {
            let id = desk
                .word(control.id)
                .ok_or_else(|| missing("controlID of a control"))?;
            let verdict = control.verdict()?;
            let suppression = match verdict {
                Verdict::Passed => continue,
                Verdict::Skipped => {
                    self.not_findings = self.not_findings.saturating_add(1);
                    continue;
                }
                Verdict::Broken => {
                    self.not_findings = self.not_findings.saturating_add(1);
                    if self.broken.len() < MAX_NAMED && self.broken.last() != Some(&resource) {
                        self.broken.push(resource.clone());
                    }
                    continue;
                }
                Verdict::Excepted => Some(Box::new(control.exception(desk))),
                Verdict::Failed => None,
            };
            let name = text_of(control.name).filter(|name| !name.trim().is_empty());
            self.held.push(Held {
                resource: resource.clone(),
                title: desk.title(name.as_deref().unwrap_or(&id)),
                message: control.message(desk),
                control: id,
                suppression,
            });
        }
        Ok(())
    }
}

impl Control<'_> {
    /// The control's own status, else (kubescape 2.0) the worst of its rules.
    fn verdict(&self) -> Result<Verdict, String> {
        if let Some(status) = self.status {
            return Verdict::of_status(status);
        }
        let mut worst =
            Err("a control without a status, and without rules that have one".to_owned());
        for rule in self.rules.iter().flatten() {
            let sub = text_of(rule.sub_status).unwrap_or_default();
            let verdict = match (text_of(rule.status), rule.status) {
                (Some(word), _) => Verdict::of(&word, &sub)?,
                (None, Some(status)) => Verdict::of_status(status)?,
                (None, None) => return Err("a rule without a status".into()),
            };
            worst = Ok(worst.map_or(verdict, |worst| verdict.max(worst)));
        }
        worst
    }

    /// The places in the resource, and what kubescape would write there.
    fn message(&self, desk: &mut Desk<'_>) -> Text {
        let rules = self.rules.iter().flatten();
        let paths = rules.flat_map(|rule| rule.paths.0.iter().flatten());
        let mut lines: Vec<String> = Vec::new();
        for path in paths {
            let fix = path.fix.0.as_ref();
            let says = |raw| text_of(raw).filter(|text| !text.trim().is_empty());
            let line = match fix.and_then(|fix| says(fix.path)) {
                Some(at) => match fix.and_then(|fix| says(fix.value)) {
                    Some(value) => format!("set {at} to {value}"),
                    None => format!("set {at}"),
                },
                None => {
                    let at = says(path.failed)
                        .or_else(|| says(path.review))
                        .or_else(|| says(path.delete));
                    match at {
                        Some(at) => format!("see {at}"),
                        None => continue,
                    }
                }
            };
            if !lines.contains(&line) {
                lines.push(line);
            }
            if lines.len() >= MAX_PATHS {
                break;
            }
        }
        desk.texts
            .share(&cut(&lines.join("\n"), bounds::MAX_MESSAGE))
    }

    fn exception(&self, desk: &mut Desk<'_>) -> Suppression {
        let rules = self.rules.iter().flatten();
        let first = rules
            .flat_map(|rule| rule.exception.0.iter().flatten())
            .next();
        Suppression {
            kind: "external",
            status: "w/exceptions".into(),
            reason: first
                .map(|first| desk.message(first.reason))
                .unwrap_or_default(),
            by: first
                .and_then(|first| desk.word(first.name))
                .unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_every_version() {
        for (status, expected) in [
            (r#"{"status":"failed"}"#, Ok(Verdict::Failed)),
            (r#"{"status":"passed"}"#, Ok(Verdict::Passed)),
            (
                r#"{"status":"passed","subStatus":"irrelevant"}"#,
                Ok(Verdict::Passed),
            ),
            (
                r#"{"status":"passed","subStatus":"w/exceptions"}"#,
                Ok(Verdict::Excepted),
            ),
            (
                r#"{"status":"failed","subStatus":"w/exceptions"}"#,
                Ok(Verdict::Failed),
            ),
            (
                r#"{"status":"skipped","subStatus":"configuration"}"#,
                Ok(Verdict::Skipped),
            ),
            (r#""excluded""#, Ok(Verdict::Excepted)),
            (r#""error""#, Ok(Verdict::Broken)),
            (r#""new word""#, Err(())),
            ("7", Err(())),
            ("[7]", Err(())),
            (r#""""#, Err(())),
            ("{}", Err(())),
        ] {
            let raw: &RawValue = serde_json::from_str(status).expect(status);
            assert_eq!(
                Verdict::of_status(raw).map_err(|_| ()),
                expected,
                "{status}"
            );
        }
    }
}
