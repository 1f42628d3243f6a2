//! Which lines of a file a unified diff adds or alters: one file's hunks as GitHub gives them, and whole outputs of
//! `git diff`.
//!
//! Pure. A diff was written by whoever opened the pull request: what does not add up (a hunk that is shorter or longer than
//! its head says, lines that go backwards) is no diff, and then nobody knows the lines.

mod whole;

use super::limits::{ADDED_LINE_BYTES, ADDED_LINES, ADDED_TEXT_BYTES};
pub use whole::{FileDiff, of_git};

/// What one file's hunks say of its new side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Patch {
    /// Lines that are added or altered, first and last, from 1, in order, neighbours joined.
    pub ranges: Vec<(u32, u32)>,
    /// The same lines with their text, without the line end; `None` when not all of them could be kept.
    pub added: Option<Vec<(u32, String)>>,
    /// Lines that are added.
    pub additions: u64,
    /// Lines that are taken out.
    pub deletions: u64,
}

/// How much text of added lines may still be kept, over all files of a change.
#[derive(Clone, Debug)]
pub struct Room {
    lines: usize,
    bytes: usize,
}

impl Default for Room {
    fn default() -> Room {
        Room {
            lines: ADDED_LINES,
            bytes: ADDED_TEXT_BYTES,
        }
    }
}

impl Room {
    /// Keeps one line where there is room for it. A line is kept whole or not at all: what a cut takes away could be just
    /// what somebody looks for.
    fn keep(&mut self, line: &[u8]) -> Option<String> {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.len() > ADDED_LINE_BYTES {
            return None;
        }
        self.lines = self.lines.checked_sub(1)?;
        self.bytes = self.bytes.checked_sub(line.len())?;
        Some(String::from_utf8_lossy(line).into_owned())
    }
}

/// Reads the hunks of one file, as the field `patch` of GitHub's REST API gives them. `None` when they do not add up.
pub fn of_file(text: &str, room: &mut Room) -> Option<Patch> {
    let mut lines = Lines(text.as_bytes());
    let mut patch = Patch::new();
    let mut any = false;
    while lines.peek().is_some() {
        hunk(&mut lines, &mut patch, room)?;
        any = true;
    }
    any.then_some(patch)
}

impl Patch {
    fn new() -> Patch {
        Patch {
            added: Some(Vec::new()),
            ..Patch::default()
        }
    }

    fn add(&mut self, number: u32, line: &[u8], room: &mut Room) -> Option<()> {
        self.additions = self.additions.checked_add(1)?;
        match self.ranges.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(number) => *last = number,
            _ => self.ranges.push((number, number)),
        }
        if let Some(kept) = &mut self.added {
            match room.keep(line) {
                Some(text) => kept.push((number, text)),
                None => self.added = None,
            }
        }
        Some(())
    }
}

/// One hunk with its head. `None` when it does not have as many lines as its head says, or goes back behind an earlier one.
fn hunk(lines: &mut Lines<'_>, patch: &mut Patch, room: &mut Room) -> Option<()> {
    let (mut old, start, mut new) = head(lines.next()?)?;
    let reached = patch.ranges.last().map_or(0, |(_, last)| *last);
    if new > 0 && start <= reached {
        return None;
    }
    let mut number = start;
    while old > 0 || new > 0 {
        let (sign, line) = lines.next()?.split_first()?;
        match sign {
            b' ' => {
                old = old.checked_sub(1)?;
                new = new.checked_sub(1)?;
                number = number.checked_add(1)?;
            }
            b'-' => {
                old = old.checked_sub(1)?;
                patch.deletions = patch.deletions.checked_add(1)?;
            }
            b'+' => {
                new = new.checked_sub(1)?;
                patch.add(number, line, room)?;
                number = number.checked_add(1)?;
            }
            // "\ No newline at end of file", in the language of whoever runs git.
            b'\\' => {}
            _ => return None,
        }
    }
    while lines.peek().is_some_and(|line| line.starts_with(b"\\")) {
        lines.next();
    }
    Some(())
}

/// Reads `@@ -OLD[,COUNT] +NEW[,COUNT] @@`: the count of old lines, the first new line, the count of new lines.
fn head(line: &[u8]) -> Option<(u32, u32, u32)> {
    let line = std::str::from_utf8(line.get(..line.len().min(80))?)
        .unwrap_or_else(|error| valid_part(line, error.valid_up_to()));
    let (ranges, _) = line.strip_prefix("@@ -")?.split_once(" @@")?;
    let (old, new) = ranges.split_once(" +")?;
    let (_, old) = span(old)?;
    let (start, new) = span(new)?;
    // Line 0 is where nothing is left.
    (new == 0 || start > 0).then_some((old, start, new))
}

/// What comes after the second `@@` is a piece of the file, cut anywhere.
fn valid_part(line: &[u8], end: usize) -> &str {
    line.get(..end)
        .and_then(|part| std::str::from_utf8(part).ok())
        .unwrap_or_default()
}

/// `START,COUNT`, or `START` for one line.
fn span(text: &str) -> Option<(u32, u32)> {
    let number = |digits: &str| {
        let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        plain.then(|| digits.parse().ok()).flatten()
    };
    match text.split_once(',') {
        Some((start, count)) => Some((number(start)?, number(count)?)),
        None => Some((number(text)?, 1)),
    }
}

/// Lines that end with a line feed; the last one may lack it.
struct Lines<'a>(&'a [u8]);

impl<'a> Lines<'a> {
    fn peek(&self) -> Option<&'a [u8]> {
        if self.0.is_empty() {
            return None;
        }
        let end = memchr::memchr(b'\n', self.0).unwrap_or(self.0.len());
        self.0.get(..end)
    }

    fn next(&mut self) -> Option<&'a [u8]> {
        let line = self.peek()?;
        let skip = line.len().saturating_add(1);
        self.0 = self.0.get(skip..).unwrap_or_default();
        Some(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Patch> {
        of_file(text, &mut Room::default())
    }

    #[test]
    fn lines_are_those_of_the_new_side() {
        let patch = read(
            "@@ -1,4 +1,5 @@ fn x\n a\n-b\n+B\n+B2\n c\n d\n@@ -20 +21 @@\n-x\n+y\n\\ No newline at end of file",
        )
        .unwrap();
        assert_eq!(patch.ranges, [(2, 3), (21, 21)]);
        assert_eq!((patch.additions, patch.deletions), (3, 2));
        let added = patch.added.unwrap();
        assert_eq!(
            added,
            [(2, "B".into()), (3, "B2".into()), (21, "y".to_string())]
        );
    }

    #[test]
    fn a_deletion_touches_no_line_of_the_new_side() {
        for text in ["@@ -3,2 +2,0 @@\n-a\n-b", "@@ -1,2 +0,0 @@\n-a\n-b\n"] {
            let patch = read(text).unwrap();
            assert!(patch.ranges.is_empty() && patch.added.unwrap().is_empty());
            assert_eq!(patch.deletions, 2);
        }
    }

    /// A line that looks like the head of a hunk or of a file is a line all the same.
    #[test]
    fn counts_decide_and_not_looks() {
        let patch =
            read("@@ -0,0 +1,3 @@\n+@@ -1 +1 @@\n+++ b/x\n+diff --git a/x b/x\r\n").unwrap();
        assert_eq!(patch.ranges, [(1, 3)]);
        let added = patch.added.unwrap();
        assert_eq!(added[1].1, "++ b/x");
        assert_eq!(added[2].1, "diff --git a/x b/x");
    }

    #[test]
    fn what_does_not_add_up_is_no_diff() {
        for text in [
            "",
            "\n",
            "x",
            "@@",
            "@@ -1 +1 @@",
            "@@ -1 +1 @@\n+a",
            "@@ -1 +1 @@\n-a\n+b\n+c",
            "@@ -1,1 +1,2 @@\n a\n",
            "@@ -1,2 +1,2 @@\n a\n\n",
            "@@ -0,0 +0,1 @@\n+a",
            "@@ -1 +1 @@ \n-a\n+b\n@@ -1 +1 @@\n-a\n+b",
            "@@ -1 +4294967296 @@\n-a\n+b",
            "@@ -0,0 +4294967295,2 @@\n+a\n+b",
            "@@ -0,0 +1,4294967295 @@\n+a",
            "@@ --1 +1 @@\n-a\n+b",
            "@@ -1 +1 \u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9} @@",
        ] {
            assert_eq!(read(text), None, "{text:?}");
        }
        // A head that is cut in the middle of a character by our own bound is still a head.
        let long = format!("@@ -1 +1 @@ {}\n-a\n+b", "\u{20ac}".repeat(99));
        assert_eq!(read(&long).unwrap().ranges, [(1, 1)]);
    }

    #[test]
    fn text_is_kept_whole_or_not_at_all() {
        let line = |length: usize| format!("@@ -0,0 +1 @@\n+{}", "x".repeat(length));
        assert!(read(&line(ADDED_LINE_BYTES)).unwrap().added.is_some());
        let long = read(&line(ADDED_LINE_BYTES + 1)).unwrap();
        assert_eq!((long.ranges.as_slice(), long.added), (&[(1, 1)][..], None));
        let mut room = Room { lines: 3, bytes: 4 };
        assert!(
            of_file("@@ -0,0 +1,2 @@\n+a\n+b", &mut room)
                .unwrap()
                .added
                .is_some()
        );
        let full = of_file("@@ -0,0 +1,2 @@\n+a\n+b", &mut room).unwrap();
        assert_eq!((full.added, full.additions), (None, 2));
        let mut small = Room { lines: 9, bytes: 1 };
        let full = of_file("@@ -0,0 +1 @@\n+ab", &mut small).unwrap();
        assert_eq!(full.added, None);
    }
}
