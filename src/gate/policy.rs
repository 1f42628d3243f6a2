//! The rules of a run, checked and ready.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::components::Component;
use super::language::{Conditions, Lack};
use super::preset::Preset;
use super::thresholds::Thresholds;
use super::waivers::Limits;
use crate::model::{Day, Effect, Severity};

/// Days after which KEV and EPSS data is stale where the config says nothing. EPSS is published daily, the KEV catalogue
/// several times a week.
pub(super) const MAX_DATA_AGE: u32 = 7;

/// The rows of the table, strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    /// `fail-on`.
    Fail,
    /// `warn-on`.
    Warn,
    /// `note-on`.
    Note,
}

impl Row {
    /// Every row, strongest first: the first one that matches decides a finding.
    pub const ALL: [Row; 3] = [Row::Fail, Row::Warn, Row::Note];

    /// Name of the input and of the ruling.
    pub fn word(self) -> &'static str {
        match self {
            Row::Fail => "fail-on",
            Row::Warn => "warn-on",
            Row::Note => "note-on",
        }
    }

    /// What a matching term does.
    pub fn effect(self) -> Effect {
        match self {
            Row::Fail => Effect::Block,
            Row::Warn => Effect::Warn,
            Row::Note => Effect::Note,
        }
    }
}

/// The rows that go beside those of the table: who else is to be told of a finding. They never change the verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beside {
    /// `issue-on`.
    Issue,
    /// `notify-on`.
    Notify,
}

impl Beside {
    /// Every one.
    pub const ALL: [Beside; 2] = [Beside::Issue, Beside::Notify];

    /// Name of the input and of the ruling.
    pub fn word(self) -> &'static str {
        match self {
            Beside::Issue => "issue-on",
            Beside::Notify => "notify-on",
        }
    }

    /// What a matching term does.
    pub fn effect(self) -> Effect {
        match self {
            Beside::Issue => Effect::Issue,
            Beside::Notify => Effect::Notify,
        }
    }
}

/// What the suppressions that scanners wrote count for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ScannerSuppressions {
    /// On a pull request one counts only if the base's evidence has it; without a baseline it counts and that is said.
    #[default]
    Base,
    /// They count.
    Honour,
    /// They do not.
    Ignore,
}

impl ScannerSuppressions {
    /// Every value.
    pub const ALL: [ScannerSuppressions; 3] = [
        ScannerSuppressions::Base,
        ScannerSuppressions::Honour,
        ScannerSuppressions::Ignore,
    ];

    /// The word of the input `scanner-suppressions`.
    pub fn word(self) -> &'static str {
        match self {
            ScannerSuppressions::Base => "base",
            ScannerSuppressions::Honour => "honour",
            ScannerSuppressions::Ignore => "ignore",
        }
    }

    /// Reads the word in any case; also the American spelling.
    pub fn from_word(word: &str) -> Option<ScannerSuppressions> {
        let lower = word.trim().to_ascii_lowercase();
        let lower = if lower == "honor" { "honour" } else { &lower };
        ScannerSuppressions::ALL
            .into_iter()
            .find(|value| value.word() == lower)
    }
}

/// The effective rules.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The preset that the rows start from.
    pub preset: Preset,
    /// Row `fail-on`.
    pub fail_on: Conditions,
    /// Row `warn-on`.
    pub warn_on: Conditions,
    /// Row `note-on`.
    pub note_on: Conditions,
    /// Row `issue-on`; empty unless somebody asks for issues.
    pub issue_on: Conditions,
    /// Row `notify-on`; `None` where nobody says, and then what blocks is told of.
    pub notify_on: Option<Conditions>,
    /// What is set aside before any row is looked at. A term with a budget sets nothing aside, and that is said.
    pub exclude: Conditions,
    /// What an unknown severity counts as.
    pub unknown_severity: Severity,
    /// What scanners' own suppressions count for.
    pub scanner_suppressions: ScannerSuppressions,
    /// Limits on coverage.
    pub coverage: Thresholds,
    /// Limits on costs.
    pub cost: Thresholds,
    /// Tools that must have reported.
    pub require_reports: Vec<String>,
    /// Tools whose report may be incomplete, with the last day (`YYYY-MM-DD`, UTC, inclusive).
    pub allow_incomplete: Vec<(String, String)>,
    /// Days from first seen to the day by which a finding of a severity has to be gone; worse ones first.
    pub sla: Vec<(Severity, u32)>,
    /// The components, in the order of the config.
    pub components: Vec<Component>,
    /// What waivers must be like.
    pub waiver_limits: Limits,
    /// VEX statements `not_affected` may give an impact statement in place of a justification.
    pub accept_impact_statements: bool,
    /// Days after which KEV and EPSS data is stale.
    pub max_data_age: u32,
    /// A valid bypass also lifts `incomplete`.
    pub bypass_incomplete: bool,
}

impl Policy {
    /// The rows of a preset and the built-in values of everything else.
    pub fn new(preset: Preset) -> Policy {
        Policy {
            preset,
            fail_on: preset.conditions(Row::Fail),
            warn_on: preset.conditions(Row::Warn),
            note_on: preset.conditions(Row::Note),
            issue_on: Conditions::none(),
            notify_on: None,
            exclude: Conditions::none(),
            unknown_severity: Severity::Medium,
            scanner_suppressions: ScannerSuppressions::default(),
            coverage: Thresholds::default(),
            cost: Thresholds::default(),
            require_reports: Vec::new(),
            allow_incomplete: Vec::new(),
            sla: Vec::new(),
            components: Vec::new(),
            waiver_limits: Limits::default(),
            accept_impact_statements: false,
            max_data_age: MAX_DATA_AGE,
            bypass_incomplete: false,
        }
    }

    /// The last day until which the report of this tool may be incomplete (`YYYY-MM-DD`), and whether it is not over on the
    /// day `today`. `None` where nobody allows it.
    pub fn may_be_incomplete(&self, tool: &str, today: &str) -> Option<(&str, bool)> {
        let named = self.allow_incomplete.iter();
        let until = named
            .filter(|(name, _)| name.eq_ignore_ascii_case(tool))
            .map(|(_, until)| until.as_str())
            .max()?;
        let days = Day::of_date(today).zip(Day::of_date(until));
        Some((until, days.is_some_and(|(today, until)| until >= today)))
    }

    /// A row as it is in force.
    pub fn row(&self, row: Row) -> &Conditions {
        match row {
            Row::Fail => &self.fail_on,
            Row::Warn => &self.warn_on,
            Row::Note => &self.note_on,
        }
    }

    /// A row beside the table; `None` where nobody gives it.
    pub fn beside(&self, row: Beside) -> Option<&Conditions> {
        match row {
            Beside::Issue => Some(&self.issue_on).filter(|terms| !terms.is_empty()),
            Beside::Notify => self.notify_on.as_ref(),
        }
    }

    /// Replaces a row.
    pub fn set_row(&mut self, row: Row, conditions: Conditions) {
        match row {
            Row::Fail => self.fail_on = conditions,
            Row::Warn => self.warn_on = conditions,
            Row::Note => self.note_on = conditions,
        }
    }

    /// Whether a term in force, of a row, of `exclude` or of a component, asks for what `lack` stands for.
    pub fn needs(&self, lack: Lack) -> bool {
        let terms = super::rules::in_force(self);
        terms.iter().any(|(_, term)| term.needs(lack))
    }

    /// What a severity counts as: itself, unless it is unknown.
    pub fn counts_as(&self, severity: Severity) -> Severity {
        match severity {
            Severity::Unknown => self.unknown_severity,
            known => known,
        }
    }

    /// The effective rules as text, one setting a line: what [`Policy::digest`] hashes. The preset's name is not part
    /// of it: the same rows are the same rules, however they came about.
    pub fn canonical(&self) -> String {
        let mut text = String::from("sarif-gate/policy/v1\n");
        let mut line = |name: &str, value: String| {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{name}: {value}");
        };
        for row in Row::ALL {
            line(row.word(), self.row(row).to_string());
        }
        line("exclude", self.exclude.to_string());
        line("unknown-severity", self.unknown_severity.word().to_owned());
        line(
            "scanner-suppressions",
            self.scanner_suppressions.word().to_owned(),
        );
        line("coverage", self.coverage.to_string());
        line("cost", self.cost.to_string());
        let mut required = self.require_reports.clone();
        required.sort();
        required.dedup();
        line("require-reports", format!("{required:?}"));
        let mut allowed = self.allow_incomplete.clone();
        allowed.sort();
        allowed.dedup();
        line("allow-incomplete", format!("{allowed:?}"));
        line("sla", format!("{:?}", self.sla));
        line("components", format!("{:?}", self.components));
        line("waiver-limits", format!("{:?}", self.waiver_limits));
        line(
            "accept-impact-statements",
            self.accept_impact_statements.to_string(),
        );
        line("max-data-age", self.max_data_age.to_string());
        line("bypass-incomplete", self.bypass_incomplete.to_string());
        text
    }

    /// SHA-256 of the rules in canonical spelling, severities that the config moves (tool, rule, new severity) included, in
    /// hexadecimal: two runs with one digest judge alike.
    pub fn digest(&self, severity_map: &[(String, String, Severity)]) -> String {
        let mut text = self.canonical();
        for (tool, rule, severity) in severity_map {
            // Writing to a String cannot fail. The lengths keep one field from running into the next.
            let _ = writeln!(
                text,
                "severity-map: {} {tool} {} {rule} {}",
                tool.len(),
                rule.len(),
                severity.word()
            );
        }
        Sha256::digest(text)
            .iter()
            .fold(String::new(), |mut hex, byte| {
                let _ = write!(hex, "{byte:02x}");
                hex
            })
    }
}

#[cfg(test)]
mod tests {
    use super::super::thresholds::Subject;
    use super::*;

    #[test]
    fn the_digest_follows_the_rules_and_nothing_else() {
        let base = Policy::new(Preset::Standard);
        assert_eq!(base.digest(&[]).len(), 64);
        assert!(base.digest(&[]).bytes().all(|b| b.is_ascii_hexdigit()));
        let same = [
            Policy {
                preset: Preset::Basic,
                ..base.clone()
            },
            Policy {
                fail_on: Conditions::parse("Secrets\nCRITICAL").unwrap(),
                ..base.clone()
            },
        ];
        for policy in same {
            assert_eq!(policy.digest(&[]), base.digest(&[]));
        }
        let other = [
            Policy::new(Preset::Strict),
            Policy {
                exclude: Conditions::parse("low").unwrap(),
                ..base.clone()
            },
            Policy {
                unknown_severity: Severity::High,
                ..base.clone()
            },
            Policy {
                scanner_suppressions: ScannerSuppressions::Ignore,
                ..base.clone()
            },
            Policy {
                coverage: Thresholds::parse(Subject::Coverage, "fail<75").unwrap(),
                ..base.clone()
            },
            Policy {
                cost: Thresholds::parse(Subject::Cost, "fail>75").unwrap(),
                ..base.clone()
            },
            Policy {
                require_reports: vec!["trivy".to_owned()],
                ..base.clone()
            },
            Policy {
                allow_incomplete: vec![("trivy".to_owned(), "2026-01-01".to_owned())],
                ..base.clone()
            },
        ];
        for policy in other {
            assert_ne!(
                policy.digest(&[]),
                base.digest(&[]),
                "{}",
                policy.canonical()
            );
        }
    }
}
