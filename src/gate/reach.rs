//! Which of the tools that reported could ever block under the present rules. A gate that is silently dead for a tool
//! is worse than none, so it is said by name.
//!
//! In doubt a tool is taken to be able to block: a name on this list has to be true. Only the rows, `sla` and `exclude` are
//! looked at; values of `rule=`, `path=`, `target=` and `component=` are taken to be possible, and so is everything that the
//! past and the change decide. Data that nobody gave is not: a term with `kev` alone, and no catalogue, is a dead one.

use std::collections::{BTreeMap, BTreeSet};

use super::language::{Key, Qualifier, Term};
use super::{Facts, Policy, Row, plain};
use crate::model::{Finding, Judged, Kind, Report, Scale, Severity, Status, Text};
use crate::observe;

/// The tools that reported and cannot block, in alphabetical order, each with the reason.
pub(super) fn cannot_block(
    findings: &[Finding],
    judged: &[Judged],
    reports: &[Report],
    facts: &Facts,
    policy: &Policy,
) -> Vec<(Text, String)> {
    let tools: BTreeSet<&Text> = reports
        .iter()
        .filter(|report| !matches!(report.status, Status::Unusable(_)))
        .flat_map(|report| report.runs.iter().map(|run| &run.tool))
        // What the gate saw itself blocks by itself, without the rows.
        .filter(|tool| !tool.is_empty() && ***tool != *observe::TOOL)
        .collect();
    tools
        .into_iter()
        .filter_map(|tool| {
            let blocks = findings.iter().zip(judged).any(|(finding, judged)| {
                *judged == Judged::Fail && finding.sources.iter().any(|source| source.tool == *tool)
            });
            if blocks {
                return None;
            }
            if let Some(numbers) = only_numbers(tool, reports, policy) {
                return numbers.map(|why| (tool.clone(), why));
            }
            let reach = reach(tool, findings, reports, facts)?;
            Some((tool.clone(), reach.why_not(policy)?))
        })
        .collect()
}

/// Why a tool that gives numbers and no findings cannot block; the inner `None` where a threshold on them can. The outer
/// one says that the tool is of another sort.
fn only_numbers(tool: &Text, reports: &[Report], policy: &Policy) -> Option<Option<String>> {
    let own = reports
        .iter()
        .filter(|report| report.runs.iter().any(|run| run.tool == *tool));
    let own: Vec<&Report> = own.collect();
    let measures: Vec<_> = own.iter().flat_map(|report| &report.measures).collect();
    let signed = own.iter().any(|report| !report.signatures.is_empty());
    if signed {
        let why = "it verifies signatures and has no findings; only a report of it that is missing or cannot be used blocks";
        return Some(Some(why.to_owned()));
    }
    let first = measures.first()?;
    if own.iter().any(|report| report.entries.findings > 0) {
        return None;
    }
    let fails = measures
        .iter()
        .any(|measure| policy.coverage.fails_on(measure.of) || policy.cost.fails_on(measure.of));
    Some((!fails).then(|| {
        format!(
            "it gives numbers ({}), and no limit in `coverage` or `cost` fails on them",
            first.of.words()
        )
    }))
}

/// What a tool can say of one kind.
struct Said {
    /// The worst severity.
    worst: Severity,
    /// Some have none; what those count as may be worse still.
    unknown: bool,
}

/// What a tool can say at worst in this run.
struct Reach<'a> {
    tool: &'a str,
    said: BTreeMap<Kind, Said>,
    /// One of its findings has a CVSS score.
    scored: bool,
    /// One of its findings has a package.
    packaged: bool,
    /// There is a catalogue of known exploited vulnerabilities.
    kev: bool,
    /// There is EPSS data.
    epss: bool,
    /// Somebody knows when findings were first seen.
    dated: bool,
}

/// The table's words on the tool, else what its SARIF rules show, and in both cases what it did say in this run.
/// `None` where that is nothing.
fn reach<'a>(
    tool: &'a str,
    findings: &[Finding],
    reports: &[Report],
    facts: &Facts,
) -> Option<Reach<'a>> {
    let mut reach = Reach {
        tool,
        said: BTreeMap::new(),
        scored: false,
        packaged: false,
        kev: facts.feed("kev").is_some(),
        epss: facts.feed("epss").is_some(),
        dated: facts.past.compared().is_some(),
    };
    match Scale::of_tool(tool) {
        Some(scale) => {
            for (kind, severity) in scale.usual() {
                reach.add(kind, severity);
            }
        }
        None => reach.add_rules(reports),
    }
    for finding in findings {
        for source in finding
            .sources
            .iter()
            .filter(|source| *source.tool == *tool)
        {
            if reach.said.is_empty() {
                // A SARIF log without rules: every result may have the level `error`.
                reach.add(finding.kind, Severity::High);
            }
            reach.add(finding.kind, source.severity);
            reach.scored |= finding.cvss.is_some();
            reach.packaged |= finding.package.is_some();
            reach.kev |= finding.known.kev.is_some();
            reach.epss |= finding.known.epss.is_some();
            reach.dated |= finding.known.first_seen.is_some();
        }
    }
    (!reach.said.is_empty()).then_some(reach)
}

impl Reach<'_> {
    fn add(&mut self, kind: Kind, severity: Severity) {
        let said = self.said.entry(kind).or_insert(Said {
            worst: severity,
            unknown: false,
        });
        said.worst = severity.max(said.worst);
        said.unknown |= severity == Severity::Unknown;
    }

    /// The rules of the tool's SARIF runs. Without any `security-severity` the level decides, and `error` is high.
    fn add_rules(&mut self, reports: &[Report]) {
        let runs = reports
            .iter()
            .flat_map(|report| &report.runs)
            .filter(|run| *run.tool == *self.tool);
        let rules: Vec<_> = runs.flat_map(|run| &run.rules).collect();
        let worst = if rules
            .iter()
            .any(|(_, text)| text.security_severity.is_some())
        {
            Severity::Critical
        } else {
            Severity::High
        };
        for (id, text) in rules {
            let advisory = ["CVE-", "GHSA-"].iter().any(|head| id.starts_with(head));
            let secret = text
                .tags
                .iter()
                .any(|tag| tag.eq_ignore_ascii_case("secret"));
            self.add(Kind::Code, worst);
            if advisory {
                self.add(Kind::Vulnerability, worst);
            }
            if secret {
                self.add(Kind::Secret, worst);
            }
        }
    }

    /// Why no finding of the tool can fail; `None` when one can.
    fn why_not(&self, policy: &Policy) -> Option<String> {
        let blocking = self.blocking(policy);
        let fails: Vec<(&Term, Kind)> = blocking
            .iter()
            .flat_map(|term| {
                self.worst(policy)
                    .map(move |(kind, worst)| (term, kind, worst))
            })
            .filter(|(term, kind, worst)| self.can_match(term, *kind, *worst))
            .map(|(term, kind, _)| (term, kind))
            .collect();
        let excluded = |(term, kind): &(&Term, Kind)| {
            let mut excludes = policy.exclude.terms.iter();
            excludes.any(|exclude| self.takes_all(exclude, term, *kind))
        };
        if !fails.iter().all(excluded) {
            return None;
        }
        if !fails.is_empty() {
            return Some(format!(
                "exclude ({}) sets aside all of its findings that could fail",
                plain::cut(&policy.exclude.to_string(), 200)
            ));
        }
        let kinds: Vec<&str> = self.said.keys().map(|kind| kind.plural()).collect();
        let kinds = kinds.join(", ");
        let scale = if self
            .said
            .values()
            .all(|said| said.worst == Severity::Unknown)
        {
            format!(
                "without severities, which count as {}",
                policy.unknown_severity.word()
            )
        } else {
            let worst = self.worst(policy).map(|(_, worst)| worst).max();
            format!("{} at worst", worst.unwrap_or(Severity::Unknown).word())
        };
        let whole = plain::cut(&policy.fail_on.to_string(), 200);
        let own = policy.components.iter();
        let rule = match own.filter(|own| own.row(Row::Fail).is_some()).count() {
            0 if policy.fail_on.is_empty() => "fail-on is none".to_owned(),
            0 => format!("no term of fail-on ({whole}) takes that"),
            _ => format!("no term of fail-on ({whole}), nor of the components' own, takes that"),
        };
        let malware = if self.said.contains_key(&Kind::Vulnerability) {
            "; known malware still fails"
        } else {
            ""
        };
        Some(format!(
            "its findings are {kinds}, {scale}, and {rule}{malware}"
        ))
    }

    /// Everything that blocks, as terms: the rows of the whole and of components, and what stays for longer than `sla`
    /// allows, where somebody knows for how long.
    fn blocking(&self, policy: &Policy) -> Vec<Term> {
        let own = policy.components.iter();
        let own = own.filter_map(|component| component.row(Row::Fail));
        let rows = std::iter::once(&policy.fail_on).chain(own);
        let rows = rows.flat_map(|row| &row.terms).cloned();
        let overdue = policy.sla.iter().filter(|_| self.dated);
        let overdue = overdue.map(|(severity, _)| Term {
            level: Some(*severity),
            ..Term::default()
        });
        rows.chain(overdue).collect()
    }

    /// What each kind counts as at worst.
    fn worst(&self, policy: &Policy) -> impl Iterator<Item = (Kind, Severity)> {
        self.said.iter().map(|(kind, said)| {
            let known = policy.counts_as(said.worst);
            let worst = if said.unknown {
                known.max(policy.unknown_severity)
            } else {
                known
            };
            (*kind, worst)
        })
    }

    /// Whether a term of `exclude` takes every finding of this kind that the tool can have and that `fail` takes.
    fn takes_all(&self, exclude: &Term, fail: &Term, kind: Kind) -> bool {
        exclude.budget.is_none()
            && exclude.kind.is_none_or(|wanted| wanted == kind)
            && exclude
                .level
                .is_none_or(|least| fail.level.is_some_and(|level| least <= level))
            && exclude.qualifiers.iter().all(|qualifier| {
                matches!(qualifier, Qualifier::Field { key: Key::Tool, negated, value }
                    if value.is_match(self.tool) != *negated)
            })
    }

    /// Whether the term can take a finding of this kind that counts as `severity` at worst.
    fn can_match(&self, term: &Term, kind: Kind, severity: Severity) -> bool {
        let packaged = self.packaged
            || matches!(
                kind,
                Kind::Vulnerability | Kind::License | Kind::SupplyChain
            );
        term.kind.is_none_or(|wanted| wanted == kind)
            && term.level.is_none_or(|level| severity >= level)
            && term.qualifiers.iter().all(|qualifier| match qualifier {
                Qualifier::New
                | Qualifier::Introduced
                | Qualifier::Disclosed
                | Qualifier::Changed
                | Qualifier::Grace(_)
                | Qualifier::Runtime
                | Qualifier::Fixable => true,
                Qualifier::Unfixable | Qualifier::Dev => packaged,
                Qualifier::Kev => self.kev,
                Qualifier::Epss(_) => self.epss,
                Qualifier::Age(_) => self.dated,
                // A SARIF rule's `security-severity` is a score, too.
                Qualifier::Cvss(_) => packaged || kind == Kind::Code || self.scored,
                Qualifier::Field {
                    key,
                    negated,
                    value,
                } => match key {
                    Key::Tool => value.is_match(self.tool) != *negated,
                    Key::Package => packaged || *negated,
                    Key::Rule | Key::Path | Key::Target | Key::Component => true,
                },
            })
    }
}
