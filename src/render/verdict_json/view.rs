//! The members of `verdict.json`, borrowed from the outcome. The field names here are the interface.

use std::collections::BTreeMap;

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

use super::{finding, record};
use crate::model::{
    ComponentVerdict, Context, Counts, Exemption, Feed, Judged, Kind, Outcome, Report, Run,
    Severity, Shown, Text,
};

#[derive(Serialize)]
pub(super) struct Document<'a> {
    schema: &'static str,
    verdict: &'static str,
    complete: bool,
    reason: &'a str,
    exit_code: u8,
    mode: &'static str,
    environment: Option<&'a str>,
    counts: CountsView,
    inputs: Each<'a, Report, InputView<'a>>,
    findings: Findings<'a>,
    settings: Settings<'a>,
    tool_version: &'a str,
    policy_digest: &'a str,
    bypass: Option<record::BypassView<'a>>,
    started: &'a str,
    context: ContextView<'a>,
    owners: Each<'a, Text, &'a str>,
    cannot_block: Vec<CannotBlock<'a>>,
    unknown_severity: UnknownSeverity,
    remarks: &'a [String],
    baseline: Option<record::BaselineView<'a>>,
    exemptions: Each<'a, Exemption, record::ExemptionView<'a>>,
    thresholds: Each<'a, (Severity, u64, Option<u64>), record::ThresholdView>,
    components: Each<'a, ComponentVerdict, record::ComponentView<'a>>,
    trust: record::TrustView<'a>,
    feeds: Each<'a, Feed, record::FeedView<'a>>,
}

/// The whole document.
pub(super) fn document<'a>(
    outcome: &'a Outcome,
    exit_code: u8,
    tool_version: &'a str,
) -> Document<'a> {
    let verdict = &outcome.verdict;
    let (counted, counted_as) = verdict.unknown_counted;
    Document {
        schema: super::SCHEMA,
        verdict: verdict.conclusion.word(),
        complete: verdict.complete,
        reason: &verdict.reason,
        exit_code,
        mode: outcome.mode.word(),
        environment: outcome.environment.as_deref(),
        counts: counts(&verdict.counts),
        inputs: Each(&outcome.reports, input),
        findings: Findings(outcome),
        settings: Settings(&outcome.settings),
        tool_version,
        policy_digest: &outcome.policy_digest,
        bypass: record::bypass(verdict),
        started: &outcome.started,
        context: context(&outcome.context),
        owners: texts(&outcome.owners),
        cannot_block: verdict
            .cannot_block
            .iter()
            .map(|(tool, why)| CannotBlock { tool, why })
            .collect(),
        unknown_severity: UnknownSeverity {
            counted,
            counted_as,
        },
        remarks: &verdict.remarks,
        baseline: record::baseline(&outcome.past),
        exemptions: Each(&verdict.exemptions, record::exemption),
        thresholds: Each(&verdict.thresholds, record::threshold),
        components: Each(&verdict.components, record::component),
        trust: record::trust(&outcome.trust),
        feeds: Each(&outcome.feeds, record::feed),
    }
}

#[derive(Serialize)]
struct CannotBlock<'a> {
    tool: &'a str,
    why: &'a str,
}

#[derive(Serialize)]
struct UnknownSeverity {
    counted: u64,
    counted_as: Severity,
}

/// A list that is turned into its views while it is written.
pub(super) struct Each<'a, T, V>(pub(super) &'a [T], pub(super) fn(&'a T) -> V);

impl<T, V: Serialize> Serialize for Each<'_, T, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(self.1))
    }
}

pub(super) fn texts(texts: &[Text]) -> Each<'_, Text, &str> {
    Each(texts, |text| text)
}

#[derive(Serialize)]
pub(in crate::render) struct CountsView {
    total: u64,
    blocking: u64,
    warned: u64,
    excused: u64,
    excluded: u64,
    new: Option<u64>,
    fixed: Option<u64>,
    by_severity: BySeverity,
    by_kind: ByKind,
}

pub(in crate::render) fn counts(counts: &Counts) -> CountsView {
    CountsView {
        total: counts.total,
        blocking: counts.blocking,
        warned: counts.warned,
        excused: counts.excused,
        excluded: counts.excluded,
        new: counts.new,
        fixed: counts.fixed,
        by_severity: by_severity(&counts.by_severity),
        by_kind: by_kind(&counts.by_kind),
    }
}

/// Every severity, zeros too.
struct BySeverity([u64; 6]);

fn by_severity(counts: &BTreeMap<Severity, u64>) -> BySeverity {
    BySeverity(Severity::WORST_FIRST.map(|severity| counts.get(&severity).copied().unwrap_or(0)))
}

impl Serialize for BySeverity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(
            Severity::WORST_FIRST
                .iter()
                .zip(self.0)
                .map(|(severity, count)| (severity.word(), count)),
        )
    }
}

/// Every kind, zeros too.
struct ByKind([u64; 8]);

fn by_kind(counts: &BTreeMap<Kind, u64>) -> ByKind {
    ByKind(Kind::ALL.map(|kind| counts.get(&kind).copied().unwrap_or(0)))
}

impl Serialize for ByKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(
            Kind::ALL
                .iter()
                .zip(self.0)
                .map(|(kind, count)| (kind.word(), count)),
        )
    }
}

#[derive(Serialize)]
struct InputView<'a> {
    path: &'a str,
    sha256: &'a str,
    bytes: u64,
    format: Option<&'static str>,
    tool: Option<&'a str>,
    tool_version: Option<&'a str>,
    target: Option<&'a str>,
    problem: Option<&'a str>,
    status: &'static str,
    entries: EntriesView,
    runs: Each<'a, Run, RunView<'a>>,
    unanalysed: Each<'a, Text, &'a str>,
    repairs: &'a [String],
}

#[derive(Serialize)]
struct EntriesView {
    findings: u64,
    suppressed: u64,
    not_findings: u64,
    by_severity: BySeverity,
    by_kind: ByKind,
}

#[derive(Serialize)]
struct RunView<'a> {
    tool: &'a str,
    name: &'a str,
    version: Option<&'a str>,
    category: Option<&'a str>,
}

fn input(report: &Report) -> InputView<'_> {
    let run = report.runs.first();
    InputView {
        path: &report.input.path,
        sha256: &report.input.sha256,
        bytes: report.input.bytes,
        format: report.format,
        tool: run.map(|run| &*run.tool).filter(|tool| !tool.is_empty()),
        tool_version: run.and_then(|run| run.version.as_deref()),
        target: report.target.as_deref(),
        problem: report.status.problem(),
        status: report.status.word(),
        entries: EntriesView {
            findings: report.entries.findings,
            suppressed: report.entries.suppressed,
            not_findings: report.entries.not_findings,
            by_severity: by_severity(&report.entries.by_severity),
            by_kind: by_kind(&report.entries.by_kind),
        },
        runs: Each(&report.runs, |run| RunView {
            tool: &run.tool,
            name: &run.name,
            version: run.version.as_deref(),
            category: run.category.as_deref(),
        }),
        unanalysed: texts(&report.unanalysed),
        repairs: &report.repairs,
    }
}

struct Findings<'a>(&'a Outcome);

impl Serialize for Findings<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let verdict = &self.0.verdict;
        serializer.collect_seq(self.0.findings.iter().enumerate().map(|(index, found)| {
            let judged = verdict.judged.get(index).copied();
            let rulings = verdict.rulings.get(index).map_or(&[][..], Vec::as_slice);
            finding::view(found, judged.unwrap_or(Judged::Ignore), rulings)
        }))
    }
}

struct Settings<'a>(&'a [Shown]);

#[derive(Serialize)]
struct SettingView<'a> {
    value: &'a serde_json::Value,
    origin: &'a str,
}

impl Serialize for Settings<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for setting in self.0 {
            let (value, origin) = (&setting.value, &*setting.origin);
            map.serialize_entry(&setting.name, &SettingView { value, origin })?;
        }
        map.end()
    }
}

#[derive(Serialize)]
struct ContextView<'a> {
    repository: Option<&'a str>,
    event: &'a str,
    #[serde(rename = "ref")]
    git_ref: Option<&'a str>,
    sha: Option<&'a str>,
    head_sha: Option<&'a str>,
    base_ref: Option<&'a str>,
    base_sha: Option<&'a str>,
    pull_request: Option<u64>,
    run_url: Option<String>,
}

fn context(context: &Context) -> ContextView<'_> {
    ContextView {
        repository: context.repository.as_deref(),
        event: &context.event,
        git_ref: context.git_ref.as_deref(),
        sha: context.sha.as_deref(),
        head_sha: context.head_sha.as_deref(),
        base_ref: context.base_ref.as_deref(),
        base_sha: context.base_sha.as_deref(),
        pull_request: context.pull_request,
        run_url: context.run_url(),
    }
}
