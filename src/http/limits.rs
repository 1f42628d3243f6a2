//! The bounds of every request. What foreign systems ask for stands first, each under the fact that it comes from.

/// Writes to one server are to be at least a second apart (GitHub docs, "Best practices for using the REST API"; Slack docs,
/// "Rate limits": incoming webhooks, one message a second).
pub const BETWEEN_WRITES_MS: u64 = 1_000;

/// A rate limit that does not say when it ends is GitHub's secondary one: wait a minute at least, then longer (GitHub docs,
/// "Rate limits for the REST API", "Exceeding the rate limit").
pub const SECONDARY_LIMIT_WAIT_S: u64 = 60;

// Ours.

/// All requests of a phase together: a pull request must not wait longer for being told than for being judged.
pub const BUDGET_S: u64 = 120;

/// All requests of one destination together, within the budget: so that a server that hangs leaves time for the others.
pub const LAP_S: u64 = 50;

/// One request from its first byte to the end of the answer.
pub const REQUEST_TIMEOUT_S: u64 = 20;

/// Making a connection.
pub const CONNECT_TIMEOUT_S: u64 = 10;

/// How often one request is sent at most, where sending again is safe.
pub const TRIES: u32 = 4;

/// The longest answer that is read where nothing else is said; the answers that we need have some kilobytes.
pub const ANSWER_BYTES: usize = 8 << 20;

/// How much of a server's own error text is repeated, in characters.
pub const ERROR_TEXT_CHARS: usize = 300;

/// Members of a server's error text that are repeated, of each kind.
pub const ERROR_PARTS: usize = 3;

/// How much is repeated of the permissions that a server names, in characters.
pub const PERMISSIONS_CHARS: usize = 120;

/// Redirects that one GET follows, within the same server.
pub const REDIRECTS: usize = 3;

/// How many times as long as an ordinary request a download may take.
pub const DOWNLOAD_FACTOR: u32 = 3;

/// For each so many bytes of a body a request has the time of an ordinary one once more: an upload of 14 MB has 80 s, which
/// 175 kB/s keep.
pub const BODY_STEP_BYTES: usize = 4 << 20;

/// The time of an ordinary request this often at most, however large the body.
pub const BODY_FACTOR: u32 = 6;

/// A wait that a server asks for counts as this long at most, in seconds: no run lasts a day.
pub const LONGEST_WAIT_S: u64 = 86_400;
