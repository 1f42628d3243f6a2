//! The whole story: reports in, one verdict, evidence on disk, everybody told, an exit code.

use std::io::{Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::collect::{self, CollectError, Request};
use crate::destinations::{self, Delivery, EvidenceFiles, LastWord, Opened};
use crate::evidence::{self, Folder, Written};
use crate::exit::{self, End};
use crate::facts::{self, Hub};
use crate::gate;
use crate::github::Pace;
use crate::merge::Moved;
use crate::model::{
    Claim, Conclusion, Finding, Judged, Outcome, Place, Text, Verdict, safe_log_line,
};
use crate::outside::Workspace;
use crate::owners::{self, Owners};
use crate::reading::Reading;
use crate::sarif;
use crate::settings::Settings;

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
    /// Takes what a signal has to do before it ends the program.
    pub at_signal: &'a mut dyn FnMut(LastWord),
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
    let started = rfc3339(outside.now);
    let mut hub = Hub::of(settings);
    let opened = hub
        .as_mut()
        .map(|hub| destinations::open(settings, &started, hub.client(), &mut *outside.at_signal));
    let opened = opened.unwrap_or_default();
    let check = opened.check.clone();
    let whole = AssertUnwindSafe(|| whole(settings, outside, hub, opened, started));
    let ended = catch_unwind(whole);
    let error = match &ended {
        Ok(Ok(_)) => None,
        Ok(Err(error)) => Some(format!("{error:#}")),
        Err(_) => Some("internal error".to_owned()),
    };
    // A check run that is left open would stay so for two weeks.
    if let (Some(error), Some(check)) = (error, check)
        && let Err(error) = check.could_not_judge(&error)
    {
        let said = safe_log_line(&format!("the check run stays open: {error}"));
        // The error that ends the run is the one to tell.
        let _ = writeln!(outside.log, "{said}");
    }
    ended.unwrap_or_else(|panic| resume_unwind(panic))
}

/// The run itself, with its check run open.
fn whole(
    settings: &Settings,
    outside: &mut Outside<'_>,
    mut hub: Option<Hub>,
    opened: Opened,
    started: String,
) -> anyhow::Result<Run> {
    let workspace = PathBuf::from(&settings.context.workspace);
    let dir = workspace.join(&settings.evidence_dir);
    let mut case = prepare(settings, outside.stdin, outside.now, &mut hub)?;
    let verdict = judge(settings, &mut case, &mut hub, &started);
    let facts::Case {
        mut reports,
        findings,
        facts,
        trust,
    } = case;
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
        environment: settings.environment.clone(),
        trust,
        past: facts.past,
        feeds: facts.feeds,
    };
    let folder = Folder::open(&workspace, &dir)?;
    let written = write_evidence(&mut outcome, &folder)?;
    (outside.show)(&outcome, &written)?;
    let mut places = destinations::Outside {
        log: &mut *outside.log,
        files: files(&folder, &written),
        client: hub.map(Hub::into_client),
        pace: Pace::default(),
        opened,
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

/// Collects and reads the reports and gathers all that the verdict is made of.
///
/// # Errors
/// As [`run`], but for evidence.
pub fn prepare(
    settings: &Settings,
    stdin: &mut dyn Read,
    now: SystemTime,
    hub: &mut Option<Hub>,
) -> anyhow::Result<facts::Case> {
    let workspace = PathBuf::from(&settings.context.workspace);
    let request = Request {
        entries: &settings.reports,
        built_in: settings.reports_built_in,
        workspace: &workspace,
        evidence_dir: &workspace.join(&settings.evidence_dir),
        refuse_tracked: settings.context.actions && !settings.allow_tracked_reports,
        max_age: settings.max_report_age.map(|age| (age, now)),
    };
    let found = collect::collect(&request)?;
    let map = moved(settings)?;
    let reading = Reading::of(settings, &map);
    facts::gather(settings, &reading, found, stdin, hub, &rfc3339(now))
}

/// The judgement. Who may let a change pass is asked only where it would block.
fn judge(settings: &Settings, case: &mut facts::Case, hub: &mut Option<Hub>, now: &str) -> Verdict {
    let verdict = gate::judge(&case.findings, &case.reports, &case.facts, &settings.policy);
    if matches!(verdict.conclusion, Conclusion::Pass | Conclusion::Warn) {
        return verdict;
    }
    case.facts.bypass = facts::bypass(settings, hub.as_mut(), now);
    match case.facts.bypass {
        Claim::None => verdict,
        _ => gate::judge(&case.findings, &case.reports, &case.facts, &settings.policy),
    }
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

/// Whom the blocking findings concern: the owners of their components, and those whom CODEOWNERS names.
fn owners_of(findings: &[Finding], verdict: &Verdict, workspace: &Path) -> Vec<Text> {
    let mut named: Vec<Text> = Vec::new();
    for component in &verdict.components {
        let owner = component.owner.clone().filter(|_| component.blocking > 0);
        named.extend(owner.filter(|owner| !named.contains(owner)));
    }
    let files = Workspace::new(workspace);
    let Some(text) = owners::PLACES.iter().find_map(|place| files.text(place)) else {
        return named;
    };
    let owners = Owners::parse(&text);
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
    crate::model::spelled(time.into())
}
