//! Which tool wrote a run, and what each is known for. The name is data from the file, not proof of anything.

use crate::model::Kind;

/// Tools whose SARIF needs knowledge of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    Trivy,
    Grype,
    Gitleaks,
    Ggshield,
    Checkov,
    Tfsec,
    Hadolint,
    Bandit,
    Other,
}

/// Longest tool id.
const LONGEST: usize = 60;

/// Driver names that begin with one of these words belong to one tool.
const FAMILIES: [(&str, &str); 12] = [
    ("codeql", "codeql"),
    ("semgrep", "semgrep"),
    ("snyk", "snyk"),
    ("bridgecrew", "checkov"),
    ("checkov", "checkov"),
    ("defsec", "tfsec"),
    ("tfsec", "tfsec"),
    ("trivy", "trivy"),
    ("grype", "grype"),
    ("gitleaks", "gitleaks"),
    ("ggshield", "ggshield"),
    ("eslint", "eslint"),
];

/// The id of the tool with this driver name: lower case, words joined by `-`; `unknown` when there is none.
pub(super) fn id(name: &str) -> String {
    let lower = name.trim().to_lowercase();
    let words = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    let slug: String = words.collect::<Vec<&str>>().join("-");
    let slug: String = slug.chars().take(LONGEST).collect();
    let first = lower.split([' ', '-', '_', '/']).next().unwrap_or_default();
    let family = FAMILIES.iter().find(|(begin, _)| {
        // `SnykCode` is one of Snyk's, `trivy-operator` is not Trivy's SARIF but the same tool.
        first == *begin || (*begin == "snyk" && first.starts_with(begin))
    });
    match family {
        Some((_, id)) => (*id).to_owned(),
        None if slug.is_empty() => "unknown".to_owned(),
        None => slug,
    }
}

impl Known {
    /// By tool id.
    pub(super) fn of(id: &str) -> Known {
        match id {
            "trivy" => Known::Trivy,
            "grype" => Known::Grype,
            "gitleaks" => Known::Gitleaks,
            "ggshield" => Known::Ggshield,
            "checkov" => Known::Checkov,
            "tfsec" => Known::Tfsec,
            "hadolint" => Known::Hadolint,
            "bandit" => Known::Bandit,
            _ => Known::Other,
        }
    }

    /// The kind of a finding with this rule id and these tags, of the rule and of the result.
    pub(super) fn kind<'t>(
        self,
        rule: &str,
        mut tags: impl Iterator<Item = &'t str> + Clone,
    ) -> Kind {
        match self {
            Known::Gitleaks | Known::Ggshield => return Kind::Secret,
            Known::Grype => return Kind::Vulnerability,
            Known::Checkov | Known::Tfsec | Known::Hadolint => return Kind::Misconfiguration,
            Known::Trivy => {
                let told = tags.clone().find_map(|tag| match tag {
                    "vulnerability" => Some(Kind::Vulnerability),
                    "misconfiguration" => Some(Kind::Misconfiguration),
                    "secret" => Some(Kind::Secret),
                    "license" => Some(Kind::License),
                    _ => None,
                });
                if let Some(kind) = told {
                    return kind;
                }
            }
            Known::Bandit | Known::Other => {}
        }
        let advisory = |begin: &str| {
            rule.get(..begin.len())
                .is_some_and(|r| r.eq_ignore_ascii_case(begin))
        };
        if advisory("CVE-") || advisory("GHSA-") {
            Kind::Vulnerability
        } else if tags.any(|tag| tag.eq_ignore_ascii_case("secret")) {
            Kind::Secret
        } else {
            Kind::Code
        }
    }

    /// The id under which a finding of this tool goes: Grype writes `CVE-…-package`, Trivy of 2020 `[MEDIUM] CVE-…`.
    pub(super) fn rule_id(self, id: &str) -> &str {
        match self {
            Known::Grype => advisory(id).unwrap_or(id),
            Known::Trivy => match id.strip_prefix('[').and_then(|rest| rest.split_once("] ")) {
                Some((_, rest)) if !rest.is_empty() => rest,
                _ => id,
            },
            _ => id,
        }
    }
}

/// The advisory at the start of `CVE-2005-2541-tar` or `GHSA-xxxx-xxxx-xxxx-name`.
fn advisory(id: &str) -> Option<&str> {
    let parts = match id.split('-').next()? {
        "CVE" => 3,
        "GHSA" => 4,
        _ => return None,
    };
    let length = id
        .split('-')
        .take(parts)
        .map(|part| part.len().saturating_add(1))
        .fold(0usize, usize::saturating_add);
    id.get(..length.saturating_sub(1))
}

/// The value after `key: ` at the start of a line of a text, as Trivy and Grype write their messages and help.
pub(super) fn line_value<'t>(text: &'t str, key: &str) -> Option<&'t str> {
    text.lines()
        .find_map(|line| line.trim_start().strip_prefix(key)?.strip_prefix(':'))
        .map(str::trim)
}

/// Ecosystem of a Grype package type, in the words of package URLs.
pub(super) fn ecosystem(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "deb" => "deb",
        "rpm" => "rpm",
        "apk" => "apk",
        "alpm" => "alpm",
        "npm" => "npm",
        "python" => "pypi",
        "go-module" => "golang",
        "java-archive" | "jenkins-plugin" => "maven",
        "gem" => "gem",
        "rust-crate" => "cargo",
        "dotnet" => "nuget",
        "php-composer" => "composer",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn driver_names_become_ids() {
        for (name, expected) in [
            ("CodeQL command-line toolchain", "codeql"),
            ("Semgrep OSS", "semgrep"),
            ("SnykCode", "snyk"),
            ("Snyk Container", "snyk"),
            ("snyk-cli", "snyk"),
            ("Grype", "grype"),
            ("defsec", "tfsec"),
            ("LGTM.com", "lgtm-com"),
            ("  ", "unknown"),
            ("../../x", "x"),
            ("Security Code Scan", "security-code-scan"),
        ] {
            assert_eq!(id(name), expected, "{name}");
        }
    }

    #[test]
    fn rule_ids_lose_what_is_not_theirs() {
        for (tool, id, expected) in [
            (Known::Grype, "CVE-2005-2541-tar", "CVE-2005-2541"),
            (
                Known::Grype,
                "GHSA-74m5-2c7w-9w3x-star-lette",
                "GHSA-74m5-2c7w-9w3x",
            ),
            (Known::Grype, "CVE-1", "CVE-1"),
            (Known::Grype, "ALAS-1-2-x", "ALAS-1-2-x"),
            (Known::Trivy, "[MEDIUM] CVE-2019-1549", "CVE-2019-1549"),
            (Known::Other, "CVE-2005-2541-tar", "CVE-2005-2541-tar"),
        ] {
            assert_eq!(tool.rule_id(id), expected);
        }
    }

    #[test]
    fn kinds_follow_tool_rule_and_tags() {
        for (tool, rule, tags, kind) in [
            (Known::Gitleaks, "CVE-1", &[][..], Kind::Secret),
            (
                Known::Trivy,
                "x",
                &["misconfiguration", "HIGH"],
                Kind::Misconfiguration,
            ),
            (Known::Trivy, "CVE-2019-1", &[], Kind::Vulnerability),
            (Known::Other, "cve-2019-1", &["secret"], Kind::Vulnerability),
            (Known::Other, "x", &["Secret"], Kind::Secret),
            (Known::Bandit, "B101", &["security"], Kind::Code),
        ] {
            assert_eq!(tool.kind(rule, tags.iter().copied()), kind, "{rule}");
        }
    }
}
