//! Reading JSON as a stream: elements are framed in a bounded buffer and parsed one at a time, and the whole document
//! is held to the JSON grammar, to UTF-8, to a depth and to size limits, whether somebody wants the part or not.
//!
//! Must not know: scanners, formats, settings.
#![deny(clippy::disallowed_methods)]

mod encoding;
mod error;
mod lenient;
mod sketch;
mod stream;

pub use encoding::Utf8;
pub use error::ReadError;
pub use lenient::{OrNothing, decimal, line_number, text_of};
pub use sketch::Sketch;
pub use stream::{Json, Peek};

/// Deepest nesting that is read. Real reports stay under 30 levels; serde_json stops at 128 as well.
pub const MAX_DEPTH: usize = 128;

/// Largest single element that is held at once, in bytes. The largest real one seen is a few hundred kB.
pub const MAX_ELEMENT_BYTES: usize = 64 << 20;

/// Largest document that is read, in bytes.
pub const MAX_DOCUMENT_BYTES: u64 = 4 << 30;
