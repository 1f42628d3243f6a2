//! What scanners look like in a workflow.

/// The gate's action in its own repository.
pub(super) const ROOT_ACTION: &str = "./";

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
const OPAQUE: &[&str] = &[
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
const OPAQUE_ACTIONS: &[&str] = &[
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

use super::parts::{Job, Step, gives_verdict};
use super::shell::{Command, name};

/// Whether `uses` is the action `known`, or one in a folder of it.
fn is_action(uses: &str, known: &str) -> bool {
    let path = uses.split('@').next().unwrap_or_default().trim();
    // GitHub does not look at the case of owners and repositories.
    let path = path.to_ascii_lowercase();
    path.strip_prefix(known)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The scanner whose action or image this is.
pub(super) fn by_action(uses: &str) -> Option<&'static Scanner> {
    let image = uses.strip_prefix("docker://").map(name);
    SCANNERS.iter().find(|scanner| {
        scanner.actions.iter().any(|known| is_action(uses, known))
            || image
                .as_deref()
                .is_some_and(|image| scanner.calls.contains(&image))
    })
}

/// Whether a command runs the scanner.
fn is_called(command: &Command, calls: &[&str]) -> bool {
    !command.only_fetches()
        && !gives_verdict(command)
        && calls.iter().any(|call| command.calls(call).is_some())
}

/// Whether the step runs any scanner that is known.
pub(super) fn scans(step: &Step<'_>) -> bool {
    let by_action = step.uses.is_some_and(|(_, uses)| by_action(uses).is_some());
    let called = |command: &Command| SCANNERS.iter().any(|known| is_called(command, known.calls));
    by_action || step.commands.iter().any(called)
}

/// Whether one of the jobs looks as if it ran this tool.
pub(super) fn runs(jobs: &[Job<'_>], tool: &str) -> bool {
    let tool = tool.trim().to_ascii_lowercase();
    let known = SCANNERS.iter().find(|scanner| scanner.tool == tool);
    let action = |uses: &str| match known {
        Some(known) => by_action(uses).is_some_and(|found| found.tool == known.tool),
        // Of an action that nobody knows, its name has to do.
        None => uses.to_ascii_lowercase().contains(&tool),
    };
    let own = [tool.as_str()];
    let calls = known.map_or(&own[..], |known| known.calls);
    jobs.iter().any(|job| {
        job.uses().is_some_and(|(_, uses)| action(uses))
            || job.steps.iter().any(|step| {
                step.uses.is_some_and(|(_, uses)| action(uses))
                    || step
                        .commands
                        .iter()
                        .any(|command| is_called(command, calls))
            })
    })
}

/// Whether something in the file may run scanners without showing which: called workflows, local actions, scripts,
/// reports of other runs.
pub(super) fn hides_something(jobs: &[Job<'_>]) -> bool {
    let action = |uses: &str| {
        (uses.starts_with("./") && uses != ROOT_ACTION)
            || OPAQUE_ACTIONS.iter().any(|known| is_action(uses, known))
    };
    let command = |command: &Command| {
        let script = |word: &String| {
            word.starts_with("./")
                || [".sh", ".py", ".ps1", ".js"]
                    .iter()
                    .any(|end| word.ends_with(end))
        };
        OPAQUE.iter().any(|call| command.calls(call).is_some()) || command.words.iter().any(script)
    };
    jobs.iter().any(|job| {
        job.uses()
            .is_some_and(|(_, uses)| by_action(uses).is_none())
            || job.steps.iter().any(|step| {
                step.uses.is_some_and(|(_, uses)| action(uses)) || step.commands.iter().any(command)
            })
    })
}

/// Whether `uses` names one commit or one image for ever: 40 or 64 hexadecimal digits, or a digest. What lies in the same
/// repository is of the same commit.
pub(super) fn is_pinned(uses: &str) -> bool {
    if uses.starts_with("./") || uses.starts_with("../") {
        return true;
    }
    let digits = |text: &str, counts: &[usize]| {
        counts.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    match uses.rsplit_once('@') {
        Some((_, reference)) => match reference.strip_prefix("sha256:") {
            Some(digest) => digits(digest, &[64]),
            None => digits(reference, &[40, 64]),
        },
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_are_known_whatever_their_case_and_folder() {
        for (uses, tool) in [
            ("aquasecurity/trivy-action@0.33.1", Some("trivy")),
            ("GitHub/CodeQL-Action/analyze@v3", Some("codeql")),
            (
                "google/osv-scanner-action/.github/workflows/x.yml@v2",
                Some("osv-scanner"),
            ),
            ("SonarSource/sonarqube-scan-action@v6", Some("sonarqube")),
            ("docker://aquasec/trivy:0.60", Some("trivy")),
            ("aquasecurity/trivy-action-fork@v1", None),
            ("actions/checkout@v5", None),
            ("", None),
        ] {
            assert_eq!(by_action(uses).map(|found| found.tool), tool, "{uses}");
        }
    }

    #[test]
    fn only_commits_and_digests_are_pins() {
        let sha = "8e8c483db84b4bee98b60c0593521ed34d9990e8";
        let long = format!("{sha}{}", &sha[..24]);
        for (uses, pinned) in [
            (format!("a/b@{sha}"), true),
            (format!("a/b@{}", &sha[..39]), false),
            (format!("a/b@{}z", &sha[..39]), false),
            ("a/b@v1".into(), false),
            ("a/b".into(), false),
            ("./".into(), true),
            (format!("docker://a/b@sha256:{long}"), true),
            ("docker://a/b:1".into(), false),
            (format!("docker://a/b@sha256:{sha}"), false),
        ] {
            assert_eq!(is_pinned(&uses), pinned, "{uses}");
        }
    }

    #[test]
    fn the_table_has_each_tool_once_in_lower_case() {
        let mut tools: Vec<&str> = SCANNERS.iter().map(|scanner| scanner.tool).collect();
        tools.sort_unstable();
        tools.dedup();
        assert_eq!(tools.len(), SCANNERS.len());
        for scanner in SCANNERS {
            let words = scanner.actions.iter().chain(scanner.calls);
            for word in words.chain([&scanner.tool]) {
                assert_eq!(*word, word.to_ascii_lowercase());
            }
        }
    }
}
