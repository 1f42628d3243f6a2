//! Limits on what a reader keeps of a report's text, and on what it says of its own mending.

use std::borrow::Cow;

/// Characters of a title that are kept. Real ones stay under 200; a report with a title of megabytes exists.
pub(super) const MAX_TITLE: usize = 300;
/// Characters of a description that are kept: enough to judge by, the link has the rest.
pub(super) const MAX_MESSAGE: usize = 1_000;
/// Characters of a word that a note quotes.
const MAX_QUOTED: usize = 40;
/// Notes that a report gets; the rest is counted.
const MAX_NOTES: usize = 20;

/// `text` cut to so many characters, an ellipsis in the place of what was cut.
pub(super) fn cut(text: &str, characters: usize) -> Cow<'_, str> {
    // Every character has at least one byte, so most texts need no counting.
    if text.len() <= characters {
        return Cow::Borrowed(text);
    }
    match text.char_indices().nth(characters) {
        None => Cow::Borrowed(text),
        Some((end, _)) => {
            let kept = text.get(..end).unwrap_or_default();
            Cow::Owned(format!("{}…", kept.trim_end()))
        }
    }
}

/// The first line of a text, cut to the length of a title.
pub(super) fn title(text: &str) -> Cow<'_, str> {
    cut(text.trim().lines().next().unwrap_or_default(), MAX_TITLE)
}

/// A word of the report as a note may quote it.
pub(super) fn quoted(word: &str) -> String {
    format!("{:?}", cut(word, MAX_QUOTED))
}

/// What a reader mended or dropped: a bounded list of sentences and the count of the others.
#[derive(Default)]
pub(super) struct Notes {
    said: Vec<String>,
    more: u64,
}

impl Notes {
    /// Adds one sentence.
    pub(super) fn say(&mut self, sentence: String) {
        if self.said.len() < MAX_NOTES {
            self.said.push(sentence);
        } else {
            self.more = self.more.saturating_add(1);
        }
    }

    /// All sentences, the last one saying how many were left out.
    pub(super) fn into_sentences(mut self) -> Vec<String> {
        if self.more > 0 {
            self.said.push(format!(
                "{} more of this sort, shown {MAX_NOTES} of {}",
                self.more,
                self.more.saturating_add(MAX_NOTES as u64)
            ));
        }
        self.said
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cut_texts_say_so() {
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("äöü", 3), "äöü");
        assert_eq!(cut("äöü!", 3), "äöü…");
        assert_eq!(cut("ab cd", 3), "ab…");
        assert_eq!(title(" one\ntwo"), "one");
        assert_eq!(title(""), "");
    }

    #[test]
    fn notes_are_bounded_and_counted() {
        let mut notes = Notes::default();
        for n in 0..25 {
            notes.say(format!("note {n}"));
        }
        let said = notes.into_sentences();
        assert_eq!(said.len(), 21);
        assert!(
            said.last()
                .is_some_and(|last| last.contains("5 more") && last.contains("20 of 25"))
        );
    }
}
