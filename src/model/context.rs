//! Where a run takes place, as plain data.

/// What a failing verdict does. It never changes the verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// The exit code and the check follow the verdict.
    #[default]
    Enforce,
    /// Exit 0 for `fail` and `incomplete`, the check is neutral.
    Warn,
    /// Exit 0, and nothing is told but evidence and summary.
    Observe,
}

impl Mode {
    /// The word of the input `mode`.
    pub fn word(self) -> &'static str {
        match self {
            Mode::Enforce => "enforce",
            Mode::Warn => "warn",
            Mode::Observe => "observe",
        }
    }
}

/// A setting as it is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// Name of the input or config key.
    pub name: String,
    /// Its value; for secrets `set` or `unset`.
    pub value: serde_json::Value,
    /// Where it comes from: `flag`, `input`, `config`, `preset`, `built-in`.
    pub origin: String,
}

/// The event, the repository and the place. On a laptop everything is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// Inside GitHub Actions (`GITHUB_ACTIONS` is `true`).
    pub actions: bool,
    /// Name of the event (`push`, `pull_request` …).
    pub event: String,
    /// `owner/name`.
    pub repository: Option<String>,
    /// Whether the repository is private or internal, where the event says so.
    pub private: Option<bool>,
    /// The place of secrets may be shown in a public repository too: the config says so.
    pub public_details: bool,
    /// The commit that was checked out (`GITHUB_SHA`): the one code scanning wants.
    pub sha: Option<String>,
    /// The commit that a check run belongs to: the head of the pull request, not the merge commit.
    pub head_sha: Option<String>,
    /// `GITHUB_REF`.
    pub git_ref: Option<String>,
    /// The branch that the change is going to.
    pub base_ref: Option<String>,
    /// The tip of that branch, as the event says it.
    pub base_sha: Option<String>,
    /// The commit that a pushed branch stood at before. `None` for a new branch and for every other event.
    pub before: Option<String>,
    /// The repository's default branch, where the event says it.
    pub default_branch: Option<String>,
    /// Number of the pull request.
    pub pull_request: Option<u64>,
    /// The pull request comes from another repository, so the token can only read.
    pub fork: bool,
    /// Judges a pull request from a trusted `workflow_run` job: the token can write, and the workspace holds nothing of the
    /// change.
    pub trusted_run: bool,
    /// Started by Dependabot: the token can only read unless `permissions:` says more.
    pub dependabot: bool,
    /// `GITHUB_API_URL` without a slash at its end.
    pub api_url: String,
    /// `GITHUB_SERVER_URL` without a slash at its end.
    pub server_url: String,
    /// `GITHUB_RUN_ID`.
    pub run_id: Option<String>,
    /// `GITHUB_RUN_ATTEMPT`.
    pub run_attempt: Option<String>,
    /// `GITHUB_WORKFLOW`.
    pub workflow: Option<String>,
    /// `GITHUB_WORKFLOW_REF`: `owner/repo/.github/workflows/x.yml@refs/…`.
    pub workflow_ref: Option<String>,
    /// `GITHUB_JOB`.
    pub job: Option<String>,
    /// The checkout: `GITHUB_WORKSPACE`, else the working directory.
    pub workspace: String,
    /// Where the same checkout stands outside this container: prefixes that scanners may have written.
    pub roots: Vec<String>,
    /// `GITHUB_OUTPUT`.
    pub output_file: Option<String>,
    /// `GITHUB_STEP_SUMMARY`.
    pub summary_file: Option<String>,
}

impl Context {
    /// Whether the run judges a change that is not merged yet. The name of the event decides, which the runner protects: a
    /// payload that lacks the pull request must not make a proposal a trusted run.
    pub fn is_proposal(&self) -> bool {
        self.pull_request.is_some()
            || self.event == "merge_group"
            || self.event.starts_with("pull_request")
    }

    /// Whether the token can only read, whatever `permissions:` say: a pull request from a fork judges itself.
    pub fn only_reads(&self) -> bool {
        self.fork && !self.trusted_run
    }

    /// Path of the workflow file in this repository; `None` for one of another repository.
    pub fn workflow_path(&self) -> Option<&str> {
        let (path, _) = self.workflow_ref.as_deref()?.split_once('@')?;
        let inside = path.strip_prefix(self.repository.as_deref()?)?;
        inside
            .strip_prefix('/')
            .filter(|path| path.starts_with(".github/workflows/") && !path.contains(".."))
    }

    /// The page of the workflow run, where there is one.
    pub fn run_url(&self) -> Option<String> {
        let (repository, run) = (self.repository.as_ref()?, self.run_id.as_ref()?);
        Some(format!(
            "{}/{repository}/actions/runs/{run}",
            self.server_url
        ))
    }
}
