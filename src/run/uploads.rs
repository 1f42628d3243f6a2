//! Writes the logs of a run, and gathers what destinations must know of those for code scanning.

use std::path::Path;

use super::{VERSION, checkout};
use crate::evidence::{self, EvidenceError, Folder, Logs, Part};
use crate::formats;
use crate::gate::Policy;
use crate::model::{Outcome, Report, Run, Status, Uploads};
use crate::sarif::{Log, Upload, UploadRules, Wrote, write_results};
use crate::settings::{Settings, Switch};

/// Writes `results.sarif` and the parts of the upload.
pub(super) fn write(
    outcome: &Outcome,
    settings: &Settings,
    folder: &Folder,
    workspace: &Path,
) -> Result<(Logs, Uploads), EvidenceError> {
    let log = Log {
        findings: &outcome.findings,
        reports: &outcome.reports,
        verdict: Some(&outcome.verdict),
        tool_version: VERSION,
    };
    let today: String = outcome.started.chars().take(10).collect();
    let doubts = Doubts::of(&outcome.reports, &settings.policy, &today);
    let context = &outcome.context;
    let on = |switch: Switch| switch != Switch::Off;
    let rules = UploadRules {
        root: settings.category.as_deref(),
        pull_request: context.pull_request.is_some(),
        held: &|input, run| doubts.hold(input, run),
        // Elsewhere no workflow is looked at.
        own: context.actions,
        placed: context.actions
            && !context.is_proposal()
            && on(settings.upload_sarif)
            && on(settings.dismiss_excused),
    };
    let mut upload = Upload::new(log, &rules);
    let logs = evidence::write_logs(folder, &mut |out| write_results(&log, out), &mut |out| {
        Ok(match upload.part(out)? {
            Wrote::Last => Part::Last,
            Wrote::More => Part::More,
            Wrote::Again => Part::Again,
        })
    })?;
    let mut uploads = Uploads {
        notes: upload.cut.sentences(),
        placed: upload.placed,
        parts: upload.parts,
        checkout: checkout::head(workspace),
    };
    for (part, path) in uploads.parts.iter_mut().zip(&logs.uploads) {
        part.path = path.to_string_lossy().into_owned();
    }
    Ok((logs, uploads))
}

/// Of which tools nobody knows everything that they found.
struct Doubts<'a> {
    reports: &'a [Report],
    /// Tools of reports of which not even the runs are known.
    tools: Vec<String>,
    /// Such a report may be of any tool.
    any: bool,
    policy: &'a Policy,
    today: &'a str,
}

impl<'a> Doubts<'a> {
    fn of(reports: &'a [Report], policy: &'a Policy, today: &'a str) -> Doubts<'a> {
        let mut doubts = Doubts {
            reports,
            tools: Vec::new(),
            any: false,
            policy,
            today,
        };
        let lost = |report: &&Report| report.runs.is_empty() && report.status != Status::Complete;
        for report in reports.iter().filter(lost) {
            let tools = tools_of(report, reports);
            doubts.any |= tools.is_empty();
            doubts.tools.extend(tools);
        }
        doubts
    }

    /// Whether an analysis with this run would close alerts of findings that nobody looked for.
    fn hold(&self, input: usize, run: &Run) -> bool {
        let report = self.reports.get(input);
        let partial = report.is_none_or(|report| report.status != Status::Complete);
        let lost = self
            .tools
            .iter()
            .any(|tool| run.tool.eq_ignore_ascii_case(tool));
        let allowed = self.policy.may_be_incomplete(&run.tool, self.today);
        let own = report.is_some_and(Report::is_own);
        (partial || ((lost || self.any) && !own)) && !allowed.is_some_and(|(_, holds)| holds)
    }
}

/// The tools that a report without runs may be of, in lower case: the one whose content it has, else those that its file's
/// name names. Nothing where neither says anything.
fn tools_of(report: &Report, all: &[Report]) -> Vec<String> {
    let known = |id: &str| !id.eq_ignore_ascii_case("sarif");
    if let Some(tool) = report.reader.filter(|id| known(id)) {
        return vec![tool.to_ascii_lowercase()];
    }
    let path = report.input.path.to_ascii_lowercase();
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
    let formats = formats::ALL.iter().map(|format| format.id.to_owned());
    let runs = all.iter().flat_map(|report| &report.runs);
    let mut tools: Vec<String> = formats
        .filter(|id| known(id))
        .chain(runs.map(|run| run.tool.to_ascii_lowercase()))
        .filter(|tool| !tool.is_empty() && name.contains(tool.as_str()))
        .collect();
    tools.sort_unstable();
    tools.dedup();
    tools
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Input;

    fn report(path: &str, tools: &[&str], status: Status) -> Report {
        let run = |tool: &&str| Run {
            tool: (*tool).into(),
            ..Run::default()
        };
        Report {
            input: Input {
                path: path.to_owned(),
                ..Input::default()
            },
            format: None,
            reader: None,
            runs: tools.iter().map(run).collect(),
            target: None,
            status,
            understood: true,
            unanalysed: Vec::new(),
            entries: Default::default(),
            findings: Vec::new(),
            measures: Vec::new(),
            signatures: Vec::new(),
            products: Vec::new(),
            repairs: Vec::new(),
        }
    }

    /// Which of trivy, grype and eslint is held back, besides another report.
    fn held(other: Report, allowed: &[(&str, &str)]) -> String {
        let policy = Policy {
            allow_incomplete: allowed
                .iter()
                .map(|(tool, until)| ((*tool).to_owned(), (*until).to_owned()))
                .collect(),
            ..Policy::new(Default::default())
        };
        let complete = report("a.json", &["trivy", "grype", "eslint"], Status::Complete);
        let reports = [complete, other];
        let doubts = Doubts::of(&reports, &policy, "2026-03-01");
        let mut names = String::new();
        for (input, report) in reports.iter().enumerate() {
            for run in report.runs.iter().filter(|run| doubts.hold(input, run)) {
                names.push_str(&format!("{input}{} ", run.tool));
            }
        }
        names
    }

    #[test]
    fn what_is_not_complete_is_held_back() {
        let bad = || Status::Unusable("cut off".to_owned());
        let partial = || Status::Partial("one file".to_owned());
        assert_eq!(held(report("b.json", &["x"], Status::Complete), &[]), "");
        assert_eq!(held(report("b.json", &["x"], partial()), &[]), "1x ");
        assert_eq!(held(report("b.json", &["x"], bad()), &[]), "1x ");
        // Of the tool that the content or the name says, else of any.
        let mut trivy = report("b.json", &[], bad());
        trivy.reader = Some("trivy");
        assert_eq!(held(trivy, &[]), "0trivy ");
        assert_eq!(held(report("in/Grype-2.json", &[], bad()), &[]), "0grype ");
        assert_eq!(held(report("gitleaks.json", &[], bad()), &[]), "");
        let all = "0trivy 0grype 0eslint ";
        assert_eq!(held(report("scan.json", &[], bad()), &[]), all);
        let mut sarif = report("scan.sarif", &[], bad());
        sarif.reader = Some("sarif");
        assert_eq!(held(sarif, &[]), all);
        // The config allows it, until its last day.
        let allowed = |until| held(report("b.json", &["x"], partial()), &[("X", until)]);
        assert_eq!(allowed("2026-03-01"), "");
        assert_eq!(allowed("2026-02-28"), "1x ");
    }
}
