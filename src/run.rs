//! The whole story: reports in, one verdict, evidence on disk, everybody told, an exit code.

mod bundled;
mod checkout;
mod uploads;

use std::io::{Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::bundle::Bundle;
use crate::collect::{self, CollectError, Request};
use crate::destinations::{self, Delivery, EvidenceFiles, LastWord, Opened, Status};
use crate::evidence::{self, Folder, Written};
use crate::exit::{self, End};
use crate::facts::{self, Hub, Said};
use crate::gate;
use crate::github::Pace;
use crate::merge::Moved;
use crate::model::{
    Claim, Conclusion, Finding, Judged, Outcome, Place, Text, Uploads, Verdict, safe_log_line,
};
use crate::outside::Workspace;
use crate::owners::{self, Owners};
use crate::reading::Reading;
use crate::settings::Settings;

/// Version of the program, in evidence and in the footer of pages.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What readers of a verdict on a bundle have to know.
const HEARSAY: &str = "The findings are what the pull request's own run says, and whoever wrote the pull request could have \
                       it say anything, nothing included; here they were only judged by the rules of the base branch. Only a \
                       scan in trusted code proves more.";

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
    with_check(settings, outside, |outside, hub| {
        prepare(settings, outside.stdin, outside.now, hub)
    })
}

/// As [`run`], with what a run wrote down that may not tell anybody in place of reports.
///
/// # Errors
/// As [`run`].
pub fn publish(
    settings: &Settings,
    mut bundle: Bundle,
    outside: &mut Outside<'_>,
) -> anyhow::Result<Run> {
    with_check(settings, outside, |outside, hub| {
        let said = Said {
            reports: std::mem::take(&mut bundle.reports),
            merge: &mut |reports| bundle.merge(reports),
        };
        facts::gather(settings, said, hub, &rfc3339(outside.now))
    })
}

/// The run from its facts on, with a check run that is open from the start and concluded whatever happens.
fn with_check(
    settings: &Settings,
    outside: &mut Outside<'_>,
    gather: impl FnOnce(&mut Outside<'_>, &mut Option<Hub>) -> anyhow::Result<facts::Case>,
) -> anyhow::Result<Run> {
    let started = rfc3339(outside.now);
    let mut hub = Hub::of(settings);
    let opened = hub
        .as_mut()
        .map(|hub| destinations::open(settings, &started, hub.client(), &mut *outside.at_signal));
    let opened = opened.unwrap_or_default();
    let check = opened.check.clone();
    let whole = AssertUnwindSafe(|| {
        let case = gather(outside, &mut hub)?;
        conclude(settings, case, hub, opened, started, outside)
    });
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

/// Judges, writes, tells.
fn conclude(
    settings: &Settings,
    mut case: facts::Case,
    mut hub: Option<Hub>,
    opened: Opened,
    started: String,
    outside: &mut Outside<'_>,
) -> anyhow::Result<Run> {
    let workspace = PathBuf::from(&settings.context.workspace);
    let dir = workspace.join(&settings.evidence_dir);
    let mut verdict = judge(settings, &mut case, &mut hub, &started);
    if settings.context.trusted_run {
        verdict.remarks.push(HEARSAY.to_owned());
    }
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
    let (written, uploads) = write_evidence(&mut outcome, settings, &folder, &workspace)?;
    (outside.show)(&outcome, &written)?;
    let bundle = bundled::write(&outcome, settings, &folder);
    let mut places = destinations::Outside {
        log: &mut *outside.log,
        files: EvidenceFiles {
            bundle,
            ..files(&folder, &written, uploads)
        },
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
    let said = Said {
        reports: reading.read(found, stdin),
        merge: &mut |reports| reading.merge(reports),
    };
    facts::gather(settings, said, hub, &rfc3339(now))
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

fn write_evidence(
    outcome: &mut Outcome,
    settings: &Settings,
    folder: &Folder,
    workspace: &Path,
) -> anyhow::Result<(Written, Uploads)> {
    let conclusion = outcome.verdict.conclusion;
    let code = exit::code(End::Judged {
        conclusion,
        mode: outcome.mode,
        untold: false,
    });
    let (logs, uploads) = uploads::write(outcome, settings, folder, workspace)?;
    // Said beside the verdict; nothing of the verdict changes by it.
    let notes = uploads.notes.iter().cloned();
    outcome.verdict.remarks.extend(notes);
    let written = evidence::write_pages(folder, outcome, code, VERSION, logs)?;
    Ok((written, uploads))
}

/// The evidence as later steps find it.
fn files(folder: &Folder, written: &Written, uploads: Uploads) -> EvidenceFiles {
    let path = |path: &Path| Some(path.to_string_lossy().into_owned());
    EvidenceFiles {
        dir: path(folder.path()),
        sarif: path(&written.results),
        summary: path(&written.summary),
        verdict: path(&written.verdict),
        bundle: None,
        uploads,
    }
}

fn end(outcome: &Outcome, settings: &Settings, deliveries: &[Delivery]) -> End {
    let is_told = |id: &str| deliveries.iter().any(|one| one.id == id && one.told());
    // Two jobs share one config: what the other one does is not missing here.
    let left_to_other = |id: &str| match outcome.context.trusted_run {
        true => id == "bundle",
        false => {
            let skipped = |one: &Delivery| one.id == id && matches!(one.status, Status::Skipped(_));
            is_told("bundle") && deliveries.iter().any(skipped)
        }
    };
    let told = |wanted: &String| is_told(wanted) || left_to_other(wanted);
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
