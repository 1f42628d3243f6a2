//! What a reader works with besides the document: shared texts, secrets, notes, and the small conversions that every
//! reader needs.

use super::Secrets;
use super::bounds::{self, cut, quoted, title};
use super::notes::Notes;
use crate::model::{Scale, Severity, Text, Texts};
use crate::syntax::{Raw, text_of};

/// A reader's desk.
pub struct Desk<'a> {
    /// Which of the format's documents it is.
    pub document: &'static str,
    /// One copy of each text.
    pub texts: Texts,
    /// Hashes secrets and remembers them until every report has been cleaned of them.
    pub secrets: &'a mut Secrets,
    /// What was mended or dropped.
    pub(super) notes: Notes,
}

impl<'a> Desk<'a> {
    pub(super) fn new(document: &'static str, secrets: &'a mut Secrets) -> Desk<'a> {
        Desk {
            document,
            texts: Texts::default(),
            secrets,
            notes: Notes::default(),
        }
    }

    /// Notes what was mended or dropped. The list is bounded; every word of the report in it has to be `quoted`.
    pub fn note(&mut self, sentence: impl Into<String>) {
        self.notes.add(sentence.into());
    }

    /// A shared copy of a text; nothing for what is absent, blank, a list or an object.
    pub fn some(&mut self, raw: Raw<'_>) -> Option<Text> {
        self.texts.share_some(&text_of(raw)?)
    }

    /// An id or a name, cut to a bearable length; nothing as in [`Desk::some`].
    pub fn word(&mut self, raw: Raw<'_>) -> Option<Text> {
        let text = text_of(raw)?;
        self.texts.share_some(&cut(text.trim(), bounds::MAX_TITLE))
    }

    /// The first line of a text, cut to the length of a title.
    pub fn title(&mut self, text: &str) -> Text {
        self.texts.share(&title(text))
    }

    /// A description, cut to a bearable length; empty for what is absent or no text.
    pub fn message(&mut self, raw: Raw<'_>) -> Text {
        let text = text_of(raw).unwrap_or_default();
        self.texts.share(&cut(text.trim(), bounds::MAX_MESSAGE))
    }

    /// A link that may be shown: `http` or `https`, of a bearable length.
    pub fn link(&mut self, raw: Raw<'_>) -> Option<Text> {
        bounds::link(text_of(raw).as_deref(), &mut self.texts)
    }

    /// The severity that a word means on this scale, `silent` where there is none. A word that is not on the scale but
    /// that everybody knows is taken for what everybody takes it for; any other is unknown and noted, never milder.
    /// `id` names the finding in the note.
    pub fn severity(&mut self, scale: &Scale, word: Option<&str>, id: &str) -> Severity {
        let Some(word) = word.filter(|word| !word.trim().is_empty()) else {
            return scale.silent;
        };
        scale
            .of(word)
            .or_else(|| Severity::from_word(word))
            .unwrap_or_else(|| {
                self.note(format!(
                    "{}: the severity {} means nothing to us and counts as unknown",
                    quoted(id),
                    quoted(word)
                ));
                Severity::Unknown
            })
    }
}
