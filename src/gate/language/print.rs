//! The canonical spelling. Parsing it gives the same conditions again.

use std::fmt::{self, Display, Formatter};

use super::{Conditions, Qualifier, Term};

impl Display for Conditions {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.terms.is_empty() {
            return f.write_str("none");
        }
        for (index, term) in self.terms.iter().enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            term.fmt(f)?;
        }
        Ok(())
    }
}

impl Display for Term {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match (self.kind, self.level) {
            (Some(kind), Some(level)) => write!(f, "{}:{}", kind.word(), level.word())?,
            (Some(kind), None) => f.write_str(kind.word())?,
            (None, Some(level)) => f.write_str(level.word())?,
            (None, None) => f.write_str("any")?,
        }
        for qualifier in &self.qualifiers {
            write!(f, "+{qualifier}")?;
        }
        match self.budget {
            Some(budget) => write!(f, ">{budget}"),
            None => Ok(()),
        }
    }
}

impl Display for Qualifier {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Qualifier::New => f.write_str("new"),
            Qualifier::Introduced => f.write_str("introduced"),
            Qualifier::Disclosed => f.write_str("disclosed"),
            Qualifier::Changed => f.write_str("changed"),
            Qualifier::Fixable => f.write_str("fixable"),
            Qualifier::Unfixable => f.write_str("unfixable"),
            Qualifier::Kev => f.write_str("kev"),
            Qualifier::Epss(score) => write!(f, "epss>={score}"),
            Qualifier::Cvss(score) => write!(f, "cvss>={score}"),
            Qualifier::Age(days) => write!(f, "age>={days}d"),
            Qualifier::Grace(days) => write!(f, "grace={days}d"),
            Qualifier::Runtime => f.write_str("runtime"),
            Qualifier::Dev => f.write_str("dev"),
            Qualifier::Field {
                key,
                negated,
                value,
            } => {
                let operator = if *negated { "!=" } else { "=" };
                let quote = if value.text().contains(ends_value) {
                    "\""
                } else {
                    ""
                };
                write!(f, "{}{operator}{quote}{}{quote}", key.word(), value.text())
            }
        }
    }
}

/// Whether an unquoted value ends before this character.
pub(super) fn ends_value(c: char) -> bool {
    matches!(c, ',' | '+' | '>' | '"') || c.is_whitespace()
}
