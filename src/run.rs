//! The whole story: reports in, one verdict, evidence on disk, everybody told, an exit code.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::collect::{self, CollectError, Request};
use crate::destinations::{self, Delivery, EvidenceFiles};
use crate::evidence::{self, Folder, Written};
use crate::exit::{self, End};
use crate::formats::Secrets;
use crate::gate::{self, Facts};
use crate::github::{Access, Client, Pace, changes};
use crate::merge::{self, Moved, Surroundings};
use crate::model::{
    Changes, Context, Finding, Judged, Outcome, Place, Report, Status, Text, Trust, Verdict,
};
use crate::outside::Workspace;
use crate::owners::{self, Owners};
use crate::sarif;
use crate::settings::{Hidden, Settings};

/// Version of the program, in evidence and in the footer of pages.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What a run may touch besides the files of the workspace.
pub struct Outside<'a> {
    /// Standard input, for a report named `-`.
    pub stdin: &'a mut dyn Read,
    /// Where workflow commands go: standard output, or standard error when that carries a document.
    pub log: &'a mut dyn Write,
    /// Shows the outcome to whoever started the run, before anybody else is told.
    pub show: Show<'a>,
    /// The present time.
    pub now: SystemTime,
}

/// Shows an outcome, given where its evidence stands.
pub type Show<'a> = &'a mut dyn FnMut(&Outcome, &Written) -> anyhow::Result<()>;

/// What a run leaves behind.
pub struct Run {
    /// The findings, the reports and the verdict.
    pub outcome: Outcome,
    /// Who was told.
    pub deliveries: Vec<Delivery>,
    /// The exit code.
    pub code: u8,
}

/// Reads, judges, writes, tells.
///
/// # Errors
/// When the settings name something that cannot be understood ([`CollectError`]), or when the evidence cannot be written.
pub fn run(settings: &Settings, outside: &mut Outside<'_>) -> anyhow::Result<Run> {
    let workspace = PathBuf::from(&settings.context.workspace);
    let dir = workspace.join(&settings.evidence_dir);
    let (mut reports, findings) = gather(settings, &workspace, &dir, outside)?;
    let started = rfc3339(outside.now);
    let facts = Facts {
        proposal: settings.context.is_proposal(),
        changes: changes_of(settings, &reports),
        today: started.chars().take(10).collect(),
        now: started.clone(),
        ..Facts::default()
    };
    let verdict = gate::judge(&findings, &reports, &facts, &settings.policy);
    let owners = owners_of(&findings, &verdict, &workspace);
    reports
        .iter_mut()
        .for_each(|report| report.findings = Vec::new());
    let mut outcome = Outcome {
        findings,
        reports,
        verdict,
        owners,
        mode: settings.mode,
        context: settings.context.clone(),
        settings: settings.shown.clone(),
        policy_digest: settings.policy.digest(&settings.severity_map),
        started,
        environment: None,
        trust: Trust::default(),
        past: facts.past,
        feeds: facts.feeds,
    };
    let folder = Folder::open(&workspace, &dir)?;
    let written = write_evidence(&mut outcome, &folder)?;
    (outside.show)(&outcome, &written)?;
    let mut places = destinations::Outside {
        log: &mut *outside.log,
        files: files(&folder, &written),
        pace: Pace::default(),
    };
    let deliveries = destinations::publish_all(&outcome, settings, &mut places);
    let told: Vec<(&str, String)> = deliveries.iter().map(|d| (d.id, d.line())).collect();
    let told: Vec<(&str, &str)> = told.iter().map(|(id, line)| (*id, line.as_str())).collect();
    if !told.is_empty() {
        evidence::write_summary(&folder, &outcome, &told)?;
    }
    let code = exit::code(end(&outcome, settings, &deliveries));
    Ok(Run {
        outcome,
        deliveries,
        code,
    })
}

/// Collects and reads the reports and makes one list of their findings. Secrets end here.
fn gather(
    settings: &Settings,
    workspace: &Path,
    evidence_dir: &Path,
    outside: &mut Outside<'_>,
) -> anyhow::Result<(Vec<Report>, Vec<Finding>)> {
    let request = Request {
        entries: &settings.reports,
        built_in: settings.reports_built_in,
        workspace,
        evidence_dir,
        refuse_tracked: settings.context.actions && !settings.allow_tracked_reports,
        max_age: settings.max_report_age.map(|age| (age, outside.now)),
    };
    let found = collect::collect(&request)?;
    Ok(read_and_merge(
        found,
        &moved(settings)?,
        settings.identity_key.as_ref(),
        &settings.context,
        settings.path_prefix.as_deref(),
        outside.stdin,
        &mut |report| {
            settings.policy.coverage.add_findings(report);
            settings.policy.cost.add_findings(report);
        },
    ))
}

/// The severities that the config moves.
///
/// # Errors
/// When one of its globs cannot be understood.
pub fn moved(settings: &Settings) -> Result<Vec<Moved>, CollectError> {
    let map = settings.severity_map.iter();
    map.map(|(tool, rule, severity)| {
        Moved::new(tool, rule, *severity)
            .map_err(|error| CollectError::Glob(format!("{tool}/{rule}"), error))
    })
    .collect()
}

/// Reads the collected files and merges what they say; also what `convert` does. `measured` sees each report before the
/// merging, to add what its numbers mean.
pub fn read_and_merge(
    found: Vec<collect::Collected>,
    map: &[Moved],
    identity_key: Option<&Hidden>,
    context: &Context,
    prefix: Option<&str>,
    stdin: &mut dyn Read,
    measured: &mut dyn FnMut(&mut Report),
) -> (Vec<Report>, Vec<Finding>) {
    let files = Workspace::new(Path::new(&context.workspace));
    let text = |path: &str| files.text(path);
    reading(
        found,
        map,
        identity_key,
        context,
        prefix,
        stdin,
        measured,
        &files,
        &text,
    )
}

/// As [`read_and_merge`], for reports of another time: the files of the workspace are not looked into, because their lines
/// are others than those that the reports were about.
pub fn read_of_another_time(
    found: Vec<collect::Collected>,
    identity_key: Option<&Hidden>,
    context: &Context,
    prefix: Option<&str>,
    stdin: &mut dyn Read,
) -> (Vec<Report>, Vec<Finding>) {
    let files = Workspace::new(Path::new(&context.workspace));
    let as_they_are = &mut |_: &mut Report| {};
    reading(
        found,
        &[],
        identity_key,
        context,
        prefix,
        stdin,
        as_they_are,
        &files,
        &|_| None,
    )
}

#[expect(clippy::too_many_arguments, reason = "the two above say what is what")]
fn reading(
    found: Vec<collect::Collected>,
    map: &[Moved],
    identity_key: Option<&Hidden>,
    context: &Context,
    prefix: Option<&str>,
    stdin: &mut dyn Read,
    measured: &mut dyn FnMut(&mut Report),
    files: &Workspace,
    text: &dyn Fn(&str) -> Option<String>,
) -> (Vec<Report>, Vec<Finding>) {
    let mut secrets = Secrets::new(identity_key.map(|key| key.reveal().as_bytes()));
    let mut reports = collect::read_all(found, &mut secrets, stdin);
    let redactor = secrets.into_redactor();
    reports
        .iter_mut()
        .for_each(|report| redactor.clean_report(report));
    drop(redactor);
    reports.iter_mut().for_each(measured);
    let around = Surroundings {
        roots: &context.roots,
        prefix,
        exists: &|path| files.exists(path),
        text,
    };
    let findings = merge::merge(&mut reports, map, &around);
    (reports, findings)
}

/// The files that a proposed change touches. Asked only where a report is partial: nothing else looks at them yet.
fn changes_of(settings: &Settings, reports: &[Report]) -> Option<Changes> {
    let context = &settings.context;
    let partial = reports
        .iter()
        .any(|report| matches!(report.status, Status::Partial(_)));
    if !partial || !context.actions || !context.is_proposal() {
        return None;
    }
    let repository = context.repository.as_deref()?;
    let token = settings
        .token
        .clone()
        .filter(|token| !token.reveal().trim().is_empty())?;
    let access = Access {
        api_url: context.api_url.clone(),
        token,
        ca_bundle: settings.ca_bundle.clone(),
    };
    let mut client = Client::new(access, Pace::default());
    match (context.pull_request, &context.base_sha, &context.head_sha) {
        (Some(number), ..) => changes::of_pull_request(&mut client, repository, number),
        (None, Some(base), Some(head)) => changes::between(&mut client, repository, base, head),
        _ => None,
    }
}

fn owners_of(findings: &[Finding], verdict: &Verdict, workspace: &Path) -> Vec<Text> {
    let files = Workspace::new(workspace);
    let Some(text) = owners::PLACES.iter().find_map(|place| files.text(place)) else {
        return Vec::new();
    };
    let owners = Owners::parse(&text);
    let mut named: Vec<Text> = Vec::new();
    let blocking = findings
        .iter()
        .zip(&verdict.judged)
        .filter(|(_, judged)| **judged == Judged::Fail);
    for (finding, _) in blocking {
        let places = finding
            .locations
            .iter()
            .filter(|l| l.place == Place::Workspace)
            .map(|l| &l.path);
        for owner in places
            .chain(&finding.stand_in)
            .flat_map(|path| owners.of(path))
        {
            if !named.contains(owner) {
                named.push(owner.clone());
            }
        }
    }
    named
}

fn write_evidence(outcome: &mut Outcome, folder: &Folder) -> anyhow::Result<Written> {
    let log = sarif::Log {
        findings: &outcome.findings,
        reports: &outcome.reports,
        verdict: Some(&outcome.verdict),
        tool_version: VERSION,
    };
    let conclusion = outcome.verdict.conclusion;
    let code = exit::code(End::Judged {
        conclusion,
        mode: outcome.mode,
        untold: false,
    });
    let on_pull_request = outcome.context.pull_request.is_some();
    let mut cut = sarif::Cut::default();
    let logs = evidence::write_logs(
        folder,
        &mut |out| sarif::write_results(&log, out),
        &mut |out| {
            cut = sarif::write_upload(&log, on_pull_request, out)?;
            Ok(())
        },
    )?;
    // Said beside the verdict; nothing of the verdict changes by it.
    outcome.verdict.remarks.extend(cut.sentences());
    let written = evidence::write_pages(folder, outcome, code, VERSION, logs)?;
    Ok(written)
}

/// The evidence as later steps find it.
fn files(folder: &Folder, written: &Written) -> EvidenceFiles {
    let path = |path: &Path| Some(path.to_string_lossy().into_owned());
    EvidenceFiles {
        dir: path(folder.path()),
        sarif: path(&written.results),
        summary: path(&written.summary),
        verdict: path(&written.verdict),
    }
}

fn end(outcome: &Outcome, settings: &Settings, deliveries: &[Delivery]) -> End {
    let told = |wanted: &String| {
        deliveries
            .iter()
            .any(|delivery| delivery.id == wanted && delivery.told())
    };
    End::Judged {
        conclusion: outcome.verdict.conclusion,
        mode: outcome.mode,
        untold: !settings.require_publish.iter().all(told),
    }
}

/// A time as SARIF and `verdict.json` write it, UTC.
pub fn rfc3339(time: SystemTime) -> String {
    chrono::DateTime::<chrono::Utc>::from(time).to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}
