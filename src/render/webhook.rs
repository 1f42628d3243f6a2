//! A change of the verdict as a document for programs: what the webhook gets. Its schema is `docs/notice.schema.json`.
//!
//! Must not know: where it is sent, and how it is signed.

use std::fmt::Write as _;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::escape::data_text;
use super::notice::Notice;
use super::phrase::{Where, place, title};
use super::verdict_json::{CountsView, counts};
use crate::model::{Conclusion, Finding, Fingerprint, Kind, Outcome, Severity, State};

/// The name and version of this shape. Keys may be added under it, never removed or given another meaning.
pub const SCHEMA: &str = "sarif-gate/notice/v1";

/// The longest document in bytes: receivers' servers take far more, and readers of a notice need far less.
pub const DOCUMENT_BYTES: usize = 64 << 10;

/// Findings that are told one by one; `verdict.json` has all.
pub const FINDINGS: usize = 50;

/// Characters of a name, a path or a title.
const NAME: usize = 200;
/// Characters of the reason.
const REASON: usize = 1_000;
/// Characters of an address; longer ones are left out.
const ADDRESS: usize = 2_048;

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    id: &'a str,
    verdict: &'static str,
    previous: Option<&'static str>,
    recovered: bool,
    complete: bool,
    mode: &'static str,
    reason: String,
    counts: CountsView,
    repository: Option<String>,
    branch: Option<String>,
    sha: Option<String>,
    environment: Option<String>,
    event: String,
    run_url: Option<String>,
    check_url: Option<String>,
    commit_url: Option<String>,
    started: String,
    tool_version: &'static str,
    told: usize,
    findings: &'a [FindingView],
}

#[derive(Serialize)]
struct FindingView {
    fingerprint: Fingerprint,
    kind: Kind,
    rule: String,
    severity: Severity,
    title: String,
    outcome: Option<&'static str>,
    state: Option<&'static str>,
    package: Option<String>,
    version: Option<String>,
    place: Option<String>,
}

/// The document: one line of JSON of at most [`DOCUMENT_BYTES`]. `told` counts the findings to tell of; those that do not fit
/// are not among `findings`.
///
/// # Errors
/// None that these types can make; that of the writer of JSON otherwise.
pub fn document(notice: &Notice<'_>, id: &str) -> serde_json::Result<String> {
    let views = notice.findings.iter().take(FINDINGS);
    let views: Vec<FindingView> = views
        .map(|(index, finding)| view(notice, *index, finding))
        .collect();
    // The first finding has no comma before it.
    let mut used = serde_json::to_string(&head(notice, id, &[]))?
        .len()
        .saturating_sub(1);
    let mut fitting = 0_usize;
    for view in &views {
        used = used.saturating_add(serde_json::to_string(view)?.len() + 1);
        if used > DOCUMENT_BYTES {
            break;
        }
        fitting = fitting.saturating_add(1);
    }
    serde_json::to_string(&head(notice, id, views.get(..fitting).unwrap_or(&[])))
}

fn head<'a>(notice: &Notice<'_>, id: &'a str, findings: &'a [FindingView]) -> Document<'a> {
    let outcome = notice.outcome;
    let (verdict, context) = (&outcome.verdict, &outcome.context);
    let name = |text: Option<&str>| text.map(|text| data_text(text, NAME));
    let page = |url: Option<String>| url.filter(|url| url.len() <= ADDRESS);
    Document {
        schema: SCHEMA,
        id,
        verdict: verdict.conclusion.word(),
        previous: notice.previous.map(Conclusion::word),
        recovered: notice.recovered(),
        complete: verdict.complete,
        mode: outcome.mode.word(),
        reason: data_text(&verdict.reason, REASON),
        counts: counts(&verdict.counts),
        repository: name(context.repository.as_deref()),
        branch: name(notice.branch()),
        sha: name(notice.sha()),
        environment: name(outcome.environment.as_deref()),
        event: data_text(&context.event, NAME),
        run_url: page(notice.run_page()),
        check_url: page(notice.check_page().map(str::to_owned)),
        commit_url: page(notice.code_page()),
        started: data_text(&outcome.started, NAME),
        tool_version: env!("CARGO_PKG_VERSION"),
        told: notice.findings.len(),
        findings,
    }
}

fn view(notice: &Notice<'_>, index: usize, finding: &Finding) -> FindingView {
    let outcome = notice.outcome;
    let name = |text: &str| data_text(text, NAME);
    let package = finding.package.as_deref();
    FindingView {
        fingerprint: finding.fingerprint,
        kind: finding.kind,
        rule: name(&finding.rule),
        severity: finding.severity,
        title: name(title(outcome, finding)),
        outcome: outcome
            .verdict
            .judged
            .get(index)
            .map(|judged| judged.word()),
        state: finding.known.state.map(State::word),
        package: package.map(|package| name(&package.name)),
        version: package.and_then(|package| package.version.as_deref().map(name)),
        place: match place(outcome, finding) {
            Where::At(place) => Some(name(&place)),
            Where::Withheld | Where::Nowhere => None,
        },
    }
}

/// What identifies one change as one run tells it, in the form of a UUID (RFC 9562, version 8): the same when the same run tells
/// it again, so that a receiver can drop doubles. `name` keeps the jobs of a run apart.
pub fn delivery_id(outcome: &Outcome, name: &str) -> String {
    let context = &outcome.context;
    let part = |part: &Option<String>| part.clone().unwrap_or_default();
    let mut hash = Sha256::new();
    for part in [
        SCHEMA.to_owned(),
        part(&context.repository),
        part(&context.run_id),
        part(&context.run_attempt),
        part(&context.job),
        part(&context.head_sha),
        part(&outcome.environment),
        name.to_owned(),
        outcome.started.clone(),
    ] {
        hash.update(part.len().to_string());
        hash.update(":");
        hash.update(part);
    }
    let digits = hash.finalize();
    let mut id = String::new();
    for (at, byte) in digits.iter().take(16).enumerate() {
        let byte = match at {
            6 => (byte & 0x0f) | 0x80,
            8 => (byte & 0x3f) | 0x80,
            _ => *byte,
        };
        let dash = if matches!(at, 4 | 6 | 8 | 10) {
            "-"
        } else {
            ""
        };
        // Writing to a String cannot fail.
        let _ = write!(id, "{dash}{byte:02x}");
    }
    id
}
