//! What was known besides reports, in `verdict.json`: the past, exemptions, components, trust, data. The field names here
//! are the interface.

use serde::Serialize;

use super::view::Each;
use crate::model::{
    Bypass, ComponentVerdict, Exemption, Feed, Fingerprint, Gone, Kind, Past, Severity, Simulated,
    Trust, Verdict,
};

#[derive(Serialize)]
pub(super) struct BaselineView<'a> {
    source: Option<&'static str>,
    place: Option<&'a str>,
    sha: Option<&'a str>,
    taken: Option<&'a str>,
    behind: Option<u64>,
    findings: Option<u64>,
    missing: Option<&'a str>,
    notes: &'a [String],
    gone: Each<'a, Gone, GoneView<'a>>,
}

#[derive(Serialize)]
struct GoneView<'a> {
    fingerprint: Fingerprint,
    kind: Kind,
    rule: &'a str,
    severity: Severity,
    title: &'a str,
    place: Option<&'a str>,
    unseen: bool,
}

/// What the findings were held against; nothing where nobody asked for it.
pub(super) fn baseline(past: &Past) -> Option<BaselineView<'_>> {
    match past {
        Past::NotAsked => None,
        Past::Missing(why) => Some(BaselineView {
            source: None,
            place: None,
            sha: None,
            taken: None,
            behind: None,
            findings: None,
            missing: Some(why),
            notes: &[],
            gone: Each(&[], gone_view),
        }),
        Past::Compared(past) => Some(BaselineView {
            source: Some(past.source),
            place: Some(&past.place),
            sha: past.sha.as_deref(),
            taken: past.taken.as_deref(),
            behind: past.behind,
            findings: Some(past.findings),
            missing: None,
            notes: &past.notes,
            gone: Each(&past.gone, gone_view),
        }),
    }
}

fn gone_view(gone: &Gone) -> GoneView<'_> {
    GoneView {
        fingerprint: gone.fingerprint,
        kind: gone.kind,
        rule: &gone.rule,
        severity: gone.severity,
        title: &gone.title,
        place: gone.place.as_deref(),
        unseen: gone.unseen,
    }
}

#[derive(Serialize)]
pub(super) struct ExemptionView<'a> {
    by: &'static str,
    file: &'a str,
    line: Option<u64>,
    about: &'a str,
    standing: &'static str,
    findings: u64,
    owner: Option<&'a str>,
    ticket: Option<&'a str>,
    ends: Option<&'a str>,
    why: &'a str,
}

/// A waiver or VEX statement.
pub(super) fn exemption(exemption: &Exemption) -> ExemptionView<'_> {
    ExemptionView {
        by: exemption.by,
        file: &exemption.file,
        line: exemption.line,
        about: &exemption.about,
        standing: exemption.standing.word(),
        findings: exemption.findings,
        owner: exemption.owner.as_deref(),
        ticket: exemption.ticket.as_deref(),
        ends: exemption.ends.as_deref(),
        why: &exemption.why,
    }
}

#[derive(Serialize)]
pub(super) struct ThresholdView {
    severity: Severity,
    findings: u64,
    new: Option<u64>,
}

/// One line of the threshold table.
pub(super) fn threshold(line: &(Severity, u64, Option<u64>)) -> ThresholdView {
    ThresholdView {
        severity: line.0,
        findings: line.1,
        new: line.2,
    }
}

#[derive(Serialize)]
pub(super) struct ComponentView<'a> {
    name: &'a str,
    owner: Option<&'a str>,
    affected: bool,
    verdict: &'static str,
    total: u64,
    blocking: u64,
    excused: u64,
}

/// The verdict on a component.
pub(super) fn component(component: &ComponentVerdict) -> ComponentView<'_> {
    ComponentView {
        name: &component.name,
        owner: component.owner.as_deref(),
        affected: component.affected,
        verdict: component.conclusion.word(),
        total: component.total,
        blocking: component.blocking,
        excused: component.excused,
    }
}

#[derive(Serialize)]
pub(super) struct TrustView<'a> {
    sha: Option<&'a str>,
    branch: Option<&'a str>,
    changed: &'a [String],
    refused: &'a [String],
    simulated: Option<SimulatedView>,
}

#[derive(Serialize)]
struct SimulatedView {
    verdict: &'static str,
    blocking: u64,
    excused: u64,
}

/// Where the rules come from.
pub(super) fn trust(trust: &Trust) -> TrustView<'_> {
    let simulated = |simulated: &Simulated| SimulatedView {
        verdict: simulated.conclusion.word(),
        blocking: simulated.blocking,
        excused: simulated.excused,
    };
    TrustView {
        sha: trust.sha.as_deref(),
        branch: trust.branch.as_deref(),
        changed: &trust.changed,
        refused: &trust.refused,
        simulated: trust.simulated.as_ref().map(simulated),
    }
}

#[derive(Serialize)]
pub(super) struct FeedView<'a> {
    id: &'static str,
    path: &'a str,
    sha256: &'a str,
    date: Option<&'a str>,
    entries: u64,
    problem: Option<&'a str>,
}

/// A file of data about advisories.
pub(super) fn feed(feed: &Feed) -> FeedView<'_> {
    FeedView {
        id: feed.id,
        path: &feed.path,
        sha256: &feed.sha256,
        date: feed.date.as_deref(),
        entries: feed.entries,
        problem: feed.problem.as_deref(),
    }
}

#[derive(Serialize)]
pub(super) struct BypassView<'a> {
    lifted: &'static str,
    grants: Each<'a, Bypass, GrantView<'a>>,
}

#[derive(Serialize)]
pub(super) struct GrantView<'a> {
    label: &'a str,
    by: &'a str,
    role: &'a str,
    at: &'a str,
    ends: &'a str,
    pull_request: u64,
    head_sha: &'a str,
    reason: &'a str,
}

/// The bypass that lifted the verdict; nothing where none did.
pub(super) fn bypass(verdict: &Verdict) -> Option<BypassView<'_>> {
    let lifted = verdict.lifted?;
    Some(BypassView {
        lifted: lifted.word(),
        grants: Each(&verdict.bypass, |bypass| GrantView {
            label: &bypass.label,
            by: &bypass.by,
            role: &bypass.role,
            at: &bypass.at,
            ends: &bypass.ends,
            pull_request: bypass.pull_request,
            head_sha: &bypass.head_sha,
            reason: &bypass.reason,
        }),
    })
}
