//! What Semgrep says went wrong: whether there was a scan at all, and which files it did not see whole.

use serde::Deserialize;

use super::FORMAT;
use crate::formats::bounds::{quoted, title};
use crate::formats::lint::GivenUp;
use crate::formats::{Desk, ReportEnd};
use crate::model::Status;
use crate::syntax::{Raw, text_of};

/// Errors of the configuration, of rules or of the program as a whole, without blanks and in lower case: versions write
/// `Rule parse error` and `RuleParseError`.
const OF_THE_RUN: &[&str] = &[
    "semgreperror",
    "invalidyaml",
    "invalidruleschemaerror",
    "unknownlanguageerror",
    "ruleparseerror",
    "patternparseerror",
    "patternparseerror0",
    "missingplugin",
];
/// Parts of the names of errors after which Semgrep goes on file by file, although they name no file.
const GOES_ON: &str = "duringinterfile";
/// The reason in `paths.skipped` of a file that should have been scanned. The others are the user's own choice.
const FAILED: &str = "analysis_failed_parser_or_internal_error";

#[derive(Deserialize)]
pub(super) struct Failure<'a> {
    #[serde(borrow)]
    level: Raw<'a>,
    #[serde(borrow, rename = "type")]
    sort: Raw<'a>,
    #[serde(borrow)]
    message: Raw<'a>,
    #[serde(borrow)]
    path: Raw<'a>,
}

#[derive(Deserialize)]
pub(super) struct Skipped<'a> {
    #[serde(borrow)]
    path: Raw<'a>,
    #[serde(borrow)]
    reason: Raw<'a>,
}

/// What is known of the scan after what was read so far.
#[derive(Default)]
pub(super) struct Failures {
    /// A file was scanned.
    pub(super) scanned: bool,
    /// There was a result.
    pub(super) found: bool,
    given_up: GivenUp,
    /// The first error of the run as a whole.
    of_the_run: Option<String>,
    /// The first error of any sort.
    first: Option<String>,
}

impl Failures {
    /// Adds an entry of `errors`. A level that nobody knows is an error.
    pub(super) fn add(&mut self, failure: &Failure<'_>, desk: &mut Desk<'_>) {
        let sort = failure.sort();
        let message = text_of(failure.message).unwrap_or_default();
        let sentence = format!("{}: {}", title(&sort), title(&message));
        let path = desk.some(failure.path);
        let level = text_of(failure.level).unwrap_or_default();
        if level.eq_ignore_ascii_case("info") {
            desk.note(format!("Semgrep remarks: {}", quoted(&sentence)));
            return;
        }
        if ["warn", "warning"]
            .iter()
            .any(|word| level.eq_ignore_ascii_case(word))
        {
            self.given_up.add(path);
            return;
        }
        let plain: String = sort.split_whitespace().collect();
        let plain = plain.to_ascii_lowercase();
        let of_the_run =
            OF_THE_RUN.contains(&plain.as_str()) || (path.is_none() && !plain.contains(GOES_ON));
        self.first.get_or_insert_with(|| sentence.clone());
        if of_the_run {
            self.of_the_run.get_or_insert(sentence);
        }
        self.given_up.add(path);
    }

    /// Adds an entry of `paths.skipped`.
    pub(super) fn skipped(&mut self, skipped: &Skipped<'_>, desk: &mut Desk<'_>) {
        if text_of(skipped.reason).as_deref() == Some(FAILED) {
            self.given_up.add(desk.some(skipped.path));
        }
    }

    /// Sets the status of the report. Without a file scanned and without a result every error means that there was no
    /// scan.
    pub(super) fn tell(self, end: &mut ReportEnd) {
        let no_scan = !self.scanned && !self.found;
        let failed = self.of_the_run.or(self.first.filter(|_| no_scan));
        if let Some(sentence) = failed {
            end.status = Status::Unusable(format!(
                "Semgrep says that it failed: {sentence}; see its own output and run it again"
            ));
        } else if no_scan {
            end.repairs
                .push("Semgrep says of no file that it was scanned".to_owned());
        }
        self.given_up.tell(end, FORMAT.tool);
    }
}

impl Failure<'_> {
    /// The sort of error: a text, or the first element of a list that goes on with details.
    fn sort(&self) -> String {
        let list = || {
            let list: Vec<Raw<'_>> = serde_json::from_str(self.sort?.get()).ok()?;
            text_of(list.first().copied().flatten())
        };
        text_of(self.sort)
            .or_else(list)
            .unwrap_or_default()
            .into_owned()
    }
}
