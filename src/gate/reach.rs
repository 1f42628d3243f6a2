//! Which of the tools that reported could ever block under the present rules. A gate that is silently dead for a tool
//! is worse than none, so it is said by name.
//!
//! In doubt a tool is taken to be able to block: a name on this list has to be true. Only the rows and `exclude` are
//! looked at; values of `rule=`, `path=` and `target=` are taken to be possible.

use std::collections::{BTreeMap, BTreeSet};

use super::language::{Key, Qualifier, Term};
use super::{Policy, plain};
use crate::model::{Finding, Judged, Kind, Report, Severity, Status, Text};

/// What a tool can say at worst, in JSON and SARIF alike: the scales of the scanners' own documents, and the kinds
/// that their findings get here. `Unknown` is a tool that gives no severities.
struct Scale {
    tool: &'static str,
    kinds: &'static [Kind],
    worst: Severity,
}

const SCALES: &[Scale] = &[
    scale(
        "trivy",
        &[
            Kind::Vulnerability,
            Kind::Secret,
            Kind::Misconfiguration,
            Kind::License,
        ],
        Severity::Critical,
    ),
    scale("grype", &[Kind::Vulnerability], Severity::Critical),
    scale("gitleaks", &[Kind::Secret], Severity::High),
    // High, and critical where it found the secret to be valid.
    scale("ggshield", &[Kind::Secret], Severity::Critical),
    // HIGH, MEDIUM, LOW, UNDEFINED.
    scale("bandit", &[Kind::Code], Severity::High),
    // `severity` is null without a platform key; with one the findings themselves show more.
    scale("checkov", &[Kind::Misconfiguration], Severity::Unknown),
    scale("tfsec", &[Kind::Misconfiguration], Severity::Critical),
    scale("codeql", &[Kind::Code], Severity::Critical),
];

const fn scale(tool: &'static str, kinds: &'static [Kind], worst: Severity) -> Scale {
    Scale { tool, kinds, worst }
}

/// The tools that reported and cannot block, in alphabetical order, each with the reason.
pub(super) fn cannot_block(
    findings: &[Finding],
    judged: &[Judged],
    reports: &[Report],
    policy: &Policy,
) -> Vec<(Text, String)> {
    let tools: BTreeSet<&Text> = reports
        .iter()
        .filter(|report| !matches!(report.status, Status::Unusable(_)))
        .flat_map(|report| report.runs.iter().map(|run| &run.tool))
        .filter(|tool| !tool.is_empty())
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
            let reach = reach(tool, findings, reports)?;
            Some((tool.clone(), reach.why_not(policy)?))
        })
        .collect()
}

/// What a tool can say at worst in this run.
struct Reach<'a> {
    tool: &'a str,
    /// The worst severity by kind.
    worst: BTreeMap<Kind, Severity>,
    /// One of its findings has a CVSS score.
    scored: bool,
}

/// The table's words on the tool, else what its SARIF rules show, and in both cases what it did say in this run.
/// `None` where that is nothing.
fn reach<'a>(tool: &'a str, findings: &[Finding], reports: &[Report]) -> Option<Reach<'a>> {
    let mut reach = Reach {
        tool,
        worst: BTreeMap::new(),
        scored: false,
    };
    match SCALES.iter().find(|scale| scale.tool == tool) {
        Some(scale) => scale
            .kinds
            .iter()
            .for_each(|kind| reach.add(*kind, scale.worst)),
        None => reach.add_rules(reports),
    }
    for finding in findings {
        for source in finding
            .sources
            .iter()
            .filter(|source| *source.tool == *tool)
        {
            if reach.worst.is_empty() {
                // A SARIF log without rules: every result may have the level `error`.
                reach.add(finding.kind, Severity::High);
            }
            reach.add(finding.kind, source.severity);
            reach.scored |= finding.cvss.is_some();
        }
    }
    (!reach.worst.is_empty()).then_some(reach)
}

impl Reach<'_> {
    fn add(&mut self, kind: Kind, severity: Severity) {
        let worst = self.worst.entry(kind).or_insert(severity);
        *worst = severity.max(*worst);
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
        if self.worst.keys().all(|kind| {
            policy
                .exclude
                .terms
                .iter()
                .any(|term| self.all_of(term, *kind))
        }) {
            return Some("exclude sets all of its findings aside".to_owned());
        }
        let can = policy.fail_on.terms.iter().any(|term| {
            self.worst
                .iter()
                .any(|(kind, worst)| self.can_match(term, *kind, policy.counts_as(*worst)))
        });
        if can {
            return None;
        }
        let kinds: Vec<&str> = self.worst.keys().map(|kind| kind.plural()).collect();
        let kinds = kinds.join(", ");
        let unknown = self.worst.values().all(|worst| *worst == Severity::Unknown);
        let scale = if unknown {
            format!(
                "without severities, which count as {}",
                policy.unknown_severity.word()
            )
        } else {
            let worst = self
                .worst
                .values()
                .map(|worst| policy.counts_as(*worst))
                .max();
            format!("{} at worst", worst.unwrap_or(Severity::Unknown).word())
        };
        let rule = if policy.fail_on.is_empty() {
            "fail-on is none".to_owned()
        } else {
            format!(
                "no term of fail-on ({}) takes that",
                plain::cut(&policy.fail_on.to_string(), 200)
            )
        };
        let malware = if self.worst.contains_key(&Kind::Vulnerability) {
            "; known malware still fails"
        } else {
            ""
        };
        Some(format!(
            "its findings are {kinds}, {scale}, and {rule}{malware}"
        ))
    }

    /// Whether the term takes every finding of this kind that the tool can have.
    fn all_of(&self, term: &Term, kind: Kind) -> bool {
        term.budget.is_none()
            && term.level.is_none()
            && term.kind.is_none_or(|wanted| wanted == kind)
            && term.qualifiers.iter().all(|qualifier| {
                matches!(qualifier, Qualifier::Field { key: Key::Tool, negated, value }
                    if value.is_match(self.tool) != *negated)
            })
    }

    /// Whether the term can take a finding of this kind that counts as `severity` at worst.
    fn can_match(&self, term: &Term, kind: Kind, severity: Severity) -> bool {
        let packaged = matches!(
            kind,
            Kind::Vulnerability | Kind::License | Kind::SupplyChain
        );
        term.kind.is_none_or(|wanted| wanted == kind)
            && term.level.is_none_or(|level| severity >= level)
            && term.qualifiers.iter().all(|qualifier| match qualifier {
                Qualifier::Fixable => true,
                Qualifier::Unfixable => packaged,
                Qualifier::Cvss(_) => kind == Kind::Vulnerability || self.scored,
                Qualifier::Field {
                    key,
                    negated,
                    value,
                } => match key {
                    Key::Tool => value.is_match(self.tool) != *negated,
                    Key::Package => packaged || *negated,
                    Key::Rule | Key::Path | Key::Target => true,
                },
            })
    }
}
