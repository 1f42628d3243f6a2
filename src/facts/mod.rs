//! What a run knows besides its reports: the past, the change, waivers, VEX statements, data about advisories, and what the
//! gate sees of itself. Asked of the world here, before the judgement; plain data from here on.

mod claim;
mod data;
mod exempt;
mod files;
pub mod git;
mod hub;
mod past;
mod seen;

use std::path::Path;

use crate::baseline::{self, Baseline};
use crate::collect;
use crate::gate::language::Lack;
use crate::gate::{Facts, components, judge};
use crate::github::changes::{self, PullFiles};
use crate::model::{Changes, Finding, Past, Report, Simulated, Status, Text, Trust};
use crate::observe;
use crate::settings::Settings;

pub use claim::bypass;
pub use hub::Hub;
pub use past::ARTIFACT;

use exempt::Exempt;
use files::Files;

/// All that a verdict is made of.
pub struct Case {
    /// The reports, with what the gate saw itself.
    pub reports: Vec<Report>,
    /// Their findings, merged, each with what is known of it.
    pub findings: Vec<Finding>,
    /// What the rules may know besides.
    pub facts: Facts,
    /// Where the rules come from.
    pub trust: Trust,
}

/// What readers have to know where nothing of the change is there.
const NOT_LOOKED_AT: &str = "What this change makes of config, waivers, VEX documents and baseline was not looked at: a trusted \
                             run reads nothing of it; what the base branch has of them counts.";

/// What was read, and how it becomes findings.
pub struct Said<'a> {
    /// The reports.
    pub reports: Vec<Report>,
    /// Makes one list of what they and those that came behind them say.
    pub merge: &'a mut dyn FnMut(&mut [Report]) -> Vec<Finding>,
}

/// Gathers what is to be known besides the reports. `now` is RFC 3339 in UTC.
///
/// # Errors
/// A waiver or VEX file that cannot be read or understood.
pub fn gather(
    settings: &Settings,
    said: Said<'_>,
    hub: &mut Option<Hub>,
    now: &str,
) -> anyhow::Result<Case> {
    let workspace = Path::new(&settings.context.workspace);
    let files = Files::new(settings, workspace);
    let today: String = now.chars().take(10).collect();
    let Said { mut reports, merge } = said;
    for report in &mut reports {
        settings.policy.coverage.add_findings(report);
        settings.policy.cost.add_findings(report);
    }
    let trusted = |path: &str| files.trusted(path);
    let exempt = exempt::read(settings, &trusted, files.trusted_elsewhere())?;
    let change = change(settings, &reports, hub.as_mut(), workspace);
    let base = past::find(settings, hub.as_mut(), &trusted);
    let missing = match &base {
        Ok(Some(base)) => baseline::missing(base, &reports),
        _ => Vec::new(),
    };
    let observed = seen::look(settings, &exempt, change.as_ref(), &missing, &files, &today);
    // What was looked at: the trusted bytes of a waiver file, else the file as the change has it.
    let seen_bytes = |path: &str| {
        let read = exempt.read.iter().find(|(read, _)| read == path);
        let read = read.map(|(_, bytes)| bytes.clone());
        read.or_else(|| files.proposed(path).ok().flatten())
    };
    reports.extend(observe::reports(observed, &|path| {
        seen_bytes(path).map(|bytes| files::sha256(&bytes))
    }));
    let mut findings = merge(&mut reports);
    let change: Option<Changes> = change.map(|files| files.changes);
    let past = against(base, &mut findings, &reports, change.as_ref(), now);
    for finding in &mut findings {
        let component = components::of(finding, &settings.policy);
        finding.known.component = component.map(|component| Text::from(component.name.as_str()));
    }
    let is_tracked = |path: &str| collect::is_tracked(&workspace.join(path), workspace);
    let data = data::Data::read(settings, &files, &is_tracked, &findings, &today);
    let feeds = data.apply(&mut findings);
    let mut trust = trust_of(settings);
    if settings.context.trusted_run {
        trust.changed.push(NOT_LOOKED_AT.to_owned());
    } else if files.trusted_elsewhere() {
        exempt::differences(&exempt, settings, &files, &mut trust);
    }
    trust.changed.extend(exempt.remarks.iter().cloned());
    let facts = Facts {
        proposal: settings.context.is_proposal(),
        changes: change,
        today,
        now: now.to_owned(),
        past,
        waivers: exempt.waivers,
        vex: exempt.vex,
        feeds,
        ..Facts::default()
    };
    let mut case = Case {
        reports,
        findings,
        facts,
        trust,
    };
    case.trust.simulated = simulated(settings, &mut case, &files);
    Ok(case)
}

/// Holds the findings against the past, or says what can be said without one.
fn against(
    base: Result<Option<Baseline>, String>,
    findings: &mut [Finding],
    reports: &[Report],
    changes: Option<&Changes>,
    now: &str,
) -> Past {
    match base {
        Ok(Some(base)) => Past::Compared(baseline::compare(findings, reports, &base, changes, now)),
        other => {
            baseline::past_unknown(findings, changes);
            match other {
                Err(why) => Past::Missing(why),
                Ok(_) => Past::NotAsked,
            }
        }
    }
}

/// What the change touches. On proposals always asked for, because the gate looks for what weakens it; elsewhere where a rule
/// or a partial report needs it.
fn change(
    settings: &Settings,
    reports: &[Report],
    hub: Option<&mut Hub>,
    workspace: &Path,
) -> Option<PullFiles> {
    let context = &settings.context;
    let partial = reports
        .iter()
        .any(|report| matches!(report.status, Status::Partial(_)));
    let policy = &settings.policy;
    let wanted = policy.needs(Lack::Changes) || policy.needs(Lack::Baseline);
    if !context.actions {
        let wanted = wanted || !policy.components.is_empty();
        return wanted.then(|| git::files_of(workspace)).flatten();
    }
    let (client, repository) = hub?.parts();
    if context.is_proposal() {
        return match (context.pull_request, &context.base_sha, &context.head_sha) {
            (Some(number), ..) => changes::files_of_pull_request(client, repository, number),
            (None, Some(base), Some(head)) => {
                changes::files_between(client, repository, base, head)
            }
            _ => None,
        };
    }
    match (&context.before, &context.sha) {
        (Some(before), Some(sha)) if wanted || partial => {
            changes::files_between(client, repository, before, sha)
        }
        _ => None,
    }
}

fn trust_of(settings: &Settings) -> Trust {
    let mut changed = settings.trust_notes.clone();
    if let Some(proposed) = &settings.proposed {
        changed.push(
            "This change alters the config file; what the base branch has of it counts until the merge."
                .to_owned(),
        );
        if proposed.mode != settings.mode {
            changed.push(format!(
                "Under the config of this change the mode would be {} in place of {}.",
                proposed.mode.word(),
                settings.mode.word()
            ));
        }
    }
    Trust {
        sha: settings.base.as_ref().map(|base| base.sha.clone()),
        branch: settings.base.as_ref().map(|base| base.branch.clone()),
        changed,
        refused: settings.refused.clone(),
        simulated: None,
    }
}

/// The verdict under the rules that the change proposes; `None` where it proposes none that can be read.
fn simulated(settings: &Settings, case: &mut Case, files: &Files<'_>) -> Option<Simulated> {
    settings
        .base
        .as_ref()
        .filter(|_| !settings.context.trusted_run)?;
    let proposed = settings.proposed.as_deref().unwrap_or(settings);
    let look = |path: &str| files.proposed(path);
    let head = match exempt::read(proposed, &look, true) {
        Ok(head) => head,
        Err(error) => {
            case.trust.changed.push(format!(
                "What this change makes of waivers or VEX statements cannot be read: {error}"
            ));
            return None;
        }
    };
    let same = |a: &Exempt| a.waivers == case.facts.waivers && a.vex == case.facts.vex;
    if settings.proposed.is_none() && same(&head) {
        return None;
    }
    let facts = Facts {
        waivers: head.waivers,
        vex: head.vex,
        ..case.facts.clone()
    };
    let verdict = judge(&case.findings, &case.reports, &facts, &proposed.policy);
    Some(Simulated {
        conclusion: verdict.conclusion,
        blocking: verdict.counts.blocking,
        excused: verdict.counts.excused,
    })
}
