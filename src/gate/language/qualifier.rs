//! What stands behind `+` and `>`.

use super::cursor::Cursor;
use super::print::ends_value;
use super::words::{FLAGS, NOT_YET, QUALIFIER, level, qualifiers};
use super::{Key, MAX_VALUE, Pattern, Qualifier, TermError};
use crate::gate::plain;
use crate::model::Kind;

impl Cursor<'_> {
    /// What stands behind `+`.
    pub(super) fn qualifier(&mut self) -> Result<Qualifier, TermError> {
        let start = self.at;
        let word = self.word();
        let lower = word.to_ascii_lowercase();
        if let Some((_, flag)) = FLAGS.iter().find(|(name, _)| *name == lower) {
            return Ok(flag.clone());
        }
        if let Some((name, needs)) = NOT_YET.iter().find(|(name, _)| *name == lower) {
            return Err(self.error(
                start,
                format!("`{name}` is not yet supported: it needs {needs}"),
                "leave it out, or leave out the term that has it",
            ));
        }
        if lower == "cvss" {
            return self.cvss();
        }
        if let Some(key) = Key::ALL.into_iter().find(|key| key.word() == lower) {
            return self.field(key);
        }
        if level(word).is_some() || Kind::from_word(word).is_some() {
            return Err(self.error(
                start,
                format!("`{lower}` is no qualifier"),
                "kind and level stand at the start of a term: `vulnerability:high+fixable`",
            ));
        }
        Err(self.unknown(start, word, "is no qualifier", qualifiers(), QUALIFIER))
    }

    /// `>=N` behind `cvss`.
    pub(super) fn cvss(&mut self) -> Result<Qualifier, TermError> {
        self.blanks();
        let operator = self.at;
        if !(self.eat('>') && self.eat('=')) {
            return Err(self.error(
                operator,
                "`cvss` has no `>=`".to_owned(),
                "expected a least score: `cvss>=7.5`",
            ));
        }
        self.blanks();
        let start = self.at;
        let number = self.take_while(|c| c.is_ascii_digit() || c == '.');
        // Digits around at most one point: neither `1e1` nor `.5.` nor a sign, and so neither NaN nor infinity.
        let plain = number.starts_with(|c: char| c.is_ascii_digit())
            && number.ends_with(|c: char| c.is_ascii_digit())
            && number.matches('.').count() <= 1;
        match number.parse::<f32>() {
            Ok(score) if plain && score <= 10.0 => Ok(Qualifier::Cvss(score)),
            _ => Err(self.error(
                start,
                "there is no CVSS score behind `cvss>=`".to_owned(),
                "expected a number from 0 to 10: `cvss>=7.5`",
            )),
        }
    }

    /// `=VALUE` or `!=VALUE` behind a key.
    pub(super) fn field(&mut self, key: Key) -> Result<Qualifier, TermError> {
        self.blanks();
        let operator = self.at;
        let negated = self.eat('!');
        if !self.eat('=') {
            return Err(self.error(
                operator,
                format!("`{}` has no value", key.word()),
                &format!("expected `{0}=VALUE` or `{0}!=VALUE`", key.word()),
            ));
        }
        self.blanks();
        let start = self.at;
        let value = if self.eat('"') {
            let value = self.take_while(|c| c != '"' && c != '\n');
            if !self.eat('"') {
                return Err(self.error(
                    start,
                    "the quoted value has no end".to_owned(),
                    "expected `\"` before the end of the line",
                ));
            }
            value
        } else {
            self.take_while(|c| !ends_value(c))
        };
        let problem = if value.trim().is_empty() {
            "has no value".to_owned()
        } else if value.len() > MAX_VALUE {
            format!("has a value of more than {MAX_VALUE} bytes")
        } else if value.contains(|c: char| c.is_control()) {
            "has a control character in its value".to_owned()
        } else {
            match Pattern::new(key, value) {
                Ok(value) => {
                    return Ok(Qualifier::Field {
                        key,
                        negated,
                        value,
                    });
                }
                Err(problem) => format!("{problem}: `{}`", plain::cut(value, 40)),
            }
        };
        Err(self.error(
            start,
            format!("`{}` {problem}", key.word()),
            "values with comma, `+`, `>` or blank are quoted: `path=\"src/{a,b}/**\"`",
        ))
    }

    /// The number behind `>`.
    pub(super) fn count(&mut self) -> Result<u32, TermError> {
        self.blanks();
        let start = self.at;
        let digits = self.take_while(|c| c.is_ascii_digit());
        digits.parse().map_err(|_| {
            self.error(
                start,
                "there is no budget behind `>`".to_owned(),
                &format!(
                    "expected a whole number up to {}: `low>10` means more than ten",
                    u32::MAX
                ),
            )
        })
    }
}
