//! The shapes in which inputs are written: a text, a list, terms, a secret. No meaning yet.
//!
//! Each takes the text of a flag or of an `INPUT_*` variable, and what YAML may hold instead.

use std::fmt;

use clap::{builder::TypedValueParser, error::ErrorKind};
use serde::Deserialize;
use serde::de::{self, Deserializer, IntoDeserializer, SeqAccess, Visitor};

use super::Hidden;
use super::names::word;
use super::origin::quoted;
use crate::model::{self, Severity};

/// One scalar, as it was written: `50`, `true` and `12h` alike.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text(pub String);

impl Text {
    /// For clap: every text is one.
    pub fn flag(text: &str) -> Result<Text, std::convert::Infallible> {
        Ok(Text(text.to_string()))
    }
}

/// Entries; as a text they are separated by commas or line ends, commas inside `{}` belong to a glob.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List(pub Vec<String>);

impl List {
    /// Splits a text.
    pub fn split(text: &str) -> List {
        List(text.lines().flat_map(split_line).collect())
    }

    /// For clap: every text is a list.
    pub fn flag(text: &str) -> Result<List, std::convert::Infallible> {
        Ok(List::split(text))
    }
}

/// The entries of one line.
fn split_line(line: &str) -> Vec<String> {
    // Braces that do not pair are no glob; then every comma separates.
    let paired = line.matches('{').count() == line.matches('}').count();
    let mut depth = 0_usize;
    line.split(|c| {
        match c {
            '{' if paired => depth = depth.saturating_add(1),
            '}' if paired => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && depth == 0
    })
    .map(str::trim)
    .filter(|entry| !entry.is_empty())
    .map(str::to_string)
    .collect()
}

/// Terms of the gate language, as text; a list becomes one term a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms(pub String);

impl Terms {
    /// For clap: the terms are read when the layers have been put together.
    pub fn flag(text: &str) -> Result<Terms, std::convert::Infallible> {
        Ok(Terms(text.to_string()))
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Text, D::Error> {
        struct TextVisitor;
        impl Visitor<'_> for TextVisitor {
            type Value = Text;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a single value")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Text, E> {
                Ok(Text(text.to_string()))
            }
        }
        // Asking for a text keeps the spelling: `0644` stays `0644`.
        deserializer.deserialize_str(TextVisitor)
    }
}

/// A text, or a sequence of texts.
enum TextOrList {
    Text(String),
    List(Vec<String>),
}

impl<'de> Deserialize<'de> for TextOrList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<TextOrList, D::Error> {
        struct ListVisitor;
        impl<'de> Visitor<'de> for ListVisitor {
            type Value = TextOrList;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, or a list of texts")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<TextOrList, E> {
                Ok(TextOrList::Text(text.to_string()))
            }
            fn visit_bool<E: de::Error>(self, value: bool) -> Result<TextOrList, E> {
                Ok(TextOrList::Text(value.to_string()))
            }
            fn visit_i64<E: de::Error>(self, value: i64) -> Result<TextOrList, E> {
                Ok(TextOrList::Text(value.to_string()))
            }
            fn visit_u64<E: de::Error>(self, value: u64) -> Result<TextOrList, E> {
                Ok(TextOrList::Text(value.to_string()))
            }
            fn visit_f64<E: de::Error>(self, value: f64) -> Result<TextOrList, E> {
                Ok(TextOrList::Text(value.to_string()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<TextOrList, A::Error> {
                let mut entries = Vec::new();
                while let Some(Text(entry)) = seq.next_element()? {
                    let entry = entry.trim();
                    if entry.is_empty() {
                        return Err(de::Error::custom("an entry of the list is empty"));
                    }
                    entries.push(entry.to_string());
                }
                Ok(TextOrList::List(entries))
            }
        }
        deserializer.deserialize_any(ListVisitor)
    }
}

impl<'de> Deserialize<'de> for List {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<List, D::Error> {
        Ok(match TextOrList::deserialize(deserializer)? {
            TextOrList::Text(text) => List::split(&text),
            TextOrList::List(entries) => List(entries),
        })
    }
}

impl<'de> Deserialize<'de> for Terms {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Terms, D::Error> {
        Ok(Terms(match TextOrList::deserialize(deserializer)? {
            TextOrList::Text(text) => text,
            TextOrList::List(entries) => entries.join("\n"),
        }))
    }
}

impl<'de> Deserialize<'de> for Hidden {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Hidden, D::Error> {
        let Text(text) = Text::deserialize(deserializer)?;
        Ok(Hidden::new(text.trim_end_matches(['\r', '\n'])))
    }
}

/// Refuses a secret on the command line, without repeating it: every user of the machine can read the process list.
#[derive(Clone, Copy, Debug)]
pub(super) struct NotOnTheCommandLine;

impl TypedValueParser for NotOnTheCommandLine {
    type Value = Hidden;

    fn parse_ref(
        &self,
        cmd: &clap::Command,
        arg: Option<&clap::Arg>,
        _value: &std::ffi::OsStr,
    ) -> Result<Hidden, clap::Error> {
        let name = arg.and_then(clap::Arg::get_long).unwrap_or("secret");
        Err(clap::Error::raw(
            ErrorKind::InvalidValue,
            format!(
                "--{name} is not a flag: command lines can be read by other processes; set the environment variable \
                 INPUT_{} instead\n",
                name.to_uppercase()
            ),
        )
        .with_cmd(cmd))
    }
}

/// The text of an `INPUT_*` variable, for serde.
pub(super) struct Word<'a>(pub &'a str);

impl<'de> IntoDeserializer<'de> for Word<'_> {
    type Deserializer = Self;
    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Word<'_> {
    type Error = de::value::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_str(self.0)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_some(self)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// The severities that a setting may name; `unknown` is what is being settled, so it is no answer.
pub(super) const SEVERITIES: &[(&str, Severity)] = &[
    ("critical", Severity::Critical),
    ("high", Severity::High),
    ("medium", Severity::Medium),
    ("low", Severity::Low),
    ("info", Severity::Info),
];

/// A severity in the config file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level(pub Severity);

impl<'de> Deserialize<'de> for Level {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Level, D::Error> {
        let Text(text) = Text::deserialize(deserializer)?;
        word(SEVERITIES, &text)
            .map(Level)
            .map_err(de::Error::custom)
    }
}

/// A day, `YYYY-MM-DD`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day(pub String);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Day, D::Error> {
        let Text(text) = Text::deserialize(deserializer)?;
        // The form has to be exact, not merely readable: whoever compares days later on is as strict.
        match model::Day::of_date(&text) {
            Some(_) => Ok(Day(text)),
            None => Err(de::Error::custom(format!(
                "{} is not a day of the form YYYY-MM-DD",
                quoted(&text)
            ))),
        }
    }
}

/// A glob over tool or rule ids in the config file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glob(pub String);

impl<'de> Deserialize<'de> for Glob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Glob, D::Error> {
        let Text(text) = Text::deserialize(deserializer)?;
        if text.trim().is_empty() {
            return Err(de::Error::custom("an empty glob matches nothing"));
        }
        match globset::Glob::new(&text) {
            Ok(_) => Ok(Glob(text)),
            Err(error) => Err(de::Error::custom(format!(
                "{} is not a glob: {}",
                quoted(&text),
                error.kind()
            ))),
        }
    }
}

/// The id of a tool, in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tool(pub String);

impl Tool {
    /// Reads an id: letters, digits, `-`, `_` and `.`.
    pub fn read(text: &str) -> Result<Tool, String> {
        let id = text.trim().to_ascii_lowercase();
        let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if id.is_empty() || !id.chars().all(legal) {
            return Err(format!(
                "{} is not the id of a tool (letters, digits, \"-\", \"_\" and \".\"; see the command formats)",
                quoted(text)
            ));
        }
        Ok(Tool(id))
    }
}

impl<'de> Deserialize<'de> for Tool {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Tool, D::Error> {
        let Text(text) = Text::deserialize(deserializer)?;
        Tool::read(&text).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_split_at_commas_and_line_ends_but_not_in_braces() {
        for (text, expected) in [
            ("a,b", vec!["a", "b"]),
            (" a , b \n\n c,", vec!["a", "b", "c"]),
            ("t-{fs,image}.json,b", vec!["t-{fs,image}.json", "b"]),
            ("t-{fs,b", vec!["t-{fs", "b"]),
            ("}a,b{", vec!["}a", "b{"]),
            ("a\r\nb", vec!["a", "b"]),
            ("", vec![]),
            (" ,\n, ", vec![]),
        ] {
            assert_eq!(List::split(text).0, expected, "{text:?}");
        }
    }

    #[test]
    fn tools_are_slugs() {
        assert_eq!(Tool::read(" Trivy ").map(|t| t.0), Ok("trivy".to_string()));
        for wrong in ["", " ", "a b", "a/b", "é", "*"] {
            assert!(Tool::read(wrong).is_err(), "{wrong:?}");
        }
    }
}
