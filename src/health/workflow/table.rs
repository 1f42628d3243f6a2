//! What scanners look like in a workflow, as their makers document them.

/// One scanner: its id as `require-reports` names it, the actions that run it (`owner/repository`, with a folder where the
/// repository has others), and the calls of its program.
pub(super) struct Scanner {
    pub(super) tool: &'static str,
    pub(super) actions: &'static [&'static str],
    pub(super) calls: &'static [&'static str],
}

/// The known ones; of others the id counts as the name of the program.
pub(super) const SCANNERS: &[Scanner] = &[
    scanner("trivy", &["aquasecurity/trivy-action"], &["trivy"]),
    scanner("gitleaks", &["gitleaks/gitleaks-action"], &["gitleaks"]),
    scanner("grype", &["anchore/scan-action"], &["grype"]),
    scanner("codeql", &["github/codeql-action"], &["codeql"]),
    scanner("checkov", &["bridgecrewio/checkov-action"], &["checkov"]),
    scanner("snyk", &["snyk/actions"], &["snyk"]),
    scanner(
        "semgrep",
        &["semgrep/semgrep-action", "returntocorp/semgrep-action"],
        &["semgrep", "opengrep"],
    ),
    scanner("hadolint", &["hadolint/hadolint-action"], &["hadolint"]),
    scanner(
        "sonarqube",
        &["sonarsource"],
        &["sonar-scanner", "sonar", "sonar:sonar", "sonarqube"],
    ),
    scanner(
        "tfsec",
        &[
            "aquasecurity/tfsec-action",
            "aquasecurity/tfsec-sarif-action",
        ],
        &["tfsec"],
    ),
    scanner(
        "govulncheck",
        &["golang/govulncheck-action"],
        &["govulncheck"],
    ),
    scanner("scorecard", &["ossf/scorecard-action"], &["scorecard"]),
    scanner(
        "osv-scanner",
        &["google/osv-scanner-action"],
        &["osv-scanner"],
    ),
    scanner(
        "docker-scout",
        &["docker/scout-action"],
        &["docker scout", "docker-scout"],
    ),
    scanner("gosec", &["securego/gosec"], &["gosec"]),
    scanner("bandit", &["pycqa/bandit-action"], &["bandit"]),
    scanner("zizmor", &["zizmorcore/zizmor-action"], &["zizmor"]),
    scanner(
        "trufflehog",
        &["trufflesecurity/trufflehog"],
        &["trufflehog"],
    ),
    scanner("ggshield", &["gitguardian/ggshield"], &["ggshield"]),
    scanner(
        "dependency-check",
        &["dependency-check/dependency-check_action"],
        &[
            "dependency-check",
            "dependency-check.sh",
            "dependencycheckanalyze",
            "dependency-check-maven",
        ],
    ),
    scanner("kubescape", &["kubescape/github-action"], &["kubescape"]),
    scanner("infracost", &["infracost/actions"], &["infracost"]),
    scanner("cosign", &["sigstore/cosign-installer"], &["cosign"]),
    scanner(
        "npm-audit",
        &[],
        &["npm audit", "pnpm audit", "yarn audit", "yarn npm audit"],
    ),
    scanner(
        "cargo-audit",
        &[
            "rustsec/audit-check",
            "actions-rust-lang/audit",
            "actions-rs/audit-check",
        ],
        &["cargo audit", "cargo-audit"],
    ),
    scanner(
        "pip-audit",
        &["pypa/gh-action-pip-audit"],
        &["pip-audit", "pip_audit"],
    ),
    scanner("conftest", &[], &["conftest"]),
    scanner("opa", &[], &["opa"]),
    scanner("eslint", &[], &["eslint"]),
    scanner("ruff", &["astral-sh/ruff-action"], &["ruff"]),
    scanner("mypy", &[], &["mypy"]),
    scanner("falco", &["falcosecurity/falco-actions"], &["falco"]),
];

const fn scanner(
    tool: &'static str,
    actions: &'static [&'static str],
    calls: &'static [&'static str],
) -> Scanner {
    Scanner {
        tool,
        actions,
        calls,
    }
}

/// Programs and actions behind which a scanner may stand that the file does not show.
pub(super) const OPAQUE: &[&str] = &[
    "make",
    "just",
    "task",
    "tox",
    "nox",
    "pre-commit",
    "mage",
    "bazel",
    "gradle",
    "gradlew",
    "mvn",
    "mvnw",
    "npm run",
    "pnpm run",
    "yarn run",
    "yarn",
    "cargo make",
    "cargo xtask",
    "docker compose",
    "gh run download",
];

/// Actions that bring reports from other runs, or run whatever they are told.
pub(super) const OPAQUE_ACTIONS: &[&str] = &[
    "actions/download-artifact",
    "dawidd6/action-download-artifact",
    "oxsecurity/megalinter",
    "super-linter/super-linter",
    "github/super-linter",
    "trunk-io/trunk-action",
    "pre-commit/action",
    "reviewdog",
    "docker/build-push-action",
];
