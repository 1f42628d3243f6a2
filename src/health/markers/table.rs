//! Comments and annotations by which a line takes itself out of a scan, as the scanners document them.

/// How a marker is recognised. Case never matters: what a scanner would not accept is odd enough to be looked at.
pub(super) enum Shape {
    /// The text, wherever it stands.
    Text,
    /// The text as a word of its own.
    Word,
    /// As a word, right behind the sign of a comment (`# nosec`, `//nolint`).
    Comment,
    /// The text as a word, and what is behind it in the line passes this test.
    When(fn(&str) -> bool),
    /// The same, right behind the sign of a comment, or behind `ruff:` or `flake8:` in one.
    CommentWhen(fn(&str) -> bool),
}

/// One marker.
pub(super) struct Marker {
    /// Its name in messages and identities.
    pub(super) name: &'static str,
    /// Whose it is.
    pub(super) tool: &'static str,
    /// The text, in lower case.
    pub(super) text: &'static str,
    pub(super) shape: Shape,
}

/// All markers that are known.
pub(super) const MARKERS: &[Marker] = &[
    marker("nosec", "Bandit and gosec", "nosec", Shape::Comment),
    marker("gosec:disable", "gosec", "gosec:disable", Shape::Text),
    marker("nosemgrep", "Semgrep", "nosemgrep", Shape::Word),
    marker("nosem", "Semgrep", "nosem", Shape::Comment),
    marker("checkov:skip", "Checkov", "checkov:skip=", Shape::Text),
    marker(
        "bridgecrew:skip",
        "Checkov",
        "bridgecrew:skip=",
        Shape::Text,
    ),
    marker("cortex:skip", "Checkov", "cortex:skip=", Shape::Text),
    marker("checkov.io/skip", "Checkov", "checkov.io/skip", Shape::Text),
    marker("gitleaks:allow", "Gitleaks", "gitleaks:allow", Shape::Text),
    marker(
        "trufflehog:ignore",
        "TruffleHog",
        "trufflehog:ignore",
        Shape::Text,
    ),
    marker(
        "tfsec:ignore",
        "tfsec and Trivy",
        "tfsec:ignore:",
        Shape::Text,
    ),
    marker("trivy:ignore", "Trivy", "trivy:ignore:", Shape::Text),
    marker(
        "hadolint ignore",
        "Hadolint",
        "hadolint",
        Shape::When(hadolint),
    ),
    marker("noqa", "Ruff and flake8", "noqa", Shape::CommentWhen(noqa)),
    marker(
        "eslint-disable",
        "ESLint",
        "eslint-disable",
        Shape::CommentWhen(eslint),
    ),
    marker("NOSONAR", "SonarQube", "nosonar", Shape::Word),
    marker("ggignore", "ggshield", "ggignore", Shape::Word),
    marker(
        "pragma: allowlist",
        "detect-secrets and ggshield",
        "pragma",
        Shape::When(pragma),
    ),
    marker("snyk:ignore", "Snyk", "snyk:ignore", Shape::Text),
    marker(
        "deepcode ignore",
        "Snyk Code",
        "deepcode ignore",
        Shape::Text,
    ),
    marker("kics-scan", "KICS", "kics-scan", Shape::When(kics)),
    marker("codeql[", "CodeQL", "codeql[", Shape::Text),
    marker("lgtm[", "CodeQL", "lgtm[", Shape::Text),
    marker(
        "kubescape.io/ignore",
        "Kubescape",
        "kubescape.io/ignore",
        Shape::Text,
    ),
    marker("skipcq", "DeepSource", "skipcq", Shape::Comment),
    marker("ts:skip", "Terrascan", "ts:skip=", Shape::Text),
    marker(
        "nolint",
        "golangci-lint",
        "nolint",
        Shape::CommentWhen(nolint),
    ),
    marker(
        "rubocop:disable",
        "RuboCop",
        "rubocop:disable",
        Shape::When(rubocop),
    ),
    marker("zizmor: ignore", "zizmor", "zizmor: ignore[", Shape::Text),
    marker(
        "kube-linter ignore",
        "KubeLinter",
        "ignore-check.kube-linter.io",
        Shape::Text,
    ),
    marker("cfn_nag", "cfn_nag", "rules_to_suppress", Shape::Word),
    marker("devskim: ignore", "DevSkim", "devskim: ignore", Shape::Text),
    marker("bearer:disable", "Bearer", "bearer:disable", Shape::Text),
    marker("nohorus", "Horusec", "nohorus", Shape::Word),
];

const fn marker(
    name: &'static str,
    tool: &'static str,
    text: &'static str,
    shape: Shape,
) -> Marker {
    Marker {
        name,
        tool,
        text,
        shape,
    }
}

/// `hadolint ignore=DL3006`, `hadolint global ignore=…`.
fn hadolint(rest: &str) -> bool {
    let rest = rest.trim_start();
    let rest = rest.strip_prefix("global").unwrap_or(rest);
    rest.trim_start().starts_with("ignore")
}

/// `kics-scan ignore-line`, `kics-scan disable=…`.
fn kics(rest: &str) -> bool {
    let rest = rest.trim_start();
    rest.starts_with("ignore") || rest.starts_with("disable")
}

/// `pragma: allowlist secret`, `pragma: whitelist nextline secret`.
fn pragma(rest: &str) -> bool {
    let rest = rest.trim_start().trim_start_matches(':').trim_start();
    ["allowlist", "whitelist"]
        .iter()
        .any(|word| rest.starts_with(word))
        && rest.contains("secret")
}

/// `noqa` of everything, or with a code of flake8-bandit (`S…`) or dlint (`DUO…`).
fn noqa(rest: &str) -> bool {
    let Some(codes) = rest.trim_start().strip_prefix(':') else {
        return true;
    };
    codes
        .split([',', ' ', '\t'])
        .filter(|code| !code.is_empty())
        .map(|code| code.trim_end_matches(|c: char| c.is_ascii_digit()))
        .any(|family| matches!(family, "s" | "duo"))
}

/// Rules of ESLint, or parts of their names, that are about security.
const ESLINT_SECURITY: &[&str] = &[
    "security/",
    "no-eval",
    "no-implied-eval",
    "no-new-func",
    "no-script-url",
    "no-unsanitized",
    "no-secrets",
    "sonarjs/",
    "xss",
    "no-danger",
    "no-target-blank",
    "detect-",
    "microsoft-sdl",
    "no-buffer-constructor",
];

/// `eslint-disable`, `eslint-disable-line` or `eslint-disable-next-line` of everything, or of a rule about security.
fn eslint(rest: &str) -> bool {
    let rest = rest.strip_prefix("-next-line").unwrap_or(rest);
    let rest = rest.strip_prefix("-line").unwrap_or(rest);
    let rest = rest.split("*/").next().unwrap_or_default();
    // What stands behind two dashes is a reason.
    let rules = rest.split("--").next().unwrap_or_default().trim();
    rules.is_empty() || ESLINT_SECURITY.iter().any(|rule| rules.contains(rule))
}

/// `nolint` of everything, or of gosec.
fn nolint(rest: &str) -> bool {
    match rest.strip_prefix(':') {
        None => true,
        Some(linters) => {
            let linters = linters.split([' ', '\t']).next().unwrap_or_default();
            let mut linters = linters.split(',');
            linters.any(|linter| matches!(linter, "gosec" | "all"))
        }
    }
}

/// `rubocop:disable Security/Eval`, or all.
fn rubocop(rest: &str) -> bool {
    rest.contains("security") || rest.trim_start().starts_with("all")
}
