//! How documents are written: JSON as a stream, JSON Lines, XML, plain lines, YAML. The whole document is held to its grammar, to
//! UTF-8, to a depth and to size limits, whether somebody wants the part or not. A [`Sketch`] of a document's start says
//! what it looks like, and [`Mark`]s say what a reader asks of that.
//!
//! Must not know: scanners, formats, settings.
#![deny(clippy::disallowed_methods)]

mod encoding;
mod error;
mod json;
mod lenient;
mod lines;
mod mark;
mod sketch;
pub mod words;
mod xml;
pub mod yaml;

pub use encoding::Utf8;
pub use error::ReadError;
pub use json::{Json, Peek};
pub use lenient::{Loose, OrNothing, Raw, decimal, each, line_number, text_of};
pub use lines::{JsonLine, JsonLines};
pub use mark::{Mark, Shape};
pub use sketch::Sketch;
pub use xml::{Element, Xml};

/// Deepest nesting that is read. Real reports stay under 30 levels; serde_json stops at 128 as well.
pub const MAX_DEPTH: usize = 128;

/// Largest single element that is held at once, in bytes. The largest real one seen is a few hundred kB.
pub const MAX_ELEMENT_BYTES: usize = 64 << 20;

/// Largest document that is read, in bytes.
pub const MAX_DOCUMENT_BYTES: u64 = 4 << 30;

/// Largest document in XML or plain lines, in bytes: these are held whole. Coverage of a million lines takes about 60 MB.
pub const MAX_WHOLE_BYTES: usize = 256 << 20;
