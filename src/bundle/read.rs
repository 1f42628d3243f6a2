//! Reads a bundle, every word of which a stranger may have written.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::claim::Claim;
use super::limits::REPORTS;
use super::{Document, FILE, Home, Of, SCHEMA};
use crate::formats::{self, Hint, Secrets};
use crate::merge::{self, Surroundings};
use crate::model::{Finding, Fingerprint, Input, Kind, Report, Run, Status, Text, safe_log_text};
use crate::sarif::bag;

/// A bundle that was understood.
pub struct Bundle {
    /// What it says that it is of.
    pub of: Of,
    /// Version of the program that it says wrote it.
    pub tool_version: String,
    /// The reports, without findings.
    pub reports: Vec<Report>,
    /// The findings, as the one report that the log is.
    log: Report,
    homes: HashMap<(Kind, Fingerprint), Home>,
}

/// Why a bundle is refused, as a sentence part about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// It is no JSON of the form, or of another one.
    #[error("it is not of the form `{SCHEMA}`: {0}")]
    Form(String),
    /// It speaks of too many reports.
    #[error("it speaks of {0} reports, more than the {REPORTS} that are read")]
    Reports(usize),
    /// What it says of a report makes no sense.
    #[error("its report {index} {what}")]
    Report {
        /// From 0.
        index: usize,
        /// What is wrong.
        what: String,
    },
    /// Its log cannot be read.
    #[error("its log cannot be read: {0}")]
    Log(String),
}

/// Characters of a text from a bundle that an error shows.
const SHOWN: usize = 300;

/// Reads the document.
///
/// # Errors
/// [`BundleError`]; its texts are safe for a log line.
pub fn read(bytes: &[u8]) -> Result<Bundle, BundleError> {
    let form = |text: &str| BundleError::Form(safe_log_text(text, SHOWN));
    let document: Document<'_> =
        serde_json::from_slice(bytes).map_err(|error| form(&error.to_string()))?;
    if document.schema != SCHEMA {
        return Err(form(&format!("its schema is {}", document.schema)));
    }
    if document.reports.len() > REPORTS {
        return Err(BundleError::Reports(document.reports.len()));
    }
    let mut reports = Vec::new();
    for (index, claim) in document.reports.into_iter().enumerate() {
        let report = Claim::restored(claim);
        reports.push(report.map_err(|what| BundleError::Report { index, what })?);
    }
    let mut log = read_log(document.log.get())?;
    let homes = document.findings.into_iter().filter_map(|home| {
        let kind = Kind::from_word(&home.kind)?;
        Some(((kind, bag::fingerprint(&home.fingerprint)?), home))
    });
    let homes = homes.collect();
    reports.extend(unlisted(&log, &reports));
    settle(&mut reports, &mut log);
    Ok(Bundle {
        of: document.of,
        tool_version: safe_log_text(&document.tool_version, SHOWN),
        reports,
        log,
        homes,
    })
}

/// The log, by the reader of all SARIF logs.
fn read_log(text: &str) -> Result<Report, BundleError> {
    let mut secrets = Secrets::new(None);
    let hint = Hint {
        format: None,
        name: FILE,
    };
    let mut log = formats::read(&mut text.as_bytes(), hint, &mut secrets);
    secrets.into_redactor().clean_report(&mut log);
    let refused = |why: &str| Err(BundleError::Log(safe_log_text(why, SHOWN)));
    match (&log.status, log.understood) {
        (Status::Unusable(why), false) => refused(why),
        _ if log.reader != Some("sarif") => refused("it is no SARIF log"),
        _ => Ok(log),
    }
}

/// How bad a status is.
fn rank(status: &Status) -> u8 {
    match status {
        Status::Complete => 0,
        Status::Partial(_) => 1,
        Status::Unusable(_) => 2,
    }
}

/// What the log holds and no listed report does: findings of tools that none of them has, and a status that is worse than
/// theirs. Nothing of a log gets lost because the list beside it says less.
fn unlisted(log: &Report, reports: &[Report]) -> Option<Report> {
    let listed: BTreeSet<&Text> = (reports.iter())
        .flat_map(|report| &report.runs)
        .map(|run| &run.tool)
        .collect();
    let of_run = |finding: &Finding| Some(&log.runs.get(usize::try_from(finding.run).ok()?)?.tool);
    let tools: BTreeSet<&Text> = (log.findings.iter())
        .flat_map(|finding| {
            let sources = finding.sources.iter().map(|source| &source.tool);
            sources.chain(of_run(finding))
        })
        .filter(|tool| !listed.contains(tool))
        .collect();
    let worst = reports.iter().map(|report| rank(&report.status)).max();
    let worse = rank(&log.status) > worst.unwrap_or(0);
    if tools.is_empty() && !worse {
        return None;
    }
    Some(Report {
        format: log.format,
        reader: log.reader,
        status: match worse {
            true => log.status.clone(),
            false => Status::Complete,
        },
        ..Report::new(
            Input {
                path: FILE.to_owned(),
                ..Input::default()
            },
            (tools.into_iter())
                .map(|tool| Run {
                    tool: tool.clone(),
                    name: tool.clone(),
                    ..Run::default()
                })
                .collect(),
        )
    })
}

/// Gives what the log says of each tool to the first run of that tool and category, and what reading it mended to the first
/// report.
fn settle(reports: &mut [Report], log: &mut Report) {
    for run in &mut log.runs {
        let of_tool = |mine: &&mut Run| mine.tool == run.tool && mine.category == run.category;
        let mut mine = reports.iter_mut().flat_map(|report| &mut report.runs);
        if let Some(mine) = mine.find(of_tool) {
            mine.rules = std::mem::take(&mut run.rules);
            mine.carried = std::mem::take(&mut run.carried);
        }
    }
    if let Some(first) = reports.first_mut() {
        first.repairs.append(&mut log.repairs);
    }
}

impl Bundle {
    /// Makes one list of the findings of the bundle, which are merged already, and of those that have been added to `reports`
    /// since, worst first. Empties the bundle. Nothing is looked up in files: those of this place are not the ones that the
    /// findings are about.
    pub fn merge(&mut self, reports: &mut [Report]) -> Vec<Finding> {
        let nowhere = Surroundings {
            roots: &[],
            prefix: None,
            exists: &|_| false,
            text: &|_| None,
        };
        let mut findings = merge::merge(std::slice::from_mut(&mut self.log), &[], &nowhere);
        let places = Places::of(reports, &self.log.runs);
        for finding in &mut findings {
            let home = self.homes.get(&(finding.kind, finding.fingerprint));
            places.assign(finding, home);
        }
        findings.append(&mut merge::merge(reports, &[], &nowhere));
        merge::sort(&mut findings);
        findings
    }
}

/// Where sources of findings belong.
struct Places<'a> {
    reports: &'a [Report],
    /// The runs of the log.
    runs: &'a [Run],
    by_run: BTreeMap<(&'a Text, Option<&'a Text>), (u32, u32)>,
    by_tool: BTreeMap<&'a Text, (u32, u32)>,
}

impl<'a> Places<'a> {
    fn of(reports: &'a [Report], runs: &'a [Run]) -> Places<'a> {
        let (mut by_run, mut by_tool) = (BTreeMap::new(), BTreeMap::new());
        let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        for (input, report) in reports.iter().enumerate() {
            for (index, run) in report.runs.iter().enumerate() {
                let at = (number(input), number(index));
                by_run
                    .entry((&run.tool, run.category.as_ref()))
                    .or_insert(at);
                by_tool.entry(&run.tool).or_insert(at);
            }
        }
        Places {
            reports,
            runs,
            by_run,
            by_tool,
        }
    }

    /// The tool of a run of the reports.
    fn tool(&self, (input, run): (u32, u32)) -> Option<&Text> {
        let report = self.reports.get(usize::try_from(input).ok()?)?;
        let run = report.runs.get(usize::try_from(run).ok()?)?;
        Some(&run.tool)
    }

    /// Says which reports say a finding: as its home has it where that can be, else by the tools.
    fn assign(&self, finding: &mut Finding, home: Option<&Home>) {
        let category = usize::try_from(finding.run)
            .ok()
            .and_then(|at| self.runs.get(at)?.category.clone());
        for (index, source) in finding.sources.iter_mut().enumerate() {
            let said = home.and_then(|home| home.sources.get(index).copied());
            let at = said
                .filter(|at| self.tool(*at) == Some(&source.tool))
                .or_else(|| {
                    let key = (&source.tool, category.as_ref());
                    self.by_run.get(&key).copied()
                })
                .or_else(|| self.by_tool.get(&source.tool).copied());
            (source.input, source.run) = at.unwrap_or_default();
        }
        finding.run = finding.sources.first().map_or(0, |source| source.run);
        if let Some(home) = home {
            let path = home.stand_in.as_deref().filter(|path| is_inside(path));
            finding.stand_in = path.map(Text::from);
            let hash = home.line_hash.as_deref().filter(|hash| is_line_hash(hash));
            finding.line_hash = hash.map(Text::from);
        }
    }
}

/// Whether a path is one of a file of the repository, written plainly.
fn is_inside(path: &str) -> bool {
    let part = |part: &str| !matches!(part, "" | "." | "..");
    path.len() <= PATH_BYTES
        && !path.contains(['\\', ':'])
        && !path.chars().any(char::is_control)
        && path.split('/').all(part)
}

/// Longest path that Linux can open (`PATH_MAX`).
const PATH_BYTES: usize = 4_096;

/// Whether a text can be a hash of a line and the number of its occurrence, as GitHub writes them (`39fa2ee980eb94b0:1`).
fn is_line_hash(text: &str) -> bool {
    let Some((hash, number)) = text.split_once(':') else {
        return false;
    };
    let all = |text: &str, most: usize, legal: fn(&u8) -> bool| {
        (1..=most).contains(&text.len()) && text.bytes().all(|b| legal(&b))
    };
    all(hash, 16, u8::is_ascii_hexdigit) && all(number, 9, u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_a_checkout_can_tell_has_one_spelling() {
        for good in ["a", "src/a b.rs", "ü/.x"] {
            assert!(is_inside(good), "{good}");
        }
        for bad in ["", "/a", "a/", "../a", "a/./b", "C:a", "a\\b", "a\nb"] {
            assert!(!is_inside(bad), "{bad:?}");
        }
        assert!(is_line_hash("39fa2ee980eb94b0:1") && is_line_hash("0:12"));
        for bad in [
            "",
            "39fa",
            ":1",
            "x:1",
            "1:",
            "39fa2ee980eb94b00:1",
            "1:-1",
            "1:1:1",
        ] {
            assert!(!is_line_hash(bad), "{bad}");
        }
    }
}
