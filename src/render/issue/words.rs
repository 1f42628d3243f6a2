//! What is said of a cause wherever it is tracked: the line that names it, what it is, why it matters, what to do, by when, and
//! who owns it.
//!
//! Must not know: where the words go; names are escaped by the function that the caller hands in. Nothing here changes from one
//! run to the next unless the findings do: scores that move every day, times and lines stay out.

use std::collections::BTreeSet;

use crate::causes::{Cause, What};
use crate::model::{Day, Finding, Judged, Kind, Outcome, Severity, Text};
use crate::render::groups::{Clears, Group, grouped};
use crate::render::phrase::{Escape, capital, count, deed, kinds, title};
use crate::render::place_withheld;

/// Versions and tools that are named.
const NAMED: usize = 3;
/// Things to do that are named one by one.
const DEEDS: usize = 10;
/// Owners that are named.
const OWNERS: usize = 6;
/// The rule that gives findings their last day; its rulings say in how many days.
const SLA: &str = "sla";

/// A cause with what its findings say together.
pub(in crate::render) struct Story<'a> {
    pub(in crate::render) outcome: &'a Outcome,
    pub(in crate::render) cause: &'a Cause<'a>,
    /// By what clears them, worst first.
    pub(in crate::render) groups: Vec<Group<'a>>,
}

impl<'a> Story<'a> {
    pub(in crate::render) fn of(outcome: &'a Outcome, cause: &'a Cause<'a>) -> Story<'a> {
        Story {
            outcome,
            cause,
            groups: grouped(cause.findings.iter().copied()),
        }
    }

    /// `lodash: 14 vulnerabilities, worst critical (upgrade to 4.17.21)`.
    pub(in crate::render) fn headline(&self, escape: Escape<'_>) -> String {
        let subject = match self.cause.what {
            What::Package { name, .. } => escape(name),
            What::Rule { tool, rule } => format!("{} ({})", escape(rule), escape(tool)),
        };
        let worst = self.cause.severity.word();
        let worst = match self.cause.findings.len() {
            1 => worst.to_owned(),
            _ => format!("worst {worst}"),
        };
        let hint = match self.hint(escape) {
            Some(hint) => format!(" ({hint})"),
            None => String::new(),
        };
        format!("{subject}: {}, {worst}{hint}", self.kinds())
    }

    /// What clears all of it, where that is one short thing.
    fn hint(&self, escape: Escape<'_>) -> Option<String> {
        let (first, others) = self.groups.split_first()?;
        let same = |group: &Group<'_>| group.clears == first.clears;
        if !others.iter().all(same) {
            return None;
        }
        match first.clears {
            Clears::Upgrade { to, .. } => Some(format!("upgrade to {}", escape(to))),
            Clears::NoFix { .. } => Some("no fix yet".to_owned()),
            Clears::Revoke => Some("revoke it first".to_owned()),
            _ => self.name().map(escape),
        }
    }

    /// What all findings of a rule are called, where they are called alike and their text holds no place that stays out.
    fn name(&self) -> Option<&'a str> {
        let first: &Finding = self.cause.findings.first()?;
        let rule = matches!(self.cause.what, What::Rule { .. }) && *first.title != *first.rule;
        let alike = self.findings().all(|finding| finding.title == first.title);
        let name = title(self.outcome, first);
        (rule && alike && !name.is_empty()).then_some(name)
    }

    /// `13 vulnerabilities and 1 license`.
    fn kinds(&self) -> String {
        let each = Kind::ALL.iter().filter_map(|kind| {
            let those = self.findings().filter(|finding| finding.kind == *kind);
            match u64::try_from(those.count()).unwrap_or(u64::MAX) {
                0 => None,
                number => Some(kinds(*kind, number)),
            }
        });
        each.collect::<Vec<String>>().join(" and ")
    }

    fn findings(&self) -> impl Iterator<Item = &'a Finding> + use<'a> {
        self.cause.findings.iter().copied()
    }

    /// What it is, as a sentence.
    pub(in crate::render) fn what(&self, escape: Escape<'_>) -> String {
        let subject = match self.cause.what {
            What::Package { ecosystem, name } => {
                let known = ecosystem.map(|ecosystem| format!(" ({})", escape(ecosystem)));
                let versions = self
                    .findings()
                    .flat_map(versions)
                    .collect::<BTreeSet<&str>>();
                let versions = match listed(&versions, escape) {
                    Some(versions) => format!(", installed {versions}"),
                    None => String::new(),
                };
                format!(
                    "The package {}{}{versions}",
                    escape(name),
                    known.unwrap_or_default()
                )
            }
            What::Rule { tool, rule } => format!("The rule {} of {}", escape(rule), escape(tool)),
        };
        let tally = Severity::WORST_FIRST.iter().filter_map(|severity| {
            let those = self
                .findings()
                .filter(|finding| finding.severity == *severity);
            match those.count() {
                0 => None,
                number => Some(format!("{number} {}", severity.word())),
            }
        });
        let tools = self.findings().flat_map(|finding| &finding.sources);
        let tools: BTreeSet<&str> = tools.map(|source| &*source.tool).collect();
        // The rule's own tool is named already.
        let known = matches!(self.cause.what, What::Rule { .. }) && tools.len() == 1;
        let found = match listed(&tools, escape).filter(|_| !known) {
            Some(tools) => format!(", found by {tools}"),
            None => String::new(),
        };
        let tally: Vec<String> = tally.collect();
        let tally = match self.cause.findings.len() {
            1 => self.cause.severity.word().to_owned(),
            _ => tally.join(", "),
        };
        format!("{subject}: {} ({tally}){found}.", self.kinds())
    }

    /// Why it matters, as sentences of ours.
    pub(in crate::render) fn why(&self) -> String {
        let present: BTreeSet<Kind> = self.findings().map(|finding| finding.kind).collect();
        let mut sentences: Vec<String> = present
            .into_iter()
            .map(|kind| why(kind).to_owned())
            .collect();
        let exploited = self
            .findings()
            .filter(|finding| finding.known.kev == Some(true))
            .count();
        if exploited > 0 {
            let exploited = u64::try_from(exploited).unwrap_or(u64::MAX);
            sentences.push(format!(
                "{} in the catalogue of known exploited vulnerabilities (KEV).",
                count(exploited, "finding is", "findings are")
            ));
        }
        let blocks =
            |place: &&usize| self.outcome.verdict.judged.get(**place) == Some(&Judged::Fail);
        match self.cause.places.iter().filter(blocks).count() {
            0 => {}
            blocking if blocking < self.cause.findings.len() => sentences.push(format!(
                "{blocking} of {} would block a change.",
                self.cause.findings.len()
            )),
            1 => sentences.push("It would block a change.".to_owned()),
            _ => sentences.push("Each of them would block a change.".to_owned()),
        }
        sentences.join(" ")
    }

    /// What to do, worst first, one sentence without a full stop each; at the end how many more things there are.
    pub(in crate::render) fn deeds(&self, escape: Escape<'_>) -> Vec<String> {
        // Every secret is a group of its own, and all of them are cleared in the same way.
        let mut each: Vec<(String, usize)> = Vec::new();
        for group in &self.groups {
            let target = match group.target {
                Some(target) => format!(" in {}", escape(target)),
                None => String::new(),
            };
            let text = capital(&deed(group, escape)) + &target;
            let many = group.findings.len();
            let full = each.len() >= DEEDS;
            match each.iter_mut().find(|(known, _)| *known == text) {
                Some((_, sum)) => *sum = sum.saturating_add(many),
                None if full => break,
                None => each.push((text, many)),
            }
        }
        let told: usize = each.iter().map(|(_, many)| many).sum();
        let mut deeds: Vec<String> = each
            .into_iter()
            .map(|(text, many)| match many {
                1 => text,
                many => format!("{text} ({many} findings)"),
            })
            .collect();
        let left = self.cause.findings.len().saturating_sub(told);
        if left > 0 {
            let left = u64::try_from(left).unwrap_or(u64::MAX);
            deeds.push(format!(
                "See the table for {}",
                count(left, "more finding", "more findings")
            ));
        }
        deeds
    }

    /// The first day on which one of its findings was seen, and the first one by which one has to be gone.
    pub(in crate::render) fn dates(&self) -> (Option<Day>, Option<Day>) {
        let (places, findings) = (&self.cause.places, &self.cause.findings);
        let due = places
            .iter()
            .zip(findings)
            .filter_map(|(place, finding)| self.due(*place, finding));
        (self.findings().filter_map(first_seen).min(), due.min())
    }

    /// The last day of one finding, where `sla` gives it one.
    pub(in crate::render) fn due(&self, place: usize, finding: &Finding) -> Option<Day> {
        let rulings = self.outcome.verdict.rulings.get(place)?;
        let ruling = rulings.iter().find(|ruling| ruling.by == SLA)?;
        let (_, days) = ruling.term.as_deref()?.rsplit_once(' ')?;
        first_seen(finding)?.plus(days.strip_suffix('d')?.parse().ok()?)
    }

    /// Who owns the components that its findings belong to; nobody where that would tell a place that stays out.
    pub(in crate::render) fn owners(&self) -> Vec<&'a Text> {
        let shown = self
            .findings()
            .filter(|finding| !place_withheld(&self.outcome.context, finding.kind));
        let components: BTreeSet<&Text> = shown
            .filter_map(|finding| finding.known.component.as_ref())
            .collect();
        let all = self.outcome.verdict.components.iter();
        let those = all.filter(|component| components.contains(&component.name));
        let owners: BTreeSet<&Text> = those
            .filter_map(|component| component.owner.as_ref())
            .collect();
        owners.into_iter().take(OWNERS).collect()
    }
}

/// The day on which a finding was first seen.
pub(in crate::render) fn first_seen(finding: &Finding) -> Option<Day> {
    Day::read(finding.known.first_seen.as_deref()?)
}

/// All installed versions of a finding's package.
fn versions(finding: &Finding) -> impl Iterator<Item = &str> {
    let package = finding
        .package
        .iter()
        .filter_map(|package| package.version.as_deref());
    package.chain(
        finding
            .instances
            .iter()
            .filter_map(|instance| instance.version.as_deref()),
    )
}

/// The first few, and how many more there are; `None` where there are none.
fn listed(all: &BTreeSet<&str>, escape: Escape<'_>) -> Option<String> {
    let named: Vec<String> = all.iter().take(NAMED).map(|text| escape(text)).collect();
    let more = match all.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    (!all.is_empty()).then(|| named.join(", ") + &more)
}

/// What a kind of findings means for whoever runs the software.
fn why(kind: Kind) -> &'static str {
    match kind {
        Kind::Vulnerability => {
            "The installed version has publicly known holes: whoever can reach the code that has them may be able to use them."
        }
        Kind::Secret => {
            "Whoever can read the repository, its history or a copy of it can use the credential until it is revoked."
        }
        Kind::Misconfiguration => "The setting leaves open what the check asks to be closed.",
        Kind::License => {
            "The licence may oblige whoever distributes the software to more than was agreed to."
        }
        Kind::Code => {
            "The code has a weakness that the rule describes: input from outside may make it do what it should not."
        }
        Kind::SupplyChain => {
            "Nobody can show that what is built and shipped is what it claims to be."
        }
        Kind::Runtime => "A running system did what it is not expected to do.",
        Kind::Quality => "A limit that the project has set for itself is not met.",
    }
}
