//! What stands behind `+` and `>`.

use super::cursor::Cursor;
use super::print::ends_value;
use super::words::{FLAGS, QUALIFIER, level, qualifiers};
use super::{Key, MAX_DAYS, MAX_VALUE, Pattern, Qualifier, TermError};
use crate::gate::plain;
use crate::model::Kind;

/// A score that a term can ask for.
struct Scored {
    word: &'static str,
    name: &'static str,
    most: f32,
    example: &'static str,
    make: fn(f32) -> Qualifier,
}

const CVSS: Scored = Scored {
    word: "cvss",
    name: "CVSS",
    most: 10.0,
    example: "`cvss>=7.5`",
    make: Qualifier::Cvss,
};

const EPSS: Scored = Scored {
    word: "epss",
    name: "EPSS",
    most: 1.0,
    example: "`epss>=0.1` for 10%",
    make: Qualifier::Epss,
};

impl Cursor<'_> {
    /// What stands behind `+`.
    pub(super) fn qualifier(&mut self) -> Result<Qualifier, TermError> {
        let start = self.at;
        let word = self.word();
        let lower = word.to_ascii_lowercase();
        if let Some((_, flag)) = FLAGS.iter().find(|(name, _)| *name == lower) {
            return Ok(flag.clone());
        }
        match lower.as_str() {
            "epss" => return self.score(&EPSS),
            "cvss" => return self.score(&CVSS),
            "age" => return self.days("age", ">=").map(Qualifier::Age),
            "grace" => return self.days("grace", "=").map(Qualifier::Grace),
            _ => {}
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

    /// `>=N` behind `epss` or `cvss`.
    fn score(&mut self, scale: &Scored) -> Result<Qualifier, TermError> {
        let Scored { word, name, .. } = scale;
        self.operator(
            word,
            ">=",
            &format!("expected a least score: {}", scale.example),
        )?;
        let start = self.at;
        let number = self.take_while(|c| c.is_ascii_digit() || c == '.');
        // Digits around at most one point: neither `1e1` nor `.5.` nor a sign, and so neither NaN nor infinity.
        let plain = number.starts_with(|c: char| c.is_ascii_digit())
            && number.ends_with(|c: char| c.is_ascii_digit())
            && number.matches('.').count() <= 1
            && self.peek() != Some('%');
        match number.parse::<f32>() {
            Ok(score) if plain && score <= scale.most => Ok((scale.make)(score)),
            _ => Err(self.error(
                start,
                format!("there is no {name} score behind `{word}>=`"),
                &format!(
                    "expected a number from 0 to {}: {}",
                    scale.most, scale.example
                ),
            )),
        }
    }

    /// `>=Nd` or `=Nd` behind `age` or `grace`.
    fn days(&mut self, word: &str, operator: &str) -> Result<u32, TermError> {
        let example = format!("`{word}{operator}30d`");
        self.operator(word, operator, &format!("expected days: {example}"))?;
        let start = self.at;
        let digits = self.take_while(|c| c.is_ascii_digit());
        let unit = self.word();
        match digits.parse::<u32>() {
            Ok(days) if unit.eq_ignore_ascii_case("d") && (1..=MAX_DAYS).contains(&days) => {
                Ok(days)
            }
            _ => Err(self.error(
                start,
                format!("there are no days behind `{word}{operator}`"),
                &format!("expected a whole number from 1 to {MAX_DAYS} and `d`: {example}"),
            )),
        }
    }

    /// `wanted` with blanks around it, behind `word`.
    fn operator(&mut self, word: &str, wanted: &str, help: &str) -> Result<(), TermError> {
        self.blanks();
        let start = self.at;
        if !wanted.chars().all(|c| self.eat(c)) {
            return Err(self.error(start, format!("`{word}` has no `{wanted}`"), help));
        }
        self.blanks();
        Ok(())
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
