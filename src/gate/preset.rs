//! The named tables that a policy starts from.

use std::str::FromStr;

use super::language::Conditions;
use super::plain;
use super::policy::Row;
use crate::syntax::words::nearest;

/// The named tables: what fails, warns and is noted without further words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Preset {
    /// For a start: secrets and what can be fixed.
    Basic,
    /// The default.
    #[default]
    Standard,
    /// For what must not break.
    Strict,
    /// For a repository with a past: what a change brings blocks, what is already there warns.
    Ratchet,
}

impl Preset {
    /// Every preset of this version.
    pub const ALL: [Preset; 4] = [
        Preset::Basic,
        Preset::Standard,
        Preset::Strict,
        Preset::Ratchet,
    ];

    /// The word of the input `preset`.
    pub fn word(self) -> &'static str {
        match self {
            Preset::Basic => "basic",
            Preset::Standard => "standard",
            Preset::Strict => "strict",
            Preset::Ratchet => "ratchet",
        }
    }

    /// The terms of a row. What no row names is ignored, so there is no row for that. Without a catalogue of known exploited
    /// vulnerabilities `kev` matches nothing, and the verdict says so.
    pub fn row(self, row: Row) -> &'static str {
        match (self, row) {
            (Preset::Basic, Row::Fail) => "secret, critical+fixable, critical+kev",
            (Preset::Basic, Row::Warn) => "critical, high",
            (Preset::Basic, Row::Note) => "medium",
            (Preset::Standard, Row::Fail) => "secret, critical",
            (Preset::Standard, Row::Warn) => "high",
            (Preset::Standard, Row::Note) => "medium",
            (Preset::Strict, Row::Fail) => "secret, high",
            (Preset::Strict, Row::Warn) => "medium",
            (Preset::Strict, Row::Note) => "low",
            (Preset::Ratchet, Row::Fail) => "secret+introduced, high+introduced, critical+kev",
            (Preset::Ratchet, Row::Warn) => "secret, high",
            (Preset::Ratchet, Row::Note) => "medium",
        }
    }

    pub(super) fn conditions(self, row: Row) -> Conditions {
        // Every row parses (a test parses them all). Were one broken all the same, it would match every finding: a
        // gate that blocks too much is seen, one that blocks nothing is not.
        Conditions::parse(self.row(row)).unwrap_or_else(|_| Conditions::any())
    }
}

/// A word that is no preset.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is no preset; expected basic, standard, strict or ratchet{hint}")]
pub struct PresetError {
    /// What was written, cut and without control characters.
    word: String,
    /// The nearest preset as a sentence part, or nothing.
    hint: String,
}

impl FromStr for Preset {
    type Err = PresetError;

    fn from_str(word: &str) -> Result<Preset, PresetError> {
        let lower = word.trim().to_ascii_lowercase();
        Preset::ALL
            .into_iter()
            .find(|preset| preset.word() == lower)
            .ok_or_else(|| PresetError {
                word: plain::cut(word, 40),
                hint: nearest(&lower, Preset::ALL.map(Preset::word))
                    .map(|meant| format!("; did you mean `{meant}`?"))
                    .unwrap_or_default(),
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::Policy;

    #[test]
    fn every_row_of_every_preset_parses_and_is_canonical() {
        for preset in Preset::ALL {
            for row in Row::ALL {
                let text = preset.row(row);
                assert_eq!(Conditions::parse(text).unwrap().to_string(), text);
                assert_eq!(Policy::new(preset).row(row).to_string(), text);
            }
        }
    }

    #[test]
    fn presets_are_read_and_refused_by_name() {
        assert_eq!(" Strict ".parse(), Ok(Preset::Strict));
        assert_eq!(Preset::default(), Preset::Standard);
        let error = |word: &str| word.parse::<Preset>().unwrap_err().to_string();
        assert_eq!("Ratchet".parse(), Ok(Preset::Ratchet));
        assert!(error("ratched").ends_with("did you mean `ratchet`?"));
        assert!(error("standart").ends_with("did you mean `standard`?"));
        assert!(error("x\u{1b}").starts_with("`x\\u{1b}` is no preset; expected"));
    }
}
