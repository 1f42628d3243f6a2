//! The output of `git diff` over many files: names, renames, files without lines.

use super::{Lines, Patch, Room, hunk};

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

#[cfg(test)]
mod tests {
    use super::*;

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
