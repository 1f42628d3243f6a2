//! What an issue or a rule says of kind and severity: the words of before version 10, and the impacts of since.

use serde::Deserialize;

use super::super::Desk;
use super::FORMAT;
use crate::model::{Kind, Severity};
use crate::syntax::{OrNothing, Raw, text_of};

/// Type, severity and impacts, which issues and rules spell alike.
#[derive(Clone, Copy)]
pub(super) struct Rated<'a> {
    pub(super) kind: Raw<'a>,
    pub(super) severity: Raw<'a>,
    /// A list of impacts.
    pub(super) impacts: Raw<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Impact<'a> {
    #[serde(borrow)]
    software_quality: Raw<'a>,
    #[serde(borrow)]
    severity: Raw<'a>,
}

/// The rating members of an issue or a rule.
macro_rules! rated {
    ($of:expr) => {
        Rated {
            kind: $of.kind,
            severity: $of.severity,
            impacts: $of.impacts,
        }
    };
}
pub(super) use rated;

/// Kind and severity as far as they are said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Rating {
    pub(super) kind: Option<Kind>,
    pub(super) severity: Option<Severity>,
}

impl Rating {
    /// What this one says, completed by another.
    pub(super) fn or(self, other: Rating) -> Rating {
        Rating {
            kind: self.kind.or(other.kind),
            severity: self.severity.or(other.severity),
        }
    }

    /// Of two that stand under one name the worse.
    pub(super) fn worse(self, other: Rating) -> Rating {
        let code = [self.kind, other.kind].contains(&Some(Kind::Code));
        Rating {
            kind: if code {
                Some(Kind::Code)
            } else {
                self.kind.or(other.kind)
            },
            severity: self.severity.max(other.severity),
        }
    }
}

impl Rated<'_> {
    /// Kind and severity. The impact on security comes before the severity of the old model, the worst of the other
    /// impacts behind it. `id` names the finding in a note.
    pub(super) fn rating(&self, desk: &mut Desk<'_>, id: &str) -> Rating {
        let of = |raw: Raw<'_>, desk: &mut Desk<'_>| {
            let word = text_of(raw).filter(|word| !word.trim().is_empty())?;
            Some(desk.severity(FORMAT.scale, Some(&word), id))
        };
        let impacts = self.impacts.map(|raw| serde_json::from_str(raw.get()));
        let impacts: Vec<OrNothing<Impact<'_>>> = match impacts {
            Some(Ok(impacts)) => impacts,
            _ => Vec::new(),
        };
        let impacts = impacts.into_iter().filter_map(|one| one.0);
        let (security, others): (Vec<Impact<'_>>, Vec<Impact<'_>>) = impacts
            .partition(|impact| text_of(impact.software_quality).as_deref() == Some("SECURITY"));
        let worst = |impacts: &[Impact<'_>], desk: &mut Desk<'_>| {
            let all = impacts
                .iter()
                .filter_map(|impact| of(impact.severity, desk));
            all.max()
        };
        let of_security = worst(&security, desk);
        let severity = of_security
            .or_else(|| of(self.severity, desk))
            .or_else(|| worst(&others, desk));
        let kind = match text_of(self.kind).as_deref().map(str::trim) {
            _ if !security.is_empty() => Some(Kind::Code),
            Some("BUG" | "CODE_SMELL") => Some(Kind::Quality),
            // A type that nobody knows counts as the stricter kind.
            Some(word) if !word.is_empty() => Some(Kind::Code),
            _ if !others.is_empty() => Some(Kind::Quality),
            _ => None,
        };
        Rating { kind, severity }
    }
}
