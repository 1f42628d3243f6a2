//! What each tool can say: its words for severity and ours, and the kinds of its findings. The one home of every native
//! scale; `docs/severities.md` is made from it.

use super::{Kind, Severity};

/// The severities of one tool.
#[derive(Debug)]
pub struct Scale {
    /// Id of the tool.
    pub tool: &'static str,
    /// The kinds of findings that it may hold.
    pub kinds: &'static [Kind],
    /// Its words and ours, worst first. Words are compared trimmed and without regard to case.
    pub words: &'static [(&'static str, Severity)],
    /// What a finding without a word gets.
    pub silent: Severity,
    /// The levels of its SARIF logs, where they are these words in another coat; `None` where SARIF's own reading holds.
    pub sarif: Option<&'static [(&'static str, Severity)]>,
    /// What it says in its usual set-up, where that is less than all of the above; empty where all of it is usual.
    pub usual: &'static [(Kind, Severity)],
    /// What else there is to know, for the table.
    pub note: &'static str,
}

use Kind::{Code, License, Misconfiguration, Quality, Runtime, Secret, SupplyChain, Vulnerability};
use Severity::{Critical, High, Info, Low, Medium, Unknown};

impl Scale {
    /// The severity of one of the tool's words; `None` for a word that it does not have.
    pub fn of(&self, word: &str) -> Option<Severity> {
        find(self.words, word)
    }

    /// The severity of a level in the tool's SARIF, where the scale says more than SARIF does.
    pub fn of_sarif_level(&self, level: &str) -> Option<Severity> {
        find(self.sarif?, level)
    }

    /// What the tool says at worst in its usual set-up: the worst severity of each kind, and `Unknown` where it may leave
    /// it out.
    pub fn usual(&self) -> Vec<(Kind, Severity)> {
        if !self.usual.is_empty() {
            return self.usual.to_vec();
        }
        let words = self.words.iter().map(|(_, severity)| *severity);
        let worst = words.chain([self.silent]).max().unwrap_or(self.silent);
        let silent = (self.silent == Unknown || self.words.is_empty()).then_some(self.silent);
        let severities = [Some(worst), silent];
        let of = |kind: &Kind| {
            severities
                .into_iter()
                .flatten()
                .map(|severity| (*kind, severity))
                .collect::<Vec<_>>()
        };
        self.kinds.iter().flat_map(of).collect()
    }

    /// The scale of a tool.
    pub fn of_tool(tool: &str) -> Option<&'static Scale> {
        ALL.iter().copied().find(|scale| scale.tool == tool)
    }
}

fn find(words: &[(&str, Severity)], word: &str) -> Option<Severity> {
    let word = word.trim();
    let mut known = words.iter();
    known
        .find(|(known, _)| known.eq_ignore_ascii_case(word))
        .map(|(_, severity)| *severity)
}

/// A scale that is filled in below.
const BLANK: Scale = Scale {
    tool: "",
    kinds: &[],
    words: &[],
    silent: Unknown,
    sarif: None,
    usual: &[],
    note: "",
};

/// The four words that most scanners of packages and configurations share.
const FOUR: &[(&str, Severity)] = &[
    ("CRITICAL", Critical),
    ("HIGH", High),
    ("MEDIUM", Medium),
    ("LOW", Low),
];

/// The note of every format of coverage.
const COVERAGE: &str = "numbers, no findings; the input `coverage` judges them";

macro_rules! scales {
    ($($(#[$doc:meta])* $name:ident = $scale:expr;)*) => {
        $($(#[$doc])* pub const $name: Scale = $scale;)*
        /// Every scale, in the order of the table.
        pub const ALL: &[&Scale] = &[$(&$name),*];
    };
}

scales! {
    /// Trivy (`pkg/types/severity.go`).
    TRIVY = Scale {
        tool: "trivy",
        kinds: &[Vulnerability, Misconfiguration, Secret, License],
        words: &[("CRITICAL", Critical), ("HIGH", High), ("MEDIUM", Medium), ("LOW", Low), ("UNKNOWN", Unknown)],
        note: "in SARIF the word in the message of each result",
        ..BLANK
    };
    /// Gitleaks gives none.
    GITLEAKS = Scale {
        tool: "gitleaks",
        kinds: &[Secret],
        silent: High,
        note: "it gives none",
        ..BLANK
    };
    /// Grype (`grype/vulnerability/severity.go`).
    GRYPE = Scale {
        tool: "grype",
        kinds: &[Vulnerability],
        words: &[
            ("Critical", Critical), ("High", High), ("Medium", Medium), ("Low", Low), ("Negligible", Low),
            ("Unknown", Unknown),
        ],
        ..BLANK
    };
    /// Checkov.
    CHECKOV = Scale {
        tool: "checkov",
        kinds: &[Misconfiguration, Secret, Vulnerability, License],
        words: &[
            ("CRITICAL", Critical), ("HIGH", High), ("MEDIUM", Medium), ("LOW", Low), ("INFO", Info), ("NONE", Info),
        ],
        usual: &[(Misconfiguration, Unknown)],
        note: "null without a platform key, which is the usual case; a secret without one is high",
        ..BLANK
    };
    /// Bandit (`bandit/core/constants.py`); confidence is another matter.
    BANDIT = Scale {
        tool: "bandit",
        kinds: &[Code],
        words: &[("HIGH", High), ("MEDIUM", Medium), ("LOW", Low), ("UNDEFINED", Unknown)],
        ..BLANK
    };
    /// Semgrep (`semgrep_output_v1.atd`, `match_severity`).
    SEMGREP = Scale {
        tool: "semgrep",
        kinds: &[Code, Secret, Vulnerability],
        words: &[
            ("CRITICAL", Critical), ("ERROR", High), ("HIGH", High), ("WARNING", Medium), ("MEDIUM", Medium),
            ("INFO", Low), ("LOW", Low), ("INVENTORY", Info), ("EXPERIMENT", Info),
        ],
        usual: &[(Code, Critical)],
        note: "secrets and vulnerabilities only from its paid products",
        ..BLANK
    };
    /// ggshield gives a validity, no severity.
    GGSHIELD = Scale {
        tool: "ggshield",
        kinds: &[Secret, Misconfiguration, Vulnerability],
        words: &[("CRITICAL", Critical), ("HIGH", High), ("MEDIUM", Medium), ("LOW", Low)],
        silent: High,
        note: "a secret is high, and critical where GitGuardian found it to be valid; the words are those of its IaC and SCA scans",
        ..BLANK
    };
    /// Snyk.
    SNYK = Scale {
        tool: "snyk",
        kinds: &[Vulnerability, License, Misconfiguration],
        words: FOUR,
        note: "`severityWithCritical` before `severity`",
        ..BLANK
    };
    /// SonarQube: severities of issues, impacts of the new model, probabilities of hotspots.
    SONARQUBE = Scale {
        tool: "sonarqube",
        kinds: &[Code, Quality],
        words: &[
            ("BLOCKER", Critical), ("CRITICAL", High), ("HIGH", High), ("MAJOR", Medium), ("MEDIUM", Medium),
            ("MINOR", Low), ("LOW", Low), ("INFO", Info),
        ],
        note: "CRITICAL is one below BLOCKER; a security impact comes before the severity",
        ..BLANK
    };
    /// ESLint: 2 is error, 1 is warn.
    ESLINT = Scale {
        tool: "eslint",
        kinds: &[Code],
        words: &[("2", Medium), ("error", Medium), ("1", Low), ("warn", Low)],
        sarif: Some(&[("error", Medium), ("warning", Low), ("note", Info)]),
        note: "a linter's error is medium; `severity-map` moves it",
        ..BLANK
    };
    /// Hadolint.
    HADOLINT = Scale {
        tool: "hadolint",
        kinds: &[Misconfiguration],
        words: &[("error", Medium), ("warning", Low), ("info", Info), ("style", Info)],
        sarif: Some(&[("error", Medium), ("warning", Low), ("note", Info)]),
        note: "a linter's error is medium; `severity-map` moves it",
        ..BLANK
    };
    /// Ruff says `error` of everything, and nothing in older versions.
    RUFF = Scale {
        tool: "ruff",
        kinds: &[Code],
        words: &[("error", Medium), ("warning", Low)],
        silent: Medium,
        sarif: Some(&[("error", Medium), ("warning", Low), ("note", Info)]),
        ..BLANK
    };
    /// mypy.
    MYPY = Scale {
        tool: "mypy",
        kinds: &[Quality],
        words: &[("error", Medium), ("note", Info)],
        ..BLANK
    };
    /// OPA: what a `deny` or `violation` holds.
    OPA = Scale {
        tool: "opa",
        kinds: &[Misconfiguration, Quality],
        words: &[("critical", Critical), ("high", High), ("medium", Medium), ("low", Low)],
        silent: High,
        note: "an entry of `deny` or `violation` is high unless it carries one of these words as `severity`; one of `warn` is medium; a policy test that fails is high",
        ..BLANK
    };
    /// conftest: failures, warnings, and what a rule's `metadata.severity` says.
    CONFTEST = Scale {
        tool: "conftest",
        kinds: &[Misconfiguration],
        words: &[
            ("critical", Critical), ("failure", High), ("high", High), ("warning", Medium), ("medium", Medium),
            ("low", Low),
        ],
        silent: High,
        note: "a failure is high and a warning medium unless `metadata.severity` is one of these words",
        ..BLANK
    };
    /// tfsec; the words of before version 1 as well.
    TFSEC = Scale {
        tool: "tfsec",
        kinds: &[Misconfiguration],
        words: &[
            ("CRITICAL", Critical), ("HIGH", High), ("ERROR", High), ("MEDIUM", Medium), ("WARNING", Medium),
            ("LOW", Low), ("INFO", Low),
        ],
        ..BLANK
    };
    /// kubescape scores controls from 0 to 10 (its `apis.ControlSeverityToString`).
    KUBESCAPE = Scale {
        tool: "kubescape",
        kinds: &[Misconfiguration],
        words: &[
            ("scoreFactor 9 or more", Critical), ("scoreFactor 7 or more", High), ("scoreFactor 4 or more", Medium),
            ("scoreFactor above 0", Low),
        ],
        note: "a control without a score is unknown",
        ..BLANK
    };
    /// Falco's priorities, which are syslog's.
    FALCO = Scale {
        tool: "falco",
        kinds: &[Runtime],
        words: &[
            ("Emergency", Critical), ("Alert", Critical), ("Critical", Critical), ("Error", High), ("Warning", Medium),
            ("Notice", Low), ("Informational", Info), ("Debug", Info),
        ],
        ..BLANK
    };
    /// npm audit.
    NPM_AUDIT = Scale {
        tool: "npm-audit",
        kinds: &[Vulnerability],
        words: &[("critical", Critical), ("high", High), ("moderate", Medium), ("low", Low), ("info", Info)],
        ..BLANK
    };
    /// pip-audit says none.
    PIP_AUDIT = Scale {
        tool: "pip-audit",
        kinds: &[Vulnerability],
        note: "it gives none",
        ..BLANK
    };
    /// cargo-audit: the rating of the CVSS vector.
    CARGO_AUDIT = Scale {
        tool: "cargo-audit",
        kinds: &[Vulnerability, SupplyChain],
        words: FOUR,
        note: "the rating of the advisory's CVSS vector, without one it is unknown; warnings (unmaintained, yanked, unsound, notice) are low unless their vector says more",
        ..BLANK
    };
    /// osv-scanner: the rating of the group's highest CVSS score, else the words of the databases.
    OSV_SCANNER = Scale {
        tool: "osv-scanner",
        kinds: &[Vulnerability, License, Misconfiguration],
        words: &[
            ("CRITICAL", Critical), ("HIGH", High), ("MODERATE", Medium), ("MEDIUM", Medium), ("LOW", Low),
        ],
        note: "the rating of the group's highest CVSS score before the database's own word; a licence violation is medium; plugins number theirs from 2 (low) to 5 (critical)",
        ..BLANK
    };
    /// govulncheck says none; what is called counts more than what is only required.
    GOVULNCHECK = Scale {
        tool: "govulncheck",
        kinds: &[Vulnerability],
        words: &[("called", High), ("imported", Medium), ("required", Low)],
        sarif: Some(&[("error", High), ("warning", Medium), ("note", Low)]),
        note: "it gives none: the level at which the vulnerable code is reached, as in its SARIF; a scan of modules or packages alone says \"called\" of the deepest level that it can see",
        ..BLANK
    };
    /// OWASP dependency-check.
    DEPENDENCY_CHECK = Scale {
        tool: "dependency-check",
        kinds: &[Vulnerability],
        words: &[
            ("CRITICAL", Critical), ("HIGH", High), ("MEDIUM", Medium), ("MODERATE", Medium), ("LOW", Low),
            ("UNKNOWN", Unknown),
        ],
        ..BLANK
    };
    /// GitLab's security report schema, `severity`.
    GITLAB = Scale {
        tool: "gitlab",
        kinds: &[Vulnerability, Secret, Misconfiguration, Code, License],
        words: &[
            ("Critical", Critical), ("High", High), ("Medium", Medium), ("Low", Low), ("Info", Info),
            ("Unknown", Unknown), ("Undefined", Unknown),
        ],
        note: "a secret without a word is high",
        ..BLANK
    };
    /// Checkstyle's XML, which many tools write.
    CHECKSTYLE = Scale {
        tool: "checkstyle",
        kinds: &[Quality],
        words: &[("error", Medium), ("warning", Low), ("info", Info), ("ignore", Info)],
        silent: Medium,
        note: "a linter's error is medium; `severity-map` moves it",
        ..BLANK
    };
    /// JUnit's XML: a failed test and one that broke.
    JUNIT = Scale {
        tool: "junit",
        kinds: &[Quality],
        words: &[("failure", High), ("error", High)],
        note: "a test that did not pass is high",
        ..BLANK
    };
    /// Our own lines: the words of the gate language, and every other word that we know.
    FINDINGS = Scale {
        tool: "findings",
        kinds: &[Vulnerability, Secret, Misconfiguration, License, Code, SupplyChain, Runtime, Quality],
        words: &[
            ("critical", Critical), ("high", High), ("medium", Medium), ("low", Low), ("info", Info),
            ("unknown", Unknown),
        ],
        ..BLANK
    };
    /// The words that everybody knows ([`Severity::from_word`]), for tools without words of their own.
    COMMON = Scale {
        tool: "any other",
        kinds: &[Vulnerability, Secret, Misconfiguration, License, Code, SupplyChain, Runtime, Quality],
        words: &[
            ("critical", Critical), ("high", High), ("error", High), ("important", High), ("medium", Medium),
            ("moderate", Medium), ("warning", Medium), ("warn", Medium), ("low", Low), ("minor", Low),
            ("negligible", Low), ("note", Low), ("info", Info), ("informational", Info), ("none", Info),
            ("unknown", Unknown), ("undefined", Unknown),
        ],
        ..BLANK
    };
    /// SARIF of tools that are not in this table.
    SARIF = Scale {
        tool: "sarif",
        kinds: &[Vulnerability, Secret, Misconfiguration, License, Code, SupplyChain, Runtime, Quality],
        words: &[("error", High), ("warning", Medium), ("note", Low)],
        silent: Medium,
        note: "a valid `security-severity` comes first, rated as CVSS is; then the scale of the tool that wrote it; then the level",
        ..BLANK
    };
    /// CodeQL: the rating of `security-severity`.
    CODEQL = Scale {
        tool: "codeql",
        kinds: &[Code],
        words: &[("error", High), ("warning", Medium), ("recommendation", Low)],
        usual: &[(Code, Critical)],
        note: "`security-severity` first, then `problem.severity`",
        ..BLANK
    };
    /// coverage.py.
    COVERAGE_PY = Scale {
        tool: "coverage-py",
        kinds: &[Quality],
        note: COVERAGE,
        ..BLANK
    };
    /// Cobertura's XML, which many tools write.
    COBERTURA = Scale {
        tool: "cobertura",
        kinds: &[Quality],
        note: COVERAGE,
        ..BLANK
    };
    /// LCOV.
    LCOV = Scale {
        tool: "lcov",
        kinds: &[Quality],
        note: COVERAGE,
        ..BLANK
    };
    /// JaCoCo.
    JACOCO = Scale {
        tool: "jacoco",
        kinds: &[Quality],
        note: COVERAGE,
        ..BLANK
    };
    /// Infracost.
    INFRACOST = Scale {
        tool: "infracost",
        kinds: &[Quality],
        note: "numbers, no findings; the input `cost` judges them",
        ..BLANK
    };
    /// cosign: what it verified.
    COSIGN = Scale {
        tool: "cosign",
        kinds: &[SupplyChain],
        note: "signatures that were verified, no findings",
        ..BLANK
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scale_is_whole_and_in_order() {
        let mut seen = std::collections::BTreeSet::new();
        for scale in ALL {
            assert!(seen.insert(scale.tool), "{} twice", scale.tool);
            assert!(!scale.kinds.is_empty(), "{}", scale.tool);
            let order: Vec<Severity> = scale.words.iter().map(|(_, severity)| *severity).collect();
            assert!(
                order.is_sorted_by(|a, b| a >= b),
                "{}: {order:?}",
                scale.tool
            );
            assert!(!scale.usual().is_empty());
        }
    }

    #[test]
    fn words_are_found_in_any_case() {
        assert_eq!(GRYPE.of(" negligible "), Some(Low));
        assert_eq!(GRYPE.of("awful"), None);
        assert_eq!(SONARQUBE.of("CRITICAL"), Some(High));
        assert_eq!(
            Scale::of_tool("falco").and_then(|scale| scale.of("ALERT")),
            Some(Critical)
        );
        assert_eq!(ESLINT.of_sarif_level("error"), Some(Medium));
        assert_eq!(TRIVY.of_sarif_level("error"), None);
    }
}
