//! Limits on what a reader keeps of a report's text.

use std::borrow::Cow;

use crate::model::{Text, Texts};

/// Characters of a title that are kept. Real ones stay under 200; a report with a title of megabytes exists.
pub(super) const MAX_TITLE: usize = 300;
/// Characters of a description that are kept: enough to judge by, the link has the rest.
pub(super) const MAX_MESSAGE: usize = 1_000;
/// Characters of a word that a note quotes.
const MAX_QUOTED: usize = 40;

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

/// A link that may be shown: `http` or `https`, of a bearable length.
pub(super) fn link(raw: Option<&str>, texts: &mut Texts) -> Option<Text> {
    let link = raw?.trim();
    let web = link.starts_with("https://") || link.starts_with("http://");
    (web && link.len() <= MAX_MESSAGE).then(|| texts.share(link))
}

/// A word of the report as a note may quote it.
pub(super) fn quoted(word: &str) -> String {
    format!("{:?}", cut(word, MAX_QUOTED))
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
}
