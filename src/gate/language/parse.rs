//! Text becomes terms.

use super::cursor::Cursor;
use super::words::{CLASHES, HEAD, LEVEL, LEVELS, TAIL, expected, is_qualifier, level};
use super::{Conditions, Key, MAX_QUALIFIERS, MAX_TERMS, MAX_TEXT, Qualifier, Term, TermError};
use crate::model::{Kind, Severity};

impl Conditions {
    /// Reads terms separated by commas or newlines, or the word `none`. Empty terms are passed over, so a list may
    /// end in a comma; a text without any term is an error, because "nothing" has the word `none`.
    pub fn parse(text: &str) -> Result<Conditions, TermError> {
        if text.len() > MAX_TEXT {
            return Err(TermError::new(
                text,
                MAX_TEXT,
                format!("the text has more than {MAX_TEXT} bytes"),
                "join terms by globs, or write fewer of them".to_owned(),
            ));
        }
        Cursor { text, at: 0 }.conditions()
    }
}

impl Cursor<'_> {
    fn conditions(&mut self) -> Result<Conditions, TermError> {
        let mut terms: Vec<Term> = Vec::new();
        let mut none = None;
        loop {
            while self.eat_if(|c| c == ',' || c.is_whitespace()) {}
            let start = self.at;
            let Some(next) = self.peek() else { break };
            let word = self.word();
            if word.eq_ignore_ascii_case("none") {
                none = Some(start);
            } else {
                if terms.len() == MAX_TERMS {
                    return Err(self.error(
                        start,
                        format!("there are more than {MAX_TERMS} terms"),
                        "join terms by globs, or write fewer of them",
                    ));
                }
                if word.is_empty() {
                    return Err(self.unexpected(start, next, HEAD));
                }
                terms.push(self.term(start, word)?);
            }
            self.blanks();
            match self.peek() {
                None | Some(',' | '\n') => {}
                Some(other) => return Err(self.unexpected(self.at, other, TAIL)),
            }
        }
        match none {
            Some(at) if !terms.is_empty() => Err(self.error(
                at,
                "`none` stands beside other terms".to_owned(),
                "`none` empties the row, so it stands alone: leave it out or leave the others out",
            )),
            None if terms.is_empty() => {
                Err(self.error(0, "there is no term".to_owned(), &expected(HEAD)))
            }
            _ => Ok(Conditions { terms }),
        }
    }

    /// A term whose first word was read.
    fn term(&mut self, start: usize, word: &str) -> Result<Term, TermError> {
        let mut term = Term::default();
        if let Some(level) = level(word) {
            term.level = level;
            self.blanks();
            if self.peek() == Some(':') {
                return Err(self.error(
                    self.at,
                    "a level stands before `:`".to_owned(),
                    "the kind comes first: `vulnerability:high`",
                ));
            }
        } else if let Some(kind) = Kind::from_word(word) {
            term.kind = Some(kind);
            self.blanks();
            if self.eat(':') {
                term.level = self.level()?;
            }
        } else {
            return Err(self.no_head(start, word));
        }
        loop {
            self.blanks();
            if !self.eat('+') {
                break;
            }
            self.blanks();
            let place = self.at;
            let qualifier = self.qualifier()?;
            let clash = CLASHES.iter().find(|(one, other)| {
                (qualifier == *one && term.qualifiers.contains(other))
                    || (qualifier == *other && term.qualifiers.contains(one))
            });
            if let Some((one, other)) = clash {
                return Err(self.error(
                    place,
                    format!("`{one}` and `{other}` in one term match nothing"),
                    "leave one of them out, or write two terms",
                ));
            }
            if term.qualifiers.len() == MAX_QUALIFIERS {
                return Err(self.error(
                    place,
                    format!("the term has more than {MAX_QUALIFIERS} qualifiers"),
                    "write fewer of them",
                ));
            }
            if !term.qualifiers.contains(&qualifier) {
                term.qualifiers.push(qualifier);
            }
        }
        term.qualifiers.sort_by(canonical_order);
        if self.eat('>') {
            term.budget = Some(self.count()?);
            self.blanks();
            if self.peek() == Some('+') {
                return Err(self.error(
                    self.at,
                    "a qualifier stands behind the budget".to_owned(),
                    "the budget `>N` comes last: `high+fixable>5`",
                ));
            }
        }
        Ok(term)
    }

    /// The level behind `kind:`.
    fn level(&mut self) -> Result<Option<Severity>, TermError> {
        self.blanks();
        let start = self.at;
        let word = self.word();
        level(word).ok_or_else(|| {
            let known = LEVELS.iter().map(|(word, _)| *word);
            self.unknown(start, word, "is no level", known, LEVEL)
        })
    }

    /// An error for a first word that is neither level nor kind.
    fn no_head(&self, start: usize, word: &str) -> TermError {
        let lower = word.to_ascii_lowercase();
        if is_qualifier(&lower) {
            return self.error(
                start,
                format!("the term begins with the qualifier `{lower}`"),
                &format!("a level or a kind comes first: `any+{lower}…`"),
            );
        }
        if lower == "unknown" {
            return self.error(
                start,
                "`unknown` is no level".to_owned(),
                "unknown severities count as the input `unknown-severity` says; `any` takes them too",
            );
        }
        let known = LEVELS
            .iter()
            .map(|(word, _)| *word)
            .chain(Kind::ALL.map(Kind::word))
            .chain(["none"]);
        self.unknown(start, word, "is neither a level nor a kind", known, HEAD)
    }
}

/// The order in which qualifiers are printed, so that two spellings of one term are one term.
fn canonical_order(a: &Qualifier, b: &Qualifier) -> std::cmp::Ordering {
    fn key(qualifier: &Qualifier) -> (u8, f32, u32, Option<Key>, bool, &str) {
        let flag = |rank| (rank, 0.0, 0, None, false, "");
        match qualifier {
            Qualifier::New => flag(0),
            Qualifier::Introduced => flag(1),
            Qualifier::Disclosed => flag(2),
            Qualifier::Changed => flag(3),
            Qualifier::Fixable => flag(4),
            Qualifier::Unfixable => flag(5),
            Qualifier::Kev => flag(6),
            Qualifier::Epss(score) => (7, *score, 0, None, false, ""),
            Qualifier::Cvss(score) => (8, *score, 0, None, false, ""),
            Qualifier::Age(days) => (9, 0.0, *days, None, false, ""),
            Qualifier::Grace(days) => (10, 0.0, *days, None, false, ""),
            Qualifier::Runtime => flag(11),
            Qualifier::Dev => flag(12),
            Qualifier::Field {
                key,
                negated,
                value,
            } => (13, 0.0, 0, Some(*key), *negated, value.text()),
        }
    }
    let (a, b) = (key(a), key(b));
    (a.0.cmp(&b.0))
        .then(a.1.total_cmp(&b.1))
        .then((a.2, a.3, a.4, a.5).cmp(&(b.2, b.3, b.4, b.5)))
}
