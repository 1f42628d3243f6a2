//! The rules. Each is one file and one entry here; they do not see each other.
//!
//! Must not know: what the verdict is. They say what they find, `judge` combines it.

mod beside;
mod components;
mod exclude;
mod feeds;
mod lacks;
mod malware;
mod rows;
mod scanner_suppressions;
mod sla;
mod thresholds;
mod vex;
mod waivers;

use super::language::{Moment, Term};
use super::{Facts, Policy, Row, plain};
use crate::model::{Exemption, Finding, Report, Ruling, Severity, Text};

/// Every rule. What comes before what is said in [`super::ORDER`].
pub const ALL: &[Rule] = &[
    exclude::RULE,
    components::RULE,
    scanner_suppressions::RULE,
    waivers::RULE,
    vex::RULE,
    malware::RULE,
    thresholds::RULE,
    sla::RULE,
    feeds::RULE,
    rows::RULE,
    beside::RULE,
];

/// A rule about findings.
pub struct Rule {
    /// Id.
    pub id: &'static str,
    /// What it does, in one line.
    pub what: &'static str,
    /// When it speaks.
    pub phase: Phase,
    /// Makes it ready for a run.
    pub configure: fn(&Policy) -> Judge,
}

/// When a rule speaks. Rules of one phase are heard together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Findings are set aside.
    SetAside,
    /// Findings are excused.
    Excuse,
    /// What is left is weighed, excused ones too: so one sees what an excuse lifted.
    Weigh,
}

/// A rule that is ready.
pub type Judge = Box<dyn Fn(&Docket<'_>) -> Said>;

/// What a rule says.
#[derive(Debug, Default)]
pub struct Said {
    /// Rulings, each with the index of its finding.
    pub rulings: Vec<(usize, Ruling)>,
    /// What readers of the verdict must know besides.
    pub remarks: Vec<String>,
    /// What became of waivers and VEX statements.
    pub exemptions: Vec<Exemption>,
    /// Why the run cannot be judged: data that a rule needs is missing or stale. Makes it incomplete.
    pub gaps: Vec<String>,
}

/// Where a finding stands after the phases so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// Nothing was decided.
    #[default]
    Open,
    /// It cannot block.
    Excused,
    /// It is not looked at any more.
    Excluded,
}

/// All that a rule may look at.
pub struct Docket<'a> {
    /// The merged findings.
    pub findings: &'a [Finding],
    /// What each one's severity counts as.
    pub severities: &'a [Severity],
    /// Where each one stands after the phases before this one.
    pub standing: &'a [Standing],
    /// The reports, for what a finding's source scanned.
    pub reports: &'a [Report],
    /// What is known besides.
    pub facts: &'a Facts,
}

impl<'a> Docket<'a> {
    /// The findings with index, severity and standing.
    pub fn cases(&self) -> impl Iterator<Item = Case<'a>> {
        self.findings
            .iter()
            .zip(self.severities)
            .zip(self.standing)
            .enumerate()
            .map(|(index, ((finding, severity), standing))| Case {
                index,
                finding,
                severity: *severity,
                standing: *standing,
            })
    }
}

impl Docket<'_> {
    /// What terms must know besides the finding.
    pub fn moment(&self) -> Moment {
        Moment::on(&self.facts.today)
    }
}

/// One finding on the docket.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    /// Its index.
    pub index: usize,
    /// The finding.
    pub finding: &'a Finding,
    /// What its severity counts as.
    pub severity: Severity,
    /// Where it stands.
    pub standing: Standing,
}

impl Case<'_> {
    /// The advisory that calls the package malware, if any: ids of OSV's malicious-packages database, `MAL-2024-1234`.
    pub fn malware(&self) -> Option<&Text> {
        std::iter::once(&self.finding.rule)
            .chain(&self.finding.aliases)
            .find(|id| {
                id.get(..4)
                    .is_some_and(|head| head.eq_ignore_ascii_case("MAL-"))
                    && id.bytes().nth(4).is_some_and(|b| b.is_ascii_digit())
            })
    }
}

/// Every term of the rows and of `exclude`, those of components too, with where it stands.
pub(super) fn in_force(policy: &Policy) -> Vec<(String, &Term)> {
    let mut terms = Vec::new();
    for row in Row::ALL {
        let own = policy.row(row).terms.iter();
        terms.extend(own.map(|term| (row.word().to_owned(), term)));
    }
    let own = policy.exclude.terms.iter();
    terms.extend(own.map(|term| ("exclude".to_owned(), term)));
    for component in &policy.components {
        let rows = Row::ALL.map(|row| (row.word(), component.row(row)));
        let exclude = ("exclude", component.exclude.as_ref());
        for (word, conditions) in rows.into_iter().chain([exclude]) {
            let place = format!(
                "{word} of the component {}",
                plain::cut(&component.name, 100)
            );
            let own = conditions.into_iter().flat_map(|own| &own.terms);
            terms.extend(own.map(|term| (place.clone(), term)));
        }
    }
    terms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_have_names_of_their_own() {
        let mut ids: Vec<&str> = ALL.iter().map(|rule| rule.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), ALL.len());
        for rule in ALL {
            assert!(rule.id.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'));
            assert!(!rule.what.is_empty() && !rule.what.ends_with('.'));
            assert!(super::super::ORDER.contains(&rule.phase), "{}", rule.id);
        }
    }
}
