//! GitHub's limits, each under the fact that it comes from. They are facts about somebody else's system: change one
//! only with a source. Our own bounds stand at the end and say so; those of every request, whatever the service, are in
//! `http/limits.rs`.

pub use crate::http::limits::{ANSWER_BYTES, ERROR_TEXT_CHARS};

/// A step's annotations by workflow commands: the runner keeps the first ten errors, ten warnings and ten notices and
/// lets the rest be log text (actions/runner, `Runner.Worker/ExecutionContext.cs`, `_maxCountPerIssueType`).
pub const COMMAND_ANNOTATIONS_PER_LEVEL: usize = 10;

/// A workflow command's message is cut at this many characters, counted as .NET counts them: UTF-16 units
/// (actions/runner, `Runner.Worker/ExecutionContext.cs`, `_maxIssueMessageLength`).
pub const COMMAND_MESSAGE_UNITS: usize = 4_096;

/// Annotations in one request; one more is a 422 "No more than 50 items are allowed" (REST API, "Create a check run",
/// `output.annotations`).
pub const ANNOTATIONS_PER_REQUEST: usize = 50;

/// A check run's `output.summary`. The description says 65,535 characters, the server counts bytes: "exceeds a maximum
/// bytesize of 65535" (github/docs issue 35252).
pub const CHECK_SUMMARY_BYTES: usize = 65_535;

/// An annotation's `title` (REST API, "Create a check run": 255 characters). Kept for the run's own title and for the
/// titles of workflow commands too, for which no limit is written down.
pub const ANNOTATION_TITLE_CHARS: usize = 255;

/// An annotation's `message`: 64 KB (REST API, "Create a check run"). A little less, because it is not written down
/// whether that is 64,000 or 65,536; the publishers that have run into it use 64,000.
pub const ANNOTATION_MESSAGE_BYTES: usize = 64_000;

/// A comment's body in bytes. The server says "Body is too long (maximum is 65536 characters)"; what it counts differs by
/// version (262,144 bytes of UTF-8 have been taken), so a body stays below that number in bytes, and then it does in characters
/// too (dead-claudia/github-limits; objectstack-ai/objectstack issue 18826).
pub const COMMENT_BYTES: usize = 65_535;

/// The same limit in characters, as the server words it. Every character has at least one byte.
pub const COMMENT_CHARS: usize = 65_536;
/// An issue's title ("Title is too long (maximum is 256 characters)").
pub const ISSUE_TITLE_CHARS: usize = 256;

/// An issue's body in bytes. GitHub says "Body is too long (maximum is 65536 characters)"; what it counts differs, and a change
/// over the limit is answered by 200 and not made (objectstack-ai/objectstack issue 18793). Every character has at least one
/// byte, so fewer bytes than that are fewer characters too.
pub const ISSUE_BODY_BYTES: usize = 65_535;

/// A step summary over 1,048,576 bytes is dropped whole (actions/runner, `Runner.Worker/FileCommandManager.cs`,
/// `CreateStepSummaryCommand`), and one just below it may be dropped without a word once secrets are masked, which
/// makes lines longer (actions/runner issue 4337). So we stop well before.
pub const STEP_SUMMARY_BYTES: u64 = 1_000_000;

/// The version of the API that we speak; supported at least until 2028-03-10 (GitHub docs, "API Versions"). octocrab
/// sends this header by itself; a test holds it to this value.
pub const API_VERSION: &str = "2022-11-28";

/// The first release of GitHub Enterprise Server whose REST API has versions (GitHub Enterprise Server 3.8 docs, REST API:
/// "After a site administrator upgrades your Enterprise Server instance to Enterprise Server 3.9 or later, the REST API will be
/// versioned").
pub const VERSIONED_SINCE: (u32, u32) = (3, 9);

/// Entries on one page of a list (REST API, `per_page`).
pub const PER_PAGE: usize = 100;

/// Media type of a file's or a blob's own bytes (REST API, "Get repository content" and "Get a blob", custom media types).
/// The answer's `content-type` repeats it; a folder or a submodule is answered as `application/json` all the same.
pub const RAW: &str = "application/vnd.github.raw+json";

/// Media type of a commit's hash and nothing else (REST API, "Get a commit", custom media types).
pub const COMMIT_HASH: &str = "application/vnd.github.sha";

/// Media type of an analysis as SARIF (REST API, "Get a code scanning analysis for a repository").
pub const SARIF: &str = "application/sarif+json";

/// A SARIF file in one upload when packed by gzip: 10 MB (GitHub docs, "Troubleshooting SARIF uploads", file too large), taken
/// as the smaller of the two things that a megabyte may be. `sarif/write/limits.rs` has the same number for who writes it.
pub const SARIF_BYTES: usize = 10_000_000;

/// Seconds until the first question what became of an upload; doubled each time (github/codeql-action, `src/upload-lib.ts`:
/// 5 s).
pub const SARIF_FIRST_WAIT_S: u64 = 5;

// Ours, not GitHub's.

/// Seconds for all those questions together. github/codeql-action asks for 155 s; a job need not stand still for so long.
pub const SARIF_WAIT_S: u64 = 45;

/// How often it is looked whether an upload of unknown end came through: at once, after [`SARIF_FIRST_WAIT_S`], and after
/// twice that.
pub const SARIF_LOOKS: usize = 3;

/// Seconds for the question which release a GitHub Enterprise Server is: nothing depends on it but a line of the log.
pub const META_WAIT_S: u64 = 5;

/// Bytes of a release as a server says it (`3.17.2`); what is longer is none.
pub const VERSION_CHARS: usize = 20;

/// Errors of uploads that are repeated; the others are counted.
pub const SARIF_ERRORS: usize = 3;

/// Pages of alerts that are looked through, of each list.
pub const ALERT_PAGES: usize = 10;

/// Tools whose open alerts are looked through, a list each.
pub const ALERT_TOOLS: usize = 10;

/// Alerts that one run dismisses or reopens. They are a second apart, and people can be told by mail of each.
pub const ALERT_WRITES: usize = 40;

/// A path longer than Linux can open (`PATH_MAX`) is no file that an annotation could stand at.
pub const PATH_BYTES: usize = 4_096;

/// Lines and columns are sent at most this large: what stores them is not said to take more than 31 bits.
pub const POSITION: u32 = 0x7fff_ffff;

/// Pages of annotations that are read of a check run that is used again. A run adds 1,000 at most, so these are those of three
/// attempts.
pub const ANNOTATION_PAGES: usize = 30;

/// Opening the check run, with all that is asked for it: a server that hangs must not keep the judgement waiting.
pub const OPENING_S: u64 = 15;

/// Ending a check run after a signal. The runner sends SIGINT, 7.5 s later SIGTERM, and kills 2.5 s after that
/// (actions/runner, `Runner.Sdk/ProcessInvoker.cs`); the step should be over long before.
pub const CANCELLING_MS: u64 = 1_700;

/// How long a signal waits for a check run that is just being opened, as part of [`CANCELLING_MS`].
pub const CANCELLING_WAIT_MS: u64 = 600;

/// Ending a check run after an error of our own.
pub const GIVING_UP_S: u64 = 20;

/// Room that is kept in a check run's summary for what is said below it about annotations.
pub const CHECK_FOOT_BYTES: usize = 1_024;

/// A step summary in less room than this says nothing useful.
pub const STEP_SUMMARY_MIN_BYTES: u64 = 2_048;

/// Files of a pull request that GitHub lists at most ("List pull requests files": 3000 files). Beyond, the list is not whole.
pub const PULL_REQUEST_FILES: usize = 3_000;

/// Files of a comparison that GitHub lists at most ("Compare two commits": 300 files). Beyond, the list is not whole.
pub const COMPARED_FILES: usize = 300;

/// Longest added line whose text is kept for other parts of the gate, in bytes. Where one is longer the file's added text
/// counts as unknown.
pub const ADDED_LINE_BYTES: usize = 2_000;

/// Added lines whose text is kept, over all files of a change.
pub const ADDED_LINES: usize = 200_000;

/// The text of all of them together, in bytes.
pub const ADDED_TEXT_BYTES: usize = 32 << 20;

/// Pages of a pull request's timeline that are read. What is longer is not judged by a part of it.
pub const TIMELINE_PAGES: usize = 30;

/// Commits of a merge group that are looked up, a request each (1,000 an hour is all that a workflow's token has).
pub const GROUP_COMMITS: usize = 100;

/// How long before a bypass label its reason may be written, in minutes.
pub const REASON_BEFORE_LABEL_MIN: i64 = 10;

/// How much of the reason of a bypass is kept, in characters.
pub const REASON_CHARS: usize = 500;

/// How far a time of GitHub may lie in this machine's future, in minutes, before its clock counts as wrong.
pub const CLOCK_SKEW_MIN: i64 = 10;

/// Pages of a comparison's commits that are read; see [`GROUP_COMMITS`].
pub const GROUP_PAGES: usize = 2;
/// The largest file of any sort that is read from a repository: a baseline, a catalogue. The API gives up to 100 MB of a file
/// (GitHub docs, "Get repository content").
pub const REPOSITORY_FILE_BYTES: usize = 64 << 20;

/// The largest policy file that is read from a repository.
pub const POLICY_FILE_BYTES: usize = 1 << 20;

/// The largest artifact that is downloaded.
pub const ARCHIVE_BYTES: usize = 256 << 20;

/// The largest `results.sarif` that is taken out of an archive, counted while it is unpacked.
pub const UNPACKED_BYTES: usize = 512 << 20;

/// An archive with more files than this is no evidence; each costs memory before one byte is unpacked.
pub const ARCHIVE_ENTRIES: usize = 10_000;

/// Pages of artifacts that are looked through. Pull requests upload under the same name, so the newest of the branch may
/// stand far behind.
pub const ARTIFACT_PAGES: usize = 10;

/// Artifacts whose run is asked for.
pub const ARTIFACT_CANDIDATES: usize = 10;

/// Pages of analyses that are looked through.
pub const ANALYSIS_PAGES: usize = 5;

/// Analyses that are downloaded: one for each tool and category.
pub const ANALYSES: usize = 30;

/// The largest baseline that is kept in git, packed. GitHub's API takes about 40 MB in one request, and the content grows
/// by a third on its way.
pub const GIT_BASELINE_BYTES: usize = 24 << 20;

/// Pages of a pull request's comments that are looked through, 3,000 comments. Where ours is not among them, none is written:
/// it might be the second.
pub const COMMENT_PAGES: usize = 30;
/// Pages of issues of ours that are read, 3,000 issues. Where there are more, none is opened: there might be one already.
pub const ISSUE_PAGES: usize = 30;

/// Issues that one run opens. GitHub takes 80 new texts a minute and 500 an hour of everybody together (GitHub docs, "Rate
/// limits for the REST API", secondary limits), a workflow's token has 1,000 requests an hour, and writes are a second apart.
pub const ISSUES_OPENED: usize = 10;

/// Issues that one run changes, opens again or closes; see [`ISSUES_OPENED`].
pub const ISSUES_CHANGED: usize = 25;

/// Issues that may go wrong before a run leaves the others to the next one.
pub const ISSUE_PROBLEMS: usize = 3;
