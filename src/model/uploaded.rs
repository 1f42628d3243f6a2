//! What is on disk for code scanning.

/// The logs for code scanning, and what stands in them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Uploads {
    /// The files, in their order. The first may be without runs.
    pub parts: Vec<UploadPart>,
    /// Where each result stands as GitHub will say it; empty where nobody asks.
    pub placed: Vec<Placed>,
    /// What is not in the files although it was reported, one sentence each. Names in them come from reports.
    pub notes: Vec<String>,
    /// The commit that is checked out, where it can be told: what the reports are about.
    pub checkout: Option<String>,
}

/// One file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UploadPart {
    /// Where it stands.
    pub path: String,
    /// Its runs, each an analysis.
    pub runs: Vec<UploadedRun>,
}

impl UploadPart {
    /// How many results it holds.
    pub fn results(&self) -> usize {
        self.runs.iter().map(|run| run.results).sum()
    }
}

/// One run of such a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadedRun {
    /// Name of the tool as the file says it.
    pub tool: String,
    /// The category that GitHub makes of the run's id.
    pub category: String,
    /// Results in the run.
    pub results: usize,
}

/// Where a result stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Index of the finding.
    pub finding: usize,
    /// Index of the part.
    pub part: usize,
    /// Index of the run in it.
    pub run: usize,
    /// Id of the rule as the file says it.
    pub rule: String,
    /// Path of the file of its first location, not percent-encoded.
    pub path: String,
    /// First line there.
    pub line: u32,
}
