//! The front door: bytes come in, are recognised and handed to the one reader that fits. Readers never see empty
//! documents: whether `[]` is clean is decided here.

mod empty;
mod head;
mod near;

use std::io::Read;

use super::{ALL, Desk, Document, Format, Read as How, ReportEnd, Secrets, unread};
use crate::model::{Entries, Finding, Input, Report, Status};
use crate::syntax::{Json, JsonLines, ReadError, Sketch, Utf8, Xml};

use empty::take_empty;
use head::Head;
pub(super) use near::fits;
use near::{safe_name, unknown};

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
        reader: None,
        measures: Vec::new(),
        signatures: Vec::new(),
        products: Vec::new(),
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

/// Every kind of document that the bytes look like, also of those that are refused by name: one where all is well.
pub fn looks_like(source: &mut dyn Read) -> Vec<&'static str> {
    let mut utf8 = Utf8::new(source);
    let Ok(head) = Head::look(&mut utf8) else {
        return Vec::new();
    };
    let fitting = recognised(&head.sketch, head.is_seen_whole());
    fitting.map(|(_, document)| document.kind).collect()
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
    report.reader = Some(format.id);
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
    report.products = end.products;
    report.repairs = desk.notes.into_sentences();
    report.repairs.extend(end.repairs);
    Ok(())
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
    let fitting = recognised(&head.sketch, head.is_seen_whole());
    let mut fitting: Vec<(Known, &'static Document)> = fitting.collect();
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
