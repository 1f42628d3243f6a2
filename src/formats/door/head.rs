//! The start of a document: what it looks like, and whether it is there at all.

use std::io::Read;

use super::super::Empty;
use super::recognised;
use crate::syntax::{Json, MAX_WHOLE_BYTES, ReadError, Sketch, Xml};

/// Bytes that are looked at before a reader is chosen; doubled as long as they do not decide.
const PREFIX: usize = 64 << 10;

/// Bytes that are looked at most. Real documents show whose they are within the first few kB.
const MAX_PREFIX: usize = 256 << 20;

/// The start of a document and what it looks like.
pub(super) struct Head {
    pub(super) bytes: Vec<u8>,
    pub(super) sketch: Sketch,
    /// Why the sketch could not be finished, when the whole document is in `bytes`.
    pub(super) broken: Option<ReadError>,
    /// The whole document is in `bytes`.
    pub(super) whole: bool,
}

impl Head {
    /// Reads until the document is recognised or has ended.
    pub(super) fn look(source: &mut dyn Read) -> Result<Head, ReadError> {
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
                    let sketch = sketch_of_xml(head.text(source)?)?;
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
    pub(super) fn text(&mut self, source: &mut dyn Read) -> Result<&str, ReadError> {
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

    /// Whether the sketch shows all that there is, so that what it lacks is absent.
    pub(super) fn is_seen_whole(&self) -> bool {
        let read_whole = matches!(self.sketch, Sketch::Xml(..) | Sketch::Plain(_));
        read_whole || (self.whole && self.broken.is_none())
    }

    fn first_byte(&self) -> Option<u8> {
        self.bytes
            .iter()
            .copied()
            .find(|b| !b.is_ascii_whitespace())
    }

    /// Whether the document says nothing, and how.
    pub(super) fn empty(&self) -> Result<Option<Empty>, ReadError> {
        if self.whole && self.first_byte().is_none() {
            if self.bytes.is_empty() {
                return Err(wrote_nothing());
            }
            return Ok(Some(Empty::Blank));
        }
        let json = !matches!(self.sketch, Sketch::Xml(..) | Sketch::Plain(_));
        if !self.whole || self.broken.is_some() || !json {
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
            Sketch::Object(members) => match members.as_slice() {
                [(key, Sketch::List(None))] if key == "results" => Ok(Some(Empty::Results)),
                _ => Ok(None),
            },
            _ => Ok(None),
        }
    }
}

/// What an XML document looks like; a web page is named, since it is what servers send in the place of a report.
fn sketch_of_xml(text: &str) -> Result<Sketch, ReadError> {
    let start: String = text.trim_start().chars().take(15).collect();
    let start = start.to_ascii_lowercase();
    if start.starts_with("<!doctype html") || start.starts_with("<html") {
        return Err(ReadError::whole(
            "a web page (HTML), perhaps an error page in the place of a report; look at what the step before wrote",
        ));
    }
    Ok(Xml::parse(text)?.sketch())
}

pub(super) fn wrote_nothing() -> ReadError {
    ReadError::whole(
        "empty file: the scanner wrote nothing, so nobody knows what it found; check that it ran and that its output went here",
    )
}

/// Whether a JSON value can start with this byte.
fn starts_json(byte: u8) -> bool {
    matches!(
        byte,
        b'{' | b'[' | b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n'
    )
}
