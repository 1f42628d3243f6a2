//! `verdict.json`: the stable interface of a run. Its schema is `docs/verdict.schema.json`; a test holds the two
//! together.
//!
//! Streams borrowed views, so that a hundred thousand findings cost no second copy. Must not know: what the exit code
//! means, or anything of a secret but what the model kept.

mod finding;
mod layout;
mod record;
mod view;

pub(super) use view::{CountsView, counts};

use std::io::{self, BufWriter, Write};

use serde::Serialize as _;

use crate::model::Outcome;

/// The name and version of this shape. Keys may be added under it, never removed or given another meaning.
pub const SCHEMA: &str = "sarif-gate/verdict/v1";

/// Bytes that are collected before they are handed on.
const BUFFER: usize = 64 << 10;

/// Writes the whole document with a line break at its end: the outer members and each finding on a line of its own, so
/// that it can be read, searched and compared by lines.
///
/// # Errors
/// Those of `out`.
pub fn write(
    outcome: &Outcome,
    exit_code: u8,
    tool_version: &str,
    out: &mut dyn Write,
) -> io::Result<()> {
    let document = view::document(outcome, exit_code, tool_version);
    // A buffer of a known type: the many small pieces are copied in place, without a call for each.
    let mut out = BufWriter::with_capacity(BUFFER, out);
    let mut json = serde_json::Serializer::with_formatter(&mut out, layout::Lines::default());
    document.serialize(&mut json).map_err(io::Error::from)?;
    out.write_all(b"\n")?;
    out.flush()
}
