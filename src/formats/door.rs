//! The front door: bytes come in, are recognised and handed to the one reader that fits. Readers never see empty
//! documents: whether `[]` is clean is decided here.

use std::io::Read;

use super::near::{fits, near};
use super::{ALL, Desk, Document, Empty, Format, Read as How, ReportEnd, Secrets, unread};
use crate::model::{Entries, Finding, Input, Report, Run, Status};
use crate::syntax::{Json, JsonLines, MAX_WHOLE_BYTES, ReadError, Sketch, Utf8, Xml};

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
        measures: Vec::new(),
        signatures: Vec::new(),
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
    let mut head = Head::look(&mut utf8)?;
    if let Some(empty) = head.empty()? {
        return take_empty(report, empty, hint);
    }
    let (format, document) = choose(&head, hint)?;
    report.format = Some(document.kind);
    let mut desk = Desk::new(document.kind, secrets);
    let findings = &mut report.findings;
    let entries = &mut report.entries;
    let mut sink = |finding: Finding| {
        if findings.len() >= MAX_FINDINGS {
            return Err(ReadError::whole(format!(
                "more than {MAX_FINDINGS} findings in one report; split it"
            )));
        }
        entries.count(&finding);
        findings.push(finding);
        Ok(())
    };
    let end = match format.read {
        How::Json(read) => {
            let mut whole = head.bytes.as_slice().chain(&mut utf8);
            let mut json = Json::new(&mut whole);
            let end = read(&mut json, &mut desk, &mut sink)?;
            json.end()?;
            whole_fits(&head.sketch, json.top_members(), format)?;
            end
        }
        How::Lines(read) => {
            let mut whole = head.bytes.as_slice().chain(&mut utf8);
            read(&mut JsonLines::new(&mut whole), &mut desk, &mut sink)?
        }
        How::Xml(read) => read(&Xml::parse(head.text(&mut utf8)?)?, &mut desk, &mut sink)?,
        How::Text(read) => read(head.text(&mut utf8)?, &mut desk, &mut sink)?,
    };
    wrote_it(&end, hint, document)?;
    report.entries.not_findings = end.not_findings;
    report.runs = end.runs;
    report.target = end.target;
    report.status = end.status;
    report.unanalysed = end.unanalysed;
    report.measures = end.measures;
    report.signatures = end.signatures;
    report.repairs = desk.notes.into_sentences();
    report.repairs.extend(end.repairs);
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
        let mut head = Head {
            bytes: Vec::new(),
            sketch: Sketch::Deep,
            broken: None,
            whole: false,
        };
        let mut wanted = PREFIX;
        loop {
            head.read_to(wanted, source)?;
            match head.first_byte() {
                // A tree cannot be made of a part.
                Some(b'<') => {
                    let sketch = Xml::parse(head.text(source)?)?.sketch();
                    head.sketch = sketch;
                    return Ok(head);
                }
                Some(byte) if !starts_json(byte) => {
                    let plain = Sketch::plain(&String::from_utf8_lossy(&head.bytes));
                    if recognised(&plain, true).next().is_some() {
                        head.sketch = plain;
                        return Ok(head);
                    }
                }
                _ => {}
            }
            head.sketch = Sketch::Deep;
            let mut prefix = head.bytes.as_slice();
            let mut json = Json::new(&mut prefix);
            let seen = Sketch::of(&mut json, &mut head.sketch, 0);
            head.broken = match seen {
                Err(error) if error.at_end && !head.whole => None,
                other => other.err(),
            };
            let sketched = head.whole || head.broken.is_some();
            if sketched || recognised(&head.sketch, false).next().is_some() {
                return Ok(head);
            }
            wanted = wanted.saturating_mul(2);
            if wanted > MAX_PREFIX {
                return Err(ReadError::whole("not recognised within its first 256 MiB"));
            }
        }
    }

    /// Reads on until so many bytes are there or the document has ended.
    fn read_to(&mut self, wanted: usize, source: &mut dyn Read) -> Result<(), ReadError> {
        let more = wanted.saturating_sub(self.bytes.len()) as u64;
        let read = Read::take(source, more).read_to_end(&mut self.bytes);
        let read = read.map_err(|error| ReadError::whole(format!("cannot be read: {error}")))?;
        self.whole |= (read as u64) < more;
        Ok(())
    }

    /// The whole document as text.
    fn text(&mut self, source: &mut dyn Read) -> Result<&str, ReadError> {
        self.read_to(MAX_WHOLE_BYTES, source)?;
        if !self.whole {
            return Err(ReadError::whole(format!(
                "larger than {} MiB, which is the most for XML and plain text; split it",
                MAX_WHOLE_BYTES >> 20
            )));
        }
        std::str::from_utf8(&self.bytes)
            .map_err(|_| ReadError::whole("not UTF-8 text; write the report as UTF-8"))
    }

    fn first_byte(&self) -> Option<u8> {
        self.bytes
            .iter()
            .copied()
            .find(|b| !b.is_ascii_whitespace())
    }

    /// Whether the document says nothing, and how.
    fn empty(&self) -> Result<Option<Empty>, ReadError> {
        if self.whole && self.first_byte().is_none() {
            if !self.bytes.is_empty() {
                return Ok(Some(Empty::Blank));
            }
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

/// Whether a JSON value can start with this byte.
fn starts_json(byte: u8) -> bool {
    matches!(
        byte,
        b'{' | b'[' | b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n'
    )
}

/// Documents that a sketch is of.
fn recognised(
    sketch: &Sketch,
    whole: bool,
) -> impl Iterator<Item = (Known, &'static Document)> + '_ {
    let ours = ALL.iter().flat_map(|format| {
        let documents = format.documents.iter();
        documents.map(|document| (Known::Ours(format), document))
    });
    let others = unread::ALL
        .iter()
        .map(|other| (Known::Unread(other), &other.document));
    ours.chain(others)
        .filter(move |(_, document)| fits(document, sketch, whole))
}

#[derive(Clone, Copy)]
enum Known {
    Ours(&'static Format),
    Unread(&'static unread::Unread),
}

/// The one format that fits.
fn choose(head: &Head, hint: Hint<'_>) -> Result<(&'static Format, &'static Document), ReadError> {
    let whole = head.whole && head.broken.is_none()
        || matches!(head.sketch, Sketch::Xml(..) | Sketch::Plain(_));
    let mut fitting: Vec<(Known, &'static Document)> = recognised(&head.sketch, whole).collect();
    if let (Some(wanted), true) = (hint.format, fitting.len() > 1) {
        fitting.retain(|(known, _)| matches!(known, Known::Ours(format) if format.id == wanted.id));
    }
    let found = match fitting.as_slice() {
        [one] => *one,
        [] => return Err(unknown(head)),
        several => return Err(ambiguous("", several)),
    };
    match (found, hint.format) {
        // Tools write SARIF too, so `gitleaks=x.sarif` is no contradiction: `wrote_it` looks at the driver's name.
        ((_, document), Some(wanted))
            if !wanted.reads(document.kind) && document.kind != super::sarif::DOCUMENT =>
        {
            Err(ReadError::whole(format!(
                "the prefix says {}, the content is {}",
                wanted.id, document.kind
            )))
        }
        ((Known::Unread(other), _), _) => Err(ReadError::whole(other.refusal(&head.sketch))),
        ((Known::Ours(format), document), _) => Ok((format, document)),
    }
}

fn ambiguous(seen: &str, several: &[(Known, &'static Document)]) -> ReadError {
    let names: Vec<&str> = several.iter().map(|(_, document)| document.kind).collect();
    let example = several.iter().find_map(|(known, _)| match known {
        Known::Ours(format) => Some(format.id),
        Known::Unread(_) => None,
    });
    ReadError::whole(format!(
        "ambiguous: {seen}it could be {}; name the format before the path, as in `{}=FILE`",
        names.join(" or "),
        example.unwrap_or("trivy")
    ))
}

/// A SARIF log under a prefix has to come from that tool.
fn wrote_it(end: &ReportEnd, hint: Hint<'_>, document: &Document) -> Result<(), ReadError> {
    let Some(wanted) = hint.format.filter(|wanted| !wanted.reads(document.kind)) else {
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
        error.what = format!("not a JSON report: {}", error.what);
        return error;
    }
    let seen = match &head.sketch {
        Sketch::Xml(root, _) => {
            let page = if root.eq_ignore_ascii_case("html") {
                ", which is a web page, perhaps an error page in the place of a report"
            } else {
                ""
            };
            format!(
                "XML with the root <{}>{page}",
                root.chars().take(40).collect::<String>()
            )
        }
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
    let near = near(&head.sketch).map_or_else(String::new, |near| format!("; {near}"));
    ReadError::whole(format!(
        "not recognised as a scanner's report: {seen}{near}; `sarif-gate formats` lists what can be read"
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
        Empty::Blank => "a blank line",
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
            report.format = format.documents.first().map(|document| document.kind);
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
    let all: Vec<_> = recognised(&sketch, true).collect();
    match all.as_slice() {
        [(_, one)] if format.reads(one.kind) => Ok(()),
        [] => Err(ReadError::whole(format!(
            "it began like {} and lacks what every such report has",
            format.tool
        ))),
        several => Err(ambiguous("as a whole ", several)),
    }
}
