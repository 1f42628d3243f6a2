//! Slack's limits, each under the fact that it comes from. They are said in characters, and it is not said which: bytes of
//! UTF-8 are never fewer, so bytes are counted.

/// Text of a header block (Slack docs, "Header block": "Maximum length for the text in this field is 150 characters").
pub const HEADER_BYTES: usize = 150;

/// Text of a section block (Slack docs, "Section block" and "Text object": 1 to 3000 characters).
pub const SECTION_BYTES: usize = 3_000;

/// Blocks of a message (Slack docs, "Blocks": "up to 50 blocks in each message").
pub const BLOCKS: usize = 50;

/// Elements of a context block (Slack docs, "Context block": "Maximum number of items is 10"); each is a text object.
pub const CONTEXT_ELEMENTS: usize = 10;

/// All blocks together. Not in the docs: beyond about 13,200 characters a message is refused as `msg_blocks_too_long`, and
/// Slack's people speak of 12,000 characters of text with a buffer for the blocks around it (slackapi/bolt-js issue 2509);
/// others were refused at 11,341 (issue 2867). So the whole document stays well below.
pub const MESSAGE_BYTES: usize = 10_000;

/// The text beside the blocks, which notifications show (Slack docs, "Truncating really long messages": best below 4,000
/// characters). Ours is one line.
pub const FALLBACK_BYTES: usize = 300;
