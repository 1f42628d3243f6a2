//! The values of an entry, each checked by itself. An error is a sentence part that follows the value.

use super::DECISIONS;
use crate::gate::language::{Key, MAX_VALUE, Pattern};
use crate::model::{Day, Text, purl};
use crate::syntax::words::did_you_mean;

/// Longest free text (reason, owner, ticket …) in bytes. It is shown in rulings and pages.
pub(super) const WORDS_MOST: usize = 4096;

/// A free text, without blanks around it.
pub(super) fn words(text: &str) -> Result<Text, String> {
    if text.len() > WORDS_MOST {
        return Err(format!("is longer than {WORDS_MOST} bytes"));
    }
    Ok(Text::from(text.trim()))
}

/// A value that is compared as it stands.
fn short(text: &str) -> Result<Text, String> {
    if text.len() > MAX_VALUE {
        return Err(format!("is longer than {MAX_VALUE} bytes"));
    }
    Ok(Text::from(text))
}

/// A day of the calendar.
pub(super) fn day(text: &str) -> Result<Text, String> {
    if Day::of_date(text).is_some() {
        return Ok(Text::from(text));
    }
    Err("is no day; expected one of the calendar as YYYY-MM-DD".to_owned())
}

/// One of the decisions.
pub(super) fn decision(text: &str) -> Result<Text, String> {
    if DECISIONS.contains(&text) {
        return Ok(Text::from(text));
    }
    Err(format!(
        "is no decision; expected {}{}",
        DECISIONS.join(", "),
        did_you_mean(text, DECISIONS)
    ))
}

/// A whole id of a rule or advisory.
pub(super) fn rule(text: &str) -> Result<Text, String> {
    if text.contains('*') {
        return Err("is no rule: globs are not read here, write its whole id".to_owned());
    }
    short(text)
}

/// A glob under this key of the gate language.
pub(super) fn glob(key: Key, text: &str) -> Result<Text, String> {
    let text = short(text)?;
    Pattern::new(key, &text)?;
    Ok(text)
}

/// A package URL, or the name of a package.
pub(super) fn package(text: &str) -> Result<Text, String> {
    if text.contains('*') {
        return Err("is no package: globs are not read here, write its whole name".to_owned());
    }
    if text.starts_with("pkg:") {
        if purl::identity(text).is_none() || purl::Purl::parse(text).is_none() {
            return Err("is no package URL; expected pkg:TYPE/NAME".to_owned());
        }
        if purl::is_qualified(text) {
            return Err(
                "has qualifiers or a subpath, which are not compared; leave out what follows ? or #"
                    .to_owned(),
            );
        }
    } else if text.char_indices().any(|(at, c)| at > 0 && c == '@') {
        return Err(
            "is a name with a version; write a package URL (pkg:TYPE/NAME@VERSION)".to_owned(),
        );
    }
    short(text)
}

/// A fingerprint, in lower case.
pub(super) fn fingerprint(text: &str) -> Result<Text, String> {
    if text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Ok(Text::from(text.to_ascii_lowercase()));
    }
    Err("is no fingerprint; expected its 32 hexadecimal digits".to_owned())
}
