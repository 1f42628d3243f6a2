//! Whether the reports are enough to judge by. No rule about findings can lift what is said here.
//!
//! * A report that cannot be used, a required tool without a report, or no report at all: *incomplete*.
//! * A partial report is incomplete where the change touches a part that was not analysed. On a proposal (pull request,
//!   merge group) whose paths nobody knows, or where the report does not say which parts are missing, it counts as
//!   touched: the author of a change could otherwise hide it behind a file that breaks the scanner. Outside proposals
//!   there is no change to hide, so an unknown one leaves it at *warn*; a known one is compared.
//! * `allow-incomplete` turns either into *warn* for its tools until its last day. The run is still not complete.

use super::{Facts, Policy, Row, plain};
use crate::model::{Report, Status};

/// What the reports are worth.
#[derive(Debug, Default)]
pub(super) struct Completeness {
    /// Why nobody can tell, one sentence part each.
    pub(super) gaps: Vec<String>,
    /// What is not complete and yet does not block.
    pub(super) doubts: Vec<String>,
    /// What readers must know besides.
    pub(super) remarks: Vec<String>,
}

impl Completeness {
    /// Every report was complete, and none is missing.
    pub(super) fn complete(&self) -> bool {
        self.gaps.is_empty() && self.doubts.is_empty()
    }
}

pub(super) fn weigh(reports: &[Report], facts: &Facts, policy: &Policy) -> Completeness {
    let mut found = Completeness::default();
    for report in reports {
        let (gap, what) = match &report.status {
            Status::Complete => continue,
            Status::Unusable(why) => (
                true,
                format!("{} cannot be used: {}", name(report), plain::line(why)),
            ),
            Status::Partial(why) => {
                let touched = touched(report, facts);
                let what = format!("{} is partial: {}", name(report), plain::line(why));
                match touched {
                    None => (false, what),
                    Some(how) => (true, format!("{what}; {how}")),
                }
            }
        };
        if gap && allowed(&tools(report), facts, policy, &mut found.remarks) {
            found.doubts.push(what);
        } else if gap {
            found.gaps.push(what);
        } else {
            found.doubts.push(what);
        }
    }
    for required in &policy.require_reports {
        if reports.iter().any(|report| is_from(report, required)) {
            continue;
        }
        let what = format!(
            "no report of {}, which require-reports asks for",
            plain::line(required)
        );
        if allowed(&[required], facts, policy, &mut found.remarks) {
            found.doubts.push(what);
        } else {
            found.gaps.push(what);
        }
    }
    for thresholds in [&policy.coverage, &policy.cost] {
        match thresholds.unmeasured(reports) {
            Some((Row::Fail, what)) => found.gaps.push(what),
            Some((_, what)) => found.doubts.push(what),
            None => {}
        }
    }
    if reports.iter().all(Report::is_own) {
        found
            .gaps
            .insert(0, "there is no report, so nothing was judged".to_owned());
    }
    found
}

/// The report as messages name it.
fn name(report: &Report) -> String {
    plain::line(&report.input.path)
}

/// The tools of a report: those of its runs. Many an unusable one has none; then the reader of what its content shows is
/// all that is known.
fn tools(report: &Report) -> Vec<&str> {
    if report.runs.is_empty() {
        return report.reader.into_iter().collect();
    }
    report.runs.iter().map(|run| &*run.tool).collect()
}

/// Whether a report of this tool or format is there. One that cannot be used counts, since it is a gap of its own.
fn is_from(report: &Report, tool: &str) -> bool {
    tools(report)
        .into_iter()
        .chain(report.reader)
        .any(|known| known.eq_ignore_ascii_case(tool))
}

/// Whether `allow-incomplete` names each of the tools until today or later.
fn allowed(tools: &[&str], facts: &Facts, policy: &Policy, remarks: &mut Vec<String>) -> bool {
    let mut all = !tools.is_empty();
    for tool in tools {
        let Some((until, holds)) = policy.may_be_incomplete(tool, &facts.today) else {
            all = false;
            continue;
        };
        let remark = if holds {
            format!(
                "the report of {} may be incomplete until",
                plain::line(tool)
            )
        } else {
            all = false;
            format!("the allowance for {} ended on", plain::line(tool))
        };
        let remark = format!("allow-incomplete: {remark} {}", plain::line(until));
        if !remarks.contains(&remark) {
            remarks.push(remark);
        }
    }
    all
}

/// How the change touches what a partial report leaves out; `None` when it does not.
fn touched(report: &Report, facts: &Facts) -> Option<String> {
    match &facts.changes {
        None => facts.proposal.then(|| {
            "nobody knows which files this change touches, so the missing ones count as touched"
                .to_owned()
        }),
        Some(_) if report.unanalysed.is_empty() => facts.proposal.then(|| {
            "the report does not say which files are missing, so those of this change count"
                .to_owned()
        }),
        Some(changed) => changed
            .files
            .keys()
            .find(|path| {
                report
                    .unanalysed
                    .iter()
                    .any(|missing| covers(missing, path))
            })
            .map(|path| format!("this change touches {}", plain::line(path))),
    }
}

/// Whether a file or project as a scanner names it is, or holds, a path of the repository. Scanners write `./a`,
/// backslashes and the runner's absolute paths; in doubt it is the same.
fn covers(missing: &str, path: &str) -> bool {
    let missing = missing.trim().replace('\\', "/");
    let absolute = missing.starts_with('/') || missing.contains(":/");
    let mut bare = missing.trim_end_matches('/');
    while let Some(rest) = bare.strip_prefix("./") {
        bare = rest;
    }
    if bare.is_empty() || bare == "." {
        return true;
    }
    let inside = |folder: &str| {
        path.strip_prefix(folder)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    if inside(bare) {
        return true;
    }
    // An absolute path ends in the path of the file, or in that of a folder above it.
    absolute
        && bare
            .match_indices('/')
            .filter_map(|(slash, _)| bare.get(slash + 1..))
            .any(|tail| !tail.is_empty() && inside(tail))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::Preset;

    #[test]
    fn scanners_name_files_in_many_ways() {
        for (missing, path, expected) in [
            ("app/bad.py", "app/bad.py", true),
            ("./app/bad.py", "app/bad.py", true),
            ("app\\bad.py", "app/bad.py", true),
            (".\\app\\bad.py", "app/bad.py", true),
            ("/github/workspace/app/bad.py", "app/bad.py", true),
            ("file:///w/app/bad.py", "app/bad.py", true),
            ("C:\\w\\app\\bad.py", "app/bad.py", true),
            ("app", "app/bad.py", true),
            ("/w/app/", "app/bad.py", true),
            (".", "app/bad.py", true),
            ("", "app/bad.py", true),
            ("app/bad.p", "app/bad.py", false),
            ("bad.py", "app/bad.py", false),
            ("lib/app/bad.py", "app/bad.py", false),
            ("other", "app/bad.py", false),
            ("/w/other.py", "app/bad.py", false),
        ] {
            assert_eq!(covers(missing, path), expected, "{missing:?} {path:?}");
        }
    }

    #[test]
    fn an_allowance_ends_with_a_day_of_the_calendar() {
        let mut policy = Policy::new(Preset::Standard);
        let facts = Facts {
            today: "2026-01-30".to_owned(),
            ..Facts::default()
        };
        for (until, expected) in [
            ("2026-01-30", true),
            ("2026-01-29", false),
            ("2026-02-30", false),
            ("2026-02-1 ", false),
            ("tomorrow", false),
            ("", false),
        ] {
            policy.allow_incomplete = vec![("trivy".to_owned(), until.to_owned())];
            let is = allowed(&["Trivy"], &facts, &policy, &mut Vec::new());
            assert_eq!(is, expected, "{until}");
        }
    }
}
