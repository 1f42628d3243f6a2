//! The waiver file: text in, checked waivers out, or everything that is wrong with it.

use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, SeqAccess, Visitor};
use serde_saphyr::Spanned;

use super::{Covers, Waiver, fields, native};
use crate::gate::language::{Key, Pattern};
use crate::model::{Kind, Severity, Text};
use crate::syntax::words::{did_you_mean, plain};
use crate::syntax::yaml::{self, BYTES_MOST};

/// The version of the file that is read.
const VERSION: u64 = 1;

/// Most texts in one list of an entry.
pub(super) const LIST_MOST: usize = 100;

/// Most faults that are listed of one file.
const FAULTS_MOST: usize = 20;

/// What is wrong with a waiver file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Line, from 1, where it is known.
    pub line: Option<u64>,
    /// What is wrong and what is expected, in one line, without the place.
    pub words: String,
}

/// Reads a file of waivers: ours, or by its name the ignore file of a scanner (`.trivyignore`, `.trivyignore.yaml`,
/// `.gitleaksignore`). `path` names it in messages and in each waiver.
///
/// # Errors
/// Everything that is wrong, by line. A file with one fault gives no waivers at all: half of what somebody wrote might excuse
/// more than the whole.
pub fn parse(path: &str, bytes: &[u8]) -> Result<Vec<Waiver>, Vec<Fault>> {
    let fault = |words: String| vec![Fault { line: None, words }];
    if bytes.len() > BYTES_MOST {
        return Err(fault(format!(
            "the file has {} bytes, more than the {BYTES_MOST} that are read",
            bytes.len()
        )));
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Err(fault(
            "the file is not UTF-8 text; save it as UTF-8".to_owned(),
        ));
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut faults = Vec::new();
    let waivers = match native::form(path) {
        Some(form) => form.read(path, text, &mut faults),
        None => ours(path, text, &mut faults),
    };
    if faults.is_empty() {
        return Ok(waivers);
    }
    let more = faults.len().saturating_sub(FAULTS_MOST);
    if more > 0 {
        faults.truncate(FAULTS_MOST);
        faults.push(Fault {
            line: None,
            words: format!("and {more} more faults"),
        });
    }
    Err(faults)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    version: Option<u64>,
    waivers: Option<Vec<Spanned<Entry>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Entry {
    r#match: Option<Match>,
    decision: Option<Spanned<String>>,
    reason: Option<Spanned<String>>,
    owner: Option<Spanned<String>>,
    expires: Option<Spanned<String>>,
    approved_by: Option<Spanned<Many>>,
    ticket: Option<Spanned<String>>,
    created: Option<Spanned<String>>,
    id: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Match {
    kind: Option<Spanned<String>>,
    rule: Option<Spanned<Many>>,
    package: Option<Spanned<String>>,
    path: Option<Spanned<Many>>,
    tool: Option<Spanned<String>>,
    target: Option<Spanned<String>>,
    fingerprint: Option<Spanned<Many>>,
    severity_at_most: Option<Spanned<String>>,
}

/// One text or several.
struct Many(Vec<String>);

impl<'de> Deserialize<'de> for Many {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Many, D::Error> {
        struct ManyVisitor;
        impl<'de> Visitor<'de> for ManyVisitor {
            type Value = Many;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text in quotes, or a list of texts")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Many, E> {
                Ok(Many(vec![text.to_owned()]))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Many, A::Error> {
                let mut all = Vec::new();
                while let Some(text) = seq.next_element()? {
                    all.push(text);
                }
                Ok(Many(all))
            }
        }
        // A number is refused, not turned into a text again: `007` and `1e3` would come back as others.
        deserializer.deserialize_any(ManyVisitor)
    }
}

fn ours(path: &str, text: &str, faults: &mut Vec<Fault>) -> Vec<Waiver> {
    let document: Document = match yaml::read(text) {
        Ok(document) => document,
        Err(error) => {
            faults.push(Fault {
                line: error.line,
                words: error.words,
            });
            return Vec::new();
        }
    };
    match document.version {
        Some(VERSION) => {}
        Some(other) => faults.push(Fault {
            line: None,
            words: format!("version {other} is not read by this release; it reads {VERSION}"),
        }),
        None => faults.push(Fault {
            line: None,
            words: format!("the file has no version; write `version: {VERSION}` at its head"),
        }),
    }
    let file = Text::from(path);
    let entries = document.waivers.unwrap_or_default();
    entries
        .into_iter()
        .filter_map(|entry| {
            let line = Some(entry.referenced.line()).filter(|line| *line > 0);
            let mut check = Check { line, faults };
            check.entry(file.clone(), entry.value)
        })
        .collect()
}

/// Checks one entry and notes what is wrong.
struct Check<'f> {
    line: Option<u64>,
    faults: &'f mut Vec<Fault>,
}

impl Check<'_> {
    fn fault(&mut self, line: Option<u64>, words: String) {
        self.faults.push(Fault {
            line: line.filter(|line| *line > 0).or(self.line),
            words,
        });
    }

    fn entry(&mut self, file: Text, entry: Entry) -> Option<Waiver> {
        let before = self.faults.len();
        let covers = match entry.r#match {
            Some(said) => self.covers(said),
            None => {
                self.fault(
                    None,
                    "the waiver has no match: what does it cover?".to_owned(),
                );
                Covers::default()
            }
        };
        let decision = self.needed("decision", entry.decision, &fields::decision);
        let reason = self.needed("reason", entry.reason, &fields::words);
        let owner = self.needed("owner", entry.owner, &fields::words);
        let expires = self.needed("expires", entry.expires, &fields::day);
        let created = self.given("created", entry.created, &fields::day);
        let waiver = Waiver {
            file,
            line: self.line,
            covers,
            decision: decision.unwrap_or_default(),
            reason: reason.unwrap_or_default(),
            owner: owner.unwrap_or_default(),
            approved_by: self.several("approved-by", entry.approved_by, &fields::words),
            ticket: self.given("ticket", entry.ticket, &fields::words),
            created: created.map(|day| day.to_string()),
            expires: expires.map(|day| day.to_string()),
            tool: None,
            id: self.given("id", entry.id, &fields::words),
        };
        if let (Some(created), Some(expires)) = (&waiver.created, &waiver.expires)
            && created > expires
        {
            self.fault(
                None,
                format!("created ({created}) is after expires ({expires})"),
            );
        }
        (self.faults.len() == before).then_some(waiver)
    }

    fn covers(&mut self, said: Match) -> Covers {
        if said.rule.is_none() && said.fingerprint.is_none() {
            self.fault(
                None,
                "match has neither rule nor fingerprint; a waiver names what it covers".to_owned(),
            );
        }
        let kind = self.given("kind", said.kind, &|text| {
            Kind::from_word(text)
                .map(|kind| Text::from(kind.word()))
                .ok_or_else(|| {
                    let known = Kind::ALL.map(Kind::word);
                    format!(
                        "is no kind; expected {}{}",
                        known.join(", "),
                        did_you_mean(text, known)
                    )
                })
        });
        let severity = self.given("severity-at-most", said.severity_at_most, &|text| {
            Severity::from_word(text)
                .filter(|severity| *severity != Severity::Unknown && !text.is_empty())
                .map(|severity| Text::from(severity.word()))
                .ok_or_else(|| {
                    "is no severity; expected critical, high, medium, low or info".to_owned()
                })
        });
        Covers {
            kind: kind.and_then(|word| Kind::from_word(&word)),
            rules: self.several("rule", said.rule, &fields::rule),
            package: self.given("package", said.package, &fields::package),
            paths: self.several("path", said.path, &|text| fields::glob(Key::Path, text)),
            tool: self.given("tool", said.tool, &|text| {
                Pattern::new(Key::Tool, text).map(|tool| Text::from(tool.text()))
            }),
            target: self.given("target", said.target, &|text| {
                fields::glob(Key::Target, text)
            }),
            fingerprints: self.several("fingerprint", said.fingerprint, &fields::fingerprint),
            severity_at_most: severity.and_then(|word| Severity::from_word(&word)),
            line: None,
            commit: None,
        }
    }

    /// A text that has to be there.
    fn needed(
        &mut self,
        name: &str,
        text: Option<Spanned<String>>,
        read: Read<'_>,
    ) -> Option<Text> {
        if text.is_none() {
            self.fault(None, format!("the waiver has no {name}"));
        }
        self.given(name, text, read)
    }

    /// A text that may be there.
    fn given(&mut self, name: &str, text: Option<Spanned<String>>, read: Read<'_>) -> Option<Text> {
        let text = text?;
        self.one(name, text.referenced.line(), &text.value, read)
    }

    /// One text or a list of them, without repetitions.
    fn several(&mut self, name: &str, many: Option<Spanned<Many>>, read: Read<'_>) -> Vec<Text> {
        let Some(many) = many else {
            return Vec::new();
        };
        let line = many.referenced.line();
        let Many(texts) = many.value;
        if texts.is_empty() || texts.len() > LIST_MOST {
            self.fault(
                Some(line),
                format!("{name} lists {}; 1 to {LIST_MOST} are read", texts.len()),
            );
            return Vec::new();
        }
        let mut all: Vec<Text> = Vec::new();
        for text in &texts {
            let text = self.one(name, line, text, read);
            all.extend(text.filter(|text| !all.contains(text)));
        }
        all
    }

    fn one(&mut self, name: &str, line: u64, text: &str, read: Read<'_>) -> Option<Text> {
        if text.trim().is_empty() {
            self.fault(Some(line), format!("{name} is empty"));
            return None;
        }
        match read(text) {
            Ok(text) => Some(text),
            Err(what) => {
                self.fault(Some(line), format!("{name}: {} {what}", plain(text)));
                None
            }
        }
    }
}

/// Reads one text; the error is a sentence part that follows it.
type Read<'r> = &'r dyn Fn(&str) -> Result<Text, String>;

#[cfg(test)]
mod tests;
