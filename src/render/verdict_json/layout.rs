//! Where the line breaks of `verdict.json` go, and what a log must not see in it. Must not know what is written.

use std::io::{self, Write};

use serde_json::ser::Formatter;

/// Down to this depth every member stands on its own line; deeper values stay on one.
const BROKEN: usize = 2;

/// Breaks lines in the outer levels only.
#[derive(Default)]
pub(super) struct Lines {
    depth: usize,
    /// Something stands in the innermost open object or array.
    filled: bool,
}

impl Lines {
    fn open(&mut self) {
        self.depth = self.depth.saturating_add(1);
        self.filled = false;
    }

    fn close<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        let broken = self.filled && self.depth <= BROKEN;
        self.depth = self.depth.saturating_sub(1);
        self.filled = true;
        if broken {
            self.new_line(out)?;
        }
        Ok(())
    }

    fn item<W: ?Sized + Write>(&self, out: &mut W, first: bool) -> io::Result<()> {
        if !first {
            out.write_all(b",")?;
        }
        if self.depth <= BROKEN {
            self.new_line(out)
        } else if first {
            Ok(())
        } else {
            out.write_all(b" ")
        }
    }

    fn new_line<W: ?Sized + Write>(&self, out: &mut W) -> io::Result<()> {
        out.write_all(b"\n")?;
        (0..self.depth).try_for_each(|_| out.write_all(b"  "))
    }
}

impl Formatter for Lines {
    /// `##[` is a command for the runner anywhere in a line of the log, and the document may be printed there.
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        // Setting up the search for three characters costs more than looking for one.
        if memchr::memchr(b'#', fragment.as_bytes()).is_none() {
            return out.write_all(fragment.as_bytes());
        }
        let mut parts = fragment.split("##[");
        out.write_all(parts.next().unwrap_or("").as_bytes())?;
        parts.try_for_each(|part| {
            out.write_all(br"##\u005b")?;
            out.write_all(part.as_bytes())
        })
    }

    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.open();
        out.write_all(b"[")
    }

    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.close(out)?;
        out.write_all(b"]")
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.item(out, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.filled = true;
        Ok(())
    }

    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.open();
        out.write_all(b"{")
    }

    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.close(out)?;
        out.write_all(b"}")
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.item(out, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b": ")
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.filled = true;
        Ok(())
    }
}
