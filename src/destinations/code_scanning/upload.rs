//! Sends the parts of an upload, and waits a while for what GitHub makes of them: that a file was taken says nothing yet.

use std::fs::File;
use std::io::{self, BufReader};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};

use super::place::Place;
use crate::github::client::percent_encode;
use crate::github::command::safe_log_text;
use crate::github::limits::{
    ERROR_TEXT_CHARS, PER_PAGE, SARIF_BYTES, SARIF_ERRORS, SARIF_FIRST_WAIT_S, SARIF_LOOKS,
    SARIF_WAIT_S,
};
use crate::github::{ApiError, Client, Fault};
use crate::model::{UploadPart, instant};

/// What is the same for all parts.
pub(super) struct Job<'a> {
    pub(super) repository: &'a str,
    pub(super) place: &'a Place,
    /// When the run began, RFC 3339.
    pub(super) started: &'a str,
}

/// How far GitHub has come with what it took.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Processed {
    /// All of it is processed.
    Complete,
    /// Some of it is still being processed.
    Pending,
    /// Nobody could be asked.
    Unknown,
}

/// What became of an upload.
pub(super) struct Sent {
    /// Parts that there were.
    pub(super) parts: usize,
    /// Parts that GitHub took.
    pub(super) accepted: usize,
    /// Runs, results and packed bytes of those.
    runs: usize,
    results: usize,
    bytes: usize,
    pub(super) processed: Processed,
    /// What GitHub says is wrong with what it took, or what is wrong on this side.
    pub(super) problems: Vec<String>,
    /// How many there are.
    count: usize,
    /// Why a part was not taken.
    pub(super) error: Option<ApiError>,
    /// Why nobody could be asked.
    unknown: Option<String>,
}

#[derive(Serialize)]
struct Body<'a> {
    commit_sha: &'a str,
    #[serde(rename = "ref")]
    reference: &'a str,
    sarif: String,
    started_at: &'a str,
}

#[derive(Deserialize)]
struct Made {
    id: Option<String>,
}

#[derive(Deserialize)]
struct State {
    processing_status: Option<String>,
    errors: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Analysis {
    commit_sha: Option<String>,
    category: Option<String>,
    created_at: Option<String>,
    sarif_id: Option<String>,
}

impl Sent {
    /// Everything was taken, and nothing is known to be wrong with it.
    pub(super) fn whole(&self) -> bool {
        self.accepted == self.parts
            && self.problems.is_empty()
            && self.error.is_none()
            && self.processed != Processed::Unknown
    }

    /// What happened, as the beginning of a sentence; of an error only what came before it.
    pub(super) fn words(&self, place: &Place) -> String {
        let short = place.sha.get(..12).unwrap_or(&place.sha);
        let numbers = format!(
            "{} results in {} runs, {} bytes packed, for {} at {short}",
            self.results, self.runs, self.bytes, place.reference
        );
        if self.error.is_some() || self.accepted < self.parts {
            let before = match self.accepted {
                0 => String::new(),
                accepted => format!(
                    "{accepted} of {} parts were taken ({numbers}); ",
                    self.parts
                ),
            };
            return format!("{before}{}", self.wrong());
        }
        if !self.problems.is_empty() {
            return format!("GitHub could not process {numbers}: {}", self.wrong());
        }
        let parts = match self.parts {
            1 => String::new(),
            parts => format!(" in {parts} parts"),
        };
        let state = match (self.processed, &self.unknown) {
            (Processed::Complete, _) => "processed".to_owned(),
            (Processed::Pending, _) => "accepted, still being processed".to_owned(),
            (Processed::Unknown, Some(why)) => {
                format!("accepted; what GitHub makes of it could not be asked ({why})")
            }
            (Processed::Unknown, None) => "accepted".to_owned(),
        };
        format!("{numbers}{parts}: {state}")
    }

    fn wrong(&self) -> String {
        let more = self.count.saturating_sub(self.problems.len());
        let mut words = self.problems.join("; ");
        if more > 0 {
            words.push_str(&format!(" and {more} more errors"));
        }
        if !words.is_empty() && self.error.is_some() {
            words.push_str("; ");
        }
        words
    }

    /// Notes something that is wrong, the first few in words.
    fn problem(&mut self, text: &str) {
        self.count = self.count.saturating_add(1);
        if self.problems.len() < SARIF_ERRORS {
            self.problems.push(safe_log_text(text, ERROR_TEXT_CHARS));
        }
    }
}

/// Sends every part that has runs, in their order, until one is refused in a way that concerns all.
pub(super) fn send(client: &mut Client, job: &Job<'_>, parts: &[UploadPart]) -> Sent {
    let parts: Vec<&UploadPart> = parts.iter().filter(|part| !part.runs.is_empty()).collect();
    let mut sent = Sent {
        parts: parts.len(),
        accepted: 0,
        runs: 0,
        results: 0,
        bytes: 0,
        processed: Processed::Complete,
        problems: Vec::new(),
        count: 0,
        error: None,
        unknown: None,
    };
    let mut open: Vec<String> = Vec::new();
    for part in parts {
        let packed = match packed(&part.path) {
            Ok(packed) => packed,
            Err(why) => {
                sent.problem(&why);
                continue;
            }
        };
        match post(client, job, part, &packed) {
            Ok(id) => {
                sent.accepted = sent.accepted.saturating_add(1);
                sent.runs = sent.runs.saturating_add(part.runs.len());
                sent.results = sent.results.saturating_add(part.results());
                sent.bytes = sent.bytes.saturating_add(packed.len());
                match id {
                    Some(id) => open.push(id),
                    None => sent.processed = Processed::Unknown,
                }
            }
            // The file is at fault; the others may be good.
            Err(error) if of_the_file(&error.fault) => sent.problem(&error.to_string()),
            Err(error) => {
                sent.error = Some(error);
                break;
            }
        }
    }
    wait(client, job.repository, open, &mut sent);
    sent
}

fn of_the_file(fault: &Fault) -> bool {
    matches!(
        fault,
        Fault::TooLarge | Fault::Invalid(_) | Fault::Refused { status: 400, .. }
    )
}

/// The file as GitHub takes it.
fn packed(path: &str) -> Result<Vec<u8>, String> {
    let pack = || -> io::Result<Vec<u8>> {
        let mut file = BufReader::with_capacity(1 << 18, File::open(path)?);
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        io::copy(&mut file, &mut encoder)?;
        encoder.finish()
    };
    let packed = pack().map_err(|error| format!("reading `{path}`: {error}"))?;
    if packed.len() > SARIF_BYTES {
        return Err(format!(
            "`{path}` has {} bytes when packed, more than the {SARIF_BYTES} that GitHub takes",
            packed.len()
        ));
    }
    Ok(packed)
}

/// Sends one part and gives back the id of what GitHub makes of it. When nobody knows whether it came through, it is looked
/// for and never sent again: what came through is listed only when it is processed, so that not being listed says nothing.
fn post(
    client: &mut Client,
    job: &Job<'_>,
    part: &UploadPart,
    packed: &[u8],
) -> Result<Option<String>, ApiError> {
    let path = format!("/repos/{}/code-scanning/sarifs", job.repository);
    let body = Body {
        commit_sha: &job.place.sha,
        reference: &job.place.reference,
        sarif: STANDARD.encode(packed),
        started_at: job.started,
    };
    let body = serde_json::to_vec(&body).map_err(|error| ApiError {
        tried: format!("POST {path}"),
        fault: Fault::Setup(error.to_string()),
    })?;
    let error = match client.post_bytes::<Made>(&path, body) {
        Ok(made) => return Ok(made.id),
        Err(error) if error.fault.maybe_done() => error,
        Err(error) => return Err(error),
    };
    let mut pause = Duration::from_secs(SARIF_FIRST_WAIT_S);
    for look in 0..SARIF_LOOKS {
        if look > 0 {
            if !client.door().wait(pause) {
                break;
            }
            pause = pause.saturating_mul(2);
        }
        match find(client, job, part) {
            Ok(Some(found)) => return Ok(found.sarif_id),
            Ok(None) => {}
            Err(_) => break,
        }
    }
    Err(error)
}

/// One of the part's analyses, of this commit and not older than this run.
fn find(
    client: &mut Client,
    job: &Job<'_>,
    part: &UploadPart,
) -> Result<Option<Analysis>, ApiError> {
    let path = format!(
        "/repos/{}/code-scanning/analyses?ref={}&per_page={PER_PAGE}&sort=created&direction=desc",
        job.repository,
        percent_encode(&job.place.reference)
    );
    let listed: Vec<Analysis> = match client.get(&path) {
        Ok(listed) => listed,
        // Said when there is none at all.
        Err(error) if error.fault == Fault::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let since = instant(job.started);
    let ours = |one: &Analysis| {
        let category = one
            .category
            .as_deref()
            .map(|name| name.trim_end_matches('/'));
        let sha = one.commit_sha.as_deref();
        sha.is_some_and(|sha| sha.eq_ignore_ascii_case(&job.place.sha))
            && part.runs.iter().any(|run| category == Some(&*run.category))
            && one.created_at.as_deref().and_then(instant) >= since
    };
    Ok(listed.into_iter().find(ours))
}

/// Asks what became of the uploads, after a few seconds, then less and less often.
fn wait(client: &mut Client, repository: &str, mut open: Vec<String>, sent: &mut Sent) {
    let most = Duration::from_secs(SARIF_WAIT_S);
    let mut pause = Duration::from_secs(SARIF_FIRST_WAIT_S);
    let mut waited = Duration::ZERO;
    while !open.is_empty() {
        pause = pause.min(most.saturating_sub(waited));
        if pause.is_zero() || !client.door().wait(pause) {
            break;
        }
        waited = waited.saturating_add(pause);
        pause = pause.saturating_mul(2);
        let mut left = Vec::new();
        for id in open {
            let path = format!(
                "/repos/{repository}/code-scanning/sarifs/{}",
                percent_encode(&id)
            );
            match client.get::<State>(&path) {
                Ok(state) => {
                    let errors = state.errors.unwrap_or_default();
                    match state.processing_status.as_deref() {
                        Some("complete") => {}
                        Some("failed") if errors.is_empty() => {
                            sent.problem("it failed without a reason");
                        }
                        Some("failed") => {}
                        _ => {
                            left.push(id);
                            continue;
                        }
                    }
                    errors.iter().for_each(|error| sent.problem(error));
                }
                // It may not be there yet.
                Err(ApiError {
                    fault: Fault::NotFound | Fault::Budget | Fault::RateLimited { .. },
                    ..
                }) => left.push(id),
                Err(error) => {
                    sent.processed = Processed::Unknown;
                    sent.unknown.get_or_insert_with(|| error.to_string());
                }
            }
        }
        open = left;
    }
    if !open.is_empty() {
        sent.processed = sent.processed.max(Processed::Pending);
    }
}
