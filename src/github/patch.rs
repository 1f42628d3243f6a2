//! Which lines of a file a unified diff adds or alters: one file's hunks as GitHub gives them, and whole outputs of
//! `git diff`.
//!
//! Pure. A diff was written by whoever opened the pull request: what does not add up (a hunk that is shorter or longer than
//! its head says, lines that go backwards) is no diff, and then nobody knows the lines.

use super::limits::{ADDED_LINE_BYTES, ADDED_LINES, ADDED_TEXT_BYTES};

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

/// One file of a `git diff`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileDiff {
    /// Its name before; `None` when it is new.
    pub old: Option<String>,
    /// Its name after; `None` when it is gone.
    pub new: Option<String>,
    /// Its lines; `None` when the diff does not say (binary, only renamed, only another mode).
    pub patch: Option<Patch>,
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

/// Reads the output of `git diff` with the prefixes `a/` and `b/` and quoted paths. `None` when a part of it is no diff.
pub fn of_git(output: &[u8], room: &mut Room) -> Option<Vec<FileDiff>> {
    let mut lines = Lines(output);
    let mut files = Vec::new();
    while let Some(line) = lines.next() {
        let header = line.strip_prefix(b"diff --git ")?;
        files.push(file(header, &mut lines, room)?);
    }
    Some(files)
}

/// One file of a `git diff`, after its first line.
fn file(header: &[u8], lines: &mut Lines<'_>, room: &mut Room) -> Option<FileDiff> {
    let (mut from, mut to) = (None, None);
    let (mut created, mut deleted) = (false, false);
    let mut patch = None;
    while let Some(line) = lines.peek().filter(|l| !l.starts_with(b"diff --git ")) {
        if line.starts_with(b"@@ ") {
            // Hunks come after both names.
            from.as_ref()?;
            to.as_ref()?;
            let read = patch.get_or_insert_with(Patch::new);
            hunk(lines, read, room)?;
            continue;
        }
        lines.next();
        if let Some(name) = after(line, &[b"rename from ", b"copy from "]) {
            from = Some(Some(path(name)?));
        } else if let Some(name) = after(line, &[b"rename to ", b"copy to "]) {
            to = Some(Some(path(name)?));
        } else if let Some(name) = line.strip_prefix(b"--- ") {
            from = Some(side(name, b"a/")?);
        } else if let Some(name) = line.strip_prefix(b"+++ ") {
            to = Some(side(name, b"b/")?);
        } else if line.starts_with(b"new file mode ") {
            created = true;
        } else if line.starts_with(b"deleted file mode ") {
            deleted = true;
        } else if !passed_over(line) {
            return None;
        }
    }
    if let (Some(old), Some(new)) = (&from, &to) {
        return Some(FileDiff {
            old: old.clone(),
            new: new.clone(),
            patch,
        });
    }
    // Binary, empty, or another mode: the name stands in the first line only, twice the same.
    let name = twice(header)?;
    Some(FileDiff {
        old: (!created).then(|| name.clone()),
        new: (!deleted).then_some(name),
        patch: None,
    })
}

/// Lines of a file's head that say nothing about names or lines.
fn passed_over(line: &[u8]) -> bool {
    let known: [&[u8]; 6] = [
        b"old mode ",
        b"new mode ",
        b"similarity index ",
        b"dissimilarity index ",
        b"index ",
        b"Binary files ",
    ];
    after(line, &known).is_some()
}

fn after<'a>(line: &'a [u8], heads: &[&[u8]]) -> Option<&'a [u8]> {
    heads.iter().find_map(|head| line.strip_prefix(*head))
}

/// A name of a `---` or `+++` line; `Some(None)` for `/dev/null`.
fn side(name: &[u8], prefix: &[u8]) -> Option<Option<String>> {
    // git ends a name that holds a blank with a tab.
    let name = name.strip_suffix(b"\t").unwrap_or(name);
    if name == b"/dev/null" {
        return Some(None);
    }
    let bytes = unquoted(name)?;
    bytes.strip_prefix(prefix).map(|name| Some(text(name)))
}

fn path(name: &[u8]) -> Option<String> {
    unquoted(name).map(|bytes| text(&bytes))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The name in `a/NAME b/NAME`. Nothing separates the two where NAME holds blanks, so they have to be the same.
fn twice(header: &[u8]) -> Option<String> {
    if header.starts_with(b"\"") {
        let end = quoted_end(header)?;
        let (first, rest) = header.split_at_checked(end)?;
        let second = unquoted(rest.strip_prefix(b" ")?)?;
        let first = unquoted(first)?;
        let name = first.strip_prefix(b"a/")?;
        return (second.strip_prefix(b"b/")? == name).then(|| text(name));
    }
    let half = header.len().checked_sub(1)?.checked_div(2)?;
    let (first, rest) = header.split_at_checked(half)?;
    let name = first.strip_prefix(b"a/")?;
    (rest.strip_prefix(b" b/")? == name).then(|| text(name))
}

/// Where a quoted name ends, after its closing quote.
fn quoted_end(name: &[u8]) -> Option<usize> {
    let mut escaped = false;
    for (at, byte) in name.iter().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at.checked_add(1),
            _ => {}
        }
    }
    None
}

/// A name without git's quotes (git's `quote.c`: C escapes and three octal digits).
fn unquoted(name: &[u8]) -> Option<Vec<u8>> {
    let Some(inner) = name.strip_prefix(b"\"") else {
        return Some(name.to_vec());
    };
    let mut rest = inner.strip_suffix(b"\"")?.iter().copied();
    let mut out = Vec::new();
    while let Some(byte) = rest.next() {
        if byte == b'"' {
            return None;
        }
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        out.push(match rest.next()? {
            b'a' => 0x07,
            b'b' => 0x08,
            b't' => b'\t',
            b'n' => b'\n',
            b'v' => 0x0b,
            b'f' => 0x0c,
            b'r' => b'\r',
            escape @ (b'"' | b'\\') => escape,
            first @ b'0'..=b'3' => {
                let mut value = first.checked_sub(b'0')?;
                for _ in 0..2 {
                    let digit = rest.next().filter(|d| matches!(d, b'0'..=b'7'))?;
                    value = value
                        .checked_mul(8)?
                        .checked_add(digit.checked_sub(b'0')?)?;
                }
                value
            }
            _ => return None,
        });
    }
    Some(out)
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

    const GIT: &str = r#"diff --git a/src/a b.rs b/src/a b.rs
index 1..2 100644
--- a/src/a b.rs	
+++ b/src/a b.rs	
@@ -1 +1,2 @@
-x
+y
+z
@@ -9,0 +11 @@ fn
+w
diff --git "a/\303\244\t\"q\".txt" "b/\303\244\t\"q\".txt"
new file mode 100644
index 0..1
--- /dev/null
+++ "b/\303\244\t\"q\".txt"
@@ -0,0 +1 @@
+n
\ No newline at end of file
diff --git a/old.c b/new.c
similarity index 100%
rename from old.c
rename to new.c
diff --git a/gone b/gone
deleted file mode 100644
index 1..0
--- a/gone
+++ /dev/null
@@ -1 +0,0 @@
-x
diff --git a/p q.png b/p q.png
index 1..2 100644
Binary files a/p q.png and b/p q.png differ
diff --git "a/\001" "b/\001"
old mode 100644
new mode 100755
diff --git a/empty b/empty
new file mode 100644
index 0..1
"#;

    #[test]
    fn a_whole_git_diff_is_read() {
        let files = of_git(GIT.as_bytes(), &mut Room::default()).unwrap();
        let names: Vec<(Option<&str>, Option<&str>)> = files
            .iter()
            .map(|f| (f.old.as_deref(), f.new.as_deref()))
            .collect();
        assert_eq!(
            names,
            [
                (Some("src/a b.rs"), Some("src/a b.rs")),
                (None, Some("\u{e4}\t\"q\".txt")),
                (Some("old.c"), Some("new.c")),
                (Some("gone"), None),
                (Some("p q.png"), Some("p q.png")),
                (Some("\u{1}"), Some("\u{1}")),
                (None, Some("empty")),
            ]
        );
        let ranges: Vec<Option<&[(u32, u32)]>> = files
            .iter()
            .map(|f| f.patch.as_ref().map(|patch| patch.ranges.as_slice()))
            .collect();
        let (changed, fresh): (&[_], &[_]) = (&[(1, 2), (11, 11)], &[(1, 1)]);
        assert_eq!(
            ranges,
            [
                Some(changed),
                Some(fresh),
                None,
                Some(&[][..]),
                None,
                None,
                None
            ]
        );
    }

    #[test]
    fn a_git_diff_with_a_strange_part_is_none() {
        assert_eq!(of_git(b"", &mut Room::default()), Some(Vec::new()));
        for text in [
            "diff --cc x\n",
            "* Unmerged path x\n",
            "diff --git a/x b/y\nindex 1..2\n",
            "diff --git a/x b/x\n@@ -1 +1 @@\n-a\n+b\n",
            "diff --git a/x b/x\n--- a/x\n+++ c/x\n@@ -1 +1 @@\n-a\n+b\n",
            "diff --git \"a/x b/x\n",
            "diff --git \"a/\\8\" \"b/\\8\"\n",
            "diff --git \"a/\\400\" \"b/\\400\"\n",
            "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n",
            "diff --git a/x b/x\nwarning: something\n",
        ] {
            assert_eq!(
                of_git(text.as_bytes(), &mut Room::default()),
                None,
                "{text:?}"
            );
        }
    }
}
