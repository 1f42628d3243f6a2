//! One entry of `infrastructureAsCodeIssues`.

use serde::Deserialize;

use super::super::Desk;
use super::super::bounds::{self, cut};
use super::FORMAT;
use crate::model::{Finding, Kind, Location, Suppression};
use crate::syntax::{OrNothing, Raw, line_number, text_of};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Check<'a> {
    #[serde(borrow)]
    id: Raw<'a>,
    #[serde(borrow)]
    public_id: Raw<'a>,
    #[serde(borrow)]
    title: Raw<'a>,
    #[serde(borrow)]
    severity: Raw<'a>,
    #[serde(borrow)]
    msg: Raw<'a>,
    #[serde(borrow, default)]
    path: OrNothing<Vec<Raw<'a>>>,
    #[serde(borrow)]
    line_number: Raw<'a>,
    #[serde(borrow)]
    issue: Raw<'a>,
    #[serde(borrow)]
    impact: Raw<'a>,
    #[serde(borrow)]
    resolve: Raw<'a>,
    #[serde(borrow, default)]
    iac_description: OrNothing<Description<'a>>,
    #[serde(borrow)]
    documentation: Raw<'a>,
    #[serde(borrow)]
    is_ignored: Raw<'a>,
}

#[derive(Deserialize)]
struct Description<'a> {
    #[serde(borrow)]
    issue: Raw<'a>,
    #[serde(borrow)]
    impact: Raw<'a>,
    #[serde(borrow)]
    resolve: Raw<'a>,
}

impl Check<'_> {
    /// The finding, or the name of the member that is missing. Its place holds the line only; the file is the result's.
    pub(super) fn finding(&self, desk: &mut Desk<'_>) -> Result<Finding, &'static str> {
        // Old reports have a number for an id beside the public one.
        let rule = desk.word(self.public_id).or_else(|| desk.word(self.id));
        let rule = rule.ok_or("id")?;
        let word = text_of(self.severity).ok_or("severity")?;
        let severity = desk.severity(FORMAT.scale, Some(&word), &rule);
        let said = |raw| text_of(raw).filter(|text| !text.trim().is_empty());
        let described = self.iac_description.0.as_ref();
        let parts = [
            said(self.issue).or_else(|| said(described.and_then(|all| all.issue))),
            said(self.impact).or_else(|| said(described.and_then(|all| all.impact))),
            said(self.resolve).or_else(|| said(described.and_then(|all| all.resolve))),
        ];
        let title = said(self.title).or_else(|| parts.iter().flatten().next().cloned());
        let title = desk.title(title.as_deref().unwrap_or(&rule));
        let mut finding = Finding::new(Kind::Misconfiguration, rule, severity, title);
        let parts: Vec<&str> = parts.iter().flatten().map(|part| part.trim()).collect();
        let whole = parts.join("\n");
        finding.message = desk.texts.share(&cut(&whole, bounds::MAX_MESSAGE));
        finding.link = desk.link(self.documentation);
        let steps = self.path.0.as_ref();
        let steps: Vec<String> = match steps.filter(|steps| !steps.is_empty()) {
            Some(steps) => steps
                .iter()
                .filter_map(|step| text_of(*step))
                .map(|step| step.into_owned())
                .collect(),
            None => said(self.msg)
                .map(|msg| msg.split('.').map(str::to_owned).collect())
                .unwrap_or_default(),
        };
        let address = address(&steps);
        finding.resource = desk.texts.share_some(&cut(&address, bounds::MAX_TITLE));
        let line = line_number(self.line_number);
        finding.locations.push(Location::new("".into(), line));
        if text_of(self.is_ignored).as_deref() == Some("true") {
            finding.suppression = Some(Box::new(Suppression {
                kind: "external",
                status: desk.texts.share("ignored"),
                reason: "".into(),
                by: "".into(),
            }));
        }
        Ok(finding)
    }
}

/// The address of the resource that a path within the document leads to. Terraform's ends at the resource
/// (`resource`, `aws_s3_bucket[data]`, `acl` → `aws_s3_bucket.data`); other documents have none, there the path itself
/// stands, names in brackets (`containers[web]`) as steps of their own, since indices are no part of an identity.
fn address(steps: &[String]) -> String {
    let steps = match steps {
        [first, rest @ ..] if first == "input" => rest,
        all => all,
    };
    match steps {
        [first, resource, ..] if first == "resource" => step(resource),
        [first, resource, ..] if first == "data" => format!("data.{}", step(resource)),
        all => {
            let all: Vec<String> = all.iter().map(|one| step(one)).collect();
            all.join(".")
        }
    }
}

/// `type[name]` as `type.name`; indices stay in their brackets.
fn step(step: &str) -> String {
    let named = step.strip_suffix(']').and_then(|rest| rest.split_once('['));
    match named {
        Some((kind, name))
            if !kind.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit()) =>
        {
            format!("{kind}.{}", name.trim_matches('"'))
        }
        _ => step.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn addresses_end_at_the_resource() {
        for (path, expected) in [
            (
                &["resource", "aws_s3_bucket[data]", "acl"][..],
                "aws_s3_bucket.data",
            ),
            (&["input", "resource", "a_b[c]"], "a_b.c"),
            (&["data", "a_b[c]", "x[0]"], "data.a_b.c"),
            (
                &["[DocId: 1]", "spec", "containers[web]", "ports[0]"],
                "[DocId: 1].spec.containers.web.ports[0]",
            ),
            (&["resource"], "resource"),
            (&[], ""),
        ] {
            let path: Vec<String> = path.iter().map(|step| (*step).to_owned()).collect();
            assert_eq!(address(&path), expected);
        }
    }
}
