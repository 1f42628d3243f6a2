//! Files that tell a scanner what to leave out or how to look, as the scanners document them.

/// The files of one scanner.
struct Files {
    tool: &'static str,
    /// Names, whatever folder they are in.
    names: &'static [&'static str],
    /// Folders whose every file counts.
    folders: &'static [&'static str],
}

/// All files that are known, in lower case.
const FILES: &[Files] = &[
    files(
        "Trivy",
        &[
            ".trivyignore",
            ".trivyignore.yaml",
            ".trivyignore.yml",
            "trivy.yaml",
            "trivy.yml",
            "trivy-secret.yaml",
        ],
        &[],
    ),
    files(
        "Gitleaks",
        &[".gitleaksignore", ".gitleaks.toml", "gitleaks.toml"],
        &[],
    ),
    files(
        "Checkov",
        &[".checkov.yaml", ".checkov.yml", ".checkov.baseline"],
        &[],
    ),
    files("Bandit", &[".bandit", "bandit.yaml", "bandit.yml"], &[]),
    files(
        "Semgrep",
        &[
            ".semgrepignore",
            ".semgrep.yml",
            ".semgrep.yaml",
            "semgrep.yml",
            "semgrep.yaml",
        ],
        &[".semgrep"],
    ),
    files("Snyk", &[".snyk", ".dcignore"], &[]),
    files(
        "Hadolint",
        &[
            ".hadolint.yaml",
            ".hadolint.yml",
            "hadolint.yaml",
            "hadolint.yml",
        ],
        &[],
    ),
    files("ESLint", &[".eslintignore"], &[]),
    files(
        "tfsec",
        &["tfsec.yml", "tfsec.yaml", "tfsec.json"],
        &[".tfsec"],
    ),
    files(
        "OSV-Scanner",
        &["osv-scanner.toml", ".osv-scanner.toml"],
        &[],
    ),
    files(
        "Grype",
        &[".grype.yaml", ".grype.yml", "grype.yaml"],
        &[".grype"],
    ),
    files(
        "SonarQube",
        &["sonar-project.properties", ".sonarcloud.properties"],
        &[],
    ),
    files("ggshield", &[".gitguardian.yaml", ".gitguardian.yml"], &[]),
    files("detect-secrets", &[".secrets.baseline"], &[]),
    files(
        "Falco",
        &["falco.yaml", "falco_rules.yaml", "falco_rules.local.yaml"],
        &[".falco"],
    ),
    files(
        "KICS",
        &["kics.config", "kics.yaml", "kics.yml", ".kics.yaml"],
        &[],
    ),
    files("cargo-audit", &["audit.toml"], &[]),
    files(
        "OWASP Dependency-Check",
        &[
            "dependency-check-suppression.xml",
            "dependency-check-suppressions.xml",
            "dependencycheck-suppression.xml",
            "owasp-suppressions.xml",
        ],
        &[],
    ),
    files("Kubescape", &["kubescape-exceptions.json"], &[".kubescape"]),
    files(
        "zizmor",
        &["zizmor.yml", ".zizmor.yml", "zizmor.yaml", ".zizmor.yaml"],
        &[],
    ),
    files("Conftest", &["conftest.toml"], &[]),
    files(
        "npm audit",
        &[".nsprc", "audit-ci.json", "audit-ci.jsonc"],
        &[],
    ),
    files(
        "CodeQL",
        &["codeql-config.yml", "codeql-config.yaml"],
        &[".github/codeql"],
    ),
    files(
        "TruffleHog",
        &[".trufflehogignore", "trufflehog-exclude.txt"],
        &[],
    ),
    files("Terrascan", &["terrascan.toml", ".terrascan.toml"], &[]),
];

const fn files(
    tool: &'static str,
    names: &'static [&'static str],
    folders: &'static [&'static str],
) -> Files {
    Files {
        tool,
        names,
        folders,
    }
}

/// The scanner that a file of the repository configures.
pub(super) fn scanner_of(path: &str) -> Option<&'static str> {
    let path = path.replace('\\', "/").to_ascii_lowercase();
    let path = path.trim_start_matches("./");
    let name = path.rsplit('/').next().unwrap_or_default();
    let within = |folder: &&str| {
        let rest = path.strip_prefix(*folder);
        let at_root = rest.is_some_and(|rest| rest.starts_with('/'));
        at_root || path.contains(&format!("/{folder}/"))
    };
    FILES
        .iter()
        .find(|files| files.names.contains(&name) || files.folders.iter().any(within))
        .map(|files| files.tool)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_name_and_folder() {
        for (path, tool) in [
            (".trivyignore", Some("Trivy")),
            ("app/.TrivyIgnore", Some("Trivy")),
            ("./.tfsec/a/b.yml", Some("tfsec")),
            ("infra/.tfsec/b.yml", Some("tfsec")),
            (".github/codeql/x.yml", Some("CodeQL")),
            ("x.tfsec/b.yml", None),
            ("a/trivyignore", None),
            ("README.md", None),
            ("", None),
        ] {
            assert_eq!(scanner_of(path), tool, "{path}");
        }
        for files in FILES {
            for name in files.names.iter().chain(files.folders) {
                assert_eq!(*name, name.to_ascii_lowercase());
            }
        }
    }
}
