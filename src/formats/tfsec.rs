//! tfsec JSON, of all its versions. The tool has ended in Trivy, whose checks keep its ids.
//!
//! `{"results": null}` is what it writes when it found nothing. The check's id changed twice: `AWS050`, then
//! `aws-vpc-no-excessive-port-access`, then `AVD-AWS-0105` with the second as `long_id`; what a report says of the others
//! are aliases.

use serde::Deserialize;

use super::bounds::{self, cut};
use super::check_id::canonical;
use super::{Desk, Document, Empty, Format, Read, ReportEnd, Sink};
use crate::model::{Finding, Kind, Location, Suppression, Text, scale};
use crate::syntax::{Json, Mark, OrNothing, Raw, ReadError, Shape, line_number, text_of};

pub(super) const FORMAT: Format = Format {
    id: "tfsec",
    tool: "tfsec",
    link: "https://github.com/aquasecurity/tfsec",
    scale: &scale::TFSEC,
    documents: &[Document::new(
        "tfsec-json",
        &[Mark::Any(&[
            Mark::All(&[
                Mark::Has("results", Shape::Null),
                Mark::Only("", &["results"]),
            ]),
            Mark::All(&[
                Mark::Keys("results[]", &["rule_id", "severity", "location"]),
                Mark::Keys("results[].location", &["filename"]),
            ]),
        ])],
    )],
    identity: "check, resource and file",
    clean_empties: &[Empty::Results],
    read: Read::Json(read),
};

#[derive(Deserialize)]
struct Check<'a> {
    #[serde(borrow)]
    rule_id: Raw<'a>,
    #[serde(borrow)]
    long_id: Raw<'a>,
    #[serde(borrow)]
    legacy_rule_id: Raw<'a>,
    #[serde(borrow)]
    rule_description: Raw<'a>,
    #[serde(borrow)]
    description: Raw<'a>,
    #[serde(borrow)]
    resolution: Raw<'a>,
    #[serde(borrow, default)]
    links: OrNothing<Vec<Raw<'a>>>,
    #[serde(borrow)]
    link: Raw<'a>,
    #[serde(borrow)]
    severity: Raw<'a>,
    #[serde(borrow)]
    status: Raw<'a>,
    #[serde(borrow)]
    passed: Raw<'a>,
    #[serde(borrow)]
    resource: Raw<'a>,
    #[serde(borrow)]
    location: Raw<'a>,
}

#[derive(Deserialize)]
struct Place<'a> {
    #[serde(borrow)]
    filename: Raw<'a>,
    #[serde(borrow)]
    start_line: Raw<'a>,
    #[serde(borrow)]
    end_line: Raw<'a>,
}

/// What became of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Failed,
    Passed,
    Ignored,
}

fn read(
    json: &mut Json<'_>,
    desk: &mut Desk<'_>,
    sink: &mut Sink<'_>,
) -> Result<ReportEnd, ReadError> {
    let mut end = ReportEnd::of(&FORMAT, None);
    json.object(|json, key| match key {
        "results" => json
            .list_or_null(|json, _| {
                let made = json.borrow::<Check<'_>>()?.finding(desk);
                let made = made.map_err(|missing| {
                    json.error(format!(
                        "this result has no {missing}, which tfsec always writes: the report is damaged or not tfsec's"
                    ))
                })?;
                match made {
                    Some(finding) => sink(finding)?,
                    None => end.not_findings = end.not_findings.saturating_add(1),
                }
                Ok(())
            })
            .map(|_| ()),
        _ => json.skip(),
    })?;
    Ok(end)
}

impl Check<'_> {
    /// The finding; nothing for a check that passed.
    fn finding(&self, desk: &mut Desk<'_>) -> Result<Option<Finding>, &'static str> {
        let written = desk.word(self.rule_id).ok_or("rule_id")?;
        let place = self.location.ok_or("location")?.get();
        let place: Place<'_> = serde_json::from_str(place).map_err(|_| "location")?;
        let file = text_of(place.filename).ok_or("filename in its location")?;
        let outcome = outcome(self.status, self.passed);
        if outcome == Outcome::Passed {
            return Ok(None);
        }
        let rule = desk.texts.share(&canonical(&written));
        let severity = text_of(self.severity);
        let severity = desk.severity(FORMAT.scale, severity.as_deref(), &rule);
        let says = |raw| text_of(raw).filter(|text| !text.trim().is_empty());
        let message = says(self.description);
        let named = says(self.rule_description).or_else(|| message.clone());
        let title = desk.title(named.as_deref().unwrap_or(&rule));
        let mut finding = Finding::new(Kind::Misconfiguration, rule.clone(), severity, title);
        let others = [
            Some(written),
            desk.word(self.long_id),
            desk.word(self.legacy_rule_id),
        ];
        for alias in others.into_iter().flatten() {
            if alias != rule && !finding.aliases.contains(&alias) {
                finding.aliases.push(alias);
            }
        }
        let described = message.as_deref().unwrap_or_default().trim();
        let resolution = says(self.resolution).unwrap_or_default();
        let whole = format!("{described}\n{}", resolution.trim());
        finding.message = desk.texts.share(&cut(whole.trim(), bounds::MAX_MESSAGE));
        let mut links = self.links.0.iter().flatten();
        finding.link = links.find_map(|raw| desk.link(*raw));
        if finding.link.is_none() {
            // Old versions write a sentence: `See https://… for more information.`
            let sentence = says(self.link).unwrap_or_default();
            let mut words = sentence.split_whitespace();
            finding.link = words.find_map(|word| bounds::link(Some(word), &mut desk.texts));
        }
        let resource = says(self.resource);
        let resource = resource.as_deref().or_else(|| resource_in(described));
        finding.resource = resource.and_then(|resource| desk.texts.share_some(&address(resource)));
        if let Some(path) = desk.texts.share_some(&file) {
            let location = Location::new(path, line_number(place.start_line));
            finding
                .locations
                .push(location.to_line(line_number(place.end_line)));
        }
        if outcome == Outcome::Ignored {
            finding.suppression = Some(Box::new(Suppression {
                kind: "inSource",
                status: "ignored".into(),
                reason: Text::from(""),
                by: Text::from(""),
            }));
        }
        Ok(Some(finding))
    }
}

/// The state is a word or a number by version, and in old ones `passed`. What says nothing, or two things, has failed.
fn outcome(status: Raw<'_>, passed: Raw<'_>) -> Outcome {
    let word = text_of(status).unwrap_or_default();
    let passed = passed.map(|raw| raw.get());
    match (word.trim().to_ascii_lowercase().as_str(), passed) {
        ("1" | "passed", None | Some("true")) | ("", Some("true")) => Outcome::Passed,
        ("2" | "ignored", _) => Outcome::Ignored,
        _ => Outcome::Failed,
    }
}

/// The resource that older versions name in the description only: `Resource 'aws_s3_bucket.b' …`, `Block '…`.
fn resource_in(description: &str) -> Option<&str> {
    let rest = description.strip_prefix("Resource '");
    let rest = rest.or_else(|| description.strip_prefix("Block '"))?;
    let (resource, _) = rest.split_once('\'')?;
    resource.contains('.').then_some(resource)
}

/// `module.m:aws_s3_bucket.b` as Terraform writes it.
fn address(resource: &str) -> String {
    let resource = cut(resource.trim(), bounds::MAX_TITLE);
    if resource.starts_with("module.") {
        resource.replace(':', ".")
    } else {
        resource.into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::testing::report as read_text;

    use crate::model::{Severity, Status};

    fn check(more: &str) -> String {
        format!(
            r#"{{"rule_id":"AVD-AWS-0089","severity":"HIGH","location":{{"filename":"/x/main.tf","start_line":3,"end_line":9}}{more}}}"#
        )
    }

    #[test]
    fn states_of_every_version() {
        for (status, passed, expected) in [
            ("0", "", Outcome::Failed),
            ("1", "", Outcome::Passed),
            ("2", "", Outcome::Ignored),
            (r#""failed""#, "", Outcome::Failed),
            (r#""passed""#, "", Outcome::Passed),
            (r#""ignored""#, "", Outcome::Ignored),
            ("", "true", Outcome::Passed),
            ("", "false", Outcome::Failed),
            ("", "", Outcome::Failed),
            (r#""odd""#, "true", Outcome::Failed),
            (r#""passed""#, "false", Outcome::Failed),
            ("0", "true", Outcome::Failed),
        ] {
            let raw = |text: &'static str| -> Raw<'static> { serde_json::from_str(text).ok() };
            assert_eq!(
                outcome(raw(status), raw(passed)),
                expected,
                "{status} {passed}"
            );
        }
    }

    #[test]
    fn ids_of_every_version_are_aliases() {
        let text = check(
            r#","long_id":"aws-s3-x","legacy_rule_id":"AWS089","resource":"module.m:aws_s3_bucket.b""#,
        );
        let report = read_text(&format!(r#"{{"results":[{text}]}}"#));
        assert_eq!(report.status, Status::Complete);
        let finding = report.findings.first().expect("one");
        assert_eq!(&*finding.rule, "AWS-0089");
        let aliases: Vec<&str> = finding.aliases.iter().map(|alias| &**alias).collect();
        assert_eq!(aliases, ["AVD-AWS-0089", "aws-s3-x", "AWS089"]);
        assert_eq!(
            finding.resource.as_deref(),
            Some("module.m.aws_s3_bucket.b")
        );
        assert_eq!(finding.severity, Severity::High);
        assert_eq!(resource_in("Resource 'aws_x.y' does"), Some("aws_x.y"));
        assert_eq!(resource_in("Resource 'aws_x"), None);
    }

    #[test]
    fn clean_is_null_and_nothing_else() {
        assert_eq!(read_text(r#"{"results": null}"#).status, Status::Complete);
        for text in [
            r#"{"results":null,"errors":[]}"#,
            r#"{"results":[]}"#,
            r#"{"results":null,"other":1}"#,
        ] {
            let report = read_text(text);
            assert!(matches!(report.status, Status::Unusable(_)), "{text}");
        }
    }

    #[test]
    fn what_is_missing_is_named_with_its_element() {
        let good = check("");
        for member in ["rule_id", "location", "filename"] {
            let bad = good.replace(&format!("\"{member}\""), "\"other\"");
            let report = read_text(&format!(r#"{{"results":[{good},{bad}]}}"#));
            let problem = report.status.problem().unwrap_or_default().to_owned();
            assert!(
                problem.contains("/results/1") && problem.contains(member),
                "{member}: {problem}"
            );
        }
    }
}
