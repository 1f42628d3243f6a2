//! kubescape JSON (`--format json`, the second layout of its report, since 2.0).
//!
//! `results` says for each resource which controls it failed; what a control weighs stands in `summaryDetails` and the
//! file of a resource in `resources`, before or after it. So what `results` says is held until the end, which is bounded
//! by the number of findings that a report may have. A control that a resource passed is no entry: kubescape lists every
//! control of every resource.

mod resource;
mod result;

use std::collections::BTreeMap;

use serde::Deserialize;

use super::bounds::{self, cut, quoted};
use super::{Desk, Document, Format, Read, ReportEnd, Sink};
use crate::model::{Finding, Kind, Location, Severity, Status, Text, scale};
use crate::syntax::{Json, Mark, Raw, ReadError, Shape, decimal};
use resource::{Resource, Resources};
use result::Held;

pub(super) const FORMAT: Format = Format {
    id: "kubescape",
    tool: "kubescape",
    link: "https://kubescape.io",
    scale: &scale::KUBESCAPE,
    documents: &[Document::new(
        "kubescape-json",
        &[
            Mark::Has("summaryDetails", Shape::Object),
            Mark::Has("summaryDetails.controls", Shape::Object),
        ],
    )],
    identity: "control, resource and file; the resource in the cluster where there is no file",
    clean_empties: &[],
    read: Read::Json(read),
};

/// What `summaryDetails` says of a control.
struct Control {
    factor: Option<f64>,
    word: Option<Text>,
    /// Resources that it counts as failed.
    failed: u64,
    /// A failed one was listed.
    listed: bool,
}

#[derive(Deserialize)]
struct RawControl<'a> {
    #[serde(borrow, rename = "scoreFactor")]
    factor: Raw<'a>,
    #[serde(borrow)]
    severity: Raw<'a>,
    #[serde(borrow, default, rename = "ResourceCounters")]
    counters: crate::syntax::OrNothing<Counters<'a>>,
}

#[derive(Deserialize)]
struct Counters<'a> {
    #[serde(borrow, rename = "failedResources")]
    failed: Raw<'a>,
}

fn read(
    json: &mut Json<'_>,
    desk: &mut Desk<'_>,
    sink: &mut Sink<'_>,
) -> Result<ReportEnd, ReadError> {
    let mut controls = BTreeMap::new();
    let mut resources = Resources::default();
    let mut results = None;
    json.object(|json, key| match key {
        "summaryDetails" => summary(json, desk, &mut controls),
        "resources" => json
            .list_or_null(|json, _| resources.read(json, desk))
            .map(|_| ()),
        "results" => {
            let mut outcome = result::Outcome::default();
            let there = json.list_or_null(|json, _| outcome.read(json, desk, &mut resources))?;
            results = there.then_some(outcome);
            Ok(())
        }
        _ => json.skip(),
    })?;
    let Some(outcome) = results else {
        return Err(json.error(
            "there is no list `results`: kubescape scanned no resource, or the report is damaged"
                .into(),
        ));
    };
    let mut end = ReportEnd::of(&FORMAT, None);
    end.not_findings = outcome.not_findings;
    if outcome.resources == 0 {
        end.leave_out(
            Vec::new(),
            "kubescape scanned no resource; check the folder or the cluster that it was given",
        );
    }
    for held in outcome.held {
        let place = resources.of(&held.resource, desk);
        if held.suppression.is_none()
            && let Some(control) = controls.get_mut(&held.control)
        {
            control.listed = true;
        }
        sink(settle(held, place, &controls, desk))?;
    }
    if !outcome.broken.is_empty() {
        let what = match outcome.broken.len() {
            1 => "a control could not be evaluated on 1 resource".to_owned(),
            many => format!("controls could not be evaluated on {many} resources"),
        };
        end.leave_out(outcome.broken, what);
    }
    let unlisted = controls
        .iter()
        .find(|(_, control)| control.failed > 0 && !control.listed);
    if let Some((id, control)) = unlisted {
        end.status = Status::Unusable(format!(
            "the summary counts {} resources that fail the control {}, and `results` lists none: the report contradicts itself or was cut",
            control.failed,
            quoted(id)
        ));
    }
    Ok(end)
}

fn summary(
    json: &mut Json<'_>,
    desk: &mut Desk<'_>,
    controls: &mut BTreeMap<Text, Control>,
) -> Result<(), ReadError> {
    json.object(|json, key| match key {
        "controls" => json.object(|json, id| {
            let raw: RawControl<'_> = json.borrow()?;
            let failed = raw
                .counters
                .0
                .as_ref()
                .and_then(|counters| decimal(counters.failed));
            let control = Control {
                factor: decimal(raw.factor),
                word: desk.word(raw.severity),
                failed: failed
                    .filter(|count| *count > 0.0)
                    .map_or(0, |count| count as u64),
                listed: false,
            };
            controls.insert(
                desk.texts.share(&cut(id.trim(), bounds::MAX_TITLE)),
                control,
            );
            Ok(())
        }),
        _ => json.skip(),
    })
}

/// The finding of a held control, once everything was read.
fn settle(
    held: Held,
    resource: Resource,
    controls: &BTreeMap<Text, Control>,
    desk: &mut Desk<'_>,
) -> Finding {
    let severity = controls
        .get(&held.control)
        .map_or(Severity::Unknown, |control| {
            control.severity(&held.control, desk)
        });
    let mut finding = Finding::new(
        Kind::Misconfiguration,
        held.control.clone(),
        severity,
        held.title,
    );
    finding.message = held.message;
    finding.link = link(&held.control).map(|link| desk.texts.share(&link));
    finding.resource = resource.address;
    match resource.file {
        Some(file) => finding.locations.push(Location::new(file, None)),
        None => finding.target = resource.target,
    }
    finding.suppression = held.suppression;
    finding
}

impl Control {
    /// Newer reports have the word as well; the number is what every version writes.
    fn severity(&self, id: &str, desk: &mut Desk<'_>) -> Severity {
        match self.factor {
            Some(factor) if factor >= 9.0 => Severity::Critical,
            Some(factor) if factor >= 7.0 => Severity::High,
            Some(factor) if factor >= 4.0 => Severity::Medium,
            Some(factor) if factor > 0.0 => Severity::Low,
            _ => desk.severity(FORMAT.scale, self.word.as_deref(), id),
        }
    }
}

/// The page of one of kubescape's own controls.
fn link(control: &str) -> Option<String> {
    let number = control.strip_prefix("C-")?;
    let own = number.len() == 4 && number.bytes().all(|byte| byte.is_ascii_digit());
    own.then(|| format!("https://kubescape.io/docs/controls/c-{number}/"))
}

#[cfg(test)]
mod tests;
