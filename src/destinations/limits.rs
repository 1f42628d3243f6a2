//! How long services that get notices may keep a run. Ours, not theirs.

/// All tries at telling one service. Slack takes one message a second and says how long to wait otherwise (Slack docs, "Rate
/// limits"); half a minute is what it asks for at most in our experience of its documents' examples.
pub(super) const NOTICE_S: u64 = 45;

/// The longest answer that is read: Slack says `ok`, and what other receivers say beyond that interests nobody.
pub(super) const ANSWER_BYTES: usize = 64 << 10;
