//! The front door: bytes come in, are recognised and handed to the one reader that fits. Readers never see empty
//! documents: whether `[]` is clean is decided here.

use std::io::Read;

use super::{ALL, Empty, Format, Reading, ReportEnd, Secrets, unread};
use crate::json::{Json, ReadError, Sketch, Utf8};
use crate::model::{Entries, Finding, Input, Report, Run, Status, Texts};

/// Bytes that are looked at before a reader is chosen; doubled as long as they do not decide.
const PREFIX: usize = 64 << 10;

/// Bytes that are looked at most. Real documents show whose they are within the first few kB.
const MAX_PREFIX: usize = 256 << 20;

/// Findings of one report; a larger one is refused, not cut.
pub(super) const MAX_FINDINGS: usize = 2_000_000;

/// What is known of a file besides its content.
#[derive(Clone, Copy, Default)]
pub struct Hint<'a> {
    /// The format that the workflow's author named with a `format=` prefix.
    pub format: Option<&'static Format>,
    /// The last part of the file's name: it may say whose an empty list is, never whose a document with content is.
    pub name: &'a str,
}

/// Reads one document. Whatever goes wrong ends up in the report's status: nothing is lost, nothing passes in silence.
/// `input` is filled in by the caller, who sees the bytes.
pub fn read(source: &mut dyn Read, hint: Hint<'_>, secrets: &mut Secrets) -> Report {
    let mut report = Report {
        input: Input::default(),
        format: None,
        runs: Vec::new(),
        target: None,
        status: Status::Complete,
        understood: false,
        unanalysed: Vec::new(),
        entries: Entries::default(),
        findings: Vec::new(),
        repairs: Vec::new(),
    };
    let read = read_into(&mut report, source, hint, secrets);
    report.understood = read.is_ok();
    if let Err(error) = read {
        // Findings count only when the document was read to its end.
        report.findings = Vec::new();
        report.entries = Entries::default();
        report.status = Status::Unusable(error.to_string());
    }
    report
}

fn read_into(
    report: &mut Report,
    source: &mut dyn Read,
    hint: Hint<'_>,
    secrets: &mut Secrets,
) -> Result<(), ReadError> {
    let mut utf8 = Utf8::new(source);
    let head = Head::look(&mut utf8)?;
    if let Some(empty) = head.empty()? {
        return take_empty(report, empty, hint);
    }
    let (format, document) = choose(&head, hint)?;
    report.format = Some(document);
    let mut whole = head.bytes.as_slice().chain(&mut utf8);
    let mut reading = Reading {
        json: Json::new(&mut whole),
        document,
        texts: Texts::default(),
        secrets,
    };
    let findings = &mut report.findings;
    let entries = &mut report.entries;
    let end = (format.read)(&mut reading, &mut |finding: Finding| {
        if findings.len() >= MAX_FINDINGS {
            return Err(ReadError::whole(format!(
                "more than {MAX_FINDINGS} findings in one report; split it"
            )));
        }
        entries.count(&finding);
        findings.push(finding);
        Ok(())
    })?;
    reading.json.end()?;
    wrote_it(&end, hint, document)?;
    whole_fits(&head.sketch, reading.json.top_members(), format)?;
    report.entries.not_findings = end.not_findings;
    report.runs = end.runs;
    report.target = end.target;
    report.status = end.status;
    report.unanalysed = end.unanalysed;
    report.repairs = end.repairs;
    Ok(())
}

/// The start of a document and what it looks like.
struct Head {
    bytes: Vec<u8>,
    sketch: Sketch,
    /// Why the sketch could not be finished, when the whole document is in `bytes`.
    broken: Option<ReadError>,
    /// The whole document is in `bytes`.
    whole: bool,
}

impl Head {
    /// Reads until the document is recognised or has ended.
    fn look(source: &mut dyn Read) -> Result<Head, ReadError> {
        let mut bytes = Vec::new();
        let mut wanted = PREFIX;
        loop {
            let more = (wanted - bytes.len()) as u64;
            let read = Read::take(&mut *source, more).read_to_end(&mut bytes);
            let read =
                read.map_err(|error| ReadError::whole(format!("cannot be read: {error}")))?;
            let whole = (read as u64) < more;
            let mut sketch = Sketch::Deep;
            let mut prefix = bytes.as_slice();
            let mut json = Json::new(&mut prefix);
            let seen = Sketch::of(&mut json, &mut sketch, 0);
            let broken = match seen {
                Err(error) if error.at_end && !whole => None,
                other => other.err(),
            };
            if whole || broken.is_some() || recognised(&sketch).next().is_some() {
                return Ok(Head {
                    bytes,
                    sketch,
                    broken,
                    whole,
                });
            }
            wanted = wanted.saturating_mul(2);
            if wanted > MAX_PREFIX {
                return Err(ReadError::whole("not recognised within its first 256 MiB"));
            }
        }
    }

    /// Whether the document says nothing, and how.
    fn empty(&self) -> Result<Option<Empty>, ReadError> {
        if self.whole && self.bytes.iter().all(u8::is_ascii_whitespace) {
            return Err(ReadError::whole(format!(
                "empty file ({} bytes): the scanner wrote nothing, so nobody knows what it found; check that it ran and that its output went here",
                self.bytes.len()
            )));
        }
        if !self.whole || self.broken.is_some() {
            return Ok(None);
        }
        let mut bytes = self.bytes.as_slice();
        let mut json = Json::new(&mut bytes);
        json.skip()?;
        if !json.at_end()? {
            return Ok(None);
        }
        match &self.sketch {
            Sketch::List(None) => Ok(Some(Empty::List)),
            Sketch::Null => Ok(Some(Empty::Null)),
            Sketch::Object(members) if members.is_empty() => Err(ReadError::whole(
                "`{}` names no tool and is never a clean report (an undefined OPA query prints it)",
            )),
            _ => Ok(None),
        }
    }
}

/// Formats that recognise a sketch, with the document kind.
fn recognised(sketch: &Sketch) -> impl Iterator<Item = (Known, &'static str)> + '_ {
    let ours = ALL
        .iter()
        .filter_map(|format| Some((Known::Ours(format), (format.recognises)(sketch)?)));
    let others = unread::all()
        .filter(|other| (other.recognises)(sketch))
        .map(|other| (Known::Unread(other), other.document));
    ours.chain(others)
}

#[derive(Clone, Copy)]
enum Known {
    Ours(&'static Format),
    Unread(&'static unread::Unread),
}

/// The one format that fits.
fn choose(head: &Head, hint: Hint<'_>) -> Result<(&'static Format, &'static str), ReadError> {
    let mut fitting: Vec<(Known, &'static str)> = recognised(&head.sketch).collect();
    if let (Some(wanted), true) = (hint.format, fitting.len() > 1) {
        fitting.retain(|(known, _)| matches!(known, Known::Ours(format) if format.id == wanted.id));
    }
    let found = match fitting.as_slice() {
        [one] => *one,
        [] => return Err(unknown(head)),
        several => {
            let names: Vec<&str> = several.iter().map(|(_, document)| *document).collect();
            return Err(ReadError::whole(format!(
                "ambiguous: it could be {}; name the format, as in `trivy=path`",
                names.join(" or ")
            )));
        }
    };
    match (found, hint.format) {
        // Tools write SARIF too, so `gitleaks=x.sarif` is no contradiction: `wrote_it` looks at the driver's name.
        ((_, document), Some(wanted))
            if !wanted.documents.contains(&document) && document != super::sarif::DOCUMENT =>
        {
            Err(ReadError::whole(format!(
                "the prefix says {}, the content is {document}",
                wanted.id
            )))
        }
        ((Known::Unread(other), _), _) => Err(ReadError::whole(other.refusal(&head.sketch))),
        ((Known::Ours(format), document), _) => Ok((format, document)),
    }
}

/// A SARIF log under a prefix has to come from that tool.
fn wrote_it(end: &ReportEnd, hint: Hint<'_>, document: &str) -> Result<(), ReadError> {
    let Some(wanted) = hint
        .format
        .filter(|wanted| !wanted.documents.contains(&document))
    else {
        return Ok(());
    };
    if end.runs.iter().any(|run| *run.tool == *wanted.id) {
        return Ok(());
    }
    let names: Vec<String> = end.runs.iter().map(|run| safe_name(&run.name)).collect();
    Err(ReadError::whole(format!(
        "the prefix says {}, the SARIF log was written by {}",
        wanted.id,
        if names.is_empty() {
            "nobody (no runs)".to_owned()
        } else {
            names.join(", ")
        }
    )))
}

fn unknown(head: &Head) -> ReadError {
    if let Some(error) = &head.broken {
        let mut error = error.clone();
        if head.bytes.starts_with(&[0x1f, 0x8b]) {
            return ReadError::whole("gzip-compressed; unpack it first");
        }
        if head.bytes.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'<') {
            return ReadError::whole(
                "not JSON: it looks like XML or HTML, perhaps an error page in the place of a report",
            );
        }
        error.what = format!("not a JSON report: {}", error.what);
        return error;
    }
    let seen = match &head.sketch {
        Sketch::Object(members) => {
            let names: Vec<String> = members
                .iter()
                .take(8)
                .map(|(key, _)| safe_name(key))
                .collect();
            format!("a JSON object with {}", names.join(", "))
        }
        Sketch::List(Some(first)) => match first.as_ref() {
            Sketch::Object(members) => {
                let names: Vec<String> = members
                    .iter()
                    .take(8)
                    .map(|(key, _)| safe_name(key))
                    .collect();
                format!("a JSON list of objects with {}", names.join(", "))
            }
            _ => "a JSON list of something else than objects".to_owned(),
        },
        _ => "a single JSON value".to_owned(),
    };
    ReadError::whole(format!(
        "not recognised as a scanner's report: {seen}; `sarif-gate formats` lists what can be read"
    ))
}

/// A member name as an error may show it.
fn safe_name(key: &str) -> String {
    format!("{:?}", key.chars().take(40).collect::<String>())
}

fn take_empty(report: &mut Report, empty: Empty, hint: Hint<'_>) -> Result<(), ReadError> {
    let shown = match empty {
        Empty::List => "[]",
        Empty::Null => "null",
    };
    let named: Vec<&&Format> = match hint.format {
        Some(_) => Vec::new(),
        None => ALL
            .iter()
            .filter(|format| names(hint.name, format.id))
            .collect(),
    };
    let chosen = match (hint.format, named.as_slice()) {
        (Some(format), _) => Some(format),
        (None, [one]) => Some(**one),
        _ => None,
    };
    match chosen {
        Some(format) if format.clean_empties.contains(&empty) => {
            report.format = format.documents.first().copied();
            report.runs = vec![Run {
                tool: format.id.into(),
                name: format.tool.into(),
                ..Run::default()
            }];
            Ok(())
        }
        Some(format) => Err(ReadError::whole(format!(
            "`{shown}`: {} does not write that when it finds nothing",
            format.tool
        ))),
        None => Err(ReadError::whole(format!(
            "`{shown}` names no tool, so it cannot be told from another tool's empty report; write the tool before the path, as in `gitleaks={}`",
            if hint.name.is_empty() {
                "FILE"
            } else {
                hint.name
            }
        ))),
    }
}

/// Whether a file name holds a tool's id as a word: `gitleaks-results.json`, `out.trivy.json`.
fn names(file: &str, id: &str) -> bool {
    let file = file.to_ascii_lowercase();
    file.split(|c: char| !c.is_ascii_alphanumeric())
        .any(|word| word == id)
}

/// The whole document has been seen: do all its members still say that it is this format's and nobody else's? A document
/// that is two things at once is refused, because its two halves may say different things.
fn whole_fits(
    head: &Sketch,
    members: &[(String, Sketch)],
    format: &'static Format,
) -> Result<(), ReadError> {
    let mut sketch = head.clone();
    if let Sketch::Object(known) = &mut sketch {
        for (key, value) in members {
            match known.iter_mut().find(|(k, _)| k == key) {
                None => known.push((key.clone(), value.clone())),
                // The prefix may have ended inside this member.
                Some((_, seen)) if *seen == Sketch::Deep => *seen = value.clone(),
                Some(_) => {}
            }
        }
    }
    let all: Vec<&'static str> = recognised(&sketch).map(|(_, document)| document).collect();
    match all.as_slice() {
        [one] if format.documents.contains(one) => Ok(()),
        [] => Err(ReadError::whole(format!(
            "it began like {} and lacks what every such report has",
            format.tool
        ))),
        several => Err(ReadError::whole(format!(
            "ambiguous: as a whole it could be {}",
            several.join(" or ")
        ))),
    }
}
