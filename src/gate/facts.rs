//! What the rules may know besides findings and reports: data only.

/// Facts of this run.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The run judges a change that is not merged yet: a pull request or a merge group.
    pub proposal: bool,
    /// Paths that the change touches, relative to the repository; `None` when nobody knows. Then every path counts as
    /// touched on a proposal, and none elsewhere, where there may be no change at all.
    pub changed_paths: Option<Vec<String>>,
    /// Today in UTC, `YYYY-MM-DD`.
    pub today: String,
}
