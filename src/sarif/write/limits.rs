//! What GitHub's code scanning takes and keeps of a log. Source of the numbers: GitHub documentation, "SARIF support for
//! code scanning" and "Troubleshooting SARIF uploads" (file too large, results exceed limit).

/// Runs in one file; more are refused.
pub(super) const RUNS: usize = 20;
/// Bytes of one file when packed by gzip; larger ones are refused ("file too large": 10 MB). The smaller of the two things
/// that a megabyte may be. `github::limits` has the same number for whoever sends the file.
pub(super) const PACKED: u64 = 10_000_000;
/// Results in one run; more are refused.
pub(super) const RESULTS: usize = 25_000;
/// Results of one run that are shown, the worst by their severity ("results exceed limit").
pub(super) const SHOWN: usize = 5_000;
/// Rules in one run; more are refused.
pub(super) const RULES: usize = 25_000;
/// Locations of one result that are kept; over 1,000 the file is refused.
pub(super) const LOCATIONS: usize = 100;
/// Thread flow locations of one result that are kept; over 10,000 the file is refused.
pub(super) const STEPS: usize = 1_000;
/// Tags of one rule that are kept; over 20 the file is refused.
pub(super) const TAGS: usize = 10;
/// Characters of the short and the full description of a rule.
pub(super) const DESCRIPTION: usize = 1_024;
/// Characters of the name of a rule.
pub(super) const NAME: usize = 255;

/// Files of one upload. Ours: each is a request, of which GitHub takes 1,000 an hour for all repositories of an installation
/// (REST API, "Upload an analysis as SARIF data").
pub(super) const PARTS: usize = 10;
/// Characters of one message. Ours: a log of megabytes of text in one message helps nobody.
pub(super) const MESSAGE: usize = 16_000;
/// Characters of a rule's help. Ours, as above.
pub(super) const HELP: usize = 64_000;
