//! Writes a bundle.

use std::io::{self, Write};

use serde_json::value::RawValue;

use super::claim::Claim;
use super::limits::{REPORTS, TEXT_BYTES, UNPACKED_BYTES};
use super::{Document, Home, Of, SCHEMA};
use crate::model::{Finding, Known, Report};
use crate::sarif::{self, Log};

/// What goes into a bundle.
pub struct Content<'a> {
    /// What it is of.
    pub of: Of,
    /// The findings, worst first.
    pub findings: &'a [Finding],
    /// The reports that they are of.
    pub reports: &'a [Report],
    /// Version of this program.
    pub tool_version: &'a str,
}

/// Why there is no bundle. Nothing is ever cut off to make one fit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotBundled {
    /// Too many reports.
    #[error(
        "there are {0} reports, more than the {REPORTS} of a bundle; let the scanners write fewer"
    )]
    Reports(usize),
    /// A report says something of itself that is too long.
    #[error(
        "the report {0} has a name or text of more than {TEXT_BYTES} bytes; leave it out of `reports`"
    )]
    Text(String),
    /// Too large.
    #[error(
        "the findings come to more than {UNPACKED_BYTES} bytes; let the scanners report less (severities, folders), or \
         split them over several jobs"
    )]
    Size,
    /// Something that cannot happen with memory alone.
    #[error("it cannot be written: {0}")]
    Write(String),
}

/// The document. What the gate itself saw is left out, and so are findings that thresholds made: whoever judges makes them
/// anew.
///
/// # Errors
/// [`NotBundled`].
pub fn write(content: &Content<'_>) -> Result<Vec<u8>, NotBundled> {
    // What the gate saw stands behind the reports, so that indexes stay what they are.
    let theirs = content
        .reports
        .iter()
        .position(Report::is_own)
        .unwrap_or(content.reports.len());
    let reports = content.reports.get(..theirs).unwrap_or_default();
    if reports.len() > REPORTS {
        return Err(NotBundled::Reports(reports.len()));
    }
    let claims: Vec<Claim> = reports.iter().map(Claim::of).collect();
    if let Some(long) = claims.iter().find(|claim| claim.longest() > TEXT_BYTES) {
        return Err(NotBundled::Text(crate::model::safe_log_text(
            long.path(),
            NAME_CHARS,
        )));
    }
    let findings: Vec<Finding> = content
        .findings
        .iter()
        .filter(|finding| finding.demand.is_none() && is_of(finding, theirs))
        .map(|finding| Finding {
            // What is known besides the reports is a part of judging.
            known: Known::default(),
            ..finding.clone()
        })
        .collect();
    let mut log = Capped::new(UNPACKED_BYTES);
    let whole = Log {
        findings: &findings,
        reports,
        verdict: None,
        tool_version: content.tool_version,
    };
    sarif::write_results(&whole, &mut log).map_err(failed)?;
    let log = String::from_utf8(log.bytes)
        .ok()
        .and_then(|log| RawValue::from_string(log).ok())
        .ok_or_else(|| NotBundled::Write("the log is no JSON".to_owned()))?;
    let document = Document {
        schema: SCHEMA.into(),
        tool_version: content.tool_version.into(),
        of: content.of.clone(),
        reports: claims,
        findings: findings.iter().map(Home::of).collect(),
        log: &log,
    };
    let mut out = Capped::new(UNPACKED_BYTES);
    serde_json::to_writer(&mut out, &document).map_err(|error| failed(error.into()))?;
    Ok(out.bytes)
}

/// Characters of a path that an error shows.
const NAME_CHARS: usize = 200;

/// Whether a scanner's report says the finding.
fn is_of(finding: &Finding, theirs: usize) -> bool {
    let first = finding.sources.first();
    first.is_none_or(|source| usize::try_from(source.input).is_ok_and(|input| input < theirs))
}

fn failed(error: io::Error) -> NotBundled {
    match error.kind() {
        io::ErrorKind::FileTooLarge => NotBundled::Size,
        _ => NotBundled::Write(error.to_string()),
    }
}

impl Home {
    fn of(finding: &Finding) -> Home {
        Home {
            kind: finding.kind.word().to_owned(),
            fingerprint: finding.fingerprint.to_string(),
            sources: (finding.sources.iter())
                .map(|source| (source.input, source.run))
                .collect(),
            stand_in: finding.stand_in.as_deref().map(str::to_owned),
            line_hash: finding.line_hash.as_deref().map(str::to_owned),
        }
    }
}

/// Takes so much and no more.
struct Capped {
    bytes: Vec<u8>,
    most: usize,
}

impl Capped {
    fn new(most: usize) -> Capped {
        Capped {
            bytes: Vec::new(),
            most,
        }
    }
}

impl Write for Capped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len().saturating_add(bytes.len()) > self.most {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bundle::read;
    use crate::model::Input;

    fn report(path: &str) -> Report {
        Report::new(
            Input {
                path: path.to_owned(),
                ..Input::default()
            },
            Vec::new(),
        )
    }

    fn of(reports: &[Report]) -> Result<Vec<u8>, NotBundled> {
        write(&Content {
            of: Of::default(),
            findings: &[],
            reports,
            tool_version: "0",
        })
    }

    #[test]
    fn what_is_written_can_be_read_up_to_the_limits() {
        let long = "\u{fc}".repeat(TEXT_BYTES / 2);
        let all: Vec<Report> = (0..REPORTS).map(|_| report("a")).collect();
        for reports in [&[][..], &[report(&long)], &all] {
            let bytes = of(reports).expect("a bundle");
            let read = read(&bytes).expect("a bundle that is read");
            assert_eq!(read.reports.len(), reports.len());
        }
        assert!(matches!(
            of(&[report(&format!("{long}a"))]),
            Err(NotBundled::Text(_))
        ));
        let more: Vec<Report> = (0..=REPORTS).map(|_| report("a")).collect();
        assert_eq!(of(&more), Err(NotBundled::Reports(REPORTS + 1)));
    }

    #[test]
    fn what_is_too_large_is_said() {
        let mut capped = Capped::new(4);
        capped.write_all("aü".as_bytes()).expect("room");
        capped.write_all(b"b").expect("room");
        let error = capped.write_all(b"c").expect_err("no room");
        assert_eq!(failed(error), NotBundled::Size);
        let error = serde_json::to_writer(Capped::new(4), "abc").expect_err("no room");
        assert_eq!(failed(error.into()), NotBundled::Size);
    }
}
