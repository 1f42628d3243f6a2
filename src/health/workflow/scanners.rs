//! How steps of a workflow are known as scanners.

use super::parts::{Job, Step, gives_verdict};
use super::shell::{Command, name};
use super::table::{OPAQUE, OPAQUE_ACTIONS, SCANNERS, Scanner};

/// The gate's action in its own repository.
pub(super) const ROOT_ACTION: &str = "./";

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

/// The scanner that this action runs: not where it only carries reports.
fn run_by(uses: &str) -> Option<&'static Scanner> {
    by_action(uses).filter(|_| !uses.contains("/upload-sarif"))
}

/// Whether a command runs the scanner.
fn is_called(command: &Command, calls: &[&str]) -> bool {
    !command.only_fetches()
        && !gives_verdict(command)
        && calls.iter().any(|call| command.calls(call).is_some())
}

/// Whether the step runs any scanner that is known.
pub(super) fn scans(step: &Step<'_>) -> bool {
    let by_action = step.uses.is_some_and(|(_, uses)| run_by(uses).is_some());
    let called = |command: &Command| SCANNERS.iter().any(|known| is_called(command, known.calls));
    by_action || step.commands.iter().any(called)
}

/// Whether one of the jobs looks as if it ran this tool.
pub(super) fn runs(jobs: &[Job<'_>], tool: &str) -> bool {
    let tool = tool.trim().to_ascii_lowercase();
    let known = SCANNERS.iter().find(|scanner| scanner.tool == tool);
    let action = |uses: &str| match known {
        Some(known) => run_by(uses).is_some_and(|found| found.tool == known.tool),
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
