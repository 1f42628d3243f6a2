//! Components: parts of a repository with an owner and, if they want, rules of their own.

use super::judge::combine;
use super::language::{Conditions, Pattern};
use super::rules::Standing;
use super::{Facts, Policy, Row};
use crate::model::{ComponentVerdict, Conclusion, Finding, Judged, Place, Ruling, Text};

/// One component of the config.
#[derive(Clone, Debug, PartialEq)]
pub struct Component {
    /// Its name, which `component=` takes.
    pub name: String,
    /// Globs over paths of the repository. The first component with a match has the finding.
    pub paths: Vec<Pattern>,
    /// Who owns it.
    pub owner: Option<String>,
    /// Its own row `fail-on`; without it that of the whole.
    pub fail_on: Option<Conditions>,
    /// Its own row `warn-on`.
    pub warn_on: Option<Conditions>,
    /// Its own row `note-on`.
    pub note_on: Option<Conditions>,
    /// What it sets aside besides what the whole does.
    pub exclude: Option<Conditions>,
}

impl Component {
    /// Whether a path of the repository belongs to it.
    pub fn has(&self, path: &str) -> bool {
        self.paths.iter().any(|glob| glob.is_match(path))
    }

    /// Its own row in place of that of the whole, where it has one.
    pub fn row(&self, row: Row) -> Option<&Conditions> {
        match row {
            Row::Fail => self.fail_on.as_ref(),
            Row::Warn => self.warn_on.as_ref(),
            Row::Note => self.note_on.as_ref(),
        }
    }

    /// Whether the change touches it. Without a change, or where nobody knows what it touches, every component is.
    pub fn affected(&self, facts: &Facts) -> bool {
        match (&facts.changes, facts.proposal) {
            (Some(changes), true) => changes.files.keys().any(|path| self.has(path)),
            _ => true,
        }
    }
}

/// The component that a finding belongs to: that of the first of its places in the repository that has one.
pub fn of<'p>(finding: &Finding, policy: &'p Policy) -> Option<&'p Component> {
    let places = finding
        .locations
        .iter()
        .filter(|location| location.place == Place::Workspace)
        .map(|location| &location.path)
        .chain(&finding.stand_in);
    let mut paths: Vec<&str> = places.map(|path| &**path).collect();
    // A manifest that is not in the checkout still says where its package is used.
    paths.extend(finding.target.as_deref());
    paths.into_iter().find_map(|path| {
        policy
            .components
            .iter()
            .find(|component| component.has(path))
    })
}

/// Judges each component by its own findings.
pub(super) fn judge(
    findings: &[Finding],
    rulings: &[Vec<Ruling>],
    standing: &[Standing],
    facts: &Facts,
    policy: &Policy,
) -> Vec<ComponentVerdict> {
    policy
        .components
        .iter()
        .map(|component| {
            let judged: Vec<Judged> = findings
                .iter()
                .zip(rulings.iter().zip(standing))
                .filter(|(finding, _)| finding.known.component.as_deref() == Some(&component.name))
                .map(|(_, (rulings, standing))| combine(*standing, rulings))
                .collect();
            let of = |wanted: Judged| {
                let count = judged.iter().filter(|judged| **judged == wanted).count();
                u64::try_from(count).unwrap_or(u64::MAX)
            };
            ComponentVerdict {
                name: Text::from(component.name.as_str()),
                owner: component.owner.as_deref().map(Text::from),
                affected: component.affected(facts),
                conclusion: match (of(Judged::Fail), of(Judged::Warn)) {
                    (0, 0) => Conclusion::Pass,
                    (0, _) => Conclusion::Warn,
                    _ => Conclusion::Fail,
                },
                total: u64::try_from(judged.len()).unwrap_or(u64::MAX),
                blocking: of(Judged::Fail),
                excused: of(Judged::Excused),
            }
        })
        .collect()
}
