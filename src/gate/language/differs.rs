//! Why a term does not match a finding, in words: what `explain` says.

use super::{Answer, Doubt, Key, Moment, Qualifier, Term};
use crate::model::{Cause, Finding, Kind, Severity, State};

impl Term {
    /// Each part of the term that does not hold, as a sentence part; empty where the term matches, budgets aside.
    pub fn differs(
        &self,
        finding: &Finding,
        severity: Severity,
        moment: Moment,
        doubt: Doubt,
    ) -> Vec<String> {
        let mut parts = Vec::new();
        if let Some(kind) = self.kind.filter(|kind| *kind != finding.kind) {
            parts.push(format!("it is {}, not {}", a(finding.kind), a(kind)));
        }
        if let Some(level) = self.level.filter(|level| severity < *level) {
            parts.push(format!(
                "its severity {} is below {}",
                severity.word(),
                level.word()
            ));
        }
        for qualifier in &self.qualifiers {
            // One qualifier by itself is a term, too: what that says of the finding is what this one says.
            let alone = Term {
                qualifiers: vec![qualifier.clone()],
                ..Term::default()
            };
            let answer = alone.answer(finding, severity, moment, doubt);
            if !answer.matches() {
                parts.push(format!(
                    "`{qualifier}`: {}",
                    why(qualifier, answer, finding, moment)
                ));
            }
        }
        parts
    }
}

fn a(kind: Kind) -> String {
    match kind {
        Kind::Code => "a code finding".to_owned(),
        Kind::SupplyChain => "a supply-chain finding".to_owned(),
        Kind::Runtime => "a runtime alert".to_owned(),
        Kind::Quality => "a quality finding".to_owned(),
        other => format!("a {}", other.word()),
    }
}

fn why(qualifier: &Qualifier, answer: Answer, finding: &Finding, moment: Moment) -> String {
    let unknown = matches!(answer, Answer::NoData(_));
    let known = &finding.known;
    match qualifier {
        Qualifier::New | Qualifier::Introduced | Qualifier::Disclosed if unknown => {
            "there is no baseline that could tell".to_owned()
        }
        Qualifier::New | Qualifier::Introduced | Qualifier::Disclosed
            if known.state.is_some_and(|state| state != State::New) =>
        {
            "the baseline has it already".to_owned()
        }
        Qualifier::New => "it is not new".to_owned(),
        Qualifier::Introduced => {
            "the change did not bring it: what it is about was there before".to_owned()
        }
        Qualifier::Disclosed if known.cause == Cause::Introduced => {
            "the change brought it, or nobody can tell".to_owned()
        }
        Qualifier::Disclosed => "it is not new".to_owned(),
        Qualifier::Changed if unknown => "nobody knows what the change touches".to_owned(),
        Qualifier::Changed => "the change does not touch it".to_owned(),
        Qualifier::Fixable => "its source says that there is no fix".to_owned(),
        Qualifier::Unfixable => "there is a fix, or nobody says that there is none".to_owned(),
        Qualifier::Kev if unknown => {
            "no catalogue of known exploited vulnerabilities was given, or it cannot be relied on"
                .to_owned()
        }
        Qualifier::Kev => {
            "it is not in the catalogue of known exploited vulnerabilities".to_owned()
        }
        Qualifier::Epss(_) => score(known.epss, "EPSS score"),
        Qualifier::Cvss(_) => score(finding.cvss, "CVSS score"),
        Qualifier::Age(_) | Qualifier::Grace(_) => match moment.age(finding) {
            None => "nobody knows when it was first seen".to_owned(),
            Some(1) => "it was first seen 1 day ago".to_owned(),
            Some(days) => format!("it was first seen {days} days ago"),
        },
        Qualifier::Runtime => "its package is for development only".to_owned(),
        Qualifier::Dev => {
            "its source does not say that the package is for development only".to_owned()
        }
        Qualifier::Field { key, negated, .. } => {
            let what = match key {
                Key::Tool => "the tools that say it",
                Key::Rule => "its rule and aliases",
                Key::Path => "its paths",
                Key::Package => "its package",
                Key::Target => "what was scanned",
                Key::Component => "its component",
            };
            match negated {
                true => format!("{what} match that"),
                false => format!("{what} do not match that"),
            }
        }
    }
}

fn score(score: Option<f32>, what: &str) -> String {
    match score {
        Some(score) => format!("its {what} is {score}"),
        None => format!("it has no {what}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::language::Conditions;
    use crate::model::Text;

    #[test]
    fn every_part_that_fails_is_named_and_no_other() {
        let mut finding = Finding::new(
            Kind::Secret,
            Text::from("aws"),
            Severity::Medium,
            Text::from("t"),
        );
        finding.known.state = Some(State::Unchanged);
        finding.known.first_seen = Some(Text::from("2026-01-01T00:00:00Z"));
        let moment = Moment::on("2026-01-03");
        let differs = |text: &str| {
            let conditions = Conditions::parse(text).unwrap();
            conditions.terms[0].differs(&finding, Severity::Medium, moment, Doubt::Matches)
        };
        assert!(differs("secret:medium+runtime").is_empty());
        assert_eq!(
            differs("vulnerability:high+new+grace=3d+cvss>=9+path=src/**"),
            [
                "it is a secret, not a vulnerability",
                "its severity medium is below high",
                "`new`: the baseline has it already",
                "`cvss>=9`: it has no CVSS score",
                "`grace=3d`: it was first seen 2 days ago",
                "`path=src/**`: its paths do not match that",
            ]
        );
    }
}
